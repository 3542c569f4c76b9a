//! Who may stamp with a seal, and the ledger of what was stamped, for keepers.

use super::Page;
use crate::{
    flow::{
        access::{Permit, may},
        judged_at,
        seal_uses::{self, Grantee, LedgerLine, NewGrant},
    },
    store::seal_grants::SealGrant,
    web::{AppState, Problem, input::Input, problem::ProblemBody},
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use yinxin_trust::base::{Day, Moment, Sentence};

/// Who may stamp with it.
pub(in crate::web) const GRANTS: &str = "/api/v1/seals/{id}/grants";
/// One grant.
pub(in crate::web) const GRANT: &str = "/api/v1/seal-grants/{id}";
/// 用章台账.
pub(in crate::web) const LEDGER: &str = "/api/v1/seal-ledger";

/// A grant to be given.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct GrantInput {
    /// `person`, `token` or `body`.
    grantee_kind: GranteeKind,
    /// Id of the person, the token or the body.
    grantee: String,
    /// The body of the person or token; the caller's where it is not given.
    #[serde(default)]
    grantee_body: Option<String>,
    /// For which licence types, `document` for documents made elsewhere, `digest` for such that stay at home; empty for
    /// every licence type.
    #[serde(default)]
    types: BTreeSet<String>,
    /// How many stamps; any number where it is not given.
    #[serde(default)]
    #[schema(minimum = 1)]
    most: Option<u32>,
    /// First instant; now where it is not given.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Moment>,
    /// Last instant.
    #[schema(value_type = String, format = DateTime)]
    until: Moment,
    /// 事由, 1 to 500 characters on one line.
    reason: String,
    /// 文书号, 1 to 500 characters on one line.
    document_number: String,
}

/// What may be authorised.
#[derive(Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::web) enum GranteeKind {
    /// A person.
    Person,
    /// Another system.
    Token,
    /// Everybody of a body who may issue.
    Body,
}

/// A grant that was given.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct GrantMade {
    /// Its id.
    id: String,
}

/// Authorise somebody to stamp with a seal
#[utoipa::path(post, path = GRANTS, operation_id = "grantSeal", tag = "seals", request_body = GrantInput,
    params(("id" = String, Path, description = "Id of the seal.")),
    responses(
        (status = 201, description = "Given.", body = GrantMade),
        (status = 404, description = "`no_such_thing`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`seal_grant_refused`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn grant(
    permit: Permit<may::ManageSeals>,
    id: web::Path<String>,
    state: web::Data<AppState>,
    Input(input): Input<GrantInput>,
) -> Result<HttpResponse, Problem> {
    let given = state.in_office(move |office, now| {
        let body = input.grantee_body.unwrap_or_else(|| permit.body().to_owned());
        let grantee = match input.grantee_kind {
            GranteeKind::Person => Grantee::Person { body, id: input.grantee },
            GranteeKind::Token => Grantee::Token { body, id: input.grantee },
            GranteeKind::Body => Grantee::Body(input.grantee),
        };
        let new = NewGrant {
            seal: id.into_inner(),
            grantee,
            types: input.types,
            most: input.most,
            from: input.from.unwrap_or(now),
            until: input.until,
            reason: input.reason,
            document_number: input.document_number,
        };
        seal_uses::grant(&office.store, &permit, new, now)
    });
    Ok(HttpResponse::Created().json(GrantMade { id: given.await? }))
}

/// A grant.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct GrantShown {
    /// Its id.
    id: String,
    /// `person`, `token` or `body`.
    grantee_kind: String,
    /// Which.
    grantee: String,
    /// The body that it stamps for.
    grantee_body: String,
    /// How many stamps; null for any number.
    most: Option<i64>,
    /// How many were made or are under way.
    used: i64,
    /// First instant.
    #[schema(format = DateTime)]
    from: String,
    /// Last instant.
    #[schema(format = DateTime)]
    until: String,
    /// By which document.
    document_number: String,
    /// When it was taken back.
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
}

/// The grants on a seal.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct GrantList {
    /// In the order of ids, ended ones too; at most 1000.
    grants: Vec<GrantShown>,
}

/// List who may stamp with a seal
#[utoipa::path(get, path = GRANTS, operation_id = "listSealGrants", tag = "seals",
    params(("id" = String, Path, description = "Id of the seal.")),
    responses(
        (status = 200, description = "All of them.", body = GrantList),
        (status = 404, description = "`no_such_thing`.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn grants(
    permit: Permit<may::SeeSeals>,
    id: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<web::Json<GrantList>, Problem> {
    let found = state.in_office(move |office, _| seal_uses::list(&office.store, &permit, &id)).await?;
    Ok(web::Json(GrantList { grants: found.into_iter().map(GrantShown::from).collect() }))
}

/// Why a grant is taken back.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct Why {
    /// 事由, 1 to 500 characters on one line.
    reason: String,
}

/// Take a grant back
///
/// At once; what was stamped by it stays good.
#[utoipa::path(delete, path = GRANT, operation_id = "revokeSealGrant", tag = "seals",
    params(("id" = String, Path, description = "Id of the grant."), Why),
    responses(
        (status = 204, description = "Taken back."),
        (status = 400, description = "`bad_query`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_thing`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`seal_grant_refused`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn revoke(
    permit: Permit<may::ManageSeals>,
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let wanted = || Sentence::new("请写 reason。", "reason is wanted.");
    let why = web::Query::<Why>::from_query(request.query_string());
    let why = why.map_err(|_| Problem::bad_query("reason", wanted()))?.into_inner();
    state.in_office(move |office, now| seal_uses::revoke(&office.store, &permit, &id, &why.reason, now)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Which part of the ledger.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct Part {
    /// From this instant or day (Beijing) on; from the beginning when absent.
    from: Option<String>,
    /// Up to this instant or day (Beijing); to the end when absent.
    to: Option<String>,
    /// `json` (the default) or `csv`.
    format: Option<String>,
    /// What `next` of the page before said; of CSV the header `yinxin-next`.
    after: Option<String>,
}

/// A page of the ledger.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct LedgerPage {
    /// The oldest first, at most 1000.
    stamps: Vec<LedgerLine>,
    /// Where the next page begins; null at the end.
    next: Option<String>,
}

/// Read the ledger of stamps
///
/// 用章台账: every stamp of the seals of the caller's body, by whichever body. It names no holder.
#[utoipa::path(get, path = LEDGER, operation_id = "listStamps", tag = "seals", params(Part),
    responses(
        (status = 200, description = "A page; CSV with the head of the table on the first.", body = LedgerPage),
        (status = 400, description = "`bad_query`.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn ledger(
    permit: Permit<may::SeeSeals>,
    request: HttpRequest,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let wanted = || {
        let zh = "只认 from、to（时刻或日期）、format（json 或 csv）和 after。";
        Sentence::new(zh, "only from, to (instants or days), format (json or csv) and after are known.")
    };
    let bad = |name: &'static str| Problem::bad_query(name, wanted());
    let part = web::Query::<Part>::from_query(request.query_string()).map_err(|_| bad("from"))?.into_inner();
    let instant = |text: Option<String>, name| text.map(|text| judged_at::parse(&text).map_err(|_| bad(name)));
    let from = instant(part.from, "from").unwrap_or_else(|| Moment::from_unix_seconds(0).map_err(|_| bad("from")))?;
    let to = instant(part.to, "to").unwrap_or_else(|| Ok(Day::LAST.begins()))?;
    let within = (from, to);
    let is_csv = match part.format.as_deref() {
        None | Some("json") => false,
        Some("csv") => true,
        Some(_) => return Err(bad("format")),
    };
    let after = Page { after: part.after, limit: None }.place()?;
    let is_first = after.1.is_empty();
    let (stamps, next) = state
        .in_office(move |office, _| {
            seal_uses::ledger(&office.store, &permit, within, (after.0, &after.1), seal_uses::PAGE)
        })
        .await?;
    let next = next.map(|(at, id)| format!("{at}-{id}"));
    if !is_csv {
        return Ok(HttpResponse::Ok().json(LedgerPage { stamps, next }));
    }
    let head = if is_first { seal_uses::csv(None) } else { String::new() };
    let mut response = HttpResponse::Ok();
    if let Some(next) = next {
        response.insert_header(("yinxin-next", next));
    }
    let name = "attachment; filename=\"seal-ledger.csv\"";
    response.insert_header(("content-disposition", name)).content_type("text/csv; charset=utf-8");
    Ok(response.body(head + &seal_uses::csv(Some(&stamps))))
}

impl From<SealGrant> for GrantShown {
    fn from(row: SealGrant) -> Self {
        Self {
            id: row.id,
            grantee_kind: row.grantee_kind,
            grantee: row.grantee_id,
            grantee_body: row.grantee_body,
            most: row.most,
            used: row.used,
            from: super::instant(row.from_at),
            until: super::instant(row.until_at),
            document_number: row.document_number,
            revoked_at: row.revoked_at.map(super::instant),
        }
    }
}
