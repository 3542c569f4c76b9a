//! Public keys as people hand them over: PEM (`PUBLIC KEY`, RFC 7468 13) or DER.

use crate::flow::bundle;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{
    io,
    path::{Path, PathBuf},
};
use yinxin_trust::{
    asn1::pem,
    trust_list::{IdentityOffence, ServiceKey},
};

/// Longest file with one key, octets.
const LIMIT_BYTES: u64 = 64 << 10;

const LABEL: &str = "PUBLIC KEY";
const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// Why a file gives no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileFault {
    /// The system failed.
    #[error("{path}: {why}", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Neither a PEM block of a public key nor one in DER.
    #[error("{path}: {offence}", path = path.display())]
    NoKey {
        /// Which file.
        path: PathBuf,
        /// Why.
        offence: IdentityOffence,
    },
}

/// Reads the public key of a file.
///
/// # Errors
/// [`KeyFileFault`].
pub fn read_key(path: &Path) -> Result<ServiceKey, KeyFileFault> {
    let unreadable = |error: io::Error| KeyFileFault::Unreadable { path: path.to_path_buf(), why: error.to_string() };
    let octets = bundle::read(path, LIMIT_BYTES).map_err(unreadable)?;
    key_in(&octets).map_err(|offence| KeyFileFault::NoKey { path: path.to_path_buf(), offence })
}

/// Reads a public key as it came over a line or in a form.
///
/// # Errors
/// [`IdentityOffence`].
pub fn key_in(octets: &[u8]) -> Result<ServiceKey, IdentityOffence> {
    let text = core::str::from_utf8(octets).ok().and_then(|text| text.split_once(BEGIN)?.1.split_once(END));
    match text {
        Some((body, _)) => {
            let body: String = body.split_whitespace().collect();
            ServiceKey::from_spki(&STANDARD.decode(body).map_err(|_| IdentityOffence::Base64)?)
        }
        None => ServiceKey::from_spki(octets),
    }
}

/// The PEM of a key.
pub fn key_pem(key: &ServiceKey) -> String {
    pem::write(LABEL, key.spki())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_and_der_there_and_back() {
        let key = yinxin_testkit::keys::Key::from_seed("operator");
        let key = yinxin_trust::sm::sm2::PublicKey::from_sec1(key.public().to_sec1()).unwrap();
        let key = ServiceKey::from_sm2(&key);
        assert_eq!(key_in(key_pem(&key).as_bytes()).as_ref(), Ok(&key));
        assert_eq!(key_in(key.spki()), Ok(key.clone()));
        assert_eq!(key_in(key_pem(&key).replace('A', "!").as_bytes()), Err(IdentityOffence::Base64));
        assert!(matches!(key_in(b"no key"), Err(IdentityOffence::Key(_))));
    }
}
