//! The software store: a folder of encrypted key files, used in this process.
//!
//! The folder has mode 0700, its files 0600, and one process has it open. Every
//! file is read, authenticated and opened when the store is: a wrong passphrase
//! or an altered file shows then, not at the first signature. The private
//! keys stay in memory; signing touches no file, but for the counts of keys that have a limit.
//!
//! | name in the folder | what |
//! |---|---|
//! | `<16 hexadecimal digits>.key` | one key, [as below](#key-file-version-2) |
//! | `keybook` | states and counts of the keys, see [`book`](crate::book) |
//! | `lock` | held while a process has the store, or a key taken from it |
//! | `.<name>.new` | left by a crash while a file was written; removed at the next opening |
//!
//! # Key file, version 2
//!
//! 280 octets; numbers are big-endian. A file is written once and never changed.
//!
//! | offset | octets | what |
//! |---|---|---|
//! | 0 | 16 | `yinxin soft key` and a line feed |
//! | 16 | 2 | version: 2 |
//! | 18 | 1 | algorithm: 1 = SM2 with SM3, 2 = ECDSA P-256 with SHA-256, 3 = Ed25519, 4 = SM4-GCM |
//! | 19 | 1 | purpose: 1 CA, 2 seal maker, 3 stamper, 4 receipts, 5 data, 6 trust list, 7 status |
//! | 20 | 1 | uses: bit 0 = sign, bit 1 = wrap |
//! | 21 | 1 | state when it was made: 1 = active |
//! | 22 | 8 | key id, the digits of the file's name |
//! | 30 | 8 | time of creation, milliseconds since 1970-01-01T00:00:00Z, signed |
//! | 38 | 65 | public key 04 ‖ x ‖ y; of Ed25519 its 32 octets, then zeros; of SM4 zeros |
//! | 103 | 4 | Argon2id memory, KiB |
//! | 107 | 4 | Argon2id passes |
//! | 111 | 4 | Argon2id lanes |
//! | 115 | 16 | Argon2id salt |
//! | 131 | 32 | passphrase check |
//! | 163 | 1 | limits: bit 0 = first instant, bit 1 = last instant, bit 2 = most uses |
//! | 164 | 24 | the three limits, 8 octets each; zeros where there is none |
//! | 188 | 12 | SM4-GCM nonce |
//! | 200 | 48 | secret (32; SM4: 16, then zeros) sealed, with the tag (16) |
//! | 248 | 32 | SM3 of octets 0 to 247 |
//!
//! Version 1 is read too: 255 octets, without the limits, the nonce at 163; SM2 only.
//!
//! With K = Argon2id v1.3 (passphrase, salt, parameters), 32 octets:
//!
//! - passphrase check = HMAC-SM3(K, `yinxin soft key 1: check`);
//! - SM4 key = the first 16 octets of HMAC-SM3(K, `yinxin soft key 1: file` ‖ id ‖ nonce):
//!   every file has its own, though the files of one store share a salt so that opening the
//!   store costs one derivation;
//! - additional authenticated data = everything before what is sealed.
//!
//! The SM3 at the end tells damage from malice: a file whose sum is wrong was
//! damaged; one whose sum is right but whose tag is wrong was altered on purpose.
//! Parameters outside 8 KiB to 256 MiB, 1 to 10 passes, 1 to 4 lanes are refused
//! before any memory is taken.
//!
//! # Wrapped data, version 1
//!
//! One octet 1, a salt (16), a nonce (12), then ciphertext and tag of SM4-GCM. Its key is the first 16
//! octets of HMAC-SM3(wrapping key, `yinxin wrap 1` ‖ salt); authenticated with it are
//! `yinxin wrap 1` and the context.

mod backup;
mod format;
mod key;
mod material;

use crate::{
    KeyDescription, KeyError, KeyId, KeyOrder, KeyReference, KeyState, Signer, Use, WrapRequest,
    book::{BookFault, KeyBook},
    custody::KeyStore,
    passphrase::Passphrase,
    place::{Folder, PlaceError, WRITE, WriteStep},
    random,
    split::{Share, Split},
    stretch::{Cost, SALT, Stretched},
};
pub use backup::{Backup, BackupFacts, BackupFault, LONGEST_BACKUP};
use core::fmt;
pub use format::FileFault;
use format::{Header, KeyFile};
use key::SoftKey;
use material::Material;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};
use yinxin_trust::base::Moment;
use zeroize::Zeroizing;

/// The driver's name in messages.
const DRIVER: &str = "soft";

/// Label of wrapped data.
const WRAP: &[u8] = b"yinxin wrap 1";

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
    /// Of a backup.
    #[error(transparent)]
    Backup(#[from] BackupFault),
}

/// A store of keys in encrypted files; see the [module](self).
///
/// The folder is locked for as long as the value lives, or a [`Signer`] taken from it.
pub struct SoftStore {
    folder: Arc<Folder>,
    book: Arc<KeyBook>,
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

    /// Whether a folder holds key files; false where there is no folder.
    pub(crate) fn is_at(folder: &Path) -> Result<bool, PlaceError> {
        match std::fs::read_dir(folder) {
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(cause) => Err(PlaceError::Io { action: "list", path: folder.to_owned(), cause }),
            Ok(entries) => {
                let ending = ENDING.as_bytes();
                Ok(entries.flatten().any(|entry| entry.file_name().as_encoded_bytes().ends_with(ending)))
            }
        }
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
        let folder = Arc::new(Folder::open(folder, ways.write).map_err(SoftError::from)?);
        let mut stretched = Derived { passphrase, all: Vec::new() };
        let mut opened = Vec::new();
        for name in folder.names().map_err(SoftError::from)?.iter().filter(|name| name.ends_with(ENDING)) {
            if opened.len() == MOST_KEYS {
                return Err(SoftError::Full(folder.path().to_owned()).into());
            }
            opened.push(open_file(&folder, name, &mut stretched)?);
        }
        let book = Arc::new(open_book(&folder, &mut stretched, &opened, ways.cost)?);
        let unknown = opened.iter().map(|key| key.file.header.describe());
        book.enrol_all(unknown.filter(|key| book.describe(&key.reference).is_none()).collect())?;
        let mut keys = BTreeMap::new();
        for Opened { file, material, name } in opened {
            let id = file.header.id;
            match book.describe(&KeyReference::Soft(id)) {
                // a crash came between the book and the removal, or somebody put the file back
                Some(key) if key.state == KeyState::Destroyed => folder.remove(&name).map_err(SoftError::from)?,
                Some(key) => {
                    keys.insert(id, Arc::new(SoftKey::new(key, material, Arc::clone(&book))));
                }
                None => {}
            }
        }
        let current = stretched.all.into_iter().find(|s| s.cost() == ways.cost);
        let current = match current {
            Some(shared) => shared,
            None => Stretched::new(passphrase, *random::octets()?, ways.cost)
                .map_err(|_| SoftError::Memory(folder.path().to_owned()))?,
        };
        Ok(Self { folder, book, keys: RwLock::new(keys), current })
    }

    /// Keeps a key of the book whose file was sealed for this store, and takes it into use.
    fn put(&self, description: &KeyDescription, id: KeyId, octets: &[u8]) -> Result<(), KeyError> {
        let name = name_of(id);
        let path = self.folder.path_of(&name);
        let file_error = |fault| SoftError::File { path: path.clone(), fault };
        let material = KeyFile::parse(octets).and_then(|file| file.open(&self.current)).map_err(file_error)?;
        self.folder.write_new(&name, octets).map_err(SoftError::from)?;
        let key = SoftKey::new(description.clone(), material, Arc::clone(&self.book));
        self.keys.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::new(key));
        Ok(())
    }

    fn find(&self, key: &KeyReference) -> Result<Arc<SoftKey>, KeyError> {
        let KeyReference::Soft(id) = key else { return Err(KeyError::Unknown(key.clone())) };
        // a panic elsewhere cannot leave the map half changed
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.get(id).map(Arc::clone).ok_or_else(|| KeyError::Unknown(key.clone()))
    }
}

impl KeyStore for SoftStore {
    fn driver(&self) -> &'static str {
        DRIVER
    }

    fn generate(&self, order: &KeyOrder, at: Moment) -> Result<KeyDescription, KeyError> {
        if order.place.is_some() {
            return Err(self.cannot("put a key where it is told; it chooses the place"));
        }
        if self.keys.read().unwrap_or_else(PoisonError::into_inner).len() >= MOST_KEYS {
            return Err(SoftError::Full(self.folder.path().to_owned()).into());
        }
        let (secret, public) = Material::fresh(order.algorithm)?;
        let header = Header {
            algorithm: order.algorithm,
            purpose: order.purpose,
            id: KeyId(*random::octets()?),
            created: at,
            public,
            limits: order.limits,
            nonce: *random::octets()?,
        };
        let name = name_of(header.id);
        let path = self.folder.path_of(&name);
        let file_error = |fault| SoftError::File { path: path.clone(), fault };
        let octets = format::seal(&header, &self.current, &secret).map_err(file_error)?;
        // from here on the key is what the file gives back, not what was put in
        let file = KeyFile::parse(&octets).map_err(file_error)?;
        let material = file.open(&self.current).map_err(file_error)?;
        self.folder.write_new(&name, &octets).map_err(SoftError::from)?;
        let description = file.header.describe();
        self.book.enrol(description.clone())?;
        let key = SoftKey::new(description.clone(), material, Arc::clone(&self.book));
        self.keys.write().unwrap_or_else(PoisonError::into_inner).insert(file.header.id, Arc::new(key));
        Ok(description)
    }

    fn list(&self) -> Result<Vec<KeyDescription>, KeyError> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let known = |key: &KeyDescription| matches!(&key.reference, KeyReference::Soft(id) if keys.contains_key(id));
        Ok(self.book.list().into_iter().filter(known).collect())
    }

    fn describe(&self, key: &KeyReference) -> Result<KeyDescription, KeyError> {
        self.book.describe(key).ok_or_else(|| KeyError::Unknown(key.clone()))
    }

    fn set_state(&self, key: &KeyReference, state: KeyState) -> Result<(), KeyError> {
        if state == KeyState::Destroyed {
            return Err(self.cannot("destroy a key by its state"));
        }
        self.book.set_state(key, state)
    }

    fn destroy(&self, key: &KeyReference) -> Result<(), KeyError> {
        let KeyReference::Soft(id) = key else { return Err(KeyError::Unknown(key.clone())) };
        self.book.set_state(key, KeyState::Destroyed)?;
        self.keys.write().unwrap_or_else(PoisonError::into_inner).remove(id);
        Ok(self.folder.remove(&name_of(*id)).map_err(SoftError::from)?)
    }

    fn signer(&self, key: &KeyReference) -> Result<Arc<dyn Signer>, KeyError> {
        let found = self.find(key)?;
        if !found.description().uses.contains(&Use::Sign) {
            return Err(KeyError::Use { key: key.clone(), asked: Use::Sign });
        }
        Ok(found)
    }

    fn wrap(&self, key: &KeyReference, request: &WrapRequest<'_>, octets: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.find(key)?.wrap(request, octets)
    }

    fn unwrap(
        &self,
        key: &KeyReference,
        request: &WrapRequest<'_>,
        wrapped: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.find(key)?.unwrap(request, wrapped)
    }

    fn backup(&self, passphrase: &Passphrase, split: Split, at: Moment) -> Result<Backup, KeyError> {
        self.seal_all(passphrase, split, at)
    }

    fn restore(&self, backup: &[u8], shares: &[Share]) -> Result<Vec<KeyDescription>, KeyError> {
        self.open_all(backup, shares)
    }
}

impl fmt::Debug for SoftStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner).len();
        f.debug_struct("SoftStore").field("folder", &self.folder.path()).field("keys", &keys).finish_non_exhaustive()
    }
}

/// The passphrase, stretched with every salt that was met so far.
struct Derived<'a> {
    passphrase: &'a Passphrase,
    all: Vec<Stretched>,
}

impl Derived<'_> {
    /// With this salt and cost, derived unless it was before.
    fn with(&mut self, salt: &[u8; SALT], cost: Cost, path: &Path, folder: &Folder) -> Result<&Stretched, SoftError> {
        let known = self.all.iter().position(|s| s.salt() == salt && s.cost() == cost);
        let place = match known {
            Some(place) => place,
            None if self.all.len() == MOST_SALTS => return Err(SoftError::Salts(folder.path().to_owned())),
            None => {
                let derived = Stretched::new(self.passphrase, *salt, cost);
                self.all.push(derived.map_err(|_| SoftError::Memory(path.to_owned()))?);
                self.all.len() - 1
            }
        };
        self.all.get(place).ok_or_else(|| SoftError::Memory(path.to_owned()))
    }
}

/// A key file that was opened.
struct Opened {
    file: KeyFile,
    material: Material,
    name: String,
}

fn name_of(id: KeyId) -> String {
    format!("{id}{ENDING}")
}

/// Reads and opens one file.
fn open_file(folder: &Folder, name: &str, stretched: &mut Derived<'_>) -> Result<Opened, SoftError> {
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
    let derived = stretched.with(&file.salt, file.cost, &path, folder)?;
    let material = file.open(derived).map_err(file_error)?;
    Ok(Opened { file, material, name: name.to_owned() })
}

/// The folder's book. One is begun where there are but files of version 1, which never had one.
fn open_book(
    folder: &Arc<Folder>,
    stretched: &mut Derived<'_>,
    opened: &[Opened],
    cost: Cost,
) -> Result<KeyBook, KeyError> {
    let path = folder.path();
    if let Some(found) = KeyBook::derivation(folder)? {
        let derived = stretched.with(&found.salt, found.cost, path, folder)?;
        return Ok(KeyBook::read(Arc::clone(folder), derived)?);
    }
    if opened.iter().any(|key| key.file.version != 1) {
        return Err(BookFault::Missing(path.to_owned()).into());
    }
    let salt = match stretched.all.iter().find(|s| s.cost() == cost) {
        Some(shared) => *shared.salt(),
        None => *random::octets()?,
    };
    Ok(KeyBook::begin(Arc::clone(folder), stretched.with(&salt, cost, path, folder)?)?)
}

#[cfg(test)]
mod tests;
