//! The course of a vote: the steps that the box itself takes, and those whose time has come.
//!
//! Each step asks the board whether its turn has come, so it is taken once, also after a crash and beside a second
//! keeper on the same store.

use std::sync::Arc;

use veche_crypto::hash::Digest;
use veche_record::Entry;
use veche_record::entry::{Closing, ClosingKind, Draw, Extension, Notice, NoticeForm, Open, Restart, Signed};
use veche_verify::source::RESULT;
use veche_verify::{Cause, Count, Course};

use crate::error::{AppendError, EntryError, StepError};
use crate::keeper::Keeper;
use crate::receipt::Appended;
use crate::transaction::Transaction;
use crate::view::BoardView;

impl Transaction<'_> {
    /// Begins the next attempt of the ceremony: everything of this attempt is void.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn restart_ceremony(&mut self) -> Result<u64, StepError> {
        let ceremony = self.state.ceremony().ok_or(StepError::NoBoard)?;
        let attempt = ceremony.attempt().checked_add(1).ok_or(StepError::NoMoreAttempts)?;
        let entry = Signed::new(Restart { attempt }, self.organiser()?, &ceremony.genesis())?;
        Ok(self.entry(entry)?)
    }

    /// Fixes the sums of the rehearsal, once its ballots are on the board.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn fix_rehearsal(&mut self) -> Result<u64, StepError> {
        self.fingerprint()?;
        Ok(self.entry(Entry::RehearsalInput)?)
    }

    /// Opens the vote, within the manifest's hours.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn open(&mut self) -> Result<u64, StepError> {
        self.demand_opening_hours()?;
        let entry = Open::sign(self.organiser()?, &self.fingerprint()?, self.unix())?;
        Ok(self.entry(entry)?)
    }

    /// Ends the voting and, where no ballots are typed in from paper, closes the vote with it; after the voting has
    /// ended, closes it. `note` is a checkpoint of all entries: see [`Keeper::closing_note`].
    ///
    /// # Errors
    /// [`StepError`].
    pub fn close(&mut self, note: &str) -> Result<u64, StepError> {
        self.demand_closing_hour()?;
        let kind = match self.state.course() == Course::Open && self.state.manifest().has_paper() {
            true => ClosingKind::Ended,
            false => ClosingKind::Close,
        };
        let (election, note) = (self.fingerprint()?, note.as_bytes().to_vec());
        let entry = Closing::by_organiser(kind, self.organiser()?, &election, self.closing_time(), note)
            .map_err(|error| StepError::Closing(error.to_string()))?;
        Ok(self.entry(entry)?)
    }

    /// Puts the closing off.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn extend(&mut self, closes: u64) -> Result<u64, StepError> {
        let content = Extension { number: self.state.extensions(), signed_at: self.unix(), closes };
        let entry = Signed::new(content, self.organiser()?, &self.fingerprint()?)?;
        Ok(self.entry(entry)?)
    }

    /// Says something to everybody, one text for each of the manifest's languages, or cancels the vote with it.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn notice(&mut self, form: NoticeForm, texts: Vec<String>) -> Result<u64, StepError> {
        // There are at most 64 of them.
        let number = u16::try_from(self.state.notices().len()).unwrap_or(u16::MAX);
        let content = Notice { number, form, time: self.unix(), texts };
        let entry = Signed::new(content, self.organiser()?, &self.fingerprint()?)?;
        Ok(self.entry(entry)?)
    }

    /// States in which order equal totals of a contest were drawn.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn draw(&mut self, contest: u16, order: Vec<u16>) -> Result<u64, StepError> {
        let entry = Signed::new(Draw { contest, order }, self.organiser()?, &self.fingerprint()?)?;
        Ok(self.entry(entry)?)
    }

    /// Fixes the sums of the votes, after the closing.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn fix_sums(&mut self) -> Result<u64, StepError> {
        self.demand(Course::Closed)?;
        Ok(self.entry(Entry::TallyInput)?)
    }

    /// States the totals, once enough trustees have decrypted, and adds their file to the record. Where the totals on
    /// the board are false, the right ones are stated after them.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn publish_result(&mut self) -> Result<u64, StepError> {
        if self.state.result_failure().is_none() {
            self.demand(Course::Counting)?;
        }
        let (entry, file) = self.state.result_and_file()?;
        let index = self.entry(entry)?;
        self.file(RESULT, file.to_json().map_err(|error| StepError::Totals(error.to_string()))?);
        Ok(index)
    }

    /// Appends a message of the organiser or a trustee that was signed elsewhere. Where an hour matters, a clock of the
    /// box must have reached it, too.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn signed_elsewhere(&mut self, message: &[u8]) -> Result<u64, StepError> {
        match Entry::parse(message) {
            Ok(Entry::Open(_)) => self.demand_opening_hours()?,
            Ok(Entry::Close(_) | Entry::Ended(_)) => self.demand_closing_hour()?,
            _ => {}
        }
        Ok(self.message(message)?)
    }

    fn demand_opening_hours(&self) -> Result<(), StepError> {
        let (opens, closes) = self.hours;
        if self.now < opens {
            return Err(StepError::TooEarly);
        }
        if self.now >= closes {
            return Err(StepError::TooLate);
        }
        Ok(())
    }

    /// Somebody wants to close, so that one clock by which the hour has come is enough.
    fn demand_closing_hour(&self) -> Result<(), StepError> {
        let open = self.state.course() == Course::Open;
        if open && self.latest < self.hours.1 && !self.state.manifest().document().early_close {
            return Err(StepError::NotClosingYet);
        }
        Ok(())
    }

    /// The time that stands under a closing: it must be one at which the hour has come.
    fn closing_time(&self) -> u64 {
        let document = self.state.manifest().document();
        let hour = match self.state.course() {
            Course::Open if !document.early_close => self.state.closing_hour(),
            Course::Ended => document.paper_until.map_or(0, |until| until.unix()),
            _ => 0,
        };
        if self.unix() < hour { u64::try_from(self.latest).unwrap_or(0) } else { self.unix() }
    }

    fn fingerprint(&self) -> Result<Digest, StepError> {
        self.state.election().map(|election| election.fingerprint()).ok_or(StepError::NoElection)
    }

    fn demand(&self, course: Course) -> Result<(), StepError> {
        if self.state.course() == course { Ok(()) } else { Err(StepError::Taken) }
    }

    fn unix(&self) -> u64 {
        u64::try_from(self.now).unwrap_or(0)
    }
}

/// Times that a vote is closed again over a newer checkpoint, because the board had grown.
const TRIES: usize = 20;

/// What is to be done without being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Open,
    Close,
    FixSums,
    PublishResult,
}

impl BoardView {
    fn next_step(&self, now: i64) -> Option<Step> {
        match self.course() {
            Course::Setup => {
                let hours = self.hours.0..self.hours.1;
                (self.rehearsed && hours.contains(&now)).then_some(Step::Open)
            }
            Course::Open | Course::Ended => (now >= self.next_end()?).then_some(Step::Close),
            Course::Closed => Some(Step::FixSums),
            Course::Counting => self.count()?.is_decrypted().then_some(Step::PublishResult),
            Course::Published if self.is_misstated() => Some(Step::PublishResult),
            _ => None,
        }
    }
}

impl Keeper {
    /// Takes the steps whose time has come: where the organiser's key is here, opens a vote that is rehearsed, if it
    /// may (`opens`), and closes it, both when the manifest says so, by every clock; fixes the sums after the closing;
    /// and publishes the result once enough trustees have decrypted. Returns whether every one could be taken.
    pub async fn advance(&self, opens: bool) -> bool {
        let signs = self.keys.organiser().is_ok();
        let next = || {
            self.view().next_step(self.clock.bounds().earliest).filter(|step| match step {
                Step::Open => signs && opens,
                Step::Close => signs,
                Step::FixSums | Step::PublishResult => true,
            })
        };
        while let Some(step) = next() {
            match self.take(step).await {
                Ok(appended) => {
                    tracing::info!(?step, entry = appended.index, "the election went on by itself");
                }
                // Another task took the step in the same moment.
                Err(_) if next() != Some(step) => {}
                Err(error) => {
                    tracing::error!(?step, %error, "a step of the election could not be taken");
                    return false;
                }
            }
        }
        true
    }

    /// Closes the vote, or ends the voting, over a checkpoint of all entries.
    ///
    /// # Errors
    /// [`AppendError`]. The vote is as it was.
    pub async fn close(&self) -> Result<Appended, AppendError<StepError>> {
        self.keys.organiser().map_err(|elsewhere| AppendError::Refused(elsewhere.into()))?;
        let mut tries = 0;
        loop {
            let note = self.closing_note().await.ok_or(AppendError::Refused(StepError::NoNote))?;
            let closed = self.append(move |turn| turn.close(&note)).await;
            tries += 1;
            match closed {
                // Somebody was recorded between the checkpoint and its signature.
                Err(AppendError::Refused(StepError::Entry(EntryError::Refused(failure))))
                    if tries < TRIES && matches!(*failure.cause, Cause::OtherPlace { .. }) => {}
                closed => return closed,
            }
        }
    }

    async fn take(&self, step: Step) -> Result<Appended, AppendError<StepError>> {
        match step {
            Step::Open => self.append(|turn| turn.open()).await,
            Step::Close => self.close().await,
            Step::FixSums => self.append(|turn| turn.fix_sums()).await,
            Step::PublishResult => {
                // It can take seconds. Done here, on a count that the writer shares, neither the writer nor a reader
                // waits for it.
                if let Some(count) = self.view().count().cloned() {
                    compute_totals(count).await;
                }
                self.append(|turn| turn.publish_result()).await
            }
        }
    }
}

/// Computes the totals on a thread of their own. Whoever shares the count then knows them.
async fn compute_totals(count: Arc<Count>) {
    let computed = tokio::task::spawn_blocking(move || count.totals().map(drop));
    match computed.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "the totals cannot be computed"),
        Err(error) => tracing::error!(%error, "computing the totals ended early"),
    }
}
