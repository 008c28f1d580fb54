//! What an audit found, for people and for software.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use veche_crypto::hash::Digest;

use crate::check::Check;
use crate::failure::{Culprit, Failure};
use crate::funding::{ContestFunding, Drawn};
use crate::notice::Notice;
use crate::result::ResultFile;
use crate::state::{KeyChanges, RouteTurnout};

/// What became of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It was done and holds.
    Passed,
    /// It was done and does not hold.
    Failed,
    /// The record has nothing that it is about.
    NotApplicable,
    /// The record does not go so far, or an earlier failure stopped the audit.
    NotReached,
}

/// How a check failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailureReport {
    /// The entry, where it is about one.
    pub entry: Option<u64>,
    /// The file of the record, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The contest, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contest: Option<String>,
    /// Who is to blame.
    pub culprit: String,
    /// The same for software.
    #[serde(flatten)]
    pub blame: Blame,
    /// Why, in the words of this software.
    pub detail: String,
}

/// Who is to blame, for whoever says it in another language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blame {
    /// One of [`Culprit::ROLES`].
    pub role: &'static str,
    /// The trustees, counted from 1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trustees: Vec<u8>,
    /// The voter's pseudonym.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voter: Option<String>,
}

impl From<&Culprit> for Blame {
    fn from(culprit: &Culprit) -> Self {
        let (trustees, voter) =
            (culprit.trustee_numbers().collect(), culprit.voter().map(ToString::to_string));
        Blame { role: culprit.role(), trustees, voter }
    }
}

impl From<&Failure> for FailureReport {
    fn from(failure: &Failure) -> Self {
        FailureReport {
            entry: failure.entry,
            file: failure.cause.file().map(str::to_owned),
            contest: failure.cause.contest().map(str::to_owned),
            culprit: failure.culprit.to_string(),
            blame: Blame::from(&failure.culprit),
            detail: failure.cause.to_string(),
        }
    }
}

/// One check and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// The check.
    #[serde(rename = "number")]
    pub check: Check,
    /// What it demands.
    pub sentence: &'static str,
    /// What became of it.
    pub status: Status,
    /// How many things it was done for.
    pub examined: u64,
    /// Its first failure.
    pub failure: Option<FailureReport>,
    /// Its other failures, in the order of entries.
    pub more_failures: Vec<FailureReport>,
}

/// What the audit comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every check passed, and the election is the expected one.
    Verified,
    /// Every check passed; nobody said which election was expected.
    Consistent,
    /// What is there is right, and the vote is not finished.
    NotFinished,
    /// What is there is right, and the organiser has cancelled the vote.
    Cancelled,
    /// A check failed.
    Failed,
    /// There is nothing that can be read.
    Unreadable,
}

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What it comes to.
    pub outcome: Outcome,
    /// The election's fingerprint, as 64 hexadecimal digits, once the record goes so far.
    pub fingerprint: Option<String>,
    /// The fingerprint that was expected.
    pub expected: Option<String>,
    /// The checkpoint's size: how many entries the record has.
    pub entries: u64,
    /// How many ballots are on the board, replaced ones included.
    pub ballots: u64,
    /// How often voters' keys changed and voters were struck off, once the record goes so far that there could be any.
    pub key_changes: Option<KeyChanges>,
    /// Voters and counted ballots by district and route.
    pub turnout: Vec<RouteTurnout>,
    /// The checks in the order of their numbers.
    pub checks: Vec<CheckReport>,
    /// The totals, recomputed.
    #[serde(flatten)]
    pub tallies: Option<ResultFile>,
    /// Who is funded, in every contest whose totals decide that.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub funding: Vec<ContestFunding>,
    /// The draws on the board.
    #[serde(skip)]
    pub draws: Vec<Drawn>,
    /// What no check can judge.
    pub notices: Vec<Notice>,
}

impl Report {
    /// The exit code of a command that verifies: 0 when every check passed, 1 when one failed, 2 when
    /// there is nothing that can be read. An unfinished record passes as "not finished", a cancelled one as
    /// "cancelled".
    pub fn exit_code(&self) -> u8 {
        match self.outcome {
            Outcome::Verified | Outcome::Consistent | Outcome::NotFinished | Outcome::Cancelled => 0,
            Outcome::Failed => 1,
            Outcome::Unreadable => 2,
        }
    }

    /// What became of a check.
    pub fn status(&self, check: Check) -> Status {
        self.checks
            .iter()
            .find(|report| report.check == check)
            .map_or(Status::NotReached, |report| report.status)
    }

    /// The checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &CheckReport> {
        self.checks.iter().filter(|report| report.status == Status::Failed)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(fingerprint) = &self.fingerprint {
            writeln!(f, "Election {fingerprint}")?;
        }
        writeln!(f, "{} entries, {} ballots", self.entries, self.ballots)?;
        for RouteTurnout { style, route, voters, ballots } in &self.turnout {
            writeln!(f, "{style}, {route}: {voters} voters, {ballots} of them with a ballot that counts")?;
        }
        writeln!(f)?;
        for report in &self.checks {
            let status = match report.status {
                Status::Passed => "passed",
                Status::Failed => "FAILED",
                Status::NotApplicable => "not applicable",
                Status::NotReached => "not reached",
            };
            writeln!(f, "{:>3}  {status:<15} {}", report.check.number(), report.sentence)?;
            if let Some(failure) = &report.failure {
                let entry = failure.entry.map_or(String::new(), |entry| format!("entry {entry}: "));
                writeln!(f, "       {entry}{}", failure.detail)?;
                writeln!(f, "       to blame: {}", failure.culprit)?;
            }
            if !report.more_failures.is_empty() {
                writeln!(f, "       and {} more", report.more_failures.len())?;
            }
        }
        writeln!(f)?;
        for notice in &self.notices {
            writeln!(f, "Note: {}", notice.text)?;
        }
        f.write_str(match self.outcome {
            Outcome::Verified => "Verified: every check passed, and this is the expected election.",
            Outcome::Consistent => "Consistent: compare this fingerprint with the published one.",
            Outcome::NotFinished => "Not finished: what is there is right, and there is no result yet.",
            Outcome::Cancelled => {
                "Cancelled: what is there is right, and the organiser has cancelled this vote."
            }
            Outcome::Failed => "FAILED: do not trust this record.",
            Outcome::Unreadable => "There is no record here that can be read.",
        })
    }
}

/// How much of the record a check is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// One thing: once done, it is done.
    One,
    /// Every file of the log.
    EveryFile,
    /// Every entry: it is done at the last one.
    EveryEntry,
}

fn reach(check: Check) -> Reach {
    match check {
        Check::Files
        | Check::Manifest
        | Check::Checkpoint
        | Check::Tree
        | Check::Ceremony
        | Check::Fingerprint
        | Check::Open
        | Check::Close
        | Check::Ended
        | Check::ClosingHour
        | Check::TallyInput
        | Check::TallySums
        | Check::Result
        | Check::ResultFile
        | Check::Witnesses => Reach::One,
        Check::Tiles => Reach::EveryFile,
        _ => Reach::EveryEntry,
    }
}

/// Counts what was examined and collects what failed.
#[derive(Debug)]
pub(crate) struct Tracker {
    /// By the check's number.
    pub examined: Vec<u64>,
    pub failures: Vec<Failure>,
    /// Not every entry could be replayed.
    stopped: bool,
    /// Not every entry could be read.
    unread: bool,
    /// What the manifest makes no demand for.
    undemanded: BTreeSet<Check>,
}

impl Tracker {
    pub fn new() -> Self {
        let examined = vec![0; usize::from(u8::MAX) + 1];
        Tracker { examined, failures: Vec::new(), stopped: false, unread: false, undemanded: BTreeSet::new() }
    }

    pub fn examined(&mut self, checks: &[Check]) {
        for check in checks {
            if let Some(count) = self.examined.get_mut(usize::from(check.number())) {
                *count += 1;
            }
        }
    }

    pub fn failed(&mut self, failure: Failure) {
        self.failures.push(failure);
    }

    /// The manifest asks for nothing that this check is about.
    pub fn undemanded(&mut self, check: Check) {
        self.undemanded.insert(check);
    }

    /// The replay ended before the last entry; `unread` when the reading did, too.
    pub fn cut_short(&mut self, unread: bool) {
        (self.stopped, self.unread) = (true, unread);
    }

    /// `finished`: the audit reached the end of a finished record, so that what was not examined is
    /// not there.
    pub fn checks(&self, finished: bool, expected: Option<Digest>) -> Vec<CheckReport> {
        let mut by_check: BTreeMap<Check, Vec<&Failure>> = BTreeMap::new();
        for failure in &self.failures {
            by_check.entry(failure.check).or_default().push(failure);
        }
        let report = |&check: &Check| {
            let mut failures = by_check.remove(&check).unwrap_or_default();
            failures.sort_by_key(|failure| (failure.entry.is_none(), failure.entry));
            let mut failures = failures.into_iter().map(FailureReport::from);
            let first = failures.next();
            let examined = self.examined.get(usize::from(check.number())).copied().unwrap_or(0);
            let unasked =
                check == Check::Fingerprint && expected.is_none() || self.undemanded.contains(&check);
            let cut_short = match reach(check) {
                Reach::One => false,
                Reach::EveryFile => self.unread,
                Reach::EveryEntry => self.stopped,
            };
            let status = if first.is_some() {
                Status::Failed
            } else if examined > 0 && !cut_short {
                Status::Passed
            } else if finished || unasked {
                Status::NotApplicable
            } else {
                Status::NotReached
            };
            let more_failures = failures.collect();
            CheckReport { check, sentence: check.sentence(), status, examined, failure: first, more_failures }
        };
        Check::ALL.iter().map(report).collect()
    }
}
