//! Finding out at once who several are.

use super::AccessSecret;
use crate::store::{Conn, Store, StoreError};
use yinxin_trust::base::Moment;

/// A secret that is to be looked up, at an instant.
pub type Lookup = (AccessSecret, Moment);

/// Looks up several secrets, each with an answer of its own, in their order. Statement by statement: whatever an answer goes by
/// was so while it was asked.
pub(in crate::flow) fn look_up_all<T>(
    store: &Store,
    asked: &[Lookup],
    find: impl Fn(&mut Conn, &[Lookup]) -> Result<Vec<Option<T>>, StoreError>,
) -> Vec<Result<Option<T>, StoreError>> {
    match store.look(|conn| find(conn, asked)) {
        Ok(found) => found.into_iter().map(Ok).collect(),
        Err(error) => asked.iter().map(|_| Err(error.clone())).collect(),
    }
}
