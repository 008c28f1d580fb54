//! Why nothing was done at the counter, in a sentence that says what to do.

use crate::desk::DeskError;
use crate::folder::FolderError;
use crate::people::operator::OperatorError;
use crate::registrar::context::PRINTED_ROUTE;
use crate::registrar::phone::PhoneError;
use crate::registrar::roll::error::RollError;
use crate::registrar::sms::SmsError;
use crate::store::error::StoreError;
use crate::store::roll::PEOPLE_OF_A_PHONE;

/// Why nothing was done, or not all of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PeopleError {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The board.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The file of a roll.
    #[error(transparent)]
    Roll(#[from] RollError),
    /// The name or the reason.
    #[error(transparent)]
    Operator(#[from] OperatorError),
    /// Not a phone number.
    #[error("nothing was done: {0}")]
    Phone(#[from] PhoneError),
    /// There is no roll.
    #[error("nothing was done: in this vote anyone registers, so there is no roll")]
    NoRoll,
    /// No such district.
    #[error("nothing was done: the manifest has no district {given:?}; it has {known}")]
    Style {
        /// What was given.
        given: String,
        /// The districts that there are.
        known: String,
    },
    /// Somebody is on the roll already.
    #[error("nothing was done: this number is on the roll already, in the district {0:?}")]
    IsThere(String),
    /// Somebody is not on the roll.
    #[error("nothing was done: this number is not on the roll")]
    NotThere,
    /// Several people have the number.
    #[error(
        "nothing was done: several people of the roll have this number: say which one by the mark, with --mark"
    )]
    WhichOne {
        /// The district of each of them.
        styles: Vec<String>,
        /// What stands above the marks of the roll.
        asked_for: Option<String>,
    },
    /// Nobody of the number has this mark.
    #[error("nothing was done: the roll has people with this number, and none of them with this mark")]
    OtherMark,
    /// A mark without a letter or a digit.
    #[error(
        "nothing was done: the mark has neither a letter nor a digit. It is read from the line after the number"
    )]
    NoMark,
    /// Others have the number, and somebody of them has no mark.
    #[error(
        "nothing was done: somebody else is on the roll with this number. Everybody needs a mark that tells them apart: say \
         this one with --mark, and give whoever is there alone without one theirs first, with `roll mark`"
    )]
    NotToldApart,
    /// The number has as many people as it may have.
    #[error("nothing was done: {PEOPLE_OF_A_PHONE} people of the roll have this number, which is the most")]
    Crowded,
    /// A mark is given to whoever is alone.
    #[error(
        "nothing was done: several people of the roll have this number, and marks of theirs are put right by reading the \
         whole roll anew, with `roll replace`"
    )]
    NotAlone,
    /// A district has as many voters as it may have.
    #[error(
        "nothing was done: the district {style:?} has {listed} voters, and the manifest announces at most {electorate}"
    )]
    Full {
        /// The district.
        style: String,
        /// How many the roll has.
        listed: u32,
        /// How many the manifest allows.
        electorate: u32,
    },
    /// A district that cannot be changed any more.
    #[error(
        "nothing was done: this voter has a key for the district {0:?} on the board already, and a district is fixed from \
         then on. The voter votes there, or is struck and votes no more"
    )]
    HasKey(String),
    /// Somebody who was struck off on the board.
    #[error(
        "nothing was done: this voter was struck off on the board, which cannot be undone. Coming back onto the roll would \
         not let them vote"
    )]
    StruckOff,
    /// The folder is a registrar's, and the board is elsewhere.
    #[error(
        "nothing was done: this person has signed in, so the board must be asked: say where the ballot box answers, \
         --box URL --election FINGERPRINT"
    )]
    WhereIsTheBox,
    /// Not a name on the board.
    #[error("this is no name on the board: it has 32 hexadecimal digits")]
    Pseudonym,
    /// Nobody of this name has signed in here.
    #[error("nobody of this name has signed in here")]
    Nobody,
    /// Somebody who has never signed in.
    #[error("nothing was done: this person has never signed in, so there is no key to revoke")]
    NeverSignedIn,
    /// A number that is somebody else's already.
    #[error(
        "nothing was done: the new number is on the roll already, or somebody has signed in with it. One number is one \
         voter"
    )]
    PhoneTaken,
    /// No such pass of the desk.
    #[error(
        "nothing was done: there is no pass {0} that is not revoked; `veche-server desk-pass list` shows all"
    )]
    NoDeskPass(u32),
    /// The server was stopped meanwhile.
    #[error("nothing was done: the reading of the file was stopped")]
    Stopped,
    /// Codes on paper have no route of their own.
    #[error(
        "nothing was done: a code on paper needs a route of its own, so that everybody sees how many have voted with one; the \
         manifest has no route {PRINTED_ROUTE:?}"
    )]
    NoRoute,
    /// The vote is over.
    #[error("nothing was done: the vote is over, so that a code would open nothing")]
    Over,
    /// The gateway has not taken the message.
    #[error("the test message was not sent: {0}")]
    NotSent(SmsError),
    /// It has not been its turn, or there was no place for it.
    #[error(
        "the test message was not sent: it found no turn, because messages are held back or too many wait. Look at what \
         `/v1/health` says of the gateway"
    )]
    Waits,
    /// The operating system gives no randomness.
    #[error("nothing was done: this machine gives no random numbers")]
    NoRandomness,
    /// The first half was done.
    #[error(
        "the voter is off the roll, and can sign in no more; but the key is not revoked on the board: {0}. Do the same \
         again when that is put right"
    )]
    HalfStruck(Box<DeskError>),
    /// The sessions were ended, and the key is not revoked.
    #[error(
        "the person is signed out everywhere; but the key is not revoked on the board: {0}. Do the same again when that is \
         put right"
    )]
    HalfRevoked(Box<DeskError>),
    /// The roll was replaced, and not everybody gone was struck.
    #[error(
        "the new roll is in force; but not everybody who is gone from it was struck on the board: {0}. Read the \
         roll before again, then this one once more with --strike-gone"
    )]
    HalfReplaced(Box<DeskError>),
}

impl From<StoreError> for PeopleError {
    fn from(error: StoreError) -> Self {
        FolderError::from(error).into()
    }
}
