//! The ballot rule that a file's META states.
//!
//! | `vote_type` | rule | limits that META may set |
//! |---|---|---|
//! | `approval` | approval; knapsack where there is a `max_sum_cost` | `min_length`, `max_length`, `max_sum_cost` |
//! | `choose-1` | approval, exactly 1 | |
//! | `ordinal` | ranked, scores K … 1 for K = `max_length` | `min_length`, `max_length`, `scoring_fn` |
//! | `cumulative` | cumulative | `min_length`, `max_length`, `max_points`, `min_sum_points`, `max_sum_points` |
//! | `scoring` | cumulative with the full cap for every project | the same, `default_score` |
//!
//! With one project, a ballot that must name something may also be blank: the question is yes or blank.
//!
//! Where a file is silent: `min_length` 1, `max_length` the number of projects, `max_points` all points of the
//! ballot. A limit that the rule cannot hold a ballot to is refused: passed over, it would be lost in silence.

use veche_record::manifest::MAX_OPTIONS;
use veche_record::rules::{Approval, Cumulative, Knapsack, Ranked, Rule};

use super::{Choices, ImportError, Remark, Source};
use crate::pabulib::{Amount, PabulibFile, shown};

/// A file whose rule is being read.
pub(super) struct Reader<'a> {
    pub path: &'a std::path::Path,
    pub file: &'a PabulibFile,
    /// What the caller says where the file does not.
    pub choices: &'a Choices,
}

impl Reader<'_> {
    pub(super) fn rule(&self) -> Result<Rule, ImportError> {
        if let Some(project) = self.file.projects.get(MAX_OPTIONS) {
            let english = format!(
                "this is project {} of the file, and a contest has at most {MAX_OPTIONS}",
                MAX_OPTIONS + 1
            );
            let what = Remark::new("import.too_many_projects", english).with("most", MAX_OPTIONS);
            return Err(ImportError::Unsupported {
                path: self.path.to_owned(),
                line: project.line,
                what: what.into(),
            });
        }
        let vote_type = self.file.meta.get("vote_type");
        let known: &[&str] = match vote_type {
            Some("approval") => &["min_length", "max_length", "min_sum_cost", "max_sum_cost"],
            Some("choose-1") => &["min_length", "max_length"],
            Some("ordinal") => &["min_length", "max_length"],
            Some("cumulative" | "scoring") => {
                &["min_length", "max_length", "min_points", "max_points", "min_sum_points", "max_sum_points"]
            }
            Some(other) => {
                let other = shown(other);
                let english = format!(
                    "the vote type {other:?} is not known; known are approval, choose-1, ordinal, cumulative and scoring"
                );
                return Err(self.unsupported("vote_type", Remark::new("import.vote_type", english)));
            }
            None => {
                let what = Remark::new("import.vote_type", "META has no `vote_type`");
                return Err(self.unsupported("vote_type", what));
            }
        };
        let limits = |key: &&str| is_limit(key) && !known.contains(key);
        if let Some(key) = self.file.meta.keys().find(limits) {
            let vote_type = vote_type.unwrap_or_default();
            let key_shown = shown(key);
            let what = if key.contains("_per_") {
                format!(
                    "`{key_shown}` limits what a ballot names of each category, and ballots cannot be held to such \
                     limits here: they are held to limits on a whole ballot, or the categories become contests of \
                     their own, a file each"
                )
            } else {
                format!(
                    "`{key_shown}` is a limit that ballots of the vote type {vote_type} cannot be held to here"
                )
            };
            return Err(self.limit(key, what));
        }
        let rule = match vote_type {
            Some("approval") => self.approval(),
            Some("choose-1") => self.choose_one(),
            Some("ordinal") => self.ordinal(),
            other => self.points(other == Some("scoring")),
        }?;
        Ok(if self.projects() == 1 { or_blank(rule) } else { rule })
    }

    fn approval(&self) -> Result<Rule, ImportError> {
        let min = self.number("min_length")?.unwrap_or(1);
        let max = self.number("max_length")?;
        if self.money("min_sum_cost")?.is_some_and(|least| least.units > 0 || least.fraction) {
            let why = "`min_sum_cost` is a limit that ballots cannot be held to here; `max_sum_cost` is";
            return Err(self.limit("min_sum_cost", why));
        }
        let Some(budget) = self.money("max_sum_cost")? else {
            return Ok(Rule::Approval(Approval { min, max: max.unwrap_or(self.projects()), blank: false }));
        };
        if let Some(odd) = self.file.projects.iter().find(|project| project.cost.fraction) {
            let why = "a project's cost is no whole number, and so the costs of a ballot cannot be added up \
                       against `max_sum_cost`; write every amount in the smaller unit of the currency";
            return Err(ImportError::Unsupported {
                path: self.path.to_owned(),
                line: odd.line,
                what: Remark::new("import.odd_cost", why).into(),
            });
        }
        // Whole costs reach a limit with a fraction exactly where they reach it without.
        Ok(Rule::Knapsack(Knapsack { budget: budget.units, min, max, blank: false }))
    }

    fn choose_one(&self) -> Result<Rule, ImportError> {
        for key in ["min_length", "max_length"] {
            if self.number(key)?.is_some_and(|length| length != 1) {
                let why = format!("`{key}` contradicts the vote type choose-1, which is exactly one project");
                return Err(self.limit(key, why));
            }
        }
        Ok(Rule::Approval(Approval { min: 1, max: 1, blank: false }))
    }

    fn ordinal(&self) -> Result<Rule, ImportError> {
        let min = self.number("min_length")?.unwrap_or(1);
        let places = self.number("max_length")?.unwrap_or(self.projects());
        if usize::try_from(places).map_or(true, |places| places > MAX_OPTIONS) {
            return Err(self.too_large("max_length"));
        }
        let scores = match self.file.meta.get("scoring_fn") {
            None => (1..=places).rev().collect(),
            Some(name) if name.eq_ignore_ascii_case("borda") => (1..=places).rev().collect(),
            Some(other) => {
                let why = format!(
                    "the scoring function {:?} is not known; Borda is: {places} points for the first place, one less for each next",
                    shown(other)
                );
                return Err(self.unsupported("scoring_fn", Remark::new("import.scoring", why)));
            }
        };
        Ok(Rule::Ranked(Ranked { places, min, scores, blank: false }))
    }

    /// Cumulative or scoring. They differ in what a silent file leaves open: all points of a ballot, or those
    /// of one project.
    fn points(&self, scoring: bool) -> Result<Rule, ImportError> {
        let projects = self.projects();
        let (needed, of_one) = if scoring { ("max_points", true) } else { ("max_sum_points", false) };
        let asked = || ImportError::Points {
            path: self.path.to_owned(),
            line: self.file.meta.line("vote_type"),
            needed,
            whose: if of_one { "one project" } else { "one ballot" },
        };
        let cap = self.number("max_points")?;
        let all = self.number("max_sum_points")?;
        let (points, cap) = if scoring {
            let cap = cap.or(self.choices.points).ok_or_else(asked)?;
            (all.unwrap_or(cap.saturating_mul(projects)), cap)
        } else {
            let points = all.or(self.choices.points).ok_or_else(asked)?;
            (points, cap.unwrap_or(points))
        };
        let (cap, unnamed) = (cap.min(points), self.unnamed(scoring)?);
        if self.number("min_points")?.is_some_and(|least| least > 1) {
            let why = "`min_points` above 1 is a limit that ballots cannot be held to here";
            return Err(self.limit("min_points", why));
        }
        let length = self.number("min_length")?.unwrap_or(1);
        // A project that is not named has its default then, and naming it says nothing more.
        let named = if unnamed == 0 { length } else { 0 };
        let min_points = named.max(self.number("min_sum_points")?.unwrap_or(0));
        // Points reach so many projects at least, and at most as many as there are points.
        if named > 1 && u64::from(min_points) <= u64::from(named - 1) * u64::from(cap) {
            return Err(self.not_by_points("min_length", points));
        }
        let reach = points.min(projects);
        if self.number("max_length")?.is_some_and(|most| most < reach) {
            return Err(self.not_by_points("max_length", points));
        }
        Ok(Rule::Cumulative(Cumulative { points, min_points, max_per_option: cap, blank: false }))
    }

    /// What a project has that a row does not name.
    pub(super) fn unnamed(&self, scoring: bool) -> Result<u32, ImportError> {
        if scoring { Ok(self.number("default_score")?.unwrap_or(0)) } else { Ok(0) }
    }

    fn projects(&self) -> u32 {
        u32::try_from(self.file.projects.len()).unwrap_or(u32::MAX)
    }

    fn number(&self, key: &'static str) -> Result<Option<u32>, ImportError> {
        if self.file.meta.get(key).is_some_and(|value| value.starts_with('-')) {
            let english = format!("`{key}` is below zero, and points here count from 0");
            return Err(self.unsupported(key, Remark::new("import.negative", english).with("key", key)));
        }
        let number = self.file.meta.number(key).map_err(|source| self.in_file(source))?;
        number.map(u32::try_from).transpose().map_err(|_| self.too_large(key))
    }

    pub(super) fn money(&self, key: &str) -> Result<Option<Amount>, ImportError> {
        self.file.meta.amount(key).map_err(|source| self.in_file(source))
    }

    pub(super) fn in_file(&self, source: crate::pabulib::PabulibError) -> ImportError {
        ImportError::File { path: self.path.to_owned(), source }
    }

    fn too_large(&self, key: &'static str) -> ImportError {
        ImportError::TooLarge { path: self.path.to_owned(), line: self.file.meta.line(key), key }
    }

    fn not_by_points(&self, key: &str, points: u32) -> ImportError {
        let why = format!(
            "`{key}` is a limit of its own beside {points} points a ballot, and ballots with points are held to their points alone here"
        );
        self.limit(key, why)
    }

    /// A limit that ballots cannot be held to.
    fn limit(&self, key: &str, english: impl Into<String>) -> ImportError {
        self.unsupported(key, Remark::new("import.limit", english).with("key", shown(key)))
    }

    pub(super) fn unsupported(&self, key: &str, what: Remark) -> ImportError {
        ImportError::Unsupported {
            path: self.path.to_owned(),
            line: self.file.meta.line(key),
            what: what.into(),
        }
    }
}

/// The rule of a contest with one project: where a ballot must name something, nothing is left to choose without a
/// ballot that says no, which is the blank one.
fn or_blank(rule: Rule) -> Rule {
    match rule {
        Rule::Approval(rule) => {
            Rule::Approval(Approval { blank: rule.min > 0, max: rule.max.min(1), ..rule })
        }
        Rule::Knapsack(rule) => Rule::Knapsack(Knapsack { blank: rule.min > 0, max: Some(1), ..rule }),
        Rule::Ranked(rule) => Rule::Ranked(Ranked { blank: rule.min > 0, ..rule }),
        Rule::Cumulative(rule) => Rule::Cumulative(Cumulative { blank: rule.min_points > 0, ..rule }),
        other => other,
    }
}

/// Whether a key of META limits a ballot. Pabulib has more of them than a rule has words for, as
/// `max_length_per_category`.
fn is_limit(key: &str) -> bool {
    let rest = key.strip_prefix("min_").or_else(|| key.strip_prefix("max_"));
    let limits = ["length", "sum_cost", "points", "sum_points"];
    rest.is_some_and(|rest| limits.iter().any(|limit| rest.starts_with(limit)))
}

impl Source {
    /// What a file of the vote type scoring gives a project that a row does not name, where that is not 0.
    pub(super) fn default_score(&self) -> Option<&str> {
        let scoring = self.file.meta.get("vote_type") == Some("scoring");
        self.file.meta.get("default_score").filter(|score| scoring && *score != "0")
    }
}
