//! One person at the desk: found, helped, put onto the roll or taken off it.

use std::sync::Arc;
use std::time::Duration;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::pass::Clerk;
use super::shown::PersonShown;
use crate::clock::rfc3339;
use crate::http::body::Json;
use crate::http::problem::{Kind, Problem};
use crate::people::caller::OnPhone;
use crate::people::counter::OpenCounter;
use crate::people::help::Person;
use crate::registrar::context::Registrar;

/// Days for which a code on paper is good, where nothing else is asked for.
const DAYS: u8 = 7;
/// Days for which it may be.
const MOST_DAYS: u8 = 30;
const DAY: u64 = 86_400;

/// Who is looked for, in one of three ways.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum PersonSought {
    /// By the number.
    Phone(PhoneSought),
    /// By the name on the board.
    Pseudonym(PseudonymSought),
    /// By the subject of a portal's passes.
    Subject(SubjectSought),
}

/// A number that is looked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PhoneSought {
    /// The number with its country code, or as it is dialled in the election's country.
    #[schema(example = "+48 42 123 45 67")]
    phone: String,
    /// Which of several people with the number, by what the roll tells them apart by.
    #[serde(default)]
    mark: Option<String>,
}

/// A name on the board that is looked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PseudonymSought {
    /// 32 hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{32}$", example = "00112233445566778899aabbccddeeff")]
    pseudonym: String,
}

/// A subject of a portal's passes that is looked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubjectSought {
    /// The subject, as the portal writes it into its passes.
    subject: String,
}

/// To whom something is done, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deed {
    /// The number with its country code, or as it is dialled in the election's country.
    #[schema(example = "+48 42 123 45 67")]
    phone: String,
    /// Which of several people with the number, by what the roll tells them apart by.
    #[serde(default)]
    mark: Option<String>,
    /// Why, for the journal: 200 characters at most, in one line, without the number of anybody.
    #[schema(example = "came with a passport")]
    reason: String,
}

/// A code on paper that is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeWanted {
    /// The number with its country code, or as it is dialled in the election's country.
    phone: String,
    /// Which of several people with the number, by what the roll tells them apart by.
    #[serde(default)]
    mark: Option<String>,
    /// Why, for the journal.
    reason: String,
    /// For how many days it is good, but not beyond the last hour of the vote; seven where nothing is said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 30)]
    days: Option<u8>,
}

/// Into which district somebody is put.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DistrictDeed {
    /// The number with its country code, or as it is dialled in the election's country.
    phone: String,
    /// Which of several people with the number, by what the roll tells them apart by.
    #[serde(default)]
    mark: Option<String>,
    /// The district: the identifier of a style of the manifest.
    #[schema(example = "north")]
    style: String,
    /// Why, for the journal.
    reason: String,
}

/// From which number to which somebody is put.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PhoneDeed {
    /// The number before.
    phone: String,
    /// Which of several people with the number, by what the roll tells them apart by.
    #[serde(default)]
    mark: Option<String>,
    /// The number from now on.
    new_phone: String,
    /// Why, for the journal.
    reason: String,
}

/// A code to be written on paper, for one person.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaperCode {
    /// Twelve digits in groups. Whoever has it and knows the number is the voter.
    #[schema(example = "0123 4567 8901")]
    code: String,
    /// When it ends.
    expires: String,
}

/// What was struck or revoked.
#[derive(Serialize, ToSchema)]
pub(crate) struct StruckShown {
    /// The entry of the board that revokes the key, if there was one to revoke.
    entry: Option<u64>,
}

/// Where somebody was before.
#[derive(Serialize, ToSchema)]
pub(crate) struct MovedShown {
    /// The district before.
    before: String,
}

/// Says what is known of a person: on the roll, what became of the code, signed in, voted; never what.
#[utoipa::path(
    post, path = "/v1/desk/person", tag = "desk", operation_id = "desk_person", security(("desk" = []), ("organiser" = [])), request_body = PersonSought,
    responses(
        (status = 200, description = "What is known", body = PersonShown),
        (status = 401, description = "`desk-pass-needed`"),
        (status = 403, description = "`wrong-mark`"),
        (status = 404, description = "`person-unknown`"),
        (status = 409, description = "`mark-needed`: several people have the number; with the district of each (`styles`) and what stands above their marks (`asked_for`, or null)"),
        (status = 422, description = "`phone-unreadable`, `mark-unreadable`"),
        (status = 429, description = "`too-many-requests`: too many wrong passes from this address"),
        (status = 502, description = "`box-wrong`"),
        (status = 503, description = "`box-unreachable`"),
    )
)]
pub(crate) async fn find(
    State(registrar): State<Arc<Registrar>>,
    _clerk: Clerk,
    Json(sought): Json<PersonSought>,
) -> Result<Answer<PersonShown>, Problem> {
    let whom = match &sought {
        PersonSought::Phone(sought) => Person::Phone(on_phone(&sought.phone, &sought.mark)),
        PersonSought::Pseudonym(sought) => Person::Pseudonym(&sought.pseudonym),
        PersonSought::Subject(sought) => Person::Subject(&sought.subject),
    };
    Ok(Answer(OpenCounter::running(&registrar).find_person(whom).await?.into()))
}

/// Begins the count of a phone's messages anew: the next code that is asked for is sent at once.
#[utoipa::path(
    post, path = "/v1/desk/unlock", tag = "desk", operation_id = "desk_unlock", security(("desk" = []), ("organiser" = [])), request_body = Deed,
    responses(
        (status = 204, description = "The count begins anew"),
        (status = 401, description = "`desk-pass-needed`"),
        (status = 422, description = "`phone-unreadable`, `reason-refused`"),
        (status = 429, description = "`too-many-requests`: too many wrong passes from this address"),
    )
)]
pub(crate) async fn unlock(
    State(registrar): State<Arc<Registrar>>,
    clerk: Clerk,
    Json(deed): Json<Deed>,
) -> Result<StatusCode, Problem> {
    let by = clerk.because(&deed.reason)?;
    OpenCounter::running(&registrar).unlock(&deed.phone, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a person a code on paper, good once, in the place of one by SMS and of the one before.
#[utoipa::path(
    post, path = "/v1/desk/code", tag = "desk", operation_id = "desk_code", security(("desk" = []), ("organiser" = [])), request_body = CodeWanted,
    responses(
        (status = 201, description = "It is shown this once", body = PaperCode),
        (status = 401, description = "`desk-pass-needed`"),
        (status = 403, description = "`wrong-mark`"),
        (status = 404, description = "`not-on-roll`"),
        (status = 409, description = "`mark-needed`, `no-printed-route`: the manifest has no route `code`; `struck-off`; `not-open`: the vote is over"),
        (status = 422, description = "`phone-unreadable`, `mark-unreadable`, `reason-refused`"),
        (status = 429, description = "`too-many-requests`: too many wrong passes from this address"),
        (status = 502, description = "`box-wrong`"),
        (status = 503, description = "`box-unreachable`"),
    )
)]
pub(crate) async fn code(
    State(registrar): State<Arc<Registrar>>,
    clerk: Clerk,
    Json(wanted): Json<CodeWanted>,
) -> Result<(StatusCode, Answer<PaperCode>), Problem> {
    let by = clerk.because(&wanted.reason)?;
    let days = wanted.days.unwrap_or(DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        let sentence = format!("A code on paper is good for one day at least and {MOST_DAYS} at most.");
        return Err(Problem::new(Kind::Malformed, sentence));
    }
    let good_for = Duration::from_secs(u64::from(days) * DAY);
    let given = OpenCounter::running(&registrar)
        .print_code(on_phone(&wanted.phone, &wanted.mark), good_for, &by)
        .await?;
    let shown = PaperCode { code: given.code.to_string(), expires: rfc3339(given.expires) };
    Ok((StatusCode::CREATED, Answer(shown)))
}

/// Puts a phone onto the roll. Its owner can sign in at once.
#[utoipa::path(
    post, path = "/v1/desk/roll/add", tag = "desk", operation_id = "desk_roll_add", security(("desk" = []), ("organiser" = [])), request_body = DistrictDeed,
    responses(
        (status = 204, description = "It is on the roll"),
        (status = 401, description = "`desk-pass-needed`"),
        (status = 409, description = "`not-told-apart`, `crowded`, `on-roll-already` (with `style`), `style-full`, `struck-off`, `no-roll`"),
        (status = 422, description = "`phone-unreadable`, `mark-unreadable`, `style-unknown`, `reason-refused`"),
        (status = 429, description = "`too-many-requests`: too many wrong passes from this address"),
        (status = 502, description = "`box-wrong`"),
        (status = 503, description = "`box-unreachable`"),
    )
)]
pub(crate) async fn add(
    State(registrar): State<Arc<Registrar>>,
    clerk: Clerk,
    Json(deed): Json<DistrictDeed>,
) -> Result<StatusCode, Problem> {
    let by = clerk.because(&deed.reason)?;
    OpenCounter::running(&registrar)
        .add_to_roll(on_phone(&deed.phone, &deed.mark), &deed.style, Some(&by))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a phone of the roll into another district, before its owner has a key on the board.
#[utoipa::path(
    post, path = "/v1/desk/roll/move", tag = "desk", operation_id = "desk_roll_move", security(("desk" = []), ("organiser" = [])), request_body = DistrictDeed,
    responses(
        (status = 200, description = "It is in the other district", body = MovedShown),
        (status = 401, description = "`desk-pass-needed`"),
        (status = 403, description = "`wrong-mark`"),
        (status = 404, description = "`not-on-roll`"),
        (status = 409, description = "`mark-needed`, `district-fixed` (with `style`), `on-roll-already`: in this very district, `style-full`, `struck-off`, `no-roll`"),
        (status = 422, description = "`phone-unreadable`, `mark-unreadable`, `style-unknown`, `reason-refused`"),
        (status = 429, description = "`too-many-requests`: too many wrong passes from this address"),
        (status = 502, description = "`box-wrong`"),
        (status = 503, description = "`box-unreachable`"),
    )
)]
pub(crate) async fn put_right(
    State(registrar): State<Arc<Registrar>>,
    clerk: Clerk,
    Json(deed): Json<DistrictDeed>,
) -> Result<Answer<MovedShown>, Problem> {
    let by = clerk.because(&deed.reason)?;
    let counter = OpenCounter::running(&registrar);
    let before = counter.move_on_roll(on_phone(&deed.phone, &deed.mark), &deed.style, Some(&by)).await?;
    Ok(Answer(MovedShown { before }))
}

/// Gives whoever is alone with a number the mark that tells them apart from others who come to have it, in the place of
/// any before.
#[utoipa::path(
    post, path = "/v1/desk/roll/mark", tag = "desk", operation_id = "desk_roll_mark", security(("desk" = []), ("organiser" = [])), request_body = Deed,
    responses(
        (status = 204, description = "Others can come onto the roll with this number, each with a mark of their own"),
        (status = 401, description = "`desk-pass-needed`"),
        (status = 404, description = "`not-on-roll`"),
        (status = 409, description = "`not-alone`: several people have the number; `no-roll`"),
        (status = 422, description = "`phone-unreadable`, `mark-unreadable`, `reason-refused`"),
        (status = 429, description = "`too-many-requests`: too many wrong passes from this address"),
    )
)]
pub(crate) async fn mark(
    State(registrar): State<Arc<Registrar>>,
    clerk: Clerk,
    Json(deed): Json<Deed>,
) -> Result<StatusCode, Problem> {
    let by = clerk.because(&deed.reason)?;
    OpenCounter::running(&registrar).mark_on_roll(on_phone(&deed.phone, &deed.mark), Some(&by)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a phone off the roll, and revokes its owner's key on the board for good: a ballot that was cast is void.
#[utoipa::path(
    post, path = "/v1/desk/roll/strike", tag = "desk", operation_id = "desk_roll_strike", security(("desk" = []), ("organiser" = [])), request_body = Deed,
    responses(
        (status = 200, description = "It is off the roll", body = StruckShown),
        (status = 401, description = "`desk-pass-needed`"),
        (status = 403, description = "`wrong-mark`"),
        (status = 404, description = "`not-on-roll`"),
        (status = 409, description = "`mark-needed`, `no-roll`"),
        (status = 422, description = "`phone-unreadable`, `mark-unreadable`, `reason-refused`"),
        (status = 429, description = "`too-many-requests`: too many wrong passes from this address"),
        (status = 502, description = "`half-done`: off the roll, and the key is not revoked yet; `box-wrong`"),
        (status = 503, description = "`box-unreachable`"),
    )
)]
pub(crate) async fn strike(
    State(registrar): State<Arc<Registrar>>,
    clerk: Clerk,
    Json(deed): Json<Deed>,
) -> Result<Answer<StruckShown>, Problem> {
    let by = clerk.because(&deed.reason)?;
    let struck = OpenCounter::running(&registrar)
        .strike_from_roll(on_phone(&deed.phone, &deed.mark), Some(&by))
        .await?;
    Ok(Answer(StruckShown { entry: struck.entry }))
}

/// Puts a person from one number to another: on the roll, and as the same voter on the board.
#[utoipa::path(
    post, path = "/v1/desk/phone", tag = "desk", operation_id = "desk_phone", security(("desk" = []), ("organiser" = [])), request_body = PhoneDeed,
    responses(
        (status = 204, description = "Whoever has the new number is this voter"),
        (status = 401, description = "`desk-pass-needed`"),
        (status = 403, description = "`wrong-mark`"),
        (status = 404, description = "`not-on-roll`"),
        (status = 409, description = "`mark-needed`, `phone-taken`, `struck-off`"),
        (status = 422, description = "`phone-unreadable`, `mark-unreadable`, `reason-refused`"),
        (status = 429, description = "`too-many-requests`: too many wrong passes from this address"),
        (status = 502, description = "`box-wrong`"),
        (status = 503, description = "`box-unreachable`"),
    )
)]
pub(crate) async fn change_phone(
    State(registrar): State<Arc<Registrar>>,
    clerk: Clerk,
    Json(deed): Json<PhoneDeed>,
) -> Result<StatusCode, Problem> {
    let by = clerk.because(&deed.reason)?;
    OpenCounter::running(&registrar)
        .change_phone(on_phone(&deed.phone, &deed.mark), &deed.new_phone, &by)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Revokes the key that a person votes with, as after a theft, and ends the sessions. The person signs in anew; a
/// ballot that was cast stays until another takes its place.
#[utoipa::path(
    post, path = "/v1/desk/revoke-key", tag = "desk", operation_id = "desk_revoke_key", security(("desk" = []), ("organiser" = [])), request_body = Deed,
    responses(
        (status = 200, description = "Signed out everywhere, and the key is revoked if there was one", body = StruckShown),
        (status = 401, description = "`desk-pass-needed`"),
        (status = 403, description = "`wrong-mark`"),
        (status = 409, description = "`mark-needed`, `never-signed-in`, `struck-off`"),
        (status = 422, description = "`phone-unreadable`, `mark-unreadable`, `reason-refused`"),
        (status = 429, description = "`too-many-requests`: too many wrong passes from this address"),
        (status = 502, description = "`half-done`: signed out, and the key is not revoked yet; `box-wrong`"),
        (status = 503, description = "`box-unreachable`"),
    )
)]
pub(crate) async fn revoke_key(
    State(registrar): State<Arc<Registrar>>,
    clerk: Clerk,
    Json(deed): Json<Deed>,
) -> Result<Answer<StruckShown>, Problem> {
    let by = clerk.because(&deed.reason)?;
    let entry = OpenCounter::running(&registrar).revoke_key(on_phone(&deed.phone, &deed.mark), &by).await?;
    Ok(Answer(StruckShown { entry }))
}

/// Whom a request means.
fn on_phone<'a>(phone: &'a str, mark: &'a Option<String>) -> OnPhone<'a> {
    OnPhone { phone, mark: mark.as_deref() }
}
