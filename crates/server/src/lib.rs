//! The reference ballot box: signs voters in, registers their keys, takes sealed ballots, keeps the
//! board, and serves it. It never sees a choice, and links nothing that could open or seal a ballot.
//!
//! | module | what it does |
//! |---|---|
//! | `sign_in`, `phone`, `sms`, `roll`, `session` | who is asking |
//! | `credential` | a voter's key goes onto the board |
//! | `cast` | a sealed ballot is verified, stored, and only then acknowledged |
//! | `board`, `log` | the one writer; entries and checkpoint in one durable transaction |
//! | `record_files`, `election` | what everyone may read |
//! | `publish` | a copy of the record as static files, kept up to date |
//! | `organiser` | opening, closing, the ceremony and the count |
//! | `problem`, `body`, `limits`, `listener`, `logs`, `health` | what stands around every request |
//! | `keys`, `db`, `config`, `init`, `app`, `router` | how it is put together |
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

mod app;
mod board;
mod body;
mod cast;
mod clock;
mod config;
mod credential;
mod db;
mod election;
mod find;
mod health;
mod init;
mod keys;
mod limits;
mod listener;
mod log;
mod logs;
mod organiser;
mod phone;
mod problem;
mod publish;
mod record_files;
mod roll;
mod router;
mod session;
mod sign_in;
mod sms;

pub use app::{Server, StartError};
pub use board::{BoardError, WitnessesError};
pub use clock::Clock;
pub use config::Config;
pub use db::DbError;
pub use init::{InitError, Made, init};
pub use keys::KeysError;
pub use limits::Limits;
pub use phone::Phone;
pub use publish::{PublishError, publish};
pub use roll::RollError;
pub use router::openapi;
pub use sms::{Program, Sending, SmsError, SmsGateway, SmsMessage, Terminal};
