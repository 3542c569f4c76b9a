//! From a passphrase or PIN to keys: Argon2id (RFC 9106), then HMAC-SM3.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use yinxin_trust::sm::{sm3, sm4};
use zeroize::{Zeroize as _, Zeroizing};

/// Octets of a salt.
pub const SALT: usize = 16;

/// What a derivation costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes; they are computed one after the other.
    pub lanes: u32,
}

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StretchError {
    /// Parameters out of bounds.
    #[error("derivation out of bounds (8 KiB to 256 MiB, 1 to 10 passes, 1 to 4 lanes)")]
    Cost,
    /// The system gave too little memory.
    #[error("not enough memory to derive the key")]
    Memory,
}

impl Cost {
    /// RFC 9106, section 4, second recommendation, with one lane.
    pub const STANDARD: Self = Self { memory_kib: 64 << 10, passes: 3, lanes: 1 };

    /// Refuses what a hostile header may ask for, before any memory is taken.
    ///
    /// # Errors
    /// [`StretchError::Cost`].
    pub fn bounded(self) -> Result<Self, StretchError> {
        let fits = (8..=256 << 10).contains(&self.memory_kib)
            && (1..=10).contains(&self.passes)
            && (1..=4).contains(&self.lanes)
            // Argon2 wants 8 KiB a lane
            && self.memory_kib >= 8 * self.lanes;
        if fits { Ok(self) } else { Err(StretchError::Cost) }
    }
}

/// A stretched passphrase, with the salt and cost it was made with; wiped on drop.
pub struct Stretched {
    key: Zeroizing<[u8; 32]>,
    salt: [u8; SALT],
    cost: Cost,
}

impl Stretched {
    /// Derives from `secret`; the memory that takes is wiped afterwards.
    ///
    /// # Errors
    /// [`StretchError`].
    pub fn new(secret: &[u8], salt: [u8; SALT], cost: Cost) -> Result<Self, StretchError> {
        let cost = cost.bounded()?;
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(|_| StretchError::Cost)?;
        let mut memory: Zeroizing<Vec<Block>> = Zeroizing::new(Vec::new());
        memory.try_reserve_exact(params.block_count()).map_err(|_| StretchError::Memory)?;
        memory.resize(params.block_count(), Block::new());
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(secret, &salt, key.as_mut_slice(), memory.as_mut_slice())
            .map_err(|_| StretchError::Cost)?;
        Ok(Self { key, salt, cost })
    }

    /// From a key that needs no stretching: all its bits are random. The smallest
    /// cost stands for that in the files.
    pub const fn of_key(key: Zeroizing<[u8; 32]>, salt: [u8; SALT]) -> Self {
        Self { key, salt, cost: Cost { memory_kib: 8, passes: 1, lanes: 1 } }
    }

    /// The salt it was made with.
    pub const fn salt(&self) -> &[u8; SALT] {
        &self.salt
    }

    /// What it cost.
    pub const fn cost(&self) -> Cost {
        self.cost
    }

    /// A value of one purpose, which `label` names: for the open part of a file, to tell
    /// a wrong passphrase from an altered file by, or a key.
    pub fn mac(&self, label: &[u8]) -> sm3::Digest {
        sm3::hmac(self.key.as_slice(), label)
    }

    /// Whether `check` is [`Stretched::mac`], compared in constant time.
    pub fn checks(&self, label: &[u8], check: &sm3::Digest) -> bool {
        sm3::hmac_verify(self.key.as_slice(), label, check)
    }

    /// The SM4 key of one purpose: what makes it its own is in `label`, a prefix
    /// of fixed length for each format, and `parts`, of fixed lengths too.
    pub fn file_key(&self, label: &[u8], parts: &[&[u8]]) -> sm4::Key {
        let mut mac = sm3::hmac(self.key.as_slice(), &[&[label], parts].concat().concat());
        let mut octets = [0; 16];
        for (to, from) in octets.iter_mut().zip(&mac) {
            *to = *from;
        }
        let key = sm4::Key::new(octets);
        mac.zeroize();
        octets.zeroize();
        key
    }
}
