//! The making of the keys: what a dishonest trustee, organiser or ballot box can do, and who is named.

use veche_crypto::feldman::Polynomial;
use veche_crypto::group::{Point, Scalar};
use veche_crypto::hash::{Digest, scalar};
use veche_crypto::schnorr;
use veche_crypto::signature::SecretKey;
use veche_record::Entry;
use veche_record::entry::{Ceremony, Commitments, Complaint, Confirm, Restart, Shares, Signed, TallyKind};
use veche_tests::small::{SmallElection, bytes32, fresh, manifest_json};
use veche_trustee::{Action, ActionKind, Kept, KeyShare, Refusal, Secret, Shown, Step, Waiting};
use veche_verify::{Check, Outcome, Round};

use crate::board::{Board, CLOSES, assert_fails, assert_passes, blind};

/// Trustees who act one by one, each with a device that remembers.
struct Making {
    board: Board,
    kept: Vec<Kept>,
}

impl Making {
    fn new() -> Self {
        let board = Board::founded(&manifest_json());
        let kept = (1..=3).map(|trustee| board.memory(trustee)).collect();
        Making { board, kept }
    }

    fn secret(&self, trustee: u8) -> &Secret {
        &self.board.small.secrets[usize::from(trustee) - 1]
    }

    fn next(&self, trustee: u8) -> Result<Step, Refusal> {
        self.board.step(self.secret(trustee), &self.kept[usize::from(trustee) - 1], CLOSES)
    }

    #[track_caller]
    fn action(&self, trustee: u8) -> Action {
        match self.next(trustee) {
            Ok(Step::Act(action)) => *action,
            other => panic!("trustee {trustee}: {other:?}"),
        }
    }

    #[track_caller]
    fn message(&self, trustee: u8) -> Ceremony {
        let Ok(Entry::Ceremony(message)) = Entry::parse(&self.action(trustee).message) else { panic!() };
        message
    }

    /// A trustee does what comes next.
    #[track_caller]
    fn act(&mut self, trustee: u8) -> ActionKind {
        let action = self.action(trustee);
        self.board.append(Entry::parse(&action.message).unwrap());
        self.kept[usize::from(trustee) - 1] = action.keep;
        action.kind
    }

    fn all_act(&mut self) {
        for trustee in 1..=3 {
            self.act(trustee);
        }
    }

    /// All have committed.
    fn committed() -> Self {
        let mut making = Self::new();
        making.all_act();
        making
    }

    /// All have dealt.
    fn dealt() -> Self {
        let mut making = Self::committed();
        making.all_act();
        making
    }

    fn ceremony(&self) -> &veche_verify::Ceremony {
        self.board.state.ceremony().unwrap()
    }

    fn genesis(&self) -> Digest {
        self.board.small.genesis.hash()
    }

    /// The communication key of a trustee, by the words of docs/protocol.md.
    fn key(&self, trustee: u8) -> SecretKey {
        let attempt = self.ceremony().attempt();
        let genesis = self.genesis();
        let fields: [&[u8]; 4] = [self.secret(trustee).bytes(), genesis.as_bytes(), &[attempt], &[trustee]];
        SecretKey::new(scalar("trustee-communication", &fields)).unwrap()
    }

    /// The polynomials of a trustee, by the words of docs/protocol.md.
    fn polynomials(&self, trustee: u8) -> Vec<Vec<Scalar>> {
        let attempt = self.ceremony().attempt();
        let genesis = self.genesis();
        let coefficient = |slot: u16, k: u8| {
            let fields: [&[u8]; 6] = [
                self.secret(trustee).bytes(),
                genesis.as_bytes(),
                &[attempt],
                &[trustee],
                &slot.to_le_bytes(),
                &[k],
            ];
            scalar("trustee-coefficient", &fields)
        };
        (0..self.ceremony().slots() as u16)
            .map(|slot| (0..2).map(|k| coefficient(slot, k)).collect())
            .collect()
    }

    fn sign<T: veche_record::entry::Content>(&self, trustee: u8, content: T) -> Signed<T> {
        Signed::new(content, &self.key(trustee), &self.genesis()).unwrap()
    }

    /// The trustee's commitments with other polynomials, proved and signed as the protocol asks.
    fn commitments_to(&self, trustee: u8, polynomials: &[Vec<Scalar>]) -> Commitments {
        let key = self.key(trustee).public();
        let commitments: Vec<Vec<Point>> =
            polynomials.iter().map(|p| Polynomial::new(p.clone()).commitments().unwrap()).collect();
        let points: Vec<Point> = commitments.iter().flatten().copied().collect();
        let secrets: Vec<&Scalar> = polynomials.iter().flatten().collect();
        let attempt = self.ceremony().attempt();
        let context = Commitments::possession_context(&self.genesis(), attempt, (3, 2), 3, trustee, &key);
        let possession = schnorr::Proof::prove(&context, &secrets, &points).unwrap();
        Commitments { attempt, trustee, communication: key, commitments, possession }
    }

    fn commitments(&self, trustee: u8) -> Commitments {
        let Ceremony::Commitments(message) = self.message(trustee) else { panic!() };
        message.into_content()
    }

    fn shares(&self, dealer: u8) -> Shares {
        let Ceremony::Shares(message) = self.message(dealer) else { panic!() };
        message.into_content()
    }

    #[track_caller]
    fn refused(mut self, message: impl Into<Entry>, check: Check, culprit: &str) {
        let message = message.into();
        let refused = self.board.state.admit_entry(&message, &fresh()).unwrap_err();
        assert_eq!(refused.check, check, "{refused}");
        assert!(refused.culprit.to_string().contains(culprit), "{refused}");
        let at = self.board.force(message);
        assert_fails(&self.board.audit(), check, Some(at), culprit);
    }
}

#[test]
fn trustees_act_in_any_order_within_a_round_and_see_who_is_waited_for() {
    let mut making = Making::new();
    assert!(matches!(making.act(3), ActionKind::Commit { attempt: 1 }));
    assert!(matches!(making.act(1), ActionKind::Commit { .. }));
    let waiting = |round, who: &[u8]| Step::Wait(Waiting::Trustees { round, who: who.into() });
    assert_eq!(making.next(3).unwrap(), waiting(Round::Commit, &[2]));
    making.act(2);
    assert!(matches!(making.act(2), ActionKind::Deal { .. }));
    assert_eq!(making.next(2).unwrap(), waiting(Round::Deal, &[1, 3]));
    making.act(1);
    making.act(3);
    let ActionKind::Confirm { transcript, fingerprint } = making.act(1) else { panic!() };
    assert_eq!(making.next(1).unwrap(), waiting(Round::Confirm, &[2, 3]));
    for trustee in [3, 2] {
        assert_eq!(making.act(trustee), ActionKind::Confirm { transcript, fingerprint });
    }
    assert_eq!(making.board.state.election().unwrap().fingerprint(), fingerprint);
    assert_eq!(making.next(1).unwrap(), Step::Wait(Waiting::Rehearsal));
    assert_passes(&making.board.audit(), Outcome::NotFinished);
}

#[test]
fn a_message_of_the_ceremony_has_its_round_and_is_sent_once() {
    let early = Making::committed();
    let confirm = |making: &Making, transcript| {
        let attempt = making.ceremony().attempt();
        making.sign(1, Confirm { attempt, trustee: 1, transcript })
    };
    let message = confirm(&early, Digest::ZERO);
    early.refused(message, Check::Course, "ballot box");
    let first = Making::new().message(1);
    Making::committed().refused(first, Check::Course, "ballot box");
    let shares = Making::committed().message(1);
    let mut making = Making::committed();
    making.act(1);
    making.refused(shares.clone(), Check::Course, "ballot box");
    Making::new().refused(shares, Check::Course, "ballot box");
    let mut making = Making::dealt();
    let message = making.message(1);
    making.act(1);
    making.refused(message, Check::Course, "ballot box");
}

#[test]
fn attack_15_rogue_key_commitments_without_possession_are_refused() {
    // Trustee 3 waits for the others and commits to X - Σ K_i, so that the key is X: one it alone has.
    let mut making = Making::new();
    making.act(1);
    making.act(2);
    let mut rogue = making.commitments(3);
    let x = Point::new(curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT * Scalar::from(7_u64)).unwrap();
    let others: Vec<Point> =
        [1, 2].map(|i| making.ceremony().commitments(i).unwrap().commitments[0][0]).to_vec();
    rogue.commitments[0][0] = Point::new(x.inner() - others[0].inner() - others[1].inner()).unwrap();
    let rogue = making.sign(3, rogue);
    making.refused(rogue, Check::TrusteePossession, "ballot box");
    // Nor is another trustee's proof one's own.
    let mut making = Making::new();
    making.act(1);
    let mut copied = making.ceremony().commitments(1).unwrap().clone();
    copied.trustee = 3;
    copied.communication = making.key(3).public();
    let copied = making.sign(3, copied);
    making.refused(copied, Check::TrusteePossession, "ballot box");
}

#[test]
fn attack_52_framing_by_commitments_names_no_trustee() {
    // The ballot box makes a key and commits in trustee 2's name: its signature is good, and says nothing of trustee 2.
    let making = Making::new();
    let forger = SecretKey::from_bytes(&SmallElection::voter(99).unwrap().secret()).unwrap();
    let mut content = making.commitments(2);
    content.communication = forger.public();
    let message = Signed::new(content, &forger, &making.genesis()).unwrap();
    making.refused(message, Check::TrusteePossession, "ballot box");
}

/// Trustee 3 has been dealt a false share by trustee 2, and says so.
fn complained(mut making: Making) -> Entry {
    making.act(3);
    let action = making.action(3);
    assert_eq!(action.kind, ActionKind::Complain { dealer: 2 });
    Entry::parse(&action.message).unwrap()
}

#[test]
fn attack_52_framing_by_a_complaint_about_other_shares_names_no_trustee() {
    // The ballot box shows trustee 3 alone the false share, and everybody else right ones of the same dealer.
    Making::dealt().refused(complained(cheated()), Check::Transcript, "ballot box");
    // Or other commitments, for which the dealer has dealt something else.
    let mut other = Making::new();
    other.board.small.secrets[0] = Secret::from_bytes(&bytes32("somebody else", 1));
    other.kept[0] = other.board.memory(1);
    other.all_act();
    other.all_act();
    other.refused(complained(cheated()), Check::Transcript, "ballot box");
    // Where the false share is, the complaint holds.
    let mut board = cheated();
    let complaint = complained(cheated());
    board.act(3);
    board.board.append(complaint);
    assert_eq!(board.ceremony().round(), Round::Failed(2));
}

#[test]
fn attack_16_threshold_elevation_another_number_of_commitments_is_refused() {
    let with = |change: &dyn Fn(&mut Vec<Vec<Scalar>>)| {
        let making = Making::new();
        let mut polynomials = making.polynomials(2);
        change(&mut polynomials);
        let message = making.sign(2, making.commitments_to(2, &polynomials));
        making.refused(message, Check::Ceremony, "ballot box");
    };
    with(&|polynomials| polynomials.iter_mut().for_each(|slot| slot.push(Scalar::from(5_u64))));
    with(&|polynomials| polynomials.iter_mut().for_each(|slot| slot.truncate(1)));
    with(&|polynomials| drop(polynomials.pop()));
    with(&|polynomials| polynomials.push(polynomials[0].clone()));
}

#[test]
fn attack_16_threshold_elevation_index_zero_beyond_n_or_twice_is_refused() {
    for trustee in [0, 4] {
        let making = Making::new();
        let polynomials = making.polynomials(2);
        let genesis = making.genesis();
        let fields: [&[u8]; 4] = [making.secret(2).bytes(), genesis.as_bytes(), &[1], &[trustee]];
        let key = SecretKey::new(scalar("trustee-communication", &fields)).unwrap();
        let mut content = making.commitments_to(2, &polynomials);
        content.trustee = trustee;
        content.communication = key.public();
        let message = Signed::new(content, &key, &making.genesis()).unwrap();
        making.refused(message, Check::Course, "ballot box");
    }
    let mut making = Making::new();
    let message = making.message(2);
    making.act(2);
    making.refused(message, Check::Course, "ballot box");
}

#[test]
fn the_last_to_commit_cannot_make_two_slots_have_one_key() {
    // Only whoever knows the secrets of all others could: here the test does.
    let mut making = Making::new();
    making.act(1);
    making.act(2);
    let mut polynomials = making.polynomials(3);
    let sum = |slot: usize| -> Scalar { (1..=2).map(|i| making.polynomials(i)[slot][0]).sum() };
    polynomials[1][0] = sum(0) + polynomials[0][0] - sum(1);
    let message = making.sign(3, making.commitments_to(3, &polynomials));
    making.refused(message, Check::Ceremony, "ballot box");
}

#[test]
fn a_message_that_its_trustee_did_not_sign_is_refused() {
    let making = Making::new();
    let content = making.commitments(2);
    let message = Signed::new(content, &making.key(1), &making.genesis()).unwrap();
    making.refused(message, Check::TrusteeSignature, "ballot box");
    let making = Making::committed();
    let message = Signed::new(making.shares(2), &making.key(1), &making.genesis()).unwrap();
    making.refused(message, Check::TrusteeSignature, "ballot box");
    // Nor is one signed for another board.
    let making = Making::committed();
    let message = Signed::new(making.shares(2), &making.key(2), &Digest::ZERO).unwrap();
    making.refused(message, Check::TrusteeSignature, "ballot box");
}

#[test]
fn shares_for_another_number_of_trustees_or_slots_are_refused() {
    let with = |change: &dyn Fn(&mut Shares)| {
        let making = Making::committed();
        let mut content = making.shares(2);
        change(&mut content);
        let message = making.sign(2, content);
        making.refused(message, Check::Ceremony, "trustee 2");
    };
    with(&|shares| drop(shares.encrypted.pop()));
    with(&|shares| shares.encrypted.iter_mut().for_each(|row| row.truncate(2)));
}

/// Two boards of one genesis on which trustees 1 and 2 are the same and trustee 3 is not.
fn two_views() -> (Making, Making) {
    let (mut one, mut other) = (Making::new(), Making::new());
    other.board.small.secrets[2] = Secret::from_bytes(&bytes32("somebody else", 3));
    other.kept[2] = other.board.memory(3);
    for making in [&mut one, &mut other] {
        making.all_act();
    }
    (one, other)
}

#[test]
fn attack_17_split_view_of_the_ceremony_nobody_deals_or_signs_twice() {
    let (mut one, mut other) = two_views();
    one.act(1);
    // Trustee 1 is shown the other board: it has seen another, and has dealt for other commitments.
    other.kept[0] = one.kept[0].clone();
    assert_eq!(other.next(1), Err(Refusal::ForkedBoard(4)));
    other.kept[0] = blind(&one.kept[0]);
    assert_eq!(other.next(1), Err(Refusal::OtherRound));
    // On a board with the same commitments and other shares it does not confirm again.
    let mut one = Making::dealt();
    one.act(1);
    let mut other = Making::committed();
    other.act(1);
    other.act(2);
    let mut shares = other.shares(3);
    // Trustee 3 deals another message that is as right: to trustee 2 something else, which 2 hides.
    shares.encrypted[1][0] += Scalar::ONE;
    other.board.append(other.sign(3, shares));
    assert_ne!(one.ceremony().transcript(), other.ceremony().transcript());
    other.kept[0] = one.kept[0].clone();
    assert_eq!(other.next(1), Err(Refusal::ForkedBoard(7)));
    other.kept[0] = blind(&one.kept[0]);
    assert_eq!(other.next(1), Err(Refusal::OtherTranscript));
    // A confirmation of one board is none on the other, and its author is named.
    let Entry::Ceremony(Ceremony::Confirm(confirm)) = Entry::parse(one.board.leaves.last().unwrap()).unwrap()
    else {
        panic!()
    };
    other.refused(confirm, Check::Transcript, "ballot box");
}

#[test]
fn attack_17_split_view_of_the_ceremony_shares_for_other_commitments_are_refused() {
    let (one, other) = two_views();
    let shares = one.message(1);
    other.refused(shares, Check::Transcript, "ballot box");
}

/// All have committed, and trustee 2 deals trustee 3 a false share of the last slot.
fn cheated() -> Making {
    let mut making = Making::committed();
    making.act(1);
    let mut shares = making.shares(2);
    shares.encrypted[1][2] += Scalar::ONE;
    making.board.append(making.sign(2, shares));
    making
}

#[test]
fn attack_18_bad_share_the_complaint_holds_and_the_dealer_is_named() {
    let mut making = cheated();
    // Trustee 1 was dealt the right shares and notices nothing.
    assert!(matches!(making.next(1), Ok(Step::Wait(Waiting::Trustees { round: Round::Deal, .. }))));
    making.act(3);
    assert_eq!(making.act(3), ActionKind::Complain { dealer: 2 });
    assert_eq!(making.ceremony().round(), Round::Failed(2));
    assert_eq!(making.ceremony().verdicts()[0].culprit(), 2);
    for trustee in 1..=3 {
        assert_eq!(making.next(trustee), Ok(Step::Wait(Waiting::Restart { culprit: 2 })));
    }
    let report = making.board.audit_unpinned();
    assert_passes(&report, Outcome::NotFinished);
    let notice = report.notices.iter().find(|notice| notice.code == "false-share").unwrap();
    assert!(notice.text.starts_with("Trustee 2 dealt trustee 3 a false share"), "{}", notice.text);
    // Nothing goes on in this attempt.
    let transcript = making.ceremony().transcript().unwrap();
    let confirm = making.sign(1, Confirm { attempt: 1, trustee: 1, transcript });
    making.refused(confirm, Check::Course, "ballot box");
}

#[test]
fn attack_18_bad_share_the_next_attempt_makes_other_keys() {
    let mut making = cheated();
    making.act(3);
    making.act(3);
    let restart = making.board.restart(2);
    making.board.append(restart);
    assert_eq!((making.ceremony().attempt(), making.ceremony().round()), (2, Round::Commit));
    (0..3).for_each(|_| making.all_act());
    making.board.adopt();
    assert_passes(&making.board.audit_unpinned(), Outcome::NotFinished);
    assert_ne!(making.board.state.election().unwrap().fingerprint(), Making::made().0);
    making.board.rehearse();
    assert!(making.board.state.is_rehearsed());
}

#[test]
fn attack_18_false_complaint_is_dismissed_and_the_complainer_named() {
    let mut making = Making::dealt();
    // Trustee 3 says that trustee 1's shares, which are right, are false.
    let complaint = complaint(&making, 3, 1);
    making.board.append(complaint.clone());
    assert_eq!(making.ceremony().verdicts()[0].culprit(), 3);
    for trustee in 1..=3 {
        making.act(trustee);
    }
    let report = making.board.audit_unpinned();
    assert_passes(&report, Outcome::NotFinished);
    let notice = report.notices.iter().find(|notice| notice.code == "false-complaint").unwrap();
    assert!(notice.text.starts_with("Trustee 3 complained of trustee 1"), "{}", notice.text);
    // Nor does it help to say it twice.
    let mut making = Making::dealt();
    making.board.append(complaint.clone());
    making.refused(complaint, Check::Course, "ballot box");
}

#[test]
fn attack_18_false_complaint_that_proves_nothing_is_refused() {
    let with = |change: &dyn Fn(&mut Complaint, &Making)| {
        let making = cheated();
        let mut content = complaint(&making, 3, 2).into_content();
        change(&mut content, &making);
        let message = making.sign(3, content);
        making.refused(message, Check::Complaint, "trustee 3");
    };
    // Another point, under which the shares look false.
    with(&|complaint, making| complaint.shared = *making.key(1).public().point());
    with(&|complaint, making| complaint.proof = self::complaint(making, 3, 1).proof);
    with(&|complaint, _| complaint.dealer = 3);
    with(&|complaint, _| complaint.dealer = 4);
}

/// The complaint that a trustee can make of a dealer, true or not.
fn complaint(making: &Making, complainer: u8, dealer: u8) -> Signed<Complaint> {
    let (key, other) = (making.key(complainer), making.key(dealer).public());
    let context = making.ceremony().complaint_context(complainer, dealer).unwrap();
    let own = [*key.public().point()];
    let statement = veche_crypto::chaum_pedersen::Statement {
        context: &context,
        alpha: other.point(),
        betas: &[],
        shares: &own,
    };
    let (shared, proof) = key
        .with_scalar(|scalar| veche_crypto::chaum_pedersen::decrypt(&statement, std::slice::from_ref(scalar)))
        .unwrap();
    let shares = making.ceremony().shares_hash(dealer).unwrap();
    making.sign(complainer, Complaint { attempt: 1, complainer, dealer, shares, shared: shared[0], proof })
}

#[test]
fn attack_46_restarted_ceremony_messages_of_attempt_1_are_refused_in_attempt_2() {
    let first = Making::dealt();
    let old: Vec<Entry> = first.board.leaves[1..].iter().map(|leaf| Entry::parse(leaf).unwrap()).collect();
    let restarted = || {
        let mut making = Making::dealt();
        making.board.append(making.board.restart(2));
        making
    };
    restarted().refused(old[0].clone(), Check::Course, "ballot box");
    let mut making = restarted();
    making.all_act();
    making.refused(old[3].clone(), Check::Course, "ballot box");
    // Dressed up as one of attempt 2, a share is still for other commitments and under another key.
    let mut making = restarted();
    making.all_act();
    let Entry::Ceremony(Ceremony::Shares(shares)) = old[3].clone() else { panic!() };
    let mut shares = shares.into_content();
    shares.attempt = 2;
    let message = making.sign(1, shares.clone());
    making.refused(message, Check::Transcript, "ballot box");
    // With the round corrected as well, nobody takes the old shares for right.
    let mut making = restarted();
    making.all_act();
    shares.round = making.ceremony().round_hash().unwrap();
    making.board.append(making.sign(1, shares));
    assert_eq!(making.act(2), ActionKind::Deal { attempt: 2 });
    assert_eq!(making.act(2), ActionKind::Complain { dealer: 1 });
    assert_eq!(making.ceremony().round(), Round::Failed(1));
}

#[test]
fn a_new_attempt_is_the_next_one_and_signed_by_the_organiser() {
    for attempt in [0, 1, 3] {
        let making = Making::committed();
        let restart = making.board.restart(attempt);
        making.refused(restart, Check::Restart, "ballot box");
    }
    let stranger = SecretKey::from_bytes(&SmallElection::voter(99).unwrap().secret()).unwrap();
    let registrar = SmallElection::of(&manifest_json(), "board").unwrap().registrar;
    for key in [stranger, registrar] {
        let making = Making::committed();
        let restart = Signed::new(Restart { attempt: 2 }, &key, &making.genesis()).unwrap();
        making.refused(restart, Check::Restart, "ballot box");
    }
    // Once all have confirmed, the keys are the keys.
    let mut making = Making::dealt();
    making.all_act();
    let restart = making.board.restart(2);
    making.refused(restart, Check::Course, "ballot box");
}

impl Making {
    /// The fingerprint and the shares of an honest ceremony.
    fn made() -> (Digest, Vec<KeyShare>) {
        let small = SmallElection::of(&manifest_json(), "board").unwrap();
        (small.election.fingerprint(), small.shares)
    }
}

#[test]
fn words_and_board_recover_a_share_and_a_half_done_ceremony_is_begun_anew() {
    let mut making = Making::new();
    let words = making.secret(2).words();
    let secret = Secret::from_words(&words).unwrap();
    assert_eq!(Kept::recover(&making.board.state, &secret, 2), Err(Refusal::NothingToRecover(2)));
    making.all_act();
    // A lost device may have dealt on a board that this one does not show.
    assert_eq!(Kept::recover(&making.board.state, &secret, 2), Err(Refusal::CannotRecoverYet(2)));
    making.all_act();
    making.kept[1] = Kept::recover(&making.board.state, &secret, 2).unwrap();
    assert_eq!(Kept::recover(&making.board.state, &secret, 1), Err(Refusal::NotYourWords(1)));
    making.all_act();
    making.board.rehearse();
    let kept = Kept::recover(&making.board.state, &secret, 2).unwrap();
    let step = making.board.step(&secret, &kept, CLOSES).unwrap();
    assert_eq!(step, Step::Wait(Waiting::Opening));
    let share = KeyShare::recover(&secret, &making.board.state, 2).unwrap();
    let count = making.board.state.count(TallyKind::Rehearsal).unwrap();
    assert_eq!(share.decrypt(count).unwrap(), making.board.partial_of(TallyKind::Rehearsal, 2));
}

#[test]
fn a_trustee_acts_on_its_own_verified_board_only() {
    let making = Making::committed();
    let mut manifest = manifest_json();
    manifest["minimum_group"] = serde_json::json!(2);
    let other = Board::founded(&manifest);
    assert_eq!(other.step(making.secret(1), &making.kept[0], CLOSES), Err(Refusal::OtherBoard));
    // A board that was taken over without looking is not acted on.
    let mut state = veche_verify::BoardState::new(&making.board.small.manifest).unwrap();
    for (index, leaf) in (0..).zip(&making.board.leaves) {
        state.restore(index, leaf).unwrap();
    }
    let unverified = Shown::under(&state, &making.board.note()).map(|_| ());
    assert_eq!(unverified, Err(Refusal::Unverified));
    // Somebody else has committed in this trustee's place.
    let mut making = Making::new();
    making.act(1);
    let other = Secret::from_bytes(&bytes32("somebody else", 1));
    let kept = Kept::new(&making.board.state, &other, 1).unwrap();
    assert_eq!(making.board.step(&other, &kept, CLOSES), Err(Refusal::Impostor(1)));
    // A memory is that of one secret.
    assert_eq!(making.board.step(&other, &making.kept[0], CLOSES), Err(Refusal::NotYourWords(1)));
}
