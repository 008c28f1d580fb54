//! Steps in words.

use veche_record::entry::TallyKind;
use veche_record::manifest::Timestamp;
use veche_trustee::{ActionKind, Early, Waiting};
use veche_verify::Round;

/// What is to be done now.
pub(super) fn doing(kind: &ActionKind) -> String {
    match kind {
        ActionKind::Commit { .. } => {
            "It is your turn: take part in the ceremony, with `veche trustee deal`.\n".into()
        }
        ActionKind::Deal { .. } => "It is your turn: deal your shares, with `veche trustee deal`.\n".into(),
        ActionKind::Complain { dealer } => format!(
            "Trustee {dealer} has dealt you a false share. `veche trustee deal` shows it to everyone; \
             then the organiser begins the ceremony anew.\n"
        ),
        ActionKind::Confirm { transcript, fingerprint } => format!(
            "It is your turn: confirm the transcript. Compare it with the other trustees first, by telephone or \
             face to face:\n\n  transcript   {transcript}\n  fingerprint  {fingerprint}\n\n\
             Then: veche trustee confirm --dir DIR --transcript {transcript}\n"
        ),
        ActionKind::Consent { of, tally } => format!(
            "It is your turn: agree to decrypt {}, with `veche trustee decrypt`.\n  sums  {tally}\n",
            name(*of)
        ),
        ActionKind::Decrypt { of } => {
            format!("It is your turn: decrypt {}, with `veche trustee decrypt`.\n", name(*of))
        }
    }
}

/// What was done.
pub(super) fn done(kind: &ActionKind) -> String {
    match kind {
        ActionKind::Commit { attempt } => format!("You take part in attempt {attempt} of the ceremony.\n"),
        ActionKind::Deal { .. } => "Your shares are dealt, each encrypted to its trustee.\n".into(),
        ActionKind::Complain { dealer } => {
            format!("You have shown that trustee {dealer} dealt you a false share.\n")
        }
        ActionKind::Confirm { fingerprint, .. } => format!(
            "You have confirmed. When all have, this is the election's fingerprint, to be published:\n{fingerprint}\n"
        ),
        ActionKind::Consent { of, .. } => format!(
            "Every check of the record passed. You have agreed to decrypt {}, and no others.\n",
            name(*of)
        ),
        ActionKind::Decrypt { of } => {
            format!("You have decrypted {}, and nothing else.\n", name(*of))
        }
    }
}

fn name(of: TallyKind) -> &'static str {
    match of {
        TallyKind::Vote => "the totals",
        TallyKind::Rehearsal => "the totals of the rehearsal",
    }
}

/// Trustees by number: "trustee 2", "trustees 2, 4 and 5".
pub(crate) fn trustees(who: &[u8]) -> String {
    let numbers: Vec<String> = who.iter().map(u8::to_string).collect();
    match numbers.split_last() {
        None => "nobody".into(),
        Some((last, [])) => format!("trustee {last}"),
        Some((last, others)) => format!("trustees {} and {last}", others.join(", ")),
    }
}

/// A time as people read it.
pub(super) fn moment(seconds: u64) -> String {
    Timestamp::from_unix(seconds).map_or_else(|| seconds.to_string(), |time| time.to_string())
}

/// What the device has seen of a vote that ended before its hour.
pub(super) fn seen_early(early: &Early) -> String {
    format!(
        "Remembered: at {} this machine saw the vote ended, before its hour, {}, by this machine's clock.\n",
        moment(early.seen),
        moment(early.hour)
    )
}

/// Who is waited for.
pub(crate) fn waiting(on: &Waiting) -> String {
    match on {
        Waiting::Trustees { round, who } => {
            let what = match round {
                Round::Commit => "take part",
                Round::Deal => "deal",
                _ => "confirm",
            };
            format!("Waiting for {} to {what}.\n", trustees(who))
        }
        Waiting::Restart { culprit } => format!(
            "Trustee {culprit} has dealt a false share. Waiting for the organiser to begin the ceremony anew.\n"
        ),
        Waiting::Rehearsal => "The keys are made. Waiting for the organiser to hold the rehearsal.\n".into(),
        Waiting::Consents { of, needed, who } => {
            format!("Waiting for {needed} more to agree to decrypt {}, of {}.\n", name(*of), trustees(who))
        }
        Waiting::OthersConsents { of, needed, who } => {
            let what = name(*of);
            if who.len() < *needed {
                format!(
                    "{needed} more have to agree to decrypt {what}, and only {} could. Nobody decrypts it unless a machine \
                     that remembers what you signed agrees too.\n",
                    trustees(who)
                )
            } else {
                format!(
                    "Waiting for {needed} of the others to agree to decrypt {what}, of {}.\n",
                    trustees(who)
                )
            }
        }
        Waiting::Decryptions { of, needed, who } => {
            format!("Waiting for {needed} more to decrypt {}, of {}.\n", name(*of), trustees(who))
        }
        Waiting::Opening => "The rehearsal has worked. Waiting for the organiser to open the vote.\n".into(),
        Waiting::Closing => "Voting is open.\n".into(),
        Waiting::Sums => "Voting is closed. Waiting for the ballot box to add the ballots up.\n".into(),
        Waiting::Hour { until } => format!(
            "The board says that voting is over, and it is not {} yet by this machine's clock. Nothing is decrypted before \
             that. Tell the other trustees what you saw, and look whether your clock is right.\n",
            moment(*until)
        ),
        Waiting::Result => {
            "Enough trustees have decrypted. Waiting for the organiser to state the result.\n".into()
        }
    }
}
