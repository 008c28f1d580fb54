//! Five trustees with a folder each, three of whom decrypt, and real programs throughout: one loses the folder and
//! recovers from the words, so that another has to agree instead; one cheats and is named.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;
use veche_board::LogKey;
use veche_cli::folder::{Folder, MemoryRecord};
use veche_crypto::signature::SecretKey;
use veche_keeper::BoxKeys;
use veche_record::entry::{Partial, Signed, TallyKind};
use veche_record::{Entry, Selection, tag};
use veche_server::KeyName;
use veche_tests::town;
use veche_trustee::{KeyShare, Secret};
use veche_verify::audit;
use veche_xtask::ballot_box::free_port;
use veche_xtask::demo::Town;
use veche_xtask::voters::{Voter, open_election};

use crate::support::{leaves, programs, publish, run, veche, write};

fn step(town: &Town, what: &str, trustee: u8) -> (i32, String, String) {
    run(veche().args(["trustee", what, "--dir"]).arg(town.trustee_folder(trustee)))
}

/// What a step of a trustee says when it could be taken.
fn says(town: &Town, what: &str, trustee: u8) -> String {
    let (code, text, errors) = step(town, what, trustee);
    assert_eq!((code, errors.as_str()), (0, ""), "{text}");
    text
}

/// The second verifier's exit code and report.
fn second_verifier(record: &Path, fingerprint: &str) -> (i32, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop/verify.py");
    let mut python = Command::new("python3");
    let (code, text, errors) = run(python.arg(script).arg(record).args(["--election", fingerprint]));
    (code, text + &errors)
}

/// What trustee 4 makes by hand: an honest consent, and a partial decryption with a factor of its own invention, which
/// needs the board with that consent.
fn by_hand(town: &Town, words: &str, name: &str) -> Result<(Entry, Option<Signed<Partial>>)> {
    let record = Folder::open(&town.save_as(name)?)?;
    let audit = audit(&record, None, veche_tests::small::fresh(), |_, _| {});
    let board = audit.board().context("the record passes")?;
    let share = KeyShare::recover(&Secret::from_words(words)?, board, 4)?;
    let count = board.count(TallyKind::Vote).context("there are sums")?;
    let secret = Secret::from_words(words)?;
    let genesis = board.genesis().context("a board")?.hash();
    let key = veche_tests::small::communication_key(&secret, &genesis, 4)?;
    let fingerprint = board.election().context("an election")?.fingerprint();
    let partial = share.decrypt(count).ok().map(|partial| {
        let mut partial = partial.into_content();
        let group = partial.groups.last_mut().unwrap();
        let factor = group.factors[0].inner();
        group.factors[0] = veche_crypto::group::Point::new(factor + factor).unwrap();
        Signed::new(partial, &key, &fingerprint).unwrap()
    });
    Ok((share.consent(count.input())?.into(), partial))
}

/// The entries of a record in a folder.
fn entries_in(folder: &Path) -> Result<Vec<Vec<u8>>> {
    let folder = Folder::open(folder)?;
    let mut record = MemoryRecord::default();
    for path in folder.files()? {
        let bytes = folder.file(&path)?.context("it was listed")?;
        record.files.insert(path, bytes);
    }
    Ok(leaves(&record))
}

/// The ballot box's own keys, as whoever runs it has them.
fn keys_of_the_box(town: &Town) -> Result<BoxKeys> {
    let seed = |name| veche_server::seed(&town.folder.join("box"), name)?.context("a key");
    Ok(BoxKeys {
        organiser: SecretKey::from_seed(tag::ORGANISER_KEY, &*seed(KeyName::Organiser)?)?.into(),
        registrar: SecretKey::from_seed(tag::REGISTRAR_KEY, &*seed(KeyName::Registrar)?)?.into(),
        log: LogKey::from_seed(&*seed(KeyName::Log)?),
    })
}

#[test]
fn three_of_five_with_a_loss_an_absence_and_a_cheat() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let mut manifest = town::manifest()?;
    manifest["trustees"] = serde_json::json!({"count": 5, "threshold": 3});
    let bytes = serde_json::to_vec(&manifest)?;
    let mut town = Town::found(programs().clone(), &scratch.path().join("town"), &bytes, free_port()?, &[])?;

    // The organiser is told what the trustees have to do, and cannot go ahead without them.
    let told = town.organiser("new")?;
    assert!(told.contains("4 of them must agree, so 1 may be missing, and then any 3 decrypt"), "{told}");
    assert_eq!(told.matches("veche trustee new --board http://").count(), 5, "{told}");
    let early = town.organiser("open").unwrap_err().to_string();
    assert!(
        early.contains("The trustees have not made the keys yet. Waiting for trustees 1, 2, 3, 4 and 5"),
        "{early}"
    );

    // The ceremony: in any order, each at their own pace.
    let mut words = Vec::new();
    for trustee in [3, 1, 5, 2, 4] {
        words.push((trustee, town.new_trustee(trustee)?));
    }
    let words_of =
        |trustee: u8| words.iter().find(|(number, _)| *number == trustee).map(|(_, words)| words.clone());
    assert!(says(&town, "status", 3).contains("It is your turn: deal your shares"));
    for trustee in [2, 5, 1, 4] {
        let text = says(&town, "deal", trustee);
        assert!(text.contains("Your shares are dealt, each encrypted to its trustee."), "{text}");
    }
    assert_eq!(says(&town, "status", 1), "Waiting for trustee 3 to deal.\n");
    assert!(says(&town, "deal", 3).contains("Compare it with the other trustees first"));
    let transcript = town.transcript(1)?;
    for trustee in 1..=5 {
        assert_eq!(town.transcript(trustee)?, transcript, "all see the same transcript");
        let confirm = |hash: &str| {
            let mut confirm = veche();
            confirm.args(["trustee", "confirm", "--dir"]).arg(town.trustee_folder(trustee));
            run(confirm.args(["--transcript", hash]))
        };
        let (code, _, errors) = confirm(&"0".repeat(64));
        assert_eq!(code, 2, "{errors}");
        assert!(errors.contains("sign nothing, and tell the others"), "{errors}");
        let (code, text, errors) = confirm(&transcript);
        assert_eq!((code, errors.as_str()), (0, ""), "{text}");
    }
    town.read_fingerprint()?;

    // Trustee 2 loses the device, and goes on from the words on another one, as far as that goes.
    let lost = town.trustee_folder(2);
    std::fs::remove_dir_all(&lost)?;
    let mut recover = town.trustee_at("recover", 2, &lost);
    let mut process = recover.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    use std::io::Write as _;
    writeln!(process.stdin.take().context("input")?, "{}", words_of(2).context("words")?)?;
    let output = process.wait_with_output()?;
    assert!(output.status.success() && lost.join("secret").is_file());

    // The rehearsal. Trustee 2 cannot agree: all others have to.
    let early = town.organiser("open").unwrap_err().to_string();
    assert!(early.contains("The vote opens after the rehearsal"), "{early}");
    assert!(town.organiser("rehearse")?.contains(&town.fingerprint));
    for trustee in [1, 3] {
        says(&town, "decrypt", trustee);
    }
    let unable = says(&town, "decrypt", 2);
    assert!(unable.starts_with("Waiting for 2 of the others to agree"), "{unable}");
    assert!(unable.contains("does not remember what you signed on another one"), "{unable}");
    let early = town.organiser("open").unwrap_err().to_string();
    assert!(early.contains("Waiting for 2 more to agree, of trustees 2, 4 and 5."), "{early}");
    for trustee in [4, 5, 1, 2, 3] {
        says(&town, "decrypt", trustee);
    }
    assert_eq!(
        town.organiser("rehearse")?,
        "The rehearsal has worked. Open the vote with `veche election open`.\n"
    );
    // By a desk's folder it opens when everything is ticked there, or a reason says why not.
    let desk = scratch.path().join("desk");
    std::fs::create_dir(&desk)?;
    let folder = desk.to_string_lossy();
    let none = town.organise(&["open", "--desk", &folder]).unwrap_err().to_string();
    assert!(none.contains("holds other files and no desk"), "{none}");
    std::fs::write(desk.join("desk.json"), r#"{"version":1,"ticked":{"sms":"2026-05-01T08:00:00Z"}}"#)?;
    let left = town.organise(&["open", "--desk", &folder]).unwrap_err().to_string();
    assert!(left.contains("not everything") && left.contains("words, backup, site"), "{left}");
    let opened = town.organise(&["open", "--desk", &folder, "--unticked", "no time for a backup"])?;
    assert_eq!(opened, "Voting is open.\n");
    assert!(std::fs::read_to_string(desk.join("desk.json"))?.contains("no time for a backup"));

    // The vote.
    let election = open_election(town.ballot_box.http(), &town.fingerprint)?;
    for (number, option) in [0, 2, 2].into_iter().enumerate() {
        let phone = format!("+44207946091{number}");
        let mut voter = Voter::sign_in(&town.ballot_box, &election, &phone, "south")?;
        let values = (0..3).map(|at| u32::from(at == option)).collect();
        let ballot = voter.seal(&[Selection::new(values, false)])?;
        voter.cast(&ballot)?;
    }
    town.close()?;

    // The count. Trustee 4 agrees, and then gives something false: refused by the box, which names it.
    for trustee in [1, 3, 5] {
        assert!(says(&town, "decrypt", trustee).contains("You have agreed to decrypt the totals"));
    }
    let words = words_of(4).context("words")?;
    // The trustee's line of the list: the number, then the token.
    let line = std::fs::read_to_string(town.folder.join("token-4"))?;
    let token = line.split_whitespace().last().context("no token")?;
    let post = |entry: &Entry| {
        let http = town.ballot_box.http();
        http.post("/v1/entries", Some(token), "application/octet-stream", &entry.to_bytes())
    };
    let (consent, too_early) = by_hand(&town, &words, "before")?;
    assert!(too_early.is_none(), "three of four have agreed");
    post(&consent)?;
    let (_, forged) = by_hand(&town, &words, "forged")?;
    let forged = Entry::from(forged.context("a quorum")?);
    let refused = format!("{:#}", post(&forged).unwrap_err());
    assert!(refused.contains("entry-refused") && refused.contains("trustee 4"), "{refused}");

    // The box itself forces it onto a board: whoever verifies that board is told who it was.
    let keys = keys_of_the_box(&town)?;
    let mut entries = entries_in(&town.folder.join("forged"))?;
    entries.push(forged.to_bytes());
    let record = publish(&bytes, &entries, &keys, None);
    let folder = scratch.path().join("forced");
    write(&record, &folder);
    let (code, text, _) = run(veche().arg("verify").arg(&folder).args(["--election", &town.fingerprint]));
    assert_eq!(code, 1);
    assert!(text.contains(" 29  FAILED") && text.contains("to blame: trustee 4"), "{text}");
    let (code, text) = second_verifier(&folder, &town.fingerprint);
    assert_eq!(code, 1);
    assert!(text.contains("(to blame: trustee 4)"), "{text}");

    // Enough others decrypt, and the result stands.
    for trustee in 1..=3 {
        let (code, text, errors) = step(&town, "decrypt", trustee);
        assert_eq!((code, errors.as_str()), (0, ""), "{text}");
    }
    assert!(town.organiser("publish")?.starts_with("The result is published."));
    assert!(says(&town, "status", 1).contains("Nothing is left to do."));
    let saved = town.save()?;
    let verified = town.verify(&saved.to_string_lossy())?;
    assert!(verified.contains("Verified: every check passed"), "{verified}");
    let result: Value = serde_json::from_slice(&std::fs::read(saved.join("result.json"))?)?;
    let totals: Vec<u64> =
        ["lawn", "market", "fountain"].map(|option| town::total(&result, "square", option).unwrap()).into();
    assert_eq!(totals, [1, 0, 2]);
    let (code, text) = second_verifier(&saved, &town.fingerprint);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("Every check passed"), "{text}");

    // Whom an auditor asks: the box lists three people in a file, and says nothing of who they are.
    let (roll, list) = (scratch.path().join("roll.csv"), scratch.path().join("list.csv"));
    let lines: String = (0..3).map(|number| format!("+44207946091{number},south\n")).collect();
    std::fs::write(&roll, format!("phone,style\n{lines}"))?;
    let dice = ["--dice", "3166 2453 2165 4326 5416"];
    let mut audit = Command::new(&programs().server);
    audit.arg("audit").args(dice).arg("--data").arg(town.folder.join("box"));
    let (code, text, errors) = run(audit.arg("--roll").arg(&roll).arg("--list").arg(&list));
    assert_eq!(code, 0, "{errors}");
    assert!(text.starts_with("3 of 3 voters whose ballots count"), "{text}");
    assert!(text.contains("3 with a phone number, 0 with a number that the roll does not have"), "{text}");
    assert!(!(text + &errors).contains("4420794"));
    let (_, drawn, _) = run(veche().arg("audit-sample").arg(&saved).args(dice));
    let listed = std::fs::read_to_string(&list)?;
    let rows: Vec<Vec<&str>> = listed.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let names: Vec<&str> =
        drawn.lines().filter_map(|line| line.split_once("  entry ")).map(|(name, _)| name).collect();
    assert_eq!(rows.iter().map(|row| row[0]).collect::<Vec<_>>(), names);
    assert!(names.len() == 3 && rows.iter().all(|row| row[3].starts_with("tel:+4420794609")), "{listed}");
    Ok(())
}
