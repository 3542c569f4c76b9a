//! Keys of a provider (RFC 7517), and what verifies under them.

use super::token::TokenFault;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::Value;
use yinxin_trust::suite::{Algorithm, PublicKey, SignatureValue};

/// Most keys that a provider may have.
const MOST: usize = 64;

/// The algorithms of signatures that are taken (RFC 7518 3.1). Nothing keyed and not `none`: what is not here has no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signing {
    Rs256,
    Ps256,
    Es256,
}

/// The keys of a provider that sign.
#[derive(Clone, Debug, Default)]
pub(super) struct KeySet(Vec<Key>);

#[derive(Clone, Debug)]
struct Key {
    id: Option<String>,
    /// The only algorithm that it is for, where it says so.
    only: Option<String>,
    key: PublicKey,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Signing {
    pub(super) fn of(word: &str) -> Option<Self> {
        match word {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
        }
    }

    fn verifies(self, key: &PublicKey, message: &[u8], value: &[u8]) -> bool {
        match self {
            Self::Rs256 => key.verify(Algorithm::RsaSha256, message, value, &mut Default::default()).is_ok(),
            Self::Ps256 => key.verify_pss_sha256(message, value).is_ok(),
            Self::Es256 => {
                let raw: Option<&[u8; 64]> = value.try_into().ok();
                raw.is_some_and(|raw| key.made(message, &SignatureValue::ecdsa_from_raw(raw)))
            }
        }
    }

    const fn is_for(self, key: &PublicKey) -> bool {
        matches!((self, key), (Self::Rs256 | Self::Ps256, PublicKey::Rsa(_)) | (Self::Es256, PublicKey::P256(_)))
    }
}

impl KeySet {
    /// Reads a key set; keys that are not for signing here are left aside. `None` for what is none.
    pub(super) fn read(octets: &[u8]) -> Option<Self> {
        let Document { keys } = serde_json::from_slice(octets).ok()?;
        if keys.len() > MOST {
            return None;
        }
        Some(Self(keys.into_iter().filter_map(|key| Key::of(serde_json::from_value(key).ok()?)).collect()))
    }

    /// Whether a signature verifies under the key that is named; where none is named, under the only one there is.
    ///
    /// # Errors
    /// [`TokenFault::UnknownKey`], [`TokenFault::Signature`].
    pub(super) fn verify(
        &self,
        signing: Signing,
        id: Option<&str>,
        message: &[u8],
        value: &[u8],
    ) -> Result<(), TokenFault> {
        let fits = |key: &&Key| {
            signing.is_for(&key.key)
                && key.only.as_deref().is_none_or(|only| only == signing.word())
                && id.is_none_or(|id| key.id.as_deref() == Some(id))
        };
        let mut fitting = self.0.iter().filter(fits);
        let key = match (fitting.next(), fitting.next()) {
            (Some(key), None) => key,
            // two of one name, or none named and several there: which was meant is not guessed
            _ => return Err(TokenFault::UnknownKey),
        };
        if signing.verifies(&key.key, message, value) { Ok(()) } else { Err(TokenFault::Signature) }
    }
}

impl Key {
    fn of(jwk: Jwk) -> Option<Self> {
        let signs = jwk.usage.as_deref().is_none_or(|usage| usage == "sig")
            && jwk.key_ops.as_ref().is_none_or(|all| all.iter().any(|one| one == "verify"));
        if !signs {
            return None;
        }
        let octets = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_deref()?).ok();
        let key = match jwk.kty.as_str() {
            "RSA" => PublicKey::rsa_from_numbers(&octets(&jwk.n)?, &octets(&jwk.e)?),
            "EC" if jwk.crv.as_deref() == Some("P-256") => {
                let (x, y) = (octets(&jwk.x)?, octets(&jwk.y)?);
                if x.len() != 32 || y.len() != 32 {
                    return None;
                }
                PublicKey::P256([&[4][..], &x, &y].concat().into())
            }
            _ => return None,
        };
        Some(Self { id: jwk.kid, only: jwk.alg, key })
    }
}
