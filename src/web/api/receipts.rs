//! `/api/v1/receipts`: signed receipts of verifications (核验凭证).

use crate::{
    flow::{
        access::{Permit, Purpose, may},
        receipts::{self, ReceiptForm},
    },
    web::{AppState, Problem, Upload, problem::ProblemBody},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::{Deserialize, Serialize};
use yinxin_trust::{base::Sentence, verify::Report};

/// The collection.
pub(in crate::web) const PATH: &str = "/api/v1/receipts";

/// One.
pub(in crate::web) const ONE: &str = "/api/v1/receipts/{number}";

/// What the document is verified for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct What {
    /// 用证事由, 1 to 200 characters on one line: stands in the receipt.
    purpose: String,
}

/// In which form.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct Which {
    /// `json`, the signed file; `pdf`, one page with that file attached; `evidence`, what the verdict was made of, for a replay elsewhere. The signed file when
    /// absent.
    #[serde(rename = "as", default)]
    #[param(rename = "as", example = "json")]
    form: Option<String>,
}

/// A receipt that was made.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ReceiptMade {
    /// Its number, 16 hexadecimal digits.
    number: String,
    /// The signed receipt, as docs/receipt-format.md describes it.
    #[schema(value_type = Object)]
    receipt: serde_json::Value,
    /// The report that it speaks of.
    #[schema(value_type = super::super::openapi::ReportRef)]
    report: Report,
}

/// Verify a document and have a receipt
///
/// As `/api/v1/verifications`, of the present, with a signed receipt in the name of the caller's body: verdict,
/// standing, hashes of document, report and every piece of evidence, purpose, who asked. Neither the upload nor what
/// stands in it is kept.
#[utoipa::path(post, path = PATH, operation_id = "createReceipt", tag = "verifications", params(What),
    request_body(
        description = "The document, raw or as field `file` of a form.",
        content((Vec<u8> = "application/octet-stream"),
            (super::verifications::UploadForm = "multipart/form-data")),
    ),
    responses(
        (status = 201, description = "The receipt, also of a forgery.", body = ReceiptMade),
        (status = 400, description = "`no_file`, `malformed_multipart`, `body_interrupted` or `bad_query`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`upload_too_large`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`not_a_document`, `copy_not_verifiable`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`busy`, `no_register`, `no_issuer`, `no_receipt_key`, `key_unavailable`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn create(
    permit: Permit<may::MakeReceipt>,
    request: HttpRequest,
    state: web::Data<AppState>,
    upload: Upload,
) -> Result<HttpResponse, Problem> {
    let purpose = asked_for(request.query_string())?;
    let verified = state.verify_keeping(upload).await?;
    let report = verified.report.clone();
    let signed = state.with_issuer(move |issuer| receipts::make(issuer, &permit, verified, purpose)).await?;
    let number = signed.receipt().number.clone();
    let receipt = serde_json::from_slice(signed.octets()).map_err(|error| Problem::broken(&error))?;
    let location = ONE.replace("{number}", &number);
    let made = ReceiptMade { number, receipt, report };
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(made))
}

/// Read a receipt
///
/// Of the caller's body.
#[utoipa::path(get, path = ONE, operation_id = "getReceipt", tag = "verifications",
    params(("number" = String, Path, description = "Its number."), Which),
    responses(
        (status = 200, description = "In the form that was asked for.", content(
            (serde_json::Value = "application/json"), (Vec<u8> = "application/pdf"))),
        (status = 400, description = "`bad_query`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_receipt`, also for one of another body.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn show(
    permit: Permit<may::ReadReceipt>,
    request: HttpRequest,
    number: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let wanted = || Sentence::new("as 只认 json、pdf、evidence。", "as is json, pdf or evidence.");
    let bad = || Problem::bad_query("as", wanted());
    let which = web::Query::<Which>::from_query(request.query_string()).map_err(|_| bad())?.into_inner();
    let form = which.form.as_deref().map_or(Some(ReceiptForm::Json), ReceiptForm::of_name).ok_or_else(bad)?;
    let number = number.into_inner();
    // only what a number may be goes into a header
    let is_number = number.len() == 16 && number.bytes().all(|octet| octet.is_ascii_hexdigit());
    let name = if is_number { format!("attachment; filename=\"{number}.{}\"", form.ending()) } else { String::new() };
    let octets = state.with_issuer(move |issuer| receipts::get(issuer, &permit, &number, form)).await?;
    Ok(HttpResponse::Ok()
        .content_type(form.media_type())
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(octets))
}

fn asked_for(query: &str) -> Result<Purpose, Problem> {
    let wanted = || {
        Sentence::new(
            "只认 purpose：用证事由，1 至 200 个字，一行。",
            "only purpose is known, 1 to 200 characters on one line.",
        )
    };
    let bad = || Problem::bad_query("purpose", wanted());
    let what = web::Query::<What>::from_query(query).map_err(|_| bad())?.into_inner();
    what.purpose.parse().map_err(|_| bad())
}
