//! What goes wrong, as RFC 9457 problem documents.
//!
//! Every answer that is not a success has this form, also those of the framework: a client needs
//! one way to read errors. `type` is stable and for programs; `detail` is a sentence for people.

use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::http::request_id::RequestId;
use crate::store::error::StoreError;

/// Time after which a database that did not answer is asked again.
const SOON: Duration = Duration::from_secs(2);

/// The media type of a problem document.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// The kinds of problem. The name in `type` is part of the HTTP contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    NotFound,
    Elsewhere,
    MethodNotAllowed,
    Malformed,
    UnsupportedMediaType,
    TooLarge,
    TooSlow,
    ProxyWrong,
    Busy,
    NotWitnessed,
    BoxUnreachable,
    BoxWrong,
    ServerFault,
    PhoneUnreadable,
    TooManyRequests,
    TooManyAttempts,
    WrongCode,
    MarkNeeded,
    MarkUnreadable,
    WrongMark,
    TooManyMarks,
    CodeExpired,
    SignInOtherwise,
    TooManyTests,
    MessageFailed,
    PassUnreadable,
    PassNotSigned,
    PassExpired,
    PassTooLong,
    PassUsed,
    PassOtherElection,
    RouteUnknown,
    SignInNeeded,
    OrganiserOnly,
    TrusteeOnly,
    StyleUnknown,
    WrongStyle,
    StyleFull,
    KeyRefused,
    KeyTaken,
    TooManyKeys,
    CredentialUnknown,
    BallotUnknown,
    CredentialRevoked,
    NumberBehind,
    StruckOff,
    NotOpen,
    BallotInvalid,
    BallotResigned,
    SequenceBehind,
    ChallengedBefore,
    TooManyBallots,
    EntryRefused,
    OutOfOrder,
    TooEarly,
    KeyElsewhere,
    NoBackup,
    DeskPassNeeded,
    DeskPassOther,
    ReasonRefused,
    PersonUnknown,
    NotOnRoll,
    OnRollAlready,
    NotToldApart,
    NotAlone,
    Crowded,
    NoRoll,
    DistrictFixed,
    NeverSignedIn,
    PhoneTaken,
    NoPrintedRoute,
    RollUnreadable,
    RollRefused,
    RollChanged,
    HalfDone,
}

impl Kind {
    /// The stable name.
    pub(crate) const fn name(self) -> &'static str {
        self.row().0
    }

    /// The stable name, the status and the title.
    const fn row(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Kind::NotFound => ("not-found", StatusCode::NOT_FOUND, "There is nothing here"),
            Kind::Elsewhere => ("elsewhere", StatusCode::NOT_FOUND, "Another process answers this"),
            Kind::MethodNotAllowed => {
                ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED, "Not with this method")
            }
            Kind::Malformed => ("malformed", StatusCode::BAD_REQUEST, "The request cannot be read"),
            Kind::UnsupportedMediaType => {
                ("unsupported-media-type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body is of another type")
            }
            Kind::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"),
            Kind::TooSlow => ("too-slow", StatusCode::REQUEST_TIMEOUT, "The body took too long to arrive"),
            Kind::ProxyWrong => {
                ("proxy-wrong", StatusCode::BAD_REQUEST, "The web server in front is set up wrongly")
            }
            Kind::Busy => ("busy", StatusCode::SERVICE_UNAVAILABLE, "The ballot box is busy: try again"),
            Kind::NotWitnessed => {
                ("not-witnessed", StatusCode::SERVICE_UNAVAILABLE, "Recorded, and not yet witnessed")
            }
            Kind::BoxUnreachable => (
                "box-unreachable",
                StatusCode::SERVICE_UNAVAILABLE,
                "The ballot box cannot be reached: try again",
            ),
            Kind::BoxWrong => {
                ("box-wrong", StatusCode::BAD_GATEWAY, "The ballot box answers otherwise than it must")
            }
            Kind::ServerFault => {
                ("server-fault", StatusCode::INTERNAL_SERVER_ERROR, "The ballot box made a mistake")
            }
            Kind::PhoneUnreadable => {
                ("phone-unreadable", StatusCode::UNPROCESSABLE_ENTITY, "This is not a phone number")
            }
            Kind::TooManyRequests => {
                ("too-many-requests", StatusCode::TOO_MANY_REQUESTS, "Too many requests from one place")
            }
            Kind::TooManyAttempts => {
                ("too-many-attempts", StatusCode::TOO_MANY_REQUESTS, "Too many wrong codes")
            }
            Kind::WrongCode => ("wrong-code", StatusCode::FORBIDDEN, "The code is wrong"),
            Kind::MarkNeeded => (
                "mark-needed",
                StatusCode::CONFLICT,
                "Several people vote with this phone: say which one it is",
            ),
            Kind::MarkUnreadable => {
                ("mark-unreadable", StatusCode::UNPROCESSABLE_ENTITY, "Nobody can be told apart by this")
            }
            Kind::WrongMark => {
                ("wrong-mark", StatusCode::FORBIDDEN, "Nobody with this phone is known by this")
            }
            Kind::TooManyMarks => (
                "too-many-marks",
                StatusCode::TOO_MANY_REQUESTS,
                "Too often wrong who of several people it is",
            ),
            Kind::CodeExpired => ("code-expired", StatusCode::GONE, "The code is no longer valid"),
            Kind::SignInOtherwise => {
                ("sign-in-otherwise", StatusCode::NOT_FOUND, "People do not sign in this way here")
            }
            Kind::TooManyTests => {
                ("too-many-tests", StatusCode::TOO_MANY_REQUESTS, "Too many test messages in an hour")
            }
            Kind::MessageFailed => {
                ("message-failed", StatusCode::BAD_GATEWAY, "The test message was not sent")
            }
            Kind::PassUnreadable => {
                ("pass-unreadable", StatusCode::UNPROCESSABLE_ENTITY, "This is not a pass")
            }
            Kind::PassNotSigned => {
                ("pass-not-signed", StatusCode::FORBIDDEN, "No known key has signed the pass")
            }
            Kind::PassExpired => ("pass-expired", StatusCode::GONE, "The pass is no longer valid"),
            Kind::PassTooLong => {
                ("pass-too-long", StatusCode::UNPROCESSABLE_ENTITY, "The pass would be valid for too long")
            }
            Kind::PassUsed => ("pass-used", StatusCode::GONE, "The pass was used before"),
            Kind::PassOtherElection => {
                ("pass-other-election", StatusCode::CONFLICT, "The pass is for another election")
            }
            Kind::RouteUnknown => {
                ("route-unknown", StatusCode::UNPROCESSABLE_ENTITY, "There is no such route")
            }
            Kind::SignInNeeded => ("sign-in-needed", StatusCode::UNAUTHORIZED, "Sign in again"),
            Kind::OrganiserOnly => {
                ("organiser-only", StatusCode::UNAUTHORIZED, "Only the organiser may do this")
            }
            Kind::TrusteeOnly => {
                ("trustee-only", StatusCode::UNAUTHORIZED, "Only trustees and the organiser may do this")
            }
            Kind::StyleUnknown => {
                ("style-unknown", StatusCode::UNPROCESSABLE_ENTITY, "There is no such ballot style")
            }
            Kind::WrongStyle => ("wrong-style", StatusCode::CONFLICT, "This voter has another ballot style"),
            Kind::StyleFull => {
                ("style-full", StatusCode::CONFLICT, "Every credential of this ballot style is given out")
            }
            Kind::KeyRefused => {
                ("key-refused", StatusCode::UNPROCESSABLE_ENTITY, "The key cannot be registered")
            }
            Kind::KeyTaken => ("key-taken", StatusCode::CONFLICT, "The key is already on the board"),
            Kind::TooManyKeys => {
                ("too-many-keys", StatusCode::TOO_MANY_REQUESTS, "Too many keys for one voter")
            }
            Kind::CredentialUnknown => {
                ("credential-unknown", StatusCode::NOT_FOUND, "No credential with this key is on the board")
            }
            Kind::BallotUnknown => {
                ("ballot-unknown", StatusCode::NOT_FOUND, "No ballot with this code is on the board")
            }
            Kind::CredentialRevoked => {
                ("credential-revoked", StatusCode::CONFLICT, "The credential was revoked")
            }
            Kind::NumberBehind => {
                ("number-behind", StatusCode::CONFLICT, "Another credential of this voter is on the board")
            }
            Kind::StruckOff => ("struck-off", StatusCode::CONFLICT, "This voter was struck off"),
            Kind::NotOpen => ("not-open", StatusCode::CONFLICT, "Voting is not open"),
            Kind::BallotInvalid => {
                ("ballot-invalid", StatusCode::UNPROCESSABLE_ENTITY, "The ballot is not valid")
            }
            Kind::BallotResigned => (
                "ballot-resigned",
                StatusCode::CONFLICT,
                "The same ballot is recorded under another signature",
            ),
            Kind::SequenceBehind => {
                ("sequence-behind", StatusCode::CONFLICT, "A later ballot is already recorded")
            }
            Kind::ChallengedBefore => {
                ("challenged-before", StatusCode::CONFLICT, "This ballot was challenged before")
            }
            Kind::TooManyBallots => {
                ("too-many-ballots", StatusCode::TOO_MANY_REQUESTS, "Too many ballots from one voter")
            }
            Kind::EntryRefused => {
                ("entry-refused", StatusCode::UNPROCESSABLE_ENTITY, "The entry is not valid")
            }
            Kind::OutOfOrder => (
                "out-of-order",
                StatusCode::CONFLICT,
                "The election is not at the point where this may happen",
            ),
            Kind::TooEarly => ("too-early", StatusCode::CONFLICT, "It is too early for this"),
            Kind::KeyElsewhere => {
                ("key-elsewhere", StatusCode::CONFLICT, "The key that signs this is held elsewhere")
            }
            Kind::NoBackup => {
                ("no-backup", StatusCode::CONFLICT, "The organiser's key is not known to be on paper")
            }
            Kind::DeskPassNeeded => {
                ("desk-pass-needed", StatusCode::UNAUTHORIZED, "Only with a pass of the desk")
            }
            Kind::DeskPassOther => ("desk-pass-other", StatusCode::FORBIDDEN, "This pass is not for that"),
            Kind::ReasonRefused => {
                ("reason-refused", StatusCode::UNPROCESSABLE_ENTITY, "The reason is not taken")
            }
            Kind::PersonUnknown => {
                ("person-unknown", StatusCode::NOT_FOUND, "Nobody of this name has signed in")
            }
            Kind::NotOnRoll => ("not-on-roll", StatusCode::NOT_FOUND, "This number is not on the roll"),
            Kind::OnRollAlready => {
                ("on-roll-already", StatusCode::CONFLICT, "This number is on the roll already")
            }
            Kind::NotToldApart => (
                "not-told-apart",
                StatusCode::CONFLICT,
                "Somebody else has this number, and not everybody has a mark",
            ),
            Kind::NotAlone => ("not-alone", StatusCode::CONFLICT, "Several people have this number already"),
            Kind::Crowded => {
                ("crowded", StatusCode::CONFLICT, "This number has as many people as it may have")
            }
            Kind::NoRoll => ("no-roll", StatusCode::CONFLICT, "This vote has no roll"),
            Kind::DistrictFixed => ("district-fixed", StatusCode::CONFLICT, "This voter's district is fixed"),
            Kind::NeverSignedIn => {
                ("never-signed-in", StatusCode::CONFLICT, "This person has never signed in")
            }
            Kind::PhoneTaken => ("phone-taken", StatusCode::CONFLICT, "The new number is somebody's already"),
            Kind::NoPrintedRoute => {
                ("no-printed-route", StatusCode::CONFLICT, "This vote has no codes on paper")
            }
            Kind::RollUnreadable => {
                ("roll-unreadable", StatusCode::UNPROCESSABLE_ENTITY, "This file is no roll")
            }
            Kind::RollRefused => ("roll-refused", StatusCode::UNPROCESSABLE_ENTITY, "The roll has mistakes"),
            Kind::RollChanged => ("roll-changed", StatusCode::CONFLICT, "Somebody else changed the roll"),
            Kind::HalfDone => {
                ("half-done", StatusCode::BAD_GATEWAY, "One half was done and the other was not")
            }
        }
    }
}

/// The body of every answer that is not a success.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Document {
    /// `urn:veche:` and the stable name of the problem.
    #[serde(rename = "type")]
    #[schema(pattern = "^urn:veche:[a-z-]+$", example = "urn:veche:not-open")]
    kind: String,
    /// What the kind of problem is called.
    title: String,
    /// The status of the answer, repeated.
    status: u16,
    /// What happened here and what to do now.
    detail: String,
    /// The name of this request in the server's log, as in the header `x-request-id`: for whoever reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^urn:veche:request:[0-9a-f]{16}$", example = "urn:veche:request:5f1c0d9e3ab24c77")]
    instance: Option<String>,
    /// Facts for programs, such as `attempts_left`, `check` or `retry_after`.
    #[serde(flatten)]
    #[schema(additional_properties)]
    extra: Map<String, Value>,
}

/// A problem on its way to the client.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    kind: Kind,
    detail: String,
    extra: Map<String, Value>,
    retry_after: Option<Duration>,
}

impl Problem {
    /// A problem and the sentence that explains this occurrence.
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Problem { kind, detail: detail.into(), extra: Map::new(), retry_after: None }
    }

    /// What a voter is told who was struck off the board.
    pub(crate) fn struck_off() -> Self {
        Problem::new(
            Kind::StruckOff,
            "The organiser has struck this voter off the board: no ballot of theirs counts. If that is wrong, ask the organiser.",
        )
    }

    /// The sentence that explains it.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// Adds a fact for programs.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    /// Says when trying again makes sense.
    pub(crate) fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self.with("retry_after", wait.as_secs())
    }

    /// A fault of this server. The cause goes to the log, not to the client.
    pub(crate) fn fault(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed through a fault of this server");
        Problem::new(
            Kind::ServerFault,
            "Nothing was recorded unless you hold a receipt. Try again; the operator sees the cause in the log.",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (name, status, title) = self.kind.row();
        let document = Document {
            kind: format!("urn:veche:{name}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: self.detail,
            instance: RequestId::current().map(|id| format!("urn:veche:request:{id}")),
            extra: self.extra,
        };
        let mut response = (status, axum::Json(document)).into_response();
        // For the log and whoever counts.
        response.extensions_mut().insert(self.kind);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        if matches!(
            self.kind,
            Kind::SignInNeeded | Kind::OrganiserOnly | Kind::TrusteeOnly | Kind::DeskPassNeeded
        ) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if error.is_away() {
            tracing::error!(%error, "the database does not answer");
            return Problem::new(Kind::Busy, "The database does not answer now. Try again in a moment.")
                .retry_after(SOON);
        }
        Problem::fault(&error)
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Problem::new(Kind::Malformed, rejection.body_text())
    }
}
