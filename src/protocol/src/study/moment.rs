//! A point in time, as a study file states it: date, time and offset.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::value::{Datetime, Offset};

/// A point in time, in milliseconds since 1970 (UTC). In a file: `2026-12-01T09:00:00Z`, or with an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Written", into = "u64")]
#[schemars(with = "String")]
pub struct Moment(u64);

/// How a point in time may be written.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a date with time and offset is needed, such as 2026-12-01T09:00:00Z or 2026-12-01T10:00:00+01:00"
)]
enum Written {
    UnixMs(u64),
    Toml(Datetime),
    Text(String),
}

impl Moment {
    /// Milliseconds since 1970, UTC.
    pub fn unix_ms(self) -> u64 {
        self.0
    }
}

impl From<Moment> for u64 {
    fn from(moment: Moment) -> u64 {
        moment.0
    }
}

impl TryFrom<Written> for Moment {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        const NEEDED: &str = "a date with time and offset is needed, such as 2026-12-01T09:00:00Z";
        let datetime = match written {
            Written::UnixMs(ms) => return Ok(Self(ms)),
            Written::Toml(datetime) => datetime,
            Written::Text(text) => text.parse().map_err(|_| NEEDED)?,
        };
        let (Some(date), Some(time), Some(offset)) = (datetime.date, datetime.time, datetime.offset) else {
            return Err(NEEDED);
        };
        let offset_minutes = match offset {
            Offset::Z => 0,
            Offset::Custom { minutes } => i64::from(minutes),
        };
        let days = days_since_1970(i64::from(date.year), i64::from(date.month), i64::from(date.day));
        let minutes = (days * 24 + i64::from(time.hour)) * 60 + i64::from(time.minute) - offset_minutes;
        let seconds = minutes * 60 + i64::from(time.second.unwrap_or(0));
        u64::try_from(seconds * 1000).map(Self).map_err(|_| "a date after 1970 is needed")
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar (Hinnant, "chrono-compatible low-level date
/// algorithms").
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn moment(text: &str) -> Result<Moment, serde_json::Error> {
        serde_json::from_value(serde_json::Value::String(text.into()))
    }

    #[test]
    fn dates_are_read_with_their_offset() {
        // `date -u -d 2026-12-01T09:00:00Z +%s`
        assert_eq!(moment("2026-12-01T09:00:00Z").unwrap().unix_ms(), 1_796_115_600_000);
        assert_eq!(moment("2026-12-01T10:00:00+01:00").unwrap().unix_ms(), 1_796_115_600_000);
        assert_eq!(moment("1970-01-01T00:00:00Z").unwrap().unix_ms(), 0);
        assert_eq!(moment("2000-02-29T00:00:00Z").unwrap().unix_ms(), 951_782_400_000);
        assert!(moment("2026-12-01").is_err());
        assert!(moment("tomorrow").is_err());
    }
}
