//! Acts upon licences: suspend, resume, revoke, cancel, withdraw, transfer.

use super::{
    access::{Actor, Permit, may},
    issue::{Decided, IssueError},
    issuer::Issuer,
    kind::{FieldOffence, HasKind, Kind},
    lives, succession,
};
use crate::{
    random,
    store::{Conn, Failure, StoreError, acts, reservations},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use yinxin_trust::{
    base::{Day, Moment},
    licence::state::{Act, ActKind, ActRefusal, Life, Standing},
};

/// What is to be done to a licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOrder {
    /// `suspend`, `resume`, `revoke`, `cancel`, `withdraw`, `transfer_out`,
    /// `cancel_transfer_out`, or `renew` with its successor.
    pub kind: String,
    /// On what ground.
    pub decision: Decided,
    /// First day on which it works; today where it is not given. A withdrawal
    /// works from the beginning.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub effective_from: Option<Day>,
    /// For `renew`: the identifier that takes over.
    #[serde(default)]
    pub successor: Option<String>,
}

/// Why an act was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// No such kind of act, or without what it needs.
    #[error("{0:?} is no act, or lacks its successor")]
    Kind(String),
    /// What a licence or the register says.
    #[error(transparent)]
    Licence(#[from] IssueError),
}

/// A recorded act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// What the licence is on the day of recording.
    pub standing: Standing,
    /// The day of recording.
    pub on: Day,
}

/// Records an act upon a licence of the permit's body, or of one from which it took
/// over, in whichever version the identifier names it. The permit's body decides.
///
/// # Errors
/// [`ActError`]; the licence is as it was.
pub fn act(
    issuer: &Issuer,
    permit: &Permit<may::Act>,
    identifier: &str,
    order: &ActOrder,
) -> Result<Recorded, ActError> {
    kind_of(order)?;
    let now = issuer.clock.now().map_err(IssueError::from)?;
    let (body, identifier, order) = (permit.body().to_owned(), identifier.to_owned(), order.clone());
    let actor = permit.actor().clone();
    let id = random::id().map_err(IssueError::from)?;
    let recorded = issuer.store.write(move |conn| record(conn, &body, &actor, &identifier, &order, &id, now))?;
    issuer.forget_answers();
    Ok(recorded)
}

/// Records an act within a write, with its audit.
pub(super) fn record(
    conn: &mut Conn,
    body: &str,
    actor: &Actor,
    identifier: &str,
    order: &ActOrder,
    id: &str,
    now: Moment,
) -> Result<Recorded, ActError> {
    let today = Day::in_beijing_at(now).map_err(IssueError::from)?;
    let Tried { found, life, act } = attempt(conn, body, identifier, order, now)?;
    let licence = found.licence;
    let by = (actor.kind.as_str(), actor.id.as_str());
    let row = lives::act_row(id.to_owned(), &licence.id, found.acts + 1, licence.current_version, &act, by);
    acts::insert(conn, &row)?;
    let detail = json!({
        "act": row.kind,
        "effective_from": row.effective_from,
        "document_number": row.document_number,
    });
    super::audit::record(conn, Some(body), actor, "licence.act", identifier, &detail, now)?;
    Ok(Recorded { standing: life.on(today), on: today })
}

/// An act that may be recorded.
pub(super) struct Tried {
    found: lives::Found,
    /// The life with the act in it.
    life: Life,
    act: Act,
}

/// Whether an act may be recorded on this state of the register.
pub(super) fn attempt(
    conn: &mut Conn,
    body: &str,
    identifier: &str,
    order: &ActOrder,
    now: Moment,
) -> Result<Tried, ActError> {
    let kind = kind_of(order)?;
    let today = Day::in_beijing_at(now).map_err(IssueError::from)?;
    let found = lives::of_identifier(conn, body, identifier, today)?.ok_or(IssueError::NoSuchLicence)?;
    succession::still_decides(conn, body, today)?;
    if reservations::is_held(conn, &found.licence.type_code, &found.licence.number)? {
        return Err(IssueError::UnderWay.into());
    }
    let grant = super::issue::grant_on(conn, body, today)?;
    let mut life = found.life.clone();
    let begins = life.begins();
    let effective_from =
        if kind == ActKind::Withdraw { begins } else { order.effective_from.unwrap_or(today.max(begins)) };
    let act = Act { kind, decision: order.decision.by(&grant.body_code), effective_from, recorded_at: now };
    life.record(act.clone())?;
    Ok(Tried { found, life, act })
}

fn kind_of(order: &ActOrder) -> Result<ActKind, ActError> {
    let unknown = || ActError::Kind(order.kind.chars().take(40).collect());
    match (order.kind.as_str(), &order.successor) {
        ("renew", Some(successor)) => {
            let successor = successor.parse().map_err(|_| unknown())?;
            Ok(ActKind::Renew { successor })
        }
        (word, None) => lives::plain_act(word).ok_or_else(unknown),
        _ => Err(unknown()),
    }
}

impl From<ActRefusal> for ActError {
    fn from(refusal: ActRefusal) -> Self {
        Self::Licence(refusal.into())
    }
}

impl From<StoreError> for ActError {
    fn from(error: StoreError) -> Self {
        Self::Licence(error.into())
    }
}

impl Failure for ActError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Kind(_) => None,
            Self::Licence(error) => error.store_error(),
        }
    }
}

impl HasKind for ActError {
    fn kind(&self) -> Kind {
        match self {
            Self::Kind(_) => Kind::Refused,
            Self::Licence(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Kind(_) => "unknown_act",
            Self::Licence(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldOffence> {
        match self {
            Self::Kind(_) => Vec::new(),
            Self::Licence(error) => error.fields(),
        }
    }
}
