//! The manifest, from what was read.

use veche_phrases::Language;
use veche_record::manifest::{
    Contest, FORMAT, Funding, Greedy, MAX_OPTIONS, ManifestDocument, ReportBy, Route, Style, Text, Timestamp,
};
use veche_record::rules::{Approval, Cumulative, Knapsack, Ranked, Rule};
use veche_sheet::Place;

use super::cells::Money;
use super::districts::District;
use super::finding::{Problem, Warning};
use super::ledger::Ledger;
use super::projects::{Project, exclusive};
use super::settings::Settings;
use super::texts::Languages;
use super::vote::{BallotRule, FundingRule, Taken, TakenAs, Vote};
use crate::words::{Choice, DistrictColumn, Key, ProjectColumn, Setting, Term, Words};

/// What becomes of districts and projects once they are read.
pub(super) struct Parts<'a> {
    pub settings: &'a Settings<'a>,
    pub languages: &'a Languages,
    pub money: &'a Money,
    pub vote: &'a Vote,
    pub districts: &'a [District],
    pub projects: &'a [Project],
    /// The rows of projects that are in no list.
    pub left: &'a [u32],
}

/// A contest, and where its parts are.
pub(super) struct Made<'a> {
    pub district: usize,
    pub contest: Contest,
    pub projects: Vec<&'a Project>,
}

/// Of so many voters ten take part: the guess that warnings are made by.
const TURNOUT: u64 = 10;

/// About how many ballots so many voters cast, where these are fewer than a group must have.
pub(crate) fn few_ballots(electorate: u32, minimum: u32) -> Option<u64> {
    let about = u64::from(electorate) * TURNOUT / 100;
    (about < u64::from(minimum)).then_some(about)
}

/// What a project of a list needs, and what all its voters together can give it, where that is less.
pub(crate) fn unreachable(contest: &Contest, styles: &[Style]) -> Option<(u64, u64)> {
    let Funding::Greedy(greedy) = &contest.funding else { return None };
    let has =
        |style: &&Style| style.contests.contains(&contest.id) || style.plus_one_of.contains(&contest.id);
    let voters: u64 = styles.iter().filter(has).map(|style| u64::from(style.electorate)).sum();
    let each = match &contest.rule {
        Rule::Cumulative(rule) => u64::from(rule.max_per_option),
        Rule::Ranked(rule) => rule.scores.iter().copied().max().map_or(1, u64::from),
        _ => 1,
    };
    let most = voters.saturating_mul(each);
    (greedy.minimum_votes > most).then_some((greedy.minimum_votes, most))
}

impl Parts<'_> {
    fn of(&self, district: usize) -> Vec<&Project> {
        self.projects.iter().filter(|project| project.district == district).collect()
    }

    /// The manifest, checked, where nothing is missing.
    pub fn manifest(&self, ledger: &mut Ledger, taken: &mut Vec<Taken>) -> Option<ManifestDocument> {
        let mut made = Vec::new();
        for (at, district) in self.districts.iter().enumerate() {
            let projects = self.of(at);
            if projects.is_empty() {
                match district.city {
                    true => {
                        ledger.error(Some(district.row.clone()), district.id.clone(), Problem::NoProjects)
                    }
                    false => {
                        ledger.warning(Some(district.row.clone()), district.id.clone(), Warning::NoOwnList)
                    }
                }
                continue;
            }
            if let Some(contest) = self.contest(district, &projects, ledger, taken) {
                made.push(Made { district: at, contest, projects });
            }
        }
        let styles = self.styles(&made, ledger);
        self.compare(ledger);
        self.small_groups(&made, ledger);
        self.thresholds(&made, &styles, ledger);
        let routes = self.routes(ledger);
        let vote = self.vote;
        self.check_apart(&made, &styles, &routes, ledger);
        if !ledger.errors.is_empty() || !ledger.questions.is_empty() {
            return None;
        }
        let document = ManifestDocument {
            veche: FORMAT,
            ballot_kind: vote.kind,
            languages: self.languages.all.clone(),
            title: vote.title.clone()?,
            text: vote.text.clone()?,
            opens: Timestamp::from_unix(vote.opens?)?,
            closes: Timestamp::from_unix(vote.closes?)?,
            closes_latest: vote.closes_latest.and_then(Timestamp::from_unix),
            paper_until: vote.paper_until.and_then(Timestamp::from_unix),
            time_zone: vote.zone.clone()?,
            early_close: vote.early_close,
            contests: made.iter().map(|made| made.contest.clone()).collect(),
            styles,
            routes,
            trustees: vote.trustees,
            minimum_group: vote.minimum_group,
            revote: vote.revote,
            registration: vote.registration,
            notice: vote.notice.clone(),
            endpoints: None,
            witnesses: None,
            check_minutes: None,
            country: vote.country.clone(),
            shuffle: vote.shuffle,
            help: vote.help.clone(),
            contact: vote.contact.clone(),
            privacy: vote.privacy.clone(),
            accessibility: vote.accessibility.clone(),
            otherwise: vote.otherwise.clone(),
            sms: vote.sms.clone(),
        };
        self.check(&document, ("", ""), &document.styles, &made, ledger);
        ledger.errors.is_empty().then_some(document)
    }

    fn contest(
        &self,
        district: &District,
        projects: &[&Project],
        ledger: &mut Ledger,
        taken: &mut Vec<Taken>,
    ) -> Option<Contest> {
        let vote = self.vote;
        if let Some(stated) = &district.stated_projects {
            stated.compare(projects.len() as u64, self.left, ledger);
        }
        let rule = vote.rule.as_ref().and_then(|rule| self.rule(rule, district, projects, ledger, taken));
        let funding = vote
            .funding
            .as_ref()
            .and_then(|funding| self.funding(funding, district, projects, ledger, taken));
        if let Some(budget) = district.budget {
            for project in projects.iter().filter(|project| project.option.cost > Some(budget)) {
                ledger.warning(
                    Some(project.cost.clone()),
                    project.cost_cell.clone(),
                    Warning::Dearer(budget),
                );
            }
        }
        let by_district =
            district.city && vote.by_district && self.districts.iter().any(|district| !district.city);
        Some(Contest {
            id: district.id.clone(),
            title: district.name.clone()?,
            text: district.text.clone(),
            budget: district.budget,
            currency: self.money.currency.clone(),
            report_by: if by_district { ReportBy::ContestAndStyle } else { ReportBy::Contest },
            rule: rule?,
            funding: funding?,
            options: projects.iter().map(|project| project.option.clone()).collect(),
        })
    }

    fn rule(
        &self,
        rule: &BallotRule,
        district: &District,
        projects: &[&Project],
        ledger: &mut Ledger,
        taken: &mut Vec<Taken>,
    ) -> Option<Rule> {
        if projects.len() == 1 {
            ledger.warning(Some(district.row.clone()), district.id.clone(), Warning::YesOrBlank);
            return Some(Rule::Approval(Approval { min: 1, max: 1, blank: true }));
        }
        let min = district.min.or(rule.min);
        let max = district.max.or(rule.max);
        let least = min.unwrap_or_else(|| {
            note(taken, Term::of(Setting::Min), TakenAs::Number(1));
            1
        });
        let blank = rule.blank;
        let needed = |most: Option<u32>, ledger: &mut Ledger| {
            if most.is_none() {
                let place = self.settings.place(Setting::Max);
                let missing = Problem::NoSetting(Term::of(Setting::Max));
                // Said once, whatever the number of lists.
                if !ledger.errors.iter().any(|error| error.what == missing) {
                    ledger.error(Some(place), "", missing);
                }
            }
            most
        };
        Some(match rule.kind {
            Choice::Points => Rule::Cumulative(Cumulative {
                points: rule.points?,
                min_points: least,
                max_per_option: rule.points_per_project?,
                blank,
            }),
            Choice::Ranking => {
                // There are never more places than a list has options.
                let places = needed(max, ledger)?.min(u32::try_from(MAX_OPTIONS).unwrap_or(u32::MAX));
                let scores: Vec<u32> = (1..=places).rev().collect();
                note(taken, Term::place_points(), TakenAs::Places(places));
                Rule::Ranked(Ranked { places, min: least, scores, blank })
            }
            Choice::Money => {
                let budget = self.budget(district, ledger);
                let costs = self.costs(projects, ledger);
                Rule::Knapsack(Knapsack { budget: budget.filter(|_| costs)?, min: least, max, blank })
            }
            _ => Rule::Approval(Approval { min: least, max: needed(max, ledger)?, blank }),
        })
    }

    fn budget(&self, district: &District, ledger: &mut Ledger) -> Option<u64> {
        let missing = Problem::Missing(Term::of(DistrictColumn::Budget));
        let place = Some(district.budget_place.clone());
        let known = ledger.errors.iter().any(|error| error.place == place)
            || ledger.questions.iter().any(|asked| asked.place == place);
        if district.budget.is_none() && !known {
            ledger.error(place, "", missing);
        }
        district.budget
    }

    /// Whether every project has its cost.
    fn costs(&self, projects: &[&Project], ledger: &mut Ledger) -> bool {
        let missing = Problem::Missing(Term::of(ProjectColumn::Cost));
        for project in
            projects.iter().filter(|project| project.option.cost.is_none() && project.cost_cell.is_empty())
        {
            let place = Some(project.cost.clone());
            if !ledger.errors.iter().any(|error| error.place == place) {
                ledger.error(place, "", missing.clone());
            }
        }
        projects.iter().all(|project| project.option.cost.is_some())
    }

    fn funding(
        &self,
        funding: &FundingRule,
        district: &District,
        projects: &[&Project],
        ledger: &mut Ledger,
        taken: &mut Vec<Taken>,
    ) -> Option<Funding> {
        let Some(unaffordable) = funding.unaffordable else { return Some(Funding::None {}) };
        let budget = self.budget(district, ledger);
        let costs = self.costs(projects, ledger);
        let minimum_votes = district.threshold.or(funding.threshold).unwrap_or_else(|| {
            note(taken, Term::of(Setting::Threshold), TakenAs::Number(1));
            1
        });
        budget.filter(|_| costs)?;
        let exclusive = exclusive(projects);
        Some(Funding::Greedy(Greedy { unaffordable, minimum_votes, ties: funding.ties, exclusive }))
    }

    /// A ballot for each district: its own list and those of the whole town, in the order of their rows.
    fn styles(&self, made: &[Made<'_>], ledger: &mut Ledger) -> Vec<Style> {
        let only = self.districts.iter().all(|district| district.city);
        let mut styles = Vec::new();
        for (at, district) in self.districts.iter().enumerate() {
            if district.city && !only {
                continue;
            }
            let on_it = |made: &&Made<'_>| {
                made.district == at || self.districts.get(made.district).is_some_and(|district| district.city)
            };
            let contests: Vec<String> =
                made.iter().filter(on_it).map(|made| made.contest.id.clone()).collect();
            let others = made.iter().filter(|made| !on_it(made)).map(|made| made.contest.id.clone());
            let plus_one_of: Vec<String> =
                if self.vote.other_district { others.collect() } else { Vec::new() };
            // Lists with errors of their own are on no ballot yet.
            let complete = made.len()
                >= self.districts.iter().enumerate().filter(|(at, _)| !self.of(*at).is_empty()).count();
            if contests.is_empty() && complete {
                ledger.error(Some(district.row.clone()), district.id.clone(), Problem::EmptyBallot);
            }
            let (Some(title), Some(electorate)) = (district.name.clone(), district.electorate) else {
                continue;
            };
            let inhabitants = district.inhabitants;
            styles.push(Style {
                id: district.id.clone(),
                title,
                contests,
                plus_one_of,
                electorate,
                inhabitants,
            });
            // With lists for the whole town alone there is one ballot, and the first row says for how many.
            if only {
                break;
            }
        }
        styles
    }

    /// Numbers that the sheets state and that can be counted.
    fn compare(&self, ledger: &mut Ledger) {
        let vote = self.vote;
        let districts = self.districts.iter().filter(|district| !district.city).count() as u64;
        if let Some(stated) = &vote.stated_projects {
            stated.compare(self.projects.len() as u64, self.left, ledger);
        }
        if let Some(stated) = &vote.stated_districts {
            stated.compare(districts, &[], ledger);
        }
        if let Some(stated) = &vote.stated_budget {
            let counted =
                self.districts.iter().filter_map(|district| district.budget).fold(0, u64::saturating_add);
            let left = self.rows(|district| district.budget.is_none(), ledger);
            stated.compare(counted, &left, ledger);
        }
        let people = self
            .districts
            .iter()
            .filter(|district| !district.city)
            .filter_map(|district| district.electorate);
        let people: u64 = people.map(u64::from).sum();
        let left = self.rows(|district| !district.city && district.electorate.is_none(), ledger);
        for district in self.districts.iter().filter(|district| district.city && districts > 0) {
            if let Some(stated) = &district.stated_electorate {
                stated.compare(people, &left, ledger);
            }
        }
    }

    /// The rows of districts in which something is missing, and is not only left empty.
    fn rows(&self, missing: impl Fn(&District) -> bool, ledger: &Ledger) -> Vec<u32> {
        let faulty = |row: u32| {
            let here = |place: &Option<Place>| {
                place.as_ref().is_some_and(|place| {
                    place.row == Some(row)
                        && self.districts.first().is_some_and(|first| first.row.sheet == place.sheet)
                })
            };
            ledger.errors.iter().any(|error| here(&error.place))
                || ledger.questions.iter().any(|asked| here(&asked.place))
        };
        let rows = self.districts.iter().filter(|district| missing(district));
        rows.filter_map(|district| district.row.row).filter(|row| faulty(*row)).collect()
    }

    fn small_groups(&self, made: &[Made<'_>], ledger: &mut Ledger) {
        let minimum = u64::from(self.vote.minimum_group);
        let by_district = made.iter().any(|made| made.contest.report_by == ReportBy::ContestAndStyle);
        for (at, district) in self.districts.iter().enumerate().filter(|(_, district)| !district.city) {
            let Some(electorate) = district.electorate else { continue };
            let own = made.iter().any(|made| made.district == at);
            if let Some(about) =
                few_ballots(electorate, self.vote.minimum_group).filter(|_| own || by_district)
            {
                let what = match own {
                    true => Warning::SmallList { about, minimum },
                    false => Warning::SmallGroup { about, minimum },
                };
                ledger.warning(Some(district.row.clone()), electorate.to_string(), what);
            }
        }
    }

    /// Thresholds that no project can reach. Where the voters of a district are not known yet, nothing is said.
    fn thresholds(&self, made: &[Made<'_>], styles: &[Style], ledger: &mut Ledger) {
        let only = self.districts.iter().all(|district| district.city);
        if self.districts.iter().any(|district| (only || !district.city) && district.electorate.is_none()) {
            return;
        }
        for made in made {
            let Some((threshold, most)) = unreachable(&made.contest, styles) else { continue };
            let own = self.districts.get(made.district).filter(|district| district.threshold.is_some());
            let place = match own {
                Some(district) => district.threshold_place.clone(),
                None => self.settings.place(Setting::Threshold),
            };
            // What is said of all lists is said once.
            if !ledger.warnings.iter().any(|said| {
                said.place.as_ref() == Some(&place) && matches!(said.what, Warning::Unreachable { .. })
            }) {
                ledger.warning(Some(place), threshold.to_string(), Warning::Unreachable { threshold, most });
            }
        }
    }

    fn routes(&self, ledger: &mut Ledger) -> Vec<Route> {
        let title = |route: Choice| {
            let key = route.key().replace("choice.", "route.");
            self.languages.all.iter().fold(Text::default(), |title, code| {
                let language = Language::of_tag(code).unwrap_or_default();
                title.and(code, Words::of(language).first(&key))
            })
        };
        for code in self.languages.all.iter().filter(|_| self.languages.known) {
            if Language::of_tag(code).is_none() {
                ledger.warning(
                    Some(self.settings.place(Setting::Routes)),
                    "",
                    Warning::RouteNames(code.clone()),
                );
            }
        }
        let route = |route: &Choice| Route {
            id: route.key().replace("choice.", ""),
            title: title(*route),
            entered: *route == Choice::Paper,
        };
        self.vote.routes.iter().map(route).collect()
    }
}

/// Notes once what nobody said.
fn note(taken: &mut Vec<Taken>, setting: Term, value: TakenAs) {
    let taken_so = Taken { setting, value };
    if !taken.contains(&taken_so) {
        taken.push(taken_so);
    }
}

/// Where the districts' sheet is, for what is about all of them.
pub(super) fn whole(sheet: &str) -> Place {
    Place { sheet: sheet.to_owned(), row: None, column: None }
}
