//! A real ballot box for tests: a folder, a database file, a listening socket; only the time and the
//! text messages are ours. Also used by the top-level tests crate.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use veche_server::{Clock, Config, Elsewhere, KeyName, Role, Sending, Server, SmsGateway, SmsMessage};

/// The moment at which tests begin: 2026-05-02T00:00:00Z, while the vote of [`manifest`] may be open.
pub const NOW: i64 = 1_777_680_000;

/// Keeps what was sent.
#[derive(Clone, Default)]
pub struct Sms(Arc<Mutex<Vec<(String, String)>>>);

impl SmsGateway for Sms {
    fn send<'a>(&'a self, message: &'a SmsMessage) -> Sending<'a> {
        Box::pin(async move {
            let message = (message.to.as_str().to_owned(), message.code.to_string());
            self.0.lock().unwrap().push(message);
            Ok(())
        })
    }
}

impl Sms {
    /// How many messages were sent to a number.
    pub fn count(&self, phone: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|(to, _)| to == phone).count()
    }

    /// The codes that a number was sent. Two that are sent at once may come in any order.
    pub fn codes(&self, phone: &str) -> Vec<String> {
        self.0.lock().unwrap().iter().filter(|(to, _)| to == phone).map(|(_, code)| code.clone()).collect()
    }

    /// The last code of twelve digits that a number was sent, once it has been sent `count` codes.
    pub async fn long_code(&self, phone: &str, count: usize) -> String {
        self.code(phone, count).await;
        self.codes(phone).into_iter().rfind(|code| code.len() == 12).unwrap()
    }

    /// How many messages were sent.
    pub fn total(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// Waits until a number has been sent `count` codes, and gives the last.
    pub async fn code(&self, phone: &str, count: usize) -> String {
        for _ in 0..500 {
            if self.count(phone) >= count {
                let sent = self.0.lock().unwrap();
                return sent.iter().rfind(|(to, _)| to == phone).unwrap().1.clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{phone} was sent {} codes, {count} were expected", self.count(phone));
    }
}

/// A small legal manifest: two districts with a contest each.
pub fn manifest(registration: &str) -> Value {
    let contest = |id: &str| {
        json!({"id": id, "title": {"en": id}, "report_by": "contest", "rule": {"type": "approval", "min": 1, "max": 2, "blank": false}, "funding": {"method": "none"},
            "options": [{"id": "a", "name": {"en": "A"}}, {"id": "b", "name": {"en": "B"}}, {"id": "c", "name": {"en": "C"}}]})
    };
    json!({
        "veche": 1, "phase": "election", "languages": ["en"],
        "title": {"en": "A made-up vote"}, "text": {"en": "For tests."},
        "opens": "2026-05-01T08:00:00Z", "closes": "2026-05-14T20:00:00Z", "time_zone": "UTC", "early_close": true,
        "contests": [contest("north"), contest("south")],
        "styles": [
            {"id": "north", "title": {"en": "North"}, "contests": ["north"], "electorate": 1000},
            {"id": "south", "title": {"en": "South"}, "contests": ["south"], "electorate": 1000}
        ],
        "routes": [{"id": "sms", "title": {"en": "By SMS"}, "entered": false}],
        "trustees": {"count": 3, "threshold": 2}, "minimum_group": 1,
        "revote": true, "registration": registration
    })
}

tokio::task_local! {
    /// Where the database is of a box that is made, if it is no file of its folder.
    pub static DATABASE: veche_server::DatabaseUrl;
    /// The same of a registrar that is apart from its box.
    pub static PEOPLE_DATABASE: veche_server::DatabaseUrl;
}

/// A running ballot box.
pub struct Running {
    pub data: PathBuf,
    pub url: String,
    pub http: Client,
    pub sms: Sms,
    pub clock: Clock,
    pub organiser: String,
    /// The trustees' tokens, in order.
    pub trustees: Vec<String>,
    server: Option<Server>,
    config: Config,
    _folder: tempfile::TempDir,
}

impl Running {
    /// Makes and starts one. `roll` is the CSV without its first line.
    pub async fn start(manifest: &Value, roll: &str, configure: impl FnOnce(&mut Config)) -> Self {
        Self::start_with(&Elsewhere::default(), manifest, roll, configure).await
    }

    /// The same with keys that others hold.
    pub async fn start_with(
        elsewhere: &Elsewhere,
        manifest: &Value,
        roll: &str,
        configure: impl FnOnce(&mut Config),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("box");
        let file = folder.path().join("manifest.json");
        std::fs::write(&file, serde_json::to_vec(manifest).unwrap()).unwrap();
        let database = DATABASE.try_with(Clone::clone).ok();
        let made = veche_server::init(&data, &file, Some("box.example/test"), elsewhere, database.as_ref());
        let made = made.await.unwrap();
        if let Some(words) = veche_server::seed(&data, KeyName::Organiser).unwrap() {
            veche_server::check_words(&data, KeyName::Organiser, &words).unwrap();
        }
        let organiser = std::fs::read_to_string(made.organiser_token).unwrap().trim().to_owned();
        let tokens = std::fs::read_to_string(made.trustee_tokens).unwrap();
        let trustees = tokens.lines().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect();
        Self::begin(folder, (organiser, trustees), Clock::standing_at(NOW), roll, configure).await
    }

    /// Starts a registrar apart from its ballot box, in the folder `box` of a folder where it was made.
    pub async fn registrar(
        folder: tempfile::TempDir,
        role: Role,
        clock: Clock,
        roll: &str,
        configure: impl FnOnce(&mut Config),
    ) -> Self {
        let configure = |config: &mut Config| {
            config.role = Some(role);
            configure(config);
        };
        Self::begin(folder, (String::new(), Vec::new()), clock, roll, configure).await
    }

    async fn begin(
        folder: tempfile::TempDir,
        (organiser, trustees): (String, Vec<String>),
        clock: Clock,
        roll: &str,
        configure: impl FnOnce(&mut Config),
    ) -> Self {
        let (data, sms) = (folder.path().join("box"), Sms::default());
        let mut config = Config::new(&data);
        config.listen = "127.0.0.1:0".parse().unwrap();
        config.sms = Some(Arc::new(sms.clone()));
        config.clock = clock.clone();
        // Most tests cast one ballot after another: they would do nothing but wait.
        config.batch = Duration::ZERO;
        if !roll.is_empty() {
            let path = folder.path().join("roll.csv");
            std::fs::write(&path, format!("phone,style\n{roll}")).unwrap();
            config.roll = Some(path);
        }
        configure(&mut config);
        let server = Server::start(config.clone()).await.unwrap();
        let url = format!("http://{}", server.address());
        // A redirect or a proxy of the environment would test something else.
        let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Running {
            data,
            url,
            http,
            sms,
            clock,
            organiser,
            trustees,
            server: Some(server),
            config,
            _folder: folder,
        }
    }

    /// One with a roll of the given phones, all of the district north.
    pub async fn with_roll(phones: &[&str]) -> Self {
        let roll: String = phones.iter().map(|phone| format!("{phone},north\n")).collect();
        Self::start(&manifest("roll"), &roll, |_| {}).await
    }

    /// Stops it, lets `change` change what it starts with, and starts it again on the same folder.
    pub async fn restart(&mut self, change: impl FnOnce(&mut Config)) {
        self.server.take().unwrap().stop().await;
        change(&mut self.config);
        let server = Server::start(self.config.clone()).await.unwrap();
        self.url = format!("http://{}", server.address());
        self.server = Some(server);
    }

    /// Stops it for good, keeping its folder until the value is dropped.
    pub async fn stop(&mut self) {
        self.server.take().unwrap().stop().await;
    }

    /// Starts it again after [`Running::stop`].
    pub async fn start_again(&mut self) {
        self.restart_from_stopped(|_| {}).await;
    }

    /// The same, started with something else.
    pub async fn restart_from_stopped(&mut self, change: impl FnOnce(&mut Config)) {
        change(&mut self.config);
        let server = Server::start(self.config.clone()).await.unwrap();
        self.url = format!("http://{}", server.address());
        self.server = Some(server);
    }

    /// Starts it again after [`Running::stop`], changed, which must fail.
    pub async fn fails_to_start(&self, change: impl FnOnce(&mut Config)) -> veche_server::StartError {
        let mut config = self.config.clone();
        change(&mut config);
        let Err(error) = Server::start(config).await else { panic!("it serves") };
        error
    }

    /// A second server on the same database, as an operator should never start it: in a folder of its own, for one
    /// folder is served by one process.
    pub async fn twin(&self) -> (Server, String) {
        let data = self._folder.path().join("twin");
        std::fs::create_dir(&data).unwrap();
        for name in ["manifest.json", "keys.json", "organiser-token", "trustee-tokens", "words-checked"] {
            std::fs::copy(self.data.join(name), data.join(name)).unwrap();
        }
        let (file, url) = ("veche.sqlite", "database-url");
        if self.data.join(url).exists() {
            std::fs::copy(self.data.join(url), data.join(url)).unwrap();
        } else {
            std::os::unix::fs::symlink(self.data.join(file), data.join(file)).unwrap();
        }
        let server = Server::start(Config { data, ..self.config.clone() }).await.unwrap();
        let url = format!("http://{}", server.address());
        (server, url)
    }

    /// What Prometheus reads.
    pub async fn metrics(&self) -> String {
        let address = self.server.as_ref().unwrap().metrics().unwrap();
        let answer =
            Answer::of(self.http.get(format!("http://{address}/metrics")).send().await.unwrap()).await;
        String::from_utf8(answer.expect(StatusCode::OK).body).unwrap()
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.url))
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.url))
    }

    pub fn put(&self, path: &str) -> RequestBuilder {
        self.http.put(format!("{}{path}", self.url))
    }

    pub fn octets(&self, path: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
        self.post(path).header("content-type", "application/octet-stream").body(body)
    }

    pub fn as_organiser(&self, request: RequestBuilder) -> RequestBuilder {
        request.bearer_auth(&self.organiser)
    }

    /// Asks for a code.
    pub async fn ask(&self, phone: &str) -> Answer {
        self.ask_json(json!({"phone": phone})).await
    }

    /// Asks for a code with what is given.
    pub async fn ask_json(&self, body: Value) -> Answer {
        Answer::of(self.post("/v1/sign-in").json(&body).send().await.unwrap()).await
    }

    /// Gives a code.
    pub async fn give(&self, session: &str, code: &str) -> Answer {
        let body = json!({"session": session, "code": code});
        Answer::of(self.post("/v1/sign-in/code").json(&body).send().await.unwrap()).await
    }

    /// Asks for a code of a phone on the roll and waits for it. Returns session and code.
    pub async fn session(&self, phone: &str) -> (String, String) {
        let before = self.sms.count(phone);
        let asked = self.ask(phone).await.expect(StatusCode::OK);
        (asked.text("session"), self.sms.code(phone, before + 1).await)
    }

    /// Signs in. Returns the token and the pseudonym.
    pub async fn sign_in(&self, phone: &str) -> (String, String) {
        let signed = self.signed_in(phone).await;
        (signed.text("token"), signed.text("pseudonym"))
    }

    /// Signs in. Returns the whole answer.
    pub async fn signed_in(&self, phone: &str) -> Answer {
        let (session, code) = self.session(phone).await;
        self.give(&session, &code).await.expect(StatusCode::OK)
    }

    /// What a supervisor reads.
    pub async fn health(&self) -> Answer {
        Answer::of(self.get("/v1/health").send().await.unwrap()).await
    }

    /// Waits until a check fails, and gives its sentence.
    pub async fn unwell(&self, check: &str) -> String {
        for _ in 0..1_000 {
            let health = self.health().await;
            let found = health.json()["checks"].as_array().unwrap().iter().find_map(|found| {
                let of_it = found["name"] == check && found["ok"] == false;
                of_it.then(|| found["sentence"].as_str().unwrap().to_owned())
            });
            if let Some(sentence) = found {
                assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE);
                return sentence;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the check {check} does not fail: {}", self.health().await.json());
    }

    /// Waits until no check fails.
    pub async fn well(&self) {
        for _ in 0..1_000 {
            if self.health().await.status == StatusCode::OK {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("something is wrong: {}", self.health().await.json());
    }

    /// Whether `/v1/health` calls this check well; nothing where it does not have it.
    pub async fn is_well(&self, check: &str) -> Option<bool> {
        let health = Answer::of(self.get("/v1/health").send().await.unwrap()).await.json();
        let checks = health["checks"].as_array().unwrap().clone();
        checks.iter().find(|one| one["name"] == check)?["ok"].as_bool()
    }

    /// Every byte the server keeps on disk.
    pub fn stored(&self) -> Vec<u8> {
        let names = ["veche.sqlite", "veche.sqlite-wal"];
        names
            .iter()
            .flat_map(|name| std::fs::read(Path::new(&self.data).join(name)).unwrap_or_default())
            .collect()
    }
}

/// A code that is not this one.
pub fn other_than(code: &str) -> String {
    let number: u64 = code.parse().unwrap();
    format!("{:0len$}", (number + 1) % 10_u64.pow(code.len() as u32), len = code.len())
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub async fn of(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.bytes().await.unwrap().to_vec() }
    }

    #[track_caller]
    pub fn expect(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    /// Expects a problem document of this name, complete and of the right type.
    #[track_caller]
    pub fn problem(self, status: u16, name: &str) -> Self {
        let shown = String::from_utf8_lossy(&self.body).into_owned();
        assert_eq!(self.status.as_u16(), status, "{shown}");
        assert_eq!(self.headers["content-type"], "application/problem+json", "{shown}");
        let json = self.json();
        assert_eq!(json["type"], format!("urn:veche:{name}"), "{shown}");
        assert_eq!(json["status"], status, "{shown}");
        assert!(json["title"].is_string() && json["detail"].is_string(), "{shown}");
        self
    }

    /// The body but for the name of the request, which is another one each time.
    pub fn without_name(&self) -> Value {
        let mut json = self.json();
        let named = json.as_object_mut().and_then(|body| body.remove("instance"));
        assert_eq!(named.is_some(), !self.status.is_success(), "problems carry the name of their request");
        json
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    #[track_caller]
    pub fn text(&self, field: &str) -> String {
        self.json()[field].as_str().unwrap_or_else(|| panic!("no text {field:?}")).to_owned()
    }
}
