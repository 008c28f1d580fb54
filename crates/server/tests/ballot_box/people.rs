//! The roll as a clerk meets it: checked, changed while the server runs, replaced; and what is written down of it.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use reqwest::StatusCode;

use crate::support::{Running, manifest};
use crate::terminal::{program, refused};

pub(crate) const ANNA: &str = "+48421234567";
pub(crate) const BORIS: &str = "+48429876543";
pub(crate) const CAROL: &str = "+48420000003";

/// Runs the program with a number typed into it.
pub(crate) fn run(arguments: &[&str], data: &Path, typed: &str) -> Output {
    use std::io::Write as _;
    let mut command: Command = program();
    command.args(arguments).arg("--data").arg(data);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    // A program that refuses at once reads nothing.
    let _ = process.stdin.take().unwrap().write_all(format!("{typed}\n").as_bytes());
    process.wait_with_output().unwrap()
}

/// What is printed, whatever became of it.
fn printed(output: &Output) -> String {
    let said = String::from_utf8_lossy(&[output.stdout.clone(), output.stderr.clone()].concat()).into_owned();
    assert!(!said.contains("4842") && !said.contains("panicked"), "{said}");
    said
}

#[track_caller]
pub(crate) fn says(output: &Output) -> String {
    let said = printed(output);
    assert!(output.status.success(), "{said}");
    said
}

pub(crate) const BY: [&str; 4] = ["--operator", "Ewa", "--reason", "asked at the counter"];

pub(crate) fn with<'a>(arguments: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [arguments, more].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_changes_the_roll_while_the_server_runs() {
    let running = Running::with_roll(&[ANNA]).await;
    let data = &running.data;
    let (add, put, strike) =
        (["roll", "add", "--style", "north"], ["roll", "move", "--style", "south"], ["roll", "strike"]);

    let dry = says(&run(&with(&add, &["--dry-run"]), data, BORIS));
    assert!(dry.contains("can come onto the roll") && dry.contains("Nothing was changed."), "{dry}");
    let found = says(&run(&["roll", "find"], data, BORIS));
    assert!(
        found.contains("On the roll: no.\nSigned in: never.\nKey on the board: none.\nVoted: no."),
        "{found}"
    );
    let unnamed = refused(&run(&add, data, BORIS));
    assert!(unnamed.contains("--operator") && unnamed.contains("--reason"), "{unnamed}");
    let number = refused(&run(&with(&add, &["--operator", "Ewa", "--reason", BORIS]), data, BORIS));
    assert!(number.contains("seems to hold a phone number") && !number.contains("4842"), "{number}");

    let added = says(&run(&with(&add, &BY), data, "+48 (42) 987-65-43"));
    assert!(added.contains("Its owner can sign in at once."), "{added}");
    let (token, _) = running.sign_in(BORIS).await;
    let again = refused(&run(&with(&add, &BY), data, BORIS));
    assert!(again.contains("this number is on the roll already, in the district \"north\""), "{again}");
    let nowhere = refused(&run(&with(&["roll", "add", "--style", "west"], &BY), data, CAROL));
    assert!(nowhere.contains("the manifest has no district \"west\"; it has north, south"), "{nowhere}");

    let moved = says(&run(&with(&put, &BY), data, BORIS));
    assert!(moved.contains("in the district south now; it was in north"), "{moved}");
    let voter = running.get("/v1/voter").bearer_auth(&token).send().await.unwrap();
    let voter: serde_json::Value = serde_json::from_slice(&voter.bytes().await.unwrap()).unwrap();
    assert_eq!(voter["style"], "south", "whoever is signed in has the new district");
    let nobody = refused(&run(&with(&put, &BY), data, CAROL));
    assert!(nobody.contains("this number is not on the roll"), "{nobody}");

    let struck = says(&run(&with(&strike, &BY), data, BORIS));
    assert!(struck.contains("off the roll. Its owner has no key on the board."), "{struck}");
    let gone = running.get("/v1/voter").bearer_auth(&token).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::UNAUTHORIZED);
    let (sent, total) = (running.sms.count(BORIS), running.sms.total());
    running.clock.advance(std::time::Duration::from_secs(60));
    running.ask(BORIS).await.expect(StatusCode::OK);
    running.session(ANNA).await;
    assert_eq!(
        (running.sms.count(BORIS), running.sms.total()),
        (sent, total + 1),
        "no code is sent any more"
    );

    let journal = says(&run(&["journal"], data, ""));
    let lines: Vec<&str> = journal.lines().collect();
    assert_eq!(lines.len(), 4, "{journal}");
    for (line, end) in lines.iter().zip([
        "  roll replace, 1 people  by veche-server serve: --roll at the start",
        "  roll add, district north  by Ewa: asked at the counter",
        "  roll move, district south  by Ewa: asked at the counter",
        "  roll strike, district south  by Ewa: asked at the counter",
    ]) {
        assert!(line.ends_with(end), "{line}");
    }
    let stored = running.stored();
    for digits in ["421234567", "429876543"] {
        assert!(
            !stored.windows(digits.len()).any(|window| window == digits.as_bytes()),
            "{digits} is stored"
        );
    }
}

/// A manifest's file for `roll check`, which needs no box.
fn folder_with(roll: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut polish = manifest("roll");
    polish["country"] = "PL".into();
    polish["styles"][0]["title"] = serde_json::json!({"en": "The North"});
    polish["styles"][1]["electorate"] = 1.into();
    std::fs::write(folder.path().join("manifest.json"), polish.to_string()).unwrap();
    std::fs::write(folder.path().join("roll.csv"), roll).unwrap();
    folder
}

fn check(folder: &Path, more: &[&str]) -> Output {
    let mut command = program();
    command.current_dir(folder).args(["roll", "check", "roll.csv", "--manifest", "manifest.json"]).args(more);
    command.output().unwrap()
}

const FAULTY: &str = "Imię;Nr telefonu;Okręg\n\
    Anna;42 123 45 67;north\n\
    Boris;+48 42 987 65 43;The north\n\
    Carol;4,84213E+10;south\n\
    \n\
    Dora;;south\n\
    Ewa;0048421234567;south\n\
    Fela;12;west\n\
    Gosia;42 000 00 01;\n\
    Hela;42 000 00 02;south\n\
    Iga;42 000 00 03;south\n\
    =1+1;42 000 00 04;north;one more\n";

#[test]
fn a_roll_is_checked_by_row_and_handed_back_as_a_file() {
    let folder = folder_with(FAULTY);
    let checked = check(folder.path(), &["--problems", "back.csv"]);
    assert!(!checked.status.success());
    let said = printed(&checked);
    for line in [
        "roll.csv: 10 rows, 4 of them without a mistake.",
        "  north: 2 of at most 1000",
        "  south: 2 of at most 1",
        "Not looked at: column A (Imię).",
        "row 4, column B (Nr telefonu): the spreadsheet has shortened this number",
        "row 6, column B (Nr telefonu): there is no phone number",
        "row 7, column B (Nr telefonu): the same phone number as in row 2, however it is written",
        "row 8, column B (Nr telefonu): This is no phone number. Write it as you would dial it",
        "row 8, column C (Okręg): the manifest has no such district; it has north, south",
        "row 9, column C (Okręg): there is no district",
        "row 12, column D: something stands beyond the last heading",
        "the whole roll: 2 voters of the district \"south\"; the manifest announces at most 1",
        "the roll has 8 mistakes. Nothing was changed",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    let back = folder.path().join("back.csv");
    let text = std::fs::read_to_string(&back).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 9, "{text}");
    assert_eq!(lines[0], "\u{feff}\"Row\";\"Column\";\"What stands there\";\"What is wrong\"");
    assert!(lines[1].starts_with("\"4\";\"B (Nr telefonu)\";\"4,84213E+10\";\"The spreadsheet"), "{text}");
    assert!(
        lines[3]
            .starts_with("\"7\";\"B (Nr telefonu)\";\"0048421234567\";\"The same phone number as in row 2")
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&back).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = printed(&check(folder.path(), &["--problems", "back.csv"]));
    assert!(again.contains("the mistakes are not written"), "{again}");
    // Whoever made the roll reads another language than the operator.
    check(folder.path(), &["--problems", "zwrot.csv", "--language", "pl"]);
    let text = std::fs::read_to_string(folder.path().join("zwrot.csv")).unwrap();
    assert!(text.starts_with("\u{feff}\"Wiersz\";") && text.contains("Ten sam numer telefonu"), "{text}");
    let none = printed(&check(folder.path(), &["--problems", "x.csv", "--language", "xx"]));
    assert!(none.contains("write one of en, ru, pl, es, fr, de, ar"), "{none}");
}

#[test]
fn a_roll_without_mistakes_writes_no_file_and_a_wrong_one_is_named() {
    let folder = folder_with("phone\tdistrict\n+48421234567\tnorth\n");
    let said = says(&check(folder.path(), &["--problems", "back.csv"]));
    assert!(said.contains("roll.csv: 1 rows, 1 of them without a mistake."), "{said}");
    assert!(!folder.path().join("back.csv").exists());
    for (roll, expected) in [
        ("", "this file is empty"),
        ("\n\n+48421234567,north\n", "the roll roll.csv needs a row of headings"),
        ("phone,mobile,district\n1,2,north\n", "with one column of phones and one of districts"),
    ] {
        std::fs::write(folder.path().join("roll.csv"), roll).unwrap();
        let said = refused(&check(folder.path(), &[]));
        assert!(said.contains(expected) && !said.contains("4842"), "{said}");
    }
}

#[test]
fn a_roll_comes_as_a_spreadsheet_or_in_the_letters_of_an_old_program() {
    let folder = folder_with("");
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().set_name("About").unwrap().write(0, 0, "The register of 1 May").unwrap();
    let sheet = book.add_worksheet().set_name("Mieszkańcy").unwrap();
    sheet.write(0, 0, "Rejestr").unwrap();
    for (column, heading) in ["Nazwisko", "Telefon", "Okręg"].into_iter().enumerate() {
        sheet.write(2, column as u16, heading).unwrap();
    }
    for (row, (phone, district)) in
        [("+48 42 123 45 67", "north"), ("42 987 65 43", "The North"), ("12", "south")]
            .into_iter()
            .enumerate()
    {
        sheet.write(3 + row as u32, 0, "Kowalska").unwrap();
        sheet.write(3 + row as u32, 1, phone).unwrap();
        sheet.write(3 + row as u32, 2, district).unwrap();
    }
    // A spreadsheet takes a number without spaces for a quantity.
    sheet.write(6, 1, 421_234_567.0).unwrap();
    sheet.write(6, 2, "south").unwrap();
    std::fs::write(folder.path().join("roll.csv"), book.save_to_buffer().unwrap()).unwrap();
    let said = printed(&check(folder.path(), &["--problems", "back.csv"]));
    for line in [
        "4 rows, 2 of them without a mistake.",
        "  north: 2 of at most 1000",
        "Not looked at: column A (Nazwisko).",
        "row 6, column B (Telefon): This is no phone number.",
        "row 7, column B (Telefon): the same phone number as in row 4",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }

    // "Łódź" and "Okręg" as Windows wrote them in Poland; and in UTF-16, as Excel's "Unicode text".
    let cp1250 = b"Imi\xea;Telefon;Okr\xeag\nStanis\xb3awa \xa3\xf3d\x9f;42 123 45 67;north\n";
    std::fs::write(folder.path().join("roll.csv"), cp1250).unwrap();
    let said = says(&check(folder.path(), &[]));
    assert!(
        said.contains("1 rows, 1 of them without a mistake.") && said.contains("column A (Imię)"),
        "{said}"
    );
    assert!(said.contains("Read as CP1250"), "{said}");
    let utf16: Vec<u8> = "\u{feff}Телефон\tОкруг\r\n42 123 45 67\tnorth\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    std::fs::write(folder.path().join("roll.csv"), utf16).unwrap();
    let said = says(&check(folder.path(), &[]));
    assert!(said.contains("1 rows, 1 of them without a mistake.") && !said.contains("Read as"), "{said}");

    std::fs::write(folder.path().join("roll.csv"), b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n").unwrap();
    let said = refused(&check(folder.path(), &[]));
    assert!(said.contains("the roll roll.csv is not taken: this is a PDF"), "{said}");
    let mut book = rust_xlsxwriter::Workbook::new();
    for name in ["North", "South"] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        sheet.write(0, 0, "phone").unwrap().write(0, 1, "district").unwrap();
    }
    std::fs::write(folder.path().join("roll.csv"), book.save_to_buffer().unwrap()).unwrap();
    let said = refused(&check(folder.path(), &[]));
    assert!(said.contains("more than one sheet with phones and districts"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_a_mistake_replaces_nothing_and_one_without_is_in_force_at_once() {
    let mut running = Running::with_roll(&[ANNA]).await;
    let data = running.data.clone();
    let file = data.join("new.csv");
    let path = file.to_str().unwrap();
    let replace = ["roll", "replace", path];
    std::fs::write(&file, format!("phone,style\n{BORIS},north\n{CAROL},west\n")).unwrap();
    let failed = run(&with(&replace, &BY), &data, "");
    assert!(!failed.status.success());
    assert!(printed(&failed).contains("the roll has one mistake. Nothing was changed"));
    std::fs::write(&file, format!("phone,style\n{BORIS},north\n{CAROL},south\n")).unwrap();
    let dry = says(&run(&with(&replace, &["--dry-run"]), &data, ""));
    assert!(
        dry.contains("New: 2. Gone: 1. In another district: 0. As before: 0.\nNothing was changed."),
        "{dry}"
    );
    running.session(ANNA).await;
    let done = says(&run(&with(&replace, &BY), &data, ""));
    assert!(done.contains("The roll is in force."), "{done}");
    let (session, code) = running.session(CAROL).await;
    assert_eq!(running.give(&session, &code).await.text("style"), "south");
    let found = says(&run(&["roll", "find"], &data, ANNA));
    assert!(found.contains("On the roll: no."), "{found}");

    // The next start reads the file that it was started with before, and that is no reason to undo all this.
    running.stop().await;
    running.start_again().await;
    let found = says(&run(&["roll", "find"], &data, CAROL));
    assert!(found.contains("On the roll: yes, in the district south."), "{found}");
}

#[test]
fn where_anyone_registers_there_is_no_roll() {
    let folder = crate::terminal::folder_for("open");
    assert!(crate::terminal::init(folder.path()).status.success());
    let said = refused(&run(&with(&["roll", "strike"], &BY), &folder.path().join("box"), ANNA));
    assert!(said.contains("in this vote anyone registers, so there is no roll"), "{said}");
    let said = says(&run(&["journal"], &folder.path().join("box"), ""));
    assert!(said.contains("Nothing was done by hand."), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_finds_out_what_became_of_a_code_and_gives_one_on_paper() {
    let mut by_paper = manifest("roll");
    let route = |id: &str| serde_json::json!({"id": id, "title": {"en": id}, "entered": false});
    // Whichever comes first: a code by SMS is not one on paper.
    by_paper["routes"] = serde_json::json!([route("code"), route("sms")]);
    by_paper["closes"] = serde_json::json!("2099-05-14T20:00:00Z");
    let running = Running::start(&by_paper, &format!("{ANNA},north\n{BORIS},south\n"), |config| {
        // The desk goes by the machine's clock.
        config.clock = veche_server::Clock::system();
    })
    .await;
    let data = &running.data;
    let find = |phone: &str| says(&run(&["help", "find"], data, phone));
    let found = find(ANNA);
    assert!(found.contains("in the district north.\nSigned in: never."), "{found}");
    assert!(found.ends_with("Code: none was sent in 24 hours.\n"), "{found}");
    running.ask(CAROL).await.expect(StatusCode::OK);
    assert!(
        find(CAROL).contains("Code: asked for, and none was sent, because the number is not on the roll.")
    );

    let (session, code) = running.session(ANNA).await;
    let mut found = find(ANNA);
    for _ in 0..100 {
        if found.contains("Code: sent, the last at 20") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        found = find(ANNA);
    }
    assert!(found.contains("; 1 in 24 hours."), "{found}");
    assert_eq!(running.give(&session, &code).await.expect(StatusCode::OK).text("route"), "sms");

    let give = with(&["help", "code", "--days", "2"], &BY);
    let printed = |phone: &str| {
        let output = run(&give, data, phone);
        let said = says(&output);
        let code: String = said.lines().next().unwrap().split(' ').collect();
        assert!(code.len() == 12 && code.bytes().all(|byte| byte.is_ascii_digit()), "{said}");
        assert!(said.contains("It is good once, until 20"), "{said}");
        code
    };
    let (first, second) = (printed(BORIS), printed(BORIS));
    assert!(find(BORIS).contains(", not used, good until 20"));
    let stored = running.stored();
    for code in [&first, &second] {
        assert!(!stored.windows(12).any(|window| window == code.as_bytes()), "a code is stored");
    }
    let session = |answer: crate::support::Answer| answer.expect(StatusCode::OK).text("session");
    let (annas, boriss) = (session(running.ask(ANNA).await), session(running.ask(BORIS).await));
    running.give(&annas, &second).await.problem(403, "wrong-code");
    running.give(&boriss, &first).await.problem(403, "wrong-code");
    let signed = running.give(&boriss, &second).await.expect(StatusCode::OK);
    assert_eq!((signed.text("route"), signed.text("style")), ("code".to_owned(), "south".to_owned()));
    let again = session(running.ask(BORIS).await);
    running.give(&again, &second).await.problem(403, "wrong-code");
    let voter = running.get("/v1/voter").bearer_auth(signed.text("token")).send().await.unwrap();
    let voter = crate::support::Answer::of(voter).await;
    assert_eq!((voter.text("route"), voter.text("style")), ("code".to_owned(), "south".to_owned()));
    let found = find(BORIS);
    assert!(found.contains("Signed in: yes.") && found.contains(", and used."), "{found}");
    assert!(found.ends_with("  code on paper, district south  by Ewa: asked at the counter\n"), "{found}");
    let by_name = ["help", "find", "--pseudonym", &signed.text("pseudonym")];
    assert_eq!(says(&run(&by_name, data, "")), found, "by the name on the board");

    let unlocked = says(&run(&with(&["help", "unlock"], &BY), data, BORIS));
    assert!(unlocked.contains("The count begins anew."), "{unlocked}");
    assert!(find(BORIS).ends_with("  unlock  by Ewa: asked at the counter\n"));
    let off_roll = refused(&run(&give, data, CAROL));
    assert!(off_roll.contains("this number is not on the roll"), "{off_roll}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_on_paper_needs_a_route_of_its_own() {
    let running = Running::with_roll(&[ANNA]).await;
    let refused = refused(&run(&with(&["help", "code"], &BY), &running.data, ANNA));
    assert!(refused.contains("the manifest has no route \"code\""), "{refused}");
}

/// Not a test: `cargo test -p veche-server --test ballot_box half_a_million -- --ignored --nocapture`
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "a measurement, not a test"]
#[allow(clippy::print_stdout, reason = "printing numbers is what this is for")]
async fn half_a_million_lines_while_people_sign_in() {
    use std::time::{Duration, Instant};
    const VOTERS: u32 = 4_000;
    let lines: u32 =
        std::env::var("VECHE_LINES").ok().and_then(|lines| lines.parse().ok()).unwrap_or(500_000);
    let phone = |n: u32| format!("+48{}", 500_000_000 + n);
    let mut wide = manifest("roll");
    wide["styles"][0]["electorate"] = 1_000_000.into();
    let roll: String = (0..VOTERS).map(|n| format!("{},north\n", phone(n))).collect();
    let running = Running::start(&wide, &roll, |_| {}).await;
    let file = running.data.join("long.csv");
    let long: String = (0..lines).map(|n| format!("{},north\n", phone(n))).collect();
    std::fs::write(&file, format!("phone,style\n{long}")).unwrap();
    let said = |mut waits: Vec<Duration>| {
        waits.sort();
        let at = |part: usize| waits[(waits.len() - 1) * part / 100];
        format!(
            "{} sign-ins: {:?} in the middle, p99 {:?}, at most {:?}",
            waits.len(),
            at(50),
            at(99),
            at(100)
        )
    };
    let mut next = 0..VOTERS;
    let sign_in = async |n: u32| {
        let began = Instant::now();
        running.sign_in(&phone(n)).await;
        began.elapsed()
    };
    let mut quiet = Vec::new();
    for n in next.by_ref().take(200) {
        quiet.push(sign_in(n).await);
    }
    println!("before, {}", said(quiet));
    for turn in 0..2 {
        let mut command = program();
        command.args(["roll", "replace"]).arg(&file).args(BY).arg("--data").arg(&running.data);
        command.stdout(Stdio::null());
        let began = Instant::now();
        let mut process = command.spawn().unwrap();
        let mut waits = Vec::new();
        while process.try_wait().unwrap().is_none() {
            match next.next() {
                Some(n) => waits.push(sign_in(n).await),
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        assert!(process.wait().unwrap().success());
        println!("{lines} lines in {:?}, turn {turn}; meanwhile {}", began.elapsed(), said(waits));
    }
}
