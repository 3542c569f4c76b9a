//! Opening what is configured.

use super::{CustodyConfig, SectionFault};
use crate::{
    KeyError, KeyStore,
    book::KeyBook,
    passphrase::{Passphrase, PassphraseError},
    pkcs11::{MappingError, Pkcs11Store},
    place::{Folder, PRIVATE, PlaceError, open_folder},
    remote::{RemoteStore, TlsFault},
    sdf::{SdfError, SdfStore},
    soft::SoftStore,
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// Folder of the book below the configured one.
const BOOK: &str = "book";

/// An open custody.
#[derive(Clone, Debug)]
pub enum Custody {
    /// Key files, used in this process.
    Soft(Arc<SoftStore>),
    /// A password device.
    Sdf(Arc<SdfStore>),
    /// A PKCS#11 token.
    Pkcs11(Arc<Pkcs11Store>),
    /// The daemon.
    Hsmd(RemoteStore),
}

/// Why a custody is not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenFault {
    /// The configuration.
    #[error(transparent)]
    Section(#[from] SectionFault),
    /// The passphrase of the folder.
    #[error(transparent)]
    Passphrase(#[from] PassphraseError),
    /// The folder.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The folder holds the keys of another driver.
    #[error("{folder}: holds {found}, and the configuration names {configured}; name another folder")]
    OtherFolder {
        /// Which.
        folder: PathBuf,
        /// What is there.
        found: &'static str,
        /// What is configured.
        configured: &'static str,
    },
    /// The password device.
    #[error(transparent)]
    Sdf(#[from] SdfError),
    /// The vendor's numbers for SM2.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The files for TLS with the daemon.
    #[error("keys.hsmd: {0}")]
    Tls(#[from] TlsFault),
    /// The keys.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl CustodyConfig {
    /// Opens what is there.
    ///
    /// # Errors
    /// [`OpenFault`]. A password device and the daemon may be away: they are opened when they come.
    pub fn open(&self) -> Result<Custody, OpenFault> {
        self.opened(false)
    }

    /// The same, and makes folders where there are none.
    ///
    /// # Errors
    /// As [`CustodyConfig::open`].
    pub fn create(&self) -> Result<Custody, OpenFault> {
        self.opened(true)
    }

    fn opened(&self, make: bool) -> Result<Custody, OpenFault> {
        self.check()?;
        if let Some(hsmd) = &self.hsmd {
            return Ok(Custody::Hsmd(hsmd.store()?));
        }
        let wanted = "the folder of the key files, or of a device's key book";
        let folder = self.folder.as_ref().ok_or(SectionFault { member: "keys.folder", wanted })?;
        let wanted = "passphrase_file or passphrase_credential";
        let source = self.passphrase().ok_or(SectionFault { member: "keys.passphrase_file", wanted })?;
        let passphrase = source.read()?;
        if make {
            Folder::create(folder)?;
        }
        if let Some(section) = &self.sdf {
            let book = Arc::new(device_book(folder, &passphrase, "a device")?);
            let (first, second) = section.settings(folder)?;
            let store = match second {
                None => SdfStore::start(first, book)?,
                Some(second) => SdfStore::start_pair(first, second, book)?,
            };
            return Ok(Custody::Sdf(Arc::new(store)));
        }
        if let Some(section) = &self.pkcs11 {
            let wanted = "pin_file or pin_credential";
            let pin = section.pin().ok_or(SectionFault { member: "keys.pkcs11.pin_file", wanted })?;
            let settings = section.settings(pin)?;
            let book = device_book(folder, &passphrase, "a token")?;
            return Ok(Custody::Pkcs11(Arc::new(Pkcs11Store::supervised(settings, book, section.timing())?)));
        }
        if folder.join(BOOK).exists() {
            let (found, configured) = ("the key book of a device", "key files");
            return Err(OpenFault::OtherFolder { folder: folder.clone(), found, configured });
        }
        Ok(Custody::Soft(Arc::new(SoftStore::open(folder, &passphrase)?)))
    }
}

/// The book of a device's keys, in a folder of its own below the configured one.
fn device_book(folder: &Path, passphrase: &Passphrase, configured: &'static str) -> Result<KeyBook, OpenFault> {
    open_folder(folder, PRIVATE)?;
    if SoftStore::is_at(folder)? {
        return Err(OpenFault::OtherFolder { folder: folder.to_path_buf(), found: "key files", configured });
    }
    Ok(KeyBook::open(&folder.join(BOOK), passphrase)?)
}

impl Custody {
    /// Its keys.
    pub fn keys(&self) -> Arc<dyn KeyStore> {
        match self {
            Self::Soft(store) => Arc::clone(store) as Arc<dyn KeyStore>,
            Self::Sdf(store) => Arc::clone(store) as Arc<dyn KeyStore>,
            Self::Pkcs11(store) => Arc::clone(store) as Arc<dyn KeyStore>,
            Self::Hsmd(store) => Arc::new(store.clone()),
        }
    }
}
