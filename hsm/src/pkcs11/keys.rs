//! Keys of a token: found by label and id, read, judged, made.

use super::{
    device::Work,
    error::KeyFault,
    mapping::Mapping,
    raw::{Attribute, Failed, Mechanism, Parameter},
};
use crate::{KeyAlgorithm, Pkcs11Uri, RsaSize};
use cryptoki_sys as sys;
use yinxin_trust::{
    asn1::{self, Oid, oids},
    sm::sm2,
    suite::PublicKey,
};

/// Handle of an object.
pub(super) type Handle = sys::CK_OBJECT_HANDLE;

/// A private key of a token, with its public half.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenKey {
    /// CKA_LABEL.
    pub label: String,
    /// CKA_ID.
    pub id: Vec<u8>,
    /// Its public key.
    pub public_key: PublicKey,
}

/// 65537.
const PUBLIC_EXPONENT: &[u8] = &[1, 0, 1];

/// The curve of Ed25519 as PKCS#11 v3.0 names it, a PrintableString; RFC 8410 has an OID.
const EDWARDS_25519: &[u8] = b"\x13\x0Cedwards25519";

/// Handles of the private keys that answer to the names given.
pub(super) fn find(work: &Work<'_>, uri: &Pkcs11Uri) -> Result<Vec<Handle>, Failed> {
    let mut template = vec![Attribute::number(sys::CKA_CLASS, sys::CKO_PRIVATE_KEY)];
    if let Some(label) = &uri.object {
        template.push(Attribute::octets(sys::CKA_LABEL, label.as_bytes()));
    }
    if let Some(id) = &uri.id {
        template.push(Attribute::octets(sys::CKA_ID, id));
    }
    work.raw.find(work.session, &template)
}

/// Handles of all private keys.
pub(super) fn all(work: &Work<'_>) -> Result<Vec<Handle>, Failed> {
    work.raw.find(work.session, &[Attribute::number(sys::CKA_CLASS, sys::CKO_PRIVATE_KEY)])
}

/// Handles of both halves of a key, the private one first.
pub(super) fn halves(work: &Work<'_>, uri: &Pkcs11Uri) -> Result<Vec<Handle>, Failed> {
    let mut all = find(work, uri)?;
    let mut template = vec![Attribute::number(sys::CKA_CLASS, sys::CKO_PUBLIC_KEY)];
    if let Some(label) = &uri.object {
        template.push(Attribute::octets(sys::CKA_LABEL, label.as_bytes()));
    }
    if let Some(id) = &uri.id {
        template.push(Attribute::octets(sys::CKA_ID, id));
    }
    all.extend(work.raw.find(work.session, &template)?);
    Ok(all)
}

/// Whether no key, private or public, has this id or this label.
pub(super) fn is_free(work: &Work<'_>, label: &str, id: &[u8]) -> Result<bool, Failed> {
    for class in [sys::CKO_PRIVATE_KEY, sys::CKO_PUBLIC_KEY] {
        for name in [Attribute::octets(sys::CKA_ID, id), Attribute::octets(sys::CKA_LABEL, label.as_bytes())] {
            if !work.raw.find(work.session, &[Attribute::number(sys::CKA_CLASS, class), name])?.is_empty() {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Reads a private key's public half and judges what the device lets be done with it.
pub(super) fn read(
    work: &Work<'_>,
    private: Handle,
    mapping: Option<&Mapping>,
) -> Result<Result<TokenKey, KeyFault>, Failed> {
    if let Some(fault) = guarded(work, private)? {
        return Ok(Err(fault));
    }
    let attribute = |kind| work.raw.attribute(work.session, private, kind);
    let label = attribute(sys::CKA_LABEL)?.unwrap_or_default();
    let label = String::from_utf8_lossy(&label).into_owned();
    let id = attribute(sys::CKA_ID)?.unwrap_or_default();
    let kind = attribute(sys::CKA_KEY_TYPE)?;
    let public = public_half(work, &label, &id, kind.as_deref())?;
    let holder = Holder { work, private, public };
    Ok(holder.public_key(number(kind.as_deref()), mapping)?.map(|public_key| TokenKey { label, id, public_key }))
}

/// What keeps the key from being one that only signs, and only within the device.
fn guarded(work: &Work<'_>, private: Handle) -> Result<Option<KeyFault>, Failed> {
    let flag = |kind| {
        let value = work.raw.attribute(work.session, private, kind)?;
        // absent is taken as the answer that is worse
        Ok::<_, Failed>(value.and_then(|value| value.first().copied()).map(|octet| octet != sys::CK_FALSE))
    };
    Ok(if flag(sys::CKA_EXTRACTABLE)? != Some(false) {
        Some(KeyFault::MayLeave("CKA_EXTRACTABLE is not false"))
    } else if flag(sys::CKA_SENSITIVE)? != Some(true) {
        Some(KeyFault::MayLeave("CKA_SENSITIVE is not true"))
    } else if flag(sys::CKA_SIGN)? != Some(true) {
        Some(KeyFault::NoSigning)
    } else if flag(sys::CKA_ALWAYS_AUTHENTICATE)? == Some(true) {
        Some(KeyFault::AlwaysAuthenticate)
    } else {
        None
    })
}

/// The public key object that belongs to a private one: of its id, or without one of its label.
fn public_half(work: &Work<'_>, label: &str, id: &[u8], kind: Option<&[u8]>) -> Result<Option<Handle>, Failed> {
    let mut template = vec![Attribute::number(sys::CKA_CLASS, sys::CKO_PUBLIC_KEY)];
    if let Some(kind) = kind {
        template.push(Attribute::octets(sys::CKA_KEY_TYPE, kind));
    }
    template.push(match id {
        [] => Attribute::octets(sys::CKA_LABEL, label.as_bytes()),
        id => Attribute::octets(sys::CKA_ID, id),
    });
    Ok(work.raw.find(work.session, &template)?.first().copied())
}

/// Where the attributes of a public key are read.
struct Holder<'a> {
    work: &'a Work<'a>,
    private: Handle,
    public: Option<Handle>,
}

impl Holder<'_> {
    /// From the public object, or, where there is none, from the private one: some
    /// devices keep the public numbers there too.
    fn attribute(&self, kind: sys::CK_ATTRIBUTE_TYPE) -> Result<Option<Vec<u8>>, Failed> {
        let from = |object| self.work.raw.attribute(self.work.session, object, kind);
        match self.public.map(from).transpose()?.flatten() {
            Some(value) if !value.is_empty() => Ok(Some(value)),
            _ => from(self.private),
        }
    }

    fn public_key(&self, kind: Option<u64>, mapping: Option<&Mapping>) -> Result<Result<PublicKey, KeyFault>, Failed> {
        let Some(kind) = kind else { return Ok(Err(KeyFault::Public("it has no CKA_KEY_TYPE".to_owned()))) };
        match kind {
            sys::CKK_RSA => {
                let (n, e) = (self.attribute(sys::CKA_MODULUS)?, self.attribute(sys::CKA_PUBLIC_EXPONENT)?);
                Ok(rsa(n, e))
            }
            sys::CKK_EC | sys::CKK_EC_EDWARDS => {
                let (curve, point) = (self.attribute(sys::CKA_EC_PARAMS)?, self.attribute(sys::CKA_EC_POINT)?);
                Ok(on_curve(kind, &curve.unwrap_or_default(), &point.unwrap_or_default()))
            }
            kind if mapping.is_some_and(|mapping| mapping.key_type() == kind) => {
                Ok(sm2_key(&self.attribute(sys::CKA_EC_POINT)?.unwrap_or_default()))
            }
            kind => Ok(Err(KeyFault::Kind {
                found: format!("of key type {kind:#x}"),
                wanted: "SM2, P-256, RSA or Ed25519; check the vendor mapping".to_owned(),
            })),
        }
    }
}

/// A CK_ULONG as the library wrote it.
fn number(octets: Option<&[u8]>) -> Option<u64> {
    octets?.try_into().ok().map(sys::CK_ULONG::from_ne_bytes)
}

fn rsa(n: Option<Vec<u8>>, e: Option<Vec<u8>>) -> Result<PublicKey, KeyFault> {
    match (n, e) {
        (Some(n), Some(e)) if !n.is_empty() && !e.is_empty() => {
            Ok(PublicKey::Rsa(asn1::sequence(&[&asn1::unsigned(&n), &asn1::unsigned(&e)]).into()))
        }
        _ => Err(KeyFault::Public("it gives no CKA_MODULUS or no CKA_PUBLIC_EXPONENT".to_owned())),
    }
}

fn on_curve(kind: u64, curve: &[u8], point: &[u8]) -> Result<PublicKey, KeyFault> {
    let is = |oid: Oid<'_>| curve == asn1::object_identifier(oid);
    if is(oids::SM2_CURVE) {
        sm2_key(point)
    } else if is(oids::P256) {
        match unwrapped(point) {
            [4, rest @ ..] if rest.len() == 64 => Ok(PublicKey::P256(unwrapped(point).into())),
            _ => Err(KeyFault::Public("its CKA_EC_POINT is no point 04 || x || y".to_owned())),
        }
    } else if kind == sys::CKK_EC_EDWARDS && (is(oids::ED25519) || curve == EDWARDS_25519) {
        match unwrapped(point) {
            octets if octets.len() == 32 => Ok(PublicKey::Ed25519(octets.into())),
            _ => Err(KeyFault::Public("its CKA_EC_POINT has not 32 octets".to_owned())),
        }
    } else {
        Err(KeyFault::Kind {
            found: format!("on the curve with CKA_EC_PARAMS {}", hex::encode(curve)),
            wanted: "on the curve of SM2, P-256 or Ed25519".to_owned(),
        })
    }
}

fn sm2_key(point: &[u8]) -> Result<PublicKey, KeyFault> {
    let octets = match unwrapped(point) {
        // x || y, as some vendors keep it
        bare if bare.len() == 64 => [&[4], bare].concat(),
        octets => octets.to_vec(),
    };
    sm2::PublicKey::from_sec1(&octets).map(PublicKey::Sm2).map_err(|cause| KeyFault::Public(cause.to_string()))
}

/// CKA_EC_POINT is an OCTET STRING by the standard; several vendors leave the wrapping out.
fn unwrapped(point: &[u8]) -> &[u8] {
    match point {
        [0x04, length, rest @ ..] if rest.len() == usize::from(*length) && *length < 0x80 => rest,
        bare => bare,
    }
}

/// How a key pair of this algorithm is made: the mechanism, and what the public template says of it.
pub(super) struct Generation {
    /// The symbolic name, for messages.
    pub(super) name: &'static str,
    pub(super) mechanism: Mechanism,
    kind: sys::CK_KEY_TYPE,
    public: Vec<Attribute>,
}

impl Generation {
    pub(super) fn new(algorithm: KeyAlgorithm, mapping: Option<&Mapping>) -> Result<Self, KeyFault> {
        let curve = |oid| vec![Attribute::octets(sys::CKA_EC_PARAMS, &asn1::object_identifier(oid))];
        let (name, number, kind, public) = match algorithm {
            KeyAlgorithm::Sm2Sm3 => {
                let mapping = mapping.ok_or(KeyFault::NoMapping)?;
                let number = mapping.generates().ok_or(KeyFault::NoGeneration)?;
                ("CKM_SM2_KEY_PAIR_GEN", number, mapping.key_type(), curve(oids::SM2_CURVE))
            }
            KeyAlgorithm::EcdsaP256Sha256 => {
                ("CKM_EC_KEY_PAIR_GEN", sys::CKM_EC_KEY_PAIR_GEN, sys::CKK_EC, curve(oids::P256))
            }
            KeyAlgorithm::Ed25519 => {
                let number = sys::CKM_EC_EDWARDS_KEY_PAIR_GEN;
                ("CKM_EC_EDWARDS_KEY_PAIR_GEN", number, sys::CKK_EC_EDWARDS, curve(oids::ED25519))
            }
            KeyAlgorithm::RsaPkcs1Sha256(size) | KeyAlgorithm::RsaPssSha256(size) => {
                let public = vec![
                    Attribute::number(sys::CKA_MODULUS_BITS, size.bits().into()),
                    Attribute::octets(sys::CKA_PUBLIC_EXPONENT, PUBLIC_EXPONENT),
                ];
                ("CKM_RSA_PKCS_KEY_PAIR_GEN", sys::CKM_RSA_PKCS_KEY_PAIR_GEN, sys::CKK_RSA, public)
            }
            KeyAlgorithm::Sm4Gcm => return Err(KeyFault::NoGeneration),
        };
        Ok(Self { name, mechanism: Mechanism { number, parameter: Parameter::None }, kind, public })
    }

    /// Makes the pair: kept by the token, private, never to be extracted.
    pub(super) fn make(&self, work: &Work<'_>, label: &str, id: &[u8]) -> Result<(Handle, Handle), Failed> {
        let named = |class, attributes: &[Attribute]| {
            let mut all = vec![
                Attribute::number(sys::CKA_CLASS, class),
                Attribute::number(sys::CKA_KEY_TYPE, self.kind),
                Attribute::flag(sys::CKA_TOKEN, true),
                Attribute::octets(sys::CKA_LABEL, label.as_bytes()),
                Attribute::octets(sys::CKA_ID, id),
            ];
            all.extend_from_slice(attributes);
            all
        };
        let mut public = self.public.clone();
        public.extend([Attribute::flag(sys::CKA_PRIVATE, false), Attribute::flag(sys::CKA_VERIFY, true)]);
        let private = [
            Attribute::flag(sys::CKA_PRIVATE, true),
            Attribute::flag(sys::CKA_SENSITIVE, true),
            Attribute::flag(sys::CKA_EXTRACTABLE, false),
            Attribute::flag(sys::CKA_SIGN, true),
        ];
        let (public, private) = (named(sys::CKO_PUBLIC_KEY, &public), named(sys::CKO_PRIVATE_KEY, &private));
        work.raw.generate_pair(work.session, &self.mechanism, &public, &private)
    }
}

/// Whether a key that was found is of the kind that an algorithm wants.
pub(super) fn fits(algorithm: KeyAlgorithm, key: &PublicKey) -> Result<(), KeyFault> {
    let right = algorithm.fits(key)
        && match (algorithm, key) {
            (KeyAlgorithm::RsaPkcs1Sha256(size) | KeyAlgorithm::RsaPssSha256(size), PublicKey::Rsa(key)) => {
                modulus_bits(key) == Some(size.bits())
            }
            _ => true,
        };
    if right { Ok(()) } else { Err(KeyFault::Kind { found: word(key), wanted: algorithm.to_string() }) }
}

/// What a key is, in a word.
fn word(key: &PublicKey) -> String {
    match key {
        PublicKey::Sm2(_) => "an SM2 key".to_owned(),
        PublicKey::P256(_) => "a P-256 key".to_owned(),
        PublicKey::Ed25519(_) => "an Ed25519 key".to_owned(),
        PublicKey::Rsa(key) => format!("an RSA key of {} bits", modulus_bits(key).unwrap_or(0)),
    }
}

/// Bits of the modulus of an RSAPublicKey.
fn modulus_bits(key: &[u8]) -> Option<u32> {
    let mut parts = asn1::Reader::new(key).nested(asn1::Tag::SEQUENCE).ok()?;
    let modulus = parts.unsigned().ok()?;
    let first = modulus.first()?;
    u32::try_from(modulus.len()).ok()?.checked_mul(8)?.checked_sub(first.leading_zeros())
}

/// Octets of the longest signature of an algorithm, DER forms included.
pub(super) const fn longest_signature(algorithm: KeyAlgorithm) -> usize {
    match algorithm {
        KeyAlgorithm::RsaPkcs1Sha256(size) | KeyAlgorithm::RsaPssSha256(size) => RsaSize::octets(size),
        _ => 72,
    }
}
