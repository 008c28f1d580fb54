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

/// A project: picture, name, place, cost in euros, and what it is.
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

/// Three districts with three kinds of ballot: up to three, one to five or blank, exactly one.
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
                "bench",
                "Benches along the quay",
                "Lantern Quay, piers 1 to 4",
                24_000,
                "Twenty oak benches with backs and arms, one every forty metres, so that a walk to the lighthouse has places to rest.",
            ),
            project(
                "playground",
                "A playground with a ship",
                "Net Square",
                62_000,
                "A climbing ship, two swings for small children and a soft floor, on the corner that is now gravel.",
            ),
            project(
                "lamp",
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
                "Two hundred shelves, a stove and a table for homework, open until nine in the evening.",
            ),
            project(
                "bicycle",
                "Bicycle stands and a pump",
                "Ferry landing",
                12_500,
                "Sixty stands under a roof and a pump that works in winter.",
            ),
            project(
                "tree",
                "Forty lime trees",
                "Cooper Street",
                38_000,
                "One tree for every second house, with watering for three years and space for roots under the pavement.",
            ),
            project(
                "fountain",
                "Drinking water on the quay",
                "Pier 2",
                9_800,
                "Three taps for people and a bowl for dogs, off in frost.",
            ),
            project(
                "market",
                "A roof for the fish market",
                "Net Square",
                74_000,
                "A light roof over twelve stalls, so that market days no longer depend on the weather.",
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
                "garden",
                "Shared vegetable garden",
                "Behind the water tower",
                18_000,
                "Thirty plots, a shed with tools and a tap; every fifth plot belongs to a school.",
            ),
            project(
                "crossing",
                "A safe way to school",
                "Pear Tree Road",
                47_000,
                "Two raised crossings and wider corners where four hundred children cross each morning.",
            ),
            project(
                "dog",
                "A meadow for dogs",
                "North edge of the orchards",
                21_000,
                "A fenced meadow with shade, a gate that closes by itself and bags.",
            ),
            project(
                "pool",
                "Paddling pool",
                "Blossom Park",
                90_000,
                "A shallow pool with clean water, a wooden deck and a changing room.",
            ),
            project(
                "bus",
                "Bus shelters with seats",
                "Six stops on line 4",
                54_000,
                "Roof, seat, light and a timetable that a wheelchair user can read.",
            ),
            project(
                "stage",
                "Open-air stage",
                "Blossom Park",
                66_000,
                "A small stage with power for concerts, school plays and the summer cinema.",
            ),
            project(
                "bee",
                "Meadows for bees",
                "Verges of Hill Road",
                7_500,
                "Two hectares of verge sown with wild flowers and mown twice a year.",
            ),
            project(
                "sports",
                "Exercise bars",
                "Quarry Path",
                28_000,
                "Bars and rings for every age, on bark, beside the running path.",
            ),
            project(
                "path",
                "A dry path to the station",
                "Lower Orchard Path",
                59_000,
                "Six hundred metres of firm path with drains, usable with a pram after rain.",
            ),
            project(
                "repair",
                "Repair workshop",
                "Former post office",
                33_000,
                "Benches, tools and help on two evenings a week: bring it broken, take it home mended.",
            ),
            project(
                "toilet",
                "Public toilet",
                "Blossom Park",
                71_000,
                "One cabin that everyone can use, cleaned three times a day.",
            ),
            project(
                "bin",
                "Bins that birds cannot open",
                "All parks",
                14_000,
                "Forty closed bins with a pedal, emptied when full and not by the calendar.",
            ),
            project(
                "bridge",
                "Footbridge over the brook",
                "Mill Brook",
                82_000,
                "A wooden bridge that saves a twenty-minute walk to the clinic.",
            ),
            project(
                "tree",
                "Old apple varieties",
                "Town orchard",
                11_000,
                "Sixty young trees of kinds that are no longer sold, picked by whoever passes.",
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
                "stage",
                "A hall in the weaving mill",
                "Weaving mill, ground floor",
                118_000,
                "Floor, heating and doors for a hall of two hundred seats, for weddings, meetings and dance.",
            ),
            project(
                "playground",
                "Playground and ball court",
                "Loom Lane",
                96_000,
                "A court with a fence that keeps the ball in, and a playground beside it.",
            ),
            project(
                "lamp",
                "Light under the railway",
                "Spindle Tunnel",
                44_000,
                "The tunnel painted white and lit all night, with a mirror at the bend.",
            ),
            project(
                "pool",
                "The mill pond cleaned",
                "Mill pond",
                110_000,
                "Mud removed, banks planted, a jetty for sitting and two for fishing.",
            ),
            project(
                "bicycle",
                "Bicycle lane to the centre",
                "Bobbin Street",
                105_000,
                "One and a half kilometres, separate from cars and from people on foot.",
            ),
            project(
                "garden",
                "A garden on the tram yard",
                "Old tram yard",
                88_000,
                "Grass, trees and a long table where trams used to turn.",
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
        "text": { "en": "The town sets 540,000 € aside for what its people propose. Choose your district, then the projects you want built." },
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
            json!({
                "id": format!("{}-{number}", district.id),
                "name": { "en": project.name },
                "text": { "en": project.about },
                "cost": project.cost,
                "picture": format!("demo/pictures/{}.svg", project.picture),
                "place": project.place,
            })
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
        for project in DISTRICTS.iter().flat_map(|district| district.projects) {
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
