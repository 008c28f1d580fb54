//! `veche collect`: what a backend has stored that can do nothing but store, brought onto the board.
//!
//! Each voter's rows are taken in their order, those of many voters at the same time. A row that came too early (its
//! key stands in a later row) is tried again once the others are through.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde_json::{Map, Value};
use thiserror::Error;
use tokio::sync::Semaphore;
use veche_record::RawBallot;

use super::Opened;
use super::desk::Desk;
use super::line::{Command, Fault, Fields, Refusal};
use crate::error::Error;
use crate::folder::Folder;
use crate::{Outcome, files};

/// Voters whose rows are looked at at the same time.
const TOGETHER: usize = super::serve::TOGETHER;

/// Brings stored keys and ballots onto the board of a keeper that does not run, prints every row that is refused and
/// why, and can be run again at any time: what is on the board already stays as it is.
///
/// A row with a `ballot` (base64) is cast; any other registers a key: pseudonym, style, number, key, possession, and
/// handover and route where they are needed. Other columns are not read. A voter whose ballot is only stored has no
/// receipt yet: tell them "stored", and "on the board" once a collection has published it.
///
/// The last collection must run before the closing hour: later, ballots are refused. It exits with 1 where a row was
/// refused.
#[derive(Debug, Args)]
pub struct CollectArgs {
    /// Rows as lines of JSON, as CSV (a name that ends in .csv) with a head line, or a folder of such JSON files and of
    /// sealed ballots as they are, taken in the order of their names.
    #[arg(value_name = "ROWS")]
    rows: PathBuf,
    /// The keeper's folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Bring this copy of the record up to date afterwards.
    #[arg(long, value_name = "DIR")]
    publish: Option<String>,
}

/// Why rows cannot be read at all.
#[derive(Debug, Error)]
pub enum CollectError {
    /// A CSV file without its head line, or not one.
    #[error("{}: {source}", path.display())]
    Csv {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: csv::Error,
    },
    /// The record could not be published.
    #[error("the rows are on the board, and not published: {0}")]
    Publish(String),
}

/// A row that can be read, and where it stands.
struct Row {
    place: String,
    command: Command,
}

/// What came of all rows.
#[derive(Default)]
struct Counts {
    registered: usize,
    cast: usize,
    before: usize,
    refused: Vec<(String, Refusal)>,
}

/// Runs the command.
///
/// # Errors
/// [`enum@Error`].
pub fn run(args: &CollectArgs) -> Result<Outcome, Error> {
    let mut counts = Counts::default();
    let rows = read(&args.rows, &mut counts.refused)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(super::KeeperError::Run)?;
    runtime.block_on(async {
        let opened = Opened::open(&args.data).await?;
        let desk = Arc::clone(&opened.desk);
        // The hour may have come since somebody last looked.
        let _ = desk.keeper.advance(true).await;
        collect(&desk, rows, &mut counts).await;
        let mut text = String::new();
        counts.refused.sort_by(|(one, _), (other, _)| natural(one).cmp(&natural(other)));
        for (place, Refusal { code, message, .. }) in &counts.refused {
            text.push_str(&format!("{place}: {code}: {message}\n"));
        }
        text.push_str(&format!(
            "Keys registered: {}. Ballots cast: {}. On the board before: {}. Refused: {}.\n",
            counts.registered,
            counts.cast,
            counts.before,
            counts.refused.len(),
        ));
        if let Some(to) = &args.publish {
            let size = desk.answer(Command::Publish(to.clone())).await;
            let size = size.map_err(|refusal| CollectError::Publish(refusal.message))?;
            text.push_str(&format!(
                "Published in {to}: {} entries.\n",
                size.get("size").unwrap_or(&Value::Null)
            ));
        }
        drop(desk);
        opened.close().await;
        Ok(if counts.refused.is_empty() { Outcome::passed(text) } else { Outcome::failed(text) })
    })
}

/// A place with its line number as a number, so that line 10 follows line 9.
fn natural(place: &str) -> (&str, u64) {
    place.rsplit_once(':').map_or((place, 0), |(file, line)| (file, line.parse().unwrap_or(0)))
}

async fn collect(desk: &Arc<Desk>, rows: Vec<Row>, counts: &mut Counts) {
    let mut voters: Vec<Vec<Row>> = Vec::new();
    let mut place_of: HashMap<[u8; 32], usize> = HashMap::new();
    let election = desk.keeper.view().election().cloned();
    for row in rows {
        // A voter is known by the pseudonym, and a ballot by a key that some row or the board gives to one.
        let (keys, whose) = match &row.command {
            Command::Register(wanted) => {
                let mut name = [0; 32];
                name.iter_mut().zip(wanted.pseudonym.0).for_each(|(to, from)| *to = from);
                (Some(wanted.key.to_bytes()), name)
            }
            Command::Cast(ballot) => {
                let raw = election.as_ref().and_then(|election| RawBallot::new(election, ballot));
                (None, raw.and_then(|raw| raw.key().try_into().ok()).unwrap_or_default())
            }
            _ => continue,
        };
        let place = *place_of.entry(whose).or_insert_with(|| {
            voters.push(Vec::new());
            voters.len().saturating_sub(1)
        });
        if let Some(key) = keys {
            place_of.entry(key).or_insert(place);
        }
        if let Some(rows) = voters.get_mut(place) {
            rows.push(row);
        }
    }
    // Once more for those whose key stood in a row of another place.
    for last in [false, true] {
        let places = Arc::new(Semaphore::new(TOGETHER));
        let mut tasks = tokio::task::JoinSet::new();
        for rows in std::mem::take(&mut voters) {
            let (desk, places) = (Arc::clone(desk), Arc::clone(&places));
            tasks.spawn(async move {
                let _place = places.acquire_owned().await;
                of_one_voter(&desk, rows).await
            });
        }
        while let Some(done) = tasks.join_next().await {
            let Ok((done, left)) = done else { continue };
            counts.registered += done.registered;
            counts.cast += done.cast;
            counts.before += done.before;
            if last {
                counts.refused.extend(left.into_iter().map(|(row, refusal)| (row.place, refusal)));
            } else {
                counts.refused.extend(done.refused);
                voters.push(left.into_iter().map(|(row, _)| row).collect());
            }
        }
    }
}

/// Takes one voter's rows in order, again and again while that helps. Gives back those that came too early.
async fn of_one_voter(desk: &Desk, mut rows: Vec<Row>) -> (Counts, Vec<(Row, Refusal)>) {
    let mut counts = Counts::default();
    loop {
        let (before, mut early) = (rows.len(), Vec::new());
        for row in rows {
            match desk.answer(row.command.clone()).await {
                Ok(answer) if answer.get("new") != Some(&Value::Bool(true)) => counts.before += 1,
                Ok(_) if matches!(row.command, Command::Cast(_)) => counts.cast += 1,
                Ok(_) => counts.registered += 1,
                Err(refusal) if may_come(refusal.code) => early.push((row, refusal)),
                Err(refusal) => counts.refused.push((row.place, refusal)),
            }
        }
        if early.is_empty() || early.len() == before {
            return (counts, early);
        }
        rows = early.into_iter().map(|(row, _)| row).collect();
    }
}

/// Whether something in another row can change that.
fn may_come(code: &str) -> bool {
    matches!(code, "credential-unknown" | "sequence-behind" | "number-behind" | "busy")
}

/// Reads all rows; those that cannot be read are refused.
fn read(path: &Path, refused: &mut Vec<(String, Refusal)>) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    let mut take = |place: String, row: Result<Command, Refusal>| match row {
        Ok(command) => rows.push(Row { place, command }),
        Err(refusal) => refused.push((place, refusal)),
    };
    if path.is_dir() {
        let folder = Folder::open(path)?;
        for name in folder.files()? {
            let bytes = folder.file(&name)?.unwrap_or_default();
            if bytes.trim_ascii_start().first() == Some(&b'{') {
                lines(&name, &bytes, &mut take);
            } else {
                take(name, Ok(Command::Cast(bytes)));
            }
        }
    } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
        csv(path, &mut take).map_err(|source| CollectError::Csv { path: path.to_owned(), source })?;
    } else {
        lines(&path.display().to_string(), &files::read(path)?, &mut take);
    }
    Ok(rows)
}

fn lines(name: &str, bytes: &[u8], take: &mut impl FnMut(String, Result<Command, Refusal>)) {
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        if !line.trim_ascii().is_empty() {
            take(format!("{name}:{number}"), row(line));
        }
    }
}

fn row(line: &[u8]) -> Result<Command, Refusal> {
    let malformed = |why: String| Refusal::new("malformed", Fault::Caller, why);
    match veche_record::json::value(line) {
        Ok(Value::Object(row)) => Fields::of_row(row).row(),
        Ok(_) => Err(malformed("The row is JSON, and no object.".to_owned())),
        Err(error) => Err(malformed(format!("The row is no JSON object: {error}."))),
    }
}

fn csv(path: &Path, take: &mut impl FnMut(String, Result<Command, Refusal>)) -> Result<(), csv::Error> {
    let mut reader = csv::Reader::from_path(path)?;
    let head = reader.headers()?.clone();
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let columns = head.iter().zip(&record).filter(|(_, value)| !value.is_empty());
        // A number is one in this column alone: others may hold digits only by chance.
        let value = |(name, value): (&str, &str)| match (name, value.parse::<u64>()) {
            ("number", Ok(number)) => (name.to_owned(), number.into()),
            _ => (name.to_owned(), value.into()),
        };
        let columns: Map<String, Value> = columns.map(value).collect();
        take(format!("{}:{line}", path.display()), Fields::of_row(columns).row());
    }
    Ok(())
}
