//! The tasks of a running server. None of them ends before it is told to: one that does takes the server with it, for a
//! ballot box without its writer, or that nobody can reach, must be started again and not looked after.

use std::future::Future;

use futures_util::future::select_all;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A task of a running server ended although nobody had told it to.
#[derive(Debug, thiserror::Error)]
#[error("{task} {how}, so the server stops: start it again; nothing that was acknowledged is lost")]
pub struct TaskEnded {
    /// What the task does.
    task: &'static str,
    how: &'static str,
}

/// A task, and how it is told to stop.
#[derive(Debug)]
pub(crate) struct Task {
    name: &'static str,
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl Task {
    /// Starts a task, which must watch whether it is to stop. Dropping the value tells it, too.
    pub(crate) fn spawn<F>(name: &'static str, run: impl FnOnce(watch::Receiver<bool>) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (stop, stopping) = watch::channel(false);
        Task { name, stop, running: tokio::spawn(run(stopping)) }
    }

    /// Takes on a task that was started elsewhere.
    pub(crate) const fn of(name: &'static str, stop: watch::Sender<bool>, running: JoinHandle<()>) -> Self {
        Task { name, stop, running }
    }

    /// Tells the task to stop and waits until it has.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(true);
        // A task that `first_to_end` has seen the end of must not be asked again.
        if !self.running.is_finished() {
            let _ = self.running.await;
        }
    }
}

/// Waits until any task ends.
pub(crate) async fn first_to_end(tasks: impl Iterator<Item = &mut Task>) -> TaskEnded {
    let (names, running): (Vec<_>, Vec<_>) = tasks.map(|task| (task.name, &mut task.running)).unzip();
    let (ended, first, _) = select_all(running).await;
    let how = if ended.is_ok() { "ended unexpectedly" } else { "has failed: the log says how" };
    TaskEnded { task: names.get(first).copied().unwrap_or("a task"), how }
}
