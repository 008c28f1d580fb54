//! What the trustees decrypt, when the ballot box shows each device another board.
//!
//! Dishonest: the ballot box, the registrar, the organiser, t - 1 trustees and some witnesses. They append whatever the
//! board's rules have a place for, withhold any message, and show any board to any device. Honest: n - t + 1 trustees,
//! some with two devices, and the other witnesses. A device forgets, and is set up again from the words.

use std::fmt::Write as _;

use crate::explore::Model;

/// Trustees or witnesses: bit i - 1 stands for number i.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Set(u8);

impl Set {
    /// Those numbered from 1 on, so many.
    pub fn first(count: u8) -> Self {
        Set(1_u8.checked_shl(count.into()).unwrap_or(0).wrapping_sub(1))
    }

    /// The same and one more.
    #[must_use]
    pub fn with(self, number: u8) -> Self {
        Set(self.0 | 1_u8.checked_shl(u32::from(number).wrapping_sub(1)).unwrap_or(0))
    }

    /// Whether one is among them.
    pub fn has(self, number: u8) -> bool {
        self.with(number) == self
    }

    /// How many there are.
    pub fn len(self) -> u8 {
        u8::try_from(self.0.count_ones()).unwrap_or(u8::MAX)
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of them are among the others.
    pub fn within(self, others: Set) -> bool {
        self.0 & !others.0 == 0
    }
}

/// An entry that a board can get. Before the first of them the vote is open, and others have voted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entry {
    /// The victim's ballot.
    Ballot,
    /// The victim is struck off.
    StrikeOff,
    /// The vote is cancelled.
    Cancel,
    /// The vote is closed.
    Close,
    /// The sums are fixed, and the dishonest trustees consent to them.
    TallyInput,
    /// The consent of an honest trustee.
    Consent(u8),
}

/// A board, as someone has seen it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Board {
    ballot: bool,
    struck: bool,
    cancelled: bool,
    closed: bool,
    counting: bool,
    consents: Set,
}

/// What is to be decrypted, by the entries before it: its hash has the board's size in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Input {
    ballot: bool,
    struck: bool,
}

impl Input {
    /// Each input as one bit, for sets of them.
    fn bit(self) -> u8 {
        1 << (u8::from(self.ballot) + 2 * u8::from(self.struck))
    }

    fn name(self) -> &'static str {
        match (self.ballot, self.struck) {
            (false, false) => "the sums without the victim",
            (true, false) => "the sums with the victim's ballot",
            (false, true) => "the sums without the victim, who is struck off and never voted",
            (true, true) => "the sums without the victim, who voted and is struck off",
        }
    }
}

impl Board {
    /// What is to be decrypted, once the sums are fixed.
    pub fn input(&self) -> Option<Input> {
        self.counting.then_some(Input { ballot: self.ballot, struck: self.struck })
    }

    /// The trustees whose consent is on the board.
    pub fn consents(&self) -> Set {
        self.consents
    }

    /// The board with another entry, where it has a place for it.
    fn with(mut self, entry: Entry, rules: &Rules, dishonest: Set) -> Option<Board> {
        let open = !self.closed && !self.cancelled;
        let place = match entry {
            Entry::Ballot => open && !self.ballot && !self.struck,
            Entry::StrikeOff => open && !self.struck,
            Entry::Cancel => !self.cancelled && (!self.counting || rules.cancel_after_consents),
            Entry::Close => open,
            Entry::TallyInput => self.closed && !self.cancelled && !self.counting,
            Entry::Consent(trustee) => self.counting && !self.cancelled && !self.consents.has(trustee),
        };
        match entry {
            Entry::Ballot => self.ballot = true,
            Entry::StrikeOff => self.struck = true,
            Entry::Cancel => self.cancelled = true,
            Entry::Close => self.closed = true,
            Entry::TallyInput => (self.counting, self.consents) = (true, dishonest),
            Entry::Consent(trustee) => self.consents = self.consents.with(trustee),
        }
        place.then_some(self)
    }

    /// Whether this is what an earlier board has become. In which order consents came makes no difference to anybody.
    pub fn continues(&self, earlier: &Board) -> bool {
        // What an earlier board lacks, a later one has only if there was a place for it.
        let grown = |had: bool, has: bool, over: bool| had == has || (has && !over);
        grown(earlier.ballot, self.ballot, earlier.struck || earlier.closed || earlier.cancelled)
            && grown(earlier.struck, self.struck, earlier.closed || earlier.cancelled)
            && grown(earlier.closed, self.closed, earlier.cancelled)
            && grown(earlier.counting, self.counting, earlier.cancelled)
            && grown(earlier.cancelled, self.cancelled, false)
            && earlier.consents.within(self.consents)
            && (earlier.consents == self.consents || !earlier.cancelled)
    }
}

/// What a device remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Memory {
    /// Whether it goes back to the making of the keys; otherwise it was begun from the words.
    pub whole: bool,
    /// What the device has consented to, or decrypted.
    pub sums: Option<Input>,
}

/// A device of an honest trustee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Device {
    /// Whose.
    pub trustee: u8,
    /// The last board it has seen, which every later one must continue.
    pub board: Board,
    /// Nothing on a device that has never been used, or has forgotten everything.
    pub memory: Option<Memory>,
}

/// An honest witness.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Witness {
    /// The last board it has cosigned, and with it every board that this one continues.
    board: Board,
    /// The same, from before its memory was rolled back.
    before: Option<Board>,
}

impl Witness {
    fn has_cosigned(&self, board: &Board) -> bool {
        self.board.continues(board) || self.before.is_some_and(|before| before.continues(board))
    }
}

/// What an honest trustee has signed, on whatever device: each input as one bit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Signed {
    consents: u8,
    partials: u8,
}

/// The rules that stand between the dishonest and a single ballot. Each true one is a rule broken on purpose.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules {
    /// A device whose memory began with the words consents, also without witnesses.
    pub consent_after_recovery: bool,
    /// A signature leaves the device before the device remembers it.
    pub sign_before_storing: bool,
    /// A vote is cancelled after trustees have consented.
    pub cancel_after_consents: bool,
}

/// The witnesses that a manifest names.
#[derive(Debug, Clone, Copy)]
pub struct Witnesses {
    /// How many there are: w.
    pub named: u8,
    /// How many must have seen a board: k.
    pub needed: u8,
    /// How many sign whatever they are asked to.
    pub dishonest: u8,
    /// How many of the honest forget, once, what they have seen since the vote opened.
    pub rolled_back: u8,
}

impl Witnesses {
    /// In how many witnesses two sets of so many as are needed have in common, at least: 2k - w.
    pub fn common(&self) -> i16 {
        2 * i16::from(self.needed) - i16::from(self.named)
    }
}

/// What is played.
#[derive(Debug, Clone, Default)]
pub struct Count {
    /// How many trustees there are: n.
    pub trustees: u8,
    /// How many open the totals: t. The last t - 1 trustees are dishonest.
    pub threshold: u8,
    /// The devices of honest trustees, by the trustee. The first of each trustee has made the key with it.
    pub devices: Vec<u8>,
    /// The manifest's witnesses, if it names any.
    pub witnesses: Option<Witnesses>,
    /// The trustees whose devices forget everything, and are set up again from the words.
    pub forgetting: Set,
    /// Whether an older copy of a whole device is put back.
    pub rolled_back: bool,
    /// Whether the victim may be struck off, and the vote cancelled.
    pub endings: bool,
    /// The rules.
    pub rules: Rules,
}

/// Everything at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    /// The device that is being shown entries, if one is: nothing else happens before it has done something. Nobody
    /// else notices what a device is shown, and it can always be shown later; so nothing is lost when every device is
    /// shown what it is shown just before it acts, and all orders of showing are one.
    shown: Option<u8>,
    devices: Vec<Device>,
    witnesses: Vec<Witness>,
    /// By honest trustee.
    signed: Vec<Signed>,
}

impl State {
    /// The devices, in the order of the game's.
    pub fn devices(&self) -> &[Device] {
        &self.devices
    }
}

/// What is done next. Devices and witnesses by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The board that a device sees grows by an entry; these witnesses cosign it.
    Show(u8, Entry, Set),
    /// A device does what it does at the board that it sees.
    Act(u8),
    /// A device does the same, and breaks down after the signature has left and before anything was stored.
    Crash(u8),
    /// A device forgets everything.
    Forget(u8),
    /// A device that remembers nothing is shown another board, from the opening of the vote on.
    Fork(u8),
    /// A device that remembers nothing gets the words.
    Recover(u8),
    /// A device is put back to a copy of the time when the vote opened.
    RollBack(u8),
    /// A witness forgets what it has seen since the vote opened.
    RollBackWitness(u8),
}

/// What a device does at the board that it sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There is nothing to do, or others are to act first.
    Wait,
    /// It agrees to these sums.
    Consent(Input),
    /// It decrypts these sums.
    Decrypt(Input),
    /// It has agreed to others.
    Refuse,
}

impl Count {
    /// ⌊(n + t - 1) / 2⌋ + 1: any two sets of so many have t trustees in common.
    pub fn quorum(&self) -> u8 {
        (self.trustees + self.threshold - 1) / 2 + 1
    }

    /// The trustees 1 to n - t + 1 are honest.
    pub fn honest(&self) -> u8 {
        self.trustees + 1 - self.threshold
    }

    fn dishonest(&self) -> Set {
        (self.honest() + 1..=self.trustees).fold(Set::default(), Set::with)
    }

    /// What a device does next, by the board it sees and what it remembers.
    pub fn next_step(&self, device: &Device) -> Step {
        let (Some(memory), Some(input)) = (device.memory, device.board.input()) else { return Step::Wait };
        if device.board.cancelled {
            return Step::Wait;
        }
        if memory.sums.is_some_and(|sums| sums != input) {
            return Step::Refuse;
        }
        if device.board.consents.len() >= self.quorum() {
            return Step::Decrypt(input);
        }
        let consents = memory.whole
            || self.witnesses.is_some_and(|witnesses| witnesses.common() >= 1)
            || self.rules.consent_after_recovery;
        if consents && !device.board.consents.has(device.trustee) {
            return Step::Consent(input);
        }
        Step::Wait
    }

    /// Whether a board is under a checkpoint that anybody acts on.
    fn is_witnessed(&self, state: &State, board: &Board) -> bool {
        let Some(witnesses) = self.witnesses else { return true };
        let honest = state.witnesses.iter().filter(|witness| witness.has_cosigned(board)).count();
        honest + usize::from(witnesses.dishonest) >= usize::from(witnesses.needed)
    }

    /// Whether a board has a place for an entry.
    pub fn has_place(&self, board: &Board, entry: Entry) -> bool {
        board.with(entry, &self.rules, self.dishonest()).is_some()
    }

    /// A board with another entry, if it has a place for it and the entry's signatures exist.
    fn grow(&self, state: &State, board: &Board, entry: Entry) -> Option<Board> {
        if let Entry::Consent(trustee) = entry {
            let signed = state.signed.get(usize::from(trustee).checked_sub(1)?)?;
            (signed.consents & board.input()?.bit() != 0).then_some(())?;
        }
        board.with(entry, &self.rules, self.dishonest())
    }

    /// Every entry that a board can get.
    pub fn entries(&self) -> impl Iterator<Item = Entry> {
        let endings = [Entry::StrikeOff, Entry::Cancel].into_iter().filter(|_| self.endings);
        let consents = (1..=self.honest()).map(Entry::Consent);
        [Entry::Ballot, Entry::Close, Entry::TallyInput].into_iter().chain(endings).chain(consents)
    }

    /// A device is shown another entry, and these witnesses cosign the board with it.
    fn show(&self, state: &State, at: u8, entry: Entry, cosigning: Set) -> Option<State> {
        let mut after = state.clone();
        let device = after.devices.get_mut(usize::from(at))?;
        device.board = self.grow(state, &device.board, entry)?;
        let board = device.board;
        for (_, witness) in (1..).zip(&mut after.witnesses).filter(|(number, _)| cosigning.has(*number)) {
            (!witness.has_cosigned(&board) && board.continues(&witness.board)).then_some(())?;
            witness.board = board;
        }
        // Which of them has seen what makes no difference.
        after.witnesses.sort_unstable();
        after.shown = Some(at);
        self.is_witnessed(&after, &board).then_some(after)
    }

    fn on_device(&self, state: &State, at: u8, action: Action) -> Option<State> {
        let mut after = state.clone();
        after.shown = None;
        let device = after.devices.get_mut(usize::from(at))?;
        match action {
            Action::Act(_) | Action::Crash(_) => {
                let step = self.next_step(device);
                let signed = after.signed.get_mut(usize::from(device.trustee).checked_sub(1)?)?;
                let input = match step {
                    Step::Consent(input) => {
                        signed.consents |= input.bit();
                        input
                    }
                    Step::Decrypt(input) => {
                        signed.partials |= input.bit();
                        input
                    }
                    Step::Wait | Step::Refuse => return None,
                };
                match device.memory.as_mut() {
                    Some(memory) if action == Action::Act(at) => memory.sums = Some(input),
                    // Nor has the device stored what it was shown.
                    _ => device.board = Board::default(),
                }
            }
            Action::Forget(_) => (device.board, device.memory) = (Board::default(), None),
            Action::Fork(_) if device.memory.is_none() => device.board = Board::default(),
            Action::Recover(_) if device.memory.is_none() => {
                let own = device.board.consents.has(device.trustee);
                let sums = device.board.input().filter(|_| own);
                device.memory = Some(Memory { whole: false, sums });
            }
            Action::RollBack(_) if device.memory.is_some_and(|memory| memory.whole) => {
                device.memory = Some(Memory { whole: true, sums: None });
                device.board = Board::default();
            }
            _ => return None,
        }
        Some(after)
    }

    fn roll_back_witness(&self, state: &State, at: u8) -> Option<State> {
        let mut after = state.clone();
        let done = state.witnesses.iter().filter(|witness| witness.before.is_some()).count();
        (done < usize::from(self.witnesses?.rolled_back)).then_some(())?;
        let witness = after.witnesses.get_mut(usize::from(at)).filter(|witness| witness.before.is_none())?;
        *witness = Witness { board: Board::default(), before: Some(witness.board) };
        after.witnesses.sort_unstable();
        Some(after)
    }
}

impl Model for Count {
    type State = State;
    type Action = Action;

    fn initial(&self) -> State {
        let mut devices: Vec<Device> = Vec::new();
        for &trustee in &self.devices {
            let first = devices.iter().all(|device| device.trustee != trustee);
            let memory = first.then_some(Memory { whole: true, sums: None });
            devices.push(Device { trustee, board: Board::default(), memory });
        }
        let honest = self.witnesses.map_or(0, |witnesses| witnesses.named - witnesses.dishonest);
        State {
            shown: None,
            devices,
            witnesses: vec![Witness::default(); honest.into()],
            signed: vec![Signed::default(); self.honest().into()],
        }
    }

    fn actions(&self, state: &State) -> Vec<Action> {
        let mut actions = Vec::new();
        let honest_witnesses = u32::try_from(state.witnesses.len()).unwrap_or_default();
        let cosigning = || (0..1_u8.checked_shl(honest_witnesses).unwrap_or(0)).map(Set);
        let awake = |at: &u8| state.shown.is_none_or(|shown| shown == *at);
        for at in (0..).take(state.devices.len()).filter(awake) {
            actions.extend(
                self.entries().flat_map(|entry| cosigning().map(move |set| Action::Show(at, entry, set))),
            );
            actions.extend([Action::Act(at), Action::Recover(at), Action::Fork(at)]);
            actions.extend(self.rules.sign_before_storing.then_some(Action::Crash(at)));
            let forgets = |device: &Device| self.forgetting.has(device.trustee);
            let device = state.devices.get(usize::from(at));
            actions.extend(device.filter(|device| forgets(device)).map(|_| Action::Forget(at)));
            actions.extend(self.rolled_back.then_some(Action::RollBack(at)));
        }
        if state.shown.is_none() {
            actions.extend((0..).take(state.witnesses.len()).map(Action::RollBackWitness));
        }
        actions
    }

    fn step(&self, state: &State, action: Action) -> Option<State> {
        let after = match action {
            Action::Show(at, entry, cosigning) => self.show(state, at, entry, cosigning)?,
            Action::Act(at)
            | Action::Crash(at)
            | Action::Forget(at)
            | Action::Fork(at)
            | Action::Recover(at)
            | Action::RollBack(at) => self.on_device(state, at, action)?,
            Action::RollBackWitness(at) => self.roll_back_witness(state, at)?,
        };
        (after != *state).then_some(after)
    }

    fn broken(&self, state: &State) -> Option<String> {
        let decrypted = state.signed.iter().fold(0, |all, signed| all | signed.partials);
        if decrypted.count_ones() > 1 {
            return Some("two inputs are decrypted, and their difference is one ballot".to_owned());
        }
        let undone = |device: &Device| {
            device.board.cancelled && device.board.input().is_some_and(|input| decrypted & input.bit() != 0)
        };
        state.devices.iter().any(undone).then(|| "a vote whose totals are known is cancelled".to_owned())
    }

    fn tell(&self, state: &State, action: Action) -> String {
        let who = |at: u8| {
            let devices = state.devices.get(..=usize::from(at)).unwrap_or_default();
            let trustee = devices.last().map_or(0, |device| device.trustee);
            let number = devices.iter().filter(|device| device.trustee == trustee).count();
            format!("trustee {trustee}, device {number}")
        };
        let entry = |entry: Entry| match entry {
            Entry::Ballot => "the victim's ballot".to_owned(),
            Entry::StrikeOff => "that the victim is struck off".to_owned(),
            Entry::Cancel => "that the vote is cancelled".to_owned(),
            Entry::Close => "that the vote is closed".to_owned(),
            Entry::TallyInput => "that the sums are fixed, with the dishonest consents".to_owned(),
            Entry::Consent(trustee) => format!("the consent of trustee {trustee}"),
        };
        let acts = |at: u8| {
            let mut text = who(at);
            let step = state.devices.get(usize::from(at)).map_or(Step::Wait, |device| self.next_step(device));
            let _ = match step {
                Step::Consent(input) => write!(text, " consents to {}", input.name()),
                Step::Decrypt(input) => write!(text, " decrypts {}", input.name()),
                Step::Refuse => write!(text, " refuses"),
                Step::Wait => write!(text, " waits"),
            };
            text
        };
        match action {
            Action::Show(at, what, cosigning) if cosigning.is_empty() => {
                format!("{} is shown {}", who(at), entry(what))
            }
            Action::Show(at, what, cosigning) => {
                format!("{} is shown {}, and {} more witnesses cosign", who(at), entry(what), cosigning.len())
            }
            Action::Act(at) => acts(at),
            Action::Crash(at) => format!("{}, and breaks down before it has stored that", acts(at)),
            Action::Forget(at) => format!("{} forgets everything", who(at)),
            Action::Fork(at) => format!("{} is shown another board", who(at)),
            Action::Recover(at) => format!("{} is set up from the words", who(at)),
            Action::RollBack(at) => format!("{} is put back to an older copy", who(at)),
            Action::RollBackWitness(_) => "a witness is put back to an older copy".to_owned(),
        }
    }
}
