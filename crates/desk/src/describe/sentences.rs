//! Every finding has a sentence in every language, and what is filled in has its place.

use std::collections::BTreeSet;

use veche_phrases::{Language, Said};
use veche_record::manifest::Problem as Manifest;
use veche_record::rules::{CompiledContest, Ranked, Rule, RuleError};
use veche_sheet::{AmountError, Instant, MomentError, Zone, ZoneError};

use super::{Means, Problem, Question, TakenAs, Warning};
use crate::phrases;
use crate::words::{Choice, ProjectColumn, Setting, SheetKind, Term};

fn manifest() -> Vec<Manifest> {
    let rule = |rule| Manifest::Rule(rule);
    vec![
        Manifest::FileTooLarge(5),
        Manifest::Count { found: 0, most: 500 },
        Manifest::Id,
        Manifest::Repeated("a".into()),
        Manifest::Empty,
        Manifest::Exclusive(1),
        Manifest::Currency,
        Manifest::Language("xx".into()),
        Manifest::MissingLanguage("pl".into()),
        Manifest::Hours,
        Manifest::Zero,
        Manifest::Money,
        Manifest::FundingCost,
        Manifest::BallotTooLarge { size: 2, most: 1 },
        Manifest::TallyTooLarge { size: 2, most: 1 },
        rule(RuleError::NothingToChoose),
        rule(RuleError::MinAboveMax { min: 2, max: 1 }),
        rule(RuleError::BlankAndEmpty),
        rule(RuleError::Cost(3)),
        rule(RuleError::BudgetBelowMin { min: 2, affordable: 1 }),
        rule(RuleError::MinPoints { min: 2, points: 1 }),
        rule(RuleError::TotalTooLarge { electorate: 5, largest: 7 }),
        rule(RuleError::Options(501)),
        rule(RuleError::Slots(9_999)),
        // What no spreadsheet asks for.
        rule(RuleError::NoScore),
        Manifest::Endpoint,
    ]
}

/// A ranking of more places than a ballot can have.
fn long_ranking() -> Rule {
    Rule::Ranked(Ranked { places: 500, min: 1, scores: vec![1; 500], blank: false })
}

fn problems() -> Vec<Problem> {
    use Problem::*;
    let mut all = vec![
        NoSheet { sheet: Term::of(SheetKind::Vote), found: vec!["a".into(), "b".into()] },
        SheetTwice(Term::of(SheetKind::Vote)),
        NoHeader,
        NoColumn(Term::of(ProjectColumn::Name)),
        ColumnTwice,
        NoSetting(Term::of(Setting::Title)),
        UnknownSetting,
        SettingTwice(4),
        Contradiction("x".into()),
        Missing(Term::of(ProjectColumn::Cost)),
        Formula,
        Amount(AmountError::Word("mln".into())),
        Moment(MomentError::ShortYear),
        Zone(ZoneError::Unknown),
        AtLeast(1),
        Count { least: 1, most: 9 },
        Percent,
        Percentage,
        Choice(vec![Term::of(self::Choice::Yes), Term::of(self::Choice::No)]),
        Language("x".into()),
        NoLanguage,
        MissingLanguage("pl".into()),
        Hours,
        Year,
        LatestClosing,
        PaperUntil,
        NoPaper,
        TrusteesNeeded(3),
        Country,
        Sms,
        Twice(4),
        UnknownDistrict,
        WhichCity,
        NoProjects,
        EmptyBallot,
        NoVoters(Term::of(ProjectColumn::Name)),
        Coordinates,
        HalfCoordinates,
        Picture,
        Number,
        Alone,
        Answer { answer: "x".into(), choices: vec!["1".into(), "2".into()] },
        Unasked,
    ];
    all.extend(manifest().into_iter().map(|problem| Manifest(Box::new(problem))));
    // What the manifest says of it is about bits.
    let program = CompiledContest::compile(&long_ranking(), 500, 9).unwrap_err();
    all.push(Manifest(Box::new(program.into())));
    all
}

fn hour() -> Instant {
    Zone::find("Europe/Warsaw").unwrap().at(4_083_696_000).unwrap()
}

fn warnings() -> Vec<Warning> {
    use Warning::*;
    vec![
        Dearer(5),
        Cents("5".into()),
        Past,
        NoDay(hour()),
        NoHour(hour()),
        Unreachable { threshold: 9, most: 5 },
        NoTieRule,
        SmallList { about: 4, minimum: 10 },
        SmallGroup { about: 4, minimum: 10 },
        NoneMissing { count: 3, threshold: 2 },
        Stated { stated: 4, counted: 5 },
        StatedLeft { stated: 4, counted: 2, rows: vec![3, 7] },
        UnknownColumn,
        NoRoom,
        OtherLanguage("x".into()),
        AllLanguages,
        NoText,
        SameName(4),
        NoOwnList,
        YesOrBlank,
        Example,
        Hidden,
        RouteNames("x".into()),
        Guessed { encoding: "CP1250", sample: "ą".into() },
    ]
}

const QUESTIONS: [Question; 3] = [Question::Amount, Question::Number, Question::Hour];

/// The codes of some findings, and what is wrong with their sentences.
fn of<T: Said>(findings: &[T]) -> (Vec<&'static str>, Vec<String>) {
    (findings.iter().map(Said::code).collect(), findings.iter().flat_map(Said::mistakes).collect())
}

#[test]
fn every_finding_has_its_sentence_with_its_places_in_every_language() {
    assert_eq!(phrases().disagreements(), Vec::<String>::new());
    // What a cell says is in the tables of the sheet, which has this test of its own.
    let mut problems = problems();
    problems.retain(|problem| !matches!(problem, Problem::Amount(_) | Problem::Moment(_) | Problem::Zone(_)));
    let all = [of(&problems), of(&warnings()), of(&QUESTIONS)];
    let mistakes: Vec<_> = all.iter().flat_map(|(_, mistakes)| mistakes).collect();
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let codes: BTreeSet<&str> = all.iter().flat_map(|(codes, _)| codes.iter().copied()).collect();
    let of_findings = |code: &&str| {
        ["problem.", "warning.", "question.", "manifest."].iter().any(|kind| code.starts_with(kind))
    };
    assert_eq!(codes, phrases().codes().filter(of_findings).collect(), "a sentence is of no finding");
}

/// The manifest says the same in English where it is read without a spreadsheet.
#[test]
fn what_the_manifest_refuses_is_said_as_the_manifest_says_it() {
    for problem in manifest() {
        let said = problem.to_string();
        assert_eq!(Problem::Manifest(Box::new(problem)).to_string(), said);
    }
}

#[test]
fn a_finding_of_a_cell_is_said_in_every_language() {
    for language in Language::ALL {
        for problem in problems() {
            assert!(!problem.said(language).contains(['{', '}']) || matches!(problem, Problem::Sms));
            assert!(!problem.said(language).is_empty(), "{problem:?} in {language}");
        }
    }
    let error = Problem::Moment(MomentError::Word("jutro".into()));
    assert!(error.said(Language::Es).starts_with("«jutro» no se entiende en una fecha"));
    assert_eq!(
        Problem::Choice(Term::all(&[Choice::Yes, Choice::No])).said(Language::Fr),
        "écrivez l’un de ces mots : oui, non"
    );
}

#[test]
fn what_an_answer_means_and_what_is_taken_have_words_in_every_language() {
    use Means::{Decimals, DecimalsDown, DecimalsUp, Down, MilMillion, MilThousand, Plain, Thousands, Up};
    for language in Language::ALL {
        assert_eq!(Plain.said(language), None);
        let all = [Thousands, Decimals, DecimalsUp, DecimalsDown, Up, Down, MilThousand, MilMillion];
        let words: BTreeSet<_> = all.iter().filter_map(|means| means.said(language)).collect();
        assert_eq!(words.len(), all.len(), "{language}: {words:?}");
        assert!(TakenAs::Places(3).said(language).contains('3'));
        assert!(!Term::place_points().word(language).is_empty());
    }
}
