//! `GET /api/v1/audit`: what was done in a body.

use super::{Page, instant};
use crate::{
    flow::{
        access::{Permit, may},
        audit,
    },
    web::{AppState, Problem, problem::ProblemBody},
};
use actix_web::{HttpRequest, web};
use serde::Serialize;
use serde_json::Value;
use yinxin_trust::base::Sentence;

/// The collection.
pub(in crate::web) const PATH: &str = "/api/v1/audit";

/// Something that was done.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct AuditEvent {
    /// Its number; grows, with gaps.
    sequence: i64,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// `person`, `token`, `holder`, `outside` (another locality or platform) or `system`.
    actor_kind: String,
    /// Which.
    actor_id: String,
    /// What was done, a stable word.
    #[schema(example = "person.created")]
    action: String,
    /// Id of what it was done to.
    subject: String,
    /// More of it.
    #[schema(value_type = Object)]
    detail: Value,
}

/// A page of events.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct AuditPage {
    /// The oldest first.
    events: Vec<AuditEvent>,
    /// Where the next page begins; null at the end.
    next: Option<String>,
}

/// Read what was done
///
/// In the caller's body, the oldest first.
#[utoipa::path(get, path = PATH, operation_id = "listAudit", tag = "access", params(Page),
    responses(
        (status = 200, description = "A page.", body = AuditPage),
        (status = 400, description = "`bad_query`.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn list(
    permit: Permit<may::ReadAudit>,
    request: HttpRequest,
    state: web::Data<AppState>,
) -> Result<web::Json<AuditPage>, Problem> {
    let page = Page::of(request.query_string())?;
    let after = place(page.after())?;
    let limit = page.limit();
    let found = state.in_office(move |office, _| audit::list(&office.store, &permit, after, limit)).await?;
    let next = page.next(&found, |row| format!("{}-{}", row.at, row.sequence));
    let events = found.into_iter().map(AuditEvent::from).collect();
    Ok(web::Json(AuditPage { events, next }))
}

/// Instant and number of the event after which a page begins, as `next` gave them.
fn place(text: &str) -> Result<(i64, i64), Problem> {
    if text.is_empty() {
        return Ok((0, 0));
    }
    let parsed = text.split_once('-').and_then(|(at, sequence)| Some((at.parse().ok()?, sequence.parse().ok()?)));
    parsed
        .ok_or_else(|| Problem::bad_query("after", Sentence::new("用上一页的 next。", "take next of the page before.")))
}

impl From<audit::Row> for AuditEvent {
    fn from(row: audit::Row) -> Self {
        Self {
            sequence: row.sequence,
            at: instant(row.at),
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            action: row.action,
            subject: row.subject,
            detail: serde_json::from_slice(&row.detail).unwrap_or(Value::Null),
        }
    }
}
