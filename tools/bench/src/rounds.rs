//! Measuring many things in turns.

use std::collections::BTreeMap;

use crate::Clock;

/// What was measured, by name.
pub type Figures = BTreeMap<String, f64>;

/// How much work a measurement may be.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// How often each task has its turn; odd, so that there is a median.
    pub rounds: usize,
    /// How long a turn lasts at least, which a browser's coarse clock asks for.
    pub turn_ms: f64,
    /// Own points of a batch.
    pub batch_points: usize,
    /// Fewest sections of a batch.
    pub batch_sections: usize,
}

impl Effort {
    /// Enough for figures to trust.
    pub const FULL: Effort = Effort { rounds: 15, turn_ms: 20.0, batch_points: 10_000, batch_sections: 100 };
    /// Just enough to see that everything still runs.
    pub const SMOKE: Effort = Effort { rounds: 1, turn_ms: 0.0, batch_points: 1, batch_sections: 2 };
}

/// Something to measure.
pub struct Task<'a> {
    name: String,
    /// How many things one call does; the figure is the time of one.
    units: f64,
    /// Does it so many times, and says how many milliseconds that took.
    run: Box<dyn FnMut(Clock<'_>, usize) -> f64 + 'a>,
}

impl<'a> Task<'a> {
    /// A call that does `units` things.
    pub fn new(name: impl Into<String>, units: usize, mut call: impl FnMut() + 'a) -> Self {
        Self::with_input(name, units, || (), move |()| call())
    }

    /// What its figure is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A call that consumes something, whose making is not measured.
    pub fn with_input<T>(
        name: impl Into<String>,
        units: usize,
        make: impl Fn() -> T + 'a,
        mut call: impl FnMut(T) + 'a,
    ) -> Self {
        let run = move |clock: Clock<'_>, calls: usize| {
            let inputs: Vec<T> = (0..calls).map(|_| make()).collect();
            let start = clock();
            inputs.into_iter().for_each(&mut call);
            clock() - start
        };
        Task { name: name.into(), units: units as f64, run: Box::new(run) }
    }
}

/// The median over all rounds of each task, in microseconds a unit.
///
/// Where there is a task `x` and a task `x.group`, the figure `x.ratio` is the median of their ratio
/// round by round: both sides of each ratio are of the same moment.
pub fn measure(clock: Clock<'_>, effort: &Effort, tasks: Vec<Task<'_>>) -> Figures {
    let mut tasks: Vec<_> = tasks
        .into_iter()
        .map(|mut task| {
            let mut calls = 1;
            // The first call of all fills tables and caches; the next ones say how many make a turn.
            (task.run)(clock, 1);
            while (task.run)(clock, calls) < effort.turn_ms {
                calls *= 2;
            }
            (task, calls, Vec::with_capacity(effort.rounds))
        })
        .collect();
    for _ in 0..effort.rounds {
        for (task, calls, times) in &mut tasks {
            let took = (task.run)(clock, *calls);
            times.push(took * 1_000.0 / (*calls as f64 * task.units));
        }
    }
    let times: BTreeMap<String, Vec<f64>> =
        tasks.into_iter().map(|(task, _, times)| (task.name, times)).collect();
    let ratios = times.iter().filter_map(|(name, whole)| {
        let group = times.get(&format!("{name}.group"))?;
        Some((format!("{name}.ratio"), median(whole.iter().zip(group).map(|(whole, group)| whole / group))))
    });
    let medians = times.iter().map(|(name, times)| (name.clone(), median(times.iter().copied())));
    medians.chain(ratios).collect()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
