//! The vendor's library: loaded and initialised once a process, however many tokens
//! of it are used, and finalised with its last user.

use super::{
    codes::Code,
    error::Pkcs11Error,
    raw::{Failed, LoadFault, Raw},
};
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::{Error as WrapperError, RvError},
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A library in memory.
struct Loaded {
    path: PathBuf,
    context: Pkcs11,
    raw: Raw,
    /// Whether we initialised it, so that finalising it is ours too.
    ours: bool,
}

/// One entry for each library of the process.
struct Entry {
    library: Arc<Loaded>,
    users: usize,
}

/// C_Initialize and C_Finalize are for the whole process, so this is too.
static LIBRARIES: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

fn libraries() -> MutexGuard<'static, Vec<Entry>> {
    // a panic elsewhere cannot leave the list half changed
    LIBRARIES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A user's hold on a library.
pub(super) struct Module {
    library: Arc<Loaded>,
}

impl Module {
    /// Loads and initialises the library, or joins its users.
    pub(super) fn open(path: &Path) -> Result<Self, Pkcs11Error> {
        let refused = |cause: String| Pkcs11Error::Library { path: path.to_owned(), cause };
        let path = &std::fs::canonicalize(path).map_err(|cause| refused(cause.to_string()))?;
        let mut all = libraries();
        if let Some(entry) = all.iter_mut().find(|entry| &entry.library.path == path) {
            entry.users += 1;
            return Ok(Self { library: Arc::clone(&entry.library) });
        }
        let raw = Raw::load(path).map_err(|fault| match fault {
            LoadFault::Loader(cause) => refused(cause),
            LoadFault::NoFunctionList => Pkcs11Error::NotPkcs11(path.clone()),
        })?;
        let context = Pkcs11::new(path).map_err(|cause| wrapper_error(&device_name(path), cause))?;
        let ours = match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) => true,
            // another part of the process uses it, and will finalise it
            Err(WrapperError::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => false,
            Err(cause) => return Err(wrapper_error(&device_name(path), cause)),
        };
        let library = Arc::new(Loaded { path: path.clone(), context, raw, ours });
        all.push(Entry { library: Arc::clone(&library), users: 1 });
        Ok(Self { library })
    }

    /// The safe wrapper's view of it.
    pub(super) fn context(&self) -> &Pkcs11 {
        &self.library.context
    }

    /// Its own functions.
    pub(super) fn raw(&self) -> &Raw {
        &self.library.raw
    }

    /// Its file's name, for messages.
    pub(super) fn name(&self) -> String {
        device_name(&self.library.path)
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        let mut all = libraries();
        let Some(place) = all.iter().position(|entry| Arc::ptr_eq(&entry.library, &self.library)) else { return };
        let Some(entry) = all.get_mut(place) else { return };
        entry.users -= 1;
        if entry.users == 0 {
            let entry = all.swap_remove(place);
            if entry.library.ours {
                // a library that fails at its end has nothing left to do for us
                let _ = entry.library.context.clone().finalize();
            }
        }
    }
}

fn device_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The error of a call through the safe wrapper.
pub(super) fn wrapper_error(device: &str, error: WrapperError) -> Pkcs11Error {
    let device = device.to_owned();
    match error {
        WrapperError::Pkcs11(code, function) => {
            Pkcs11Error::Call { device, call: function_name(&function.to_string()), code: Code::of(code) }
        }
        other => Pkcs11Error::Answer { device, call: "the library", what: other.to_string() },
    }
}

/// The error of a call of the library's own function.
pub(super) fn raw_error(device: &str, failed: Failed) -> Pkcs11Error {
    Pkcs11Error::Call { device: device.to_owned(), call: failed.call, code: failed.code }
}

/// The name as the standard writes it, of what the wrapper calls.
fn function_name(wrapper: &str) -> &'static str {
    const NAMES: [&str; 12] = [
        "C_Initialize",
        "C_GetInfo",
        "C_GetFunctionList",
        "C_GetInterface",
        "C_GetSlotList",
        "C_GetSlotInfo",
        "C_GetTokenInfo",
        "C_OpenSession",
        "C_CloseSession",
        "C_GetSessionInfo",
        "C_Login",
        "C_Logout",
    ];
    NAMES
        .into_iter()
        .find(|name| wrapper.rsplit("::").next() == name.strip_prefix("C_"))
        .unwrap_or("a function of the library")
}
