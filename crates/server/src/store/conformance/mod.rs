//! What every store must do, as tests that are given one. A store's own tests call them with two handles of one new
//! and empty database, as two servers have that run on it.

mod codes;
mod desk;
mod passes;
mod roll;
mod shared_phones;

use std::collections::BTreeSet;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use futures_util::future::join_all;
use veche_record::Pseudonym;

use super::codes::{CodeAsked, CodeLimits, Guess, GuessLimits, Guessed, MessageNews, NewCode, PrintedCode};
use super::registrar::{
    Deed, DeedKind, DeskPassKind, GoodPass, PassTerms, RegistrarStore, SignedInVoter, StoredDeskPass,
};
use super::roll::{MarkHash, NewRoll, PEOPLE_OF_A_PHONE, PersonHash, PhoneChange, RollChange, RollRow};
use crate::store::Database;
use crate::store::error::StoreError;
use crate::store::transaction::Alone;

const NOW: i64 = 1_777_680_000;
const DAY: i64 = 86_400;

use codes::*;
use desk::*;
use passes::*;
use roll::*;
use shared_phones::*;

/// Calls at the same time.
const TOGETHER: u8 = 16;

const CODES: CodeLimits = CodeLimits { own_a_day: 3, a_day: 6, shared_every: Duration::from_secs(4_000) };
const GUESSES: GuessLimits = GuessLimits {
    session_lifetime: Duration::from_secs(600),
    a_session: 5,
    shared_lifetime: Duration::from_secs(4_500),
    a_shared_code: 40,
    wrong_marks_a_day: 3,
};

/// Holds a store to everything that [`RegistrarStore`] promises. Every part has phones of its own.
pub(crate) async fn registrar<S: RegistrarStore>(one: &S, two: &S) {
    a_roll_is_replaced_as_a_whole_or_not_at_all(one, two).await;
    a_roll_is_changed_line_by_line(one, two).await;
    whoever_is_struck_from_the_roll_is_signed_out(one, two).await;
    a_roll_that_changes_meanwhile_is_not_taken(one, two).await;
    deeds_are_kept_in_their_order(one, two).await;
    people_of_one_phone_are_told_apart_on_the_roll(one, two).await;
    whoever_is_alone_is_given_a_mark(one).await;
    a_right_code_of_several_people_takes_the_mark_of_one(one, two).await;
    marks_are_guessed_at_a_few_times_a_day(one, two).await;
    a_code_on_paper_says_who_of_several_it_is(one).await;
    the_people_of_a_phone_have_its_messages_together(one).await;
    a_phone_gets_so_many_messages(one).await;
    requests_at_the_same_time_share_one_count_of_messages(one, two).await;
    a_shared_code_is_good_in_every_session_and_once(one).await;
    a_shared_code_lives_until_after_the_next(one).await;
    guesses_at_a_shared_code_are_counted_over_all_sessions(one).await;
    a_message_that_is_lost_is_not_counted(one).await;
    what_became_of_messages_is_known_for_a_day(one, two).await;
    a_code_on_paper_is_good_once_and_for_its_phone_only(one, two).await;
    a_person_is_put_to_another_number(one, two).await;
    whoever_is_signed_out_signs_in_with_a_new_code_only(one, two).await;
    a_pass_of_the_desk_is_good_until_it_ends_or_is_revoked(one, two).await;
    a_code_is_used_once(one, two).await;
    a_code_ends_with_its_lifetime(one).await;
    guesses_are_counted_in_a_session(one).await;
    guesses_at_the_same_time_share_one_count(one, two).await;
    only_who_is_on_the_roll_signs_in_unless_all_may(one).await;
    a_pseudonym_is_made_once(one, two).await;
    a_pass_is_used_once(one, two).await;
    a_session_knows_what_its_own_pass_says(one).await;
    a_used_pass_is_kept_for_longer_than_it_is_good(one).await;
    a_session_ends(one).await;
    what_no_limit_needs_is_forgotten_and_voters_are_not(one).await;
}

fn phone(number: u8) -> PersonHash {
    PersonHash([number; 32])
}

/// A hash that no other call with other numbers gives.
fn hash(what: u8, phone: u8, which: u8) -> [u8; 32] {
    let mut bytes = [what; 32];
    bytes[0] = phone;
    bytes[1] = which;
    bytes
}

/// Whoever has a phone alone.
pub(crate) fn alone(phone: PersonHash, style: &str) -> RollRow {
    RollRow { phone, mark: None, person: phone, style: style.to_owned() }
}

fn row(number: u8, style: &str) -> RollRow {
    alone(phone(number), style)
}

/// Whoever asks may go away at any moment: nobody waits for what they had begun. Here they stop asking after each
/// number of steps.
pub(crate) async fn a_transaction_that_is_given_up_holds_nothing(one: &Database, two: &Database) {
    for steps in 0..12 {
        {
            let mut writing = pin!(async {
                let mut tx = one.write().await.unwrap();
                tx.alone(Alone::Everything).await.unwrap();
                std::future::pending::<()>().await;
            });
            for _ in 0..steps {
                let _ = writing.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        for db in [one, two] {
            let other = tokio::time::timeout(Duration::from_secs(5), async {
                let mut tx = db.write().await.unwrap();
                tx.alone(Alone::Everything).await.unwrap();
                tx.commit().await.unwrap();
            });
            other.await.unwrap_or_else(|_| panic!("after {steps} steps somebody is waited for"));
        }
    }
}

/// A pass of somebody that was not used yet.
pub(crate) fn good_pass(number: u8) -> GoodPass {
    pass(number, 0)
}

async fn replace(store: &impl RegistrarStore, rows: &[RollRow], deed: &Deed) -> Result<(), StoreError> {
    store.replace_roll(&NewRoll { rows, mark_heading: None, after: None }, deed).await
}

/// A phone of many.
fn numbered(number: u32) -> PersonHash {
    let mut bytes = [200; 32];
    bytes[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
    PersonHash(bytes)
}

/// Something that was done by hand, to nobody.
pub(crate) fn deed(what: DeedKind) -> Deed {
    Deed {
        at: NOW,
        what,
        operator: "Anna".to_owned(),
        reason: "for a test".to_owned(),
        person: None,
        style: None,
        people: None,
        entry: None,
        source: None,
    }
}

/// A roll was read from this file.
fn read_from(source: u8) -> Deed {
    Deed { source: Some([source; 32]), ..deed(DeedKind::RollReplaced) }
}

fn code(number: u8, which: u8, made: i64) -> NewCode {
    let own = hash(2, number, which);
    NewCode {
        session: hash(1, number, which),
        phone: phone(number),
        own,
        shared: hash(5, number, which),
        made,
    }
}

/// The name that a voter gets who guesses first at this code.
fn pseudonym(number: u8, which: u8) -> Pseudonym {
    let mut bytes = [number; 16];
    bytes[0] = which;
    Pseudonym(bytes)
}

/// The right guess at [`code`], by anyone whose phone may vote.
fn right(number: u8, which: u8, at: i64) -> Guess {
    Guess {
        session: hash(1, number, which),
        own: hash(2, number, which),
        shared: None,
        printed: None,
        mark: None,
        at,
        open_to_all: true,
        pseudonym: pseudonym(number, which),
        token: hash(3, number, which),
        expires: at + 1_800,
    }
}

fn wrong(number: u8, which: u8, at: i64) -> Guess {
    Guess { own: [0; 32], ..right(number, which, at) }
}

/// The shared code of one request, given in the session of another.
fn shared(number: u8, (code, session): (u8, u8), at: i64) -> Guess {
    Guess { shared: Some(hash(5, number, code)), ..wrong(number, session, at) }
}

async fn ask(store: &impl RegistrarStore, number: u8, which: u8, made: i64) -> CodeAsked {
    store.ask_for_code(&code(number, which, made), &CODES).await.unwrap()
}

async fn give(store: &impl RegistrarStore, guess: &Guess) -> Guessed {
    store.guess(guess, &GUESSES).await.unwrap()
}

/// Does something many times at once, by turns through the one handle and the other.
async fn at_the_same_time<'a, T>(
    one: &'a impl RegistrarStore,
    two: &'a impl RegistrarStore,
    something: impl AsyncFn(&'a dyn RegistrarStore, u8) -> T,
) -> Vec<T> {
    let store = |which: u8| -> &'a dyn RegistrarStore { if which.is_multiple_of(2) { one } else { two } };
    join_all((0..TOGETHER).map(|which| something(store(which), which))).await
}

fn is_signed_in(guessed: &Guessed) -> bool {
    matches!(guessed, Guessed::SignedIn { .. })
}
