//! Where the passphrase of a software store, or the PIN of a device, comes from: a file of ours alone, or
//! a credential that systemd handed to the service. Never a command line, never
//! an environment variable: other processes read those.

use crate::place::{self, PRIVATE, PlaceError, Rule};
use std::{
    env,
    path::{Path, PathBuf},
};
use yinxin_trust::base::Secret;
use zeroize::{Zeroize as _, Zeroizing};

/// Fewest octets of a passphrase.
pub const SHORTEST: usize = 12;

/// Fewest octets of a device's PIN. The device itself may want more, and ends guessing by locking.
pub const SHORTEST_PIN: usize = 4;

/// Most octets of a passphrase.
pub const LONGEST: usize = 1024;

/// Where systemd says that a service's credentials are.
const CREDENTIALS_DIRECTORY: &str = "CREDENTIALS_DIRECTORY";

/// systemd lets the service's user read a credential of root's by an access list,
/// which shows as read rights of the group; nobody else has any.
const CREDENTIAL: Rule = Rule { root_too: true, forbidden: 0o037 };

/// The same of the folder: nobody but its owner may put a file there.
const CREDENTIALS: Rule = Rule { root_too: true, forbidden: 0o022 };

/// A passphrase: hidden from `Debug`, wiped on drop.
#[derive(Debug)]
pub struct Passphrase(Secret<Vec<u8>>);

/// Where a passphrase is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file that only this user may read. One newline at its end is cut.
    File(PathBuf),
    /// A systemd credential (`LoadCredential=`, `LoadCredentialEncrypted=`) of this
    /// name, read from `$CREDENTIALS_DIRECTORY`. One newline at its end is cut.
    Credential(String),
}

/// Why there is no passphrase. Says nothing of what was read but its length.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PassphraseError {
    /// The file was refused or cannot be read.
    #[error("passphrase: {0}")]
    Place(#[from] PlaceError),
    /// systemd handed over no credentials.
    #[error("passphrase: no credential {0}: $CREDENTIALS_DIRECTORY is not set (is LoadCredential= in the unit?)")]
    NoCredentials(String),
    /// Not a plain file name.
    #[error("passphrase: a credential's name is letters, digits and - _ . without a dot in front")]
    CredentialName,
    /// Too short to protect anything.
    #[error("passphrase from {origin} has {found} octets; at least {wanted} are wanted")]
    Short {
        /// Where it was read.
        origin: String,
        /// How many there were.
        found: usize,
        /// Fewest that there must be.
        wanted: usize,
    },
    /// Longer than anything a person or a generator writes.
    #[error("passphrase from {origin} has more than {LONGEST} octets")]
    Long {
        /// Where it was read.
        origin: String,
    },
}

impl Source {
    /// Reads the passphrase.
    ///
    /// # Errors
    /// [`PassphraseError`], naming the file and the offence.
    pub fn read(&self) -> Result<Passphrase, PassphraseError> {
        self.read_at_least(SHORTEST)
    }

    /// Reads the PIN of a device, which may be shorter than a passphrase.
    ///
    /// # Errors
    /// [`PassphraseError`], naming the file and the offence.
    pub fn read_pin(&self) -> Result<Passphrase, PassphraseError> {
        self.read_at_least(SHORTEST_PIN)
    }

    fn read_at_least(&self, shortest: usize) -> Result<Passphrase, PassphraseError> {
        match self {
            Self::File(path) => from_file(path, PRIVATE, shortest),
            Self::Credential(name) => {
                let folder =
                    env::var_os(CREDENTIALS_DIRECTORY).ok_or_else(|| PassphraseError::NoCredentials(name.clone()))?;
                from_credential(Path::new(&folder), name, shortest)
            }
        }
    }
}

impl Passphrase {
    /// Takes the octets over. `origin` says in errors where they come from.
    ///
    /// # Errors
    /// [`PassphraseError::Short`], [`PassphraseError::Long`].
    pub fn new(octets: Vec<u8>, origin: &str) -> Result<Self, PassphraseError> {
        Self::at_least(SHORTEST, octets, origin)
    }

    fn at_least(wanted: usize, mut octets: Vec<u8>, origin: &str) -> Result<Self, PassphraseError> {
        let found = octets.len();
        if (wanted..=LONGEST).contains(&found) {
            return Ok(Self(Secret::new(octets)));
        }
        octets.zeroize();
        let origin = origin.to_owned();
        Err(if found < wanted {
            PassphraseError::Short { origin, found, wanted }
        } else {
            PassphraseError::Long { origin }
        })
    }

    pub(crate) fn expose(&self) -> &[u8] {
        self.0.expose()
    }
}

fn from_credential(folder: &Path, name: &str, shortest: usize) -> Result<Passphrase, PassphraseError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
        return Err(PassphraseError::CredentialName);
    }
    place::open_folder(folder, CREDENTIALS)?;
    from_file(&folder.join(name), CREDENTIAL, shortest)
}

fn from_file(path: &Path, rule: Rule, shortest: usize) -> Result<Passphrase, PassphraseError> {
    // room for a newline of two octets, and one to see that it is too long
    let read: Zeroizing<Vec<u8>> = place::read_file(path, rule, LONGEST + 3)?;
    let line = read.strip_suffix(b"\n").unwrap_or(&read);
    let line = if line.len() < read.len() { line.strip_suffix(b"\r").unwrap_or(line) } else { line };
    Passphrase::at_least(shortest, line.to_vec(), &path.display().to_string())
}

#[cfg(test)]
mod tests;
