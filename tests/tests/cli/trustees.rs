//! `veche trustee`: shares are dealt once, kept by their owners, and decrypt the totals of a record that passes.

use std::path::Path;

use veche_cli::folder::{Folder, MemoryRecord};
use veche_record::{Entry, Kind};
use veche_verify::tally::VerifiedTally;
use veche_verify::{Tally, audit};

use crate::support::{hold, leaves, publish, run, sample, veche, write};

/// A record that is closed and waits for its trustees, and the shares, as files.
fn waiting(scratch: &Path) -> (MemoryRecord, VerifiedTally) {
    let (_, held) = hold(&[sample("mirogrod_2026_rynek.pb")], None);
    let mut entries = leaves(&held.store);
    entries.retain(|leaf| !matches!(Kind::of(leaf), Some(Kind::Partial | Kind::Result)));
    let record = publish(&held.store.files["manifest.json"], &entries, &held.keys, None);
    for share in &held.shares {
        let path = scratch.join(format!("trustee-{}.json", share.trustee()));
        std::fs::write(path, share.to_json().unwrap().as_bytes()).unwrap();
    }
    let tally = audit(&record, None, &[3; 32], |_, _| {}).verified_tally().unwrap().clone();
    (record, tally)
}

#[test]
fn any_two_of_three_decrypt_and_one_may_be_missing() {
    let scratch = tempfile::tempdir().unwrap();
    let (record, tally) = waiting(scratch.path());
    let folder = scratch.path().join("record");
    write(&record, &folder);
    let mut partials = Vec::new();
    for trustee in 1..=3 {
        let out = scratch.path().join(format!("partial-{trustee}.entry"));
        let share = scratch.path().join(format!("trustee-{trustee}.json"));
        let mut command = veche();
        command
            .args(["trustee", "decrypt", "--share"])
            .arg(share)
            .arg("--record")
            .arg(&folder)
            .arg("--out")
            .arg(&out);
        let (code, text, errors) = run(&mut command);
        assert_eq!((code, errors.as_str()), (0, ""), "{text}");
        assert!(text.contains("all 40 ballots included"), "{text}");
        let Ok(Entry::Partial(partial)) = Entry::parse(&std::fs::read(out).unwrap()) else { panic!() };
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
fn attack_20_a_trustee_decrypts_nothing_but_a_verified_record() {
    let scratch = tempfile::tempdir().unwrap();
    let (honest, _) = waiting(scratch.path());
    let share = scratch.path().join("trustee-1.json");
    let attempt = |name: &str, record: &MemoryRecord, share: &Path, more: &[&str]| {
        let folder = scratch.path().join(name);
        write(record, &folder);
        let out = scratch.path().join(format!("{name}.entry"));
        let mut command = veche();
        command
            .args(["trustee", "decrypt", "--share"])
            .arg(share)
            .arg("--record")
            .arg(&folder)
            .arg("--out")
            .arg(&out);
        let (code, text, errors) = run(command.args(more));
        assert!(!out.exists(), "{name}: something was decrypted");
        (code, text + &errors)
    };

    // The server asks for a board on which all ballots but one were forgotten.
    let mut one = honest.clone();
    let path = one.files.keys().find(|path| path.starts_with("tile/entries/")).unwrap().clone();
    one.files.get_mut(&path).unwrap()[2000] ^= 1;
    let (code, text) = attempt("one-bit", &one, &share, &[]);
    assert_eq!(code, 1);
    assert!(text.starts_with("Nothing was decrypted: the record does not pass."), "{text}");

    // Another election than the trustee was told of.
    let zeros = "0".repeat(64);
    let (code, text) = attempt("other", &honest, &share, &["--election", &zeros]);
    assert_eq!(code, 1);
    assert!(text.contains("check 10"), "{text}");

    // Another trustee's file, renamed inside.
    let stolen = scratch.path().join("stolen.json");
    let file = std::fs::read_to_string(&share).unwrap();
    std::fs::write(&stolen, file.replace("\"trustee\": 1", "\"trustee\": 2")).unwrap();
    let (code, text) = attempt("stolen", &honest, &stolen, &[]);
    assert_eq!(code, 2);
    assert!(text.contains("not the one that the ceremony committed to for trustee 2"), "{text}");

    // A share of another election.
    let (_, other) = hold(&[sample("mirogrod_2026_.pb")], Some(2));
    let foreign = scratch.path().join("foreign.json");
    std::fs::write(&foreign, other.shares[0].to_json().unwrap().as_bytes()).unwrap();
    let (code, text) = attempt("foreign", &honest, &foreign, &[]);
    assert_eq!(code, 2);
    assert!(text.contains("this key share belongs to the manifest"), "{text}");

    // A vote whose sums are not on the board.
    let (_, held) = hold(&[sample("mirogrod_2026_rynek.pb")], Some(3));
    let entries = leaves(&held.store);
    let tally = entries.iter().position(|leaf| Kind::of(leaf) == Some(Kind::TallyInput)).unwrap();
    let early = publish(&held.store.files["manifest.json"], &entries[..tally], &held.keys, None);
    let own = scratch.path().join("own.json");
    std::fs::write(&own, held.shares[0].to_json().unwrap().as_bytes()).unwrap();
    let (code, text) = attempt("early", &early, &own, &[]);
    assert_eq!(code, 2);
    assert!(text.contains("there is nothing to decrypt"), "{text}");
}

#[test]
fn shares_are_dealt_once_and_are_their_owners() {
    let scratch = tempfile::tempdir().unwrap();
    let manifest = scratch.path().join("manifest.json");
    let mut import = veche();
    import.arg("import").arg(sample("mirogrod_2026_rynek.pb")).arg("--out").arg(&manifest);
    assert_eq!(run(&mut import).0, 0);
    let out = scratch.path().join("shares");
    let deal = |more: &[&str]| {
        let mut command = veche();
        command.args(["trustee", "deal", "--manifest"]).arg(&manifest).arg("--out").arg(&out).args(more);
        run(&mut command)
    };
    let (code, _, errors) = deal(&[]);
    assert_eq!(code, 2, "nobody deals without saying that one person holds the whole key");
    assert!(errors.contains("--trusted-dealer"), "{errors}");

    let (code, text, errors) = deal(&["--trusted-dealer"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(text.contains("One person held the whole key"), "{text}");
    let files = Folder::open(&out).unwrap().files().unwrap();
    assert_eq!(files, ["ceremony.entry", "trustee-1.json", "trustee-2.json", "trustee-3.json"]);
    #[cfg(unix)]
    for file in &files[1..] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(out.join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    let entry = std::fs::read(out.join("ceremony.entry")).unwrap();
    let Ok(Entry::Ceremony(ceremony)) = Entry::parse(&entry) else { panic!() };
    assert_eq!((ceremony.commitments.len(), ceremony.threshold), (3, 2));

    let before = std::fs::read(out.join("trustee-2.json")).unwrap();
    let (code, _, errors) = deal(&["--trusted-dealer"]);
    assert_eq!(code, 2);
    assert!(errors.contains("shares are never overwritten"), "{errors}");
    assert_eq!(std::fs::read(out.join("trustee-2.json")).unwrap(), before);
}

#[test]
fn the_dealer_is_told_the_fingerprint_that_the_record_will_have() {
    let scratch = tempfile::tempdir().unwrap();
    let (_, held) = hold(&[sample("mirogrod_2026_rynek.pb")], Some(2));
    let founded = publish(&held.store.files["manifest.json"], &leaves(&held.store)[..1], &held.keys, None);
    let folder = scratch.path().join("record");
    write(&founded, &folder);
    let genesis = scratch.path().join("genesis.entry");
    std::fs::write(&genesis, &leaves(&founded)[0]).unwrap();
    for (number, place) in [&folder, &genesis].into_iter().enumerate() {
        let out = scratch.path().join(format!("shares-{number}"));
        let mut command = veche();
        command.args(["trustee", "deal", "--trusted-dealer", "--manifest"]).arg(folder.join("manifest.json"));
        command.arg("--genesis").arg(place).arg("--out").arg(&out);
        let (code, text, errors) = run(&mut command);
        assert_eq!((code, errors.as_str()), (0, ""));
        let dealt = vec![leaves(&founded)[0].clone(), std::fs::read(out.join("ceremony.entry")).unwrap()];
        let record = publish(&held.store.files["manifest.json"], &dealt, &held.keys, None);
        let report = audit(&record, None, &[3; 32], |_, _| {}).report;
        assert!(text.contains(&report.fingerprint.unwrap()), "{text}");
    }
}
