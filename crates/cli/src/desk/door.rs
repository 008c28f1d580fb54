//! Who may ask the desk: the browser that has come by the link, which opens once. Other users of this computer, and
//! pages of other sites in the same browser, may not.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::Desk;
use super::folder::Folder;
use super::problem::{Kind, Problem};
use crate::error::Error;
use crate::{files, random};

/// A random value that only whoever was told it knows, as 64 hexadecimal digits.
type Token = Zeroizing<String>;

fn token() -> Result<Token, Error> {
    Ok(Zeroizing::new(hex::encode(random::randomness()?.as_bytes())))
}

/// What opens the desk, and what its page then says with every request.
pub(crate) struct Door {
    address: SocketAddr,
    /// That of the link; none once somebody has come by it.
    entry: Mutex<Option<Token>>,
    session: Token,
    /// In the addresses of files that a browser opens by itself and can say nothing with.
    shown: Token,
}

impl Door {
    pub(crate) fn new(address: SocketAddr) -> Result<Self, Error> {
        Ok(Door { address, entry: Mutex::new(Some(token()?)), session: token()?, shown: token()? })
    }

    /// The link, while nobody has come by it. What stands behind the `#` no browser sends, and no server logs.
    pub(crate) fn link(&self) -> Zeroizing<String> {
        let entry = self.entry.lock().unwrap_or_else(PoisonError::into_inner);
        let token = entry.as_ref().map(|token| token.as_str()).unwrap_or_default();
        Zeroizing::new(format!("http://{}/#desk={token}", self.address))
    }

    /// Lets the first one in that has the link's token; what it is to say from then on.
    pub(crate) fn enter(&self, given: &str) -> Result<Token, Problem> {
        let mut entry = self.entry.lock().unwrap_or_else(PoisonError::into_inner);
        let right = entry.as_ref().is_some_and(|token| same(token, given));
        if !right {
            return Err(Problem::new(
                Kind::DeskLinkSpent,
                "This link has been used, or it is of another start of the desk. Close the desk and start it again.",
            ));
        }
        *entry = None;
        Ok(self.session.clone())
    }

    /// The folder in the address of what is shown in tabs of its own, such as a preview.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// Whether an address has that folder.
    pub(crate) fn is_shown(&self, given: &str) -> bool {
        same(&self.shown, given)
    }

    fn knows(&self, headers: &HeaderMap) -> bool {
        let said = headers.get(header::AUTHORIZATION).and_then(|said| said.to_str().ok());
        said.and_then(|said| said.strip_prefix("Bearer ")).is_some_and(|token| same(&self.session, token))
    }

    /// Whether the browser means this server, under its own name: a name of another site that leads here does not
    /// count.
    fn is_meant(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let port = self.address.port();
        let here = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
        let host = text(header::HOST).is_some_and(|host| here.iter().any(|own| own == host));
        let origin = text(header::ORIGIN)
            .is_none_or(|origin| here.iter().any(|own| origin.strip_prefix("http://") == Some(own.as_str())));
        host && origin
    }
}

fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// Refuses requests that are meant for another name, or that a page of another site makes.
pub(crate) async fn meant(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    if desk.door.is_meant(request.headers()) {
        return next.run(request).await;
    }
    Problem::new(Kind::DeskStranger, "The desk answers its own page on this computer, and nobody else.")
        .into_response()
}

/// Refuses requests without the session of the page.
pub(crate) async fn known(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    if desk.door.knows(request.headers()) {
        return next.run(request).await;
    }
    Problem::new(Kind::DeskStranger, "This page was not opened by the desk's link.").into_response()
}

/// Opens the browser at a file of the folder that leads to the link: on a command line every user of this computer
/// could read it.
pub(crate) fn show(folder: &Folder, link: &str) -> Result<(), Error> {
    folder.forget_link();
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\">\
         <meta http-equiv=\"refresh\" content=\"0;url={link}\"><title>Veche</title><a href=\"{link}\">Veche</a>\n"
    );
    files::write_secret(&folder.link(), page.as_bytes())?;
    // Without a browser there is the link on the terminal.
    let _ = opener::open_browser(folder.link());
    Ok(())
}
