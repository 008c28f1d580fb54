//! The passes with which people work at the desk from another computer.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Subcommand, ValueEnum};
use veche_server::{Counter, DeskPass, DeskPassKind, NewDeskPass, Operator, PeopleError, time_words};

use crate::spoken::say;

/// What is done with passes of the desk.
#[derive(Debug, Subcommand)]
pub(crate) enum DeskPassCommand {
    /// Give somebody a pass. It is printed this once: whoever has it works as this operator
    Give {
        /// The folder of the registrar, or of a ballot box that is its own; its server may be running
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Whose it is: the journal names the operator with every deed
        #[arg(long, value_name = "NAME")]
        operator: String,
        /// What it is for
        #[arg(long = "for", value_enum, default_value_t = Purpose::Help)]
        purpose: Purpose,
        /// For how many days it is good
        #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=366))]
        days: u16,
    },
    /// Print every pass that there is or was: number, what for, whose, until when
    List {
        /// The folder of the registrar, or of a ballot box that is its own; its server may be running
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// Revoke a pass: nothing is done with it from now on
    Revoke {
        /// Its number, as `list` shows it
        #[arg(value_name = "NUMBER")]
        number: u32,
        /// The folder of the registrar, or of a ballot box that is its own; its server may be running
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Who does it, for the journal
        #[arg(long, value_name = "NAME")]
        operator: String,
        /// Why, for the journal
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// What a pass is for.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Purpose {
    /// Helping one person after another
    Help,
    /// That, and the roll as a whole
    Roll,
}

/// Does it and says what was done.
pub(crate) async fn desk_pass(command: DeskPassCommand) -> Result<(), String> {
    let mut out = std::io::stdout();
    let sentence = |error: PeopleError| error.to_string();
    let at = |data: PathBuf| Counter { data, ballot_box: None };
    match command {
        DeskPassCommand::Give { data, operator, purpose, days } => {
            let kind = match purpose {
                Purpose::Help => DeskPassKind::Help,
                Purpose::Roll => DeskPassKind::Roll,
            };
            let reason = format!("a pass for the desk, {}", kind.name());
            let by = Operator::new(&operator, &reason).map_err(|error| error.to_string())?;
            let good_for = Duration::from_secs(u64::from(days) * 86_400);
            let given = veche_server::give_desk_pass(&at(data), kind, good_for, &by).await;
            let NewDeskPass { number, token, ends } = given.map_err(sentence)?;
            say(
                &mut out,
                &format!(
                    "{}\nThis is the pass of {operator}, number {number}, good until {}. It is shown this once: whoever has it \
                     works as {operator}. They enter it once in `veche desk`.",
                    *token,
                    time_words(ends)
                ),
            );
        }
        DeskPassCommand::List { data } => {
            let passes = veche_server::desk_passes(&at(data)).await.map_err(sentence)?;
            if passes.is_empty() {
                say(&mut out, "No pass was given.");
            }
            for pass in passes {
                say(&mut out, &pass_words(&pass));
            }
        }
        DeskPassCommand::Revoke { number, data, operator, reason } => {
            let by = Operator::new(&operator, &reason).map_err(|error| error.to_string())?;
            veche_server::revoke_desk_pass(&at(data), number, &by).await.map_err(sentence)?;
            say(&mut out, &format!("Nothing is done with the pass {number} any more."));
        }
    }
    Ok(())
}

fn pass_words(pass: &DeskPass) -> String {
    let DeskPass { number, kind, operator, made, ends, revoked } = pass;
    let until = match revoked {
        Some(revoked) => format!("revoked at {}", time_words(*revoked)),
        None => format!("good until {}", time_words(*ends)),
    };
    format!("{number}  {}  {operator}, given at {}, {until}", kind.name(), time_words(*made))
}
