//! Yesterday's backup: a box with an older database than others have seen serves nobody.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use reqwest::StatusCode;
use veche_server::{CopyError, SeenError, StartError, back_up, put_back, rebuild};
use veche_tests::host::Host;

use crate::support::manifest;
use crate::vote::Vote;

fn copy_folder(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Three ballots more than a backup has. The box is stopped; gives the sizes of backup and board.
async fn three_more(vote: &mut Vote, backup: &Path) -> (u64, u64) {
    let size = vote.size().await;
    vote.running.stop().await;
    copy_folder(&vote.running.data, backup);
    vote.running.start_again().await;
    for n in 1..=3 {
        vote.voter(n, "north").await.vote(vote, 0).await;
    }
    let newest = vote.size().await;
    // The files beside the database follow within a second or two.
    let last = vote.running.data.join("last-checkpoint");
    for _ in 0..100 {
        let written = std::fs::read_to_string(&last).unwrap_or_default();
        if written.lines().nth(1) == Some(newest.to_string().as_str()) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    vote.running.stop().await;
    (size, newest)
}

#[track_caller]
fn behind(refused: StartError, (ours, theirs): (u64, u64), place: &str) {
    let said = refused.to_string();
    assert!(said.contains(place) && said.contains("Put the newest backup"), "{said}");
    match refused {
        StartError::Seen(SeenError::Behind { theirs: t, ours: o, .. }) => assert_eq!((o, t), (ours, theirs)),
        StartError::Seen(SeenError::Witness { theirs: t, ours: o, .. }) => assert_eq!((o, t), (ours, theirs)),
        other => panic!("{other}"),
    }
}

/// ATTACKS.md row 65, with a published copy, mirrors, and the file beside the database.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_65_an_older_database_than_a_copy_or_a_mirror_has_seen_is_not_served() {
    let (copy, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let to = copy.path().to_str().unwrap().to_owned();
    let mut vote = Vote::open_with(&manifest("open"), |config| config.publish = Some(to.clone())).await;
    let (backup, newest) = (scratch.path().join("backup"), scratch.path().join("newest"));
    // Stopping it publishes once more.
    let sizes = three_more(&mut vote, &backup).await;
    let data = vote.running.data.clone();
    copy_folder(&data, &newest);
    let published = std::fs::read(copy.path().join("checkpoint")).unwrap();

    copy_folder(&backup, &data);
    behind(vote.running.fails_to_start(|_| {}).await, sizes, &to);
    assert_eq!(std::fs::read(copy.path().join("checkpoint")).unwrap(), published);
    let folder = vote.running.fails_to_start(|config| {
        config.publish = None;
        config.mirrors = vec![to.clone()];
    });
    behind(folder.await, sizes, &to);
    let host = Host::of(copy.path()).unwrap();
    let address = vote.running.fails_to_start(|config| {
        config.publish = None;
        config.mirrors = vec!["http://127.0.0.1:9/".into(), host.address.clone()];
    });
    behind(address.await, sizes, &host.address);

    // The database alone was put back: what lies beside it has seen more.
    std::fs::copy(newest.join("last-checkpoint"), data.join("last-checkpoint")).unwrap();
    let alone = vote.running.fails_to_start(|config| config.publish = None).await;
    behind(alone, sizes, "last-checkpoint");

    // The newest backup goes on, although a mirror cannot be asked: that is said, and stops nobody.
    copy_folder(&newest, &data);
    let there = |config: &mut veche_server::Config| {
        config.mirrors = vec!["http://127.0.0.1:9/".into(), host.address.clone()];
    };
    vote.running.restart_from_stopped(there).await;
    assert!(vote.running.unwell("mirrors").await.contains("asked again"));
    vote.voter(4, "south").await.vote(&vote, 1).await;
    vote.running.restart(|config| config.mirrors = vec![host.address.clone()]).await;
    vote.running.well().await;
    vote.voter(5, "south").await.vote(&vote, 1).await;
    assert_eq!(vote.get("/record/checkpoint").await.status, StatusCode::OK);
}

/// ATTACKS.md row 65, with another board of the same size under the same key.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_65_a_backup_that_went_on_alone_is_not_served_beside_its_mirror() {
    let scratch = tempfile::tempdir().unwrap();
    let mut vote = Vote::open().await;
    let backup = scratch.path().join("backup");
    let (_, newest) = three_more(&mut vote, &backup).await;
    let mirror = scratch.path().join("mirror");
    veche_server::publish(&vote.running.data, mirror.to_str().unwrap()).await.unwrap();
    // Nobody who has seen more can be asked.
    copy_folder(&backup, &vote.running.data.clone());
    vote.running.start_again().await;
    while vote.size().await < newest {
        vote.voter(6 + vote.size().await, "south").await;
    }
    vote.running.stop().await;
    let named = mirror.to_str().unwrap().to_owned();
    let refused = vote.running.fails_to_start(|config| config.mirrors = vec![named]).await;
    assert!(matches!(refused, StartError::Seen(SeenError::Fork { size, .. }) if size == newest), "{refused}");
}

/// Votes at the same time as somebody makes a backup, then loses the folder, and comes back with it and a published
/// copy: nothing that was acknowledged is lost, and nobody gets a second vote.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_65_a_backup_made_while_people_vote_goes_on_with_the_entries_of_a_mirror() {
    let scratch = tempfile::tempdir().unwrap();
    let mut vote = Vote::open().await;
    let (backup, mirror) = (scratch.path().join("backup"), scratch.path().join("mirror"));
    let mut anna = vote.voter(1, "north").await;
    let mut ewa = vote.voter(2, "south").await;
    anna.vote(&vote, 0).await;
    let data = vote.running.data.clone();
    // Without it the programs are there and nobody can sign in.
    let configuration = "sms = \"command:/usr/local/bin/send-sms\"\n";
    std::fs::write(data.join("veche.toml"), configuration).unwrap();
    let voting = async {
        for choice in [1, 0, 1] {
            ewa.vote(&vote, choice).await;
        }
    };
    let (made, ()) = tokio::join!(back_up(&data, &backup), voting);
    let made = made.unwrap();
    assert!(made.entries.is_some_and(|entries| entries > 1) && made.files >= 5, "{made:?}");
    assert_eq!(std::fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o700);
    for file in std::fs::read_dir(&backup).unwrap() {
        assert_eq!(file.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(matches!(back_up(&data, &backup).await, Err(CopyError::Exists(_))), "never over another");
    let served = rebuild(&data, "/nowhere").await.unwrap_err();
    assert!(matches!(served, CopyError::Lock(_)), "{served}");

    // Acknowledged after the backup.
    let (late, _) = anna.vote(&vote, 1).await;
    let newest = vote.newest().await;
    veche_server::publish(&data, mirror.to_str().unwrap()).await.unwrap();
    vote.running.stop().await;
    let lost = scratch.path().join("lost");
    assert!(matches!(put_back(&backup, &data), Err(CopyError::Exists(_))), "never over a folder");
    std::fs::rename(&data, &lost).unwrap();
    assert_eq!(put_back(&backup, &data).unwrap(), made);
    assert_eq!(std::fs::read_to_string(data.join("veche.toml")).unwrap(), configuration);

    // It is an older database, and says so.
    let named = mirror.to_str().unwrap().to_owned();
    let at_mirror = |config: &mut veche_server::Config| config.mirrors = vec![named.clone()];
    let entries = made.entries.unwrap();
    behind(vote.running.fails_to_start(at_mirror).await, (entries, newest.size), &named);
    let rebuilt = rebuild(&data, &named).await.unwrap();
    assert_eq!((rebuilt.before, rebuilt.now), (entries, newest.size));
    vote.running.restart_from_stopped(at_mirror).await;
    assert_eq!(vote.newest().await.root, newest.root);
    // The ballot that only the mirror had gets a receipt, and counts once.
    let again = vote.cast(&late).await.expect(StatusCode::OK);
    vote.check(&late, &again).await;
    anna.vote(&vote, 0).await;
    let (_, bolek) = (vote.must_extend(&newest).await, vote.voter(3, "north").await);
    let same = vote.signed_in(1, "north").await;
    assert!(same.pseudonym == anna.pseudonym && bolek.pseudonym != anna.pseudonym, "who was known is known");
    // Nothing is brought back where nothing is missing.
    vote.running.stop().await;
    let nothing = rebuild(&data, &named).await.unwrap();
    assert_eq!(nothing.before, nothing.now);
    vote.running.start_again().await;
    assert!(vote.audit().await.board().is_some(), "the whole record is right");
}

/// Nobody has signed the totals' file of a copy: it is computed of the board, whatever the copy says.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_65_a_rebuild_states_the_totals_of_the_board_and_not_those_of_the_copy() {
    let scratch = tempfile::tempdir().unwrap();
    let mut vote = Vote::open().await;
    let (backup, mirror) = (scratch.path().join("backup"), scratch.path().join("mirror"));
    vote.voter(1, "north").await.vote(&vote, 0).await;
    let data = vote.running.data.clone();
    back_up(&data, &backup).await.unwrap();
    vote.running.clock.advance(Duration::from_secs(30 * 86_400));
    vote.reach("closed").await;
    vote.finish().await;
    let right = vote.get("/record/result.json").await.expect(StatusCode::OK).body;
    veche_server::publish(&data, mirror.to_str().unwrap()).await.unwrap();
    vote.running.stop().await;
    std::fs::rename(&data, scratch.path().join("lost")).unwrap();
    put_back(&backup, &data).unwrap();
    let said = String::from_utf8(right.clone()).unwrap();
    let falsified = said.replacen("\"total\":1", "\"total\":7", 1);
    assert_ne!(falsified, said);
    std::fs::write(mirror.join("result.json"), falsified).unwrap();
    rebuild(&data, mirror.to_str().unwrap()).await.unwrap();
    vote.running.start_again().await;
    assert_eq!(vote.get("/record/result.json").await.expect(StatusCode::OK).body, right);
    assert_eq!(vote.audit().await.report.outcome, veche_verify::Outcome::Verified);
}

/// What must not be brought back, and what is no backup.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_65_a_rebuild_takes_nobody_for_somebody_else_and_believes_no_altered_copy() {
    let scratch = tempfile::tempdir().unwrap();
    let mut vote = Vote::open().await;
    let (backup, mirror) = (scratch.path().join("backup"), scratch.path().join("mirror"));
    vote.voter(1, "north").await.vote(&vote, 0).await;
    let data = vote.running.data.clone();
    let made = back_up(&data, &backup).await.unwrap();
    vote.voter(2, "south").await.vote(&vote, 0).await;
    veche_server::publish(&data, mirror.to_str().unwrap()).await.unwrap();
    vote.running.stop().await;
    std::fs::rename(&data, scratch.path().join("lost")).unwrap();
    put_back(&backup, &data).unwrap();
    let named = mirror.to_str().unwrap();
    let unknown = rebuild(&data, named).await.unwrap_err();
    assert!(matches!(unknown, CopyError::Unknown { unknown: 1, .. }), "{unknown}");
    let none = rebuild(&data, scratch.path().to_str().unwrap()).await.unwrap_err();
    assert!(matches!(none, CopyError::NoRecord(_)), "{none}");

    // A bit of an entry, a missing bundle, another board's checkpoint.
    let bundle = std::fs::read_dir(mirror.join("tile/entries/000.p")).unwrap();
    let bundle = bundle.map(|file| file.unwrap().path()).max_by_key(|path| width(path)).unwrap();
    let right = std::fs::read(&bundle).unwrap();
    let mut altered = right.clone();
    *altered.last_mut().unwrap() ^= 1;
    std::fs::write(&bundle, altered).unwrap();
    let other = rebuild(&data, named).await.unwrap_err();
    assert!(matches!(other, CopyError::Other { .. }), "{other}");
    std::fs::remove_file(&bundle).unwrap();
    let missing = rebuild(&data, named).await.unwrap_err();
    assert!(matches!(missing, CopyError::Incomplete { .. }), "{missing}");
    std::fs::write(&bundle, right).unwrap();
    let checkpoint = std::fs::read_to_string(mirror.join("checkpoint")).unwrap();
    std::fs::write(mirror.join("checkpoint"), checkpoint.replacen("box.example", "fox.example", 1)).unwrap();
    let foreign = rebuild(&data, named).await.unwrap_err();
    assert!(matches!(foreign, CopyError::Checkpoint { .. }), "{foreign}");
    let still = scratch.path().join("still");
    let size = veche_server::publish(&data, still.to_str().unwrap()).await.unwrap();
    assert_eq!(Some(size), made.entries, "nothing was changed");

    // A backup is taken as it was made, or not at all.
    let place = scratch.path().join("again");
    let mut keys = std::fs::read(backup.join("keys.json")).unwrap();
    keys.push(b' ');
    std::fs::write(backup.join("keys.json"), keys).unwrap();
    assert!(matches!(put_back(&backup, &place), Err(CopyError::Altered(_))));
    let list = std::fs::read_to_string(backup.join("backup.json")).unwrap();
    std::fs::write(backup.join("backup.json"), list.replace("keys.json", "../keys.json")).unwrap();
    assert!(matches!(put_back(&backup, &place), Err(CopyError::NoBackup { .. })));
    std::fs::remove_file(backup.join("backup.json")).unwrap();
    assert!(matches!(put_back(&backup, &place), Err(CopyError::NoBackup { .. })));
    assert!(!place.exists() && made.entries.is_some());
    let left = std::fs::read_dir(scratch.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(
        !left.into_iter().any(|name| name.to_string_lossy().starts_with(".veche")),
        "nothing half done is left"
    );
}

/// How many entries a partial bundle says that it has.
fn width(path: &Path) -> u32 {
    path.file_name().unwrap().to_str().unwrap().parse().unwrap()
}
