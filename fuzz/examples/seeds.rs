//! Writes valid inputs into `corpus/`, from which the fuzzer starts. Made anew from the code, so never out of date.

use std::error::Error;
use std::path::Path;

use veche_board::{
    Checkpoint, CompactReceipt, EMPTY_ROOT, MerkleTree, Receipt, WitnessKey, encode_bundle, layout, leaf_hash,
};
use veche_crypto::hash::Digest;
use veche_fuzz::board::BOARD;
use veche_fuzz::{ELECTION, LOG_KEY, LOG_PUBLIC_KEY, MANIFEST, bytes32, organiser, origin, randomness, registrar, secrets};
use veche_record::entry::{Closing, ClosingKind, Open, Revocation, RevocationReason, into_leaves};
use veche_record::{Entry, Pseudonym, Selection};
use veche_trustee::Kept;
use veche_verify::BoardState;
use veche_voter::{Credential, PreparedBallot, Revision};

fn main() -> Result<(), Box<dyn Error>> {
    let (election, genesis, ..) = &*ELECTION;

    write("manifest", "example", MANIFEST)?;
    let witness = WitnessKey::new("witness.example/w1".parse()?, *LOG_PUBLIC_KEY);
    let witnessed = format!("{{\"witnesses\":{{\"needed\":1,\"keys\":[{:?}]}},", witness.to_vkey());
    let rest = MANIFEST.strip_prefix(b"{").ok_or("the manifest is no object")?;
    write("manifest", "witnesses", &[witnessed.as_bytes(), rest].concat())?;
    write("json", "example", MANIFEST)?;
    write("card", "example", &election.card().to_bytes())?;
    write("line", "register", br#"{"id":1,"do":"register","pseudonym":"00112233445566778899aabbccddeeff","style":"north","number":0,"key":"","possession":""}"#)?;
    write("line", "cast", br#"{"id":"a","do":"cast","ballot":"AQID"}"#)?;
    write("line", "notice", br#"{"id":2,"do":"notice","text":{"en":"Hello."},"cancels":false}"#)?;
    write("json", "result", &BOARD.1)?;
    let header = format!("{{\"alg\":\"EdDSA\",\"typ\":{:?}}}", veche_pass::TYPE);
    let claims = "{\"aud\":\"ab\",\"sub\":\"7\",\"style\":\"north\",\"route\":\"sms\",\"exp\":1777680060,\"jti\":\"1\"}";
    write("pass", "signed", format!("{header}\n{claims}").as_bytes())?;
    for (i, file) in layout(70_000).step_by(60).enumerate() {
        write("tile_path", &i.to_string(), file.to_string().as_bytes())?;
    }
    let entries = [b"entry 0", b"entry 1", b"entry 2"];
    // `arbitrary` reads the last field from the front, and numbers from the back.
    write("bundle", "three", &[&encode_bundle(&entries)?[..], &[3, 0]].concat())?;
    let empty = Checkpoint { origin: origin(), size: 0, root: EMPTY_ROOT };
    write("note", "empty", empty.sign(&LOG_KEY).as_bytes())?;
    write("note", "vkey", LOG_PUBLIC_KEY.to_vkey(&origin()).as_bytes())?;
    write("note", "witness", witness.to_vkey().as_bytes())?;
    write("checkpoint", "empty", empty.text().as_bytes())?;
    let tree: MerkleTree = entries.iter().map(|entry| leaf_hash(*entry)).collect();
    let checkpoint = Checkpoint { origin: origin(), size: 3, root: tree.root() };
    write("checkpoint", "three", checkpoint.text().as_bytes())?;
    let receipt = Receipt {
        index: 2,
        leaf_hash: leaf_hash(b"entry 2"),
        proof: tree.inclusion_proof(2, 3)?,
        checkpoint: checkpoint.sign(&LOG_KEY),
    };
    write("receipt", "two-of-three", receipt.to_json().as_bytes())?;
    let compact = CompactReceipt::new(*b"election", &receipt, &origin(), &LOG_KEY.public(), None)?;
    write("compact", "two-of-three", &compact.to_bytes())?;

    // Arbitrary edits, several at once.
    for i in 0..32 {
        let edits: Vec<u8> = (0..8).flat_map(|j| bytes32(&format!("edits {i} {j}"))).collect();
        let lists = edits[..8 * (i + 1)].iter().enumerate();
        // The lowest bit of every third byte is set: `arbitrary` goes on with a list while it reads a true.
        let bytes: Vec<u8> = lists.map(|(k, byte)| if k % 3 == 0 { byte | 1 } else { *byte }).collect();
        write("record", &i.to_string(), &bytes)?;
    }

    let mut begun = BoardState::new(MANIFEST)?;
    begun.apply(0, &BOARD.0[0], &randomness("fresh"))?;
    for (trustee, secret) in (1..).zip(secrets()) {
        let kept = Kept::new(&begun, &secret, trustee)?;
        write("trustee", &format!("new-{trustee}"), kept.to_json()?.as_bytes())?;
        write("trustee", &format!("words-{trustee}"), secret.words().as_bytes())?;
    }
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/samples");
    for sample in std::fs::read_dir(samples)? {
        let sample = sample?;
        if sample.path().is_file() {
            write("pabulib", &sample.file_name().to_string_lossy(), &std::fs::read(sample.path())?)?;
        }
    }

    write("sheet", "amounts", "Nazwa (pl);Koszt\nPark;48 500,50 zł\nMost;15.000\n\"a\nb\";1.250.000\n".as_bytes())?;
    write("sheet", "hours", "opens,1.06.2026 8:00\ncloses,25.10.2026 2:30\nlatest,3/4/2026\n".as_bytes())?;
    write("sheet", "cp1251", b"\xc8\xec\xff;\xc4\xe0\r\n\xcf\xe0\xf0\xea;5\r\n")?;

    let credential = Credential::generate(&randomness("credential"))?;
    let pseudonym = Pseudonym([5; 16]);
    let fingerprint = election.fingerprint();
    let mut board = vec![
        Entry::Genesis(genesis.clone()),
        Entry::Open(Open::sign(&organiser(), &fingerprint, 1_777_622_400)?),
        Closing::by_organiser(ClosingKind::Close, &organiser(), &fingerprint, 1_778_788_800, b"note".to_vec())?.into(),
        Entry::Revocation(Revocation::sign(
            &registrar(),
            &fingerprint,
            pseudonym,
            credential.key(),
            RevocationReason::NotEntitled,
        )?),
    ];
    for style in 0..2 {
        let revision = Revision { sequence: 0, previous: Digest::ZERO, attempt: 0 };
        let random = randomness("ballot");
        let prepared = PreparedBallot::new(election, style, &credential, &revision, &random)?;
        let selections: Vec<Selection> = election
            .manifest()
            .style_contests(style)
            .iter()
            .filter_map(|&contest| election.contest(contest))
            .map(|contest| Selection::new((0..contest.options()).map(|i| u32::from(i == 1)).collect(), false))
            .collect();
        let ballot = prepared.seal(election, &selections, &randomness("fresh"))?;
        let bytes = ballot.bytes;
        write("ballot", &style.to_string(), &bytes)?;
        let header = 1 + 1 + 32 + 2 + 32 + 4 + 32;
        for (i, &contest) in election.manifest().style_contests(style).iter().enumerate() {
            let len = election.contest(contest).map_or(0, |contest| contest.section_len());
            if i == 0 {
                write("section", &style.to_string(), &bytes[header..header + len])?;
            }
        }
        board.push(Entry::Ballot(bytes));
    }
    // Of each kind of entry that the lines above don't make.
    for (i, leaf) in BOARD.0.iter().enumerate() {
        write("entry", &format!("board-{i}"), leaf)?;
    }
    for (i, entry) in board.iter().enumerate() {
        write("entry", &i.to_string(), &entry.to_bytes())?;
    }
    for (i, leaf) in into_leaves(vec![1; 70_000])?.iter().enumerate() {
        write("entry", &format!("part-{i}"), leaf)?;
    }
    Ok(())
}

fn write(target: &str, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join(format!("seed-{name}")), bytes)
}
