use std::time::Duration;

use async_trait::async_trait;
use tokio::time::timeout;

use super::*;
use crate::store::codes::{
    CodeAsked, CodeLimits, Guess, GuessLimits, Guessed, MessageNews, NewCode, PrintedCode,
};
use crate::store::error::StoreError;
use crate::store::registrar::{Deed, GoodPass, SignedInVoter, StoredDeskPass};
use crate::store::roll::{NewRoll, PersonHash, PhoneChange, RollChange, RollRow, RollState};

const MANIFEST: &str = r#"{
    "veche": 1, "phase": "election", "languages": ["en"], "title": {"en": "A made-up vote"}, "text": {"en": "For tests."},
    "opens": "2026-05-01T08:00:00Z", "closes": "2026-05-14T20:00:00Z", "time_zone": "UTC", "early_close": false,
    "contests": [{"id": "north", "title": {"en": "North"}, "report_by": "contest", "rule": {"type": "approval", "min": 1, "max": 1, "blank": false}, "funding": {"method": "none"},
        "options": [{"id": "a", "name": {"en": "A"}}, {"id": "b", "name": {"en": "B"}}]}],
    "styles": [{"id": "north", "title": {"en": "North"}, "contests": ["north"], "electorate": 10}],
    "routes": [{"id": "sms", "title": {"en": "By SMS"}, "entered": false}],
    "trustees": {"count": 3, "threshold": 2}, "minimum_group": 1, "revote": true, "registration": "open"
}"#;

/// A store that nothing can be done with.
struct Broken;

#[async_trait]
impl RegistrarStore for Broken {
    async fn replace_roll(&self, _: &NewRoll<'_>, _: &Deed) -> Result<(), StoreError> {
        panic!("broken")
    }
    async fn add_to_roll(&self, _: &RollRow, _: u32, _: &Deed) -> Result<RollChange, StoreError> {
        panic!("broken")
    }
    async fn move_on_roll(&self, _: &RollRow, _: u32, _: &Deed) -> Result<RollChange, StoreError> {
        panic!("broken")
    }
    async fn mark_on_roll(&self, _: &RollRow, _: &Deed) -> Result<RollChange, StoreError> {
        panic!("broken")
    }
    async fn strike_from_roll(&self, _: &PersonHash, _: &Deed) -> Result<RollChange, StoreError> {
        panic!("broken")
    }
    async fn roll(&self) -> Result<Vec<RollRow>, StoreError> {
        panic!("broken")
    }
    async fn roll_state(&self) -> Result<RollState, StoreError> {
        panic!("broken")
    }
    async fn note(&self, _: &Deed) -> Result<(), StoreError> {
        panic!("broken")
    }
    async fn deeds(&self, _: Option<&PersonHash>) -> Result<Vec<Deed>, StoreError> {
        panic!("broken")
    }
    async fn was_read(&self, _: &[u8; 32]) -> Result<bool, StoreError> {
        panic!("broken")
    }
    async fn voters(&self) -> Result<Vec<(PersonHash, veche_record::Pseudonym)>, StoreError> {
        panic!("broken")
    }
    async fn roll_len(&self) -> Result<u64, StoreError> {
        panic!("broken")
    }
    async fn style_on_roll(&self, _: &PersonHash) -> Result<Option<String>, StoreError> {
        panic!("broken")
    }
    async fn phone_on_roll(&self, _: &PersonHash) -> Result<Option<PersonHash>, StoreError> {
        panic!("broken")
    }
    async fn people_on_roll(&self, _: &PersonHash) -> Result<Vec<RollRow>, StoreError> {
        panic!("broken")
    }
    async fn asked_for(&self, _: &[u8; 32]) -> Result<Option<PersonHash>, StoreError> {
        panic!("broken")
    }
    async fn ask_for_code(&self, _: &NewCode, _: &CodeLimits) -> Result<CodeAsked, StoreError> {
        panic!("broken")
    }
    async fn guess(&self, _: &Guess, _: &GuessLimits) -> Result<Guessed, StoreError> {
        panic!("broken")
    }
    async fn use_pass(&self, _: &GoodPass) -> Result<Option<veche_record::Pseudonym>, StoreError> {
        panic!("broken")
    }
    async fn pseudonym(&self, _: &PersonHash) -> Result<Option<veche_record::Pseudonym>, StoreError> {
        panic!("broken")
    }
    async fn person(&self, _: &veche_record::Pseudonym) -> Result<Option<PersonHash>, StoreError> {
        panic!("broken")
    }
    async fn voter(&self, _: &[u8; 32], _: i64) -> Result<Option<SignedInVoter>, StoreError> {
        panic!("broken")
    }
    async fn message_left(&self, _: &[u8; 32], _: i64) -> Result<(), StoreError> {
        panic!("broken")
    }
    async fn message_lost(&self, _: &[u8; 32], _: i64) -> Result<(), StoreError> {
        panic!("broken")
    }
    async fn messages(&self, _: &PersonHash, _: i64) -> Result<MessageNews, StoreError> {
        panic!("broken")
    }
    async fn print_code(&self, _: &PrintedCode, _: &Deed) -> Result<(), StoreError> {
        panic!("broken")
    }
    async fn printed_code(&self, _: &PersonHash) -> Result<Option<PrintedCode>, StoreError> {
        panic!("broken")
    }
    async fn forget_messages(&self, _: &PersonHash, _: &Deed) -> Result<(), StoreError> {
        panic!("broken")
    }
    async fn change_phone(
        &self,
        _: &PersonHash,
        _: &PersonHash,
        _: &Deed,
    ) -> Result<PhoneChange, StoreError> {
        panic!("broken")
    }
    async fn end_sessions(&self, _: &PersonHash, _: &Deed) -> Result<(), StoreError> {
        panic!("broken")
    }
    async fn give_desk_pass(&self, _: &StoredDeskPass, _: &Deed) -> Result<u32, StoreError> {
        panic!("broken")
    }
    async fn desk_passes(&self) -> Result<Vec<StoredDeskPass>, StoreError> {
        panic!("broken")
    }
    async fn revoke_desk_pass(&self, _: u32, _: i64, _: &Deed) -> Result<bool, StoreError> {
        panic!("broken")
    }
    async fn forget_old(&self, _: i64, _: i64) -> Result<(), StoreError> {
        panic!("broken")
    }
}

#[tokio::test]
async fn a_task_that_fails_ends_the_server_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (data, manifest) = (folder.path().join("box"), folder.path().join("manifest.json"));
    std::fs::write(&manifest, MANIFEST).unwrap();
    crate::init(&data, &manifest, None, &crate::Elsewhere::default(), None).await.unwrap();
    let mut config = Config::new(&data);
    config.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    config.sms = Some(Arc::new(crate::Terminal));

    let mut healthy = Server::start(config.clone()).await.unwrap();
    assert!(timeout(Duration::from_secs(1), healthy.ended()).await.is_err(), "nothing ends by itself");
    healthy.stop().await;

    let ready = Ready::of(&config).await.unwrap();
    let folder = Folder::open(&data).await.unwrap();
    let mut failing = Server::start_box(config, ready, folder, Arc::new(Broken)).await.unwrap();
    let ended = timeout(Duration::from_secs(20), failing.ended()).await.expect("it must not go on without");
    let said = ended.to_string();
    assert!(said.starts_with("the registrar's background task has failed"), "{said}");
    // What is left of it still stops in order.
    timeout(Duration::from_secs(20), failing.stop()).await.unwrap();
}
