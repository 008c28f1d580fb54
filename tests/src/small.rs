//! A small made-up election in memory, for tests that need ballots and no server: two districts, a
//! contest each and one they share, three trustees of whom two decrypt.

use crate::closing::Sealer;
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use veche_board::{LogKey, Origin};
use veche_crypto::ballot_proof::{self, Prepared, Sealing};
use veche_crypto::group::Scalar;
use veche_crypto::hash::{Digest, digest};
use veche_crypto::randomness::{DeadRandomSource, Randomness};
use veche_crypto::signature::SecretKey;
use veche_record::ballot::{Ballot, BallotHeader};
use veche_record::entry::Genesis;
use veche_record::tag::domain;
use veche_record::{Election, Entry, Manifest, Selection};
use veche_trustee::{KeyShare, Secret, run_together};
use veche_voter::{Credential, PreparedBallot, Revision, SealedBallot};

/// An election with all its secrets, as only a test has them.
pub struct SmallElection {
    /// The manifest's bytes.
    pub manifest: Vec<u8>,
    /// What the board begins with.
    pub genesis: Genesis,
    /// The entries by which the trustees made the keys.
    pub ceremony: Vec<Entry>,
    /// The trustees' secrets.
    pub secrets: Vec<Secret>,
    /// The trustees' shares.
    pub shares: Vec<KeyShare>,
    /// The organiser's key.
    pub organiser: SecretKey,
    /// The registrar's key.
    pub registrar: SecretKey,
    /// The log's key.
    pub log_key: LogKey,
    /// All that is public of it.
    pub election: Arc<Election>,
}

/// The manifest, before a test changes it. So many voters that two options share a slot, and contests have several.
pub fn manifest_json() -> Value {
    let options = |names: &[&str]| -> Value {
        names.iter().map(|name| json!({"id": name, "name": {"en": name}, "cost": 1000})).collect()
    };
    json!({
        "veche": 1,
        "phase": "election",
        "languages": ["en"],
        "title": {"en": "A made-up vote"},
        "text": {"en": "For tests."},
        "opens": "2026-05-01T08:00:00Z",
        "closes": "2026-05-14T20:00:00Z",
        "time_zone": "UTC",
        "early_close": false,
        "contests": [
            {"id": "town", "title": {"en": "Town"}, "budget": 2000,
             "report_by": "contest", "rule": {"type": "approval", "min": 1, "max": 2, "blank": true}, "funding": {"method": "greedy", "unaffordable": "skip", "minimum_votes": 1, "ties": "cheaper", "exclusive": []},
             "options": options(&["bench", "tree", "lamp"])},
            {"id": "north", "title": {"en": "North"},
             "report_by": "contest", "rule": {"type": "approval", "min": 1, "max": 1, "blank": false}, "funding": {"method": "none"},
             "options": options(&["swing", "slide"])},
            {"id": "south", "title": {"en": "South"},
             "report_by": "contest", "rule": {"type": "approval", "min": 0, "max": 3, "blank": false}, "funding": {"method": "none"},
             "options": options(&["well", "wall", "bridge", "path", "gate"])}
        ],
        "styles": [
            {"id": "north", "title": {"en": "North"}, "contests": ["town", "north"], "electorate": 100_000},
            {"id": "south", "title": {"en": "South"}, "contests": ["town", "south"], "electorate": 100_000}
        ],
        "routes": [{"id": "sms", "title": {"en": "By SMS"}, "entered": false}],
        "trustees": {"count": 3, "threshold": 2},
        "minimum_group": 1,
        "revote": true,
        "registration": "roll"
    })
}

/// Publishes the totals of every contest of a manifest in this way.
pub fn report_by(manifest: &mut Value, by: &str) {
    let contests = manifest.get_mut("contests").and_then(Value::as_array_mut);
    for contest in contests.into_iter().flatten().filter_map(Value::as_object_mut) {
        contest.insert("report_by".to_owned(), json!(by));
    }
}

/// The key that a trustee signs with in the first attempt of a ceremony.
///
/// # Errors
/// With negligible probability.
pub fn communication_key(secret: &Secret, genesis: &Digest, trustee: u8) -> Result<SecretKey> {
    let fields: [&[u8]; 4] = [secret.bytes(), genesis.as_bytes(), &[1], &[trustee]];
    Ok(SecretKey::new(veche_crypto::hash::scalar("trustee-communication", &fields))?)
}

/// 32 bytes that look random and are the same in every run.
pub fn bytes32(label: &str, index: u64) -> [u8; 32] {
    *digest("test-bytes", &[label.as_bytes(), &index.to_le_bytes()]).as_bytes()
}

/// The secrets of trustees, the same in every run.
///
/// # Errors
/// Never: the bytes are not all equal.
pub fn secrets(label: &str, count: u8) -> Result<Vec<Secret>> {
    (1..=u64::from(count)).map(|i| Ok(Secret::from_bytes(&bytes32(&format!("{label} trustee"), i)))).collect()
}

/// The same, as randomness.
///
/// # Errors
/// Never: the bytes are not all equal.
pub fn randomness(label: &str, index: u64) -> Result<Randomness> {
    Ok(randomness_of(bytes32(label, index))?)
}

/// What a source that gives these bytes comes to.
///
/// # Errors
/// When the bytes are all equal.
pub fn randomness_of(bytes: [u8; 32]) -> Result<Randomness, DeadRandomSource> {
    Randomness::draw(|to| {
        to.copy_from_slice(&bytes);
        Ok::<_, Infallible>(())
    })
}

/// What a verifier draws, the same in every run.
///
/// # Panics
/// Never: the bytes are not all equal.
#[expect(clippy::expect_used, reason = "what is hashed never comes to bytes that are all equal")]
pub fn fresh() -> Randomness {
    randomness("fresh", 0).expect("bytes that are not all equal")
}

impl SmallElection {
    /// The election of [`manifest_json`].
    ///
    /// # Errors
    /// When this file is wrong.
    pub fn new() -> Result<Self> {
        Self::of(&manifest_json(), "small")
    }

    /// An election of another manifest; `label` makes its keys.
    ///
    /// # Errors
    /// When the manifest is refused.
    pub fn of(manifest: &Value, label: &str) -> Result<Self> {
        let manifest = serde_json::to_vec(manifest)?;
        let parsed = Manifest::parse(&manifest)?;
        let key = |index| SecretKey::new(Scalar::from_bytes_mod_order(bytes32(label, index)));
        let (organiser, registrar) = (key(1)?, key(3)?);
        let log_key = LogKey::from_seed(&bytes32(label, 2));
        let origin: Origin = "veche.example/test".parse()?;
        let trustees = parsed.trustees();
        let genesis = Genesis {
            manifest: parsed.hash(),
            log_key: log_key.public(),
            organiser: organiser.public(),
            registrar: registrar.public(),
            trustees: trustees.count,
            threshold: trustees.threshold,
            origin,
        };
        let secrets = secrets(label, trustees.count)?;
        let held = run_together(&manifest, &genesis, &secrets, &fresh())?;
        let (ceremony, shares, election) = (held.entries, held.shares, held.election);
        Ok(SmallElection {
            manifest,
            genesis,
            ceremony,
            secrets,
            shares,
            organiser,
            registrar,
            log_key,
            election,
        })
    }

    /// All keys of the board, to end the vote with.
    pub fn sealer(&self) -> Sealer<'_> {
        Sealer {
            origin: &self.genesis.origin,
            log_key: &self.log_key,
            organiser: &self.organiser,
            election: self.election.fingerprint(),
            witnesses: self.election.manifest().witnesses(),
        }
    }

    /// The ballot that the trustees decrypt before voting opens.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn rehearsal_ballot(&self) -> Result<Entry> {
        let credential = Self::voter(u64::MAX)?;
        let ballot =
            PreparedBallot::rehearsal(&self.election, &credential, &randomness("rehearsal", 0)?, &fresh())?;
        Ok(Entry::RehearsalBallot(ballot.bytes))
    }

    /// The key of voter `index`.
    ///
    /// # Errors
    /// When the number gives no key.
    pub fn voter(index: u64) -> Result<Credential> {
        Ok(Credential::generate(&randomness("voter", index)?)?)
    }

    /// A ballot that chooses option `choice` in every contest of the style.
    ///
    /// # Errors
    /// When the style or the option does not exist.
    pub fn ballot(&self, style: u16, voter: u64, choice: usize) -> Result<SealedBallot> {
        self.revote(style, voter, choice, 0, Digest::ZERO)
    }

    /// The same, after another ballot.
    ///
    /// # Errors
    /// When the style or the option does not exist.
    pub fn revote(
        &self,
        style: u16,
        voter: u64,
        choice: usize,
        sequence: u32,
        previous: Digest,
    ) -> Result<SealedBallot> {
        let credential = Self::voter(voter)?;
        let revision = Revision { sequence, previous, attempt: 0 };
        let randomness = randomness("seal", voter * 1_000 + u64::from(sequence) * 10 + choice as u64)?;
        let prepared = PreparedBallot::new(&self.election, style, &credential, &revision, &randomness)?;
        Ok(prepared.seal(&self.election, &self.selections(style, choice)?, &fresh())?)
    }

    /// A voter's first ballot, with these values in the contests of the style.
    ///
    /// # Errors
    /// When the style does not exist, or the values break a rule.
    pub fn first_ballot(&self, style: u16, voter: u64, selections: &[Selection]) -> Result<SealedBallot> {
        let credential = Self::voter(voter)?;
        let revision = Revision { sequence: 0, previous: Digest::ZERO, attempt: 0 };
        let randomness = randomness("first", voter)?;
        let prepared = PreparedBallot::new(&self.election, style, &credential, &revision, &randomness)?;
        Ok(prepared.seal(&self.election, selections, &fresh())?)
    }

    /// One selection for each contest of the style: option `choice` alone.
    ///
    /// # Errors
    /// When a contest has no such option.
    pub fn selections(&self, style: u16, choice: usize) -> Result<Vec<Selection>> {
        let select = |&contest: &usize| {
            let options = self.election.contest(contest).context("a contest of the style")?.options();
            anyhow::ensure!(choice < options, "the contest has {options} options");
            Ok(Selection {
                values: (0..options).map(|option| u32::from(option == choice)).collect(),
                blank: false,
            })
        };
        self.election.manifest().style_contests(style).iter().map(select).collect()
    }
}

/// Signs a ballot's body again with this key; what cannot be decoded has none.
///
/// # Errors
/// When the key signs nothing, which happens with negligible probability.
pub fn re_sign(election: &Election, bytes: &mut [u8], key: &SecretKey) -> Result<()> {
    if let Ok(ballot) = Ballot::parse(election, bytes) {
        let signature = key.sign(domain::BALLOT, ballot.body().as_bytes())?.to_bytes();
        let last = bytes.last_chunk_mut().context("a ballot ends with its signature")?;
        *last = signature;
    }
    Ok(())
}

/// A ballot of option `choice`, sealed and proved for this place, also for one that no voter's program seals one for.
///
/// # Errors
/// When the style or the option does not exist.
pub fn sealed_for(
    election: &Election,
    credential: &Credential,
    style: u16,
    choice: usize,
    (sequence, previous): (u32, Digest),
) -> Result<Vec<u8>> {
    let kind = election.ballot_kind();
    let header = BallotHeader { style, credential: credential.key(), sequence, previous, kind };
    let mut bits = Vec::new();
    for &contest in election.manifest().style_contests(style) {
        let compiled = election.contest(contest).context("a contest of the style")?;
        let values = (0..compiled.options()).map(|option| u32::from(option == choice)).collect();
        bits.push((contest, compiled.bits(&Selection { values, blank: false })?));
    }
    let seed = *digest("test-sealed-for", &[header.digest(election).as_bytes()]).as_bytes();
    let mut sealings = Vec::new();
    for (contest, bits) in &bits {
        let statement = election.statement(*contest).context("a contest of the style")?;
        sealings.push(Sealing { prepared: Prepared::new(&statement, &seed)?, statement, bits });
    }
    let sealed = ballot_proof::seal(&header.digest(election), sealings)?;
    Ok(Ballot::sign(election, &header, sealed.sections(), &SecretKey::from_bytes(&credential.secret())?)?)
}

/// A ballot as its voter's key may sign it for a place that no voter's program seals one for. Its proofs are still
/// those of the place that it was sealed for.
///
/// # Errors
/// When these bytes are not a ballot.
pub fn moved(
    election: &Election,
    credential: &Credential,
    ballot: &[u8],
    sequence: u32,
    previous: Digest,
) -> Result<Vec<u8>> {
    let place = [&sequence.to_le_bytes()[..], previous.as_bytes()].concat();
    let (before, rest) = ballot.split_at_checked(68).context("too short for a ballot")?;
    let after = rest.get(place.len()..).context("too short for a ballot")?;
    let mut bytes = [before, &place, after].concat();
    re_sign(election, &mut bytes, &SecretKey::from_bytes(&credential.secret())?)?;
    let header = *Ballot::parse(election, &bytes)?.header();
    ensure!((header.sequence, header.previous) == (sequence, previous), "the header has another form");
    Ok(bytes)
}
