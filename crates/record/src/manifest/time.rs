//! Times as the manifest writes them: UTC, whole seconds, one form.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// A second of UTC from 1970 on, written `2026-11-22T08:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(OffsetDateTime);

impl Timestamp {
    /// The second that many seconds after 1970, when it lies in the years 0 to 9999.
    pub fn from_unix(seconds: u64) -> Option<Self> {
        let seconds = i64::try_from(seconds).ok()?;
        OffsetDateTime::from_unix_timestamp(seconds).ok().map(Timestamp)
    }

    /// Seconds since 1970; no time is before it.
    pub fn unix(self) -> u64 {
        u64::try_from(self.0.unix_timestamp()).unwrap_or(0)
    }

    /// Reads the one form this type writes.
    pub fn parse(text: &str) -> Option<Self> {
        // Read by hand: the library's parser of any form at all would be a tenth of what a voter's page downloads.
        let number = |range: Range<usize>| text.get(range)?.parse::<u16>().ok();
        let part = |range: Range<usize>| u8::try_from(number(range)?).ok();
        let year = i32::from(number(0..4)?);
        let date = Date::from_calendar_date(year, Month::try_from(part(5..7)?).ok()?, part(8..10)?).ok()?;
        let time = Time::from_hms(part(11..13)?, part(14..16)?, part(17..19)?).ok()?;
        let time = Timestamp(PrimitiveDateTime::new(date, time).assume_utc());
        // What stands between the numbers, and a sign before one, shows in what is written.
        (time.to_string() == text && time.0.unix_timestamp() >= 0).then_some(time)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = (self.0.date(), self.0.time());
        write!(f, "{:04}-{:02}-{:02}T", date.year(), u8::from(date.month()), date.day())?;
        write!(f, "{:02}:{:02}:{:02}Z", time.hour(), time.minute(), time.second())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Timestamp::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format_args!(
                "\"{text}\" is not a time; write UTC as 2026-11-22T08:00:00Z"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_and_nothing_else() {
        let time = Timestamp::parse("2026-11-22T08:00:00Z").unwrap();
        assert_eq!(time.unix(), 1_795_334_400);
        assert_eq!(Timestamp::from_unix(1_795_334_400), Some(time));
        assert_eq!(Timestamp::parse("1970-01-01T00:00:00Z").unwrap().unix(), 0);
        for loose in [
            "2026-11-22T08:00:00+00:00",
            "2026-11-22T08:00:00.0Z",
            "2026-11-22 08:00:00Z",
            "2026-11-22T08:00:00z",
            "+2026-11-22T08:00:00Z",
            "2026-02-30T08:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T08:00:60Z",
            "2026-00-22T08:00:00Z",
            "1969-12-31T23:59:59Z",
            "2026-+1-22T08:00:00Z",
            "2026-11-22T08:00:00Z ",
            "2026-11-22T08:00:0é",
            "2026-11-22T8:00:00Z",
            "",
        ] {
            assert_eq!(Timestamp::parse(loose), None, "{loose}");
        }
    }
}
