//! A passphrase stretched for key files and the key book: the labels of their formats.

use crate::{KeyId, passphrase::Passphrase};
use yinxin_trust::sm::{sm3, sm4};
use yinxin_vault::stretch;
use zeroize::Zeroizing;

pub(crate) use yinxin_vault::stretch::{Cost, SALT, StretchError};

const CHECK: &[u8] = b"yinxin soft key 1: check";
const FILE: &[u8] = b"yinxin soft key 1: file";
const BOOK: &[u8] = b"yinxin key book 1: mac";

/// A passphrase's stretched form, with the salt and cost it was made with; wiped on drop.
pub(crate) struct Stretched(stretch::Stretched);

impl Stretched {
    /// Derives. `cost` is bounded; its memory is wiped afterwards.
    pub(crate) fn new(passphrase: &Passphrase, salt: [u8; SALT], cost: Cost) -> Result<Self, StretchError> {
        stretch::Stretched::new(passphrase.expose(), salt, cost).map(Self)
    }

    /// From a key that needs no stretching: all its bits are random. The smallest
    /// cost stands for that in the files.
    pub(crate) const fn of_key(key: Zeroizing<[u8; 32]>, salt: [u8; SALT]) -> Self {
        Self(stretch::Stretched::of_key(key, salt))
    }

    pub(crate) const fn salt(&self) -> &[u8; SALT] {
        self.0.salt()
    }

    pub(crate) const fn cost(&self) -> Cost {
        self.0.cost()
    }

    /// What tells a wrong passphrase from an altered file.
    pub(crate) fn check(&self) -> sm3::Digest {
        self.0.mac(CHECK)
    }

    /// Whether `check` is [`Stretched::check`], compared in constant time.
    pub(crate) fn checks(&self, check: &sm3::Digest) -> bool {
        self.0.checks(CHECK, check)
    }

    /// The key that authenticates a key book.
    pub(crate) fn book_key(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.mac(BOOK))
    }

    /// The key of one file.
    pub(crate) fn file_key(&self, id: KeyId, nonce: &[u8; 12]) -> sm4::Key {
        self.0.file_key(FILE, &[&id.0, nonce])
    }
}
