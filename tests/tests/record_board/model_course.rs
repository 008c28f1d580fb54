//! The model of the course (tools/explorer) says what the software does: along ways through the model, every entry that
//! it knows is put before a real board, with real signatures and with false ones, and both answer alike.

use std::collections::HashMap;

use serde_json::{Value, json};
use veche_crypto::hash::Digest;
use veche_crypto::signature::SecretKey;
use veche_explorer::course::{
    Action, Board as Modelled, Close, Culprit as Blamed, Entry as Step, Game, Key, Reason, Rules, Seal,
    Signatures, State, Voted,
};
use veche_explorer::{Model, explore};
use veche_record::Entry;
use veche_record::entry::{
    Challenged, Closing, ClosingForm, ClosingKind, ClosingTerms, Consent, CredentialEntry, CredentialTerms,
    Extension, Notice, NoticeForm, Partial, Revocation, RevocationReason, Signed, TallyKind,
};
use veche_tests::small::{SmallElection, manifest_json};
use veche_verify::state::ORGANISER_GONE;
use veche_verify::{Culprit, Failure};

use crate::board::{Board, CLOSES, NORTH, ONLINE, SOUTH, fresh, pseudonym};

/// The latest closing.
const LATEST: u64 = CLOSES + 7_200;
/// The voter who is looked at.
const VOTER: u64 = 9;

/// Two trustees, who must both agree.
fn manifest() -> Value {
    let mut manifest = manifest_json();
    manifest["closes_latest"] = json!("2026-05-14T22:00:00Z");
    manifest["trustees"] = json!({"count": 2, "threshold": 2});
    manifest
}

/// A board on which another voter has voted, so that there is something to decrypt.
struct Real {
    board: Board,
    /// Sealed ballots: their bytes, codes and hashes.
    sealed: HashMap<Voted, (Vec<u8>, Digest, Digest)>,
    /// The parts of the decryption of the board's sums, once these are fixed.
    partials: Vec<Signed<Partial>>,
}

fn number(key: Key) -> u64 {
    match key {
        Key::First => 101,
        Key::Second => 102,
        Key::Foreign => 103,
    }
}

fn secret(key: u64) -> SecretKey {
    SecretKey::from_bytes(&SmallElection::voter(key).unwrap().secret()).unwrap()
}

impl Real {
    fn new() -> Self {
        let mut board = Board::open_of(&manifest());
        board.vote(2, SOUTH, 0);
        Real { board, sealed: HashMap::new(), partials: Vec::new() }
    }

    fn sealed(&mut self, voted: Voted) -> (Vec<u8>, Digest, Digest) {
        if let Some(known) = self.sealed.get(&voted) {
            return known.clone();
        }
        let previous = match voted.seal {
            Seal::First(_) => Digest::ZERO,
            Seal::Next(_, after) => self.sealed(Voted { seal: Seal::First(after), opened: false }).2,
        };
        let (key, sequence) = (number(voted.seal.key()), voted.seal.sequence());
        let choice = usize::from(voted.opened);
        let sealed = self.board.small.revote(NORTH, key, choice, sequence.into(), previous).unwrap();
        let sealed = (sealed.bytes, sealed.code.digest(), sealed.hash);
        self.sealed.insert(voted, sealed.clone());
        sealed
    }

    /// An entry as the model means it, with right or false signatures.
    fn entry(&mut self, model: &Modelled, step: Step, signatures: Signatures) -> Entry {
        let election = self.board.fingerprint();
        let stranger = secret(66);
        let key = |own: &SecretKey| if signatures.author { own.clone() } else { secret(66) };
        let (registrar, organiser) = (key(self.board.registrar()), key(self.board.organiser()));
        let voter = pseudonym(VOTER);
        match step {
            Step::Credential { key, number: place, handover } => {
                let public = SmallElection::voter(number(key)).unwrap().key();
                let terms = CredentialTerms {
                    pseudonym: voter,
                    style: NORTH,
                    route: ONLINE,
                    number: place.into(),
                    key: public,
                };
                let hands = model.active().filter(|_| signatures.handover).map(|key| secret(number(key)));
                let hands = handover.then(|| terms.hand_over(&hands.unwrap_or(stranger), &election).unwrap());
                let possession = terms.prove_possession(&secret(number(key)), &election).unwrap();
                CredentialEntry::sign(&registrar, &election, terms, hands, possession).unwrap().into()
            }
            Step::Revocation { key, reason } => {
                let reason = match reason {
                    Reason::Replaced => RevocationReason::Replaced,
                    Reason::Final => RevocationReason::NotEntitled,
                };
                let key = SmallElection::voter(number(key)).unwrap().key();
                Revocation::sign(&registrar, &election, voter, key, reason).unwrap().into()
            }
            Step::Ballot(voted) => {
                let (mut bytes, ..) = self.sealed(voted);
                let last = bytes.len() - 32;
                bytes[last] ^= u8::from(!signatures.author);
                Entry::Ballot(bytes)
            }
            Step::Challenged(seal) => {
                let (_, code, _) = self.sealed(Voted { seal, opened: true });
                let holder = secret(number(seal.key()));
                let said = Challenged { key: holder.public(), sequence: seal.sequence().into(), code };
                Signed::new(said, &key(&holder), &election).unwrap().into()
            }
            Step::Extension { number } => {
                let said = Extension { number: number.into(), signed_at: CLOSES - 1, closes: LATEST };
                Signed::new(said, &organiser, &election).unwrap().into()
            }
            Step::Notice { number, cancels } => {
                let form = if cancels { NoticeForm::Cancellation } else { NoticeForm::Words };
                let texts = vec!["To everybody.".to_owned()];
                let said = Notice { number: number.into(), form, time: CLOSES, texts };
                Signed::new(said, &organiser, &election).unwrap().into()
            }
            Step::Close(Close::Organiser) => {
                let note = self.board.small.sealer().note(&self.board.leaves, LATEST).unwrap();
                Closing::by_organiser(ClosingKind::Close, &organiser, &election, LATEST, note).unwrap().into()
            }
            Step::Close(Close::Trustees) => {
                let (kind, form, time) = (ClosingKind::Close, ClosingForm::Trustees, LATEST + ORGANISER_GONE);
                let note = self.board.small.sealer().note(&self.board.leaves, time).unwrap();
                let terms = ClosingTerms { kind, form, time, note: note.clone() };
                let sign = |trustee: usize| {
                    let own = self.board.communication_key(trustee);
                    let key = if trustee == 1 { key(&own) } else { own };
                    (trustee as u8, terms.sign(&key, &election).unwrap())
                };
                Closing::by_trustees(kind, time, note, vec![sign(1), sign(2)]).into()
            }
            Step::TallyInput => TallyKind::Vote.marker(),
            Step::Consent(trustee) => {
                let count = self.board.state.count(TallyKind::Vote);
                let tally = count.map_or(Digest::ZERO, |count| count.input().input_hash());
                let own = self.board.communication_key(trustee.into());
                Signed::new(Consent { trustee, tally }, &key(&own), &election).unwrap().into()
            }
            Step::Partial(trustee) => {
                let nothing = Partial { trustee, tally: Digest::ZERO, groups: Vec::new() };
                let known = self.partials.iter().find(|partial| partial.trustee == trustee);
                let partial = known.map_or(nothing, |partial| (**partial).clone());
                let own = self.board.communication_key(trustee.into());
                Signed::new(partial, &key(&own), &election).unwrap().into()
            }
        }
    }

    fn append(&mut self, entry: Entry) {
        append(&mut self.board, entry);
        if self.partials.is_empty() && self.board.state.count(TallyKind::Vote).is_some() {
            // What the trustees would decrypt, if both agreed: another board with the same sums, on which they do.
            let mut twin = Real::new().board;
            for leaf in self.board.leaves.iter().skip(twin.leaves.len()) {
                append(&mut twin, Entry::parse(leaf).unwrap());
            }
            twin.consent_all(TallyKind::Vote);
            self.partials = [1, 2].map(|trustee| twin.partial_of(TallyKind::Vote, trustee)).to_vec();
        }
    }
}

fn append(board: &mut Board, entry: Entry) {
    match entry {
        Entry::Ballot(ballot) => drop(board.cast(&ballot).unwrap()),
        entry => board.append(entry),
    }
    for owed in board.state.owed().collect::<Vec<_>>() {
        board.state.settle(owed, &board.leaves[owed as usize]).unwrap();
    }
}

fn blamed(failure: &Failure) -> Blamed {
    match failure.culprit {
        Culprit::BallotBox => Blamed::BallotBox,
        Culprit::Registrar => Blamed::Registrar,
        Culprit::Organiser => Blamed::Organiser,
        // A person is named by the pseudonym, whatever key has signed.
        Culprit::Voter(voter) if voter == pseudonym(VOTER) => Blamed::Voter(Key::First),
        Culprit::Trustee(trustee) => Blamed::Trustee(trustee),
        other => panic!("{other} is not in the model"),
    }
}

/// What model and board say of an entry.
fn compare(real: &mut Real, model: &Modelled, step: Step, signatures: Signatures) {
    let entry = real.entry(model, step, signatures);
    let says = model.with(step, signatures, &Rules::default());
    let says = says.map(drop).map_err(|fault| match fault.culprit {
        Blamed::Voter(_) => (fault.check, Blamed::Voter(Key::First)),
        culprit => (fault.check, culprit),
    });
    let found = real.board.state.admit_message(&entry.to_bytes(), &fresh());
    let found = found.map(drop).map_err(|failure| (failure.check.number(), blamed(&failure)));
    assert_eq!(says, found, "{step:?} with {signatures:?} on {model:?}");
}

/// Every entry that the model knows, with right signatures and with false ones.
fn compare_all(game: &Game, real: &mut Real, state: &State) {
    let right = Signatures { author: true, handover: true };
    for step in game.alphabet() {
        for signatures in
            [right, Signatures { author: false, ..right }, Signatures { handover: false, ..right }]
        {
            // What no honest trustee signs before there is something to decrypt says nothing of it.
            if matches!(step, Step::Credential { handover: true, .. }) || signatures.handover {
                compare(real, &state.board, step, signatures);
            }
        }
    }
}

/// Goes a way through the model, and the real board with it.
fn follow(game: &Game, actions: &[Action]) {
    let (mut real, mut state) = (Real::new(), game.initial());
    compare_all(game, &mut real, &state);
    for action in actions {
        // A rule that is broken in the model is not on the board: what it made possible is refused there.
        let Some(after) = game.step(&state, *action) else { break };
        if let Action::Append(step) = *action {
            let entry = real.entry(&state.board, step, game.signatures(&state, step));
            real.append(entry);
        }
        if after.board != state.board {
            compare_all(game, &mut real, &after);
        }
        state = after;
    }
}

/// A way by chance, the same in every run: as often as not an entry is appended, if one can be.
fn way(game: &Game, seed: u64) -> Vec<Action> {
    let (mut state, mut random, mut actions) = (game.initial(), seed, Vec::new());
    for _ in 0..14 {
        let possible: Vec<_> =
            game.actions(&state).into_iter().filter(|a| game.step(&state, *a).is_some()).collect();
        let appends: Vec<_> = possible.iter().filter(|a| matches!(a, Action::Append(_))).copied().collect();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let from = if random >> 63 == 1 && !appends.is_empty() { &appends } else { &possible };
        let Some(action) = from.get((random >> 33) as usize % from.len().max(1)) else { break };
        state = game.step(&state, *action).unwrap();
        actions.push(*action);
    }
    actions
}

fn games() -> [Game; 4] {
    let voters = |registrar| Game { registrar, organiser: true, voters: true, ..Game::default() };
    let hours = |organiser| Game { registrar: true, organiser, hours: true, ..Game::default() };
    [voters(true), voters(false), hours(true), hours(false)]
}

#[test]
fn the_model_and_the_board_answer_alike() {
    let mut reached = Vec::new();
    for game in games() {
        for seed in 0..6 {
            let actions = way(&game, seed);
            follow(&game, &actions);
            reached.extend(actions.into_iter().filter_map(|action| match action {
                Action::Append(step) => Some(step),
                _ => None,
            }));
        }
    }
    // The ways go where something can be seen.
    let all = games().map(|game| game.alphabet()).concat();
    let kinds = |steps: &[Step]| {
        let mut kinds: Vec<_> = steps.iter().map(std::mem::discriminant).collect();
        kinds.dedup();
        all.iter().filter(|step| kinds.contains(&std::mem::discriminant(*step))).count()
    };
    assert_eq!(kinds(&reached), all.len(), "{reached:?}");
}

/// How a broken rule is got around is refused by the board where the model refuses it.
#[test]
fn what_the_model_finds_with_a_rule_broken_the_board_refuses() {
    let rules = Rules::default();
    let [voters, honest, hours, _] = games();
    for (game, rules) in [
        (voters, Rules { replacement_as_handover: true, ..rules }),
        (voters, Rules { struck_off_returns: true, ..rules }),
        (honest, Rules { numbers_ignored: true, ..rules }),
        (hours, Rules { cancel_after_consents: true, ..rules }),
    ] {
        let found = explore(&Game { rules, ..game }, 100_000).found.unwrap();
        let mut state = game.initial();
        let refused = found.actions.iter().position(|action| match game.step(&state, *action) {
            Some(after) => {
                state = after;
                false
            }
            None => true,
        });
        assert!(refused.is_some(), "{found}");
        follow(&game, &found.actions);
    }
}
