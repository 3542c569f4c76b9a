//! `/api/v1/code-resolutions`: what we say of codes that our holders show, to platforms and other localities.

use crate::{
    flow::{
        resolver::{self, Answer, Question},
        status_client::SIGNATURE_HEADER,
    },
    web::{AppState, Problem, input::SignedQuestion, problem::ProblemBody},
};
use actix_web::{HttpRequest, HttpResponse, web};

/// The collection. The code stands in the body: addresses stand in logs.
pub(in crate::web) const PATH: &str = "/api/v1/code-resolutions";

/// Ask about a code that a holder shows
///
/// For platforms that are configured here and localities whose trust list is in use: who asks is known by the signature
/// over the question, SM2 over the line `yinxin-code-question/1` and the octets of the body, in the header
/// `yinxin-signature`. A presentation code is redeemed by it, once, and the use is written down where the holder
/// sees it: who asked, body, window, time, purpose and fields. The answer is signed over the line
/// `yinxin-code-answer/1`, a line with the SM3 of the octets of the question in hexadecimal, and its own octets. What is wrong with the code
/// is an answer like any other. `docs/code-resolver.md` describes both.
#[utoipa::path(post, path = PATH, operation_id = "resolveCode", tag = "presentations",
    request_body = Question,
    params(("yinxin-signature" = String, Header, description = "The signature over the question, DER in base64.")),
    responses(
        (status = 200, description = "What is said of the code.", body = Answer,
            headers(("yinxin-signature" = String, description = "The signature over the answer, DER in base64."))),
        (status = 400, description = "`bad_body`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`asker_unknown`: no key that may ask here signed the question.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`question_stale`: of another time than now, or asked before.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`question_malformed`, `scan_id_malformed`, `name_malformed` (the window).",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_tries`: too many codes that are none, in five minutes.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`answers_unsigned`, `busy`, `no_register`, `no_issuer`, or what the register says.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn create(
    request: HttpRequest,
    question: SignedQuestion,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let signature = request.headers().get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let answer = state
        .at_resolving(move |issuer, presentations, lists| {
            resolver::resolve(issuer, presentations, lists, &question.0, signature.as_deref())
        })
        .await?;
    let mut response = HttpResponse::Ok();
    if let Some(signature) = answer.signature {
        response.insert_header((SIGNATURE_HEADER, signature));
    }
    Ok(response.content_type("application/json").body(answer.octets))
}
