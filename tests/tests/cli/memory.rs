//! What a trustee's folder remembers, and what becomes of a trustee whose folder does not.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use veche_board::LogKey;
use veche_keeper::{BoxKeys, RoleKey};
use veche_record::{Entry, EntryKind};
use veche_tests::small::{SmallElection, bytes32};

use crate::support::{publish, run, veche, write};
use crate::trustees::{TERMINAL, carried, devices, publish_in, recover, step, waiting, with_words};
use crate::witnessed::{self, finished};

fn decrypt(folder: &Path) -> Command {
    let mut command = veche();
    command.args(["trustee", "decrypt", "--dir"]).arg(folder);
    command
}

/// A copy of a folder as somebody makes one who keeps a backup.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
}

#[test]
fn attack_49_a_second_consent_a_folder_made_from_the_words_agrees_to_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let board = scratch.path().join("record");
    let (held, mut entries) = waiting();
    publish_in(&board, &held, &entries);
    let folders = devices(scratch.path(), &held);
    let (code, text, _) = step("decrypt", &folders[0]);
    assert!(code == 0 && text.contains("You have agreed to decrypt the totals"), "{text}");
    // "It did not work, try another machine": the words are typed there. It says what it can do and what it cannot.
    let telephone = scratch.path().join("telephone");
    let (code, text, errors) = recover(&board, 1, &held.secrets[0].words(), &telephone);
    assert_eq!((code, errors.as_str()), (0, ""));
    for said in [
        "3 more have to agree to decrypt the totals, and only trustees 2 and 3 could.",
        "This machine was set up from the words, and does not remember what you signed on another one.",
        "It can decrypt what enough others have agreed to.",
    ] {
        assert!(text.contains(said), "{text}");
    }
    for what in ["decrypt", "status"] {
        let (code, again, errors) = step(what, &telephone);
        assert_eq!((code, errors.as_str()), (0, ""));
        assert!(text.ends_with(&again), "{again}");
    }
    assert!(!telephone.join("outbox").exists(), "something was signed");
    let (_, json, _) = run(veche().args(["trustee", "status", "--json", "--dir"]).arg(&telephone));
    assert!(json.contains("\"remembers\":false"), "{json}");
    // What has its quorum it decrypts.
    for folder in &folders {
        step("decrypt", folder);
        entries.push(carried(folder, "consent"));
    }
    publish_in(&board, &held, &entries);
    let (code, text, errors) = step("decrypt", &telephone);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(text.contains("You have decrypted the totals, and nothing else."), "{text}");
    assert!(matches!(Entry::parse(&carried(&telephone, "decrypt")), Ok(Entry::Partial(_))));
    assert!(!telephone.join("outbox/consent.entry").exists());
}

#[test]
fn attack_49_a_second_consent_two_processes_never_work_with_one_folder() {
    let scratch = tempfile::tempdir().unwrap();
    let board = scratch.path().join("record");
    let (held, entries) = waiting();
    publish_in(&board, &held, &entries);
    let folder = &devices(scratch.path(), &held)[0];
    // Somebody works with the folder.
    let lock = File::options().write(true).open(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    for what in ["decrypt", "status", "deal"] {
        let (code, text, errors) = step(what, folder);
        assert_eq!((code, text.as_str()), (2, ""));
        assert!(errors.contains("another `veche trustee` works with"), "{errors}");
    }
    assert!(!folder.join("outbox").exists());
    drop(lock);
    // Many at once: each either signs the same bytes or finds the folder taken.
    let started: Vec<_> = (0..6)
        .map(|_| decrypt(folder).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
        .collect();
    let ended: Vec<Output> = started.into_iter().map(|process| process.wait_with_output().unwrap()).collect();
    assert!(ended.iter().any(|output| output.status.success()));
    for output in &ended {
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() || errors.contains("another `veche trustee` works with"), "{errors}");
    }
    let first = carried(folder, "consent");
    assert_eq!(step("decrypt", folder).0, 0);
    assert_eq!(carried(folder, "consent"), first, "the same bytes, as often as one likes");
}

/// A ballot box of whom only the record is asked and to whom messages are posted. While the first file is on its way,
/// something else happens.
fn slow_box(
    files: BTreeMap<String, Vec<u8>>,
    meanwhile: impl FnOnce() + Send + 'static,
) -> (String, Arc<Mutex<u32>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let posted = Arc::new(Mutex::new(0));
    let count = Arc::clone(&posted);
    std::thread::spawn(move || {
        let mut meanwhile = Some(meanwhile);
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            if let Some(meanwhile) = meanwhile.take() {
                meanwhile();
            }
            answer(stream, &files, &count);
        }
    });
    (address, posted)
}

fn answer(mut stream: TcpStream, files: &BTreeMap<String, Vec<u8>>, posted: &Mutex<u32>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut request, mut length) = (String::new(), 0);
    reader.read_line(&mut request).unwrap();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap() == 0 || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
    let path = request.split(' ').nth(1).unwrap_or_default();
    if request.starts_with("POST") {
        *posted.lock().unwrap() += 1;
    }
    let file = path.strip_prefix("/record/").and_then(|name| files.get(name));
    let (status, body) = match file {
        Some(body) => ("200 OK", body.as_slice()),
        // Whoever posts all the same is told that it was not taken, and ends.
        None if request.starts_with("POST") => ("409 Conflict", &b""[..]),
        None => ("404 Not Found", &b""[..]),
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

#[test]
fn attack_49_a_second_consent_a_memory_that_has_changed_meanwhile_is_not_written_over() {
    let scratch = tempfile::tempdir().unwrap();
    let board = scratch.path().join("record");
    let (held, entries) = waiting();
    let record = publish_in(&board, &held, &entries);
    let folder = devices(scratch.path(), &held)[0].clone();
    // A folder that two machines share, without locks between them: the other one signs while this one reads.
    let kept = folder.join("kept.json");
    let theirs = {
        let mut kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&kept).unwrap()).unwrap();
        kept["tally"] = "7".repeat(64).into();
        kept.to_string()
    };
    let (path, text) = (kept.clone(), theirs.clone());
    let (address, posted) = slow_box(record.files, move || std::fs::write(path, text).unwrap());
    std::fs::write(folder.join("board"), address).unwrap();
    std::fs::write(folder.join("token"), "a-token").unwrap();
    let (code, text, errors) = step("decrypt", &folder);
    assert_eq!(code, 2, "{text}{errors}");
    assert!(errors.contains("what was signed has changed meanwhile"), "{errors}");
    assert_eq!(*posted.lock().unwrap(), 0, "a message left");
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), theirs, "the other's memory stands");
    // Now it is known that other sums were agreed to.
    let (code, _, errors) = step("decrypt", &folder);
    assert_eq!(code, 2);
    assert!(errors.contains("you have consented to decrypt other sums"), "{errors}");
}

/// A board of which two of three witnesses are needed, its sums fixed, with the cosignatures of so many.
fn witnessed(board: &Path, cosignatures: usize) -> SmallElection {
    let files = finished();
    let manifest = serde_json::from_slice(&files["manifest.json"]).unwrap();
    let small = SmallElection::of(&manifest, "board").unwrap();
    let mut entries = witnessed::leaves(&files);
    let sums = entries.iter().position(|leaf| EntryKind::of(leaf) == Some(EntryKind::TallyInput)).unwrap();
    entries.truncate(sums + 1);
    let keys = BoxKeys {
        organiser: RoleKey::Here(small.organiser.clone()),
        registrar: RoleKey::Here(small.registrar.clone()),
        log: LogKey::from_seed(&bytes32("board", 2)),
    };
    let mut record = publish(&files["manifest.json"], &entries, &keys, None);
    let note = small.sealer().note_at(&entries, &vec![1_778_800_000; cosignatures]).unwrap();
    record.files.insert("checkpoint".into(), note);
    let _ = std::fs::remove_dir_all(board);
    write(&record, board);
    small
}

#[test]
fn attack_49_a_second_consent_under_witnesses_words_are_enough_and_too_few_cosignatures_are_not() {
    let scratch = tempfile::tempdir().unwrap();
    let board = scratch.path().join("record");
    let small = witnessed(&board, 2);
    let (folder, older) = (scratch.path().join("mine"), scratch.path().join("older"));
    let (code, text, errors) = recover(&board, 1, &small.secrets[0].words(), &folder);
    assert_eq!((code, errors.as_str()), (0, ""), "{text}");
    assert!(text.contains("It is your turn: agree to decrypt the totals"), "{text}");
    copy(&folder, &older);
    let (code, text, _) = step("decrypt", &folder);
    assert!(code == 0 && text.contains("You have agreed"), "{text}");
    // Another board is one that too few witnesses have seen: neither the device nor an older copy of it acts on that.
    witnessed(&board, 1);
    for folder in [&folder, &older] {
        let _ = std::fs::remove_dir_all(folder.join("outbox"));
        let (code, text, _) = step("decrypt", folder);
        assert_eq!(code, 1);
        assert!(text.starts_with("Nothing was done: the board does not pass."), "{text}");
        assert!(!folder.join("outbox").exists());
    }
}

/// Stated in docs/trustees.md as what no software stops.
#[test]
fn attack_49_a_second_consent_from_an_older_copy_of_the_folder_is_not_stopped_without_witnesses() {
    let scratch = tempfile::tempdir().unwrap();
    let board = scratch.path().join("record");
    let (held, entries) = waiting();
    publish_in(&board, &held, &entries);
    let folder = devices(scratch.path(), &held)[0].clone();
    let older = scratch.path().join("copy");
    copy(&folder, &older);
    for folder in [&folder, &older] {
        let (code, text, _) = step("decrypt", folder);
        assert!(code == 0 && text.contains("You have agreed"), "{text}");
    }
}

#[test]
fn a_forked_board_is_refused_by_a_device_that_has_seen_another() {
    let scratch = tempfile::tempdir().unwrap();
    let board = scratch.path().join("record");
    let (held, entries) = waiting();
    publish_in(&board, &held, &entries);
    let folder = devices(scratch.path(), &held)[0].clone();
    assert_eq!(step("status", &folder).0, 0);
    // What it has seen was another board of this length.
    let path = folder.join("kept.json");
    let mut kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    kept["seen"]["root"] = format!("{}=", "A".repeat(43)).into();
    std::fs::write(&path, kept.to_string()).unwrap();
    for what in ["status", "decrypt"] {
        let (code, text, errors) = step(what, &folder);
        assert_eq!((code, text.as_str()), (2, ""), "{errors}");
        assert!(errors.contains("are not those that this device has seen"), "{errors}");
    }
    assert!(!folder.join("outbox").exists());
}

#[test]
fn attack_48_a_voter_isolated_in_a_small_group_numbers_are_shown_before_anything_is_agreed_to() {
    let scratch = tempfile::tempdir().unwrap();
    let board = scratch.path().join("record");
    let (held, entries) = waiting();
    publish_in(&board, &held, &entries);
    let folders = devices(scratch.path(), &held);
    let (_, status, _) = step("status", &folders[0]);
    assert!(status.contains("Compare these numbers with what the town has announced."), "{status}");
    // A script is not asked, and has the numbers in what is printed.
    let (code, text, _) = step("decrypt", &folders[0]);
    assert_eq!(code, 0);
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}? {text}"));
    assert!(at("Compare these numbers") < at("You have agreed"), "{text}");
    assert!(text.contains(" in all\n") && text.contains(": everybody\n"), "{text}");
    // A person is.
    let ask = |folder: &PathBuf, more: &[&str], typed: &str| {
        let mut command = Command::new("python3");
        command.args(["-c", TERMINAL]).arg(veche().get_program());
        command.args(["trustee", "decrypt", "--dir"]).arg(folder).args(more);
        with_words(&mut command, typed)
    };
    let (code, screen, errors) = ask(&folders[1], &[], "no");
    assert_eq!(code, 1, "{screen}{errors}");
    assert!(screen.contains("Compare these numbers") && screen.contains("Nothing was signed."), "{screen}");
    assert!(!folders[1].join("outbox").exists());
    let (code, screen, _) = ask(&folders[1], &[], "yes");
    assert!(code == 0 && screen.contains("You have agreed"), "{screen}");
    let (code, screen, _) = ask(&folders[2], &["--yes"], "");
    assert!(
        code == 0 && screen.contains("You have agreed") && !screen.contains("Do they agree?"),
        "{screen}"
    );
}
