//! What no check can judge and every reader should know.

use veche_record::BallotKind;
use veche_record::entry::{Genesis, NoticeForm};
use veche_record::manifest::Timestamp;

use crate::ceremony::{Ceremony, Verdict};
use crate::report::{Notice, Outcome};
use crate::state::{BoardState, KeyChange, KeyChanges, PostedNotice};

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
    let (opened, ended) = state.hours();
    let early =
        |time: u64| Timestamp::from_unix(time).map_or_else(|| time.to_string(), |time| time.to_string());
    if let Some(time) = opened.filter(|&time| time < document.opens.unix()) {
        note(
            "opened-early",
            format!("Voting opened at {}, before the announced {}.", early(time), document.opens),
        );
    }
    let closes = early(state.closing_hour());
    match state.extensions() {
        0 => {}
        1 => note("extended", format!("The closing was put off once, from {} to {closes}.", document.closes)),
        times => note(
            "extended",
            format!("The closing was put off {times} times, from {} to {closes}.", document.closes),
        ),
    }
    if let Some(time) = ended.filter(|&time| time < state.closing_hour()) {
        note("closed-early", format!("Voting ended at {}, before the announced {closes}.", early(time)));
    }
    if state.ending().is_some_and(|ending| !ending.proved) {
        note(
            "closing-not-proved",
            "Closing time not proved: that voting went on until its hour is the word of those who ended it."
                .into(),
        );
    }
    if let Some(genesis) = state.genesis() {
        let (code, text) = keys_by_role(genesis);
        note(code, text.into());
    }
    for (code, text) in changed_keys(state.key_changes()) {
        note(code, text);
    }
    if state.closed_without_organiser() {
        note("closed-by-trustees", "Trustees ended the vote in the organiser's place.".into());
        for fault in state.paper_faults() {
            note("papers", format!("When trustees closed the vote: {fault}."));
        }
    }
    for PostedNotice { entry, notice } in state.notices() {
        let words: Vec<&str> = notice.texts.first().map_or("", String::as_str).split_whitespace().collect();
        let (code, what) = match notice.form {
            NoticeForm::Words => ("notice", "Notice"),
            NoticeForm::Cancellation => ("cancelled", "The organiser cancelled this vote, in notice"),
        };
        let number = notice.number + 1;
        note(code, format!("{what} {number} (entry {entry}, {}): {}", early(notice.time), words.join(" ")));
    }
    if let Some(tally) = state.verified_tally() {
        let withheld = tally.groups().iter().filter(|input| input.withheld).count();
        if withheld > 0 {
            let minimum = document.minimum_group;
            note(
                "withheld",
                format!(
                    "{withheld} contests have fewer than {minimum} ballots in all, and their totals are not decrypted."
                ),
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

/// Whether three keys sign for log, registrar and organiser. Never whether three hold them.
fn keys_by_role(genesis: &Genesis) -> (&'static str, &'static str) {
    let keys = [genesis.log_key.to_bytes(), genesis.registrar.to_bytes(), genesis.organiser.to_bytes()];
    let [log, registrar, organiser] = keys;
    if log != registrar && registrar != organiser && organiser != log {
        (
            "keys-differ",
            "The keys of log, registrar and organiser differ. Who holds them the record cannot show: it may be one.",
        )
    } else {
        (
            "keys-shared",
            "Two of log, registrar and organiser have one key: whoever holds it can do what the other may do.",
        )
    }
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
