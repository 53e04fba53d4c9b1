//! The colours of marks: the page's own, or plain ones for a file of its own.

use gestalt_analysis::ObserverSummary;
use gestalt_protocol::ObserverKind;

/// What a mark is for; its colour follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    /// Text and the main marks.
    Ink,
    /// Axis labels and what should stay in the background.
    Muted,
    /// Grid lines and bands.
    Grid,
    /// Behind the marks.
    Paper,
    /// One observer, counted from 0.
    Series(usize),
}

/// Okabe and Ito's colours, told apart by people with any common colour vision; the darkest first.
const SERIES: [&str; SERIES_COUNT] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];
/// Observers that differ in colour or shape before a pair repeats.
pub(super) const SERIES_COUNT: usize = 6;

/// The number that gives each observer its colour and shape. Beyond six, people share the first and models
/// the others.
pub(super) fn series_of(observers: &[ObserverSummary]) -> Vec<usize> {
    if observers.len() <= SERIES_COUNT {
        return (0..observers.len()).collect();
    }
    let mut models = 0;
    let series = |entry: &ObserverSummary| match entry.observer.kind {
        ObserverKind::Human => 0,
        ObserverKind::Model | ObserverKind::Simulated => {
            models += 1;
            1 + (models - 1) % (SERIES_COUNT - 1)
        }
    };
    observers.iter().map(series).collect()
}

impl Paint {
    /// The value of a `fill` or `stroke` attribute. On a page `var(--plot-ink, #1A1A1A)`: an attribute is
    /// allowed by a content security policy that forbids inline styles. In a file of its own the plain
    /// colour, which every vector editor reads.
    pub(super) fn css(self, standalone: bool) -> String {
        if standalone {
            self.plain().to_owned()
        } else {
            format!("var({}, {})", self.variable(), self.plain())
        }
    }

    fn variable(self) -> String {
        match self {
            Self::Ink => "--plot-ink".into(),
            Self::Muted => "--plot-muted".into(),
            Self::Grid => "--plot-grid".into(),
            Self::Paper => "--plot-paper".into(),
            Self::Series(place) => format!("--plot-{}", place % SERIES_COUNT + 1),
        }
    }

    fn plain(self) -> &'static str {
        match self {
            Self::Ink => "#1A1A1A",
            Self::Muted => "#595959",
            Self::Grid => "#D9D9D9",
            Self::Paper => "#FFFFFF",
            Self::Series(place) => SERIES[place % SERIES_COUNT],
        }
    }
}
