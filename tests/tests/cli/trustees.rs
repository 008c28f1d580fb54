//! `veche trustee` without a ballot box: the board is a folder, and messages are carried by hand.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use veche_cli::folder::MemoryRecord;
use veche_cli::simulate::Held;
use veche_record::{Entry, EntryKind};
use veche_verify::tally::VerifiedTally;
use veche_verify::{Tally, audit};

use crate::support::{hold, leaves, publish, run, sample, veche, write};

/// A held election as it was when its sums were fixed: nobody has agreed or decrypted yet.
pub fn waiting() -> (Held<MemoryRecord>, Vec<Vec<u8>>) {
    let (_, held) = hold(&[sample("mirogrod_2026_rynek.pb")], None);
    let mut entries = leaves(&held.store);
    let sums = entries.iter().position(|leaf| EntryKind::of(leaf) == Some(EntryKind::TallyInput)).unwrap();
    entries.truncate(sums + 1);
    (held, entries)
}

pub fn publish_in(folder: &Path, held: &Held<MemoryRecord>, entries: &[Vec<u8>]) -> MemoryRecord {
    let record = publish(&held.store.files["manifest.json"], entries, &held.keys, None);
    let _ = std::fs::remove_dir_all(folder);
    write(&record, folder);
    record
}

/// Runs a command that asks for words.
pub fn with_words(command: &mut std::process::Command, words: &str) -> (i32, String, String) {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = piped.spawn().unwrap();
    // A program that refuses before it asks does not read them.
    let _ = writeln!(process.stdin.take().unwrap(), "{words}");
    let output = process.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

pub fn recover(board: &Path, trustee: usize, words: &str, folder: &Path) -> (i32, String, String) {
    let mut command = veche();
    command.args(["trustee", "recover", "--board"]).arg(board);
    command.args(["--trustee", &trustee.to_string(), "--dir"]).arg(folder);
    with_words(&mut command, words)
}

pub fn step(what: &str, folder: &Path) -> (i32, String, String) {
    run(veche().args(["trustee", what, "--dir"]).arg(folder))
}

/// Has a device that was set up from the words remember everything, as the one does that made the secret.
pub fn remembering(folder: &Path) {
    let path = folder.join("kept.json");
    let mut kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(kept.as_object_mut().unwrap().remove("recovered"), Some(true.into()));
    std::fs::write(&path, kept.to_string()).unwrap();
}

/// The devices of all three trustees beside a record, whose memories are whole.
pub fn devices(scratch: &Path, held: &Held<MemoryRecord>) -> Vec<PathBuf> {
    let board = scratch.join("record");
    let folder = |trustee: usize| scratch.join(format!("trustee-{trustee}"));
    for (trustee, secret) in (1..).zip(&held.secrets) {
        let (code, text, errors) = recover(&board, trustee, &secret.words(), &folder(trustee));
        assert_eq!((code, errors.as_str()), (0, ""), "{text}");
        assert!(text.contains(&format!("Trustee {trustee} is recovered.")), "{text}");
        remembering(&folder(trustee));
    }
    (1..=held.secrets.len()).map(folder).collect()
}

#[test]
fn the_line_of_the_list_of_tokens_is_a_token_file_of_its_own_trustee() {
    let scratch = tempfile::tempdir().unwrap();
    let (board, token) = (scratch.path().join("record"), scratch.path().join("my-token"));
    let (held, entries) = waiting();
    publish_in(&board, &held, &entries);
    let recover = |name: &str, list: &str| {
        std::fs::write(&token, list).unwrap();
        let folder = scratch.path().join(name);
        let mut command = veche();
        command.args(["trustee", "recover", "--trustee", "1", "--board"]).arg(&board);
        command.arg("--token-file").arg(&token).arg("--dir").arg(&folder);
        let (code, _, errors) = with_words(&mut command, &held.secrets[0].words());
        (code, errors, std::fs::read_to_string(folder.join("token")).ok())
    };
    for (name, list) in [("line", "1 s3cret_token-\n"), ("alone", "s3cret_token-\n")] {
        assert_eq!(recover(name, list), (0, String::new(), Some("s3cret_token-".into())));
    }
    let (code, errors, kept) = recover("another", "2 s3cret_token-\n");
    assert_eq!((code, kept), (2, None));
    assert!(errors.contains("this is the token of trustee 2, and you are trustee 1"), "{errors}");
    for list in ["", "one s3cret", "1 s3cret\n2 s3cret\n", "1 two words"] {
        let (code, errors, kept) = recover("unreadable", list);
        assert_eq!((code, kept), (2, None), "{list:?}");
        assert!(errors.contains("a token is one line of text"), "{errors}");
    }
}

/// What a trustee has written to be carried to the board.
pub fn carried(folder: &Path, kind: &str) -> Vec<u8> {
    std::fs::read(folder.join("outbox").join(format!("{kind}.entry"))).unwrap()
}

#[test]
fn all_agree_and_then_any_two_of_three_decrypt() {
    let scratch = tempfile::tempdir().unwrap();
    let board = scratch.path().join("record");
    let (held, mut entries) = waiting();
    publish_in(&board, &held, &entries);
    let folders = devices(scratch.path(), &held);
    for folder in &folders {
        let (code, text, errors) = step("decrypt", folder);
        assert_eq!((code, errors.as_str()), (0, ""), "{text}");
        assert!(text.contains("You have agreed to decrypt the totals, and no others."), "{text}");
        entries.push(carried(folder, "consent"));
    }
    let record = publish_in(&board, &held, &entries);
    let tally: VerifiedTally =
        audit(&record, None, veche_tests::small::fresh(), |_, _| {}).verified_tally().unwrap().clone();
    let mut partials = Vec::new();
    for folder in &folders {
        let (code, text, errors) = step("decrypt", folder);
        assert_eq!((code, errors.as_str()), (0, ""), "{text}");
        assert!(text.contains("You have decrypted the totals, and nothing else."), "{text}");
        let Ok(Entry::Partial(partial)) = Entry::parse(&carried(folder, "decrypt")) else { panic!() };
        partials.push(tally.check(partial).unwrap());
    }
    for missing in 0..3 {
        let mut present = partials.clone();
        present.remove(missing);
        let totals = Tally::combine(&tally, &present).unwrap();
        assert_eq!(totals.groups()[0].totals.as_ref().unwrap().options, [15, 15, 13, 20, 21, 0], "{missing}");
    }
    assert!(Tally::combine(&tally, &partials[..1]).is_err(), "one alone decrypts nothing");
}

#[test]
fn attack_20_decrypting_one_ballot_a_trustee_acts_on_nothing_but_a_verified_record() {
    let scratch = tempfile::tempdir().unwrap();
    let board = scratch.path().join("record");
    let (held, entries) = waiting();
    let honest = publish_in(&board, &held, &entries);
    let trustee = &devices(scratch.path(), &held)[0];
    let refused = |record: &MemoryRecord, more: &[&str]| {
        std::fs::remove_dir_all(&board).unwrap();
        write(record, &board);
        let (code, text, errors) = run(veche().args(["trustee", "decrypt", "--dir"]).arg(trustee).args(more));
        assert!(!trustee.join("outbox").exists(), "something was signed: {text}");
        (code, text + &errors)
    };

    // The server asks for a board on which a bit of a ballot was changed.
    let mut one = honest.clone();
    let path = one.files.keys().find(|path| path.starts_with("tile/entries/")).unwrap().clone();
    let middle = one.files[&path].len() / 2;
    one.files.get_mut(&path).unwrap()[middle] ^= 1;
    let (code, text) = refused(&one, &[]);
    assert_eq!(code, 1);
    assert!(text.starts_with("Nothing was done: the board does not pass."), "{text}");

    // Another election than the trustee was told of.
    let zeros = "0".repeat(64);
    let (code, text) = refused(&honest, &["--election", &zeros]);
    assert_eq!(code, 1);
    assert!(text.contains("check 10"), "{text}");

    // Another board.
    let (_, other) = hold(&[sample("mirogrod_2026_.pb")], Some(2));
    let (code, text) = refused(&other.store, &[]);
    assert_eq!(code, 2);
    assert!(text.contains("this secret was made for another board"), "{text}");

    // A board that is older than the one that the device has seen.
    let early = publish(&held.store.files["manifest.json"], &entries[..entries.len() - 1], &held.keys, None);
    let (code, text) = refused(&early, &[]);
    assert_eq!(code, 2);
    assert!(text.contains("somebody shows you an older board"), "{text}");
    // For a device that has seen no other: the sums are not on the board, so there is nothing to agree to.
    let other = scratch.path().join("other");
    let (code, text, _) = recover(&board, 1, &held.secrets[0].words(), &other);
    assert_eq!(code, 0);
    assert!(text.contains("Voting is closed. Waiting for the ballot box to add the ballots up.\n"), "{text}");
}

#[test]
fn words_recover_their_own_trustee_and_nobody_else() {
    let scratch = tempfile::tempdir().unwrap();
    let board = scratch.path().join("record");
    let (held, entries) = waiting();
    publish_in(&board, &held, &entries);
    let words = held.secrets[1].words();
    let folder = scratch.path().join("mine");
    let (code, _, errors) = recover(&board, 3, &words, &folder);
    assert_eq!(code, 2);
    assert!(errors.contains("these are not the words of trustee 3"), "{errors}");
    let mut swapped: Vec<&str> = words.split(' ').collect();
    swapped.swap(3, 4);
    for (wrong, why) in [
        (swapped.join(" "), "one of them is wrong or two are swapped"),
        (words.replacen(words.split(' ').next().unwrap(), "vechebox", 1), "word 1 is not on the list"),
        (words.rsplit_once(' ').unwrap().0.to_owned(), "these are 23 words"),
    ] {
        let (code, _, errors) = recover(&board, 2, &wrong, &folder);
        assert_eq!(code, 2);
        assert!(errors.contains(why), "{errors}");
        assert!(!folder.exists(), "nothing is kept");
    }
    // In capitals and with odd spaces they are the same words.
    let typed = words.to_uppercase().replace(' ', "   ");
    let (code, text, errors) = recover(&board, 2, &typed, &folder);
    assert_eq!((code, errors.as_str()), (0, ""), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join("secret"))), (0o700, 0o600));
    }
    // A secret is never overwritten.
    let (code, _, errors) = recover(&board, 2, &words, &folder);
    assert_eq!(code, 2);
    assert!(errors.contains("a secret is never overwritten"), "{errors}");
}

#[test]
fn words_are_shown_once_and_asked_back() {
    let scratch = tempfile::tempdir().unwrap();
    let board = scratch.path().join("record");
    let (held, entries) = waiting();
    publish_in(&board, &held, &entries[..1]);
    let folder = scratch.path().join("mine");
    let mut new = veche();
    new.args(["trustee", "new", "--trustee", "2", "--board"]).arg(&board).arg("--dir").arg(&folder);
    let (code, text, errors) = with_words(&mut new, &held.secrets[0].words());
    assert_eq!(code, 2, "{text}");
    assert!(errors.contains("these are not the words that were shown; nothing was kept"), "{errors}");
    assert!(!folder.exists());
    // Words that are not of this board's attempt recover nothing.
    let (code, _, errors) = recover(&board, 2, &held.secrets[1].words(), &folder);
    assert_eq!(code, 2);
    assert!(errors.contains("the board has nothing of trustee 2"), "{errors}");
    let (code, _, errors) = step("status", &folder);
    assert_eq!(code, 2);
    assert!(errors.contains("is not a trustee's folder"), "{errors}");
    let mut nobody = veche();
    nobody.args(["trustee", "new", "--trustee", "4", "--board"]).arg(&board).arg("--dir").arg(&folder);
    let (code, _, errors) = with_words(&mut nobody, "");
    assert_eq!(code, 2);
    assert!(errors.contains("this election has no trustee 4"), "{errors}");
}

/// Runs a command in a terminal of its own, types a line at every prompt, and prints what the terminal showed.
pub const TERMINAL: &str = r"
import os, pty, select, sys, time
lines = sys.stdin.read().splitlines()
child, screen = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
shown, since = b'', b''
while True:
    ready, _, _ = select.select([screen], [], [], 30)
    try:
        some = os.read(screen, 65536) if ready else b''
    except OSError:
        some = b''
    if not some:
        break
    shown, since = shown + some, since + some
    if since.endswith(b': ') and lines:
        time.sleep(0.3)
        since = b''
        os.write(screen, lines.pop(0).encode() + b'\n')
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
";

#[test]
fn at_a_terminal_words_are_not_shown_and_one_wrong_word_is_asked_again() {
    let scratch = tempfile::tempdir().unwrap();
    let board = scratch.path().join("record");
    let (held, entries) = waiting();
    publish_in(&board, &held, &entries);
    let words = held.secrets[1].words();
    let first = words.split(' ').next().unwrap();
    let numbered: String =
        (1..).zip(words.split(' ')).map(|(place, word)| format!("{place}. {word} ")).collect();
    let typed = format!("{}\n{first}", numbered.replacen(first, "vechebox", 1));
    let mut command = std::process::Command::new("python3");
    command.args(["-c", TERMINAL]).arg(veche().get_program());
    command.args(["trustee", "recover", "--trustee", "2", "--board"]).arg(&board);
    command.arg("--dir").arg(scratch.path().join("mine"));
    let (code, screen, errors) = with_words(&mut command, &typed);
    assert_eq!(code, 0, "{screen}{errors}");
    assert!(screen.contains("Word 1 is not on the list. Type word 1 again: "), "{screen}");
    assert!(screen.contains("Trustee 2 is recovered."), "{screen}");
    // What is typed would stand behind the question. (A single word can be one that the program says itself.)
    for question in ["(what you type is not shown): ", "Type word 1 again: "] {
        let (_, behind) = screen.split_once(question).unwrap();
        assert_eq!(behind.lines().next().unwrap().trim(), "", "something was shown: {screen}");
    }
    let pairs = words.split(' ').zip(words.split(' ').skip(1)).map(|(one, next)| format!("{one} {next}"));
    for hidden in pairs.chain(["vechebox".to_owned()]) {
        assert!(!screen.contains(&hidden), "{hidden} was shown: {screen}");
    }
}
