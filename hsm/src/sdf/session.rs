//! One session of a device: its calls, made safe.
//!
//! GM/T 0018 lets one thread at a time use a session, so the calls take it `&mut`.
//! Whatever a library writes goes into a buffer that is larger than any structure of the
//! standard; where it stops writing shows whether its structures are those of the configuration.

#![expect(unsafe_code, reason = "calls functions of the maker's library")]

use super::{
    codes::SdfCode,
    error::SdfError,
    library::{Library, Raw},
};
use crate::SdfPlace;
use core::{
    ffi::{c_int, c_uint, c_void},
    ptr,
};
use std::{collections::BTreeSet, ffi::CString, os::unix::ffi::OsStrExt as _, path::Path, sync::Arc};
use yinxin_sdf_abi::{
    algorithms::{SGD_SM3, SGD_SM4_ECB},
    codes::Code,
    layout::{DeviceInfo, EccPublicKey, EccSignature, NARROW, WIDE},
};
use yinxin_trust::sm::{
    Signature,
    sm2::PublicKey,
    sm3::{self, Digest},
};
use zeroize::Zeroizing;

/// `ECCref_MAX_BITS` of the maker's header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EccBits {
    /// 512, as in the standard.
    #[default]
    Standard,
    /// 256, as in the headers of some makers.
    Narrow,
}

impl EccBits {
    /// The number.
    pub const fn bits(self) -> u32 {
        match self {
            Self::Standard => 512,
            Self::Narrow => 256,
        }
    }
}

/// An open device, closed on drop.
pub(super) struct Handle {
    library: Arc<Library>,
    name: Box<str>,
    bits: EccBits,
    /// Of the library: never followed here.
    raw: usize,
}

/// A session, closed on drop.
pub(super) struct Session {
    device: Arc<Handle>,
    /// Of the library: never followed here.
    raw: usize,
    /// Keys whose PIN was shown in this session.
    pub(super) rights: BTreeSet<SdfPlace>,
}

/// What octets of a buffer are that the library did not write.
const UNTOUCHED: u8 = 0xA5;

/// Room for any structure of the standard, and to see that more was written.
type Buffer = [u8; 512];

impl Handle {
    /// Opens the device; the one of a folder where that is given.
    pub(super) fn open(
        library: Arc<Library>,
        name: Box<str>,
        bits: EccBits,
        folder: Option<&Path>,
    ) -> Result<Self, SdfError> {
        let mut raw: Raw = ptr::null_mut();
        let (call, code) = match folder {
            None => {
                let open = library.functions.open_device;
                // SAFETY: `raw` is writable for a pointer
                ("SDF_OpenDevice", unsafe { open(&raw mut raw) })
            }
            Some(folder) => {
                let open = library.optional(library.functions.open_with_path, "SDF_OpenDeviceWithPath")?;
                let path =
                    CString::new(folder.as_os_str().as_bytes()).map_err(|_| SdfError::Folder(folder.to_owned()))?;
                // SAFETY: `path` ends with a zero octet and outlives the call; `raw` is writable for a pointer
                ("SDF_OpenDeviceWithPath", unsafe { open(path.as_ptr(), &raw mut raw) })
            }
        };
        if code != Code::OK.raw() {
            return Err(failed(&library, &name, call, code));
        }
        Ok(Self { library, name, bits, raw: raw.expose_provenance() })
    }

    /// Opens a session.
    pub(super) fn session(self: &Arc<Self>) -> Result<Session, SdfError> {
        let mut raw: Raw = ptr::null_mut();
        let open = self.library.functions.open_session;
        // SAFETY: the handle is the library's, open for as long as `self`; `raw` is writable for a pointer
        self.held("SDF_OpenSession", unsafe { open(self.raw(), &raw mut raw) })?;
        Ok(Session { device: Arc::clone(self), raw: raw.expose_provenance(), rights: BTreeSet::new() })
    }

    fn raw(&self) -> Raw {
        ptr::with_exposed_provenance_mut(self.raw)
    }

    fn held(&self, call: &'static str, code: c_int) -> Result<(), SdfError> {
        if code == Code::OK.raw() { Ok(()) } else { Err(self.failed(call, code)) }
    }

    fn failed(&self, call: &'static str, code: c_int) -> SdfError {
        failed(&self.library, &self.name, call, code)
    }

    fn unsound(&self, call: &'static str, what: &'static str) -> SdfError {
        SdfError::Answer { device: self.name.clone(), call, what }
    }
}

/// The error of a call, with what the library says in words where it can.
fn failed(library: &Library, device: &str, call: &'static str, code: c_int) -> SdfError {
    let detail = library.functions.last_error.and_then(|last| {
        let mut text = [0_u8; 256];
        // SAFETY: `text` is writable for 256 octets
        let told = unsafe { last(text.as_mut_ptr().cast(), 256) } == Code::OK.raw();
        let sentence = text.split(|octet| *octet == 0).next().unwrap_or_default();
        (told && !sentence.is_empty()).then(|| String::from_utf8_lossy(sentence).into_owned())
    });
    SdfError::Call { device: device.into(), call, code: SdfCode::new(Code::new(code)), detail }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let close = self.library.functions.close_device;
        // SAFETY: the handle is the library's and is not used again; that it fails changes nothing
        let _ = unsafe { close(self.raw()) };
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let close = self.device.library.functions.close_session;
        // SAFETY: the handle is the library's and is not used again; that it fails changes nothing
        let _ = unsafe { close(self.raw()) };
    }
}

impl Session {
    /// What the device says of itself.
    pub(super) fn info(&mut self) -> Result<DeviceInfo, SdfError> {
        let mut buffer = untouched();
        let call = self.device.library.functions.device_info;
        // SAFETY: the buffer is larger than a DEVICEINFO
        let code = unsafe { call(self.raw(), buffer.as_mut_ptr().cast()) };
        self.device.held("SDF_GetDeviceInfo", code)?;
        // SAFETY: the buffer is larger than a DEVICEINFO, of which any octets are a value
        Ok(unsafe { read(&buffer) })
    }

    /// Random octets of the device's generator.
    pub(super) fn random(&mut self, octets: &mut [u8]) -> Result<(), SdfError> {
        let length = self.length("SDF_GenerateRandom", octets)?;
        let call = self.device.library.functions.random;
        // SAFETY: writable for `length` octets
        let code = unsafe { call(self.raw(), length, octets.as_mut_ptr()) };
        self.device.held("SDF_GenerateRandom", code)
    }

    /// Shows the PIN of a key; from then on this session may use it.
    pub(super) fn take_right(&mut self, place: SdfPlace, pin: &[u8]) -> Result<(), SdfError> {
        let functions = &self.device.library.functions;
        let (name, call, index) = match place {
            SdfPlace::Index(index) => ("SDF_GetPrivateKeyAccessRight", functions.take_right, index),
            SdfPlace::Kek(index) => match functions.take_kek_right {
                Some(call) => ("SDF_GetKEKAccessRight", call, index),
                // GM/T 0018-2012 knows no right to use these keys
                None => return Ok(()),
            },
        };
        let length = self.length(name, pin)?;
        // SAFETY: readable for `length` octets
        let code = unsafe { call(self.raw(), index, pin.as_ptr(), length) };
        self.device.held(name, code)?;
        self.rights.insert(place);
        Ok(())
    }

    /// Whether this library wants PINs for keys at such a place.
    pub(super) fn wants_pin(&self, place: SdfPlace) -> bool {
        matches!(place, SdfPlace::Index(_)) || self.device.library.functions.take_kek_right.is_some()
    }

    /// The public key under an index.
    pub(super) fn public_key(&mut self, index: u32) -> Result<PublicKey, SdfError> {
        const CALL: &str = "SDF_ExportSignPublicKey_ECC";
        let mut buffer = untouched();
        let call = self.device.library.functions.public_key;
        // SAFETY: the buffer is larger than an ECCrefPublicKey of any layout
        let code = unsafe { call(self.raw(), index, buffer.as_mut_ptr().cast()) };
        self.device.held(CALL, code)?;
        self.layout(&buffer, 4 + 2 * NARROW)?;
        // SAFETY: the buffer is larger than both structures, of which any octets are values
        let sec1 = unsafe {
            match self.device.bits {
                EccBits::Standard => read::<EccPublicKey<WIDE>>(&buffer).to_sec1(),
                EccBits::Narrow => read::<EccPublicKey<NARROW>>(&buffer).to_sec1(),
            }
        };
        sec1.and_then(|sec1| PublicKey::from_sec1(&sec1).ok())
            .ok_or_else(|| self.device.unsound(CALL, "no point of sm2p256v1, so no SM2 key"))
    }

    /// Whether there is a key for signing under an index, of whatever kind.
    pub(super) fn has_key(&mut self, index: u32) -> Result<bool, SdfError> {
        match self.public_key(index) {
            Ok(_) | Err(SdfError::Answer { .. }) => Ok(true),
            Err(SdfError::Call { code, .. }) if code.is_no_key() => Ok(false),
            Err(SdfError::Call { code, .. }) if code.is_other_kind() => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Signs e = SM3(ZA ‖ M).
    pub(super) fn sign(&mut self, index: u32, e: &Digest) -> Result<Signature, SdfError> {
        const CALL: &str = "SDF_InternalSign_ECC";
        let mut buffer = untouched();
        let call = self.device.library.functions.sign;
        // SAFETY: e is readable for 32 octets; the buffer is larger than an ECCSignature of any layout
        let code = unsafe { call(self.raw(), index, e.as_ptr(), 32, buffer.as_mut_ptr().cast()) };
        self.device.held(CALL, code)?;
        self.layout(&buffer, 2 * NARROW)?;
        // SAFETY: the buffer is larger than both structures, of which any octets are values
        let numbers = unsafe {
            match self.device.bits {
                EccBits::Standard => read::<EccSignature<WIDE>>(&buffer).numbers(),
                EccBits::Narrow => read::<EccSignature<NARROW>>(&buffer).numbers(),
            }
        };
        numbers
            .and_then(|(r, s)| Signature::from_numbers(r, s).ok())
            .ok_or_else(|| self.device.unsound(CALL, "r or s is out of range, so no SM2 signature"))
    }

    /// Whether the device takes a signature of its own key.
    pub(super) fn verify(&mut self, index: u32, e: &Digest, signature: &Signature) -> Result<bool, SdfError> {
        let mut buffer = untouched();
        // SAFETY: the buffer is larger than both structures
        unsafe {
            match self.device.bits {
                EccBits::Standard => {
                    write(&mut buffer, EccSignature::<WIDE>::from_numbers(signature.r(), signature.s()));
                }
                EccBits::Narrow => {
                    write(&mut buffer, EccSignature::<NARROW>::from_numbers(signature.r(), signature.s()));
                }
            }
        }
        let call = self.device.library.functions.verify;
        // SAFETY: e is readable for 32 octets, the buffer for an ECCSignature of any layout
        let code = unsafe { call(self.raw(), index, e.as_ptr(), 32, buffer.as_ptr().cast()) };
        if code == Code::VERIFYERR.raw() {
            return Ok(false);
        }
        self.device.held("SDF_InternalVerify_ECC", code).map(|()| true)
    }

    /// SM3 of `data`, by the device.
    pub(super) fn digest(&mut self, data: &[u8]) -> Result<Digest, SdfError> {
        let library = Arc::clone(&self.device.library);
        let functions = &library.functions;
        let init = library.optional(functions.hash_init, "SDF_HashInit")?;
        let update = library.optional(functions.hash_update, "SDF_HashUpdate")?;
        let finish = library.optional(functions.hash_final, "SDF_HashFinal")?;
        // SAFETY: without an id neither pointer is looked at
        let code = unsafe { init(self.raw(), SGD_SM3, ptr::null(), ptr::null(), 0) };
        self.device.held("SDF_HashInit", code)?;
        for piece in data.chunks(PIECE) {
            let length = self.length("SDF_HashUpdate", piece)?;
            // SAFETY: readable for `length` octets
            let code = unsafe { update(self.raw(), piece.as_ptr(), length) };
            self.device.held("SDF_HashUpdate", code)?;
        }
        let (mut digest, mut length) = ([0; 64], 0);
        // SAFETY: writable for more octets than any digest has, and for a number
        let code = unsafe { finish(self.raw(), digest.as_mut_ptr(), &raw mut length) };
        self.device.held("SDF_HashFinal", code)?;
        match digest.first_chunk::<32>() {
            Some(digest) if length == 32 => Ok(*digest),
            _ => Err(self.device.unsound("SDF_HashFinal", "a digest that has not 32 octets")),
        }
    }

    /// A fresh session key: its octets encrypted under a key-encryption key, and its handle.
    pub(super) fn generate_with_kek(&mut self, kek: u32) -> Result<([u8; 16], SessionKey), SdfError> {
        const CALL: &str = "SDF_GenerateKeyWithKEK";
        let library = Arc::clone(&self.device.library);
        let call = library.optional(library.functions.generate_with_kek, CALL)?;
        let (mut octets, mut length, mut key) = ([0; 256], 256, ptr::null_mut());
        // SAFETY: writable for more octets than any encrypted key of 128 bits has, a number and a pointer
        let code =
            unsafe { call(self.raw(), 128, SGD_SM4_ECB, kek, octets.as_mut_ptr(), &raw mut length, &raw mut key) };
        self.device.held(CALL, code)?;
        let key = SessionKey(key.expose_provenance());
        match octets.first_chunk::<16>() {
            Some(octets) if length == 16 => Ok((*octets, key)),
            _ => {
                let _ = self.forget_key(key);
                Err(self.device.unsound(CALL, "an encrypted key that has not 16 octets"))
            }
        }
    }

    /// The session key that [`Session::generate_with_kek`] gave.
    pub(super) fn import_with_kek(&mut self, kek: u32, octets: &[u8; 16]) -> Result<SessionKey, SdfError> {
        const CALL: &str = "SDF_ImportKeyWithKEK";
        let library = Arc::clone(&self.device.library);
        let call = library.optional(library.functions.import_with_kek, CALL)?;
        let mut key = ptr::null_mut();
        // SAFETY: readable for 16 octets, writable for a pointer
        let code = unsafe { call(self.raw(), SGD_SM4_ECB, kek, octets.as_ptr(), 16, &raw mut key) };
        self.device.held(CALL, code)?;
        Ok(SessionKey(key.expose_provenance()))
    }

    /// Encrypts one block with a session key.
    pub(super) fn encrypt_block(&mut self, key: &SessionKey, block: &[u8; 16]) -> Result<[u8; 16], SdfError> {
        const CALL: &str = "SDF_Encrypt";
        let library = Arc::clone(&self.device.library);
        let call = library.optional(library.functions.encrypt, CALL)?;
        self.block(CALL, call, key, block).map(|block| *block)
    }

    /// Decrypts one block with a session key.
    pub(super) fn decrypt_block(
        &mut self,
        key: &SessionKey,
        block: &[u8; 16],
    ) -> Result<Zeroizing<[u8; 16]>, SdfError> {
        const CALL: &str = "SDF_Decrypt";
        let library = Arc::clone(&self.device.library);
        let call = library.optional(library.functions.decrypt, CALL)?;
        self.block(CALL, call, key, block)
    }

    fn block(
        &mut self,
        name: &'static str,
        call: unsafe extern "C" fn(Raw, Raw, c_uint, *mut u8, *const u8, c_uint, *mut u8, *mut c_uint) -> c_int,
        key: &SessionKey,
        block: &[u8; 16],
    ) -> Result<Zeroizing<[u8; 16]>, SdfError> {
        // some libraries look at the vector also where the mode has none
        let (mut iv, mut out, mut length) = ([0; 16], Zeroizing::new([0; 64]), 64);
        // SAFETY: both inputs are readable for 16 octets, the output is writable for more, and for a number
        let code = unsafe {
            call(
                self.raw(),
                ptr::with_exposed_provenance_mut(key.0),
                SGD_SM4_ECB,
                iv.as_mut_ptr(),
                block.as_ptr(),
                16,
                out.as_mut_ptr(),
                &raw mut length,
            )
        };
        self.device.held(name, code)?;
        match out.first_chunk::<16>() {
            Some(block) if length == 16 => Ok(Zeroizing::new(*block)),
            _ => Err(self.device.unsound(name, "one block of SM4 that has not 16 octets")),
        }
    }

    /// Ends a session key.
    pub(super) fn forget_key(&mut self, key: SessionKey) -> Result<(), SdfError> {
        let library = Arc::clone(&self.device.library);
        let call = library.optional(library.functions.destroy_key, "SDF_DestroyKey")?;
        // SAFETY: the handle is the library's and is not used again
        let code = unsafe { call(self.raw(), ptr::with_exposed_provenance_mut(key.0)) };
        self.device.held("SDF_DestroyKey", code)
    }

    /// Makes a key pair to sign with, or a key-encryption key, where the library can.
    pub(super) fn make_key(&mut self, place: SdfPlace, pin: &[u8]) -> Result<(), SdfError> {
        const SIGN: c_uint = 1;
        let library = Arc::clone(&self.device.library);
        let functions = &library.functions;
        match place {
            SdfPlace::Index(index) => {
                let call = library.optional(functions.make_pair, "SOFTSDF_GenerateKeyPair")?;
                let length = self.length("SOFTSDF_GenerateKeyPair", pin)?;
                // SAFETY: readable for `length` octets
                let code = unsafe { call(self.raw(), index, SIGN, pin.as_ptr(), length) };
                self.device.held("SOFTSDF_GenerateKeyPair", code)
            }
            SdfPlace::Kek(index) => {
                let call = library.optional(functions.make_kek, "SOFTSDF_GenerateKEK")?;
                let length = self.length("SOFTSDF_GenerateKEK", pin)?;
                // SAFETY: readable for `length` octets
                let code = unsafe { call(self.raw(), index, pin.as_ptr(), length) };
                self.device.held("SOFTSDF_GenerateKEK", code)
            }
        }
    }

    /// Deletes a key for good, where the library can.
    pub(super) fn delete_key(&mut self, place: SdfPlace) -> Result<(), SdfError> {
        let library = Arc::clone(&self.device.library);
        let call = library.optional(library.functions.delete_key, "SOFTSDF_DeleteKey")?;
        let (kind, index) = match place {
            SdfPlace::Index(index) => (1, index),
            SdfPlace::Kek(index) => (2, index),
        };
        // SAFETY: the handle is the library's
        let code = unsafe { call(self.raw(), kind, index) };
        self.device.held("SOFTSDF_DeleteKey", code)
    }

    /// Holds what was written against the configured layout: a structure of `narrow`
    /// octets ends there, one of the standard's goes on.
    fn layout(&self, buffer: &Buffer, narrow: usize) -> Result<(), SdfError> {
        let beyond = buffer.get(narrow..narrow + NARROW).unwrap_or_default();
        let found = if beyond.iter().all(|octet| *octet == UNTOUCHED) { EccBits::Narrow } else { EccBits::Standard };
        if found == self.device.bits {
            return Ok(());
        }
        Err(SdfError::Layout {
            device: self.device.name.clone(),
            configured: self.device.bits.bits(),
            found: found.bits(),
        })
    }

    fn length(&self, call: &'static str, octets: &[u8]) -> Result<c_uint, SdfError> {
        c_uint::try_from(octets.len()).map_err(|_| self.device.unsound(call, "more octets than a call takes"))
    }

    fn raw(&self) -> Raw {
        ptr::with_exposed_provenance_mut(self.raw)
    }
}

/// A key of a session, in the device.
pub(super) struct SessionKey(usize);

/// Octets given to the device at a time.
const PIECE: usize = 16 << 10;

const fn untouched() -> Buffer {
    [UNTOUCHED; size_of::<Buffer>()]
}

/// The structure at the beginning of a buffer.
///
/// # Safety
/// Any octets are a value of `T`, which is not larger than the buffer.
unsafe fn read<T: Copy>(buffer: &Buffer) -> T {
    const { assert!(size_of::<T>() <= size_of::<Buffer>()) };
    // SAFETY: within the buffer, and any octets are a value
    unsafe { buffer.as_ptr().cast::<T>().read_unaligned() }
}

/// Puts a structure at the beginning of a buffer.
///
/// # Safety
/// `T` has no padding.
unsafe fn write<T: Copy>(buffer: &mut Buffer, value: T) {
    const { assert!(size_of::<T>() <= size_of::<Buffer>()) };
    // SAFETY: within the buffer
    unsafe { buffer.as_mut_ptr().cast::<T>().write_unaligned(value) };
}

/// What the whole driver rests on, where it is compiled: pointers that go over as numbers.
const _: () = assert!(size_of::<*mut c_void>() == size_of::<usize>() && size_of::<c_uint>() == 4);

/// The digest that is signed to try a key: of no message that anybody would sign.
pub(super) fn trial(random: &Zeroizing<[u8; 32]>) -> Digest {
    sm3::hmac(random.as_slice(), b"yinxin sdf trial")
}
