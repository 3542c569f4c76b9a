//! Key files: the octets of [`super`]'s table, written and read. Pure.

use super::stretch::{Cost, SALT, Stretched};
use crate::{KeyId, Purpose};
use yinxin_trust::{
    base::Moment,
    sm::{
        sm2::{PrivateKey, PublicKey},
        sm3,
    },
};
use zeroize::Zeroizing;

/// Octets of a key file.
pub(super) const LENGTH: usize = HEAD + SEALED + 32;

/// Octets before what is sealed: the additional authenticated data.
const HEAD: usize = 175;
const SEALED: usize = 48;

const MAGIC: &[u8; 16] = b"yinxin soft key\n";
const VERSION: u16 = 1;
const SM2_SM3: u8 = 1;
const USE_SIGN: u8 = 1;
const ACTIVE: u8 = 1;

/// Why octets are no sound key file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileFault {
    /// Not of the length that its version has.
    #[error("key file is cut off or too long: {found} octets where there should be {LENGTH}")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// Does not begin as key files do.
    #[error("not a key file")]
    Magic,
    /// Of a version that this program does not read.
    #[error("key file version {0} is not known; this program reads version {VERSION}")]
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
    pub(super) purpose: Purpose,
    pub(super) id: KeyId,
    pub(super) created: Moment,
    pub(super) public: PublicKey,
    /// Fresh for every file.
    pub(super) nonce: [u8; 12],
}

/// A key file that has the right form; nothing in it is authenticated yet.
pub(super) struct KeyFile {
    pub(super) header: Header,
    pub(super) salt: [u8; SALT],
    pub(super) cost: Cost,
    check: sm3::Digest,
    head: [u8; HEAD],
    sealed: [u8; SEALED],
}

/// The octets of a file that holds `secret`.
pub(super) fn seal(header: &Header, stretched: &Stretched, secret: &Zeroizing<[u8; 32]>) -> Result<Vec<u8>, FileFault> {
    let cost = stretched.cost();
    let mut out = Vec::with_capacity(LENGTH);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&VERSION.to_be_bytes());
    out.extend_from_slice(&[SM2_SM3, purpose_number(header.purpose), USE_SIGN, ACTIVE]);
    out.extend_from_slice(&header.id.0);
    out.extend_from_slice(&header.created.unix_milliseconds().to_be_bytes());
    out.extend_from_slice(header.public.to_sec1());
    for number in [cost.memory_kib, cost.passes, cost.lanes] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    out.extend_from_slice(stretched.salt());
    out.extend_from_slice(&stretched.check());
    out.extend_from_slice(&header.nonce);
    let key = stretched.file_key(header.id, &header.nonce);
    let sealed = key.gcm_seal(&header.nonce, &out, secret.as_slice()).map_err(|_| FileFault::Seal)?;
    out.extend_from_slice(&sealed);
    out.extend_from_slice(&sm3::digest(&out));
    Ok(out)
}

impl KeyFile {
    /// Reads the form and bounds the derivation; nothing costs more than a digest.
    pub(super) fn parse(octets: &[u8]) -> Result<Self, FileFault> {
        let length = FileFault::Length { found: octets.len() };
        let (magic, rest) = octets.split_first_chunk::<16>().ok_or(length)?;
        if magic != MAGIC {
            return Err(FileFault::Magic);
        }
        match u16::from_be_bytes(*rest.first_chunk().ok_or(length)?) {
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
        let (head, sealed) = body.split_first_chunk::<HEAD>().ok_or(length)?;
        let mut fields = Fields { rest: head.get(18..).ok_or(length)?, length };
        let [algorithm, purpose, uses, state] = fields.take()?;
        for (found, known, name) in
            [(algorithm, SM2_SM3, "algorithm"), (uses, USE_SIGN, "set of uses"), (state, ACTIVE, "state")]
        {
            if found != known {
                return Err(FileFault::Unknown(name));
            }
        }
        let purpose = Purpose::ALL.into_iter().find(|p| purpose_number(*p) == purpose);
        let purpose = purpose.ok_or(FileFault::Unknown("purpose"))?;
        let id = KeyId(fields.take()?);
        let created = Moment::from_unix_milliseconds(i64::from_be_bytes(fields.take()?))
            .map_err(|_| FileFault::Unknown("time of creation"))?;
        let public =
            PublicKey::from_sec1(&fields.take::<65>()?).map_err(|_| FileFault::Unknown("form of public key"))?;
        let cost = Cost {
            memory_kib: u32::from_be_bytes(fields.take()?),
            passes: u32::from_be_bytes(fields.take()?),
            lanes: u32::from_be_bytes(fields.take()?),
        }
        .bounded()?;
        let (salt, check, nonce) = (fields.take()?, fields.take()?, fields.take()?);
        Ok(Self {
            header: Header { purpose, id, created, public, nonce },
            salt,
            cost,
            check,
            head: *head,
            sealed: sealed.try_into().map_err(|_| length)?,
        })
    }

    /// Authenticates the header and opens the private key. `stretched` is of this
    /// file's salt and cost.
    pub(super) fn open(&self, stretched: &Stretched) -> Result<PrivateKey, FileFault> {
        if !stretched.checks(&self.check) {
            return Err(FileFault::Passphrase);
        }
        let nonce = &self.header.nonce;
        let key = stretched.file_key(self.header.id, nonce);
        let opened = Zeroizing::new(key.gcm_open(nonce, &self.head, &self.sealed).map_err(|_| FileFault::Altered)?);
        let mut secret = Zeroizing::new([0; 32]);
        if opened.len() != secret.len() {
            return Err(FileFault::Altered);
        }
        secret.copy_from_slice(&opened);
        let private = PrivateKey::from_octets(&secret).map_err(|_| FileFault::Altered)?;
        if *private.public_key() == self.header.public { Ok(private) } else { Err(FileFault::Altered) }
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

const fn purpose_number(purpose: Purpose) -> u8 {
    match purpose {
        Purpose::Ca => 1,
        Purpose::SealMaker => 2,
        Purpose::Stamper => 3,
        Purpose::Receipts => 4,
        Purpose::Data => 5,
    }
}

#[cfg(test)]
mod tests;
