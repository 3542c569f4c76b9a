//! Revocation lists (RFC 5280 5), sound ones and ones that lack something.

use crate::{
    der::{
        self, BitForm, SM2_SM3, boolean, explicit, generalized_time, integer, octet_string, oid, sequence, sequence_of,
        tagged, unsigned,
    },
    pki::{self, Certificate},
};
use yinxin_trust::{asn1::Tag, base::Moment};

/// One certificate that is no longer good.
#[derive(Clone, Debug)]
pub struct Entry {
    serial: Vec<u8>,
    at: Moment,
    reason: Option<u8>,
    invalid_since: Option<Moment>,
}

impl Entry {
    /// Revoked at this time, without a reason.
    pub fn new(serial: &[u8], at: Moment) -> Self {
        let first = serial.iter().position(|&octet| octet != 0).unwrap_or(0);
        Self { serial: serial[first..].to_vec(), at, reason: None, invalid_since: None }
    }

    /// For this reason (CRLReason, RFC 5280 5.3.1).
    #[must_use]
    pub fn because(self, reason: u8) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// In other hands since then (invalidityDate).
    #[must_use]
    pub fn invalid_since(self, since: Moment) -> Self {
        Self { invalid_since: Some(since), ..self }
    }

    fn write(&self) -> Vec<u8> {
        let mut extensions = Vec::new();
        if let Some(reason) = self.reason {
            extensions.push(pki::extension("2.5.29.21", false, &tagged(Tag::ENUMERATED, &[reason])));
        }
        if let Some(since) = self.invalid_since {
            extensions.push(pki::extension("2.5.29.24", false, &generalized_time(since)));
        }
        let extensions = if extensions.is_empty() { Vec::new() } else { sequence_of(&extensions) };
        sequence(&[&unsigned(&self.serial), &pki::time(self.at), &extensions])
    }
}

/// Everything a list will say. Change fields to make a wrong one.
#[derive(Clone, Debug)]
pub struct List {
    /// Whose key signs it, under its own name.
    pub issuer: Certificate,
    /// CRLNumber.
    pub number: u64,
    /// thisUpdate.
    pub this_update: Moment,
    /// nextUpdate.
    pub next_update: Option<Moment>,
    /// Who is on it.
    pub entries: Vec<Entry>,
    /// A critical extension of this kind, as deltas and lists of a part have.
    pub critical: Option<&'static str>,
}

impl List {
    /// A complete list with nobody on it.
    pub fn of(issuer: &Certificate, this_update: Moment, next_update: Moment) -> Self {
        Self {
            issuer: issuer.clone(),
            number: 1,
            this_update,
            next_update: Some(next_update),
            entries: Vec::new(),
            critical: None,
        }
    }

    /// With these on it.
    #[must_use]
    pub fn with(self, entries: Vec<Entry>) -> Self {
        Self { entries, ..self }
    }

    /// DER.
    pub fn to_der(&self) -> Vec<u8> {
        let entries: Vec<Vec<u8>> = self.entries.iter().map(Entry::write).collect();
        let entries = if entries.is_empty() { Vec::new() } else { sequence_of(&entries) };
        let mut extensions = vec![pki::extension("2.5.29.20", false, &integer(self.number))];
        if let Some(kind) = self.critical {
            extensions.push(sequence(&[&oid(kind), &boolean(true), &octet_string(&integer(1))]));
        }
        let tbs = sequence(&[
            &integer(1),
            &der::algorithm(SM2_SM3),
            &self.issuer.subject,
            &pki::time(self.this_update),
            &self.next_update.map(pki::time).unwrap_or_default(),
            &entries,
            &explicit(0, &sequence_of(&extensions)),
        ]);
        let (_, value) = self.issuer.key.value(&tbs, Default::default(), BitForm::Whole);
        sequence(&[&tbs, &der::algorithm(SM2_SM3), &value])
    }

    /// PEM, 64 characters a line.
    pub fn to_pem(&self) -> String {
        pki::pem_of("X509 CRL", &self.to_der())
    }
}
