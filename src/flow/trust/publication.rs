//! What this installation publishes for others: its list with the signature over it, and
//! the revocation lists of its own authority. Read from the folders where they are made,
//! kept in memory, read again while the service runs.

use super::making::{MakeFault, folder_key, read_folder};
use crate::flow::{authority::AuthorityFolder, bundle};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};
use yinxin_trust::{asn1::pem, trust_list::SignedList};

/// Octets of one revocation list of our own.
const LIST_LIMIT_BYTES: u64 = 64 << 20;

/// What is published. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Publication {
    folder: PathBuf,
    authority: Option<PathBuf>,
    now: Arc<RwLock<Published>>,
}

#[derive(Default)]
struct Published {
    list: Option<Arc<SignedList>>,
    revocation: Option<Arc<str>>,
}

impl Publication {
    /// Of the folder that `yinxin trust make` fills, and that of our own authority.
    pub fn of(folder: &Path, authority: Option<&Path>) -> Self {
        Self { folder: folder.to_path_buf(), authority: authority.map(Path::to_path_buf), now: Arc::default() }
    }

    /// Reads the folders. A list whose signature does not hold under the key beside it
    /// leaves the one before in place: it may be in the middle of being replaced.
    ///
    /// # Errors
    /// [`MakeFault`].
    pub fn read(&self) -> Result<(), MakeFault> {
        let revocation = self.authority.as_deref().map(revocation).transpose()?.flatten();
        self.now.write().unwrap_or_else(PoisonError::into_inner).revocation = revocation;
        if !self.folder.join(super::LIST_FILE).exists() {
            return Ok(());
        }
        let list = read_folder(&self.folder, &folder_key(&self.folder)?)?;
        self.now.write().unwrap_or_else(PoisonError::into_inner).list = list.map(Arc::new);
        Ok(())
    }

    /// The list, once there is one.
    pub fn list(&self) -> Option<Arc<SignedList>> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).list.clone()
    }

    /// The revocation lists of our own authority, PEM, once there are some.
    pub fn revocation(&self) -> Option<Arc<str>> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).revocation.clone()
    }
}

fn revocation(folder: &Path) -> Result<Option<Arc<str>>, MakeFault> {
    let mut text = String::new();
    for path in AuthorityFolder::at(folder).lists() {
        if !path.exists() {
            continue;
        }
        let der = bundle::read(&path, LIST_LIMIT_BYTES);
        let der = der.map_err(|source| MakeFault::Io { path: path.clone(), source })?;
        text.push_str(&pem::write(pem::LIST, &der));
    }
    Ok((!text.is_empty()).then(|| Arc::from(text)))
}
