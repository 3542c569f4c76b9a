//! Who may stamp what with which seal, and what was stamped (用章授权、用章台账).
//!
//! 1 the seal is in use, at the instant within the stamp and through the second of the write ·
//! 2 whoever of its own body may issue stamps with it, unless the seal is by grant only ·
//! 3 everybody else, and everybody of another body, needs a grant that names them or their body,
//! for the type, in its period, with a stamp left; for documents made elsewhere everybody does · 4 the use is counted
//! and written down.
//!
//! All of it is decided in the write that stores the intent: whoever suspends a seal or takes a
//! grant back is before that write or after it, and no two writes count the same stamp.
//! `docs/adr/0037-use-authorisation.md` says why.

mod allow;
mod grantees;
mod grants;
mod ledger;

pub(super) use allow::{Asking, Gate, UseRefusal, in_use};
pub use allow::{DIGESTS, DOCUMENTS, UseRefusal as SealUseRefusal};
pub use grantees::{Candidate, Candidates, NamedGrant, candidates, named};
pub(super) use grants::covers_body;
pub use grants::{GrantError, Grantee, NewGrant, grant, list, revoke, set_by_grant};
pub use ledger::{LedgerLine, Next, PAGE, csv, ledger};
