//! What no check can judge and every reader should know.

use veche_record::entry::CeremonyForm;
use veche_record::manifest::{Phase, Timestamp};

use crate::report::{Notice, Outcome};
use crate::state::BoardState;

pub(super) fn of(state: &BoardState, outcome: Outcome) -> Vec<Notice> {
    let mut notices = Vec::new();
    let mut note = |code, text: String| notices.push(Notice { code, text });
    let manifest = state.manifest();
    let document = manifest.document();
    if let Some(election) = state.election() {
        match election.ceremony_form() {
            CeremonyForm::TrustedDealer => note(
                "trusted-dealer",
                "One person held the whole key when it was made, and could have opened every ballot.".into(),
            ),
        }
        note(
            "split-view",
            "Split view is not yet prevented: nothing proves that all trustees decrypted the same record as this \
             one, so a dishonest ballot box and trustees could have opened the difference between two records."
                .into(),
        );
    }
    if document.phase == Phase::Rehearsal {
        note("rehearsal", "This is a rehearsal: its ballots are not votes.".into());
    }
    let (opened, closed) = state.hours();
    let early =
        |time: u64| Timestamp::from_unix(time).map_or_else(|| time.to_string(), |time| time.to_string());
    if let Some(time) = opened.filter(|&time| time < document.opens.unix()) {
        note(
            "opened-early",
            format!("Voting opened at {}, before the announced {}.", early(time), document.opens),
        );
    }
    if let Some(time) = closed.filter(|&time| time < document.closes.unix()) {
        note(
            "closed-early",
            format!("Voting closed at {}, before the announced {}.", early(time), document.closes),
        );
    }
    if let Some(tally) = state.verified_tally() {
        let withheld = tally.groups().iter().filter(|input| input.withheld).count();
        if withheld > 0 {
            let minimum = document.minimum_group;
            note(
                "withheld",
                format!("{withheld} groups have fewer than {minimum} ballots and are not decrypted."),
            );
        }
    }
    if outcome == Outcome::Consistent {
        note(
            "unpinned",
            "Nobody said which election was expected: compare the fingerprint with the published one.".into(),
        );
    }
    if outcome == Outcome::NotFinished {
        note("not-finished", "This record is not finished: it says nothing about the result yet.".into());
    }
    notices
}
