//! What becomes of a voter after one of their ballots, as the board shows it.
//!
//! Whoever follows a ballot gives every entry after it, in order, out of bundles that a checkpoint signs. Only what is
//! signed by whoever may say it is believed: the voter's key for a later ballot and for a handover, the registrar for
//! the end of a key and for striking off. An entry that speaks of this voter and is not signed so, or stands where it
//! cannot stand, was put there by whoever keeps the board: it is named and changes nothing. That all the rest of the
//! board is right, only an audit says.
//!
//! The voter is known by the key alone. The pseudonym becomes known with the first entry that ends the key, and no
//! entry can matter to the voter before that but those that name the key, are signed with it, or follow its ballot.

use serde::{Deserialize, Serialize};
use veche_crypto::hash::Digest;
use veche_crypto::signature::PublicKey;
use veche_record::entry::{CredentialEntry, Issued, Pseudonym, Revocation, RevocationReason};
use veche_record::{Ballot, Election, Entry, EntryKind, RawBallot, tag};

/// What the entries after a ballot say of its voter. Each is the first such entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Trail {
    /// A later ballot, which stands in this one's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<u64>,
    /// The registrar ended the key, because the voter came with another device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_replaced: Option<u64>,
    /// The key itself handed over to another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handed_over: Option<u64>,
    /// The registrar struck the voter off: no ballot of theirs counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub struck_off: Option<u64>,
    /// Whether that was for a ballot on paper.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub voted_on_paper: bool,
    /// An entry about this voter that nobody with the right to it has signed, or that cannot stand there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub false_entry: Option<u64>,
}

/// Follows one voter from one ballot on.
#[derive(Debug, Clone)]
pub struct Follower {
    key: PublicKey,
    active: bool,
    pseudonym: Option<Pseudonym>,
    last: Digest,
    sequence: u32,
    trail: Trail,
}

/// A follower's memory, to go on from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Followed {
    key: [u8; 32],
    active: bool,
    pseudonym: Option<[u8; 16]>,
    last: [u8; 32],
    sequence: u32,
    trail: Trail,
}

impl Follower {
    /// Begins with a ballot; nothing where its bytes hold no key or cannot be cut into sections.
    #[must_use]
    pub fn of(election: &Election, ballot: &RawBallot<'_>) -> Option<Self> {
        Some(Follower {
            key: PublicKey::from_bytes(ballot.key().first_chunk()?).ok()?,
            active: true,
            pseudonym: None,
            last: ballot.hash(election)?,
            sequence: ballot.sequence(),
            trail: Trail::default(),
        })
    }

    /// What was seen so far.
    #[must_use]
    pub fn trail(&self) -> &Trail {
        &self.trail
    }

    /// Looks at the next entry.
    pub fn see(&mut self, election: &Election, index: u64, entry: &[u8]) {
        if let Some(raw) = RawBallot::of_entry(election, entry) {
            if raw.key() == self.key.to_bytes() || raw.previous() == self.last {
                self.see_ballot(election, index, entry);
            }
            return;
        }
        if !matches!(EntryKind::of(entry), Some(EntryKind::Credential | EntryKind::Revocation)) {
            return;
        }
        // What cannot be read as an entry speaks of nobody; an audit names it.
        match Entry::parse(entry) {
            Ok(Entry::Credential(credential)) => self.see_credential(election, index, &credential),
            Ok(Entry::Revocation(revocation)) => self.see_revocation(election, index, &revocation),
            _ => {}
        }
    }

    fn is_false(&mut self, index: u64) {
        self.trail.false_entry.get_or_insert(index);
    }

    fn see_ballot(&mut self, election: &Election, index: u64, entry: &[u8]) {
        let next = Ballot::parse(election, entry.get(1..).unwrap_or_default()).ok().filter(|ballot| {
            let header = ballot.header();
            self.active
                && self.trail.struck_off.is_none()
                && header.credential == self.key
                && header.previous == self.last
                && Some(header.sequence) == self.sequence.checked_add(1)
                && self.key.verify(tag::domain::BALLOT, ballot.body().as_bytes(), ballot.signature()).is_ok()
        });
        let Some(next) = next else { return self.is_false(index) };
        self.trail.replaced_by.get_or_insert(index);
        self.last = next.hash();
        self.sequence = next.header().sequence;
    }

    fn see_credential(&mut self, election: &Election, index: u64, entry: &CredentialEntry) {
        let fingerprint = election.fingerprint();
        let named = self.pseudonym.map(|pseudonym| pseudonym == entry.pseudonym);
        let handed_over = entry.handover.as_ref().is_some_and(|handover| {
            self.active
                && named != Some(false)
                && entry.verify_handover(&fingerprint, &self.key, handover).is_ok()
        });
        // Where nothing names the voter, somebody else's credential: theirs is one that their key hands over to.
        if !handed_over && named != Some(true) {
            return;
        }
        let follows = handed_over || (entry.handover.is_none() && !self.active);
        let signed = entry.verify_signature(election.registrar(), &fingerprint).is_ok();
        if !follows || !signed || self.trail.struck_off.is_some() {
            return self.is_false(index);
        }
        if handed_over {
            self.trail.handed_over.get_or_insert(index);
        }
        (self.key, self.active, self.pseudonym) = (entry.key, true, Some(entry.pseudonym));
    }

    fn see_revocation(&mut self, election: &Election, index: u64, entry: &Revocation) {
        if entry.key != self.key && Some(entry.pseudonym) != self.pseudonym {
            return;
        }
        let of_this_voter = entry.key == self.key
            && self.pseudonym.is_none_or(|pseudonym| pseudonym == entry.pseudonym)
            && self.trail.struck_off.is_none()
            && (self.active || entry.reason.is_final());
        let signed = entry.verify_signature(election.registrar(), &election.fingerprint()).is_ok();
        if !of_this_voter || !signed {
            return self.is_false(index);
        }
        (self.active, self.pseudonym) = (false, Some(entry.pseudonym));
        if entry.reason.is_final() {
            self.trail.struck_off = Some(index);
            self.trail.voted_on_paper = entry.reason == RevocationReason::VotedOnPaper;
        } else {
            self.trail.key_replaced.get_or_insert(index);
        }
    }

    pub(super) fn followed(&self) -> Followed {
        Followed {
            key: self.key.to_bytes(),
            active: self.active,
            pseudonym: self.pseudonym.map(|pseudonym| pseudonym.0),
            last: *self.last.as_bytes(),
            sequence: self.sequence,
            trail: self.trail,
        }
    }

    pub(super) fn go_on(followed: &Followed) -> Option<Self> {
        Some(Follower {
            key: PublicKey::from_bytes(&followed.key).ok()?,
            active: followed.active,
            pseudonym: followed.pseudonym.map(Pseudonym),
            last: Digest::from_bytes(followed.last),
            sequence: followed.sequence,
            trail: followed.trail,
        })
    }
}
