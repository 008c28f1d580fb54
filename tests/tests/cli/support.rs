//! Records and programs that the tests share.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use veche_board::layout;
use veche_cli::folder::{MANIFEST, MemoryRecord};
use veche_cli::import::Choices;
use veche_cli::simulate::{Held, Options, Plan};
use veche_keeper::BoxKeys;
use veche_record::Manifest;
use veche_record::manifest::TrusteeCount;
use veche_tests::host::Host;
use veche_tests::records;
use veche_verify::report::Report;
use veche_verify::result::{GroupResult, OptionTotal, ResultFile};
use veche_verify::{RecordSource, audit};
use veche_xtask::workspace::{self, Programs};

pub fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

/// The programs, built as they are shipped.
pub fn programs() -> &'static Programs {
    static BUILT: OnceLock<Programs> = OnceLock::new();
    BUILT.get_or_init(|| workspace::programs().unwrap())
}

/// The program; what it keeps for later goes to the tests' own folder and not to the user's.
pub fn veche() -> Command {
    let mut veche = Command::new(&programs().veche);
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache");
    veche.env("XDG_CACHE_HOME", &cache).env("LOCALAPPDATA", &cache);
    veche
}

/// A plain static file server, as any town has. It ends with the test.
pub fn host(folder: &Path) -> Host {
    Host::of(folder).unwrap()
}

pub fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// Holds an election of the first `ballots` rows of the files, in memory.
pub fn hold(files: &[PathBuf], ballots: Option<usize>) -> (Plan, Held<MemoryRecord>) {
    hold_with_points(files, ballots, None)
}

/// [`hold`] for files that do not say how many points a ballot has.
pub fn hold_with_points(
    files: &[PathBuf],
    ballots: Option<usize>,
    points: Option<u32>,
) -> (Plan, Held<MemoryRecord>) {
    let trustees = TrusteeCount { count: 3, threshold: 2 };
    let choices = Choices { points, ..Choices::default() };
    let plan = Plan::new(files, &Options { ballots, language: None, choices, trustees }).unwrap();
    let held = plan.hold(MemoryRecord::default()).unwrap();
    (plan, held)
}

/// A result with these totals in the only contest.
pub fn result_of(manifest: &Manifest, totals: &[u64]) -> ResultFile {
    let contest = &manifest.contests()[0];
    let options = contest.options.iter().zip(totals);
    let options =
        options.map(|(option, total)| OptionTotal { id: option.id.clone(), total: *total }).collect();
    let id = contest.id.clone();
    let group = GroupResult { id, styles: None, ballots: 1, options, blank: None, withheld: false };
    ResultFile { contests: vec![group] }
}

pub fn report(record: &impl RecordSource) -> Report {
    audit(record, None, veche_tests::small::fresh(), |_, _| {}).report
}

/// The leaves of a record's log.
pub fn leaves(record: &MemoryRecord) -> Vec<Vec<u8>> {
    records::leaves(record).unwrap()
}

/// A record of any leaves, signed by the log: what a ballot box can publish that has its own key and no scruples.
pub fn publish(manifest: &[u8], leaves: &[Vec<u8>], keys: &BoxKeys, result: Option<&[u8]>) -> MemoryRecord {
    records::publish(manifest, leaves, keys, result).unwrap()
}

pub fn manifest(record: &MemoryRecord) -> Manifest {
    Manifest::parse(&record.files[MANIFEST]).unwrap()
}

/// Writes a record into a folder.
pub fn write(record: &MemoryRecord, folder: &Path) {
    records::write(record, folder).unwrap();
}

/// How many files a log of this size has.
pub fn log_files(size: u64) -> usize {
    layout(size).count()
}
