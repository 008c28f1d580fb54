//! The election that is simulated: made from files, held, and written as a record.

use std::path::PathBuf;
use std::time::Instant;

use veche_board::Origin;
use veche_keeper::BoxKeys;
use veche_record::Manifest;
use veche_record::manifest::{Registration, Timestamp, TrusteeCount};
use veche_record::rules::Rule;
use veche_trustee::Secret;
use veche_verify::ResultFile;

use super::SimulateError;
use super::board::{Board, generate_keys};
use super::outcome::{Published, SimulatedFile};
use super::rows;
use crate::error::Error;
use crate::folder::RecordStore;
use crate::import::{self, Behind, Choices, ImportError, RefusedRow, Settings, Source};
use crate::progress::Progress;
use crate::random;

/// What can be chosen about a simulation besides its files.
#[derive(Debug, Clone)]
pub struct Options {
    /// Only so many rows of each file.
    pub ballots: Option<usize>,
    /// The language of the files' texts, where the files are not asked.
    pub language: Option<String>,
    /// What the files leave open.
    pub choices: Choices,
    /// The key holders.
    pub trustees: TrusteeCount,
}

/// An election that was held. Its keys are still there: a simulation forgets them, a test may tamper and sign
/// again.
pub struct Held<S> {
    /// Where the record was written.
    pub store: S,
    /// The organiser's keys.
    pub keys: BoxKeys,
    /// The trustees' secrets, in order.
    pub secrets: Vec<Secret>,
    /// The rows that were refused, by file.
    pub refused: Vec<Vec<RefusedRow>>,
    /// The totals.
    pub result: ResultFile,
    /// How long sealing and casting took, and then the count, in seconds.
    pub seconds: (f64, f64),
}

/// An election that is about to be simulated.
pub struct Plan {
    sources: Vec<Source>,
    /// How many rows of each file are taken.
    taken: Vec<usize>,
    partly: bool,
    bytes: Vec<u8>,
    manifest: Manifest,
    hours: (Timestamp, Timestamp),
}

impl Plan {
    /// Reads the files and makes the manifest. Nothing is written.
    ///
    /// # Errors
    /// When the files make no election.
    pub fn new(files: &[PathBuf], options: &Options) -> Result<Self, Error> {
        let sources = Source::read_all(files, &options.choices)?;
        let most = options.ballots.unwrap_or(usize::MAX);
        let taken: Vec<usize> = sources.iter().map(|source| source.file.votes.len().min(most)).collect();
        let partly = sources.iter().zip(&taken).any(|(source, taken)| *taken < source.file.votes.len());
        // A style has at least one voter, even where nobody came.
        let electorates = taken.iter().map(|taken| u32::try_from(*taken).map(|taken| taken.max(1)));
        let electorates = electorates.collect::<Result<_, _>>().map_err(|_| SimulateError::TooManyRows)?;
        let hours = hours(&sources)?;
        let (opens, closes) = hours;
        let settings = Settings {
            language: options.language.clone(),
            title: None,
            electorates,
            hours: import::Hours {
                opens,
                closes,
                closes_latest: None,
                time_zone: "UTC".to_owned(),
                early_close: false,
            },
            trustees: options.trustees,
            minimum_group: 1,
            registration: Registration::Roll,
            simulated: true,
            behind: Behind::default(),
        };
        let (bytes, manifest) = import::manifest(&sources, &settings)?;
        Ok(Self { sources, taken, partly, bytes, manifest, hours })
    }

    /// The files.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Holds the election: founds the board, makes the key, seals and casts every row, counts, publishes.
    ///
    /// # Errors
    /// When the record cannot be written, or this program is wrong.
    pub fn hold<S: RecordStore + Send + 'static>(&self, store: S) -> Result<Held<S>, Error> {
        let began = Instant::now();
        let mut board = self.found(store)?;
        let secrets = self.secrets()?;
        let shares = board.make_keys(&self.bytes, &secrets)?;
        board.rehearse(&shares)?;
        board.open(self.hours.0.unix())?;
        let refused = self.cast_all(&mut board)?;
        let sealed = began.elapsed();
        board.close(self.hours.1.unix())?;
        let result = board.publish(&shares)?;
        let (store, keys) = board.finish()?;
        let seconds = (sealed.as_secs_f64(), (began.elapsed() - sealed).as_secs_f64());
        Ok(Held { store, keys, secrets, refused, result, seconds })
    }

    /// A secret for each trustee.
    fn secrets(&self) -> Result<Vec<Secret>, Error> {
        let secret = |_| Ok(Secret::new(&random::randomness()?));
        (0..self.manifest.trustees().count).map(secret).collect()
    }

    /// Founds the board.
    fn found<S: RecordStore + Send + 'static>(&self, store: S) -> Result<Board<S>, Error> {
        let hash = hex::encode(self.manifest.hash().as_bytes());
        let name = format!("veche.invalid/simulation/{}", hash.get(..16).unwrap_or(&hash));
        let origin: Origin = name.parse().map_err(SimulateError::from)?;
        Board::found(store, &self.bytes, generate_keys()?, origin)
    }

    /// Seals and casts every row, file by file; the rows that were refused, by file.
    fn cast_all<S: RecordStore + Send + 'static>(
        &self,
        board: &mut Board<S>,
    ) -> Result<Vec<Vec<RefusedRow>>, Error> {
        let rows: usize = self.taken.iter().sum();
        let progress = Progress::start("Sealing and casting", u64::try_from(rows).unwrap_or(u64::MAX));
        let mut refused = Vec::with_capacity(self.sources.len());
        for ((source, taken), style) in self.sources.iter().zip(&self.taken).zip(0u16..) {
            let votes = source.file.votes.get(..*taken).unwrap_or(&[]);
            refused.push(rows::cast(board, style, source, votes, &progress)?);
        }
        Ok(refused)
    }

    /// What became of each file.
    pub fn outcomes(&self, refused: Vec<Vec<RefusedRow>>, result: &ResultFile) -> Vec<SimulatedFile> {
        let files = self.sources.iter().zip(&self.taken).zip(refused).zip(&result.contests);
        files
            .map(|(((source, rows), refused), group)| {
                // Points come out as a score; the number of ballots that name a project does not.
                let approved = matches!(source.rule, Rule::Approval(_) | Rule::Knapsack(_));
                let column = if approved { "votes" } else { "score" };
                let pairs =
                    source.file.projects.iter().zip(&group.options).filter_map(|(project, option)| {
                        let published = if approved { project.votes } else { project.score };
                        published.map(|published| published == option.total)
                    });
                let pairs: Vec<bool> = pairs.collect();
                let equal = pairs.iter().filter(|equal| **equal).count();
                let compared = !self.partly && !pairs.is_empty();
                SimulatedFile {
                    contest: source.id.clone(),
                    rule: source.rule.to_string(),
                    rows: *rows,
                    ballots: group.ballots,
                    refused,
                    published: compared.then_some(Published { column, projects: pairs.len(), equal }),
                }
            })
            .collect()
    }
}

/// The files' own hours, or, where they name none, a day of no election.
fn hours(sources: &[Source]) -> Result<(Timestamp, Timestamp), ImportError> {
    let (opens, closes) = import::hours(sources)?;
    let opens = opens
        .or_else(|| Timestamp::parse("2000-01-01T00:00:00Z"))
        .ok_or(ImportError::Hours { which: "opens" })?;
    let day_later = Timestamp::from_unix(opens.unix().saturating_add(86_400));
    let closes = closes.or(day_later).ok_or(ImportError::Hours { which: "closes" })?;
    Ok((opens, closes))
}
