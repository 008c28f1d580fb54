//! ATTACKS.md row 30, the roll-membership oracle by what is *done*: for a known and an unknown number
//! a request executes the same statements, in the same order, with the same effects. Comparing times
//! would pass or fail with the weather; comparing the work does not.
//!
//! The log is the witness, so this test has a process of its own.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    reason = "a test fails by panicking, and the support is shared"
)]

mod support;

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use support::Running;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

const ANNA: &str = "+48421234567";
const STRANGER: &str = "+48420000001";

/// Notes every statement that is executed within a request.
#[derive(Clone, Default)]
struct Work(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Work {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let in_request =
            context.event_scope(event).is_some_and(|mut scope| scope.any(|span| span.name() == "request"));
        if in_request && event.metadata().target() == "sqlx::query" {
            let mut statement = Statement::default();
            event.record(&mut statement);
            let bracket =
                ["\"BEGIN IMMEDIATE\"", "\"COMMIT\""].into_iter().find(|word| statement.0.contains(word));
            // These affect nothing, and SQLite gives them the number of the statement before, which may be of a
            // background task.
            let done = bracket.map_or(statement.0, |word| word.to_owned());
            self.0.lock().unwrap().push(done);
        }
    }
}

#[derive(Default)]
struct Statement(String);

impl Visit for Statement {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // A question affects nothing, and SQLite gives it the number of the statement before, too.
        if field.name() == "rows_affected" && self.0.starts_with("summary=\"SELECT") {
            return;
        }
        // What is executed and what it touches; not how long it took.
        if ["summary", "db.statement", "rows_affected", "rows_returned"].contains(&field.name()) {
            write!(self.0, "{}={value:?} ", field.name()).unwrap();
        }
    }
}

impl Work {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[tokio::test]
async fn attack_30_a_known_and_an_unknown_number_cause_the_same_work() {
    let work = Work::default();
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(work.clone())).unwrap();
    let running = Running::with_roll(&[ANNA]).await;
    // The first requests of a connection also prepare it.
    running.ask("+48425555555").await;
    running.give("none", "000000").await;
    work.take();

    let mut done: Vec<Vec<Vec<String>>> = Vec::new();
    for phone in [ANNA, STRANGER] {
        let mut steps = Vec::new();
        let session = running.ask(phone).await.text("session");
        steps.push(work.take());
        // Until a code is shared, and one request more.
        for _ in 0..7 {
            running.ask(phone).await;
            steps.push(work.take());
        }
        for _ in 0..6 {
            running.give(&session, "000000").await;
            steps.push(work.take());
        }
        done.push(steps);
    }
    running.sms.code(ANNA, 1).await;
    assert_eq!(running.sms.count(STRANGER), 0);

    let (known, unknown) = (&done[0], &done[1]);
    // The witness sees: a code is looked for and inserted; a guess is counted and judged.
    assert!(known[0].iter().any(|statement| statement.contains("INSERT INTO code")), "{:?}", known[0]);
    assert!(known[8].iter().any(|statement| statement.contains("UPDATE code SET guesses")), "{:?}", known[8]);
    for (step, (known, unknown)) in known.iter().zip(unknown).enumerate() {
        assert!(!known.is_empty());
        assert_eq!(known, unknown, "step {step}");
    }
    let roll = |steps: &[Vec<String>]| steps[0].iter().any(|statement| statement.contains("roll"));
    assert!(!roll(known) && !roll(unknown), "asking for a code does not even look at the roll");
}
