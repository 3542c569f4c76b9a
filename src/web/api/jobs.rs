//! `/api/v1/jobs`: many licences at once, worked through beside the requests.

use super::licences::idempotency_key;
use crate::{
    flow::{
        access::{Permit, may},
        jobs::{self, LineResult, Progress},
    },
    web::{AppState, Problem, input::JsonLines, problem::ProblemBody},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::{Deserialize, Serialize};
use yinxin_trust::base::Sentence;

/// The collection.
pub(in crate::web) const PATH: &str = "/api/v1/jobs";

/// One.
pub(in crate::web) const ONE: &str = "/api/v1/jobs/{id}";

/// What became of its lines.
pub(in crate::web) const RESULTS: &str = "/api/v1/jobs/{id}/results";

/// Which lines.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct Which {
    /// The first line, from 0.
    #[param(minimum = 0, default = 0)]
    from: Option<u16>,
    /// At most so many, 1 to 500.
    #[param(minimum = 1, maximum = 500, default = 500)]
    limit: Option<u32>,
}

/// A page of results.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ResultPage {
    /// In the order of the lines; a line with neither member waits.
    results: Vec<LineResult>,
    /// The first line of the next page; null at the end.
    next: Option<i32>,
}

/// Enter a job
///
/// One order each line, as of `POST /api/v1/licences`, at most 10,000 lines and 16
/// mebibytes. Everything is stored before it is answered; each line is issued once,
/// also where the service stops meanwhile. Whoever repeats the request with the same
/// `Idempotency-Key` gets the same job.
#[utoipa::path(post, path = PATH, operation_id = "enterJob", tag = "jobs",
    request_body(content = String, content_type = "application/x-ndjson", description = "JSON Lines of orders."),
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 200 visible ASCII characters.")),
    responses(
        (status = 202, description = "Taken in.", body = Progress,
            headers(("Location" = String, description = "Where its progress is."))),
        (status = 400, description = "`bad_body` or `idempotency_key_malformed`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`idempotency_key_reused`, or `body_succeeded`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`job_lines`: none, more than 10,000, or not UTF-8.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`register_busy` with `Retry-After`, `no_issuer`, or what the register says.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn create(
    permit: Permit<may::Issue>,
    request: HttpRequest,
    state: web::Data<AppState>,
    JsonLines(lines): JsonLines,
) -> Result<HttpResponse, Problem> {
    let key = idempotency_key(&request)?;
    let progress = state.with_issuer(move |issuer| jobs::enter(issuer, &permit, &lines, key.as_deref())).await?;
    let place = format!("{PATH}/{}", progress.id);
    Ok(HttpResponse::Accepted().insert_header((header::LOCATION, place)).json(progress))
}

/// Ask how far a job is
#[utoipa::path(get, path = ONE, operation_id = "getJob", tag = "jobs",
    params(("id" = String, Path, description = "Id of the job.")),
    responses(
        (status = 200, description = "How far it is.", body = Progress),
        (status = 404, description = "`no_such_thing`, also for one of another body.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn show(
    permit: Permit<may::Issue>,
    id: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<web::Json<Progress>, Problem> {
    Ok(web::Json(state.with_issuer(move |issuer| jobs::show(issuer, &permit, &id)).await?))
}

/// Read what became of the lines of a job
#[utoipa::path(get, path = RESULTS, operation_id = "getJobResults", tag = "jobs",
    params(("id" = String, Path, description = "Id of the job."), Which),
    responses(
        (status = 200, description = "A page.", body = ResultPage),
        (status = 400, description = "`bad_query`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_thing`, also for one of another body.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn results(
    permit: Permit<may::Issue>,
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<web::Json<ResultPage>, Problem> {
    let wanted = || Sentence::new("只认 from 和 limit（1 至 500）。", "only from and limit (1 to 500) are known.");
    let bad = || Problem::bad_query("from", wanted());
    let which = web::Query::<Which>::from_query(request.query_string()).map_err(|_| bad())?.into_inner();
    let (first, limit) = (i32::from(which.from.unwrap_or(0)), which.limit.unwrap_or(jobs::PAGE));
    if !(1..=jobs::PAGE).contains(&limit) {
        return Err(bad());
    }
    let results = state.with_issuer(move |issuer| jobs::results(issuer, &permit, &id, first, limit)).await?;
    let is_full = u32::try_from(results.len()).is_ok_and(|length| length == limit);
    let next = results.last().filter(|_| is_full).map(|last| last.line + 1);
    Ok(web::Json(ResultPage { results, next }))
}
