//! Acts upon licences: suspend, resume, revoke, cancel, withdraw, transfer.

use super::{
    access::{Permit, may},
    audit,
    issue::{Decided, IssueError},
    issuer::Issuer,
    kind::{FieldOffence, HasKind, Kind},
    lives,
};
use crate::{
    random,
    store::{acts, reservations},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use yinxin_trust::{
    base::Day,
    licence::state::{Act, ActKind, ActRefusal, Standing},
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

/// Records an act upon a licence of the permit's body, in whichever version the
/// identifier names it.
///
/// # Errors
/// [`ActError`]; the licence is as it was.
pub fn act(
    issuer: &Issuer,
    permit: &Permit<may::Act>,
    identifier: &str,
    order: &ActOrder,
) -> Result<Recorded, ActError> {
    let kind = kind_of(order)?;
    let now = issuer.clock.now().map_err(IssueError::from)?;
    let today = Day::in_beijing_at(now).map_err(IssueError::from)?;
    let (body, identifier, order) = (permit.body().to_owned(), identifier.to_owned(), order.clone());
    let actor = permit.actor().clone();
    let id = random::id().map_err(IssueError::from)?;
    let recorded = issuer.store.write(move |conn| {
        let found = lives::of_identifier(conn, &body, &identifier)?.ok_or(IssueError::NoSuchLicence)?;
        let (licence, mut life) = (found.licence, found.life);
        if reservations::is_held(conn, &licence.type_code, &licence.number)? {
            return Err(IssueError::UnderWay);
        }
        let grant = super::issue::grant_on(conn, &body, today)?;
        let begins = life.begins();
        let effective_from =
            if kind == ActKind::Withdraw { begins } else { order.effective_from.unwrap_or(today.max(begins)) };
        let act =
            Act { kind: kind.clone(), decision: order.decision.by(&grant.body_code), effective_from, recorded_at: now };
        life.record(act.clone())?;
        let (sequence, by) = (found.acts + 1, (actor.kind.as_str(), actor.id.as_str()));
        let row = lives::act_row(id.clone(), &licence.id, sequence, licence.current_version, &act, by);
        acts::insert(conn, &row)?;
        let detail = json!({
            "act": row.kind,
            "effective_from": row.effective_from,
            "document_number": row.document_number,
        });
        audit::record(conn, Some(&body), &actor, "licence.act", &identifier, &detail, now)?;
        Ok(Recorded { standing: life.on(today), on: today })
    })?;
    Ok(recorded)
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
