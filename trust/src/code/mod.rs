//! Codes (亮证码、离线码、打印码): what stands in the QR codes of licences.
//!
//! - [`scanned`]: what any scanned text is, and which site it names
//! - [`offline`]: a licence shown without a network, signed, and bound to a device
//! - [`mod@print`]: the signed digest in the printed code
//! - [`Site`], [`ShortCode`], [`Payload`]: the texts of codes
//! - [`CodeKeys`]: the keys that somebody vouches for
//! - [`cbor`]: the one form of the octets (RFC 8949 4.2.1)
//! - [`qr`]: how large a code is
//!
//! One code works both ways. A phone follows its address and sees what the register
//! says now; a scanner without a network checks the fragment, which is never sent, and
//! says as of when that holds. `docs/code-format.md` says it octet by octet; why it is
//! so, `docs/adr/0026-offline-codes.md`.

pub mod cbor;
mod envelope;
mod half_width;
mod key;
pub mod offline;
mod packed;
mod payload;
pub mod print;
pub mod qr;
pub mod scanned;
mod short_code;
mod site;

pub use envelope::EnvelopeFault;
pub use key::{CodeKey, CodeKeys, KeyId};
pub use packed::PackedFault;
pub use payload::{LONGEST_PAYLOAD, Payload, PayloadFault};
pub use short_code::{NoShortCode, ShortCode};
pub use site::{Site, SiteOffence};
