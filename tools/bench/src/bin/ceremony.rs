//! What the trustees' ceremony and a decryption cost: times of one trustee on one core, and bytes.
//!
//! `cargo run --release -p veche-bench --bin ceremony` prints the table of docs/benchmarks.md.

use std::time::Instant;

use veche_bench::{Failure, fixed, fresh};
use veche_board::LogKey;
use veche_crypto::hash::{Digest, digest};
use veche_crypto::signature::SecretKey;
use veche_record::entry::{
    Closing, ClosingKind, CredentialEntry, CredentialTerms, Genesis, Open, Pseudonym, TallyKind, into_leaves,
};
use veche_record::{Entry, Manifest};
use veche_trustee::attempt::{Newcomer, Received};
use veche_trustee::{KeyShare, Secret, run_together};
use veche_verify::BoardState;
use veche_voter::{Credential, PreparedBallot, Revision};

fn main() -> Result<(), Failure> {
    println!("| trustees | slots | step | time | bytes |");
    println!("|---|---|---|---|---|");
    for (count, threshold, options) in [(5, 3, 160), (9, 5, 160), (15, 9, 160), (15, 15, 1_000)] {
        measure(count, threshold, options)?;
    }
    Ok(())
}

fn bytes32(label: &str, number: u64) -> [u8; 32] {
    *digest("bench-bytes", &[label.as_bytes(), &number.to_le_bytes()]).as_bytes()
}

/// One contest of so many options, four in a slot.
fn manifest(count: u8, threshold: u8, options: usize) -> Vec<u8> {
    // A contest has at most 500 options; one without packing has as many slots.
    let (options, electorate) = if options > 500 { (500, 1 << 23) } else { (options, 1_000) };
    let options: Vec<String> =
        (0..options).map(|i| format!(r#"{{"id":"{i}","name":{{"en":"option"}}}}"#)).collect();
    format!(
        r#"{{"veche":1,"phase":"election","languages":["en"],"title":{{"en":"T"}},"text":{{"en":"T"}},
        "opens":"2026-05-01T08:00:00Z","closes":"2026-05-14T20:00:00Z","time_zone":"UTC","early_close":false,
        "contests":[{{"id":"c","title":{{"en":"C"}},"report_by":"contest","rule":{{"type":"approval","min":1,"max":5,"blank":false}},"funding":{{"method":"none"}},
        "options":[{}]}}],
        "styles":[{{"id":"s","title":{{"en":"S"}},"contests":["c"],"electorate":{electorate}}}],
        "routes":[{{"id":"sms","title":{{"en":"By SMS"}},"entered":false}}],
        "trustees":{{"count":{count},"threshold":{threshold}}},"minimum_group":1,
        "revote":true,"registration":"roll"}}"#,
        options.join(",")
    )
    .into_bytes()
}

/// A board and everything that a test of it needs.
struct Bench {
    board: BoardState,
    organiser: SecretKey,
    registrar: SecretKey,
    who: String,
    slots: usize,
}

impl Bench {
    /// Appends; how long checking and taking over took, and how many bytes it was.
    fn append(&mut self, entry: &Entry) -> Result<(f64, usize), Failure> {
        let message = entry.to_bytes();
        let begun = Instant::now();
        let admitted = self.board.admit_message(&message, &fresh()?)?;
        let bytes = admitted.leaves().iter().map(|leaf| leaf.bytes().len()).sum();
        self.board.record(admitted)?;
        Ok((begun.elapsed().as_secs_f64(), bytes))
    }

    fn line(&self, step: &str, seconds: f64, bytes: Option<usize>) {
        let bytes = bytes.map_or_else(String::new, |bytes| bytes.to_string());
        println!("| {} | {} | {step} | {:.1} ms | {bytes} |", self.who, self.slots, seconds * 1_000.0);
    }
}

fn timed<T>(what: impl FnOnce() -> T) -> (f64, T) {
    let begun = Instant::now();
    let value = what();
    (begun.elapsed().as_secs_f64(), value)
}

fn measure(count: u8, threshold: u8, options: usize) -> Result<(), Failure> {
    let bytes = manifest(count, threshold, options);
    let parsed = Manifest::parse(&bytes)?;
    let organiser = SecretKey::derive("bench-organiser", &fresh()?)?;
    let registrar = SecretKey::derive("bench-registrar", &fresh()?)?;
    let genesis = Genesis {
        manifest: parsed.hash(),
        log_key: LogKey::from_seed(&[5; 32]).public(),
        organiser: organiser.public(),
        registrar: registrar.public(),
        trustees: count,
        threshold,
        origin: "bench.example".parse()?,
    };
    let secrets: Vec<Secret> =
        (1..=count).map(|i| Secret::from_bytes(&bytes32("trustee", i.into()))).collect();
    let who = format!("{threshold} of {count}");
    let mut bench =
        Bench { board: BoardState::new(&bytes)?, organiser, registrar, who, slots: parsed.slots() };
    bench.append(&genesis.clone().into())?;

    let mut public = 0.0;
    let mut size = 0;
    let mut leaves = 0;
    let together = run_together(&bytes, &genesis, &secrets, &fresh()?)?;
    let first = secrets.first().ok_or("no trustee")?;
    for (at, entry) in together.entries.iter().enumerate() {
        let ceremony = bench.board.ceremony().ok_or("no ceremony")?.clone();
        let newcomer = || Newcomer::new(first, &ceremony, 1);
        // The first trustee is measured where it would act; everyone's messages are taken over.
        if at == 0 {
            let (seconds, made) = timed(|| newcomer()?.commit(&ceremony));
            made?;
            bench.line("commit", seconds, Some(entry.to_bytes().len()));
        } else if at == usize::from(count) {
            let (seconds, made) = timed(|| newcomer()?.resume(&ceremony)?.deal(&ceremony));
            made?;
            bench.line("deal", seconds, Some(entry.to_bytes().len()));
        } else if at == 2 * usize::from(count) {
            let (seconds, made) =
                timed(|| newcomer()?.resume(&ceremony)?.resume(&ceremony)?.receive(&ceremony));
            let Received::Complete(_) = made? else { return Err("shares are missing".into()) };
            bench.line("look at all shares", seconds, None);
        }
        let (seconds, bytes) = bench.append(entry)?;
        public += seconds;
        size += bytes;
        leaves += into_leaves(entry.to_bytes())?.len();
    }
    bench.line(&format!("verify the whole ceremony, {leaves} leaves"), public, Some(size));
    let (seconds, share) = timed(|| KeyShare::recover(first, &bench.board, 1));
    bench.line("recover a share from words and board", seconds, None);
    let share = share?;

    decryption(&mut bench, &share, &together.shares)
}

/// The rehearsal, one vote, and its decryption.
fn decryption(bench: &mut Bench, own: &KeyShare, shares: &[KeyShare]) -> Result<(), Failure> {
    let election = bench.board.election().ok_or("no election")?.clone();
    let credential = Credential::generate(&fixed(bytes32("voter", 0))?)?;
    let random = fixed(bytes32("random", 0))?;
    let ballot = PreparedBallot::rehearsal(&election, &credential, &random, &fresh()?)?;
    bench.append(&Entry::RehearsalBallot(ballot.bytes))?;
    bench.append(&TallyKind::Rehearsal.marker())?;
    count(bench, TallyKind::Rehearsal, own, shares, false)?;

    let fingerprint = election.fingerprint();
    bench.append(&Open::sign(&bench.organiser, &fingerprint, 1)?.into())?;
    let pseudonym = Pseudonym([1; 16]);
    let terms = CredentialTerms { pseudonym, style: 0, route: 0, number: 0, key: credential.key() };
    let possession = credential.prove_possession(&election, &terms)?;
    let entry = CredentialEntry::sign(&bench.registrar, &fingerprint, terms, None, possession)?;
    bench.append(&entry.into())?;
    let revision = Revision { sequence: 0, previous: Digest::ZERO, attempt: 1 };
    let random = fixed(bytes32("random", 1))?;
    let prepared = PreparedBallot::new(&election, 0, &credential, &revision, &random)?;
    let selection = election.contest(0).ok_or("no contest")?.made_up_selection();
    let ballot = prepared.seal(&election, &[selection], &fresh()?)?;
    bench.append(&Entry::Ballot(ballot.bytes))?;
    let checkpoint = bench.board.checkpoint().ok_or("no board")?;
    let note = checkpoint.sign(&LogKey::from_seed(&[5; 32])).into_bytes();
    bench.append(
        &Closing::by_organiser(ClosingKind::Close, &bench.organiser, &fingerprint, 1_778_788_800, note)?
            .into(),
    )?;
    bench.append(&TallyKind::Vote.marker())?;
    count(bench, TallyKind::Vote, own, shares, true)
}

fn count(
    bench: &mut Bench,
    kind: TallyKind,
    own: &KeyShare,
    shares: &[KeyShare],
    print: bool,
) -> Result<(), Failure> {
    for share in shares {
        let consent = share.consent(bench.board.count(kind).ok_or("no sums")?.input())?;
        bench.append(&consent.into())?;
    }
    let (seconds, partial) = timed(|| bench.board.count(kind).map(|count| own.decrypt(count)));
    let partial = Entry::from(partial.ok_or("no sums")??);
    if print {
        bench.line("decrypt one group", seconds, Some(partial.to_bytes().len()));
    }
    for share in shares {
        let partial = share.decrypt(bench.board.count(kind).ok_or("no sums")?)?;
        let (seconds, _) = bench.append(&partial.into())?;
        if print && share.trustee() == 1 {
            bench.line("verify one partial decryption", seconds, None);
        }
    }
    if print {
        let (seconds, totals) = timed(|| bench.board.count(kind).map(|count| count.totals().map(drop)));
        totals.ok_or("no sums")??;
        bench.line("totals from the partial decryptions", seconds, None);
    }
    Ok(())
}
