//! Our time stamp authority: `POST /tsa` (RFC 3161 3.4).

use super::{AppState, Problem, asker::network_of, input::TimeStampQuery};
use crate::flow::time_stamps::TimeStampError;
use actix_web::{HttpRequest, HttpResponse, web};

/// Where it is asked.
pub(super) const PATH: &str = "/tsa";

/// What it answers with.
const REPLY: &str = "application/timestamp-reply";

/// `POST /tsa`. What the protocol has a word for is an answer and 200; everything else a problem.
pub(super) async fn answer(
    request: HttpRequest,
    query: TimeStampQuery,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let from = network_of(&request);
    let answer = state
        .at_signing(move |issuer| {
            let authority = issuer.time_stamper.as_ref().ok_or_else(Problem::no_time_stamps)?;
            let answered: Result<Vec<u8>, TimeStampError> = authority.answer(&query.0, from.as_deref());
            answered.map_err(Problem::from)
        })
        .await?;
    Ok(HttpResponse::Ok().content_type(REPLY).body(answer))
}
