use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use veche_board::Hash as Root;
use veche_crypto::hash::Digest;
use veche_record::entry::TallyKind;
use veche_verify::{BoardState, Ceremony};

use crate::keys::{Keys, name_of};
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::shown::Shown;

/// What a trustee's device remembers of what it has signed, so that it never signs a second version
/// of the same thing. Nothing of it is secret. It is stored before the message that it speaks of is
/// sent.
///
/// As JSON: `{"veche":1,"genesis":"<64 hex>","trustee":2,"secret":"<64 hex>","seen":{"size":44,"root":"<base64>"},
/// "committed":[1],"dealt":{"1":"<64 hex>"},"confirmed":{"1":"<64 hex>"},"rehearsal":"<64 hex>","tally":"<64 hex>"}`;
/// what has not happened is left out. `secret` is the name of the secret and not the secret. So are
/// `"recovered":true`, for a memory that was begun from the words, and `"early":{"seen":1778788800,"hour":1778792400}`,
/// which is there when the device has seen the vote ended before its hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    veche: u8,
    #[serde(with = "hash")]
    genesis: Digest,
    trustee: u8,
    /// What the secret is called that this is the memory of.
    #[serde(with = "hash")]
    secret: Digest,
    /// Begun from the words: what was signed before is not in it.
    #[serde(default, skip_serializing_if = "is_false")]
    recovered: bool,
    /// The last board that was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<Seen>,
    /// The attempts in which this device has committed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    committed: Vec<u8>,
    /// By attempt, the round that shares were dealt for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    dealt: BTreeMap<u8, Hash>,
    /// By attempt, the transcript that was confirmed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    confirmed: BTreeMap<u8, Hash>,
    /// The sums of the rehearsal that were consented to or decrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rehearsal: Option<Hash>,
    /// The sums of the votes that were consented to or decrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tally: Option<Hash>,
    /// When the board first said that voting is over, before its hour by this device's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    early: Option<Early>,
}

/// A board that a device has seen: what comes later begins with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// How many entries it had.
    pub size: u64,
    /// The root of its tree.
    #[serde(with = "root")]
    pub root: Root,
}

impl Seen {
    /// What is seen of a board now; nothing of one without entries.
    pub fn of(board: &BoardState) -> Option<Self> {
        board.checkpoint().map(|checkpoint| Seen { size: checkpoint.size, root: checkpoint.root })
    }

    /// Whether a board goes on from what was seen. [`BoardState::recall`] has to be told of the size in time.
    ///
    /// # Errors
    /// [`Refusal::OlderBoard`], [`Refusal::ForkedBoard`], and [`Refusal::Unverified`] where nobody has told.
    pub fn demand(&self, board: &BoardState) -> Result<(), Refusal> {
        if board.size() < self.size {
            return Err(Refusal::OlderBoard { shown: board.size(), seen: self.size });
        }
        match board.root_at(self.size) {
            Some(root) if root == self.root => Ok(()),
            Some(_) => Err(Refusal::ForkedBoard(self.size)),
            None => Err(Refusal::Unverified),
        }
    }
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

fn is_false(value: &bool) -> bool {
    !value
}

mod root {
    use serde::{Deserialize, Deserializer, Serializer};
    use veche_board::Hash;

    pub fn serialize<S: Serializer>(root: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&root.to_base64())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        Hash::from_base64(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

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
    /// What a device keeps that has just made this secret for a trustee of this board: a memory that is whole.
    ///
    /// # Errors
    /// [`Refusal::NoBoard`] or [`Refusal::NoSuchTrustee`].
    pub fn new(board: &BoardState, secret: &Secret, trustee: u8) -> Result<Self, Refusal> {
        let ceremony = board.ceremony().ok_or(Refusal::NoBoard)?;
        if trustee == 0 || trustee > ceremony.trustees() {
            return Err(Refusal::NoSuchTrustee(trustee));
        }
        Ok(Kept {
            veche: VERSION,
            genesis: ceremony.genesis(),
            trustee,
            secret: name(secret, &ceremony.genesis(), trustee)?,
            recovered: false,
            seen: None,
            committed: Vec::new(),
            dealt: BTreeMap::new(),
            confirmed: BTreeMap::new(),
            rehearsal: None,
            tally: None,
            early: None,
        })
    }

    /// What a new device can know of a trustee whose old one is lost, from the words and the board. Such a memory is
    /// never whole: see [`Self::is_whole`].
    ///
    /// Where the board does not show that the trustee has dealt in the running attempt, the old device
    /// may have dealt to other people than this board shows; then a new secret, in a new attempt, is
    /// the only safe way.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn recover(board: &BoardState, secret: &Secret, trustee: u8) -> Result<Self, Refusal> {
        let mut kept = Self::new(board, secret, trustee)?;
        kept.recovered = true;
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
                *kept.sums_mut(kind) = Some(Hash(count.input().input_hash()));
            }
        }
        Ok(kept)
    }

    /// Whether everything that was ever signed with this secret is in it: so it is on the device that has made the
    /// secret, for as long as nobody puts an older copy in its place. A device without such a memory consents to
    /// nothing, because another one may have consented to something else already, unless [`Shown::is_the_only_one`].
    /// It decrypts what has its quorum.
    pub fn is_whole(&self) -> bool {
        !self.recovered
    }

    /// The last board that this device has seen.
    pub fn seen(&self) -> Option<Seen> {
        self.seen
    }

    /// The name of the secret that this is the memory of, as 64 hexadecimal digits: to keep the memories of several
    /// secrets apart.
    pub fn name(&self) -> String {
        self.secret.to_string()
    }

    /// The name that a memory of this secret has.
    ///
    /// # Errors
    /// [`Refusal::NoBoard`], and [`Refusal::Degenerate`] with negligible probability.
    pub fn name_for(board: &BoardState, secret: &Secret, trustee: u8) -> Result<String, Refusal> {
        let genesis = board.ceremony().ok_or(Refusal::NoBoard)?.genesis();
        Ok(name(secret, &genesis, trustee)?.to_string())
    }

    /// What this device has to remember after it has been shown a board at `now`, in seconds since 1970; nothing when
    /// that is what it remembers already. It is to be stored: no older board is believed from then on, and a vote that
    /// is ended before its hour is reported for ever.
    ///
    /// # Errors
    /// [`Refusal`] for a board that is not the one that this device knows.
    pub fn saw(&self, shown: &Shown<'_>, now: u64) -> Result<Option<Self>, Refusal> {
        self.demand_board(shown)?;
        let board = shown.board();
        let mut kept = self.clone().having_seen(shown);
        let over = board.ending().is_some() && self.early.is_none();
        if let Some(hour) = board.consent_hour().filter(|hour| over && now < *hour) {
            kept.early = Some(Early { seen: now, hour });
        }
        Ok(Some(kept).filter(|kept| kept != self))
    }

    /// The same, with the board as the last one seen. One that no log has signed is not seen.
    pub(crate) fn having_seen(mut self, shown: &Shown<'_>) -> Self {
        if shown.is_signed() {
            self.seen = Seen::of(shown.board());
        }
        self
    }

    /// Whether this is the board that the memory is of, and goes on from what was seen.
    fn demand_board(&self, shown: &Shown<'_>) -> Result<(), Refusal> {
        let ceremony = shown.board().ceremony().ok_or(Refusal::NoBoard)?;
        if self.genesis != ceremony.genesis() {
            return Err(Refusal::OtherBoard);
        }
        self.seen.map_or(Ok(()), |seen| seen.demand(shown.board()))
    }

    /// Whether this is the memory of this secret, and the board one on which it may act.
    pub(crate) fn demand(&self, shown: &Shown<'_>, secret: &Secret) -> Result<(), Refusal> {
        self.demand_board(shown)?;
        let ceremony = shown.board().ceremony().ok_or(Refusal::NoBoard)?;
        if name(secret, &self.genesis, self.trustee)? != self.secret {
            return Err(Refusal::NotYourWords(self.trustee));
        }
        self.demand_attempt(ceremony)
    }

    /// Who has confirmed an attempt goes on to a later one only where the board shows that it was begun anew after that
    /// confirmation, so that the earlier one never came to an end on it, and never back.
    fn demand_attempt(&self, ceremony: &Ceremony) -> Result<(), Refusal> {
        let shown = ceremony.attempt();
        if let Some((&confirmed, _)) = self.confirmed.last_key_value().filter(|(last, _)| **last > shown) {
            return Err(Refusal::EarlierAttempt { shown, confirmed });
        }
        let left = |attempt| ceremony.confirmed_before(attempt, self.trustee);
        let unseen =
            |(attempt, transcript): &(&u8, &Hash)| **attempt < shown && left(**attempt) != Some(transcript.0);
        match self.confirmed.iter().find(unseen) {
            Some((attempt, _)) => Err(Refusal::ConfirmNotShown(*attempt)),
            None => Ok(()),
        }
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

    pub(crate) fn has_committed(&self, attempt: u8) -> bool {
        self.committed.contains(&attempt)
    }

    pub(crate) fn dealt(&self, attempt: u8) -> Option<Digest> {
        self.dealt.get(&attempt).map(|hash| hash.0)
    }

    pub(crate) fn confirmed(&self, attempt: u8) -> Option<Digest> {
        self.confirmed.get(&attempt).map(|hash| hash.0)
    }

    pub(crate) fn sums(&self, kind: TallyKind) -> Option<Digest> {
        match kind {
            TallyKind::Vote => self.tally.map(|hash| hash.0),
            TallyKind::Rehearsal => self.rehearsal.map(|hash| hash.0),
        }
    }

    fn sums_mut(&mut self, kind: TallyKind) -> &mut Option<Hash> {
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

    pub(crate) fn with_sums(mut self, kind: TallyKind, tally: Digest) -> Self {
        *self.sums_mut(kind) = Some(Hash(tally));
        self
    }
}

/// What a secret is called: a public key's bytes.
fn name(secret: &Secret, genesis: &Digest, trustee: u8) -> Result<Digest, Refusal> {
    let key = name_of(secret, genesis, trustee).map_err(|_| Refusal::Degenerate)?;
    Ok(Digest::from_bytes(key.to_bytes()))
}
