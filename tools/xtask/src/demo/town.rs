//! The made-up town of the demo: its districts, its projects and the manifest that describes them.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use veche_record::manifest::Timestamp;

/// A district: which contests its voters find on their ballot.
#[derive(Debug)]
pub struct District {
    /// Its name in the manifest and in addresses, and its own contest's too.
    pub id: &'static str,
    name: &'static str,
    electorate: u32,
    inhabitants: u32,
    /// The other districts' contests of which its voters may add one.
    others: &'static [&'static str],
}

/// A contest and the projects that compete in it.
#[derive(Debug)]
pub struct Contest {
    /// Its name in the manifest and in addresses.
    pub id: &'static str,
    name: &'static str,
    about: &'static str,
    budget: u64,
    rule: Rule,
    /// What can be chosen.
    pub projects: &'static [Project],
}

/// How projects are chosen.
#[derive(Debug, Clone, Copy)]
enum Rule {
    /// Up to so many.
    Picks(u32),
    /// As many as the contest's budget pays for, or none of them.
    Budget,
    /// So many points in all, so many at most for one.
    Points(u32, u32),
    /// So many places; the last one counts 1, each before it 1 more.
    Order(u32),
}

/// The contest that is on every ballot.
const TOWN: &str = "quillhaven";

/// A project: picture (if any), name, place, cost in euros, and what it is.
#[derive(Debug)]
pub struct Project {
    picture: &'static str,
    name: &'static str,
    place: &'static str,
    cost: u64,
    about: &'static str,
}

const fn project(
    picture: &'static str,
    name: &'static str,
    place: &'static str,
    cost: u64,
    about: &'static str,
) -> Project {
    Project { picture, name, place, cost, about }
}

/// The districts. Every ballot has two contests, the town's and the district's own; on the quay people may add a third.
pub const DISTRICTS: &[District] = &[
    District {
        id: "lantern-quay",
        name: "Lantern Quay",
        electorate: 4_200,
        inhabitants: 5_100,
        others: &["upper-orchards", "weavers-field"],
    },
    District {
        id: "upper-orchards",
        name: "Upper Orchards",
        electorate: 6_800,
        inhabitants: 9_400,
        others: &[],
    },
    District {
        id: "weavers-field",
        name: "Weavers' Field",
        electorate: 2_500,
        inhabitants: 3_300,
        others: &[],
    },
];

/// Four contests under four rules: the whole town gives points; the districts pick, spend a budget and rank. Not every
/// project has a picture, as in a real town.
pub const CONTESTS: &[Contest] = &[
    Contest {
        id: TOWN,
        name: "The whole town",
        about: "What all three districts share. Give your points to what you want most.",
        budget: 400_000,
        rule: Rule::Points(5, 3),
        projects: &[
            project(
                "river",
                "A footbridge over the Quill",
                "From the quay to the mill",
                310_000,
                "Three and a half metres wide, for feet and wheels, with a bench in the middle.",
            ),
            project(
                "library",
                "The library open on Sundays",
                "Town library",
                90_000,
                "Two years of Sundays from ten to six, with story hours in the morning.",
            ),
            project(
                "trees",
                "A thousand trees",
                "All three districts",
                140_000,
                "Planted over three winters where the summers are hottest, and watered until they stand alone.",
            ),
            project(
                "sports",
                "A new floor for the sports hall",
                "School hill",
                175_000,
                "The old one has given way in two places. This one is for every sport and for dances.",
            ),
            project(
                "",
                "Drinking water in the streets",
                "Twelve places",
                65_000,
                "Twelve taps, from the ferry landing to the station, running from April to October.",
            ),
        ],
    },
    Contest {
        id: "lantern-quay",
        name: "Lantern Quay",
        about: "The old waterfront and the streets behind it. Choose up to three projects.",
        budget: 180_000,
        rule: Rule::Picks(3),
        projects: &[
            project(
                "river",
                "Benches along the quay",
                "Piers 1 to 4",
                24_000,
                "Twenty oak benches with backs and arms, one every forty metres, so that a walk to the lighthouse has places to rest.",
            ),
            project(
                "playground",
                "Swings and a tower",
                "Net Square",
                62_000,
                "A slide, two swings for small children and a soft floor, on the corner that is now gravel.",
            ),
            project(
                "lights",
                "Warm light on the steps",
                "Ropewalk Steps",
                31_000,
                "Forty low lamps that light the steps and not the bedrooms beside them.",
            ),
            project(
                "library",
                "A reading room in the boathouse",
                "Old Boathouse",
                85_000,
                "Two hundred metres of shelves, a stove and a table for homework, open until nine in the evening.",
            ),
            project(
                "bikes",
                "Bicycle stands and a pump",
                "Ferry landing",
                12_500,
                "Sixty stands and a pump that works in winter.",
            ),
            project(
                "trees",
                "Forty lime trees",
                "Cooper Street",
                38_000,
                "One tree for every second house, with water for three years and room for roots under the pavement.",
            ),
            project(
                "shelter",
                "A green roof at the ferry stop",
                "Ferry landing",
                27_000,
                "A shelter with seats and a roof of moss, and a timetable that can be read from a wheelchair.",
            ),
            project(
                "market",
                "Stalls for the Saturday market",
                "Net Square",
                74_000,
                "Twelve stalls with striped roofs, so that market days no longer depend on the weather.",
            ),
        ],
    },
    Contest {
        id: "upper-orchards",
        name: "Upper Orchards",
        about: "Houses and gardens on the hill. Spend the budget as you would, or hand in a blank ballot.",
        budget: 240_000,
        rule: Rule::Budget,
        projects: &[
            project(
                "trees",
                "Old apple varieties",
                "Town orchard",
                11_000,
                "Sixty young trees of kinds that are no longer sold, to be picked by whoever passes.",
            ),
            project(
                "dogs",
                "A meadow for dogs",
                "North edge of the orchards",
                21_000,
                "A fenced meadow with shade, water and a gate that closes by itself.",
            ),
            project(
                "sports",
                "A court for every ball",
                "Quarry Path",
                58_000,
                "A floor that is kind to knees, four baskets, two goals and a fence that keeps the ball in.",
            ),
            project(
                "shelter",
                "Bus shelters with seats",
                "Six stops on line 4",
                54_000,
                "Roof, seat and light at every stop between the school and the station.",
            ),
            project(
                "lights",
                "Light on the station path",
                "Lower Orchard Path",
                36_000,
                "Lamps that wake when someone comes and sleep when nobody does.",
            ),
            project(
                "library",
                "A library of things",
                "Former post office",
                33_000,
                "Drills, tents, sewing machines and board games, lent like books.",
            ),
            project(
                "",
                "A safe way to school",
                "Pear Tree Road",
                47_000,
                "Two raised crossings and wider corners where four hundred children cross each morning.",
            ),
            project(
                "playground",
                "A playground in the shade",
                "Blossom Park",
                69_000,
                "Climbing frames between the old trees instead of beside them.",
            ),
            project(
                "bikes",
                "A dry place for bicycles",
                "Station",
                42_000,
                "Eighty stands under a roof, six of them for cargo bicycles.",
            ),
            project(
                "market",
                "A square to sit in",
                "Upper crossroads",
                77_000,
                "Benches, two trees and a tap, and room for the farmers on Thursdays.",
            ),
            project(
                "",
                "Repair workshop",
                "Former post office",
                29_000,
                "Tools, benches and help on two evenings a week: bring it broken, take it home mended.",
            ),
            project(
                "river",
                "A landing on the brook",
                "Mill Brook",
                18_000,
                "A wooden landing for boats and bare feet.",
            ),
            project(
                "",
                "Public toilet",
                "Blossom Park",
                71_000,
                "One cabin that everyone can use, cleaned three times a day.",
            ),
            project(
                "",
                "Bins that birds cannot open",
                "All parks",
                14_000,
                "Forty closed bins with a pedal, emptied when full and not by the calendar.",
            ),
        ],
    },
    Contest {
        id: "weavers-field",
        name: "Weavers' Field",
        about: "The mill quarter. Put up to three projects in order.",
        budget: 120_000,
        rule: Rule::Order(3),
        projects: &[
            project(
                "river",
                "The mill pond cleaned",
                "Mill pond",
                110_000,
                "Mud removed, banks planted, a jetty for sitting and two for fishing.",
            ),
            project(
                "playground",
                "A playground at the mill",
                "Loom Lane",
                96_000,
                "Swings, sand and water, and a bench with a view of all three.",
            ),
            project(
                "lights",
                "Light under the railway",
                "Spindle Tunnel",
                44_000,
                "The tunnel painted white and lit all night, with a mirror at the bend.",
            ),
            project(
                "bikes",
                "A bicycle lane to the centre",
                "Bobbin Street",
                105_000,
                "One and a half kilometres, apart from cars and from people on foot.",
            ),
            project(
                "market",
                "A square on the tram yard",
                "Old tram yard",
                88_000,
                "Stalls, trees and a long table where trams used to turn.",
            ),
            project(
                "sports",
                "A court behind the school",
                "Loom Lane",
                76_000,
                "Open to everyone when school is over.",
            ),
        ],
    },
];

/// How long the ballot box would stay open if nobody closed it: a week.
const OPEN_SECONDS: u64 = 7 * 24 * 3600;

/// The manifest of the town's election, which opens at once, with a notice that says what it is.
///
/// # Errors
/// When the clock stands beyond the year 9999.
pub fn manifest(simulated: u32, now: u64) -> Result<Vec<u8>> {
    let time = |seconds| Timestamp::from_unix(seconds).context("this machine's clock is wrong");
    let contests: Vec<_> = CONTESTS.iter().map(contest).collect();
    let styles: Vec<_> = DISTRICTS.iter().map(style).collect();
    let manifest = json!({
        "veche": 1,
        "phase": "election",
        "languages": ["en"],
        "title": { "en": "Quillhaven decides" },
        "text": { "en": "The town sets €940,000 aside for what its people propose: for all of it, and for each district." },
        "notice": { "en": format!("Quillhaven is a made-up town. This election holds {simulated} simulated ballots beside those cast from browsers.") },
        "opens": time(now)?,
        "closes": time(now + OPEN_SECONDS)?,
        "time_zone": "UTC",
        "early_close": true,
        "contests": contests,
        "styles": styles,
        "routes": [{ "id": "sms", "title": { "en": "By a code sent to a phone" }, "entered": false }],
        "trustees": { "count": 5, "threshold": 3 },
        "minimum_group": 10,
        "revote": true,
        "registration": "open",
        "help": { "en": "The library in Mill Lane helps whoever comes, Monday to Friday, 9 to 18." },
        "contact": { "en": "Quillhaven town hall, Participation\n1 Market Square\nTelephone 01632 960 001" },
        "privacy": { "en": "Your number is kept for this vote only, and deleted 30 days after it. Nobody else gets it." },
        "accessibility": { "en": "These pages are made to be used with a keyboard, a screen reader and large text. Tell the town hall of anything that keeps you from voting." },
        "otherwise": { "en": "Without these pages you can vote on paper in the town hall, room 12, during opening hours." },
    });
    Ok(format!("{manifest:#}\n").into_bytes())
}

fn style(district: &District) -> Value {
    let mut style = json!({
        "id": district.id,
        "title": { "en": district.name },
        "contests": [TOWN, district.id],
        "electorate": district.electorate,
        "inhabitants": district.inhabitants,
    });
    if let (Some(style), false) = (style.as_object_mut(), district.others.is_empty()) {
        style.insert("plus_one_of".into(), district.others.into());
    }
    style
}

fn contest(contest: &Contest) -> Value {
    let options: Vec<_> = contest
        .projects
        .iter()
        .zip(1..)
        .map(|(project, number)| {
            let mut option = json!({
                "id": format!("{}-{number}", contest.id),
                "name": { "en": project.name },
                "text": { "en": project.about },
                "cost": project.cost,
                "place": project.place,
            });
            if let (Some(option), false) = (option.as_object_mut(), project.picture.is_empty()) {
                option.insert("picture".into(), format!("demo/pictures/{}.svg", project.picture).into());
            }
            option
        })
        .collect();
    json!({
        "id": contest.id,
        "title": { "en": contest.name },
        "text": { "en": contest.about },
        "budget": contest.budget,
        "currency": "€",
        "report_by": "contest", "rule": rule(contest),
        "funding": { "method": "greedy", "unaffordable": "skip", "minimum_votes": 1, "ties": "cheaper", "exclusive": [] },
        "options": options,
    })
}

fn rule(contest: &Contest) -> Value {
    match contest.rule {
        Rule::Picks(max) => json!({ "type": "approval", "min": 1, "max": max, "blank": false }),
        Rule::Budget => json!({ "type": "knapsack", "budget": contest.budget, "min": 1, "blank": true }),
        Rule::Points(points, most) => {
            json!({ "type": "cumulative", "points": points, "min_points": 1, "max_per_option": most, "blank": false })
        }
        Rule::Order(places) => {
            let scores: Vec<u32> = (1..=places).rev().collect();
            json!({ "type": "ranked", "places": places, "min": 1, "scores": scores, "blank": false })
        }
    }
}

/// The contests on the ballot of a district, in the ballot's order.
pub fn ballot(district: &District) -> impl Iterator<Item = &'static Contest> {
    CONTESTS.iter().filter(|contest| contest.id == TOWN || contest.id == district.id)
}

/// What one simulated voter does in a contest, a value for each project: `draw(n)` picks a number below n. Nobody
/// simulated votes blank.
#[must_use]
pub fn simulate(contest: &Contest, mut draw: impl FnMut(usize) -> usize) -> Vec<u32> {
    let count = contest.projects.len();
    let mut values = vec![0_u32; count];
    let costs: Vec<u64> = contest.projects.iter().map(|project| project.cost).collect();
    let wanted = match contest.rule {
        Rule::Picks(most) | Rule::Order(most) => 1 + draw(most as usize),
        Rule::Budget => count,
        Rule::Points(points, _) => points as usize,
    };
    for turn in 1..=wanted {
        // The smaller of two draws: without some favourites a result looks like noise.
        let pick = draw(count).min(draw(count));
        let spent: u64 = values.iter().zip(&costs).map(|(&value, cost)| u64::from(value) * cost).sum();
        let taken = values.iter().filter(|&&value| value > 0).count() as u32;
        let cost = costs.get(pick).copied().unwrap_or(0);
        let Some(value) = values.get_mut(pick) else { continue };
        *value = match contest.rule {
            Rule::Points(_, most) => (*value + 1).min(most),
            _ if *value > 0 => *value,
            Rule::Picks(_) => 1,
            Rule::Order(_) => taken + 1,
            // Whoever has spent something may stop anywhere.
            Rule::Budget if spent + cost <= contest.budget && (turn < 5 || draw(2) == 0) => 1,
            Rule::Budget => 0,
        };
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simulated_voters_keep_to_the_rules() {
        let bytes = manifest(40, 1_700_000_000).unwrap();
        let manifest = veche_record::Manifest::parse(&bytes).unwrap();
        let mut state = 7_usize;
        for contest in CONTESTS {
            let compiled = &manifest.compiled()[manifest.contest_index(contest.id).unwrap()];
            for _ in 0..200 {
                let values = simulate(contest, |below| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 33) % below
                });
                let legal = compiled.bits(&veche_record::Selection::new(values.clone(), false));
                assert!(legal.is_ok(), "{}: {values:?}", contest.id);
            }
        }
    }

    #[test]
    fn every_picture_exists() {
        let pictures = crate::workspace::root().join("www/demo/pictures");
        let all = CONTESTS.iter().flat_map(|contest| contest.projects);
        for project in all.filter(|project| !project.picture.is_empty()) {
            let picture = pictures.join(project.picture).with_extension("svg");
            assert!(picture.is_file(), "{} is missing", picture.display());
        }
    }

    #[test]
    fn the_manifest_is_legal() {
        let manifest = veche_record::Manifest::parse(&manifest(40, 1_700_000_000).unwrap()).unwrap();
        assert_eq!(manifest.styles().len(), DISTRICTS.len());
    }
}
