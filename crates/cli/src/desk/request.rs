//! What a page's handlers take and answer with, and where they do what takes long.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::Desk;
use super::problem::{Kind, Problem};

/// What every handler answers with.
pub(crate) type Answer<T> = Result<Json<T>, Problem>;

/// A body of JSON; one in another form is said to be the page's fault.
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = Json::<T>::from_request(request, state).await;
        // Without what was sent: it may be a passphrase.
        read.map(|Json(form)| Form(form))
            .map_err(|error| Problem::new(Kind::DeskMalformed, format!("HTTP {}", error.status().as_u16())))
    }
}

/// Does work that waits for a disk or a server, beside the other requests.
pub(crate) async fn work<T: Send + 'static>(
    desk: Arc<Desk>,
    what: impl FnOnce(&Desk) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(move || what(&desk)).await;
    done.map_err(|error| Problem::new(Kind::DeskFault, error.to_string()))?
}
