//! `/api/v1/objections`: what holders have against uses of licences of the caller's body.

use super::{Page, instant};
use crate::{
    flow::{
        access::{Permit, may},
        uses::{self, Objection},
    },
    web::{AppState, Problem, problem::ProblemBody},
};
use actix_web::{HttpRequest, web};
use serde::Serialize;

/// The collection.
pub(in crate::web) const PATH: &str = "/api/v1/objections";

/// One objection (异议).
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ObjectionShown {
    /// Id of the use; the audit of the body that used it has the same.
    #[serde(rename = "use")]
    used: String,
    /// 证照编号.
    number: String,
    /// 证照类型代码.
    type_code: String,
    /// The body that used it.
    used_by: String,
    /// At which window.
    window: Option<String>,
    /// 用证事由.
    purpose: String,
    /// When it was used.
    #[schema(format = DateTime)]
    used_at: String,
    /// What the holder says, at most 500 characters.
    words: String,
    /// When.
    #[schema(format = DateTime)]
    at: String,
}

/// A page of objections.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ObjectionPage {
    /// The oldest first.
    objections: Vec<ObjectionShown>,
    /// Where the next page begins; null at the end.
    next: Option<String>,
}

/// List objections
///
/// Those of holders to uses of licences of the caller's body and of those from which it took over.
#[utoipa::path(get, path = PATH, operation_id = "listObjections", tag = "presentations", params(Page),
    responses(
        (status = 200, description = "A page.", body = ObjectionPage),
        (status = 400, description = "`bad_query`.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn list(
    permit: Permit<may::SeeWork>,
    request: HttpRequest,
    state: web::Data<AppState>,
) -> Result<web::Json<ObjectionPage>, Problem> {
    let page = Page::of(request.query_string())?;
    let (at, id) = page.place()?;
    let limit = page.limit();
    let found = state.with_issuer(move |issuer| uses::objections(issuer, &permit, (at, &id), limit)).await?;
    let next = page.next(&found, |last| format!("{}-{}", last.at, last.use_id));
    Ok(web::Json(ObjectionPage { objections: found.into_iter().map(ObjectionShown::from).collect(), next }))
}

impl From<Objection> for ObjectionShown {
    fn from(one: Objection) -> Self {
        Self {
            used: one.use_id,
            number: one.number,
            type_code: one.type_code,
            used_by: one.used_by,
            window: one.window,
            purpose: one.purpose,
            used_at: instant(one.used_at),
            words: one.words,
            at: instant(one.at),
        }
    }
}
