//! What a second core brings: one program on two threads against two copies of the program.

use crate::contest::{CONTESTS, Contest};
use crate::rounds::Effort;
use crate::{Clock, Failure};

/// Batches that one core verifies in one go.
const BATCHES: usize = 4;

/// A batch of 40 options to verify again and again.
pub struct Verification(Contest);

impl Verification {
    /// Seals the batch.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn new(effort: &Effort) -> Result<Self, Failure> {
        let shape = CONTESTS.iter().find(|shape| shape.name() == "40").ok_or("no contest of 40 options")?;
        Ok(Verification(Contest::new(shape, effort)?))
    }

    /// Verifies a few batches on this thread.
    ///
    /// # Errors
    /// When one is false.
    pub fn run(&self) -> Result<(), Failure> {
        (0..BATCHES).try_for_each(|_| self.0.verify())
    }

    /// The same on each of `threads` threads at once, in milliseconds.
    pub fn on_threads(&self, threads: usize, clock: Clock<'_>) -> f64 {
        let start = clock();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| self.run().is_ok());
            }
        });
        clock() - start
    }
}
