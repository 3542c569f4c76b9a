//! Lives out of the register.

use crate::store::{Conn, StoreError, seal_lives};
use yinxin_trust::{
    base::Moment,
    seal::life::{Act, ActKind, Author, Ground, Life},
};

/// Why a life cannot be read: the register, or what is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The register.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Stored acts that make no life.
    #[error("the acts of a seal do not read back: {0}")]
    Record(String),
}

/// The life of a seal or an application, of whichever body; `None` where nothing was ever done.
///
/// # Errors
/// [`Unreadable`].
pub(in crate::flow) fn life_of(conn: &mut Conn, id: &str) -> Result<Option<Life>, Unreadable> {
    let rows = seal_lives::public_acts(conn, id)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let acts = rows.iter().map(act_of).collect::<Result<Vec<_>, _>>()?;
    let life = Life::replay(acts).map_err(|offence| match offence {
        Some((index, refusal)) => Unreadable::Record(format!("act {index} of seal {id}: {refusal}")),
        None => Unreadable::Record(format!("seal {id} without acts")),
    })?;
    Ok(Some(life))
}

/// Stamps carry whole seconds, and what decides about them too.
pub(in crate::flow) fn whole_second(moment: Moment) -> Moment {
    Moment::from_unix_seconds(moment.unix_seconds()).unwrap_or(moment)
}

fn act_of(row: &seal_lives::SealAct) -> Result<Act, Unreadable> {
    let faulty = |what: &str| Unreadable::Record(format!("act {} of seal {}: {what}", row.sequence, row.seal_id));
    let instant = |at: i64| Moment::from_unix_milliseconds(at).map_err(|_| faulty("an instant"));
    let period = || match (row.valid_from, row.valid_until) {
        (Some(from), Some(until)) => Ok((instant(from)?, instant(until)?)),
        _ => Err(faulty("without a period")),
    };
    let kind = match row.kind.as_str() {
        "apply" => ActKind::Apply,
        "approve" => ActKind::Approve,
        "refuse" => ActKind::Refuse,
        "make" => period().map(|(from, until)| ActKind::Make { from, until })?,
        "file" => ActKind::File,
        "found" => period().map(|(from, until)| ActKind::Found { from, until })?,
        "suspend" => ActKind::Suspend,
        "resume" => ActKind::Resume,
        "renew" => ActKind::Renew { successor: row.successor.clone().ok_or_else(|| faulty("without a successor"))? },
        "cancel" => ActKind::Cancel,
        "invalidate" => ActKind::Invalidate,
        _ => return Err(faulty("an unknown kind")),
    };
    Ok(Act {
        kind,
        by: Author { body: row.by_body.clone(), kind: row.by_kind.clone(), id: row.by_id.clone() },
        ground: Ground { reason: row.reason.clone(), document_number: row.document_number.clone() },
        effective_from: instant(row.effective_from)?,
        recorded_at: instant(row.recorded_at)?,
    })
}

/// The row of an act upon a seal of a body.
pub(super) fn row_of(seal: &str, owner: &str, sequence: usize, act: &Act) -> Result<seal_lives::SealAct, Unreadable> {
    let sequence = i32::try_from(sequence).map_err(|_| Unreadable::Record(format!("too many acts of seal {seal}")))?;
    let (valid_from, valid_until) = match act.kind {
        ActKind::Make { from, until } | ActKind::Found { from, until } => {
            (Some(from.unix_milliseconds()), Some(until.unix_milliseconds()))
        }
        _ => (None, None),
    };
    let successor = match &act.kind {
        ActKind::Renew { successor } => Some(successor.clone()),
        _ => None,
    };
    Ok(seal_lives::SealAct {
        seal_id: seal.to_owned(),
        sequence,
        body_id: owner.to_owned(),
        kind: act.kind.as_str().to_owned(),
        effective_from: act.effective_from.unix_milliseconds(),
        recorded_at: act.recorded_at.unix_milliseconds(),
        valid_from,
        valid_until,
        successor,
        reason: act.ground.reason.clone(),
        document_number: act.ground.document_number.clone(),
        by_body: act.by.body.clone(),
        by_kind: act.by.kind.clone(),
        by_id: act.by.id.clone(),
    })
}
