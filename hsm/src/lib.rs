//! Key custody: private keys are made, described and used where they lie.
//!
//! A [`KeyStore`] makes keys, lists them and hands out a [`Signer`] for one; a
//! [`Signer`] signs. There is no way to read a private key out, in any code path:
//! what a caller holds is a [`KeyReference`] such as `soft:0123456789abcdef`.
//!
//! | module | what |
//! |---|---|
//! | [`soft`] | keys in encrypted files, used in this process |
//! | [`configured`] | a custody as a section of a configuration names it |
//! | [`pkcs11`] | keys in PKCS#11 tokens |
//! | [`split`] | secrets split among people, for backups |
//! | [`sdf`] | keys in password devices that speak SDF (GM/T 0018) |
//! | [`book`] | what devices do not keep about a key: purpose, limits, state, count |
//! | [`supervise`] | survives losing a device, for any driver |
//! | [`mandate`] | what a seal's keeper allows a key to stamp |
//! | [`remote`] | keys behind the daemon `hsmd` |
//! | [`passphrase`] | where the passphrase of such a store comes from |
//!
//! Every key has one [`Purpose`], and each request to sign names the purpose it is
//! for: the key of a stamper refuses to sign a certificate.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let now = yinxin_trust::base::Moment::from_unix_seconds(0)?;
//! use yinxin_hsm::{KeyOrder, KeyStore as _, Purpose, SignRequest, ToSign, passphrase::Source, soft::SoftStore};
//!
//! let passphrase = Source::Credential("keys".to_owned()).read()?;
//! let store = SoftStore::open("/var/lib/yinxin/keys".as_ref(), &passphrase)?;
//! let key = store.generate(&KeyOrder::sm2(Purpose::Stamper), now)?;
//! let request = SignRequest::new(Purpose::Stamper, ToSign::Message(b"to be signed"), now);
//! let value = store.sign(&key.reference, &request)?;
//! # let _ = value;
//! # Ok(())
//! # }
//! ```
//!
//! Time is an argument; randomness comes from the system, in one private module.
//! `docs/adr/0007-custody.md` and `docs/adr/0014-custody-of-devices.md` say why it is built this way.

#![warn(missing_docs)]

pub mod book;
pub mod configured;
pub mod mandate;
pub mod octets;
pub mod passphrase;
pub mod pkcs11;
pub mod remote;
pub mod sdf;
pub mod soft;
pub mod split;
pub mod supervise;

mod custody;
mod key;
mod place;
mod random;
mod stretch;

pub use custody::{
    Asked, DriverFault, ErrorClass, KeyError, KeyStore, MOST_WRAPPED, MandateClaim, PathStep, SignRequest,
    SignatureValue, Signer, ToSign, WrapRequest,
};
pub use key::{
    DeviceName, KeyAlgorithm, KeyDescription, KeyId, KeyOrder, KeyReference, KeyState, Limits, ObjectKind, Pkcs11Uri,
    Purpose, ReferenceError, RsaSize, SdfPlace, SdfReference, UnknownAlgorithm, UnknownPurpose, Use,
};
pub use place::PlaceError;
