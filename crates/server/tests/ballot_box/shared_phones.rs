//! Several people of the roll with one phone: told apart by a mark, after the right code.

use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answer, Running, manifest, other_than};
use crate::terminal::{program, refused};

/// Of Zofia and Jan.
const HOME: &str = "+48421234567";
const BORIS: &str = "+48429876543";

const ROLL: &str = "phone;style;Rok urodzenia\n\
    +48421234567;north;1953\n\
    +48 42 987 65 43;north;\n\
    0048421234567;south;1951\n";

async fn running() -> Running {
    with(ROLL).await
}

async fn with(roll: &str) -> Running {
    Running::start(&manifest("roll"), "", |config| {
        let path = config.data.join("roll.csv");
        std::fs::write(&path, roll).unwrap();
        config.roll = Some(path);
    })
    .await
}

async fn give(running: &Running, (session, code): &(String, String), mark: &str) -> Answer {
    let body = json!({"session": session, "code": code, "mark": mark});
    Answer::of(running.post("/v1/sign-in/code").json(&body).send().await.unwrap()).await
}

#[tokio::test]
async fn each_person_of_a_phone_is_a_voter_and_stays_the_same_one() {
    let running = running().await;
    let mut known = Vec::new();
    for (mark, style, wherever) in
        [("1953", "north", "first"), ("1951", "south", "first"), (" ١٩٥٣ ", "north", "on another device")]
    {
        let asked = running.session(HOME).await;
        let needed = running.give(&asked.0, &asked.1).await.problem(409, "mark-needed");
        assert_eq!(needed.text("asked_for"), "Rok urodzenia");
        // The answer was lost: the same again says the same, as often as it takes.
        for _ in 0..6 {
            running.give(&asked.0, &asked.1).await.problem(409, "mark-needed");
        }
        let signed = give(&running, &asked, mark).await.expect(StatusCode::OK);
        assert_eq!(signed.text("style"), style, "{wherever}");
        give(&running, &asked, mark).await.problem(410, "code-expired");
        let voter = running.get("/v1/voter").bearer_auth(signed.text("token")).send().await.unwrap();
        let voter = Answer::of(voter).await.expect(StatusCode::OK);
        assert_eq!(
            (voter.text("style"), voter.text("pseudonym")),
            (style.to_owned(), signed.text("pseudonym"))
        );
        known.push(signed.text("pseudonym"));
    }
    assert_ne!(known[0], known[1], "two people");
    assert_eq!(known[0], known[2], "one person, whatever the digits");
    // Whoever has a phone alone is asked for nothing.
    running.sign_in(BORIS).await;
    let stored = running.stored();
    for mark in ["1953", "1951"] {
        assert!(!stored.windows(mark.len()).any(|window| window == mark.as_bytes()), "{mark} is stored");
    }
}

/// ATTACKS.md row 88.
#[tokio::test]
async fn attack_88_without_the_code_nobody_learns_of_the_people_of_a_phone() {
    let running = running().await;
    let wrong = |answer: Answer| {
        let mut json = answer.problem(403, "wrong-code").without_name();
        json["attempts_left"].take();
        json
    };
    let mut answers: Vec<Value> = Vec::new();
    for phone in [HOME, BORIS, "+48420000001"] {
        let asked = running.ask(phone).await.expect(StatusCode::OK);
        let code =
            if phone == "+48420000001" { "123456".to_owned() } else { running.sms.code(phone, 1).await };
        let stranger = (asked.text("session"), other_than(&code));
        answers.push(wrong(running.give(&stranger.0, &stranger.1).await));
        for mark in ["1953", "1999"] {
            answers.push(wrong(give(&running, &stranger, mark).await));
        }
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    // Nor has any of it used up the tries of those who have the code.
    let asked = running.session(HOME).await;
    assert_eq!(give(&running, &asked, "1999").await.problem(403, "wrong-mark").json()["attempts_left"], 9);
}

/// ATTACKS.md row 88: whoever holds the phone guesses at the mark of somebody else.
#[tokio::test]
async fn attack_88_marks_are_guessed_at_a_few_times() {
    let mut running = running().await;
    let asked = running.session(HOME).await;
    for (year, left) in (1990..2000).zip((0..10).rev()) {
        let refused = give(&running, &asked, &year.to_string()).await.problem(403, "wrong-mark");
        assert_eq!(refused.json()["attempts_left"], left);
        // Neither another code nor a restart begins the count anew.
        if left == 5 {
            running.restart(|_| {}).await;
        }
    }
    let spent = give(&running, &asked, "1953").await.problem(429, "too-many-marks");
    assert_eq!(spent.json()["retry_after"], 86_400);
    let another = running.session(HOME).await;
    give(&running, &another, "1953").await.problem(429, "too-many-marks");
    running.give(&another.0, &another.1).await.problem(429, "too-many-marks");
    running.sign_in(BORIS).await;
    // The desk can help at once, and a day does.
    let unlocked = run(&["help", "unlock", "--operator", "Ewa", "--reason", "glasses"], &running.data, HOME);
    assert!(unlocked.status.success());
    give(&running, &another, "1953").await.expect(StatusCode::OK);
    running.clock.advance(Duration::from_secs(86_400));
    let later = running.session(HOME).await;
    give(&running, &later, "1951").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn the_people_of_a_phone_have_its_messages_together() {
    let running = running().await;
    for phone in [HOME, BORIS] {
        for sent in 1..=6 {
            running.ask(phone).await.expect(StatusCode::OK);
            assert_eq!(running.sms.code(phone, sent).await.len(), 6, "{sent}");
        }
        running.ask(phone).await.expect(StatusCode::OK);
        assert_eq!(running.sms.code(phone, 7).await.len(), 12);
    }
}

#[tokio::test]
async fn a_mark_that_is_no_text_of_a_person_is_refused() {
    let running = running().await;
    let asked = running.session(HOME).await;
    give(&running, &asked, &"x".repeat(201)).await.problem(400, "malformed");
    for nothing in ["", " ", "-"] {
        give(&running, &asked, nothing).await.problem(409, "mark-needed");
    }
    give(&running, &asked, "1953").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn without_a_heading_of_its_own_the_page_has_words() {
    let running = with("phone,district,mark\n+48421234567,north,Zofia\n+48421234567,north,Jan\n").await;
    let asked = running.session(HOME).await;
    let needed = running.give(&asked.0, &asked.1).await.problem(409, "mark-needed");
    assert_eq!(needed.json()["asked_for"], Value::Null);
    give(&running, &asked, "ZOFIA").await.expect(StatusCode::OK);
}

/// Runs the program with lines typed into it.
fn run(arguments: &[&str], data: &Path, typed: &str) -> Output {
    let mut process = program()
        .args(arguments)
        .arg("--data")
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = process.stdin.take().unwrap().write_all(format!("{typed}\n").as_bytes());
    process.wait_with_output().unwrap()
}

#[track_caller]
fn says(output: &Output) -> String {
    let said = String::from_utf8_lossy(&[output.stdout.clone(), output.stderr.clone()].concat()).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("4842") && !said.contains("195"), "{said}");
    said
}

const BY: [&str; 4] = ["--operator", "Ewa", "--reason", "asked at the counter"];

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_tells_people_of_one_phone_apart() {
    let running = running().await;
    let data = &running.data;
    let with_by = |arguments: &[&'static str]| [arguments, &BY].concat();
    let marked = |phone: &str, mark: &str| format!("{phone}\n{mark}");

    let which = refused(&run(&["roll", "find"], data, HOME));
    assert!(which.contains("several people of the roll have this number: say which one"), "{which}");
    let found = says(&run(&["roll", "find", "--mark"], data, &marked(HOME, "1951")));
    assert!(found.contains("On the roll: yes, in the district south."), "{found}");
    let nobody = refused(&run(&["roll", "find", "--mark"], data, &marked(HOME, "1999")));
    assert!(nobody.contains("none of them with this mark"), "{nobody}");
    let nothing = refused(&run(&["roll", "find", "--mark"], data, HOME));
    assert!(nothing.contains("the mark has neither a letter nor a digit"), "{nothing}");
    let strike = refused(&run(&["strike", "--reason", "not-entitled"], data, HOME));
    assert!(strike.contains("several people of the roll have this phone"), "{strike}");

    // Boris votes alone; then his wife comes onto the roll with the same number.
    let (_, boris) = running.sign_in(BORIS).await;
    let add = with_by(&["roll", "add", "--style", "south", "--mark"]);
    let early = refused(&run(&add, data, &marked(BORIS, "1960")));
    assert!(
        early.contains("give whoever is there alone without one theirs first, with `roll mark`"),
        "{early}"
    );
    let dry = says(&run(&["roll", "mark", "--dry-run"], data, &marked(BORIS, "1958")));
    assert!(dry.contains("Nothing was changed."), "{dry}");
    says(&run(&with_by(&["roll", "mark"]), data, &marked(BORIS, "1958")));
    for _ in 0..2 {
        let looked = [&["roll", "add", "--style", "south", "--mark", "--dry-run"][..]].concat();
        says(&run(&looked, data, &marked(BORIS, "1960")));
    }
    says(&run(&add, data, &marked(BORIS, "1960")));
    let again = refused(&run(&add, data, &marked(BORIS, "1960")));
    assert!(again.contains("is on the roll already, in the district \"south\""), "{again}");
    let several = refused(&run(&with_by(&["roll", "mark"]), data, &marked(BORIS, "1961")));
    assert!(several.contains("reading the whole roll anew"), "{several}");
    let asked = running.session(BORIS).await;
    let signed = give(&running, &asked, "1958").await.expect(StatusCode::OK);
    assert_eq!(signed.text("pseudonym"), boris, "he is who he was");
    let asked = running.session(BORIS).await;
    let signed = give(&running, &asked, "1960").await.expect(StatusCode::OK);
    assert_ne!(signed.text("pseudonym"), boris);
    let token = signed.text("token");

    says(&run(&with_by(&["roll", "move", "--style", "north", "--mark"]), data, &marked(BORIS, "1960")));
    says(&run(&with_by(&["roll", "strike", "--mark"]), data, &marked(BORIS, "1960")));
    let gone = running.get("/v1/voter").bearer_auth(&token).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(running.sign_in(BORIS).await.1, boris, "he is asked for nothing, and is who he was");

    let journal = says(&run(&["journal"], data, ""));
    for done in ["roll mark, district north", "roll add, district south", "roll strike, district north"] {
        assert!(journal.contains(done), "{journal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_on_paper_is_for_one_person_of_a_phone() {
    let mut by_paper = manifest("roll");
    let route = json!({"id": "code", "title": {"en": "By a code on paper"}, "entered": false});
    by_paper["routes"].as_array_mut().unwrap().push(route);
    // The program goes by the hour of this machine.
    by_paper["closes"] = json!("2099-05-14T20:00:00Z");
    let running = Running::start(&by_paper, "", |config| {
        let path = config.data.join("roll.csv");
        std::fs::write(&path, ROLL).unwrap();
        config.roll = Some(path);
    })
    .await;
    let code = [&["help", "code"][..], &BY].concat();
    let which = refused(&run(&code, &running.data, HOME));
    assert!(which.contains("say which one"), "{which}");
    let printed = run(&[&code[..], &["--mark"]].concat(), &running.data, &format!("{HOME}\n1951"));
    // It may have any digits.
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
    let digits: String = printed.chars().take(14).filter(char::is_ascii_digit).collect();
    let session = running.ask(HOME).await.expect(StatusCode::OK).text("session");
    let signed = running.give(&session, &digits).await.expect(StatusCode::OK);
    assert_eq!((signed.text("style").as_str(), signed.text("route").as_str()), ("south", "code"));
    let found = says(&run(&["help", "find", "--mark"], &running.data, &format!("{HOME}\n1951")));
    assert!(found.contains("Code on paper: given at") && found.contains("and used"), "{found}");
    let other = says(&run(&["help", "find", "--mark"], &running.data, &format!("{HOME}\n1953")));
    assert!(!other.contains("Code on paper"), "{other}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_roll_gives_nobody_a_second_vote() {
    let running = with("phone,style\n+48421234567,north\n+48429876543,north\n").await;
    let (_, boris) = running.sign_in(BORIS).await;
    let data = &running.data;
    let path = data.join("new.csv");
    let replace = |roll: &str| {
        std::fs::write(&path, roll).unwrap();
        let arguments = [&["roll", "replace", path.to_str().unwrap()][..], &BY].concat();
        run(&arguments, data, "")
    };
    // Of the first phone nobody has signed in, so it does not matter; of the second somebody has.
    let shared = "phone,style,mark (first name)\n\
        +48421234567,north,Zofia\n+48421234567,north,Jan\n+48429876543,north,Boris\n+48429876543,south,Wanda\n";
    let unclear = replace(shared);
    assert!(!unclear.status.success());
    let unclear = String::from_utf8_lossy(&unclear.stdout).into_owned();
    for row in
        ["row 4, column A (phone): somebody who has signed in", "row 5, column A (phone): somebody who"]
    {
        assert!(unclear.contains(row), "{unclear}");
    }
    assert!(!unclear.contains("row 2,") && !unclear.contains("4842"), "{unclear}");
    running.sign_in(HOME).await;
    says(&run(&[&["roll", "mark"][..], &BY].concat(), data, &format!("{HOME}\nZofia")));
    says(&run(&[&["roll", "mark"][..], &BY].concat(), data, &format!("{BORIS}\nBoris")));
    let replaced = says(&replace(shared));
    assert!(
        replaced
            .contains("Numbers that several people have: 2. Column C (mark (first name)) tells them apart.")
            && replaced.contains("New: 2. Gone: 0. In another district: 0. As before: 2."),
        "{replaced}"
    );
    let asked = running.session(BORIS).await;
    let needed = running.give(&asked.0, &asked.1).await.problem(409, "mark-needed");
    assert_eq!(needed.text("asked_for"), "first name");
    assert_eq!(give(&running, &asked, "boris").await.expect(StatusCode::OK).text("pseudonym"), boris);
    // One of them is written otherwise: nobody has become somebody else.
    says(&replace(&shared.replace("Boris", "Borys")));
    let asked = running.session(BORIS).await;
    give(&running, &asked, "Boris").await.problem(403, "wrong-mark");
    assert_eq!(give(&running, &asked, "Borys").await.expect(StatusCode::OK).text("pseudonym"), boris);
}

#[test]
fn a_roll_of_shared_phones_is_checked_by_row() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("manifest.json"), manifest("roll").to_string()).unwrap();
    let check = |roll: &str| {
        std::fs::write(folder.path().join("roll.csv"), roll).unwrap();
        let mut command = program();
        command.current_dir(folder.path()).args(["roll", "check", "roll.csv", "--manifest", "manifest.json"]);
        let output = command.output().unwrap();
        let said =
            String::from_utf8_lossy(&[output.stdout.clone(), output.stderr.clone()].concat()).into_owned();
        assert!(!said.contains("+4842"), "{said}");
        (output.status.success(), said)
    };
    let (is_right, said) = check(ROLL);
    assert!(is_right && said.contains("3 rows, 3 of them without a mistake"), "{said}");
    assert!(said.contains("Numbers that several people have: 1. Column C (Rok urodzenia) tells them apart."));
    for (roll, expected) in [
        (
            "phone,style,name\n+48421234567,north,Ewa\n+48421234567,north,Jan\n".to_owned(),
            &[
                "row 3, column A (phone): the same phone number as in row 2",
                "headed for example `year of birth`",
            ][..],
        ),
        (
            "phone,style,flat\n+48421234567,north,1\n+48421234567,north,\n+48421234567,north, \n".to_owned(),
            &[
                "row 3, column C (flat): the same phone number as in row 2, and nothing here tells",
                "row 4, column C (flat): the same phone number as in row 2, and nothing here tells",
                "3 rows, 1 of them without a mistake",
            ],
        ),
        (
            "phone,style,mark\n+48421234567,north,\n+48421234567,north,b\n".to_owned(),
            &["row 2, column C (mark): the same phone number as in row 3, and nothing here tells"],
        ),
        (
            "phone,style,mark\n+48421234567,north,a\n+48421234567,north,b\n+48421234567,north, A\n"
                .to_owned(),
            &["row 4, column C (mark): the same phone number as in row 2, and the same here"],
        ),
        (
            "phone,style,flat,year of birth\n+48421234567,north,1,2\n+48421234567,north,2,3\n".to_owned(),
            &[
                "row 3, column A (phone): the same phone number as in row 2",
                "columns C (flat), D (year of birth)",
            ],
        ),
        (
            format!(
                "phone,style,mark\n{}",
                (1..=9).map(|n| format!("+48421234567,north,{n}\n")).collect::<String>()
            ),
            &["row 10, column A (phone): more than 8 people", "9 rows, 8 of them without a mistake"],
        ),
    ] {
        let (is_right, said) = check(&roll);
        assert!(!is_right, "{said}");
        for part in expected {
            assert!(said.contains(part), "{part}\n{said}");
        }
    }
    // Where everybody has a phone alone, it does not matter what could tell people apart.
    let (is_right, said) = check("phone,style,flat,year of birth\n+48421234567,north,1,1953\n");
    assert!(is_right && said.contains("Not looked at: column C (flat), column D (year of birth)."), "{said}");
    let (is_right, said) = check("phone,style,mark,flat\n+48421234567,north,a,1\n+48421234567,north,b,1\n");
    assert!(is_right && said.contains("Column C (mark) tells them apart."), "{said}");
}
