//! What the service manager is told, by a server that runs, stands still and goes on.

use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};
use std::time::Duration;

use veche_server::Elsewhere;
use veche_xtask::workspace::programs;

use crate::support::manifest;

/// Kills the server, however the test ends.
struct Serving(std::process::Child);

impl Serving {
    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[tokio::test]
async fn systemd_is_told_that_it_serves_and_nothing_while_it_stands_still() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("box"), folder.path().join("manifest.json"));
    std::fs::write(&file, serde_json::to_vec(&manifest("open")).unwrap()).unwrap();
    veche_server::init(&data, &file, Some("box.example/test"), &Elsewhere::default(), None).await.unwrap();
    let place = folder.path().join("notify");
    let systemd = UnixDatagram::bind(&place).unwrap();
    let child = Command::new(programs().unwrap().server)
        .args(["serve", "--listen", "127.0.0.1:0", "--sms", "terminal", "--data"])
        .arg(&data)
        .env("NOTIFY_SOCKET", &place)
        .env("WATCHDOG_USEC", "1000000")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let serving = Serving(child);
    let within = |time| {
        systemd.set_read_timeout(Some(time)).unwrap();
        let mut said = [0; 64];
        systemd.recv(&mut said).ok().map(|length| String::from_utf8_lossy(&said[..length]).trim().to_owned())
    };
    let long = Duration::from_secs(60);
    assert_eq!(within(long).as_deref(), Some("READY=1"));
    for _ in 0..5 {
        assert_eq!(within(long).as_deref(), Some("WATCHDOG=1"));
    }
    serving.signal("-STOP");
    // What it had said before.
    while within(Duration::from_millis(100)).is_some() {}
    assert_eq!(within(Duration::from_secs(2)), None);
    serving.signal("-CONT");
    assert_eq!(within(long).as_deref(), Some("WATCHDOG=1"));
}
