//! Electronic seals and stamps (电子印章, 电子签章) in their three generations.
//!
//! | version | standard | seal | stamp |
//! |---|---|---|---|
//! | V1 | GM/T 0031-2014 | `{ info, { cert, alg, value } }` | `{ tbs { …, cert, alg }, value }` |
//! | V4 | GB/T 38540-2020 | `{ info, cert, alg, value }` | `{ tbs, cert, alg, value, [0] time stamp }` |
//! | V5 | GM/T 0031-2025 | V4 with `[0] time stamp` | as V4 |
//!
//! # Verifying a stamp
//! The steps of GB/T 38540-2020 7.3 (GM/T 0031-2014 6.2.3, GM/T 0031-2025 7.3);
//! every step runs and is reported, whatever an earlier one said. The numbers
//! stand at the functions of [`crate::verify`] that do them:
//!
//! 1. format of stamp and seal — `signature.format`, `seal.format`
//! 2. signature value over the received octets of TBS_Sign — `signature.value`
//! 3. the signer's certificate is in the seal's list — `seal.signer_listed`
//! 4. the seal is valid (below) — `seal.*`
//! 5. the signer's certificate: path, revocation, key usage — `signer.path`,
//!    `signer.revocation`, `signer.key_usage`
//! 6. signing time against the certificate's period — `signature.time`, `signer.period`
//! 7. the digest of the original is dataHash — `signature.data_hash`
//! 8. time stamp, if there is one — `timestamp`
//!
//! # Verifying a seal
//! GB/T 38540-2020 6.3 (GM/T 0031-2014 6.1.2, GM/T 0031-2025 6.3):
//!
//! a. format — `seal.format` ·
//! b. the maker's value over the octets of [`Seal::signed_octets`] — `seal.value` ·
//! c. was the maker's certificate good at createDate — `seal.maker.period` ·
//! d. the maker's certificate: path, revocation — `seal.maker.path`, `seal.maker.revocation` ·
//! e. validStart <= T <= validEnd — `seal.period` ·
//! f. time stamp of a V5 seal — `timestamp`
//!
//! Parsing keeps every raw range; what genuine makers write against the
//! standard is read and noted as a [`Deviation`](crate::asn1::Deviation).

pub mod life;
pub mod make;
mod model;
mod parts;
mod sound;
mod wire_v1;
mod wire_v4;

pub use crate::verify::SealVersion;
pub use model::{Extension, Header, Picture, Property, Seal, SealFault, SignerEntry, Stamp, TimeInfo};

pub use sound::SoundSeal;

use crate::asn1::{Reader, Tag, check_definite};
use crate::base::Limits;

impl<'a> Seal<'a> {
    /// Reads a seal of any generation (step a). Nothing may follow it.
    ///
    /// # Errors
    /// [`SealFault`].
    pub fn parse(octets: &'a [u8]) -> Result<Self, SealFault> {
        check_definite(octets, Limits::default().der_depth)?;
        let seal = Reader::new(octets).expect(Tag::SEQUENCE)?;
        match count_items(octets)? {
            2 => wire_v1::seal(seal),
            4 | 5 => wire_v4::seal(seal),
            items => Err(SealFault::Layout { items }),
        }
    }
}

impl<'a> Stamp<'a> {
    /// Reads a stamp of any generation with the seal inside (step 1). Nothing may follow it.
    ///
    /// # Errors
    /// [`SealFault`].
    pub fn parse(octets: &'a [u8]) -> Result<Self, SealFault> {
        check_definite(octets, Limits::default().der_depth)?;
        let stamp = Reader::new(octets).expect(Tag::SEQUENCE)?;
        match count_items(octets)? {
            2 => wire_v1::stamp(stamp),
            4 | 5 => wire_v4::stamp(stamp),
            items => Err(SealFault::Layout { items }),
        }
    }
}

/// How many values the outermost SEQUENCE holds.
fn count_items(octets: &[u8]) -> Result<usize, SealFault> {
    let mut outer = Reader::new(octets);
    let mut items = outer.nested(Tag::SEQUENCE)?;
    outer.finish()?;
    let mut count = 0;
    while !items.is_empty() {
        items.any()?;
        count += 1;
    }
    Ok(count)
}
