//! A register at the other end of a line: `GET {base}/api/v1/standings/{identifier}`.
//!
//! Over `https`, or over plain `http` to the loopback alone. One request, no
//! redirects, three seconds, a bounded answer. After a request that got none the
//! register is left alone for some seconds, so that verifications do not queue
//! behind it. 404 with the problem code `not_registered` or
//! `register_not_competent` is an answer; everything else that is not 200 is none.

use super::{
    introduction::{ASKER_HEADER, Introduction},
    line::{AddressFault, Line, With},
    register::{Answer, ByCode, Register, RegisterFault},
    standing::{PublicField, state_of},
};
use serde::Deserialize;
use std::{
    fmt::Write as _,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};
use yinxin_trust::{
    base::{Day, Moment},
    code::ShortCode,
    licence::{
        Expiry,
        identifier::{LicenceIdentifier, Version},
    },
    verify::{Registered, SealName},
};

/// For the whole request.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a register that did not answer is left alone.
const LEFT_ALONE: Duration = Duration::from_secs(5);
/// Octets of an answer.
const ANSWER_LIMIT_BYTES: u64 = 64 << 10;
/// Header with the signature over the answer (`flow::standing_signature`).
pub const SIGNATURE_HEADER: &str = "yinxin-signature";
/// Problem code of a licence that the register does not keep.
const NOT_REGISTERED: &str = "not_registered";
/// Of a seal that the register does not keep.
const NO_SUCH_SEAL: &str = "seal_not_registered";
/// And of a licence of a body whose licences are kept elsewhere.
const NOT_COMPETENT: &str = "register_not_competent";

/// A register that is asked over HTTP.
pub struct StatusClient {
    line: Line,
    /// Says who asks, where that is somebody's register.
    introduction: Option<Introduction>,
    /// When it last failed to answer.
    silent_since: Mutex<Option<Instant>>,
}

/// What a register said about a licence, with the signature over it where it gave one.
pub(super) struct Said {
    pub(super) octets: Vec<u8>,
    pub(super) signature: Option<String>,
}

impl StatusClient {
    /// Asks the register below this address.
    ///
    /// # Errors
    /// [`AddressFault`].
    pub fn new(base: &str) -> Result<Self, AddressFault> {
        Ok(Self { line: Line::new(base, PATIENCE)?, introduction: None, silent_since: Mutex::default() })
    }

    /// The same, which says who asks.
    #[must_use]
    pub(super) fn introduced(self, introduction: Introduction) -> Self {
        Self { introduction: Some(introduction), ..self }
    }

    fn is_left_alone(&self) -> bool {
        let silent_since = *self.silent_since.lock().unwrap_or_else(PoisonError::into_inner);
        silent_since.is_some_and(|since| since.elapsed() < LEFT_ALONE)
    }

    /// What it says of a licence at an instant, or at its own present; none where it
    /// keeps the licences of the body and not this one.
    ///
    /// # Errors
    /// [`RegisterFault::Unreachable`], [`RegisterFault::NotCompetent`].
    pub(super) fn ask(&self, asked: &LicenceIdentifier, at: Option<Moment>) -> Result<Option<Said>, RegisterFault> {
        // only what stands in an identifier goes into the address
        let path = format!("/api/v1/standings/{}", asked.as_str());
        self.get(&path, at.map(|at| ("at", at.to_string())))
    }

    /// What it says at its own present of the licence that a code is printed on; none where it
    /// does not know the code.
    ///
    /// # Errors
    /// As [`StatusClient::ask`].
    pub(super) fn ask_code(&self, code: &ShortCode) -> Result<Option<Said>, RegisterFault> {
        self.get(&format!("/api/v1/standing/{}", code.as_str()), None)
    }

    /// What it says of a seal at its own present.
    ///
    /// # Errors
    /// [`RegisterFault::Unreachable`], [`RegisterFault::NotCompetent`] where it keeps no such seal.
    pub(super) fn ask_seal(&self, asked: &SealName) -> Result<Said, RegisterFault> {
        let mut path = "/api/v1/seals/".to_owned();
        for octet in asked.es_id.bytes() {
            if octet.is_ascii_alphanumeric() {
                path.push(char::from(octet));
            } else {
                // writing to a string does not fail
                let _ = write!(path, "%{octet:02X}");
            }
        }
        path.push_str("/status");
        let said = self.get(&path, Some(("seal", hex::encode(asked.sm3))))?;
        said.ok_or(RegisterFault::NotCompetent)
    }

    fn get(&self, path: &str, query: Option<(&str, String)>) -> Result<Option<Said>, RegisterFault> {
        if self.is_left_alone() {
            return Err(RegisterFault::Unreachable("it did not answer just now".to_owned()));
        }
        let asker = self.introduction.as_ref().and_then(Introduction::header);
        let with = With { query, header: asker.as_deref().map(|asker| (ASKER_HEADER, asker)) };
        let answer = self.line.get(path, with, SIGNATURE_HEADER, ANSWER_LIMIT_BYTES);
        *self.silent_since.lock().unwrap_or_else(PoisonError::into_inner) =
            if answer.is_ok() { None } else { Some(Instant::now()) };
        let got = answer.map_err(RegisterFault::Unreachable)?;
        match got.status {
            200 => Ok(Some(Said { octets: got.octets, signature: got.header })),
            404 if code(&got.octets).as_deref() == Some(NOT_REGISTERED) => Ok(None),
            404 if code(&got.octets).as_deref() == Some(NO_SUCH_SEAL) => Ok(None),
            404 if code(&got.octets).as_deref() == Some(NOT_COMPETENT) => Err(RegisterFault::NotCompetent),
            other => Err(RegisterFault::Unreachable(format!("status {other}"))),
        }
    }
}

impl Register for StatusClient {
    fn standing(&self, identifier: &str, at: Moment) -> Result<Answer, RegisterFault> {
        let asked: LicenceIdentifier =
            identifier.parse().map_err(|_| RegisterFault::Malformed("no identifier to ask with".to_owned()))?;
        match self.ask(&asked, Some(at))? {
            Some(said) => Ok(Answer::Known(Box::new(known(&asked, &said.octets)?))),
            None => Ok(Answer::NotRegistered { as_of: at, source: self.line.base().to_owned() }),
        }
    }

    fn name(&self) -> &str {
        self.line.base()
    }
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

/// The answer about a licence that was asked about.
///
/// # Errors
/// [`RegisterFault::Malformed`].
pub(super) fn known(asked: &LicenceIdentifier, octets: &[u8]) -> Result<Registered, RegisterFault> {
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
    Ok(Registered {
        identifier,
        state: state_of(&wire.state).ok_or_else(|| malformed("state"))?,
        since: wire.since,
        until: wire.until,
        version,
        document_sm3,
        as_of: wire.as_of,
        source: wire.source,
        signed: None,
    })
}

/// What an answer by a printed code says beside.
#[derive(Deserialize)]
struct WireByCode {
    identifier: String,
    type_name: String,
    issuing_body: String,
    #[serde(default)]
    fields: Vec<PublicField>,
}

/// The answer about whatever licence a code is printed on.
///
/// # Errors
/// [`RegisterFault::Malformed`].
pub(super) fn known_by_code(octets: &[u8]) -> Result<ByCode, RegisterFault> {
    let wire: WireByCode =
        serde_json::from_slice(octets).map_err(|error| RegisterFault::Malformed(error.to_string()))?;
    let identifier = wire.identifier.parse().map_err(|_| RegisterFault::Malformed("identifier".to_owned()))?;
    let registered = known(&identifier, octets)?;
    Ok(ByCode { registered, type_name: wire.type_name, issuing_body: wire.issuing_body, fields: wire.fields })
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
