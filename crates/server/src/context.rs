//! What a request can reach: the half that it is for, and how requests are read.

use std::sync::Arc;

use axum::extract::FromRef;

use crate::ballot_box::context::BallotBox;
use crate::checks::HealthChecks;
use crate::http::client::RequestRules;
use crate::http::reads::PublicReads;
use crate::metrics::requests::RequestMetrics;
use crate::registrar::context::Registrar;

/// The halves that this process is: one of them, or both.
#[derive(Clone)]
pub(crate) struct Halves {
    pub(crate) ballot_box: Option<Arc<BallotBox>>,
    pub(crate) registrar: Option<Arc<Registrar>>,
    pub(crate) checks: Arc<HealthChecks>,
    pub(crate) requests: RequestMetrics,
}

/// What handlers of the ballot box's half can reach.
#[derive(Clone)]
pub(crate) struct BoxContext {
    pub(crate) ballot_box: Arc<BallotBox>,
    pub(crate) rules: Arc<RequestRules>,
    pub(crate) reads: PublicReads,
}

/// What handlers of the registrar's half can reach.
#[derive(Clone)]
pub(crate) struct RegistrarContext {
    pub(crate) registrar: Arc<Registrar>,
    pub(crate) rules: Arc<RequestRules>,
}

impl FromRef<Halves> for Arc<HealthChecks> {
    fn from_ref(halves: &Halves) -> Self {
        Arc::clone(&halves.checks)
    }
}

impl FromRef<BoxContext> for Arc<BallotBox> {
    fn from_ref(context: &BoxContext) -> Self {
        Arc::clone(&context.ballot_box)
    }
}

impl FromRef<BoxContext> for Arc<RequestRules> {
    fn from_ref(context: &BoxContext) -> Self {
        Arc::clone(&context.rules)
    }
}

impl FromRef<BoxContext> for PublicReads {
    fn from_ref(context: &BoxContext) -> Self {
        context.reads.clone()
    }
}

impl FromRef<RegistrarContext> for Arc<Registrar> {
    fn from_ref(context: &RegistrarContext) -> Self {
        Arc::clone(&context.registrar)
    }
}

impl FromRef<RegistrarContext> for Arc<RequestRules> {
    fn from_ref(context: &RegistrarContext) -> Self {
        Arc::clone(&context.rules)
    }
}
