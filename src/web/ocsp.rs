//! What our own authority says of its certificates: `POST /ocsp` and `GET /ocsp/{base64}` (RFC 6960 appendix A).

use super::{AppState, Problem, asker::network_of, input::OcspQuery};
use crate::flow::ocsp::OcspError;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Where it is asked.
pub(super) const PATH: &str = "/ocsp";

/// The same with the request within the address; base64 may have strokes.
pub(super) const BY_GET: &str = "/ocsp/{request:.*}";

/// What it answers with.
const REPLY: &str = "application/ocsp-response";

/// Characters of a request within an address.
const ADDRESS_CHARACTERS: usize = 1024;

/// `POST /ocsp`. What the protocol has a word for is an answer and 200; everything else a problem.
pub(super) async fn answer(
    request: HttpRequest,
    query: OcspQuery,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Problem> {
    answered(&request, query.0.to_vec(), &state).await
}

/// `GET /ocsp/{base64}`
pub(super) async fn answer_get(
    request: HttpRequest,
    asked: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let octets = (asked.len() <= ADDRESS_CHARACTERS).then(|| STANDARD.decode(asked.as_bytes()).ok()).flatten();
    // no request at all, in the words of the protocol
    answered(&request, octets.unwrap_or_default(), &state).await
}

async fn answered(request: &HttpRequest, octets: Vec<u8>, state: &AppState) -> Result<HttpResponse, Problem> {
    let from = network_of(request);
    let answer = state
        .at_signing(move |issuer| {
            let responder = issuer.ocsp.as_ref().ok_or_else(Problem::not_found)?;
            let answered: Result<Vec<u8>, OcspError> = responder.answer(&octets, from.as_deref());
            answered.map_err(Problem::from)
        })
        .await?;
    Ok(HttpResponse::Ok().content_type(REPLY).body(answer))
}
