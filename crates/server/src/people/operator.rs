//! Who does something by hand, and why: for the journal, which holds no numbers of people.

use crate::store::registrar::{Deed, DeedKind};

/// Characters of a name or a reason.
const LONGEST: usize = 200;

/// Digits of what is taken for a phone number.
const NUMBER: usize = 7;

/// Who does something, and why.
#[derive(Debug, Clone)]
pub struct Operator {
    name: String,
    reason: String,
}

/// Why a name or a reason is not taken. What was given is not repeated, for it may hold a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OperatorError {
    /// Nothing there.
    #[error("nothing was done: say who you are with --operator NAME, and why with --reason TEXT")]
    Empty,
    /// Too much of it.
    #[error("nothing was done: a name or a reason has {LONGEST} characters at most, in one line")]
    Long,
    /// Something that looks like a phone number.
    #[error(
        "nothing was done: the name or the reason seems to hold a phone number or another number of a person, and the \
         journal holds none. Say it without"
    )]
    Number,
}

impl Operator {
    /// Somebody with a reason.
    ///
    /// # Errors
    /// [`OperatorError`].
    pub fn new(name: &str, reason: &str) -> Result<Self, OperatorError> {
        let read = |text: &str| {
            let text = text.trim();
            if text.is_empty() {
                Err(OperatorError::Empty)
            } else if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
                Err(OperatorError::Long)
            } else if has_number(text) {
                Err(OperatorError::Number)
            } else {
                Ok(text.to_owned())
            }
        };
        Ok(Operator { name: read(name)?, reason: read(reason)? })
    }

    /// Who it is.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What is done at a time, by this person.
    pub(crate) fn deed(&self, at: i64, what: DeedKind) -> Deed {
        Deed {
            at,
            what,
            operator: self.name.clone(),
            reason: self.reason.clone(),
            person: None,
            style: None,
            people: None,
            entry: None,
            source: None,
        }
    }
}

/// Whether so many digits stand together, with nothing between them but what people write between digits, and without
/// those of days.
fn has_number(text: &str) -> bool {
    let between = |c: char| c == ' ' || matches!(c, '-' | '.' | '/' | '(' | ')' | '\u{a0}');
    text.split(|c: char| !c.is_numeric() && !between(c)).any(|part| {
        let words = part.split_whitespace().filter(|word| !is_day(word));
        words.map(|word| word.chars().filter(|c| c.is_numeric()).count()).sum::<usize>() >= NUMBER
    })
}

/// Such as 2026-05-02 or 2.5.2026.
fn is_day(word: &str) -> bool {
    let parts: Vec<&str> = word.trim_matches(['(', ')', '.']).split(['-', '.', '/']).collect();
    let is_short = |part: &str| matches!(part.len(), 1 | 2) && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_year = |part: &str| part.len() == 4 && (part.starts_with("19") || part.starts_with("20"));
    match parts.as_slice() {
        [year, month, day] | [day, month, year] if is_year(year) => is_short(month) && is_short(day),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_words_and_no_number_of_a_person() {
        for reason in [
            "moved house",
            "came on 2026-05-02 with papers",
            "came on 2.5.2026 at 10:30",
            "room 12, form 345",
            "ticket 123456",
            "переехала",
        ] {
            assert!(Operator::new("Anna K.", reason).is_ok(), "{reason}");
        }
        for reason in
            ["+48 42 123 45 67", "called from 421234567", "now (042) 123-45-67", "٠٤٢١٢٣٤٥٦٧", "85010112345"]
        {
            assert_eq!(Operator::new("Anna", reason).unwrap_err(), OperatorError::Number, "{reason}");
            assert_eq!(Operator::new(reason, "moved").unwrap_err(), OperatorError::Number, "{reason}");
        }
        assert_eq!(Operator::new("Anna", " ").unwrap_err(), OperatorError::Empty);
        assert_eq!(Operator::new("", "moved").unwrap_err(), OperatorError::Empty);
        assert_eq!(Operator::new("Anna", "two\nlines").unwrap_err(), OperatorError::Long);
        assert_eq!(Operator::new("Anna", &"a".repeat(201)).unwrap_err(), OperatorError::Long);
    }
}
