//! Hours as people of the town read them.

use jiff::Timestamp;
use jiff::fmt::strtime::format;
use jiff::tz::TimeZone;

/// The hours of one place.
pub(super) struct Hours<'a> {
    zone: TimeZone,
    name: &'a str,
    pattern: &'a str,
}

impl<'a> Hours<'a> {
    /// Those of a zone by its name in the IANA database; of UTC where this program does not know it. `pattern` is
    /// one of strftime, whose names of months are English.
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
        let pattern = match local.second() {
            0 => self.pattern.to_owned(),
            _ => self.pattern.replace("%M", "%M:%S"),
        };
        format(&pattern, &local).unwrap_or_else(|_| local.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hour_is_the_towns() {
        let german = Hours::of("Europe/Berlin", "%d.%m.%Y, %H:%M");
        // 2026-06-14T21:59:59Z, in summer; 2026-12-01T08:00:00Z, in winter.
        assert_eq!(german.at(1_781_474_399), "14.06.2026, 23:59:59");
        assert_eq!(german.at(1_796_112_000), "01.12.2026, 09:00");
        let nowhere = Hours::of("Nowhere/Town", "%-d %B %Y, %H:%M");
        assert_eq!((nowhere.zone(), nowhere.at(1_796_112_000).as_str()), ("UTC", "1 December 2026, 08:00"));
    }

    /// A pattern that is none would show another form of the hour than the language's.
    #[test]
    fn every_language_has_a_pattern_of_its_hours() {
        for language in crate::words::LANGUAGES {
            let papers = crate::papers::wording::PaperWords::of(language).unwrap();
            let hours = Hours::of("Europe/Berlin", &papers.date);
            let expected = match language {
                "en" => "14 June 2026, 23:59:59",
                "es" | "fr" => "14/06/2026, 23:59:59",
                "ar" => "14/06/2026، 23:59:59",
                _ => "14.06.2026, 23:59:59",
            };
            assert_eq!(hours.at(1_781_474_399), expected, "{language}");
        }
    }
}
