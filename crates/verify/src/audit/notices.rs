//! What no check can judge and every reader should know.

use veche_record::BallotKind;
use veche_record::entry::{Genesis, NoticeForm};

use crate::ceremony::{Ceremony, Verdict};
use crate::failure::PaperFault;
use crate::notice::{AfterBallot, Fact, Moment, Notice, Times, Words};
use crate::report::Outcome;
use crate::state::{BoardState, KeyChange, KeyChanges, PostedNotice};

pub(super) fn of(state: &BoardState, outcome: Outcome) -> Vec<Notice> {
    let mut facts = Vec::new();
    let document = state.manifest().document();
    facts.extend(state.ceremony().map_or(&[][..], Ceremony::verdicts).iter().map(blamed));
    if document.ballot_kind == BallotKind::Trial {
        facts.push(Fact::Rehearsal {});
    }
    let (opened, ended) = state.hours();
    let (opens, closes) = (document.opens.unix(), state.closing_hour());
    if let Some(time) = opened.filter(|&time| time < opens) {
        facts.push(Fact::OpenedEarly { time: Moment(time), announced: Moment(opens) });
    }
    if state.extensions() > 0 {
        let (count, announced) = (Times(state.extensions().into()), Moment(document.closes.unix()));
        facts.push(Fact::Extended { count, announced, closes: Moment(closes) });
    }
    if let Some(time) = ended.filter(|&time| time < closes) {
        facts.push(Fact::ClosedEarly { time: Moment(time), announced: Moment(closes) });
    }
    if state.ending().is_some_and(|ending| !ending.proved) {
        facts.push(Fact::ClosingNotProved {});
    }
    facts.extend(state.genesis().map(keys_by_role));
    facts.extend(changed_keys(state.key_changes()));
    if state.closed_without_organiser() {
        facts.push(Fact::ClosedByTrustees {});
        facts.extend(state.paper_faults().into_iter().map(papers));
    }
    facts.extend(state.notices().iter().map(|posted| said(posted, &document.languages)));
    if let Some(tally) = state.verified_tally() {
        let count = tally.groups().iter().filter(|input| input.withheld).count();
        if count > 0 {
            facts.push(Fact::Withheld { count, minimum: document.minimum_group });
        }
    }
    if outcome == Outcome::Consistent {
        facts.push(Fact::Unpinned {});
    }
    if outcome == Outcome::NotFinished {
        facts.push(Fact::NotFinished {});
    }
    facts.into_iter().map(Notice::from).collect()
}

fn blamed(verdict: &Verdict) -> Fact {
    let Verdict { attempt, complainer, dealer, upheld } = *verdict;
    if upheld {
        Fact::FalseShare { dealer, complainer, attempt }
    } else {
        Fact::FalseComplaint { dealer, complainer, attempt }
    }
}

/// Whether three keys sign for log, registrar and organiser. Never whether three hold them.
fn keys_by_role(genesis: &Genesis) -> Fact {
    let keys = [genesis.log_key.to_bytes(), genesis.registrar.to_bytes(), genesis.organiser.to_bytes()];
    let [log, registrar, organiser] = keys;
    if log != registrar && registrar != organiser && organiser != log {
        Fact::KeysDiffer {}
    } else {
        Fact::KeysShared {}
    }
}

/// What happened to voters' keys. None of it is a fault, and each could hide one: nobody but the voter can tell.
fn changed_keys(changes: &KeyChanges) -> impl Iterator<Item = Fact> {
    let KeyChanges { handovers, replaced, voted_on_paper, not_entitled } = *changes;
    let some = |KeyChange { count, after_ballot }, fact: fn(u64, AfterBallot) -> Fact| {
        (count > 0).then(|| fact(count, AfterBallot(after_ballot)))
    };
    [
        some(handovers, |count, after_ballot| Fact::KeysHandedOver { count, after_ballot }),
        some(replaced, |count, after_ballot| Fact::KeysReplaced { count, after_ballot }),
        some(voted_on_paper, |count, after_ballot| Fact::VotedOnPaper { count, after_ballot }),
        some(not_entitled, |count, after_ballot| Fact::NotEntitled { count, after_ballot }),
    ]
    .into_iter()
    .flatten()
}

fn papers(fault: PaperFault) -> Fact {
    match fault {
        PaperFault::NotCounted { style } => Fact::PapersNotCounted { style },
        PaperFault::Entered { style, entered, papers } => Fact::PapersEntered { style, entered, papers },
        PaperFault::StruckOff { style, voters, papers } => Fact::PapersStruckOff { style, voters, papers },
    }
}

fn said(posted: &PostedNotice, languages: &[String]) -> Fact {
    let PostedNotice { entry, notice } = posted;
    let words = Words(languages.iter().cloned().zip(notice.texts.iter().cloned()).collect());
    let (number, entry, time) = (u32::from(notice.number) + 1, *entry, Moment(notice.time));
    match notice.form {
        NoticeForm::Words => Fact::Said { number, entry, time, words },
        NoticeForm::Cancellation => Fact::Cancelled { number, entry, time, words },
    }
}
