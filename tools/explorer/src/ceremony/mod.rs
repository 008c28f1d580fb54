//! The making of the keys, and its beginning anew, when the ballot box shows each trustee another board.
//!
//! Dishonest: the ballot box, one of three trustees (two decrypt), and, as the game says, the organiser. The ballot box
//! withholds, repeats, puts keys of its own in the place of honest trustees, and shows any board to anybody. The
//! dishonest trustee commits and deals in several ways, deals false shares, complains falsely, is silent. Honest: the
//! other two trustees, some with two devices, each with a memory or set up from the words, and the organiser, who may
//! begin anew whenever the ballot box gives reason to.

use crate::explore::Model;

mod board;
mod device;

pub use board::{
    ATTEMPTS, Board, Culprit, Dealt, Each, Entry, Fault, Maker, Round, TRUSTEES, Transcript, place,
};
pub use device::{Device, Memory, Step};

/// The trustee who is dishonest.
const DISHONEST: u8 = TRUSTEES;

/// The rules that stand between the dishonest and the keys. Each true one is a rule broken on purpose.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules {
    /// A message of another attempt is taken for one of this attempt.
    pub attempts_ignored: bool,
    /// A complaint is believed, and nobody looks at what it shows.
    pub complaint_believed: bool,
    /// A complaint does not say which shares it is about.
    pub complaint_unbound: bool,
    /// A confirmation is taken for one of whatever is on the board.
    pub confirm_unbound: bool,
    /// A trustee confirms without looking at the shares.
    pub shares_unchecked: bool,
    /// A device that was set up from the words deals.
    pub deal_after_recovery: bool,
    /// A signature leaves the device before the device remembers it.
    pub sign_before_storing: bool,
}

/// What is played.
#[derive(Debug, Clone, Default)]
pub struct Game {
    /// The devices, by the trustee: 1 or 2, and 0 for one who looks on. The first of each trustee has made a secret.
    pub devices: Vec<u8>,
    /// How many attempts there are at most.
    pub attempts: u8,
    /// Whether the organiser is dishonest.
    pub organiser: bool,
    /// Whether the ballot box commits in the place of honest trustees.
    pub impostors: bool,
    /// Whether it counts that a trustee confirms two transcripts of one attempt, on whatever devices.
    pub one_transcript: bool,
    /// Whether an older copy of a device is put back: the one of before it first acted.
    pub rolled_back: bool,
    /// The rules.
    pub rules: Rules,
}

/// Everything at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    /// The device that is being shown entries, if one is: nothing else happens before it has done something. Nobody
    /// else notices what a device is shown, and it can always be shown later; so nothing is lost.
    shown: Option<u8>,
    devices: Vec<Device>,
    /// What honest trustees and an honest organiser have signed, in order.
    signed: Vec<Entry>,
    /// In which elections trustees have agreed to something, with which of their secrets.
    joined: Vec<(u8, u8, Transcript)>,
    /// What must not have happened.
    wrong: Option<&'static str>,
}

impl State {
    /// The devices, in the order of the game's.
    pub fn devices(&self) -> &[Device] {
        &self.devices
    }
}

/// What is done next. Devices by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The board that a device sees grows by an entry.
    Show(u8, Entry),
    /// A device does what it does at the board that it sees.
    Act(u8),
    /// A device does the same, and breaks down after the signature has left and before anything was stored.
    Crash(u8),
    /// A device that remembers nothing gets the words of the trustee's first secret.
    Recover(u8),
    /// A device that remembers nothing makes a secret of its own.
    Renew(u8),
    /// A device is put back to a copy of the time before it first acted.
    RollBack(u8),
    /// The honest organiser begins this attempt.
    Restart(u8),
}

fn insert<T: Ord>(all: &mut Vec<T>, new: T) {
    if let Err(place) = all.binary_search(&new) {
        all.insert(place, new);
    }
}

impl Game {
    /// Whether the signature of an entry exists, or the dishonest can make it.
    pub fn is_signed(&self, state: &State, entry: &Entry) -> bool {
        match entry.author() {
            Some((_, Maker::Dishonest(_))) => true,
            None if self.organiser => true,
            _ => state.signed.contains(entry),
        }
    }

    /// Every entry that the dishonest can put on a board: what honest parties have signed, for whatever place, and what
    /// they sign themselves for this one.
    pub fn entries(&self, state: &State, board: &Board) -> Vec<Entry> {
        let mut entries = state.signed.clone();
        let attempt = board.attempt;
        if self.organiser && attempt < self.attempts {
            entries.push(Entry::Restart { attempt: attempt + 1 });
        }
        let own = [0, 1].map(|version| (DISHONEST, Maker::Dishonest(version)));
        let others = (1..DISHONEST).filter(|_| self.impostors).map(|trustee| (trustee, Maker::Dishonest(0)));
        let makers = own.into_iter().chain(others);
        entries.extend(makers.map(|(trustee, maker)| Entry::Commitments { attempt, trustee, maker }));
        let Some(round) = board.round() else { return entries };
        let dishonest = |trustee: &u8| matches!(place(&round.makers, *trustee), Some(Maker::Dishonest(_)));
        for dealer in (1..=TRUSTEES).filter(dishonest) {
            let falsely = (1..DISHONEST).filter(|to| !dishonest(to)).map(Dealt::FalseTo);
            let rightly = [Dealt::Right(0), Dealt::Right(1)].into_iter().filter(|_| dealer == DISHONEST);
            let rightly = rightly.chain((dealer != DISHONEST).then_some(Dealt::Right(0)));
            entries.extend(rightly.chain(falsely).map(|dealt| Entry::Shares { round, dealer, dealt }));
            // Whom a complaint names makes no difference to a device: only who looks on is shown one.
            let honest = (1..=TRUSTEES).filter(|of| !dishonest(of));
            let dealt = honest.filter_map(|of| Some((of, place(&board.dealt, of)??)));
            entries.extend(dealt.map(|(of, dealt)| Entry::Complaint {
                complainer: dealer,
                round,
                dealer: of,
                dealt,
            }));
            let transcript = board.transcript();
            entries.extend(transcript.map(|transcript| Entry::Confirm { trustee: dealer, transcript }));
        }
        entries
    }

    fn show(&self, state: &State, at: u8, entry: Entry) -> Option<State> {
        let mut after = state.clone();
        let device = after.devices.get_mut(usize::from(at))?;
        let looks_on = device.trustee == 0;
        if matches!(entry, Entry::Complaint { .. }) && !looks_on {
            return None;
        }
        let before = device.board;
        device.board = before.with(entry, self.is_signed(state, &entry), &self.rules).ok()?;
        if entry.attempt() != device.board.attempt {
            after.wrong = Some("an entry of a former attempt has effect in a later one");
        }
        after.shown = Some(at);
        if looks_on {
            // Nobody acts any more, so that it makes no difference who has seen what.
            let others = after.devices.iter_mut().filter(|device| device.trustee != 0);
            others.for_each(|device| (device.board, device.memory) = (Board::default(), None));
        }
        Some(after)
    }

    fn act(&self, state: &State, at: u8, stores: bool) -> Option<State> {
        let mut after = state.clone();
        after.shown = None;
        let device = after.devices.get_mut(usize::from(at))?;
        let step = device.next_step(&self.rules);
        let memory = device.memory.as_mut()?;
        match step {
            Step::Sign(entry) => {
                if let Entry::Complaint { round, dealer, .. } = entry
                    && matches!(place(&round.makers, dealer), Some(Maker::Own(_)))
                {
                    after.wrong = Some("an honest trustee complains of another one");
                }
                insert(&mut after.signed, entry);
            }
            Step::Join(transcript) => insert(&mut after.joined, (device.trustee, memory.secret, transcript)),
            Step::Wait | Step::Refuse => return None,
        }
        if stores {
            memory.note(step);
        } else {
            // Nor has the device stored what it was shown.
            (device.board, *memory) = (Board::default(), Memory::new(memory.secret));
        }
        Some(after)
    }

    fn on_device(&self, state: &State, at: u8, action: Action) -> Option<State> {
        let mut after = state.clone();
        after.shown = None;
        let device = after.devices.get_mut(usize::from(at)).filter(|device| device.trustee != 0)?;
        let memory = device.memory;
        device.memory = match action {
            Action::Recover(_) if memory.is_none() => {
                Some(Memory::recover(&device.board, device.trustee, 0, &self.rules)?)
            }
            Action::Renew(_) if memory.is_none() => Some(Memory::new(1)),
            Action::RollBack(_) if memory.is_some_and(|memory| memory.whole) => {
                device.board = Board::default();
                memory.map(|memory| Memory::new(memory.secret))
            }
            _ => return None,
        };
        Some(after)
    }

    /// What is broken on a board that anybody can be shown.
    fn broken_on(&self, state: &State, board: &Board) -> Option<String> {
        let own = |trustee| matches!(place(&board.commitments, trustee), Some(Some(Maker::Own(_))));
        if let Some(named) = board.named().find(|named| own(*named)) {
            return Some(format!("honest trustee {named} is blamed for a share or a complaint"));
        }
        for entry in &state.signed {
            let Err(fault) = board.with(*entry, true, &self.rules) else { continue };
            if let Culprit::Trustee(trustee) = fault.culprit {
                return Some(format!("honest trustee {trustee} is blamed for {entry:?}"));
            }
        }
        let election = board.election()?;
        for trustee in (1..DISHONEST).filter(|trustee| own(*trustee)) {
            if !state.signed.contains(&Entry::Confirm { trustee, transcript: election }) {
                return Some(format!("an election is made that honest trustee {trustee} has not confirmed"));
            }
            if election.dealt.contains(&Dealt::FalseTo(trustee)) {
                return Some(format!("an election is made in which honest trustee {trustee} has no share"));
            }
        }
        None
    }

    /// Whether some trustee has signed, or joined, two different things that exclude each other.
    fn doubled(&self, state: &State) -> Option<String> {
        for (at, one) in state.signed.iter().enumerate() {
            for other in state.signed.get(at + 1..).unwrap_or_default() {
                let same = one.author() == other.author() && one.attempt() == other.attempt();
                match (one, other) {
                    (Entry::Shares { dealer, .. }, Entry::Shares { .. }) if same => {
                        return Some(format!("honest trustee {dealer} deals one polynomial to two rounds"));
                    }
                    // Where a trustee has two devices, what would follow is looked for itself.
                    (Entry::Confirm { trustee, .. }, Entry::Confirm { .. })
                        if same && self.one_transcript =>
                    {
                        return Some(format!(
                            "honest trustee {trustee} confirms two transcripts of one attempt"
                        ));
                    }
                    _ => {}
                }
            }
        }
        let twice = |pair: &[(u8, u8, Transcript)]| match pair {
            [one, other] => (one.0, one.1) == (other.0, other.1),
            _ => false,
        };
        let joined = state.joined.windows(2).any(twice);
        joined.then(|| "an honest trustee's one secret is of use in two elections".to_owned())
    }
}

impl Model for Game {
    type State = State;
    type Action = Action;

    fn initial(&self) -> State {
        let mut devices: Vec<Device> = Vec::new();
        for &trustee in &self.devices {
            let first = trustee != 0 && devices.iter().all(|device| device.trustee != trustee);
            let memory = first.then_some(Memory::new(0));
            devices.push(Device { trustee, board: Board::default(), memory });
        }
        State { shown: None, devices, signed: Vec::new(), joined: Vec::new(), wrong: None }
    }

    fn actions(&self, state: &State) -> Vec<Action> {
        let mut actions = Vec::new();
        let awake = |at: &u8| state.shown.is_none_or(|shown| shown == *at);
        for (at, device) in (0..).zip(&state.devices).filter(|(at, _)| awake(at)) {
            actions.push(Action::Act(at));
            actions.extend(self.rules.sign_before_storing.then_some(Action::Crash(at)));
            actions.extend(self.rolled_back.then_some(Action::RollBack(at)));
            // Commitments, shares and complaints bind nobody in what follows: the ballot box has them rather early.
            let unbound = |entry| !matches!(entry, Entry::Confirm { .. }) && !state.signed.contains(&entry);
            if matches!(device.next_step(&self.rules), Step::Sign(entry) if unbound(entry)) {
                continue;
            }
            actions.extend([Action::Recover(at), Action::Renew(at)]);
            let entries = self.entries(state, &device.board).into_iter();
            actions
                .extend(entries.filter(|entry| device.is_next(entry)).map(|entry| Action::Show(at, entry)));
        }
        if state.shown.is_none() && !self.organiser {
            actions.extend((2..=self.attempts).map(Action::Restart));
        }
        actions
    }

    fn step(&self, state: &State, action: Action) -> Option<State> {
        let after = match action {
            Action::Show(at, entry) => self.show(state, at, entry)?,
            Action::Act(at) => self.act(state, at, true)?,
            Action::Crash(at) => self.act(state, at, false)?,
            Action::Recover(at) | Action::Renew(at) | Action::RollBack(at) => {
                self.on_device(state, at, action)?
            }
            Action::Restart(attempt) => {
                let before = Entry::Restart { attempt: attempt - 1 };
                (attempt == 2 || state.signed.contains(&before)).then_some(())?;
                let mut after = state.clone();
                insert(&mut after.signed, Entry::Restart { attempt });
                after
            }
        };
        (after != *state).then_some(after)
    }

    fn broken(&self, state: &State) -> Option<String> {
        if let Some(wrong) = state.wrong {
            return Some(wrong.to_owned());
        }
        let boards = state.devices.iter().map(|device| &device.board);
        boards.into_iter().find_map(|board| self.broken_on(state, board)).or_else(|| self.doubled(state))
    }

    fn tell(&self, state: &State, action: Action) -> String {
        let who = |at: u8| {
            let devices = state.devices.get(..=usize::from(at)).unwrap_or_default();
            match devices.last().map_or(0, |device| device.trustee) {
                0 => "somebody who looks on".to_owned(),
                trustee => {
                    let number = devices.iter().filter(|device| device.trustee == trustee).count();
                    format!("trustee {trustee}, device {number},")
                }
            }
        };
        let acts = |at: u8| {
            let step = state.devices.get(usize::from(at)).map(|device| device.next_step(&self.rules));
            match step {
                Some(Step::Sign(entry)) => format!("{} signs {}", who(at), tell_entry(&entry)),
                Some(Step::Join(_)) => format!("{} takes the election for made", who(at)),
                Some(Step::Refuse) => format!("{} refuses", who(at)),
                _ => format!("{} waits", who(at)),
            }
        };
        match action {
            Action::Show(at, entry) => format!("{} is shown {}", who(at), tell_entry(&entry)),
            Action::Act(at) => acts(at),
            Action::Crash(at) => format!("{}, and breaks down before it has stored that", acts(at)),
            Action::Recover(at) => format!("{} is set up from the words", who(at)),
            Action::Renew(at) => format!("{} makes a new secret", who(at)),
            Action::RollBack(at) => format!("{} is put back to an older copy", who(at)),
            Action::Restart(attempt) => format!("the organiser signs that attempt {attempt} begins"),
        }
    }
}

/// An entry for a person to read.
fn tell_entry(entry: &Entry) -> String {
    let by = |trustee: u8, maker: Option<Maker>| match maker {
        Some(Maker::Own(0)) => format!("trustee {trustee}'s"),
        Some(Maker::Own(_)) => format!("trustee {trustee}'s (new secret)"),
        Some(Maker::Dishonest(version)) => {
            format!("a dishonest key's (number {version}, in place {trustee})")
        }
        None => "nobody's".to_owned(),
    };
    let author = entry.author().map(|(trustee, maker)| by(trustee, Some(maker))).unwrap_or_default();
    let attempt = entry.attempt();
    match entry {
        Entry::Commitments { .. } => format!("{author} commitments of attempt {attempt}"),
        Entry::Shares { dealt: Dealt::FalseTo(to), .. } => {
            format!("{author} shares of attempt {attempt}, false to trustee {to}")
        }
        Entry::Shares { dealt: Dealt::Right(version), .. } => {
            format!("{author} shares of attempt {attempt}, right ones (signature {version})")
        }
        Entry::Complaint { dealer, .. } => {
            format!("{author} complaint about what trustee {dealer} has dealt")
        }
        Entry::Confirm { .. } => format!("{author} confirmation of attempt {attempt}"),
        Entry::Restart { .. } => format!("that attempt {attempt} begins"),
    }
}
