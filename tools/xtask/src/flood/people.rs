//! The honest: people who vote, and people who sign in.

use super::gateway::Gateway;
use super::report::Felt;
use super::{NEWCOMERS, STYLE};
use crate::ballot_box::{Http, Refused};
use crate::crash::OPTIONS;
use crate::voters::{Voter, ask_for_code};
use anyhow::{Context, Result};
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use veche_board::{Hash, Receipt};
use veche_record::{Election, Selection};
use veche_voter::{SealedBallot, check_receipt};

/// Time between two tries.
const AGAIN: Duration = Duration::from_millis(250);
/// Time between two newcomers of one lane.
const PAUSE: Duration = Duration::from_millis(500);
/// Time for which a newcomer waits for a message before asking once more.
const MESSAGE: Duration = Duration::from_secs(15);

/// Each person's phone.
pub fn phone(number: usize) -> String {
    format!("+44770{:07}", 900_000 + number)
}

/// Where each person is: many of them behind one address, as in a mobile network.
pub fn address(number: usize) -> String {
    format!("198.51.100.{}", number % 50 + 1)
}

/// The name of what went wrong.
fn problem(error: &anyhow::Error) -> String {
    match error.downcast_ref::<Refused>() {
        Some(refused) => refused.problem().unwrap_or_else(|| refused.status.to_string()),
        None => "no answer".to_owned(),
    }
}

/// Somebody who votes again and again.
pub struct Caster<'a> {
    voter: Voter<'a>,
    election: &'a Election,
    number: usize,
    ready: VecDeque<SealedBallot>,
}

impl<'a> Caster<'a> {
    pub fn new((voter, election): (Voter<'a>, &'a Election), number: usize) -> Self {
        Self { voter, election, number, ready: VecDeque::new() }
    }

    pub fn number(&self) -> usize {
        self.number
    }

    /// Seals the ballots to come, so that this machine's time is the box's.
    pub fn prepare(&mut self, ballots: u32) -> Result<()> {
        while self.ready.len() < ballots as usize {
            let choice = self.ready.len() % OPTIONS;
            let values = (0..OPTIONS).map(|option| u32::from(option == choice)).collect();
            self.ready.push_back(self.voter.seal_ahead(&[Selection::new(values, false)])?);
        }
        Ok(())
    }

    /// Casts what is ready, one ballot at each pace, each until it is acknowledged. Returns what was felt, and place
    /// and leaf of what was acknowledged.
    ///
    /// # Errors
    /// When a receipt does not hold.
    pub fn cast(
        &mut self,
        http: &Http,
        pace: Duration,
        until: Instant,
        patience: Instant,
    ) -> Result<(Felt, Vec<(u64, Hash)>)> {
        let (mut felt, mut acknowledged) = (Felt::default(), Vec::new());
        // Not all at the same moment.
        std::thread::sleep(pace.mul_f64((self.number % 16) as f64 / 16.0));
        while Instant::now() < until
            && let Some(ballot) = self.ready.front()
        {
            let began = Instant::now();
            let receipt = loop {
                match http.post("/v1/ballots", None, "application/octet-stream", &ballot.bytes) {
                    Ok(answer) => break Receipt::parse(answer.to_string().as_bytes())?,
                    Err(_) if Instant::now() >= patience => {
                        felt.unserved += 1;
                        return Ok((felt, acknowledged));
                    }
                    Err(error) => felt.refuse(&problem(&error)),
                }
                std::thread::sleep(AGAIN);
            };
            felt.waits.push(began.elapsed());
            check_receipt(self.election, &ballot.bytes, &receipt).context("a receipt does not hold")?;
            acknowledged.push((receipt.index, receipt.leaf_hash));
            self.ready.pop_front();
            std::thread::sleep(pace.saturating_sub(began.elapsed()));
        }
        Ok((felt, acknowledged))
    }
}

/// Those who sign in.
pub struct Newcomers<'a> {
    election: &'a Election,
    gateway: &'a Gateway,
}

impl<'a> Newcomers<'a> {
    pub fn new(election: &'a Election, gateway: &'a Gateway) -> Self {
        Self { election, gateway }
    }

    /// Signs somebody in who is in no hurry.
    ///
    /// # Errors
    /// When the ballot box refuses.
    pub fn enter(&self, http: &Http, phone: &str) -> Result<(Voter<'a>, &'a Election)> {
        let before = self.gateway.count(phone);
        let session = ask_for_code(http, phone)?;
        let codes = self.gateway.codes(phone, before, Instant::now() + MESSAGE);
        let code = codes.first().context("no message came")?;
        Ok((Voter::enter(http, self.election, &session, code, STYLE)?, self.election))
    }

    /// People who come one after another, the first with the number `first`; where the gateway `hangs`, they are served
    /// when they are told that a code is on its way. Returns what they felt, and how many came.
    pub fn come(
        &self,
        http: &Http,
        first: usize,
        hangs: bool,
        until: Instant,
        patience: Instant,
    ) -> (Felt, usize) {
        let (mut felt, mut came) = (Felt::default(), 0);
        while Instant::now() < until {
            let number = first + came * NEWCOMERS;
            came += 1;
            let (http, phone) = (http.sent_by(&address(number)), phone(number));
            let began = Instant::now();
            if self.try_to_enter(&http, &phone, hangs, patience, &mut felt) {
                felt.waits.push(began.elapsed());
            } else {
                felt.unserved += 1;
            }
            std::thread::sleep(PAUSE);
        }
        (felt, came)
    }

    /// Asks, reads what comes, types it in; asks again when nothing comes or when told to.
    fn try_to_enter(
        &self,
        http: &Http,
        phone: &str,
        hangs: bool,
        patience: Instant,
        felt: &mut Felt,
    ) -> bool {
        let before = self.gateway.count(phone);
        while Instant::now() < patience {
            let session = match ask_for_code(http, phone) {
                Ok(_) if hangs => return true,
                Ok(session) => session,
                Err(error) => {
                    felt.refuse(&problem(&error));
                    std::thread::sleep(AGAIN);
                    continue;
                }
            };
            let mut codes = self.gateway.codes(phone, before, patience.min(Instant::now() + MESSAGE));
            if codes.is_empty() {
                felt.refuse("no message came");
                // People type in what their phone has, whoever asked for it.
                codes = self.gateway.codes(phone, 0, Instant::now());
            }
            for code in codes.iter().take(3) {
                match Voter::enter(http, self.election, &session, code, STYLE) {
                    Ok(_) => return true,
                    // Somebody else asked for this one: the owner's own is among the others, or comes.
                    Err(error) if problem(&error) == "wrong-code" => {}
                    Err(error) => felt.refuse(&problem(&error)),
                }
            }
            std::thread::sleep(AGAIN);
        }
        false
    }
}
