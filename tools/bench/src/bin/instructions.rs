//! Runs one task of the contest of 40 options so many times and nothing else, for a program that counts instructions:
//!
//! ```text
//! valgrind --tool=callgrind target/release/instructions seal 12
//! ```
//!
//! Two counts of one task, divided by the difference of their numbers, are the instructions of one run, without those
//! of the start. `seal` prepares, too, and `verify` is a whole batch.

use veche_bench::contest::{CONTESTS, Contest};
use veche_bench::rounds::{Effort, measure};
use veche_bench::{Failure, contest::Shape};

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().ok_or("say prepare, seal or verify, and how often")?;
    let rounds: usize = arguments.next().ok_or("say how often")?.parse()?;
    let shape =
        CONTESTS.iter().find(|shape: &&Shape| shape.name() == "40").ok_or("no contest of 40 options")?;
    let effort = Effort { rounds, ..Effort::SMOKE };
    let contest = Contest::new(shape, &Effort { batch_sections: 32, ..effort })?;
    let name = format!("40.{task}");
    let tasks: Vec<_> = contest.tasks().into_iter().filter(|task| task.name() == name).collect();
    if tasks.is_empty() {
        return Err(format!("there is no task {task}").into());
    }
    // A clock that stands still: every turn is one call.
    measure(&|| 0.0, &effort, tasks);
    Ok(())
}
