use veche_record::manifest::Funding;
use veche_record::rules::{CompiledContest, Rule};

use super::rule::Reader;
use super::{Choices, Source};
use crate::pabulib::PabulibFile;

/// A file of three projects with these lines of META.
fn file(meta: &str) -> PabulibFile {
    let text = format!(
        "META\nkey;value\n{meta}PROJECTS\nproject_id;cost\na;10\nb;20\nc;30\nVOTES\nvoter_id;vote;points\n"
    );
    PabulibFile::parse(text.as_bytes()).unwrap()
}

fn rule(meta: &str, points: Option<u32>) -> Result<Rule, String> {
    let path = std::path::Path::new("town.pb");
    let choices = Choices { points, ..Choices::default() };
    Reader { path, file: &file(meta), choices: &choices }.rule().map_err(|error| error.to_string())
}

#[test]
fn every_vote_type_has_its_rule_and_its_defaults() {
    for (meta, line) in [
        ("vote_type;approval\n", "pick 1 to 3"),
        ("vote_type;approval\nmin_length;2\nmax_length;2\n", "pick exactly 2"),
        ("vote_type;approval\nmin_length;0\nmax_length;9\nmin_sum_cost;0\n", "pick at most 9"),
        ("vote_type;choose-1\n", "pick exactly 1"),
        ("vote_type;approval\nmax_sum_cost;45.50\n", "pick 1 or more that cost 45 together at most"),
        ("vote_type;approval\nmax_sum_cost;45\nmax_length;2\n", "pick 1 to 2 that cost 45 together at most"),
        ("vote_type;ordinal\n", "rank 1 to 3, scores 3-2-1"),
        ("vote_type;ordinal\nmax_length;2\nscoring_fn;borda\n", "rank 1 to 2, scores 2-1"),
        ("vote_type;ordinal\nmin_length;2\nmax_length;4\n", "rank 2 to 4, scores 4-3-2-1"),
        ("vote_type;cumulative\nmax_sum_points;7\nmax_points;3\n", "give 1 to 7 points, at most 3 to one"),
        ("vote_type;cumulative\nmax_sum_points;5\n", "give 1 to 5 points, at most 5 to one"),
        (
            "vote_type;cumulative\nmax_sum_points;5\nmin_sum_points;5\nmax_points;2\nmin_length;3\nmax_length;3\nmin_points;1\n",
            "give exactly 5 points, at most 2 to one",
        ),
        ("vote_type;scoring\nmax_points;4\n", "give 1 to 12 points, at most 4 to one"),
        ("vote_type;scoring\nmax_points;4\ndefault_score;1\n", "give at most 12 points, at most 4 to one"),
    ] {
        assert_eq!(rule(meta, None).map(|rule| rule.to_string()).as_deref(), Ok(line), "{meta}");
    }
    let silent = |vote_type: &str| rule(&format!("vote_type;{vote_type}\nmax_length;3\n"), Some(3));
    assert_eq!(silent("cumulative").unwrap().to_string(), "give 1 to 3 points, at most 3 to one");
    assert_eq!(silent("scoring").unwrap().to_string(), "give 1 to 9 points, at most 3 to one");
    let stated = rule("vote_type;cumulative\nmax_sum_points;7\n", Some(3)).unwrap().to_string();
    assert_eq!(stated, "give 1 to 7 points, at most 7 to one", "what the file says stands");
}

#[test]
fn one_project_is_a_question_of_yes_or_blank() {
    for (meta, line) in [
        ("vote_type;approval\n", "pick exactly 1, or blank"),
        ("vote_type;approval\nmin_length;1\nmax_length;3\n", "pick exactly 1, or blank"),
        // Who may name nothing says no that way.
        ("vote_type;approval\nmin_length;0\n", "pick at most 1"),
        ("vote_type;approval\nmax_sum_cost;45\n", "pick exactly 1 that cost 45 together at most, or blank"),
        ("vote_type;choose-1\n", "pick exactly 1, or blank"),
        ("vote_type;ordinal\n", "rank exactly 1, scores 1, or blank"),
        ("vote_type;cumulative\nmax_sum_points;3\n", "give 1 to 3 points, at most 3 to one, or blank"),
        ("vote_type;scoring\nmax_points;4\nmin_length;0\n", "give at most 4 points, at most 4 to one"),
    ] {
        let text = format!(
            "META\nkey;value\n{meta}PROJECTS\nproject_id;cost\na;10\nVOTES\nvoter_id;vote;points\n1;a;1\n2;;\n"
        );
        let file = PabulibFile::parse(text.as_bytes()).unwrap();
        let choices = Choices::default();
        let reader = Reader { path: std::path::Path::new("town.pb"), file: &file, choices: &choices };
        let rule = reader.rule().unwrap();
        assert_eq!(rule.to_string(), line, "{meta}");
        let contest = CompiledContest::with_costs(&rule, &[Some(10)], 9).unwrap();
        let source = Source {
            path: "town.pb".into(),
            id: "town".into(),
            rule,
            funding: Funding::None {},
            unnamed: 0,
            file: file.clone(),
        };
        let sent = |vote: usize| source.selection(&contest, &file.votes[vote]).unwrap();
        assert_eq!((sent(0).values[0], sent(0).blank), (1, false), "{meta}");
        assert_eq!((sent(1).values[0], sent(1).blank), (0, line.ends_with("blank")), "{meta}");
    }
}

#[test]
fn a_limit_that_a_ballot_cannot_be_held_to_is_refused_with_its_line() {
    for (meta, part) in [
        ("budget;1\n", "line 1: META has no `vote_type`"),
        ("vote_type;lottery\n", "line 3: the vote type \"lottery\" is not known"),
        ("vote_type;approval\nmin_sum_cost;5\n", "line 4: `min_sum_cost` is a limit"),
        (
            "vote_type;approval\nmax_points;5\n",
            "line 4: `max_points` is a limit that ballots of the vote type approval",
        ),
        (
            "vote_type;approval\nmax_length_per_category;1\n",
            "line 4: `max_length_per_category` limits what a ballot names of each category",
        ),
        (
            "vote_type;approval\nmax_sum_cost_per_category;{'green': 5}\n",
            "line 4: `max_sum_cost_per_category` limits what a ballot names of each category",
        ),
        ("vote_type;choose-1\nmax_length;2\n", "line 4: `max_length` contradicts"),
        ("vote_type;ordinal\nmax_sum_cost;5\n", "line 4: `max_sum_cost` is a limit"),
        ("vote_type;ordinal\nscoring_fn;dowdall\n", "line 4: the scoring function \"dowdall\" is not known"),
        ("vote_type;ordinal\nmax_length;501\n", "line 4: max_length is too large"),
        ("vote_type;cumulative\n", "line 3: voters give points, and the file has no `max_sum_points`"),
        ("vote_type;scoring\n", "line 3: voters give points, and the file has no `max_points`"),
        (
            "vote_type;cumulative\nmax_sum_points;5\nmax_length;2\n",
            "line 5: `max_length` is a limit of its own",
        ),
        (
            "vote_type;cumulative\nmax_sum_points;5\nmin_length;2\n",
            "line 5: `min_length` is a limit of its own",
        ),
        ("vote_type;cumulative\nmax_sum_points;5\nmin_points;2\n", "line 5: `min_points` above 1"),
        ("vote_type;scoring\nmax_points;5\nmin_points;-5\n", "line 5: `min_points` is below zero"),
        ("vote_type;approval\nmax_length;many\n", "line 4: max_length is \"many\", expected a whole number"),
        ("vote_type;approval\nmax_length;5000000000\n", "line 4: max_length is too large"),
    ] {
        let refused = rule(meta, None).unwrap_err();
        assert!(refused.starts_with("town.pb: ") && refused.contains(part), "{meta}: {refused}");
    }
    let odd =
        "META\nkey;value\nvote_type;approval\nmax_sum_cost;45\nPROJECTS\nproject_id;cost\na;10.5\nVOTES\n";
    let odd = PabulibFile::parse(odd.as_bytes()).unwrap();
    let refused = Reader { path: std::path::Path::new("town.pb"), file: &odd, choices: &Choices::default() }
        .rule()
        .unwrap_err();
    assert!(refused.to_string().contains("line 7: a project's cost is no whole number"), "{refused}");
}

/// What becomes of the way of funding in these lines of META; the refusal in words.
fn funding(meta: &str, choices: &Choices) -> Result<String, String> {
    let meta = format!("vote_type;approval\nbudget;100\n{meta}");
    let reader = Reader { path: std::path::Path::new("town.pb"), file: &file(&meta), choices };
    reader
        .funding()
        .map(|funding| serde_json::to_string(&funding).unwrap())
        .map_err(|error| error.to_string())
}

fn greedy(unaffordable: &str, minimum: u64, exclusive: &str) -> String {
    format!(
        r#"{{"method":"greedy","unaffordable":"{unaffordable}","minimum_votes":{minimum},"ties":"cheaper","exclusive":{exclusive}}}"#
    )
}

#[test]
fn the_way_of_funding_is_carried() {
    let none = r#"{"method":"none"}"#;
    for (meta, expected) in [
        ("", none.to_owned()),
        ("rule;unknown\n", none.to_owned()),
        ("rule;greedy\n", greedy("skip", 1, "[]")),
        ("rule;greedy\nmin_project_score_threshold;30\n", greedy("skip", 30, "[]")),
        ("rule;greedy-threshold\nmin_project_score_threshold;0\n", greedy("skip", 0, "[]")),
        ("rule;greedy-no-skip\n", greedy("stop", 1, "[]")),
        ("rule;greedy-no-skip\nmin_project_score_threshold;50\n", greedy("stop", 50, "[]")),
        ("rule;greedy\nfully_funded;1\n", greedy("skip", 0, "[]")),
        ("rule;greedy\nmin_project_cost;5\n", greedy("skip", 1, "[]")),
    ] {
        assert_eq!(funding(meta, &Choices::default()), Ok(expected), "{meta}");
    }
    let exclusive = |list: &[&str]| Choices {
        exclusive: vec![list.iter().map(|id| (*id).to_owned()).collect()],
        ..Choices::default()
    };
    let rivals = funding("rule;greedy-exclusive\n", &exclusive(&["a", "c"]));
    assert_eq!(rivals, Ok(greedy("skip", 1, r#"[["a","c"]]"#)));
    for list in [&["a"][..], &["a", "a"], &["a", "d"], &[""]] {
        let refused = funding("rule;greedy-exclusive\n", &exclusive(list)).unwrap_err();
        assert!(refused.contains("--exclusive names"), "{refused}");
    }
    for (meta, no_funding) in [("", false), ("rule;unknown\n", false), ("rule;greedy\n", true)] {
        let choices = Choices { no_funding, ..exclusive(&["a", "c"]) };
        let refused = funding(meta, &choices).unwrap_err();
        assert!(refused.contains("--exclusive is about who is funded"), "{meta}: {refused}");
    }
    let without = Choices { no_funding: true, ..Choices::default() };
    assert_eq!(funding("rule;equalshares\nbudget_per_category;1\n", &without), Ok(none.to_owned()));
}

#[test]
fn a_way_of_funding_that_cannot_be_followed_is_refused_with_its_line() {
    for (meta, part) in [
        ("rule;equalshares\n", "line 5: `rule` is \"equalshares\""),
        ("rule;greedy-custom\n", "line 5: `rule` is \"greedy-custom\""),
        ("rule;greedy-threshold\n", "line 5: `rule` is greedy-threshold, and META has no"),
        ("rule;greedy-exclusive\n", "line 5: `rule` is greedy-exclusive, and the format has no key"),
        (
            "rule;greedy\nmin_project_score_threshold;many\n",
            "line 6: min_project_score_threshold is \"many\"",
        ),
        ("rule;greedy\nbudget_per_category;5\n", "line 6: `budget_per_category` decides who is funded"),
        ("rule;greedy\nleftover_budget;5\n", "line 6: `leftover_budget` decides who is funded"),
        (
            "min_project_score_threshold;5\n",
            "line 5: `min_project_score_threshold` decides who is funded, and META",
        ),
        (
            "rule;greedy-threshold\nmin_project_score_threshold;5\nfully_funded;1\n",
            "line 7: `fully_funded` says that every project is funded",
        ),
    ] {
        let refused = funding(meta, &Choices::default()).unwrap_err();
        assert!(refused.starts_with("town.pb: ") && refused.contains(part), "{meta}: {refused}");
    }
    let choices = Choices::default();
    for (text, part) in [
        (
            "META\nkey;value\nvote_type;approval\nrule;greedy\nPROJECTS\nproject_id;cost\na;1\nVOTES\n",
            "line 1: there is no `budget`",
        ),
        (
            "META\nkey;value\nbudget;0\nrule;greedy\nPROJECTS\nproject_id;cost\na;1\nVOTES\n",
            "line 3: there is no `budget`",
        ),
        (
            "META\nkey;value\nbudget;9\nrule;greedy\nPROJECTS\nproject_id;cost\na;1.5\nVOTES\n",
            "line 7: a project's cost",
        ),
    ] {
        let file = PabulibFile::parse(text.as_bytes()).unwrap();
        let reader = Reader { path: std::path::Path::new("town.pb"), file: &file, choices: &choices };
        let refused = reader.funding().unwrap_err().to_string();
        assert!(refused.contains(part), "{refused}");
    }
}
