//! A web server as towns have: nginx, with the settings that docs/hosting.md recommends, taken from that page as they
//! stand there.

use anyhow::{Context, Result, bail, ensure};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use veche_xtask::ballot_box::free_port;
use veche_xtask::{hosting, tools};

/// What the settings say for those who have the module for it.
const BROTLI: &str = "#brotli_static on;";

/// Time for nginx to come up.
const PATIENCE: Duration = Duration::from_secs(10);

/// A host that hands out the files of a folder and knows nothing else. It ends with the test.
#[derive(Debug)]
pub struct Host {
    /// Its address, without a slash at the end.
    pub address: String,
    process: Child,
    // Behind the process, which writes into it.
    _folder: tempfile::TempDir,
}

impl Host {
    /// Serves a folder.
    ///
    /// # Errors
    /// When nginx is missing, refuses the settings or finds no port.
    pub fn of(root: &Path) -> Result<Self> {
        let mut settings = hosting::nginx(false)?;
        ensure!(settings.contains(BROTLI), "the settings say nothing of brotli");
        if tools::nginx_brotli().is_some() {
            settings = settings.replace(BROTLI, BROTLI.trim_start_matches('#'));
        }
        let root = root.canonicalize().with_context(|| format!("cannot serve {}", root.display()))?;
        Self::start(|port| {
            format!("server {{ listen 127.0.0.1:{port}; root \"{}\"; {settings} }}", root.display())
        })
    }

    /// Stands in front of a ballot box, with everything that docs/hosting.md has for it but the certificate. A visitor
    /// is where the header `X-Test-Address` says: all of a test's are on this machine.
    ///
    /// # Errors
    /// When nginx is missing, refuses the settings or finds no port.
    pub fn in_front_of(ballot_box: &str) -> Result<Self> {
        let settings = hosting::nginx(true)?;
        let settings: String = settings
            .lines()
            .filter(|line| !line.trim_start().starts_with("ssl_"))
            .map(|line| format!("{line}\n"))
            .collect();
        ensure!(settings.contains("listen 443 ssl;"), "the settings listen somewhere else");
        ensure!(settings.contains("server 127.0.0.1:8080;"), "the settings name no ballot box");
        Self::start(|port| {
            let settings = settings
                .replace("listen 443 ssl;", &format!("listen 127.0.0.1:{port};"))
                .replace("server 127.0.0.1:8080;", &format!("server {ballot_box};"));
            format!("set_real_ip_from 127.0.0.1; real_ip_header X-Test-Address;\n{settings}")
        })
    }

    fn start(settings: impl Fn(u16) -> String) -> Result<Self> {
        // Another test may take the port first.
        for _ in 0..5 {
            let port = free_port()?;
            if let Some((process, folder)) = start(&settings(port))? {
                return Ok(Self { address: format!("http://127.0.0.1:{port}"), process, _folder: folder });
            }
        }
        bail!("nginx found no port");
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A running nginx and the folder it needs; nothing when the port was taken.
fn start(settings: &str) -> Result<Option<(Child, tempfile::TempDir)>> {
    let folder = tempfile::tempdir()?;
    let own = folder.path().display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path \"{own}/{kind}\";\n"))
        .concat();
    let brotli = tools::nginx_brotli().map(|module| format!("load_module \"{}\";", module.display()));
    let brotli = brotli.unwrap_or_default();
    // One process, which ends at once when it is killed. The types are those of nginx's own list, as Debian has it.
    let configuration = format!(
        "{brotli}
        daemon off;
        master_process off;
        pid \"{own}/pid\";
        error_log \"{own}/errors\";
        events {{ worker_connections 512; }}
        http {{
            include /etc/nginx/mime.types;
            default_type application/octet-stream;
            access_log off;
            sendfile on;
            keepalive_requests 1000000;
            {temporary}
            {settings}
        }}"
    );
    let file = folder.path().join("nginx.conf");
    std::fs::write(&file, configuration)?;
    let nginx = tools::nginx().context("nginx is missing; `cargo xtask tools` installs it")?;
    let mut process = Command::new(nginx)
        .arg("-c")
        .arg(&file)
        .arg("-e")
        .arg(folder.path().join("errors"))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("nginx could not be started")?;
    let began = Instant::now();
    // It writes its number when it listens.
    while std::fs::read(folder.path().join("pid")).map_or(true, |pid| pid.is_empty()) {
        if process.try_wait()?.is_some() {
            let errors = std::fs::read_to_string(folder.path().join("errors")).unwrap_or_default();
            ensure!(errors.contains("Address already in use"), "nginx ended: {errors}");
            return Ok(None);
        }
        if began.elapsed() > PATIENCE {
            let _ = process.kill();
            bail!("nginx does not start");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(Some((process, folder)))
}
