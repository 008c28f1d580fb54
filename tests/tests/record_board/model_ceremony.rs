//! The model of the making of the keys (tools/explorer) says what the software does: along ways through the model, real
//! boards answer every entry that it knows, and real devices with real memories do what it says.

use std::collections::{BTreeSet, HashMap};

use veche_crypto::chaum_pedersen::{self, Statement};
use veche_crypto::group::Scalar;
use veche_crypto::hash::scalar;
use veche_crypto::signature::SecretKey;
use veche_explorer::ceremony::{
    Action, Board as Modelled, Culprit as Blamed, Dealt, Device as Says, Each, Entry as Step, Game, Maker,
    Memory, Round, Rules, State, Step as Does, TRUSTEES, place,
};
use veche_explorer::{Model, explore};
use veche_record::Entry;
use veche_record::entry::{Ceremony, Complaint, Confirm, Content, Issued, Restart, Shares, Signed};
use veche_tests::small::{SmallElection, bytes32, manifest_json};
use veche_trustee::{Kept, Secret, Shown, Step as Real, next_step};
use veche_verify::{BoardState, Culprit};

use crate::board::{CLOSES, fresh};

/// A board of the founded election, and the leaves on it.
struct Board {
    state: BoardState,
    leaves: Vec<Vec<u8>>,
}

struct Device {
    board: Board,
    kept: Option<Kept>,
}

struct Town {
    small: SmallElection,
    devices: Vec<Device>,
    /// The bytes of every entry that was needed.
    entries: HashMap<Step, Vec<u8>>,
}

impl Board {
    fn founded(small: &SmallElection) -> Self {
        let mut board = Board { state: BoardState::new(&small.manifest).unwrap(), leaves: Vec::new() };
        board.append(&Entry::from(small.genesis.clone()).to_bytes());
        board
    }

    fn append(&mut self, message: &[u8]) {
        let admitted = self.state.admit_message(message, &fresh()).unwrap();
        self.leaves.extend(admitted.leaves().iter().map(|leaf| leaf.bytes().to_vec()));
        self.state.record(admitted).unwrap();
        self.state.recall(self.leaves.len() as u64);
    }

    fn ceremony(&self) -> &veche_verify::Ceremony {
        self.state.ceremony().unwrap()
    }
}

/// What a trustee does who has made this secret and is shown this board, under no checkpoint.
fn does(board: &Board, secret: &Secret, kept: &Kept) -> (Vec<u8>, Kept) {
    match next_step(&Shown::unsigned(&board.state).unwrap(), secret, kept, CLOSES) {
        Ok(Real::Act(action)) => (action.message, action.keep),
        other => panic!("{other:?}"),
    }
}

impl Town {
    fn new(game: &Game) -> Self {
        let small = SmallElection::of(&manifest_json(), "board").unwrap();
        let mut town = Town { small, devices: Vec::new(), entries: HashMap::new() };
        for device in game.initial().devices() {
            let board = Board::founded(&town.small);
            let kept = device.memory.map(|_| town.made(&board, device.trustee, 0));
            town.devices.push(Device { board, kept });
        }
        town
    }

    fn secret(&self, trustee: u8, maker: Maker) -> Secret {
        let other = |label: &str| Secret::from_bytes(&bytes32(label, trustee.into()));
        match maker {
            Maker::Own(0) => self.small.secrets[usize::from(trustee) - 1].clone(),
            Maker::Own(_) => other("a new secret"),
            Maker::Dishonest(0) => other("a dishonest secret"),
            Maker::Dishonest(_) => other("another dishonest secret"),
        }
    }

    fn made(&self, board: &Board, trustee: u8, secret: u8) -> Kept {
        Kept::new(&board.state, &self.secret(trustee, Maker::Own(secret)), trustee).unwrap()
    }

    /// The key that signs, by the words of docs/protocol.md.
    fn key(&self, attempt: u8, trustee: u8, maker: Maker) -> SecretKey {
        let (secret, genesis) = (self.secret(trustee, maker), self.small.genesis.hash());
        let fields: [&[u8]; 4] = [secret.bytes(), genesis.as_bytes(), &[attempt], &[trustee]];
        SecretKey::new(scalar("trustee-communication", &fields)).unwrap()
    }

    fn sign<T: Content>(&self, content: T, key: &SecretKey) -> Entry
    where
        Ceremony: From<Signed<T>>,
    {
        Entry::Ceremony(Signed::new(content, key, &self.small.genesis.hash()).unwrap().into())
    }

    /// The board of an attempt in which nobody has done anything.
    fn begun(&self, attempt: u8) -> Board {
        let mut board = Board::founded(&self.small);
        for attempt in 2..=attempt {
            board.append(&self.sign(Restart { attempt }, &self.small.organiser).to_bytes());
        }
        board
    }

    /// All have committed as a round says, and what those remember who did.
    fn committed(&self, round: &Round) -> (Board, Vec<Kept>) {
        let (mut board, mut kept) = (self.begun(round.attempt), Vec::new());
        for (trustee, maker) in (1..).zip(round.makers) {
            let secret = self.secret(trustee, maker);
            let memory = Kept::new(&board.state, &secret, trustee).unwrap();
            let (message, memory) = does(&board, &secret, &memory);
            board.append(&message);
            kept.push(memory);
        }
        (board, kept)
    }

    /// The shares of a dealer.
    fn shares(&self, round: &Round, dealer: u8, dealt: Dealt) -> Vec<u8> {
        let (board, kept) = self.committed(round);
        let maker = place(&round.makers, dealer).unwrap();
        let key = self.key(round.attempt, dealer, maker);
        let (message, _) = does(&board, &self.secret(dealer, maker), &kept[usize::from(dealer) - 1]);
        let Ok(Entry::Ceremony(Ceremony::Shares(shares))) = Entry::parse(&message) else { panic!() };
        match dealt {
            Dealt::Right(0) => message,
            Dealt::Right(_) => signed_again(&message, &shares, &key, &self.small),
            Dealt::FalseTo(trustee) => {
                let mut content = shares.into_content();
                let row = usize::from(trustee) - if trustee < dealer { 1 } else { 2 };
                content.encrypted[row][0] += Scalar::ONE;
                self.sign(content, &key).to_bytes()
            }
        }
    }

    /// All have dealt, or those of whom it is said.
    fn dealt(&mut self, round: Round, dealt: &Each<Option<Dealt>>) -> Board {
        let (mut board, _) = self.committed(&round);
        for (dealer, dealt) in (1..).zip(*dealt) {
            let Some(dealt) = dealt else { continue };
            let message = self.entry(Step::Shares { round, dealer, dealt });
            board.append(&message);
        }
        board
    }

    /// An entry as the model means it.
    fn entry(&mut self, step: Step) -> Vec<u8> {
        if let Some(known) = self.entries.get(&step) {
            return known.clone();
        }
        let bytes = match step {
            Step::Commitments { attempt, trustee, maker } => {
                let (board, secret) = (self.begun(attempt), self.secret(trustee, maker));
                let kept = Kept::new(&board.state, &secret, trustee).unwrap();
                does(&board, &secret, &kept).0
            }
            Step::Shares { round, dealer, dealt } => self.shares(&round, dealer, dealt),
            Step::Complaint { complainer, round, dealer, dealt } => {
                let mut all = [None; TRUSTEES as usize];
                all[usize::from(dealer) - 1] = Some(dealt);
                let board = self.dealt(round, &all);
                let key = self.key(round.attempt, complainer, place(&round.makers, complainer).unwrap());
                self.complaint(&board, complainer, dealer, &key).to_bytes()
            }
            Step::Confirm { trustee, transcript } => {
                let round = transcript.round;
                let board = self.dealt(round, &transcript.dealt.map(Some));
                let key = self.key(round.attempt, trustee, place(&round.makers, trustee).unwrap());
                let transcript = board.ceremony().transcript().unwrap();
                self.sign(Confirm { attempt: round.attempt, trustee, transcript }, &key).to_bytes()
            }
            Step::Restart { attempt } => self.sign(Restart { attempt }, &self.small.organiser).to_bytes(),
        };
        self.entries.insert(step, bytes.clone());
        bytes
    }

    fn complaint(&self, board: &Board, complainer: u8, dealer: u8, key: &SecretKey) -> Entry {
        let ceremony = board.ceremony();
        let statement = Statement {
            context: &ceremony.complaint_context(complainer, dealer).unwrap(),
            alpha: ceremony.commitments(dealer).unwrap().communication.point(),
            betas: &[],
            shares: &[*key.public().point()],
        };
        let decrypt = |own: &Scalar| chaum_pedersen::decrypt(&statement, std::slice::from_ref(own));
        let (shared, proof) = key.with_scalar(decrypt).unwrap();
        let (attempt, shares) = (ceremony.attempt(), ceremony.shares_hash(dealer).unwrap());
        self.sign(Complaint { attempt, complainer, dealer, shares, shared: shared[0], proof }, key)
    }

    /// What model and board say of an entry, with a right signature or a false one.
    fn compare_entry(&mut self, at: usize, model: &Modelled, step: Step, signed: bool) {
        let mut bytes = self.entry(step);
        let last = bytes.len() - 32;
        bytes[last] ^= u8::from(!signed);
        let says = model.with(step, signed, &Rules::default());
        let says = says.map(drop).map_err(|fault| (fault.check, fault.culprit));
        let found = self.devices[at].board.state.admit_message(&bytes, &fresh());
        let found = found.map(drop).map_err(|failure| {
            let culprit = match failure.culprit {
                Culprit::BallotBox => Blamed::BallotBox,
                Culprit::Trustee(trustee) => Blamed::Trustee(trustee),
                other => panic!("{other} is not in the model"),
            };
            (failure.check.number(), culprit)
        });
        assert_eq!(says, found, "{step:?}, signed: {signed}, on {model:?}");
    }

    /// Every entry that can be put on the board of a device, and what the device does.
    fn compare(&mut self, game: &Game, state: &State, at: usize) {
        let device = &state.devices()[at];
        for step in game.entries(state, &device.board) {
            self.compare_entry(at, &device.board, step, true);
            self.compare_entry(at, &device.board, step, false);
        }
        let named: BTreeSet<u8> = device.board.named().collect();
        let ceremony = self.devices[at].board.ceremony();
        let verdicts = ceremony.verdicts().iter().filter(|verdict| verdict.attempt == ceremony.attempt());
        let blamed: BTreeSet<u8> = verdicts.map(veche_verify::ceremony::Verdict::culprit).collect();
        assert_eq!(named, blamed, "{:?}", device.board);
        if device.trustee != 0 {
            self.compare_step(at, device);
        }
    }

    fn compare_step(&mut self, at: usize, model: &Says) {
        let trustee = model.trustee;
        let Some(kept) = &self.devices[at].kept else {
            let recovered = Memory::recover(&model.board, trustee, 0, &Rules::default());
            let secret = self.secret(trustee, Maker::Own(0));
            let found = Kept::recover(&self.devices[at].board.state, &secret, trustee);
            assert_eq!(recovered.is_some(), found.is_ok(), "{found:?} on {:?}", model.board);
            return;
        };
        let secret = self.secret(trustee, Maker::Own(model.memory.unwrap().secret));
        let board = &self.devices[at].board;
        let note = self.small.sealer().note(&board.leaves, CLOSES).unwrap();
        let found = next_step(&Shown::under(&board.state, &note).unwrap(), &secret, kept, CLOSES);
        match (model.next_step(&Rules::default()), found) {
            (Does::Wait | Does::Join(_), Ok(Real::Wait(_))) | (Does::Refuse, Err(_)) => {}
            (Does::Sign(step), Ok(Real::Act(action))) => {
                assert!(self.entry(step) == action.message, "trustee {trustee} signs another {step:?}");
            }
            (says, found) => panic!("trustee {trustee}: {says:?}, and really {found:?} on {:?}", model.board),
        }
    }

    fn follow(&mut self, state: &State, action: Action) {
        match action {
            Action::Show(at, step) => {
                let message = self.entry(step);
                let device = &mut self.devices[usize::from(at)];
                device.board.append(&message);
                let note = self.small.sealer().note(&device.board.leaves, CLOSES).unwrap();
                if let Some(kept) = &mut device.kept {
                    let shown = Shown::under(&device.board.state, &note).unwrap();
                    *kept = kept.saw(&shown, CLOSES).unwrap().unwrap_or_else(|| kept.clone());
                }
            }
            Action::Act(at) => {
                let model = &state.devices()[usize::from(at)];
                let secret = self.secret(model.trustee, Maker::Own(model.memory.unwrap().secret));
                let device = &mut self.devices[usize::from(at)];
                let note = self.small.sealer().note(&device.board.leaves, CLOSES).unwrap();
                let shown = Shown::under(&device.board.state, &note).unwrap();
                let found = next_step(&shown, &secret, device.kept.as_ref().unwrap(), CLOSES).unwrap();
                if let Real::Act(action) = found {
                    device.kept = Some(action.keep);
                }
            }
            Action::Recover(at) | Action::Renew(at) | Action::RollBack(at) => {
                let trustee = state.devices()[usize::from(at)].trustee;
                if matches!(action, Action::RollBack(_)) {
                    self.devices[usize::from(at)].board = Board::founded(&self.small);
                }
                let board = &self.devices[usize::from(at)].board;
                let kept = match action {
                    Action::Recover(_) => {
                        let secret = self.secret(trustee, Maker::Own(0));
                        Kept::recover(&board.state, &secret, trustee).unwrap()
                    }
                    Action::Renew(_) => self.made(board, trustee, 1),
                    _ => self.made(board, trustee, 0),
                };
                self.devices[usize::from(at)].kept = Some(kept);
            }
            Action::Crash(_) | Action::Restart(_) => {}
        }
    }
}

/// Another valid signature by the same key over the same content: only its nonce differs.
fn signed_again(message: &[u8], shares: &Signed<Shares>, key: &SecretKey, small: &SmallElection) -> Vec<u8> {
    let signed = shares.message(&small.genesis.hash());
    let k = Scalar::from(123_456_789_u64);
    let (r, public) = (SecretKey::new(k).unwrap().public().to_bytes(), key.public().to_bytes());
    let c = scalar("signature", &[Shares::DOMAIN.as_bytes(), &r, &public, &signed]);
    let z = key.with_scalar(|own| k + c * own);
    [&message[..message.len() - 64], &r, z.as_bytes()].concat()
}

/// Goes a way through the model, and real boards and devices with it; what was done.
fn follow(game: &Game, actions: &[Action]) -> Vec<Does> {
    let (mut town, mut state, mut done) = (Town::new(game), game.initial(), Vec::new());
    for action in actions {
        // A rule that is broken in the model is not on the board: what it made possible is refused there.
        let Some(after) = game.step(&state, *action) else { break };
        if let Action::Act(at) = action {
            done.push(state.devices()[usize::from(*at)].next_step(&game.rules));
        }
        town.follow(&state, *action);
        if let Action::Show(at, _) | Action::Act(at) | Action::Recover(at) | Action::Renew(at) = action {
            town.compare(game, &after, usize::from(*at));
        }
        state = after;
    }
    done
}

/// A way by chance, the same in every run.
fn way(game: &Game, seed: u64) -> Vec<Action> {
    let (mut state, mut random, mut actions) = (game.initial(), seed, Vec::new());
    for _ in 0..32 {
        let mut possible: Vec<_> =
            game.actions(&state).into_iter().filter(|a| game.step(&state, *a).is_some()).collect();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Most often what is begun goes on: an attempt that is begun anew at every turn leads nowhere.
        let anew = |action: &Action| {
            matches!(action, Action::Restart(_) | Action::Renew(_) | Action::Show(_, Step::Restart { .. }))
        };
        if random >> 61 != 0 && !possible.iter().all(anew) {
            possible.retain(|action| !anew(action));
        }
        let Some(action) = possible.get((random >> 33) as usize % possible.len().max(1)) else { break };
        state = game.step(&state, *action).unwrap();
        actions.push(*action);
    }
    actions
}

/// A way that somebody chooses.
struct Way<'a> {
    game: &'a Game,
    state: State,
    actions: Vec<Action>,
}

impl Way<'_> {
    fn take(&mut self, action: Action) {
        self.state = self.game.step(&self.state, action).unwrap();
        self.actions.push(action);
    }

    /// A device is shown everything of a kind that there is a place for.
    fn show(&mut self, at: u8, kind: impl Fn(&Step) -> bool) {
        let next = |way: &Self| {
            let possible = way.game.actions(&way.state).into_iter();
            let mut possible = possible.filter(|action| way.game.step(&way.state, *action).is_some());
            possible.find(|action| matches!(action, Action::Show(to, step) if *to == at && kind(step)))
        };
        while let Some(action) = next(self) {
            self.take(action);
        }
    }

    /// From the commitments to the confirmations, each trustee on one device.
    fn deal_and_confirm(&mut self) {
        let commitments: fn(&Step) -> bool = |step| matches!(step, Step::Commitments { .. });
        let shares: fn(&Step) -> bool = |step| matches!(step, Step::Shares { .. });
        for kind in [commitments, shares] {
            for at in [0, 1] {
                self.show(at, kind);
                self.take(Action::Act(at));
            }
        }
    }
}

/// The keys are nearly made, the organiser begins anew, and they are made.
fn whole(game: &Game) -> Vec<Action> {
    let mut way = Way { game, state: game.initial(), actions: Vec::new() };
    [0, 1].into_iter().for_each(|at| way.take(Action::Act(at)));
    way.deal_and_confirm();
    way.take(Action::Restart(2));
    for at in [0, 1] {
        let other = 2 - at;
        way.show(at, |step| matches!(step, Step::Confirm { trustee, .. } if *trustee != other));
        way.show(at, |step| matches!(step, Step::Restart { .. }));
        way.take(Action::Act(at));
    }
    way.deal_and_confirm();
    for at in [0, 1] {
        way.show(at, |step| matches!(step, Step::Confirm { .. }));
        way.take(Action::Act(at));
    }
    way.actions
}

fn game(devices: &[u8], attempts: u8, impostors: bool) -> Game {
    Game { devices: devices.to_vec(), attempts, impostors, ..Game::default() }
}

#[test]
fn the_model_and_the_ceremony_do_alike() {
    let mut done = Vec::new();
    for game in [game(&[1, 2], 2, false), game(&[1, 1, 0], 2, true), game(&[1, 2, 0], 1, true)] {
        for seed in 0..4 {
            done.extend(follow(&game, &way(&game, seed)));
        }
    }
    let game = game(&[1, 2], 2, false);
    done.extend(follow(&game, &whole(&game)));
    // The ways go where something can be seen.
    let signs =
        |kind: fn(&Step) -> bool| done.iter().any(|done| matches!(done, Does::Sign(step) if kind(step)));
    assert!(signs(|step| matches!(step, Step::Complaint { .. })), "{done:?}");
    assert!(signs(|step| matches!(step, Step::Confirm { .. })), "{done:?}");
    assert!(signs(|step| matches!(step, Step::Confirm { .. }) && step.attempt() == 2), "{done:?}");
    assert!(done.iter().any(|done| matches!(done, Does::Join(_))), "{done:?}");
}

/// How a broken rule is got around is refused by the board where the model refuses it.
#[test]
fn what_the_model_finds_with_a_rule_of_the_ceremony_broken_the_board_refuses() {
    let rules = Rules::default;
    for (game, rules) in [
        (game(&[1, 0], 2, true), Rules { attempts_ignored: true, ..rules() }),
        (game(&[1, 0], 1, true), Rules { complaint_unbound: true, ..rules() }),
        (game(&[1, 2], 1, true), Rules { confirm_unbound: true, ..rules() }),
    ] {
        let found = explore(&Game { rules, ..game.clone() }, 1_000_000).found.unwrap();
        let mut state = game.initial();
        let mut refused = false;
        for action in &found.actions {
            match game.step(&state, *action) {
                Some(after) => state = after,
                None => refused = true,
            }
        }
        // A complaint that is bound to its shares is found false without one more step.
        assert!(refused || rules.complaint_unbound, "{found}");
        follow(&game, &found.actions);
    }
}
