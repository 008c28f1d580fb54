//! Prints what was measured natively, a name and a number a line. `cargo xtask bench` runs it.

use std::io::{BufRead, Write};
use std::time::Instant;

use veche_bench::copies::Verification;
use veche_bench::rounds::Effort;
use veche_bench::{Failure, figures, lines};

fn main() -> Result<(), Failure> {
    let start = Instant::now();
    let clock = || start.elapsed().as_secs_f64() * 1_000.0;
    match std::env::args().nth(1).as_deref() {
        Some("verify") => verify(&clock),
        _ => {
            print!("{}", lines(&figures(&clock, &Effort::FULL)?));
            Ok(())
        }
    }
}

/// For every number on standard input: verifies on so many threads, and prints the milliseconds.
fn verify(clock: &dyn Fn() -> f64) -> Result<(), Failure> {
    let verification = Verification::new(&Effort::FULL)?;
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let took = verification.on_threads(line?.trim().parse()?, clock);
        println!("{took}");
        std::io::stdout().flush()?;
    }
    Ok(())
}
