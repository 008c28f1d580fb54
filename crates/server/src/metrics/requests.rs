//! Requests, as they were answered.

use std::fmt::{self, Write};
use std::hash::{Hash, Hasher};
use std::time::Duration;

use axum::extract::MatchedPath;
use axum::http::{Method, StatusCode};
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Where ballots are cast.
const BALLOTS: &str = "/v1/ballots";

/// Seconds that requests take.
const SECONDS: [f64; 12] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0];

/// A route as it is written in the program; `file` where a request is for none, but for the site.
#[derive(Debug, Clone)]
pub(crate) struct Route(pub(crate) Option<MatchedPath>);

impl Route {
    pub(crate) fn name(&self) -> &str {
        self.0.as_ref().map_or("file", MatchedPath::as_str)
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Route {}

impl Hash for Route {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl EncodeLabelValue for Route {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        encoder.write_str(self.name())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    route: Route,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct At {
    route: Route,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Problem {
    problem: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ballot {
    outcome: &'static str,
}

/// What is counted of requests. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct RequestMetrics {
    answers: Family<Answer, Counter>,
    seconds: Family<At, Histogram>,
    problems: Family<Problem, Counter>,
    ballots: Family<Ballot, Counter>,
}

impl RequestMetrics {
    pub(crate) fn new() -> Self {
        RequestMetrics {
            answers: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            problems: Family::default(),
            ballots: Family::default(),
        }
    }

    /// Tells the registry of them.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("http_requests", "Requests that were answered", self.answers.clone());
        registry.register_with_unit(
            "http_request_duration",
            "Time from the head of a request to the head of its answer",
            Unit::Seconds,
            self.seconds.clone(),
        );
        registry.register("problems", "Answers that were no success, by their kind", self.problems.clone());
        registry.register(
            "ballots",
            "Ballots that were sent: recorded, repeated (the same bytes again), or the kind of problem they were \
             refused with",
            self.ballots.clone(),
        );
    }

    /// Counts an answer.
    pub(crate) fn answered(
        &self,
        route: Route,
        method: &Method,
        status: StatusCode,
        problem: Option<&'static str>,
        took: Duration,
    ) {
        if let Some(problem) = problem {
            self.problems.get_or_create(&Problem { problem }).inc();
        }
        if *method == Method::POST && route.name() == BALLOTS {
            let outcome = match (problem, status) {
                (Some(problem), _) => problem,
                (None, StatusCode::CREATED) => "recorded",
                (None, _) => "repeated",
            };
            self.ballots.get_or_create(&Ballot { outcome }).inc();
        }
        self.seconds.get_or_create(&At { route: route.clone() }).observe(took.as_secs_f64());
        let method = known(method);
        self.answers.get_or_create(&Answer { route, method, status: status.as_u16() }).inc();
    }
}

/// A client may name a method as it likes.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
