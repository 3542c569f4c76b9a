//! The lists that are in use.

use super::{
    TrustError,
    operators::{MOST_OPERATORS, checked, pinned},
};
use crate::store::{
    Store, StoreError,
    trust::{self, TrustOperator},
};
use std::sync::Arc;
use yinxin_trust::{
    base::Day,
    licence::identifier::LicenceIdentifier,
    trust_list::{Scope, SignedList, Stated},
};

/// A list in use, and whose it is.
#[derive(Clone, Debug)]
pub struct ListInUse {
    /// As it was pinned.
    pub operator: TrustOperator,
    /// The list that two people accepted.
    pub list: Arc<SignedList>,
}

/// All lists in use, by the names of their operators, each checked again against the
/// pinned key.
///
/// # Errors
/// What the register says; [`TrustError::List`] where it holds what the key did not sign.
pub fn in_use(store: &Store) -> Result<Vec<ListInUse>, TrustError> {
    let found = store.read(|conn| {
        let mut found = Vec::new();
        for operator in trust::operators(conn, MOST_OPERATORS)? {
            if let Some(list) = trust::list_in(conn, &operator.id, trust::ACCEPTED)? {
                found.push((operator, list));
            }
        }
        Ok::<_, StoreError>(found)
    })?;
    found
        .into_iter()
        .map(|(operator, list)| {
            let list = Arc::new(checked(&list, &pinned(&operator)?)?);
            Ok(ListInUse { operator, list })
        })
        .collect()
}

/// Whether a scope covers the licence of an identifier on a day. An issuing body code
/// that is no credit code is covered by scopes that name neither bodies nor regions.
pub(super) fn covers(scope: &Scope, asked: &LicenceIdentifier, on: Option<Day>) -> bool {
    let stated = Stated { body: asked.issuer().parse().ok(), licence_type: Some(asked.type_code()) };
    scope.covers(&stated, on).is_ok()
}
