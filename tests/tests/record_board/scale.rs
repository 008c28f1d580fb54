//! Long boards: every false ballot is named, an interrupted audit goes on, and what could not be done
//! is not called done.

use serde_json::{Value, json};
use veche_record::Ballot;
use veche_record::ballot::BallotHeader;
use veche_tests::small::{SmallElection, manifest_json};
use veche_verify::audit::{Options, Progress, Snapshot, SnapshotError, Watch};
use veche_verify::{Check, Report, Status, audit_watched};

use crate::board::{Board, Files, SOUTH, assert_passes, fresh, pseudonym};

const SOFTWARE: &str = "these tests";
/// Few enough that a batch holds about three ballots.
const SMALL_BATCH: usize = 100;

/// Remembers everything.
#[derive(Default)]
struct Witness {
    snapshots: Vec<Snapshot>,
    resumed: Option<u64>,
    discarded: bool,
    last: Option<Progress>,
}

impl Watch for Witness {
    fn progress(&mut self, progress: Progress) {
        assert!(self.last.is_none_or(|last| last.entries <= progress.entries) || self.discarded);
        self.last = Some(progress);
    }

    fn wants_snapshot(&mut self) -> bool {
        true
    }

    fn snapshot(&mut self, snapshot: &Snapshot) {
        self.snapshots.push(snapshot.clone());
    }

    fn resumed(&mut self, entry: u64) {
        self.resumed = Some(entry);
    }

    fn discarded(&mut self) {
        self.discarded = true;
    }
}

fn options(batch_points: usize) -> Options {
    // Replaced ballots are read back several times on the way.
    Options { batch_points, replaced: 3, ..Options::new(None, fresh()) }
}

fn audited(files: &Files, options: &Options) -> (Report, Witness) {
    let mut witness = Witness::default();
    let report = audit_watched(files, options, &mut witness).report;
    (report, witness)
}

/// Appends what a dishonest ballot box let in, which takes its place.
fn let_in(board: &mut Board, ballot: &[u8]) -> u64 {
    let at = board.force_ballot(ballot);
    let leaf = board.leaves[at as usize].clone();
    board.state.restore(at, &leaf).unwrap();
    at
}

/// The next ballot of a voter, with a proof that is none.
fn false_ballot(board: &Board, voter: u64) -> Vec<u8> {
    let honest = Ballot::parse(&board.small.election, &board.ballot(voter, SOUTH, 0)).unwrap();
    let mut sections = honest.sections().to_vec();
    sections[0].zeta += veche_crypto::group::Scalar::ONE;
    let header = BallotHeader { ..*honest.header() };
    let secret = SmallElection::voter(voter).unwrap().secret();
    let key = veche_crypto::signature::SecretKey::from_bytes(&secret).unwrap();
    Ballot::sign(&board.small.election, &header, &sections, &key).unwrap()
}

/// Sixty voters, of whom some vote again; these of them have a false ballot. Its entries.
pub fn long(false_voters: &[u64]) -> (Board, Vec<u64>) {
    let mut manifest = manifest_json();
    manifest["styles"][1]["electorate"] = json!(400);
    let mut board = Board::open_of(&manifest);
    let mut bad = Vec::new();
    for voter in 100..160 {
        board.register(voter, SOUTH);
        if false_voters.contains(&voter) {
            let ballot = false_ballot(&board, voter);
            bad.push(let_in(&mut board, &ballot));
        } else {
            board.vote(voter, SOUTH, (voter % 3) as usize);
        }
        if voter % 7 == 0 && !false_voters.contains(&voter) {
            board.vote(voter, SOUTH, 2);
        }
    }
    board.append(board.signed_close());
    board.fix_sums();
    board.finish();
    (board, bad)
}

/// The entries that the report names for a check.
fn named(report: &Report, check: Check) -> Vec<u64> {
    let found = report.checks.iter().find(|found| found.check == check).unwrap();
    found.failure.iter().chain(&found.more_failures).filter_map(|failure| failure.entry).collect()
}

#[test]
fn attack_12_every_false_ballot_is_named_in_one_batch_across_batches_and_at_their_borders() {
    let (board, bad) = long(&[100, 101, 102, 120, 130, 131, 159]);
    let files = board.files();
    let mut reports = Vec::new();
    // From one claim a batch to everything in one batch: each false ballot is once the first, once the
    // last and once in the middle of its batch.
    for batch_points in [1, 20, 30, SMALL_BATCH, 300, 10_000] {
        let (report, _) = audited(&files, &options(batch_points));
        assert_eq!(named(&report, Check::BallotProof), bad, "{batch_points}");
        let failed: Vec<Check> = report.failed().map(|failed| failed.check).collect();
        assert_eq!(failed, [Check::BallotProof], "one false ballot is one failure: {report}");
        // The replay came to the end.
        assert_eq!(report.status(Check::ResultFile), Status::Passed);
        reports.push(report);
    }
    assert!(reports.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn an_interrupted_audit_goes_on_and_says_the_same() {
    for false_voters in [&[][..], &[100, 125, 159]] {
        let (board, bad) = long(false_voters);
        let files = board.files();
        let (whole, witness) = audited(&files, &options(SMALL_BATCH));
        assert_eq!(named(&whole, Check::BallotProof), bad);
        assert!(witness.snapshots.len() >= 2, "{}", witness.snapshots.len());
        for snapshot in witness.snapshots {
            let written = snapshot.to_bytes(SOFTWARE).unwrap();
            let read = Snapshot::parse(&written, SOFTWARE).unwrap();
            assert_eq!(read, snapshot);
            let entries = read.entries();
            let (report, later) = audited(&files, &Options { resume: Some(read), ..options(SMALL_BATCH) });
            assert_eq!((later.resumed, later.discarded), (Some(entries), false));
            assert_eq!(report, whole);
            assert!(later.snapshots.iter().all(|later| later.entries() > entries));
            assert_eq!(later.last.unwrap().entries, board.next());
        }
    }
}

/// It is not only said: what was verified is not verified again, and the rest is.
#[test]
fn what_a_snapshot_covers_is_not_verified_again() {
    let (board, _) = long(&[]);
    let files = board.files();
    let (_, witness) = audited(&files, &options(SMALL_BATCH));
    let snapshot = witness.snapshots.last().unwrap().clone();
    // The same votes with a false ballot, and a snapshot that lies about it: the liar is believed.
    let (false_board, bad) = long(&[100]);
    let false_files = false_board.files();
    let (_, witness) = audited(&false_files, &options(SMALL_BATCH));
    let honest = witness.snapshots.last().unwrap();
    let lie = changed(honest, |document| {
        assert_eq!(document["bad"], json!(bad));
        document["bad"] = json!([]);
    });
    let (report, _) = audited(&false_files, &Options { resume: Some(lie), ..options(SMALL_BATCH) });
    assert_eq!(named(&report, Check::BallotProof), [0; 0]);
    // A snapshot of other entries is not.
    let (report, later) = audited(&false_files, &Options { resume: Some(snapshot), ..options(SMALL_BATCH) });
    assert!(later.discarded && later.resumed.is_none());
    assert_eq!(named(&report, Check::BallotProof), bad);
}

#[test]
fn a_snapshot_that_does_not_fit_is_discarded_and_everything_is_verified() {
    let (board, _) = long(&[]);
    let files = board.files();
    let (whole, witness) = audited(&files, &options(SMALL_BATCH));
    let snapshot = witness.snapshots.last().unwrap();
    let with = |files: &Files, snapshot: &Snapshot| {
        let (report, later) =
            audited(files, &Options { resume: Some(snapshot.clone()), ..options(SMALL_BATCH) });
        assert!(later.discarded && later.resumed.is_none());
        report
    };
    // Another record; a shorter one.
    let (other, _) = long(&[140]);
    let report = with(&other.files(), snapshot);
    assert_eq!(report, audited(&other.files(), &options(SMALL_BATCH)).0);
    let report = with(&Board::finished().files(), snapshot);
    assert_passes(&report, veche_verify::Outcome::Consistent);
    // The same record with one byte of a verified ballot changed since.
    let mut tampered = files.clone();
    let path = files.keys().find(|path| path.starts_with("tile/entries/")).unwrap().clone();
    let bytes = tampered.get_mut(&path).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle] ^= 1;
    let report = with(&tampered, snapshot);
    assert_eq!(report.exit_code(), 1);
    assert_eq!(report, audited(&tampered, &options(SMALL_BATCH)).0);
    // Sums of another manifest, a wrong root.
    let no_sums = changed(snapshot, |document| document["sums"] = json!([]));
    let short_sums = changed(snapshot, |document| document["sums"][0][1] = json!([]));
    let root = changed(snapshot, |document| document["root"] = json!(vec![7; 32]));
    for wrong in [no_sums, short_sums, root] {
        assert_eq!(with(&files, &wrong), whole);
    }
}

/// What someone who can write the file would make of it.
fn changed(snapshot: &Snapshot, change: impl Fn(&mut Value)) -> Snapshot {
    let text = String::from_utf8(snapshot.to_bytes(SOFTWARE).unwrap()).unwrap();
    let mut document: Value = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
    change(&mut document);
    let body = document.to_string();
    let checksum = veche_crypto::hash::digest("audit-snapshot", &[body.as_bytes()]);
    Snapshot::parse(format!("{checksum}\n{body}").as_bytes(), SOFTWARE).unwrap()
}

#[test]
fn a_damaged_snapshot_or_one_of_another_version_is_not_read() {
    let (_, witness) = audited(&long(&[]).0.files(), &options(SMALL_BATCH));
    let written = witness.snapshots[0].to_bytes(SOFTWARE).unwrap();
    assert_eq!(Snapshot::parse(&written, "other tests"), Err(SnapshotError::OtherSoftware));
    let damaged = Err(SnapshotError::Damaged);
    for length in [0, 1, 64, 65, 66, written.len() / 2, written.len() - 1] {
        assert_eq!(Snapshot::parse(&written[..length], SOFTWARE), damaged, "{length}");
    }
    assert_eq!(Snapshot::parse(&[&written[..], b" "].concat(), SOFTWARE), damaged);
    for at in (0..written.len()).step_by(7) {
        let mut changed = written.clone();
        changed[at] ^= 1;
        assert_eq!(Snapshot::parse(&changed, SOFTWARE), damaged, "{at}");
    }
}

#[test]
fn what_an_early_failure_cut_short_is_not_called_passed() {
    let mut board = Board::closed();
    // A ballot after the closing, of someone who was never registered: nothing more can be said.
    let ballot = board.ballot(1, crate::board::NORTH, 0);
    let at = board.force_ballot(&ballot);
    let report = board.audit();
    assert_eq!(named(&report, Check::BallotHours), [at]);
    let status = |check| report.status(check);
    for once in [Check::Manifest, Check::Checkpoint, Check::Tree, Check::Tiles, Check::Open, Check::Close] {
        assert_eq!(status(once), Status::Passed, "{once}");
    }
    for every in [
        Check::Form,
        Check::Course,
        Check::CredentialSignature,
        Check::BallotForm,
        Check::BallotSignature,
        Check::BallotProof,
        Check::BallotNonce,
        Check::Consent,
        Check::Result,
    ] {
        assert_eq!(status(every), Status::NotReached, "{every}");
    }
}

#[test]
fn after_a_repeated_nonce_the_vote_goes_on() {
    let mut board = Board::open();
    board.vote(2, SOUTH, 0);
    // Voter 3 copies the first point of voter 2's ballot and has a ballot of their own otherwise.
    let theirs = Ballot::parse(&board.small.election, &board.leaves[board.leaves.len() - 1][1..]).unwrap();
    let own = Ballot::parse(&board.small.election, &board.ballot(3, SOUTH, 0)).unwrap();
    let mut sections = own.sections().to_vec();
    sections[0].alpha = theirs.sections()[0].alpha;
    let secret = SmallElection::voter(3).unwrap().secret();
    let key = veche_crypto::signature::SecretKey::from_bytes(&secret).unwrap();
    let copy = Ballot::sign(&board.small.election, own.header(), &sections, &key).unwrap();
    let at = board.force_ballot(&copy);
    // What comes after it is as good as before: voter 1's ballot, which the box cannot be asked for.
    let next = board.ballot(1, crate::board::NORTH, 0);
    board.force_ballot(&next);
    let report = board.audit();
    crate::board::assert_fails(&report, Check::BallotNonce, Some(at), &pseudonym(3).to_string());
    assert_eq!(report.ballots, 3);
    assert_eq!(report.status(Check::BallotProof), Status::Passed);
}
