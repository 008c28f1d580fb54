//! The made-up town of the demo: its districts, its projects and the manifest that describes them.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use veche_record::manifest::Timestamp;

/// A district and the projects that compete in it.
#[derive(Debug)]
pub struct District {
    /// Its name in the manifest and in addresses.
    pub id: &'static str,
    /// Its name on the page.
    pub name: &'static str,
    about: &'static str,
    budget: u64,
    electorate: u32,
    min: u32,
    max: u32,
    blank: bool,
    /// What can be chosen.
    pub projects: &'static [Project],
}

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

/// Three districts with three kinds of ballot: up to three, one to five or blank, exactly one. Not every project has a
/// picture, as in a real town.
pub const DISTRICTS: &[District] = &[
    District {
        id: "lantern-quay",
        name: "Lantern Quay",
        about: "The old waterfront and the streets behind it. Choose up to three projects.",
        budget: 180_000,
        electorate: 4_200,
        min: 1,
        max: 3,
        blank: false,
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
    District {
        id: "upper-orchards",
        name: "Upper Orchards",
        about: "Houses and gardens on the hill. Choose one to five projects, or hand in a blank ballot.",
        budget: 240_000,
        electorate: 6_800,
        min: 1,
        max: 5,
        blank: true,
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
    District {
        id: "weavers-field",
        name: "Weavers' Field",
        about: "The mill quarter. Choose exactly one project.",
        budget: 120_000,
        electorate: 2_500,
        min: 1,
        max: 1,
        blank: false,
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
    let contests: Vec<_> = DISTRICTS.iter().map(contest).collect();
    let styles: Vec<_> = DISTRICTS
        .iter()
        .map(|district| {
            json!({ "id": district.id, "title": { "en": district.name }, "contests": [district.id], "electorate": district.electorate })
        })
        .collect();
    let manifest = json!({
        "veche": 1,
        "phase": "election",
        "languages": ["en"],
        "title": { "en": "Quillhaven decides" },
        "text": { "en": "The town sets €540,000 aside for what its people propose. Choose your district, then the projects you want built." },
        "notice": { "en": format!("Quillhaven is a made-up town. This election holds {simulated} simulated ballots beside those cast from browsers.") },
        "opens": time(now)?,
        "closes": time(now + OPEN_SECONDS)?,
        "contests": contests,
        "styles": styles,
        "trustees": { "count": 3, "threshold": 2 },
        "minimum_group": 10,
        "report_by": "contest",
        "revote": true,
        "registration": "open",
    });
    Ok(format!("{manifest:#}\n").into_bytes())
}

fn contest(district: &District) -> Value {
    let options: Vec<_> = district
        .projects
        .iter()
        .zip(1..)
        .map(|(project, number)| {
            let mut option = json!({
                "id": format!("{}-{number}", district.id),
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
        "id": district.id,
        "title": { "en": district.name },
        "text": { "en": district.about },
        "budget": district.budget,
        "currency": "€",
        "rule": { "type": "approval", "min": district.min, "max": district.max, "blank": district.blank },
        "options": options,
    })
}

/// How one simulated voter of a district votes: `draw(n)` picks a number below n. Nobody simulated votes blank.
#[must_use]
pub fn simulate(district: &District, mut draw: impl FnMut(usize) -> usize) -> Vec<u32> {
    let count = district.projects.len();
    let wanted = district.min as usize + draw((district.max - district.min) as usize + 1);
    let mut values = vec![0; count];
    let mut chosen = 0;
    while chosen < wanted.min(count) {
        // The smaller of two draws: without some favourites a result looks like noise.
        let pick = draw(count).min(draw(count));
        if let Some(value) = values.get_mut(pick).filter(|value| **value == 0) {
            *value = 1;
            chosen += 1;
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simulated_voters_keep_to_the_rule() {
        let mut state = 7_usize;
        for district in DISTRICTS {
            for _ in 0..200 {
                let values = simulate(district, |below| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 33) % below
                });
                assert_eq!(values.len(), district.projects.len());
                assert!((district.min..=district.max).contains(&values.iter().sum()), "{values:?}");
            }
        }
    }

    #[test]
    fn every_picture_exists() {
        let pictures = crate::workspace::root().join("www/demo/pictures");
        let all = DISTRICTS.iter().flat_map(|district| district.projects);
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
