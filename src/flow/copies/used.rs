//! A copy that somebody is shown: whether it is for what they do, and that they were shown it.

use crate::{
    flow::{
        access::Actor,
        issue::IssueError,
        issuer::Issuer,
        shown::{self, Shown},
        succession,
    },
    store::{
        Conn, StoreError, bodies,
        copies::{self, CopyUse as Row},
    },
};
use yinxin_trust::{
    base::{Day, Moment},
    verify::{CopyRefusal, CopyUse, Report},
};

/// The state that is shown to a body for what it does, and why a copy is not for that.
///
/// # Errors
/// What the register says.
pub(in crate::flow) fn judged(
    issuer: &Issuer,
    body: &str,
    report: &Report,
    purpose: &str,
) -> Result<(Shown, Option<CopyRefusal>), IssueError> {
    if report.licence.as_ref().is_none_or(|licence| licence.copy.is_none()) {
        return Ok((shown::state(report), None));
    }
    let today = Day::in_beijing_at(report.checked_at)?;
    let names = issuer.store.read(|conn| names_of(conn, body, today))?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(shown::for_use(report, &CopyUse { purpose, names: &names }))
}

/// What a body is called on a day, and the bodies that it took over; their codes too.
fn names_of(conn: &mut Conn, body: &str, today: Day) -> Result<Vec<String>, StoreError> {
    let mut names = Vec::new();
    for id in succession::reach(conn, body, today)? {
        for name in bodies::names(conn, &id)? {
            names.extend([name.name, name.credit_code]);
        }
    }
    names.dedup();
    Ok(names)
}

/// Writes down that a body was shown a copy of ours, in the write that tells of the use; a copy that this register
/// did not make is nobody's here. `id`: of the use.
///
/// # Errors
/// What the register says.
pub(in crate::flow) fn write_down(
    conn: &mut Conn,
    id: &str,
    (number, identifier): (&str, &str),
    (body, actor): (&str, &Actor),
    (purpose, shown): (&str, Shown),
    at: Moment,
) -> Result<(), StoreError> {
    let Some((copy, version)) = copies::public_by_number(conn, number)? else { return Ok(()) };
    if version.identifier != identifier {
        return Ok(());
    }
    let row = Row {
        id: id.to_owned(),
        copy_id: copy.id,
        body_id: body.to_owned(),
        actor_kind: actor.kind.as_str().to_owned(),
        actor_id: actor.id.clone(),
        window_name: actor.window().map(str::to_owned),
        purpose: purpose.to_owned(),
        shown: shown.code().to_owned(),
        at: at.unix_milliseconds(),
    };
    copies::insert_use(conn, &row)
}
