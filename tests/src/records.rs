//! Published records that no ballot box has made: simulated votes, and the same with something changed.

use anyhow::{Context, Result, anyhow, bail};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use veche_board::{LogFile, decode_bundle};
use veche_cli::folder::{MANIFEST, MemoryRecord, RecordWriter};
use veche_cli::import::Choices;
use veche_cli::simulate::{Held, Options, Plan};
use veche_keeper::BoxKeys;
use veche_record::Entry;
use veche_record::manifest::TrusteeCount;

/// Holds an election of every row of the files, in memory.
///
/// # Errors
/// When the files cannot be read, or their rules do not make an election.
pub fn simulate(files: &[PathBuf]) -> Result<Held<MemoryRecord>> {
    let trustees = TrusteeCount { count: 3, threshold: 2 };
    let plan =
        Plan::new(files, &Options { ballots: None, language: None, choices: Choices::default(), trustees })?;
    Ok(plan.hold(MemoryRecord::default())?)
}

/// A made-up vote as a Pabulib file: each ballot picks from one to five of the options.
///
/// # Errors
/// Never: writing into text does not fail.
pub fn pabulib(ballots: usize, options: usize) -> Result<String> {
    let picks = |ballot: usize| {
        let mut picks: Vec<_> = (0..=ballot % 5)
            .map(|pick| (7 * ballot + 3 * pick * pick + ballot / options * pick) % options)
            .collect();
        picks.sort_unstable();
        picks.dedup();
        picks
    };
    let mut text = format!(
        "META\nkey;value\ndescription;A made-up town\ncountry;Nowhere\nunit;Mirogrod\ninstance;2026\nnum_projects;{options}\nnum_votes;{ballots}\nbudget;1000000\nvote_type;approval\nrule;greedy\ndate_begin;01.06.2026\ndate_end;14.06.2026\nmin_length;1\nmax_length;5\nlanguage;en\n\nPROJECTS\nproject_id;cost;votes;name\n"
    );
    for option in 0..options {
        let votes = (0..ballots).filter(|ballot| picks(*ballot).contains(&option)).count();
        writeln!(text, "P{option};{};{votes};Project {option}", 10_000 * (option + 1))?;
    }
    text += "\nVOTES\nvoter_id;vote\n";
    for ballot in 0..ballots {
        let picks: Vec<_> = picks(ballot).iter().map(|option| format!("P{option}")).collect();
        writeln!(text, "{ballot};{}", picks.join(","))?;
    }
    Ok(text)
}

/// The leaves of a record's log.
///
/// # Errors
/// When a bundle is not one.
pub fn leaves(record: &MemoryRecord) -> Result<Vec<Vec<u8>>> {
    let mut bundles: Vec<_> = record
        .files
        .iter()
        .filter_map(|(path, bytes)| match path.parse() {
            Ok(LogFile::Bundle(bundle)) => Some((bundle, bytes)),
            _ => None,
        })
        .collect();
    bundles.sort();
    let mut leaves = Vec::new();
    for (bundle, bytes) in bundles {
        let entries =
            decode_bundle(bytes, bundle.width().into()).map_err(|problem| anyhow!("a bundle: {problem}"))?;
        leaves.extend(entries.into_iter().map(<[u8]>::to_vec));
    }
    Ok(leaves)
}

/// A record of any leaves, signed by the log: what a ballot box can publish that has its own key and no scruples.
///
/// # Errors
/// When the first leaf is no genesis.
pub fn publish(
    manifest: &[u8],
    leaves: &[Vec<u8>],
    keys: &BoxKeys,
    result: Option<&[u8]>,
) -> Result<MemoryRecord> {
    let genesis = Entry::parse(leaves.first().context("no leaf")?);
    let Ok(Entry::Genesis(genesis)) = genesis else { bail!("no genesis") };
    let mut writer = RecordWriter::new(MemoryRecord::default(), manifest)?;
    for leaf in leaves {
        writer.push(leaf.clone())?;
    }
    Ok(writer.finish(genesis.origin, &keys.log, result)?)
}

/// The record's manifest.
///
/// # Errors
/// When it has none.
pub fn manifest(record: &MemoryRecord) -> Result<&[u8]> {
    Ok(record.files.get(MANIFEST).context("the record has no manifest")?)
}

/// Writes a record into a folder.
///
/// # Errors
/// When it cannot be written.
pub fn write(record: &MemoryRecord, folder: &Path) -> Result<()> {
    for (path, bytes) in &record.files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().context("a file without a folder")?)?;
        std::fs::write(path, bytes)?;
    }
    Ok(())
}
