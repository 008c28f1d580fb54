//! ATTACKS.md row 61: an SMS gateway that hangs or fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::sync::watch;
use veche_server::{Config, Sending, SmsError, SmsGateway, SmsMessage};

use crate::support::{Answer, Running, Sms, manifest};

const ANNA: &str = "+48421234567";
const STRANGER: &str = "+48420000001";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Works,
    Fails,
    Hangs,
}

/// A gateway that does as it is told.
#[derive(Clone)]
struct Gateway {
    sms: Sms,
    mode: watch::Receiver<Mode>,
    /// How often it was tried, how often it is being tried at once, and most of these.
    tried: Arc<AtomicUsize>,
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl SmsGateway for Gateway {
    fn send<'a>(&'a self, message: &'a SmsMessage) -> Sending<'a> {
        Box::pin(async move {
            self.tried.fetch_add(1, Ordering::SeqCst);
            let running = Counted::new(&self.now);
            self.most.fetch_max(self.now.load(Ordering::SeqCst), Ordering::SeqCst);
            let mode = *self.mode.borrow();
            match mode {
                Mode::Works => self.sms.send(message).await?,
                Mode::Fails => return Err(SmsError::Refused("out of order".into())),
                Mode::Hangs => std::future::pending().await,
            }
            drop(running);
            Ok(())
        })
    }
}

struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Counted(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A registrar with such a gateway, and how it is told.
async fn with_gateway(
    registration: &str,
    roll: &str,
    configure: impl FnOnce(&mut Config),
) -> (Running, Gateway, watch::Sender<Mode>) {
    let (tell, mode) = watch::channel(Mode::Works);
    let gateway = Gateway {
        sms: Sms::default(),
        mode,
        tried: Arc::default(),
        now: Arc::default(),
        most: Arc::default(),
    };
    let sms = gateway.clone();
    let running = Running::start(&manifest(registration), roll, |config| {
        config.sms = Some(Arc::new(sms));
        config.limits.sms_patience = Duration::from_millis(200);
        config.limits.sms_retry = Duration::from_millis(20);
        configure(config);
    })
    .await;
    (running, gateway, tell)
}

/// What health says of the gateway.
async fn gateway_check(running: &Running) -> (StatusCode, bool) {
    let health = Answer::of(running.get("/v1/health").send().await.unwrap()).await;
    let checks = health.json()["checks"].as_array().unwrap().clone();
    let gateway = checks.iter().find(|check| check["name"] == "gateway").unwrap();
    (health.status, gateway["ok"].as_bool().unwrap())
}

async fn until<F: Future<Output = bool>>(condition: impl Fn() -> F) {
    for _ in 0..1_000 {
        if condition().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it never happened");
}

#[tokio::test]
async fn attack_61_a_gateway_that_fails_is_waited_for_and_nothing_is_used_up() {
    let (running, gateway, tell) = with_gateway("roll", &format!("{ANNA},north\n"), |_| {}).await;
    assert!(gateway_check(&running).await.1);
    tell.send(Mode::Fails).unwrap();
    let asked = running.ask(ANNA).await.expect(StatusCode::OK);
    assert_eq!(asked.json()["delayed"], Value::Bool(false), "nobody knows yet");
    until(async || gateway_check(&running).await == (StatusCode::SERVICE_UNAVAILABLE, false)).await;

    // Everybody hears it, and hears the same.
    for phone in [STRANGER, ANNA] {
        assert_eq!(running.ask(phone).await.expect(StatusCode::OK).json()["delayed"], true, "{phone}");
    }
    // It is tried again and again, one message at a time and with rests.
    let tried = gateway.tried.load(Ordering::SeqCst);
    assert!((5..60).contains(&tried), "{tried}");
    tell.send(Mode::Works).unwrap();
    gateway.sms.code(ANNA, 2).await;
    until(async || gateway_check(&running).await.1).await;
    assert_eq!(running.ask(STRANGER).await.expect(StatusCode::OK).json()["delayed"], false);
    // The code that was asked for before anybody knew has come, and is good.
    let mut given = Vec::new();
    for code in gateway.sms.codes(ANNA) {
        given.push(running.give(&asked.text("session"), &code).await.status);
    }
    assert!(given.contains(&StatusCode::OK), "{given:?}");

    // Messages whose codes end before they leave are no messages of the day.
    tell.send(Mode::Fails).unwrap();
    for _ in 0..10 {
        running.ask(ANNA).await.expect(StatusCode::OK);
    }
    running.clock.advance(Duration::from_secs(81 * 60));
    tokio::time::sleep(Duration::from_millis(400)).await;
    tell.send(Mode::Works).unwrap();
    let before = gateway.sms.count(ANNA);
    for _ in 0..4 {
        running.ask(ANNA).await.expect(StatusCode::OK);
    }
    gateway.sms.code(ANNA, before + 4).await;
    assert!(gateway.sms.codes(ANNA).iter().all(|code| code.len() == 6), "short codes are left");
}

#[tokio::test]
async fn attack_61_a_gateway_that_hangs_has_few_messages_at_once_and_a_queue_that_ends() {
    let (running, gateway, tell) = with_gateway("open", "", |config| config.limits.sms_queue = 40).await;
    tell.send(Mode::Hangs).unwrap();
    let asked = (0..300).map(|n| running.ask_json(json!({"phone": format!("+48420000{n:03}")})));
    for answer in futures_util::future::join_all(asked).await {
        answer.expect(StatusCode::OK);
    }
    until(async || !gateway_check(&running).await.1).await;
    // Each has 200 milliseconds; after the first sixteen, one at a time.
    tokio::time::sleep(Duration::from_millis(600)).await;
    let (most, tried) = (gateway.most.load(Ordering::SeqCst), gateway.tried.load(Ordering::SeqCst));
    assert!(most <= 16 && tried <= 40, "{most} at once, {tried} tried");
    assert!(gateway.now.load(Ordering::SeqCst) <= 1, "the others are given up");
    tell.send(Mode::Works).unwrap();
    until(async || gateway_check(&running).await.1).await;
    let sent = gateway.sms.total();
    assert!((1..=60).contains(&sent), "{sent} of 300: the others found no place, and were not counted");
}
