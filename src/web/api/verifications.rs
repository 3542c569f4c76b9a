//! `POST /api/v1/verifications`: a document goes in, its report comes out.

use crate::{
    flow::{
        access::{Permit, may},
        judged_at,
        people::Known,
        shown::{self, StatedUse},
        window,
    },
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
/// Names why an annotated copy is not for the stated use.
const REFUSAL_HEADER: &str = "yinxin-copy-refusal";

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
    /// What the document is used for. Of an annotated copy the state then says whether it is for that; of anything
    /// else it changes nothing.
    purpose: Option<String>,
    /// Who uses it, by a name or a credit code: wanted where a copy names its user.
    used_by: Option<String>,
}

/// The document as a form.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "describes the form; the extractor streams it")]
pub(in crate::web) struct UploadForm {
    /// The document.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// The document as a form, with what it is used for.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "describes the form; the extractor streams it")]
pub(in crate::web) struct VerificationForm {
    /// The document.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// As the parameter `purpose`, which comes before it.
    purpose: Option<String>,
    /// As the parameter `used_by`.
    used_by: Option<String>,
}

/// Verify a document
///
/// Says whether an OFD document, an electronic seal, a signature value or a disclosure
/// (chosen fields of a licence) is what its stamps say. A forgery is an answer (200 with verdict `invalid`),
/// not an error; 422 only means that the octets are no such document at all.
/// The upload is held in memory and dropped with the answer, and so is what is said of its use. Nobody is asked who they are;
/// but a session that is at the device of a window has it written down: with a purpose as the window's own page does, for the
/// body and for the holder to see; without one, or with one that a window could not have, for the body alone.
#[utoipa::path(
    post,
    path = PATH,
    operation_id = "createVerification",
    tag = "verifications",
    params(Ask),
    request_body(
        description = "The document, raw or as field `file` of a form.",
        content((Vec<u8> = "application/octet-stream"), (VerificationForm = "multipart/form-data")),
    ),
    responses(
        (status = 200, description = "The report, also on a forgery.", body = super::super::openapi::ReportRef,
            content_type = "application/json",
            headers(
                ("yinxin-state" = String, description = "The state that pages show for it, a code of `GET /api/v1/states`."),
                ("yinxin-note" = String, description = "`NONSTANDARD_FORM` where pages show that note beside the state; else absent."),
                ("yinxin-copy-refusal" = String, description = "Of an annotated copy that is not for the stated use: \
                    `other_purpose`, `other_recipient`, `ended`, `incomplete` or `malformed_times`."),
            )),
        (status = 400, description = "`no_file`, `malformed_multipart`, `body_interrupted` or `bad_query`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "`body_timeout`: the body came too slowly.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`upload_too_large`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`not_a_document`: no OFD, seal or signature value by its first octets. \
            `copy_not_verifiable`: a PDF, PNG or JPEG, which is a copy at best.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_tries`: asked too often from this network without a token; `Retry-After` says when again.",
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
    let (at, of_use) = asked(request.query_string())?;
    let verified = state.verify_upload_at(upload, at).await?;
    let of_use = of_use.or(verified.of_use);
    let (shown, refusal) = shown::for_stated(&verified.report, of_use.as_ref());
    if let Some(permit) = at_window(&request, &state).await? {
        let (told, purpose) = ((verified.report.clone(), shown), of_use.and_then(|of| of.purpose.parse().ok()));
        state.with_issuer(move |issuer| window::note(issuer, &permit, told, purpose.as_ref())).await?;
    }
    let is_nonstandard = verified.report.warnings.iter().any(shown::is_of_form);
    let mut answer = web::Json(verified.report).customize().insert_header((STATE_HEADER, shown.code()));
    if is_nonstandard {
        answer = answer.insert_header((NOTE_HEADER, shown::NONSTANDARD_FORM));
    }
    if let Some(refusal) = refusal {
        answer = answer.insert_header((REFUSAL_HEADER, refusal.code()));
    }
    Ok(answer)
}

/// Whoever asks by a session that is at a window's device, from a page of ours; nobody else is known here.
async fn at_window(request: &HttpRequest, state: &AppState) -> Result<Option<Permit<may::ServeAtWindow>>, Problem> {
    if state.office().is_err() || !state.cookies().comes_from_here(request.headers()) {
        return Ok(None);
    }
    let Some(Some(secret)) = state.cookies().read(request.headers()) else { return Ok(None) };
    Ok(match state.session(secret).await? {
        Some(Known::Person(caller)) if caller.window().is_some() => caller.permit().ok(),
        _ => None,
    })
}

/// The time and the use that are asked about.
fn asked(query: &str) -> Result<(Option<Moment>, Option<StatedUse>), Problem> {
    let wanted = || {
        Sentence::new(
            "只认 at、purpose 和 used_by；at 为 RFC 3339 时刻或日期，例如 2026-11-21T08:30:00Z（加号写作 %2B）。",
            "only at, purpose and used_by are known; at is an RFC 3339 instant or a day, such as 2026-11-21T08:30:00Z (write a plus as %2B).",
        )
    };
    let bad = || Problem::bad_query("at", wanted());
    let Ask { at, purpose, used_by } = web::Query::<Ask>::from_query(query).map_err(|_| bad())?.into_inner();
    let at = at.map(|text| judged_at::parse(&text).map_err(|_| bad())).transpose()?;
    Ok((at, StatedUse::of(&purpose.unwrap_or_default(), &used_by.unwrap_or_default())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_knows_a_time_and_a_use() {
        let at = |text: &str| judged_at::parse(text).ok();
        assert_eq!(asked(""), Ok((None, None)));
        assert_eq!(asked("at=2024-06-01"), Ok((at("2024-06-01"), None)));
        let later = at("2024-06-01").map(|m| Moment::from_unix_seconds(m.unix_seconds() + 8 * 3600).unwrap());
        assert_eq!(asked("at=2024-06-01T08%3A00%3A00%2B08%3A00"), Ok((later, None)));
        assert_eq!(asked("purpose=%20&used_by=x"), Ok((None, None)), "without a purpose nothing is said");
        assert_eq!(asked("purpose=a+b"), Ok((None, StatedUse::of("a b", ""))));
        assert_eq!(
            asked("purpose=a&used_by=%E5%B1%80&at=2024-06-01"),
            Ok((at("2024-06-01"), StatedUse::of("a", "局")))
        );
        for query in ["at=", "at=yesterday", "trust=none", "at=2024-06-01&at=2024-06-02", "purpose=a&purpose=b"] {
            assert!(asked(query).is_err(), "{query}");
        }
    }
}
