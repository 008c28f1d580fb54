//! What a board says of itself.

use std::sync::Arc;

use veche_board::{Checkpoint, Hash};
use veche_record::entry::{Genesis, TallyKind};
use veche_record::{Election, Manifest};

use super::{BoardState, Count};
use crate::ceremony::Ceremony;
use crate::course::Course;
use crate::failure::Failure;
use crate::funding::Drawn;
use crate::result::ResultFile;
use crate::tally::{CheckedPartial, Tally, TallyError, VerifiedTally};

impl BoardState {
    /// How many leaves were taken over.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The checkpoint of the entries so far, which a log that has exactly these signs; nothing before the first one.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        let origin = self.genesis.as_ref()?.origin.clone();
        Some(Checkpoint { origin, size: self.size, root: self.tree.root() })
    }

    /// How many entries the board had with its closing, and their root. Who counts does not change after that.
    pub fn closing_tree(&self) -> Option<(u64, Hash)> {
        self.closing_tree
    }

    /// Has [`Self::root_at`] know the root that the board has, or will have, at this size: for whoever has seen the
    /// board then. It is to be said before the board has grown beyond it.
    pub fn recall(&mut self, size: u64) {
        let root = (size == self.size).then(|| self.tree.root());
        self.recalled.entry(size).or_insert(root);
    }

    /// The root of the first `size` entries: of all of them, or of as many as were to be recalled.
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        if size == self.size { Some(self.tree.root()) } else { self.recalled.get(&size).copied().flatten() }
    }

    /// How far the vote has come.
    pub fn course(&self) -> Course {
        self.course
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The first entry, once it is there.
    pub fn genesis(&self) -> Option<&Genesis> {
        self.genesis.as_ref()
    }

    /// The making of the keys, once there is a genesis entry.
    pub fn ceremony(&self) -> Option<&Ceremony> {
        self.ceremony.as_ref()
    }

    /// The election, once the keys were made.
    pub fn election(&self) -> Option<&Arc<Election>> {
        self.election.as_ref()
    }

    /// When voting opened and ended, in seconds since 1970, as those said who signed it.
    pub fn hours(&self) -> (Option<u64>, Option<u64>) {
        (self.opened, self.ending.map(|ending| ending.time))
    }

    /// The newest time on the board, in seconds since 1970, as whoever signed it says.
    pub fn newest_time(&self) -> Option<u64> {
        let notices = self.notices.iter().map(|posted| posted.notice.time);
        let extended = self.extended.iter().map(|(_, extension)| extension.signed_at);
        let (opened, ended) = self.hours();
        notices.chain(extended).chain(opened).chain(ended).max()
    }

    /// How many ballots are on the board, replaced ones included.
    pub fn ballots(&self) -> u64 {
        self.ballots
    }

    /// What is to be decrypted, once the tally input is on the board.
    pub fn verified_tally(&self) -> Option<&VerifiedTally> {
        self.count.as_ref().map(|count| count.input())
    }

    /// The partial decryptions of the votes on the board.
    pub fn partials(&self) -> &[CheckedPartial] {
        self.count.as_ref().map_or(&[], |count| count.partials())
    }

    /// The decryption of the votes, or of the rehearsal, once its sums are on the board. A clone of the `Arc` can
    /// compute the totals, which takes a while, on another thread: the board then knows them too.
    pub fn count(&self, kind: TallyKind) -> Option<&Arc<Count>> {
        match kind {
            TallyKind::Vote => self.count.as_ref(),
            TallyKind::Rehearsal => self.rehearsal.as_ref(),
        }
    }

    /// Whether the rehearsal has shown that voting may open: a quorum has decrypted it, with proofs. (That
    /// the totals come out follows from those and from the proofs of the ballots.)
    pub fn is_rehearsed(&self) -> bool {
        self.rehearsal.as_ref().is_some_and(|count| count.is_decrypted())
    }

    /// The totals, once enough partial decryptions are on the board.
    ///
    /// # Errors
    /// [`TallyError`]; `None` in it never: before the tally input there are [`TallyError::NoTally`].
    pub fn tally(&self) -> Result<&Tally, TallyError> {
        self.count.as_ref().ok_or(TallyError::NoTally)?.totals()
    }

    /// The draws on the board, in its order.
    pub fn draws(&self) -> &[Drawn] {
        &self.draws
    }

    /// The published form of the totals, once a result is on the board: computed, whatever the result states.
    pub fn result_file(&self) -> Option<ResultFile> {
        let election = self.election.as_ref().filter(|_| self.course == Course::Published)?;
        self.tally().ok().map(|tally| ResultFile::new(election.manifest(), tally))
    }

    /// What is wrong with the last result on the board; nothing where it is right or there is none. A right one may
    /// follow.
    pub fn result_failure(&self) -> Option<&Failure> {
        self.misstated.as_ref()
    }
}
