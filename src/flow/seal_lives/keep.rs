//! Acts upon seals, and the one place that records them.

use super::{
    SealLifeError,
    rows::{life_of, row_of, whole_second},
};
use crate::{
    flow::{
        access::{Actor, Permit, may},
        audit,
    },
    store::{Conn, Store, StoreError, catalogue, seal_lives, seals, stampings},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use yinxin_trust::{
    base::{Day, Moment},
    seal::life::{Act, ActKind, Author, Ground, Life, Standing},
};

/// How far a stamp of another machine's clock may put an end off, milliseconds.
const SKEW_MILLISECONDS: i64 = 60_000;

/// Until when an act counts as one that works at once, milliseconds since 1970.
pub(in crate::flow) const fn soon_after(recorded_at: Moment) -> i64 {
    recorded_at.unix_milliseconds() + SKEW_MILLISECONDS
}

/// What a keeper does to a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// 停用.
    Suspend,
    /// 恢复.
    Resume,
    /// 注销.
    Cancel,
    /// 标记无效.
    Invalidate,
}

/// An act that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeepOrder {
    /// What is done.
    pub kind: Keep,
    /// 事由, 1 to 500 characters on one line.
    pub reason: String,
    /// 文书号, 1 to 500 characters on one line.
    pub document_number: String,
    /// First instant at which it works; where it is not given, the next second, and of 标记无效 the making.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub effective_from: Option<Moment>,
}

/// An act about to be recorded.
pub(in crate::flow) struct Record<'a> {
    /// Application or seal.
    pub(in crate::flow) id: &'a str,
    /// Whose.
    pub(in crate::flow) owner: &'a str,
    /// Who does it, for the owner.
    pub(in crate::flow) actor: &'a Actor,
    /// What.
    pub(in crate::flow) kind: ActKind,
    /// Why.
    pub(in crate::flow) ground: Ground,
    /// From when on it works, where that is said.
    pub(in crate::flow) effective_from: Option<Moment>,
    /// When.
    pub(in crate::flow) now: Moment,
}

impl Keep {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Suspend, Self::Resume, Self::Cancel, Self::Invalidate];

    /// The act.
    pub const fn act(self) -> ActKind {
        match self {
            Self::Suspend => ActKind::Suspend,
            Self::Resume => ActKind::Resume,
            Self::Cancel => ActKind::Cancel,
            Self::Invalidate => ActKind::Invalidate,
        }
    }
}

/// Records an act upon a seal of the permit's body.
///
/// # Errors
/// [`SealLifeError::NotFound`], [`SealLifeError::Act`]; the seal is as it was.
pub fn keep(
    store: &Store,
    permit: &Permit<may::ManageSeals>,
    id: &str,
    order: &KeepOrder,
    now: Moment,
) -> Result<Standing, SealLifeError> {
    let (body, actor, id, order) = (permit.body().to_owned(), permit.actor().clone(), id.to_owned(), order.clone());
    store.write(move |conn| {
        let ground =
            Ground { reason: order.reason.trim().to_owned(), document_number: order.document_number.trim().to_owned() };
        let (kind, effective_from) = (order.kind.act(), order.effective_from.map(whole_second));
        record(conn, Record { id: &id, owner: &body, actor: &actor, kind, ground, effective_from, now })
    })
}

/// Files a seal that was made: it is in use from then on, for the types of its application from
/// `from` (today where it is not given), and takes the place of the one that it renews.
///
/// # Errors
/// [`SealLifeError::NotFound`], [`SealLifeError::Act`]; nothing is written then.
pub fn file(
    store: &Store,
    permit: &Permit<may::ManageSeals>,
    id: &str,
    from: Option<Day>,
    now: Moment,
) -> Result<Standing, SealLifeError> {
    let (body, actor, id) = (permit.body().to_owned(), permit.actor().clone(), id.to_owned());
    let today = Day::in_beijing_at(now)?;
    let from = from.map_or(today, |from| from.max(today));
    store.write(move |conn| {
        let application = seal_lives::find_application(conn, &body, &id)?.ok_or(SealLifeError::NotFound)?;
        let ground = |reason: String| Ground { reason, document_number: String::new() };
        let begins = (from > today).then(|| from.begins());
        let filing = Record {
            id: &id,
            owner: &body,
            actor: &actor,
            kind: ActKind::File,
            ground: ground("按核准的申请备案".to_owned()),
            effective_from: begins,
            now,
        };
        let standing = record(conn, filing)?;
        let types: Vec<String> = serde_json::from_slice(&application.types).map_err(SealLifeError::record)?;
        for type_code in types {
            take_into_use(conn, &body, &type_code, &id, from)?;
        }
        if let Some(old) = &application.renews {
            let renewal = Record {
                id: old,
                owner: &body,
                actor: &actor,
                kind: ActKind::Renew { successor: id.clone() },
                ground: ground(format!("换发为 {}", application.es_id)),
                effective_from: begins,
                now,
            };
            record(conn, renewal)?;
        }
        Ok(standing)
    })
}

/// The types of a seal from a day on, in the place of the seal before.
fn take_into_use(conn: &mut Conn, body: &str, type_code: &str, seal: &str, from: Day) -> Result<(), StoreError> {
    let row = catalogue::TypeUse {
        body_id: body.to_owned(),
        type_code: type_code.to_owned(),
        from_day: from.to_string(),
        seal_id: seal.to_owned(),
        until_day: None,
    };
    if catalogue::replace_seal(conn, &row)? { Ok(()) } else { catalogue::insert_use(conn, &row) }
}

/// Records an act within a write, with its audit.
pub(in crate::flow) fn record(conn: &mut Conn, record: Record<'_>) -> Result<Standing, SealLifeError> {
    let Record { id, owner, actor, kind, ground, effective_from, now } = record;
    let begins = matches!(kind, ActKind::Apply | ActKind::Found { .. });
    let known = life_of(conn, id)?;
    if !begins {
        // an act upon what is of another body, or was never asked for
        let ours = seals::find(conn, owner, id)?.is_some() || seal_lives::find_application(conn, owner, id)?.is_some();
        if !ours || known.is_none() {
            return Err(SealLifeError::NotFound);
        }
    }
    let last = known.as_ref().and_then(|life| life.acts().last()).map(|act| act.recorded_at);
    // in the order of recording, also where the clock went back
    let recorded_at = last.map_or(now, |last| last.max(now));
    let effective_from = match effective_from {
        Some(given) => given,
        None => default_from(conn, id, &kind, known.as_ref(), recorded_at)?,
    };
    let by = Author { body: owner.to_owned(), kind: actor.kind.as_str().to_owned(), id: actor.id.clone() };
    let act = Act { kind, by, ground, effective_from, recorded_at };
    let (life, sequence) = match known {
        None => (Life::begin(act.clone())?, 1),
        Some(mut life) => {
            life.record(act.clone())?;
            let sequence = life.acts().len();
            (life, sequence)
        }
    };
    seal_lives::insert_act(conn, &row_of(id, owner, sequence, &act)?)?;
    let standing = life.at(effective_from.max(recorded_at));
    seals::set_state(conn, owner, id, standing.state.as_str())?;
    let detail = json!({
        "act": act.kind.as_str(),
        "effective_from": act.effective_from,
        "document_number": act.ground.document_number,
        "state": standing.state.as_str(),
    });
    audit::record(conn, Some(owner), actor, "seal.act", id, &detail, now)?;
    Ok(standing)
}

/// From when on an act works where nobody says. What ends a use works from the second after the
/// last stamp: what was stamped before it was recorded stays good.
fn default_from(
    conn: &mut Conn,
    id: &str,
    kind: &ActKind,
    life: Option<&Life>,
    recorded_at: Moment,
) -> Result<Moment, SealLifeError> {
    let second = whole_second(recorded_at);
    Ok(match kind {
        ActKind::Suspend | ActKind::Cancel | ActKind::Renew { .. } => {
            let latest = stampings::public_latest(conn, id)?;
            let latest = latest.filter(|at| *at < soon_after(recorded_at) - 1000);
            let last = latest.map_or(second.unix_seconds(), |at| second.unix_seconds().max(at.div_euclid(1000)));
            Moment::from_unix_seconds(last + 1).map_err(SealLifeError::record)?
        }
        // what was suspended a moment ago is not yet
        ActKind::Resume => {
            let last = life.and_then(|life| life.acts().last()).map_or(second, |last| last.effective_from);
            if last.unix_milliseconds() <= soon_after(recorded_at) { second.max(last) } else { second }
        }
        ActKind::Invalidate => life.and_then(Life::made_at).unwrap_or(second),
        _ => second,
    })
}
