//! SM2 signatures on sm2p256v1 (GB/T 32918.2, curve of GB/T 32918.5).
//!
//! Verification: B1 r in 1..n-1 · B2 s in 1..n-1 · B3 M~ = ZA || M ·
//! B4 e = SM3(M~) · B5 t = (r + s) mod n, t != 0 · B6 (x, y) = sG + tP ·
//! B7 accept iff (e + x) mod n = r. B1 and B2 are the type [`Signature`].
//!
//! Verification sees public data only; signing is constant time
//! (complete formulas and constant-time scalars of RustCrypto).

use super::{Signature, sm3};
use ::sm2::{
    SecretKey,
    dsa::{self, signature::hazmat::PrehashVerifier as _},
    elliptic_curve::sec1::ToSec1Point as _,
    pke,
};
use zeroize::{Zeroize as _, Zeroizing};

/// The distinguishing id where nothing else is agreed (GB/T 35276, GM/T 0009).
pub const DEFAULT_ID: &[u8] = b"1234567812345678";

/// Why a key was refused or a computation gave no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Sm2Error {
    /// Not 04 || x || y of a point on the curve.
    #[error("sm2 public key is not an uncompressed point on the curve")]
    PublicKey,
    /// Not in 1..n-2.
    #[error("sm2 private key is out of range")]
    PrivateKey,
    /// A distinguishing id of 8,192 octets or more: its bit length has two octets.
    #[error("sm2 distinguishing id is too long")]
    Id,
    /// No signature could be made from this randomness.
    #[error("sm2 signing failed")]
    Sign,
    /// A ciphertext that does not open.
    #[error("sm2 decryption failed")]
    Decrypt,
}

/// A public key: a point on sm2p256v1 that is not the point at infinity.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    point: ::sm2::PublicKey,
    sec1: [u8; 65],
}

impl PublicKey {
    /// From 04 || x || y, 65 octets. Compressed and hybrid forms are refused:
    /// GB/T 35276 has only the uncompressed one.
    ///
    /// # Errors
    /// [`Sm2Error::PublicKey`].
    pub fn from_sec1(octets: &[u8]) -> Result<Self, Sm2Error> {
        let sec1: [u8; 65] = octets.try_into().map_err(|_| Sm2Error::PublicKey)?;
        if sec1[0] != 4 {
            return Err(Sm2Error::PublicKey);
        }
        let point = ::sm2::PublicKey::from_sec1_bytes(&sec1).map_err(|_| Sm2Error::PublicKey)?;
        Ok(Self { point, sec1 })
    }

    /// 04 || x || y.
    pub const fn to_sec1(&self) -> &[u8; 65] {
        &self.sec1
    }

    /// ZA of GB/T 32918.2, 5.5: SM3(ENTL || id || a || b || G || P).
    ///
    /// # Errors
    /// [`Sm2Error::Id`].
    pub fn z(&self, id: &[u8]) -> Result<sm3::Digest, Sm2Error> {
        let bits = id.len().checked_mul(8).and_then(|n| u16::try_from(n).ok()).ok_or(Sm2Error::Id)?;
        let mut hash = sm3::Sm3::new();
        hash.update(&bits.to_be_bytes());
        hash.update(id);
        hash.update(&CURVE);
        hash.update(&self.sec1[1..]);
        Ok(hash.finish())
    }

    /// e = SM3(ZA || M).
    ///
    /// # Errors
    /// [`Sm2Error::Id`].
    pub fn message_digest(&self, id: &[u8], message: &[u8]) -> Result<sm3::Digest, Sm2Error> {
        let mut hash = sm3::Sm3::new();
        hash.update(&self.z(id)?);
        hash.update(message);
        Ok(hash.finish())
    }

    /// Whether `signature` is of `message` by this key under the distinguishing `id`.
    pub fn verify(&self, id: &[u8], message: &[u8], signature: &Signature) -> bool {
        self.message_digest(id, message).is_ok_and(|e| self.verify_digest(&e, signature))
    }

    /// The same for e = SM3(ZA || M) already computed.
    pub fn verify_digest(&self, e: &sm3::Digest, signature: &Signature) -> bool {
        // the id only enters Z, which verify_prehash does not use
        let Ok(key) = dsa::VerifyingKey::new("", self.point) else { return false };
        let Ok(value) = dsa::Signature::from_scalars(*signature.r(), *signature.s()) else { return false };
        key.verify_prehash(e, &value).is_ok()
    }
}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "sm2::PublicKey({})", hex::encode(self.sec1))
    }
}

/// A private key d in 1..n-2 with its public key; wiped on drop.
pub struct PrivateKey {
    secret: SecretKey,
    public: PublicKey,
}

impl PrivateKey {
    /// From d, 32 octets big-endian.
    ///
    /// # Errors
    /// [`Sm2Error::PrivateKey`] outside 1..n-2 (n-1 has no (1+d)^-1).
    pub fn from_octets(octets: &Zeroizing<[u8; 32]>) -> Result<Self, Sm2Error> {
        let secret = SecretKey::from_slice(octets.as_slice()).map_err(|_| Sm2Error::PrivateKey)?;
        if (*secret.to_nonzero_scalar() + ::sm2::Scalar::ONE).is_zero().into() {
            return Err(Sm2Error::PrivateKey);
        }
        let public = PublicKey::from_sec1(secret.public_key().to_sec1_point(false).as_bytes())?;
        Ok(Self { secret, public })
    }

    /// The public key.
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Signs `message` under the distinguishing `id`. `randomness` is 32 fresh
    /// octets of the system's; key and message are mixed in as well (RFC 6979,
    /// 3.6), so that a repeated one does not repeat the nonce for another message.
    ///
    /// # Errors
    /// [`Sm2Error::Id`], [`Sm2Error::Sign`].
    pub fn sign(&self, id: &[u8], message: &[u8], randomness: &Zeroizing<[u8; 32]>) -> Result<Signature, Sm2Error> {
        self.sign_digest(&self.public.message_digest(id, message)?, randomness)
    }

    /// The same for e = SM3(ZA || M) already computed.
    ///
    /// # Errors
    /// [`Sm2Error::Sign`].
    pub fn sign_digest(&self, e: &sm3::Digest, randomness: &Zeroizing<[u8; 32]>) -> Result<Signature, Sm2Error> {
        let key = dsa::SigningKey::new("", &self.secret).map_err(|_| Sm2Error::Sign)?;
        let value = hedged(&key, e, randomness)?;
        Signature::from_numbers(value.r_bytes().into(), value.s_bytes().into()).map_err(|_| Sm2Error::Sign)
    }

    /// Opens a ciphertext `SEQUENCE { x, y, hash, cipher }` (GB/T 35276 7.2, order C1 C3 C2).
    ///
    /// # Errors
    /// [`Sm2Error::Decrypt`].
    pub fn decrypt_der(&self, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, Sm2Error> {
        let (c1, c3, c2) = split_ciphertext(ciphertext).ok_or(Sm2Error::Decrypt)?;
        let mut raw = Vec::with_capacity(97 + c2.len());
        raw.extend_from_slice(&c1);
        raw.extend_from_slice(c3);
        raw.extend_from_slice(c2);
        let key = pke::DecryptingKey::new_with_mode(self.secret.to_nonzero_scalar(), pke::Mode::C1C3C2);
        let opened = key.decrypt(&raw).map(Zeroizing::new).map_err(|_| Sm2Error::Decrypt);
        raw.zeroize();
        opened
    }
}

impl core::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PrivateKey(.., {:?})", self.public)
    }
}

/// a || b || xG || yG of sm2p256v1, as Z takes them.
const CURVE: [u8; 128] = {
    const HEX: &[u8; 256] = b"FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC\
28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93\
32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7\
BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0";
    const fn digit(c: u8) -> u8 {
        if c <= b'9' { c - b'0' } else { c - b'A' + 10 }
    }
    let mut out = [0; 128];
    let mut i = 0;
    while i < 128 {
        out[i] = digit(HEX[2 * i]) << 4 | digit(HEX[2 * i + 1]);
        i += 1;
    }
    out
};

/// Thirty-two octets given once, in the shape of a generator.
struct Fresh<'a>(&'a [u8; 32]);

impl dsa::signature::rand_core::TryRng for Fresh<'_> {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut octets = [0; 4];
        self.try_fill_bytes(&mut octets)?;
        Ok(u32::from_le_bytes(octets))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut octets = [0; 8];
        self.try_fill_bytes(&mut octets)?;
        Ok(u64::from_le_bytes(octets))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
        for (to, from) in out.iter_mut().zip(self.0.iter().cycle()) {
            *to = *from;
        }
        Ok(())
    }
}

impl dsa::signature::rand_core::TryCryptoRng for Fresh<'_> {}

fn hedged(key: &dsa::SigningKey, e: &sm3::Digest, randomness: &[u8; 32]) -> Result<dsa::Signature, Sm2Error> {
    use dsa::signature::hazmat::RandomizedPrehashSigner as _;
    key.sign_prehash_with_rng(&mut Fresh(randomness), e).map_err(|_| Sm2Error::Sign)
}

/// C1 as 04 || x || y, C3 and C2 of a DER ciphertext.
fn split_ciphertext(der: &[u8]) -> Option<([u8; 65], &[u8], &[u8])> {
    use crate::asn1::{Reader, Tag};
    let mut outer = Reader::new(der);
    let mut parts = outer.nested(Tag::SEQUENCE).ok()?;
    outer.finish().ok()?;
    let mut c1 = [4; 65];
    for half in c1[1..].chunks_mut(32) {
        let digits = parts.unsigned().ok()?;
        half.fill(0);
        let start = half.len().checked_sub(digits.len())?;
        half[start..].copy_from_slice(digits);
    }
    let c3 = parts.expect(Tag::OCTET_STRING).ok()?.content;
    let c2 = parts.expect(Tag::OCTET_STRING).ok()?.content;
    parts.finish().ok()?;
    (c3.len() == 32).then_some((c1, c3, c2))
}
