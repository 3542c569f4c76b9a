//! The maker's library: loaded by its path, every function looked up by name.
//!
//! A library is never unloaded: makers start threads and handlers in them that
//! outlive the last handle.

#![expect(unsafe_code, reason = "loads a shared library and takes functions from it")]

use super::error::SdfError;
use core::{
    ffi::{c_char, c_int, c_uint, c_void},
    fmt,
    mem::ManuallyDrop,
};
use std::path::{Path, PathBuf};

/// A handle of the library's.
pub(super) type Raw = *mut c_void;

macro_rules! functions {
    (needed { $($needed:ident = $needed_name:literal, $what:literal, ($($needed_type:ty),*);)* }
     optional { $($optional:ident = $optional_name:literal, ($($optional_type:ty),*);)* }) => {
        /// The functions of GM/T 0018 that the driver calls, with their types in C.
        pub(super) struct Functions {
            $(pub(super) $needed: unsafe extern "C" fn($($needed_type),*) -> c_int,)*
            $(pub(super) $optional: Option<unsafe extern "C" fn($($optional_type),*) -> c_int>,)*
        }

        impl Functions {
            /// Looks all of them up.
            ///
            /// # Safety
            /// What the library has under these names are functions of these types: that is what
            /// GM/T 0018 says, and `SDF_OpenDevice` that the library keeps to it.
            unsafe fn of(path: &Path, library: &libloading::Library) -> Result<Self, SdfError> {
                Ok(Self {
                    // SAFETY: of that type, as the caller of this function promises
                    $($needed: *unsafe { library.get($needed_name) }.map_err(|_| SdfError::Symbol {
                        path: path.to_owned(),
                        symbol: $needed_name,
                        what: $what,
                    })?,)*
                    // SAFETY: of that type, as the caller of this function promises
                    $($optional: unsafe { library.get($optional_name) }.ok().map(|symbol| *symbol),)*
                })
            }
        }
    };
}

functions! {
    needed {
        open_device = "SDF_OpenDevice", "to open the device", (*mut Raw);
        close_device = "SDF_CloseDevice", "to close the device", (Raw);
        open_session = "SDF_OpenSession", "to open sessions", (Raw, *mut Raw);
        close_session = "SDF_CloseSession", "to close sessions", (Raw);
        device_info = "SDF_GetDeviceInfo", "to know the device", (Raw, *mut c_void);
        random = "SDF_GenerateRandom", "for random octets", (Raw, c_uint, *mut u8);
        take_right = "SDF_GetPrivateKeyAccessRight", "to show a PIN", (Raw, c_uint, *const u8, c_uint);
        public_key = "SDF_ExportSignPublicKey_ECC", "for public keys", (Raw, c_uint, *mut c_void);
        sign = "SDF_InternalSign_ECC", "to sign", (Raw, c_uint, *const u8, c_uint, *mut c_void);
        verify = "SDF_InternalVerify_ECC", "to verify", (Raw, c_uint, *const u8, c_uint, *const c_void);
    }
    optional {
        open_with_path = "SDF_OpenDeviceWithPath", (*const c_char, *mut Raw);
        take_kek_right = "SDF_GetKEKAccessRight", (Raw, c_uint, *const u8, c_uint);
        hash_init = "SDF_HashInit", (Raw, c_uint, *const c_void, *const u8, c_uint);
        hash_update = "SDF_HashUpdate", (Raw, *const u8, c_uint);
        hash_final = "SDF_HashFinal", (Raw, *mut u8, *mut c_uint);
        generate_with_kek = "SDF_GenerateKeyWithKEK",
            (Raw, c_uint, c_uint, c_uint, *mut u8, *mut c_uint, *mut Raw);
        import_with_kek = "SDF_ImportKeyWithKEK", (Raw, c_uint, c_uint, *const u8, c_uint, *mut Raw);
        destroy_key = "SDF_DestroyKey", (Raw, Raw);
        encrypt = "SDF_Encrypt", (Raw, Raw, c_uint, *mut u8, *const u8, c_uint, *mut u8, *mut c_uint);
        decrypt = "SDF_Decrypt", (Raw, Raw, c_uint, *mut u8, *const u8, c_uint, *mut u8, *mut c_uint);
        // of our own software device: the standard leaves making keys to the maker
        make_pair = "SOFTSDF_GenerateKeyPair", (Raw, c_uint, c_uint, *const u8, c_uint);
        make_kek = "SOFTSDF_GenerateKEK", (Raw, c_uint, *const u8, c_uint);
        delete_key = "SOFTSDF_DeleteKey", (Raw, c_uint, c_uint);
        last_error = "SOFTSDF_LastError", (*mut c_char, c_uint);
    }
}

/// A loaded library.
pub(super) struct Library {
    path: PathBuf,
    pub(super) functions: Functions,
    /// Keeps the functions where they are; never unloaded.
    _library: ManuallyDrop<libloading::Library>,
}

impl Library {
    /// Loads a library and looks up what is needed of it.
    pub(super) fn load(path: &Path) -> Result<Self, SdfError> {
        // SAFETY: loading runs the library's initialisers. Which library it is the operator says, in a
        // configuration that only they can write, as with any plug-in.
        let library = unsafe { libloading::Library::new(path) }
            .map_err(|cause| SdfError::Library { path: path.to_owned(), cause: cause.to_string() })?;
        let library = ManuallyDrop::new(library);
        // SAFETY: the symbol is only asked for, not used
        if unsafe { library.get::<*const c_void>("SDF_OpenDevice") }.is_err() {
            return Err(SdfError::NotSdf(path.to_owned()));
        }
        // SAFETY: it has SDF_OpenDevice, a name that GM/T 0018 gave
        let functions = unsafe { Functions::of(path, &library) }?;
        Ok(Self { path: path.to_owned(), functions, _library: library })
    }

    /// Whether it makes and deletes keys.
    pub(super) fn makes_keys(&self) -> bool {
        let Functions { make_pair, make_kek, delete_key, .. } = &self.functions;
        make_pair.is_some() && make_kek.is_some() && delete_key.is_some()
    }

    /// A function that not every library has.
    pub(super) fn optional<F: Copy>(&self, function: Option<F>, symbol: &'static str) -> Result<F, SdfError> {
        function.ok_or_else(|| SdfError::Symbol { path: self.path.clone(), symbol, what: "for this" })
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Library").field(&self.path).finish()
    }
}
