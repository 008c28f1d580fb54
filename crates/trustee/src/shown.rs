use veche_verify::BoardState;

use crate::refusal::Refusal;

/// The board as a trustee's device is shown it: every entry verified, all of them together under a checkpoint that the
/// log has signed and, where the manifest names witnesses, enough of these have seen. There may be other boards that
/// other devices are shown; this one is at least somebody's signed word.
///
/// ```compile_fail,E0451
/// fn anything(board: &veche_verify::BoardState) -> veche_trustee::Shown<'_> {
///     veche_trustee::Shown { board, signed: true }
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    board: &'a BoardState,
    signed: bool,
}

impl<'a> Shown<'a> {
    /// A board that has passed every check, under this checkpoint note.
    ///
    /// # Errors
    /// [`Refusal::Unverified`], [`Refusal::NoBoard`] or [`Refusal::Checkpoint`].
    pub fn under(board: &'a BoardState, note: &[u8]) -> Result<Self, Refusal> {
        let shown = Self::unsigned(board)?;
        let genesis = board.genesis().ok_or(Refusal::NoBoard)?;
        let checkpoint = board
            .manifest()
            .open_checkpoint(note, genesis)
            .map_err(|error| Refusal::Checkpoint(error.to_string()))?;
        if board.checkpoint().as_ref() != Some(&checkpoint) {
            return Err(Refusal::Checkpoint("the log has signed another board".to_owned()));
        }
        Ok(Shown { signed: true, ..shown })
    }

    /// A board of the caller's own making. The ceremony can be held on it, and nothing is consented to or decrypted.
    ///
    /// # Errors
    /// [`Refusal::Unverified`].
    pub fn unsigned(board: &'a BoardState) -> Result<Self, Refusal> {
        if board.is_verified() { Ok(Shown { board, signed: false }) } else { Err(Refusal::Unverified) }
    }

    /// The board.
    pub fn board(&self) -> &'a BoardState {
        self.board
    }

    /// Whether a log has signed it.
    pub(crate) fn is_signed(&self) -> bool {
        self.signed
    }

    /// Whether honest witnesses see to it that nobody is shown another board under as good a checkpoint: k of w are
    /// needed, and 2k - w ≥ 1. Then a device may consent that does not remember what it has signed.
    pub fn is_the_only_one(&self) -> bool {
        self.signed && self.board.manifest().witnesses().is_some_and(|witnesses| witnesses.common() >= 1)
    }
}
