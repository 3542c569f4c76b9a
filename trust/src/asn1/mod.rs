//! DER: reading that keeps the received octets, and writing that is strict.
//!
//! Signatures are verified over octets as they were received, so a [`Tlv`]
//! always carries its raw range. Lengths must be definite and minimal, tags
//! have one octet, nesting is bounded. What genuine files do otherwise is not
//! guessed here: each leniency is asked for by its caller and leaves a
//! [`Deviation`].

mod deviation;
mod oid;
pub mod pem;
mod reader;
mod time;
mod writer;

pub use deviation::{Deviation, Deviations};
pub use oid::{Oid, content_of_dotted, oids};
pub use reader::{Asn1Error, Reader, Tag, Tlv, check_definite, without_trailing};
pub use time::{read_time, read_time_text};
pub use writer::{
    bit_string, explicit, generalized_time, ia5_string, integer, null, object_identifier, octet_string,
    printable_string, sequence, set_of, tagged, unsigned, utc_time, utf8_string,
};
