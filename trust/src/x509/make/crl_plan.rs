//! One revocation list from its entries to its DER (RFC 5280 5, version 2).

use super::wire::{
    SuiteKey, authority_key_identifier, extension, extension_ids, identifier_of, signature_algorithm, time,
};
use crate::{
    asn1::{Tag, bit_string, explicit, integer, sequence, tagged, unsigned},
    base::Moment,
    suite::{SignatureValue, Suite},
    x509::{Certificate, Crl, CrlError, RevocationReason, may_sign_crl},
};
use std::collections::BTreeSet;

/// One certificate that is no longer good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedCertificate {
    /// Serial number, big-endian.
    pub serial: Vec<u8>,
    /// Since when; milliseconds are cut.
    pub at: Moment,
    /// Why; `None` writes no reason.
    pub reason: Option<RevocationReason>,
}

/// Why no list is made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum CrlPlanFault {
    #[error("the issuer's key is neither an SM2 nor a P-256 key")]
    IssuerKey,
    #[error("the issuer may not sign revocation lists")]
    IssuerUsage,
    #[error("the issuer's certificate is not in its period at thisUpdate")]
    IssuerPeriod,
    #[error("nextUpdate is not after thisUpdate")]
    Inverted,
    #[error("serial number {0} is not one of 1 to 20 octets")]
    Serial(String),
    #[error("serial number {0} is listed twice")]
    SerialTwice(String),
    #[error("serial number {0} is revoked after thisUpdate")]
    Future(String),
    #[error("reason {0:?} is not for complete lists")]
    Reason(RevocationReason),
    #[error("the signature is not by the issuer's key over this list")]
    WrongSignature,
    #[error("the list does not read back: {0}")]
    ReadBack(CrlError),
}

/// A revocation list that lacks only its signature.
#[derive(Debug)]
pub struct CrlPlan {
    tbs: Vec<u8>,
    issuer_key: SuiteKey,
}

impl CrlPlan {
    /// Writes the to-be-signed octets: version 2, `number` as CRLNumber (it must
    /// grow from list to list), the entries in the given order. The suite is that of the
    /// issuer's key.
    ///
    /// # Errors
    /// [`CrlPlanFault`].
    pub fn new(
        issuer: &Certificate,
        number: u64,
        this_update: Moment,
        next_update: Moment,
        revoked: &[RevokedCertificate],
    ) -> Result<Self, CrlPlanFault> {
        let issuer_key = issuer.key().and_then(SuiteKey::of).ok_or(CrlPlanFault::IssuerKey)?;
        if !may_sign_crl(issuer) {
            return Err(CrlPlanFault::IssuerUsage);
        }
        if !issuer.is_valid_at(this_update) {
            return Err(CrlPlanFault::IssuerPeriod);
        }
        if next_update.unix_seconds() <= this_update.unix_seconds() {
            return Err(CrlPlanFault::Inverted);
        }
        let mut seen = BTreeSet::new();
        let mut entries = Vec::new();
        for one in revoked {
            entries.push(entry(one, this_update, &mut seen)?);
        }
        // an empty list is left out (RFC 5280 5.1.2.6)
        let entries = if entries.is_empty() { Vec::new() } else { tagged(Tag::SEQUENCE, &entries.concat()) };
        let extensions = sequence(&[
            &authority_key_identifier(&identifier_of(issuer, &issuer_key)),
            &extension(extension_ids::CRL_NUMBER, false, &integer(number)),
        ]);
        let tbs = sequence(&[
            &integer(1),
            &signature_algorithm(issuer_key.suite),
            issuer.subject_der(),
            &time(this_update),
            &time(next_update),
            &entries,
            &explicit(0, &extensions),
        ]);
        Ok(Self { tbs, issuer_key })
    }

    /// TBSCertList.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.tbs
    }

    /// The suite of the signature that is wanted.
    pub const fn suite(&self) -> Suite {
        self.issuer_key.suite
    }

    /// What a device that takes digests signs; see
    /// [`PublicKey::digest_to_sign`](crate::suite::PublicKey::digest_to_sign).
    ///
    /// # Errors
    /// [`CrlPlanFault::IssuerKey`]; does not happen with a key of a suite.
    pub fn digest(&self) -> Result<[u8; 32], CrlPlanFault> {
        self.issuer_key.key.digest_to_sign(&self.tbs).ok_or(CrlPlanFault::IssuerKey)
    }

    /// The list, once the signature verifies and the whole reads back.
    ///
    /// # Errors
    /// [`CrlPlanFault::WrongSignature`], also for one of another suite; [`CrlPlanFault::ReadBack`].
    pub fn embed(self, signature: impl Into<SignatureValue>) -> Result<Crl, CrlPlanFault> {
        let value = signature.into();
        if !self.issuer_key.key.made(&self.tbs, &value) {
            return Err(CrlPlanFault::WrongSignature);
        }
        let algorithm = signature_algorithm(self.issuer_key.suite);
        let der = sequence(&[&self.tbs, &algorithm, &bit_string(&value.to_octets())]);
        Crl::from_der(&der).map_err(CrlPlanFault::ReadBack)
    }
}

fn entry(one: &RevokedCertificate, this_update: Moment, seen: &mut BTreeSet<Vec<u8>>) -> Result<Vec<u8>, CrlPlanFault> {
    let first = one.serial.iter().position(|&digit| digit != 0).unwrap_or(one.serial.len());
    let digits = one.serial.get(first..).unwrap_or_default();
    let name = || hex::encode(digits);
    if digits.is_empty() || digits.len() > 20 {
        return Err(CrlPlanFault::Serial(name()));
    }
    if !seen.insert(digits.to_vec()) {
        return Err(CrlPlanFault::SerialTwice(name()));
    }
    if one.at > this_update {
        return Err(CrlPlanFault::Future(name()));
    }
    let reason = match one.reason {
        None => Vec::new(),
        Some(RevocationReason::RemoveFromCrl) => return Err(CrlPlanFault::Reason(RevocationReason::RemoveFromCrl)),
        Some(reason) => {
            let code = tagged(Tag::ENUMERATED, &[reason.code()]);
            sequence(&[&extension(extension_ids::REASON_CODE, false, &code)])
        }
    };
    Ok(sequence(&[&unsigned(digits), &time(one.at), &reason]))
}
