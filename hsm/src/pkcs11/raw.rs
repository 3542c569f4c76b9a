//! Calls of the library's own functions, where the `cryptoki` crate cannot express
//! them: mechanisms and key types below 0x80000000 that the standard does not
//! define, the whole list of mechanisms, and one `C_Sign` a signature instead of two.
//!
//! The only unsafe code of this driver.

#![expect(unsafe_code, reason = "the functions of a PKCS#11 library are C functions")]

use super::codes::Code;
use cryptoki::session::Session;
use cryptoki_sys as sys;
use std::{ffi::c_void, path::Path, ptr};

/// Most mechanisms of one token that are listed.
const MOST_MECHANISMS: usize = 4096;

/// Most objects that one search gives.
const MOST_OBJECTS: usize = 65_536;

/// Longest attribute that is read, in octets.
const LONGEST_ATTRIBUTE: usize = 65_536;

/// A call that failed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed {
    /// The function.
    pub(super) call: &'static str,
    /// What it returned.
    pub(super) code: Code,
}

/// Why the library was not loaded.
#[derive(Debug)]
pub(super) enum LoadFault {
    /// The loader says.
    Loader(String),
    /// No `C_GetFunctionList`, or an empty list.
    NoFunctionList,
}

/// A value of an attribute to search or make an object by.
#[derive(Clone, Debug)]
pub(super) struct Attribute {
    kind: sys::CK_ATTRIBUTE_TYPE,
    value: Vec<u8>,
}

impl Attribute {
    pub(super) fn octets(kind: sys::CK_ATTRIBUTE_TYPE, value: &[u8]) -> Self {
        Self { kind, value: value.to_vec() }
    }

    pub(super) fn number(kind: sys::CK_ATTRIBUTE_TYPE, value: sys::CK_ULONG) -> Self {
        Self { kind, value: value.to_ne_bytes().to_vec() }
    }

    pub(super) fn flag(kind: sys::CK_ATTRIBUTE_TYPE, value: bool) -> Self {
        Self { kind, value: vec![if value { sys::CK_TRUE } else { sys::CK_FALSE }] }
    }
}

/// A mechanism with its parameter.
#[derive(Clone, Debug)]
pub(super) struct Mechanism {
    /// Its number.
    pub(super) number: sys::CK_MECHANISM_TYPE,
    /// What goes with it.
    pub(super) parameter: Parameter,
}

/// The parameter of a mechanism.
#[derive(Clone, Debug)]
pub(super) enum Parameter {
    /// None.
    None,
    /// Octets.
    Octets(Vec<u8>),
    /// RSASSA-PSS with SHA-256, MGF1 of SHA-256 and a salt of 32 octets.
    PssSha256,
}

/// What a mechanism can do, as `C_GetMechanismInfo` says.
#[derive(Clone, Copy, Debug)]
pub(super) struct MechanismInfo {
    pub(super) smallest: u64,
    pub(super) largest: u64,
    pub(super) flags: sys::CK_FLAGS,
}

/// The functions of a loaded library.
pub(super) struct Raw {
    functions: sys::CK_FUNCTION_LIST,
    /// Keeps the library in memory for as long as its functions are called.
    _library: sys::Pkcs11,
}

/// Calls one function of the list; a missing one answers as the standard says.
macro_rules! call {
    ($raw:expr, $name:ident($($argument:expr),* $(,)?)) => {{
        let function = $raw.functions.$name;
        match function {
            // SAFETY: see the caller, which says why each argument is what the function wants
            Some(function) => check(stringify!($name), unsafe { function($($argument),*) }),
            None => check(stringify!($name), sys::CKR_FUNCTION_NOT_SUPPORTED),
        }
    }};
}

fn check(call: &'static str, code: sys::CK_RV) -> Result<(), Failed> {
    if code == sys::CKR_OK { Ok(()) } else { Err(Failed { call, code: Code(code) }) }
}

impl Raw {
    /// Loads the library.
    pub(super) fn load(path: &Path) -> Result<Self, LoadFault> {
        // SAFETY: loading runs the library's initialisers. Naming a library in the
        // configuration is trusting it with the keys; there is no way to use a device without.
        let library = unsafe { sys::Pkcs11::new(path) }.map_err(|cause| LoadFault::Loader(cause.to_string()))?;
        let mut list: *mut sys::CK_FUNCTION_LIST = ptr::null_mut();
        let get = library.C_GetFunctionList.as_ref().map_err(|_| LoadFault::NoFunctionList)?;
        // SAFETY: the symbol is the standard's entry point, which writes one pointer.
        let code = unsafe { get(&raw mut list) };
        if code != sys::CKR_OK || list.is_null() {
            return Err(LoadFault::NoFunctionList);
        }
        // SAFETY: the standard promises a list of at least version 2.x behind the
        // pointer, valid while the library is loaded; it is copied at once.
        let functions = unsafe { ptr::read_unaligned(list) };
        Ok(Self { functions, _library: library })
    }

    /// The numbers of all mechanisms of the token, the vendor's included.
    pub(super) fn mechanisms(&self, slot: sys::CK_SLOT_ID) -> Result<Vec<sys::CK_MECHANISM_TYPE>, Failed> {
        let mut count: sys::CK_ULONG = 0;
        // a null list asks for the count alone
        call!(self, C_GetMechanismList(slot, ptr::null_mut(), &raw mut count))?;
        let mut list = vec![0; usize::try_from(count).unwrap_or(usize::MAX).min(MOST_MECHANISMS)];
        count = list.len() as sys::CK_ULONG;
        // the list has room for `count` numbers
        call!(self, C_GetMechanismList(slot, list.as_mut_ptr(), &raw mut count))?;
        list.truncate(usize::try_from(count).unwrap_or(usize::MAX));
        Ok(list)
    }

    /// What a mechanism can do; `None` where the token does not have it.
    pub(super) fn mechanism(
        &self,
        slot: sys::CK_SLOT_ID,
        number: sys::CK_MECHANISM_TYPE,
    ) -> Result<Option<MechanismInfo>, Failed> {
        let mut info = sys::CK_MECHANISM_INFO::default();
        // the structure is ours and whole
        match call!(self, C_GetMechanismInfo(slot, number, &raw mut info)) {
            Ok(()) => {
                Ok(Some(MechanismInfo { smallest: info.ulMinKeySize, largest: info.ulMaxKeySize, flags: info.flags }))
            }
            Err(Failed { code: Code(sys::CKR_MECHANISM_INVALID), .. }) => Ok(None),
            Err(failed) => Err(failed),
        }
    }

    /// Handles of the objects that have all these attributes.
    pub(super) fn find(&self, session: &Session, template: &[Attribute]) -> Result<Vec<sys::CK_OBJECT_HANDLE>, Failed> {
        let mut attributes = Attributes::new(template);
        let handle = session.handle();
        // pointer and count are of one list, which outlives the call, as do the values it points to
        call!(self, C_FindObjectsInit(handle, attributes.pointer(), attributes.count()))?;
        let found = self.found(handle);
        // ends the search also after a failure; what it says then tells nothing new
        let ended = call!(self, C_FindObjectsFinal(handle));
        let found = found?;
        ended.map(|()| found)
    }

    fn found(&self, session: sys::CK_SESSION_HANDLE) -> Result<Vec<sys::CK_OBJECT_HANDLE>, Failed> {
        let mut all = Vec::new();
        let mut some = [0; 32];
        while all.len() < MOST_OBJECTS {
            let mut count: sys::CK_ULONG = 0;
            // there is room for as many as the third argument says
            call!(self, C_FindObjects(session, some.as_mut_ptr(), some.len() as sys::CK_ULONG, &raw mut count))?;
            let count = usize::try_from(count).unwrap_or(0);
            match some.get(..count) {
                None | Some([]) => break,
                Some(handles) => all.extend_from_slice(handles),
            }
        }
        Ok(all)
    }

    /// An attribute's octets; `None` where the object does not have it or the device does
    /// not give it out.
    pub(super) fn attribute(
        &self,
        session: &Session,
        object: sys::CK_OBJECT_HANDLE,
        kind: sys::CK_ATTRIBUTE_TYPE,
    ) -> Result<Option<Vec<u8>>, Failed> {
        let mut attribute = sys::CK_ATTRIBUTE { type_: kind, pValue: ptr::null_mut(), ulValueLen: 0 };
        // a null value asks for the length alone
        match call!(self, C_GetAttributeValue(session.handle(), object, &raw mut attribute, 1)) {
            Ok(()) => {}
            Err(Failed { code: Code(sys::CKR_ATTRIBUTE_TYPE_INVALID | sys::CKR_ATTRIBUTE_SENSITIVE), .. }) => {
                return Ok(None);
            }
            Err(failed) => return Err(failed),
        }
        let length = match usize::try_from(attribute.ulValueLen) {
            Ok(length) if attribute.ulValueLen != sys::CK_UNAVAILABLE_INFORMATION && length <= LONGEST_ATTRIBUTE => {
                length
            }
            _ => return Ok(None),
        };
        let mut value = vec![0_u8; length];
        attribute.pValue = value.as_mut_ptr().cast::<c_void>();
        // there is room for `ulValueLen` octets, which was set by the call before
        call!(self, C_GetAttributeValue(session.handle(), object, &raw mut attribute, 1))?;
        value.truncate(usize::try_from(attribute.ulValueLen).unwrap_or(0));
        Ok(Some(value))
    }

    /// Makes a key pair; the handles are of the public and the private key.
    pub(super) fn generate_pair(
        &self,
        session: &Session,
        mechanism: &Mechanism,
        public: &[Attribute],
        private: &[Attribute],
    ) -> Result<(sys::CK_OBJECT_HANDLE, sys::CK_OBJECT_HANDLE), Failed> {
        let (mut public, mut private) = (Attributes::new(public), Attributes::new(private));
        let (mut public_key, mut private_key) = (0, 0);
        with_mechanism(mechanism, |mechanism| {
            // mechanism, lists and values outlive the call; each count is of its list
            call!(
                self,
                C_GenerateKeyPair(
                    session.handle(),
                    mechanism,
                    public.pointer(),
                    public.count(),
                    private.pointer(),
                    private.count(),
                    &raw mut public_key,
                    &raw mut private_key,
                )
            )
        })?;
        Ok((public_key, private_key))
    }

    /// Removes an object from the token.
    pub(super) fn destroy(&self, session: &Session, object: sys::CK_OBJECT_HANDLE) -> Result<(), Failed> {
        // plain numbers
        call!(self, C_DestroyObject(session.handle(), object))
    }

    /// Signs `data` in one part; the signature has at most `longest` octets.
    ///
    /// A failure of `C_SignInit` means that nothing was signed; after one of `C_Sign`
    /// it is not known.
    pub(super) fn sign(
        &self,
        session: &Session,
        mechanism: &Mechanism,
        key: sys::CK_OBJECT_HANDLE,
        data: &[u8],
        longest: usize,
    ) -> Result<Vec<u8>, Failed> {
        with_mechanism(mechanism, |mechanism| {
            // the mechanism and its parameter outlive the call
            call!(self, C_SignInit(session.handle(), mechanism, key))
        })?;
        let mut signature = vec![0_u8; longest];
        let mut length = longest as sys::CK_ULONG;
        // the data is only read, though the function's type does not say so; there is
        // room for as many octets as the last argument says
        call!(
            self,
            C_Sign(
                session.handle(),
                data.as_ptr().cast_mut(),
                data.len() as sys::CK_ULONG,
                signature.as_mut_ptr(),
                &raw mut length,
            )
        )?;
        signature.truncate(usize::try_from(length).unwrap_or(0));
        Ok(signature)
    }
}

/// The C form of attributes, pointing into values that live as long.
struct Attributes<'a> {
    list: Vec<sys::CK_ATTRIBUTE>,
    _values: core::marker::PhantomData<&'a [Attribute]>,
}

impl<'a> Attributes<'a> {
    fn new(attributes: &'a [Attribute]) -> Self {
        let list = attributes
            .iter()
            .map(|attribute| sys::CK_ATTRIBUTE {
                type_: attribute.kind,
                // templates are only read, though their type does not say so
                pValue: attribute.value.as_ptr().cast_mut().cast::<c_void>(),
                ulValueLen: attribute.value.len() as sys::CK_ULONG,
            })
            .collect();
        Self { list, _values: core::marker::PhantomData }
    }

    fn pointer(&mut self) -> *mut sys::CK_ATTRIBUTE {
        self.list.as_mut_ptr()
    }

    fn count(&self) -> sys::CK_ULONG {
        self.list.len() as sys::CK_ULONG
    }
}

/// Gives the C form of a mechanism, valid during `use_it`.
fn with_mechanism<T>(mechanism: &Mechanism, use_it: impl FnOnce(*mut sys::CK_MECHANISM) -> T) -> T {
    let pss = sys::CK_RSA_PKCS_PSS_PARAMS { hashAlg: sys::CKM_SHA256, mgf: sys::CKG_MGF1_SHA256, sLen: 32 };
    let (parameter, length) = match &mechanism.parameter {
        Parameter::None => (ptr::null(), 0),
        Parameter::Octets(octets) => (octets.as_ptr().cast::<c_void>(), octets.len()),
        Parameter::PssSha256 => ((&raw const pss).cast::<c_void>(), size_of::<sys::CK_RSA_PKCS_PSS_PARAMS>()),
    };
    let mut c = sys::CK_MECHANISM {
        mechanism: mechanism.number,
        pParameter: parameter.cast_mut(),
        ulParameterLen: length as sys::CK_ULONG,
    };
    use_it(&raw mut c)
}
