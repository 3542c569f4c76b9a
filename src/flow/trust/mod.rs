//! Trust lists (信任列表) at work: what this installation vouches for to others, and
//! whose lists it takes (ADR 29). What a list is, and whether one may take the place of
//! another, `yinxin_trust::trust_list` decides.
//!
//! For others:
//! - [`make`]: a plan of people, a sequence, the signature of a key in custody
//! - [`Publication`]: what the service publishes at its well-known addresses
//!
//! From others:
//! - [`add`]: pins the key of an operator, and where its list is
//! - [`propose_operator`], [`pin`]: the same by two people who sign in
//! - [`refresh`], [`offer`]: a list that comes is proposed, never taken by itself
//! - [`accept`]: two people do, each with their own password; [`refuse`] takes one
//! - [`propose_member`], [`member_of`]: lists that count because an accepted list names them
//! - [`desk`], [`whole`]: what the people see who decide
//! - [`in_use`], [`Upkeep`]: the lists in use, in the verifier without a restart
//! - [`Sites`], [`VouchedKeys`]: whose codes are, by those lists
//! - [`ForeignRegisters`]: how licences of other localities stand, by signed answers

mod candidates;
mod codes;
mod deciding;
mod desk;
mod fault;
mod foreign;
mod key_file;
mod making;
mod members;
mod operators;
mod pinning;
mod plan;
mod publication;
mod revocation;
mod upkeep;
mod used;

pub use candidates::{Offered, Published, fetch, offer, refresh};
pub use codes::{Sites, VouchedKeys, Whose};
pub use deciding::{Accepted, accept, refuse};
pub use desk::{Desk, ListCard, OperatorCard, OperatorWhole, Waiting, desk, whole};
pub use fault::TrustError;
pub use foreign::ForeignRegisters;
pub(in crate::flow) use foreign::kept_as;
pub use key_file::{KeyFileFault, key_in, key_pem, read_key};
pub use making::{KEY_FILE, LIST_FILE, Made, MakeFault, SIGNATURE_FILE, make, read_pair};
pub(in crate::flow) use making::{key_of, read_folder};
pub use members::{Named, NotFollowed, member_of, propose_member};
pub(in crate::flow) use operators::pinned;
pub use operators::{NewOperator, Shown, add, list, name_of, show};
pub use pinning::{Proposal, pin, propose_operator, proposed, proposed_by_name, withdraw};
pub use plan::PlanFault;
pub use publication::Publication;
pub use revocation::fetch_revocation;
pub(in crate::flow) use revocation::revocation_rows;
pub use upkeep::Upkeep;
pub use used::{ListInUse, in_use};
