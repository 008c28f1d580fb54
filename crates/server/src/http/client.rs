//! What a request says of its sender: an address, a bearer token.
//!
//! Behind a proxy the connection's other end is the proxy, and `X-Forwarded-For` says who asked it. Each proxy appends
//! the address of whoever asked it, so that only as many of the last addresses are true as there are proxies of ours;
//! those before them are what the client claimed. An address that cannot be read is refused: taking the proxy's own in
//! its place would count a whole town as one, and taking none would remove every limit.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::connect_info::ConnectInfo;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::checks::{CheckName, HealthChecks};
use crate::http::counters::ClientNetwork;
use crate::http::limits::CurrentLimits;
use crate::http::problem::{Kind, Problem};

/// How requests are read, whichever half answers them.
#[derive(Debug)]
pub(crate) struct RequestRules {
    /// Proxies of our own that stand in front, each of which appends to `X-Forwarded-For`.
    proxies: usize,
    limits: CurrentLimits,
    /// Each of these is said once: a proxy that is set up wrongly is so with every request.
    unannounced: Once,
    silent: Once,
    forwarding: Mutex<Forwarding>,
    checks: Arc<HealthChecks>,
}

/// How it went with `X-Forwarded-For`.
#[derive(Debug, Default)]
struct Forwarding {
    /// When it was read last.
    read: Option<Instant>,
    /// Whether it is reported that it cannot be.
    reported: bool,
}

/// Time without a header that can be read after which one that cannot be is the proxy's doing. One that appends what
/// its client claims can be made to pass on nonsense, and that is no reason to wake anybody.
const SILENCE: Duration = Duration::from_secs(60);

const UNREADABLE: &str = "The web server in front does not say where visitors are, so they are refused: its X-Forwarded-For \
    cannot be read. The log says what is wrong with it; see --behind-proxy and --proxy-hops in the hosting guide.";

impl RequestRules {
    /// The rules of a server that has just started.
    pub(crate) fn new(proxies: usize, limits: CurrentLimits, checks: Arc<HealthChecks>) -> Self {
        let (unannounced, silent, forwarding) = (Once::new(), Once::new(), Mutex::default());
        RequestRules { proxies, limits, unannounced, silent, forwarding, checks }
    }

    /// Time for a whole request body to arrive.
    pub(crate) fn body_deadline(&self) -> Duration {
        self.limits.get().body_deadline
    }

    /// Where a request comes from.
    fn sender(&self, peer: IpAddr, headers: &HeaderMap) -> Result<ClientNetwork, Problem> {
        let forwarded = headers.contains_key(FORWARDED_FOR);
        if self.proxies == 0 {
            if forwarded && peer.is_loopback() {
                self.unannounced.call_once(|| {
                    tracing::warn!(
                        "requests of this machine come with X-Forwarded-For: if a proxy of yours stands in front, say \
                         --behind-proxy, or nothing limits its visitors"
                    );
                });
            }
            let this_machine = peer.to_canonical().is_loopback();
            return Ok(if this_machine { ClientNetwork::this_machine(peer) } else { peer.into() });
        }
        if !forwarded {
            self.silent.call_once(|| {
                tracing::warn!(
                    "a request came without X-Forwarded-For, although --behind-proxy was said: if it came through the \
                     proxy, have that append the header, or all its visitors count as one address"
                );
            });
            return Ok(peer.into());
        }
        let address = forwarded_for(headers, self.proxies);
        self.report(address.err());
        address.map(ClientNetwork::from).map_err(|_| {
            Problem::new(
                Kind::ProxyWrong,
                "The web server in front of this ballot box does not say where you are, so the ballot box cannot tell \
                 you from others. That is the fault of whoever runs it, not yours: tell the organiser.",
            )
        })
    }
}

impl RequestRules {
    /// Notes whether the header could be read, and tells whoever watches when that changes.
    fn report(&self, unreadable: Option<Unreadable>) {
        let mut forwarding = self.forwarding.lock().unwrap_or_else(PoisonError::into_inner);
        let Forwarding { read, reported } = &mut *forwarding;
        match unreadable {
            None => {
                *read = Some(Instant::now());
                if std::mem::take(reported) {
                    self.checks.pass(CheckName::Proxy);
                }
            }
            Some(unreadable) if !*reported && read.is_none_or(|read| read.elapsed() > SILENCE) => {
                *reported = true;
                tracing::error!("{unreadable}");
                self.checks.fail(CheckName::Proxy, UNREADABLE);
            }
            Some(_) => {}
        }
    }
}

impl<S: Sync> FromRequestParts<S> for ClientNetwork
where
    Arc<RequestRules>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .ok_or_else(|| Problem::fault(&"a request came without the address of its sender"))?;
        Arc::<RequestRules>::from_ref(state).sender(peer.0.ip(), &parts.headers)
    }
}

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Why `X-Forwarded-For` names nobody. Never what it says: addresses are not logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Unreadable {
    #[error("X-Forwarded-For has fewer addresses than --proxy-hops says that there are proxies")]
    TooShort,
    #[error("X-Forwarded-For has something that is not an IP address where the visitor's should be")]
    NotAnAddress,
    #[error(
        "X-Forwarded-For has an address that no visitor has, such as 127.0.0.1, where the visitor's should be"
    )]
    Nobodys,
}

/// The address that the outermost of our proxies saw. Some append it with a port; that is left away.
fn forwarded_for(headers: &HeaderMap, proxies: usize) -> Result<IpAddr, Unreadable> {
    let lines = headers.get_all(FORWARDED_FOR).iter().rev();
    let mut last_first = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    let entry = last_first.nth(proxies.saturating_sub(1)).ok_or(Unreadable::TooShort)?;
    let text = std::str::from_utf8(entry).map_err(|_| Unreadable::NotAnAddress)?.trim();
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok().map(IpAddr::V6);
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    let address = text.parse().ok().or_else(with_port).or_else(bracketed).ok_or(Unreadable::NotAnAddress)?;
    let address = address.to_canonical();
    let nobodys = address.is_loopback() || address.is_unspecified() || address.is_multicast();
    if nobodys || address == IpAddr::from([255; 4]) { Err(Unreadable::Nobodys) } else { Ok(address) }
}

/// The token of `Authorization: Bearer …`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        headers
    }

    #[test]
    fn only_what_our_own_proxies_added_is_believed() {
        let forwarded = |lines: &[&str], proxies| forwarded_for(&headers(lines), proxies);
        let address = |text: &str| Ok(text.parse().unwrap());
        assert_eq!(forwarded(&["198.51.100.1, 203.0.113.9"], 1), address("203.0.113.9"));
        assert_eq!(forwarded(&["198.51.100.1, 203.0.113.9"], 2), address("198.51.100.1"));
        assert_eq!(forwarded(&["198.51.100.1, 203.0.113.9"], 3), Err(Unreadable::TooShort));
        let lines = ["unknown, 198.51.100.1", "203.0.113.9", "203.0.113.10,203.0.113.11"];
        for (proxies, last) in [(1, "203.0.113.11"), (2, "203.0.113.10"), (3, "203.0.113.9")] {
            assert_eq!(forwarded(&lines, proxies), address(last));
        }
        assert_eq!(forwarded(&lines, 5), Err(Unreadable::NotAnAddress));
    }

    #[test]
    fn a_port_is_left_away_and_what_is_no_visitors_address_is_refused() {
        let forwarded = |line: &str| forwarded_for(&headers(&[line]), 1);
        for (written, address) in [
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8::9]:4711", "2001:db8::9"),
            ("[2001:db8::9]", "2001:db8::9"),
            ("2001:db8::9", "2001:db8::9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
        ] {
            assert_eq!(forwarded(written), Ok(address.parse().unwrap()), "{written}");
        }
        for written in
            ["unknown", "_hidden", "", " ", "203.0.113.9,", "203.0.113", "for=203.0.113.9", "1.2.3.4.5", "é"]
        {
            assert_eq!(forwarded(written), Err(Unreadable::NotAnAddress), "{written:?}");
        }
        for written in [
            "127.0.0.1",
            "127.9.9.9:80",
            "::1",
            "[::1]:80",
            "::ffff:127.0.0.1",
            "0.0.0.0",
            "::",
            "224.0.0.1",
            "255.255.255.255",
        ] {
            assert_eq!(forwarded(written), Err(Unreadable::Nobodys), "{written}");
        }
    }
}
