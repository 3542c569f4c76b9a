//! Keys in password devices that speak SDF (GM/T 0018), through their maker's library.
//!
//! | file | what |
//! |---|---|
//! | `library` | loads the library, looks every function up |
//! | `session` | the calls of one session, made safe; layouts of structures |
//! | `device`, `line` | the device under its [supervisor](crate::supervise), alone or as one of a pair |
//! | `pin` | PINs from files, never to the last try |
//! | `codes`, `error` | what the device answered, and what mends it |
//! | `store` | all that as a [`KeyStore`](crate::KeyStore), with a [book](crate::book) beside it |
//!
//! The device is given e = SM3(ZA ‖ M), 32 octets, computed here from the public key: what a
//! library would hash by itself differs between makers. A key is tried with a signature, which is
//! verified here, when it is made or taken over.
//!
//! What a device keeps about a key is its octets. Purpose, limits and state stand in the book.
//! SDF has no listing and no making of keys: keys are made with the maker's tool and
//! [taken over](crate::KeyStore::adopt), or made by libraries that have the functions of
//! our own software device (`hsm/softsdf`).

mod codes;
mod device;
mod error;
mod library;
mod line;
mod pin;
mod session;
mod store;
mod wrap;

pub use codes::SdfCode;
pub use device::{SdfConfig, SdfInfo};
pub use error::{PinFault, SdfError};
pub use session::EccBits;
pub use store::SdfStore;
