//! `/api/v1/licences/{identifier}/copies`: annotated copies for a system of the body.

use super::licences::idempotency_key;
use crate::{
    flow::{
        access::{Permit, may},
        copies::{self, Asker, CopyError, CopyMade, CopyOrder},
        document::Form,
    },
    web::{AppState, Problem, input::Input, problem::ProblemBody},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::Deserialize;
use yinxin_trust::{base::Sentence, licence::identifier::LicenceIdentifier};

/// The copies of one licence.
pub(in crate::web) const PATH: &str = "/api/v1/licences/{identifier}/copies";

/// The file of a copy.
pub(in crate::web) const DOCUMENT: &str = "/api/v1/licences/{identifier}/copies/{id}/document";

/// In which form.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct CopyForm {
    /// `ofd`: the stamped copy; `pdf` or `png`: a print of it.
    #[serde(rename = "as", default = "ofd")]
    form: String,
}

fn ofd() -> String {
    "ofd".to_owned()
}

/// Make an annotated copy
///
/// 加注件: the licence stamped once more, for one purpose, one user and until one day. Whoever repeats a request with the
/// same `Idempotency-Key` and the same order gets the same copy.
#[utoipa::path(post, path = PATH, operation_id = "copyLicence", tag = "licences", request_body = CopyOrder,
    params(
        ("identifier" = String, Path, description = "电子证照标识, of any version; the one in force is copied."),
        ("Idempotency-Key" = String, Header, description = "1 to 200 visible ASCII characters.")),
    responses(
        (status = 201, description = "Made.", body = CopyMade,
            headers(("Location" = String, description = "Where its file is."))),
        (status = 400, description = "`bad_body` or `idempotency_key_malformed`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`seal_not_granted` and others: the seal may not be used for it.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_thing`, also for a licence of another body.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`copy_not_in_force`, `idempotency_key_reused`, `under_way`, `body_succeeded`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`copy_refused`, with the fields in `errors`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`issuing_busy` with `Retry-After`; `no_issuer`, `key_unavailable`, or what the register says.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn create(
    permit: Permit<may::Issue>,
    request: HttpRequest,
    identifier: web::Path<String>,
    state: web::Data<AppState>,
    Input(order): Input<CopyOrder>,
) -> Result<HttpResponse, Problem> {
    let key = idempotency_key(&request)?.ok_or_else(Problem::idempotency_key_malformed)?;
    let identifier = parsed(&identifier)?;
    let most_days = state.office()?.presentations.copy_days();
    let made = state
        .at_issuing(move |issuer| {
            copies::make_for_body(issuer, &permit, &identifier, &order, (most_days, &key), &|_| ())
        })
        .await?;
    let place = DOCUMENT.replace("{identifier}", &made.identifier).replace("{id}", &made.id);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, place)).json(made))
}

/// Fetch an annotated copy
///
/// For as long as it may be used; afterwards its file is gone.
#[utoipa::path(get, path = DOCUMENT, operation_id = "getLicenceCopy", tag = "licences",
    params(
        ("identifier" = String, Path, description = "电子证照标识 of the licence."),
        ("id" = String, Path, description = "Id of the copy."),
        CopyForm),
    responses(
        (status = 200, description = "The file.", content(
            (Vec<u8> = "application/ofd"), (Vec<u8> = "application/pdf"), (Vec<u8> = "image/png"))),
        (status = 400, description = "`bad_query`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_thing`, also for one of another body, and for one that has ended.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn document(
    permit: Permit<may::Read>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let bad = || Problem::bad_query("as", Sentence::new("as 为 ofd、pdf 或 png。", "as is ofd, pdf or png."));
    let which = web::Query::<CopyForm>::from_query(request.query_string()).map_err(|_| bad())?.into_inner();
    let form = Form::of_name(&which.form).filter(|form| *form != Form::Evidence).ok_or_else(bad)?;
    let (identifier, id) = path.into_inner();
    let identifier = parsed(&identifier)?;
    let (number, octets) =
        state.with_issuer(move |issuer| copies::document(issuer, Asker::Body(&permit, &identifier), &id, form)).await?;
    let name = format!("attachment; filename=\"copy-{number}.{}\"", form.ending());
    Ok(HttpResponse::Ok()
        .content_type(form.media_type())
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(octets))
}

/// What is no identifier names no licence.
fn parsed(text: &str) -> Result<LicenceIdentifier, Problem> {
    text.parse().map_err(|_| CopyError::NotHeld.into())
}
