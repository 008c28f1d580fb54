//! The section META and the forms of its values.

use std::collections::BTreeMap;

use time::{Date, Month};

use super::{PabulibError, bad_value};

/// The form of money in an error.
pub(super) const AMOUNT: &str = "an amount such as 15000 or 15000.50";

/// The section META: keys in small letters, values as given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Meta {
    pub(super) values: BTreeMap<String, (u64, String)>,
}

/// An amount of money as the file gives it: whole units and, rarely, a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// Whole units of the currency.
    pub units: u64,
    /// Whether there is anything behind the decimal point.
    pub fraction: bool,
}

impl Amount {
    /// Reads `15000`, `15000.50` or `15000,50`. `15.000` and `15,000` are not read: whether that is fifteen
    /// or fifteen thousand would be a guess.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (whole, rest) = text.split_once(['.', ',']).unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(rest) {
            return None;
        }
        if rest.len() == 3 && whole.len() <= 3 && !whole.starts_with('0') {
            return None;
        }
        let fraction = rest.bytes().any(|byte| byte != b'0');
        Some(Self { units: whole.parse().ok()?, fraction })
    }
}

impl Meta {
    /// The value of a key, if the file has it and it is not empty.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The line a key stands on; 1 where it doesn't.
    pub fn line(&self, key: &str) -> u64 {
        self.values.get(key).map_or(1, |(line, _)| *line)
    }

    /// The keys that have a value, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.values.iter().filter(|(_, (_, value))| !value.is_empty()).map(|(key, _)| key.as_str())
    }

    /// A whole number.
    pub fn number(&self, key: &str) -> Result<Option<u64>, PabulibError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        match Amount::parse(value) {
            Some(Amount { units, fraction: false }) => Ok(Some(units)),
            _ => Err(bad_value(self.line(key), key, value, "a whole number")),
        }
    }

    /// An amount of money.
    pub fn amount(&self, key: &str) -> Result<Option<Amount>, PabulibError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        Amount::parse(value).map(Some).ok_or_else(|| bad_value(self.line(key), key, value, AMOUNT))
    }

    /// The first day that a date names: `31.10.2022` (Pabulib's own form), `2022-10-31`, or a year alone,
    /// which begins on 1 January.
    pub fn first_day(&self, key: &str) -> Result<Option<Date>, PabulibError> {
        self.day(key, (1, 1))
    }

    /// The last day that a date names: a year alone ends on 31 December.
    pub fn last_day(&self, key: &str) -> Result<Option<Date>, PabulibError> {
        self.day(key, (12, 31))
    }

    fn day(&self, key: &str, of_a_year: (u8, u8)) -> Result<Option<Date>, PabulibError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let day = parse_day(value, of_a_year);
        day.map(Some).ok_or_else(|| bad_value(self.line(key), key, value, "a day such as 31.10.2022"))
    }
}

pub(super) fn parse_day(text: &str, of_a_year: (u8, u8)) -> Option<Date> {
    let dots: Vec<&str> = text.split('.').collect();
    let dashes: Vec<&str> = text.split('-').collect();
    let number = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u16>().ok()).flatten()
    };
    let (year, (month, day)) = match (dots.as_slice(), dashes.as_slice()) {
        ([day, month, year], _) | (_, [year, month, day]) => {
            (*year, (u8::try_from(number(month)?).ok()?, u8::try_from(number(day)?).ok()?))
        }
        ([year], _) => (*year, of_a_year),
        _ => return None,
    };
    if year.len() != 4 {
        return None;
    }
    Date::from_calendar_date(number(year)?.into(), Month::try_from(month).ok()?, day).ok()
}
