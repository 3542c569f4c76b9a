//! Standing mandates that the service was given: `NAME.mandate` and `NAME.proof` in a folder. They are
//! presented to the daemon, which judges them; here only one is chosen that may cover a stamp.

use crate::{
    KeyReference,
    mandate::{MAX_PROOF, MOST_OCTETS, Mandate, MandateFault, Scope},
};
use std::{
    ffi::OsString,
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use yinxin_trust::{base::Moment, sm::sm3};

/// Most mandates of a folder.
const MOST: usize = 1000;

/// Why files of the folder are no mandate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShelfFault {
    /// A file or the folder cannot be read.
    #[error("{path}: {cause}")]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// Longer than such a file can be.
    #[error("{0}: is longer than any mandate or proof")]
    Long(PathBuf),
    /// The octets.
    #[error("{path}: {fault}")]
    Mandate {
        /// Which.
        path: PathBuf,
        /// Why.
        fault: MandateFault,
    },
}

/// A mandate with its proof.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) name: sm3::Digest,
    pub(super) octets: Vec<u8>,
    pub(super) proof: Vec<u8>,
    pub(super) mandate: Mandate,
}

/// The folder, and what was read from it.
pub(super) struct Shelf {
    folder: PathBuf,
    state: Mutex<State>,
}

/// A file's name, its length, and when it last changed: seconds and nanoseconds.
type Seen = (OsString, u64, i64, i64);

#[derive(Default)]
struct State {
    /// The files as they were when they were read.
    read: Vec<Seen>,
    held: Vec<Arc<Held>>,
}

impl Shelf {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), state: Mutex::default() }
    }

    /// What lies in the folder, and what of it is no mandate.
    pub(super) fn read(&self) -> Result<Vec<Result<Held, ShelfFault>>, ShelfFault> {
        let fault = |cause| ShelfFault::Io { path: self.folder.clone(), cause };
        let mut paths = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(fault)? {
            let path = entry.map_err(fault)?.path();
            if path.extension().is_some_and(|ending| ending == "mandate") && paths.len() < MOST {
                paths.push(path);
            }
        }
        paths.sort();
        Ok(paths.iter().map(|path| held(path)).collect())
    }

    /// The files as they are.
    fn look(&self) -> Vec<Seen> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut seen: Vec<Seen> = entries
            .filter_map(|entry| {
                let facts = entry.metadata().ok()?;
                Some((entry.file_name(), facts.len(), facts.mtime(), facts.mtime_nsec()))
            })
            .collect();
        seen.sort();
        seen
    }

    /// The mandates that may cover a stamp of a licence type, in the order of their files' names.
    pub(super) fn fitting(&self, key: &KeyReference, licence_type: &str, at: Moment) -> Vec<Arc<Held>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = self.look();
        if state.read != seen {
            // a file that is no mandate is the doctor's to name
            let read = self.read().map_or_else(|_| Vec::new(), |all| all.into_iter().flatten().collect());
            state.held = read.into_iter().map(Arc::new).collect();
            state.read = seen;
        }
        let covers = |held: &&Arc<Held>| {
            let types = match &held.mandate.scope {
                Scope::Standing(standing) => standing.licence_types.iter().any(|known| **known == *licence_type),
                _ => false,
            };
            types && held.mandate.key == *key && (held.mandate.from..=held.mandate.until).contains(&at)
        };
        state.held.iter().filter(covers).cloned().collect()
    }
}

fn held(path: &Path) -> Result<Held, ShelfFault> {
    let octets = bounded(path, MOST_OCTETS)?;
    let mandate = Mandate::parse(&octets).map_err(|fault| ShelfFault::Mandate { path: path.to_owned(), fault })?;
    let proof = bounded(&path.with_extension("proof"), MAX_PROOF)?;
    Ok(Held { name: Mandate::name(&octets), octets, proof, mandate })
}

fn bounded(path: &Path, most: usize) -> Result<Vec<u8>, ShelfFault> {
    let fault = |cause| ShelfFault::Io { path: path.to_owned(), cause };
    if fs::metadata(path).map_err(fault)?.len() > most as u64 {
        return Err(ShelfFault::Long(path.to_owned()));
    }
    fs::read(path).map_err(fault)
}
