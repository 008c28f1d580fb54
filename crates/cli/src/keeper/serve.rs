//! Lines in, answers out: from standard input, or from whoever connects to a Unix socket.

use std::sync::Arc;

use serde_json::Value;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::sync::{Semaphore, mpsc};

use super::desk::Desk;
use super::line::{self, MAX_LINE, Refusal};

/// Requests of one connection that are answered at the same time. Further ones are not read yet.
pub(super) const TOGETHER: usize = 256;

/// Answers the lines of one connection until it ends, each as soon as it is done: the `id` says which answer is whose.
pub(super) async fn serve(
    desk: Arc<Desk>,
    from: impl tokio::io::AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin + Send + 'static,
) {
    let places = Arc::new(Semaphore::new(TOGETHER));
    let (answers, mut answered) = mpsc::channel::<String>(TOGETHER);
    let writing = tokio::spawn(async move {
        while let Some(answer) = answered.recv().await {
            // Whoever does not read the answers any more asks again, and gets the same.
            let written = async {
                to.write_all(answer.as_bytes()).await?;
                to.write_all(b"\n").await?;
                to.flush().await
            };
            if written.await.is_err() {
                return;
            }
        }
    });
    let mut from = BufReader::with_capacity(1 << 16, from);
    while let Some(read) = next_line(&mut from).await {
        let line = match read {
            Ok(line) if line.trim_ascii().is_empty() => continue,
            read => read,
        };
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let (desk, answers) = (Arc::clone(&desk), answers.clone());
        if answers.is_closed() {
            break;
        }
        tokio::spawn(async move {
            let (id, answer) = match line.map(|line| line::parse(&line)) {
                Ok(Ok(request)) => (request.id, desk.answer(request.command).await),
                Ok(Err((id, refusal))) => (id, Err(refusal)),
                Err(refusal) => (Value::Null, Err(refusal)),
            };
            let _ = answers.send(line::answer(&id, &answer)).await;
            drop(place);
        });
    }
    drop(answers);
    let _ = writing.await;
}

/// The next line without its end; a refusal for one that is too long, of which no more is kept than that. Nothing at
/// the end, also where it comes with an error.
async fn next_line(from: &mut (impl AsyncBufRead + Unpin)) -> Option<Result<Vec<u8>, Refusal>> {
    let mut line = Vec::new();
    let (mut begun, mut long) = (false, false);
    loop {
        let bytes = from.fill_buf().await.unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        begun = true;
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let piece = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        long |= line.len().saturating_add(piece.len()) > MAX_LINE;
        if long {
            line.clear();
        } else {
            line.extend_from_slice(piece);
        }
        let used = end.map_or(bytes.len(), |end| end.saturating_add(1));
        from.consume(used);
        if end.is_some() {
            break;
        }
    }
    match (begun, long) {
        (false, _) => None,
        (true, true) => Some(Err(line::too_long())),
        (true, false) => Some(Ok(line)),
    }
}

/// Answers everyone who connects to a socket.
#[cfg(unix)]
pub(super) async fn listen(desk: Arc<Desk>, listener: tokio::net::UnixListener) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let (from, to) = stream.into_split();
                tokio::spawn(serve(Arc::clone(&desk), from, to));
            }
            // Too many open files: those who are connected go on.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
        }
    }
}
