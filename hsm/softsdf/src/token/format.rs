//! The octets of token and key files, written and read. Pure.
//!
//! # Key file, version 1
//!
//! 338 octets; numbers are big-endian.
//!
//! | offset | octets | what |
//! |---|---|---|
//! | 0 | 16 | `softsdf key file` |
//! | 16 | 2 | version: 1 |
//! | 18 | 1 | kind: 1 = key pairs, 2 = key-encryption key |
//! | 19 | 1 | of key pairs: bit 0 = one to sign with, bit 1 = one to encrypt to |
//! | 20 | 4 | index, from 1 |
//! | 24 | 65 | public key to sign with, 04 ‖ x ‖ y, or zeros |
//! | 89 | 65 | public key to encrypt to, or zeros |
//! | 154 | 12 | Argon2id memory in KiB, passes, lanes |
//! | 166 | 16 | Argon2id salt |
//! | 182 | 32 | PIN check |
//! | 214 | 12 | SM4-GCM nonce |
//! | 226 | 80 | both private keys (64) or SM4 key and 48 zeros, sealed, with the tag (16) |
//! | 306 | 32 | SM3 of octets 0 to 305 |
//!
//! With K = Argon2id v1.3 (PIN, salt, parameters): PIN check = HMAC-SM3(K, `softsdf 1: check`),
//! SM4 key = the first 16 octets of HMAC-SM3(K, `softsdf 1: key` ‖ kind ‖ index ‖ nonce), additional authenticated
//! data = octets 0 to 225.

use crate::token::Kind;
use yinxin_trust::sm::{
    sm2::{PrivateKey, PublicKey},
    sm3, sm4,
};
use yinxin_vault::stretch::{Cost, SALT, StretchError, Stretched};
use zeroize::{Zeroize as _, Zeroizing};

/// Octets of a key file.
pub(super) const LENGTH: usize = HEAD + SEALED + 32;

/// Octets of a token file.
pub(super) const TOKEN_LENGTH: usize = 16 + 2 + 16 + 1 + 32;

const HEAD: usize = 226;
const SEALED: usize = 80;
const MAGIC: &[u8; 16] = b"softsdf key file";
const TOKEN_MAGIC: &[u8; 16] = b"softsdf token 1\n";
const VERSION: u16 = 1;
const CHECK: &[u8] = b"softsdf 1: check";
const FILE: &[u8] = b"softsdf 1: key";

/// Use of a key pair: signing.
pub(crate) const SIGN: u8 = 1;
/// Use of a key pair: encryption.
pub(crate) const ENCRYPT: u8 = 2;

/// Why octets are no sound file of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FileFault {
    #[error("is cut off or too long: {found} octets where there should be {wanted}")]
    Length { found: usize, wanted: usize },
    #[error("is no such file: it begins otherwise")]
    Magic,
    #[error("has version {0}, which this device does not read")]
    Version(u16),
    #[error("is damaged: its sum is wrong")]
    Damaged,
    #[error("has an unknown {0}")]
    Unknown(&'static str),
    #[error("asks for a {0}")]
    Stretch(StretchError),
    #[error("is not opened by this PIN")]
    Pin,
    #[error("was altered: its header or sealed key is not what was written")]
    Altered,
}

/// What stands in the open about a key.
pub(crate) struct Header {
    pub(crate) kind: Kind,
    pub(crate) index: u32,
    pub(crate) signing: Option<PublicKey>,
    pub(crate) encryption: Option<PublicKey>,
}

/// A key file that has the right form; nothing in it is authenticated yet.
pub(crate) struct KeyFile {
    pub(crate) header: Header,
    cost: Cost,
    salt: [u8; SALT],
    check: sm3::Digest,
    nonce: [u8; 12],
    head: [u8; HEAD],
    sealed: [u8; SEALED],
    /// SM3 of it all: tells whether a file is still the one that was opened.
    pub(crate) sum: sm3::Digest,
}

/// What a key file seals.
pub(crate) enum Sealed {
    /// Key pairs under one index.
    Pairs {
        /// To sign with.
        signing: Option<Box<PrivateKey>>,
        /// To open what was encrypted to the index.
        encryption: Option<Box<PrivateKey>>,
    },
    /// A key-encryption key.
    Kek(sm4::Key),
}

/// The octets of a file that holds `secrets`: two private keys, or an SM4 key and zeros.
pub(super) fn seal(
    header: &Header,
    pin: &[u8],
    salt: [u8; SALT],
    nonce: &[u8; 12],
    secrets: &Zeroizing<[u8; 64]>,
) -> Result<Vec<u8>, FileFault> {
    let stretched = Stretched::new(pin, salt, Cost::STANDARD).map_err(FileFault::Stretch)?;
    let cost = stretched.cost();
    let mut out = Vec::with_capacity(LENGTH);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&VERSION.to_be_bytes());
    out.push(header.kind.number());
    out.push(header.uses());
    out.extend_from_slice(&header.index.to_be_bytes());
    for public in [&header.signing, &header.encryption] {
        out.extend_from_slice(public.as_ref().map_or(&[0; 65], |public| public.to_sec1()));
    }
    for number in [cost.memory_kib, cost.passes, cost.lanes] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    out.extend_from_slice(&salt);
    out.extend_from_slice(&stretched.mac(CHECK));
    out.extend_from_slice(nonce);
    let key = file_key(&stretched, header, nonce);
    out.extend_from_slice(&key.gcm_seal(nonce, &out, secrets.as_slice()).map_err(|_| FileFault::Altered)?);
    out.extend_from_slice(&sm3::digest(&out));
    Ok(out)
}

fn file_key(stretched: &Stretched, header: &Header, nonce: &[u8; 12]) -> sm4::Key {
    stretched.file_key(FILE, &[&[header.kind.number()], &header.index.to_be_bytes(), nonce])
}

impl Header {
    /// The octet at 19.
    pub(crate) fn uses(&self) -> u8 {
        let bit = |key: &Option<PublicKey>, bit| if key.is_some() { bit } else { 0 };
        bit(&self.signing, SIGN) | bit(&self.encryption, ENCRYPT)
    }
}

impl KeyFile {
    /// Reads the form and bounds the derivation; nothing costs more than a digest.
    pub(super) fn parse(octets: &[u8]) -> Result<Self, FileFault> {
        let length = FileFault::Length { found: octets.len(), wanted: LENGTH };
        let mut fields = Fields { rest: octets, length };
        if fields.take::<16>()? != *MAGIC {
            return Err(FileFault::Magic);
        }
        match u16::from_be_bytes(fields.take()?) {
            VERSION => {}
            other => return Err(FileFault::Version(other)),
        }
        if octets.len() != LENGTH {
            return Err(length);
        }
        let (body, sum) = octets.split_last_chunk::<32>().ok_or(length)?;
        if sm3::digest(body) != *sum {
            return Err(FileFault::Damaged);
        }
        let [kind, uses] = fields.take()?;
        let kind = Kind::of_number(kind).ok_or(FileFault::Unknown("kind"))?;
        let index = u32::from_be_bytes(fields.take()?);
        let signing = public(&fields.take()?, uses & SIGN != 0)?;
        let encryption = public(&fields.take()?, uses & ENCRYPT != 0)?;
        if uses & !(SIGN | ENCRYPT) != 0 || (kind == Kind::Kek) != (uses == 0) {
            return Err(FileFault::Unknown("set of uses"));
        }
        let cost = Cost {
            memory_kib: u32::from_be_bytes(fields.take()?),
            passes: u32::from_be_bytes(fields.take()?),
            lanes: u32::from_be_bytes(fields.take()?),
        };
        let cost = cost.bounded().map_err(FileFault::Stretch)?;
        let (salt, check, nonce, sealed) = (fields.take()?, fields.take()?, fields.take()?, fields.take()?);
        let header = Header { kind, index, signing, encryption };
        let head = *body.first_chunk().ok_or(length)?;
        Ok(Self { header, cost, salt, check, nonce, head, sealed, sum: *sum })
    }

    /// Authenticates the header and opens what is sealed.
    pub(super) fn open(&self, pin: &[u8]) -> Result<Sealed, FileFault> {
        let stretched = Stretched::new(pin, self.salt, self.cost).map_err(FileFault::Stretch)?;
        if !stretched.checks(CHECK, &self.check) {
            return Err(FileFault::Pin);
        }
        let key = file_key(&stretched, &self.header, &self.nonce);
        let opened = key.gcm_open(&self.nonce, &self.head, &self.sealed).map_err(|_| FileFault::Altered)?;
        let opened = Zeroizing::new(opened);
        let mut fields = Fields { rest: &opened, length: FileFault::Altered };
        if self.header.kind == Kind::Kek {
            let mut octets = fields.take::<16>()?;
            let key = sm4::Key::new(octets);
            octets.zeroize();
            return Ok(Sealed::Kek(key));
        }
        let signing = private(&Zeroizing::new(fields.take()?), self.header.signing.as_ref())?;
        let encryption = private(&Zeroizing::new(fields.take()?), self.header.encryption.as_ref())?;
        Ok(Sealed::Pairs { signing, encryption })
    }
}

/// A public key where there shall be one, zeros where not.
fn public(octets: &[u8; 65], wanted: bool) -> Result<Option<PublicKey>, FileFault> {
    let fault = FileFault::Unknown("form of public key");
    if wanted {
        return PublicKey::from_sec1(octets).map(Some).map_err(|_| fault);
    }
    if octets.iter().all(|octet| *octet == 0) { Ok(None) } else { Err(fault) }
}

/// The private key of `public`, where there is one.
fn private(octets: &Zeroizing<[u8; 32]>, public: Option<&PublicKey>) -> Result<Option<Box<PrivateKey>>, FileFault> {
    let Some(public) = public else { return Ok(None) };
    let private = PrivateKey::from_octets(octets).map_err(|_| FileFault::Altered)?;
    if private.public_key() == public { Ok(Some(Box::new(private))) } else { Err(FileFault::Altered) }
}

/// What the token file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TokenFile {
    /// Printable characters.
    pub(crate) serial: [u8; 16],
    /// Wrong PINs after which a key is locked.
    pub(crate) max_tries: u8,
}

impl TokenFile {
    pub(super) fn to_octets(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(TOKEN_LENGTH);
        out.extend_from_slice(TOKEN_MAGIC);
        out.extend_from_slice(&VERSION.to_be_bytes());
        out.extend_from_slice(&self.serial);
        out.push(self.max_tries);
        out.extend_from_slice(&sm3::digest(&out));
        out
    }

    pub(super) fn parse(octets: &[u8]) -> Result<Self, FileFault> {
        let length = FileFault::Length { found: octets.len(), wanted: TOKEN_LENGTH };
        let mut fields = Fields { rest: octets, length };
        if fields.take::<16>()? != *TOKEN_MAGIC {
            return Err(FileFault::Magic);
        }
        match u16::from_be_bytes(fields.take()?) {
            VERSION => {}
            other => return Err(FileFault::Version(other)),
        }
        let (serial, [max_tries], sum) = (fields.take()?, fields.take()?, fields.take::<32>()?);
        if !fields.rest.is_empty() {
            return Err(length);
        }
        match octets.split_last_chunk::<32>() {
            Some((body, _)) if sm3::digest(body) == sum => Ok(Self { serial, max_tries }),
            _ => Err(FileFault::Damaged),
        }
    }
}

/// Octets taken one field after the other.
struct Fields<'a> {
    rest: &'a [u8],
    length: FileFault,
}

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], FileFault> {
        let (field, rest) = self.rest.split_first_chunk().ok_or(self.length)?;
        self.rest = rest;
        Ok(*field)
    }
}

#[cfg(test)]
mod tests;
