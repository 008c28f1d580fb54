//! The type-state of one attempt of the ceremony: each round consumes the one before.

use veche_crypto::hash::Digest;
use veche_record::entry::{Commitments, Complaint, Confirm, Shares, Signed};
use veche_verify::Ceremony;

use crate::keys::Keys;
use crate::refusal::Refusal;
use crate::secret::Secret;

/// A trustee in an attempt of the ceremony, before anything of it is on the board.
///
/// Each round consumes the one before, so that no one deals who has not committed, and no one confirms
/// who has not looked at every share:
///
/// ```compile_fail,E0599
/// # use veche_trustee::attempt::Committed;
/// # use veche_verify::Ceremony;
/// fn too_early(trustee: Committed, ceremony: &Ceremony) {
///     trustee.confirm(ceremony);
/// }
/// ```
pub struct Newcomer(Keys, u8);

/// A trustee whose commitments are on the board.
pub struct Committed(Keys, u8);

/// A trustee whose shares for the others are on the board.
pub struct Dealt(Keys);

/// A trustee who has looked at the shares of everyone and found them right.
pub struct Complete(Keys, Digest);

/// What looking at the others' shares comes to.
pub enum Received {
    /// Not all have dealt; what is there is right.
    Incomplete(Dealt),
    /// A dealer's shares are false.
    False {
        /// Who dealt.
        dealer: u8,
        /// What shows it to everyone.
        complaint: Box<Signed<Complaint>>,
    },
    /// All have dealt, and all shares are right.
    Complete(Complete),
}

impl Newcomer {
    /// Derives the trustee's keys of the attempt that is running.
    ///
    /// # Errors
    /// [`Refusal::Degenerate`] with negligible probability.
    pub fn new(secret: &Secret, ceremony: &Ceremony, trustee: u8) -> Result<Self, Refusal> {
        let keys = Keys::derive(secret, ceremony, trustee).map_err(|_| Refusal::Degenerate)?;
        Ok(Newcomer(keys, trustee))
    }

    /// Round 1.
    ///
    /// # Errors
    /// [`Refusal::Degenerate`] with negligible probability.
    pub fn commit(self, ceremony: &Ceremony) -> Result<(Committed, Signed<Commitments>), Refusal> {
        let message = self.0.commit(ceremony).map_err(|_| Refusal::Degenerate)?;
        Ok((Committed(self.0, self.1), message))
    }

    /// Takes up what is on the board.
    ///
    /// # Errors
    /// [`Refusal::Impostor`] when that is not this trustee's.
    pub fn resume(self, ceremony: &Ceremony) -> Result<Committed, Refusal> {
        match ceremony.commitments(self.1) {
            Some(own) if own.communication == self.0.public() => Ok(Committed(self.0, self.1)),
            _ => Err(Refusal::Impostor(self.1)),
        }
    }
}

impl Committed {
    /// Round 2, once all have committed.
    ///
    /// # Errors
    /// [`Refusal::Degenerate`] before that.
    pub fn deal(self, ceremony: &Ceremony) -> Result<(Dealt, Signed<Shares>), Refusal> {
        let message = self.0.deal(ceremony).ok_or(Refusal::Degenerate)?;
        Ok((Dealt(self.0), message))
    }

    /// Takes up what is on the board, where only this trustee's key could have signed it.
    ///
    /// # Errors
    /// [`Refusal::OtherRound`] when nothing is there.
    pub fn resume(self, ceremony: &Ceremony) -> Result<Dealt, Refusal> {
        match ceremony.shares(self.1) {
            Some(_) => Ok(Dealt(self.0)),
            None => Err(Refusal::OtherRound),
        }
    }
}

impl Dealt {
    /// Looks at every share that was dealt to this trustee: one multiscalar multiplication a dealer.
    ///
    /// # Errors
    /// [`Refusal::Degenerate`] with negligible probability.
    pub fn receive(self, ceremony: &Ceremony) -> Result<Received, Refusal> {
        for dealer in (1..=ceremony.trustees()).filter(|dealer| ceremony.shares(*dealer).is_some()) {
            if self.0.received(ceremony, dealer).is_none() {
                let complaint = self.0.complain(ceremony, dealer).ok_or(Refusal::Degenerate)?;
                return Ok(Received::False { dealer, complaint: Box::new(complaint) });
            }
        }
        Ok(match ceremony.transcript() {
            Some(transcript) => Received::Complete(Complete(self.0, transcript)),
            None => Received::Incomplete(self),
        })
    }
}

impl Complete {
    /// The transcript hash, which all trustees must see alike.
    pub fn transcript(&self) -> Digest {
        self.1
    }

    /// Round 3.
    ///
    /// # Errors
    /// [`Refusal::Degenerate`] with negligible probability.
    pub fn confirm(self, ceremony: &Ceremony) -> Result<Signed<Confirm>, Refusal> {
        self.0.confirm(ceremony, self.1).ok_or(Refusal::Degenerate)
    }
}
