//! The making of the keys: what never comes of it, and how each broken rule is found.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use veche_explorer::ceremony::{Game, Rules};
use veche_explorer::explore;

/// So many states are looked at. The games that are always played have fewer; a larger one says whether it was cut
/// short.
const LIMIT: usize = 6_000_000;

/// Whether the games are played that take long.
fn larger() -> bool {
    std::env::var_os("VECHE_EXPLORER").is_some()
}

/// One device of a trustee signs one thing of a kind; two are looked at for what follows.
fn game(devices: &[u8], attempts: u8) -> Game {
    let one_transcript = !devices.windows(2).any(|pair| matches!(pair, [one, other] if one == other));
    Game { devices: devices.to_vec(), attempts, impostors: true, one_transcript, ..Game::default() }
}

/// Nothing is ever broken, and every state was looked at.
#[track_caller]
fn holds(name: &str, game: &Game) {
    let explored = explore(game, LIMIT);
    println!("{name}: {explored}");
    if let Some(found) = explored.found {
        panic!("{name}:\n{found}");
    }
    assert!(explored.exhaustive || larger(), "{name}: {explored}");
}

#[test]
fn nobody_is_blamed_misled_or_bound_twice() {
    let plain = |game| Game { impostors: false, ..game };
    holds("one attempt", &game(&[1, 2, 0], 1));
    holds("two attempts", &plain(game(&[1, 2], 2)));
    holds("two devices, somebody looks on", &game(&[1, 1, 0], 1));
    holds("two devices and another trustee", &plain(game(&[1, 1, 2], 1)));
    if larger() {
        holds("two attempts, dishonest organiser", &Game { organiser: true, ..plain(game(&[1, 2], 2)) });
        holds("two attempts, impostors, somebody looks on", &game(&[1, 0], 2));
        holds("two attempts, impostors", &game(&[1, 2], 2));
        holds("three attempts", &plain(game(&[1, 2], 3)));
        holds("two devices and another trustee, impostors", &game(&[1, 1, 2], 1));
        holds("two devices each", &plain(game(&[1, 1, 2, 2], 1)));
        holds("two attempts, two devices", &plain(game(&[1, 1, 2], 2)));
    }
}

#[test]
fn every_broken_rule_is_found() {
    let rules = Rules::default;
    for (game, rules, broken) in [
        (game(&[1, 0], 2), Rules { attempts_ignored: true, ..rules() }, "former attempt"),
        (game(&[1, 0], 1), Rules { complaint_believed: true, ..rules() }, "is blamed"),
        (game(&[1, 0], 1), Rules { complaint_unbound: true, ..rules() }, "is blamed"),
        (game(&[1, 2], 1), Rules { confirm_unbound: true, ..rules() }, "has not confirmed"),
        (game(&[1, 2], 1), Rules { shares_unchecked: true, ..rules() }, "has no share"),
        (game(&[1, 1], 1), Rules { deal_after_recovery: true, ..rules() }, "two rounds"),
        (game(&[1, 2], 1), Rules { sign_before_storing: true, ..rules() }, "two rounds"),
        // What the rules do not stop: a device that is put back, and two devices that are shown two boards.
        (Game { rolled_back: true, ..game(&[1, 2], 1) }, rules(), "two rounds"),
        (Game { one_transcript: true, ..game(&[1, 1], 1) }, rules(), "two transcripts"),
    ] {
        let game = Game { rules, ..game };
        let explored = explore(&game, LIMIT);
        let Some(found) = &explored.found else { panic!("{rules:?}: nothing found in {explored}") };
        println!("{rules:?}: {explored}\n{found}");
        assert!(found.broken.contains(broken), "{rules:?}: {found}");
    }
}
