//! What the registrar's half remembers, and what every store of it promises.
//!
//! A store decides nothing: how many codes and guesses there may be is judged here, by functions that every store
//! calls within its transaction. What a store owes is in the words of [`RegistrarStore`], and the conformance tests
//! hold it to them.

use std::time::Duration;

use async_trait::async_trait;
use subtle::ConstantTimeEq;
use veche_record::Pseudonym;

use crate::clock::seconds;
use crate::http::counters::DAY;
use crate::keys::SECRET_LEN;
use crate::store::error::StoreError;

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
    /// Somebody at the desk was given a pass.
    PassGiven,
    /// A pass of the desk was revoked.
    PassRevoked,
}

impl DeedKind {
    /// All of them, with the words that they are stored and shown as.
    const NAMES: [(DeedKind, &'static str); 13] = [
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

/// A request for a code. Both codes are drawn before it is known which is sent. Times are Unix seconds.
#[derive(Debug, Clone)]
pub(crate) struct NewCode {
    /// The hash of the session it belongs to.
    pub(crate) session: [u8; SECRET_LEN],
    pub(crate) phone: PersonHash,
    /// The hash of session and own code.
    pub(crate) own: [u8; SECRET_LEN],
    /// The hash of the long code, which is good in every session of the phone.
    pub(crate) shared: [u8; SECRET_LEN],
    pub(crate) made: i64,
}

/// How many messages a phone is sent. However often anyone asks, an own code or a live shared one is on the phone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CodeLimits {
    /// Messages in 24 hours with a code for their own session only.
    pub(crate) own_a_day: u32,
    /// Messages in 24 hours.
    pub(crate) a_day: u32,
    /// Time between two messages with a shared code, unless the first is used. Shorter than a shared code lives.
    pub(crate) shared_every: Duration,
}

/// What became of a request for a code. It is stored in any case, and whoever asked is told the same in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeAsked {
    /// The session's own code is to be sent.
    Own,
    /// The shared code is to be sent.
    Shared,
    /// Nothing is to be sent: a shared code is there, or the day's messages are.
    Nothing,
}

/// The messages of a phone in the last 24 hours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecentMessages {
    pub(crate) count: u32,
    /// When the newest was made whose code is shared and not used.
    pub(crate) newest_shared: Option<i64>,
}

impl CodeLimits {
    /// What is to be sent to a phone of so many people: each has their messages.
    pub(crate) fn judge(&self, recent: RecentMessages, people: u32, now: i64) -> CodeAsked {
        let people = people.max(1);
        let is_there = recent
            .newest_shared
            .is_some_and(|newest| newest.saturating_add(seconds(self.shared_every)) > now);
        if recent.count < self.own_a_day.saturating_mul(people) {
            CodeAsked::Own
        } else if is_there || recent.count >= self.a_day.saturating_mul(people) {
            CodeAsked::Nothing
        } else {
            CodeAsked::Shared
        }
    }
}

/// A guess at a code, with all that is stored if it is right: drawn before, so that a right and a wrong guess differ in
/// nothing but the last step.
#[derive(Debug, Clone)]
pub(crate) struct Guess {
    /// The hash of the session.
    pub(crate) session: [u8; SECRET_LEN],
    /// The hash of session and guess.
    pub(crate) own: [u8; SECRET_LEN],
    /// The hash of the guess, if it is long enough for a shared code.
    pub(crate) shared: Option<[u8; SECRET_LEN]>,
    /// The hash of the guess as a code on paper, where there are such codes, and the position of their route.
    pub(crate) printed: Option<([u8; SECRET_LEN], u8)>,
    /// The hash of the mark that was given, bound to the session's phone.
    pub(crate) mark: Option<MarkHash>,
    /// The time, as Unix seconds.
    pub(crate) at: i64,
    /// Whether a phone that is not on the roll may vote.
    pub(crate) open_to_all: bool,
    /// The pseudonym of a voter who has none.
    pub(crate) pseudonym: Pseudonym,
    /// The hash of the token that the voter gets.
    pub(crate) token: [u8; SECRET_LEN],
    /// When the token ends, as Unix seconds.
    pub(crate) expires: i64,
}

/// How often codes may be guessed at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GuessLimits {
    /// Time for which a session and its own code are good.
    pub(crate) session_lifetime: Duration,
    /// Guesses in one session.
    pub(crate) a_session: u32,
    /// Time for which a shared code is good.
    pub(crate) shared_lifetime: Duration,
    /// Guesses at one shared code, in all sessions together.
    pub(crate) a_shared_code: u32,
    /// Wrong marks of one phone in 24 hours.
    pub(crate) wrong_marks_a_day: u32,
}

/// A stored request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StoredCode {
    pub(crate) phone: PersonHash,
    pub(crate) own: [u8; SECRET_LEN],
    pub(crate) made: i64,
    /// Guesses before this one.
    pub(crate) guesses: u32,
    pub(crate) used: bool,
}

/// A shared code that is alive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SharedCode {
    /// The request that caused it.
    pub(crate) session: [u8; SECRET_LEN],
    pub(crate) mac: [u8; SECRET_LEN],
    /// Guesses before this one.
    pub(crate) guesses: u32,
}

/// A code on paper. Times are Unix seconds.
#[derive(Debug, Clone)]
pub(crate) struct PrintedCode {
    pub(crate) person: PersonHash,
    pub(crate) mac: [u8; SECRET_LEN],
    pub(crate) made: i64,
    /// When it ends.
    pub(crate) expires: i64,
    /// Guesses at it.
    pub(crate) guesses: u32,
    pub(crate) used: bool,
}

/// What became of a phone's messages in the last 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct MessageNews {
    /// Codes that were asked for, as far as they are remembered.
    pub(crate) asked: u32,
    /// When the last one was asked for.
    pub(crate) last_asked: Option<i64>,
    /// Messages that left.
    pub(crate) left: u32,
    /// When the last one left.
    pub(crate) last_left: Option<i64>,
    /// Messages of which it is not known yet whether they leave.
    pub(crate) waiting: u32,
    /// When the last one was given up.
    pub(crate) last_lost: Option<i64>,
}

/// Which code a guess is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// The one on paper, of this person.
    Printed(PersonHash),
    /// The session's own.
    Own,
    /// The shared one that this session caused.
    Shared([u8; SECRET_LEN]),
}

/// What became of a guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Guessed {
    /// It was right, and the code is used.
    SignedIn {
        /// The voter's name on the board: the one of the first time.
        pseudonym: Pseudonym,
        /// What the roll says.
        style: Option<String>,
        /// Whether it was a code on paper.
        printed: bool,
    },
    /// It was wrong, or right and the phone may not vote.
    Wrong { attempts_left: u32 },
    /// It was right, and stays so: several people have the phone, and a mark must say which.
    MarkNeeded { heading: Option<String> },
    /// The same, and nobody of them has this mark.
    WrongMark { attempts_left: u32 },
    /// The same, and too many marks were wrong until this time.
    MarksSpent { until: i64 },
    /// There is no such session, or it has signed in or is too old. Not counted.
    Expired,
    /// The session has guessed too often. Not counted.
    SessionSpent,
}

impl GuessLimits {
    /// Why a session may not guess.
    pub(crate) fn refuse(&self, code: &StoredCode, now: i64) -> Option<Guessed> {
        if code.used || now >= code.made.saturating_add(seconds(self.session_lifetime)) {
            return Some(Guessed::Expired);
        }
        (code.guesses >= self.a_session).then_some(Guessed::SessionSpent)
    }

    /// Which code the guess is, compared in constant time, if the phone may vote. `people` is how many the roll has.
    pub(crate) fn judge(
        &self,
        guess: &Guess,
        code: &StoredCode,
        (shared, printed): (&[SharedCode], &[PrintedCode]),
        people: u32,
    ) -> Option<Right> {
        let may_vote = guess.open_to_all | (people > 0);
        let is_own: bool = guess.own.ct_eq(&code.own).into();
        let mut right = is_own.then_some(Right::Own);
        for one in shared.iter().filter(|one| one.guesses < self.a_shared_code) {
            let is_this: bool = guess.shared.is_some_and(|guess| guess.ct_eq(&one.mac).into());
            right = right.or(is_this.then_some(Right::Shared(one.session)));
        }
        for one in printed.iter().filter(|one| self.is_alive(one, guess.at)) {
            let is_this: bool = guess.printed.is_some_and(|(mac, _)| mac.ct_eq(&one.mac).into());
            right = right.or(is_this.then_some(Right::Printed(one.person)));
        }
        right.filter(|_| may_vote)
    }

    /// Who of a phone has signed in with a right code: the person with the mark, or whoever has the phone alone, or the
    /// code on paper. `wrong` are the times of the wrong marks of the last 24 hours.
    pub(crate) fn tell_apart(
        &self,
        guess: &Guess,
        (phone, right): (&PersonHash, Right),
        people: &[RollRow],
        wrong: &[i64],
        heading: Option<String>,
    ) -> Result<(PersonHash, Option<String>), Guessed> {
        let who = |row: &RollRow| (row.person, Some(row.style.clone()));
        if let Right::Printed(person) = right {
            let row = people.iter().find(|row| row.person == person);
            return Ok(row.map_or((person, None), who));
        }
        match people {
            [] => return Ok((*phone, None)),
            [alone] => return Ok(who(alone)),
            _ => {}
        }
        let tries = usize::try_from(self.wrong_marks_a_day).unwrap_or(usize::MAX);
        if let Some(until) = wrong.len().checked_sub(tries).and_then(|position| wrong.get(position)) {
            return Err(Guessed::MarksSpent { until: until.saturating_add(seconds(DAY)) });
        }
        let Some(mark) = guess.mark else { return Err(Guessed::MarkNeeded { heading }) };
        let mut found = None;
        for row in people {
            let is_this: bool = row.mark.is_some_and(|known| known.0.ct_eq(&mark.0).into());
            found = found.or(is_this.then(|| who(row)));
        }
        let left = tries.saturating_sub(wrong.len()).saturating_sub(1);
        found.ok_or(Guessed::WrongMark { attempts_left: u32::try_from(left).unwrap_or(u32::MAX) })
    }

    /// Whether a code on paper may still be used.
    fn is_alive(&self, code: &PrintedCode, now: i64) -> bool {
        !code.used && now < code.expires && code.guesses < self.a_shared_code
    }

    /// The guesses that are left in a session after this one.
    pub(crate) const fn left(&self, code: &StoredCode) -> u32 {
        self.a_session.saturating_sub(code.guesses).saturating_sub(1)
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
    /// right for nobody. Of the roll it takes how many people have the phone, by the same statement for every phone.
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
