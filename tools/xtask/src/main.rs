//! `cargo xtask`: the project's own commands.

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use veche_xtask::ballot_box::Http;
use veche_xtask::npm::matrix::Extent;
use veche_xtask::site::Bundled;
use veche_xtask::suites;
use veche_xtask::{bench, crash, demo, flood, load, npm, package, process, site, style, tools, workspace};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own commands", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Hold a whole election of a made-up town on this machine, and vote in it.
    Demo(demo::Options),
    /// Run every test; what is missing is installed first.
    Test {
        /// Leave out the browsers, the site and www/.
        #[arg(long, conflicts_with = "all")]
        fast: bool,
        /// Also run what takes long: whole cities, a board of 100,000 entries in browsers, a thousand crashes.
        #[arg(long)]
        all: bool,
    },
    /// Format Rust, JavaScript, CSS and Markdown.
    Fmt,
    /// Install what the tests need, and nothing else: then `cargo test` can run any one of them.
    Tools,
    /// Build the static site and, with --out, publish it: for the trustees, and with --election for the voters too.
    Site {
        /// The election's fingerprint: 64 hexadecimal digits. Without it the site serves the trustees, who make the
        /// keys.
        #[arg(long, requires = "out")]
        election: Option<String>,
        /// The ballot box's address, ending in a slash; `./` when the box serves the site itself.
        #[arg(long = "box", default_value = "./", requires = "out")]
        ballot_box: String,
        /// Where the ballot box answers now, ending in a slash, where --box is not that: the election's card is
        /// taken from there and put beside the fingerprint.
        #[arg(long = "card-from", value_name = "URL", requires = "election")]
        card_from: Option<String>,
        /// The registrar's address, ending in a slash, where voters sign in; without it the ballot box is its own.
        #[arg(long, requires = "out")]
        registrar: Option<String>,
        /// The published record's address, ending in a slash; without it the record is the ballot box's own.
        #[arg(long, requires = "out")]
        record: Option<String>,
        /// The town's colour, #rrggbb.
        #[arg(long, requires = "out")]
        accent: Option<String>,
        /// A portal whose pages may show the voters' page inside them, such as `https://portal.example`; once for each.
        /// Without it none may.
        #[arg(long = "embed-origin", value_name = "ORIGIN", requires = "election")]
        embed_origins: Vec<String>,
        /// Where the site goes: a new or an empty folder, or one that this command or `veche site` wrote.
        #[arg(long)]
        out: Option<PathBuf>,
        /// Pack the bundled site into this file, which `VECHE_SITE` names when veche is built with the site in it.
        #[arg(long, value_name = "FILE")]
        pack: Option<PathBuf>,
        /// Fail where scripts and styles cannot be bundled, instead of leaving them as they are.
        #[arg(long)]
        bundled: bool,
    },
    /// Build the packages for npm and pack them into target/npm.
    Npm {
        /// Also have every bundler and runtime install them and vote, in a real browser.
        #[arg(long)]
        matrix: bool,
        /// Of these only those with this name.
        #[arg(long, value_name = "NAME", requires = "matrix")]
        only: Vec<String>,
    },
    /// Make what somebody installs who compiles nothing: an archive and a package for Debian, in target/package.
    Package(package::Options),
    /// Kill a ballot box again and again while people vote, and check that nothing acknowledged is lost.
    Crash(crash::Options),
    /// Flood a ballot box in every known way while people vote, and say what they felt.
    Flood(flood::Options),
    /// Cast very many real ballots at a ballot box, say what each cost it, and look for every one on the board.
    Load(load::Options),
    /// Measure preparing, sealing and verifying, here and in Chromium, beside group operations and a peer.
    Bench {
        /// A document between whose two marks the table goes, docs/benchmarks.md.
        #[arg(long, value_name = "FILE")]
        write: Option<PathBuf>,
    },
}

fn main() -> std::process::ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    match task {
        Task::Demo(options) => demo::demo(&options),
        Task::Test { fast, all } => suites::test(match (fast, all) {
            (true, _) => suites::Extent::Fast,
            (_, true) => suites::Extent::All,
            _ => suites::Extent::Usual,
        }),
        Task::Fmt => {
            tools::for_checks()?;
            tools::for_javascript()?;
            style::format()
        }
        Task::Tools => tools::for_tests(),
        Task::Package(options) => package::package(&options),
        Task::Npm { matrix: false, .. } => npm::pack().map(drop),
        Task::Npm { only, .. } => {
            let extent = if only.is_empty() { Extent::All } else { Extent::Only(only) };
            npm::matrix::matrix(&extent, workspace::programs()?)
        }
        Task::Crash(options) => crash::crash(&options),
        Task::Flood(options) => flood::flood(&options),
        Task::Load(options) => load::load(&options),
        Task::Bench { write } => bench::bench(write.as_deref()),
        Task::Site {
            election,
            ballot_box,
            card_from,
            registrar,
            record,
            accent,
            embed_origins,
            out,
            pack,
            bundled,
        } => {
            let always = bundled || pack.is_some();
            let dist = site::build(if always { Bundled::Always } else { Bundled::WherePossible })?;
            if let Some(file) = &pack {
                site::pack(&dist, file)?;
                process::say(&format!("The packed site is in {}.", file.display()));
            }
            let Some(out) = out else {
                process::say(&format!("The unpinned site is in {}.", dist.folder.display()));
                return Ok(());
            };
            let answers = card_from.or_else(|| ballot_box.contains("://").then(|| ballot_box.clone()));
            let card = match (&election, answers) {
                (Some(fingerprint), Some(place)) => {
                    Some(site::card(&Http::new(place.trim_end_matches('/')), fingerprint)?)
                }
                (Some(_), None) => {
                    process::say("Without --card-from the pages ask the ballot box for the election's card.");
                    None
                }
                (None, _) => None,
            };
            let published = veche_site::publish(
                &dist.folder,
                &veche_site::Pin {
                    fingerprint: election,
                    card,
                    ballot_box,
                    registrar,
                    record,
                    accent,
                    embed_origins,
                },
                None,
                &out,
            )?;
            process::say(&format!("The site is in {}.", out.display()));
            if !published.left.is_empty() {
                let left = published.left.len();
                process::say(&format!("Files there that are not the site's were left as they were: {left}."));
            }
            Ok(())
        }
    }
}
