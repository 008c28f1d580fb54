//! A slow line in front of a server, for everything that comes over it: page, workers and whatever browser.

use anyhow::{Context as _, Result};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How much of a connection is on its way at most, in pieces of [`PIECE`]: as a sender waits to be acknowledged.
const WINDOW: usize = 64;
/// About what fits into one packet.
const PIECE: usize = 1_400;

/// A line with a bandwidth, which all connections share, and a time that everything takes on the way.
#[derive(Debug)]
pub struct SlowLine {
    /// Where it listens, as `http://127.0.0.1:port`.
    pub address: String,
    carried: Arc<AtomicU64>,
}

#[derive(Debug, Clone)]
struct Lane {
    bytes_per_second: f64,
    delay: Duration,
    /// Until when the line is taken.
    free: Arc<Mutex<Instant>>,
    carried: Arc<AtomicU64>,
}

impl SlowLine {
    /// A line to a server on this machine: so many bits a second each way, and so long to the server and back. It lasts
    /// as long as the process.
    ///
    /// # Errors
    /// When there is no port.
    pub fn to(server: SocketAddr, bits_per_second: u32, round_trip: Duration) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no port for a slow line")?;
        let address = format!("http://{}", listener.local_addr()?);
        let lane = || Lane {
            bytes_per_second: f64::from(bits_per_second) / 8.0,
            delay: round_trip / 2,
            free: Arc::new(Mutex::new(Instant::now())),
            carried: Arc::new(AtomicU64::new(0)),
        };
        let (up, down) = (lane(), lane());
        let carried = Arc::clone(&down.carried);
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let (up, down) = (up.clone(), down.clone());
                std::thread::spawn(move || {
                    // What it takes to connect.
                    std::thread::sleep(round_trip);
                    let Ok(far) = TcpStream::connect(server) else { return };
                    let (Ok(near_too), Ok(far_too)) = (near.try_clone(), far.try_clone()) else { return };
                    std::thread::spawn(move || up.carry(near, far));
                    down.carry(far_too, near_too);
                });
            }
        });
        Ok(Self { address, carried })
    }

    /// How many bytes have come from the server.
    #[must_use]
    pub fn carried(&self) -> u64 {
        self.carried.load(Ordering::Relaxed)
    }
}

impl Lane {
    fn carry(&self, mut from: TcpStream, mut to: TcpStream) {
        let (sender, on_the_way) = sync_channel::<(Instant, Vec<u8>)>(WINDOW);
        let arriving = std::thread::spawn(move || {
            for (due, bytes) in on_the_way {
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                if to.write_all(&bytes).is_err() {
                    break;
                }
            }
            let _ = to.shutdown(Shutdown::Write);
        });
        let mut piece = [0; PIECE];
        while let Ok(length @ 1..) = from.read(&mut piece) {
            let bytes = piece.get(..length).unwrap_or_default().to_vec();
            self.carried.fetch_add(length as u64, Ordering::Relaxed);
            if sender.send((self.sent(length) + self.delay, bytes)).is_err() {
                break;
            }
        }
        drop(sender);
        let _ = arriving.join();
    }

    /// When the last of so many bytes has been put on the line.
    fn sent(&self, bytes: usize) -> Instant {
        let mut free = self.free.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *free = (*free).max(Instant::now()) + Duration::from_secs_f64(bytes as f64 / self.bytes_per_second);
        *free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_line_takes_its_time_and_loses_nothing() -> Result<()> {
        let server = TcpListener::bind("127.0.0.1:0")?;
        let line = SlowLine::to(server.local_addr()?, 8_000_000, Duration::from_millis(40))?;
        let sent: Vec<u8> = (0..200_000_u32).map(|number| number.to_le_bytes()[1]).collect();
        let reply = sent.clone();
        std::thread::spawn(move || {
            let (mut client, _) = server.accept()?;
            client.read_exact(&mut [0; 4])?;
            client.write_all(&reply)
        });
        let began = Instant::now();
        let mut client = TcpStream::connect(line.address.trim_start_matches("http://"))?;
        client.write_all(b"GET\n")?;
        let mut got = Vec::new();
        client.read_to_end(&mut got)?;
        assert!(got == sent, "{} bytes of {} came", got.len(), sent.len());
        // Two round trips and 200 kB at a megabyte a second; no machine is faster than the line.
        assert!(began.elapsed() >= Duration::from_millis(280), "{:?}", began.elapsed());
        assert_eq!(line.carried(), 200_000);
        Ok(())
    }
}
