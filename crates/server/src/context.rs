//! What a request can reach: the two halves, each by its own handlers, and how requests are read.

use std::sync::Arc;

use axum::extract::FromRef;

use crate::ballot_box::context::BallotBox;
use crate::http::client::RequestRules;
use crate::registrar::context::Registrar;

/// The state of the router. A handler takes the half it belongs to.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) registrar: Arc<Registrar>,
    pub(crate) ballot_box: Arc<BallotBox>,
    pub(crate) rules: Arc<RequestRules>,
}

impl FromRef<Context> for Arc<Registrar> {
    fn from_ref(context: &Context) -> Self {
        Arc::clone(&context.registrar)
    }
}

impl FromRef<Context> for Arc<BallotBox> {
    fn from_ref(context: &Context) -> Self {
        Arc::clone(&context.ballot_box)
    }
}

impl FromRef<Context> for Arc<RequestRules> {
    fn from_ref(context: &Context) -> Self {
        Arc::clone(&context.rules)
    }
}
