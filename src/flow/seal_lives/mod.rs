//! What becomes of seals (国办发〔2025〕33号): applied for with documents, decided on by a second
//! person, made, filed, suspended, resumed, renewed, cancelled, marked invalid.
//!
//! The table of what may follow what is [`yinxin_trust::seal::life`]. An application and the seal
//! that is made of it share one id and one life; each act is recorded in a write of its own that
//! replays the life, with its audit. `docs/adr/0036-seal-management.md` says why.

mod apply;
mod decide;
mod desk;
mod fault;
mod keep;
mod rows;

pub use super::material::{DOCUMENT_BYTES, Material};
pub(super) use apply::approved;
pub use apply::{MOST_DOCUMENTS, NewSeal, PICTURE_BYTES, apply};
pub use decide::decide;
pub use desk::{Done, RENEWAL_DAYS, SealCard, SealDesk, SealHistory, desk, document, history, types};
pub use fault::SealLifeError;
pub use keep::{Keep, KeepOrder, file, keep};
pub(super) use keep::{Record, record, soon_after};
pub(super) use rows::{Unreadable, life_of, whole_second};
