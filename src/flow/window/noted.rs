//! Files that a session at a window has verified elsewhere than on the page of the window.

use super::{Brought, Seen, record, with_own, write_down};
use crate::flow::{
    access::{Permit, Purpose, may},
    issue::IssueError,
    issuer::Issuer,
    shown::Shown,
};
use serde_json::json;
use yinxin_trust::verify::Report;

/// Writes down that a licence was looked at, where what is shown vouches for it: for a purpose as the page of the window does,
/// with a use that its holder sees; without one for the body alone, since nothing says what it was used for.
///
/// # Errors
/// What the register or the clock says.
pub fn note(
    issuer: &Issuer,
    permit: &Permit<may::ServeAtWindow>,
    (report, shown): (Report, Shown),
    purpose: Option<&Purpose>,
) -> Result<(), IssueError> {
    let at = issuer.clock.now()?;
    let seen = Seen { report: Some(report), ..Seen::new(shown, Brought::File(None), at)? };
    let Some(subject) = seen.identifier().map(str::to_owned) else { return Ok(()) };
    if let Some(purpose) = purpose {
        let mut seen = with_own(issuer, permit, seen, at)?;
        return write_down(issuer, permit, &mut seen, purpose);
    }
    let (body, actor) = (permit.body().to_owned(), permit.actor().clone());
    let detail = json!({ "what": "file", "shown": shown.code(), "over": "api" });
    issuer.store.write(move |conn| record(conn, (&body, &actor), "licence.checked", &subject, &detail, at))
}
