//! The verifier in a browser: a whole record, read file by file, with workers that verify signatures and proofs.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use js_sys::{Array, Promise, Uint8Array};
use veche_verify::audit::{Options, Progress, Snapshot, Watch};
use veche_verify::report::FailureReport;
use veche_verify::source::{CHECKPOINT, RESULT, stated_size, unlisted};
use veche_verify::{Assistants, Assisted, Failure, RemoteSource, SourceError, assist, audit_assisted};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use veche_wasm_common::{VecheError, convert, random};

use crate::election::Election;

/// No record of more entries is verified in a browser.
const MAX_ENTRIES: u64 = 1 << 23;

#[wasm_bindgen]
extern "C" {
    /// Where the files come from; the script's own object.
    #[wasm_bindgen(typescript_type = "AuditSource")]
    pub type AuditSource;

    #[wasm_bindgen(method, structural, catch)]
    fn list(this: &AuditSource) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, structural, catch)]
    fn fetch(this: &AuditSource, path: &str) -> Result<Promise, JsValue>;

    /// Who looks on; the script's own object.
    #[wasm_bindgen(typescript_type = "AuditWatch")]
    pub type AuditWatch;

    #[wasm_bindgen(method, structural)]
    fn progress(this: &AuditWatch, entries: f64, total: f64, ballots: f64);

    #[wasm_bindgen(method, structural)]
    fn examined(this: &AuditWatch, counts: Vec<f64>);

    #[wasm_bindgen(method, structural)]
    fn failed(this: &AuditWatch, failure: JsValue);

    #[wasm_bindgen(method, structural)]
    fn election(this: &AuditWatch, fingerprint: &str, manifest: JsValue);

    #[wasm_bindgen(method, structural, js_name = wantsSnapshot)]
    fn wants_snapshot(this: &AuditWatch) -> bool;

    #[wasm_bindgen(method, structural)]
    fn snapshot(this: &AuditWatch, bytes: Uint8Array, entries: f64);

    #[wasm_bindgen(method, structural)]
    fn resumed(this: &AuditWatch, entry: f64);

    #[wasm_bindgen(method, structural)]
    fn discarded(this: &AuditWatch);

    /// Who verifies beside; the script's own object.
    #[wasm_bindgen(typescript_type = "AuditAssistants")]
    pub type AuditAssistants;

    #[wasm_bindgen(method, structural, getter)]
    fn count(this: &AuditAssistants) -> usize;

    #[wasm_bindgen(method, structural, catch)]
    fn verify(this: &AuditAssistants, first: f64, leaves: Array) -> Result<Promise, JsValue>;
}

/// Verifies a record and gives the report, the JSON document that `veche verify --json` prints.
///
/// `expected` is the published fingerprint. `resume` is a snapshot that an interrupted run of the same `software` gave;
/// one of another record, or of other software, is discarded.
///
/// # Errors
/// `no-randomness`, `bad-argument`. Whatever is wrong with the record is in the report.
#[wasm_bindgen(js_name = auditRecord)]
pub async fn audit_record(
    source: AuditSource,
    watch: AuditWatch,
    assistants: Option<AuditAssistants>,
    expected: Option<String>,
    resume: Option<Vec<u8>>,
    software: String,
) -> Result<String, JsValue> {
    let expected = expected.map(|digits| convert::digest(&digits)).transpose()?;
    let fresh = random::randomness()?;
    let mut options = Options::new(expected, fresh);
    let mut watch = Onlooker { watch, software };
    if let Some(bytes) = resume {
        match Snapshot::parse(&bytes, &watch.software) {
            Ok(snapshot) => options.resume = Some(snapshot),
            Err(_) => watch.discarded(),
        }
    }
    let source = Source { source, absent: RefCell::default(), size: Cell::new(0) };
    let assistants = assistants.map(Pool);
    let audit = audit_assisted(&source, &options, &mut watch, assistants.as_ref()).await;
    Ok(serde_json::to_string(&audit.report).map_err(VecheError::argument)?)
}

#[wasm_bindgen]
impl Election {
    /// Verifies the signatures and proofs of some entries of this election's record, of which `first` is the index of
    /// the first, on behalf of [`audit_record`]. The answer is for its assistants' `verify`.
    ///
    /// # Errors
    /// `no-randomness`, or `bad-argument`.
    #[wasm_bindgen(js_name = verifyEntries)]
    pub fn verify_entries(
        &self,
        first: f64,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array[]")] leaves: &Array,
    ) -> Result<Uint8Array, JsValue> {
        let first = convert::count(first)?;
        let leaves: Vec<Vec<u8>> = leaves.iter().map(|leaf| Uint8Array::new(&leaf).to_vec()).collect();
        let fresh = random::randomness()?;
        let answer = assist(self.inner(), first, &leaves, &fresh);
        Ok(Uint8Array::from(answer.to_bytes().as_slice()))
    }
}

/// The script's files.
struct Source {
    source: AuditSource,
    absent: RefCell<BTreeSet<String>>,
    size: Cell<u64>,
}

impl Source {
    async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, JsValue> {
        let value = JsFuture::from(self.source.fetch(path)?).await?;
        Ok(value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec))
    }
}

impl RemoteSource for Source {
    async fn list(&self) -> Result<Vec<String>, SourceError> {
        let listing = self.source.list().map_err(said)?;
        let listed = JsFuture::from(listing).await.map_err(said)?;
        if let Some(names) = listed.dyn_ref::<Array>() {
            return Ok(names.iter().filter_map(|name| name.as_string()).collect());
        }
        // A server lists nothing.
        if self.size.get() > MAX_ENTRIES {
            return Err(SourceError(format!(
                "a record of more than {MAX_ENTRIES} entries is too large here"
            )));
        }
        let result = RemoteSource::fetch(self, RESULT).await?.is_some();
        Ok(unlisted(self.size.get(), &self.absent.borrow(), result))
    }

    async fn fetch(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        let file = self.read(path).await.map_err(said)?;
        match &file {
            Some(bytes) if path == CHECKPOINT => self.size.set(stated_size(bytes).unwrap_or_default()),
            Some(_) => {}
            None => {
                self.absent.borrow_mut().insert(path.to_owned());
            }
        }
        Ok(file)
    }
}

/// What a script threw, as words.
fn said(error: JsValue) -> SourceError {
    let text = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    SourceError(text.or_else(|| error.as_string()).unwrap_or_else(|| "it cannot be read".to_owned()))
}

/// The script's workers.
struct Pool(AuditAssistants);

impl Assistants for Pool {
    type Answer = Pin<Box<dyn Future<Output = Option<Assisted>>>>;

    fn begin(&self, first: u64, leaves: &[Vec<u8>]) -> Self::Answer {
        let leaves: Array = leaves.iter().map(|leaf| Uint8Array::from(leaf.as_slice())).collect();
        // An index is far below 2^53. The promise begins its work here, before anyone waits for it.
        let asked = self.0.verify(first as f64, leaves);
        Box::pin(async move {
            let answer = JsFuture::from(asked.ok()?).await.ok()?;
            Assisted::from_bytes(&answer.dyn_ref::<Uint8Array>()?.to_vec())
        })
    }

    fn count(&self) -> usize {
        self.0.count()
    }
}

/// The script that looks on.
struct Onlooker {
    watch: AuditWatch,
    software: String,
}

#[derive(serde::Serialize)]
struct FailureFound {
    check: u8,
    #[serde(flatten)]
    failure: FailureReport,
}

impl Watch for Onlooker {
    fn progress(&mut self, Progress { entries, total, ballots }: Progress) {
        self.watch.progress(entries as f64, total as f64, ballots as f64);
    }

    fn examined(&mut self, counts: &[u64]) {
        self.watch.examined(counts.iter().map(|&count| count as f64).collect());
    }

    fn failed(&mut self, failure: &Failure) {
        let found = FailureFound { check: failure.check.number(), failure: failure.into() };
        if let Ok(value) = convert::to_js(&found) {
            self.watch.failed(value);
        }
    }

    fn election(&mut self, election: &Arc<veche_record::Election>) {
        if let Ok(manifest) = convert::to_js(election.manifest().document()) {
            self.watch.election(&election.fingerprint().to_string(), manifest);
        }
    }

    fn wants_snapshot(&mut self) -> bool {
        self.watch.wants_snapshot()
    }

    fn snapshot(&mut self, snapshot: &Snapshot) {
        if let Ok(bytes) = snapshot.to_bytes(&self.software) {
            self.watch.snapshot(Uint8Array::from(bytes.as_slice()), snapshot.entries() as f64);
        }
    }

    fn resumed(&mut self, entry: u64) {
        self.watch.resumed(entry as f64);
    }

    fn discarded(&mut self) {
        self.watch.discarded();
    }
}

/// The numbers of the checks that a record goes through, in order.
#[wasm_bindgen]
pub fn checks() -> Vec<u8> {
    veche_verify::Check::ALL.iter().map(|check| check.number()).collect()
}
