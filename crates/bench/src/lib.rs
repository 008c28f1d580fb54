//! Measures prepare, seal and batch verification beside the group operations they are made of, in
//! one run, so that the ratios mean the same on every machine. The same code runs natively
//! (`cargo bench`) and as WebAssembly.

mod ballot;
mod primitives;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use ballot::{BallotCosts, SIZES};
pub use primitives::Primitives;

/// A clock: milliseconds since any fixed moment.
pub type Clock<'a> = &'a dyn Fn() -> f64;

/// How long one call takes, in microseconds: the median of several rounds, each long enough for a
/// coarse clock (a browser's ticks every 0.1 ms).
pub(crate) fn microseconds(clock: Clock<'_>, mut call: impl FnMut()) -> f64 {
    microseconds_of(clock, || (), |()| call())
}

/// The same for a call that consumes something, whose making is not measured.
pub(crate) fn microseconds_of<T>(clock: Clock<'_>, make: impl Fn() -> T, mut call: impl FnMut(T)) -> f64 {
    const ROUNDS: usize = 7;
    const ROUND_MS: f64 = 30.0;
    call(make());
    let mut calls = 1_u32;
    let mut rounds = Vec::with_capacity(ROUNDS);
    while rounds.len() < ROUNDS {
        let inputs: Vec<T> = (0..calls).map(|_| make()).collect();
        let start = clock();
        inputs.into_iter().for_each(&mut call);
        let took = clock() - start;
        if took < ROUND_MS && rounds.is_empty() {
            calls = calls.saturating_mul(2);
        } else {
            rounds.push(took * 1_000.0 / f64::from(calls));
        }
    }
    rounds.sort_by(f64::total_cmp);
    rounds.get(ROUNDS / 2).copied().unwrap_or(f64::NAN)
}

/// The whole table as text.
pub fn table(clock: Clock<'_>) -> String {
    let primitives = Primitives::measure(clock);
    let mut text = format!(
        "group operation                     µs\n\
         fixed-base multiplication     {:8.2}\n\
         variable-base multiplication  {:8.2}\n\
         decompression                 {:8.2}\n\
         compression                   {:8.2}\n\
         addition                      {:8.2}\n\
         constant-time multiscalar     {:8.2}  a point, of 40\n\
         variable-time multiscalar     {:8.2}  a point, of 10,000\n\n",
        primitives.fixed_base,
        primitives.variable_base,
        primitives.decompress,
        primitives.compress,
        primitives.addition,
        primitives.constant_multiscalar,
        primitives.variable_multiscalar,
    );
    text.push_str(
        "options  bytes  prepare µs (ratio)  seal µs (ratio)  verify one µs  verify in batch µs (ratio)\n",
    );
    for options in SIZES {
        match BallotCosts::measure(clock, options) {
            Ok(costs) => text.push_str(&costs.row(&primitives)),
            Err(error) => text.push_str(&format!("{options}: {error}\n")),
        }
    }
    text.push_str(
        "\nratio: the measured time over the sum of its own group operations as measured above; a batch is about\n\
         10,000 points, and verification includes decoding.\n",
    );
    text
}
