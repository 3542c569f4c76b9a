//! Receipts of verifications (核验凭证): `docs/receipt-format.md`, ADR 32.
//!
//! 1. What was shown is written down as what would be signed (`shown`), in the write
//!    that tells of the use: number, hashes, verdict, purpose, who asked. Neither the
//!    document nor what stands in it is kept.
//! 2. Within half an hour whoever was shown it may have it signed ([`sign_shown`]); what
//!    nobody wanted is cleared.
//! 3. For another system both go in one ([`make`]).
//! 4. Whoever has the file checks it ([`Vouchers`]), has the report made again
//!    ([`replay`]), or asks what changed since ([`recheck`]).

mod draw;
mod fault;
mod make;
mod read;
mod recheck;
mod vouch;
mod words;

pub use fault::ReceiptError;
pub(super) use make::{Occasion, shown};
pub use make::{make, public_key, sign_shown};
pub(super) use read::kept;
pub use read::{Brought, Page, ReceiptForm, evidence_of, get, is_one, open, page, replay};
pub use recheck::{Recheck, recheck};
pub use vouch::{Vouched, Vouchers};
pub use words::{standing_words, verdict_words};
