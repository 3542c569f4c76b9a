//! Sound and damaged documents for tests, benches, fuzz seeds and the shipped
//! examples. **Never a dependency of the product**, and nothing made here may
//! be used in production: every private key follows from a public seed.
//!
//! Everything is deterministic. Times are arguments; keys and nonces follow
//! from seeds; the deflater and the signer are our own, so that the octets do
//! not change when a dependency does. The signer here is written out after
//! GB/T 32918.2 and shares no code with the product's, so that one can judge
//! the other.
//!
//! | module | makes |
//! |---|---|
//! | [`keys`] | SM2 keys from seeds, signatures |
//! | [`pki`] | certificates of the GB/T 20518 shape, and wrong ones |
//! | [`crl`] | revocation lists |
//! | [`seal`] | seals and stamps V1, V4, V5 with every known deviation |
//! | [`cms`] | GB/T 35275 signed data |
//! | [`tsp`] | RFC 3161 tokens |
//! | [`ofd`] | OFD packages and the signatures in them |
//! | [`font`] | fonts of outlines that are programs |
//! | [`jbig2`] | pictures in JBIG2 |
//! | [`noise`] | numbers that follow from a seed |
//! | [`drawn`] | a page with what is seldom on one |
//! | [`zip`] | archives, hostile ones too |
//! | [`damage`] | encodings that are not DER |
//! | [`platform`] | a platform of other services' codes, on the loopback |
//! | [`shipped`] | the files of `examples/` and `tests/golden/` |
//!
//! ```
//! use yinxin_testkit::{ofd, pki::{Period, Pki}, seal::{Seal, Stamp, Version}, moment};
//! let pki = Pki::new("doc", "演示机关", Period::years(2024, 2035));
//! let seal = Seal::of(Version::V4, &pki);
//! let stamp = Stamp::new(Version::V4, seal.make(), &pki.stamper, moment("2026-06-01T02:00:00Z"));
//! let mut package = ofd::Document::titled("一份文件").package();
//! package.stamp(&ofd::Plan::at(stamp.at), &stamp);
//! assert!(package.to_bytes().starts_with(b"PK"));
//! ```

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a kit for tests: a wrong recipe must stop the test that holds it"
)]

pub mod cms;
pub mod crl;
pub mod damage;
pub mod deflate;
pub mod der;
pub mod drawn;
pub mod font;
pub mod jbig2;
pub mod keys;
pub mod licence;
pub mod noise;
pub mod ofd;
pub mod pki;
pub mod platform;
pub mod png;
pub mod seal;
pub mod shipped;
pub mod tsp;
pub mod zip;

mod folder;

pub use folder::{shared, workspace};

use yinxin_trust::base::Moment;

/// An instant from RFC 3339 text.
///
/// # Panics
/// On other text.
pub fn moment(text: &str) -> Moment {
    Moment::parse(text).expect("an instant such as 2026-06-01T02:00:00Z")
}

/// `YYYYMMDDHHMMSSZ`.
pub(crate) fn compact(at: Moment) -> String {
    let digits: String = at.to_string().chars().take(19).filter(char::is_ascii_digit).collect();
    digits + "Z"
}
