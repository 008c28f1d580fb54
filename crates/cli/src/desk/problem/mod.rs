//! What is wrong, as a problem document (RFC 9457) that the page has a sentence for.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use veche_record::manifest::Problem as Wrong;
use veche_site::SiteError;
use veche_verify::failure::Culprit;
use veche_verify::report::Report;

use super::DeskError;
use super::vault::VaultError;
use crate::archive::ArchiveError;
use crate::election::ElectionError;
use crate::election::hours::{HourOf, HoursError};
use crate::election::trustees::TrusteesError;
use crate::error::Error;
use crate::folder::FolderError;
use crate::mirror::Contradiction;
use crate::preview::PreviewError;
use crate::preview::practice::PracticeError;
use crate::remote::RemoteError;
use crate::report;
use crate::results::ResultsError;
use crate::turnout::TurnoutError;

mod said;
#[cfg(test)]
mod tests;

pub(crate) use said::{name_of_desk, said};

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
    /// Something that no page should meet; the program's own words follow.
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
    /// The manifest in the folder is none, or changed.
    DeskManifest,
    /// The key is made already.
    DeskKeyMade,
    /// The key is not made yet.
    DeskNoKey,
    /// A reason that nobody reads to its end.
    DeskLongReason,
    /// The board does not pass, by the fault of the ballot box or of whoever serves its files.
    DeskBoard,
    /// The board does not pass, by what the organiser has signed.
    DeskBoardOrganiser,
    /// The board does not pass, by what trustees have posted.
    DeskBoardTrustees,
    /// The board contradicts the copy of it that the folder has.
    DeskBoardOther,
    /// The ballot box refuses what the desk has sent.
    DeskBoxRefused,
    /// What answers is no ballot box of this version.
    DeskBoxOther,
    /// What answers is no registrar of this version.
    DeskNoRegistrar,
    /// A practice vote that goes on when the vote that counts has opened.
    DeskPracticeLate,
    /// A practice vote that closes before it opens.
    DeskPracticeHours,
    /// The description is a practice vote's already.
    DeskPracticeAlready,
    /// A picture of the vote is missing, or is none that a browser shows.
    DeskPictures,
    /// A text of more than one line where one line is printed.
    DeskOneLine,
    /// An invitation that was forgotten.
    DeskInvitationGone,
    /// An archive in the folder that cannot be read.
    DeskArchive,
    /// The notes of draws in the folder cannot be read.
    DeskDraws,
    /// The folder of the record's copy holds something else.
    DeskRecord,
    /// The file of earlier looks at the turnout is of another vote, or damaged.
    DeskLooks,
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
            Kind::DeskManifest => "desk-manifest",
            Kind::DeskKeyMade => "desk-key-made",
            Kind::DeskNoKey => "desk-no-key",
            Kind::DeskLongReason => "desk-long-reason",
            Kind::DeskBoard => "desk-board",
            Kind::DeskBoardOrganiser => "desk-board-organiser",
            Kind::DeskBoardTrustees => "desk-board-trustees",
            Kind::DeskBoardOther => "desk-board-other",
            Kind::DeskBoxRefused => "desk-box-refused",
            Kind::DeskBoxOther => "desk-box-other",
            Kind::DeskNoRegistrar => "desk-no-registrar",
            Kind::DeskPracticeLate => "desk-practice-late",
            Kind::DeskPracticeHours => "desk-practice-hours",
            Kind::DeskPracticeAlready => "desk-practice-already",
            Kind::DeskPictures => "desk-pictures",
            Kind::DeskOneLine => "desk-one-line",
            Kind::DeskInvitationGone => "desk-invitation-gone",
            Kind::DeskArchive => "desk-archive",
            Kind::DeskDraws => "desk-draws",
            Kind::DeskRecord => "desk-record",
            Kind::DeskLooks => "desk-looks",
            Kind::DeskFault => "desk-fault",
        }
    }

    pub(crate) fn status(self) -> StatusCode {
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
            Kind::DeskManifest
            | Kind::DeskLongReason
            | Kind::DeskPracticeLate
            | Kind::DeskPracticeHours
            | Kind::DeskPictures
            | Kind::DeskOneLine
            | Kind::DeskDraws
            | Kind::DeskArchive => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::DeskKeyMade
            | Kind::DeskNoKey
            | Kind::DeskPracticeAlready
            | Kind::DeskInvitationGone
            | Kind::DeskRecord
            | Kind::DeskLooks => StatusCode::CONFLICT,
            Kind::DeskBoard
            | Kind::DeskBoardOrganiser
            | Kind::DeskBoardTrustees
            | Kind::DeskBoardOther
            | Kind::DeskBoxRefused
            | Kind::DeskBoxOther
            | Kind::DeskNoRegistrar => StatusCode::BAD_GATEWAY,
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

    /// What the program has to say.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// A board that does not pass: whose fault the first check that failed says, with its words.
    pub(crate) fn of_board(report: &Report) -> Self {
        let failed = report.failed().find_map(|check| Some((check.check, check.failure.as_ref()?)));
        let Some((check, failure)) = failed else {
            return Problem::new(Kind::DeskBoard, report::text(report).trim());
        };
        let kind = match failure.blame.role {
            role if role == Culprit::Organiser.role() => Kind::DeskBoardOrganiser,
            role if role == Culprit::Trustee(1).role() => Kind::DeskBoardTrustees,
            _ => Kind::DeskBoard,
        };
        let entry = failure.entry.map(|entry| format!(", entry {entry}")).unwrap_or_default();
        let (number, detail, culprit) = (check.number(), &failure.detail, &failure.culprit);
        Problem::new(kind, format!("check {number}{entry}: {detail}; to blame: {culprit}"))
    }

    /// A board that is not the one that was copied before.
    pub(crate) fn of_contradiction(found: &Contradiction) -> Self {
        Problem::new(Kind::DeskBoardOther, found.sentence())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Problem::of(&error)
    }
}

impl Problem {
    fn of(error: &Error) -> Self {
        let mut about = None;
        let kind = match error {
            Error::Desk(desk) => of_desk(desk),
            Error::Remote(remote) => of_remote(remote),
            Error::Trustees(trustees) => of_trustees(trustees),
            Error::Archive(archive) => match archive {
                ArchiveError::NotFinished => Kind::DeskNotFinished,
                ArchiveError::Zip(_) | ArchiveError::Io(_) => Kind::DeskFault,
                ArchiveError::Manifest(_) | ArchiveError::Page(_) => Kind::DeskRefused,
            },
            Error::Election(ElectionError::Hours(hours)) => {
                let (kind, hour) = of_hours(hours);
                about = hour;
                kind
            }
            Error::Election(election) => of_election(election),
            Error::Practice(practice) => match practice {
                PracticeError::Overlaps { opens, .. } => {
                    about = Some(opens.clone());
                    Kind::DeskPracticeLate
                }
                PracticeError::Manifest { source, .. } if source.problem == Wrong::Hours => {
                    Kind::DeskPracticeHours
                }
                PracticeError::Manifest { .. } => Kind::DeskManifest,
                PracticeError::Already(_) => Kind::DeskPracticeAlready,
            },
            Error::Results(ResultsError::Draws { .. }) => Kind::DeskDraws,
            Error::Preview(preview) => match preview {
                PreviewError::Manifest { .. } => Kind::DeskManifest,
                PreviewError::Site(
                    SiteError::Settings(_)
                    | SiteError::Card(_)
                    | SiteError::Pictures { .. }
                    | SiteError::Folder { .. },
                )
                | PreviewError::SiteOfElection(_)
                | PreviewError::Page(_) => Kind::DeskRefused,
                PreviewError::Site(_) => Kind::DeskFault,
            },
            Error::Folder(folder) => match folder {
                FolderError::NotEmpty { .. }
                | FolderError::NotAFolder { .. }
                | FolderError::Foreign { .. }
                | FolderError::TooLong { .. } => Kind::DeskRecord,
                FolderError::Io { .. } | FolderError::Bundle(_) | FolderError::Tree(_) => Kind::DeskFault,
            },
            Error::Turnout(turnout) => match turnout {
                TurnoutError::Kept { .. } => Kind::DeskLooks,
                TurnoutError::Moved => Kind::DeskOvertaken,
                TurnoutError::Course(_) | TurnoutError::Table(_) => Kind::DeskRefused,
            },
            Error::Read { .. } | Error::Write { .. } | Error::Json(_) | Error::DeadRandomSource(_) => {
                Kind::DeskFault
            }
            _ => Kind::DeskRefused,
        };
        Problem { kind, detail: error.to_string(), hour: about }
    }
}

fn of_desk(error: &DeskError) -> Kind {
    match error {
        DeskError::Vault(vault) => match vault {
            VaultError::Locked | VaultError::None => Kind::DeskLocked,
            VaultError::Short => Kind::DeskShort,
            VaultError::Wrong => Kind::DeskPassphrase,
            VaultError::Made => Kind::DeskKeyMade,
            VaultError::Encrypt(_) => Kind::DeskFault,
        },
        DeskError::Unticked { .. } => Kind::DeskUnticked,
        DeskError::LongReason { .. } => Kind::DeskLongReason,
        _ => Kind::DeskRefused,
    }
}

fn of_remote(error: &RemoteError) -> Kind {
    match error {
        RemoteError::Transport { .. } => Kind::DeskBoxAway,
        RemoteError::Address { .. } => Kind::DeskAddress,
        RemoteError::NoRecord { .. } => Kind::DeskNoBoard,
        RemoteError::Refused { status: 401, .. } => Kind::DeskPassWrong,
        // Somebody else has taken the step, or the hour has not come by the box's clock.
        RemoteError::Refused { status: 409, .. } => Kind::DeskNotNow,
        RemoteError::Refused { .. } => Kind::DeskBoxRefused,
        RemoteError::Size { .. } => Kind::DeskBoxOther,
    }
}

fn of_trustees(error: &TrusteesError) -> Kind {
    match error {
        // The picture is of a link that begins with the site's address.
        TrusteesError::Site(_) | TrusteesError::Picture(_) => Kind::DeskAddress,
        TrusteesError::Unencrypted(_) => Kind::DeskSiteUnencrypted,
        TrusteesError::Tokens { .. } | TrusteesError::OtherTokens { .. } => Kind::DeskTokens,
        TrusteesError::NoManifest(_) => Kind::DeskNoBoard,
        TrusteesError::Manifest(_) => Kind::DeskBoxOther,
        TrusteesError::By(_) => Kind::DeskHourNone,
        TrusteesError::Name { .. } | TrusteesError::NotEmpty { .. } | TrusteesError::Papers(_) => {
            Kind::DeskRefused
        }
    }
}

fn of_election(error: &ElectionError) -> Kind {
    match error {
        ElectionError::NotNow(_) => Kind::DeskNotNow,
        ElectionError::NoKeys(_) => Kind::DeskNoKeys,
        ElectionError::Overtaken => Kind::DeskOvertaken,
        ElectionError::OtherKey { .. } => Kind::DeskOtherOrganiser,
        ElectionError::Languages(_) => Kind::DeskSilent,
        ElectionError::Note(_) => Kind::DeskBoard,
        ElectionError::Answer(_) | ElectionError::Manifest(_) => Kind::DeskBoxOther,
        ElectionError::Seal(_) | ElectionError::Key(_) => Kind::DeskFault,
        _ => Kind::DeskRefused,
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
        HoursError::Unexplained(_) | HoursError::NoReason | HoursError::NoLanguage(_) => {
            (Kind::DeskNoReason, None)
        }
    }
}

impl From<VaultError> for Error {
    fn from(error: VaultError) -> Self {
        Error::Desk(DeskError::Vault(error))
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
