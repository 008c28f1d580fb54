//! The halves of a server, each opened from its folder.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use veche_crypto::signature::SecretKey;
use veche_keeper::{Keeper, Ledger, Settings};
use veche_pass::PassKey;
use veche_record::Manifest;
use veche_record::manifest::Registration;

use crate::backup::Backup;
use crate::ballot_box::context::{BallotBox, Published};
use crate::ballot_box::gathering::Gathering;
use crate::ballot_box::publish::destination::Destination;
use crate::ballot_box::seen::{Others, Unasked};
use crate::ballot_box::snapshot_file::SnapshotFile;
use crate::ballot_box::witness::witness_clients;
use crate::clock::GuardedClock;
use crate::config::Config;
use crate::handover::CredentialDesk;
use crate::http::limits::CurrentLimits;
use crate::keys::{Keys, RegistrarSecret};
use crate::registrar::clerk::room::ClerksRoom;
use crate::registrar::context::Registrar;
use crate::registrar::guess_watch::GuessWatch;
use crate::registrar::keys::RegistrarKeys;
use crate::registrar::phone::NumberingPlan;
use crate::registrar::remote_box::RemoteBox;
use crate::registrar::roll::identity::Before;
use crate::registrar::roll::{self, LoadedRoll};
use crate::registrar::sms::SmsGateway;
use crate::registrar::sms::outbox::Outbox;
use crate::server::error::StartError;
use crate::store::Database;
use crate::store::registrar::{Deed, DeedKind, RegistrarStore};
use crate::store::roll::NewRoll;
use crate::{ballot_box, registrar};

/// The ballot box, and the writer of its board.
pub(super) struct OpenedBox {
    pub(super) ballot_box: Arc<BallotBox>,
    pub(super) writer: JoinHandle<()>,
    pub(super) stop_writer: watch::Sender<bool>,
    /// Where the publisher says how far it is.
    pub(super) published: watch::Sender<Published>,
    /// The mirrors that did not say what they have seen.
    pub(super) unasked: Unasked,
}

/// Replays the board, and compares it with what others have seen of it.
pub(super) async fn open_box(
    config: &Config,
    limits: &CurrentLimits,
    manifest: &Arc<Manifest>,
    manifest_bytes: Vec<u8>,
    keys: Keys,
    (db, place): (&Database, Option<&Destination>),
    clock: &GuardedClock,
) -> Result<OpenedBox, StartError> {
    let backup = Backup::of(&config.data, &keys);
    if backup.is_missing() {
        tracing::warn!("{}", Backup::ADVICE);
    }
    let counters = ballot_box::context::Counters::new(limits);
    let settings = Settings {
        batch: config.batch,
        witnesses: witness_clients(manifest, &config.witnesses, config.witness_patience)?,
        verify_at_once: limits.get().verify_at_once,
        verify_wait: limits.get().verify_wait,
        allow: counters.allow(clock.clone()),
        clock: Arc::new(clock.clone()),
    };
    let (stop_writer, writer_stopping) = watch::channel(false);
    let (box_keys, store) = (Arc::clone(&keys.board), Arc::new(db.clone()));
    let snapshots = SnapshotFile::of(&config.data);
    let ledger = Ledger::open_from(Some(snapshots), &manifest_bytes, box_keys, store).await?;
    let others = Others {
        data: &config.data,
        published: place,
        mirrors: &config.mirrors,
        witnesses: &config.witnesses,
    };
    // Before a witness is asked for anything.
    let unasked = others.compare(ledger.log(), &keys.log_public()).await?;
    let (board, writer) = Keeper::start(ledger, settings, writer_stopping).await;
    let (published, told) = watch::channel(Published::default());
    let ballot_box = Arc::new(BallotBox {
        longest_ballot: (0..).map_while(|style| manifest.ballot_len(style)).max().unwrap_or(0),
        manifest: Arc::clone(manifest),
        manifest_bytes,
        keys: Arc::new(keys),
        backup,
        board,
        opens_by_the_hour: config.open_by_the_hour,
        clock: clock.clone(),
        counters,
        closing: Gathering::default(),
        limits: limits.clone(),
        published: config.publish.is_some().then_some(told),
    });
    Ok(OpenedBox { ballot_box, writer, stop_writer, published, unasked })
}

/// The ballot box that a registrar asks.
pub(super) enum Desk {
    /// The one of this process.
    Own(Arc<BallotBox>),
    /// The one of another process.
    Remote(Arc<RemoteBox>),
}

/// A registrar of which everything is read and nothing is changed yet.
pub(super) struct PreparedRegistrar {
    key: SecretKey,
    hashes: RegistrarKeys,
    plan: NumberingPlan,
    /// What takes the place of the roll before it.
    roll: Option<LoadedRoll>,
    gateway: Option<Arc<dyn SmsGateway>>,
    pass_keys: Vec<PassKey>,
    page_host: Option<String>,
    data: PathBuf,
}

impl PreparedRegistrar {
    /// Reads and checks the roll.
    pub(super) fn new(
        config: &Config,
        manifest: &Manifest,
        secret: RegistrarSecret,
    ) -> Result<Self, StartError> {
        let (gateway, pass_keys) = (config.sms.clone(), config.pass_keys.clone());
        if gateway.is_none() && pass_keys.is_empty() {
            return Err(StartError::NoGateway);
        }
        let hashes = RegistrarKeys::new(secret.private);
        let plan = NumberingPlan::of(manifest).unwrap_or_else(|unknown| {
            tracing::warn!("{unknown}. Only phone numbers with + and a country code are read.");
            NumberingPlan::default()
        });
        let load = |path: &PathBuf| roll::load(path, (manifest, plan), &hashes);
        let roll = config.roll.as_ref().map(load).transpose()?;
        let page_host = config.page_host.clone();
        let data = config.data.clone();
        Ok(PreparedRegistrar { key: secret.key, hashes, plan, roll, gateway, pass_keys, page_host, data })
    }
}

/// Takes the roll. Whatever else can fail has been done before.
pub(super) async fn open_registrar(
    limits: &CurrentLimits,
    manifest: &Arc<Manifest>,
    prepared: PreparedRegistrar,
    store: Arc<dyn RegistrarStore>,
    desk: Desk,
    clock: GuardedClock,
) -> Result<Arc<Registrar>, StartError> {
    let PreparedRegistrar { key, hashes, plan, roll, gateway, pass_keys, page_host, data } = prepared;
    if let Some(roll) = &roll {
        take(roll, &*store, &hashes, clock.unix()).await?;
    }
    if gateway.is_some() {
        roll::warn_if_empty(manifest, &*store).await?;
    }
    let organiser = match &desk {
        Desk::Own(ballot_box) => Some(hashes.desk_pass(&ballot_box.keys.organiser_token())),
        Desk::Remote(_) => None,
    };
    let (desk, remote): (Arc<dyn CredentialDesk>, _) = match desk {
        Desk::Own(ballot_box) => (ballot_box, None),
        Desk::Remote(remote) => (Arc::clone(&remote) as _, Some(remote)),
    };
    let is_open = manifest.document().registration == Registration::Open;
    let outbox =
        gateway.map(|gateway| Arc::new(Outbox::new(gateway, limits.clone(), is_open, clock.clone())));
    Ok(Arc::new(Registrar {
        manifest: Arc::clone(manifest),
        key,
        hashes,
        page_host,
        plan,
        store,
        desk,
        remote,
        outbox,
        pass_keys,
        clock,
        counters: registrar::context::Counters::new(limits),
        guesses: GuessWatch::default(),
        clerks: ClerksRoom::new(data, organiser),
        limits: limits.clone(),
    }))
}

/// Puts a roll in the place of the one before, unless it was read from this file before: what was changed since, by
/// hand, would be lost at the next start.
async fn take(
    roll: &LoadedRoll,
    store: &dyn RegistrarStore,
    keys: &RegistrarKeys,
    now: i64,
) -> Result<(), StartError> {
    if store.was_read(&roll.source).await? {
        tracing::info!("the file of the roll was read before: the roll stays as it is");
        return Ok(());
    }
    let state = store.roll_state().await?;
    let rows = roll.rows(&Before::of(store).await?, keys)?;
    let deed = Deed {
        at: now,
        what: DeedKind::RollReplaced,
        operator: "veche-server serve".to_owned(),
        reason: "--roll at the start".to_owned(),
        person: None,
        style: None,
        people: u32::try_from(rows.len()).ok(),
        entry: None,
        source: Some(roll.source),
    };
    let new = NewRoll { rows: &rows, mark_heading: roll.asked_for(), after: Some(state.changes) };
    store.replace_roll(&new, &deed).await?;
    tracing::info!(voters = rows.len(), "the roll is taken");
    Ok(())
}
