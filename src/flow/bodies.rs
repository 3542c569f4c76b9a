//! Issuing bodies: entered, renamed from a day, followed by another from a day.
//!
//! Only the operator of the machine does this ([`may::ManageBodies`]).

use super::{
    access::{Permit, may},
    audit,
    kind::{HasKind, Kind},
    succession,
};
use crate::store::{Conn, Failure, Store, StoreError, bodies};
use serde_json::json;
use yinxin_trust::{
    base::{Day, Moment},
    licence::codes::{CreditCode, RegionCode},
};

/// Most bodies a page of a list holds.
pub const PAGE: u32 = 200;

/// What a body is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    /// Its name, 1 to 200 characters.
    pub name: String,
    /// Its unified social credit code.
    pub credit_code: CreditCode,
    /// Where it is competent.
    pub region: RegionCode,
    /// The first day of the name.
    pub from: Day,
}

/// A body with all its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Its id.
    pub id: String,
    /// The body above it.
    pub parent: Option<String>,
    /// What it was called, the first name first.
    pub names: Vec<bodies::BodyName>,
    /// Who took over, in the order of days.
    pub successions: Vec<bodies::Succession>,
}

/// Why something about bodies was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Empty, too long or not on one line.
    #[error("a name is 1 to 200 characters on one line")]
    Name,
    /// There is a body of that id.
    #[error("the body is there already")]
    There,
    /// Another body has that name and credit code on that day.
    #[error("the credit code is that of another body: {0}")]
    CreditCodeTaken(String),
    /// No such parent.
    #[error("no such body above it")]
    NoParent,
    /// It got another name on that day.
    #[error("the body got another name on that day")]
    NamedThatDay,
    /// No such body.
    #[error("no such body")]
    NotFound,
    /// No such successor, or it is the body itself.
    #[error("no such successor")]
    NoSuccessor,
    /// The successor would follow itself.
    #[error("the body takes over from that successor already: nobody follows themselves")]
    Cycle,
    /// That successor is there already.
    #[error("the succession is there already")]
    SucceededAlready,
    /// The register.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Failure for BodyError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

impl HasKind for BodyError {
    fn kind(&self) -> Kind {
        match self {
            Self::Name => Kind::Refused,
            Self::There | Self::CreditCodeTaken(_) | Self::NamedThatDay | Self::SucceededAlready | Self::Cycle => {
                Kind::Conflict
            }
            Self::NoParent | Self::NotFound | Self::NoSuccessor => Kind::NotFound,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Name => "name_malformed",
            Self::There | Self::CreditCodeTaken(_) | Self::NamedThatDay | Self::SucceededAlready | Self::Cycle => {
                "body_conflict"
            }
            Self::NoParent | Self::NotFound | Self::NoSuccessor => "no_such_thing",
            Self::Store(error) => error.code(),
        }
    }
}

/// Enters the body of the permit: its id is one that nobody has yet.
///
/// # Errors
/// [`BodyError`]; nothing is written then.
pub fn create(
    store: &Store,
    permit: &Permit<may::ManageBodies>,
    naming: &Naming,
    parent: Option<&str>,
    now: Moment,
) -> Result<(), BodyError> {
    let name = named(permit.body(), naming)?;
    let row = bodies::Body {
        id: permit.body().to_owned(),
        parent_id: parent.map(str::to_owned),
        created_at: now.unix_milliseconds(),
    };
    let actor = permit.actor().clone();
    store.write(move |conn| {
        credit_code_is_free(conn, &name)?;
        bodies::insert(conn, &row).map_err(|error| match error {
            StoreError::Conflict { .. } => BodyError::There,
            StoreError::Reference => BodyError::NoParent,
            other => other.into(),
        })?;
        bodies::insert_name(conn, &name)?;
        let detail = json!({ "name": name.name, "credit_code": name.credit_code, "region": name.region,
            "from": name.from_day, "parent": row.parent_id });
        Ok(audit::record(conn, Some(&row.id), &actor, "body.created", &row.id, &detail, now)?)
    })
}

/// What a body is called on a day.
///
/// # Errors
/// [`BodyError::NotFound`] also where it has no name yet on that day.
pub fn name_on(store: &Store, body: &str, on: Day) -> Result<String, BodyError> {
    let name = store.read(|conn| bodies::name_on(conn, body, &on.to_string()))?;
    name.map(|name| name.name).ok_or(BodyError::NotFound)
}

/// Gives the body of the permit another name from a day on.
///
/// # Errors
/// [`BodyError::NotFound`], [`BodyError::NamedThatDay`], [`BodyError::CreditCodeTaken`].
pub fn rename(
    store: &Store,
    permit: &Permit<may::ManageBodies>,
    naming: &Naming,
    now: Moment,
) -> Result<(), BodyError> {
    let name = named(permit.body(), naming)?;
    let actor = permit.actor().clone();
    store.write(move |conn| {
        bodies::find(conn, &name.body_id)?.ok_or(BodyError::NotFound)?;
        credit_code_is_free(conn, &name)?;
        bodies::insert_name(conn, &name).map_err(|error| match error {
            StoreError::Conflict { .. } => BodyError::NamedThatDay,
            other => other.into(),
        })?;
        let detail = json!({ "name": name.name, "credit_code": name.credit_code, "region": name.region,
            "from": name.from_day });
        Ok(audit::record(conn, Some(&name.body_id), &actor, "body.renamed", &name.body_id, &detail, now)?)
    })
}

/// Another body takes over from the body of the permit from a day on, in Beijing:
/// what that means stands in [`super::succession`].
///
/// # Errors
/// [`BodyError::NotFound`], [`BodyError::NoSuccessor`], [`BodyError::SucceededAlready`],
/// [`BodyError::Cycle`], whatever the days.
pub fn succeed(
    store: &Store,
    permit: &Permit<may::ManageBodies>,
    successor: &str,
    from: Day,
    now: Moment,
) -> Result<(), BodyError> {
    let row = bodies::Succession {
        body_id: permit.body().to_owned(),
        successor_id: successor.to_owned(),
        from_day: from.to_string(),
    };
    let actor = permit.actor().clone();
    store.write(move |conn| {
        bodies::find(conn, &row.body_id)?.ok_or(BodyError::NotFound)?;
        if row.successor_id == row.body_id || bodies::find(conn, &row.successor_id)?.is_none() {
            return Err(BodyError::NoSuccessor);
        }
        if succession::follows(conn, &row.body_id, &row.successor_id)? {
            return Err(BodyError::Cycle);
        }
        bodies::insert_succession(conn, &row).map_err(|error| match error {
            StoreError::Conflict { .. } => BodyError::SucceededAlready,
            other => other.into(),
        })?;
        let detail = json!({ "successor": row.successor_id, "from": row.from_day });
        Ok(audit::record(conn, Some(&row.body_id), &actor, "body.succeeded", &row.body_id, &detail, now)?)
    })
}

/// At most [`PAGE`] bodies after an id, in the order of ids. Names of public
/// bodies are no secret: nothing is asked for.
///
/// # Errors
/// What the register says.
pub fn list(store: &Store, after: &str, limit: u32) -> Result<Vec<Body>, StoreError> {
    store.read(|conn| {
        let rows = bodies::list(conn, after, limit.clamp(1, PAGE))?;
        rows.into_iter()
            .map(|row| {
                let (names, successions) = (bodies::names(conn, &row.id)?, bodies::successions(conn, &row.id)?);
                Ok(Body { id: row.id, parent: row.parent_id, names, successions })
            })
            .collect()
    })
}

fn named(body: &str, naming: &Naming) -> Result<bodies::BodyName, BodyError> {
    Ok(bodies::BodyName {
        body_id: body.to_owned(),
        from_day: naming.from.to_string(),
        name: super::text::line(&naming.name, 200).ok_or(BodyError::Name)?,
        credit_code: naming.credit_code.to_string(),
        region: naming.region.to_string(),
    })
}

/// A credit code is one body's for good.
fn credit_code_is_free(conn: &mut Conn, name: &bodies::BodyName) -> Result<(), BodyError> {
    let all = bodies::names_by_credit_code(conn, &name.credit_code)?;
    match all.into_iter().find(|other| other.body_id != name.body_id) {
        Some(other) => Err(BodyError::CreditCodeTaken(other.name)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::testing::{Register, at, naming};

    #[test]
    fn a_body_is_renamed_and_followed_and_every_step_is_told() {
        let register = Register::new();
        let store = &register.store;
        let permit = Permit::of_operator(&register.body);
        let renamed =
            Naming { name: "演示市数据局".into(), from: Day::parse("2026-01-01").unwrap(), ..naming(0) };
        rename(store, &permit, &renamed, at(1)).unwrap();
        assert_eq!(rename(store, &permit, &renamed, at(2)), Err(BodyError::NamedThatDay));
        let other = register.other_body();
        let from = Day::parse("2026-07-01").unwrap();
        succeed(store, &permit, &other, from, at(3)).unwrap();
        assert_eq!(succeed(store, &permit, &other, from, at(3)), Err(BodyError::SucceededAlready));
        assert_eq!(succeed(store, &permit, &register.body, from, at(3)), Err(BodyError::NoSuccessor));
        // not back again, not through a third body, not on a day that never comes together
        let third = Permit::of_operator("third");
        create(store, &third, &naming(5), None, at(3)).unwrap();
        let (back, later) = (Permit::of_operator(&other), Day::parse("2031-01-01").unwrap());
        assert_eq!(succeed(store, &back, &register.body, later, at(3)), Err(BodyError::Cycle));
        succeed(store, &back, "third", later, at(3)).unwrap();
        assert_eq!(succeed(store, &third, &register.body, from, at(3)), Err(BodyError::Cycle));
        let all = list(store, "", 9).unwrap();
        let body = all.iter().find(|body| body.id == register.body).unwrap();
        assert_eq!((body.names.len(), body.names[1].name.as_str()), (2, "演示市数据局"));
        assert_eq!(body.successions[0].successor_id, other);
        assert_eq!(register.actions(), ["body.renamed", "body.succeeded"]);
    }

    #[test]
    fn what_is_refused_leaves_nothing() {
        let register = Register::new();
        let store = &register.store;
        let fresh = Permit::of_operator("fresh");
        assert_eq!(rename(store, &fresh, &naming(5), at(1)), Err(BodyError::NotFound));
        assert_eq!(create(store, &fresh, &naming(5), Some("nowhere"), at(1)), Err(BodyError::NoParent));
        assert!(matches!(create(store, &fresh, &naming(0), None, at(1)), Err(BodyError::CreditCodeTaken(_))));
        assert_eq!(create(store, &Permit::of_operator(&register.body), &naming(0), None, at(1)), Err(BodyError::There));
        let unnamed = Naming { name: "\n".into(), ..naming(5) };
        assert_eq!(create(store, &fresh, &unnamed, None, at(1)), Err(BodyError::Name));
        assert_eq!(list(store, "", 9).unwrap().len(), 1);
        create(store, &fresh, &naming(5), Some(&register.body), at(1)).unwrap();
        assert_eq!(list(store, "", 9).unwrap().len(), 2);
    }
}
