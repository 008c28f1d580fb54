//! The `veche` command: reads the arguments, prints what the command has to say, and exits as it should.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use veche_cli::{Cli, printable, run};

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(outcome) => {
            let mut out = std::io::stdout().lock();
            // A reader that has seen enough (`| head`) closes the pipe: that is its right, and no reason to
            // change the exit code.
            let _ = out.write_all(printable(&outcome.text).as_bytes()).and_then(|()| out.flush());
            ExitCode::from(outcome.code)
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr().lock(), "veche: {}", printable(&error.to_string()));
            ExitCode::from(2)
        }
    }
}
