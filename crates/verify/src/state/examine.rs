//! What each kind of entry may do, and when. Examining changes nothing.

use std::sync::Arc;

use veche_crypto::hash::Digest;
use veche_record::entry::{
    Challenged, ClosingKind, Consent, Extension, Genesis, Issued, Notice, Open, PaperCount, Part, Partial,
    Pseudonym, ResultEntry, RevocationReason, Signed, TallyKind, ceremony,
};
use veche_record::{Ballot, BallotHeader, BallotOutline, Election, Entry, EntryKind, tag};

use super::voters::Enrolled;
use super::{BoardState, Count, Ending};
use crate::check::Check;
use crate::claim::Claim;
use crate::course::Course;
use crate::failure::{Cause, Culprit, Failure};
use crate::funding::Drawn;
use crate::tally::{CheckedPartial, TallyError, VerifiedTally};

/// What a leaf would change, and the signatures and proofs it stands on.
#[derive(Debug)]
pub(crate) struct Examined {
    /// How many leaves this is.
    pub leaves: u64,
    /// The leaf, when it is a piece of a long message.
    pub part: Option<Part>,
    /// What it changes; nothing for a piece that is not the last.
    pub change: Option<Change>,
    /// What must be verified.
    pub claims: Vec<Claim>,
}

#[derive(Debug)]
pub(crate) enum Change {
    Genesis(Box<Genesis>),
    Ceremony(Box<crate::ceremony::Change>, Option<Arc<Election>>),
    /// A ballot of the rehearsal. The nonces of a flawed one are not its own.
    RehearsalBallot {
        ballot: Arc<Ballot>,
        flawed: bool,
    },
    Consent(TallyKind, u8),
    Open(u64),
    Credential(Box<Enrolled>),
    /// A ballot. The nonces of a flawed one are not its own.
    Ballot {
        ballot: Arc<Ballot>,
        pseudonym: Pseudonym,
        flawed: bool,
    },
    /// The same for a ballot that was verified before and is in the sums.
    Outline {
        outline: Box<BallotOutline>,
        pseudonym: Pseudonym,
        flawed: bool,
    },
    Revocation(Pseudonym, RevocationReason),
    Challenged(Pseudonym, Challenged),
    PaperCount(PaperCount),
    Closing(ClosingKind, Ending),
    Extension(Signed<Extension>),
    Notice(Signed<Notice>),
    TallyInput(VerifiedTally),
    Partial(TallyKind, CheckedPartial),
    /// A result, and what is wrong with it.
    Result(Option<Failure>),
    Draw(Drawn),
}

impl Change {
    /// Whether it is of a voter, as nearly all are: and then of nothing else.
    pub const fn is_voters(&self) -> bool {
        matches!(
            self,
            Change::Credential(_)
                | Change::Ballot { .. }
                | Change::Outline { .. }
                | Change::Revocation(..)
                | Change::Challenged(..)
        )
    }
}

pub(super) type Examination = Result<ChangeWithClaims, Failure>;

/// What an entry changes, and what signatures and proofs must hold for it.
type ChangeWithClaims = (Change, Vec<Claim>);

impl BoardState {
    /// Examines the next leaf. The failure names the leaf.
    pub(crate) fn examine_leaf(&self, index: u64, leaf: &[u8]) -> Result<Examined, Failure> {
        self.demand_next(index)?;
        self.examine_next(leaf).map_err(|failure| failure.at(index))
    }

    /// Examines the next leaf, a ballot that was decoded for this election. A repeated nonce does not
    /// keep it from its place, so that those who come after it stumble over nothing: that failure comes
    /// beside, and then there is nothing else to verify.
    pub(crate) fn examine_decoded(
        &self,
        index: u64,
        ballot: &Arc<Ballot>,
    ) -> Result<(Examined, Option<Failure>), Failure> {
        let named = |failure| self.named(failure, ballot.header(), || is_signed(ballot));
        let pseudonym =
            self.examine_next_ballot(index, ballot.header(), || ballot.code().digest()).map_err(named)?;
        let flaw = self.examine_nonces(&BallotOutline::from(ballot.as_ref())).err().map(named);
        let claims =
            if flaw.is_none() { self.ballot_claims(ballot, Culprit::Voter(pseudonym)) } else { Vec::new() };
        let change = Change::Ballot { ballot: Arc::clone(ballot), pseudonym, flawed: flaw.is_some() };
        let examined = Examined { leaves: 1, part: None, change: Some(change), claims };
        Ok((examined, flaw.map(|failure| failure.at(index))))
    }

    /// The same for a ballot whose signature and proofs were verified before. With `again`, which is the
    /// whole ballot, they are verified once more.
    pub(crate) fn examine_outline(
        &self,
        index: u64,
        outline: &BallotOutline,
        again: Option<&Arc<Ballot>>,
    ) -> Result<(Examined, Option<Failure>), Failure> {
        // Where there is nothing to verify again, its signature was verified.
        let signed = || again.is_none_or(|ballot| is_signed(ballot));
        let named = |failure| self.named(failure, outline.header(), signed);
        let pseudonym =
            self.examine_next_ballot(index, outline.header(), || outline.code()).map_err(named)?;
        let flaw = self.examine_nonces(outline).err().map(named);
        let again = again.filter(|_| flaw.is_none());
        let claims =
            again.map_or_else(Vec::new, |ballot| self.ballot_claims(ballot, Culprit::Voter(pseudonym)));
        let outline = Box::new(outline.clone());
        let change = Change::Outline { outline, pseudonym, flawed: flaw.is_some() };
        let examined = Examined { leaves: 1, part: None, change: Some(change), claims };
        Ok((examined, flaw.map(|failure| failure.at(index))))
    }

    /// Examines the next leaf as it stands. A ballot of the rehearsal that repeats a nonce keeps its place, as one of
    /// the vote does.
    pub(crate) fn examine_raw(
        &self,
        index: u64,
        leaf: &[u8],
    ) -> Result<(Examined, Option<Failure>), Failure> {
        if EntryKind::of(leaf) != Some(EntryKind::RehearsalBallot) {
            return Ok((self.examine_leaf(index, leaf)?, None));
        }
        self.demand_next(index)?;
        let examine = || {
            self.demand_whole_message()?;
            match Entry::parse(leaf).map_err(|error| Failure::new(Check::Form, Culprit::BallotBox, error))? {
                Entry::RehearsalBallot(ballot) => self.examine_rehearsal_ballot(&ballot),
                _ => Err(Failure::new(Check::Form, Culprit::BallotBox, Cause::UnfinishedMessage)),
            }
        };
        let ((change, claims), flaw) = examine().map_err(|failure| failure.at(index))?;
        let examined = Examined { leaves: 1, part: None, change: Some(change), claims };
        Ok((examined, flaw.map(|failure| failure.at(index))))
    }

    fn examine_next_ballot(
        &self,
        index: u64,
        header: &BallotHeader,
        code: impl FnOnce() -> Digest,
    ) -> Result<Pseudonym, Failure> {
        self.demand_next(index)?;
        let place = self.demand_whole_message().and_then(|()| self.examine_place(header, code));
        place.map_err(|failure| failure.at(index))
    }

    /// Examines the next leaf, an entry that was decoded and is no ballot and no part.
    pub(crate) fn examine_read(&self, index: u64, entry: Entry) -> Result<Examined, Failure> {
        self.demand_next(index)?;
        self.demand_whole_message()
            .and_then(|()| self.examine_entry(entry))
            .map(|(change, claims)| Examined { leaves: 1, part: None, change: Some(change), claims })
            .map_err(|failure| failure.at(index))
    }

    fn demand_next(&self, index: u64) -> Result<(), Failure> {
        if index == self.size {
            return Ok(());
        }
        let cause = Cause::Index { given: index, next: self.size };
        Err(Failure::new(Check::Course, Culprit::Caller, cause).at(index))
    }

    /// No long message is begun: something else may come.
    pub(super) fn demand_whole_message(&self) -> Result<(), Failure> {
        if self.parts.is_waiting() {
            return Err(Failure::new(Check::Form, Culprit::BallotBox, Cause::UnfinishedMessage));
        }
        Ok(())
    }

    fn examine_next(&self, leaf: &[u8]) -> Result<Examined, Failure> {
        let malformed = |cause: Cause| Failure::new(Check::Form, Culprit::BallotBox, cause);
        if EntryKind::of(leaf) == Some(EntryKind::Part) {
            let Entry::Part(part) = Entry::parse(leaf).map_err(|error| malformed(error.into()))? else {
                return Err(malformed(Cause::UnfinishedMessage));
            };
            let begun = EntryKind::of(&part.bytes).filter(|_| part.number == 0);
            if self.course == Course::Published && begun.is_some_and(|kind| !kind.follows_result()) {
                let cause = Cause::Course(EntryKind::Part, "the result is published");
                return Err(Failure::new(Check::Course, Culprit::BallotBox, cause));
            }
            if self.course == Course::Cancelled {
                let cause = Cause::Course(EntryKind::Part, "the vote is cancelled");
                return Err(Failure::new(Check::Course, Culprit::BallotBox, cause));
            }
            let whole = self.parts.check(&part).map_err(|error| malformed(error.into()))?;
            return match whole {
                None => Ok(Examined { leaves: 1, part: Some(part), change: None, claims: Vec::new() }),
                Some(message) => {
                    let (change, claims) = self.examine_message(&message)?;
                    Ok(Examined { leaves: 1, part: Some(part), change: Some(change), claims })
                }
            };
        }
        self.demand_whole_message()?;
        let (change, claims) = self.examine_message(leaf)?;
        Ok(Examined { leaves: 1, part: None, change: Some(change), claims })
    }

    /// Examines a whole message.
    pub(super) fn examine_message(&self, message: &[u8]) -> Examination {
        if let Some(ballot) = message.strip_prefix(&[EntryKind::Ballot as u8]) {
            return self.examine_ballot(ballot);
        }
        let entry =
            Entry::parse(message).map_err(|error| Failure::new(Check::Form, Culprit::BallotBox, error))?;
        self.examine_entry(entry)
    }

    fn examine_entry(&self, entry: Entry) -> Examination {
        match entry {
            Entry::Genesis(genesis) => self.examine_genesis(genesis),
            Entry::Ceremony(ceremony) => self.examine_ceremony(ceremony),
            Entry::Open(open) => self.examine_open(&open),
            Entry::Credential(credential) => self.examine_credential(&credential),
            Entry::Revocation(revocation) => self.examine_revocation(&revocation),
            Entry::Challenged(challenged) => self.examine_challenged(&challenged),
            Entry::PaperCount(count) => self.examine_paper_count(&count),
            Entry::Close(closing) | Entry::Ended(closing) => self.examine_closing(&closing),
            Entry::Extension(extension) => self.examine_extension(extension),
            Entry::Notice(notice) => self.examine_notice(notice),
            Entry::TallyInput => self.examine_tally_input(TallyKind::Vote),
            Entry::RehearsalInput => self.examine_tally_input(TallyKind::Rehearsal),
            Entry::RehearsalBallot(ballot) => match self.examine_rehearsal_ballot(&ballot)? {
                (_, Some(flaw)) => Err(flaw),
                (examined, None) => Ok(examined),
            },
            Entry::Consent(consent) => self.examine_consent(&consent),
            Entry::Partial(partial) => self.examine_partial(partial),
            Entry::Result(result) => self.examine_result(&result),
            Entry::Draw(draw) => self.examine_draw(draw),
            // Ballots and parts were taken out above.
            Entry::Ballot(_) | Entry::Part(_) => {
                Err(Failure::new(Check::Form, Culprit::BallotBox, Cause::UnfinishedMessage))
            }
        }
    }

    /// The election, when the course of the vote allows an entry of this kind now.
    pub(super) fn running(&self, kind: EntryKind, allowed: &[Course]) -> Result<&Arc<Election>, Failure> {
        let misplaced = |why| Failure::new(Check::Course, Culprit::BallotBox, Cause::Course(kind, why));
        let election = self.election.as_ref().ok_or_else(|| misplaced("the election has no keys yet"))?;
        if allowed.contains(&self.course) {
            return Ok(election);
        }
        Err(misplaced(match self.course {
            Course::Empty | Course::Founded | Course::Setup => "voting has not opened yet",
            Course::Open => "voting is open",
            Course::Ended => "voting has ended",
            Course::Closed => "voting is closed",
            Course::Counting => "the sums are fixed",
            Course::Published => "the result is published",
            Course::Cancelled => "the vote is cancelled",
        }))
    }

    pub(super) fn by_organiser<T: Issued>(&self, election: &Election, check: Check, entry: &T) -> Claim {
        Claim::by_organiser(self.size, election, check, entry)
    }

    fn examine_genesis(&self, genesis: Genesis) -> Examination {
        if self.course != Course::Empty {
            let cause = Cause::Course(EntryKind::Genesis, "the board has begun already");
            return Err(Failure::new(Check::Genesis, Culprit::BallotBox, cause));
        }
        veche_record::election::check_genesis(&self.manifest, &genesis).map_err(Failure::of_genesis)?;
        Ok((Change::Genesis(Box::new(genesis)), Vec::new()))
    }

    fn examine_ceremony(&self, message: ceremony::Ceremony) -> Examination {
        let (Some(genesis), Some(ceremony)) = (&self.genesis, &self.ceremony) else {
            let cause = Cause::Course(EntryKind::Ceremony, "the board begins with a genesis entry");
            return Err(Failure::new(Check::Course, Culprit::BallotBox, cause));
        };
        let change = ceremony.examine(message, &self.manifest)?;
        let election = ceremony.completed_by(&change, &self.manifest, genesis)?.map(Arc::new);
        Ok((Change::Ceremony(Box::new(change), election), Vec::new()))
    }

    fn examine_rehearsal_ballot(&self, bytes: &[u8]) -> Result<(ChangeWithClaims, Option<Failure>), Failure> {
        let election = self.running(EntryKind::RehearsalBallot, &[Course::Setup])?;
        // Anybody may seal one, so that nobody else than who has put it there is to blame for it.
        let refuse = |cause: Cause| Failure::new(Check::RehearsalBallot, Culprit::BallotBox, cause);
        if self.rehearsal.is_some() {
            let cause = Cause::Course(EntryKind::RehearsalBallot, "the sums of the rehearsal are fixed");
            return Err(Failure::new(Check::Course, Culprit::BallotBox, cause));
        }
        let ballot = Ballot::parse_rehearsal(election, bytes).map_err(|error| refuse(error.into()))?;
        let header = ballot.header();
        if (header.sequence, header.previous) != (0, Digest::ZERO) {
            return Err(refuse(Cause::RehearsalSequence));
        }
        let ballot = Arc::new(ballot);
        let flaw = self.examine_nonces(&BallotOutline::from(ballot.as_ref())).err();
        let claims =
            if flaw.is_none() { self.ballot_claims(&ballot, Culprit::BallotBox) } else { Vec::new() };
        Ok(((Change::RehearsalBallot { ballot, flawed: flaw.is_some() }, claims), flaw))
    }

    fn examine_open(&self, open: &Open) -> Examination {
        let election = self.running(EntryKind::Open, &[Course::Setup])?;
        if !self.is_rehearsed() {
            let needed = self.manifest.trustees().quorum().into();
            let found = self.rehearsal.as_ref().map_or(0, |rehearsal| rehearsal.partials().len());
            let cause = Cause::NotRehearsed { needed, found };
            // An opening says nothing of the board before it.
            return Err(Failure::new(Check::Rehearsal, Culprit::BallotBox, cause));
        }
        Ok((Change::Open(open.time), vec![self.by_organiser(election, Check::Open, open)]))
    }

    fn examine_ballot(&self, bytes: &[u8]) -> Examination {
        let Some(election) = &self.election else {
            return Err(Failure::new(Check::BallotHours, Culprit::BallotBox, Cause::NotOpenYet));
        };
        let ballot = Ballot::parse(election, bytes)
            .map_err(|error| Failure::new(Check::BallotForm, Culprit::BallotBox, error))?;
        self.examine_parsed(Arc::new(ballot))
    }

    /// The rules for a ballot that was decoded for this election.
    pub(crate) fn examine_parsed(&self, ballot: Arc<Ballot>) -> Examination {
        let named = |failure| self.named(failure, ballot.header(), || is_signed(&ballot));
        let pseudonym = self.examine_place(ballot.header(), || ballot.code().digest()).map_err(named)?;
        self.examine_nonces(&BallotOutline::from(ballot.as_ref())).map_err(named)?;
        let claims = self.ballot_claims(&ballot, Culprit::Voter(pseudonym));
        Ok((Change::Ballot { ballot, pseudonym, flawed: false }, claims))
    }

    /// Whether a ballot has a place here; whose it is. `code` is asked for only where it matters.
    fn examine_place(
        &self,
        header: &BallotHeader,
        code: impl FnOnce() -> Digest,
    ) -> Result<Pseudonym, Failure> {
        let hours = |cause| Err(Failure::new(Check::BallotHours, Culprit::BallotBox, cause));
        match self.course {
            Course::Open => {}
            Course::Empty | Course::Founded | Course::Setup => return hours(Cause::NotOpenYet),
            Course::Ended if self.is_first_from_paper(header) => {}
            Course::Ended | Course::Closed | Course::Counting | Course::Published | Course::Cancelled => {
                return hours(Cause::Closed);
            }
        }
        // Whoever has signed a ballot has not signed where it stands.
        let misplaced = |check, cause| Failure::new(check, Culprit::BallotBox, cause);
        let unknown = || misplaced(Check::BallotCredential, Cause::UnknownKey);
        let credential = self.voters.credential(&header.credential).ok_or_else(unknown)?;
        let refuse = |check, cause| Err(misplaced(check, cause));
        if credential.voter.struck_off.is_some() {
            return refuse(Check::StruckOff, Cause::StruckOff);
        }
        if !credential.active {
            return refuse(Check::BallotCredential, Cause::Revoked);
        }
        if credential.voter.style != header.style {
            return refuse(Check::BallotCredential, Cause::CredentialStyle);
        }
        let expected = credential.voter.sequence;
        if (header.sequence, header.previous) != (expected, credential.voter.previous) {
            return refuse(Check::BallotSequence, Cause::Sequence { expected, found: header.sequence });
        }
        let entered = self.manifest.is_entered(credential.voter.route);
        if expected > 0 && (entered || !self.manifest.document().revote) {
            return refuse(Check::BallotSequence, Cause::NoRevote);
        }
        self.demand_not_challenged(header, code)?;
        Ok(credential.pseudonym)
    }

    /// Whether a ballot is typed in from paper and the first of its pseudonym: what is still entered after the voting.
    fn is_first_from_paper(&self, header: &BallotHeader) -> bool {
        let credential = self.voters.credential(&header.credential);
        credential
            .is_some_and(|known| known.voter.sequence == 0 && self.manifest.is_entered(known.voter.route))
    }

    /// A ballot that was challenged, or repeats a nonce, is its voter's fault where the voter's key has signed it.
    fn named(&self, failure: Failure, header: &BallotHeader, signed: impl FnOnce() -> bool) -> Failure {
        let voters = matches!(failure.check, Check::Challenged | Check::BallotNonce);
        match self.voters.holder(&header.credential.to_bytes()) {
            Some(pseudonym) if voters && signed() => {
                Failure { culprit: Culprit::Voter(pseudonym), ..failure }
            }
            _ => failure,
        }
    }

    /// Whether every nonce of a ballot is new.
    fn examine_nonces(&self, ballot: &BallotOutline) -> Result<(), Failure> {
        let contests = self.manifest.style_contests(ballot.header().style);
        let mut own = Vec::with_capacity(contests.len());
        for (nonce, &contest) in ballot.nonces().iter().zip(contests) {
            if self.nonces.has(nonce) || own.contains(&nonce) {
                let id = self.manifest.contests().get(contest).map(|contest| contest.id.clone());
                let cause = Cause::RepeatedNonce(id.unwrap_or_default());
                return Err(Failure::new(Check::BallotNonce, Culprit::BallotBox, cause));
            }
            own.push(nonce);
        }
        Ok(())
    }

    fn ballot_claims(&self, ballot: &Arc<Ballot>, culprit: Culprit) -> Vec<Claim> {
        Claim::of_ballot(self.size, &self.manifest, ballot, culprit)
    }

    fn examine_tally_input(&self, kind: TallyKind) -> Examination {
        Ok((Change::TallyInput(self.compute(kind)?), Vec::new()))
    }

    /// The decryption that is under way: before the opening the rehearsal's, after the closing the
    /// vote's.
    fn counting(&self, kind: EntryKind) -> Result<&Count, Failure> {
        self.running(kind, &[Course::Setup, Course::Counting])?;
        let count = if self.course == Course::Counting { &self.count } else { &self.rehearsal };
        count.as_deref().ok_or_else(|| {
            let cause = Cause::Course(kind, "there is nothing to decrypt yet");
            Failure::new(Check::Course, Culprit::BallotBox, cause)
        })
    }

    /// Whatever is wrong with a consent, its trustee has not given it for this place: who has put it there is to blame.
    fn examine_consent(&self, consent: &Signed<Consent>) -> Examination {
        let count = self.counting(EntryKind::Consent)?;
        let trustee = consent.trustee;
        let refuse = |cause: Cause| Failure::new(Check::Consent, Culprit::BallotBox, cause);
        let election = count.input().election();
        let key =
            election.communication_key(trustee).ok_or_else(|| refuse(Cause::UnknownTrustee(trustee)))?;
        if consent.tally != count.input().input_hash() {
            return Err(refuse(Cause::OtherTally));
        }
        if count.consents().contains(&trustee) {
            return Err(refuse(Cause::RepeatedConsent));
        }
        consent
            .verify_signature(key, &election.fingerprint())
            .map_err(|_| refuse(Cause::ConsentSignature))?;
        Ok((Change::Consent(count.input().kind(), trustee), Vec::new()))
    }

    /// A trustee is named only for what it has signed of these sums. That it stands here, and not later or not twice,
    /// is the doing of who has put it here.
    fn examine_partial(&self, partial: Signed<Partial>) -> Examination {
        let count = self.counting(EntryKind::Partial)?;
        count.input().demand_signed(&partial)?;
        let misplaced = |check, cause| Err(Failure::new(check, Culprit::BallotBox, cause));
        if !count.has_quorum() {
            let (needed, found) = (count.input().quorum(), count.consents().len());
            return misplaced(Check::Quorum, Cause::NoQuorum { needed, found });
        }
        if count.has_decrypted(partial.trustee) {
            return misplaced(Check::PartialForm, Cause::RepeatedPartial);
        }
        Ok((Change::Partial(count.input().kind(), count.input().check(partial)?), Vec::new()))
    }

    /// A false result takes its place all the same, so that a right one may follow it.
    fn examine_result(&self, result: &ResultEntry) -> Examination {
        self.running(EntryKind::Result, &[Course::Counting, Course::Published])?;
        let nothing = || {
            let cause = Cause::Course(EntryKind::Result, "there is nothing to decrypt yet");
            Failure::new(Check::Course, Culprit::BallotBox, cause)
        };
        let count = self.count.as_deref().ok_or_else(nothing)?;
        let misstated = match count.compare(result) {
            Ok(()) => None,
            Err(TallyError::TooFewPartials { needed, found }) => {
                let cause = Cause::ResultTooEarly { needed, found };
                return Err(Failure::new(Check::Course, Culprit::BallotBox, cause));
            }
            Err(TallyError::Mixed) => Some(Cause::OtherTally),
            Err(TallyError::Stated { group }) => Some(Cause::Totals(group)),
            Err(error) => Some(error.into()),
        };
        let failure = |cause| Failure::new(Check::Result, Culprit::BallotBox, cause).at(self.size);
        Ok((Change::Result(misstated.map(failure)), Vec::new()))
    }
}

/// Whether a ballot's key has signed it.
fn is_signed(ballot: &Ballot) -> bool {
    let key = &ballot.header().credential;
    key.verify(tag::domain::BALLOT, ballot.body().as_bytes(), ballot.signature()).is_ok()
}
