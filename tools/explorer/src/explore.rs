//! Breadth-first search: every state of a model that can be reached, each once.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

/// Something that moves from state to state, one action after another.
pub trait Model {
    /// All there is to know at a moment.
    type State: Clone + Hash;
    /// What somebody can do.
    type Action: Copy;

    /// Where it begins.
    fn initial(&self) -> Self::State;

    /// What can be done in a state; what changes nothing may be among it.
    fn actions(&self, state: &Self::State) -> Vec<Self::Action>;

    /// The state after an action, if the action is possible and changes anything.
    fn step(&self, state: &Self::State, action: Self::Action) -> Option<Self::State>;

    /// What must never be so, if it is so.
    fn broken(&self, state: &Self::State) -> Option<String>;

    /// What an action does in a state, for a person to read.
    fn tell(&self, state: &Self::State, action: Self::Action) -> String;
}

/// How somebody comes to break what must hold: the shortest way there is.
#[derive(Debug, Clone)]
pub struct Counterexample<A> {
    /// What is done, in order.
    pub actions: Vec<A>,
    /// The same for a person to read.
    pub story: Vec<String>,
    /// What is broken then.
    pub broken: String,
}

impl<A> fmt::Display for Counterexample<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, line) in (1..).zip(&self.story) {
            writeln!(f, "{number:>3}. {line}")?;
        }
        write!(f, "     Broken: {}", self.broken)
    }
}

/// What a search has found.
#[derive(Debug, Clone)]
pub struct Explored<A> {
    /// How many states were reached.
    pub states: usize,
    /// How many steps were tried that change something.
    pub steps: usize,
    /// How many actions lie between the beginning and the farthest state.
    pub depth: usize,
    /// Whether every state that can be reached was.
    pub exhaustive: bool,
    /// The bytes that the search held at most.
    pub bytes: usize,
    /// How long it took.
    pub time: Duration,
    /// The first thing found that must not be.
    pub found: Option<Counterexample<A>>,
}

impl<A> fmt::Display for Explored<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, megabytes) = (self.time.as_secs_f32(), self.bytes.div_ceil(1_000_000));
        let Explored { states, steps, depth, .. } = self;
        write!(f, "{states} states, {steps} steps, depth {depth}, {seconds:.1} s, {megabytes} MB")?;
        f.write_str(if self.exhaustive { ", exhaustive" } else { ", cut short" })
    }
}

/// A state by 128 bits: among 2^30 states two are mistaken for each other with a chance of about 2^-69.
fn fingerprint(state: &impl Hash) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        state.hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

/// One state that was reached: from which one, and how.
struct Origin<A> {
    from: u32,
    by: Option<A>,
}

/// Looks at every state within `limit` states, nearest first, and stops at the first in which something is broken.
pub fn explore<M: Model>(model: &M, limit: usize) -> Explored<M::Action> {
    let began = Instant::now();
    let initial = model.initial();
    let mut seen = HashSet::from([fingerprint(&initial)]);
    let mut origins: Vec<Origin<M::Action>> = vec![Origin { from: 0, by: None }];
    let mut next = VecDeque::from([(0_u32, 0_usize, initial)]);
    let mut explored = Explored {
        states: 1,
        steps: 0,
        depth: 0,
        exhaustive: true,
        bytes: 0,
        time: Duration::ZERO,
        found: None,
    };
    while let Some((number, depth, state)) = next.pop_front() {
        explored.depth = depth;
        if let Some(broken) = model.broken(&state) {
            explored.found = Some(retrace(model, &origins, number, broken));
            explored.exhaustive = false;
            break;
        }
        for action in model.actions(&state) {
            let Some(after) = model.step(&state, action) else { continue };
            explored.steps += 1;
            let print = fingerprint(&after);
            if seen.contains(&print) {
                continue;
            }
            let Some(place) = u32::try_from(origins.len()).ok().filter(|_| origins.len() < limit) else {
                explored.exhaustive = false;
                continue;
            };
            seen.insert(print);
            origins.push(Origin { from: number, by: Some(action) });
            next.push_back((place, depth + 1, after));
        }
    }
    explored.states = origins.len();
    explored.bytes = seen.capacity() * (size_of::<u128>() + 1)
        + origins.capacity() * size_of::<Origin<M::Action>>()
        + next.capacity() * size_of::<(u32, usize, M::State)>();
    explored.time = began.elapsed();
    explored
}

fn retrace<M: Model>(
    model: &M,
    origins: &[Origin<M::Action>],
    last: u32,
    broken: String,
) -> Counterexample<M::Action> {
    let mut actions = Vec::new();
    let mut at = last;
    while let Some(Origin { from, by: Some(action) }) = origins.get(at as usize) {
        actions.push(*action);
        at = *from;
    }
    actions.reverse();
    let mut state = model.initial();
    let mut story = Vec::new();
    for action in &actions {
        story.push(model.tell(&state, *action));
        state = model.step(&state, *action).unwrap_or(state);
    }
    Counterexample { actions, story, broken }
}
