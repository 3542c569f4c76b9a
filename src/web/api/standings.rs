//! What a licence is now, for everybody.
//!
//! By the printed code with the fields that everybody may see; by the
//! identifier, which can be guessed, without any. What is not there, not well
//! formed or not ours is answered alike but for the code.

use crate::{
    flow::{
        judged_at,
        standing::{self, PublicStanding, StandingError},
        standing_signature::{self, StandingAnswer},
        status_client::SIGNATURE_HEADER,
    },
    web::{AppState, Problem, input::Input, problem::ProblemBody},
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use yinxin_trust::{
    base::{Moment, Sentence},
    licence::identifier::LicenceIdentifier,
};

/// By the printed code.
pub(in crate::web) const BY_CODE: &str = "/api/v1/standing/{code}";

/// By the identifier.
pub(in crate::web) const BY_IDENTIFIER: &str = "/api/v1/standings/{identifier}";

/// By number and holder.
pub(in crate::web) const BY_NUMBER: &str = "/api/v1/standings";

/// A number and whose it is.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct NumberAndHolder {
    /// 证照编号, as on the face.
    #[schema(example = "JY23399990001174")]
    number: String,
    /// 持证主体, the whole name as on the face.
    holder: String,
}

/// The licences with that number and holder.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct Standings {
    /// At least one; of each type at most one.
    standings: Vec<PublicStanding>,
}

/// For when.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct When {
    /// The instant the answer shall speak for: an RFC 3339 instant, or a day, which
    /// stands for its first instant in Beijing. Now when absent.
    #[param(example = "2026-11-21T08:30:00Z")]
    at: Option<String>,
}

/// Ask by the printed code
///
/// What a phone sees that scans it: the state, and the fields that everybody may
/// see, masked where the type says so. An answer about the present is signed where a key is
/// configured: SM2 over the line `yinxin-standing-by-code/1`, a line with the code in capitals, and
/// the octets of the answer.
#[utoipa::path(get, path = BY_CODE, operation_id = "getStandingByCode", tag = "standing",
    params(("code" = String, Path, description = "The 26 characters of the printed code."),
        ("yinxin-asker" = Option<String>, Header, description = "Which register asks: ADR 70."), When),
    responses(
        (status = 200, description = "How it stands.", body = PublicStanding,
            headers(("yinxin-signature" = String, description = "The signature, DER in base64."))),
        (status = 400, description = "`bad_query`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`not_registered`, also for what is no code.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_tries`: asked too often from this network; `Retry-After` says when again.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`no_register`, `no_issuer`, or what the register says.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn by_code(
    request: HttpRequest,
    code: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let at = asked_at(request.query_string())?;
    let answer = state.with_issuer(move |issuer| standing_signature::answer_by_code(issuer, &code, at)).await?;
    Ok(said(answer))
}

/// Ask by the identifier
///
/// The version that counts, without fields of the face: what other
/// installations ask when they verify a licence of ours. An answer about the present
/// is signed where a key is configured: SM2 over the line `yinxin-standing/1`, its line
/// feed and the octets of the answer.
#[utoipa::path(get, path = BY_IDENTIFIER, operation_id = "getStanding", tag = "standing",
    params(("identifier" = String, Path, description = "电子证照标识, of any version."),
        ("yinxin-asker" = Option<String>, Header, description = "Which register asks: ADR 70."), When),
    responses(
        (status = 200, description = "How it stands.", body = PublicStanding,
            headers(("yinxin-signature" = String, description = "The signature, DER in base64."))),
        (status = 400, description = "`bad_query`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`not_registered`, also for what is no identifier; `register_not_competent` for \
            one of a body whose licences are kept elsewhere.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_tries`: asked too often from this network; `Retry-After` says when again.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`no_register`, `no_issuer`, or what the register says.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn by_identifier(
    request: HttpRequest,
    identifier: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let at = asked_at(request.query_string())?;
    let asked: LicenceIdentifier = identifier.parse().map_err(|_| Problem::from(StandingError::NotRegistered))?;
    let answer = state.with_issuer(move |issuer| standing_signature::answer(issuer, &asked, at)).await?;
    Ok(said(answer))
}

/// Ask by number and holder
///
/// How the licences stand that have this number and this holder, both exactly as on the face: for everybody, with the fields
/// that the printed code shows too. Whichever of the two is wrong, the answer is the same. Unsigned: other installations
/// ask by identifier or code.
#[utoipa::path(post, path = BY_NUMBER, operation_id = "findStandings", tag = "standing",
    request_body = NumberAndHolder,
    responses(
        (status = 200, description = "How they stand.", body = Standings),
        (status = 400, description = "`bad_body`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`not_registered`: no licence here has both.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_tries`: asked too often from this network; `Retry-After` says when again.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`no_register`, `no_issuer`, or what the register says.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn by_number(
    state: web::Data<AppState>,
    Input(NumberAndHolder { number, holder }): Input<NumberAndHolder>,
) -> Result<web::Json<Standings>, Problem> {
    let standings = state.with_issuer(move |issuer| standing::by_number(issuer, &number, &holder)).await?;
    Ok(web::Json(Standings { standings }))
}

fn said(answer: StandingAnswer) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(signature) = answer.signature {
        response.insert_header((SIGNATURE_HEADER, signature));
    }
    response.content_type("application/json").body(answer.octets)
}

fn asked_at(query: &str) -> Result<Option<Moment>, Problem> {
    let wanted =
        || Sentence::new("只认 at，一个 RFC 3339 时刻或日期。", "only at is known, an RFC 3339 instant or a day.");
    let bad = || Problem::bad_query("at", wanted());
    let when = web::Query::<When>::from_query(query).map_err(|_| bad())?.into_inner();
    when.at.map(|text| judged_at::parse(&text).map_err(|_| bad())).transpose()
}
