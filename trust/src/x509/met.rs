//! Certificates that documents brought before, parsed once for the process (ADR 49).
//!
//! The same signers and makers come again and again. What is kept is what parsing the same
//! octets would give, and is found by all of them; with a certificate stays what was computed
//! of it: its digest, Z of its key, and which issuer's key was found to have made its
//! signature. Nothing that depends on anchors, evidence, policy or time is kept.
//!
//! Two generations of at most [`MOST`] certificates of at most [`LONGEST`] octets: when the
//! young one is full the old one goes, and who is met again is young again. A flood of
//! others costs whoever is pushed out one parsing, no more.

use super::certificate::{Certificate, CertificateError};
use std::{
    collections::HashMap,
    sync::{OnceLock, PoisonError, RwLock},
};

/// Certificates of a generation.
const MOST: usize = 512;
/// Octets of a certificate that is kept: some times what real ones have.
const LONGEST: usize = 8 << 10;

#[derive(Default)]
struct Met {
    young: HashMap<Box<[u8]>, Certificate>,
    old: HashMap<Box<[u8]>, Certificate>,
}

impl Met {
    fn add(&mut self, certificate: Certificate) {
        if self.young.len() >= MOST {
            self.old = core::mem::take(&mut self.young);
        }
        self.young.insert(certificate.der().into(), certificate);
    }

    /// Parses what is not here, and keeps it unless it is long.
    fn certificate(place: &RwLock<Self>, der: &[u8]) -> Result<Certificate, CertificateError> {
        let known = {
            let met = place.read().unwrap_or_else(PoisonError::into_inner);
            match met.young.get(der) {
                Some(young) => return Ok(young.clone()),
                None => met.old.get(der).cloned(),
            }
        };
        let certificate = known.map_or_else(|| Certificate::from_der(der), Ok)?;
        if der.len() <= LONGEST {
            place.write().unwrap_or_else(PoisonError::into_inner).add(certificate.clone());
        }
        Ok(certificate)
    }
}

/// The certificate of these octets.
///
/// # Errors
/// As [`Certificate::from_der`], every time.
pub(super) fn certificate(der: &[u8]) -> Result<Certificate, CertificateError> {
    static MET: OnceLock<RwLock<Met>> = OnceLock::new();
    Met::certificate(MET.get_or_init(RwLock::default), der)
}

#[cfg(test)]
mod tests {
    use super::*;
    use yinxin_testkit::{
        pki::{Draft, Period, name},
        shipped,
    };

    fn is_here(place: &RwLock<Met>, der: &[u8]) -> bool {
        let met = place.read().unwrap();
        met.young.contains_key(der) || met.old.contains_key(der)
    }

    #[test]
    fn one_parsing_for_the_same_octets_and_none_for_others() {
        let place = RwLock::default();
        let pki = shipped::pki();
        let der = &pki.stamper_authority.der;
        let first = Met::certificate(&place, der).unwrap();
        assert!(Met::certificate(&place, der).unwrap().is_the_same_parsing_as(&first));
        assert!(!Certificate::from_der(der).unwrap().is_the_same_parsing_as(&first));
        // a single bit of the signature: another certificate, and its issuer is not found again
        let issuer = Certificate::from_der(&pki.root.der).unwrap();
        first.verify_signature(&issuer).unwrap();
        let mut forged = der.clone();
        *forged.last_mut().unwrap() ^= 1;
        let forged = Met::certificate(&place, &forged).unwrap();
        assert!(forged.verify_signature(&issuer).is_err());
        for broken in [&der[..der.len() - 1], b"", &der[1..]] {
            assert!(Met::certificate(&place, broken).is_err());
            assert!(!is_here(&place, broken));
        }
    }

    #[test]
    fn a_flood_pushes_out_and_stays_bounded() {
        let place = RwLock::default();
        let pki = shipped::pki();
        let der = &pki.stamper_authority.der;
        let other = |number: usize| {
            // the value of the signature is the last thing in a certificate: any will parse
            let mut der = pki.root.der.clone();
            let at = der.len() - 4;
            der[at..].copy_from_slice(&(number as u32).to_be_bytes());
            der
        };
        Met::certificate(&place, der).unwrap();
        for number in 0..MOST - 1 {
            Met::certificate(&place, &other(number)).unwrap();
        }
        Met::certificate(&place, &other(MOST)).unwrap();
        assert!(is_here(&place, der), "old, not yet gone");
        Met::certificate(&place, der).unwrap();
        for number in 0..3 * MOST {
            Met::certificate(&place, &other(10_000 + number)).unwrap();
            let met = place.read().unwrap();
            assert!(met.young.len() <= MOST && met.old.len() <= MOST);
        }
        assert!(!is_here(&place, der));
        let subject = name("演示机关", &"长".repeat(LONGEST / 3));
        let long = Draft::authority(subject, "long", Period::years(2024, 2035), None).issued_by(&pki.root).der;
        Met::certificate(&place, &long).unwrap();
        assert!(!is_here(&place, &long));
    }
}
