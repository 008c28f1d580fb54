//! When a vote ends: who may end it, over which checkpoint, and not before its hour. And what the organiser may say
//! about the hours: that they are put off, or that the vote is cancelled.

use veche_record::entry::{
    Closing, ClosingForm, ClosingKind, ClosingSignatures, Extension, Issued, MAX_NOTICES, Notice, NoticeForm,
    Signed,
};
use veche_record::{Election, Entry};

use super::BoardState;
use super::examine::{Change, Examination};
use crate::check::Check;
use crate::course::Course;
use crate::failure::{Cause, Culprit, Failure};

/// How long trustees wait after every announced hour before they end a vote in the organiser's place: three days.
pub const ORGANISER_GONE: u64 = 259_200;

/// How a vote ended, as the board says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// When, in seconds since 1970, as those say who signed.
    pub time: u64,
    /// Who signed.
    pub form: ClosingForm,
    /// Whether enough witnesses saw the board unfinished at the closing hour or later.
    pub proved: bool,
}

/// What the organiser has said to everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedNotice {
    /// Its entry.
    pub entry: u64,
    /// What it says, with the organiser's signature.
    pub notice: Signed<Notice>,
}

impl BoardState {
    /// When voting closes, in seconds since 1970: as the manifest says, or the last extension.
    pub fn closing_hour(&self) -> u64 {
        let announced = || self.manifest.document().closes.unix();
        self.extended.as_ref().map_or_else(announced, |(_, extension)| extension.closes)
    }

    /// The hour from which on trustees may end the vote in the organiser's place: three days after every hour that the
    /// manifest names, so that no withheld extension makes it come too soon.
    pub fn abandoned_hour(&self) -> u64 {
        let document = self.manifest.document();
        let named = [document.closes_latest, document.paper_until];
        let named = named.into_iter().flatten().map(|time| time.unix());
        named.fold(self.closing_hour(), u64::max).saturating_add(ORGANISER_GONE)
    }

    /// What would end the vote further: the voting, where ballots are typed in from paper afterwards, or the vote.
    pub fn next_closing(&self) -> Option<ClosingKind> {
        match (self.course, self.manifest.has_paper()) {
            (Course::Open, true) => Some(ClosingKind::Ended),
            (Course::Open, false) | (Course::Ended, _) => Some(ClosingKind::Close),
            _ => None,
        }
    }

    /// How many extensions are on the board.
    pub fn extensions(&self) -> u16 {
        self.extensions
    }

    /// How the voting ended, once it has.
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// Whether trustees ended the vote, or a part of it, in the organiser's place.
    pub fn closed_without_organiser(&self) -> bool {
        let endings = [self.ending, self.closed].into_iter().flatten();
        endings.into_iter().any(|ending| ending.form == ClosingForm::Trustees)
    }

    /// What the organiser has said to everybody, in order.
    pub fn notices(&self) -> &[PostedNotice] {
        &self.notices
    }

    /// The entries in which the organiser speaks to everybody about the vote as it goes: every notice, and the last
    /// extension; each with its place on the board. Whoever knows the organiser's key sees in each that it is the
    /// organiser's.
    pub fn statements(&self) -> impl Iterator<Item = (u64, Entry)> {
        let notices = self.notices.iter().map(|posted| (posted.entry, Entry::from(posted.notice.clone())));
        notices.chain(self.extended.clone().map(|(entry, extension)| (entry, Entry::from(extension))))
    }

    /// The notice that cancelled the vote, if one did.
    pub fn cancellation(&self) -> Option<&PostedNotice> {
        self.notices.iter().find(|posted| posted.notice.form == NoticeForm::Cancellation)
    }

    /// The earliest moment, in seconds since 1970, at which a trustee agrees to count this board's votes, by its own
    /// clock; nothing where the manifest lets the organiser close early.
    pub fn consent_hour(&self) -> Option<u64> {
        if self.closed_without_organiser() {
            return Some(self.abandoned_hour());
        }
        (!self.manifest.document().early_close).then(|| self.closing_hour())
    }

    pub(super) fn examine_closing(&self, closing: &Closing) -> Examination {
        let terms = closing.terms();
        let kind = terms.kind;
        let check = match kind {
            ClosingKind::Ended => Check::Ended,
            ClosingKind::Close => Check::Close,
        };
        let from = match (kind, self.manifest.has_paper()) {
            (ClosingKind::Ended, false) => {
                let cause = Cause::Course(kind.message(), "no ballots are typed in from paper");
                return Err(Failure::new(Check::Course, Culprit::BallotBox, cause));
            }
            (ClosingKind::Ended, true) | (ClosingKind::Close, false) => Course::Open,
            (ClosingKind::Close, true) => Course::Ended,
        };
        let election = self.running(kind.message(), &[from])?;
        // Whoever put it on the board answers for signatures that are nobody's, and for another place than was signed.
        let misplaced = |cause: Cause| Failure::new(check, Culprit::BallotBox, cause);
        let culprit = self.verify_closing(election, closing).map_err(misplaced)?;
        let genesis = self.genesis.as_ref().ok_or_else(|| misplaced(Cause::EmptyBoard))?;
        let checkpoint = self
            .manifest
            .open_checkpoint(&terms.note, genesis)
            .map_err(|error| Failure::new(check, culprit, Cause::ClosingNote(error.to_string())))?;
        if (checkpoint.size, checkpoint.root) != (self.size, self.tree.root()) {
            return Err(misplaced(Cause::OtherPlace { size: checkpoint.size }));
        }
        let seen = self.manifest.witnesses().map(|witnesses| witnesses.times(&terms.note)).transpose();
        let seen =
            seen.map_err(|error| Failure::new(check, culprit, Cause::ClosingNote(error.to_string())))?;
        let witnessed = |hour: u64| {
            seen.as_ref().zip(self.manifest.witnesses()).map(|(times, witnesses)| {
                let late = times.iter().filter(|time| **time >= hour).count();
                (late, witnesses.needed())
            })
        };
        let ends = self.ending.is_none();
        if let Some(hour) = self.earliest(terms.form, ends) {
            let early = |cause| Failure::new(Check::ClosingHour, culprit, cause);
            if terms.time < hour {
                return Err(early(Cause::ClosedEarly { time: terms.time, hour }));
            }
            if let Some((found, needed)) = witnessed(hour).filter(|(found, needed)| found < needed) {
                return Err(early(Cause::WitnessedEarly { hour, needed, found }));
            }
        }
        if kind == ClosingKind::Close && terms.form == ClosingForm::Organiser {
            self.demand_papers()?;
        }
        let proved = witnessed(self.closing_hour()).is_some_and(|(found, needed)| found >= needed);
        let ending = Ending { time: terms.time, form: terms.form, proved };
        Ok((Change::Closing(kind, ending), Vec::new()))
    }

    /// The earliest hour for this end of the vote; `ends` when it is the one that ends the voting.
    fn earliest(&self, form: ClosingForm, ends: bool) -> Option<u64> {
        let document = self.manifest.document();
        match form {
            ClosingForm::Trustees => Some(self.abandoned_hour()),
            ClosingForm::Organiser if ends => (!document.early_close).then(|| self.closing_hour()),
            ClosingForm::Organiser if self.papers_are_complete() => None,
            ClosingForm::Organiser => document.paper_until.map(|time| time.unix()),
        }
    }

    /// Verifies the signatures under an end of the vote; who has signed.
    fn verify_closing(&self, election: &Election, closing: &Closing) -> Result<Culprit, Cause> {
        let (terms, fingerprint) = (closing.terms(), election.fingerprint());
        match closing.signatures() {
            ClosingSignatures::Organiser(signature) => terms
                .verify(election.organiser(), &fingerprint, signature)
                .map(|()| Culprit::Organiser)
                .map_err(|_| Cause::OrganiserSignature),
            ClosingSignatures::Trustees(signatures) => {
                let (needed, found) = (usize::from(self.manifest.trustees().quorum()), signatures.len());
                if found != needed {
                    return Err(Cause::ClosingQuorum { needed, found });
                }
                for (trustee, signature) in signatures {
                    let key = election.communication_key(*trustee).ok_or(Cause::UnknownTrustee(*trustee))?;
                    let valid = terms.verify(key, &fingerprint, signature);
                    valid.map_err(|_| Cause::ClosingSignature(*trustee))?;
                }
                Ok(Culprit::trustees(signatures.iter().map(|(trustee, _)| *trustee)))
            }
        }
    }

    pub(super) fn examine_extension(&self, extension: Signed<Extension>) -> Examination {
        let kind = veche_record::EntryKind::Extension;
        let election = self.running(kind, &[Course::Setup, Course::Open])?;
        let misplaced = |cause: Cause| Failure::new(Check::Extension, Culprit::BallotBox, cause);
        extension
            .verify_signature(election.organiser(), &election.fingerprint())
            .map_err(|_| misplaced(Cause::OrganiserSignature))?;
        if extension.number != self.extensions {
            let (expected, found) = (self.extensions, extension.number);
            return Err(misplaced(Cause::OtherNumber { expected, found }));
        }
        let present = self.closing_hour();
        let latest = self.manifest.document().closes_latest.map(|time| time.unix());
        let Extension { signed_at, closes, .. } = *extension;
        if signed_at >= present || closes <= present || latest.is_none_or(|latest| closes > latest) {
            let cause = Cause::Extension { signed_at, present, closes };
            return Err(Failure::new(Check::Extension, Culprit::Organiser, cause));
        }
        Ok((Change::Extension(extension), Vec::new()))
    }

    pub(super) fn examine_notice(&self, notice: Signed<Notice>) -> Examination {
        let kind = veche_record::EntryKind::Notice;
        let misplaced = |check, cause: Cause| Failure::new(check, Culprit::BallotBox, cause);
        let keyless = || misplaced(Check::Course, Cause::Course(kind, "the election has no keys yet"));
        let election = self.election.as_ref().ok_or_else(keyless)?;
        notice
            .verify_signature(election.organiser(), &election.fingerprint())
            .map_err(|_| misplaced(Check::Notice, Cause::OrganiserSignature))?;
        // At most 64 notices by their own numbers.
        let expected = u16::try_from(self.notices.len()).unwrap_or(u16::MAX);
        if notice.number != expected || expected >= MAX_NOTICES {
            let cause = Cause::OtherNumber { expected, found: notice.number };
            return Err(misplaced(Check::Notice, cause));
        }
        let uncounted = self.course < Course::Counting;
        if notice.form == NoticeForm::Cancellation && !uncounted {
            let cause = Cause::Course(kind, "a vote is cancelled before its ballots are counted, and once");
            return Err(misplaced(Check::Notice, cause));
        }
        let languages = self.manifest.document().languages.len();
        if notice.texts.len() != languages || notice.texts.iter().any(|text| text.trim().is_empty()) {
            return Err(Failure::new(Check::Notice, Culprit::Organiser, Cause::NoticeTexts(languages)));
        }
        Ok((Change::Notice(notice), Vec::new()))
    }
}
