//! A line to another machine: one GET or POST, nothing else.
//!
//! Over `https`, or over plain `http` to the loopback alone; over plain `http` anywhere only where what comes back is
//! signed and nothing of it is secret (`Line::to_signed`). No redirects, no proxy, a
//! bounded time and a bounded answer.

use std::{net::IpAddr, sync::Arc, time::Duration};
use ureq::{
    Agent, Body,
    http::{Response, Uri},
    tls::{Certificate, RootCerts, TlsConfig},
};

/// Where something is asked for, and how.
pub(super) struct Line {
    base: String,
    agent: Agent,
}

/// What goes with a question.
#[derive(Default)]
pub(super) struct With<'a> {
    pub(super) query: Option<(&'a str, String)>,
    pub(super) header: Option<(&'static str, &'a str)>,
}

/// What is sent.
pub(super) struct Sent<'a> {
    pub(super) media_type: &'static str,
    /// A header beside it.
    pub(super) header: Option<(&'static str, &'a str)>,
    pub(super) octets: &'a [u8],
}

/// What came back.
pub(super) struct Got {
    /// HTTP status.
    pub(super) status: u16,
    /// Value of the header that was asked for, where it is text.
    pub(super) header: Option<String>,
    /// The body.
    pub(super) octets: Vec<u8>,
}

/// Why an address is none that may be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// Not an absolute address.
    #[error("{0}: not an address such as https://register.example.cn")]
    Form(String),
    /// Plain text over a network.
    #[error("{0}: only https, or http to the loopback")]
    Plain(String),
    /// Names a user, a query or a fragment.
    #[error("{0}: the address has more than host, port and path")]
    More(String),
}

impl Line {
    /// To this address; `patience` is for a whole request.
    ///
    /// # Errors
    /// [`AddressFault`].
    pub(super) fn new(base: &str, patience: Duration) -> Result<Self, AddressFault> {
        Ok(Self::over(base, is_https(base)?, patience))
    }

    /// To an address at which everything is signed, over plain `http` too.
    ///
    /// # Errors
    /// [`AddressFault`].
    pub(super) fn to_signed(base: &str, patience: Duration) -> Result<Self, AddressFault> {
        match is_https(base) {
            Err(AddressFault::Plain(_)) if base.starts_with("http://") => Ok(Self::over(base, false, patience)),
            other => Ok(Self::over(base, other?, patience)),
        }
    }

    fn over(base: &str, is_https: bool, patience: Duration) -> Self {
        let mut config = Agent::config_builder()
            .https_only(is_https)
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(patience))
            .user_agent(concat!("yinxin/", env!("CARGO_PKG_VERSION")));
        if is_https {
            config = config.tls_config(tls());
        }
        Self { base: base.trim_end_matches('/').to_owned(), agent: config.build().new_agent() }
    }

    /// The address, without strokes at its end.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// Asks for what is below the address at `path`, which is empty or begins with a
    /// stroke; the caller has seen to it that nothing else is in it.
    ///
    /// # Errors
    /// No connection, no answer in time, or more than `limit_bytes`, in words.
    pub(super) fn get(&self, path: &str, with: With<'_>, header: &str, limit_bytes: u64) -> Result<Got, String> {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if let Some((name, value)) = with.query {
            request = request.query(name, value);
        }
        if let Some((name, value)) = with.header {
            request = request.header(name, value);
        }
        got(request.call(), header, limit_bytes)
    }

    /// Sends octets with a header of their own to what is below the address at `path`, as [`Line::get`].
    ///
    /// # Errors
    /// As [`Line::get`].
    pub(super) fn send(&self, path: &str, sent: &Sent<'_>, header: &str, limit_bytes: u64) -> Result<Got, String> {
        let mut request = self.agent.post(format!("{}{path}", self.base)).content_type(sent.media_type);
        if let Some((name, value)) = sent.header {
            request = request.header(name, value);
        }
        got(request.send(sent.octets), header, limit_bytes)
    }

    /// Sends octets to what is below the address at `path`, as [`Line::get`].
    ///
    /// # Errors
    /// As [`Line::get`].
    pub(super) fn post(
        &self,
        path: &str,
        media_type: &'static str,
        octets: &[u8],
        limit_bytes: u64,
    ) -> Result<Got, String> {
        let request = self.agent.post(format!("{}{path}", self.base)).content_type(media_type);
        got(request.send(octets), "content-type", limit_bytes)
    }

    /// Sends a form, with what stands in `Authorization` where that is wanted.
    ///
    /// # Errors
    /// As [`Line::get`].
    pub(super) fn post_form(&self, authorisation: Option<&str>, form: &str, limit_bytes: u64) -> Result<Got, String> {
        let request = self.agent.post(&self.base).content_type("application/x-www-form-urlencoded");
        let request = match authorisation {
            Some(value) => request.header("authorization", value),
            None => request,
        };
        got(request.header("accept", "application/json").send(form.as_bytes()), "content-type", limit_bytes)
    }
}

/// What came back, within its bound.
fn got(answer: Result<Response<Body>, ureq::Error>, header: &str, limit_bytes: u64) -> Result<Got, String> {
    let mut response = answer.map_err(|error| error.to_string())?;
    let header = response.headers().get(header).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = response.body_mut().with_config().limit(limit_bytes).read_to_vec();
    Ok(Got { status: response.status().as_u16(), header, octets: body.map_err(|error| error.to_string())? })
}

/// Whether the address is one of `https`, or else of `http` on this machine.
fn is_https(base: &str) -> Result<bool, AddressFault> {
    let uri: Uri = base.parse().map_err(|_| AddressFault::Form(base.to_owned()))?;
    let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else {
        return Err(AddressFault::Form(base.to_owned()));
    };
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) || base.contains(['?', '#']) {
        return Err(AddressFault::More(base.to_owned()));
    }
    match scheme {
        "https" => Ok(true),
        "http" if is_loopback(host) => Ok(false),
        _ => Err(AddressFault::Plain(base.to_owned())),
    }
}

/// Whether an address may be asked at all.
///
/// # Errors
/// [`AddressFault`].
pub(super) fn check_address(base: &str) -> Result<(), AddressFault> {
    is_https(base).map(|_| ())
}

/// TLS by ring, with the roots of the system.
fn tls() -> TlsConfig {
    let roots = rustls_native_certs::load_native_certs().certs;
    let roots: Vec<Certificate<'static>> =
        roots.iter().map(|root| Certificate::from_der(root.as_ref()).to_owned()).collect();
    TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&roots))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build()
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    address == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_goes_to_the_loopback_only() {
        let fault = |base: &str| check_address(base).unwrap_err();
        for base in ["http://register.example.cn", "http://10.0.0.1", "ftp://127.0.0.1", "http://127.0.0.1.example.cn"]
        {
            assert_eq!(fault(base), AddressFault::Plain(base.to_owned()));
        }
        for base in ["", "register", "/standings"] {
            assert_eq!(fault(base), AddressFault::Form(base.to_owned()));
        }
        for base in ["https://user@register.example.cn", "https://register.example.cn/?a=b", "http://127.0.0.1/#a"] {
            assert_eq!(fault(base), AddressFault::More(base.to_owned()));
        }
        for base in ["http://localhost:8080", "http://[::1]:8080/x", "https://register.example.cn/x/"] {
            assert!(check_address(base).is_ok() && Line::new(base, Duration::from_secs(1)).is_ok(), "{base}");
        }
    }
}
