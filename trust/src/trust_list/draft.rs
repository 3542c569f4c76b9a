//! A list that is to be made.

use super::{Operator, Pointer, Service};
use crate::base::Moment;

/// Everything that a list will say; services and pointers in any order. A
/// [`super::ListPlan`] checks it.
#[derive(Clone, Debug, PartialEq)]
pub struct TrustListDraft {
    /// Who keeps it.
    pub operator: Operator,
    /// One more than the list before; the first is 1.
    pub sequence: u64,
    /// When it is made; whole seconds.
    pub issued: Moment,
    /// When the next one is there at the latest; whole seconds.
    pub next_update: Moment,
    /// Services.
    pub services: Vec<Service>,
    /// Other operators' lists.
    pub pointers: Vec<Pointer>,
}
