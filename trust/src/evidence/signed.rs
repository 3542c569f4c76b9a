//! Octets with a signature and the key it verifies under, as one piece.
//!
//! Four lines, then the octets as they were signed: `yinxin-signed/1`, the public key
//! (SubjectPublicKeyInfo) and the signature (DER), both in base64 with padding. Each
//! line ends with a line feed. Whether the key is to be believed is not said here.

use super::fault::EvidenceFault;
use crate::{
    sm::{Signature, sm2},
    suite::PublicKey,
    trust_list::ServiceKey,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The first line.
const FORMAT: &str = "yinxin-signed/1";

/// What a register signs an answer behind (`docs/trust-lists.md`).
pub const STANDING_DOMAIN: &[u8] = b"yinxin-standing/1\n";

/// Octets that somebody signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedOctets {
    /// The octets.
    pub octets: Vec<u8>,
    /// The signature, DER.
    pub signature: Vec<u8>,
    /// Under which key.
    pub key: ServiceKey,
}

impl SignedOctets {
    /// As one piece.
    pub fn to_octets(&self) -> Vec<u8> {
        let (key, signature) = (STANDARD.encode(self.key.spki()), STANDARD.encode(&self.signature));
        let mut out = format!("{FORMAT}\n{key}\n{signature}\n").into_bytes();
        out.extend_from_slice(&self.octets);
        out
    }

    /// From one piece; nothing is verified yet.
    ///
    /// # Errors
    /// [`EvidenceFault::Signed`].
    pub fn from_octets(octets: &[u8]) -> Result<Self, EvidenceFault> {
        let bad = EvidenceFault::Signed;
        let (first, rest) = line(octets).ok_or(bad("no first line"))?;
        if first != FORMAT.as_bytes() {
            return Err(bad("another format"));
        }
        let (key, rest) = line(rest).ok_or(bad("no line with a key"))?;
        let (signature, octets) = line(rest).ok_or(bad("no line with a signature"))?;
        let key = STANDARD.decode(key).map_err(|_| bad("the key is no base64"))?;
        let key = ServiceKey::from_spki(&key).map_err(|_| bad("the key is none that verifies here"))?;
        let signature = STANDARD.decode(signature).map_err(|_| bad("the signature is no base64"))?;
        Ok(Self { octets: octets.to_vec(), signature, key })
    }

    /// Whether the key signed the octets behind a domain: SM2 with SM3 under the default id.
    pub fn verifies_behind(&self, domain: &[u8]) -> bool {
        let (PublicKey::Sm2(key), Ok(signature)) = (self.key.key(), Signature::from_der(&self.signature)) else {
            return false;
        };
        key.verify(sm2::DEFAULT_ID, &[domain, &self.octets].concat(), &signature)
    }
}

fn line(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = octets.iter().position(|octet| *octet == b'\n')?;
    Some((&octets[..end], &octets[end + 1..]))
}
