//! Voters without a browser: they sign in, seal and cast through the same HTTP interface as the site.

use crate::ballot_box::{BallotBox, Http};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use veche_board::Receipt;
use veche_crypto::hash::Digest;
use veche_crypto::randomness::Randomness;
use veche_record::entry::{CredentialTerms, Pseudonym};
use veche_record::{Card, Election, Selection};
use veche_voter::{Credential, PreparedBallot, Revision, SealedBallot, check_receipt};

/// Opens the election by its card, as every voter's device does.
///
/// # Errors
/// When the ballot box has no card yet, or serves another election than `fingerprint`.
pub fn open_election(http: &Http, fingerprint: &str) -> Result<Election> {
    let manifest = http.get("/record/manifest.json")?;
    let card = Card::parse(&http.get("/v1/card")?)?;
    let mut pinned = [0; 32];
    hex::decode_to_slice(fingerprint, &mut pinned).context("the fingerprint is not 64 hexadecimal digits")?;
    Ok(Election::from_card(&manifest, card, &Digest::from_bytes(pinned))?)
}

/// Someone who has signed in, with a key of their own.
pub struct Voter<'a> {
    election: &'a Election,
    http: Http,
    style: u16,
    credential: Credential,
    revision: Revision,
}

impl<'a> Voter<'a> {
    /// Signs in with a phone number and the SMS code that the ballot box prints, and registers a key for a district.
    ///
    /// # Errors
    /// When the ballot box refuses.
    pub fn sign_in(ballot_box: &BallotBox, election: &'a Election, phone: &str, style: &str) -> Result<Self> {
        let http = ballot_box.http();
        let session = ask_for_code(http, phone)?;
        Self::enter(http, election, &session, &ballot_box.next_code()?, style)
    }

    /// Somebody who signed in before and has kept the key; `revision` is what follows their last ballot.
    #[must_use]
    pub fn returning(
        http: &Http,
        election: &'a Election,
        style: u16,
        credential: Credential,
        revision: Revision,
    ) -> Self {
        Self { election, http: http.clone(), style, credential, revision }
    }

    /// Signs in with the code of a session, and registers a key for a district.
    ///
    /// # Errors
    /// When the ballot box refuses.
    pub fn enter(
        http: &Http,
        election: &'a Election,
        session: &str,
        code: &str,
        style: &str,
    ) -> Result<Self> {
        let body = json!({ "session": session, "code": code });
        Self::register(http, election, &http.post_json("/v1/sign-in/code", None, &body)?, style)
    }

    /// Signs in with a portal's pass, and registers a key for a district.
    ///
    /// # Errors
    /// When the ballot box refuses.
    pub fn enter_with_pass(http: &Http, election: &'a Election, pass: &str, style: &str) -> Result<Self> {
        let signed_in = http.post_json("/v1/session", None, &json!({ "pass": pass }))?;
        Self::register(http, election, &signed_in, style)
    }

    /// Registers a key for a district, in the session that the ballot box has told of.
    fn register(http: &Http, election: &'a Election, signed_in: &Value, style: &str) -> Result<Self> {
        let http = http.clone();
        let pseudonym =
            Pseudonym::from_hex(text(signed_in, "pseudonym")?).context("the pseudonym is malformed")?;

        let number = election
            .manifest()
            .style_index(style)
            .with_context(|| format!("there is no district {style}"))?;
        let credential = Credential::generate(&randomness()?)?;
        let route = text(signed_in, "route")?;
        let route =
            election.manifest().route_index(route).with_context(|| format!("there is no route {route}"))?;
        let before =
            signed_in.get("number").and_then(Value::as_u64).context("the ballot box names no number")?;
        let before = u16::try_from(before)?;
        let terms =
            CredentialTerms { pseudonym, style: number, route, number: before, key: credential.key() };
        let possession = credential.prove_possession(election, &terms)?;
        let body = json!({
            "style": style,
            "key": hex::encode(credential.key().to_bytes()),
            "number": before,
            "possession": hex::encode(possession.to_bytes()),
        });
        let registered = http.put_json("/v1/credential", Some(text(signed_in, "token")?), &body)?;
        let sequence =
            registered.get("sequence").and_then(Value::as_u64).context("the ballot box names no sequence")?;
        let mut previous = [0; 32];
        hex::decode_to_slice(text(&registered, "previous")?, &mut previous)?;
        let revision = Revision {
            sequence: u32::try_from(sequence)?,
            previous: Digest::from_bytes(previous),
            attempt: 0,
        };
        Ok(Self { election, http, style: number, credential, revision })
    }

    /// Seals a ballot for the voter's next cast.
    ///
    /// # Errors
    /// When the choices break the rule.
    pub fn seal(&mut self, selections: &[Selection]) -> Result<SealedBallot> {
        self.revision.attempt += 1;
        let prepared =
            PreparedBallot::new(self.election, self.style, &self.credential, &self.revision, &randomness()?)?;
        Ok(prepared.seal(self.election, selections, &randomness()?)?)
    }

    /// Seals a ballot for the cast after those that were sealed before, which need not be cast yet.
    ///
    /// # Errors
    /// When the choices break the rule.
    pub fn seal_ahead(&mut self, selections: &[Selection]) -> Result<SealedBallot> {
        let ballot = self.seal(selections)?;
        self.follow(&ballot);
        Ok(ballot)
    }

    fn follow(&mut self, ballot: &SealedBallot) {
        self.revision.sequence += 1;
        self.revision.previous = ballot.hash;
    }

    /// Casts a sealed ballot and checks the receipt.
    ///
    /// # Errors
    /// When the ballot box refuses, or its receipt does not hold.
    pub fn cast(&mut self, ballot: &SealedBallot) -> Result<Receipt> {
        let answer = self.http.post("/v1/ballots", None, "application/octet-stream", &ballot.bytes)?;
        let receipt = Receipt::parse(answer.to_string().as_bytes())?;
        check_receipt(self.election, &ballot.bytes, &receipt)?;
        self.follow(ballot);
        Ok(receipt)
    }
}

/// Asks for a code. Returns the session in which it is good.
///
/// # Errors
/// When the ballot box refuses.
pub fn ask_for_code(http: &Http, phone: &str) -> Result<String> {
    let session = http.post_json("/v1/sign-in", None, &json!({ "phone": phone }))?;
    Ok(text(&session, "session")?.to_owned())
}

fn randomness() -> Result<Randomness> {
    Ok(Randomness::draw(getrandom::fill)?)
}

fn text<'v>(value: &'v Value, field: &str) -> Result<&'v str> {
    match value.get(field).and_then(Value::as_str) {
        Some(text) => Ok(text),
        None => bail!("the ballot box's answer has no {field}"),
    }
}
