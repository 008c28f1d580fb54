//! The list of people behind a draw, from the folder of a running box.

use std::path::Path;

use reqwest::StatusCode;
use veche_record::entry::RevocationReason;
use veche_server::{AuditError, Whom, list_sample, strike};
use veche_verify::sample::{Dice, SampleError, draw};

use crate::vote::{Vote, Voter};

fn dice() -> Dice {
    "31662453216543265416".parse().unwrap()
}

fn phone(voter: &Voter) -> String {
    format!("+4842{:07}", voter.n)
}

/// Each line's pseudonym, style, phone and note, without the entry.
fn rows(list: &Path) -> Vec<[String; 4]> {
    let text = std::fs::read_to_string(list).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("pseudonym,entry,style,phone,note"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        [0, 2, 3, 4].map(|at| cells[at].to_owned())
    };
    lines.map(row).collect()
}

#[tokio::test]
async fn the_people_behind_a_draw_are_listed_for_their_auditor_and_for_nobody_else() {
    let vote = Vote::open().await;
    let mut voters = Vec::new();
    for n in 1..=4 {
        let mut voter = vote.voter(n, "north").await;
        voter.vote(&vote, 0).await;
        voters.push(voter);
    }
    vote.voter(5, "north").await;
    let data = vote.running.data.clone();
    let (roll, list) = (data.join("people.csv"), data.join("list.csv"));
    let early = list_sample(&data, &dice(), 300, None, &list).await.unwrap_err();
    assert!(matches!(early, AuditError::Sample(SampleError::NotClosed)), "{early}");
    strike(&data, Whom::Phone(&phone(&voters[3])), RevocationReason::NotEntitled).await.unwrap();
    // The third voter is not in the file; somebody who never came is.
    let lines = [phone(&voters[0]), phone(&voters[1]), "+48429999999".to_owned()];
    std::fs::write(&roll, format!("phone,style\n{}\n", lines.map(|phone| phone + ",north").join("\n")))
        .unwrap();
    vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);

    let listed = list_sample(&data, &dice(), 300, Some(&roll), &list).await.unwrap();
    assert_eq!((listed.numbers, listed.not_on_roll, listed.never_signed_in), (2, 1, 0));
    let audit = vote.audit().await;
    let sample = draw(audit.board().unwrap(), &dice(), 300).unwrap();
    assert_eq!(listed.sample, sample, "anyone draws the same from the record");
    let expected = sample.drawn.iter().map(|drawn| {
        let at = voters.iter().position(|voter| voter.pseudonym == drawn.pseudonym).unwrap();
        assert!(at < 3, "whoever is struck off is not drawn");
        let (phone, note) = match at {
            2 => (String::new(), "the roll does not have this voter's number"),
            at => (format!("tel:{}", phone(&voters[at])), ""),
        };
        [drawn.pseudonym.to_string(), "\"north\"".to_owned(), phone, note.to_owned()]
    });
    assert_eq!(rows(&list), expected.collect::<Vec<_>>());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&list).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // A list is never written over, and what is said of one has nobody's number.
    let again = list_sample(&data, &dice(), 300, Some(&roll), &list).await.unwrap_err();
    assert!(matches!(again, AuditError::List(_)), "{again}");
    assert!(!format!("{listed:?}").contains("4842"), "{listed:?}");
}
