//! ATTACKS.md row 64: connections that do nothing, or ask and do not read, at the box; those at witnesses are in
//! `witnessed.rs`.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

use crate::support::{Answer, manifest};
use crate::vote::Vote;

/// Time that a closed connection takes to come back.
const PAUSE: Duration = Duration::from_millis(200);

async fn connect(to: SocketAddr, from: Ipv4Addr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((from, 0).into())?;
    socket.connect(to).await
}

/// Holds a connection open, and opens it again when it is closed: it says nothing, half a head, or asks once and then
/// no more.
async fn hold(to: SocketAddr, from: Ipv4Addr, says: &'static [u8]) {
    let mut piece = [0; 4_096];
    loop {
        if let Ok(mut stream) = connect(to, from).await
            && stream.write_all(says).await.is_ok()
        {
            while stream.read(&mut piece).await.is_ok_and(|length| length > 0) {}
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// So many connections that do nothing, from addresses of this machine that are not the voters'.
pub(crate) async fn do_nothing(to: SocketAddr, count: u32) -> JoinSet<()> {
    let mut held = JoinSet::new();
    for n in 0..count {
        let from = Ipv4Addr::from_bits(Ipv4Addr::new(127, 0, 0, 2).to_bits() + n % 16);
        let says: [&[u8]; 3] =
            [b"", b"POST /v1/ballots HTTP/1.1\r\nhost: b", b"GET /v1/card HTTP/1.1\r\nhost: box\r\n\r\n"];
        held.spawn(hold(to, from, says[n as usize % 3]));
        if n % 64 == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    held
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_64_thousands_of_connections_that_do_nothing_keep_no_voter_out() {
    // Each of them is open twice, here and at the server of the same process.
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let count = u32::try_from(files.saturating_sub(1_500) / 2).unwrap().min(5_000);
    let mut vote = Vote::open_with(&manifest("open"), |config| {
        config.limits.head_deadline = Duration::from_secs(300);
        config.limits.connections = count as usize * 4 / 5;
    })
    .await;
    let mut anna = vote.voter(1, "north").await;
    let address: SocketAddr = vote.running.url.strip_prefix("http://").unwrap().parse().unwrap();
    let _held = do_nothing(address, count).await;
    // And some that ask for what is long, and never read it.
    let mut unread = Vec::new();
    for _ in 0..100 {
        let mut stream = connect(address, Ipv4Addr::new(127, 0, 0, 20)).await.unwrap();
        let ask = b"GET /record/manifest.json HTTP/1.1\r\nhost: box\r\n\r\n".repeat(20);
        stream.write_all(&ask).await.unwrap();
        unread.push(stream);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    // A voter who was never here.
    vote.running.http = Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
    anna.vote(&vote, 0).await;
    let mut boris = vote.voter(2, "south").await;
    boris.vote(&vote, 1).await;
    drop(unread);
}

#[tokio::test]
async fn attack_64_one_address_cannot_hold_all_connections_nor_lose_those_it_uses() {
    let vote = Vote::keyed(&manifest("open"), |config| {
        config.limits.head_deadline = Duration::from_secs(300);
        config.limits.connections_an_address = 4;
    })
    .await;
    let address: SocketAddr = vote.running.url.strip_prefix("http://").unwrap().parse().unwrap();
    let from = Ipv4Addr::new(127, 0, 0, 2);
    // Bodies that do not come: something is asked on each of these.
    let head = format!(
        "POST /v1/sign-in HTTP/1.1\r\nhost: box\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{{",
        json!({"phone": "+48421234567"}).to_string().len()
    );
    let mut busy = Vec::new();
    for _ in 0..4 {
        let mut stream = connect(address, from).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        busy.push(stream);
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut refused = connect(address, from).await.unwrap();
    let closed = tokio::time::timeout(Duration::from_secs(5), refused.read(&mut [0])).await.unwrap();
    assert!(!matches!(closed, Ok(1..)), "the fifth is closed unanswered");
    let other = vote.running.http.get(format!("{}/v1/health", vote.running.url)).send().await.unwrap();
    assert!(Answer::of(other).await.status != StatusCode::NOT_FOUND, "others are served");
    for mut stream in busy {
        stream.write_all(&json!({"phone": "+48421234567"}).to_string().as_bytes()[1..]).await.unwrap();
        let mut said = [0; 12];
        tokio::time::timeout(Duration::from_secs(5), stream.read_exact(&mut said)).await.unwrap().unwrap();
        assert!(said.starts_with(b"HTTP/1.1 "), "what was begun goes on");
    }
}
