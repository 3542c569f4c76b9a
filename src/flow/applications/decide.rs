//! The second person's part.

use super::{ApplicationError, Entered, LONGEST_REMARK, State, Step, advance, empty, examine, person, plain, step};
use crate::{
    flow::{
        access::{Actor, Permit, may},
        act, audit,
        issue::{self, Issued, Order},
        issuer::Issuer,
        lives,
    },
    random,
    store::{Conn, applications, idempotency},
};
use serde_json::json;
use yinxin_trust::base::{Day, Moment};

/// What an approval led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Approved {
    /// The licence.
    Licence(Box<Issued>),
    /// The act upon the licence with this identifier.
    Act(String),
}

/// Approves an application of somebody else, and issues the licence or records
/// the act. What failed after the approval is done by approving again.
///
/// # Errors
/// [`ApplicationError::OwnWork`], [`ApplicationError::State`],
/// [`ApplicationError::NotFound`], [`ApplicationError::Faults`] where it does not
/// hold any more; what issuing says: then it stays approved.
pub fn approve(
    issuer: &Issuer,
    permit: &Permit<may::Approve>,
    id: &str,
    remark: &str,
) -> Result<Approved, ApplicationError> {
    person(permit.actor())?;
    let remark = remark_of(remark)?;
    let (body, actor, now) = (permit.body().to_owned(), permit.actor().clone(), issuer.clock.now()?);
    let today = Day::in_beijing_at(now)?;
    let row = issuer.store.read(|conn| of_another(conn, &body, &actor, id))?;
    step(&row, Step::Approve)?;
    match Entered::of_row(&row)? {
        Entered::Act(entry) => {
            let order = entry.order().map_err(ApplicationError::Faults)?;
            let (id, act_id, identifier) = (id.to_owned(), random::id()?, entry.identifier.clone());
            issuer.store.write(move |conn| {
                agree(conn, &body, &actor, &id, &row, &remark, now)?;
                act::record(conn, &body, &actor, &entry.identifier, &order, &act_id, now)?;
                finish(conn, &body, &actor, &id, None, &entry.identifier, now)
            })?;
            issuer.forget_answers();
            Ok(Approved::Act(identifier))
        }
        entered @ Entered::Licence(_) => {
            // not again what may have been signed
            if row.state == State::Submitted.as_str() {
                examine(issuer, &body, &entered)?;
            }
            let Entered::Licence(entry) = entered else { return Err(ApplicationError::NotFound) };
            let order = entry.order().map_err(ApplicationError::Faults)?;
            let (of, by, key) = (body.clone(), actor.clone(), id.to_owned());
            issuer.store.write(move |conn| agree(conn, &of, &by, &key, &row, &remark, now))?;
            let order = Order { idempotency_key: Some(id.to_owned()), ..order };
            let issued = issue::issue(issuer, &permit.to_issue(), &[order]).pop();
            let issued = issued.ok_or_else(|| ApplicationError::record("issuing gave no answer"))?;
            let issued = issued.map_err(|error| ApplicationError::of_order(error, ""))?;
            let (id, identifier) = (id.to_owned(), issued.identifier.clone());
            issuer.store.write(move |conn| {
                let found = lives::of_identifier(conn, &body, &identifier, today)?.ok_or(ApplicationError::NotFound)?;
                finish(conn, &body, &actor, &id, Some(found.licence.id), &identifier, now)
            })?;
            Ok(Approved::Licence(Box::new(issued)))
        }
    }
}

/// Sends an application of somebody else back to them with a remark.
///
/// # Errors
/// [`ApplicationError::Remark`], [`ApplicationError::OwnWork`],
/// [`ApplicationError::State`], [`ApplicationError::NotFound`];
/// [`ApplicationError::BeingSigned`] once a key may have been used for it.
pub fn send_back(
    issuer: &Issuer,
    permit: &Permit<may::Approve>,
    id: &str,
    remark: &str,
) -> Result<(), ApplicationError> {
    person(permit.actor())?;
    let remark = remark_of(remark)?;
    if remark.is_empty() {
        return Err(ApplicationError::Remark);
    }
    let (body, actor, id, now) = (permit.body().to_owned(), permit.actor().clone(), id.to_owned(), issuer.clock.now()?);
    issuer.store.write(move |conn| {
        let row = of_another(conn, &body, &actor, &id)?;
        let to = step(&row, Step::SendBack)?;
        if idempotency::find(conn, &body, &id)?.is_some() {
            return Err(ApplicationError::BeingSigned);
        }
        let decided = decided(to, &actor, &remark, now);
        let from = State::of_word(&row.state).ok_or_else(|| ApplicationError::record("a state"))?;
        advance(conn, &body, &id, from, &decided)?;
        audit::record(conn, Some(&body), &actor, "application.returned", &id, &json!({}), now)?;
        Ok(())
    })
}

/// Stores the approval of what was read.
fn agree(
    conn: &mut Conn,
    body: &str,
    actor: &Actor,
    id: &str,
    read: &applications::Application,
    remark: &str,
    now: Moment,
) -> Result<(), ApplicationError> {
    let row = of_another(conn, body, actor, id)?;
    let from = State::of_word(&row.state).ok_or_else(|| ApplicationError::record("a state"))?;
    let to = step(&row, Step::Approve)?;
    // corrected and submitted again in between: nobody has looked at that
    if (&row.data, &row.act) != (&read.data, &read.act) {
        return Err(ApplicationError::State(from));
    }
    advance(conn, body, id, from, &decided(to, actor, remark, now))?;
    let again = from == State::Approved;
    audit::record(conn, Some(body), actor, "application.approved", id, &json!({ "again": again }), now)?;
    Ok(())
}

fn finish(
    conn: &mut Conn,
    body: &str,
    actor: &Actor,
    id: &str,
    licence_id: Option<String>,
    identifier: &str,
    now: Moment,
) -> Result<(), ApplicationError> {
    let done = applications::Step { licence_id, ..plain(State::Issued) };
    advance(conn, body, id, State::Approved, &done)?;
    audit::record(conn, Some(body), actor, "application.issued", id, &json!({ "identifier": identifier }), now)?;
    Ok(())
}

fn decided(to: State, actor: &Actor, remark: &str, now: Moment) -> applications::Step {
    applications::Step {
        decided_by: Some(actor.id.clone()),
        decided_at: Some(now.unix_milliseconds()),
        remark: Some(remark.to_owned()),
        state: to.as_str().to_owned(),
        ..empty()
    }
}

/// An application that somebody else entered.
fn of_another(
    conn: &mut Conn,
    body: &str,
    actor: &Actor,
    id: &str,
) -> Result<applications::Application, ApplicationError> {
    let row = applications::find(conn, body, id)?.ok_or(ApplicationError::NotFound)?;
    if row.entered_by == actor.id { Err(ApplicationError::OwnWork) } else { Ok(row) }
}

fn remark_of(text: &str) -> Result<String, ApplicationError> {
    let text = text.trim();
    let readable = |c: char| c == '\n' || !c.is_control();
    if text.chars().count() > LONGEST_REMARK || !text.chars().all(readable) {
        return Err(ApplicationError::Remark);
    }
    Ok(text.to_owned())
}
