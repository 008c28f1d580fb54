//! What no check can judge and every reader should know.

use veche_record::BallotKind;
use veche_record::manifest::Timestamp;

use crate::ceremony::{Ceremony, Verdict};
use crate::report::{Notice, Outcome};
use crate::state::BoardState;

pub(super) fn of(state: &BoardState, outcome: Outcome) -> Vec<Notice> {
    let mut notices = Vec::new();
    let mut note = |code, text: String| notices.push(Notice { code, text });
    let manifest = state.manifest();
    let document = manifest.document();
    for verdict in state.ceremony().map_or(&[][..], Ceremony::verdicts) {
        let Verdict { attempt, complainer, dealer, upheld } = *verdict;
        if upheld {
            let text = format!(
                "Trustee {dealer} dealt trustee {complainer} a false share in attempt {attempt} of the ceremony."
            );
            note("false-share", text);
        } else {
            let text = format!(
                "Trustee {complainer} complained of trustee {dealer} in attempt {attempt} of the ceremony, without cause."
            );
            note("false-complaint", text);
        }
    }
    if document.ballot_kind == BallotKind::Trial {
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
