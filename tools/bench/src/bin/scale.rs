//! `cargo run --release -p veche-bench --bin scale -- VECHE DIR [ROUNDS]`: the speed-up of `veche verify` on all
//! cores, beside what independent copies of the program reach. VECHE is the release build of the program, DIR a record
//! of some 20,000 ballots: `veche simulate` makes one.

use std::path::Path;
use std::process::ExitCode;

use veche_bench::scale::Scale;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (veche, record, rounds) = match arguments.as_slice() {
        [veche, record] => (veche, record, Some(5)),
        [veche, record, rounds] => (veche, record, rounds.parse().ok()),
        _ => return usage(),
    };
    let Some(rounds) = rounds else { return usage() };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    match Scale::measure(Path::new(veche), Path::new(record), cores, rounds) {
        Ok(scale) => {
            print!("{}", scale.table());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("scale: {error}");
            ExitCode::from(2)
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("scale VECHE DIR [ROUNDS]");
    ExitCode::from(2)
}
