//! Trustees and witnesses: what is never decrypted, and how each broken rule is found.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use veche_explorer::count::{Action, Count, Rules, Set, Witnesses};
use veche_explorer::{Counterexample, explore};

/// So many states are looked at. The games that are always played have fewer; a larger one says whether it was cut
/// short.
const LIMIT: usize = 30_000_000;

/// Whether the games are played that take long.
fn larger() -> bool {
    std::env::var_os("VECHE_EXPLORER").is_some()
}

/// Nothing is ever broken, and every state was looked at.
#[track_caller]
fn holds(name: &str, game: &Count) {
    let explored = explore(game, LIMIT);
    println!("{name}: {explored}");
    if let Some(found) = explored.found {
        panic!("{name}:\n{found}");
    }
    assert!(explored.exhaustive || larger(), "{name}: {explored}");
}

/// The model finds how to break what must hold.
#[track_caller]
fn is_broken(name: &str, game: &Count, broken: &str) -> Counterexample<Action> {
    let explored = explore(game, LIMIT);
    println!("{name}: {explored}");
    let Some(found) = explored.found else { panic!("{name}: nothing found in {explored}") };
    println!("{found}");
    assert!(found.broken.contains(broken), "{name}: {found}");
    found
}

/// 2 of 3 trustees decrypt, and all must agree. The first two are honest; the first has two devices, and every device
/// forgets.
fn three() -> Count {
    Count { trustees: 3, threshold: 2, devices: vec![1, 1, 2], forgetting: Set::first(2), ..Count::default() }
}

/// 2 of 4 decrypt, and three must agree. The first three are honest; the first has two devices and forgets.
fn four() -> Count {
    Count {
        trustees: 4,
        threshold: 2,
        devices: vec![1, 1, 2, 3],
        forgetting: Set::first(1),
        ..Count::default()
    }
}

fn witnessed(named: u8, needed: u8, dishonest: u8, rolled_back: u8) -> Count {
    let witnesses = Some(Witnesses { named, needed, dishonest, rolled_back });
    Count { witnesses, rolled_back: true, ..three() }
}

const TWO: &str = "two inputs are decrypted";

#[test]
fn two_inputs_are_never_decrypted() {
    holds("3 trustees", &Count { endings: true, ..three() });
    holds("4 trustees", &four());
    if larger() {
        holds("5 trustees", &Count { trustees: 5, threshold: 3, ..four() });
        holds("4 trustees, two forget", &Count { forgetting: Set::first(2), ..four() });
    }
}

#[test]
fn a_second_consent_after_recovery_is_found() {
    let rules = Rules { consent_after_recovery: true, ..Rules::default() };
    let found = is_broken("4 trustees, second consent", &Count { rules, ..four() }, TWO);
    assert!(found.story.iter().any(|line| line.contains("set up from the words")), "{found}");
    is_broken("3 trustees, second consent", &Count { rules, ..three() }, TWO);
}

#[test]
fn a_signature_that_leaves_before_it_is_remembered_is_found() {
    let rules = Rules { sign_before_storing: true, ..Rules::default() };
    is_broken("signed before stored", &Count { rules, forgetting: Set::default(), ..four() }, TWO);
}

#[test]
fn a_cancellation_after_consents_is_found() {
    let rules = Rules { cancel_after_consents: true, ..Rules::default() };
    is_broken("cancelled", &Count { rules, endings: true, ..three() }, "is cancelled");
}

/// What no software sees without witnesses.
#[test]
fn an_older_copy_of_a_device_is_not_stopped_without_witnesses() {
    is_broken("older copy", &Count { rolled_back: true, forgetting: Set::default(), ..four() }, TWO);
}

/// Which sets of witnesses: how many are named, and needed.
const WITNESSES: [(u8, u8); 4] = [(1, 1), (2, 2), (3, 2), (3, 3)];

/// Devices forget and are put back, and all the same consent again: the witnesses stand for the memory.
#[test]
fn fewer_than_2k_minus_w_bad_witnesses_are_enough_for_devices_that_remember_nothing() {
    for (named, needed) in WITNESSES {
        let most = 2 * needed - named - 1;
        holds(&format!("{needed} of {named}, {most} dishonest"), &witnessed(named, needed, most, 0));
    }
    holds("2 of 2, 1 rolled back", &witnessed(2, 2, 0, 1));
    if larger() {
        holds("3 of 3, 2 rolled back", &witnessed(3, 3, 0, 2));
        holds("3 of 4, 1 dishonest", &witnessed(4, 3, 1, 0));
    }
}

#[test]
fn with_2k_minus_w_bad_witnesses_two_inputs_are_decrypted() {
    for (named, needed) in WITNESSES {
        let bad = 2 * needed - named;
        // One device a trustee, which forgets, is enough.
        let game = |game| Count { devices: vec![1, 2], rolled_back: false, ..game };
        let dishonest = game(witnessed(named, needed, bad, 0));
        is_broken(&format!("{needed} of {named}, {bad} dishonest"), &dishonest, TWO);
        let rolled_back = game(witnessed(named, needed, 0, bad));
        is_broken(&format!("{needed} of {named}, {bad} rolled back"), &rolled_back, TWO);
    }
}
