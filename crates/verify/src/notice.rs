//! What no check can judge and every reader should know: the sentences of a report that are no verdict.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};
use veche_record::manifest::Timestamp;

/// A moment, in seconds since 1970; as people read it where it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Moment(pub u64);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_unix(self.0) {
            Some(time) => write!(f, "{time}"),
            None => write!(f, "{}", self.0),
        }
    }
}

/// How often something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Times(pub u64);

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("once"),
            times => write!(f, "{times} times"),
        }
    }
}

/// How many of something came after a ballot of the voter: nothing is said where none did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AfterBallot(pub u64);

impl fmt::Display for AfterBallot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => Ok(()),
            after => write!(f, " (of these {after} after a ballot of the voter)"),
        }
    }
}

/// The organiser's words, by language, those of the manifest's first language before all others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(pub Vec<(String, String)>);

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.0.first().map_or("", |(_, words)| words);
        f.write_str(&words.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

impl Serialize for Words {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let words: BTreeMap<&str, &str> =
            self.0.iter().map(|(language, words)| (language.as_str(), words.as_str())).collect();
        words.serialize(serializer)
    }
}

macro_rules! notices {
    ($($code:literal $name:ident { $($field:ident: $type:ty),* } $sentence:literal)*) => {
        /// What a notice is about. Software finds the numbers and names in it that its sentence has.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum Fact {
            $(
                #[doc = $sentence]
                #[allow(missing_docs, reason = "the sentence says what each field is")]
                $name { $($field: $type),* },
            )*
        }

        impl Fact {
            /// The names of all kinds, for software.
            pub const CODES: &[&str] = &[$($code),*];

            /// The name of this kind.
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Fact::$name { .. } => $code,)*
                }
            }
        }

        impl fmt::Display for Fact {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Fact::$name { $($field),* } => write!(f, $sentence),)*
                }
            }
        }
    };
}

notices! {
    "false-share" FalseShare { dealer: u8, complainer: u8, attempt: u8 }
        "Trustee {dealer} dealt trustee {complainer} a false share in attempt {attempt} of the ceremony."
    "false-complaint" FalseComplaint { dealer: u8, complainer: u8, attempt: u8 }
        "Trustee {complainer} complained of trustee {dealer} in attempt {attempt} of the ceremony, without cause."
    "rehearsal" Rehearsal {} "Practice vote: its ballots do not count."
    "opened-early" OpenedEarly { time: Moment, announced: Moment }
        "Voting opened at {time}, before the announced {announced}."
    "extended" Extended { count: Times, announced: Moment, closes: Moment }
        "The closing was put off {count}, from {announced} to {closes}."
    "closed-early" ClosedEarly { time: Moment, announced: Moment }
        "Voting ended at {time}, before the announced {announced}."
    "closing-not-proved" ClosingNotProved {}
        "Closing time not proved: that voting went on until its hour is the word of those who ended it."
    "keys-differ" KeysDiffer {}
        "The keys of log, registrar and organiser differ. Who holds them the record cannot show: it may be one."
    "keys-shared" KeysShared {}
        "Two of log, registrar and organiser have one key: whoever holds it can do what the other may do."
    "keys-handed-over" KeysHandedOver { count: u64, after_ballot: AfterBallot }
        "{count} times a voter's key was handed over to another, signed by the old one{after_ballot}."
    "keys-replaced" KeysReplaced { count: u64, after_ballot: AfterBallot }
        "{count} times a voter's key was replaced on the registrar's word alone: the voter came with another device or \
         browser, or one that forgets (private tabs do), or somebody took the voter's place{after_ballot}."
    "voted-on-paper" VotedOnPaper { count: u64, after_ballot: AfterBallot }
        "{count} voters were struck off because they voted on paper{after_ballot}."
    "not-entitled" NotEntitled { count: u64, after_ballot: AfterBallot }
        "{count} voters were struck off because they may not vote{after_ballot}."
    "closed-by-trustees" ClosedByTrustees {} "Trustees ended the vote in the organiser's place."
    "papers-not-counted" PapersNotCounted { style: u16 }
        "When trustees closed the vote: style {style} has ballots or voters on paper, and its papers were not counted."
    "papers-entered" PapersEntered { style: u16, entered: u32, papers: u32 }
        "When trustees closed the vote: style {style} has {entered} entered ballots' pseudonyms and only {papers} \
         papers."
    "papers-struck-off" PapersStruckOff { style: u16, voters: u32, papers: u32 }
        "When trustees closed the vote: of style {style}, {voters} voters were struck off as having voted on paper, and \
         there are only {papers} papers."
    "notice" Said { number: u32, entry: u64, time: Moment, words: Words }
        "Notice {number} (entry {entry}, {time}): {words}"
    "cancelled" Cancelled { number: u32, entry: u64, time: Moment, words: Words }
        "The organiser cancelled this vote, in notice {number} (entry {entry}, {time}): {words}"
    "withheld" Withheld { count: usize, minimum: u32 }
        "{count} contests have fewer than {minimum} ballots in all, and their totals are not decrypted."
    "unpinned" Unpinned {}
        "Nobody said which election was expected: compare the fingerprint with the published one."
    "not-finished" NotFinished {} "This record is not finished: it says nothing about the result yet."
}

/// Something that no check can judge and every reader should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// A name for software.
    pub code: &'static str,
    /// What it is about, for whoever says it in another language.
    #[serde(flatten)]
    pub fact: Fact,
    /// A sentence for people.
    pub text: String,
}

impl From<Fact> for Notice {
    fn from(fact: Fact) -> Self {
        Notice { code: fact.code(), text: fact.to_string(), fact }
    }
}
