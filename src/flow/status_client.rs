//! A register at the other end of a line: `GET {base}/api/v1/standings/{identifier}`.
//!
//! Over `https`, or over plain `http` to the loopback alone. One request, no
//! redirects, three seconds, a bounded answer. After a request that got none the
//! register is left alone for some seconds, so that verifications do not queue
//! behind it. 404 with the problem code `not_registered` or
//! `register_not_competent` is an answer; everything else that is not 200 is none.

use super::{
    register::{Answer, Register, RegisterFault},
    standing::state_of,
};
use serde::Deserialize;
use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use ureq::{
    Agent,
    http::Uri,
    tls::{Certificate, RootCerts, TlsConfig},
};
use yinxin_trust::{
    base::{Day, Moment},
    licence::{
        Expiry,
        identifier::{LicenceIdentifier, Version},
    },
    verify::Registered,
};

/// For the whole request.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a register that did not answer is left alone.
const LEFT_ALONE: Duration = Duration::from_secs(5);
/// Octets of an answer.
const ANSWER_LIMIT_BYTES: u64 = 64 << 10;
/// Problem code of a licence that the register does not keep.
const NOT_REGISTERED: &str = "not_registered";
/// And of a licence of a body whose licences are kept elsewhere.
const NOT_COMPETENT: &str = "register_not_competent";

/// A register that is asked over HTTP.
pub struct StatusClient {
    base: String,
    agent: Agent,
    /// When it last failed to answer.
    silent_since: Mutex<Option<Instant>>,
}

/// Why an address is none of a register that may be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusUrlFault {
    /// Not an absolute address.
    #[error("status {0}: not an address such as https://register.example.cn")]
    Form(String),
    /// Plain text over a network.
    #[error("status {0}: only https, or http to the loopback")]
    Plain(String),
    /// Names a user, a query or a fragment.
    #[error("status {0}: the address has more than host, port and path")]
    More(String),
}

impl StatusClient {
    /// Asks the register below this address.
    ///
    /// # Errors
    /// [`StatusUrlFault`].
    pub fn new(base: &str) -> Result<Self, StatusUrlFault> {
        let uri: Uri = base.parse().map_err(|_| StatusUrlFault::Form(base.to_owned()))?;
        let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else {
            return Err(StatusUrlFault::Form(base.to_owned()));
        };
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) || base.contains(['?', '#']) {
            return Err(StatusUrlFault::More(base.to_owned()));
        }
        let is_https = match scheme {
            "https" => true,
            "http" if is_loopback(host) => false,
            _ => return Err(StatusUrlFault::Plain(base.to_owned())),
        };
        let mut config = Agent::config_builder()
            .https_only(is_https)
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .user_agent(concat!("yinxin/", env!("CARGO_PKG_VERSION")));
        if is_https {
            config = config.tls_config(tls());
        }
        Ok(Self {
            base: base.trim_end_matches('/').to_owned(),
            agent: config.build().new_agent(),
            silent_since: Mutex::default(),
        })
    }

    fn is_left_alone(&self) -> bool {
        let silent_since = *self.silent_since.lock().unwrap_or_else(PoisonError::into_inner);
        silent_since.is_some_and(|since| since.elapsed() < LEFT_ALONE)
    }

    fn get(&self, identifier: &str, at: Moment) -> Result<(u16, Vec<u8>), ureq::Error> {
        let url = format!("{}/api/v1/standings/{identifier}", self.base);
        let mut response = self.agent.get(url).query("at", at.to_string()).call()?;
        let octets = response.body_mut().with_config().limit(ANSWER_LIMIT_BYTES).read_to_vec()?;
        Ok((response.status().as_u16(), octets))
    }
}

impl Register for StatusClient {
    fn standing(&self, identifier: &str, at: Moment) -> Result<Answer, RegisterFault> {
        // only what stands in an identifier goes into the address
        let asked: LicenceIdentifier =
            identifier.parse().map_err(|_| RegisterFault::Malformed("no identifier to ask with".to_owned()))?;
        if self.is_left_alone() {
            return Err(RegisterFault::Unreachable("it did not answer just now".to_owned()));
        }
        let answer = self.get(asked.as_str(), at);
        *self.silent_since.lock().unwrap_or_else(PoisonError::into_inner) =
            if answer.is_ok() { None } else { Some(Instant::now()) };
        let (status, octets) = answer.map_err(|error| RegisterFault::Unreachable(error.to_string()))?;
        match status {
            200 => known(&asked, &octets),
            404 if code(&octets).as_deref() == Some(NOT_REGISTERED) => {
                Ok(Answer::NotRegistered { as_of: at, source: self.base.clone() })
            }
            404 if code(&octets).as_deref() == Some(NOT_COMPETENT) => Err(RegisterFault::NotCompetent),
            other => Err(RegisterFault::Unreachable(format!("status {other}"))),
        }
    }

    fn name(&self) -> &str {
        &self.base
    }
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

/// What the register says, in its own words. Members may be added.
#[derive(Deserialize)]
struct Wire {
    identifier: String,
    state: String,
    since: Day,
    until: Expiry,
    version: String,
    #[serde(default)]
    document_sm3: Option<String>,
    as_of: Moment,
    source: String,
}

fn known(asked: &LicenceIdentifier, octets: &[u8]) -> Result<Answer, RegisterFault> {
    let malformed = |why: &str| RegisterFault::Malformed(why.to_owned());
    let wire: Wire = serde_json::from_slice(octets).map_err(|error| RegisterFault::Malformed(error.to_string()))?;
    let identifier: LicenceIdentifier = wire.identifier.parse().map_err(|_| malformed("identifier"))?;
    if !identifier.same_licence(asked) {
        return Err(malformed("the answer is about another licence"));
    }
    let version: Version = wire.version.parse().map_err(|_| malformed("version"))?;
    let document_sm3 = match wire.document_sm3 {
        None => None,
        Some(text) => {
            let octets = hex::decode(text).ok().and_then(|octets| octets.try_into().ok());
            Some(octets.ok_or_else(|| malformed("document_sm3"))?)
        }
    };
    Ok(Answer::Known(Box::new(Registered {
        identifier,
        state: state_of(&wire.state).ok_or_else(|| malformed("state"))?,
        since: wire.since,
        until: wire.until,
        version,
        document_sm3,
        as_of: wire.as_of,
        source: wire.source,
    })))
}

/// `code` of a problem.
fn code(octets: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Problem {
        code: String,
    }
    serde_json::from_slice::<Problem>(octets).ok().map(|problem| problem.code)
}

#[cfg(test)]
mod tests;
