//! Voters' browsers, as far as a ballot box meets them: connections that are kept, and a ballot each at its time.

use crate::ballot_box::{Http, Refused};
use anyhow::{Context, Result, anyhow};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use veche_board::{Hash, Receipt};

/// Bytes of a client's stack: it does little.
const STACK: usize = 512 << 10;

/// When ballots are sent.
pub(super) struct Plan {
    count: usize,
    /// The time of a ballot by its number.
    due: Box<dyn Fn(usize) -> Duration + Sync>,
}

impl Plan {
    /// As fast as the connections allow.
    pub fn all_at_once(count: usize) -> Self {
        Plan { count, due: Box::new(|_| Duration::ZERO) }
    }

    /// From nothing to a rate, evenly growing.
    pub fn ramp(rate: f64, time: Duration) -> Self {
        let seconds = time.as_secs_f64();
        let due = move |number: usize| Duration::from_secs_f64((2.0 * seconds * number as f64 / rate).sqrt());
        Plan { count: (rate * seconds / 2.0) as usize, due: Box::new(due) }
    }

    /// At one rate.
    pub fn hold(rate: f64, time: Duration) -> Self {
        let due = move |number: usize| Duration::from_secs_f64(number as f64 / rate);
        Plan { count: (rate * time.as_secs_f64()) as usize, due: Box::new(due) }
    }
}

/// Clients, and the ballots that nobody has sent yet.
pub(super) struct Crowd<'a> {
    pub boxes: &'a [Http],
    pub ballots: &'a [&'a [u8]],
    pub connections: usize,
}

/// What came of the ballots.
#[derive(Default)]
pub(super) struct Cast {
    /// The entry and leaf of each that was acknowledged.
    pub acknowledged: Vec<(u64, Hash)>,
    /// How long each of these took, from the time at which it was due.
    pub waited: Vec<Duration>,
    /// Those that were refused, by the problem's name.
    pub refused: BTreeMap<String, usize>,
}

impl Cast {
    fn add(&mut self, mut more: Cast) {
        self.acknowledged.append(&mut more.acknowledged);
        self.waited.append(&mut more.waited);
        for (problem, times) in more.refused {
            *self.refused.entry(problem).or_default() += times;
        }
    }
}

impl Crowd<'_> {
    /// Sends the next ballots as planned, each at the next of the boxes, as long as there are some.
    pub fn cast(&mut self, plan: &Plan) -> Result<Cast> {
        let (now, later) = self.ballots.split_at(plan.count.min(self.ballots.len()));
        let (next, began) = (AtomicUsize::new(0), Instant::now());
        let boxes = self.boxes;
        let one = || -> Result<Cast> {
            let boxes: Vec<_> = boxes.iter().map(|http| Http::new(http.address())).collect();
            let mut cast = Cast::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(ballot) = now.get(number) else { return Ok(cast) };
                let due = began + (plan.due)(number);
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let http = boxes.get(number % boxes.len().max(1)).context("there is no ballot box")?;
                // Whoever comes all at once waits from then; what waits for a free connection is not the box's.
                let sent = if due > began { due } else { Instant::now() };
                match http.post("/v1/ballots", None, "application/octet-stream", ballot) {
                    Ok(answer) => {
                        cast.waited.push(sent.elapsed());
                        let receipt = Receipt::parse(answer.to_string().as_bytes())?;
                        cast.acknowledged.push((receipt.index, receipt.leaf_hash));
                    }
                    Err(error) => {
                        let refused = error.downcast_ref::<Refused>();
                        let problem = refused.and_then(Refused::problem).unwrap_or_else(|| error.to_string());
                        *cast.refused.entry(problem).or_default() += 1;
                    }
                }
            }
        };
        let mut cast = Cast::default();
        std::thread::scope(|scope| -> Result<()> {
            let start = |_| std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, one);
            let all: Vec<_> = (0..self.connections).map(start).collect::<Result<_, _>>()?;
            for client in all {
                cast.add(client.join().map_err(|_| anyhow!("a client panicked"))??);
            }
            Ok(())
        })?;
        self.ballots = later;
        Ok(cast)
    }
}
