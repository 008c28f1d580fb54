//! The floods. Each is what somebody with one machine can do; all they may know is public.

use super::people::address;
use crate::ballot_box::Http;
use anyhow::Result;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A flood: what so many threads do again and again.
pub struct Attack {
    pub name: &'static str,
    pub what: &'static str,
    pub threads: usize,
    /// Whether the SMS gateway hangs meanwhile.
    pub hangs: bool,
    pub act: fn(&Field, usize, &AtomicBool),
}

const fn attack(
    name: &'static str,
    what: &'static str,
    threads: usize,
    act: fn(&Field, usize, &AtomicBool),
) -> Attack {
    Attack { name, what, threads, hangs: false, act }
}

/// All of them, a quiet time first.
pub const ATTACKS: &[Attack] = &[
    attack("quiet", "nothing but the people who vote and sign in", 0, |_, _, _| {}),
    attack("reads", "256 connections read everything that is public, again and again", 256, read),
    attack("networks", "guesses and lookups from a new IPv6 network each time", 32, networks),
    attack(
        "one-number",
        "1,000 addresses ask and guess for the number of the first newcomer",
        32,
        one_number,
    ),
    attack("numbers", "codes are asked for numbers that are nobody's, from 200 addresses", 32, numbers),
    attack("forged", "forwarding headers of unreadable and local addresses", 32, forged),
    attack("idle", "connections that do nothing, up to 5,000, and clients that do not read", 8, idle),
    attack("bodies", "bodies of 64 MB, and bodies that never end", 64, bodies),
    Attack {
        hangs: true,
        ..attack("gateway", "the SMS gateway hangs while 200 addresses ask for codes", 4, numbers)
    },
];

/// The names of all floods.
pub fn names() -> String {
    ATTACKS.iter().map(|attack| attack.name).collect::<Vec<_>>().join(", ")
}

/// What a flood reaches, and what it has done.
pub struct Field {
    http: Http,
    /// Connections are kept between two turns of a thread, as a flood does.
    kept: Vec<Mutex<Option<Http>>>,
    at: Option<SocketAddr>,
    victim: String,
    sent: AtomicU64,
    idle: Mutex<Vec<TcpStream>>,
}

/// Threads of the largest flood.
const MOST: usize = 256;

impl Field {
    pub fn new(http: &Http, victim: &str) -> Result<Self> {
        let at = http.address().trim_start_matches("http://").parse()?;
        Ok(Self {
            http: http.clone(),
            kept: (0..MOST).map(|_| Mutex::default()).collect(),
            at: Some(at),
            victim: victim.to_owned(),
            sent: AtomicU64::new(0),
            idle: Mutex::default(),
        })
    }

    /// Requests and connections so far.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Lets go of what it holds.
    pub fn close(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The connection of a thread, for a request of a sender.
    fn http(&self, thread: usize, sender: &str) -> Http {
        let Some(place) = self.kept.get(thread) else { return self.http.sent_by(sender) };
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        place.get_or_insert_with(|| self.http.sent_by(sender)).also_sent_by(sender)
    }

    fn count(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self, http: &Http, path: &str) {
        self.count();
        let _ = http.get(path);
    }

    fn post(&self, http: &Http, path: &str, body: &Value) -> Option<Value> {
        self.count();
        http.post_json(path, None, body).ok()
    }
}

/// A number out of nowhere.
fn random() -> u64 {
    getrandom::u64().unwrap_or(0)
}

fn read(field: &Field, thread: usize, _: &AtomicBool) {
    const PATHS: [&str; 9] = [
        "/v1/consistency?from=1&to=18446744073709551615",
        "/v1/consistency?from=1&to=100",
        "/v1/election",
        "/v1/card",
        "/v1/health",
        "/record/checkpoint",
        "/record/manifest.json",
        "/record/tile/entries/000",
        "/v1/voters/00000000000000000000000000000000",
    ];
    let turn = random() as usize % PATHS.len();
    let http = field.http(thread, &format!("203.0.113.{}", thread % 250));
    for path in PATHS.iter().cycle().skip(turn).take(PATHS.len()) {
        field.get(&http, path);
    }
}

fn guess(field: &Field, http: &Http, session: &str) {
    let code = format!("{:06}", random() % 1_000_000);
    field.post(http, "/v1/sign-in/code", &json!({ "session": session, "code": code }));
}

fn networks(field: &Field, thread: usize, _: &AtomicBool) {
    let bits = random();
    let sender = format!("2001:db8:{:x}:{:x}::1", bits & 0xffff, (bits >> 16) & 0xffff);
    let http = field.http(thread, &sender);
    guess(field, &http, "0000000000000000000000000000000000000000000");
    field.get(&http, &format!("/v1/ballots?code={:020}", random() % 1_000_000));
    field.post(&http, "/v1/sign-in", &json!({ "phone": "not a number" }));
}

fn one_number(field: &Field, thread: usize, _: &AtomicBool) {
    let bits = random();
    let http = field.http(thread, &format!("192.0.{}.{}", bits % 4, (bits >> 8) % 250));
    let asked = field.post(&http, "/v1/sign-in", &json!({ "phone": field.victim }));
    let session = asked.as_ref().and_then(|asked| asked.get("session")?.as_str());
    for _ in 0..6 {
        guess(field, &http, session.unwrap_or("0000000000000000000000000000000000000000000"));
    }
}

fn numbers(field: &Field, thread: usize, _: &AtomicBool) {
    let http = field.http(thread, &format!("203.0.113.{}", random() % 200));
    let phone = format!("+44771{:07}", random() % 10_000_000);
    field.post(&http, "/v1/sign-in", &json!({ "phone": phone }));
}

fn forged(field: &Field, thread: usize, _: &AtomicBool) {
    const SENDERS: [&str; 6] = ["unknown", "127.0.0.1", "::1", "203.0.113.7:4711", "_hidden", "0.0.0.0"];
    for sender in SENDERS {
        let http = field.http(thread, sender);
        let phone = format!("+44772{:07}", random() % 10_000_000);
        let asked = field.post(&http, "/v1/sign-in", &json!({ "phone": phone }));
        if let Some(session) = asked.as_ref().and_then(|asked| asked.get("session")?.as_str()) {
            guess(field, &http, session);
        }
    }
}

/// Connections in all, idle and unread.
const CONNECTIONS: usize = 5_000;
/// Of these, clients that ask for much and read nothing.
const UNREAD: u64 = 100;

fn idle(field: &Field, thread: usize, over: &AtomicBool) {
    let opened = field.at.and_then(|at| TcpStream::connect_timeout(&at, Duration::from_millis(500)).ok());
    let Some(mut stream) = opened else {
        std::thread::sleep(Duration::from_millis(50));
        return;
    };
    let before = field.sent.fetch_add(1, Ordering::Relaxed);
    if thread == 0 && before < 8 * UNREAD {
        // Asks for much and reads nothing.
        let _ = stream.set_write_timeout(Some(Duration::from_millis(100)));
        let request =
            "GET /v1/card HTTP/1.1\r\nhost: box\r\nx-forwarded-for: 203.0.113.9\r\n\r\n".repeat(200);
        let _ = stream.write_all(request.as_bytes());
    }
    let full = {
        let mut held = field.idle.lock().unwrap_or_else(PoisonError::into_inner);
        held.push(stream);
        held.len() >= CONNECTIONS
    };
    if full {
        // Whoever closed theirs is replaced now and then.
        for _ in 0..50 {
            if over.load(Ordering::Relaxed) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let mut held = field.idle.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|stream| {
            let _ = stream.set_nonblocking(true);
            !matches!((&*stream).read(&mut [0; 1]), Ok(0))
        });
    }
}

const PATHS: [&str; 4] = ["/v1/ballots", "/v1/sign-in", "/v1/credentials", "/v1/challenges"];

fn bodies(field: &Field, thread: usize, over: &AtomicBool) {
    let opened = field.at.and_then(|at| TcpStream::connect_timeout(&at, Duration::from_millis(500)).ok());
    let Some(mut stream) = opened else { return };
    field.count();
    let _ = stream.set_write_timeout(Some(Duration::from_secs(1)));
    let path = PATHS.get(thread % PATHS.len()).copied().unwrap_or("/v1/ballots");
    let kind = if path == "/v1/sign-in" { "application/json" } else { "application/octet-stream" };
    let length =
        if thread.is_multiple_of(2) { "content-length: 67108864" } else { "transfer-encoding: chunked" };
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: box\r\nx-forwarded-for: {}\r\ncontent-type: {kind}\r\n{length}\r\n\r\n",
        address(thread)
    );
    let _ = stream.write_all(head.as_bytes());
    let mut chunk = b"10000\r\n".to_vec();
    chunk.extend([b'x'; 0x10000]);
    chunk.extend(b"\r\n");
    for _ in 0..1_024 {
        if over.load(Ordering::Relaxed) || stream.write_all(&chunk).is_err() {
            return;
        }
        // One in four is slow on purpose.
        if thread % 8 < 2 {
            std::thread::sleep(Duration::from_millis(250));
        }
    }
}
