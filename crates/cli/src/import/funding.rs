//! Who is funded, as a file's META states it.
//!
//! | `rule` | funding |
//! |---|---|
//! | `greedy` | passing over what the rest does not pay for |
//! | `greedy-threshold` | the same, with a `min_project_score_threshold` |
//! | `greedy-no-skip` | until the first that the rest does not pay for |
//! | `greedy-exclusive` | passing over, with lists that the caller gives: the format has no key for them |
//! | `unknown`, none | nobody: an order only |
//!
//! Each of them keeps a `min_project_score_threshold`; without one, a project needs one vote. Of equal totals the
//! cheaper comes first, as the format's own checker has it. Another rule, or another key that decides who is funded, is
//! refused: passed over, it would be lost in silence.

use std::collections::HashSet;
use std::path::Path;

use veche_record::manifest::{Funding, Greedy, Ties, Unaffordable};

use super::error::Ungrouped;
use super::rule::Reader;
use super::{ImportError, Remark};
use crate::pabulib::{PabulibFile, Project, shown};

const THRESHOLD: &str = "min_project_score_threshold";

/// How to import a file whose way of funding has no words here.
const INSTEAD: &str = "say --no-funding to import it with an order of projects only";

impl Reader<'_> {
    pub(super) fn funding(&self) -> Result<Funding, ImportError> {
        let meta = &self.file.meta;
        if self.choices.no_funding {
            return self.unfunded_vote();
        }
        let rule = meta.get("rule").filter(|rule| *rule != "unknown");
        let Some(rule) = rule else {
            return match meta.keys().find(|key| decides(key)) {
                Some(key) => {
                    let english = format!(
                        "`{}` decides who is funded, and META has no `rule` that it belongs to; {INSTEAD}",
                        shown(key)
                    );
                    Err(self.unfunded(key, english))
                }
                None => self.unfunded_vote(),
            };
        };
        let unaffordable = match rule {
            "greedy" | "greedy-threshold" | "greedy-exclusive" => Unaffordable::Skip,
            "greedy-no-skip" => Unaffordable::Stop,
            other => {
                let why = format!(
                    "`rule` is {:?}, and who is funded by it cannot be computed here; {INSTEAD}",
                    shown(other)
                );
                return Err(self.unfunded("rule", why));
            }
        };
        if let Some(key) = meta.keys().find(|key| decides(key) && *key != THRESHOLD) {
            let why = format!("`{}` decides who is funded, and has no words here; {INSTEAD}", shown(key));
            return Err(self.unfunded(key, why));
        }
        let minimum_votes = self.threshold(rule)?;
        self.money_is_known()?;
        let exclusive = self.exclusive(rule)?;
        Ok(Funding::Greedy(Greedy { unaffordable, minimum_votes, ties: Ties::Cheaper, exclusive }))
    }

    /// A vote that gives an order only. Projects cannot exclude one another there, and who says so is told.
    fn unfunded_vote(&self) -> Result<Funding, ImportError> {
        if self.choices.exclusive.is_empty() {
            return Ok(Funding::None {});
        }
        Err(ImportError::ExclusiveUnfunded { path: self.path.to_owned() })
    }

    /// The least total of a project that is funded.
    fn threshold(&self, rule: &str) -> Result<u64, ImportError> {
        let meta = &self.file.meta;
        let threshold = meta.number(THRESHOLD).map_err(|source| self.in_file(source))?;
        let fully = meta.get("fully_funded").is_some_and(|flag| flag == "1");
        match threshold {
            Some(_) if fully => {
                let why = format!(
                    "`fully_funded` says that every project is funded, and `{THRESHOLD}` that some may not be"
                );
                Err(self.unfunded("fully_funded", why))
            }
            Some(threshold) => Ok(threshold),
            None if rule == "greedy-threshold" => {
                let why = format!("`rule` is greedy-threshold, and META has no `{THRESHOLD}`");
                Err(self.unfunded("rule", why))
            }
            None => Ok(u64::from(!fully)),
        }
    }

    /// A way of funding that cannot be followed.
    fn unfunded(&self, key: &str, english: impl Into<String>) -> ImportError {
        self.unsupported(key, Remark::new("import.funding", english).with("key", shown(key)))
    }

    /// Whether there is a budget and every project has a whole cost.
    fn money_is_known(&self) -> Result<(), ImportError> {
        let budget = self.money("budget")?;
        if budget.is_none_or(|budget| budget.units == 0) {
            let why = format!("there is no `budget` to fund projects with by the file's `rule`; {INSTEAD}");
            return Err(self.unsupported("budget", Remark::new("import.no_budget", why)));
        }
        match self.file.projects.iter().find(|project| project.cost.fraction) {
            None => Ok(()),
            Some(odd) => Err(ImportError::Unsupported {
                path: self.path.to_owned(),
                line: odd.line,
                what: Remark::new(
                    "import.odd_cost",
                    format!(
                        "a project's cost is no whole number, and so nobody can be funded by the file's `rule`; write \
                         every amount in the smaller unit of the currency, or {INSTEAD}"
                    ),
                ).into(),
            }),
        }
    }

    /// The lists that the caller has given, of projects that are in the file.
    fn exclusive(&self, rule: &str) -> Result<Vec<Vec<String>>, ImportError> {
        let lists = &self.choices.exclusive;
        if rule == "greedy-exclusive" && lists.is_empty() {
            let why = "`rule` is greedy-exclusive, and the format has no key that says which projects exclude one \
                       another; say it with --exclusive, as --exclusive 12,26";
            return Err(self.unfunded("rule", why));
        }
        for list in lists {
            let refuse = |id: &str, why| {
                Err(ImportError::Exclusive { path: self.path.to_owned(), id: shown(id), why })
            };
            let mut seen = HashSet::new();
            for id in list {
                if !self.file.projects.iter().any(|project| project.id == *id) {
                    return refuse(id, Ungrouped::Unknown);
                }
                if !seen.insert(id.as_str()) {
                    return refuse(id, Ungrouped::Twice);
                }
            }
            if let [id] = list.as_slice() {
                return refuse(id, Ungrouped::Alone);
            }
        }
        Ok(lists.clone())
    }
}

/// The ids of projects that a person names by their ids or by their numbers.
pub(super) fn ids_of(path: &Path, file: &PabulibFile, names: &[String]) -> Result<Vec<String>, ImportError> {
    let id = |name: &String| {
        let called = |project: &&Project| project.id == *name || project.number.as_ref() == Some(name);
        let mut found = file.projects.iter().filter(called);
        let why = match (found.next(), found.next()) {
            (Some(one), None) => return Ok(one.id.clone()),
            (Some(_), Some(_)) => Ungrouped::Unclear,
            (None, _) => Ungrouped::Unknown,
        };
        Err(ImportError::Exclusive { path: path.to_owned(), id: shown(name), why })
    };
    names.iter().map(id).collect()
}

/// Whether a key of META decides who is funded.
fn decides(key: &str) -> bool {
    key.starts_with("budget_") || key == "leftover_budget" || key.contains("threshold")
}
