//! Key custody: private keys are made, described and used where they lie.
//!
//! A [`KeyStore`] makes keys, lists them and hands out a [`Signer`] for one; a
//! [`Signer`] signs. There is no way to read a private key out, in any code path:
//! what a caller holds is a [`KeyReference`] such as `soft:0123456789abcdef`.
//!
//! | module | what |
//! |---|---|
//! | [`soft`] | keys in encrypted files, used in this process |
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
//! let request = SignRequest { purpose: Purpose::Stamper, input: ToSign::Message(b"to be signed") };
//! let value = store.sign(&key.reference, &request)?;
//! # let _ = value;
//! # Ok(())
//! # }
//! ```
//!
//! Time is an argument; randomness comes from the system, in one private module.
//! `docs/adr/0007-custody.md` says why it is built this way.

#![warn(missing_docs)]

pub mod passphrase;
pub mod soft;

mod custody;
mod key;
mod place;
mod random;

pub use custody::{KeyError, KeyStore, SignRequest, SignatureValue, Signer, ToSign};
pub use key::{
    KeyAlgorithm, KeyDescription, KeyId, KeyOrder, KeyReference, KeyState, Purpose, ReferenceError, UnknownPurpose, Use,
};
pub use place::PlaceError;
