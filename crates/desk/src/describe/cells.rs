//! What one cell says: words, a number, money, an hour, a choice.

use veche_record::manifest::Timestamp;
use veche_sheet::{
    Amount, AmountError, Column, Header, Instant, Moment, Place, Reading, Row, Sheet, Value, Zone, amount,
    lookup, moment,
};

use super::finding::{Means, Problem, Question, Warning};
use super::ledger::{Ledger, Spot};
use crate::words::{Choice, Key, Known, Term};

/// A sheet with its columns.
#[derive(Debug)]
pub(super) struct Table<'a, K> {
    pub sheet: &'a Sheet,
    pub header: Header<K>,
}

impl<'a, K: Key> Table<'a, K> {
    /// The rows of things.
    pub fn rows(&self) -> &'a [Row] {
        self.sheet.rows_after(self.header.row)
    }

    /// The cell of a kind in a row, in whichever of its columns comes first.
    pub fn spot(&self, row: &'a Row, kind: K) -> Option<Spot<'a>> {
        self.header.columns(kind).find_map(|found| self.at(row, found.column))
    }

    pub fn at(&self, row: &'a Row, column: Column) -> Option<Spot<'a>> {
        let cell = row.cell(column)?;
        Some(Spot { place: self.sheet.place(row.number, column), value: &cell.value })
    }

    /// Where a cell of a kind would be.
    pub fn place(&self, row: &Row, kind: K) -> Place {
        match self.header.column(kind) {
            Some(found) => self.sheet.place(row.number, found.column),
            None => self.sheet.row_place(row.number),
        }
    }

    /// The cell of a kind, which must be there where the column is.
    pub fn needed(&self, row: &'a Row, kind: K, ledger: &mut Ledger) -> Option<Spot<'a>> {
        let spot = self.spot(row, kind);
        // A column that is missing is said once, and not in every row.
        if spot.is_none() && self.header.column(kind).is_some() {
            ledger.error(Some(self.place(row, kind)), "", Problem::Missing(Term::of(kind)));
        }
        spot
    }
}

/// Words, as they stand there. A number is one as a spreadsheet shows it.
pub(super) fn words(spot: &Spot<'_>, ledger: &mut Ledger) -> Option<String> {
    match spot.value {
        Value::Error(_) => {
            ledger.wrong(spot, Problem::Formula);
            None
        }
        value => Some(value.to_string()),
    }
}

/// One of several choices.
pub(super) fn choice(spot: &Spot<'_>, choices: &[Choice], ledger: &mut Ledger) -> Option<Choice> {
    let found = match spot.value {
        Value::Bool(true) if choices.contains(&Choice::Yes) => Some(Choice::Yes),
        Value::Bool(false) if choices.contains(&Choice::No) => Some(Choice::No),
        value => lookup(&value.to_string(), &Known::of(choices).kinds()),
    };
    if found.is_none() {
        ledger.wrong(spot, Problem::Choice(Term::all(choices)));
    }
    found
}

pub(super) fn yes(spot: &Spot<'_>, ledger: &mut Ledger) -> Option<bool> {
    choice(spot, &[Choice::Yes, Choice::No], ledger).map(|choice| choice == Choice::Yes)
}

/// A whole number within bounds.
pub(super) fn count(spot: &Spot<'_>, least: u64, most: u64, ledger: &mut Ledger) -> Option<u64> {
    // No clerk counts to the largest number that there is room for: it is said to whoever has written a larger one.
    let unbounded = |read: Option<&Amount>| {
        most >= u64::from(u32::MAX) && read.is_none_or(|read| read.rounded_down() <= most)
    };
    let refuse_as = |read: Option<&Amount>, ledger: &mut Ledger| {
        let what = if unbounded(read) { Problem::AtLeast(least) } else { Problem::Count { least, most } };
        ledger.wrong(spot, what);
        None
    };
    let refuse = |ledger: &mut Ledger| refuse_as(None, ledger);
    let fits = |amount: &Amount| amount.whole().filter(|number| (least..=most).contains(number));
    match amount(spot.value, &[]) {
        Ok(Reading::One(read)) => fits(&read).or_else(|| refuse_as(Some(&read), ledger)),
        Ok(Reading::Several(readings)) => {
            let choices: Vec<_> = readings
                .iter()
                .zip(Means::of_two(&readings))
                .filter_map(|(read, means)| Some((read.to_string(), means, fits(read)?)))
                .collect();
            if choices.is_empty() { refuse(ledger) } else { ledger.choose(spot, Question::Number, choices) }
        }
        Err(_) if matches!(spot.value, Value::Error(_)) => {
            ledger.wrong(spot, Problem::Formula);
            None
        }
        Err(AmountError::Percentage) => {
            ledger.wrong(spot, Problem::Percentage);
            None
        }
        Err(AmountError::TooMuch) => {
            ledger.wrong(spot, Problem::Count { least, most });
            None
        }
        Err(_) => refuse(ledger),
    }
}

/// How many votes somebody needs: a share of all votes is none.
pub(super) fn votes(spot: &Spot<'_>, ledger: &mut Ledger) -> Option<u64> {
    if matches!(amount(spot.value, &[]), Err(AmountError::Percentage)) {
        ledger.wrong(spot, Problem::Percent);
        return None;
    }
    count(spot, 0, veche_record::manifest::MAX_MONEY, ledger)
}

pub(super) fn count32(spot: &Spot<'_>, least: u64, ledger: &mut Ledger) -> Option<u32> {
    count(spot, least, u64::from(u32::MAX), ledger).and_then(|number| u32::try_from(number).ok())
}

/// In what money is counted.
#[derive(Debug, Clone)]
pub(super) struct Money {
    /// What stands behind amounts.
    pub currency: Option<String>,
    /// Thousandths of it that are one of what is counted: 1,000 for whole units, 10 for hundredths.
    pub unit: u64,
    /// Words that may stand beside an amount.
    pub words: Vec<String>,
}

impl Money {
    /// An amount in what is counted.
    pub fn read(&self, spot: &Spot<'_>, ledger: &mut Ledger) -> Option<u64> {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        let reading = match amount(spot.value, &words) {
            Ok(reading) => reading,
            Err(_) if matches!(spot.value, Value::Error(_)) => {
                ledger.wrong(spot, Problem::Formula);
                return None;
            }
            Err(error) => {
                ledger.wrong(spot, error.into());
                return None;
            }
        };
        if let Reading::One(read) = &reading
            && read.thousandths().is_multiple_of(self.unit)
        {
            return self.counted(*read, spot, ledger);
        }
        let several = reading.all().len() > 1;
        let mut choices: Vec<(String, Means, (Amount, bool))> = Vec::new();
        for (position, read) in reading.all().iter().enumerate() {
            let units = read.thousandths() / self.unit;
            let exact = read.thousandths().is_multiple_of(self.unit);
            let [first, second] = Means::of_two(reading.all());
            let means = match (several, position, exact) {
                (true, 0, true) => [first, Means::Plain],
                (true, _, true) => [second, Means::Plain],
                (true, _, false) => [Means::DecimalsUp, Means::DecimalsDown],
                (false, ..) => [Means::Up, Means::Down],
            };
            let rounded = [Some(if exact { units } else { units + 1 }), (!exact).then_some(units)];
            for (units, means) in rounded.into_iter().zip(means) {
                let Some(units) = units else { continue };
                let amount = Amount::from_thousandths(units.saturating_mul(self.unit));
                choices.push((amount.to_string(), means, (amount, exact)));
            }
        }
        let (amount, exact) = ledger.choose(spot, Question::Amount, choices)?;
        if !exact {
            ledger.odd(spot, Warning::Cents(amount.to_string()));
        }
        self.counted(amount, spot, ledger)
    }

    fn counted(&self, amount: Amount, spot: &Spot<'_>, ledger: &mut Ledger) -> Option<u64> {
        let units = amount.thousandths() / self.unit;
        if units > veche_record::manifest::MAX_MONEY {
            ledger.wrong(spot, AmountError::TooMuch.into());
            return None;
        }
        Some(units)
    }
}

/// Whether an hour begins or ends something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    Begin,
    End,
}

/// An hour of a town, in seconds since 1970.
pub(super) fn hour(spot: &Spot<'_>, edge: Edge, zone: &Zone, now: u64, ledger: &mut Ledger) -> Option<u64> {
    let reading = match moment(spot.value) {
        Ok(reading) => reading,
        Err(error) => {
            ledger.wrong(spot, error.into());
            return None;
        }
    };
    let mut found: Vec<(Moment, Instant)> = Vec::new();
    for moment in reading.all() {
        let local = match edge {
            Edge::Begin => moment.begin(),
            Edge::End => moment.end(),
        };
        let instants = local.and_then(|local| zone.instant(local));
        found.extend(instants.iter().flat_map(Reading::all).map(|instant| (*moment, *instant)));
    }
    let (moment, instant) = match found.as_slice() {
        [one] => *one,
        several => {
            let twice = |one: Instant| several.iter().filter(|(_, at)| at.shown == one.shown).count() > 1;
            let means = |at: Instant| Means::Hour { at, twice: twice(at) };
            let choices = several.iter().map(|one| (one.1.to_string(), means(one.1), *one)).collect();
            ledger.choose(spot, Question::Hour, choices)?
        }
    };
    if moment.day.is_none() {
        ledger.odd(spot, Warning::NoDay(instant));
    } else if moment.time.is_none() {
        ledger.odd(spot, Warning::NoHour(instant));
    }
    let fits = |seconds: &u64| Timestamp::from_unix(*seconds).is_some();
    let Some(seconds) = u64::try_from(instant.unix).ok().filter(fits) else {
        ledger.wrong(spot, Problem::Year);
        return None;
    };
    if seconds < now {
        ledger.odd(spot, Warning::Past);
    }
    Some(seconds)
}
