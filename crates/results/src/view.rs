//! Everything that a page draws of a result, as numbers and positions. Names are in the manifest.

use serde::Serialize;
use veche_record::Manifest;
use veche_record::manifest::ReportBy;
use veche_verify::result::ResultFile;

use crate::published::electorate;
use crate::standing::Standing;
use veche_verify::funding::{Drawn, Verdict};

/// A result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// The contests in manifest order.
    pub contests: Vec<ContestView>,
    /// Who took part.
    pub turnout: Turnout,
    /// Whether the totals of all ballots are withheld, so that there is no result.
    pub withheld: bool,
}

/// The result of one contest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContestView {
    /// Counted ballots.
    pub ballots: u64,
    /// The most voters it can have.
    pub electorate: u64,
    /// How many ballots were blank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blank: Option<u64>,
    /// Whether there are too few ballots, of the contest or of a district, to publish its totals.
    pub withheld: bool,
    /// What there was to spend, where the result says who is funded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<u64>,
    /// What the funded options cost together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spent: Option<u64>,
    /// The options in their order.
    pub places: Vec<PlaceView>,
    /// The first place that the money left did not pay for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_at: Option<usize>,
    /// The places that the next draw must order.
    pub to_be_drawn: Vec<usize>,
    /// How equal totals are put in order, where the result says who is funded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tie_rule: Option<veche_record::manifest::Ties>,
    /// The least total of an option that is funded, where the result says who is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_votes: Option<u64>,
    /// Places of one total of which some are funded and some are not.
    pub ties: Vec<Vec<usize>>,
    /// The totals of each district, where they are published so.
    pub districts: Vec<DistrictView>,
}

/// One option's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaceView {
    /// Its position in the manifest.
    pub option: usize,
    /// Its total.
    pub total: u64,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<u64>,
    /// Whether it is funded, and why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<&'static str>,
    /// What was left when the money did not pay for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<u64>,
    /// The position in the manifest of the option whose funding excludes this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded_by: Option<usize>,
}

/// The totals of one district in one contest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DistrictView {
    /// The positions of its declared styles in the manifest: several where small districts are joined.
    pub styles: Vec<usize>,
    /// Whether the voters of other districts are among them, who added the contest.
    pub others: bool,
    /// Counted ballots.
    pub ballots: u32,
    /// How many were blank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blank: Option<u64>,
    /// Whether there are too few ballots to publish totals.
    pub withheld: bool,
    /// The totals in the manifest's order of options; none where they are withheld.
    pub totals: Vec<u64>,
}

/// How many people took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Turnout {
    /// Everyone together.
    pub all: TurnoutOf,
    /// The declared styles in manifest order.
    pub districts: Vec<TurnoutOf>,
}

/// How many people of a district, or of all, took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnoutOf {
    /// Counted ballots, where the published totals tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ballots: Option<u64>,
    /// The most voters.
    pub electorate: u64,
    /// How many people live there, where the manifest says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inhabitants: Option<u64>,
    /// Ballots of 10,000 voters: per cent with two decimals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_electorate: Option<u64>,
    /// Ballots of 10,000 inhabitants: ballots per 1,000 with one decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_inhabitants: Option<u64>,
}

impl View {
    /// What a page draws of these totals.
    pub fn new(manifest: &Manifest, totals: &ResultFile, draws: &[Drawn]) -> Self {
        let standings = Standing::all(manifest, totals, draws);
        let turnout = Turnout::new(manifest, &standings);
        let contests = standings.iter().map(|standing| contest(manifest, standing)).collect();
        View { contests, turnout, withheld: totals.is_all_withheld() }
    }
}

fn contest(manifest: &Manifest, standing: &Standing<'_>) -> ContestView {
    let place_of = |option: usize| standing.places.iter().position(|place| place.option == option);
    let ties = standing.ties().into_iter();
    let district = |group: &&veche_verify::result::GroupResult| {
        let ids = group.styles.as_ref()?;
        let position = |id: &String| manifest.styles().iter().position(|style| style.id == *id);
        Some(DistrictView {
            styles: ids.iter().filter_map(position).collect(),
            others: ids.iter().any(String::is_empty),
            ballots: group.ballots,
            blank: group.blank,
            withheld: group.withheld,
            totals: group.options.iter().map(|option| option.total).collect(),
        })
    };
    ContestView {
        ballots: standing.ballots,
        electorate: electorate(manifest, standing.contest, None),
        blank: standing.blank.filter(|_| !standing.is_withheld()),
        withheld: standing.is_withheld(),
        budget: standing.money.as_ref().map(|money| money.budget),
        spent: standing.money.as_ref().map(|money| money.spent),
        places: standing.places.iter().map(place).collect(),
        short_at: standing.short_at().and_then(|place| place_of(place.option)),
        to_be_drawn: standing.to_be_drawn().into_iter().filter_map(|place| place_of(place.option)).collect(),
        tie_rule: standing.tie_rule(),
        minimum_votes: standing.contest.funding.greedy().map(|greedy| greedy.minimum_votes),
        ties: ties.map(|tie| tie.iter().filter_map(|place| place_of(place.option)).collect()).collect(),
        districts: standing.groups.iter().filter_map(district).collect(),
    }
}

fn place(place: &crate::standing::OptionPlace) -> PlaceView {
    let left = if let Some(Verdict::TooDear { left }) = place.verdict { Some(left) } else { None };
    let excluded_by = if let Some(Verdict::Excluded { by }) = place.verdict { Some(by) } else { None };
    let verdict = place.verdict.map(|verdict| verdict.name());
    PlaceView { option: place.option, total: place.total, cost: place.cost, verdict, left, excluded_by }
}

/// Whether a group is of one style alone.
fn is_alone(group: &veche_verify::result::GroupResult, style: &String) -> bool {
    group.styles.as_ref().is_some_and(|styles| matches!(styles.as_slice(), [one] if one == style))
}

impl Turnout {
    /// A district's ballots are known where one of the contests that are on all of them is counted by district, or is
    /// on no other ballot. Everyone's are known where every district's are, or where one contest is on every ballot.
    fn new(manifest: &Manifest, standings: &[Standing<'_>]) -> Self {
        let styles = manifest.styles();
        let district = |style: &veche_record::manifest::Style| {
            let own = standings.iter().filter(|standing| style.contests.contains(&standing.contest.id));
            own.filter_map(|standing| {
                let id = &standing.contest.id;
                let others = styles.iter().filter(|other| other.id != style.id);
                let mut others =
                    others.filter(|other| other.contests.contains(id) || other.plus_one_of.contains(id));
                match standing.groups.iter().find(|group| is_alone(group, &style.id)) {
                    Some(group) => Some(u64::from(group.ballots)),
                    None if standing.contest.report_by == ReportBy::ContestAndStyle => None,
                    None => others.next().is_none().then_some(standing.ballots),
                }
            })
            .next()
        };
        let of = |ballots: Option<u64>, electorate: u64, inhabitants: Option<u64>| {
            let share = |whole: u64| {
                let whole = u128::from(whole).max(1);
                ballots.and_then(|ballots| {
                    u64::try_from((u128::from(ballots) * 10_000 + whole / 2) / whole).ok()
                })
            };
            let of_inhabitants = inhabitants.and_then(share);
            TurnoutOf { ballots, electorate, inhabitants, of_electorate: share(electorate), of_inhabitants }
        };
        let districts: Vec<TurnoutOf> = styles
            .iter()
            .map(|style| of(district(style), style.electorate.into(), style.inhabitants.map(u64::from)))
            .collect();
        let on_every_ballot = |standing: &&Standing<'_>| {
            styles.iter().all(|style| style.contests.contains(&standing.contest.id))
        };
        let together = || districts.iter().map(|district| district.ballots).sum::<Option<u64>>();
        let ballots = match standings.iter().find(on_every_ballot) {
            Some(standing) => Some(standing.ballots),
            None => together(),
        };
        let electorate = districts.iter().map(|district| district.electorate).sum();
        let inhabitants = districts.iter().map(|district| district.inhabitants).sum();
        Turnout { all: of(ballots, electorate, inhabitants), districts }
    }
}
