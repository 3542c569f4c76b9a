//! `/api/v1/licences/{identifier}`: one licence of the caller's body, or of one from
//! which it took over; and the list.

use super::Page;
use crate::{
    flow::{
        access::{Permit, Purpose, may},
        act::{self, ActOrder},
        document::Form,
        issue::IssueError,
        licence_record::{self, After, LicenceRecord, Listed, ReadError, RecordStanding},
        standing,
    },
    web::{AppState, Problem, input::Input, problem::ProblemBody},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::{Deserialize, Serialize};
use yinxin_trust::{base::Sentence, licence::identifier::LicenceIdentifier};

/// One.
pub(in crate::web) const ONE: &str = "/api/v1/licences/{identifier}";

/// Its document.
pub(in crate::web) const DOCUMENT: &str = "/api/v1/licences/{identifier}/document";

/// What is done to it.
pub(in crate::web) const ACTS: &str = "/api/v1/licences/{identifier}/acts";

/// What for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct What {
    /// 用证事由, wanted of people: 1 to 200 characters on one line, for the audit.
    purpose: Option<String>,
}

/// In which form, and what for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct Which {
    /// `ofd`, the stamped original; `pdf` or `png`, a copy; `evidence`, what the original was verified with when it
    /// was issued.
    #[serde(rename = "as")]
    #[param(rename = "as", example = "ofd")]
    form: String,
    /// 用证事由, wanted of people: 1 to 200 characters on one line, for the audit.
    purpose: Option<String>,
}

/// A licence in a list.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct LicenceListed {
    /// 电子证照标识 of the version that counts.
    identifier: String,
    /// 证照编号.
    number: String,
    /// 证照类型代码.
    type_code: String,
    /// 证照类型名称.
    type_name: String,
    /// 持证主体, masked where the type says so.
    holder: String,
    /// What it is today.
    standing: RecordStanding,
}

/// A page of licences.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct LicencePage {
    /// In the order in which they were taken in.
    licences: Vec<LicenceListed>,
    /// Where the next page begins; null at the end.
    next: Option<String>,
}

/// List licences
///
/// Those of the caller's body and of those from which it took over, the newest last.
#[utoipa::path(get, path = super::licences::PATH, operation_id = "listLicences", tag = "licences", params(Page),
    responses(
        (status = 200, description = "A page.", body = LicencePage),
        (status = 400, description = "`bad_query`.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn list(
    permit: Permit<may::Read>,
    request: HttpRequest,
    state: web::Data<AppState>,
) -> Result<web::Json<LicencePage>, Problem> {
    let page = Page::of(request.query_string())?;
    let (created_at, id) = page.place()?;
    let limit = page.limit();
    let found = state
        .with_issuer(move |issuer| licence_record::list(issuer, &permit, After { created_at, id: &id }, limit))
        .await?;
    let next = page.next(&found, |last| format!("{}-{}", last.created_at, last.id));
    Ok(web::Json(LicencePage { licences: found.into_iter().map(LicenceListed::from).collect(), next }))
}

/// Read a licence
///
/// Whole, of the caller's body or of one from which it took over, in the version of the identifier. Each reading
/// stands in the audit.
#[utoipa::path(get, path = ONE, operation_id = "getLicence", tag = "licences",
    params(("identifier" = String, Path, description = "电子证照标识."), What),
    responses(
        (status = 200, description = "The licence.", body = LicenceRecord),
        (status = 400, description = "`bad_query`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_licence`, also for one of another body.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`purpose_wanted`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn show(
    permit: Permit<may::Read>,
    request: HttpRequest,
    identifier: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<web::Json<LicenceRecord>, Problem> {
    let wanted = || Sentence::new("只认 purpose。", "only purpose is known.");
    let what = web::Query::<What>::from_query(request.query_string());
    let What { purpose } = what.map_err(|_| Problem::bad_query("purpose", wanted()))?.into_inner();
    let (purpose, identifier) = (read_purpose(purpose)?, parsed(&identifier)?);
    let found =
        state.with_issuer(move |issuer| licence_record::record(issuer, &permit, &identifier, purpose.as_ref())).await?;
    Ok(web::Json(found))
}

/// Fetch the document
///
/// The stamped original, or a copy drawn from the same values. Each reading
/// stands in the audit.
#[utoipa::path(get, path = DOCUMENT, operation_id = "getLicenceDocument", tag = "licences",
    params(("identifier" = String, Path, description = "电子证照标识."), Which),
    responses(
        (status = 200, description = "The document.", content(
            (Vec<u8> = "application/ofd"), (Vec<u8> = "application/pdf"), (Vec<u8> = "image/png"))),
        (status = 400, description = "`bad_query`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_licence`, also for one of another body.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`purpose_wanted`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn document(
    permit: Permit<may::Read>,
    request: HttpRequest,
    identifier: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let wanted = || {
        Sentence::new("as 为 ofd、pdf 或 png；另只认 purpose。", "as is ofd, pdf or png; else only purpose is known.")
    };
    let bad = || Problem::bad_query("as", wanted());
    let which = web::Query::<Which>::from_query(request.query_string()).map_err(|_| bad())?.into_inner();
    let form = Form::of_name(&which.form).ok_or_else(bad)?;
    let (purpose, identifier) = (read_purpose(which.purpose)?, parsed(&identifier)?);
    // digits, capitals and dots alone: safe in a header and as a name of a file
    let name = format!("attachment; filename=\"{identifier}.{}\"", form.ending());
    let octets = state
        .with_issuer(move |issuer| licence_record::file(issuer, &permit, &identifier, form, purpose.as_ref()))
        .await?;
    Ok(HttpResponse::Ok()
        .content_type(form.media_type())
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(octets))
}

/// Act upon a licence
///
/// Suspend, resume, revoke and so on; the answer is what it is today.
#[utoipa::path(post, path = ACTS, operation_id = "actUponLicence", tag = "licences", request_body = ActOrder,
    params(("identifier" = String, Path, description = "电子证照标识, of any version.")),
    responses(
        (status = 200, description = "Recorded.", body = RecordStanding),
        (status = 400, description = "`bad_body`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_licence`, also for one of another body.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`under_way`: a change of it is not finished. `body_succeeded`: another \
            body took over from the caller's.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`act_refused` with the reason in `errors`, or `unknown_act`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn act(
    permit: Permit<may::Act>,
    identifier: web::Path<String>,
    state: web::Data<AppState>,
    Input(order): Input<ActOrder>,
) -> Result<web::Json<RecordStanding>, Problem> {
    let recorded = state.with_issuer(move |issuer| act::act(issuer, &permit, &identifier, &order)).await?;
    let (now, on) = (recorded.standing, recorded.on);
    Ok(web::Json(RecordStanding {
        state: standing::word(now.state),
        state_name: now.state.chinese(),
        since: now.since,
        until: now.until.to_string(),
        on,
    }))
}

/// What is no identifier names no licence.
fn parsed(text: &str) -> Result<LicenceIdentifier, Problem> {
    text.parse().map_err(|_| IssueError::NoSuchLicence.into())
}

/// One that cannot be written down is none.
fn read_purpose(text: Option<String>) -> Result<Option<Purpose>, Problem> {
    text.map(|text| text.parse().map_err(|_| ReadError::PurposeWanted.into())).transpose()
}

impl From<Listed> for LicenceListed {
    fn from(listed: Listed) -> Self {
        let Listed { identifier, number, type_code, type_name, holder, standing, .. } = listed;
        Self { identifier, number, type_code, type_name, holder, standing }
    }
}
