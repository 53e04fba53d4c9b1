//! A moment as a log states it: RFC 3339 in UTC, to the millisecond.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const DAY_MS: u64 = 86_400_000;
/// 9999-12-31T23:59:59.999Z: later years have no four digits.
const LAST_MS: u64 = 253_402_300_799_999;

/// A moment from 1970 to 9999, for example `2026-11-25T07:45:00.123Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("format" = "date-time"))]
pub struct UtcTime(u64);

/// A text that is no such moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time in UTC as 2026-11-25T07:45:00Z is, with or without fractions of a second")]
pub struct NoTime(String);

impl UtcTime {
    /// From milliseconds since 1970. Later than the year 9999 is its end.
    pub fn from_ms(since_1970_ms: u64) -> Self {
        Self(since_1970_ms.min(LAST_MS))
    }

    /// Milliseconds since 1970.
    pub fn as_ms(self) -> u64 {
        self.0
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date_of(self.0 / DAY_MS);
        let ms = self.0 % DAY_MS;
        let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1000)
    }
}

impl FromStr for UtcTime {
    type Err = NoTime;

    fn from_str(text: &str) -> Result<Self, NoTime> {
        parsed(text).ok_or_else(|| NoTime(text.chars().take(40).collect()))
    }
}

impl TryFrom<String> for UtcTime {
    type Error = NoTime;
    fn try_from(text: String) -> Result<Self, NoTime> {
        text.parse()
    }
}

impl From<UtcTime> for String {
    fn from(time: UtcTime) -> Self {
        time.to_string()
    }
}

fn parsed(text: &str) -> Option<UtcTime> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let ms: u64 = format!("{fraction:0<3}").get(..3).filter(|_| is_fraction)?.parse().ok()?;
    let days = days_since_1970(year, month, day)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(UtcTime(days * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + ms))
}

fn numbers(text: &str, separator: char, digits: [usize; 3]) -> Option<[u64; 3]> {
    let parts: Vec<&str> = text.split(separator).collect();
    let is_sound = parts.len() == 3
        && parts
            .iter()
            .zip(digits)
            .all(|(part, n)| part.len() == n && part.bytes().all(|b| b.is_ascii_digit()));
    let mut numbers = parts.iter().map(|part| part.parse().ok());
    is_sound.then(|| Some([numbers.next()??, numbers.next()??, numbers.next()??]))?
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of_month(year: u64, month: u64) -> u64 {
    match month {
        2 => 28 + u64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the years 1 to `year` − 1 in the Gregorian calendar.
fn days_before(year: u64) -> u64 {
    let years = year - 1;
    years * 365 + years / 4 - years / 100 + years / 400
}

fn days_since_1970(year: u64, month: u64, day: u64) -> Option<u64> {
    let is_date =
        year >= 1970 && (1..=12).contains(&month) && (1..=days_of_month(year, month)).contains(&day);
    let months = (1..month).map(|month| days_of_month(year, month)).sum::<u64>();
    is_date.then(|| days_before(year) - days_before(1970) + months + day - 1)
}

/// Year, month and day.
fn date_of(days: u64) -> (u64, u64, u64) {
    // A first guess that is never too late, and at most one year too early.
    let mut year = 1970 + days * 400 / 146_097;
    while year > 1970 && days_before(year) - days_before(1970) > days {
        year -= 1;
    }
    while days_before(year + 1) - days_before(1970) <= days {
        year += 1;
    }
    let mut rest = days - (days_before(year) - days_before(1970));
    let mut month = 1;
    while rest >= days_of_month(year, month) {
        rest -= days_of_month(year, month);
        month += 1;
    }
    (year, month, rest + 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    /// Made with Python 3.12: `datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")`.
    const KNOWN: [(u64, &str); 6] = [
        (0, "1970-01-01T00:00:00.000Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_795_592_700_123, "2026-11-25T07:45:00.123Z"),
        (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (LAST_MS, "9999-12-31T23:59:59.999Z"),
    ];

    #[test]
    fn known_moments_are_written_and_read() {
        for (ms, text) in KNOWN {
            assert_eq!(UtcTime::from_ms(ms).to_string(), text);
            assert_eq!(text.parse::<UtcTime>().unwrap().as_ms(), ms);
        }
        assert_eq!("2026-11-25T07:45:00Z".parse::<UtcTime>().unwrap().as_ms(), 1_795_592_700_000);
        assert_eq!(UtcTime::from_ms(u64::MAX).as_ms(), LAST_MS);
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "2026-11-25",
            "2026-11-25T07:45:00",
            "2026-11-25T07:45:00+01:00",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2026-11-25T24:00:00Z",
            "2026-11-25T07:45:00.Z",
            "2026-11-25T07:45:00.1x3Z",
            "+026-11-25T07:45:00Z",
        ] {
            assert!(text.parse::<UtcTime>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_moment_comes_back(ms in 0..=LAST_MS) {
            let time = UtcTime::from_ms(ms);
            prop_assert_eq!(time.to_string().parse::<UtcTime>().unwrap(), time);
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "[-0-9TZ:.\\PC]{0,30}") {
            let _ = text.parse::<UtcTime>();
        }
    }
}
