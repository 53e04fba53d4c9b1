//! Presses: which slot a key stands for, and which clock a press's time is from.

use gestalt_protocol::{InputDevice, PressClock};
use gestalt_types::Slot;

/// An event's time stamp may differ from the page's clock by this much: an older event, or one of a frozen
/// page, has another clock.
const MAX_EVENT_AGE_MS: f64 = 10_000.0;

/// A key, click or touch on a slot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Press {
    /// The slot it chose.
    pub slot: Slot,
    /// When, on the page's monotonic clock.
    pub at_ms: f64,
    /// Which clock said so.
    pub clock: PressClock,
    /// What was pressed.
    pub device: InputDevice,
}

impl Press {
    /// A press with the event's time stamp and the page's clock at the time it is handled, both in ms.
    ///
    /// The event's stamp is used where it can be from the page's clock. Some browsers give 0 or
    /// milliseconds since 1970.
    pub fn new(slot: Slot, event_ms: f64, now_ms: f64, device: InputDevice) -> Self {
        let from_page_clock =
            event_ms > 0.0 && event_ms <= now_ms + 1.0 && now_ms - event_ms <= MAX_EVENT_AGE_MS;
        let (at_ms, clock) =
            if from_page_clock { (event_ms, PressClock::Event) } else { (now_ms, PressClock::Page) };
        Self { slot, at_ms, clock, device }
    }
}

/// What a key means on the trial screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyMeaning {
    /// Chooses a slot.
    Slot(Slot),
    /// Asks for a pause.
    Pause,
    /// Ends a break or a pause.
    Continue,
}

/// What a key means by its place on the keyboard (`code`), else by its character (`key`); none for other
/// keys.
///
/// The digits are found on every layout by their place. A virtual keyboard gives no place.
pub fn key_meaning(code: &str, key: &str) -> Option<KeyMeaning> {
    let digit = code.strip_prefix("Digit").or(code.strip_prefix("Numpad")).unwrap_or(key);
    match (digit, code) {
        ("1", _) => Slot::from_index(0).map(KeyMeaning::Slot),
        ("2", _) => Slot::from_index(1).map(KeyMeaning::Slot),
        ("3", _) => Slot::from_index(2).map(KeyMeaning::Slot),
        (_, "Escape") | ("Escape", _) => Some(KeyMeaning::Pause),
        (_, "Space" | "Enter" | "NumpadEnter") | (" " | "Enter", _) => Some(KeyMeaning::Continue),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_found_on_every_layout_and_without_a_code() {
        let slot = |code, key| match key_meaning(code, key) {
            Some(KeyMeaning::Slot(slot)) => Some(slot.number()),
            _ => None,
        };
        assert_eq!(slot("Digit1", "&"), Some(1), "the French layout");
        assert_eq!(slot("Numpad3", "PageDown"), Some(3));
        assert_eq!(slot("", "2"), Some(2), "a virtual keyboard");
        assert_eq!(slot("KeyA", "a"), None);
        assert_eq!(key_meaning("", ""), None, "an event without any field");
        assert_eq!(key_meaning("Space", " "), Some(KeyMeaning::Continue));
        assert_eq!(key_meaning("Escape", "Escape"), Some(KeyMeaning::Pause));
    }

    #[test]
    fn a_stamp_that_is_not_of_the_pages_clock_is_replaced_and_said_so() {
        let press = |event_ms, now_ms| {
            let press = Press::new(Slot::ALL[0], event_ms, now_ms, InputDevice::Keyboard);
            (press.at_ms, press.clock)
        };
        assert_eq!(press(4990.0, 5000.0), (4990.0, PressClock::Event));
        for foreign_ms in [0.0, -3.0, 1.76e12, 5002.0, f64::NAN] {
            assert_eq!(press(foreign_ms, 5000.0), (5000.0, PressClock::Page), "{foreign_ms}");
        }
        assert_eq!(press(1000.0, 60_000.0), (60_000.0, PressClock::Page), "the page was frozen");
    }
}
