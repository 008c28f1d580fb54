use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use veche_crypto::hash::Digest;
use veche_record::entry::TallyKind;
use veche_verify::BoardState;

use crate::keys::Keys;
use crate::refusal::Refusal;
use crate::secret::Secret;

/// What a trustee's device remembers of what it has signed, so that it never signs a second version
/// of the same thing. Nothing of it is secret. It is stored before the message that it speaks of is
/// sent.
///
/// As JSON: `{"veche":1,"genesis":"<64 hex>","trustee":2,"committed":[1],"dealt":{"1":"<64 hex>"},
/// "confirmed":{"1":"<64 hex>"},"rehearsal":"<64 hex>","tally":"<64 hex>"}`; what has not happened is
/// left out. So is `"early":{"seen":1778788800,"hour":1778792400}`, which is there when the device has seen the vote
/// ended before its hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    veche: u8,
    #[serde(with = "hash")]
    genesis: Digest,
    trustee: u8,
    /// The attempts in which this device has committed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    committed: Vec<u8>,
    /// By attempt, the round that shares were dealt for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    dealt: BTreeMap<u8, Hash>,
    /// By attempt, the transcript that was confirmed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    confirmed: BTreeMap<u8, Hash>,
    /// The sums of the rehearsal that were consented to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rehearsal: Option<Hash>,
    /// The sums of the votes that were consented to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tally: Option<Hash>,
    /// When the board first said that voting is over, before its hour by this device's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    early: Option<Early>,
}

/// That a device saw a vote ended before its hour, by the device's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Early {
    /// When it was seen first, in seconds since 1970.
    pub seen: u64,
    /// The hour, as it was then.
    pub hour: u64,
}

/// A hash as 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Hash(#[serde(with = "hash")] Digest);

mod hash {
    use serde::{Deserialize, Deserializer, Serializer};
    use veche_crypto::hash::Digest;

    pub fn serialize<S: Serializer>(digest: &Digest, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(digest)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Digest, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(serde::de::Error::custom)?;
        Ok(Digest::from_bytes(bytes))
    }
}

/// The version of the file.
const VERSION: u8 = 1;

/// A file that is not what a trustee's device keeps.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeptError {
    /// Not the file.
    #[error("this is not what a trustee's device keeps: {0}")]
    Form(#[from] serde_json::Error),
    /// Another version of it.
    #[error("this was kept by another version of Veche")]
    Version,
}

impl Kept {
    /// What a device keeps that has just made a new secret for a trustee of this board.
    ///
    /// # Errors
    /// [`Refusal::NoBoard`] or [`Refusal::NoSuchTrustee`].
    pub fn new(board: &BoardState, trustee: u8) -> Result<Self, Refusal> {
        let ceremony = board.ceremony().ok_or(Refusal::NoBoard)?;
        if trustee == 0 || trustee > ceremony.trustees() {
            return Err(Refusal::NoSuchTrustee(trustee));
        }
        Ok(Kept {
            veche: VERSION,
            genesis: ceremony.genesis(),
            trustee,
            committed: Vec::new(),
            dealt: BTreeMap::new(),
            confirmed: BTreeMap::new(),
            rehearsal: None,
            tally: None,
            early: None,
        })
    }

    /// What a new device can know of a trustee whose old one is lost, from the words and the board.
    ///
    /// Where the board does not show that the trustee has dealt in the running attempt, the old device
    /// may have dealt to other people than this board shows; then a new secret, in a new attempt, is
    /// the only safe way.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn recover(board: &BoardState, secret: &Secret, trustee: u8) -> Result<Self, Refusal> {
        let mut kept = Self::new(board, trustee)?;
        let ceremony = board.ceremony().ok_or(Refusal::NoBoard)?;
        let attempt = ceremony.attempt();
        let Some(own) = ceremony.commitments(trustee) else { return Err(Refusal::NothingToRecover(trustee)) };
        let keys = Keys::derive(secret, ceremony, trustee).map_err(|_| Refusal::NotYourWords(trustee))?;
        if own.communication != keys.public() {
            return Err(Refusal::NotYourWords(trustee));
        }
        let shares = ceremony.shares(trustee).ok_or(Refusal::CannotRecoverYet(trustee))?;
        kept.committed.push(attempt);
        kept.dealt.insert(attempt, Hash(shares.round));
        if let Some(transcript) = ceremony.transcript().filter(|_| ceremony.has_confirmed(trustee)) {
            kept.confirmed.insert(attempt, Hash(transcript));
        }
        for kind in [TallyKind::Rehearsal, TallyKind::Vote] {
            if let Some(count) = board.count(kind).filter(|count| count.consents().contains(&trustee)) {
                *kept.consented_mut(kind) = Some(Hash(count.input().input_hash()));
            }
        }
        Ok(kept)
    }

    /// What this device has to remember after it has seen a board at `now`, in seconds since 1970; nothing when that is
    /// what it remembers already. It is to be stored: a vote that is ended before its hour is reported for ever.
    pub fn saw(&self, board: &BoardState, now: u64) -> Option<Self> {
        let over = board.ending().is_some() && self.early.is_none();
        let hour = board.consent_hour().filter(|hour| over && now < *hour)?;
        Some(Kept { early: Some(Early { seen: now, hour }), ..self.clone() })
    }

    /// What this device has seen of a vote that ended before its hour.
    pub fn early(&self) -> Option<Early> {
        self.early
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`KeptError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, KeptError> {
        let kept: Kept = serde_json::from_slice(bytes)?;
        if kept.veche != VERSION { Err(KeptError::Version) } else { Ok(kept) }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// None in practice: the file is always writable as JSON.
    pub fn to_json(&self) -> Result<String, KeptError> {
        Ok(serde_json::to_string_pretty(self)?)
    }

    /// The trustee, counted from 1.
    pub fn trustee(&self) -> u8 {
        self.trustee
    }

    /// The hash of the board's genesis entry.
    pub fn genesis(&self) -> Digest {
        self.genesis
    }

    pub(crate) fn has_committed(&self, attempt: u8) -> bool {
        self.committed.contains(&attempt)
    }

    pub(crate) fn dealt(&self, attempt: u8) -> Option<Digest> {
        self.dealt.get(&attempt).map(|hash| hash.0)
    }

    pub(crate) fn confirmed(&self, attempt: u8) -> Option<Digest> {
        self.confirmed.get(&attempt).map(|hash| hash.0)
    }

    pub(crate) fn consented(&self, kind: TallyKind) -> Option<Digest> {
        match kind {
            TallyKind::Vote => self.tally.map(|hash| hash.0),
            TallyKind::Rehearsal => self.rehearsal.map(|hash| hash.0),
        }
    }

    fn consented_mut(&mut self, kind: TallyKind) -> &mut Option<Hash> {
        match kind {
            TallyKind::Vote => &mut self.tally,
            TallyKind::Rehearsal => &mut self.rehearsal,
        }
    }

    pub(crate) fn with_commitments(mut self, attempt: u8) -> Self {
        if !self.has_committed(attempt) {
            self.committed.push(attempt);
        }
        self
    }

    pub(crate) fn with_shares(mut self, attempt: u8, round: Digest) -> Self {
        self.dealt.insert(attempt, Hash(round));
        self
    }

    pub(crate) fn with_confirmation(mut self, attempt: u8, transcript: Digest) -> Self {
        self.confirmed.insert(attempt, Hash(transcript));
        self
    }

    pub(crate) fn with_consent(mut self, kind: TallyKind, tally: Digest) -> Self {
        *self.consented_mut(kind) = Some(Hash(tally));
        self
    }
}
