//! The same on PostgreSQL.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;
use veche_cluster::Cluster;
use veche_server::Elsewhere;
use veche_xtask::workspace::programs;

use crate::apart;
use crate::support::{Answer, DATABASE, PEOPLE_DATABASE, manifest};
use crate::together::{cast_at, two_servers_keep_one_board};
use crate::vote::Vote;

/// ATTACKS.md row 23. Voters register and cast with two servers on one database.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_23_two_servers_on_one_postgres_keep_one_board() {
    let url = Cluster::shared().unwrap().database().unwrap().parse().unwrap();
    DATABASE.scope(url, two_servers_keep_one_board()).await;
}

/// Whatever a voter did at one server is known to the next one that is asked: every request goes to the other one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_voter_who_changes_servers_between_two_requests_notices_nothing() {
    let url = Cluster::shared().unwrap().database().unwrap().parse().unwrap();
    let journey = async {
        let mut vote = Vote::open().await;
        let (twin, mut other) = vote.running.twin().await;
        for n in 1..=6 {
            let (session, code) = vote.running.session(&format!("+4843{n:07}")).await;
            std::mem::swap(&mut vote.running.url, &mut other);
            vote.running.give(&session, &code).await.expect(StatusCode::OK);

            let mut voter = vote.signed_in(n, "north").await;
            std::mem::swap(&mut vote.running.url, &mut other);
            voter.register(&vote).await.expect(StatusCode::CREATED);
            for choice in [0, 1] {
                std::mem::swap(&mut vote.running.url, &mut other);
                let ballot = voter.seal(&vote, choice);
                let answer = vote.cast(&ballot).await.expect(StatusCode::CREATED);
                let shown = vote.check(&ballot, &answer).await;
                voter.went_on(&vote, &ballot);

                std::mem::swap(&mut vote.running.url, &mut other);
                // An older board than a voter was shown would be taken for one that was set back. Whoever asks first
                // makes the server look, so each is the first in its turn.
                match n % 3 {
                    0 => assert!(vote.size().await >= shown.size),
                    1 => assert!(vote.newest().await.size >= shown.size),
                    _ => {
                        let (full, width) = (shown.size / 256, shown.size % 256);
                        assert_ne!(width, 0, "a made-up vote of this size has a bundle that is not full");
                        let tile = format!("/record/tile/entries/{full:03}.p/{width}");
                        vote.get(&tile).await.expect(StatusCode::OK);
                    }
                }
                let key = hex::encode(voter.credential.key().to_bytes());
                let state = vote.running.get(&format!("/v1/credentials/{key}")).send().await.unwrap();
                assert_eq!(Answer::of(state).await.json()["sequence"], choice as u64 + 1);
            }
        }
        twin.stop().await;
    };
    DATABASE.scope(url, journey).await;
}

/// The box knows no people and the registrar no ballots; each has a database of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn box_and_registrar_apart_have_a_database_each() {
    let database = || Cluster::shared().unwrap().database().unwrap();
    let (ballots, people) = (database(), database());
    let journey = async {
        let vote = apart::both(&manifest("open"), "").await;
        let mut anna = vote.voter(1, "north").await;
        anna.vote(&vote, 0).await;
        assert_eq!(vote.audit().await.report.outcome, veche_verify::Outcome::NotFinished);
    };
    let journey = PEOPLE_DATABASE.scope(people.parse().unwrap(), journey);
    DATABASE.scope(ballots.parse().unwrap(), journey).await;
    for (database, has, has_not) in [(&ballots, "entry", "code"), (&people, "code", "entry")] {
        let tables = tables(database);
        assert!(tables.iter().any(|table| table == has), "{tables:?}");
        assert!(!tables.iter().any(|table| table == has_not), "{tables:?}");
    }
}

/// As docs/hosting.md says to set it. What was acknowledged is at the standby when the server is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_acknowledgement_waits_for_the_standby_which_then_takes_over() {
    let cluster = Cluster::start("").unwrap();
    let url = cluster.database().unwrap();
    let journey = async {
        let mut vote = Vote::open().await;
        let mut anna = vote.voter(1, "north").await;
        let mut boris = vote.voter(2, "north").await;
        let wait = |what: &dyn Fn() -> anyhow::Result<()>| tokio::task::block_in_place(|| what().unwrap());
        wait(&|| cluster.make_standby("standby_a"));
        wait(&|| cluster.set("synchronous_standby_names TO 'ANY 1 (standby_a, standby_b)'"));
        anna.vote(&vote, 0).await;

        wait(&|| cluster.lose_standby());
        let ballot = boris.seal(&vote, 1);
        let answer = tokio::time::timeout(Duration::from_secs(2), vote.cast(&ballot)).await;
        if let Ok(answer) = answer {
            assert_ne!(answer.status, StatusCode::CREATED, "it is acknowledged without the standby");
        }
        wait(&|| cluster.start_standby());
        let mut answer = vote.cast(&ballot).await;
        for _ in 0..20 {
            if answer.status.is_success() {
                break;
            }
            answer.problem(503, "busy");
            answer = vote.cast(&ballot).await;
        }
        let shown = vote.check(&ballot, &answer).await;
        boris.went_on(&vote, &ballot);

        wait(&|| cluster.kill());
        wait(&|| cluster.promote_standby());
        vote.running.stop().await;
        std::fs::write(vote.running.data.join("database-url"), cluster.at_standby(&url)).unwrap();
        vote.running.start_again().await;
        vote.must_extend(&shown).await;
        anna.vote(&vote, 2).await;
        assert_eq!(vote.audit().await.report.outcome, veche_verify::Outcome::NotFinished);
    };
    DATABASE.scope(url.parse().unwrap(), journey).await;
}

/// As docs/hosting.md says of a PostgreSQL that is started again: nobody is told of a mistake.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_the_database_is_away_voters_are_told_to_try_again() {
    let cluster = Cluster::start("").unwrap();
    let url = cluster.database().unwrap();
    let journey = async {
        let vote = Vote::open().await;
        let mut anna = vote.voter(1, "north").await;
        let wait = |what: &dyn Fn() -> anyhow::Result<()>| tokio::task::block_in_place(|| what().unwrap());
        wait(&|| cluster.kill());
        let sign_in = async || {
            let request = vote.running.post("/v1/sign-in").json(&json!({ "phone": "+48420001005" }));
            Answer::of(request.send().await.unwrap()).await
        };
        sign_in().await.problem(503, "busy");
        let ballot = anna.seal(&vote, 0);
        vote.cast(&ballot).await.problem(503, "busy");
        wait(&|| cluster.start_again(""));
        let mut answer = vote.cast(&ballot).await;
        for _ in 0..20 {
            if answer.status.is_success() {
                break;
            }
            answer.problem(503, "busy");
            tokio::time::sleep(Duration::from_millis(500)).await;
            answer = vote.cast(&ballot).await;
        }
        assert!(answer.status.is_success());
        anna.went_on(&vote, &ballot);
        assert!(sign_in().await.status.is_success());
    };
    DATABASE.scope(url.parse().unwrap(), journey).await;
}

/// The names of a database's tables.
fn tables(database: &str) -> Vec<String> {
    let listed = Command::new(veche_cluster::programs().unwrap().join("psql"))
        .args(["--no-psqlrc", "--tuples-only", "--no-align", "--dbname"])
        .arg(database)
        .args(["--command", "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"])
        .output()
        .unwrap();
    String::from_utf8(listed.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// Two servers together let a voter do what one would, and one that is left has all of it again.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn servers_of_one_database_have_each_limit_once_together() {
    let url = Cluster::shared().unwrap().database().unwrap().parse().unwrap();
    let journey = async {
        let mut vote = Vote::open().await;
        vote.running.restart(|config| config.limits.ballots_a_voter_in_ten_minutes = 4).await;
        let mut anna = vote.voter(1, "north").await;
        let (twin, twin_url) = vote.running.twin().await;
        // Until both have heard of each other.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let mut cast = 0;
        for url in [&vote.running.url.clone(), &twin_url] {
            loop {
                let ballot = anna.seal(&vote, 0);
                let answer = cast_at(&vote, url, &ballot).await;
                if answer.status != StatusCode::CREATED {
                    answer.problem(429, "too-many-ballots");
                    break;
                }
                anna.went_on(&vote, &ballot);
                cast += 1;
            }
        }
        assert_eq!(cast, 4);
        twin.stop().await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        for _ in 0..2 {
            anna.vote(&vote, 0).await;
        }
        let ballot = anna.seal(&vote, 0);
        vote.cast(&ballot).await.problem(429, "too-many-ballots");
    };
    DATABASE.scope(url, journey).await;
}

/// A certificate for `names`, signed by a new authority, in `folder`: the paths of the authority's, of this one, and of
/// its key.
fn certificate(folder: &Path, names: &str) -> [String; 3] {
    let [authority, own, key, its_key] = ["authority.pem", "db.pem", "db.key", "authority.key"]
        .map(|name| folder.join(name).display().to_string());
    let make = |out: &str, key: &str, more: &[&str]| {
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
            ])
            .args(["-subj", "/CN=made up", "-out", out, "-keyout", key])
            .args(more)
            .output()
            .expect("openssl must be installed");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    };
    make(&authority, &its_key, &[]);
    let ends = ["-addext", "basicConstraints=critical,CA:FALSE", "-addext"];
    let signed = ["-CA", &authority, "-CAkey", &its_key];
    make(&own, &key, &[&signed[..], &ends, &[&format!("subjectAltName={names}")]].concat());
    [authority, own, key]
}

/// As docs/hosting.md says to name a database on another machine. This one takes nothing that is not encrypted.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_way_to_a_database_elsewhere_is_encrypted_and_its_certificate_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    // Addresses of this machine for this test alone: the port is PostgreSQL's own.
    let [.., high, low] = std::process::id().to_be_bytes();
    let (host, another_host) = (format!("127.83.{high}.{low}"), format!("127.84.{high}.{low}"));
    let [authority, own, key] = certificate(folder.path(), &format!("IP:{host}"));
    if folder.path().metadata().unwrap().uid() == 0 {
        assert!(Command::new("chown").args(["postgres", &key]).status().unwrap().success());
    }
    let access = folder.path().join("pg_hba.conf");
    std::fs::write(&access, "local all all trust\nhostssl all all 127.0.0.0/8 trust\n").unwrap();
    let settings = format!(
        "-c listen_addresses={host},{another_host} -c ssl=on -c ssl_cert_file={own} -c ssl_key_file={key} -c hba_file={}",
        access.display()
    );
    let cluster = Cluster::start(&settings).unwrap();
    let by_socket = cluster.database().unwrap();
    let name = by_socket.split(['/', '?']).nth(3).unwrap();
    let at = |host: &str, more: &str| format!("postgres://veche@{host}/{name}?{more}");
    let url = |more: &str| at(&host, more);
    let checked = format!("sslmode=verify-full&sslrootcert={authority}");

    // Neither in the clear, nor to whoever has another authority's certificate, nor to another name.
    let another = tempfile::tempdir().unwrap();
    let [another, ..] = certificate(another.path(), &format!("IP:{host}"));
    let data = folder.path().join("box");
    let file = folder.path().join("manifest.json");
    std::fs::write(&file, serde_json::to_vec(&manifest("open")).unwrap()).unwrap();
    for (url, why) in [
        (url("sslmode=disable"), "no encryption"),
        (url(&format!("sslmode=verify-full&sslrootcert={another}")), "certificate"),
        (url("sslmode=verify-full"), "certificate"),
        (at(&another_host, &checked), "certificate"),
    ] {
        let (url, apart) = (url.parse().unwrap(), Elsewhere::default());
        let refused = veche_server::init(&data, &file, Some("box.example/test"), &apart, Some(&url)).await;
        let said = refused.unwrap_err().to_string();
        assert!(said.contains(why), "{why}: {said}");
    }

    let journey = async {
        let vote = Vote::open().await;
        let mut anna = vote.voter(1, "north").await;
        anna.vote(&vote, 0).await;
    };
    DATABASE.scope(url(&checked).parse().unwrap(), journey).await;
}

#[test]
fn a_box_is_made_on_postgres_once_and_its_folder_remembers_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("manifest.json");
    std::fs::write(&file, serde_json::to_vec(&manifest("open")).unwrap()).unwrap();
    let url = Cluster::shared().unwrap().database().unwrap();
    let run = |arguments: &[&str], data: &Path| -> Output {
        Command::new(programs().unwrap().server).args(arguments).arg("--data").arg(data).output().unwrap()
    };
    let file = file.to_str().unwrap();
    let init = |url: &str, data: &Path| run(&["init", "--manifest", file, "--database", url], data);
    let refused = |output: Output| {
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };

    let data = folder.path().join("box");
    let said = refused(init("postgres:///nothing?host=/nowhere&user=veche&password=hunter2", &data));
    assert!(said.contains("the database nothing of PostgreSQL at /nowhere cannot be opened"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    let said = refused(init("mysql://veche@db.example/box", &data));
    assert!(said.contains("write postgres://USER@HOST/DATABASE"), "{said}");

    assert!(init(&url, &data).status.success(), "nothing is left of what failed");
    let copy = folder.path().join("copy");
    assert!(run(&["publish", "--to", copy.to_str().unwrap()], &data).status.success());
    assert!(copy.join("checkpoint").exists());
    assert!(!data.join("veche.sqlite").exists());
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&data.join("database-url").metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "it may have a password");

    let said = refused(init(&url, &folder.path().join("another")));
    assert!(said.contains("already holds a ballot box or a registrar"), "{said}");
}
