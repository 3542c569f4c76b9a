//! The keeper's signature under a mandate: by an SM2 key, a P-256 key, or a P-256 key in an
//! authenticator that answers a browser (WebAuthn, W3C Level 2, 7.2).

use crate::octets::{Malformed, Put, Take};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use serde::Deserialize;
use yinxin_trust::{
    sm::{Signature, sm2, sm3},
    suite::sha256,
};

/// Most octets of a proof.
pub const MAX_PROOF: usize = 8 << 10;

/// A keeper's public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// SM2, of a certificate for one.
    Sm2(sm2::PublicKey),
    /// P-256, 04 ‖ x ‖ y.
    P256([u8; 65]),
}

/// What an authenticator is asked for: it signs for one site only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    /// The site's domain, such as `yx.example.gov.cn`.
    pub id: Box<str>,
    /// Where the page was, such as `https://yx.example.gov.cn`.
    pub origin: Box<str>,
}

/// A signature over the name of a mandate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// SM2 under the default id, DER.
    Sm2(Box<[u8]>),
    /// ECDSA with SHA-256, DER.
    P256(Box<[u8]>),
    /// What an authenticator answered.
    WebAuthn {
        /// authenticatorData.
        authenticator_data: Box<[u8]>,
        /// clientDataJSON, as it was signed.
        client_data: Box<[u8]>,
        /// ECDSA with SHA-256, DER.
        signature: Box<[u8]>,
    },
}

/// Why a proof does not stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeeperFault {
    /// Not in the form of a proof.
    #[error("the keeper's proof is malformed")]
    Malformed,
    /// Proof and key are of different kinds.
    #[error("the keeper's proof is not of the kind of the keeper's key")]
    OtherKind,
    /// By another key, or over another mandate.
    #[error("the keeper's signature does not verify")]
    Signature,
    /// An authenticator's answer where no site is configured.
    #[error("no site is configured that an authenticator may answer")]
    NoSite,
    /// The answer was for another challenge, site or ceremony.
    #[error("the authenticator answered something else")]
    Answer,
    /// Nobody was verified at the authenticator.
    #[error("the authenticator did not verify its user")]
    User,
}

impl From<Malformed> for KeeperFault {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// CollectedClientData (WebAuthn 5.8.1); other members may come with later browsers.
#[derive(Deserialize)]
struct ClientData<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    challenge: &'a str,
    origin: &'a str,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

impl Proof {
    /// The octets: kind (1), then each part behind its length (2).
    ///
    /// # Errors
    /// [`KeeperFault::Malformed`] beyond [`MAX_PROOF`].
    pub fn to_octets(&self) -> Result<Vec<u8>, KeeperFault> {
        let mut out = Put::default();
        match self {
            Self::Sm2(value) => {
                out.u8(1).short(value)?;
            }
            Self::P256(value) => {
                out.u8(2).short(value)?;
            }
            Self::WebAuthn { authenticator_data, client_data, signature } => {
                out.u8(3).short(authenticator_data)?.short(client_data)?.short(signature)?;
            }
        }
        if out.0.len() > MAX_PROOF { Err(KeeperFault::Malformed) } else { Ok(out.0) }
    }

    /// Reads the octets.
    ///
    /// # Errors
    /// [`KeeperFault::Malformed`].
    pub fn parse(octets: &[u8]) -> Result<Self, KeeperFault> {
        if octets.len() > MAX_PROOF {
            return Err(KeeperFault::Malformed);
        }
        let mut rest = Take(octets);
        let proof = match rest.u8()? {
            1 => Self::Sm2(rest.short()?.into()),
            2 => Self::P256(rest.short()?.into()),
            3 => Self::WebAuthn {
                authenticator_data: rest.short()?.into(),
                client_data: rest.short()?.into(),
                signature: rest.short()?.into(),
            },
            _ => return Err(KeeperFault::Malformed),
        };
        rest.finish()?;
        Ok(proof)
    }

    /// Whether `keeper` signed the mandate of this name; an authenticator for `site`.
    ///
    /// # Errors
    /// [`KeeperFault`].
    pub fn verify(&self, keeper: &Keeper, name: &sm3::Digest, site: Option<&RelyingParty>) -> Result<(), KeeperFault> {
        match (self, keeper) {
            (Self::Sm2(value), Keeper::Sm2(key)) => {
                let value = Signature::from_der(value).map_err(|_| KeeperFault::Signature)?;
                if key.verify(sm2::DEFAULT_ID, name, &value) { Ok(()) } else { Err(KeeperFault::Signature) }
            }
            (Self::P256(value), Keeper::P256(key)) => verify_p256(key, name, value),
            (Self::WebAuthn { authenticator_data, client_data, signature }, Keeper::P256(key)) => {
                check_client(client_data, name, site.ok_or(KeeperFault::NoSite)?)?;
                check_authenticator(authenticator_data, site.ok_or(KeeperFault::NoSite)?)?;
                let signed = [authenticator_data.as_ref(), sha256(client_data).as_slice()].concat();
                verify_p256(key, &signed, signature)
            }
            _ => Err(KeeperFault::OtherKind),
        }
    }
}

fn verify_p256(key: &[u8; 65], message: &[u8], value: &[u8]) -> Result<(), KeeperFault> {
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key).verify(message, value).map_err(|_| KeeperFault::Signature)
}

/// WebAuthn 7.2, steps 11 to 14.
fn check_client(octets: &[u8], name: &sm3::Digest, site: &RelyingParty) -> Result<(), KeeperFault> {
    let client: ClientData<'_> = serde_json::from_slice(octets).map_err(|_| KeeperFault::Malformed)?;
    let right = client.kind == "webauthn.get"
        && client.challenge == URL_SAFE_NO_PAD.encode(name)
        && *client.origin == *site.origin
        && !client.cross_origin;
    if right { Ok(()) } else { Err(KeeperFault::Answer) }
}

/// WebAuthn 7.2, steps 15 to 17: the site's digest, then flags, with user present (bit 0)
/// and user verified (bit 2).
fn check_authenticator(octets: &[u8], site: &RelyingParty) -> Result<(), KeeperFault> {
    let (digest, rest) = octets.split_first_chunk::<32>().ok_or(KeeperFault::Malformed)?;
    // flags, and a counter of four octets
    let (flags, _) = rest.split_first().filter(|(_, rest)| rest.len() >= 4).ok_or(KeeperFault::Malformed)?;
    if *digest != sha256(site.id.as_bytes()) {
        return Err(KeeperFault::Answer);
    }
    if flags & 0b101 == 0b101 { Ok(()) } else { Err(KeeperFault::User) }
}
