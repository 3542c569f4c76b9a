//! Devices and sessions: what a session may do, and with which keys.
//!
//! The right to use a private key belongs to the session that showed the PIN (GM/T
//! 0018, 6.2.8), as do session keys and a digest under way; all end with it. The
//! standard leaves open what two threads in one session get: here each call is whole.

use crate::{
    control::{self, Control},
    fault::{Fault, fault},
    random,
    registry::{Handle, Table},
    token::{Kind, Opened, Token, format::Sealed},
};
use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
};
use yinxin_sdf_abi::codes::Code;
use yinxin_trust::sm::{
    Signature,
    sm2::{Ciphertext, PublicKey},
    sm3::{Digest, Sm3},
    sm4,
};
use zeroize::Zeroizing;

static DEVICES: LazyLock<Table<Device>> = LazyLock::new(Table::default);
static SESSIONS: LazyLock<Table<Session>> = LazyLock::new(Table::default);

/// Most octets that one call takes.
pub(crate) const BUFFER: usize = 1 << 20;

/// An open device: one handle on a token.
pub(crate) struct Device {
    token: Arc<Token>,
    /// Whether `ECCref_MAX_BITS` is 512.
    wide: bool,
    /// The number of the reset after which it was opened.
    reset: u64,
    sessions: Mutex<HashSet<Handle>>,
}

/// A session.
pub(crate) struct Session {
    device: Arc<Device>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    rights: HashMap<(Kind, u32), Arc<Opened>>,
    keys: HashMap<Handle, sm4::Key>,
    digest: Option<Sm3>,
}

/// Opens the device of the token in a folder.
pub(crate) fn open_device(folder: &Path) -> Result<Handle, Fault> {
    let control = control::gate(folder)?;
    let token = Token::open(folder)?;
    let device = Device { token, wide: control.wide, reset: control.reset, sessions: Mutex::default() };
    Ok(DEVICES.add(device))
}

/// Closes a device with all its sessions.
pub(crate) fn close_device(handle: Handle) -> Result<(), Fault> {
    let device = DEVICES.remove(handle).ok_or(NO_DEVICE)?;
    for session in device.sessions().drain() {
        SESSIONS.remove(session);
    }
    Ok(())
}

/// Opens a session.
pub(crate) fn open_session(handle: Handle) -> Result<Handle, Fault> {
    let device = DEVICES.get(handle).ok_or(NO_DEVICE)?;
    let control = device.gate()?;
    let mut sessions = device.sessions();
    if sessions.len() >= control.sessions {
        return Err(fault(Code::OPENSESSION, "the device has no further session"));
    }
    let session = SESSIONS.add(Session { device: Arc::clone(&device), state: Mutex::default() });
    sessions.insert(session);
    Ok(session)
}

/// Closes a session.
pub(crate) fn close_session(handle: Handle) -> Result<(), Fault> {
    let session = SESSIONS.remove(handle).ok_or(NO_SESSION)?;
    session.device.sessions().remove(&handle);
    Ok(())
}

/// The session of a handle, once the device lets the call pass.
pub(crate) fn session(handle: Handle) -> Result<(Arc<Session>, Control), Fault> {
    let session = SESSIONS.get(handle).ok_or(NO_SESSION)?;
    let control = session.device.gate()?;
    Ok((session, control))
}

const NO_DEVICE: Fault = fault(Code::INARGERR, "there is no such device handle");
const NO_SESSION: Fault = fault(Code::INARGERR, "there is no such session handle");

impl Device {
    fn gate(&self) -> Result<Control, Fault> {
        let control = control::gate(self.token.path())?;
        if control.reset == self.reset {
            Ok(control)
        } else {
            Err(fault(Code::INARGERR, "the device was reset; its handles are gone"))
        }
    }

    fn sessions(&self) -> MutexGuard<'_, HashSet<Handle>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    /// The token of the device.
    pub(crate) fn token(&self) -> &Token {
        &self.device.token
    }

    /// Whether `ECCref_MAX_BITS` is 512.
    pub(crate) fn is_wide(&self) -> bool {
        self.device.wide
    }

    /// Takes the right to use a key, by its PIN.
    pub(crate) fn take_right(&self, kind: Kind, index: u32, pin: &[u8]) -> Result<(), Fault> {
        let opened = self.token().unlock(kind, index, pin)?;
        self.state().rights.insert((kind, index), opened);
        Ok(())
    }

    /// Gives the right back.
    pub(crate) fn release_right(&self, kind: Kind, index: u32) -> Result<(), Fault> {
        match self.state().rights.remove(&(kind, index)) {
            Some(_) => Ok(()),
            None => Err(self.no_right(kind, index)),
        }
    }

    /// Deletes a key that the session has the right to use.
    pub(crate) fn delete(&self, kind: Kind, index: u32) -> Result<(), Fault> {
        self.right(kind, index)?;
        self.token().delete(kind, index)?;
        self.state().rights.remove(&(kind, index));
        Ok(())
    }

    /// Signs e with the key under an index.
    pub(crate) fn sign(&self, control: &Control, index: u32, e: &Digest) -> Result<Signature, Fault> {
        let opened = self.right(Kind::Pairs, index)?;
        let Sealed::Pairs { signing: Some(private), .. } = &opened.sealed else {
            return Err(fault(Code::KEYTYPEERR, "the index has no key to sign with"));
        };
        self.token().meter.signature(control)?;
        private.sign_digest(e, &random::octets()?).map_err(|_| fault(Code::SIGNERR, "signing failed"))
    }

    /// Opens a ciphertext with the encryption key under an index.
    pub(crate) fn decrypt(&self, index: u32, ciphertext: &Ciphertext) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let opened = self.right(Kind::Pairs, index)?;
        let Sealed::Pairs { encryption: Some(private), .. } = &opened.sealed else {
            return Err(fault(Code::KEYTYPEERR, "the index has no key to decrypt with"));
        };
        private.decrypt(ciphertext).map_err(|_| fault(Code::SKOPERR, "the ciphertext does not open"))
    }

    /// The public key to verify by, no PIN needed.
    pub(crate) fn signing_key(&self, index: u32) -> Result<PublicKey, Fault> {
        let key = self.token().header(Kind::Pairs, index)?.signing;
        key.ok_or(fault(Code::KEYTYPEERR, "the index has no key to sign with"))
    }

    /// The public key to encrypt to, no PIN needed.
    pub(crate) fn encryption_key(&self, index: u32) -> Result<PublicKey, Fault> {
        let key = self.token().header(Kind::Pairs, index)?.encryption;
        key.ok_or(fault(Code::KEYTYPEERR, "the index has no key to encrypt to"))
    }

    /// A fresh session key, and the same encrypted under a key-encryption key.
    pub(crate) fn generate_key(&self, index: u32) -> Result<([u8; 16], Handle), Fault> {
        let mut key = random::octets::<16>()?;
        let session_key = sm4::Key::new(*key);
        self.kek(index, |kek| kek.ecb_encrypt_blocks(key.as_mut_slice()))?;
        Ok((*key, self.hold(session_key)))
    }

    /// The session key that was encrypted under a key-encryption key.
    pub(crate) fn import_key(&self, index: u32, encrypted: &[u8; 16]) -> Result<Handle, Fault> {
        let mut key = Zeroizing::new(*encrypted);
        self.kek(index, |kek| kek.ecb_decrypt_blocks(key.as_mut_slice()))?;
        Ok(self.hold(sm4::Key::new(*key)))
    }

    /// Forgets a session key.
    pub(crate) fn destroy_key(&self, key: Handle) -> Result<(), Fault> {
        self.state().keys.remove(&key).map(|_| ()).ok_or(NO_KEY)
    }

    /// A session key.
    pub(crate) fn key(&self, key: Handle) -> Result<sm4::Key, Fault> {
        self.state().keys.get(&key).cloned().ok_or(NO_KEY)
    }

    /// Begins a digest; one that was under way is dropped.
    pub(crate) fn begin_digest(&self, digest: Sm3) {
        self.state().digest = Some(digest);
    }

    /// Takes the next piece of what is digested.
    pub(crate) fn update_digest(&self, piece: &[u8]) -> Result<(), Fault> {
        self.state().digest.as_mut().ok_or(NO_DIGEST)?.update(piece);
        Ok(())
    }

    /// Ends the digest.
    pub(crate) fn finish_digest(&self) -> Result<Digest, Fault> {
        self.state().digest.take().map(Sm3::finish).ok_or(NO_DIGEST)
    }

    fn kek(&self, index: u32, work: impl FnOnce(&sm4::Key) -> Result<(), sm4::Sm4Error>) -> Result<(), Fault> {
        let opened = self.right(Kind::Kek, index)?;
        let Sealed::Kek(kek) = &opened.sealed else {
            return Err(fault(Code::KEYTYPEERR, "the index has no key-encryption key"));
        };
        work(kek).map_err(|_| fault(Code::SYMOPERR, "the operation with the key-encryption key failed"))
    }

    fn hold(&self, key: sm4::Key) -> Handle {
        let handle = Handle::fresh();
        self.state().keys.insert(handle, key);
        handle
    }

    fn right(&self, kind: Kind, index: u32) -> Result<Arc<Opened>, Fault> {
        let opened = self.state().rights.get(&(kind, index)).map(Arc::clone);
        match opened {
            Some(opened) if opened.is_destroyed() => Err(fault(Code::KEYNOTEXIST, "the key was deleted")),
            Some(opened) => Ok(opened),
            None => Err(self.no_right(kind, index)),
        }
    }

    /// No key, or no right to it.
    fn no_right(&self, kind: Kind, index: u32) -> Fault {
        match self.token().header(kind, index) {
            Ok(_) => fault(Code::PARDENY, "the session has no right to use the key: its PIN was not shown"),
            Err(fault) => fault,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // a panic in a call leaves each of the maps whole
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const NO_KEY: Fault = fault(Code::INARGERR, "the session has no such key handle");
const NO_DIGEST: Fault = fault(Code::STEPERR, "no digest is under way: SDF_HashInit comes first");
