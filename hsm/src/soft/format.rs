//! Key files: the octets of [`super`]'s table, written and read. Pure.

use super::material::{Material, Secret};
use crate::{
    KeyAlgorithm, KeyDescription, KeyId, KeyOrder, KeyReference, Limits, Purpose, Use,
    octets::{Malformed, Put, Take},
    stretch::{Cost, SALT, Stretched},
};
use yinxin_trust::{
    base::Moment,
    sm::{sm2, sm3},
    suite::PublicKey,
};
use zeroize::Zeroizing;

/// Octets of a key file, by version.
pub(super) const LENGTH_1: usize = HEAD_1 + SEALED + 32;
pub(super) const LENGTH: usize = HEAD + SEALED + 32;

/// Octets before what is sealed, by version: the additional authenticated data.
const HEAD_1: usize = 175;
const HEAD: usize = HEAD_1 + 25;
const SEALED: usize = 48;

const MAGIC: &[u8; 16] = b"yinxin soft key\n";
const VERSION_1: u16 = 1;
const VERSION: u16 = 2;
const ACTIVE: u8 = 1;

/// Octets of the field that holds the public key.
const PUBLIC: usize = 65;

/// Why octets are no sound key file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileFault {
    /// Not of the length that its version has.
    #[error("key file is cut off or too long: {found} octets where there should be {LENGTH_1} (version 1) or {LENGTH}")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// Does not begin as key files do.
    #[error("not a key file")]
    Magic,
    /// Of a version that this program does not read.
    #[error("key file version {0} is not known; this program reads versions {VERSION_1} and {VERSION}")]
    Version(u16),
    /// The sum at the end is wrong.
    #[error("key file is damaged: its sum is wrong")]
    Damaged,
    /// A value that the version does not have.
    #[error("key file has an unknown {0}")]
    Unknown(&'static str),
    /// Derivation parameters out of bounds.
    #[error("key file asks for a derivation out of bounds (8 KiB to 256 MiB, 1 to 10 passes, 1 to 4 lanes)")]
    Cost,
    /// The passphrase, or the salt it was stretched with, is another.
    #[error("the passphrase does not open this key file")]
    Passphrase,
    /// The passphrase is right, yet header or sealed key were changed.
    #[error("key file was altered: its header or sealed key is not what was written")]
    Altered,
    /// What would be written cannot be sealed.
    #[error("key cannot be sealed")]
    Seal,
}

/// What stands in the open about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) algorithm: KeyAlgorithm,
    pub(super) purpose: Purpose,
    pub(super) id: KeyId,
    pub(super) created: Moment,
    pub(super) public: Option<PublicKey>,
    pub(super) limits: Limits,
    /// Fresh for every file.
    pub(super) nonce: [u8; 12],
}

impl Header {
    /// The key as the file has it; state and count are the book's.
    pub(super) fn describe(&self) -> KeyDescription {
        let order = KeyOrder::new(self.algorithm, self.purpose).limited(self.limits);
        KeyDescription::ordered(KeyReference::Soft(self.id), &order, self.public.clone(), Some(self.created))
    }
}

/// A key file that has the right form; nothing in it is authenticated yet.
pub(super) struct KeyFile {
    pub(super) header: Header,
    pub(super) version: u16,
    pub(super) salt: [u8; SALT],
    pub(super) cost: Cost,
    check: sm3::Digest,
    head: Box<[u8]>,
    sealed: [u8; SEALED],
}

/// The octets of a file that holds `secret`.
pub(super) fn seal(header: &Header, stretched: &Stretched, secret: &Secret) -> Result<Vec<u8>, FileFault> {
    let cost = stretched.cost();
    let mut out = Put::default();
    out.octets(MAGIC).u16(VERSION);
    out.u8(header.algorithm.number()).u8(header.purpose.number()).u8(use_bits(header.algorithm)).u8(ACTIVE);
    out.octets(&header.id.0).moment(header.created).octets(&public_field(header.public.as_ref())?);
    out.u32(cost.memory_kib).u32(cost.passes).u32(cost.lanes).octets(stretched.salt()).octets(&stretched.check());
    put_limits(&mut out, &header.limits);
    out.octets(&header.nonce);
    let key = stretched.file_key(header.id, &header.nonce);
    let sealed = key.gcm_seal(&header.nonce, &out.0, secret.as_slice()).map_err(|_| FileFault::Seal)?;
    out.octets(&sealed);
    let sum = sm3::digest(&out.0);
    out.octets(&sum);
    Ok(out.0)
}

impl KeyFile {
    /// Reads the form and bounds the derivation; nothing costs more than a digest.
    pub(super) fn parse(octets: &[u8]) -> Result<Self, FileFault> {
        let length = FileFault::Length { found: octets.len() };
        let (magic, rest) = octets.split_first_chunk::<16>().ok_or(length)?;
        if magic != MAGIC {
            return Err(FileFault::Magic);
        }
        let version = u16::from_be_bytes(*rest.first_chunk().ok_or(length)?);
        let (whole, head_length) = match version {
            VERSION_1 => (LENGTH_1, HEAD_1),
            VERSION => (LENGTH, HEAD),
            other => return Err(FileFault::Version(other)),
        };
        if octets.len() != whole {
            return Err(length);
        }
        let (body, sum) = octets.split_last_chunk::<32>().ok_or(length)?;
        if sm3::digest(body) != *sum {
            return Err(FileFault::Damaged);
        }
        let (head, sealed) = body.split_at_checked(head_length).ok_or(length)?;
        let mut fields = Take(head.get(18..).ok_or(length)?);
        let short = |Malformed| length;
        let algorithm = known(KeyAlgorithm::from_number(fields.u8().map_err(short)?), "algorithm")?;
        // version 1 knew one algorithm
        let algorithm =
            known(Some(algorithm).filter(|a| version != VERSION_1 || *a == KeyAlgorithm::Sm2Sm3), "algorithm")?;
        let purpose = known(Purpose::from_number(fields.u8().map_err(short)?), "purpose")?;
        known(Some(fields.u8().map_err(short)?).filter(|bits| *bits == use_bits(algorithm)), "set of uses")?;
        known(Some(fields.u8().map_err(short)?).filter(|state| *state == ACTIVE), "state")?;
        let id = KeyId(fields.array().map_err(short)?);
        let created = fields.moment().map_err(|_| FileFault::Unknown("time of creation"))?;
        let public = public_key(algorithm, &fields.array().map_err(short)?)?;
        let cost = Cost {
            memory_kib: fields.u32().map_err(short)?,
            passes: fields.u32().map_err(short)?,
            lanes: fields.u32().map_err(short)?,
        }
        .bounded()
        .map_err(|_| FileFault::Cost)?;
        let (salt, check) = (fields.array().map_err(short)?, fields.array().map_err(short)?);
        let limits = if version == VERSION_1 { Limits::default() } else { limits(&mut fields)? };
        let nonce = fields.array().map_err(short)?;
        let header = Header { algorithm, purpose, id, created, public, limits, nonce };
        let sealed = sealed.try_into().map_err(|_| length)?;
        Ok(Self { header, version, salt, cost, check, head: head.into(), sealed })
    }

    /// Authenticates the header and opens the secret. `stretched` is of this
    /// file's salt and cost.
    pub(super) fn open(&self, stretched: &Stretched) -> Result<Material, FileFault> {
        let (header, secret) = (&self.header, self.secret(stretched)?);
        Material::new(header.algorithm, &secret, header.public.as_ref()).map_err(|_| FileFault::Altered)
    }

    /// The octets of a file that holds the same key, sealed under `to` instead of `from`.
    pub(super) fn reseal(&self, from: &Stretched, to: &Stretched, nonce: [u8; 12]) -> Result<Vec<u8>, FileFault> {
        let secret = self.secret(from)?;
        // what does not open as a key is not carried on
        Material::new(self.header.algorithm, &secret, self.header.public.as_ref()).map_err(|_| FileFault::Altered)?;
        seal(&Header { nonce, ..self.header.clone() }, to, &secret)
    }

    fn secret(&self, stretched: &Stretched) -> Result<Secret, FileFault> {
        if !stretched.checks(&self.check) {
            return Err(FileFault::Passphrase);
        }
        let nonce = &self.header.nonce;
        let key = stretched.file_key(self.header.id, nonce);
        let opened = Zeroizing::new(key.gcm_open(nonce, &self.head, &self.sealed).map_err(|_| FileFault::Altered)?);
        let mut secret = Secret::default();
        if opened.len() != secret.len() {
            return Err(FileFault::Altered);
        }
        secret.copy_from_slice(&opened);
        Ok(secret)
    }
}

fn known<T>(value: Option<T>, name: &'static str) -> Result<T, FileFault> {
    value.ok_or(FileFault::Unknown(name))
}

/// Bit 0 signs, bit 1 wraps.
fn use_bits(algorithm: KeyAlgorithm) -> u8 {
    if algorithm.uses().contains(&Use::Wrap) { 2 } else { 1 }
}

fn public_field(key: Option<&PublicKey>) -> Result<[u8; PUBLIC], FileFault> {
    let octets: &[u8] = match key {
        None => &[],
        Some(PublicKey::Sm2(key)) => key.to_sec1(),
        Some(PublicKey::P256(octets) | PublicKey::Ed25519(octets)) => octets,
        Some(PublicKey::Rsa(_)) => return Err(FileFault::Seal),
    };
    let mut field = [0; PUBLIC];
    field.get_mut(..octets.len()).ok_or(FileFault::Seal)?.copy_from_slice(octets);
    Ok(field)
}

fn public_key(algorithm: KeyAlgorithm, field: &[u8; PUBLIC]) -> Result<Option<PublicKey>, FileFault> {
    let fault = FileFault::Unknown("form of public key");
    let front = |length: usize| {
        let (key, rest) = field.split_at_checked(length).ok_or(fault)?;
        if rest.iter().all(|octet| *octet == 0) { Ok(key) } else { Err(fault) }
    };
    Ok(Some(match algorithm {
        KeyAlgorithm::Sm2Sm3 => PublicKey::Sm2(sm2::PublicKey::from_sec1(field).map_err(|_| fault)?),
        KeyAlgorithm::EcdsaP256Sha256 => PublicKey::P256(front(PUBLIC)?.into()),
        KeyAlgorithm::Ed25519 => PublicKey::Ed25519(front(32)?.into()),
        KeyAlgorithm::Sm4Gcm => {
            front(0)?;
            return Ok(None);
        }
        KeyAlgorithm::RsaPkcs1Sha256(_) | KeyAlgorithm::RsaPssSha256(_) => {
            return Err(FileFault::Unknown("algorithm"));
        }
    }))
}

/// 25 octets: which limits there are, then the three of them, zero where there is none.
fn put_limits(out: &mut Put, limits: &Limits) {
    let values = limit_values(limits);
    let flags =
        values.iter().zip([1, 2, 4]).fold(0, |bits, (value, bit)| if value.is_some() { bits | bit } else { bits });
    out.u8(flags);
    for value in values {
        out.octets(&value.unwrap_or_default());
    }
}

fn limit_values(limits: &Limits) -> [Option<[u8; 8]>; 3] {
    let moment = |at: Option<Moment>| at.map(|at| at.unix_milliseconds().to_be_bytes());
    [moment(limits.not_before), moment(limits.not_after), limits.most_uses.map(u64::to_be_bytes)]
}

fn limits(fields: &mut Take<'_>) -> Result<Limits, FileFault> {
    let fault = FileFault::Unknown("limit");
    let flags = fields.u8().map_err(|_| fault)?;
    let values: [[u8; 8]; 3] =
        [fields.array().map_err(|_| fault)?, fields.array().map_err(|_| fault)?, fields.array().map_err(|_| fault)?];
    let [not_before, not_after, most_uses] = values;
    let moment = |bit: u8, octets: [u8; 8]| {
        (flags & bit != 0)
            .then(|| Moment::from_unix_milliseconds(i64::from_be_bytes(octets)))
            .transpose()
            .map_err(|_| fault)
    };
    let limits = Limits {
        not_before: moment(1, not_before)?,
        not_after: moment(2, not_after)?,
        most_uses: (flags & 4 != 0).then(|| u64::from_be_bytes(most_uses)),
    };
    // one form: no other bit, nothing where there is no limit
    if flags > 7 || limit_values(&limits).map(Option::unwrap_or_default) != values { Err(fault) } else { Ok(limits) }
}

#[cfg(test)]
mod tests;
