//! The model of the trustees' devices (tools/explorer) says what the software does: along ways through the model, real
//! devices with real memories see real boards, and do what the model says.

use std::collections::HashMap;

use serde_json::{Value, json};
use veche_board::WitnessKey;
use veche_crypto::hash::Digest;
use veche_explorer::Model;
use veche_explorer::count::{
    Action, Count, Device as Modelled, Entry as Step, Set, State, Step as Does, Witnesses,
};
use veche_record::Entry;
use veche_record::entry::{Notice, NoticeForm, RevocationReason, Signed, TallyKind};
use veche_tests::closing::{witness_key, witness_name};
use veche_tests::small::manifest_json;
use veche_trustee::{ActionKind, Kept, Refusal, Shown, Step as Real};

use crate::board::{Board, CLOSES, NORTH, SOUTH, fresh};

/// Two of four trustees decrypt, three must agree, and the last one is dishonest.
fn manifest(witnesses: Option<Witnesses>) -> Value {
    let mut manifest = manifest_json();
    manifest["trustees"] = json!({"count": 4, "threshold": 2});
    if let Some(Witnesses { named, needed, .. }) = witnesses {
        let vkey =
            |number| WitnessKey::new(witness_name(number).unwrap(), witness_key(number).public()).to_vkey();
        let keys: Vec<_> = (1..=u64::from(named)).map(vkey).collect();
        manifest["witnesses"] = json!({"needed": needed, "keys": keys});
    }
    manifest
}

/// An open vote in which another voter than the victim, voter 1, has voted.
fn opened(manifest: &Value) -> Board {
    let mut board = Board::open_of(manifest);
    board.vote(2, SOUTH, 0);
    board.state.recall(board.next());
    board
}

struct Device {
    board: Board,
    kept: Option<Kept>,
}

struct Town {
    manifest: Value,
    devices: Vec<Device>,
    /// By trustee and sums: the consents that somebody has signed.
    consents: HashMap<(u8, Digest), Entry>,
}

fn tally(board: &Board) -> Option<Digest> {
    board.state.count(TallyKind::Vote).map(|count| count.input().input_hash())
}

impl Town {
    fn new(game: &Count, state: &State) -> Self {
        let manifest = manifest(game.witnesses);
        let device = |device: &Modelled| {
            let board = opened(&manifest);
            let kept = device.memory.map(|_| board.memory(device.trustee));
            Device { board, kept }
        };
        let devices = state.devices().iter().map(device).collect();
        Town { manifest, devices, consents: HashMap::new() }
    }

    /// The entry for the board of a device, if its signature exists.
    fn entry(&self, at: usize, step: Step) -> Option<Entry> {
        let board = &self.devices[at].board;
        Some(match step {
            Step::Ballot => Entry::Ballot(board.small.ballot(NORTH, 1, 0).unwrap().bytes),
            Step::StrikeOff => board.strike(1, 1, RevocationReason::NotEntitled).into(),
            Step::Cancel => {
                let (form, texts) = (NoticeForm::Cancellation, vec!["Cancelled.".to_owned()]);
                let notice = Notice { number: 0, form, time: CLOSES, texts };
                Signed::new(notice, board.organiser(), &board.fingerprint()).unwrap().into()
            }
            Step::Close => board.signed_close().into(),
            Step::TallyInput => TallyKind::Vote.marker(),
            Step::Consent(trustee) => self.consents.get(&(trustee, tally(board)?))?.clone(),
        })
    }

    /// Model and board have a place for the same entries.
    fn compare(&self, game: &Count, state: &State) {
        for (at, device) in state.devices().iter().enumerate() {
            for step in game.entries() {
                let Some(entry) = self.entry(at, step) else { continue };
                let found = self.devices[at].board.state.admit_message(&entry.to_bytes(), &fresh());
                assert_eq!(
                    game.has_place(&device.board, step),
                    found.is_ok(),
                    "{step:?} on {:?}",
                    device.board
                );
            }
        }
    }

    fn show(&mut self, at: usize, step: Step) {
        let entry = self.entry(at, step).unwrap();
        let device = &mut self.devices[at];
        match entry {
            Entry::Ballot(ballot) => {
                device.board.cast(&ballot).unwrap();
                device.board.state.recall(device.board.next());
            }
            entry => device.board.append(entry),
        }
        for owed in device.board.state.owed().collect::<Vec<_>>() {
            device.board.state.settle(owed, &device.board.leaves[owed as usize]).unwrap();
        }
        if step == Step::TallyInput {
            device.board.append(device.board.consent_of(TallyKind::Vote, 4));
        }
        // What a device that remembers anything has been shown it has seen.
        if let Some(kept) = &mut device.kept {
            let note = device.board.note();
            let seen = kept.saw(&Shown::under(&device.board.state, &note).unwrap(), CLOSES).unwrap();
            *kept = seen.unwrap_or_else(|| kept.clone());
        }
    }

    /// What a device does is what the model says that it does.
    fn act(&mut self, at: usize, trustee: u8, says: Does) {
        let device = &mut self.devices[at];
        let secret = device.board.small.secrets[usize::from(trustee) - 1].clone();
        let Some(kept) = &device.kept else { return };
        let found = device.board.step(&secret, kept, CLOSES);
        match (says, found) {
            (Does::Wait, Ok(Real::Wait(_) | Real::Cancelled | Real::Done))
            | (Does::Refuse, Err(Refusal::OtherTally)) => {}
            (Does::Consent(_), Ok(Real::Act(action)))
                if matches!(action.kind, ActionKind::Consent { .. }) =>
            {
                let entry = Entry::parse(&action.message).unwrap();
                self.consents.insert((trustee, tally(&device.board).unwrap()), entry);
                device.kept = Some(action.keep);
            }
            (Does::Decrypt(_), Ok(Real::Act(action)))
                if matches!(action.kind, ActionKind::Decrypt { .. }) =>
            {
                device.kept = Some(action.keep);
            }
            (says, found) => panic!("trustee {trustee}: {says:?}, and really {found:?}"),
        }
    }

    /// A device that remembers a board is shown no other one, which the model takes for granted.
    fn demand_no_forks(&self, state: &State) {
        for (at, device) in self.devices.iter().enumerate() {
            let trustee = state.devices()[at].trustee;
            let secret = &device.board.small.secrets[usize::from(trustee) - 1];
            let Some(kept) = &device.kept else { continue };
            for (other, shown) in self.devices.iter().zip(state.devices()) {
                let refused = matches!(
                    other.board.step(secret, kept, CLOSES),
                    Err(Refusal::OlderBoard { .. } | Refusal::ForkedBoard(_))
                );
                if other.board.leaves.starts_with(&device.board.leaves) {
                    assert!(shown.board.continues(&state.devices()[at].board) && !refused);
                } else if kept.seen().is_some() {
                    assert!(refused, "trustee {trustee} is shown another board");
                }
            }
        }
    }

    fn follow(&mut self, game: &Count, state: &State, action: Action) {
        match action {
            Action::Show(at, step, _) => self.show(at.into(), step),
            Action::Act(at) => {
                let device = &state.devices()[usize::from(at)];
                self.act(at.into(), device.trustee, game.next_step(device));
            }
            Action::Forget(at) | Action::Fork(at) => {
                let board = opened(&self.manifest);
                self.devices[usize::from(at)] = Device { board, kept: None };
            }
            Action::Recover(at) => {
                let trustee = state.devices()[usize::from(at)].trustee;
                let device = &mut self.devices[usize::from(at)];
                let secret = &device.board.small.secrets[usize::from(trustee) - 1];
                let kept = Kept::recover(&device.board.state, secret, trustee).unwrap();
                // As the program does when it has begun a memory.
                let note = device.board.note();
                let seen = kept.saw(&Shown::under(&device.board.state, &note).unwrap(), CLOSES).unwrap();
                device.kept = Some(seen.unwrap_or(kept));
            }
            Action::RollBack(at) => {
                let trustee = state.devices()[usize::from(at)].trustee;
                let board = opened(&self.manifest);
                let kept = Some(board.memory(trustee));
                self.devices[usize::from(at)] = Device { board, kept };
            }
            Action::Crash(_) | Action::RollBackWitness(_) => {}
        }
    }
}

/// A way by chance, the same in every run, on which real devices go along; what they did.
fn go(game: &Count, seed: u64) -> Vec<Does> {
    let (mut state, mut random, mut done) = (game.initial(), seed, Vec::new());
    let mut town = Town::new(game, &state);
    town.compare(game, &state);
    for _ in 0..40 {
        let possible = |action: &Action| game.step(&state, *action).is_some();
        let mut actions: Vec<_> = game.actions(&state).into_iter().filter(possible).collect();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Most often entries are shown and acted on: forgetting at every turn leads nowhere.
        let onward = |action: &Action| matches!(action, Action::Show(..) | Action::Act(_));
        if random >> 61 != 0 && actions.iter().any(onward) {
            actions.retain(onward);
        }
        let Some(action) = actions.get((random >> 33) as usize % actions.len().max(1)).copied() else {
            break;
        };
        if let Action::Act(at) = action {
            done.push(game.next_step(&state.devices()[usize::from(at)]));
        }
        let after = game.step(&state, action).unwrap();
        town.follow(game, &state, action);
        state = after;
    }
    town.compare(game, &state);
    town.demand_no_forks(&state);
    // What each device does at the end, whether the way went on with it or not.
    for (at, device) in state.devices().iter().enumerate() {
        town.act(at, device.trustee, game.next_step(device));
    }
    done
}

#[test]
fn the_model_and_the_devices_do_alike() {
    let game = |witnesses| Count {
        trustees: 4,
        threshold: 2,
        devices: vec![1, 1, 2, 3],
        witnesses,
        forgetting: Set::first(3),
        rolled_back: true,
        endings: true,
        ..Count::default()
    };
    let witnesses = Witnesses { named: 3, needed: 2, dishonest: 0, rolled_back: 0 };
    let mut done = Vec::new();
    for game in [game(None), game(Some(witnesses))] {
        for seed in 0..8 {
            done.extend(go(&game, seed));
        }
    }
    assert!(done.iter().any(|done| matches!(done, Does::Consent(_))), "{done:?}");
    assert!(done.iter().any(|done| matches!(done, Does::Decrypt(_))), "{done:?}");
}
