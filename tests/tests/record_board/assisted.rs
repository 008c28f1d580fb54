//! The audit with assistants, as a browser has it, says what the audit without them says.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use veche_crypto::hash::Digest;
use veche_record::Election;
use veche_verify::audit::{Options, Progress, Snapshot, Watch};
use veche_verify::source::unlisted;
use veche_verify::{
    Assistants, Assisted, Check, Failure, RecordSource, RemoteSource, Report, SourceError, assist,
    audit_assisted,
};

use crate::board::{Files, fresh};

/// A record whose files come after a while, from a server that lists nothing.
struct Slow<'a> {
    files: &'a Files,
    listed: bool,
    absent: RefCell<BTreeSet<String>>,
}

impl RemoteSource for Slow<'_> {
    async fn list(&self) -> Result<Vec<String>, SourceError> {
        if self.listed {
            return self.files.files();
        }
        let note =
            String::from_utf8_lossy(self.files.get("checkpoint").map_or(&[], Vec::as_slice)).into_owned();
        let size = note.lines().nth(1).and_then(|line| line.parse().ok()).unwrap_or_default();
        Ok(unlisted(size, &self.absent.borrow(), self.files.contains_key("result.json")))
    }

    async fn fetch(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        tokio::task::yield_now().await;
        let file = self.files.file(path)?;
        if file.is_none() {
            self.absent.borrow_mut().insert(path.to_owned());
        }
        Ok(file)
    }
}

/// Assistants who answer late, through bytes; every `silent`th question is never answered.
struct Late {
    election: Rc<RefCell<Option<Arc<Election>>>>,
    asked: Cell<usize>,
    silent: usize,
}

impl Assistants for Late {
    type Answer = Pin<Box<dyn Future<Output = Option<Assisted>>>>;

    fn begin(&self, first: u64, leaves: &[Vec<u8>]) -> Self::Answer {
        self.asked.set(self.asked.get() + 1);
        let answers = !self.asked.get().is_multiple_of(self.silent);
        let (leaves, election) = (leaves.to_vec(), self.election.borrow().clone().unwrap());
        Box::pin(async move {
            tokio::task::yield_now().await;
            let answer = assist(&election, first, &leaves, &fresh()).to_bytes();
            Assisted::from_bytes(&answer).filter(|_| answers)
        })
    }

    fn count(&self) -> usize {
        3
    }
}

#[derive(Default)]
struct Told {
    election: Rc<RefCell<Option<Arc<Election>>>>,
    examined: Vec<u64>,
    failed: Vec<Failure>,
    snapshots: Vec<Snapshot>,
}

impl Watch for Told {
    fn progress(&mut self, _: Progress) {}

    fn election(&mut self, election: &Arc<Election>) {
        *self.election.borrow_mut() = Some(Arc::clone(election));
    }

    fn examined(&mut self, counts: &[u64]) {
        self.examined = counts.to_vec();
    }

    fn failed(&mut self, failure: &Failure) {
        self.failed.push(failure.clone());
    }

    fn wants_snapshot(&mut self) -> bool {
        true
    }

    fn snapshot(&mut self, snapshot: &Snapshot) {
        self.snapshots.push(snapshot.clone());
    }
}

fn assisted(files: &Files, options: &Options, listed: bool, silent: usize) -> (Report, Told) {
    let source = Slow { files, listed, absent: RefCell::default() };
    let mut told = Told::default();
    let assistants = Late { election: Rc::clone(&told.election), asked: Cell::new(0), silent };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let audit = runtime.block_on(audit_assisted(&source, options, &mut told, Some(&assistants)));
    (audit.report, told)
}

/// Holds a report against those of audits with assistants.
#[track_caller]
pub fn assert_same(files: &Files, expected: Option<Digest>, report: &Report) {
    let options = Options { replaced: 3, assisted: 20, ..Options::new(expected, fresh()) };
    for silent in [2, usize::MAX] {
        let (found, told) = assisted(files, &options, true, silent);
        assert_eq!(&found, report, "{found}");
        // What was told on the way is in the report.
        let named: usize = report.failed().map(|check| 1 + check.more_failures.len()).sum();
        assert!(told.failed.len() <= named, "{:?}", told.failed);
    }
}

#[test]
fn a_server_that_lists_nothing_gives_the_same_report() {
    let board = crate::board::Board::finished();
    let files = board.files();
    let options = Options::new(None, fresh());
    let (listed, told) = assisted(&files, &options, true, usize::MAX);
    let (unlisted, _) = assisted(&files, &options, false, usize::MAX);
    assert_eq!(listed, unlisted);
    let proofs = listed.checks.iter().find(|found| found.check == Check::BallotProof).unwrap().examined;
    assert_eq!(told.examined[usize::from(Check::BallotProof.number())], proofs);
    assert!(told.failed.is_empty());
    // A missing file is missed all the same.
    for path in ["result.json", "tile/0/000.p/1"] {
        let mut files = files.clone();
        let name = files.keys().find(|name| name.starts_with(&path[..8])).unwrap().clone();
        files.remove(&name);
        let (listed, _) = assisted(&files, &options, true, usize::MAX);
        let (unlisted, _) = assisted(&files, &options, false, usize::MAX);
        assert_eq!(listed.failed().map(|check| check.check).collect::<Vec<_>>(), [Check::Files], "{listed}");
        assert_eq!(listed, unlisted);
    }
}

/// A false answer is believed, so what an assistant finds is what the report rests on: it is asked.
#[test]
fn an_assistant_is_believed_about_what_it_calls_right() {
    struct Careless(Late);
    impl Assistants for Careless {
        type Answer = Pin<Box<dyn Future<Output = Option<Assisted>>>>;

        fn begin(&self, first: u64, leaves: &[Vec<u8>]) -> Self::Answer {
            let answer = self.0.begin(first, leaves);
            Box::pin(async move {
                let bytes = answer.await?.to_bytes();
                // Without its list of entries that are not right.
                let count = u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize;
                Assisted::from_bytes(&[&[0; 4], &bytes[4 + 8 * count..]].concat())
            })
        }

        fn count(&self) -> usize {
            1
        }
    }
    let (board, bad) = crate::scale::long(&[100]);
    assert_eq!(bad.len(), 1);
    let files = board.files();
    let options = Options { assisted: 20, ..Options::new(None, fresh()) };
    let mut told = Told::default();
    let careless =
        Careless(Late { election: Rc::clone(&told.election), asked: Cell::new(0), silent: usize::MAX });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let report = runtime.block_on(audit_assisted(&files, &options, &mut told, Some(&careless))).report;
    let failed: Vec<_> = report.failed().map(|check| check.check).collect();
    assert!(!failed.contains(&Check::BallotProof), "{report}");
    // Its sums are without the ballot that it had found false, and the trustees have consented to others.
    assert_eq!(failed, [Check::Consent], "{report}");
}

#[test]
fn an_interrupted_audit_with_assistants_goes_on_and_says_the_same() {
    let (board, _) = crate::scale::long(&[100, 125]);
    let files = board.files();
    let options = Options { replaced: 3, assisted: 20, ..Options::new(None, fresh()) };
    let (whole, told) = assisted(&files, &options, true, usize::MAX);
    assert!(!told.snapshots.is_empty());
    for snapshot in told.snapshots {
        let again = Options { resume: Some(snapshot), ..options.clone() };
        assert_eq!(assisted(&files, &again, true, 2).0, whole);
    }
}
