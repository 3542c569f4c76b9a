//! Stamping documents made elsewhere (对外部文件用章).
//!
//! 1. `document`: the document is read under the budget of a verification; what is encrypted, closed or broken is
//!    refused by name, and so is one of whose signatures a single check does not hold.
//! 2. The places are found, the package is planned with one signature more, and the exact octets with a throwaway
//!    value are verified: every earlier signature must be judged as before, and of the new one nothing but its value
//!    may be wrong.
//! 3. `intent`: what will be signed is stored, with the use of the seal: [`seal_uses`](super::seal_uses) decides and
//!    counts it in the same write. A grant for documents, or for digests, is always needed.
//! 4. The key signs, a time stamp goes in where one is configured, and the result is verified again.
//! 5. One write keeps the value, for whoever asks again with the same key, and ends the intent. **The document is not
//!    kept**: asked again, the caller sends it again and gets the same octets.
//!
//! `digest`: the same without the document, which stays at home. The caller says what Signature.xml digests to and where
//! it lies, and gets the value (`home` makes the one and takes the other); the ledger says `digest`: nobody here saw what was stamped.
//!
//! [`recover`] signs what a crash left after 3, so that no use is counted for nothing, and gives up what is too old to
//! be signed with the time within it. `docs/adr/0039-documents-made-elsewhere.md` says why.

mod digest;
mod document;
mod fault;
mod home;
mod intent;
mod order;
mod recover;
mod seal;

pub use digest::stamp_digest;
pub use document::{Stamped, stamp};
pub use fault::StampError;
pub use home::{HomePlan, finish as finish_at_home, prepare as prepare_at_home};
pub use order::{DigestOrder, EdgeName, NoPlace, Place, StampOrder, Which};
pub use recover::recover;
pub use seal::{SealToPlanWith, seal_to_plan_with};

use super::{
    issuer::Issuer,
    seals::SealInUse,
    stamp_values::{self, Value},
};
use intent::Planned;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use yinxin_trust::base::Moment;

/// A stamp that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StampMade {
    /// Id of the use, as in the ledger.
    pub id: String,
    /// Id of the seal.
    pub seal: String,
    /// The instant within the stamp.
    #[schema(value_type = String, format = DateTime)]
    pub stamped_at: Moment,
    /// SM3 of Signature.xml, hexadecimal: what the stamp covers.
    pub data_hash: String,
    /// Absolute path of Signature.xml in its package.
    pub property: String,
    /// The value, SES_Signature of GB/T 38540 in DER, in base64: SignedValue.dat.
    pub stamp: String,
}

/// Where the flow stands; a test looks in, or ends the process, between any two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StampStep {
    /// The intent is stored.
    Intended,
    /// The value is made; nothing of it is stored yet.
    Signed,
    /// Everything is stored; nothing is answered yet.
    Stored,
}

/// Is told of each step.
pub type StampWatch<'a> = &'a dyn Fn(StampStep);

/// A seal that is in use.
fn seal_in_use(issuer: &Issuer, id: &str, at: Moment) -> Result<Arc<SealInUse>, StampError> {
    issuer.store.read(|conn| Ok(issuer.seals.in_use(conn, issuer.keys.as_ref(), id, at)?))
}

/// Uses the key for what is intended.
fn sign(issuer: &Issuer, seal: &SealInUse, planned: Planned) -> Result<Value, StampError> {
    stamp_values::made(issuer, seal, planned.stamp, planned.draft.purpose.as_str(), planned.draft.stamped_at)
}
