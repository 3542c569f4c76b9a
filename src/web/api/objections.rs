//! `/api/v1/objections`: what holders have against uses of licences of the caller's body.

use super::{Page, instant};
use crate::{
    flow::{
        access::{Permit, may},
        objections::{self, Answered},
        uses::{self, Objection},
    },
    web::{AppState, Problem, input::Input, problem::ProblemBody},
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};

/// The collection.
pub(in crate::web) const PATH: &str = "/api/v1/objections";
/// What is said to one; by the id of the use.
pub(in crate::web) const ANSWER: &str = "/api/v1/objections/{use}/answer";

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
    /// What was answered; null before.
    answer: Option<AnswerShown>,
}

/// What was answered to an objection.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ObjectionAnswerShown)]
pub(in crate::web) struct AnswerShown {
    /// `upheld`, `partly` or `rejected`.
    #[schema(value_type = String)]
    decision: &'static str,
    /// Why, as the holder reads it.
    reason: String,
    /// When.
    #[schema(format = DateTime)]
    at: String,
}

/// What is answered.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ObjectionAnswer {
    /// `upheld`, `partly` or `rejected`.
    decision: String,
    /// Why, in 1 to 500 characters: the holder reads it.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
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

/// Answer an objection
///
/// Once. Whoever used the licence does not decide on it. The holder sees decision and reason where they objected.
#[utoipa::path(post, path = ANSWER, operation_id = "answerObjection", tag = "presentations",
    params(("use" = String, Path, description = "Id of the use.")), request_body = ObjectionAnswer,
    responses(
        (status = 204, description = "Answered."),
        (status = 400, description = "`bad_body`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`objection_own`, `not_allowed`; `cross_site` for a session's request from another site.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_thing`, also for one of another body.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`objection_answered`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`objection_answer_words`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn answer(
    permit: Permit<may::AnswerObjections>,
    used: web::Path<String>,
    state: web::Data<AppState>,
    Input(given): Input<ObjectionAnswer>,
) -> Result<HttpResponse, Problem> {
    let answered =
        state.with_issuer(move |issuer| objections::answer(issuer, &permit, &used, (&given.decision, &given.reason)));
    answered.await?;
    Ok(HttpResponse::NoContent().finish())
}

impl From<Answered> for AnswerShown {
    fn from(one: Answered) -> Self {
        Self { decision: one.ruling.as_str(), reason: one.reason, at: one.at.to_string() }
    }
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
            answer: one.answer.map(AnswerShown::from),
        }
    }
}
