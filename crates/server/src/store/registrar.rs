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

/// A phone as a store knows it: a hash under a key that is not in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PhoneHash(pub(crate) [u8; SECRET_LEN]);

/// A voter of the roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RollRow {
    pub(crate) phone: PhoneHash,
    /// The identifier of the voter's ballot style.
    pub(crate) style: String,
}

/// A code that was asked for. Times are Unix seconds.
#[derive(Debug, Clone)]
pub(crate) struct NewCode {
    /// The hash of the session it belongs to.
    pub(crate) session: [u8; SECRET_LEN],
    pub(crate) phone: PhoneHash,
    /// The hash of session and code.
    pub(crate) mac: [u8; SECRET_LEN],
    pub(crate) made: i64,
}

/// How many codes a phone may ask for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CodeLimits {
    /// Time between two codes for one phone.
    pub(crate) resend_after: Duration,
    /// Codes in the last 24 hours.
    pub(crate) a_phone_a_day: u32,
}

/// What became of a request for a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeAsked {
    /// It is stored.
    Stored,
    /// Another code was asked for a moment ago.
    TooSoon { wait: Duration },
    /// The phone has had as many as it can have in a day.
    TooMany { wait: Duration },
}

/// The codes of a phone that were made in the last 24 hours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecentCodes {
    pub(crate) count: u32,
    /// When the newest was made.
    pub(crate) newest: i64,
    /// When the oldest was made.
    pub(crate) oldest: i64,
}

impl CodeLimits {
    /// Whether one code more may be made.
    pub(crate) fn judge(&self, recent: RecentCodes, now: i64) -> CodeAsked {
        let resend = recent.newest.saturating_add(seconds(self.resend_after));
        if recent.count > 0 && resend > now {
            CodeAsked::TooSoon { wait: until(resend, now) }
        } else if recent.count >= self.a_phone_a_day {
            CodeAsked::TooMany { wait: until(recent.oldest.saturating_add(seconds(DAY)), now) }
        } else {
            CodeAsked::Stored
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
    pub(crate) mac: [u8; SECRET_LEN],
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

impl Guess {
    /// Whether the guess signs in, compared in constant time. `style` is what the roll says of the phone.
    pub(crate) fn signs_in(&self, code: &StoredCode, style: Option<&str>) -> bool {
        let right: bool = self.mac.ct_eq(&code.mac).into();
        right & (self.open_to_all | style.is_some())
    }
}

/// How often a code may be guessed at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GuessLimits {
    /// Time for which a code is valid.
    pub(crate) code_lifetime: Duration,
    /// Guesses at one code.
    pub(crate) a_code: u32,
    /// Guesses of a phone in the last 24 hours, over all its codes.
    pub(crate) a_phone_a_day: u32,
}

/// A stored code.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StoredCode {
    pub(crate) phone: PhoneHash,
    pub(crate) mac: [u8; SECRET_LEN],
    pub(crate) made: i64,
    /// Guesses before this one.
    pub(crate) guesses: u32,
    pub(crate) used: bool,
}

/// The guesses of a phone in the last 24 hours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecentGuesses {
    pub(crate) count: u32,
    /// When the oldest was made, if there is one.
    pub(crate) oldest: Option<i64>,
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
    },
    /// It was wrong, or right and the phone may not vote.
    Wrong { attempts_left: u32 },
    /// There is no such code, or it is used or too old. Not counted.
    Expired,
    /// The code has been guessed at too often. Not counted.
    CodeSpent,
    /// The phone has guessed too often today. Not counted.
    PhoneSpent { wait: Duration },
}

impl GuessLimits {
    /// Why a code may not be guessed at, as far as the code itself tells.
    pub(crate) fn refuse_code(&self, code: &StoredCode, now: i64) -> Option<Guessed> {
        if code.used || now >= code.made.saturating_add(seconds(self.code_lifetime)) {
            return Some(Guessed::Expired);
        }
        (code.guesses >= self.a_code).then_some(Guessed::CodeSpent)
    }

    /// Why a phone may not guess, at any of its codes.
    pub(crate) fn refuse_phone(&self, recent: RecentGuesses, now: i64) -> Option<Guessed> {
        let wait = || until(recent.oldest.unwrap_or(now).saturating_add(seconds(DAY)), now);
        (recent.count >= self.a_phone_a_day).then(|| Guessed::PhoneSpent { wait: wait() })
    }

    /// The guesses that are left at a code after this one.
    pub(crate) const fn left(&self, code: &StoredCode) -> u32 {
        self.a_code.saturating_sub(code.guesses).saturating_sub(1)
    }
}

/// The time from `now` to a Unix time, a second at least.
fn until(then: i64, now: i64) -> Duration {
    Duration::from_secs(u64::try_from(then.saturating_sub(now)).unwrap_or(1).max(1))
}

/// A voter who is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SignedInVoter {
    pub(crate) phone: PhoneHash,
    pub(crate) pseudonym: Pseudonym,
}

/// Who may vote and who is signing in: phones, codes, guesses, sessions, pseudonyms.
///
/// Each call is one transaction: it happens as a whole or not at all, it is durable when it returns, and two at the
/// same time have the effect of one after the other.
#[async_trait]
pub(crate) trait RegistrarStore: Send + Sync {
    /// Puts a roll in the place of the one before. A phone twice is an error, and the roll before stays.
    async fn replace_roll(&self, roll: &[RollRow]) -> Result<(), StoreError>;

    /// How many voters the roll has.
    async fn roll_len(&self) -> Result<u64, StoreError>;

    /// What the roll says of a phone.
    async fn style_on_roll(&self, phone: &PhoneHash) -> Result<Option<String>, StoreError>;

    /// Stores a code, if [`CodeLimits::judge`] lets the phone have one more. It never looks at the roll.
    async fn ask_for_code(&self, code: &NewCode, limits: &CodeLimits) -> Result<CodeAsked, StoreError>;

    /// Counts a guess and judges it. A right one uses the code and begins a session; the voter's pseudonym is made with
    /// the first and stays. A guess is counted when it is wrong, too.
    async fn guess(&self, guess: &Guess, limits: &GuessLimits) -> Result<Guessed, StoreError>;

    /// The pseudonym of a phone that has signed in.
    async fn pseudonym(&self, phone: &PhoneHash) -> Result<Option<Pseudonym>, StoreError>;

    /// The phone of a pseudonym, which has signed in with it.
    async fn phone(&self, pseudonym: &Pseudonym) -> Result<Option<PhoneHash>, StoreError>;

    /// Whose session a token is, by its hash, if it has not ended at `now`.
    async fn voter(&self, token: &[u8; SECRET_LEN], now: i64) -> Result<Option<SignedInVoter>, StoreError>;

    /// Forgets codes and guesses of more than 24 hours, and sessions that have ended. Pseudonyms stay.
    async fn forget_old(&self, now: i64) -> Result<(), StoreError>;
}
