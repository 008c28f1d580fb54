//! Signing in with a pass: the signed word of a portal that has identified somebody by its own means.
//!
//! The portal's word stands in the place of code and roll: whoever it gives a pass may vote, in the style that the pass
//! says. Its name for the person is kept only as a keyed hash, and the pseudonym is as random as any: the registrar's
//! database does not lead from the board to the portal's people.
//!
//! One person is one voter. Two passes of one subject are; and where codes are sent, too, a subject must be the phone
//! number, so that whoever comes with a pass and with a code is one voter as well.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use veche_crypto::hash::Digest;
use veche_pass::{Pass, TimeError, UnverifiedPass};
use veche_record::Pseudonym;
use veche_record::manifest::Registration;
use zeroize::Zeroizing;

use crate::clock::seconds;
use crate::handover::VoterOnBoard;
use crate::http::body::Json;
use crate::http::counters::ClientNetwork;
use crate::http::problem::{Kind, Problem};
use crate::keys::{random_text, randomness};
use crate::registrar::context::Registrar;
use crate::registrar::keys::PHONE_SCHEME;
use crate::registrar::roll::identity::owner;
use crate::registrar::session::SignedIn;
use crate::registrar::sign_in::from_one_network;
use crate::store::registrar::{GoodPass, PassTerms};
use crate::store::roll::PersonHash;

/// A pass.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PassGiven {
    /// A JSON Web Token of the type `veche-pass+jwt`, signed with Ed25519 by a key that the registrar knows: the claims
    /// `aud` (the election's fingerprint), `sub`, `route`, `exp` (120 seconds ahead at most), `jti`, and `style` if the
    /// portal fixes it.
    pass: String,
}

/// Signs in with a pass of a portal. A pass is good once.
#[utoipa::path(
    post, path = "/v1/session", tag = "voter", request_body = PassGiven,
    responses(
        (status = 200, description = "Signed in", body = SignedIn),
        (status = 403, description = "`pass-not-signed`: an unknown key, or a changed pass"),
        (status = 404, description = "`sign-in-otherwise`: no passes are taken here"),
        (status = 409, description = "`pass-other-election`, `wrong-style` (with `style`), `struck-off`, `not-open`"),
        (status = 410, description = "`pass-expired`, `pass-used`"),
        (status = 422, description = "`pass-unreadable`, `pass-too-long`, `route-unknown`, `style-unknown`, `phone-unreadable`"),
        (status = 429, description = "`too-many-requests`: too many passes from this address were refused"),
        (status = 502, description = "`box-wrong`: the ballot box answers otherwise than it must"),
        (status = 503, description = "`box-unreachable`: the ballot box does not answer"),
    )
)]
pub(crate) async fn begin_session(
    State(registrar): State<Arc<Registrar>>,
    network: ClientNetwork,
    Json(given): Json<PassGiven>,
) -> Result<Answer<SignedIn>, Problem> {
    if registrar.pass_keys.is_empty() {
        return Err(Problem::new(
            Kind::SignInOtherwise,
            "No passes are taken here: the operator has named no portal's key with --pass-key.",
        ));
    }
    let (text, now) = (Zeroizing::new(given.pass), registrar.clock.unix());
    // What is refused is counted, whoever's fault it is, and what is taken is not.
    let refused = &registrar.counters.guesses;
    refused.room(network, now).map_err(from_one_network)?;
    let counted = |problem: Problem| {
        // How many there were is asked the next time.
        let _ = refused.count(network, now);
        problem
    };
    let pass = read(&registrar, &text, now).map_err(counted)?;
    let fingerprint = registrar.desk.ready().await?.ok_or_else(no_election)?;
    let (person, terms) = judge(&registrar, &pass, &fingerprint).await.map_err(counted)?;

    let token = random_text().map_err(|error| Problem::fault(&error))?;
    let fresh = randomness().map_err(|error| Problem::fault(&error))?;
    let expires_in = seconds(registrar.limits.get().session_lifetime);
    let good = GoodPass {
        id: registrar.hashes.pass(&pass.key, &pass.id),
        ends: pass.expires,
        person,
        terms,
        pseudonym: Pseudonym(fresh.first()),
        token: registrar.hashes.token(&token),
        expires: now.saturating_add(expires_in),
    };
    let pseudonym = registrar.store.use_pass(&good).await?.ok_or_else(|| counted(used()))?;
    let PassTerms { style, route } = good.terms;
    fits(&registrar, registrar.desk.voter(&pseudonym).await?, style.as_deref())?;
    SignedIn::new(&registrar, pseudonym, (style, route), (&token, expires_in)).await.map(Answer)
}

/// Whose fault it is that a pass is refused.
#[derive(Clone, Copy)]
enum Fault {
    Portal,
    Sender,
}

fn refusal(kind: Kind, fault: Fault, sentence: impl Into<String>) -> Problem {
    let culprit = match fault {
        Fault::Portal => "the portal",
        Fault::Sender => "whoever sent it",
    };
    Problem::new(kind, sentence).with("culprit", culprit)
}

/// Reads a pass that a known key has signed and that is good now.
fn read(registrar: &Registrar, text: &str, now: i64) -> Result<Pass, Problem> {
    let pass = UnverifiedPass::parse(text).map_err(|error| {
        let sentence = format!(
            "The portal did not give a pass that can be read: {error}. docs/sign-in.md says how one is made."
        );
        refusal(Kind::PassUnreadable, Fault::Portal, sentence)
    })?;
    let pass = pass.verify(&registrar.pass_keys).map_err(|_| {
        let sentence = "No key that the registrar knows has signed this pass as it is. Either it was changed on its way, or \
                        the portal signs with a key that the operator has not named with --pass-key.";
        refusal(Kind::PassNotSigned, Fault::Sender, sentence)
    })?;
    pass.good_at(now).map_err(|error| match error {
        TimeError::Expired(ago) => {
            let sentence = format!(
                "This pass ended {ago} seconds ago. Go back to the portal for another. If that does not help, the \
                 portal's clock is behind."
            );
            refusal(Kind::PassExpired, Fault::Sender, sentence).with("ago", ago)
        }
        TimeError::TooFarAhead(_) => {
            let sentence = format!("The portal gives passes for too long, or its clock is ahead: {error}.");
            refusal(Kind::PassTooLong, Fault::Portal, sentence)
        }
    })?;
    Ok(pass)
}

/// What a pass says, of this election.
async fn judge(
    registrar: &Registrar,
    pass: &Pass,
    fingerprint: &Digest,
) -> Result<(PersonHash, PassTerms), Problem> {
    let manifest = &registrar.manifest;
    if pass.election != fingerprint.to_string() {
        let sentence =
            format!("This pass is for another election; the fingerprint of this one is {fingerprint}.");
        return Err(refusal(Kind::PassOtherElection, Fault::Portal, sentence));
    }
    let route = manifest.route_index(&pass.route).filter(|route| !manifest.is_entered(*route));
    let route = route.ok_or_else(|| {
        let sentence = format!("The manifest has no route {:?} by which people vote online.", pass.route);
        refusal(Kind::RouteUnknown, Fault::Portal, sentence)
    })?;
    match &pass.style {
        Some(style) if manifest.styles().iter().all(|declared| declared.id != *style) => {
            let sentence = format!("The manifest has no style {style:?}.");
            return Err(refusal(Kind::StyleUnknown, Fault::Portal, sentence));
        }
        None if manifest.document().registration == Registration::Roll => {
            let sentence = "Voters of this election do not choose their ballot style, so a pass must say it.";
            return Err(refusal(Kind::StyleUnknown, Fault::Portal, sentence));
        }
        Some(_) | None => {}
    }
    Ok((person(registrar, &pass.subject).await?, PassTerms { style: pass.style.clone(), route }))
}

/// Who a subject is.
async fn person(registrar: &Registrar, subject: &str) -> Result<PersonHash, Problem> {
    let refused = |sentence: String| refusal(Kind::PhoneUnreadable, Fault::Portal, sentence);
    if registrar.outbox.is_some() && !subject.starts_with(PHONE_SCHEME) {
        return Err(refused(format!(
            "Codes are sent to phones here, too. So that nobody votes twice, the subject of a pass must be the person's \
             phone number, as {PHONE_SCHEME}+48421234567."
        )));
    }
    let person =
        registrar.hashes.subject(subject, registrar.plan).map_err(|error| refused(error.to_string()))?;
    if !subject.starts_with(PHONE_SCHEME) {
        return Ok(person);
    }
    owner(&*registrar.store, person).await?.ok_or_else(|| {
        let sentence = "The roll has several people with this phone, and a pass cannot say which of them it is. They sign \
                        in with a code.";
        refusal(Kind::MarkNeeded, Fault::Portal, sentence)
    })
}

/// A voter whose key is on the board stays in their district, whatever a later pass says.
fn fits(registrar: &Registrar, on_board: VoterOnBoard, style: Option<&str>) -> Result<(), Problem> {
    let declared = on_board.voter.and_then(|known| registrar.manifest.declared_style(known.style));
    match (declared, style) {
        (Some(declared), Some(style)) if declared.id != style => {
            let sentence = format!(
                "This voter is registered in {:?} already, and the pass says {style:?}. If the first is wrong, ask the \
                 organiser.",
                declared.id
            );
            Err(refusal(Kind::WrongStyle, Fault::Portal, sentence).with("style", declared.id.clone()))
        }
        _ => Ok(()),
    }
}

fn used() -> Problem {
    let sentence = "This pass was used before, and each is good once. Go back to the portal for another. If nobody else \
                    can have used it, tell the portal.";
    refusal(Kind::PassUsed, Fault::Sender, sentence)
}

fn no_election() -> Problem {
    Problem::new(Kind::NotOpen, "The keys of this election are not made yet. Come back when voting opens.")
}
