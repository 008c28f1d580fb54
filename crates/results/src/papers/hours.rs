//! Hours as people of the town read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::words::fill;

/// The hours of one place.
pub(super) struct Hours<'a> {
    zone: TimeZone,
    name: &'a str,
    pattern: &'a str,
}

impl<'a> Hours<'a> {
    /// Those of a zone by its name in the IANA database; of UTC where this program does not know it. `pattern` has the
    /// places `{d}`, `{m}`, `{y}` and `{time}`.
    pub fn of(zone: &'a str, pattern: &'a str) -> Self {
        match TimeZone::get(zone) {
            Ok(found) => Hours { zone: found, name: zone, pattern },
            Err(_) => Hours { zone: TimeZone::UTC, name: "UTC", pattern },
        }
    }

    /// The zone's name.
    pub fn zone(&self) -> &str {
        self.name
    }

    /// A moment, in seconds since 1970.
    pub fn at(&self, seconds: u64) -> String {
        let moment = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        let Some(moment) = moment else { return seconds.to_string() };
        let local = moment.to_zoned_datetime(self.zone.clone());
        let seconds = match local.second() {
            0 => String::new(),
            second => format!(":{second:02}"),
        };
        let time = format!("{:02}:{:02}{seconds}", local.hour(), local.minute());
        let (day, month) = (format!("{:02}", local.day()), format!("{:02}", local.month()));
        fill(self.pattern, &[("d", &day), ("m", &month), ("y", &local.year().to_string()), ("time", &time)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hour_is_the_towns() {
        let german = Hours::of("Europe/Berlin", "{d}.{m}.{y}, {time}");
        // 2026-06-14T21:59:59Z, in summer; 2026-12-01T08:00:00Z, in winter.
        assert_eq!(german.at(1_781_474_399), "14.06.2026, 23:59:59");
        assert_eq!(german.at(1_796_112_000), "01.12.2026, 09:00");
        let nowhere = Hours::of("Nowhere/Town", "{y}-{m}-{d}, {time}");
        assert_eq!((nowhere.zone(), nowhere.at(1_796_112_000).as_str()), ("UTC", "2026-12-01, 08:00"));
    }
}
