//! One board: what is never counted, ended or blamed, and how each broken rule is found.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use veche_explorer::course::{Game, Rules};
use veche_explorer::explore;

/// So many states are looked at. The games that are always played have fewer; the larger one says whether it was cut
/// short.
const LIMIT: usize = 30_000_000;

/// Each with a dishonest and an honest registrar, or organiser.
fn voters(registrar: bool) -> Game {
    Game { registrar, organiser: true, voters: true, ..Game::default() }
}

fn hours(organiser: bool) -> Game {
    Game { registrar: true, organiser, hours: true, ..Game::default() }
}

#[test]
fn nothing_is_counted_ended_or_blamed_that_must_not_be() {
    // Voters and hours at once take long.
    let larger = std::env::var_os("VECHE_EXPLORER").is_some();
    let both = Game { voters: true, ..hours(true) };
    let games = [
        ("voters, dishonest registrar", voters(true)),
        ("voters, honest registrar", voters(false)),
        ("hours, dishonest organiser", hours(true)),
        ("hours, honest organiser", hours(false)),
    ];
    let largest = larger.then_some(("voters and hours, all dishonest", both));
    for (name, game) in games.into_iter().chain(largest) {
        let explored = explore(&game, LIMIT);
        println!("{name}: {explored}");
        if let Some(found) = explored.found {
            panic!("{name}:\n{found}");
        }
        assert!(explored.exhaustive || larger, "{name}: {explored}");
    }
}

#[test]
fn every_broken_rule_is_found() {
    let rules = Rules::default;
    for (game, rules, broken) in [
        (voters(true), Rules { replacement_as_handover: true, ..rules() }, "handover is counted"),
        (voters(true), Rules { struck_off_counts: true, ..rules() }, "struck off is counted"),
        (voters(true), Rules { struck_off_returns: true, ..rules() }, "struck off is counted"),
        (voters(false), Rules { numbers_ignored: true, ..rules() }, "a credential takes effect"),
        (voters(false), Rules { blame_by_kind: true, ..rules() }, "an honest"),
        (hours(false), Rules { numbers_ignored: true, ..rules() }, "an honest organiser is blamed"),
        (hours(true), Rules { cancel_after_consents: true, ..rules() }, "is cancelled"),
        (hours(true), Rules { consent_before_the_hour: true, ..rules() }, "before the closing"),
        (hours(false), Rules { gone_by_the_board: true, ..rules() }, "trustees have ended"),
    ] {
        let game = Game { rules, ..game };
        let explored = explore(&game, LIMIT);
        let Some(found) = &explored.found else { panic!("{rules:?}: nothing found in {explored}") };
        println!("{rules:?}: {explored}\n{found}");
        assert!(found.broken.contains(broken), "{rules:?}: {found}");
    }
}
