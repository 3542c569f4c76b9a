//! `POST /api/v1/verifications`: a document goes in, its report comes out.

use crate::{
    flow::{judged_at, shown},
    web::{AppState, Problem, Upload, problem::ProblemBody},
};
use actix_web::{CustomizeResponder, HttpRequest, Responder as _, web};
use serde::Deserialize;
use yinxin_trust::{
    base::{Moment, Sentence},
    verify::Report,
};

/// The path of the collection.
pub(in crate::web) const PATH: &str = "/api/v1/verifications";

/// Names the state that is shown for the report, a code of `GET /api/v1/states`.
const STATE_HEADER: &str = "yinxin-state";

/// Names the note that stands beside it, a code of the same table.
const NOTE_HEADER: &str = "yinxin-note";

/// What may be asked beside the document.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct Ask {
    /// The time the report shall speak for: an RFC 3339 instant, or a day, which
    /// stands for its first instant in Beijing. Now when absent.
    #[param(example = "2026-11-21T08:30:00Z")]
    at: Option<String>,
}

/// The document as a form.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "describes the form; the extractor streams it")]
pub(in crate::web) struct UploadForm {
    /// The document.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Verify a document
///
/// Says whether an OFD document, an electronic seal, a signature value or a disclosure
/// (chosen fields of a licence) is what its stamps say. A forgery is an answer (200 with verdict `invalid`),
/// not an error; 422 only means that the octets are no such document at all.
/// The upload is held in memory and dropped with the answer.
#[utoipa::path(
    post,
    path = PATH,
    operation_id = "createVerification",
    tag = "verifications",
    params(Ask),
    request_body(
        description = "The document, raw or as field `file` of a form.",
        content((Vec<u8> = "application/octet-stream"), (UploadForm = "multipart/form-data")),
    ),
    responses(
        (status = 200, description = "The report, also on a forgery.", body = super::super::openapi::ReportRef,
            content_type = "application/json",
            headers(("yinxin-state" = String, description = "The state that pages show for it, a code of `GET /api/v1/states`."),
                ("yinxin-note" = String, description = "`NONSTANDARD_FORM` where pages show that note beside the state; else absent."))),
        (status = 400, description = "`no_file`, `malformed_multipart`, `body_interrupted` or `bad_query`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "`body_timeout`: the body came too slowly.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`upload_too_large`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`not_a_document`: no OFD, seal or signature value by its first octets. \
            `copy_not_verifiable`: a PDF, PNG or JPEG, which is a copy at best.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`broken`: our own fault; says nothing about the document.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`busy`: no seat is free; try again after `Retry-After` seconds.",
            body = ProblemBody, content_type = "application/problem+json",
            headers(("Retry-After" = u32, description = "Seconds to wait."))),
    ),
)]
pub(in crate::web) async fn create(
    request: HttpRequest,
    state: web::Data<AppState>,
    upload: Upload,
) -> Result<CustomizeResponder<web::Json<Report>>, Problem> {
    let at = asked_at(request.query_string())?;
    let report = state.verify_upload_at(upload, at).await?.report;
    let shown = shown::state(&report).code();
    let is_nonstandard = report.warnings.iter().any(shown::is_of_form);
    let answer = web::Json(report).customize().insert_header((STATE_HEADER, shown));
    Ok(if is_nonstandard { answer.insert_header((NOTE_HEADER, shown::NONSTANDARD_FORM)) } else { answer })
}

fn asked_at(query: &str) -> Result<Option<Moment>, Problem> {
    let wanted = || {
        Sentence::new(
            "只认 at，其值为 RFC 3339 时刻或日期，例如 2026-11-21T08:30:00Z（加号写作 %2B）。",
            "only at is known, an RFC 3339 instant or a day, such as 2026-11-21T08:30:00Z (write a plus as %2B).",
        )
    };
    let bad = || Problem::bad_query("at", wanted());
    let ask = web::Query::<Ask>::from_query(query).map_err(|_| bad())?.into_inner();
    ask.at.map(|text| judged_at::parse(&text).map_err(|_| bad())).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_knows_only_at() {
        assert_eq!(asked_at(""), Ok(None));
        assert_eq!(asked_at("at=2024-06-01"), Ok(judged_at::parse("2024-06-01").ok()));
        assert_eq!(
            asked_at("at=2024-06-01T08%3A00%3A00%2B08%3A00"),
            Ok(judged_at::parse("2024-06-01")
                .map(|m| { Moment::from_unix_seconds(m.unix_seconds() + 8 * 3600).unwrap() })
                .ok())
        );
        for query in ["at=", "at=yesterday", "trust=none", "at=2024-06-01&at=2024-06-02"] {
            assert!(asked_at(query).is_err(), "{query}");
        }
    }
}
