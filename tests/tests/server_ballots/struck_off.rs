//! Voters who are struck off while the box runs, and papers that are counted.

use std::time::Duration;

use reqwest::StatusCode;
use veche_record::entry::{PaperCount, RevocationReason, Signed};
use veche_record::{Entry, Pseudonym};
use veche_server::{DeskError, Whom, count_papers, strike};
use veche_verify::KeyChange;

use crate::vote::{Vote, Voter};

impl Vote {
    /// Waits until the running box knows what the desk has written.
    async fn knows_struck_off(&self, voter: &Voter) {
        for _ in 0..200 {
            if self.get(&format!("/v1/credentials/{}", voter.key())).await.text("state") == "struck-off" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the running box has not read what the desk has written");
    }
}

fn phone(voter: &Voter) -> String {
    format!("+4842{:07}", voter.n)
}

#[tokio::test]
async fn attack_76_and_70_a_voter_who_was_struck_off_votes_no_more() {
    let vote = Vote::open().await;
    let mut anna = vote.voter(1, "north").await;
    let mut boris = vote.voter(2, "north").await;
    let carol = vote.voter(3, "south").await;
    anna.vote(&vote, 0).await;
    let data = vote.running.data.clone();
    strike(&data, Whom::Phone(&phone(&anna)), RevocationReason::VotedOnPaper).await.unwrap();
    strike(&data, Whom::Pseudonym(&carol.pseudonym.to_string()), RevocationReason::NotEntitled)
        .await
        .unwrap();
    vote.knows_struck_off(&anna).await;
    vote.knows_struck_off(&carol).await;

    vote.cast(&anna.seal(&vote, 1)).await.problem(409, "struck-off");
    anna.register(&vote).await.problem(409, "struck-off");
    anna.new_key(1);
    anna.register(&vote).await.problem(409, "struck-off");
    vote.running.clock.advance(Duration::from_secs(60));
    let (session, code) = vote.running.session(&phone(&anna)).await;
    vote.running.give(&session, &code).await.problem(409, "struck-off");
    boris.vote(&vote, 1).await;

    // Twice is once, and nobody else is hit by mistake.
    let again = strike(&data, Whom::Phone(&phone(&anna)), RevocationReason::NotEntitled).await;
    assert!(matches!(again, Err(DeskError::Entry(_))), "{again:?}");
    let unknown = strike(&data, Whom::Phone("+48429999999"), RevocationReason::NotEntitled).await;
    assert!(matches!(unknown, Err(DeskError::NeverSignedIn)), "{unknown:?}");
    let nobody = Pseudonym([7; 16]).to_string();
    let nobody = strike(&data, Whom::Pseudonym(&nobody), RevocationReason::NotEntitled).await;
    assert!(matches!(nobody, Err(DeskError::NotOnBoard)), "{nobody:?}");

    // Without a count of the papers nobody closes; what is counted is signed by the organiser.
    vote.organise("/v1/close", Vec::new()).await.problem(422, "entry-refused");
    let count = PaperCount { style: 0, number: 0, count: 0 };
    let stranger = veche_crypto::signature::SecretKey::from_bytes(&anna.credential.secret()).unwrap();
    let forged = Signed::new(count, &stranger, &vote.election.fingerprint()).unwrap();
    vote.organise("/v1/entries", Entry::from(forged).to_bytes()).await.problem(422, "entry-refused");
    count_papers(&data, "north", 0).await.unwrap();
    assert!(matches!(count_papers(&data, "nowhere", 1).await, Err(DeskError::Style(_))));
    count_papers(&data, "north", 1).await.unwrap();
    vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);

    let audit = vote.audit().await;
    let changes = audit.report.key_changes.unwrap();
    assert_eq!(changes.voted_on_paper, KeyChange { count: 1, after_ballot: 1 });
    assert_eq!(changes.not_entitled, KeyChange { count: 1, after_ballot: 0 });
    assert_eq!(audit.report.turnout.iter().map(|row| row.ballots).sum::<u32>(), 1);
    assert_eq!(audit.report.exit_code(), 0, "{}", audit.report);
}
