//! Who may vote: what a Credential and a Revocation may do, and when; and what is known of voters.

use veche_crypto::signature::PublicKey;
use veche_record::entry::{
    CredentialEntry, Issued, MAX_CREDENTIAL_NUMBER, Pseudonym, Revocation, RevocationReason,
};
use veche_record::{Election, EntryKind};

use super::examine::{Change, Examination};
use super::voters::Enrolled;
use super::{BoardState, CountedVoter, CredentialStatus, KeyChanges, RouteTurnout, VoterStatus};
use crate::check::Check;
use crate::claim::Claim;
use crate::course::Course;
use crate::failure::{Cause, Culprit, Failure};

/// Who has put an entry where it does not belong is to blame: the registrar has not signed where it stands.
fn misplaced(check: Check, cause: Cause) -> Failure {
    Failure::new(check, Culprit::BallotBox, cause)
}

/// What is wrong in itself, whatever the board before it says: the registrar is to blame where it has signed this.
fn nonsense(election: &Election, entry: &impl Issued, check: Check, cause: Cause) -> Failure {
    match entry.verify_signature(election.registrar(), &election.fingerprint()) {
        Ok(()) => Failure::new(check, Culprit::Registrar, cause),
        Err(_) => misplaced(check, cause),
    }
}

impl BoardState {
    /// When voters are enrolled and struck off. `late`: also after the voting has ended, while ballots are typed in
    /// from paper.
    fn enrolling(&self, late: bool) -> [Course; 3] {
        [Course::Setup, Course::Open, if late { Course::Ended } else { Course::Open }]
    }

    pub(super) fn examine_credential(&self, entry: &CredentialEntry) -> Examination {
        self.examine_credential_of(entry, self.voters.status(&entry.pseudonym), self.size())
    }

    /// What a Credential may do as the entry `index`, when this is known of its pseudonym.
    fn examine_credential_of(
        &self,
        entry: &CredentialEntry,
        known: Option<VoterStatus>,
        index: u64,
    ) -> Examination {
        let election =
            self.running(EntryKind::Credential, &self.enrolling(self.manifest().is_entered(entry.route)))?;
        let manifest = election.manifest();
        let unknown = || nonsense(election, entry, Check::CredentialHolder, Cause::UnknownStyle(entry.style));
        let declared = self.declared(entry.style).ok_or_else(unknown)?;
        let electorate = manifest.declared_style(entry.style).ok_or_else(unknown)?.electorate;
        if known.is_some_and(|voter| voter.struck_off.is_some()) {
            return Err(misplaced(Check::StruckOff, Cause::StruckOff));
        }
        let key = entry.key.to_bytes();
        if self.voters.holder(&key).is_some() {
            return Err(misplaced(Check::CredentialKey, Cause::RepeatedKey));
        }
        self.examine_number(election, entry, known.as_ref())?;
        if known.is_some_and(|voter| self.declared(voter.style) != Some(declared)) {
            return Err(misplaced(Check::CredentialHolder, Cause::OtherStyle));
        }
        let active = known.and_then(|voter| voter.key());
        let active = match (entry.handover, active) {
            (None, None) => None,
            (None, Some(_)) => return Err(misplaced(Check::CredentialHolder, Cause::KeyStillActive)),
            (Some(_), active) => {
                let active = active.and_then(|key| PublicKey::from_bytes(&key).ok());
                Some(active.ok_or_else(|| misplaced(Check::Handover, Cause::NothingToHandOver))?)
            }
        };
        if known.is_none() && self.voters.count(declared).is_none_or(|count| count >= electorate) {
            return Err(misplaced(Check::Electorate, Cause::Electorate(electorate)));
        }
        let claims = Claim::of_credential(index, election, entry, active);
        let enrolled = Enrolled {
            pseudonym: entry.pseudonym,
            style: entry.style,
            declared,
            route: entry.route,
            entered: manifest.is_entered(entry.route),
            handover: entry.handover.is_some(),
            key,
        };
        Ok((Change::Credential(Box::new(enrolled)), claims))
    }

    /// What a Revocation and the Credential behind it may do, the second as the first will have left the board: of all
    /// that the second depends on, a Revocation changes what is known of its own voter.
    pub(super) fn examine_replacement(
        &self,
        revocation: &Revocation,
        credential: &CredentialEntry,
    ) -> [Examination; 2] {
        let mut known = self.voters.status(&credential.pseudonym);
        if let Some(voter) = known.as_mut().filter(|_| credential.pseudonym == revocation.pseudonym) {
            voter.active = false;
            voter.struck_off = voter.struck_off.or(revocation.reason.is_final().then_some(revocation.reason));
        }
        let next = self.size().saturating_add(1);
        [self.examine_revocation(revocation), self.examine_credential_of(credential, known, next)]
    }

    /// Whether a credential is the next of its pseudonym, of a route that exists; and that a pseudonym of paper ballots
    /// has one only.
    fn examine_number(
        &self,
        election: &Election,
        entry: &CredentialEntry,
        known: Option<&VoterStatus>,
    ) -> Result<(), Failure> {
        let nonsense = |cause| Err(nonsense(election, entry, Check::CredentialNumber, cause));
        let misplaced = |cause| Err(misplaced(Check::CredentialNumber, cause));
        let manifest = self.manifest();
        if manifest.route(entry.route).is_none() {
            return nonsense(Cause::UnknownRoute(entry.route));
        }
        if entry.number > MAX_CREDENTIAL_NUMBER {
            return nonsense(Cause::TooManyCredentials);
        }
        if manifest.is_entered(entry.route) && entry.number > 0 {
            return nonsense(Cause::Entered("one credential, and no voter becomes one"));
        }
        if manifest.is_entered(entry.route) && entry.handover.is_some() {
            return nonsense(Cause::Entered("no handover"));
        }
        let expected = known.map_or(0, |voter| voter.number);
        if entry.number != expected {
            return misplaced(Cause::CredentialNumber { expected, found: entry.number });
        }
        if known.is_some_and(|voter| manifest.is_entered(voter.route)) {
            return misplaced(Cause::Entered("one credential, and no voter becomes one"));
        }
        Ok(())
    }

    pub(super) fn examine_revocation(&self, entry: &Revocation) -> Examination {
        let late = entry.reason != RevocationReason::Replaced;
        let election = self.running(EntryKind::Revocation, &self.enrolling(late))?;
        let refuse = |check, cause| Err(misplaced(check, cause));
        let Some(voter) = self.voters.status(&entry.pseudonym) else {
            return refuse(Check::Revocation, Cause::NotTheLastKey);
        };
        if voter.struck_off.is_some() {
            return refuse(Check::StruckOff, Cause::StruckOff);
        }
        if voter.last_key != entry.key.to_bytes() {
            return refuse(Check::Revocation, Cause::NotTheLastKey);
        }
        if entry.reason == RevocationReason::Replaced && !voter.active {
            return refuse(Check::Revocation, Cause::NotActive);
        }
        if entry.reason != RevocationReason::NotEntitled && self.manifest().is_entered(voter.route) {
            return refuse(Check::CredentialNumber, Cause::Entered("no voter who could come again"));
        }
        let claims = vec![Claim::by_registrar(self.size(), election, Check::Revocation, entry)];
        Ok((Change::Revocation(entry.pseudonym, entry.reason), claims))
    }

    /// How many voters there are in each declared style, without those struck off.
    pub fn voters_by_style(&self) -> &[u32] {
        self.voters.by_style()
    }

    /// How often voters' keys changed and voters were struck off.
    pub fn key_changes(&self) -> &KeyChanges {
        self.voters.changes()
    }

    /// Everybody whose ballot counts, ballots that were typed from paper included.
    pub fn counted(&self) -> impl Iterator<Item = CountedVoter> {
        self.voters.counted()
    }

    /// Voters and counted ballots by district and route, where there are any, without those struck off: by declared
    /// style, and within one by route, in manifest order.
    pub fn turnout(&self) -> Vec<RouteTurnout> {
        self.voters.turnout(&self.manifest)
    }

    /// All keys in the order of the board: whose each is, and the entry that registered it.
    pub fn all_keys(&self) -> impl Iterator<Item = ([u8; 32], Pseudonym, u64)> {
        self.voters.all_keys()
    }

    /// What is known of a voter.
    pub fn voter(&self, pseudonym: &Pseudonym) -> Option<VoterStatus> {
        self.voters.status(pseudonym)
    }

    /// What is known of a key.
    pub fn credential(&self, key: &PublicKey) -> Option<CredentialStatus> {
        self.voters.credential(key)
    }

    /// The entry that registered a key.
    pub fn registered(&self, key: &PublicKey) -> Option<u64> {
        self.voters.registered(key)
    }
}
