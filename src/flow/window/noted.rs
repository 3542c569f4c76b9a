//! Files that a session at a window has verified elsewhere than on the page of the window.

use super::record;
use crate::flow::{
    access::{Permit, may},
    issue::IssueError,
    issuer::Issuer,
    shown::Shown,
};
use serde_json::json;
use yinxin_trust::verify::Report;

/// The identifier that a report names, where what is shown vouches for it.
pub fn certain(report: &Report, shown: Shown) -> Option<&str> {
    report.licence.as_ref().filter(|_| shown.vouched())?.identifier.as_deref()
}

/// Writes down that a licence was looked at: without a purpose, since none was asked for.
///
/// # Errors
/// What the register or the clock says.
pub fn note(
    issuer: &Issuer,
    permit: &Permit<may::ServeAtWindow>,
    identifier: &str,
    shown: Shown,
) -> Result<(), IssueError> {
    let at = issuer.clock.now()?;
    let (body, actor, subject) = (permit.body().to_owned(), permit.actor().clone(), identifier.to_owned());
    let detail = json!({ "what": "file", "shown": shown.code(), "over": "api" });
    issuer.store.write(move |conn| record(conn, (&body, &actor), "licence.checked", &subject, &detail, at))
}
