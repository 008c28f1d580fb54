//! Which request goes where, and what stands around every one.
//!
//! A route is registered together with its documentation or not at all: [`interface`] is the only
//! place where routes are added, and it makes the OpenAPI document of the same list. A process that is one half only
//! answers the other's routes with the name of the process that has them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, Any, CorsLayer};
use tower_http::services::fs::{DefaultServeDirFallback, ServeDir};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi;
use utoipa::openapi::{Content, Ref, RefOr, Response as OpenApiResponse};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ballot_box::{self, cast, challenge, closing, election, find, organiser, record_files, voters};
use crate::config::Config;
use crate::context::{BoxContext, Halves, RegistrarContext};
use crate::health;
use crate::http::client::RequestRules;
use crate::http::logs;
use crate::http::problem::{Document, Kind, MEDIA_TYPE, Problem};
use crate::http::reads::PublicReads;
use crate::http::site::SiteFiles;
use crate::registrar::{clerk, credential, pass, session, sign_in};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Veche ballot box",
        description = "What a voter's page, an observer and an organiser ask of a ballot box. Every answer that is not a \
            success is an RFC 9457 problem document whose `type` is `urn:veche:` and the name given here. Whole numbers are \
            written without a fraction. The server never \
            sees a choice: ballots arrive sealed and are verified, stored and published sealed.",
        license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT"),
    ),
    servers((url = "/", description = "Where the ballot box answers, or the registrar for what is its own")),
    tags(
        (name = "public", description = "For everyone"),
        (name = "voter", description = "Signing in, registering a key, casting"),
        (name = "record", description = "The record's files, C2SP tlog-tiles; from any origin"),
        (name = "organiser", description = "With the token of the file `organiser-token`"),
        (name = "desk", description = "What a clerk does with people, with a pass that `veche-server desk-pass give` printed; where one process is box and registrar, also with the organiser's token"),
    ),
    components(schemas(Document)),
    modifiers(&Security),
)]
struct Described;

struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
        let components = document.components.get_or_insert_with(Default::default);
        for (name, about) in [
            ("voter", "The token that signing in gives. Valid for half an hour."),
            ("organiser", "The token that `veche-server init` wrote into the file `organiser-token`."),
            (
                "desk",
                "A pass of the desk, as `veche-server desk-pass give` prints it once. It ends, and can be revoked.",
            ),
            ("trustee", "A trustee's line of the file `trustee-tokens` that `veche-server init` wrote."),
        ] {
            let mut scheme = Http::new(HttpAuthScheme::Bearer);
            scheme.description = Some(about.to_owned());
            components.add_security_scheme(name, SecurityScheme::Http(scheme));
        }
    }
}

/// Every route, by the half that answers it.
struct Interface {
    registrar: Router<RegistrarContext>,
    ballot_box: Router<BoxContext>,
    /// The files of the record, which pages of any origin may read.
    record: Router<BoxContext>,
    /// What either process answers.
    either: Router<Halves>,
    /// The paths of the first three.
    paths: [Vec<String>; 3],
    /// The description of all of them.
    document: utoipa::openapi::OpenApi,
}

/// The only place where routes are added.
fn interface() -> Interface {
    let (registrar, of_registrar) = OpenApiRouter::new()
        .routes(routes!(sign_in::begin))
        .routes(routes!(sign_in::finish))
        .routes(routes!(pass::begin_session))
        .routes(routes!(session::voter_of_session))
        .routes(routes!(credential::register))
        .routes(routes!(clerk::pass::shown))
        .routes(routes!(clerk::one::find))
        .routes(routes!(clerk::one::unlock))
        .routes(routes!(clerk::one::code))
        .routes(routes!(clerk::one::add))
        .routes(routes!(clerk::one::put_right))
        .routes(routes!(clerk::one::mark))
        .routes(routes!(clerk::one::strike))
        .routes(routes!(clerk::one::change_phone))
        .routes(routes!(clerk::one::revoke_key))
        .routes(routes!(clerk::test_message::test_message))
        .routes(routes!(clerk::roll::check))
        .routes(routes!(clerk::roll::replace))
        .routes(routes!(clerk::roll::journal))
        .split_for_parts();
    let (ballot_box, of_box) = OpenApiRouter::new()
        .routes(routes!(election::now))
        .routes(routes!(election::card))
        .routes(routes!(election::consistency))
        .routes(routes!(ballot_box::credential::registered))
        .routes(routes!(voters::state))
        .routes(routes!(voters::voter))
        .routes(routes!(cast::cast, find::find))
        .routes(routes!(challenge::challenge))
        .routes(routes!(organiser::post_entry))
        .routes(routes!(organiser::restart))
        .routes(routes!(organiser::rehearsal))
        .routes(routes!(organiser::open))
        .routes(routes!(organiser::close))
        .routes(routes!(organiser::draw))
        .routes(routes!(closing::extend))
        .routes(routes!(closing::notice))
        .routes(routes!(closing::proposal, closing::sign))
        .split_for_parts();
    let (record, of_record) = OpenApiRouter::new()
        .routes(routes!(record_files::manifest))
        .routes(routes!(record_files::checkpoint))
        .routes(routes!(record_files::result))
        .routes(routes!(record_files::tile))
        .split_for_parts();
    let (either, mut document) =
        OpenApiRouter::with_openapi(Described::openapi()).routes(routes!(health::health)).split_for_parts();
    let halves = [of_registrar, of_box, of_record];
    let paths = halves.each_ref().map(|half| half.paths.paths.keys().cloned().collect());
    halves.into_iter().for_each(|half| document.merge(half));
    describe_problems(&mut document);
    // The router's spelling of "the rest of the path" is not OpenAPI's.
    if let Some(tile) = document.paths.paths.remove("/record/tile/{*tile}") {
        document.paths.paths.insert("/record/tile/{tile}".to_owned(), tile);
    }
    Interface { registrar, ballot_box, record, either, paths, document }
}

/// Adds what every operation can answer, and says of each answer that is not a success that it is a problem document,
/// unless it is described already.
fn describe_problems(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for operation in [&mut item.get, &mut item.post, &mut item.put].into_iter().flatten() {
            // Nothing said would mean that a document's default holds; none is needed here.
            operation.security.get_or_insert_default();
            let answers = &mut operation.responses.responses;
            let mut add = |status: &str, problem: &str| match answers.get_mut(status) {
                Some(RefOr::T(answer)) if answer.content.is_empty() => {
                    answer.description = format!("{}; {problem}", answer.description);
                }
                Some(_) => {}
                None => drop(answers.insert(status.to_owned(), OpenApiResponse::new(problem).into())),
            };
            add("500", "`server-fault`: nothing was recorded unless you hold a receipt");
            add("503", "`busy`: the database does not answer; try again");
            if path != "/v1/health" {
                add("404", "`elsewhere`: the other process of a box and registrar apart answers this");
            }
            if operation.request_body.is_some() {
                add("400", "`malformed`");
                add("408", "`too-slow`");
                add("413", "`too-large`");
                add("415", "`unsupported-media-type`");
            }
            for (status, answer) in answers {
                if let RefOr::T(answer) = answer
                    && !status.starts_with('2')
                    && answer.content.is_empty()
                {
                    let document = Content::new(Some(Ref::from_schema_name("Problem")));
                    answer.content.insert(MEDIA_TYPE.to_owned(), document.into());
                }
            }
        }
    }
}

/// The OpenAPI document of the interface, as JSON. It is kept in `docs/openapi.json`.
pub fn openapi() -> String {
    // The document is a tree of strings, which always has a JSON form.
    interface().document.to_pretty_json().unwrap_or_default() + "\n"
}

/// Why a site or an origin was refused.
#[derive(Debug, thiserror::Error)]
pub enum ExtrasError {
    /// The site's folder has no page.
    #[error("{} has no index.html: build the site first, or leave --site away", .0.display())]
    Site(PathBuf),
    /// The folder that the program runs in is gone.
    #[error("the site's folder cannot be found: {0}")]
    Nowhere(std::io::Error),
    /// An origin that no browser sends.
    #[error("{0:?} is not an origin such as https://vote.example, without a path")]
    Origin(String),
}

/// What the site was published with, as far as its host has to know it.
#[derive(Default, serde::Deserialize)]
struct Published {
    #[serde(default)]
    embed: Vec<String>,
}

/// The policy of a site: it may be shown inside pages of the origins that it was published for, and of no others.
fn embedding(site: &Path) -> Result<HeaderValue, ExtrasError> {
    let published: Published = std::fs::read(site.join("election.json"))
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    frame_ancestors(&published.embed)
}

fn frame_ancestors(origins: &[String]) -> Result<HeaderValue, ExtrasError> {
    origins.iter().try_for_each(|text| origin(text).map(drop))?;
    let who = if origins.is_empty() { "'none'".to_owned() } else { origins.join(" ") };
    let policy = format!("frame-ancestors {who}");
    HeaderValue::from_str(&policy).map_err(|_| ExtrasError::Origin(policy))
}

/// Time for which a browser need not ask again whether a page may ask. Browsers remember it for two hours at most.
const PREFLIGHT: Duration = Duration::from_secs(7_200);

/// What the configuration adds to the routes, checked.
pub(crate) struct Extras {
    site: Option<ServeDir<DefaultServeDirFallback, SiteFiles>>,
    /// Whose pages may show the site inside them.
    ancestors: HeaderValue,
    origins: Vec<HeaderValue>,
}

impl Extras {
    /// Checks the site's folder and the allowed origins.
    pub(crate) fn check(config: &Config) -> Result<Self, ExtrasError> {
        if let Some(site) = &config.site
            && !site.join("index.html").is_file()
        {
            return Err(ExtrasError::Site(site.clone()));
        }
        let origins = config.allow_origins.iter().map(|text| origin(text)).collect::<Result<_, _>>()?;
        let ancestors = config.site.as_deref().map_or_else(|| frame_ancestors(&[]), embedding)?;
        let site = config.site.as_deref().map(SiteFiles::serve).transpose().map_err(ExtrasError::Nowhere)?;
        Ok(Extras { site, ancestors, origins })
    }

    /// The whole service.
    pub(crate) fn build(self, halves: Halves, rules: &Arc<RequestRules>) -> Router {
        let Interface { registrar, ballot_box, record, either, paths, .. } = interface();
        let requests = halves.requests.clone();
        let [of_registrar, of_box, of_record] = &paths;
        let registrar = match &halves.registrar {
            Some(half) => registrar
                .with_state(RegistrarContext { registrar: Arc::clone(half), rules: Arc::clone(rules) }),
            None => elsewhere(of_registrar, &AT_REGISTRAR),
        };
        let (ballot_box, record) = match &halves.ballot_box {
            Some(half) => {
                let context = BoxContext {
                    ballot_box: Arc::clone(half),
                    rules: Arc::clone(rules),
                    reads: PublicReads::default(),
                };
                (ballot_box.with_state(context.clone()), record.with_state(context))
            }
            None => (elsewhere(of_box, &AT_BOX), elsewhere(of_record, &AT_BOX)),
        };
        // Before the layers: a browser's question before a request comes as a method of its own,
        // and the CORS layer must meet it.
        let asked = registrar
            .merge(ballot_box)
            .merge(either.with_state(halves))
            .method_not_allowed_fallback(wrong_method)
            .layer(
                // Answers to voters are theirs alone.
                ServiceBuilder::new().layer(unless_set(header::CACHE_CONTROL, "no-store")).layer(
                    CorsLayer::new()
                        .allow_origin(AllowOrigin::list(self.origins))
                        .allow_methods([Method::GET, Method::POST, Method::PUT])
                        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
                        .expose_headers([header::RETRY_AFTER])
                        .max_age(PREFLIGHT),
                ),
            );
        let record = record
            .method_not_allowed_fallback(wrong_method)
            .layer(CorsLayer::new().allow_origin(Any).allow_methods([Method::GET]).max_age(PREFLIGHT));
        let routes = asked.merge(record);
        let routes = match self.site {
            Some(site) => routes.fallback_service(
                ServiceBuilder::new().layer(from_fn_with_state(self.ancestors, site_headers)).service(
                    site.precompressed_br()
                        .precompressed_gzip()
                        .fallback(Router::new().fallback(nothing_here)),
                ),
            ),
            None => routes.fallback(nothing_here),
        };
        // One layer of several: each call of `layer` would cost every request a box.
        routes.layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(requests, logs::observe))
                .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
                .layer(always(header::REFERRER_POLICY, "no-referrer"))
                .layer(CatchPanicLayer::custom(panicked)),
        )
    }
}

/// An origin as browsers send it: scheme, host and port, nothing else.
fn origin(text: &str) -> Result<HeaderValue, ExtrasError> {
    let wrong = || ExtrasError::Origin(text.to_owned());
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    let (scheme, authority) = uri.scheme_str().zip(uri.authority()).ok_or_else(wrong)?;
    if !matches!(scheme, "http" | "https") || format!("{scheme}://{authority}") != text {
        return Err(wrong());
    }
    HeaderValue::from_str(text).map_err(|_| wrong())
}

/// What a process says when it is asked for what the other one does.
struct Elsewhere {
    process: &'static str,
    sentence: &'static str,
}

const AT_REGISTRAR: Elsewhere = Elsewhere {
    process: "registrar",
    sentence: "This is the ballot box alone. Voters sign in and register keys at the registrar, which has an address of \
               its own.",
};

const AT_BOX: Elsewhere = Elsewhere {
    process: "box",
    sentence: "This is the registrar alone. The election, ballots and the record are at the ballot box, which has an \
               address of its own.",
};

/// The routes of the half that another process is.
fn elsewhere(paths: &[String], other: &'static Elsewhere) -> Router {
    let answer =
        move || async move { Problem::new(Kind::Elsewhere, other.sentence).with("process", other.process) };
    paths.iter().fold(Router::new(), |router, path| router.route(path, any(answer)))
}

async fn nothing_here() -> Problem {
    Problem::new(Kind::NotFound, "Neither the interface nor the site has anything at this address.")
}

async fn wrong_method() -> Problem {
    Problem::new(Kind::MethodNotAllowed, "This address is used with another method.")
}

fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    Problem::fault(&"a handler panicked").into_response()
}

/// A header of every answer.
fn always(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

/// A header of every answer that does not have it yet.
fn unless_set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// What the site's pages carry beside their own policy: a page cannot forbid to be framed by itself.
async fn site_headers(State(ancestors): State<HeaderValue>, request: Request, next: Next) -> Response {
    // A bundled site has these under names made of their bytes.
    let named_by_hash = request.uri().path().contains("/assets/");
    let mut response = next.run(request).await;
    let kept =
        named_by_hash && (response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, ancestors);
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    // The rest is replaced under the same names: ask each time, answer 304 when unchanged.
    let cached = if kept { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(cached));
    response
}
