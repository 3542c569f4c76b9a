//! SM2 signatures on sm2p256v1 (GB/T 32918.2, curve of GB/T 32918.5).
//!
//! Verification: B1 r in 1..n-1 · B2 s in 1..n-1 · B3 M~ = ZA || M ·
//! B4 e = SM3(M~) · B5 t = (r + s) mod n, t != 0 · B6 (x, y) = sG + tP ·
//! B7 accept iff (e + x) mod n = r. B1 and B2 are the type [`Signature`].
//!
//! Verification sees public data only and takes variable time; signing is
//! constant time. Both are in `core`, one file a subject. Keys that come back
//! get tables, see [`KeyCache`]; decryption is RustCrypto's.

use super::{
    Signature,
    core::{batch, cache, point::Affine, sign::Signer, tables, verify},
    sm3,
};
use ::sm2::{SecretKey, elliptic_curve::rand_core, pke};
use std::sync::OnceLock;
use zeroize::{Zeroize as _, Zeroizing};

pub use super::core::cache::{DEFAULT_LIMIT_OCTETS, HOT_AFTER, KeyCache, KeyCacheCounters, key_cache};

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
    /// Nothing to encrypt.
    #[error("sm2 encryption failed")]
    Encrypt,
}

/// What is encrypted to a public key: C1 = (x, y), C3 and C2 of GB/T 32918.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ciphertext {
    /// First coordinate of C1.
    pub x: [u8; 32],
    /// Second coordinate of C1.
    pub y: [u8; 32],
    /// C3, the digest.
    pub hash: sm3::Digest,
    /// C2, as long as the message.
    pub cipher: Vec<u8>,
}

/// A public key: a point on sm2p256v1 that is not the point at infinity.
#[derive(Clone)]
pub struct PublicKey {
    point: Affine,
    sec1: [u8; 65],
    /// Z under [`DEFAULT_ID`], once it was asked for.
    default_z: OnceLock<sm3::Digest>,
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.sec1 == other.sec1
    }
}

impl Eq for PublicKey {}

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
        let (mut x, mut y) = ([0; 32], [0; 32]);
        x.copy_from_slice(&sec1[1..33]);
        y.copy_from_slice(&sec1[33..]);
        let point = Affine::from_octets(&x, &y).ok_or(Sm2Error::PublicKey)?;
        Ok(Self { point, sec1, default_z: OnceLock::new() })
    }

    fn from_point(point: Affine) -> Self {
        let mut sec1 = [4; 65];
        sec1[1..].copy_from_slice(&point.to_octets());
        Self { point, sec1, default_z: OnceLock::new() }
    }

    /// x || y, by which the key cache knows the key.
    fn octets(&self) -> &[u8; 64] {
        let [_, octets @ ..] = &self.sec1;
        octets
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
        if id != DEFAULT_ID {
            return self.z_of(id);
        }
        if let Some(z) = self.default_z.get() {
            return Ok(*z);
        }
        let z = self.z_of(id)?;
        Ok(*self.default_z.get_or_init(|| z))
    }

    fn z_of(&self, id: &[u8]) -> Result<sm3::Digest, Sm2Error> {
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
        key_cache().verify(self.octets(), &self.point, e, signature.r(), signature.s())
    }

    /// Whether `signature` is plain ECDSA over the digest `e` on the SM2 curve: what a
    /// device makes that knows the curve and not the algorithm. That is no valid
    /// signature under any standard; this only tells why one did not verify.
    pub fn is_plain_ecdsa(&self, e: &sm3::Digest, signature: &Signature) -> bool {
        verify::is_ecdsa(e, signature.r(), signature.s(), &self.point)
    }

    /// Encrypts at least one octet to this key (GB/T 32918.4, 6.1). `randomness` is 32
    /// fresh octets of the system's, used once.
    ///
    /// # Errors
    /// [`Sm2Error::Encrypt`].
    pub fn encrypt(&self, message: &[u8], randomness: &Zeroizing<[u8; 32]>) -> Result<Ciphertext, Sm2Error> {
        let key = pke::EncryptingKey::from_sec1_bytes(&self.sec1).map_err(|_| Sm2Error::Encrypt)?;
        let raw = key.encrypt(&mut Stream { randomness, blocks: 0 }, message).map_err(|_| Sm2Error::Encrypt)?;
        let split = || {
            let (_, rest) = raw.split_first()?;
            let (x, rest) = rest.split_first_chunk()?;
            let (y, rest) = rest.split_first_chunk()?;
            let (hash, cipher) = rest.split_first_chunk()?;
            Some(Ciphertext { x: *x, y: *y, hash: *hash, cipher: cipher.to_vec() })
        };
        split().ok_or(Sm2Error::Encrypt)
    }

    /// Gives this key its large table now and for good: for anchors of the
    /// configuration and their signers. About 150 KiB each, 0.6 ms to build.
    pub fn pin(&self) {
        key_cache().pin(self.octets(), &self.point);
    }

    /// Undoes [`PublicKey::pin`].
    pub fn unpin(&self) {
        key_cache().unpin(self.octets());
    }
}

/// Octets that many messages to one key begin with, digested once: SM3 over ZA and them.
#[derive(Clone)]
pub struct Opening {
    key: PublicKey,
    octets: Box<[u8]>,
    begun: sm3::Sm3,
}

impl Opening {
    /// Under the distinguishing id of `id`.
    ///
    /// # Errors
    /// [`Sm2Error::Id`].
    pub fn new(key: &PublicKey, id: &[u8], octets: &[u8]) -> Result<Self, Sm2Error> {
        let mut begun = sm3::Sm3::new();
        begun.update(&key.z(id)?);
        begun.update(octets);
        Ok(Self { key: key.clone(), octets: octets.into(), begun })
    }

    /// e = SM3(ZA || M) for this key and a message that begins with these octets, which
    /// are compared; `None` for others.
    pub fn message_digest(&self, key: &PublicKey, message: &[u8]) -> Option<sm3::Digest> {
        let rest = message.strip_prefix(&*self.octets).filter(|_| self.key == *key)?;
        let mut hash = self.begun.clone();
        hash.update(rest);
        Some(hash.finish())
    }
}

impl core::fmt::Debug for Opening {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "sm2::Opening({:?}, {} octets)", self.key, self.octets.len())
    }
}

/// One signature of a batch, over e = SM3(ZA || M).
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// Who is said to have signed.
    pub key: &'a PublicKey,
    /// e = SM3(ZA || M).
    pub digest: &'a sm3::Digest,
    /// The signature.
    pub signature: &'a Signature,
}

/// Some signatures of a batch do not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} signatures of the batch do not hold", failed.len())]
pub struct BatchFault {
    /// Which ones: their indices, ascending, never empty.
    pub failed: Vec<usize>,
}

/// Verifies many signatures at once: each is decided exactly as
/// [`PublicKey::verify_digest`] decides it, only faster, above all with
/// AVX-512-IFMA. An empty batch holds.
///
/// # Errors
/// [`BatchFault`] names those that do not hold.
pub fn verify_batch(claims: &[Claim<'_>]) -> Result<(), BatchFault> {
    verify_batch_with(claims, key_cache())
}

/// [`verify_batch`] with a cache of the caller's own.
///
/// # Errors
/// [`BatchFault`] names those that do not hold.
pub fn verify_batch_with(claims: &[Claim<'_>], cache: &KeyCache) -> Result<(), BatchFault> {
    let claims: Vec<_> = claims
        .iter()
        .map(|claim| batch::Claim {
            octets: claim.key.octets(),
            point: &claim.key.point,
            e: claim.digest,
            r: claim.signature.r(),
            s: claim.signature.s(),
        })
        .collect();
    let holds = batch::verify(&claims, cache);
    let failed: Vec<usize> = holds.iter().enumerate().filter(|(_, holds)| !**holds).map(|(at, _)| at).collect();
    if failed.is_empty() { Ok(()) } else { Err(BatchFault { failed }) }
}

impl KeyCache {
    /// [`PublicKey::verify_digest`] with this cache instead of the process's.
    pub fn verify_digest(&self, key: &PublicKey, e: &sm3::Digest, signature: &Signature) -> bool {
        self.verify(key.octets(), &key.point, e, signature.r(), signature.s())
    }

    /// [`PublicKey::pin`] in this cache instead of the process's.
    pub fn pin_key(&self, key: &PublicKey) {
        self.pin(key.octets(), &key.point);
    }
}

/// Makes the generator's tables now rather than at the first use: a few
/// milliseconds and about 0.9 MB.
pub fn warm_up() {
    let _ = (tables::generator(), tables::signing(), cache::key_cache());
}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "sm2::PublicKey({})", hex::encode(self.sec1))
    }
}

/// A private key d in 1..n-2 with its public key and what signing can compute
/// beforehand; wiped on drop.
pub struct PrivateKey {
    octets: Zeroizing<[u8; 32]>,
    signer: Signer,
    public: PublicKey,
}

impl PrivateKey {
    /// From d, 32 octets big-endian.
    ///
    /// # Errors
    /// [`Sm2Error::PrivateKey`] outside 1..n-2 (n-1 has no (1+d)^-1).
    pub fn from_octets(octets: &Zeroizing<[u8; 32]>) -> Result<Self, Sm2Error> {
        let signer = Signer::new(octets).ok_or(Sm2Error::PrivateKey)?;
        let public = PublicKey::from_point(*signer.public());
        Ok(Self { octets: octets.clone(), signer, public })
    }

    /// The public key.
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Signs `message` under the distinguishing `id`. `randomness` is 32 fresh
    /// octets of the system's; key and message are mixed in as well (as RFC 6979,
    /// 3.6, proposes), so that a repeated one does not repeat the nonce for
    /// another message.
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
        let (r, s) = self.signer.sign(e, randomness).ok_or(Sm2Error::Sign)?;
        Signature::from_numbers(r, s).map_err(|_| Sm2Error::Sign)
    }

    /// Opens a ciphertext `SEQUENCE { x, y, hash, cipher }` (GB/T 35276 7.2, order C1 C3 C2).
    ///
    /// # Errors
    /// [`Sm2Error::Decrypt`].
    pub fn decrypt_der(&self, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, Sm2Error> {
        self.decrypt(&split_ciphertext(ciphertext).ok_or(Sm2Error::Decrypt)?)
    }

    /// Opens a ciphertext (GB/T 32918.4, 7.1).
    ///
    /// # Errors
    /// [`Sm2Error::Decrypt`].
    pub fn decrypt(&self, ciphertext: &Ciphertext) -> Result<Zeroizing<Vec<u8>>, Sm2Error> {
        let Ciphertext { x, y, hash, cipher } = ciphertext;
        let mut raw = [&[4], x.as_slice(), y, hash, cipher].concat();
        let secret = SecretKey::from_slice(self.octets.as_slice()).map_err(|_| Sm2Error::Decrypt)?;
        let key = pke::DecryptingKey::new_with_mode(secret.to_nonzero_scalar(), pke::Mode::C1C3C2);
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

/// The parts of a DER ciphertext.
fn split_ciphertext(der: &[u8]) -> Option<Ciphertext> {
    use crate::asn1::{Reader, Tag};
    let mut outer = Reader::new(der);
    let mut parts = outer.nested(Tag::SEQUENCE).ok()?;
    outer.finish().ok()?;
    let (mut x, mut y) = ([0; 32], [0; 32]);
    for half in [&mut x, &mut y] {
        let digits = parts.unsigned().ok()?;
        let start = half.len().checked_sub(digits.len())?;
        half[start..].copy_from_slice(digits);
    }
    let hash = parts.expect(Tag::OCTET_STRING).ok()?.content.try_into().ok()?;
    let cipher = parts.expect(Tag::OCTET_STRING).ok()?.content.to_vec();
    parts.finish().ok()?;
    Some(Ciphertext { x, y, hash, cipher })
}

/// What a random source gives to the encryption, which wants one: HMAC-SM3 of a counter
/// under randomness of the caller's, who has the only source.
struct Stream<'a> {
    randomness: &'a Zeroizing<[u8; 32]>,
    blocks: u64,
}

impl rand_core::TryRng for Stream<'_> {
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

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Self::Error> {
        for piece in octets.chunks_mut(32) {
            let mut block = sm3::hmac(self.randomness.as_slice(), &self.blocks.to_be_bytes());
            self.blocks += 1;
            piece.copy_from_slice(&block[..piece.len()]);
            block.zeroize();
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Stream<'_> {}
