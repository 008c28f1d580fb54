//! What is wrong, as a problem document (RFC 9457) that the page has a sentence for.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::vault::VaultError;
use crate::archive::ArchiveError;
use crate::election::ElectionError;
use crate::election::hours::{HourOf, HoursError};
use crate::election::trustees::TrusteesError;
use crate::error::Error;
use crate::remote::RemoteError;

/// The problems that the page has sentences of its own for, in `www/app/messages/*/desk.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "they are the names that the page knows them by")]
pub(crate) enum Kind {
    /// Not by the link, or from elsewhere.
    DeskStranger,
    /// A link that was used.
    DeskLinkSpent,
    /// The key is locked.
    DeskLocked,
    /// The passphrase is another one.
    DeskPassphrase,
    /// The passphrase is too short.
    DeskShort,
    /// What was sent is in another form: the page's fault.
    DeskMalformed,
    /// A command refused; its own words follow.
    DeskRefused,
    /// A file that is no spreadsheet, in the page's language.
    DeskFile,
    /// A vote that is frozen.
    DeskFrozen,
    /// Columns that nobody has confirmed.
    DeskUnconfirmed,
    /// No manifest yet.
    DeskUndescribed,
    /// Another title than the vote has.
    DeskTitle,
    /// Another town than the description names.
    DeskTown,
    /// No ballot box is named.
    DeskNoBox,
    /// No pass for the people of the vote is kept.
    DeskNoPass,
    /// The ballot box cannot be reached.
    DeskBoxAway,
    /// The vote is opened before everything was looked at.
    DeskUnticked,
    /// What was typed is no hour.
    DeskNoHour,
    /// What was typed is no address.
    DeskAddress,
    /// An address of another machine where everybody on the way reads along: to be confirmed.
    DeskUnencrypted,
    /// A site that browsers would let nobody vote on.
    DeskSiteUnencrypted,
    /// There is no board at an address.
    DeskNoBoard,
    /// A ballot box of another organiser.
    DeskOtherOrganiser,
    /// A pass that the ballot box does not take.
    DeskPassWrong,
    /// A step that is not the next one, or not any more.
    DeskNotNow,
    /// A step before the trustees have made the keys.
    DeskNoKeys,
    /// Somebody has voted each time between two halves of a step.
    DeskOvertaken,
    /// No list of this vote's trustees' passes.
    DeskTokens,
    /// More files than make one vote.
    DeskManyFiles,
    /// A manifest that somebody has changed.
    DeskChanged,
    /// No name of a folder.
    DeskFolderName,
    /// A folder that is there already.
    DeskFolderThere,
    /// The vote has no totals yet.
    DeskNotFinished,
    /// The voting is over, or its hour has passed: the closing is not put off.
    DeskPutOffOver,
    /// The vote allows nobody to put the closing off.
    DeskPutOffNever,
    /// The closing is put off to an hour that is no later than it is.
    DeskPutOffLater,
    /// The closing is put off further than the vote allows.
    DeskPutOffMost,
    /// A language has no words.
    DeskSilent,
    /// The vote allows nobody to close it early.
    DeskNotEarly,
    /// Nobody said in every language why the vote is closed early.
    DeskNoReason,
    /// What was typed is no hour to put the closing off to.
    DeskHourNone,
    /// An hour that the town's clock has twice or never.
    DeskHourTwice,
    /// The disk, or this program.
    DeskFault,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::DeskStranger => "desk-stranger",
            Kind::DeskLinkSpent => "desk-link-spent",
            Kind::DeskLocked => "desk-locked",
            Kind::DeskPassphrase => "desk-passphrase",
            Kind::DeskShort => "desk-short",
            Kind::DeskMalformed => "desk-malformed",
            Kind::DeskRefused => "desk-refused",
            Kind::DeskFile => "desk-file",
            Kind::DeskFrozen => "desk-frozen",
            Kind::DeskUnconfirmed => "desk-unconfirmed",
            Kind::DeskUndescribed => "desk-undescribed",
            Kind::DeskTitle => "desk-title",
            Kind::DeskTown => "desk-town",
            Kind::DeskNoBox => "desk-no-box",
            Kind::DeskNoPass => "desk-no-pass",
            Kind::DeskBoxAway => "desk-box-away",
            Kind::DeskUnticked => "desk-unticked",
            Kind::DeskNoHour => "desk-no-hour",
            Kind::DeskAddress => "desk-address",
            Kind::DeskUnencrypted => "desk-unencrypted",
            Kind::DeskSiteUnencrypted => "desk-site-unencrypted",
            Kind::DeskNoBoard => "desk-no-board",
            Kind::DeskOtherOrganiser => "desk-other-organiser",
            Kind::DeskPassWrong => "desk-pass-wrong",
            Kind::DeskNotNow => "desk-not-now",
            Kind::DeskNoKeys => "desk-no-keys",
            Kind::DeskOvertaken => "desk-overtaken",
            Kind::DeskTokens => "desk-tokens",
            Kind::DeskManyFiles => "desk-many-files",
            Kind::DeskChanged => "desk-changed",
            Kind::DeskFolderName => "desk-folder-name",
            Kind::DeskFolderThere => "desk-folder-there",
            Kind::DeskNotFinished => "desk-not-finished",
            Kind::DeskPutOffOver => "desk-put-off-over",
            Kind::DeskPutOffNever => "desk-put-off-never",
            Kind::DeskPutOffLater => "desk-put-off-later",
            Kind::DeskPutOffMost => "desk-put-off-most",
            Kind::DeskSilent => "desk-silent",
            Kind::DeskNotEarly => "desk-not-early",
            Kind::DeskNoReason => "desk-no-reason",
            Kind::DeskHourNone => "desk-hour-none",
            Kind::DeskHourTwice => "desk-hour-twice",
            Kind::DeskFault => "desk-fault",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Kind::DeskStranger | Kind::DeskLinkSpent => StatusCode::FORBIDDEN,
            Kind::DeskLocked | Kind::DeskNoBox | Kind::DeskNoPass | Kind::DeskFrozen | Kind::DeskUnticked => {
                StatusCode::CONFLICT
            }
            Kind::DeskFile
            | Kind::DeskUnconfirmed
            | Kind::DeskUndescribed
            | Kind::DeskTitle
            | Kind::DeskTown => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::DeskPassphrase
            | Kind::DeskShort
            | Kind::DeskRefused
            | Kind::DeskNoHour
            | Kind::DeskAddress
            | Kind::DeskUnencrypted
            | Kind::DeskSiteUnencrypted
            | Kind::DeskNoBoard
            | Kind::DeskOtherOrganiser
            | Kind::DeskPassWrong
            | Kind::DeskTokens
            | Kind::DeskManyFiles
            | Kind::DeskChanged
            | Kind::DeskFolderName
            | Kind::DeskFolderThere => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::DeskNotNow | Kind::DeskNoKeys | Kind::DeskOvertaken => StatusCode::CONFLICT,
            Kind::DeskNotFinished | Kind::DeskPutOffOver | Kind::DeskPutOffNever | Kind::DeskNotEarly => {
                StatusCode::CONFLICT
            }
            Kind::DeskPutOffLater
            | Kind::DeskPutOffMost
            | Kind::DeskSilent
            | Kind::DeskNoReason
            | Kind::DeskHourNone
            | Kind::DeskHourTwice => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::DeskMalformed => StatusCode::BAD_REQUEST,
            Kind::DeskBoxAway => StatusCode::BAD_GATEWAY,
            Kind::DeskFault => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// A problem: its kind, and what the program has to say.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) kind: Kind,
    detail: String,
    /// The hour that it is about, which the page writes in the town's zone.
    hour: Option<HourOf>,
}

impl Problem {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Problem { kind, detail: detail.into(), hour: None }
    }
}

impl Problem {
    /// What the program has to say.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::Desk(super::DeskError::Vault(vault)) => match vault {
                VaultError::Locked | VaultError::None => Kind::DeskLocked,
                VaultError::Short => Kind::DeskShort,
                VaultError::Wrong => Kind::DeskPassphrase,
                VaultError::Made => Kind::DeskRefused,
                VaultError::Encrypt(_) => Kind::DeskFault,
            },
            Error::Desk(super::DeskError::Unticked { .. }) => Kind::DeskUnticked,
            Error::Remote(RemoteError::Transport { .. }) => Kind::DeskBoxAway,
            Error::Remote(RemoteError::Address { .. }) => Kind::DeskAddress,
            Error::Remote(RemoteError::NoRecord { .. }) => Kind::DeskNoBoard,
            Error::Remote(RemoteError::Refused { status: 401, .. }) => Kind::DeskPassWrong,
            // Somebody else has taken the step, or the hour has not come by the box's clock.
            Error::Remote(RemoteError::Refused { status: 409, .. }) => Kind::DeskNotNow,
            Error::Trustees(trustees) => match trustees {
                TrusteesError::Site(_) => Kind::DeskAddress,
                TrusteesError::Unencrypted(_) => Kind::DeskSiteUnencrypted,
                TrusteesError::Tokens { .. } | TrusteesError::OtherTokens { .. } => Kind::DeskTokens,
                TrusteesError::NoManifest(_) => Kind::DeskNoBoard,
                _ => Kind::DeskRefused,
            },
            Error::Archive(ArchiveError::NotFinished) => Kind::DeskNotFinished,
            Error::Election(ElectionError::Hours(hours)) => {
                let (kind, hour) = of_hours(hours);
                return Problem { kind, detail: error.to_string(), hour };
            }
            Error::Election(ElectionError::NotNow(_)) => Kind::DeskNotNow,
            Error::Election(ElectionError::NoKeys(_)) => Kind::DeskNoKeys,
            Error::Election(ElectionError::Overtaken) => Kind::DeskOvertaken,
            Error::Election(ElectionError::OtherKey { .. }) => Kind::DeskOtherOrganiser,
            Error::Read { .. } | Error::Write { .. } | Error::Json(_) | Error::DeadRandomSource(_) => {
                Kind::DeskFault
            }
            _ => Kind::DeskRefused,
        };
        Problem::new(kind, error.to_string())
    }
}

/// The page's name for what is wrong with the organiser's word on the hours, and the hour in it.
fn of_hours(error: &HoursError) -> (Kind, Option<HourOf>) {
    match error {
        HoursError::Over | HoursError::Passed(_) => (Kind::DeskPutOffOver, None),
        HoursError::Never => (Kind::DeskPutOffNever, None),
        HoursError::NotLater(hour) => (Kind::DeskPutOffLater, Some(hour.clone())),
        HoursError::TooLate(hour) => (Kind::DeskPutOffMost, Some(hour.clone())),
        HoursError::Silent => (Kind::DeskSilent, None),
        HoursError::NotEarly(hour) => (Kind::DeskNotEarly, Some(hour.clone())),
        HoursError::Unexplained(_) | HoursError::NoReason => (Kind::DeskNoReason, None),
    }
}

impl From<VaultError> for Error {
    fn from(error: VaultError) -> Self {
        Error::Desk(super::DeskError::Vault(error))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let name = self.kind.name();
        let mut document = json!({
            "type": format!("urn:veche:{name}"),
            "title": name,
            "status": self.kind.status().as_u16(),
            "detail": self.detail,
        });
        if let (Some(hour), Some(fields)) = (&self.hour, document.as_object_mut()) {
            fields.insert("hour".to_owned(), hour.utc().into());
            fields.insert("zone".to_owned(), hour.zone().into());
        }
        let media = [(header::CONTENT_TYPE, "application/problem+json")];
        (self.kind.status(), media, Json(document)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_organiser_can_mend_has_a_sentence_of_its_own_with_the_hour_and_its_zone() {
        let hour = || HourOf::new(1_781_474_400, "Europe/Warsaw");
        for (error, kind, with_hour) in [
            (HoursError::Over, "desk-put-off-over", false),
            (HoursError::Never, "desk-put-off-never", false),
            (HoursError::NotLater(hour()), "desk-put-off-later", true),
            (HoursError::TooLate(hour()), "desk-put-off-most", true),
            (HoursError::Silent, "desk-silent", false),
            (HoursError::NotEarly(hour()), "desk-not-early", true),
            (HoursError::NoReason, "desk-no-reason", false),
        ] {
            let problem = Problem::from(Error::from(error));
            assert_eq!(problem.kind.name(), kind);
            let hour = problem.hour.map(|hour| (hour.utc(), hour.zone().to_owned()));
            let wanted = with_hour.then(|| ("2026-06-14T22:00:00Z".to_owned(), "Europe/Warsaw".to_owned()));
            assert_eq!(hour, wanted, "{kind}");
        }
        let unknown =
            RemoteError::Refused { url: "u".to_owned(), status: 401, detail: "a pass is missing".to_owned() };
        assert_eq!(Problem::from(Error::from(unknown)).kind, Kind::DeskPassWrong);
        assert_eq!(Problem::from(Error::from(ArchiveError::NotFinished)).kind, Kind::DeskNotFinished);
        // A step that another page has taken: the desk says so, and quotes nothing.
        let taken = RemoteError::Refused {
            url: "u".to_owned(),
            status: 409,
            detail: ": Voting is closed".to_owned(),
        };
        for (error, kind) in [
            (Error::from(taken), Kind::DeskNotNow),
            (ElectionError::NotNow("Voting is open already".to_owned()).into(), Kind::DeskNotNow),
            (ElectionError::NoKeys("Ask them".to_owned()).into(), Kind::DeskNoKeys),
            (ElectionError::Overtaken.into(), Kind::DeskOvertaken),
        ] {
            assert_eq!(Problem::from(error).kind, kind);
        }
    }
}
