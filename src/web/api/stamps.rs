//! `/api/v1/stamps`: documents made elsewhere, stamped with seals that the caller was authorised on.

use super::licences::idempotency_key;
use crate::{
    flow::{
        access::{Permit, may},
        stamps::{self, DigestOrder, Place, SealToPlanWith, StampMade, StampOrder},
    },
    web::{AppState, Problem, Upload, input::Input, problem::ProblemBody},
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use yinxin_trust::base::Sentence;

/// Documents.
pub(in crate::web) const PATH: &str = "/api/v1/stamps";
/// Digests of documents that stay at home.
pub(in crate::web) const DIGESTS: &str = "/api/v1/stamps/digests";
/// A seal to make Signature.xml with at home.
pub(in crate::web) const SEAL: &str = "/api/v1/stamps/seals/{id}";

/// With which seal, and where.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct Ask {
    /// Id of the seal.
    seal: String,
    /// Where it is shown: a JSON list of 1 to 100 places.
    #[param(example = r#"[{"word":{"text":"（盖章）"}}]"#)]
    places: String,
    /// `accept` where a signed document may show what its signatures do not cover; the new stamp then covers it.
    /// Refused when absent.
    #[serde(default)]
    uncovered: Option<String>,
}

/// Stamp a document
///
/// Adds a seal signature to an OFD document that was made elsewhere, also to one that others have stamped: their stamps
/// stay valid. Every entry that need not change is copied octet for octet. Refused by name: encrypted, closed, broken
/// or hostile packages, documents with a signature that does not hold, with several bodies or versions, licences. The
/// caller needs a grant on the seal for `document`. The document is not kept: who asks again with the same
/// `Idempotency-Key` sends it again and gets the same octets.
#[utoipa::path(post, path = PATH, operation_id = "stampDocument", tag = "stamps",
    params(Ask, ("Idempotency-Key" = String, Header, description = "1 to 200 visible ASCII characters; needed.")),
    request_body(
        description = "The document, raw or as field `file` of a form.",
        content((Vec<u8> = "application/octet-stream"),
            (super::verifications::UploadForm = "multipart/form-data")),
    ),
    responses(
        (status = 201, description = "The stamped document.", body = Vec<u8>, content_type = "application/ofd",
            headers(
                ("Stamp-Id" = String, description = "Id of the use, as in the ledger."),
                ("Stamp-Signature" = String, description = "ID of the new signature in Signatures.xml."),
                ("Stamp-Time" = String, description = "The instant within the stamp."),
                ("Stamp-Verdict" = String, description = "What our own verifier says of the whole document: \
                    `indeterminate` where earlier stamps are of somebody nobody here vouches for."))),
        (status = 400, description = "`bad_query`, `idempotency_key_malformed`, `no_file`, `malformed_multipart` or \
            `body_interrupted`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`seal_not_granted`, `seal_grant_type`, `seal_grant_period`, `seal_grant_used_up`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_thing`: no such seal.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`idempotency_key_reused`, `under_way`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`upload_too_large`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`document_not_stampable`, `stamp_place_refused`, `stamp_order_refused`, with the \
            reason in `errors`; `seal_not_in_use`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`busy` or `issuing_busy` with `Retry-After`; `no_register`, `no_issuer`, \
            `key_unavailable`, `time_stamp_unavailable`, `revocation_lists_outdated`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn create(
    permit: Permit<may::StampDocuments>,
    request: HttpRequest,
    state: web::Data<AppState>,
    upload: Upload,
) -> Result<HttpResponse, Problem> {
    let order = asked(&request)?;
    let Upload { octets, seat, .. } = upload;
    let stamped = state
        .at_issuing(move |issuer| {
            let stamped = stamps::stamp(issuer, &permit, &order, &octets, &|_| ());
            // the room of the upload is free once its octets are gone
            drop((octets, seat));
            stamped
        })
        .await?;
    let verdict = serde_json::to_value(stamped.report.verdict).map_err(|error| Problem::broken(&error))?;
    Ok(HttpResponse::Created()
        .content_type("application/ofd")
        .insert_header(("Stamp-Id", stamped.made.id))
        .insert_header(("Stamp-Signature", stamped.signature))
        .insert_header(("Stamp-Time", stamped.made.stamped_at.to_string()))
        .insert_header(("Stamp-Verdict", verdict.as_str().unwrap_or_default()))
        .body(stamped.octets))
}

fn asked(request: &HttpRequest) -> Result<StampOrder, Problem> {
    let wanted = || {
        Sentence::new(
            "要 seal（印章编号）、places（1 至 100 处位置的 JSON 列表），另可有 uncovered=accept。",
            "seal (an id), places (a JSON list of 1 to 100 places) and perhaps uncovered=accept are wanted.",
        )
    };
    let bad = |name| Problem::bad_query(name, wanted());
    let ask = web::Query::<Ask>::from_query(request.query_string()).map_err(|_| bad("seal"))?.into_inner();
    let places: Vec<Place> = serde_json::from_str(&ask.places).map_err(|_| bad("places"))?;
    let accept_uncovered = match ask.uncovered.as_deref() {
        None => false,
        Some("accept") => true,
        Some(_) => return Err(bad("uncovered")),
    };
    let key = idempotency_key(request)?.ok_or_else(Problem::idempotency_key_malformed)?;
    Ok(StampOrder { seal: ask.seal, places, accept_uncovered, key })
}

/// Stamp a digest
///
/// For a document that stays at home: the caller made Signature.xml (`yinxin stamp --prepare`), says what it digests to
/// and where it lies, and gets the value that goes into the document (`--finish`). Nobody here sees what is stamped, and
/// the ledger says so. The caller needs a grant on the seal for `digest`.
#[utoipa::path(post, path = DIGESTS, operation_id = "stampDigest", tag = "stamps", request_body = DigestOrder,
    params(("Idempotency-Key" = String, Header, description = "1 to 200 visible ASCII characters; needed.")),
    responses(
        (status = 201, description = "The value.", body = StampMade),
        (status = 400, description = "`bad_body`, `idempotency_key_malformed`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`seal_not_granted`, `seal_grant_type`, `seal_grant_period`, `seal_grant_used_up`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_thing`: no such seal.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`idempotency_key_reused`, `under_way`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`stamp_order_refused`, `seal_not_in_use`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`issuing_busy` with `Retry-After`; `no_register`, `no_issuer`, `key_unavailable`, \
            `time_stamp_unavailable`, `revocation_lists_outdated`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn create_of_digest(
    permit: Permit<may::StampDocuments>,
    request: HttpRequest,
    state: web::Data<AppState>,
    Input(order): Input<DigestOrder>,
) -> Result<HttpResponse, Problem> {
    let key = idempotency_key(&request)?.ok_or_else(Problem::idempotency_key_malformed)?;
    let made = state.at_issuing(move |issuer| stamps::stamp_digest(issuer, &permit, &order, &key, &|_| ())).await?;
    Ok(HttpResponse::Created().json(made))
}

/// Get a seal to plan a stamp with
///
/// What `yinxin stamp --prepare` needs. Only of a seal in use that somebody of the caller's body was authorised on.
#[utoipa::path(get, path = SEAL, operation_id = "getSealToPlanWith", tag = "stamps",
    params(("id" = String, Path, description = "Id of the seal.")),
    responses(
        (status = 200, description = "The seal.", body = SealToPlanWith),
        (status = 404, description = "`no_such_thing`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`seal_not_in_use`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn seal(
    permit: Permit<may::StampDocuments>,
    id: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<web::Json<SealToPlanWith>, Problem> {
    let id = id.into_inner();
    Ok(web::Json(state.with_issuer(move |issuer| stamps::seal_to_plan_with(issuer, &permit, &id)).await?))
}
