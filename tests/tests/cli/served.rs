//! The commands against a running ballot box: dealt, cast, decrypted and verified over HTTP.

use anyhow::Result;
use base64::Engine as _;
use veche_record::Selection;
use veche_record::entry::EntryKind;
use veche_xtask::ballot_box::free_port;
use veche_xtask::demo::Town;
use veche_xtask::voters::{Voter, open_election};

use crate::outsider;
use crate::support::{host, programs, run, sample, veche};

#[test]
fn an_imported_election_the_whole_way_over_http() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let manifest = scratch.path().join("manifest.json");
    let mut import = veche();
    import.arg("import").arg(sample("mirogrod_2026_rynek.pb")).arg("--out").arg(&manifest);
    import.args(["--registration", "open", "--minimum-group", "1", "--early-close"]);
    import.args(["--opens", "2020-01-01T00:00:00Z", "--closes", "2100-01-01T00:00:00Z"]);
    let (code, _, errors) = run(&mut import);
    assert_eq!((code, errors.as_str()), (0, ""));

    // Genesis by the server, the ceremony by three trustees with a folder each, the rehearsal, then Open.
    let folder = scratch.path().join("town");
    let town = Town::create(programs().clone(), &folder, &std::fs::read(&manifest)?, free_port()?)?;
    let record = town.record();

    let (code, text, errors) = run(veche().arg("verify").arg(&record));
    assert_eq!(code, 0, "{text}");
    assert!(errors.starts_with("The record is copied to ") && errors.lines().count() == 1, "{errors}");
    assert!(text.contains("Not finished") && text.contains(&town.fingerprint), "{text}");

    let election = open_election(town.ballot_box.http(), &town.fingerprint)?;
    for (number, picks) in
        [[1, 0, 0, 1, 0, 0], [0, 0, 0, 1, 0, 0], [0, 1, 1, 0, 1, 0]].into_iter().enumerate()
    {
        let phone = format!("+44207946090{number}");
        let mut voter = Voter::sign_in(&town.ballot_box, &election, &phone, "mirogrod_2026_rynek")?;
        let ballot = voter.seal(&[Selection::new(picks.to_vec(), false)])?;
        voter.cast(&ballot)?;
    }

    // One more voter's receipt, as the page saves it, against the board of the running box; then she votes again.
    let mut voter = Voter::sign_in(&town.ballot_box, &election, "+442079460909", "mirogrod_2026_rynek")?;
    let ballot = voter.seal(&[Selection::new(vec![0, 0, 1, 0, 0, 0], false)])?;
    let receipt = voter.cast(&ballot)?;
    let file = scratch.path().join("receipt.json");
    let saved = serde_json::json!({
        "form": "veche-receipt-1",
        "election": town.fingerprint,
        "code": ballot.code.to_string(),
        "castAt": "2026-11-22T10:00:00.000Z",
        "style": "mirogrod_2026_rynek",
        "key": "not used",
        "index": receipt.index,
        "hash": ballot.hash.to_string(),
        "ballot": base64::engine::general_purpose::STANDARD.encode(&ballot.bytes),
        "receipt": serde_json::from_str::<serde_json::Value>(&receipt.to_json())?,
    });
    std::fs::write(&file, saved.to_string())?;
    let check = || run(veche().args(["receipt", "check"]).arg(&file).args(["--record", &record]));
    let (code, text, errors) = check();
    assert_eq!(code, 0, "{text}{errors}");
    assert!(text.starts_with("Recorded: "), "{text}");
    let again = voter.seal(&[Selection::new(vec![0, 0, 1, 0, 0, 0], false)])?;
    let later = voter.cast(&again)?.index;
    let (code, text, errors) = check();
    assert_eq!(code, 0, "{text}{errors}");
    assert!(text.starts_with("Replaced: ") && text.contains(&format!("entry {later} is a later")), "{text}");

    let waits = town.decrypt(1)?;
    assert_eq!(waits, "Voting is open.\n", "a vote that is open is not decrypted");
    town.close()?;
    // Another trustee's token posts nothing, and the trustee who has agreed waits for the others.
    let (own, other) = (town.trustee_folder(2).join("token"), town.trustee_folder(3).join("token"));
    let token = std::fs::read(&own)?;
    std::fs::copy(&other, &own)?;
    let refused = town.decrypt(2).unwrap_err().root_cause().to_string();
    assert!(refused.contains("a message of trustee 2, and the token is trustee 3's"), "{refused}");
    std::fs::write(&own, token)?;
    let text = town.decrypt(2)?;
    assert!(
        text.contains("Waiting for 2 more to agree to decrypt the totals, of trustees 1 and 3."),
        "{text}"
    );
    town.decrypt_all()?;
    let text = town.organiser("publish")?;
    assert!(text.starts_with("The result is published."), "{text}");

    // Software of others reads the running box, and the same record as files behind a plain web server.
    let (code, text, errors) = run(veche().args(["mirror", &record]).arg(scratch.path().join("copy")));
    assert_eq!(code, 0, "{errors}");
    let key = outsider::log_key(&text);
    let size = outsider::read(&record, key);
    assert!(size.as_ref().is_ok_and(|size| *size > receipt.index), "{size:?}");
    let saved = town.save()?;
    assert_eq!(outsider::read(&host(&saved).address, key), size);
    // A receipt that the box gave is a proof for them, and for no other entry.
    let entry = |ballot: &[u8]| [&[EntryKind::Ballot as u8], ballot].concat();
    assert_eq!(outsider::receipt_holds(&receipt, &entry(&ballot.bytes), key), Ok(()));
    assert!(outsider::receipt_holds(&receipt, &entry(&again.bytes), key).is_err());

    for place in [record, saved.to_string_lossy().into_owned()] {
        let (code, text, errors) =
            run(veche().arg("verify").arg(&place).args(["--election", &town.fingerprint]));
        assert_eq!(code, 0, "{text}{errors}");
        assert!(text.contains("Verified: every check passed"), "{text}");
        for total in ["       2  M04", "       1  M01", "       0  M06"] {
            assert!(text.contains(total), "{text}");
        }
    }
    Ok(())
}

#[test]
fn an_address_where_nothing_is() {
    let port = free_port().unwrap();
    let (code, _, errors) = run(veche().args(["verify", &format!("http://127.0.0.1:{port}/record")]));
    assert_eq!(code, 2);
    assert!(errors.starts_with(&format!("veche: http://127.0.0.1:{port}/record/checkpoint: ")), "{errors}");
}
