//! Which sentence of the page an error gets.

use veche_verify::failure::{Cause, Failure};
use veche_verify::report::{CheckReport, FailureReport};
use veche_verify::{Check, Outcome, Status};

use super::*;

#[test]
fn what_the_organiser_can_mend_has_a_sentence_of_its_own_with_the_hour_and_its_zone() {
    let hour = || HourOf::new(1_781_474_400, "Europe/Warsaw");
    for (error, kind, with_hour) in [
        (HoursError::Over, "desk-put-off-over", false),
        (HoursError::Never, "desk-put-off-never", false),
        (HoursError::NotLater(hour()), "desk-put-off-later", true),
        (HoursError::TooLate(hour()), "desk-put-off-most", true),
        (HoursError::Silent, "desk-silent", false),
        (HoursError::NotEarly(hour()), "desk-not-early", true),
        (HoursError::NoReason, "desk-no-reason", false),
        (HoursError::NoLanguage("en, pl".to_owned()), "desk-no-reason", false),
    ] {
        let problem = Problem::from(Error::from(error));
        assert_eq!(problem.kind.name(), kind);
        let hour = problem.hour.map(|hour| (hour.utc(), hour.zone().to_owned()));
        let wanted = with_hour.then(|| ("2026-06-14T22:00:00Z".to_owned(), "Europe/Warsaw".to_owned()));
        assert_eq!(hour, wanted, "{kind}");
    }
    let unknown =
        RemoteError::Refused { url: "u".to_owned(), status: 401, detail: "a pass is missing".to_owned() };
    assert_eq!(Problem::from(Error::from(unknown)).kind, Kind::DeskPassWrong);
    assert_eq!(Problem::from(Error::from(ArchiveError::NotFinished)).kind, Kind::DeskNotFinished);
    // A step that another page has taken: the desk says so, and quotes nothing.
    let taken =
        RemoteError::Refused { url: "u".to_owned(), status: 409, detail: ": Voting is closed".to_owned() };
    for (error, kind) in [
        (Error::from(taken), Kind::DeskNotNow),
        (ElectionError::NotNow("Voting is open already".to_owned()).into(), Kind::DeskNotNow),
        (ElectionError::NoKeys("Ask them".to_owned()).into(), Kind::DeskNoKeys),
        (ElectionError::Overtaken.into(), Kind::DeskOvertaken),
    ] {
        assert_eq!(Problem::from(error).kind, kind);
    }
}

/// A report whose first failed check is somebody's fault.
fn report(culprit: Culprit) -> Report {
    let failure = Failure {
        check: Check::Tree,
        entry: Some(7),
        culprit,
        cause: Box::new(Cause::MissingFile("tile/0".to_owned())),
    };
    let check = CheckReport {
        check: Check::Tree,
        sentence: Check::Tree.sentence(),
        status: Status::Failed,
        examined: 1,
        failure: Some(FailureReport::from(&failure)),
        more_failures: Vec::new(),
    };
    let passed = CheckReport {
        check: Check::Files,
        status: Status::Passed,
        failure: None,
        sentence: Check::Files.sentence(),
        ..check.clone()
    };
    Report {
        outcome: Outcome::Failed,
        fingerprint: None,
        expected: None,
        entries: 8,
        ballots: 0,
        key_changes: None,
        turnout: Vec::new(),
        checks: vec![passed, check],
        tallies: None,
        funding: Vec::new(),
        draws: Vec::new(),
        notices: Vec::new(),
    }
}

#[test]
fn a_board_that_does_not_pass_is_the_organisers_the_trustees_or_the_boxs_and_the_check_is_quoted() {
    for (culprit, kind) in [
        (Culprit::Organiser, Kind::DeskBoardOrganiser),
        (Culprit::Trustee(2), Kind::DeskBoardTrustees),
        (Culprit::Trustees(0b110), Kind::DeskBoardTrustees),
        (Culprit::BallotBox, Kind::DeskBoard),
        (Culprit::Publisher, Kind::DeskBoard),
        (Culprit::Registrar, Kind::DeskBoard),
    ] {
        let problem = Problem::of_board(&report(culprit));
        assert_eq!(problem.kind, kind, "{culprit}");
        let number = Check::Tree.number();
        let said = format!("check {number}, entry 7: tile/0 is missing; to blame: {culprit}");
        assert_eq!(problem.detail(), said);
    }
    let unreadable =
        Report { outcome: Outcome::Unreadable, checks: Vec::new(), ..report(Culprit::Organiser) };
    let problem = Problem::of_board(&unreadable);
    assert_eq!(problem.kind, Kind::DeskBoard);
    assert_eq!(problem.detail(), "There is no record here that can be read.");
}

#[test]
fn what_a_clerk_can_meet_has_a_sentence_of_its_own() {
    let place = || std::path::PathBuf::from("record");
    let refused =
        |status| Error::from(RemoteError::Refused { url: "u".to_owned(), status, detail: String::new() });
    let manifest = |problem| veche_record::ManifestError { path: ".".to_owned(), problem };
    let practice = |problem| PracticeError::Manifest { path: place(), source: manifest(problem) };
    let hour = HourOf::new(1_781_474_400, "Europe/Warsaw");
    let closes = veche_record::manifest::Timestamp::from_unix(1_781_474_401).unwrap();
    for (error, kind) in [
        (DeskError::from(VaultError::Made).into(), "desk-key-made"),
        (DeskError::LongReason { most: 500 }.into(), "desk-long-reason"),
        (refused(403), "desk-box-refused"),
        (refused(422), "desk-box-refused"),
        (refused(500), "desk-box-refused"),
        (RemoteError::Size { url: "u".to_owned() }.into(), "desk-box-other"),
        (ElectionError::Note("of another board".to_owned()).into(), "desk-board"),
        (ElectionError::Languages("en, pl".to_owned()).into(), "desk-silent"),
        (ElectionError::Manifest(Box::new(manifest(Wrong::Empty))).into(), "desk-box-other"),
        (TrusteesError::Manifest(manifest(Wrong::Empty)).into(), "desk-box-other"),
        (TrusteesError::By("soon".to_owned()).into(), "desk-hour-none"),
        (PracticeError::Overlaps { closes, opens: hour.clone() }.into(), "desk-practice-late"),
        (practice(Wrong::Hours).into(), "desk-practice-hours"),
        (practice(Wrong::Empty).into(), "desk-manifest"),
        (PracticeError::Already(place()).into(), "desk-practice-already"),
        (PreviewError::Manifest { path: place(), source: manifest(Wrong::Empty) }.into(), "desk-manifest"),
        (FolderError::Foreign { path: place(), file: "letter.txt".to_owned() }.into(), "desk-record"),
        (TurnoutError::Kept { path: place(), why: "of another".to_owned() }.into(), "desk-looks"),
        (TurnoutError::Moved.into(), "desk-overtaken"),
    ] {
        let problem = Problem::from(error);
        assert_eq!(problem.kind.name(), kind, "{}", problem.detail);
        assert_eq!(problem.hour, (kind == "desk-practice-late").then(|| hour.clone()), "{kind}");
        assert!(!problem.kind.status().is_success());
    }
}

#[test]
fn the_page_has_a_sentence_for_every_kind() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/app/messages/en");
    let files = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()));
    let messages: String = files.map(Result::unwrap).collect();
    let names = include_str!("mod.rs").split("=> \"").skip(1).filter_map(|rest| rest.split('"').next());
    let names: Vec<&str> = names.filter(|name| name.starts_with("desk-")).collect();
    assert!(names.len() > 60, "{names:?}");
    let silent: Vec<_> =
        names.iter().filter(|name| !messages.contains(&format!("\"trouble.{name}\""))).collect();
    assert!(silent.is_empty(), "{silent:?}");
}
