//! Making seals and stamps of GB/T 38540-2020 (V4) and GM/T 0031-2025 (V5), without a key:
//! what is to be signed goes out, the signature comes in. A stamp is of the format of its seal.
//!
//! 1. [`SealPlan::new`] writes eSealInfo from checked fields and a checked
//!    [`SealPicture`]; the maker signs [`SealPlan::to_be_signed`];
//!    [`SealPlan::embed`] gives the seal. A time stamp of a V5 seal is asked for over
//!    [`seal_value`]; [`with_seal_time_stamp`] adds the token.
//! 2. [`StampPlan::new`] writes TBS_Sign around a seal; the stamper signs
//!    [`StampPlan::to_be_signed`]; [`StampPlan::embed`] gives the stamp.
//!    [`StampPlan::rehearse`] gives the same stamp with a throwaway value, to be
//!    verified before the key is used.
//! 3. [`stamp_value`] is what a time stamp is asked for; [`with_time_stamp`] adds the token.
//!
//! The key that signs says which suite, SM2 with SM3 or ECDSA on P-256 with
//! SHA-256; a stamp has one, its seal and those whom that lists included.
//!
//! What verification would refuse is refused here first, by the same name:
//! every result is read back with [`Seal::parse`](super::Seal::parse) and
//! [`Stamp::parse`](super::Stamp::parse) without a single deviation.

mod picture;
mod seal_plan;
mod stamp_plan;

pub use picture::{PictureFault, RoundSeal, RoundSealFault, SealGlyph, SealPicture};
pub use seal_plan::{NoSealFormat, SealDraft, SealFormat, SealPlan, SealPlanFault, seal_value, with_seal_time_stamp};
pub use stamp_plan::{StampPlan, StampPlanFault, stamp_value, with_time_stamp};
