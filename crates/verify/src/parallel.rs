//! Work beside the caller's own, on every core where there are several.

#[cfg(feature = "parallel")]
mod several {
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::sync::mpsc::{Receiver, sync_channel};
    use std::thread;
    use std::time::Duration;

    /// Something that is being computed on another thread, in the order of beginning.
    pub(crate) struct Task<T> {
        result: Receiver<thread::Result<T>>,
        done: Option<thread::Result<T>>,
    }

    impl<T: Send + 'static> Task<T> {
        pub fn begin(work: impl FnOnce() -> T + Send + 'static) -> Self {
            let (sender, result) = sync_channel(1);
            rayon::spawn_fifo(move || {
                // Whoever waits gets a panic as if it were their own; nobody waits any more: nobody cares.
                let _ = sender.send(catch_unwind(AssertUnwindSafe(work)));
            });
            Task { result, done: None }
        }

        pub fn is_done(&mut self) -> bool {
            if self.done.is_none() {
                self.done = self.result.try_recv().ok();
            }
            self.done.is_some()
        }

        /// Waits for the result.
        pub fn result(mut self) -> T {
            let done = loop {
                if self.is_done()
                    && let Some(done) = self.done
                {
                    break done;
                }
                match rayon::yield_now() {
                    // One of the pool's own threads works on while it waits, or the pool could stand still.
                    Some(rayon::Yield::Executed) => {}
                    Some(rayon::Yield::Idle) => thread::sleep(Duration::from_micros(100)),
                    None => break self.result.recv().unwrap_or_else(|lost| Err(Box::new(lost))),
                }
            };
            done.unwrap_or_else(|panic| resume_unwind(panic))
        }
    }

    /// How many tasks run at a time.
    pub(crate) fn workers() -> usize {
        rayon::current_num_threads()
    }
}

#[cfg(not(feature = "parallel"))]
mod several {
    /// Something that was computed at once: there is one core.
    pub(crate) struct Task<T>(T);

    impl<T> Task<T> {
        pub fn begin(work: impl FnOnce() -> T) -> Self {
            Task(work())
        }

        pub fn is_done(&mut self) -> bool {
            true
        }

        pub fn result(self) -> T {
            self.0
        }
    }

    /// How many tasks run at a time.
    pub(crate) fn workers() -> usize {
        1
    }
}

pub(crate) use several::{Task, workers};
