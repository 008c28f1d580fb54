//! Dates and hours as people write them, in the time of their town.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};
use veche_phrases::{Language, Phrases, Said, error_in_english};

use crate::months::{is_noise, month, written};
use crate::reading::Reading;
use crate::said::PHRASES;
use crate::words::{digit, fold};
use crate::workbook::{Value, short};

/// A date, as much of it as was written, and an hour.
///
/// Displayed as `2026-06-01 08:00`, `2026-06-01`, `2026-06` or `2026`: the form by which one of several is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The year.
    pub year: i16,
    /// The month, from 1.
    pub month: Option<i8>,
    /// The day of the month; only where there is a month.
    pub day: Option<i8>,
    /// The hour; only where there is a day.
    pub time: Option<Time>,
    /// Whether that hour is 24:00, the end of the day. `time` is then midnight.
    pub end_of_day: bool,
}

impl Moment {
    /// The first second that it can mean.
    pub fn begin(&self) -> Option<DateTime> {
        let date = Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1)).ok()?;
        let date = if self.end_of_day { date.tomorrow().ok()? } else { date };
        Some(date.to_datetime(self.time.unwrap_or(Time::midnight())))
    }

    /// The end of what it says, where it says no hour: midnight after the day, the month or the year.
    pub fn end(&self) -> Option<DateTime> {
        if self.time.is_some() {
            return self.begin();
        }
        let last = match (self.month, self.day) {
            (Some(month), Some(day)) => Date::new(self.year, month, day).ok()?,
            (Some(month), None) => Date::new(self.year, month, 1).ok()?.last_of_month(),
            (None, _) => Date::new(self.year, 12, 31).ok()?,
        };
        Some(last.tomorrow().ok()?.to_datetime(Time::midnight()))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        let Some(month) = self.month else { return Ok(()) };
        write!(f, "-{month:02}")?;
        let Some(day) = self.day else { return Ok(()) };
        write!(f, "-{day:02}")?;
        match self.time {
            _ if self.end_of_day => f.write_str(" 24:00"),
            Some(time) => write!(f, " {}", short(time)),
            None => Ok(()),
        }
    }
}

/// Why a cell is no date.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MomentError {
    /// Something else.
    NotADate,
    /// A word in it.
    Word(String),
    /// A year of two digits.
    ShortYear,
    /// A day that is in no calendar.
    NoSuchDay,
    /// An hour that is on no clock.
    NoSuchHour,
    /// An hour without a day.
    OnlyAnHour,
}

impl Said for MomentError {
    fn phrases() -> &'static Phrases {
        &PHRASES
    }

    fn code(&self) -> &'static str {
        match self {
            MomentError::NotADate => "moment.not_a_date",
            MomentError::Word(_) => "moment.word",
            MomentError::ShortYear => "moment.short_year",
            MomentError::NoSuchDay => "moment.no_such_day",
            MomentError::NoSuchHour => "moment.no_such_hour",
            MomentError::OnlyAnHour => "moment.only_an_hour",
        }
    }

    fn values(&self, _: Language) -> Vec<(&'static str, String)> {
        match self {
            MomentError::Word(word) => vec![("word", word.clone())],
            _ => Vec::new(),
        }
    }
}

error_in_english!(MomentError);

/// Reads a date, with an hour or without. `3/4/2026` can be in April and in March, and is read as both.
///
/// # Errors
/// [`MomentError`], which says what to write.
pub fn moment(value: &Value) -> Result<Reading<Moment>, MomentError> {
    match value {
        Value::Date(at) => {
            // A date without an hour is midnight to a spreadsheet.
            let time = (at.time() != Time::midnight()).then_some(at.time());
            let date = at.date();
            Ok(Reading::One(Moment {
                year: date.year(),
                month: Some(date.month()),
                day: Some(date.day()),
                time,
                end_of_day: false,
            }))
        }
        Value::Number(number) if (1900.0..=2999.0).contains(number) && number.fract() == 0.0 => {
            // A whole number within these bounds fits.
            Parts { year: Some(*number as i16), ..Parts::default() }.finish()
        }
        Value::Text(text) => from_text(text),
        Value::Time(_) => Err(MomentError::OnlyAnHour),
        Value::Number(_) | Value::Bool(_) | Value::Error(_) => Err(MomentError::NotADate),
    }
}

/// What has been found of a date.
#[derive(Debug, Default, Clone, Copy)]
struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    /// The other way to read a day and a month.
    swapped: bool,
    hour: Option<(i8, i8, i8)>,
    afternoon: Option<bool>,
}

fn from_text(text: &str) -> Result<Reading<Moment>, MomentError> {
    let text: String = text.chars().map(digit).collect();
    let mut parts = Parts::default();
    let mut words =
        text.split([' ', ',', '\u{a0}', '\u{202f}', '\n', '\t']).filter(|word| !word.is_empty()).peekable();
    while let Some(word) = words.next() {
        // The form that programs write.
        if let Some((date, time)) = word.split_once('T')
            && date.starts_with(|sign: char| sign.is_ascii_digit())
        {
            parts.numbers(date)?;
            parts.clock(time)?;
            continue;
        }
        if let Some(afternoon) = half_of_day(word) {
            parts.afternoon = Some(afternoon);
        } else if let Some(month) = month(word) {
            parts.set_month(month)?;
        } else if is_noise(word) {
        } else if word.starts_with(|sign: char| sign.is_ascii_digit()) {
            let hour_follows =
                words.peek().is_some_and(|next| is_hour_word(next) || half_of_day(next).is_some());
            if hour_follows && word.bytes().all(|b| b.is_ascii_digit()) && word.len() <= 2 {
                parts.clock(&format!("{word}:00"))?;
            } else {
                parts.numbers(word)?;
            }
        } else {
            return Err(MomentError::Word(word.to_owned()));
        }
    }
    parts.finish()
}

/// Whether a word says that the number before it is an hour.
fn is_hour_word(word: &str) -> bool {
    ["h", "uhr", "ч", "час", "часов", "часа", "heures", "horas"].contains(&fold(word).as_str())
}

/// Whether a word says that it is the second half of the day.
fn half_of_day(word: &str) -> Option<bool> {
    match fold(word).as_str() {
        "am" | "a m" | "ص" | "صباحا" => Some(false),
        "pm" | "p m" | "م" | "مساء" => Some(true),
        _ => None,
    }
}

fn small(digits: &str) -> Option<i8> {
    let fits = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| fits)
}

fn year(digits: &str) -> Option<i16> {
    let fits = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| fits)
}

impl Parts {
    fn set_month(&mut self, month: i8) -> Result<(), MomentError> {
        if self.month.replace(month).is_some() { Err(MomentError::NotADate) } else { Ok(()) }
    }

    /// A word that begins with a digit: a date, an hour, a day or a year.
    fn numbers(&mut self, word: &str) -> Result<(), MomentError> {
        if word.contains(':') || word.contains(['h', 'H']) {
            return self.clock(word);
        }
        let word = word.trim_end_matches(['.', ',', ';']);
        let numbers: Vec<&str> = word.split(['.', '/', '-']).collect();
        let dated = self.year.is_some() || (self.day.is_some() && self.month.is_some());
        match numbers.as_slice() {
            [one] => {
                let ordinal = one.trim_end_matches(|sign: char| !sign.is_ascii_digit());
                // As in "1st", "1er", "2º" and "2026г".
                let ending = one.get(ordinal.len()..).unwrap_or_default();
                let endings = ["", "st", "nd", "rd", "th", "er", "re", "e", "o", "го", "г", "r"];
                if !endings.contains(&fold(ending).as_str()) {
                    return Err(MomentError::Word(word.to_owned()));
                }
                match (year(ordinal), small(ordinal)) {
                    (Some(year), _) if self.year.is_none() => self.year = Some(year),
                    (_, Some(day)) if self.day.is_none() => self.day = Some(day),
                    (_, Some(_)) if self.year.is_none() => return Err(MomentError::ShortYear),
                    _ => return Err(MomentError::NotADate),
                }
                Ok(())
            }
            [hour, minute] if dated && small(hour).is_some() && minute.len() == 2 => {
                self.clock(&format!("{hour}:{minute}"))
            }
            [first, second] => match (year(first), year(second)) {
                (Some(year), None) => self.date(year, small(second), None, false),
                (None, Some(year)) => self.date(year, small(first), None, false),
                _ => Err(MomentError::ShortYear),
            },
            [first, second, third] => match (year(first), year(third)) {
                (Some(year), None) => self.date(year, small(second), small(third), false),
                (None, Some(year)) => {
                    // With slashes some put the month first; with points nobody does.
                    self.date(year, small(second), small(first), word.contains('/'))
                }
                _ => Err(MomentError::ShortYear),
            },
            _ => Err(MomentError::NotADate),
        }
    }

    fn date(
        &mut self,
        year: i16,
        month: Option<i8>,
        day: Option<i8>,
        either: bool,
    ) -> Result<(), MomentError> {
        if self.year.is_some() || self.month.is_some() {
            return Err(MomentError::NotADate);
        }
        let month = month.ok_or(MomentError::NotADate)?;
        (self.year, self.month, self.day) = (Some(year), Some(month), day);
        let other = |day: i8| either && day <= 12 && month <= 12 && day != month;
        self.swapped = day.is_some_and(other);
        // Thirteen is no month.
        if let Some(day) = day.filter(|day| either && month > 12 && *day <= 12) {
            (self.month, self.day) = (Some(day), Some(month));
        }
        Ok(())
    }

    fn clock(&mut self, word: &str) -> Result<(), MomentError> {
        let zoned = word.trim_end_matches(['h', 'H', '.']);
        if zoned.ends_with('Z') || zoned.contains('+') {
            return Err(MomentError::Word(word.to_owned()));
        }
        let (zoned, afternoon) = match zoned.to_lowercase() {
            word if word.ends_with("pm") => (word.trim_end_matches("pm").to_owned(), Some(true)),
            word if word.ends_with("am") => (word.trim_end_matches("am").to_owned(), Some(false)),
            word => (word, None),
        };
        self.afternoon = afternoon.or(self.afternoon);
        let mut numbers = zoned.split([':', 'h']).map(small);
        let mut next = || numbers.next().unwrap_or(Some(0)).ok_or(MomentError::NoSuchHour);
        let hour = (next()?, next()?, next()?);
        if numbers.next().is_some() || self.hour.replace(hour).is_some() {
            return Err(MomentError::NotADate);
        }
        Ok(())
    }

    fn finish(self) -> Result<Reading<Moment>, MomentError> {
        let Some(year) = self.year else {
            return Err(match (self.hour, self.day.or(self.month)) {
                (Some(_), None) => MomentError::OnlyAnHour,
                (_, Some(_)) => MomentError::ShortYear,
                _ => MomentError::NotADate,
            });
        };
        let (mut time, mut end_of_day) = (None, false);
        if let Some((hour, minute, second)) = self.hour {
            let hour = match (self.afternoon, hour) {
                (Some(_), hour) if !(1..=12).contains(&hour) => return Err(MomentError::NoSuchHour),
                (Some(afternoon), hour) => hour % 12 + if afternoon { 12 } else { 0 },
                (None, hour) => hour,
            };
            end_of_day = (hour, minute, second) == (24, 0, 0);
            let hour = if end_of_day { 0 } else { hour };
            time = Some(Time::new(hour, minute, second, 0).map_err(|_| MomentError::NoSuchHour)?);
        } else if self.afternoon.is_some() {
            return Err(MomentError::NotADate);
        }
        let with = |month: Option<i8>, day: Option<i8>| {
            Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).map_err(|_| MomentError::NoSuchDay)?;
            Ok(Moment { year, month, day, time, end_of_day })
        };
        if (self.day.is_some() && self.month.is_none()) || (time.is_some() && self.day.is_none()) {
            return Err(MomentError::NotADate);
        }
        let read = with(self.month, self.day)?;
        Ok(match self.swapped {
            true => Reading::Several(vec![read, with(self.day, self.month)?]),
            false => Reading::One(read),
        })
    }
}

/// A time zone, from the table of the world's zones that this software carries.
#[derive(Debug, Clone)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

/// Why a cell is no time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ZoneError {
    /// No zone has this name.
    Unknown,
    /// Several zones end so.
    Several(Vec<String>),
}

impl Said for ZoneError {
    fn phrases() -> &'static Phrases {
        &PHRASES
    }

    fn code(&self) -> &'static str {
        match self {
            ZoneError::Unknown => "zone.unknown",
            ZoneError::Several(_) => "zone.several",
        }
    }

    fn values(&self, _: Language) -> Vec<(&'static str, String)> {
        match self {
            ZoneError::Several(names) => vec![("names", names.join(", "))],
            ZoneError::Unknown => Vec::new(),
        }
    }
}

error_in_english!(ZoneError);

impl Zone {
    /// The zone of a name as `Europe/Warsaw`, or `Warsaw` where no other ends so.
    ///
    /// # Errors
    /// [`ZoneError`].
    pub fn find(name: &str) -> Result<Self, ZoneError> {
        let zones = TimeZoneDatabase::bundled();
        let wanted = fold(name);
        let names: Vec<String> = zones.available().map(|name| name.to_string()).collect();
        let ends_so = |name: &&String| name.rsplit('/').next().is_some_and(|last| fold(last) == wanted);
        let found = match names.iter().find(|known| fold(known) == wanted) {
            Some(name) => name.clone(),
            None => match names.iter().filter(ends_so).collect::<Vec<_>>().as_slice() {
                [one] => (*one).clone(),
                [] => return Err(ZoneError::Unknown),
                several => {
                    return Err(ZoneError::Several(several.iter().map(|name| (*name).clone()).collect()));
                }
            },
        };
        let zone = zones.get(&found).map_err(|_| ZoneError::Unknown)?;
        Ok(Zone { name: found, zone })
    }

    /// Its name in the table.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What clocks show there in a second since 1970.
    pub fn at(&self, unix: u64) -> Option<Instant> {
        let timestamp = Timestamp::from_second(i64::try_from(unix).ok()?).ok()?;
        let (shown, offset) = (self.zone.to_datetime(timestamp), self.zone.to_offset(timestamp));
        Some(Instant { unix: timestamp.as_second(), shown, offset })
    }

    /// When it is that hour there. An hour that is passed over when clocks are put forward, and one that is there twice
    /// when they are put back, are read as both hours that can be meant.
    pub fn instant(&self, local: DateTime) -> Option<Reading<Instant>> {
        let with = |offset: Offset| {
            let timestamp = offset.to_timestamp(local).ok()?;
            // An hour that is passed over is shown as the one that clocks then show.
            let shown = self.zone.to_datetime(timestamp);
            let offset = self.zone.to_offset(timestamp);
            Some(Instant { unix: timestamp.as_second(), shown, offset })
        };
        Some(match self.zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => Reading::One(with(offset)?),
            AmbiguousOffset::Gap { before, after } => Reading::Several(vec![with(after)?, with(before)?]),
            AmbiguousOffset::Fold { before, after } => Reading::Several(vec![with(before)?, with(after)?]),
        })
    }
}

/// A second, and what clocks show then.
///
/// Displayed as `2026-10-25 02:30+02:00`: the form by which one of two is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant {
    /// Seconds since 1970, of UTC.
    pub unix: i64,
    /// What clocks show.
    pub shown: DateTime,
    offset: Offset,
}

impl Instant {
    /// Date and hour as people write them.
    pub fn said(&self, language: Language) -> String {
        let (date, hour) = (self.shown.date(), short(self.shown.time()));
        let date = written(date.year(), date.month(), date.day(), language);
        let comma = if language.is_right_to_left() { '،' } else { ',' };
        format!("{date}{comma} {hour}")
    }

    /// The same with how far the clock is ahead of UTC: an hour that a day has twice is told apart by it.
    pub fn said_with_offset(&self, language: Language) -> String {
        let minutes = self.offset.seconds() / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
        let minutes = if minutes == 0 { String::new() } else { format!(":{minutes:02}") };
        let comma = if language.is_right_to_left() { '،' } else { ',' };
        format!("{}{comma} UTC{sign}{hours}{minutes}", self.said(language))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.offset.seconds() / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
        write!(f, "{} {}{sign}{hours:02}:{minutes:02}", self.shown.date(), short(self.shown.time()))
    }
}
