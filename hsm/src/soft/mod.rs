//! The software store: a folder of encrypted key files, used in this process.
//!
//! The folder has mode 0700, its files 0600, and one process has it open. Every
//! file is read, authenticated and opened when the store is: a wrong passphrase
//! or an altered file shows then, not at the first signature. The
//! private keys stay in memory, wiped on drop; signing touches no file.
//!
//! | name in the folder | what |
//! |---|---|
//! | `<16 hexadecimal digits>.key` | one key, [as below](#key-file-version-1) |
//! | `lock` | held while a process has the store open |
//! | `.<name>.new` | left by a crash while a key was made; removed at the next opening |
//!
//! # Key file, version 1
//!
//! 255 octets; numbers are big-endian.
//!
//! | offset | octets | what |
//! |---|---|---|
//! | 0 | 16 | `yinxin soft key` and a line feed |
//! | 16 | 2 | version: 1 |
//! | 18 | 1 | algorithm: 1 = SM2 with SM3 |
//! | 19 | 1 | purpose: 1 CA, 2 seal maker, 3 stamper, 4 receipts, 5 data |
//! | 20 | 1 | uses: bit 0 = sign |
//! | 21 | 1 | state: 1 = active |
//! | 22 | 8 | key id, the digits of the file's name |
//! | 30 | 8 | time of creation, milliseconds since 1970-01-01T00:00:00Z, signed |
//! | 38 | 65 | public key 04 ‖ x ‖ y |
//! | 103 | 4 | Argon2id memory, KiB |
//! | 107 | 4 | Argon2id passes |
//! | 111 | 4 | Argon2id lanes |
//! | 115 | 16 | Argon2id salt |
//! | 131 | 32 | passphrase check |
//! | 163 | 12 | SM4-GCM nonce |
//! | 175 | 48 | private key d (32) sealed, with the tag (16) |
//! | 223 | 32 | SM3 of octets 0 to 222 |
//!
//! With K = Argon2id v1.3 (passphrase, salt, parameters), 32 octets:
//!
//! - passphrase check = HMAC-SM3(K, `yinxin soft key 1: check`);
//! - SM4 key = the first 16 octets of HMAC-SM3(K, `yinxin soft key 1: file` ‖ id ‖ nonce):
//!   every file has its own, though the files of one store share a salt so that opening the
//!   store costs one derivation;
//! - additional authenticated data = octets 0 to 174, everything before what is sealed.
//!
//! The SM3 at the end tells damage from malice: a file whose sum is wrong was
//! damaged; one whose sum is right but whose tag is wrong was altered on purpose.
//! Parameters outside 8 KiB to 256 MiB, 1 to 10 passes, 1 to 4 lanes are refused
//! before any memory is taken.

mod format;
mod stretch;

use crate::{
    KeyAlgorithm, KeyDescription, KeyError, KeyId, KeyOrder, KeyReference, KeyState, SignRequest, SignatureValue,
    Signer, ToSign, Use,
    custody::KeyStore,
    passphrase::Passphrase,
    place::{Folder, PlaceError, WRITE, WriteStep},
    random,
};
use core::fmt;
pub use format::FileFault;
use format::{Header, KeyFile};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};
use stretch::{Cost, Stretched};
use yinxin_trust::{
    base::Moment,
    sm::sm2::{self, PrivateKey},
    suite::PublicKey,
};

/// Most keys of one store.
pub const MOST_KEYS: usize = 4096;

/// Most salts among the files of one store: each costs a derivation when it is opened.
pub const MOST_SALTS: usize = 16;

/// Ending of the names of key files.
const ENDING: &str = ".key";

/// Why the store was not opened, or a key not kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SoftError {
    /// The folder or a file was refused, or the system failed.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The passphrase is not the one the file was sealed with.
    #[error("{0}: the passphrase does not open this key file")]
    WrongPassphrase(PathBuf),
    /// The file is no sound key file.
    #[error("{path}: {fault}")]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        fault: FileFault,
    },
    /// The file's name is not that of the key in it.
    #[error("{path}: the name is not that of a key file, 16 hexadecimal digits and .key, or not that of the key in it")]
    Name {
        /// Which.
        path: PathBuf,
    },
    /// More than [`MOST_KEYS`].
    #[error("{0}: more than {MOST_KEYS} keys")]
    Full(PathBuf),
    /// More than [`MOST_SALTS`].
    #[error("{0}: key files from more than {MOST_SALTS} stores")]
    Salts(PathBuf),
    /// Not enough memory to derive the key of the files.
    #[error("{0}: not enough memory to derive the key from the passphrase")]
    Memory(PathBuf),
    /// Chance gave no usable private key: the generator is broken.
    #[error("the system's randomness gives no usable private key")]
    Unlucky,
}

/// A store of keys in encrypted files; see the [module](self).
///
/// The folder is locked for as long as the value lives. A [`Signer`] taken from it
/// lives on in memory and needs the folder no more.
pub struct SoftStore {
    folder: Folder,
    keys: RwLock<BTreeMap<KeyId, Arc<SoftKey>>>,
    /// What new files are sealed under.
    current: Stretched,
}

/// What only tests change.
#[derive(Clone, Copy)]
struct Ways {
    cost: Cost,
    write: WriteStep,
}

const STANDARD: Ways = Ways { cost: Cost::STANDARD, write: WRITE };

impl SoftStore {
    /// Makes the folder (mode 0700) where there is none, and opens the store in it.
    /// The folder above must be there.
    ///
    /// # Errors
    /// As [`SoftStore::open`].
    pub fn create(folder: &Path, passphrase: &Passphrase) -> Result<Self, KeyError> {
        Folder::create(folder).map_err(SoftError::from)?;
        Self::open(folder, passphrase)
    }

    /// Opens the store: locks the folder, removes what a crash left, opens every key
    /// file. Takes a quarter of a second and 64 MiB, which are given back.
    ///
    /// A store without keys takes any passphrase: the first key binds it.
    ///
    /// # Errors
    /// [`SoftError`] as [`KeyError::Soft`], naming the path and the offence.
    pub fn open(folder: &Path, passphrase: &Passphrase) -> Result<Self, KeyError> {
        Self::open_with(folder, passphrase, STANDARD)
    }

    fn open_with(folder: &Path, passphrase: &Passphrase, ways: Ways) -> Result<Self, KeyError> {
        let folder = Folder::open(folder, ways.write).map_err(SoftError::from)?;
        let mut stretched: Vec<Stretched> = Vec::new();
        let mut keys = BTreeMap::new();
        for name in folder.names().map_err(SoftError::from)?.iter().filter(|name| name.ends_with(ENDING)) {
            if keys.len() == MOST_KEYS {
                return Err(SoftError::Full(folder.path().to_owned()).into());
            }
            let key = open_file(&folder, name, passphrase, &mut stretched)?;
            keys.insert(key.id, Arc::new(key));
        }
        let current = match stretched.into_iter().find(|s| s.cost() == ways.cost) {
            Some(shared) => shared,
            None => Stretched::new(passphrase, *random::octets()?, ways.cost)
                .map_err(|_| SoftError::Memory(folder.path().to_owned()))?,
        };
        Ok(Self { folder, keys: RwLock::new(keys), current })
    }

    fn find(&self, key: &KeyReference) -> Result<Arc<SoftKey>, KeyError> {
        let KeyReference::Soft(id) = key;
        // a panic elsewhere cannot leave the map half changed
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.get(id).map(Arc::clone).ok_or_else(|| KeyError::Unknown(key.clone()))
    }
}

impl KeyStore for SoftStore {
    fn generate(&self, order: &KeyOrder, at: Moment) -> Result<KeyDescription, KeyError> {
        let KeyAlgorithm::Sm2Sm3 = order.algorithm;
        if self.keys.read().unwrap_or_else(PoisonError::into_inner).len() >= MOST_KEYS {
            return Err(SoftError::Full(self.folder.path().to_owned()).into());
        }
        let (secret, private) = fresh_key()?;
        let header = Header {
            purpose: order.purpose,
            id: KeyId(*random::octets()?),
            created: at,
            public: private.public_key().clone(),
            nonce: *random::octets()?,
        };
        let name = format!("{}{ENDING}", header.id);
        let path = self.folder.path_of(&name);
        let file_error = |fault| SoftError::File { path: path.clone(), fault };
        let octets = format::seal(&header, &self.current, &secret).map_err(file_error)?;
        // from here on the key is what the file gives back, not what was put in
        let key = KeyFile::parse(&octets).and_then(|file| SoftKey::open(file, &self.current)).map_err(file_error)?;
        self.folder.write_new(&name, &octets).map_err(SoftError::from)?;
        let description = key.description.clone();
        self.keys.write().unwrap_or_else(PoisonError::into_inner).insert(key.id, Arc::new(key));
        Ok(description)
    }

    fn list(&self) -> Result<Vec<KeyDescription>, KeyError> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        Ok(keys.values().map(|key| key.description.clone()).collect())
    }

    fn describe(&self, key: &KeyReference) -> Result<KeyDescription, KeyError> {
        self.find(key).map(|key| key.description.clone())
    }

    fn signer(&self, key: &KeyReference) -> Result<Arc<dyn Signer>, KeyError> {
        Ok(self.find(key)?)
    }
}

impl fmt::Debug for SoftStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner).len();
        f.debug_struct("SoftStore").field("folder", &self.folder.path()).field("keys", &keys).finish_non_exhaustive()
    }
}

/// One opened key.
struct SoftKey {
    id: KeyId,
    description: KeyDescription,
    private: PrivateKey,
}

impl SoftKey {
    fn open(file: KeyFile, stretched: &Stretched) -> Result<Self, FileFault> {
        let private = file.open(stretched)?;
        let header = file.header;
        let description = KeyDescription {
            reference: KeyReference::Soft(header.id),
            algorithm: KeyAlgorithm::Sm2Sm3,
            purpose: header.purpose,
            uses: Box::new([Use::Sign]),
            state: KeyState::Active,
            created: Some(header.created),
            public_key: PublicKey::Sm2(header.public),
        };
        Ok(Self { id: header.id, description, private })
    }
}

impl Signer for SoftKey {
    fn description(&self) -> &KeyDescription {
        &self.description
    }

    fn sign(&self, request: &SignRequest<'_>) -> Result<SignatureValue, KeyError> {
        self.description.allow(request.purpose, Use::Sign)?;
        let randomness = random::octets()?;
        match request.input {
            ToSign::Message(message) => self.private.sign(sm2::DEFAULT_ID, message, &randomness),
            ToSign::Digest(e) => self.private.sign_digest(e, &randomness),
        }
        .map(SignatureValue::Sm2)
        .map_err(|cause| KeyError::Sm2 { key: self.description.reference.clone(), cause })
    }
}

impl fmt::Debug for SoftKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoftKey({}, {})", self.description.reference, self.description.purpose)
    }
}

/// Reads and opens one file, with the derivation it needs made or taken from `stretched`.
fn open_file(
    folder: &Folder,
    name: &str,
    passphrase: &Passphrase,
    stretched: &mut Vec<Stretched>,
) -> Result<SoftKey, SoftError> {
    let path = folder.path_of(name);
    let file_error = |fault| match fault {
        FileFault::Passphrase => SoftError::WrongPassphrase(path.clone()),
        fault => SoftError::File { path: path.clone(), fault },
    };
    let id: KeyId = name
        .strip_suffix(ENDING)
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| SoftError::Name { path: path.clone() })?;
    let octets = folder.read(name, format::LENGTH)?;
    let file = KeyFile::parse(&octets).map_err(file_error)?;
    if file.header.id != id {
        return Err(SoftError::Name { path });
    }
    let known = stretched.iter().position(|s| s.salt() == &file.salt && s.cost() == file.cost);
    let place = match known {
        Some(place) => place,
        None if stretched.len() == MOST_SALTS => return Err(SoftError::Salts(folder.path().to_owned())),
        None => {
            let derived =
                Stretched::new(passphrase, file.salt, file.cost).map_err(|_| SoftError::Memory(path.clone()))?;
            stretched.push(derived);
            stretched.len() - 1
        }
    };
    let derived = stretched.get(place).ok_or_else(|| SoftError::Memory(path.clone()))?;
    SoftKey::open(file, derived).map_err(file_error)
}

/// A private key from fresh randomness.
fn fresh_key() -> Result<(zeroize::Zeroizing<[u8; 32]>, PrivateKey), KeyError> {
    // one draw in 2^32 lies outside 1..n-2; a generator that fails thrice is broken
    for _ in 0..3 {
        let secret = random::octets()?;
        if let Ok(private) = PrivateKey::from_octets(&secret) {
            return Ok((secret, private));
        }
    }
    Err(SoftError::Unlucky.into())
}

#[cfg(test)]
mod tests;
