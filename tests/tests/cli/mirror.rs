//! `veche mirror`: whole copies of what a static file server serves, begun, broken off, renewed and refused.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use veche_cli::folder::{CHECKPOINT, Folder, MANIFEST, MemoryRecord, RESULT};
use veche_cli::simulate::board::generate_keys;
use veche_keeper::BoxKeys;

use crate::support::{hold, host, leaves, publish, report, run, sample, veche, write};

/// A board that one can add any entries to. What they say is no matter to a mirror.
struct Board {
    manifest: Vec<u8>,
    leaves: Vec<Vec<u8>>,
    keys: BoxKeys,
}

fn board() -> &'static Board {
    static BOARD: OnceLock<Board> = OnceLock::new();
    BOARD.get_or_init(|| {
        let (_, held) = hold(&[sample("mirogrod_2026_.pb")], Some(2));
        let mut leaves = leaves(&held.store);
        leaves.truncate(3);
        leaves.extend((0..66_100_u32).map(|number| number.to_le_bytes().to_vec()));
        Board { manifest: held.store.files[MANIFEST].clone(), leaves, keys: held.keys }
    })
}

impl Board {
    /// The record at an earlier size.
    fn at(&self, size: usize) -> MemoryRecord {
        publish(&self.manifest, &self.leaves[..size], &self.keys, None)
    }

    /// The record at a size, had the box written something else after its first `common` entries.
    fn forked(&self, size: usize, common: usize) -> MemoryRecord {
        let mut leaves = self.leaves[..size].to_vec();
        leaves[common..].iter_mut().for_each(|leaf| leaf.push(1));
        publish(&self.manifest, &leaves, &self.keys, None)
    }
}

/// Puts a record where the host serves from, in place of what was there.
fn serve(record: &MemoryRecord, folder: &Path) {
    let _ = std::fs::remove_dir_all(folder);
    write(record, folder);
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let folder = Folder::open(folder).unwrap();
    folder
        .files()
        .unwrap()
        .into_iter()
        .map(|path| (path.clone(), folder.file(&path).unwrap().unwrap()))
        .collect()
}

fn mirror(address: &str, folder: &Path) -> (i32, String, String) {
    run(veche().arg("mirror").arg(address).arg(folder))
}

/// The numbers in "…: N files fetched, M kept".
fn counts(text: &str) -> (usize, usize) {
    let (_, counts) = text.lines().next().unwrap().rsplit_once(": ").unwrap();
    let mut numbers = counts.split_whitespace().filter_map(|word| word.parse().ok());
    (numbers.next().unwrap(), numbers.next().unwrap())
}

#[test]
fn a_copy_grows_with_the_board_and_is_exactly_the_record() {
    let scratch = tempfile::tempdir().unwrap();
    let (served, copy) = (scratch.path().join("served"), scratch.path().join("copies/one"));
    std::fs::create_dir(&served).unwrap();
    let host = host(&served);
    for size in [1, 3, 255, 256, 257, 700, 65_535, 65_536, 66_000] {
        let record = board().at(size);
        serve(&record, &served);
        let (code, text, errors) = mirror(&host.address, &copy);
        assert_eq!((code, errors.as_str()), (0, ""), "{text}");
        assert!(files(&copy) == record.files, "size {size}");
        // Full tiles were there before; nothing but the checkpoint is fetched the second time.
        let (code, text, _) = mirror(&format!("{}/", host.address), &copy);
        assert_eq!((code, counts(&text)), (0, (1, record.files.len() - 1)), "size {size}: {text}");
        assert!(files(&copy) == record.files, "size {size}");
    }
    // From nothing, in parallel.
    let other = scratch.path().join("copies/two");
    let (code, text, _) = mirror(&host.address, &other);
    assert_eq!((code, counts(&text)), (0, (files(&copy).len(), 0)), "{text}");
    assert!(files(&other) == files(&copy));
}

#[test]
fn what_lies_there_is_never_trusted() {
    let scratch = tempfile::tempdir().unwrap();
    let (served, copy) = (scratch.path().join("served"), scratch.path().join("copy"));
    let record = board().at(66_000);
    write(&record, &served);
    let host = host(&served);
    assert_eq!(mirror(&host.address, &copy).0, 0);
    let damaged = [
        "tile/0/000",
        "tile/0/257.p/208",
        "tile/1/000",
        "tile/1/001.p/1",
        "tile/2/000.p/1",
        "tile/entries/003",
        "tile/entries/257.p/208",
        MANIFEST,
    ];
    for path in damaged {
        let file = copy.join(path);
        let mut bytes = std::fs::read(&file).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(&file, &bytes).unwrap();
        assert_eq!(mirror(&host.address, &copy).0, 0, "{path}");
        assert!(files(&copy) == record.files, "{path}");
        std::fs::remove_file(&file).unwrap();
        assert_eq!(mirror(&host.address, &copy).0, 0, "{path}");
        assert!(files(&copy) == record.files, "{path}");
    }
    // What an interrupted run left, and totals that nobody published.
    for left in [".part-1-2", "tile/entries/257.p/7", RESULT] {
        std::fs::write(copy.join(left), "x").unwrap();
    }
    assert_eq!(mirror(&host.address, &copy).0, 0);
    assert!(files(&copy) == record.files);
    // A stranger's file is not removed, and the folder is left alone.
    std::fs::write(copy.join("diary.txt"), "mine").unwrap();
    let (code, _, errors) = mirror(&host.address, &copy);
    assert_eq!(code, 2);
    assert!(errors.contains("diary.txt"), "{errors}");
}

#[test]
fn a_wrong_file_is_not_copied_and_not_passed_over() {
    let scratch = tempfile::tempdir().unwrap();
    let served = scratch.path().join("served");
    let record = board().at(66_000);
    write(&record, &served);
    let host = host(&served);
    let wrong =
        ["tile/0/000", "tile/0/257.p/208", "tile/1/000", "tile/2/000.p/1", "tile/entries/003", MANIFEST];
    for (number, path) in wrong.into_iter().enumerate() {
        let copy = scratch.path().join(format!("copy-{number}"));
        let file = served.join(path);
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[20] ^= 1;
        std::fs::write(&file, &bytes).unwrap();
        let (code, text, errors) = mirror(&host.address, &copy);
        assert_eq!((code, errors.as_str()), (1, ""), "{path}: {text}");
        assert!(text.contains("is not the record that its checkpoint signs"), "{text}");
        // The tiles at the edge are judged together, by the root.
        let together = path.contains(".p/") && !path.contains("entries");
        assert!(text.contains(if together { "do not have the root" } else { path }), "{path}: {text}");
        std::fs::remove_file(&file).unwrap();
        let (code, text, _) = mirror(&host.address, &copy);
        assert_eq!(code, 1, "{text}");
        assert!(text.contains(&format!("{path} is missing")), "{text}");
        std::fs::write(&file, &record.files[path]).unwrap();
        // A copy without a checkpoint is none yet, and what is there of it is right.
        let begun = files(&copy);
        assert!(!begun.contains_key(CHECKPOINT), "{path}");
        assert!(begun.iter().all(|(path, bytes)| record.files[path] == *bytes), "{path}");
    }
    let copy = scratch.path().join("copy-0");
    assert_eq!(mirror(&host.address, &copy).0, 0);
    assert!(files(&copy) == record.files);
}

/// A checkpoint that the copy's own log signed, in a folder beside the copy, to be kept.
fn evidence(copy: &Path) -> serde_json::Value {
    let name = format!("{}-evidence-", copy.file_name().unwrap().to_str().unwrap());
    let mut beside = std::fs::read_dir(copy.parent().unwrap()).unwrap().map(|entry| entry.unwrap());
    let file = beside.find(|entry| entry.file_name().to_str().unwrap().starts_with(&name)).unwrap().path();
    let document = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    std::fs::remove_file(file).unwrap();
    document
}

#[test]
fn attack_23_two_boards_are_seen_by_who_has_a_copy() {
    let scratch = tempfile::tempdir().unwrap();
    let (served, copy) = (scratch.path().join("served"), scratch.path().join("copy"));
    std::fs::create_dir(&served).unwrap();
    let host = host(&served);
    for seen in [300, 66_000] {
        let _ = std::fs::remove_dir_all(&copy);
        serve(&board().at(seen), &served);
        assert_eq!(mirror(&host.address, &copy).0, 0);
        let before = files(&copy);
        let root = String::from_utf8(before[CHECKPOINT].clone()).unwrap().lines().nth(2).unwrap().to_owned();
        let cases = [
            (board().forked(seen, seen - 1), "forked"),
            (board().forked(seen + 100, seen - 1), "forked"),
            (board().forked(seen + 100, 3), "forked"),
            (board().forked(seen - 5, 290), "forked"),
            (board().at(seen - 1), "shrunk"),
            (board().at(256), "shrunk"),
            (publish(&board().manifest, &board().leaves[..seen], &generate_keys().unwrap(), None), ""),
        ];
        for (number, (record, how)) in cases.into_iter().enumerate() {
            serve(&record, &served);
            let (code, text, errors) = mirror(&host.address, &copy);
            if how.is_empty() {
                // Not signed by the key in its own first entry: not a record at all.
                assert_eq!(code, 1, "{text}");
                assert!(text.contains("checkpoint: the note is not signed by"), "{text}");
                continue;
            }
            assert_eq!((code, errors.as_str()), (1, ""), "{seen}, {number}: {text}");
            let now = String::from_utf8(record.files[CHECKPOINT].clone()).unwrap();
            let now_root = now.lines().nth(2).unwrap();
            assert!(text.contains(&root) && text.contains(now_root), "{text}");
            assert!(text.contains("are evidence: keep"), "{text}");
            let evidence = evidence(&copy);
            assert_eq!(evidence["how"], how, "{seen}, {number}: {text}");
            assert_eq!(evidence["kept"]["note"].as_str().unwrap().as_bytes(), before[CHECKPOINT]);
            assert_eq!(evidence["served"]["note"], now);
            assert!(files(&copy) == before, "{seen}, {number}: the earlier copy is untouched");

            // `veche verify` refuses in the same way, and says so in JSON too.
            let verify = |more: &str| {
                run(veche()
                    .arg("verify")
                    .arg(&host.address)
                    .arg("--mirror")
                    .arg(&copy)
                    .args(more.split_whitespace()))
            };
            if number == 1 {
                let (code, text, _) = verify("");
                assert_eq!(code, 1);
                assert!(text.starts_with("The board at "), "{text}");
                let (code, text, _) = verify("--json");
                let document: serde_json::Value = serde_json::from_str(&text).unwrap();
                assert_eq!((code, &document["outcome"]), (1, &"contradiction".into()));
                assert_eq!(document["contradiction"]["how"], "forked");
                self::evidence(&copy);
            }
        }
        // The honest board goes on.
        serve(&board().at(seen + 50), &served);
        let (code, text, _) = mirror(&host.address, &copy);
        assert_eq!(code, 0, "{text}");
        assert!(files(&copy) == board().at(seen + 50).files);
    }
}

#[test]
fn attack_23_another_board_at_the_same_address() {
    let scratch = tempfile::tempdir().unwrap();
    let (served, copy) = (scratch.path().join("served"), scratch.path().join("copy"));
    serve(&board().at(300), &served);
    let host = host(&served);
    assert_eq!(mirror(&host.address, &copy).0, 0);
    let (_, other) = hold(&[sample("mirogrod_2026_.pb")], Some(2));
    serve(&other.store, &served);
    let (code, text, _) = mirror(&host.address, &copy);
    assert_eq!(code, 1);
    assert!(text.contains("signs with another key or name"), "{text}");
    assert_eq!(evidence(&copy)["how"], "another-log");
    assert!(files(&copy) == board().at(300).files);
}

/// A host that has so many answers left.
async fn tired(State(left): State<&'static Tired>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/').to_owned();
    if left.0.load(Ordering::SeqCst) == 0 {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    left.0.fetch_sub(1, Ordering::SeqCst);
    left.1.get(&path).cloned().map_or(StatusCode::NOT_FOUND.into_response(), |bytes| bytes.into_response())
}

struct Tired(AtomicUsize, BTreeMap<String, Vec<u8>>);

#[test]
fn what_the_network_broke_off_goes_on() {
    let scratch = tempfile::tempdir().unwrap();
    let copy = scratch.path().join("copy");
    // A server that has only full tiles where the record needs partial ones: tlog-tiles allows it.
    let record = board().at(700);
    let mut larger = board().at(768).files;
    for path in [CHECKPOINT, "tile/1/000.p/2"] {
        larger.insert(path.to_owned(), record.files[path].clone());
    }
    let host: &'static Tired = Box::leak(Box::new(Tired(AtomicUsize::new(6), larger)));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let address = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let app = axum::Router::new().fallback(tired).with_state(host);
        tokio::spawn(async move { axum::serve(listener, app).await });
        address
    });
    let (code, text, errors) = mirror(&address, &copy);
    assert_eq!((code, text.as_str()), (2, ""));
    assert!(errors.contains("the server answers 503"), "{errors}");
    assert!(!copy.join(CHECKPOINT).exists());
    let begun = files(&copy).len();
    assert!(begun > 0, "something was copied");
    let (code, text, errors) = run(veche().arg("verify").arg(&address).arg("--mirror").arg(&copy));
    assert_eq!((code, text.as_str()), (2, ""), "{errors}");
    host.0.store(usize::MAX, Ordering::SeqCst);
    let (code, text, _) = mirror(&address, &copy);
    assert_eq!((code, counts(&text).1), (0, begun), "{text}");
    assert!(files(&copy) == record.files);
}

#[test]
fn what_is_verified_is_the_copy_and_a_wrong_record_is_still_judged() {
    let scratch = tempfile::tempdir().unwrap();
    let (served, copy) = (scratch.path().join("served"), scratch.path().join("copy"));
    let (_, held) = hold(&[sample("mirogrod_2026_.pb")], Some(2));
    write(&held.store, &served);
    let host = host(&served);
    let fingerprint = report(&held.store).fingerprint.unwrap();
    let entries = report(&held.store).entries;
    let verify = |more: &[&str]| {
        run(veche().arg("verify").arg(&host.address).args(["--election", &fingerprint]).args(more))
    };
    let (code, text, errors) = verify(&["--mirror", copy.to_str().unwrap()]);
    assert_eq!(
        (code, errors),
        (0, format!("The record is copied to {} ({entries} entries).\n", copy.display())),
        "{text}"
    );
    assert_eq!(run(veche().arg("verify").arg(&copy).args(["--election", &fingerprint])).1, text);
    assert!(files(&copy) == held.store.files);
    // Without --mirror the copy is kept in the cache folder.
    let cache = scratch.path().join("cache");
    let mut cached = veche();
    cached.arg("verify").arg(&host.address).env("XDG_CACHE_HOME", &cache).env("LOCALAPPDATA", &cache);
    let (code, _, errors) = run(&mut cached);
    assert_eq!(code, 0);
    let inside = std::fs::read_dir(cache.join("veche")).unwrap().next().unwrap().unwrap().path();
    assert!(errors.contains(inside.to_str().unwrap()), "{errors}");
    assert!(files(&inside) == held.store.files);

    // A tile that is not the tree's: no copy, and the report names the check and the publisher.
    let tile = std::fs::read_dir(served.join("tile/0/000.p")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&tile).unwrap();
    bytes[5] ^= 1;
    std::fs::write(&tile, bytes).unwrap();
    let (code, text, errors) = verify(&["--mirror", scratch.path().join("none").to_str().unwrap()]);
    assert_eq!(code, 1);
    assert!(errors.starts_with("No copy is made: "), "{errors}");
    let (_, expected, _) = run(veche().arg("verify").arg(&served).args(["--election", &fingerprint]));
    assert_eq!(text, expected);
}
