//! The second person's part.

use super::{Record, SealLifeError, apply::person, record};
use crate::{
    flow::access::{Permit, may},
    store::{Store, seal_lives},
};
use yinxin_trust::{
    base::Moment,
    seal::life::{ActKind, Ground, Standing},
};

/// Approves or refuses an application of somebody else.
///
/// # Errors
/// [`SealLifeError::NotFound`], [`SealLifeError::NotAPerson`], [`SealLifeError::Act`] with
/// `OwnApplication` for the one who applied; nothing is written then.
pub fn decide(
    store: &Store,
    permit: &Permit<may::DecideSeals>,
    id: &str,
    approves: bool,
    (reason, document_number): (&str, &str),
    now: Moment,
) -> Result<Standing, SealLifeError> {
    person(permit.actor())?;
    let ground = Ground { reason: reason.trim().to_owned(), document_number: document_number.trim().to_owned() };
    let (owner, actor, id) = (permit.body().to_owned(), permit.actor().clone(), id.to_owned());
    store.write(move |conn| {
        seal_lives::find_application(conn, &owner, &id)?.ok_or(SealLifeError::NotFound)?;
        let kind = if approves { ActKind::Approve } else { ActKind::Refuse };
        let ground = ground.clone();
        record(conn, Record { id: &id, owner: &owner, actor: &actor, kind, ground, effective_from: None, now })
    })
}
