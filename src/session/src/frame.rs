//! One animation frame, by the browser's stamp and by when the page's callback really ran.

/// One animation frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// The browser's time stamp of the frame.
    pub stamp_ms: f64,
    /// The page's clock when the callback ran. Later than the stamp, by much where the page was blocked.
    pub callback_ms: f64,
}

impl Frame {
    /// A frame whose callback ran at its time stamp, as on a simulated display.
    pub fn on_time(stamp_ms: f64) -> Self {
        Self { stamp_ms, callback_ms: stamp_ms }
    }

    /// How long after its time stamp the callback ran.
    pub fn late_ms(self) -> f64 {
        (self.callback_ms - self.stamp_ms).max(0.0)
    }
}

/// What the callbacks between an onset and an offset show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Callbacks {
    last: Frame,
    /// Refreshes without a callback, by the frames' time stamps.
    lost_by_stamps: u32,
    /// Refreshes without a callback, by the page's clock.
    lost_by_clock: u32,
    /// Longest time between two callbacks.
    pub longest_gap_ms: f64,
}

impl Callbacks {
    pub fn from(onset: Frame) -> Self {
        Self { last: onset, lost_by_stamps: 0, lost_by_clock: 0, longest_gap_ms: 0.0 }
    }

    /// The next callback, `frames` being the nearest whole number of refreshes of a duration.
    pub fn add(&mut self, frame: Frame, frames: impl Fn(f64) -> u32) {
        let stamps_ms = frame.stamp_ms - self.last.stamp_ms;
        let clock_ms = frame.callback_ms - self.last.callback_ms;
        self.lost_by_stamps += frames(stamps_ms).saturating_sub(1);
        self.lost_by_clock += frames(clock_ms).saturating_sub(1);
        self.longest_gap_ms = self.longest_gap_ms.max(stamps_ms).max(clock_ms);
        self.last = frame;
    }

    /// Refreshes without a callback. A blocked page shows in the clock first and in the stamps one frame
    /// later: the two are not added.
    pub fn lost(self) -> u32 {
        self.lost_by_stamps.max(self.lost_by_clock)
    }
}
