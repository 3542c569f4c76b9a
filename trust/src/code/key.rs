//! The keys that sign codes, and how a code names its own.

use crate::{
    base::Moment,
    sm::{sm2, sm3},
};
use core::fmt;

/// By what a code names the key that signed it: the first eight octets of the SM3 of
/// the key's point, 04 || x || y. It is a hint for finding the key, and proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 8]);

/// A key that somebody vouches for as one that signs codes, and in which period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeKey {
    id: KeyId,
    public: sm2::PublicKey,
    from: Moment,
    until: Option<Moment>,
}

/// Where the keys are that codes may be signed with: a list in a file, the services of
/// a trust list, a register. Looking must take bounded time, whatever the id.
pub trait CodeKeys {
    /// The key of this id, where there is one.
    fn find(&self, id: KeyId) -> Option<&CodeKey>;
}

impl KeyId {
    /// Of a key.
    pub fn of(key: &sm2::PublicKey) -> Self {
        let mut id = [0; 8];
        id.copy_from_slice(&sm3::digest(key.to_sec1())[..8]);
        Self(id)
    }
}

impl CodeKey {
    /// A key whose signatures count from `from` on, and before `until` where it ends.
    ///
    /// A key that was stolen is not given an end but left out altogether: its codes
    /// say themselves when they were signed.
    pub fn new(public: sm2::PublicKey, from: Moment, until: Option<Moment>) -> Self {
        Self { id: KeyId::of(&public), public, from, until }
    }

    /// Its id.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The key.
    pub const fn public(&self) -> &sm2::PublicKey {
        &self.public
    }

    /// From when on its signatures count, and before when where they end.
    pub const fn period(&self) -> (Moment, Option<Moment>) {
        (self.from, self.until)
    }

    /// Whether a signature of this instant counts.
    pub fn counts_at(&self, at: Moment) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

impl CodeKeys for [CodeKey] {
    fn find(&self, id: KeyId) -> Option<&CodeKey> {
        self.iter().find(|key| key.id == id)
    }
}

impl fmt::Display for KeyId {
    /// Sixteen hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}
