//! What people have done by hand: read, never changed.

use std::fmt;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::counter::{Counter, OpenCounter};
use super::error::PeopleError;
use crate::store::registrar::Deed;

/// A line of the journal. It names nobody whom it was done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalLine {
    /// When, as Unix seconds.
    pub at: i64,
    /// What was done.
    pub what: &'static str,
    /// By whom.
    pub operator: String,
    /// Why.
    pub reason: String,
    /// In which district.
    pub style: Option<String>,
    /// To how many people, if it was a whole roll.
    pub people: Option<u32>,
    /// The entry of the board that it has led to.
    pub entry: Option<u64>,
}

impl From<Deed> for JournalLine {
    fn from(deed: Deed) -> Self {
        let Deed { at, what, operator, reason, style, people, entry, .. } = deed;
        JournalLine { at, what: what.name(), operator, reason, style, people, entry }
    }
}

impl fmt::Display for JournalLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {}", time_words(self.at), self.what)?;
        if let Some(style) = &self.style {
            write!(f, ", district {style}")?;
        }
        if let Some(people) = self.people {
            write!(f, ", {people} people")?;
        }
        if let Some(entry) = self.entry {
            write!(f, ", entry {entry} of the board")?;
        }
        write!(f, "  by {}: {}", self.operator, self.reason)
    }
}

/// A Unix time as it is read, such as `2026-05-02T00:00:00Z`.
pub fn time_words(unix: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp(unix).ok().and_then(|time| time.format(&Rfc3339).ok());
    time.unwrap_or_default()
}

/// What was done by hand, the oldest first.
///
/// # Errors
/// [`PeopleError`].
pub async fn journal(counter: &Counter) -> Result<Vec<JournalLine>, PeopleError> {
    counter.work(async |counter| counter.journal().await).await
}

impl OpenCounter {
    /// [`journal`].
    pub(crate) async fn journal(&self) -> Result<Vec<JournalLine>, PeopleError> {
        Ok(self.db.deeds(None).await?.into_iter().map(JournalLine::from).collect())
    }
}
