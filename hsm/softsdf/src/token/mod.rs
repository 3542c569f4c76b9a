//! A token: a folder with keys, each sealed under its PIN.
//!
//! | name in the folder | what |
//! |---|---|
//! | `token` | serial number, and how many wrong PINs lock a key |
//! | `pair-<index>.key` | key pairs under an index, see [`format`] |
//! | `kek-<index>.key` | a key-encryption key |
//! | `<kind>-<index>.tries` | wrong PINs since the last right one; not there when none |
//! | `control` | faults that a test switches on, see [`crate::control`] |
//! | `lock` | locked by whoever writes |
//!
//! Several processes may use a token at once. A try is counted on disk before the
//! PIN is looked at, so that ending the process at that moment gives none for
//! free. The counter keeps a program from burning through PINs; who can write the folder can
//! reset it, and is held off by Argon2id alone.

pub(crate) mod format;

use crate::{
    control::Meter,
    fault::{Fault, fault},
    random,
};
use core::sync::atomic::{AtomicBool, Ordering};
use format::{ENCRYPT, FileFault, Header, KeyFile, SIGN, Sealed, TokenFile};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, Weak},
};
use yinxin_sdf_abi::codes::Code;
use yinxin_trust::sm::{sm2::PrivateKey, sm3};
use yinxin_vault::place::{Folder, PlaceError, Turn, WRITE};
use zeroize::Zeroizing;

/// Fewest and most octets of a PIN: GM/T 0018, 6.2.8 wants at least 8.
pub(crate) const PIN: core::ops::RangeInclusive<usize> = 8..=256;

/// Highest index of a key.
pub(crate) const HIGHEST_INDEX: u32 = 9_999;

/// Wrong PINs that lock a key, where nothing else was ordered.
pub(crate) const STANDARD_TRIES: u8 = 8;

/// The key is locked: too many wrong PINs. The standard has no code for it.
pub(crate) const PIN_LOCKED: Code = Code::new(0x0100_F001);

/// What lies under an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Key pairs of SM2.
    Pairs,
    /// A key-encryption key of SM4.
    Kek,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Pairs, Self::Kek];

    /// Its number in files and in the functions `SOFTSDF_…`.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Pairs => 1,
            Self::Kek => 2,
        }
    }

    pub(crate) fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Pairs => "pair",
            Self::Kek => "kek",
        }
    }
}

/// An open token.
pub(crate) struct Token {
    folder: Folder,
    pub(crate) file: TokenFile,
    /// Under which this process remembers the PINs that it has seen to be right.
    memory: Zeroizing<[u8; 32]>,
    opened: Mutex<HashMap<(Kind, u32), Arc<Opened>>>,
    pub(crate) meter: Meter,
}

/// A key whose PIN was shown.
pub(crate) struct Opened {
    pub(crate) sealed: Sealed,
    /// SM3 of the file it came from.
    file: sm3::Digest,
    /// HMAC of the PIN, under a key that this process alone knows.
    pin: sm3::Digest,
    destroyed: AtomicBool,
}

impl Opened {
    /// Whether the key has been deleted since.
    pub(crate) fn is_destroyed(&self) -> bool {
        self.destroyed.load(Ordering::Acquire)
    }
}

/// Makes a token in a folder that is not there yet or is empty.
pub(crate) fn create(path: &Path, max_tries: u8) -> Result<(), Fault> {
    if !(1..=99).contains(&max_tries) {
        return Err(fault(Code::INARGERR, "a key is locked after 1 to 99 wrong PINs"));
    }
    let failed = |error: PlaceError| Fault::new(Code::FILEWERR, error.to_string());
    Folder::create(path).map_err(failed)?;
    let folder = Folder::open_shared(path, WRITE).map_err(failed)?;
    let turn = folder.turn().map_err(failed)?;
    if folder.names().map_err(failed)?.iter().any(|name| name == TOKEN) {
        return Err(Fault::new(Code::FILEEXISTS, format!("{}: there is a token already", path.display())));
    }
    let mut serial = [0; 16];
    for (to, from) in serial.iter_mut().zip(hex_digits(random::octets::<8>()?.as_slice())) {
        *to = from;
    }
    turn.write_new(TOKEN, &TokenFile { serial, max_tries }.to_octets()).map_err(failed)
}

/// Name of the token file.
const TOKEN: &str = "token";

impl Token {
    /// Opens the token in a folder; one that this process has open already is shared.
    pub(crate) fn open(path: &Path) -> Result<Arc<Self>, Fault> {
        static OPEN: Mutex<Vec<(PathBuf, Weak<Token>)>> = Mutex::new(Vec::new());
        let failed = |error: String| Fault::new(Code::OPENDEVICE, error);
        let folder = Folder::open_shared(path, WRITE).map_err(|error| failed(error.to_string()))?;
        let octets = folder.read(TOKEN, format::TOKEN_LENGTH).map_err(|error| failed(error.to_string()))?;
        let file = TokenFile::parse(&octets)
            .map_err(|fault| failed(format!("{} {fault}", folder.path_of(TOKEN).display())))?;
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|(_, token)| token.strong_count() > 0);
        let known = open.iter().find(|(at, _)| at == path).and_then(|(_, token)| token.upgrade());
        // made anew in the same place it is another
        if let Some(token) = known.filter(|token| token.file == file) {
            return Ok(token);
        }
        let token = Arc::new(Self {
            folder,
            file,
            memory: random::octets()?,
            opened: Mutex::default(),
            meter: Meter::default(),
        });
        open.push((path.to_owned(), Arc::downgrade(&token)));
        Ok(token)
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What stands in the open about a key.
    pub(crate) fn header(&self, kind: Kind, index: u32) -> Result<Header, Fault> {
        self.read(kind, index).map(|file| file.header)
    }

    /// Opens a key with its PIN.
    pub(crate) fn unlock(&self, kind: Kind, index: u32, pin: &[u8]) -> Result<Arc<Opened>, Fault> {
        if !PIN.contains(&pin.len()) {
            return Err(fault(Code::INARGERR, "a PIN has 8 to 256 octets"));
        }
        let file = self.read(kind, index)?;
        let turn = self.folder.turn().map_err(hardware)?;
        let tries = self.tries(kind, index)?;
        if tries >= self.file.max_tries {
            return Err(Fault::new(PIN_LOCKED, format!("{} {index} is locked: too many wrong PINs", kind.word())));
        }
        let mac = sm3::hmac(self.memory.as_slice(), pin);
        let known = self.opened().get(&(kind, index)).map(Arc::clone);
        if let Some(opened) = known
            && opened.file == file.sum
            && sm3::hmac_verify(self.memory.as_slice(), pin, &opened.pin)
        {
            self.forgive(&turn, kind, index, tries)?;
            return Ok(opened);
        }
        turn.replace(&tries_name(kind, index), (tries + 1).to_string().as_bytes()).map_err(hardware)?;
        let sealed = match file.open(pin) {
            Err(FileFault::Pin) => return Err(fault(Code::PRKRERR, "wrong PIN")),
            opened => opened.map_err(|fault| self.damaged(kind, index, fault)),
        };
        // a right PIN before a damaged key is a right PIN
        self.forgive(&turn, kind, index, tries + 1)?;
        let opened = Arc::new(Opened { sealed: sealed?, file: file.sum, pin: mac, destroyed: AtomicBool::new(false) });
        self.opened().insert((kind, index), Arc::clone(&opened));
        Ok(opened)
    }

    /// Makes key pairs for `uses` under an index.
    pub(crate) fn generate_pairs(&self, index: u32, uses: u8, pin: &[u8]) -> Result<(), Fault> {
        if uses == 0 || uses & !(SIGN | ENCRYPT) != 0 {
            return Err(fault(Code::INARGERR, "uses are 1 (sign), 2 (encrypt) or 3 (a pair for each)"));
        }
        let mut secrets = Zeroizing::new([0; 64]);
        let (signing, encryption) = secrets.split_at_mut(32);
        let pair = |place: &mut [u8], bit| {
            if uses & bit == 0 {
                return Ok(None);
            }
            let (octets, private) = fresh_key()?;
            place.copy_from_slice(octets.as_slice());
            Ok(Some(private.public_key().clone()))
        };
        let (signing, encryption) = (pair(signing, SIGN)?, pair(encryption, ENCRYPT)?);
        self.keep(&Header { kind: Kind::Pairs, index, signing, encryption }, pin, &secrets)
    }

    /// Makes a key-encryption key under an index.
    pub(crate) fn generate_kek(&self, index: u32, pin: &[u8]) -> Result<(), Fault> {
        let mut secrets = Zeroizing::new([0; 64]);
        random::fill(secrets.first_chunk_mut::<16>().map_or(&mut [], |key| key.as_mut_slice()))?;
        self.keep(&Header { kind: Kind::Kek, index, signing: None, encryption: None }, pin, &secrets)
    }

    /// Deletes a key for good.
    pub(crate) fn delete(&self, kind: Kind, index: u32) -> Result<(), Fault> {
        self.read(kind, index)?;
        let turn = self.folder.turn().map_err(hardware)?;
        turn.remove(&key_name(kind, index)).map_err(hardware)?;
        turn.remove(&tries_name(kind, index)).map_err(hardware)?;
        if let Some(opened) = self.opened().remove(&(kind, index)) {
            opened.destroyed.store(true, Ordering::Release);
        }
        Ok(())
    }

    fn keep(&self, header: &Header, pin: &[u8], secrets: &Zeroizing<[u8; 64]>) -> Result<(), Fault> {
        if !PIN.contains(&pin.len()) {
            return Err(fault(Code::INARGERR, "a PIN has 8 to 256 octets"));
        }
        if !(1..=HIGHEST_INDEX).contains(&header.index) {
            return Err(fault(Code::INARGERR, "an index is 1 to 9999"));
        }
        let octets = format::seal(header, pin, *random::octets()?, &*random::octets()?, secrets)
            .map_err(|fault| self.damaged(header.kind, header.index, fault))?;
        let turn = self.folder.turn().map_err(hardware)?;
        let name = key_name(header.kind, header.index);
        if self.folder.names().map_err(hardware)?.contains(&name) {
            return Err(Fault::new(
                Code::FILEEXISTS,
                format!("{} {} is there already", header.kind.word(), header.index),
            ));
        }
        turn.remove(&tries_name(header.kind, header.index)).map_err(hardware)?;
        turn.write_new(&name, &octets).map_err(|error| Fault::new(Code::FILEWERR, error.to_string()))
    }

    fn read(&self, kind: Kind, index: u32) -> Result<KeyFile, Fault> {
        let octets = match self.folder.read(&key_name(kind, index), format::LENGTH) {
            Ok(octets) => octets,
            Err(PlaceError::Missing(_)) => {
                return Err(Fault::new(Code::KEYNOTEXIST, format!("there is no {} {index}", kind.word())));
            }
            Err(error) => return Err(Fault::new(Code::KEYERR, error.to_string())),
        };
        let file = KeyFile::parse(&octets).map_err(|fault| self.damaged(kind, index, fault))?;
        if (file.header.kind, file.header.index) == (kind, index) {
            Ok(file)
        } else {
            Err(self.damaged(kind, index, FileFault::Unknown("place: it is another key's file")))
        }
    }

    /// Wrong PINs since the last right one.
    fn tries(&self, kind: Kind, index: u32) -> Result<u8, Fault> {
        let name = tries_name(kind, index);
        match self.folder.read(&name, 3) {
            Ok(octets) => str::from_utf8(&octets).ok().and_then(|text| text.parse().ok()).ok_or_else(|| {
                Fault::new(Code::HARDFAIL, format!("{} is no number of tries", self.folder.path_of(&name).display()))
            }),
            Err(PlaceError::Missing(_)) => Ok(0),
            Err(error) => Err(hardware(error)),
        }
    }

    fn forgive(&self, turn: &Turn<'_>, kind: Kind, index: u32, tries: u8) -> Result<(), Fault> {
        if tries == 0 { Ok(()) } else { turn.remove(&tries_name(kind, index)).map_err(hardware) }
    }

    fn opened(&self) -> std::sync::MutexGuard<'_, HashMap<(Kind, u32), Arc<Opened>>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn damaged(&self, kind: Kind, index: u32, fault: FileFault) -> Fault {
        Fault::new(Code::KEYERR, format!("{} {fault}", self.folder.path_of(&key_name(kind, index)).display()))
    }
}

/// A private key from fresh randomness.
pub(crate) fn fresh_key() -> Result<(Zeroizing<[u8; 32]>, PrivateKey), Fault> {
    // one draw in 2^32 lies outside 1..n-2; a generator that fails thrice is broken
    for _ in 0..3 {
        let octets = random::octets()?;
        if let Ok(private) = PrivateKey::from_octets(&octets) {
            return Ok((octets, private));
        }
    }
    Err(fault(Code::RANDERR, "the system's randomness gives no usable private key"))
}

fn key_name(kind: Kind, index: u32) -> String {
    format!("{}-{index:04}.key", kind.word())
}

fn tries_name(kind: Kind, index: u32) -> String {
    format!("{}-{index:04}.tries", kind.word())
}

fn hardware(error: PlaceError) -> Fault {
    Fault::new(Code::HARDFAIL, error.to_string())
}

fn hex_digits(octets: &[u8]) -> impl Iterator<Item = u8> {
    let digit = |value: u8| if value < 10 { b'0' + value } else { b'A' + value - 10 };
    octets.iter().flat_map(move |octet| [digit(octet >> 4), digit(octet & 15)])
}

#[cfg(test)]
mod tests;
