//! A person on the line between a browser and the ballot box, who keeps every byte that the browser sends.

use anyhow::{Context as _, Result};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A line to a server of this machine. It ends with the test.
#[derive(Debug, Clone)]
pub struct Wire {
    /// The address under which the server is reached through it.
    pub address: String,
    sent: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Wire {
    /// Lays a line to a port.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn to(port: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let wire = Wire { address, sent: Arc::default() };
        let sent = Arc::clone(&wire.sent);
        tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                tokio::spawn(carry(browser, port, Arc::clone(&sent)));
            }
        });
        Ok(wire)
    }

    /// Everything that was sent so far, one piece for each connection: request lines, headers and bodies.
    ///
    /// # Errors
    /// When a task of the line has fallen over.
    pub fn sent(&self) -> Result<Vec<Vec<u8>>> {
        Ok(self.sent.lock().ok().context("the line is broken")?.clone())
    }
}

async fn carry(browser: TcpStream, port: u16, sent: Arc<Mutex<Vec<Vec<u8>>>>) -> Result<()> {
    let server = TcpStream::connect(("127.0.0.1", port)).await?;
    let (mut from_browser, mut to_browser) = browser.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let place = {
        let mut sent = sent.lock().ok().context("the line is broken")?;
        sent.push(Vec::new());
        sent.len() - 1
    };
    tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_browser).await });
    let mut piece = vec![0; 1 << 16];
    loop {
        let length = from_browser.read(&mut piece).await?;
        let piece = piece.get(..length).unwrap_or_default();
        if piece.is_empty() {
            return Ok(());
        }
        if let Some(kept) = sent.lock().ok().context("the line is broken")?.get_mut(place) {
            kept.extend_from_slice(piece);
        }
        to_server.write_all(piece).await?;
    }
}
