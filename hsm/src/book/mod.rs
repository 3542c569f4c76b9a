//! The key book: what devices do not keep about a key, kept by us beside the driver.
//!
//! A device knows a key's octets. Purpose, uses, limits, state and the count of uses
//! stand in the book: one file, authenticated under a key that comes from a passphrase,
//! replaced whole at each change and on the disk before the change takes effect.
//!
//! Counts are reserved in blocks: the book says how many uses are given out before the
//! first of them is made. A loss of power loses what is left of a block, so a key may be used
//! less often than its limit, never more often.
//!
//! Whoever can put back an older book as a whole can put back its counts and states with
//! it: only a device that counts by itself prevents that.
//!
//! # Book, version 1
//!
//! Numbers are big-endian; `short` is two octets of length and the octets.
//!
//! | octets | what |
//! |---|---|
//! | 16 | `yinxin key book` and a line feed |
//! | 2 | version: 1 |
//! | 4, 4, 4 | Argon2id memory in KiB, passes, lanes, bounded as in [key files](crate::soft) |
//! | 16 | Argon2id salt |
//! | 32 | passphrase check = HMAC-SM3(K, `yinxin soft key 1: check`) |
//! | 4 | number of entries |
//! | … | each entry as `short`, in the order of the references |
//! | 32 | HMAC-SM3 of everything before, under HMAC-SM3(K, `yinxin key book 1: mac`) |
//!
//! An entry: uses given out (8); reference as `short`; algorithm (1); purpose (1); uses (1,
//! bit 0 sign, bit 1 wrap); state (1: 1 active, 2 suspended, 3 destroyed); first instant, last
//! instant, most uses, time of creation, each as 0 or as 1 and 8 octets; kind of public key (1) and the key as `short`.

mod format;

pub(crate) use format::{
    Derivation, put_description, put_limits, state_number, state_of, take_description, take_limits,
};

use crate::{
    Asked, ErrorClass, KeyDescription, KeyError, KeyReference, KeyState,
    passphrase::Passphrase,
    place::{Folder, PlaceError, WRITE, WriteStep},
    random,
    stretch::{Cost, Stretched},
};
use core::fmt;
use format::Secret;
use std::{
    collections::{BTreeMap, btree_map},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use yinxin_trust::sm::sm3;
use zeroize::Zeroizing;

/// Name of the file.
const NAME: &str = "keybook";

/// Most uses that are given out at once.
const BLOCK: u64 = 64;

/// Why a book was not opened or not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BookFault {
    /// The folder or the file was refused, or the system failed.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// Another kind of file.
    #[error("{0}: is no key book")]
    NotABook(PathBuf),
    /// Of a version that this program does not read.
    #[error("{path}: key book version {version} is not known")]
    Version {
        /// Which file.
        path: PathBuf,
        /// Its version.
        version: u16,
    },
    /// The passphrase is another.
    #[error("{0}: the passphrase does not open this key book")]
    WrongPassphrase(PathBuf),
    /// It is not what was written.
    #[error("{0}: key book was altered or damaged")]
    Altered(PathBuf),
    /// Not enough memory to derive its key.
    #[error("{0}: not enough memory to derive the key from the passphrase")]
    Memory(PathBuf),
    /// It holds as many keys as it can.
    #[error("{0}: key book is full")]
    Full(PathBuf),
    /// Keys that were made with a book lie in a folder without one.
    #[error("{0}: key book is missing, though there are keys that it kept; restore it from the backup of the folder")]
    Missing(PathBuf),
    /// A key is in the book already, perhaps as destroyed.
    #[error("key {key} is in the book already, {state}")]
    Known {
        /// The key.
        key: KeyReference,
        /// Its state there.
        state: KeyState,
    },
}

impl BookFault {
    pub(crate) const fn class(&self) -> ErrorClass {
        match self {
            Self::Known { .. } => ErrorClass::Refused,
            _ => ErrorClass::Broken,
        }
    }
}

/// One key of the book.
struct Entry {
    description: KeyDescription,
    /// Uses given out, as it stands on the disk; kept only where there is a limit.
    reserved: u64,
    /// Uses made, at most `reserved`.
    used: u64,
}

/// A key book; see the [module](self). Safe to use from several threads at once.
pub struct KeyBook {
    folder: Arc<Folder>,
    secret: Secret,
    entries: Mutex<BTreeMap<KeyReference, Entry>>,
}

impl KeyBook {
    /// Opens the book in a folder of its own, which is locked for as long as the value
    /// lives, and makes folder and book where there are none.
    ///
    /// # Errors
    /// [`BookFault`] as [`KeyError::Book`].
    pub fn open(folder: &Path, passphrase: &Passphrase) -> Result<Self, KeyError> {
        Folder::create(folder).map_err(BookFault::from)?;
        Self::open_with(folder, passphrase, Cost::STANDARD, WRITE)
    }

    pub(crate) fn open_with(
        folder: &Path,
        passphrase: &Passphrase,
        cost: Cost,
        write: WriteStep,
    ) -> Result<Self, KeyError> {
        let folder = Arc::new(Folder::open(folder, write).map_err(BookFault::from)?);
        let memory = folder.path_of(NAME);
        let stretch =
            |salt, cost| Stretched::new(passphrase, salt, cost).map_err(|_| BookFault::Memory(memory.clone()));
        match Self::derivation(&folder)? {
            Some(found) => Ok(Self::read(folder, &stretch(found.salt, found.cost)?)?),
            None => Ok(Self::begin(folder, &stretch(*random::octets()?, cost)?)?),
        }
    }

    /// How the passphrase of the folder's book was stretched, where it has a book.
    pub(crate) fn derivation(folder: &Folder) -> Result<Option<Derivation>, BookFault> {
        match folder.read(NAME, format::LONGEST) {
            Ok(octets) => Ok(Some(format::open(&octets, &folder.path_of(NAME))?.derivation)),
            Err(PlaceError::Missing(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads the folder's book; `stretched` is of its [`KeyBook::derivation`].
    pub(crate) fn read(folder: Arc<Folder>, stretched: &Stretched) -> Result<Self, BookFault> {
        let path = folder.path_of(NAME);
        let octets = folder.read(NAME, format::LONGEST)?;
        let entries = Mutex::new(format::open(&octets, &path)?.read(stretched, &path)?);
        Ok(Self { folder, secret: Secret::of(stretched), entries })
    }

    /// Begins an empty book in the folder.
    pub(crate) fn begin(folder: Arc<Folder>, stretched: &Stretched) -> Result<Self, BookFault> {
        let book = Self { folder, secret: Secret::of(stretched), entries: Mutex::default() };
        book.write(&book.locked())?;
        Ok(book)
    }

    /// Takes a key into the book. It is durable once this returns.
    ///
    /// # Errors
    /// [`BookFault::Known`] for a reference that is or was in the book, [`BookFault::Full`],
    /// or what the disk met; then the key is not in the book.
    pub fn enrol(&self, key: KeyDescription) -> Result<(), KeyError> {
        Ok(self.enrol_all(vec![key])?)
    }

    /// As [`KeyBook::enrol`], all or none.
    pub(crate) fn enrol_all(&self, keys: Vec<KeyDescription>) -> Result<(), BookFault> {
        let mut entries = self.locked();
        for key in &keys {
            if let Some(known) = entries.get(&key.reference) {
                return Err(BookFault::Known { key: key.reference.clone(), state: known.description.state });
            }
        }
        if entries.len() + keys.len() > format::MOST_ENTRIES {
            return Err(BookFault::Full(self.folder.path_of(NAME)));
        }
        let references: Vec<_> = keys.iter().map(|key| key.reference.clone()).collect();
        for description in keys {
            entries.insert(description.reference.clone(), Entry { description, reserved: 0, used: 0 });
        }
        self.write(&entries).inspect_err(|_| entries.retain(|reference, _| !references.contains(reference)))
    }

    /// Whether the key may be used so. A use that is counted is given out, on the disk,
    /// before this returns: drivers ask right before they touch the key, for each use.
    ///
    /// # Errors
    /// [`KeyError::Unknown`] for a key that is not in the book, those of
    /// [`KeyDescription::allow`], [`KeyError::UsedUp`], or what the disk met.
    pub fn admit(&self, key: &KeyReference, asked: Asked) -> Result<(), KeyError> {
        let mut entries = self.locked();
        let entry = entries.get_mut(key).ok_or_else(|| KeyError::Unknown(key.clone()))?;
        entry.description.allow(asked)?;
        let Some(most) = entry.description.limits.most_uses.filter(|_| !asked.reading) else { return Ok(()) };
        if entry.used >= most {
            return Err(KeyError::UsedUp { key: key.clone(), most });
        }
        if entry.used >= entry.reserved {
            let before = entry.reserved;
            // a crash loses at most one part in 64 of what is left
            let block = ((most - entry.used) / 64).clamp(1, BLOCK);
            entry.reserved = entry.used + block;
            if let Err(fault) = self.write(&entries) {
                if let Some(entry) = entries.get_mut(key) {
                    entry.reserved = before;
                }
                return Err(fault.into());
            }
        }
        if let Some(entry) = entries.get_mut(key) {
            entry.used += 1;
        }
        Ok(())
    }

    /// Everything that the book knows of a key, destroyed ones included.
    pub fn describe(&self, key: &KeyReference) -> Option<KeyDescription> {
        self.locked().get(key).map(Entry::described)
    }

    /// All keys that are not destroyed, in the order of their references.
    pub fn list(&self) -> Vec<KeyDescription> {
        let entries = self.locked();
        entries.values().filter(|e| e.description.state != KeyState::Destroyed).map(Entry::described).collect()
    }

    /// Sets a key's state, on the disk before this returns. What takes a key out of
    /// service holds in this process even where the disk refuses it.
    ///
    /// # Errors
    /// [`KeyError::Unknown`]; [`KeyError::State`] for a key that was destroyed; or what the disk met.
    pub fn set_state(&self, key: &KeyReference, state: KeyState) -> Result<(), KeyError> {
        let mut entries = self.locked();
        let btree_map::Entry::Occupied(mut place) = entries.entry(key.clone()) else {
            return Err(KeyError::Unknown(key.clone()));
        };
        let before = core::mem::replace(&mut place.get_mut().description.state, state);
        if before == KeyState::Destroyed {
            place.get_mut().description.state = before;
            return Err(KeyError::State { key: key.clone(), state: before });
        }
        self.write(&entries).map_err(|fault| {
            if let Some(entry) = entries.get_mut(key).filter(|_| state == KeyState::Active) {
                entry.description.state = before;
            }
            fault.into()
        })
    }

    /// A digest that only this book can compute: to know a secret again without keeping it.
    pub(crate) fn digest(&self, octets: &[u8]) -> sm3::Digest {
        self.secret.digest(octets)
    }

    /// Octets that a driver keeps beside the book, at most `limit`.
    pub(crate) fn kept(&self, name: &str, limit: usize) -> Result<Option<Zeroizing<Vec<u8>>>, BookFault> {
        match self.folder.read(name, limit) {
            Ok(octets) => Ok(Some(octets)),
            Err(PlaceError::Missing(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps them, durable once this returns.
    pub(crate) fn keep(&self, name: &str, octets: &[u8]) -> Result<(), BookFault> {
        Ok(self.folder.replace(name, octets)?)
    }

    /// Where they are, for messages.
    pub(crate) fn path_of(&self, name: &str) -> PathBuf {
        self.folder.path_of(name)
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<KeyReference, Entry>> {
        // every change is complete before anything can panic
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, entries: &BTreeMap<KeyReference, Entry>) -> Result<(), BookFault> {
        let octets = format::write(&self.secret, entries).map_err(|_| BookFault::Full(self.folder.path_of(NAME)))?;
        Ok(self.folder.replace(NAME, &octets)?)
    }
}

impl Entry {
    fn described(&self) -> KeyDescription {
        let used = self.description.limits.most_uses.map(|_| self.used);
        KeyDescription { used, ..self.description.clone() }
    }
}

impl Drop for KeyBook {
    /// Gives back what is left of the blocks; where that fails they are lost, as after a crash.
    fn drop(&mut self) {
        let mut entries = core::mem::take(&mut *self.locked());
        let mut changed = false;
        for entry in entries.values_mut() {
            changed |= entry.used < entry.reserved;
            entry.reserved = entry.used;
        }
        if changed {
            let _ = self.write(&entries);
        }
    }
}

impl fmt::Debug for KeyBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.locked().len();
        f.debug_struct("KeyBook").field("folder", &self.folder.path()).field("keys", &keys).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
