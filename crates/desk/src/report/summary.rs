//! What a vote is, short enough to be read before it is frozen.

use std::collections::BTreeMap;

use serde::Serialize;
use veche_phrases::Language;
use veche_record::BallotKind;
use veche_record::manifest::{Funding, ManifestDocument, Registration, Route, Text, Timestamp, TrusteeCount};
use veche_record::rules::Rule;
use veche_sheet::Zone;

use crate::words::Words;

/// A vote in short.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// What it is called.
    pub title: Text,
    /// Its languages.
    pub languages: Vec<String>,
    /// Whether it is a trial that never counts.
    pub rehearsal: bool,
    /// When voting opens.
    pub opens: Hour,
    /// When voting closes.
    pub closes: Hour,
    /// To when the closing may be put off.
    pub closes_latest: Option<Hour>,
    /// Until when ballots on paper are typed in.
    pub paper_until: Option<Hour>,
    /// The zone of these hours.
    pub time_zone: String,
    /// The lists of projects.
    pub lists: Vec<List>,
    /// The kinds of ballot: one for each district.
    pub ballots: Vec<Ballot>,
    /// All projects.
    pub projects: usize,
    /// All who may vote, at most.
    pub electorate: u64,
    /// All the money, by what it is counted in.
    pub money: Vec<Money>,
    /// The ways to vote: in the town's words, and in ours where the vote does not have a language of these pages.
    pub routes: Vec<Text>,
    /// Who holds the key.
    pub trustees: TrusteeCount,
    /// How many of them must take part in the count.
    pub quorum: u8,
    /// Who may register.
    pub registration: Registration,
    /// Totals of fewer ballots are not opened.
    pub minimum_group: u32,
    /// Whether people may vote again until closing.
    pub revote: bool,
    /// Whether the vote may be closed before its hour.
    pub early_close: bool,
}

/// What a way to vote is called; of one that is not ours, only what the town has written.
fn in_every_language(route: &Route) -> Text {
    let key = format!("route.{}", route.id);
    let missing = Language::ALL.into_iter().filter(|language| route.title.get(language.code()).is_none());
    missing.fold(route.title.clone(), |title, language| match Words::of(language).first(&key) {
        "" => title,
        words => title.and(language.code(), words),
    })
}

/// An hour, and what the town's clocks show then.
#[derive(Debug, Clone, Serialize)]
pub struct Hour {
    /// In seconds since 1970.
    pub unix: u64,
    /// As `2026-06-01 08:00+02:00`.
    pub local: String,
}

/// A list of projects.
#[derive(Debug, Clone, Serialize)]
pub struct List {
    /// Its code.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// How many projects it has.
    pub projects: usize,
    /// How much there is to spend.
    pub budget: Option<u64>,
    /// What that is counted in.
    pub currency: Option<String>,
    /// What all its projects cost together, where every one says what it costs.
    pub cost: Option<u64>,
    /// How a ballot is filled in.
    pub rule: Rule,
    /// Who is funded.
    pub funding: Funding,
}

/// A kind of ballot.
#[derive(Debug, Clone, Serialize)]
pub struct Ballot {
    /// The district's code.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// The lists on it, by their codes.
    pub lists: Vec<String>,
    /// From how many more the voter may take one.
    pub others: usize,
    /// How many may vote, at most.
    pub electorate: u32,
}

/// Money.
#[derive(Debug, Clone, Serialize)]
pub struct Money {
    /// What it is counted in.
    pub currency: Option<String>,
    /// How much it is.
    pub amount: u64,
}

/// A vote in short.
pub fn summary(document: &ManifestDocument) -> Summary {
    let zone = Zone::find(&document.time_zone).ok();
    let hour = |at: Timestamp| {
        let local = zone.as_ref().and_then(|zone| zone.at(at.unix())).map(|instant| instant.to_string());
        Hour { unix: at.unix(), local: local.unwrap_or_else(|| at.to_string()) }
    };
    let mut money: BTreeMap<Option<&String>, u64> = BTreeMap::new();
    for contest in &document.contests {
        if let Some(budget) = contest.budget {
            let sum = money.entry(contest.currency.as_ref()).or_default();
            *sum = sum.saturating_add(budget);
        }
    }
    let lists = document.contests.iter().map(|contest| List {
        id: contest.id.clone(),
        title: contest.title.clone(),
        projects: contest.options.len(),
        budget: contest.budget,
        currency: contest.currency.clone(),
        cost: contest
            .options
            .iter()
            .map(|option| option.cost)
            .try_fold(0, |sum: u64, cost| Some(sum.saturating_add(cost?))),
        rule: contest.rule.clone(),
        funding: contest.funding.clone(),
    });
    let ballots = document.styles.iter().map(|style| Ballot {
        id: style.id.clone(),
        title: style.title.clone(),
        lists: style.contests.clone(),
        others: style.plus_one_of.len(),
        electorate: style.electorate,
    });
    Summary {
        title: document.title.clone(),
        languages: document.languages.clone(),
        rehearsal: document.ballot_kind != BallotKind::Election,
        opens: hour(document.opens),
        closes: hour(document.closes),
        closes_latest: document.closes_latest.map(hour),
        paper_until: document.paper_until.map(hour),
        time_zone: document.time_zone.clone(),
        lists: lists.collect(),
        ballots: ballots.collect(),
        projects: document.contests.iter().map(|contest| contest.options.len()).sum(),
        electorate: document.styles.iter().map(|style| u64::from(style.electorate)).sum(),
        money: money
            .into_iter()
            .map(|(currency, amount)| Money { currency: currency.cloned(), amount })
            .collect(),
        routes: document.routes.iter().map(in_every_language).collect(),
        trustees: document.trustees,
        quorum: document.trustees.quorum(),
        registration: document.registration,
        minimum_group: document.minimum_group,
        revote: document.revote,
        early_close: document.early_close,
    }
}
