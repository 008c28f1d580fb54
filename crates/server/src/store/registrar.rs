//! What the registrar's half remembers, and what every store of it promises.
//!
//! A store decides nothing: how many codes and guesses there may be is judged here, by functions that every store
//! calls within its transaction. What a store owes is in the words of [`RegistrarStore`], and the conformance tests
//! hold it to them.

use async_trait::async_trait;
use subtle::ConstantTimeEq;
use veche_record::Pseudonym;

use crate::keys::SECRET_LEN;
use crate::store::codes::{
    CodeAsked, CodeLimits, Guess, GuessLimits, Guessed, MessageNews, NewCode, PrintedCode,
};
use crate::store::error::StoreError;
use crate::store::roll::{NewRoll, PersonHash, PhoneChange, RollChange, RollRow, RollState};

/// What somebody has done by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeedKind {
    /// A roll was read from a file.
    RollReplaced,
    /// Somebody came onto the roll.
    RollAdded,
    /// Somebody's district was put right.
    RollMoved,
    /// Somebody's mark was set, by which people of one phone are told apart.
    RollMarked,
    /// Somebody was taken off the roll.
    RollStruck,
    /// Somebody's key was revoked on the board for good.
    KeyRevoked,
    /// The count of somebody's messages was begun anew.
    Unlocked,
    /// Somebody was given a code on paper.
    CodePrinted,
    /// Somebody votes with another number from now on: the line of the number before.
    PhoneLeft,
    /// The same, and the line of the new number.
    PhoneTaken,
    /// Somebody's sessions were ended.
    SignedOut,
    /// A test message was sent.
    TestSent,
    /// A test message was not sent.
    TestFailed,
    /// Somebody at the desk was given a pass.
    PassGiven,
    /// A pass of the desk was revoked.
    PassRevoked,
}

impl DeedKind {
    /// All of them, with the words that they are stored and shown as.
    const NAMES: [(DeedKind, &'static str); 15] = [
        (DeedKind::RollReplaced, "roll replace"),
        (DeedKind::RollAdded, "roll add"),
        (DeedKind::RollMoved, "roll move"),
        (DeedKind::RollMarked, "roll mark"),
        (DeedKind::RollStruck, "roll strike"),
        (DeedKind::KeyRevoked, "key revoked"),
        (DeedKind::Unlocked, "unlock"),
        (DeedKind::CodePrinted, "code on paper"),
        (DeedKind::PhoneLeft, "phone left"),
        (DeedKind::PhoneTaken, "phone taken"),
        (DeedKind::SignedOut, "signed out"),
        (DeedKind::TestSent, "test message sent"),
        (DeedKind::TestFailed, "test message failed"),
        (DeedKind::PassGiven, "desk pass given"),
        (DeedKind::PassRevoked, "desk pass revoked"),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

/// A line of the journal: what was done, by whom and why. It names no person but by the hash, and is never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deed {
    /// When, as Unix seconds.
    pub(crate) at: i64,
    pub(crate) what: DeedKind,
    pub(crate) operator: String,
    pub(crate) reason: String,
    /// To whom, if to one person.
    pub(crate) person: Option<PersonHash>,
    /// The district that the person has now, or had until now.
    pub(crate) style: Option<String>,
    /// How many people, if to many.
    pub(crate) people: Option<u32>,
    /// The entry of the board that it has led to.
    pub(crate) entry: Option<u64>,
    /// The hash of the file that it was read from.
    pub(crate) source: Option<[u8; SECRET_LEN]>,
}

/// What a pass of the desk is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskPassKind {
    /// Helping one person after another.
    Help,
    /// That, and the roll as a whole.
    Roll,
}

impl DeskPassKind {
    /// Both, with the words that they are stored and shown as.
    const NAMES: [(DeskPassKind, &'static str); 2] =
        [(DeskPassKind::Help, "help"), (DeskPassKind::Roll, "roll")];

    /// `help` or `roll`.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

/// A pass with which somebody works at the desk over HTTP. Times are Unix seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredDeskPass {
    /// Its number, counted from 1 and never given twice; zero until it is stored.
    pub(crate) number: u32,
    /// The hash of the token.
    pub(crate) token: [u8; SECRET_LEN],
    pub(crate) kind: DeskPassKind,
    /// Whose it is.
    pub(crate) operator: String,
    pub(crate) made: i64,
    /// When it ends.
    pub(crate) ends: i64,
    /// When it was revoked, if it was.
    pub(crate) revoked: Option<i64>,
}

impl StoredDeskPass {
    /// Whether this is its token, compared in constant time, and good at a time.
    pub(crate) fn is_good(&self, token: &[u8; SECRET_LEN], now: i64) -> bool {
        let is_it: bool = self.token.ct_eq(token).into();
        is_it && self.revoked.is_none() && now < self.ends
    }
}

/// What a portal's pass says of a voter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PassTerms {
    /// The identifier of the voter's ballot style, where the portal fixes it.
    pub(crate) style: Option<String>,
    /// The position of the route by which the portal has identified the voter.
    pub(crate) route: u8,
}

/// A pass that is good, with all that is stored when it is used. Times are Unix seconds.
#[derive(Debug, Clone)]
pub(crate) struct GoodPass {
    /// The hash of its identifier.
    pub(crate) id: [u8; SECRET_LEN],
    /// When it ends.
    pub(crate) ends: i64,
    pub(crate) person: PersonHash,
    pub(crate) terms: PassTerms,
    /// The pseudonym of a voter who has none.
    pub(crate) pseudonym: Pseudonym,
    /// The hash of the token that the voter gets.
    pub(crate) token: [u8; SECRET_LEN],
    /// When the token ends.
    pub(crate) expires: i64,
}

/// A voter who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedInVoter {
    pub(crate) person: PersonHash,
    pub(crate) pseudonym: Pseudonym,
    /// What the pass says that the session was begun with, if it was one and not a code.
    pub(crate) pass: Option<PassTerms>,
    /// The position of the route of codes on paper, if it was begun with one.
    pub(crate) printed: Option<u8>,
}

/// Who may vote and who is signing in: phones, codes, guesses, passes, sessions, pseudonyms.
///
/// Each call is one transaction: it happens as a whole or not at all, it is durable when it returns, and two at the
/// same time have the effect of one after the other.
#[async_trait]
pub(crate) trait RegistrarStore: Send + Sync {
    /// Puts a roll in the place of the one before, and notes the deed. A person twice, or a phone twice with nothing
    /// that tells its people apart, is an error, and the roll before stays; so it does, with
    /// [`StoreError::RollChanged`], where somebody else changes the roll meanwhile. However long it is, nobody who
    /// signs in waits for it: until the last moment everybody sees the roll before.
    async fn replace_roll(&self, roll: &NewRoll<'_>, deed: &Deed) -> Result<(), StoreError>;

    /// Puts a person onto the roll, if their district has fewer than `at_most`, and notes the deed.
    async fn add_to_roll(&self, row: &RollRow, at_most: u32, deed: &Deed) -> Result<RollChange, StoreError>;

    /// Puts a person of the roll into another district, if that has fewer than `at_most`, and notes the deed.
    async fn move_on_roll(&self, row: &RollRow, at_most: u32, deed: &Deed) -> Result<RollChange, StoreError>;

    /// Gives a person who has the phone alone the row's mark in the place of any before, and notes the deed. Where
    /// others have the phone, too, nothing is done.
    async fn mark_on_roll(&self, row: &RollRow, deed: &Deed) -> Result<RollChange, StoreError>;

    /// Takes a person off the roll and ends their sessions, and notes the deed. Where they are not on the roll nothing
    /// is noted.
    async fn strike_from_roll(&self, person: &PersonHash, deed: &Deed) -> Result<RollChange, StoreError>;

    /// The whole roll, in any order.
    async fn roll(&self) -> Result<Vec<RollRow>, StoreError>;

    /// What is known of it as a whole.
    async fn roll_state(&self) -> Result<RollState, StoreError>;

    /// Notes a deed that changes nothing here.
    async fn note(&self, deed: &Deed) -> Result<(), StoreError>;

    /// What was done by hand, the oldest first: to one person, or all of it.
    async fn deeds(&self, of: Option<&PersonHash>) -> Result<Vec<Deed>, StoreError>;

    /// Whether a roll was ever read from this file.
    async fn was_read(&self, source: &[u8; SECRET_LEN]) -> Result<bool, StoreError>;

    /// How many voters the roll has.
    async fn roll_len(&self) -> Result<u64, StoreError>;

    /// What the roll says of a person.
    async fn style_on_roll(&self, person: &PersonHash) -> Result<Option<String>, StoreError>;

    /// The phone of a person of the roll.
    async fn phone_on_roll(&self, person: &PersonHash) -> Result<Option<PersonHash>, StoreError>;

    /// Who has a phone, by the roll, in any order.
    async fn people_on_roll(&self, phone: &PersonHash) -> Result<Vec<RollRow>, StoreError>;

    /// Stores a request, and a message if [`CodeLimits::judge`] lets one more be sent. An own code that is not sent is
    /// right for nobody. It does not look at the roll.
    async fn ask_for_code(&self, code: &NewCode, limits: &CodeLimits) -> Result<CodeAsked, StoreError>;

    /// Notes that the message of a request has left, at this time.
    async fn message_left(&self, session: &[u8; SECRET_LEN], at: i64) -> Result<(), StoreError>;

    /// Takes back the message of a request, which has not left until this time: it is not counted, and a shared code is
    /// dead.
    async fn message_lost(&self, session: &[u8; SECRET_LEN], at: i64) -> Result<(), StoreError>;

    /// What became of the messages of a phone after this time.
    async fn messages(&self, phone: &PersonHash, after: i64) -> Result<MessageNews, StoreError>;

    /// The phone that a request was made for.
    async fn asked_for(&self, session: &[u8; SECRET_LEN]) -> Result<Option<PersonHash>, StoreError>;

    /// Gives a person a code on paper, in the place of the one before, and notes the deed.
    async fn print_code(&self, code: &PrintedCode, deed: &Deed) -> Result<(), StoreError>;

    /// The newest code on paper of a person.
    async fn printed_code(&self, person: &PersonHash) -> Result<Option<PrintedCode>, StoreError>;

    /// Begins a phone's counts of messages and of wrong marks anew, and notes the deed. Its shared codes die, its own
    /// ones live on.
    async fn forget_messages(&self, phone: &PersonHash, deed: &Deed) -> Result<(), StoreError>;

    /// Puts a person from one number to another: the line of the roll and the pseudonym. Sessions of the number before
    /// end, and its codes are dead. The deed is noted for both numbers, as [`DeedKind::PhoneLeft`] and
    /// [`DeedKind::PhoneTaken`]. Nothing happens, and nothing is noted, where the new number is on the roll or has a
    /// pseudonym.
    async fn change_phone(
        &self,
        from: &PersonHash,
        to: &PersonHash,
        deed: &Deed,
    ) -> Result<PhoneChange, StoreError>;

    /// Ends a person's sessions, kills the codes that were given out until now, and notes the deed.
    async fn end_sessions(&self, person: &PersonHash, deed: &Deed) -> Result<(), StoreError>;

    /// Stores a pass of the desk, and notes the deed. Returns its number.
    async fn give_desk_pass(&self, pass: &StoredDeskPass, deed: &Deed) -> Result<u32, StoreError>;

    /// Every pass of the desk that there was, the oldest first.
    async fn desk_passes(&self) -> Result<Vec<StoredDeskPass>, StoreError>;

    /// Revokes a pass of the desk at a time, and notes the deed. Says whether there was one that was not revoked.
    async fn revoke_desk_pass(&self, number: u32, at: i64, deed: &Deed) -> Result<bool, StoreError>;

    /// Counts a guess and judges it. A right one uses the code and begins a session; the voter's pseudonym is made
    /// with the first and stays. A guess is counted when it is wrong, too. Where several people have the phone, a
    /// right guess alone uses nothing and is not counted: it takes the mark of one of them as well, and wrong ones
    /// are counted for the phone ([`GuessLimits::tell_apart`]).
    async fn guess(&self, guess: &Guess, limits: &GuessLimits) -> Result<Guessed, StoreError>;

    /// Uses a pass and begins a session, if the pass was not used before. Returns the voter's pseudonym, which is made
    /// with the first sign-in of a person and stays.
    async fn use_pass(&self, pass: &GoodPass) -> Result<Option<Pseudonym>, StoreError>;

    /// The pseudonym of a person who has signed in.
    async fn pseudonym(&self, person: &PersonHash) -> Result<Option<Pseudonym>, StoreError>;

    /// The person of a pseudonym, who has signed in.
    async fn person(&self, pseudonym: &Pseudonym) -> Result<Option<PersonHash>, StoreError>;

    /// Everybody who has signed in.
    async fn voters(&self) -> Result<Vec<(PersonHash, Pseudonym)>, StoreError>;

    /// Whose session a token is, by its hash, if it has not ended at `now`.
    async fn voter(&self, token: &[u8; SECRET_LEN], now: i64) -> Result<Option<SignedInVoter>, StoreError>;

    /// Forgets messages and wrong marks of more than 24 hours, passes that ended as long ago, requests made before
    /// `requests`, and sessions that have ended at `now`. Pseudonyms stay.
    async fn forget_old(&self, now: i64, requests: i64) -> Result<(), StoreError>;
}
