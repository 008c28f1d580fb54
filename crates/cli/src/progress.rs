//! A bar on a terminal, nothing in a pipe.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What is shown while a long step runs. On anything but a terminal it shows nothing.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    began: Instant,
}

impl Progress {
    /// A step of `total` parts.
    pub fn start(what: &'static str, total: u64) -> Self {
        let bar = ProgressBar::new(total);
        if !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        // A template that does not parse would only cost the bar its looks.
        if let Ok(style) = ProgressStyle::with_template(
            "{msg:<24} {wide_bar} {human_pos}/{human_len}  {per_sec}  {eta} left",
        ) {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, began: Instant::now() }
    }

    /// So many parts are done.
    pub fn reached(&self, done: u64, total: u64) {
        self.bar.set_length(total);
        self.bar.set_position(done);
    }

    /// One more part is done.
    pub fn one(&self) {
        self.bar.inc(1);
    }

    /// Says a sentence above the bar, in a pipe too.
    pub fn say(&self, sentence: &str) {
        // Not `eprintln!`, which panics when nobody reads any more.
        let _ = self.bar.suspend(|| writeln!(std::io::stderr(), "{sentence}"));
    }

    /// Takes the bar away and leaves a line of how long it took. Nothing in a pipe.
    pub fn done(self, what: &str, count: u64) {
        let seconds = self.began.elapsed().as_secs_f64();
        self.bar.finish_and_clear();
        if !self.bar.is_hidden() {
            let _ = writeln!(std::io::stderr(), "{}", pace(what, count, seconds));
        }
    }
}

/// How many of what in what time.
fn pace(what: &str, count: u64, seconds: f64) -> String {
    // Counts of ballots are far below what a float holds exactly.
    let rate = if seconds > 0.0 { count as f64 / seconds } else { 0.0 };
    format!("{count} {what} in {seconds:.1} s, {rate:.0} a second")
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_a_number_also_when_it_took_no_time() {
        assert_eq!(pace("ballots", 20_000, 4.0), "20000 ballots in 4.0 s, 5000 a second");
        assert_eq!(pace("ballots", 1, 0.0), "1 ballots in 0.0 s, 0 a second");
    }
}
