//! `cargo xtask flood`: a real ballot box that is flooded in every known way while people sign in and vote, on this
//! machine.

mod attacks;
mod gateway;
mod people;
mod report;

use crate::ballot_box::free_port;
use crate::crash::{self, DISTRICT, leaves, missing};
use crate::demo::Town;
use crate::process::say;
use crate::voters::open_election;
use crate::workspace::{Programs, released_programs, root};
use anyhow::{Context, Result, ensure};
use attacks::{ATTACKS, Attack, Field};
use gateway::Gateway;
use people::{Caster, Newcomers};
use std::ffi::OsStr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use veche_board::Hash;

pub use report::{Felt, Row};

/// People who vote all the time.
const CASTERS: usize = 16;

/// Ballots of each of them during a flood, at most: the box takes twenty in ten minutes.
const BALLOTS: u32 = 19;

/// People who are signing in at any moment.
const NEWCOMERS: usize = 4;

/// Time after a flood in which whoever still waits is served.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is to be done.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// For how long each flood goes on.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub seconds: u64,
    /// Only this flood, by its name in the table; may be given more than once.
    #[arg(long, value_name = "NAME")]
    pub only: Vec<String>,
}

/// Builds the programs as they are shipped, floods the box, and prints a table.
///
/// # Errors
/// When a step fails, or anything acknowledged was lost.
pub fn flood(options: &Options) -> Result<()> {
    say("Building the ballot box as it is shipped.");
    let programs = released_programs()?;
    let folder = root().join(".flood");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).context("cannot remove the folder .flood of an earlier run")?;
    }
    let rows = run(&programs, &folder, options, |row| say(&row.to_string()))?;
    say(&format!("\n{}", report::table(&rows)));
    ensure!(rows.iter().all(|row| row.lost == 0), "what was acknowledged is not on the board: see .flood");
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// The same without building and printing; `folder` must not exist. `done` is told each row.
///
/// # Errors
/// When a step fails.
pub fn run(programs: &Programs, folder: &Path, options: &Options, done: impl Fn(&Row)) -> Result<Vec<Row>> {
    let chosen =
        |attack: &&Attack| options.only.is_empty() || options.only.iter().any(|name| name == attack.name);
    let chosen: Vec<&Attack> = ATTACKS.iter().filter(chosen).collect();
    ensure!(!chosen.is_empty(), "there is no such flood: {}", attacks::names());
    let mut town = Town::create(programs.clone(), folder, &crash::manifest()?, free_port()?)?;
    let election = open_election(town.ballot_box.http(), &town.fingerprint)?;
    let gateway = Gateway::create(folder)?;
    let command = gateway.option();
    let serve: [&OsStr; 3] = ["--behind-proxy".as_ref(), "--sms".as_ref(), command.as_ref()];
    town.serve(&serve)?;
    let newcomers = Newcomers::new(&election, &gateway);
    let mut casters = Vec::new();
    for number in 0..CASTERS {
        let http = town.ballot_box.http().sent_by(&people::address(number));
        casters.push(Caster::new(newcomers.enter(&http, &people::phone(number))?, number));
    }
    let (mut acknowledged, mut rows, mut first): (Vec<(u64, Hash)>, _, _) = (Vec::new(), Vec::new(), CASTERS);
    // A short flood needs few, and sealing them takes longer than it.
    let ballots = u32::try_from(options.seconds.saturating_mul(3)).map_or(BALLOTS, |few| few.min(BALLOTS));
    let seconds = Duration::from_secs(options.seconds);
    for attack in chosen {
        for caster in &mut casters {
            caster.prepare(ballots)?;
        }
        // Nothing that one flood has used up is missing to the people of the next.
        town.serve(&serve)?;
        let times = Times { seconds, pace: seconds / (ballots + 1) };
        let flooded = one(&town, &gateway, attack, times, &mut casters, &newcomers, first)?;
        first += flooded.newcomers;
        gateway.hang(false)?;
        town.ballot_box.is_running()?;
        acknowledged.extend(flooded.acknowledged);
        let lost = missing(&leaves(town.ballot_box.http(), &election)?, &acknowledged);
        let row = Row { name: attack.name, what: attack.what, lost, ..flooded.row };
        done(&row);
        rows.push(row);
    }
    Ok(rows)
}

/// What came of one flood.
struct Flooded {
    row: Row,
    acknowledged: Vec<(u64, Hash)>,
    newcomers: usize,
}

/// How long a flood goes on, and how often somebody casts.
#[derive(Clone, Copy)]
struct Times {
    seconds: Duration,
    pace: Duration,
}

fn one(
    town: &Town,
    gateway: &Gateway,
    attack: &Attack,
    times: Times,
    casters: &mut [Caster<'_>],
    newcomers: &Newcomers<'_>,
    first: usize,
) -> Result<Flooded> {
    let http = town.ballot_box.http();
    let field = Field::new(http, &people::phone(first))?;
    gateway.hang(attack.hangs)?;
    let (over, began) = (AtomicBool::new(false), Instant::now());
    let (until, patience) = (began + times.seconds, began + times.seconds + PATIENCE);
    let (cast, signed_in) = std::thread::scope(|scope| {
        for thread in 0..attack.threads {
            let (field, over) = (&field, &over);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    (attack.act)(field, thread, over);
                }
            });
        }
        let casting: Vec<_> = casters
            .iter_mut()
            .map(|caster| {
                let http = http.sent_by(&people::address(caster.number()));
                scope.spawn(move || caster.cast(&http, times.pace, until, patience))
            })
            .collect();
        let entering: Vec<_> = (0..NEWCOMERS)
            .map(|lane| {
                scope.spawn(move || newcomers.come(http, first + lane, attack.hangs, until, patience))
            })
            .collect();
        let cast: Vec<_> = casting.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        // A flood goes on until the last who came during it were served.
        let signed_in: Vec<_> = entering.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        over.store(true, Ordering::Relaxed);
        field.close();
        (cast, signed_in)
    });
    let (mut acknowledged, mut casting, mut entering) = (Vec::new(), Felt::default(), Felt::default());
    for cast in cast {
        let (felt, receipts) = cast.map_err(|_| anyhow::anyhow!("a voter panicked"))??;
        casting.add(felt);
        acknowledged.extend(receipts);
    }
    let mut came = 0;
    for signed_in in signed_in {
        let (felt, so_many) = signed_in.map_err(|_| anyhow::anyhow!("a newcomer panicked"))?;
        entering.add(felt);
        came = came.max(so_many);
    }
    let requests = field.sent() as f64 / began.elapsed().as_secs_f64();
    let row = Row { name: attack.name, what: attack.what, casting, entering, requests, lost: 0 };
    Ok(Flooded { row, acknowledged, newcomers: came * NEWCOMERS })
}

/// A newcomer's district.
const STYLE: &str = DISTRICT;
