//! `veche manifest`: whether a manifest can be published and what it says, a draft of the next one, a practice vote.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use veche_board::Witnesses;
use veche_desk::Language;
use veche_record::manifest::{
    CODE_PLACE, Contest, Manifest, ManifestDocument, Registration, ReportBy, Style, Timestamp,
};
use veche_record::{BallotKind, Group, OTHER_DISTRICTS};
use veche_results::published::electorate;

use crate::Outcome;
use crate::error::Error;
use crate::import::parse_time;
use crate::report::counted;

mod copy;

pub use copy::CopyError;

/// Checks a manifest, or makes a draft of the next vote or a practice vote of it.
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
        /// How many of 100 voters are taken to vote, where it is said which totals are likely to be joined or withheld.
        #[arg(long, value_name = "PERCENT", default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=100))]
        turnout: u8,
    },
    /// Freezes the manifest of a desk's folder, and writes what the ballot box is made of.
    Freeze {
        /// The folder of `veche desk`, which must be closed.
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        /// The name of the town as the description gives it, or where it gives none, the title of the vote; in any of
        /// its languages: so that nobody freezes another one.
        #[arg(long, value_name = "NAME")]
        name: String,
        /// The language of the page for whoever runs the ballot box.
        #[arg(long, default_value_t = Language::En, value_name = "CODE")]
        tongue: Language,
    },
    /// Makes a draft of the next vote: the same districts, rules and texts, later hours, and nobody's keys.
    ///
    /// A manifest names no voters. The draft has a notice on every page, which is to be taken out when it is checked.
    Copy {
        /// The manifest of the vote before.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Where to write the draft. An existing file is not overwritten.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// How much later, in whole weeks: the hours stay on their day of the week.
        #[arg(long, value_name = "N", default_value_t = 52, value_parser = clap::value_parser!(u16).range(1..=1040))]
        weeks: u16,
    },
    /// Makes a practice vote for residents: the same districts, rules and projects, hours of its own, never counted.
    ///
    /// Its title and every page say in each language that it does not count.
    Practice {
        /// The manifest of the vote that counts.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Where to write the practice vote's. An existing file is not overwritten.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// When the practice vote opens, as 2026-11-22T08:00:00Z.
        #[arg(long, value_name = "TIME", value_parser = parse_time)]
        opens: Timestamp,
        /// When it closes: before the vote that counts opens.
        #[arg(long, value_name = "TIME", value_parser = parse_time)]
        closes: Timestamp,
    },
}

/// Runs the command.
pub fn run(args: &ManifestArgs) -> Result<Outcome, Error> {
    let (file, turnout) = match &args.command {
        Command::Check { file, turnout } => (file, turnout),
        Command::Copy { file, out, weeks } => return copy::run(file, out, *weeks),
        Command::Freeze { folder, name, tongue } => return crate::desk::freeze(folder, name, *tongue),
        Command::Practice { file, out, opens, closes } => {
            return crate::preview::practice::run(file, out, *opens, *closes);
        }
    };
    let bytes = crate::files::read(file)?;
    Ok(match Manifest::parse(&bytes) {
        Ok(manifest) => Outcome::passed(describe(&manifest, *turnout)),
        Err(error) => Outcome::failed(format!("{}: not valid\n{error}\n", file.display())),
    })
}

/// A valid manifest in words.
fn describe(manifest: &Manifest, turnout: u8) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut text, manifest, turnout);
    text
}

fn write(text: &mut String, manifest: &Manifest, turnout: u8) -> std::fmt::Result {
    let document = manifest.document();
    let trustees = manifest.trustees();
    let language = document.languages.first().map_or("", String::as_str);
    writeln!(text, "The manifest is valid.\n")?;
    writeln!(text, "title       {}", document.title.get(language).unwrap_or(""))?;
    writeln!(text, "hash        {}", manifest.hash())?;
    if document.ballot_kind != BallotKind::Election {
        writeln!(text, "kind        a practice vote: it does not count")?;
    }
    writeln!(text, "languages   {}", document.languages.join(", "))?;
    write_hours(text, document)?;
    let voters = match document.registration {
        Registration::Roll => "those on the roll",
        Registration::Open => "anyone who signs in",
    };
    writeln!(text, "voters      {voters}")?;
    write_sign_in(text, document)?;
    writeln!(text, "trustees    {} hold a share of the key", trustees.count)?;
    writeln!(text, "            all {} must take part in the ceremony", trustees.count)?;
    writeln!(
        text,
        "            {} must agree to a count, then any {} decrypt it",
        trustees.quorum(),
        trustees.threshold
    )?;
    match trustees.may_be_missing() {
        0 => writeln!(text, "            none may be missing at the count")?,
        spare => writeln!(text, "            {spare} may be missing at the count, whichever they are")?,
    }
    writeln!(text, "            any {} together could open every ballot", trustees.threshold)?;
    write_forgetting(text, manifest)?;
    if let Some(witnesses) = manifest.witnesses() {
        let (needed, all) = (witnesses.needed(), witnesses.keys().len());
        writeln!(
            text,
            "witnesses   {needed} of {all} must have seen the board before a ballot counts as cast"
        )?;
        for witness in witnesses.keys() {
            writeln!(text, "            {}", witness.name())?;
        }
        match witnesses.spare() {
            0 => writeln!(text, "            none may be out of reach while people vote")?,
            spare => writeln!(
                text,
                "            {spare} may be out of reach while people vote, whichever they are"
            )?,
        }
        match witnesses.common() {
            0 => writeln!(
                text,
                "            the ballot box could show two boards, to {needed} witnesses each: need more than half"
            )?,
            1 => writeln!(text, "            one of them and the ballot box could together show two boards")?,
            some => writeln!(
                text,
                "            {some} of them and the ballot box could together show two boards"
            )?,
        }
    }
    match document.minimum_group {
        1 => writeln!(text, "withheld    nothing")?,
        minimum => {
            writeln!(text, "withheld    totals of fewer than {minimum} ballots in a whole contest")?;
            writeln!(text, "            districts with fewer are joined with others")?;
            writeln!(
                text,
                "            estimated below as if {turnout} of 100 voters vote; --turnout says what follows from others"
            )?;
        }
    }
    write_page(text, document, language)?;
    for (contest, compiled) in manifest.contests().iter().zip(manifest.compiled()) {
        writeln!(text, "\ncontest     {}", contest.id)?;
        writeln!(text, "            {}", contest.title.get(language).unwrap_or(""))?;
        let options = counted(contest.options.len(), "option", "options");
        writeln!(text, "            {options}, {}", contest.rule)?;
        writeln!(text, "            funded: {}", contest.funding)?;
        writeln!(text, "            {} bytes of each ballot", compiled.section_len())?;
        write_groups(text, manifest, contest, turnout)?;
    }
    for style in manifest.styles() {
        writeln!(text, "\nstyle       {}", style.id)?;
        writeln!(text, "            {}", style.contests.join(", "))?;
        if !style.plus_one_of.is_empty() {
            writeln!(text, "            and one of {}, if the voter likes", style.plus_one_of.join(", "))?;
        }
        writeln!(text, "            up to {}", counted(style.electorate, "voter", "voters"))?;
        let lengths = || ballot_lengths(manifest, style);
        match (lengths().min().unwrap_or(0), lengths().max().unwrap_or(0)) {
            (least, most) if least == most => writeln!(text, "            {most} bytes a ballot")?,
            (least, most) => writeln!(text, "            {least} to {most} bytes a ballot")?,
        }
    }
    Ok(())
}

/// How many trustees' devices must forget what they have signed for nobody to be able to count the vote.
fn write_forgetting(text: &mut String, manifest: &Manifest) -> std::fmt::Result {
    let trustees = manifest.trustees();
    match manifest.witnesses().map_or(0, Witnesses::common) {
        0 => match trustees.may_be_missing() {
            0 => {
                writeln!(
                    text,
                    "            WARNING: one trustee's device that forgets what it has signed ends the vote,"
                )?;
                writeln!(text, "            as one lost set of words does: name witnesses, or more trustees")
            }
            spare => writeln!(
                text,
                "            {} devices that forget what they have signed end the vote, whoever still has words",
                u16::from(spare) + 1
            ),
        },
        1 => {
            writeln!(text, "            who has lost the device may agree from the words on another one")?;
            writeln!(
                text,
                "            WARNING: one dishonest witness and the ballot box could then have them agree twice:"
            )?;
            writeln!(text, "            need so many witnesses that any two sets of them have two in common")
        }
        _ => writeln!(text, "            who has lost the device may agree from the words on another one"),
    }
}

fn write_hours(text: &mut String, document: &ManifestDocument) -> std::fmt::Result {
    writeln!(text, "voting      {} to {}", document.opens, document.closes)?;
    match document.closes_latest {
        Some(latest) => writeln!(text, "            closing may be put off until {latest}")?,
        None => writeln!(text, "            closing cannot be put off")?,
    }
    match document.early_close {
        true => writeln!(
            text,
            "            the organiser may close it early: no check says that the hours were kept"
        )?,
        false => writeln!(text, "            nobody decrypts votes that were closed early")?,
    }
    writeln!(text, "            hours are told as those of {}", document.time_zone)
}

/// How voters write their numbers, and the message that they get.
fn write_sign_in(text: &mut String, document: &ManifestDocument) -> std::fmt::Result {
    match &document.country {
        Some(country) => {
            writeln!(text, "numbers     as they are dialled in {country}, or with + and the country code")?
        }
        None => {
            writeln!(
                text,
                "numbers     with + and the country code, and not otherwise: no \"country\" is named,"
            )?;
            writeln!(
                text,
                "            and whoever writes theirs as it is dialled at home is asked to write it anew"
            )?;
        }
    }
    let Some(sms) = &document.sms else {
        return writeln!(text, "message     the code and our own words, in the language of the voter's page");
    };
    for (line, language) in document.languages.iter().enumerate() {
        let label = if line == 0 { "message" } else { "" };
        let message = sms.get(language).unwrap_or("").replace(CODE_PLACE, "012345");
        writeln!(text, "{label:12}{language}: {}", indented(&message))?;
    }
    let first = document.languages.first().map_or("", String::as_str);
    writeln!(text, "            voters whose page speaks another language get the one in {first}")
}

/// What the page says and does beside the contests, in the order of the page; and what it leaves unsaid, and to whom.
fn write_page(text: &mut String, document: &ManifestDocument, language: &str) -> std::fmt::Result {
    match document.shuffle {
        Some(true) => writeln!(text, "order       each device shows the options in an order of its own")?,
        _ => writeln!(
            text,
            "order       options stand as in this file, for everybody; \"shuffle\" would draw an order for each device"
        )?,
    }
    let foot = [
        ("Help", "help", &document.help, "whoever is stuck is told nowhere to go"),
        (
            "Contact",
            "contact",
            &document.contact,
            "whoever has a question or a complaint is told nobody to ask",
        ),
        (
            "Voting without this page",
            "otherwise",
            &document.otherwise,
            "whoever has no phone, gets no code or cannot use the page is not told how to vote",
        ),
        (
            "Accessibility",
            "accessibility",
            &document.accessibility,
            "people with disabilities are not told whom to tell of barriers;\na public body in the European Union has to say it, as a rule",
        ),
        (
            "Your data",
            "privacy",
            &document.privacy,
            "voters are not told what becomes of their number;\nwhoever asks for it in the European Union has to say it",
        ),
    ];
    let mut label = "foot";
    for (name, _, said, _) in &foot {
        if let Some(said) = said {
            writeln!(text, "{label:12}{name}: {}", indented(said.get(language).unwrap_or("")))?;
            label = "";
        }
    }
    let mut label = "not said";
    for (_, key, _, matters) in foot.iter().filter(|(_, _, said, _)| said.is_none()) {
        writeln!(text, "{label:12}\"{key}\": {}", indented(matters))?;
        label = "";
    }
    Ok(())
}

/// A text of several lines, of which all but the first stand where the first does.
fn indented(said: &str) -> String {
    said.replace('\n', "\n            ")
}

/// Which totals of a contest are likely to be joined or withheld, as far as the announced numbers of voters tell, where
/// so many of 100 voters vote.
fn write_groups(text: &mut String, manifest: &Manifest, contest: &Contest, turnout: u8) -> std::fmt::Result {
    let minimum = u64::from(manifest.document().minimum_group);
    let ballots = |styles: Option<&[u16]>| electorate(manifest, contest, styles) * u64::from(turnout) / 100;
    if minimum > 1 && ballots(None) < minimum {
        let about = counted(ballots(None), "ballot", "ballots");
        writeln!(text, "            may be withheld: about {about}, fewer than {minimum}")?;
    }
    if contest.report_by == ReportBy::Contest {
        return Ok(());
    }
    writeln!(text, "            totals by district")?;
    let of = |group: &&Group| {
        manifest.contests().get(usize::from(group.contest)).is_some_and(|one| one.id == contest.id)
    };
    let styles: Vec<u16> = manifest.groups().iter().filter(of).filter_map(|group| group.style).collect();
    let name = |style: &u16| match manifest.styles().get(usize::from(*style)) {
        Some(style) => style.id.as_str(),
        None => "the voters of other districts",
    };
    let joined = |style: &&u16| **style == OTHER_DISTRICTS || ballots(Some(&[**style])) < minimum;
    let small: Vec<&str> =
        styles.iter().filter(|_| minimum > 1 && styles.len() > 1).filter(joined).map(name).collect();
    if !small.is_empty() {
        writeln!(text, "            likely to be joined with others: {}", small.join(", "))?;
    }
    Ok(())
}

/// Bytes of a ballot of this declared style, with and without an added contest.
fn ballot_lengths(manifest: &Manifest, style: &Style) -> impl Iterator<Item = usize> {
    (0u16..)
        .map_while(|position| manifest.declared_style(position).zip(manifest.ballot_len(position)))
        .filter(|(declared, _)| declared.id == style.id)
        .map(|(_, length)| length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_likely_to_be_withheld_depends_on_how_many_vote() {
        let manifest = r#"{
            "veche": 1, "phase": "election", "languages": ["en"], "title": {"en": "Town"}, "text": {"en": "A vote"},
            "opens": "2026-06-01T00:00:00Z", "closes": "2026-06-14T23:59:59Z", "time_zone": "UTC", "early_close": false,
            "contests": [{
                "id": "green", "title": {"en": "Green"}, "report_by": "contest-and-style",
                "rule": {"type": "approval", "min": 1, "max": 1, "blank": true}, "funding": {"method": "none"},
                "options": [{"id": "a", "name": {"en": "A"}}, {"id": "b", "name": {"en": "B"}}]
            }],
            "styles": [
                {"id": "east", "title": {"en": "East"}, "contests": ["green"], "electorate": 60},
                {"id": "west", "title": {"en": "West"}, "contests": ["green"], "electorate": 20}
            ],
            "routes": [{"id": "sms", "title": {"en": "By SMS"}, "entered": false}],
            "trustees": {"count": 3, "threshold": 2}, "minimum_group": 10, "revote": true, "registration": "roll"
        }"#;
        let manifest = Manifest::parse(manifest.as_bytes()).unwrap();
        let few = describe(&manifest, 10);
        assert!(few.contains("as if 10 of 100 voters vote"), "{few}");
        assert!(few.contains("may be withheld: about 8 ballots, fewer than 10"), "{few}");
        assert!(few.contains("likely to be joined with others: east, west"), "{few}");
        let some = describe(&manifest, 25);
        assert!(!some.contains("may be withheld"), "{some}");
        assert!(some.contains("likely to be joined with others: west"), "{some}");
        assert!(!describe(&manifest, 50).contains("likely to be joined"));
    }
}
