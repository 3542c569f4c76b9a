//! The chain of certificates that an outside authority hands over: the certificate of a key first, then those
//! above it, up to the one that shall be trusted or is issued by whoever is.
//!
//! A [`Chain`] is there only where it holds by itself:
//!
//! 1. the first certificate is of an end entity, of a suite, may sign, and is in its period
//! 2. there is a path from it over the others to the last one (`path`: names, signatures, rights, periods)
//! 3. no certificate is left over, and all keys are of one suite
//!
//! Whether anybody trusts the last one is asked elsewhere ([`crate::verify::check_certificate`]).

use super::{Certificate, CertificateError, PathFault, build_path};
use crate::{asn1::pem, base::Moment, suite::Suite};

/// Most certificates of a chain, as of a path.
const MOST: usize = 8;
/// Signatures that may be tried: a chain in order needs one a link.
const BUDGET: usize = 32;

/// A chain that holds by itself.
#[derive(Clone, Debug)]
pub struct Chain {
    certificate: Certificate,
    above: Vec<Certificate>,
    suite: Suite,
}

/// Why certificates are no chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum ChainFault {
    #[error("no certificate in the chain")]
    Empty,
    #[error("more than {MOST} certificates in the chain")]
    TooMany,
    #[error("PEM block {number} of the chain is damaged")]
    Pem { number: usize },
    #[error("PEM block {number} of the chain is no certificate but {label:?}")]
    Label { number: usize, label: String },
    #[error("PEM block {number} of the chain: {error}")]
    Certificate { number: usize, error: CertificateError },
    #[error("{0} is the first certificate of the chain, but an authority: the certificate of the key comes first")]
    AuthorityFirst(String),
    #[error("the certificate of {0} is of neither an SM2 nor a P-256 key")]
    Key(String),
    #[error("the certificate of {0} is not for signing")]
    Usage(String),
    #[error("the certificate of {subject} is valid from {from} on only")]
    NotYet { subject: String, from: Moment },
    #[error("the certificate of {subject} has expired at {until}")]
    Expired { subject: String, until: Moment },
    #[error("the certificate of {issuer}, which issued the first one, is missing from the chain")]
    Alone { issuer: String },
    #[error("the certificate of {issuer} is missing from the chain")]
    Missing { issuer: String },
    #[error("the chain breaks: {0}")]
    Path(PathFault),
    #[error("{0} stands in the chain, but not above its first certificate")]
    Surplus(String),
    #[error("{0} is of another suite than the first certificate: a chain has one")]
    TwoSuites(String),
}

impl Chain {
    /// From a PEM file of certificates, judged at `at`.
    ///
    /// # Errors
    /// [`ChainFault`].
    pub fn from_pem(text: &[u8], at: Moment) -> Result<Self, ChainFault> {
        let blocks = pem::blocks(text);
        if blocks.len() > MOST {
            return Err(ChainFault::TooMany);
        }
        let mut certificates = Vec::with_capacity(blocks.len());
        for (index, block) in blocks.into_iter().enumerate() {
            let number = index + 1;
            let block = block.ok_or(ChainFault::Pem { number })?;
            if block.label != pem::CERTIFICATE {
                return Err(ChainFault::Label { number, label: block.label });
            }
            let certificate =
                Certificate::from_der(&block.octets).map_err(|error| ChainFault::Certificate { number, error })?;
            certificates.push(certificate);
        }
        Self::new(&certificates, at)
    }

    /// From certificates, the one of the key first, judged at `at`.
    ///
    /// # Errors
    /// [`ChainFault`].
    pub fn new(certificates: &[Certificate], at: Moment) -> Result<Self, ChainFault> {
        let (first, above) = certificates.split_first().ok_or(ChainFault::Empty)?;
        if certificates.len() > MOST {
            return Err(ChainFault::TooMany);
        }
        let suite = end_entity(first, at)?;
        let last = above.last().ok_or_else(|| ChainFault::Alone { issuer: first.issuer().to_owned() })?;
        let mut budget = BUDGET;
        let path = build_path(first, above, core::slice::from_ref(last), at, &mut budget);
        let path = path.map_err(|fault| match fault {
            PathFault::UnknownIssuer { issuer } => ChainFault::Missing { issuer },
            other => ChainFault::Path(other),
        })?;
        if let Some(surplus) = certificates.iter().find(|one| !path.contains(one)) {
            return Err(ChainFault::Surplus(surplus.subject().to_owned()));
        }
        match path.iter().find(|one| suite_of(one) != Some(suite)) {
            Some(other) => Err(ChainFault::TwoSuites(other.subject().to_owned())),
            None => Ok(Self { certificate: first.clone(), above: path.into_iter().skip(1).collect(), suite }),
        }
    }

    /// The certificate of the key.
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Those above it, each the issuer of the one before.
    pub fn above(&self) -> &[Certificate] {
        &self.above
    }

    /// The suite of all its keys.
    pub const fn suite(&self) -> Suite {
        self.suite
    }
}

/// What the certificate of the key must be; its suite.
fn end_entity(certificate: &Certificate, at: Moment) -> Result<Suite, ChainFault> {
    let subject = || certificate.subject().to_owned();
    if certificate.is_authority() {
        return Err(ChainFault::AuthorityFirst(subject()));
    }
    let suite = suite_of(certificate).ok_or_else(|| ChainFault::Key(subject()))?;
    // a certificate without the extension is not restricted (RFC 5280 4.2.1.3)
    if certificate.key_usage().is_some_and(|usage| !usage.may_sign()) {
        return Err(ChainFault::Usage(subject()));
    }
    if at < certificate.not_before() {
        return Err(ChainFault::NotYet { subject: subject(), from: certificate.not_before() });
    }
    if at > certificate.not_after() {
        return Err(ChainFault::Expired { subject: subject(), until: certificate.not_after() });
    }
    Ok(suite)
}

fn suite_of(certificate: &Certificate) -> Option<Suite> {
    certificate.key().and_then(Suite::of)
}

#[cfg(test)]
mod tests;
