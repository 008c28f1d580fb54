//! Several voters who cast as fast as they can, and everything they hold against the ballot box afterwards.

use crate::ballot_box::{BallotBox, Http, Refused};
use crate::voters::Voter;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use veche_board::{Checkpoint, Hash, LogFile, Receipt, SignedCheckpoint, decode_bundle, layout, leaf_hash};
use veche_record::{Election, Selection};
use veche_voter::{SealedBallot, check_receipt};

/// Ballots that each voter has ready: more than one can cast between two crashes.
const AHEAD: usize = 16;

/// Time between two looks at the newest checkpoint.
const LOOK: Duration = Duration::from_millis(15);

/// Time after which a voter asks the next box.
const IMPATIENT: Duration = Duration::from_secs(1);

/// Time after which a voter with one box gives up.
const PATIENT: Duration = Duration::from_secs(60);

/// Voters, and what they were promised.
pub struct Storm<'a> {
    election: &'a Election,
    casters: Vec<Caster<'a>>,
    /// The entry and leaf of each ballot that was acknowledged.
    acknowledged: Vec<(u64, Hash)>,
    /// The newest checkpoint that was compared with those before it.
    compared: Option<Checkpoint>,
    /// Checkpoints seen since, signed.
    seen: Vec<String>,
    /// What each voter heard last, to be asked for again.
    last: Vec<(Vec<u8>, Receipt)>,
    /// When each ballot was acknowledged, in no order.
    heard_at: Vec<Instant>,
}

struct Caster<'a> {
    voter: Voter<'a>,
    ready: VecDeque<SealedBallot>,
    sealed: usize,
}

/// What one voter heard while the box was there.
#[derive(Default)]
struct Heard {
    receipts: Vec<(Vec<u8>, Receipt)>,
    /// When each receipt came.
    at: Vec<Instant>,
}

/// How a voter goes on.
#[derive(Clone, Copy)]
enum Until<'a> {
    /// Until a box is gone, or nothing is ready.
    Gone,
    /// Until it is over: more is sealed when nothing is ready, and what one box has not answered is sent to the next.
    Over(&'a AtomicBool),
}

/// What is wrong with a board after a crash.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Damage {
    /// Acknowledged ballots that are not where their receipts say.
    pub missing: u64,
    /// Pairs of checkpoints of which neither continues the other.
    pub forks: u64,
}

impl<'a> Storm<'a> {
    /// Signs voters in, each with a key.
    ///
    /// # Errors
    /// When the ballot box refuses.
    pub fn gather(ballot_box: &BallotBox, election: &'a Election, voters: u32, style: &str) -> Result<Self> {
        let sign_in = |number: u32| {
            let voter = Voter::sign_in(ballot_box, election, &format!("+442079460{number:03}"), style)?;
            Ok(Caster { voter, ready: VecDeque::new(), sealed: 0 })
        };
        let casters = (1..=voters).map(sign_in).collect::<Result<_>>()?;
        Ok(Self {
            election,
            casters,
            acknowledged: Vec::new(),
            compared: None,
            seen: Vec::new(),
            last: Vec::new(),
            heard_at: Vec::new(),
        })
    }

    /// How many ballots were acknowledged so far.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.len() as u64
    }

    /// Seals the ballots to come.
    ///
    /// # Errors
    /// When the contest is not the one of [`super::manifest`].
    pub fn prepare(&mut self) -> Result<()> {
        for caster in &mut self.casters {
            while caster.ready.len() < AHEAD {
                caster.seal()?;
            }
        }
        Ok(())
    }

    /// When each ballot was acknowledged since this was asked last, in order.
    pub fn take_times(&mut self) -> Vec<Instant> {
        let mut times = std::mem::take(&mut self.heard_at);
        times.sort();
        times
    }

    /// Casts what is ready, each ballot at the next of the boxes, until they are gone or nothing is ready,
    /// while `meanwhile` does what it likes.
    ///
    /// # Errors
    /// When `meanwhile` fails, or a box refuses a ballot.
    pub fn blow(&mut self, boxes: &[Http], meanwhile: impl FnOnce() -> Result<()>) -> Result<()> {
        self.cast(boxes, meanwhile, false)
    }

    /// Casts at boxes of one vote, each ballot at the next of them, until `meanwhile` has ended. A ballot to which
    /// there was no answer is sent to the next box.
    ///
    /// # Errors
    /// When `meanwhile` fails, or a box refuses a ballot.
    pub fn weather(&mut self, boxes: &[Http], meanwhile: impl FnOnce() -> Result<()>) -> Result<()> {
        self.cast(boxes, meanwhile, true)
    }

    fn cast(
        &mut self,
        boxes: &[Http],
        meanwhile: impl FnOnce() -> Result<()>,
        to_the_end: bool,
    ) -> Result<()> {
        let ended = AtomicBool::new(false);
        let until = if to_the_end { Until::Over(&ended) } else { Until::Gone };
        let over = AtomicBool::new(false);
        let (heard, seen) = std::thread::scope(|scope| {
            let casting: Vec<_> = self
                .casters
                .iter_mut()
                .enumerate()
                .map(|(n, caster)| scope.spawn(move || caster.cast(boxes, n, until)))
                .collect();
            let looking = scope.spawn(|| look(boxes, &over));
            let done = meanwhile();
            ended.store(true, Ordering::Relaxed);
            let heard: Vec<_> = casting.into_iter().map(|caster| caster.join()).collect();
            over.store(true, Ordering::Relaxed);
            (done.map(|()| heard), looking.join())
        });
        self.last.clear();
        for heard in heard? {
            let heard = heard.map_err(|_| anyhow::anyhow!("a voter panicked"))??;
            for (ballot, receipt) in &heard.receipts {
                check_receipt(self.election, ballot, receipt).context("a receipt does not hold")?;
                self.acknowledged.push((receipt.index, receipt.leaf_hash));
                self.seen.push(receipt.checkpoint.clone());
            }
            self.heard_at.extend(heard.at);
            self.last.extend(heard.receipts.into_iter().last());
        }
        self.seen.extend(seen.map_err(|_| anyhow::anyhow!("an observer panicked"))?);
        Ok(())
    }

    /// Compares every checkpoint that anybody saw with those before and after, and asks for the last receipts
    /// again.
    ///
    /// # Errors
    /// When the box does not answer.
    pub fn compare(&mut self, http: &Http) -> Result<Damage> {
        let mut damage = Damage::default();
        let open = |note: &str| SignedCheckpoint::open(note, self.election.log_key(), self.election.origin());
        let newest = open(std::str::from_utf8(&http.get("/record/checkpoint")?)?)?;
        let mut by_size: BTreeMap<u64, Checkpoint> = BTreeMap::new();
        // The receipt of a ballot that was sent again, because nobody heard of it before the crash, shows a checkpoint
        // that is older than the one compared last: all go into one row.
        let seen = self.seen.drain(..).map(|note| open(&note)).chain(self.compared.take().map(Ok));
        for checkpoint in seen {
            let checkpoint = checkpoint?;
            let other = by_size.insert(checkpoint.size, checkpoint.clone());
            damage.forks += u64::from(other.is_some_and(|other| other.root != checkpoint.root));
        }
        let mut before: Option<Checkpoint> = None;
        for after in by_size.into_values().chain([newest]) {
            if let Some(before) = &before {
                damage.forks += u64::from(!continues(http, before, &after)?);
            }
            before = Some(after);
        }
        self.compared = before;
        for (ballot, receipt) in self.last.drain(..) {
            let again = http.post("/v1/ballots", None, "application/octet-stream", &ballot)?;
            damage.missing += u64::from(Receipt::parse(again.to_string().as_bytes())? != receipt);
        }
        Ok(damage)
    }

    /// How many acknowledged ballots are not where their receipts say, entry by entry; and the size of the board.
    ///
    /// # Errors
    /// When the box does not answer.
    pub fn count_missing(&self, http: &Http) -> Result<(u64, u64)> {
        let leaves = leaves(http, self.election)?;
        Ok((missing(&leaves, &self.acknowledged), leaves.len() as u64))
    }
}

/// The leaf hashes of a board, entry by entry.
///
/// # Errors
/// When the box does not answer, or its files are no board.
pub fn leaves(http: &Http, election: &Election) -> Result<Vec<Hash>> {
    let newest = http.get("/record/checkpoint")?;
    let size = SignedCheckpoint::open(&newest, election.log_key(), election.origin())?.size;
    let mut leaves = Vec::new();
    for file in layout(size) {
        let LogFile::Bundle(bundle) = file else { continue };
        let bytes = http.get(&format!("/record/{file}"))?;
        leaves.extend(decode_bundle(&bytes, bundle.width().into())?.into_iter().map(leaf_hash));
    }
    ensure!(leaves.len() as u64 == size, "the bundles have {} entries of {size}", leaves.len());
    Ok(leaves)
}

/// How many acknowledged entries, each with its place, are not where they should be.
#[must_use]
pub fn missing(leaves: &[Hash], acknowledged: &[(u64, Hash)]) -> u64 {
    let is_missing = |(index, leaf): &&(u64, Hash)| leaves.get(*index as usize) != Some(leaf);
    acknowledged.iter().filter(is_missing).count() as u64
}

impl Caster<'_> {
    /// Seals the next ballot.
    fn seal(&mut self) -> Result<()> {
        let choice = self.sealed % super::OPTIONS;
        let values = (0..super::OPTIONS).map(|option| u32::from(option == choice)).collect();
        self.ready.push_back(self.voter.seal_ahead(&[Selection::new(values, false)])?);
        self.sealed += 1;
        Ok(())
    }

    fn cast(&mut self, boxes: &[Http], first: usize, until: Until<'_>) -> Result<Heard> {
        // A connection of the box before would only say that it is gone.
        let patience = if matches!(until, Until::Over(_)) { IMPATIENT } else { PATIENT };
        let boxes: Vec<_> = boxes.iter().map(|http| Http::within(http.address(), patience)).collect();
        let (mut heard, mut turn) = (Heard::default(), first);
        loop {
            if let Until::Over(over) = until {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                if self.ready.is_empty() {
                    self.seal()?;
                }
            }
            let Some(ballot) = self.ready.front() else { break };
            let http = boxes.get(turn % boxes.len()).context("there is no ballot box")?;
            match http.post("/v1/ballots", None, "application/octet-stream", &ballot.bytes) {
                Ok(answer) => {
                    let receipt = Receipt::parse(answer.to_string().as_bytes())?;
                    heard.receipts.push((ballot.bytes.clone(), receipt));
                    heard.at.push(Instant::now());
                    self.ready.pop_front();
                    turn += 1;
                }
                // Nobody heard whether it was recorded: it is sent again after the crash, or to the next box.
                Err(gone) if gone.downcast_ref::<ureq::Error>().is_some() => {
                    if matches!(until, Until::Gone) {
                        break;
                    }
                    turn += 1;
                    std::thread::sleep(LOOK);
                }
                Err(busy) if busy.downcast_ref().is_some_and(|refused: &Refused| refused.status >= 500) => {
                    turn += usize::from(matches!(until, Until::Over(_)));
                    std::thread::sleep(LOOK);
                }
                Err(refused) => return Err(refused),
            }
        }
        Ok(heard)
    }
}

/// Looks at the newest checkpoint again and again, as voters' pages and observers do.
fn look(boxes: &[Http], over: &AtomicBool) -> Vec<String> {
    let boxes: Vec<_> = boxes.iter().map(|http| Http::new(http.address())).collect();
    let mut seen = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let notes = boxes.iter().filter_map(|http| http.get("/record/checkpoint").ok());
        seen.extend(notes.filter_map(|note| String::from_utf8(note).ok()));
        std::thread::sleep(LOOK);
    }
    seen
}

fn continues(http: &Http, before: &Checkpoint, after: &Checkpoint) -> Result<bool> {
    if after.size < before.size {
        return Ok(false);
    }
    let path = format!("/v1/consistency?from={}&to={}", before.size, after.size);
    // A board that never had such a size refuses, which is the same as no proof.
    let Ok(answer) = http.get(&path) else { return Ok(false) };
    let answer: Value = serde_json::from_slice(&answer)?;
    let proof = answer.get("proof").and_then(Value::as_array).context("the answer has no proof")?;
    let hash = |hash: &Value| Hash::from_base64(hash.as_str().unwrap_or_default());
    let proof: Vec<Hash> = proof.iter().map(hash).collect::<Result<_, _>>()?;
    Ok(after.verify_extends(before, &proof).is_ok())
}
