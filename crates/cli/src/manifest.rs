//! `veche manifest check`: whether a manifest can be published, and what it says.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use veche_record::manifest::{Manifest, Registration};
use veche_record::rules::Rule;

use crate::Outcome;
use crate::error::Error;

/// Works on manifests.
#[derive(Debug, Args)]
pub struct ManifestArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Says whether a manifest is valid, and what it means.
    Check {
        /// The manifest.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// Runs the command.
pub fn run(args: &ManifestArgs) -> Result<Outcome, Error> {
    let Command::Check { file } = &args.command;
    let bytes = crate::files::read(file)?;
    Ok(match Manifest::parse(&bytes) {
        Ok(manifest) => Outcome::passed(describe(&manifest)),
        Err(error) => Outcome::failed(format!("{}: not valid\n{error}\n", file.display())),
    })
}

/// A valid manifest in words.
fn describe(manifest: &Manifest) -> String {
    let document = manifest.document();
    let trustees = manifest.trustees();
    let mut text = String::new();
    let language = document.languages.first().map_or("", String::as_str);
    let mut line = |words: std::fmt::Arguments<'_>| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{words}");
    };
    line(format_args!("The manifest is valid."));
    line(format_args!(""));
    line(format_args!("title       {}", document.title.get(language).unwrap_or("")));
    line(format_args!("hash        {}", hex::encode(manifest.hash().as_bytes())));
    line(format_args!("languages   {}", document.languages.join(", ")));
    line(format_args!("voting      {} to {}", document.opens, document.closes));
    line(format_args!(
        "voters      {}",
        match document.registration {
            Registration::Roll => "those on the roll",
            Registration::Open => "anyone who signs in",
        }
    ));
    line(format_args!("trustees    {} hold a share, any {} decrypt", trustees.count, trustees.threshold));
    let spare = trustees.count.saturating_sub(trustees.threshold);
    line(format_args!(
        "            {} may be missing when the totals are decrypted",
        if spare == 0 { "none".to_owned() } else { spare.to_string() }
    ));
    line(format_args!("withheld    totals of fewer than {} ballots", document.minimum_group));
    for (contest, compiled) in manifest.contests().iter().zip(manifest.compiled()) {
        line(format_args!(""));
        line(format_args!("contest     {}", contest.id));
        line(format_args!("            {}", contest.title.get(language).unwrap_or("")));
        line(format_args!("            {} options, {}", contest.options.len(), rule(&contest.rule)));
        line(format_args!("            {} bytes a ballot section", compiled.section_len()));
    }
    for (style, position) in manifest.styles().iter().zip(0u16..) {
        line(format_args!(""));
        line(format_args!(
            "style       {}, up to {} voters, {} contests",
            style.id,
            style.electorate,
            style.contests.len()
        ));
        line(format_args!("            {} bytes a ballot", manifest.ballot_len(position).unwrap_or(0)));
    }
    text
}

/// A rule in words; one that has no words here yet as the manifest writes it.
fn rule(rule: &Rule) -> String {
    match rule {
        Rule::Approval(rule) => {
            let picks = match (rule.min, rule.max) {
                (min, max) if min == max => format!("exactly {max}"),
                (0, max) => format!("at most {max}"),
                (min, max) => format!("{min} to {max}"),
            };
            format!("pick {picks}{}", if rule.blank { ", or blank" } else { "" })
        }
        #[allow(unreachable_patterns, reason = "rules are added to the record one by one")]
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}
