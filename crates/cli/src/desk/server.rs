//! The routes of all pages, and the files of the site that shows them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::{Json, Router};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;
use veche_site::Pin;

use super::{
    Desk, DeskError, ballot_box, describe, door, finish, freeze, overview, people, preview, run,
    test_message, trustees,
};
use crate::error::Error;

/// The longest request: a form. A page that takes files sets its own.
const LONGEST: usize = 64 << 10;

/// The site whose page is shown.
pub(crate) struct Page {
    folder: PathBuf,
    /// Of a site that is built in: it lies there until the desk is closed.
    _unpacked: Option<tempfile::TempDir>,
}

impl Page {
    /// Where it lies.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The site of a folder, or the one that is built in.
    pub(crate) fn take(site: Option<&Path>) -> Result<Self, Error> {
        if let Some(folder) = site {
            if !folder.join("index.html").is_file() {
                return Err(DeskError::NoPage { path: folder.to_owned() }.into());
            }
            return Ok(Page { folder: folder.to_owned(), _unpacked: None });
        }
        let failed = |source| Error::Write { path: std::env::temp_dir(), source };
        let unpacked = tempfile::tempdir().map_err(failed)?;
        let built = unpacked.path().join("built");
        std::fs::create_dir(&built).map_err(failed)?;
        crate::site::unpack(&built)?;
        let folder = unpacked.path().join("site");
        let pin = Pin {
            fingerprint: None,
            card: None,
            ballot_box: "./".to_owned(),
            registrar: None,
            record: None,
            accent: None,
            embed_origins: Vec::new(),
        };
        veche_site::pin(&built, &pin, &folder).map_err(DeskError::from)?;
        Ok(Page { folder, _unpacked: Some(unpacked) })
    }
}

/// What stands in the place of the site's own `election.json`: the desk is of no election, whatever it was built for.
async fn election() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "fingerprint": null, "box": "./" }))
}

/// Everything that the desk answers.
pub(crate) fn router(desk: Arc<Desk>, page: &Page) -> Router {
    let known = from_fn_with_state(Arc::clone(&desk), door::known);
    let meant = from_fn_with_state(Arc::clone(&desk), door::meant);
    let pages = Router::new()
        .merge(overview::routes())
        .merge(ballot_box::routes())
        .merge(describe::routes())
        .merge(freeze::routes())
        .merge(people::routes())
        .merge(trustees::routes())
        .merge(run::routes())
        .merge(test_message::routes())
        .merge(finish::routes())
        .merge(preview::routes())
        .route_layer(known)
        .layer(DefaultBodyLimit::max(LONGEST))
        .layer(header("cache-control", "no-store"));
    let shown = format!("/shown/{}/preview", desk.door.shown());
    let shown = Router::new()
        .nest_service(&shown, preview::shown(&desk.folder))
        .layer(header("cache-control", "no-store"));
    Router::new()
        .merge(shown)
        .merge(trustees::shown())
        .nest("/desk/v1", pages.merge(overview::entry()))
        .route("/election.json", get(election))
        .fallback_service(ServeDir::new(&page.folder))
        .layer(meant)
        .layer(header("x-content-type-options", "nosniff"))
        .layer(header("content-security-policy", "frame-ancestors 'none'"))
        .layer(header(header::REFERRER_POLICY.as_str(), "no-referrer"))
        .with_state(desk)
}

/// A header of every answer that has none of that name.
fn header(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
}
