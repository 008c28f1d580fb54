//! Cosignatures of witnesses, c2sp.org/tlog-cosignature, the Ed25519 form (`cosignature/v1`): a witness says "at this
//! time, this was the largest checkpoint of this log that I had seen, and it continues all that I had seen before".
//!
//! It is one more signature line of the checkpoint's note. Its payload is the time in eight big-endian bytes and an
//! Ed25519 signature of
//!
//! ```text
//! cosignature/v1
//! time <seconds since 1970>
//! <the note's text>
//! ```

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use crate::encoding::{from_base64, to_base64};
use crate::key::{KeyError, LogKey, LogPublicKey, Origin};
use crate::note::{self, Note, NoteError};

/// The signature type of Ed25519 cosignatures (c2sp.org/tlog-cosignature, "Format").
pub const COSIGNATURE: u8 = 0x04;
/// The most witnesses of one log. With the log's own line they stay within the 16 signatures that every C2SP reader
/// takes.
pub const MAX_WITNESSES: usize = 15;

/// Bytes of a cosignature: a time and an Ed25519 signature.
const PAYLOAD_LEN: usize = 8 + 64;

/// A witness as those know it who trust it: its name and its public key.
#[derive(Clone, PartialEq, Eq)]
pub struct WitnessKey {
    name: Origin,
    key: LogPublicKey,
}

impl WitnessKey {
    /// The witness of this name and key.
    #[must_use]
    pub const fn new(name: Origin, key: LogPublicKey) -> WitnessKey {
        WitnessKey { name, key }
    }

    /// The witness's name.
    #[must_use]
    pub const fn name(&self) -> &Origin {
        &self.name
    }

    /// The witness's public key.
    #[must_use]
    pub const fn key(&self) -> &LogPublicKey {
        &self.key
    }

    /// The identifier that its cosignatures carry: the first four bytes of SHA-256(name ‖ newline ‖ 0x04 ‖ key).
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let digest = Sha256::new()
            .chain_update(self.name.as_str())
            .chain_update([b'\n', COSIGNATURE])
            .chain_update(self.key.to_bytes())
            .finalize();
        let [a, b, c, d, ..]: [u8; 32] = digest.into();
        [a, b, c, d]
    }

    /// The verifier key in text, `<name>+<key id in hex>+<base64 of 0x04 and key>`, as C2SP software takes it.
    #[must_use]
    pub fn to_vkey(&self) -> String {
        let id = u32::from_be_bytes(self.id());
        let typed = [&[COSIGNATURE][..], &self.key.to_bytes()].concat();
        format!("{}+{id:08x}+{}", self.name, to_base64(&typed))
    }

    /// Reads what [`to_vkey`](Self::to_vkey) writes, and no other spelling.
    ///
    /// # Errors
    /// See [`KeyError`]. The key of a log, which is of signature type 1, is refused as [`KeyError::NotWitness`].
    pub fn from_vkey(text: &str) -> Result<WitnessKey, KeyError> {
        let (name, rest) = text.split_once('+').ok_or(KeyError::Form)?;
        // The identifier is hex, so the next plus ends it; the base64 after it may have more of them.
        let (id, key) = rest.split_once('+').ok_or(KeyError::Form)?;
        let name: Origin = name.parse()?;
        let typed = from_base64(key).ok_or(KeyError::Form)?;
        let (&kind, bytes) = typed.split_first().ok_or(KeyError::Form)?;
        if kind != COSIGNATURE {
            return Err(KeyError::NotWitness(kind));
        }
        let key = LogPublicKey::from_bytes(bytes.try_into().map_err(|_| KeyError::Form)?)?;
        let witness = WitnessKey { name, key };
        if id != format!("{:08x}", u32::from_be_bytes(witness.id())) {
            return Err(KeyError::Identifier);
        }
        Ok(witness)
    }

    /// The time of this witness's cosignature on a note, if the note has one.
    ///
    /// # Errors
    /// The fault of whoever served the note: a line that claims to be this witness's and is not, or two of them.
    pub fn cosigned(&self, note: &Note<'_>) -> Result<Option<u64>, NoteError> {
        let Some(payload) = note.only_line(&self.name, self.id())? else { return Ok(None) };
        let time = self.verified_time(note.unverified_text(), payload);
        time.map(Some).ok_or_else(|| NoteError::BadSignature { name: self.name.clone() })
    }

    fn verified_time(&self, text: &str, payload: &[u8]) -> Option<u64> {
        let (time, signature) = <&[u8; PAYLOAD_LEN]>::try_from(payload).ok()?.split_first_chunk::<8>()?;
        let time = u64::from_be_bytes(*time);
        i64::try_from(time).ok()?;
        self.key.verify(message(time, text).as_bytes(), signature.try_into().ok()?).ok()?;
        Some(time)
    }
}

/// The verifier key.
impl fmt::Debug for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_vkey())
    }
}

/// The cosignature line of a checkpoint, newline included: what a witness answers, and what is put at the end of the
/// checkpoint's note. `time` is in seconds since 1970, below 2⁶³.
///
/// The caller keeps the promise that comes with it (tlog-cosignature, "Ed25519 signed message"): that it has stored
/// this checkpoint as the largest that it has seen of its log, and never cosigned one that this one contradicts.
#[must_use]
pub fn cosign(checkpoint: &Checkpoint, name: &Origin, key: &LogKey, time: u64) -> String {
    let witness = WitnessKey::new(name.clone(), key.public());
    let mut bytes = witness.id().to_vec();
    bytes.extend_from_slice(&time.to_be_bytes());
    bytes.extend_from_slice(&key.sign(message(time, &checkpoint.text()).as_bytes()));
    note::line(name, &bytes)
}

fn message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// Whose cosignatures a checkpoint needs, and how many of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnesses {
    needed: usize,
    keys: Vec<WitnessKey>,
}

/// Not a set of witnesses. The caller's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessesError {
    /// No witness, more than [`MAX_WITNESSES`], or a number of needed ones outside 1 to all.
    #[error("1 to 15 witnesses are possible, of which 1 to all are needed")]
    Count,
    /// Two of them have one name, or one key.
    #[error("witness {name} has the name or the key of another")]
    Repeated {
        /// The second of the two.
        name: Origin,
    },
}

impl Witnesses {
    /// A checkpoint needs `needed` of `keys`.
    ///
    /// # Errors
    /// See [`WitnessesError`].
    pub fn new(needed: usize, keys: Vec<WitnessKey>) -> Result<Witnesses, WitnessesError> {
        if !(1..=keys.len()).contains(&needed) || keys.len() > MAX_WITNESSES {
            return Err(WitnessesError::Count);
        }
        for (position, witness) in keys.iter().enumerate() {
            let mut others = keys.iter().take(position);
            if others.any(|other| other.name == witness.name || other.key == witness.key) {
                return Err(WitnessesError::Repeated { name: witness.name.clone() });
            }
        }
        Ok(Witnesses { needed, keys })
    }

    /// How many must have cosigned.
    #[must_use]
    pub const fn needed(&self) -> usize {
        self.needed
    }

    /// All of them.
    #[must_use]
    pub fn keys(&self) -> &[WitnessKey] {
        &self.keys
    }

    /// How many may be out of reach.
    #[must_use]
    pub fn spare(&self) -> usize {
        self.keys.len().saturating_sub(self.needed)
    }

    /// How many of them must be dishonest, or have lost their memory, for two boards to be cosigned by enough: two sets
    /// of `needed` have at least so many in common. Where that is none, honest witnesses prevent nothing.
    #[must_use]
    pub fn common(&self) -> usize {
        (2 * self.needed).saturating_sub(self.keys.len())
    }

    /// Those whose cosignature a note carries, whether they are enough or not.
    ///
    /// # Errors
    /// The fault of whoever served the note: not a note, or a false line in the name of one of these witnesses.
    pub fn of<'a>(&'a self, note: &[u8]) -> Result<Vec<&'a WitnessKey>, NoteError> {
        let note = Note::parse(note)?;
        let mut found = Vec::new();
        for witness in &self.keys {
            if witness.cosigned(&note)?.is_some() {
                found.push(witness);
            }
        }
        Ok(found)
    }

    /// When each of those was, in seconds since 1970, whose cosignature a note carries: the witness's word.
    ///
    /// # Errors
    /// Those of [`Self::of`].
    pub fn times(&self, note: &[u8]) -> Result<Vec<u64>, NoteError> {
        let note = Note::parse(note)?;
        let times = self.keys.iter().map(|witness| witness.cosigned(&note));
        Ok(times.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// Demands that enough of these witnesses have cosigned a note.
    ///
    /// # Errors
    /// [`CheckpointError::TooFewWitnesses`], or [`CheckpointError::Note`] for a line that is false or stands twice.
    pub fn check(&self, note: &[u8]) -> Result<(), CheckpointError> {
        let found = self.of(note)?.len();
        if found < self.needed {
            return Err(CheckpointError::TooFewWitnesses { found, needed: self.needed });
        }
        Ok(())
    }
}

impl SignedCheckpoint<'_> {
    /// Reads and verifies a checkpoint with the cosignatures that its log must have; `None` where it needs none.
    ///
    /// # Errors
    /// See [`CheckpointError`].
    pub fn open_witnessed(
        note: &(impl AsRef<[u8]> + ?Sized),
        key: &LogPublicKey,
        origin: &Origin,
        witnesses: Option<&Witnesses>,
    ) -> Result<Checkpoint, CheckpointError> {
        let checkpoint = SignedCheckpoint::open(note, key, origin)?;
        witnesses.map_or(Ok(()), |witnesses| witnesses.check(note.as_ref()))?;
        Ok(checkpoint)
    }
}

#[cfg(test)]
mod tests;
