//! What the organiser says of the hours (that the closing is put off, a notice, a cancellation), and the end of a vote
//! whose organiser is gone: a quorum of trustees signs it, and the box gathers their signatures.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use veche_crypto::signature::Signature;
use veche_record::entry::{Closing, ClosingForm, ClosingKind, ClosingTerms, NoticeForm};
use veche_record::manifest::Timestamp;

use crate::ballot_box::context::BallotBox;
use crate::ballot_box::gathering::Gathered;
use crate::ballot_box::organiser::{AppendAnswer, AppendedEntry, append};
use crate::ballot_box::tokens::{Author, Organiser};
use crate::http::body::Json;
use crate::http::problem::{Kind, Problem};

/// An hour to which the closing is put off.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewClosing {
    /// UTC, as the manifest writes it.
    #[schema(example = "2026-05-15T20:00:00Z")]
    closes: String,
}

/// Puts the closing off, at most to the manifest's `closes_latest`. The box signs with the organiser's key.
#[utoipa::path(
    post, path = "/v1/extend", tag = "organiser", security(("organiser" = [])), request_body = NewClosing,
    responses(
        (status = 201, description = "Put off", body = AppendedEntry),
        (status = 401, description = "`organiser-only`"),
        (status = 409, description = "`out-of-order`, `key-elsewhere`"),
        (status = 422, description = "`entry-refused`: not to this hour, or not any more"),
    )
)]
pub(crate) async fn extend(
    State(ballot_box): State<Arc<BallotBox>>,
    _organiser: Organiser,
    Json(request): Json<NewClosing>,
) -> AppendAnswer {
    let no_hour = || Problem::new(Kind::EntryRefused, "Write the hour in UTC, as 2026-05-15T20:00:00Z.");
    let closes = Timestamp::parse(&request.closes).ok_or_else(no_hour)?.unix();
    append(&ballot_box, move |transaction| transaction.extend(closes)).await
}

/// Words for everybody.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewNotice {
    /// Whether the vote is cancelled with it.
    #[serde(default)]
    cancels: bool,
    /// The words in each of the manifest's languages.
    #[schema(example = json!({"en": "The ballot box was out of reach this morning."}))]
    text: BTreeMap<String, String>,
}

/// Says something to everybody, or cancels the vote. The box signs with the organiser's key.
#[utoipa::path(
    post, path = "/v1/notices", tag = "organiser", security(("organiser" = [])), request_body = NewNotice,
    responses(
        (status = 201, description = "Said", body = AppendedEntry),
        (status = 401, description = "`organiser-only`"),
        (status = 409, description = "`out-of-order`, `key-elsewhere`"),
        (status = 422, description = "`entry-refused`: not in every language, one too many, or too late to cancel"),
    )
)]
pub(crate) async fn notice(
    State(ballot_box): State<Arc<BallotBox>>,
    _organiser: Organiser,
    Json(mut request): Json<NewNotice>,
) -> AppendAnswer {
    let languages = &ballot_box.manifest.document().languages;
    let texts: Vec<String> = languages.iter().filter_map(|language| request.text.remove(language)).collect();
    if texts.len() != languages.len() || !request.text.is_empty() {
        let languages = languages.join(", ");
        return Err(Problem::new(
            Kind::EntryRefused,
            format!("Say it in exactly these languages: {languages}."),
        ));
    }
    let form = if request.cancels { NoticeForm::Cancellation } else { NoticeForm::Words };
    append(&ballot_box, move |transaction| transaction.notice(form, texts.clone())).await
}

/// What trustees sign to end a vote in the organiser's place.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClosingProposal {
    /// `ended` or `close`.
    kind: &'static str,
    /// When, in seconds since 1970.
    time: u64,
    /// The checkpoint of the whole board, a signed note.
    note: String,
    /// The trustees who have signed.
    signed: Vec<u8>,
    /// How many must.
    needed: u8,
}

impl ClosingProposal {
    fn of(gathered: &Gathered, needed: u8) -> Self {
        ClosingProposal {
            kind: gathered.terms.kind.domain(),
            time: gathered.terms.time,
            note: String::from_utf8_lossy(&gathered.terms.note).into_owned(),
            signed: gathered.signatures.keys().copied().collect(),
            needed,
        }
    }
}

/// The end of the vote as trustees would sign it now: over the whole board, at this moment.
#[utoipa::path(
    get, path = "/v1/closing", tag = "organiser", security(("organiser" = []), ("trustee" = [])),
    responses(
        (status = 200, description = "What to sign", body = ClosingProposal),
        (status = 401, description = "`trustee-only`"),
        (status = 409, description = "`out-of-order`: there is no vote to end"),
        (status = 503, description = "`busy`: too few witnesses have cosigned the newest checkpoint"),
    )
)]
pub(crate) async fn proposal(
    State(ballot_box): State<Arc<BallotBox>>,
    _author: Author,
) -> Result<Answer<ClosingProposal>, Problem> {
    let needed = ballot_box.manifest.trustees().quorum();
    let view = ballot_box.board.view();
    let kind = view.next_closing().ok_or_else(no_vote)?;
    let size = view.log().committed();
    // What was handed out before its hour is of no use, whoever signs it: it must not stand in the way of another.
    let stands = |gathered: &Gathered| {
        let terms = &gathered.terms;
        gathered.size == size && terms.kind == kind && terms.time >= view.abandoned_hour()
    };
    let current = ballot_box.closing.with(|gathering| gathering.clone().filter(stands));
    if let Some(gathered) = current {
        return Ok(Answer(ClosingProposal::of(&gathered, needed)));
    }
    let note = ballot_box.board.closing_note().await.ok_or_else(|| {
        Problem::new(Kind::Busy, "Too few witnesses have cosigned the newest checkpoint; try again.")
    })?;
    let time = u64::try_from(ballot_box.clock.unix()).unwrap_or(0);
    let terms = ClosingTerms { kind, form: ClosingForm::Trustees, time, note: note.into_bytes() };
    let gathered = Gathered { size, terms, signatures: BTreeMap::new() };
    let proposal = ClosingProposal::of(&gathered, needed);
    ballot_box.closing.with(|gathering| *gathering = Some(gathered));
    Ok(Answer(proposal))
}

fn no_vote() -> Problem {
    Problem::new(
        Kind::OutOfOrder,
        "There is no vote that could be ended: it is not open, or it has ended already.",
    )
}

/// A trustee's signature under the end of the vote.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ClosingSignature {
    /// The time of the proposal that was signed.
    time: u64,
    /// The signature, in base64.
    signature: String,
}

/// How far the end of the vote is.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClosingProgress {
    /// The trustees who have signed.
    signed: Vec<u8>,
    /// How many must.
    needed: u8,
    /// The entry, once enough have.
    index: Option<u64>,
}

/// Takes a trustee's signature. With the last one that is needed the vote ends.
#[utoipa::path(
    post, path = "/v1/closing", tag = "organiser", security(("organiser" = []), ("trustee" = [])), request_body = ClosingSignature,
    responses(
        (status = 200, description = "Taken", body = ClosingProgress),
        (status = 401, description = "`trustee-only`"),
        (status = 409, description = "`out-of-order`: something else is to be signed now; ask again"),
        (status = 422, description = "`entry-refused`: not this trustee's signature, or the hour has not come"),
    )
)]
pub(crate) async fn sign(
    State(ballot_box): State<Arc<BallotBox>>,
    author: Author,
    Json(request): Json<ClosingSignature>,
) -> Result<(StatusCode, Answer<ClosingProgress>), Problem> {
    let refused = |why: &str| Problem::new(Kind::EntryRefused, why);
    let Author::Trustee(trustee) = author else {
        return Err(refused("A trustee signs with the trustee's own token."));
    };
    let view = ballot_box.board.view();
    let election = view.election().ok_or_else(no_vote)?;
    let key = election.communication_key(trustee).ok_or_else(|| refused("There is no such trustee."))?;
    let bytes = STANDARD.decode(&request.signature).ok().and_then(|bytes| bytes.try_into().ok());
    let signature = bytes.and_then(|bytes: [u8; 64]| Signature::from_bytes(&bytes).ok());
    let signature = signature.ok_or_else(|| refused("This is not a signature."))?;
    let needed = ballot_box.manifest.trustees().quorum();
    let gathered = ballot_box.closing.with(|gathering| {
        let size = view.log().committed();
        let gathered = gathering.as_mut().filter(|gathered| gathered.size == size);
        let gathered = gathered.filter(|gathered| gathered.terms.time == request.time).ok_or_else(|| {
            Problem::new(Kind::OutOfOrder, "Something else is to be signed now: ask for it again.")
        })?;
        let valid = gathered.terms.verify(key, &election.fingerprint(), &signature);
        valid.map_err(|_| refused("This is not your signature under what is to be signed."))?;
        gathered.signatures.insert(trustee, signature);
        Ok::<_, Problem>(gathered.clone())
    })?;
    let signed = gathered.signatures.keys().copied().collect();
    if gathered.signatures.len() < usize::from(needed) {
        return Ok((StatusCode::OK, Answer(ClosingProgress { signed, needed, index: None })));
    }
    let ClosingTerms { kind, time, note, .. } = gathered.terms;
    let signatures: Vec<_> = gathered.signatures.into_iter().take(needed.into()).collect();
    let closing = Closing::by_trustees(kind, time, note, signatures);
    let appended = append(&ballot_box, move |transaction| transaction.entry(closing.clone())).await;
    let (_, Answer(appended)) = appended.inspect_err(|_| {
        // Else the same would be handed out, and refused, until the board grows.
        ballot_box.closing.with(|gathering| *gathering = None);
    })?;
    if kind == ClosingKind::Close {
        tracing::info!("trustees have closed the vote in the organiser's place");
    }
    Ok((StatusCode::OK, Answer(ClosingProgress { signed, needed, index: Some(appended.index) })))
}
