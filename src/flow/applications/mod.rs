//! Applications: one person enters, another approves; only then a key signs.
//!
//! 1. [`enter`]: an officer enters an application for a licence, or for an act
//!    upon one; [`correct`] while it is a draft or was returned.
//! 2. [`submit`]: everything is tried that issuing would try, without a number;
//!    only what passes goes on.
//! 3. [`approve`] or [`send_back`]: by an approver who is not the person who
//!    entered it. An act is recorded in the write that approves it. A licence is
//!    issued after the approval is stored, under the application's id as the key
//!    of the request: repeated after a failure, it is issued once.
//!
//! Each step adds its audit row in its own write. `state` holds what may
//! follow what; `docs/adr/0013-second-person.md` says why.

mod decide;
mod desk;
mod entered;
mod fault;
mod form;
mod state;

pub use decide::{Approved, approve, send_back};
pub use desk::{Card, Desk, What, Whole, body_name, desk, entered, find, may_be_acted_on, search};
pub use entered::{ACTS, ActEntry, DecisionEntry, Entered, LicenceEntry};
pub use fault::{ApplicationError, Fault};
pub use form::{Choice, FieldKind, Form, FormField, form, types};
pub use state::{State, Step};

use super::{
    access::{Actor, ActorKind, Permit, may},
    act, audit, issue,
    issuer::Issuer,
    lives, succession,
};
use crate::{
    random,
    store::{Conn, applications},
};
use serde_json::json;
use yinxin_trust::base::Day;

/// Longest remark, in characters.
pub const LONGEST_REMARK: usize = 500;

/// Enters an application as a draft; its id.
///
/// # Errors
/// [`ApplicationError::NotAPerson`]; [`ApplicationError::NotFound`] for a licence that
/// the body has not; [`issue::IssueError::BodySucceeded`].
pub fn enter(issuer: &Issuer, permit: &Permit<may::Apply>, entered: &Entered) -> Result<String, ApplicationError> {
    person(permit.actor())?;
    let (now, id) = (issuer.clock.now()?, random::id()?);
    let (data, act) = entered.columns()?;
    let (body, actor, entered) = (permit.body().to_owned(), permit.actor().clone(), entered.clone());
    let today = Day::in_beijing_at(now)?;
    if let Entered::Licence(entry) = &entered {
        issuer.store.read(|conn| issuer.types.on(conn, &entry.type_code, today).map_err(ApplicationError::from))?;
    }
    let given = id.clone();
    issuer.store.write(move |conn| {
        succession::still_decides(conn, &body, today)?;
        let (type_code, licence_id) = match &entered {
            Entered::Licence(entry) => (entry.type_code.clone(), None),
            Entered::Act(entry) => {
                let found = lives::of_identifier(conn, &body, &entry.identifier, today)?;
                let licence = found.ok_or(ApplicationError::NotFound)?.licence;
                (licence.type_code, Some(licence.id))
            }
        };
        let row = applications::Application {
            id: id.clone(),
            body_id: body.clone(),
            type_code,
            data: data.clone(),
            state: State::Draft.as_str().to_owned(),
            entered_by: actor.id.clone(),
            entered_at: now.unix_milliseconds(),
            decided_by: None,
            decided_at: None,
            remark: None,
            licence_id,
            act: act.clone(),
        };
        applications::insert(conn, &row)?;
        let detail = json!({ "type": row.type_code, "act": row.act.is_some() });
        audit::record(conn, Some(&body), &actor, "application.entered", &id, &detail, now)?;
        Ok::<_, ApplicationError>(())
    })?;
    Ok(given)
}

/// Replaces what was entered.
///
/// # Errors
/// [`ApplicationError::NotFound`] also for an application of the other kind,
/// [`ApplicationError::NotYours`], [`ApplicationError::State`].
pub fn correct(
    issuer: &Issuer,
    permit: &Permit<may::Apply>,
    id: &str,
    entered: &Entered,
) -> Result<(), ApplicationError> {
    person(permit.actor())?;
    let now = issuer.clock.now()?;
    let (data, act) = entered.columns()?;
    let (body, actor, id, entered) = (permit.body().to_owned(), permit.actor().clone(), id.to_owned(), entered.clone());
    issuer.store.write(move |conn| {
        let row = own(conn, &body, &actor, &id)?;
        let state = step(&row, Step::Correct)?;
        let same_thing = match (&entered, Entered::of_row(&row)?) {
            (Entered::Licence(new), Entered::Licence(old)) => new.type_code == old.type_code,
            (Entered::Act(new), Entered::Act(old)) => new.identifier == old.identifier,
            _ => false,
        };
        if !same_thing {
            return Err(ApplicationError::NotFound);
        }
        let done = applications::set_data(conn, &body, &id, state.as_str(), &data)?
            && act.as_ref().map_or(Ok(true), |act| applications::set_act(conn, &body, &id, state.as_str(), act))?;
        if !done {
            return Err(ApplicationError::State(state));
        }
        audit::record(conn, Some(&body), &actor, "application.corrected", &id, &json!({}), now)?;
        Ok(())
    })
}

/// Hands an application on to a second person, once everything holds.
///
/// # Errors
/// [`ApplicationError::Faults`] with everything that is to be corrected;
/// [`ApplicationError::NotFound`], [`ApplicationError::NotYours`],
/// [`ApplicationError::State`].
pub fn submit(issuer: &Issuer, permit: &Permit<may::Apply>, id: &str) -> Result<(), ApplicationError> {
    person(permit.actor())?;
    let now = issuer.clock.now()?;
    let (body, actor) = (permit.body().to_owned(), permit.actor().clone());
    let row = issuer.store.read(|conn| own(conn, &body, &actor, id))?;
    step(&row, Step::Submit)?;
    examine(issuer, &body, &Entered::of_row(&row)?)?;
    let id = id.to_owned();
    issuer.store.write(move |conn| {
        let found = own(conn, &body, &actor, &id)?;
        let from = State::of_word(&found.state).ok_or_else(|| ApplicationError::record("a state"))?;
        let to = step(&found, Step::Submit)?;
        // what was examined is what goes on
        if (&found.data, &found.act) != (&row.data, &row.act) {
            return Err(ApplicationError::State(from));
        }
        advance(conn, &body, &id, from, &plain(to))?;
        audit::record(conn, Some(&body), &actor, "application.submitted", &id, &json!({}), now)?;
        Ok(())
    })
}

/// Tries everything that approving would do.
///
/// # Errors
/// [`ApplicationError::Faults`], or what keeps it from being tried.
pub(super) fn examine(
    issuer: &Issuer,
    body: &str,
    entered: &Entered,
) -> Result<Option<issue::Trial>, ApplicationError> {
    match entered {
        Entered::Licence(entry) => {
            let number = form::number_field(issuer, entry)?;
            let of_order = |error| ApplicationError::of_order(error, &number);
            match entry.order() {
                Ok(order) => issue::trial(issuer, body, &order).map(Some).map_err(of_order),
                Err(mut faults) => {
                    // the fields of the type too, under a decision that stands in
                    match issue::trial(issuer, body, &form::with_a_decision(entry, issuer)?).map_err(of_order) {
                        Err(ApplicationError::Faults(of_type)) => faults.splice(0..0, of_type).for_each(drop),
                        Err(other) => return Err(other),
                        Ok(_) => {}
                    }
                    Err(ApplicationError::Faults(faults))
                }
            }
        }
        Entered::Act(entry) => {
            let order = entry.order().map_err(ApplicationError::Faults)?;
            let now = issuer.clock.now()?;
            issuer.store.read(|conn| act::attempt(conn, body, &entry.identifier, &order, now).map(drop))?;
            Ok(None)
        }
    }
}

/// The page of an application as PNG, marked 预览.
///
/// # Errors
/// [`ApplicationError::Faults`] where it cannot be drawn yet;
/// [`ApplicationError::NotFound`] also for an act, which has no page.
pub fn preview(issuer: &Issuer, permit: &Permit<may::SeeWork>, id: &str) -> Result<Vec<u8>, ApplicationError> {
    let body = permit.body();
    let row = issuer.store.read(|conn| applications::find(conn, body, id).map_err(ApplicationError::from))?;
    let Entered::Licence(entry) = Entered::of_row(&row.ok_or(ApplicationError::NotFound)?)? else {
        return Err(ApplicationError::NotFound);
    };
    let number = form::number_field(issuer, &entry)?;
    let order = match entry.order() {
        Ok(order) => order,
        Err(_) => form::with_a_decision(&entry, issuer)?,
    };
    issue::preview(issuer, body, &order).map_err(|error| ApplicationError::of_order(error, &number))
}

/// Entering and deciding are for people: the register keeps who it was.
fn person(actor: &Actor) -> Result<(), ApplicationError> {
    if actor.kind == ActorKind::Person { Ok(()) } else { Err(ApplicationError::NotAPerson) }
}

/// An application that the actor entered.
fn own(conn: &mut Conn, body: &str, actor: &Actor, id: &str) -> Result<applications::Application, ApplicationError> {
    let row = applications::find(conn, body, id)?.ok_or(ApplicationError::NotFound)?;
    if row.entered_by == actor.id { Ok(row) } else { Err(ApplicationError::NotYours) }
}

/// The state after a step from where the row stands.
fn step(row: &applications::Application, step: Step) -> Result<State, ApplicationError> {
    let state = State::of_word(&row.state).ok_or_else(|| ApplicationError::record("a state"))?;
    state.after(step).ok_or(ApplicationError::State(state))
}

fn advance(
    conn: &mut Conn,
    body: &str,
    id: &str,
    from: State,
    step: &applications::Step,
) -> Result<(), ApplicationError> {
    if applications::advance(conn, body, id, from.as_str(), step)? {
        Ok(())
    } else {
        Err(ApplicationError::State(from))
    }
}

const fn empty() -> applications::Step {
    applications::Step { state: String::new(), decided_by: None, decided_at: None, remark: None, licence_id: None }
}

fn plain(to: State) -> applications::Step {
    applications::Step { state: to.as_str().to_owned(), ..empty() }
}
