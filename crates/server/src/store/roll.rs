//! Who may vote, as a store knows it.

use crate::keys::SECRET_LEN;

/// Who somebody is, as a store knows it: the hash of a phone, or of the subject of a portal's passes, under a key that
/// is not in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PersonHash(pub(crate) [u8; SECRET_LEN]);

/// The hash of what tells people of one phone apart, bound to the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct MarkHash(pub(crate) [u8; SECRET_LEN]);

/// People that one phone may have on the roll.
pub(crate) const PEOPLE_OF_A_PHONE: usize = 8;

/// A voter of the roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RollRow {
    pub(crate) phone: PersonHash,
    /// What tells the person apart from others with this phone.
    pub(crate) mark: Option<MarkHash>,
    /// Who signs in.
    pub(crate) person: PersonHash,
    /// The identifier of the voter's ballot style.
    pub(crate) style: String,
}

impl RollRow {
    /// Why somebody cannot come onto the roll beside those who have the phone already.
    pub(crate) fn refuse_beside(&self, others: &[RollRow]) -> Option<RollChange> {
        let is_it = |other: &&RollRow| other.person == self.person || other.mark == self.mark;
        let told_apart = |row: &RollRow| row.mark.is_some();
        if others.is_empty() {
            None
        } else if let Some(same) = others.iter().find(is_it) {
            Some(RollChange::IsThere(same.style.clone()))
        } else if !told_apart(self) || !others.iter().all(told_apart) {
            Some(RollChange::NotToldApart)
        } else {
            (others.len() >= PEOPLE_OF_A_PHONE).then_some(RollChange::Crowded)
        }
    }
}

/// A roll that takes the place of the one before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewRoll<'a> {
    pub(crate) rows: &'a [RollRow],
    /// What stands above the marks.
    pub(crate) mark_heading: Option<&'a str>,
    /// The state of the roll that it was compared with, if it was.
    pub(crate) after: Option<i64>,
}

/// What is known of the roll as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RollState {
    /// How often it has changed.
    pub(crate) changes: i64,
    /// What stands above the marks.
    pub(crate) mark_heading: Option<String>,
}

/// What became of a change of one line of the roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RollChange {
    /// It is done. `before` is the district that the roll had for the phone.
    Done { before: Option<String> },
    /// The person is on the roll already, in this district.
    IsThere(String),
    /// The person is not on the roll.
    NotThere,
    /// Others have the phone, and somebody of them has no mark.
    NotToldApart,
    /// The phone has as many people as it may have.
    Crowded,
    /// The district has so many voters already.
    Full(u32),
}

/// What became of a change of somebody's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PhoneChange {
    /// It is done.
    Done,
    /// The number before is on no roll, and nobody has signed in with it.
    NotThere,
    /// The new number is somebody's.
    Taken,
}
