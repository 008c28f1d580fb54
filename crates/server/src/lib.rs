//! The reference ballot box: signs voters in, registers their keys, takes sealed ballots, keeps the
//! board, and serves it. It never sees a choice, and links nothing that could open or seal a ballot.
//!
//! | where | what it does |
//! |---|---|
//! | `registrar/` | who may vote: signing in by phone or with a portal's pass, the roll, sessions. Knows people and no ballots |
//! | `box/` (the module `ballot_box`) | the box as `veche_keeper` runs it, over HTTP: casting, the organiser's steps; what everyone may read; a published copy of the record. Knows no people |
//! | `handover` | where the two meet, in one process or two: what the registrar has signed goes onto the board |
//! | `store/` | the database behind two doors, one for each half |
//! | `http/` | what stands around every request |
//! | `context` | what a request can reach |
//! | `checks`, `health` | what is checked all the time, told by whoever knows, and what a process says of itself |
//! | `log` | the log, which waits for nobody |
//! | `metrics` | what is counted, for Prometheus, at an address of its own |
//! | `server`, `tasks` | how it starts (both halves or one), what runs, how it stops. Imports everything and is imported by nothing |
//! | `audit` | the people behind a draw of voters, for an auditor who asks them whether they took part |
//! | `desk` | what is done by hand on the folder of a ballot box that may be running: striking off, counting papers |
//! | `people` | what a clerk does by hand: the roll while people vote, and the journal of who did what and why |
//! | `backup` | the words of the keys: shown, typed back, and a folder whose keys come back from them |
//! | `copies` | a backup of the whole folder while people vote, its way back, and a board from its published record |
//! | `init`, `config`, `folder`, `keys`, `clock` | making a ballot box, and what it is started with |
//!
//! Imports run downhill, without circles: `server` → `http::router` → the handlers of the two halves → their contexts →
//! stores.
//!
//! The program `veche-server` is a thin shell around this library. Tests start one on port 0:
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let mut config = veche_server::Config::new("data");
//! config.listen = "127.0.0.1:0".parse()?;
//! let server = veche_server::Server::start(config).await?;
//! println!("http://{}", server.address());
//! server.stop().await;
//! # Ok(())
//! # }
//! ```

mod audit;
mod backup;
// `box` is a keyword; the folder is called what everyone calls it.
#[path = "box/mod.rs"]
mod ballot_box;
mod checks;
mod clock;
mod config;
mod context;
mod copies;
mod desk;
mod folder;
mod handover;
mod health;
mod http;
mod init;
mod keys;
mod lock;
mod log;
mod metrics;
mod people;
mod registrar;
mod server;
mod store;
mod tasks;

pub use audit::{AuditError, Listed, list_sample};
pub use backup::{Restored, Restoring, check_words, restore_registrar, seed};
pub use ballot_box::publish::error::PublishError;
pub use ballot_box::publish::once::publish;
pub use ballot_box::seen::SeenError;
pub use ballot_box::witness::WitnessesError;
pub use clock::Clock;
pub use config::{Config, Role};
pub use copies::backup::{BackedUp, back_up};
pub use copies::error::CopyError;
pub use copies::put_back::put_back;
pub use copies::rebuild::{Rebuilt, rebuild};
pub use desk::{BoxRefusal, DeskError, Whom, count_papers, strike, strike_at};
pub use folder::{CONFIGURATION, FolderError, ManifestFileError};
pub use http::limits::{Limits, LimitsError};
pub use http::router::{ExtrasError, openapi};
pub use init::{InitError, NewBallotBox, init, init_registrar};
pub use keys::KeysError;
pub use lock::{LockError, ReloadError, ask_to_reload};
pub use log::{Log, LogForm, LogLevel, LostLines, NoLogLevel};
pub use people::board::OnBoard;
pub use people::caller::OnPhone;
pub use people::counter::Counter;
pub use people::desk_pass::{DeskPass, NewDeskPass, desk_passes, give_desk_pass, revoke_desk_pass};
pub use people::error::PeopleError;
pub use people::help::{
    CodeOnPaper, Helped, Person, change_phone, find_person, print_code, revoke_key, unlock,
};
pub use people::journal::{JournalLine, journal, time_words};
pub use people::operator::{Operator, OperatorError};
pub use people::replace::{CheckedRoll, Comparison, Gone, ManifestAt, Replaced, check_roll, replace_roll};
pub use people::roll::{
    Found, Struck, add_to_roll, find_on_roll, mark_on_roll, move_on_roll, strike_from_roll,
};
pub use people::test_message::send_test_message;
pub use registrar::phone::{NumberingPlan, Phone, PhoneError, UnknownCountry};
pub use registrar::remote_box::RemoteBoxError;
pub use registrar::roll::error::RollError;
pub use registrar::roll::problem::{RollMistake, RollProblem, write_roll_problems};
pub use registrar::sms::changing::ChangingGateway;
pub use registrar::sms::program::Program;
pub use registrar::sms::{Sending, SmsError, SmsGateway, SmsMessage, Terminal};
pub use server::{Server, StartError};
pub use store::error::StoreError;
pub use store::postgres::{DatabaseUrl, NoDatabaseUrl};
pub use store::registrar::DeskPassKind;
pub use tasks::TaskEnded;
pub use veche_keeper::{Elsewhere, KeyName, NoPublicKey, parse_public_key};
pub use veche_pass::PassKey;
