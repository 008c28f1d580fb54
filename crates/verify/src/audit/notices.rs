//! What no check can judge and every reader should know.

use veche_record::BallotKind;
use veche_record::manifest::Timestamp;

use crate::ceremony::{Ceremony, Verdict};
use crate::report::{Notice, Outcome};
use crate::state::{BoardState, KeyChange, KeyChanges};

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
    for (code, text) in changed_keys(state.key_changes()) {
        note(code, text);
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

/// What happened to voters' keys. None of it is a fault, and each could hide one: nobody but the voter can tell.
fn changed_keys(changes: &KeyChanges) -> impl Iterator<Item = (&'static str, String)> {
    let KeyChanges { handovers, replaced, voted_on_paper, not_entitled } = *changes;
    let after = |change: KeyChange| match change.after_ballot {
        0 => String::new(),
        after => format!(" (of these {after} after a ballot of the voter)"),
    };
    let lines = [
        (
            "keys-handed-over",
            handovers,
            "times a voter's key was handed over to another, signed by the old one",
        ),
        (
            "keys-replaced",
            replaced,
            "times a voter's key was replaced on the registrar's word alone: the voter came with another device or \
             browser, or one that forgets (private tabs do), or somebody took the voter's place",
        ),
        ("voted-on-paper", voted_on_paper, "voters were struck off because they voted on paper"),
        ("not-entitled", not_entitled, "voters were struck off because they may not vote"),
    ];
    lines
        .into_iter()
        .filter(|(_, change, _)| change.count > 0)
        .map(move |(code, change, text)| (code, format!("{} {text}{}.", change.count, after(change))))
}
