//! The day of the vote: how it stands, what happens next and who must act, and the organiser's steps.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::civil::DateTime;
use jiff::tz::TimeZoneDatabase;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use veche_record::entry::{NoticeForm, TallyKind};
use veche_record::manifest::Timestamp;
use veche_results::Counts;
use veche_verify::{BoardState, Course};

use super::Desk;
use super::ballot_box::{office, remember, remember_rehearsal, remember_vote, with_board};
use super::checklist::{self, ITEMS};
use super::folder::Unticked;
use super::problem::{Kind, Problem};
use super::request::{Answer, Form, work};
use crate::election::{self, Office, hours};
use crate::error::Error;
use crate::turnout;

/// The routes of this page.
pub(crate) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/run", get(stand))
        .route("/run/board", get(board))
        .route("/run/turnout", get(drawn))
        .route("/run/item", post(item))
        .route("/run/restart", post(restart))
        .route("/run/rehearse", post(rehearse))
        .route("/run/open", post(open))
        .route("/run/extend", post(extend))
        .route("/run/notice", post(notice))
        .route("/run/cancel", post(cancel))
        .route("/run/close", post(close))
}

/// How the vote stands, as the ballot box says it: nothing of this is verified.
#[derive(Debug, Serialize)]
struct Stand {
    phase: Value,
    fingerprint: Value,
    now: Value,
    closes: Value,
    opens: String,
    /// At most until when the closing can be put off.
    closes_latest: Option<String>,
    early_close: bool,
    time_zone: String,
    languages: Vec<String>,
    /// `/v1/health` of the ballot box; null where it cannot be had.
    health: Value,
    /// What a person has to look at, and when it was ticked here.
    items: Vec<Item>,
    /// What was left of it when the vote was opened, and why.
    unticked: Option<Unticked>,
}

#[derive(Debug, Serialize)]
struct Item {
    name: &'static str,
    ticked: Option<String>,
}

async fn stand(State(desk): State<Arc<Desk>>) -> Answer<Stand> {
    let stand = work(desk, |desk| {
        let office = office(desk)?;
        let now: Value = office.get_json("v1/election")?;
        remember(&desk.folder, &now)?;
        let part = |name: &str| now.get(name).cloned().unwrap_or_default();
        let manifest = office.manifest()?;
        let document = manifest.document();
        let notes = desk.folder.notes();
        let (ticked, unticked) = (notes.ticked, notes.unticked);
        Ok(Stand {
            phase: part("phase"),
            fingerprint: part("fingerprint"),
            now: part("now"),
            closes: part("closes"),
            opens: document.opens.to_string(),
            closes_latest: document.closes_latest.as_ref().map(Timestamp::to_string),
            early_close: document.early_close,
            time_zone: document.time_zone.clone(),
            languages: document.languages.clone(),
            health: office.health()?,
            items: ITEMS.iter().map(|name| Item { name, ticked: ticked.get(*name).cloned() }).collect(),
            unticked,
        })
    });
    Ok(Json(stand.await?))
}

/// What the verified board says: which step is next, and whose; and once the vote is closed how many voters and ballots
/// there are, which the town announces and each trustee compares.
async fn board(State(desk): State<Arc<Desk>>) -> Answer<Value> {
    let said = work(desk, |desk| {
        with_board(&office(desk)?, |_, board| {
            remember_rehearsal(&desk.folder, board)?;
            remember_vote(&desk.folder, board)?;
            let counts = Counts::of(board);
            let manifest = counts.as_ref().map(|_| board.manifest().document());
            Ok(json!({
                "next": next(board), "counts": counts, "manifest": manifest, "ballots": board.ballots(),
                "command": "veche election publish --box URL --token-file FILE",
            }))
        })
    });
    Ok(Json(said.await?))
}

/// The next step of the vote, by the name of the page's sentence for it.
fn next(board: &BoardState) -> &'static str {
    let now = election::now();
    match board.course() {
        Course::Empty | Course::Founded => "keys",
        Course::Setup => match board.count(TallyKind::Rehearsal) {
            None => "rehearse",
            Some(_) if !board.is_rehearsed() => "rehearsal",
            Some(_) if now < board.manifest().document().opens.unix() => "wait-opening",
            Some(_) if now >= board.closing_hour() => "too-late",
            Some(_) => "open",
        },
        Course::Open if now < board.closing_hour() => "voting",
        Course::Open => "end",
        Course::Ended => "papers",
        Course::Closed | Course::Counting => "count",
        Course::Published => "published",
        Course::Cancelled => "cancelled",
    }
}

#[derive(Deserialize)]
struct Ticked {
    name: String,
    done: bool,
}

async fn item(State(desk): State<Arc<Desk>>, Form(form): Form<Ticked>) -> Answer<Value> {
    if !ITEMS.contains(&form.name.as_str()) {
        return Err(Problem::new(Kind::DeskMalformed, "there is no such item"));
    }
    work(desk, move |desk| {
        if form.done {
            return Ok(checklist::tick(&desk.folder, &form.name)?);
        }
        Ok(desk.folder.note(|notes| drop(notes.ticked.remove(&form.name)))?)
    })
    .await?;
    Ok(Json(json!({})))
}

/// Takes a step of the organiser at a board that passes; what the command would print.
async fn step(
    desk: Arc<Desk>,
    command: &'static str,
    take: impl FnOnce(&Desk, &Office, &BoardState) -> Result<String, Error> + Send + 'static,
) -> Answer<Value> {
    let said = work(desk, move |desk| {
        with_board(&office(desk)?, |office, board| {
            remember_vote(&desk.folder, board)?;
            Ok(take(desk, office, board)?)
        })
    });
    Ok(Json(json!({ "said": said.await?, "command": command })))
}

async fn restart(State(desk): State<Arc<Desk>>) -> Answer<Value> {
    step(desk, "veche election restart --box URL --token-file FILE --words", |desk, office, board| {
        election::restart(&desk.vault.signer()?, office, board)
    })
    .await
}

async fn rehearse(State(desk): State<Arc<Desk>>) -> Answer<Value> {
    step(desk, "veche election rehearse --box URL --token-file FILE", |_, office, board| {
        election::rehearse(office, board)
    })
    .await
}

#[derive(Deserialize)]
struct Opened {
    /// Why the vote is opened although something on the list is left.
    reason: Option<String>,
}

async fn open(State(desk): State<Arc<Desk>>, Form(form): Form<Opened>) -> Answer<Value> {
    let command = match form.reason {
        None => "veche election open --box URL --token-file FILE --desk FOLDER --words",
        Some(_) => "veche election open --box URL --token-file FILE --desk FOLDER --unticked REASON --words",
    };
    step(desk, command, move |desk, office, board| {
        checklist::pass(&desk.folder, form.reason.as_deref())?;
        election::open(&desk.vault.signer()?, office, board)
    })
    .await
}

/// The turnout by district and route at every hour that the board has. All of the board is fetched, as far as it is not
/// here yet, and verified.
async fn drawn(State(desk): State<Arc<Desk>>) -> Answer<Value> {
    let drawn = work(desk, |desk| {
        let office = office(desk)?;
        let manifest: Value = office.get_json("record/manifest.json")?;
        let place = office.record_address();
        match turnout::count(&place, Some(&desk.folder.record()), Some(&desk.folder.looks()))? {
            turnout::Counted::Passed { by_hour, .. } => {
                let command = "veche turnout URL/record --keep FILE";
                Ok(json!({ "manifest": manifest, "turnout": by_hour, "command": command }))
            }
            turnout::Counted::Failed(report) => Err(Problem::of_board(&report)),
            turnout::Counted::Contradicted(found) => Err(Problem::of_contradiction(&found)),
        }
    });
    Ok(Json(drawn.await?))
}

#[derive(Deserialize)]
struct Until {
    /// On the town's clock, as 2026-05-15T20:00.
    until: String,
}

async fn extend(State(desk): State<Arc<Desk>>, Form(form): Form<Until>) -> Answer<Value> {
    let command = "veche election extend --box URL --token-file FILE --until TIME --words";
    let said = work(desk, move |desk| {
        with_board(&office(desk)?, |office, board| {
            let until = on_the_clock(&form.until, &board.manifest().document().time_zone)?;
            Ok(hours::extend(until, &desk.vault.signer()?, office, board)?)
        })
    });
    Ok(Json(json!({ "said": said.await?, "command": command })))
}

/// An hour of the town's clock. One that the clock has twice or never, in a night when it is changed, is nobody's
/// guess.
fn on_the_clock(local: &str, zone: &str) -> Result<Timestamp, Problem> {
    let refused = |detail: String| Problem::new(Kind::DeskHourNone, detail);
    // A day without an hour would be read as its midnight.
    let hour: Option<DateTime> = local.contains('T').then(|| local.parse().ok()).flatten();
    let hour = hour.ok_or_else(|| refused(format!("{local:?} is not an hour")))?;
    let zone = TimeZoneDatabase::bundled().get(zone).map_err(|error| refused(error.to_string()))?;
    let instant = zone.to_ambiguous_timestamp(hour).unambiguous();
    let instant = instant.map_err(|_| {
        let detail = format!(
            "the clock has {local} twice or never, for it is changed that night: choose another hour"
        );
        Problem::new(Kind::DeskHourTwice, detail)
    })?;
    let seconds = u64::try_from(instant.as_second()).ok().and_then(Timestamp::from_unix);
    seconds.ok_or_else(|| refused(format!("{local} is out of reach")))
}

#[derive(Deserialize)]
struct Words {
    /// By language.
    texts: std::collections::BTreeMap<String, String>,
}

async fn notice(State(desk): State<Arc<Desk>>, Form(form): Form<Words>) -> Answer<Value> {
    let command = "veche election notice --box URL --token-file FILE --text LANGUAGE=WORDS --words";
    say(desk, command, NoticeForm::Words, form).await
}

async fn cancel(State(desk): State<Arc<Desk>>, Form(form): Form<Words>) -> Answer<Value> {
    let command = "veche election cancel --box URL --token-file FILE --text LANGUAGE=WORDS --words";
    say(desk, command, NoticeForm::Cancellation, form).await
}

async fn say(desk: Arc<Desk>, command: &'static str, notice: NoticeForm, form: Words) -> Answer<Value> {
    let texts: Vec<_> = form.texts.into_iter().collect();
    step(desk, command, move |desk, office, board| {
        hours::notice(notice, &texts, &desk.vault.signer()?, office, board)
    })
    .await
}

#[derive(Deserialize)]
struct Closed {
    /// Why the vote ends before its hour, by language; nothing where it does not.
    texts: Option<std::collections::BTreeMap<String, String>>,
}

async fn close(State(desk): State<Arc<Desk>>, Form(form): Form<Closed>) -> Answer<Value> {
    let command = match form.texts {
        None => "veche election close --box URL --token-file FILE --words",
        Some(_) => "veche election close --box URL --token-file FILE --early LANGUAGE=REASON --words",
    };
    step(desk, command, move |desk, office, board| {
        let reason = form.texts.map(|texts| hours::Reason::Each(texts.into_iter().collect()));
        hours::close(reason.as_ref(), &desk.vault.signer()?, office, board)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_the_towns_and_one_that_the_clock_has_twice_is_refused() {
        let until = on_the_clock("2026-05-15T20:00", "Europe/Warsaw").unwrap();
        assert_eq!(until.to_string(), "2026-05-15T18:00:00Z");
        for (hour, kind) in [
            ("2026-10-25T02:30", Kind::DeskHourTwice),
            ("2026-03-29T02:30", Kind::DeskHourTwice),
            ("soon", Kind::DeskHourNone),
            ("2026-05-15", Kind::DeskHourNone),
        ] {
            let refused = on_the_clock(hour, "Europe/Warsaw").map(|until| until.to_string());
            assert_eq!(refused.unwrap_err().kind, kind, "{hour}");
        }
        assert!(on_the_clock("2026-05-15T20:00", "Europe/Nowhere").is_err());
    }
}
