//! Backups of a software store: its key files, sealed anew under a secret that is split
//! among people.
//!
//! A private key is opened and sealed again within one function of [`super::format`] and is nowhere
//! else. Whoever restores needs the shares and the passphrase of the store that the keys go into; the
//! passphrase they were kept under before is not needed, since it may be lost with the machine.
//!
//! Keys with a counter are left out and named: restored, they could sign as often again as they did
//! since. Devices back up their keys by their own means.
//!
//! # Backup, version 1
//!
//! Numbers are big-endian; `short` is two octets of length and the octets.
//!
//! | octets | what |
//! |---|---|
//! | 17 | `yinxin key backup` |
//! | 1 | a line feed |
//! | 2 | version: 1 |
//! | 8 | set of the shares |
//! | 1, 1 | shares needed, shares there are |
//! | 8 | time, milliseconds since 1970-01-01T00:00:00Z, signed |
//! | 32 | check = HMAC-SM3(S, `yinxin key backup 1: check`) of the split secret S |
//! | 4 | number of keys |
//! | … | each key as `short`: state (1: 1 active, 2 suspended) and a [key file](super) of version 2 |
//! | 32 | HMAC-SM3 of everything before, under HMAC-SM3(S, `yinxin key backup 1: mac`) |
//!
//! The key files in it are sealed as under a passphrase whose stretched form K is
//! HMAC-SM3(S, `yinxin key backup 1: files`), with the set, filled with zeros, as salt and the smallest cost.

use super::{
    SoftError, SoftStore,
    format::{self, KeyFile},
    name_of, open_file,
};
use crate::{
    KeyDescription, KeyError, KeyReference, KeyState,
    book::BookFault,
    octets::{Malformed, Put, Take},
    passphrase::Passphrase,
    random,
    split::{self, SECRET, SET, Share, Split, SplitFault},
    stretch::{SALT, Stretched},
};
use core::fmt;
use std::sync::PoisonError;
use yinxin_trust::{base::Moment, sm::sm3};
use zeroize::Zeroizing;

const MAGIC: &[u8; 18] = b"yinxin key backup\n";
const VERSION: u16 = 1;
const CHECK: &[u8] = b"yinxin key backup 1: check";
const MAC: &[u8] = b"yinxin key backup 1: mac";
const FILES: &[u8] = b"yinxin key backup 1: files";

/// Why a backup was not made or not restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupFault {
    /// Not the octets of a backup.
    #[error("is no key backup")]
    NotABackup,
    /// Of a version that this program does not read.
    #[error("key backup version {0} is not known")]
    Version(u16),
    /// Cut off, or changed by accident or on purpose.
    #[error("key backup was altered or damaged")]
    Altered,
    /// Nothing to back up.
    #[error("there is no key to back up")]
    Empty,
    /// Of the shares.
    #[error(transparent)]
    Split(#[from] SplitFault),
}

/// A backup, before its shares go to their holders.
pub struct Backup {
    /// What is kept at a place where the store is not.
    pub octets: Vec<u8>,
    /// One for each holder.
    pub shares: Vec<Share>,
    /// The keys in it.
    pub keys: Vec<KeyReference>,
    /// Keys that were left out, because they have a counter.
    pub left_out: Vec<KeyReference>,
}

impl fmt::Debug for Backup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backup")
            .field("keys", &self.keys)
            .field("left_out", &self.left_out)
            .field("shares", &self.shares)
            .finish_non_exhaustive()
    }
}

/// What a backup says of itself in the open. Nothing of it is authenticated before it is restored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BackupFacts {
    /// Set of the shares that open it.
    pub set: String,
    /// How many of them are needed.
    pub needed: u8,
    /// How many there are.
    pub shares: u8,
    /// When it was made.
    pub made: Moment,
    /// Keys in it, as they are named in messages.
    pub keys: Vec<KeyReference>,
}

impl SoftStore {
    /// Seals every key anew under a fresh secret, split as `split` says. `passphrase` is that of
    /// the store: who makes a backup has to know it.
    ///
    /// # Errors
    /// [`SoftError::WrongPassphrase`], [`BackupFault::Empty`], or what the disk met.
    pub(super) fn seal_all(&self, passphrase: &Passphrase, split: Split, at: Moment) -> Result<Backup, KeyError> {
        let (secret, set, shares) = split::deal(split)?;
        let under = sealing(&secret, &set);
        let mut stretched = super::Derived { passphrase, all: Vec::new() };
        let (mut keys, mut left_out, mut entries) = (Vec::new(), Vec::new(), Vec::new());
        for description in self.book.list() {
            let KeyReference::Soft(id) = &description.reference else { continue };
            if description.limits.most_uses.is_some() {
                left_out.push(description.reference);
                continue;
            }
            let name = name_of(*id);
            let file = open_file(&self.folder, &name, &mut stretched)?.file;
            let path = self.folder.path_of(&name);
            let from = stretched.with(&file.salt, file.cost, &path, &self.folder)?;
            let sealed =
                file.reseal(from, &under, *random::octets()?).map_err(|fault| SoftError::File { path, fault })?;
            entries.push((description.state, sealed));
            keys.push(description.reference);
        }
        if keys.is_empty() {
            return Err(SoftError::Backup(BackupFault::Empty).into());
        }
        let octets = write(&secret, &set, split, at, &entries).map_err(|Malformed| BackupFault::Altered);
        Ok(Backup { octets: octets.map_err(SoftError::Backup)?, shares, keys, left_out })
    }

    /// Puts the keys of a backup into this store under their old references, and says which: those
    /// that are there already stay as they are, so after a crash half-way the same call goes on.
    ///
    /// # Errors
    /// [`BackupFault`]; [`BookFault::Known`] for a key that was destroyed here, or where every key
    /// is there already; or what the disk met. Nothing was put in but after what the disk met.
    pub(super) fn open_all(&self, backup: &[u8], shares: &[Share]) -> Result<Vec<KeyDescription>, KeyError> {
        let opened = Opened::read(backup).map_err(SoftError::Backup)?;
        let secret = split::combine(&opened.set, shares).map_err(BackupFault::from).map_err(SoftError::Backup)?;
        let under = sealing(&secret, &opened.set);
        let entries = opened.entries(&secret).map_err(SoftError::Backup)?;
        let (mut fresh, mut there) = (Vec::new(), None);
        for (state, file) in entries {
            let description = KeyDescription { state, ..file.header.describe() };
            if let Some(state) = self.state_here(&description.reference)? {
                there = Some(BookFault::Known { key: description.reference, state });
                continue;
            }
            let path = self.folder.path_of(&name_of(file.header.id));
            let sealed = file.reseal(&under, &self.current, *random::octets()?);
            fresh.push((description, file.header.id, sealed.map_err(|fault| SoftError::File { path, fault })?));
        }
        if let (true, Some(there)) = (fresh.is_empty(), there) {
            return Err(there.into());
        }
        let unknown = fresh.iter().map(|(description, ..)| description.clone());
        self.book.enrol_all(unknown.filter(|key| self.book.describe(&key.reference).is_none()).collect())?;
        for (description, id, sealed) in &fresh {
            self.put(description, *id, sealed)?;
        }
        Ok(fresh.into_iter().map(|(description, ..)| description).collect())
    }

    /// The state of a key that is here; `None` where it may be put in. One that the book has
    /// and no file is left of a restoring that a crash ended.
    fn state_here(&self, key: &KeyReference) -> Result<Option<KeyState>, KeyError> {
        let KeyReference::Soft(id) = key else { return Err(KeyError::Unknown(key.clone())) };
        let held = self.keys.read().unwrap_or_else(PoisonError::into_inner).contains_key(id);
        match self.book.describe(key).map(|known| known.state) {
            Some(state @ KeyState::Destroyed) => Err(BookFault::Known { key: key.clone(), state }.into()),
            state => Ok(state.filter(|_| held)),
        }
    }
}

/// What the files of a backup are sealed under.
fn sealing(secret: &[u8; SECRET], set: &[u8; SET]) -> Stretched {
    let mut salt = [0; SALT];
    salt.iter_mut().zip(set).for_each(|(to, from)| *to = *from);
    Stretched::of_key(Zeroizing::new(sm3::hmac(secret, FILES)), salt)
}

fn write(
    secret: &[u8; SECRET],
    set: &[u8; SET],
    split: Split,
    at: Moment,
    entries: &[(KeyState, Vec<u8>)],
) -> Result<Vec<u8>, Malformed> {
    let mut out = Put::default();
    out.octets(MAGIC).u16(VERSION).octets(set).u8(split.needed()).u8(split.shares()).moment(at);
    out.octets(&sm3::hmac(secret, CHECK));
    out.u32(u32::try_from(entries.len()).map_err(|_| Malformed)?);
    for (state, file) in entries {
        out.short(&[&[if *state == KeyState::Suspended { SUSPENDED } else { ACTIVE }], file.as_slice()].concat())?;
    }
    let mac = sm3::hmac(mac_key(secret).as_slice(), &out.0);
    out.octets(&mac);
    Ok(out.0)
}

const ACTIVE: u8 = 1;
const SUSPENDED: u8 = 2;

fn mac_key(secret: &[u8; SECRET]) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(sm3::hmac(secret, MAC))
}

/// A backup that has the right form.
struct Opened<'a> {
    octets: &'a [u8],
    set: [u8; SET],
    needed: u8,
    shares: u8,
    made: Moment,
    check: sm3::Digest,
    files: Vec<(KeyState, KeyFile)>,
}

impl<'a> Opened<'a> {
    fn read(octets: &'a [u8]) -> Result<Self, BackupFault> {
        let mut rest = Take(octets);
        let magic: [u8; 18] = rest.array().map_err(|Malformed| BackupFault::NotABackup)?;
        if magic != *MAGIC {
            return Err(BackupFault::NotABackup);
        }
        match rest.u16() {
            Ok(VERSION) => {}
            Ok(other) => return Err(BackupFault::Version(other)),
            Err(Malformed) => return Err(BackupFault::Altered),
        }
        Self::body(octets, rest).map_err(|Malformed| BackupFault::Altered)
    }

    fn body(octets: &'a [u8], mut rest: Take<'a>) -> Result<Self, Malformed> {
        let (set, needed, shares, made) = (rest.array()?, rest.u8()?, rest.u8()?, rest.moment()?);
        let check = rest.array()?;
        let count = rest.u32()?;
        let mut files = Vec::new();
        for _ in 0..count {
            let (state, file) = rest.short()?.split_first().ok_or(Malformed)?;
            let state = match *state {
                ACTIVE => KeyState::Active,
                SUSPENDED => KeyState::Suspended,
                _ => return Err(Malformed),
            };
            files.push((state, KeyFile::parse(file).map_err(|_| Malformed)?));
        }
        rest.array::<32>()?;
        rest.finish()?;
        Ok(Self { octets, set, needed, shares, made, check, files })
    }

    /// Its key files, once the secret has proved to be the one, and the octets those that were written.
    fn entries(self, secret: &[u8; SECRET]) -> Result<Vec<(KeyState, KeyFile)>, BackupFault> {
        if !sm3::hmac_verify(secret, CHECK, &self.check) {
            return Err(SplitFault::Wrong.into());
        }
        let (body, mac) = self.octets.split_last_chunk::<32>().ok_or(BackupFault::Altered)?;
        if sm3::hmac_verify(mac_key(secret).as_slice(), body, mac) { Ok(self.files) } else { Err(BackupFault::Altered) }
    }
}

impl BackupFacts {
    /// Reads what a backup says of itself, without the shares.
    ///
    /// # Errors
    /// [`BackupFault::NotABackup`], [`BackupFault::Version`], [`BackupFault::Altered`].
    pub fn read(backup: &[u8]) -> Result<Self, BackupFault> {
        let opened = Opened::read(backup)?;
        Ok(Self {
            set: hex::encode(opened.set),
            needed: opened.needed,
            shares: opened.shares,
            made: opened.made,
            keys: opened.files.iter().map(|(_, file)| KeyReference::Soft(file.header.id)).collect(),
        })
    }
}

/// Most octets of a backup of a full store.
pub const LONGEST_BACKUP: usize = 128 + super::MOST_KEYS * (format::LENGTH + 3);

#[cfg(test)]
mod tests;
