//! From a passphrase to keys: Argon2id (RFC 9106), then HMAC-SM3.

use crate::{KeyId, passphrase::Passphrase};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use yinxin_trust::sm::{sm3, sm4};
use zeroize::{Zeroize as _, Zeroizing};

/// Octets of a salt.
pub(crate) const SALT: usize = 16;

const CHECK: &[u8] = b"yinxin soft key 1: check";
const FILE: &[u8] = b"yinxin soft key 1: file";
const BOOK: &[u8] = b"yinxin key book 1: mac";

/// What a derivation costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Memory in KiB.
    pub(crate) memory_kib: u32,
    /// Passes over it.
    pub(crate) passes: u32,
    /// Lanes; they are computed one after the other.
    pub(crate) lanes: u32,
}

/// The derivation could not be made: out of bounds, or out of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotStretched;

impl Cost {
    /// RFC 9106, section 4, second recommendation, with one lane.
    pub(crate) const STANDARD: Self = Self { memory_kib: 64 << 10, passes: 3, lanes: 1 };

    /// Refuses what a hostile header may ask for.
    pub(crate) fn bounded(self) -> Result<Self, NotStretched> {
        let fits = (8..=256 << 10).contains(&self.memory_kib)
            && (1..=10).contains(&self.passes)
            && (1..=4).contains(&self.lanes)
            // Argon2 wants 8 KiB a lane
            && self.memory_kib >= 8 * self.lanes;
        if fits { Ok(self) } else { Err(NotStretched) }
    }
}

/// A passphrase's stretched form, with the salt and cost it was made with; wiped on drop.
pub(crate) struct Stretched {
    key: Zeroizing<[u8; 32]>,
    salt: [u8; SALT],
    cost: Cost,
}

impl Stretched {
    /// Derives. `cost` is bounded; its memory is wiped afterwards.
    pub(crate) fn new(passphrase: &Passphrase, salt: [u8; SALT], cost: Cost) -> Result<Self, NotStretched> {
        let cost = cost.bounded()?;
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(|_| NotStretched)?;
        let mut memory: Zeroizing<Vec<Block>> = Zeroizing::new(Vec::new());
        memory.try_reserve_exact(params.block_count()).map_err(|_| NotStretched)?;
        memory.resize(params.block_count(), Block::new());
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(passphrase.expose(), &salt, key.as_mut_slice(), memory.as_mut_slice())
            .map_err(|_| NotStretched)?;
        Ok(Self { key, salt, cost })
    }

    pub(crate) const fn salt(&self) -> &[u8; SALT] {
        &self.salt
    }

    pub(crate) const fn cost(&self) -> Cost {
        self.cost
    }

    /// What tells a wrong passphrase from an altered file.
    pub(crate) fn check(&self) -> sm3::Digest {
        sm3::hmac(self.key.as_slice(), CHECK)
    }

    /// Whether `check` is [`Stretched::check`], compared in constant time.
    pub(crate) fn checks(&self, check: &sm3::Digest) -> bool {
        sm3::hmac_verify(self.key.as_slice(), CHECK, check)
    }

    /// The key that authenticates a key book.
    pub(crate) fn book_key(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(sm3::hmac(self.key.as_slice(), BOOK))
    }

    /// The key of one file.
    pub(crate) fn file_key(&self, id: KeyId, nonce: &[u8; 12]) -> sm4::Key {
        let mut mac = sm3::hmac(self.key.as_slice(), &[FILE, id.0.as_slice(), nonce.as_slice()].concat());
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
