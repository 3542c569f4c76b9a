//! `/api/v1/seals`: how a seal stands, for everybody; its life, for keepers.

use crate::{
    flow::{
        access::{Permit, may},
        judged_at,
        seal_lives::{self, KeepOrder, SealCard},
        seal_status::{self, SealStatus},
        status_client::SIGNATURE_HEADER,
    },
    web::{AppState, Problem, input::Input, problem::ProblemBody},
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use yinxin_trust::{
    base::{Moment, Sentence},
    seal::life::Standing,
    sm::sm3,
};

/// How a seal stands, by its esID.
pub(in crate::web) const STATUS: &str = "/api/v1/seals/{code}/status";
/// The seals of the caller's body.
pub(in crate::web) const PATH: &str = "/api/v1/seals";
/// One of them, by its id.
pub(in crate::web) const ONE: &str = "/api/v1/seals/{id}";
/// What is done to it.
pub(in crate::web) const ACTS: &str = "/api/v1/seals/{id}/acts";

/// What a question about a seal may say.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct Asked {
    /// The instant the state shall be of: an RFC 3339 instant, or a day, which stands for its first instant in
    /// Beijing. Now when absent.
    #[param(example = "2026-11-21T08:30:00Z")]
    at: Option<String>,
    /// SM3 of the seal's octets, hexadecimal, where seals of one code are to be told apart.
    seal: Option<String>,
}

/// Ask how a seal stands
///
/// For whoever has a stamp of it: the state at an instant, and every state with its first instant. Signed where
/// a key is configured: SM2 over the line `yinxin-seal-status/1`, its line feed and the octets of the answer.
#[utoipa::path(get, path = STATUS, operation_id = "getSealStatus", tag = "seals",
    params(("code" = String, Path, description = "The esID of the seal."),
        ("yinxin-asker" = Option<String>, Header, description = "Which register asks: ADR 70."), Asked),
    responses(
        (status = 200, description = "How it stands.", body = SealStatus,
            headers(("yinxin-signature" = String, description = "The signature, DER in base64."))),
        (status = 400, description = "`bad_query`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`seal_not_registered`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_tries`: asked too often from this network; `Retry-After` says when again.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`no_register`, `no_issuer`, or what the register says.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn status(
    request: HttpRequest,
    code: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let wanted = || {
        let zh = "只认 at（RFC 3339 时刻或日期）和 seal（印章数据的 SM3）。";
        Sentence::new(zh, "only at (an RFC 3339 instant or a day) and seal (the SM3 of the seal) are known.")
    };
    let bad = |name: &'static str| Problem::bad_query(name, wanted());
    let asked = web::Query::<Asked>::from_query(request.query_string()).map_err(|_| bad("at"))?.into_inner();
    let at = asked.at.map(|text| judged_at::parse(&text).map_err(|_| bad("at"))).transpose()?;
    let digest = asked.seal.map(|text| {
        let octets: Option<sm3::Digest> = hex::decode(text).ok().and_then(|octets| octets.try_into().ok());
        octets.ok_or_else(|| bad("seal"))
    });
    let digest = digest.transpose()?;
    let answer = state.with_issuer(move |issuer| seal_status::answer(issuer, &code, digest.as_ref(), at)).await?;
    let mut response = HttpResponse::Ok();
    if let Some(signature) = answer.signature {
        response.insert_header((SIGNATURE_HEADER, signature));
    }
    Ok(response.content_type("application/json").body(answer.octets))
}

/// A seal or an application in a few words.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct SealShown {
    /// The id that application and seal share.
    id: String,
    /// Registered name.
    name: String,
    /// The esID.
    es_id: String,
    /// `applied`, `approved`, `made`, `in_use`, `suspended`, `refused`, `expired`, `superseded`, `cancelled` or `invalid`.
    state: &'static str,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Moment,
    /// Its last instant; null before it is made.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Moment>,
    /// The seal that it takes the place of.
    renews: Option<String>,
    /// It is in use, ends within 60 days, and nobody asked for the next one.
    renewal_due: bool,
    /// Whether nobody stamps with it without a grant.
    by_grant: bool,
}

/// The seals of a body.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct SealList {
    /// What waits for a decision first, ended ones last.
    seals: Vec<SealShown>,
}

/// List seals
///
/// Those of the caller's body, with what is applied for and what has ended; at most 1000 of each.
#[utoipa::path(get, path = PATH, operation_id = "listSeals", tag = "seals",
    responses((status = 200, description = "All of them.", body = SealList)))]
pub(in crate::web) async fn list(
    permit: Permit<may::SeeSeals>,
    state: web::Data<AppState>,
) -> Result<web::Json<SealList>, Problem> {
    let desk = state.in_office(move |office, now| seal_lives::desk(&office.store, &permit, now)).await?;
    let all = desk.waiting.into_iter().chain(desk.under_way).chain(desk.seals).chain(desk.ended);
    Ok(web::Json(SealList { seals: all.map(SealShown::from).collect() }))
}

/// One seal with what was done to it.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct SealWhole {
    /// In a few words.
    seal: SealShown,
    /// Licence types that it was asked for.
    types: Vec<String>,
    /// Everything that was done, in the order of recording.
    acts: Vec<ActShown>,
    /// The material of the application.
    documents: Vec<DocumentShown>,
}

/// An act upon a seal.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ActShown {
    /// A stable word.
    kind: &'static str,
    /// The first instant at which it works.
    #[schema(value_type = String, format = DateTime)]
    effective_from: Moment,
    /// When it was taken in.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Moment,
    /// Who, as people call them.
    by: String,
    /// Why.
    reason: String,
    /// By which document; empty where it follows from the application.
    document_number: String,
}

/// A document of an application.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct DocumentShown {
    /// What it is called.
    name: String,
    /// SM3 of its octets, hexadecimal.
    sm3: String,
}

/// Show a seal
///
/// With everything that was done to it.
#[utoipa::path(get, path = ONE, operation_id = "getSeal", tag = "seals",
    params(("id" = String, Path, description = "Id of the seal or application.")),
    responses(
        (status = 200, description = "The seal.", body = SealWhole),
        (status = 404, description = "`no_such_thing`, also for one of another body.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn show(
    permit: Permit<may::SeeSeals>,
    id: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<web::Json<SealWhole>, Problem> {
    let found = state.in_office(move |office, now| seal_lives::history(&office.store, &permit, &id, now)).await?;
    let acts = found.done.into_iter().map(|done| ActShown {
        kind: done.act.kind.as_str(),
        effective_from: done.act.effective_from,
        recorded_at: done.act.recorded_at,
        by: done.by,
        reason: done.act.ground.reason,
        document_number: done.act.ground.document_number,
    });
    let documents = found.documents.into_iter();
    Ok(web::Json(SealWhole {
        seal: found.card.into(),
        types: found.types,
        acts: acts.collect(),
        documents: documents.map(|one| DocumentShown { name: one.name, sm3: hex::encode(one.sm3) }).collect(),
    }))
}

/// What a seal is after an act.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct SealNow {
    /// A word as of the list.
    state: &'static str,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Moment,
}

/// Suspend, resume, cancel a seal, or mark it invalid
#[utoipa::path(post, path = ACTS, operation_id = "actUponSeal", tag = "seals", request_body = KeepOrder,
    params(("id" = String, Path, description = "Id of the seal.")),
    responses(
        (status = 200, description = "What it is by then.", body = SealNow),
        (status = 404, description = "`no_such_thing`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`seal_act_refused`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn act(
    permit: Permit<may::ManageSeals>,
    id: web::Path<String>,
    state: web::Data<AppState>,
    Input(order): Input<KeepOrder>,
) -> Result<web::Json<SealNow>, Problem> {
    let kept = state.in_office(move |office, now| seal_lives::keep(&office.store, &permit, &id, &order, now)).await?;
    Ok(web::Json(kept.into()))
}

impl From<SealCard> for SealShown {
    fn from(card: SealCard) -> Self {
        Self {
            id: card.id,
            name: card.name,
            es_id: card.es_id,
            state: card.standing.state.as_str(),
            since: card.standing.since,
            until: card.standing.until,
            renews: card.renews,
            renewal_due: card.renewal_due,
            by_grant: card.by_grant,
        }
    }
}

impl From<Standing> for SealNow {
    fn from(standing: Standing) -> Self {
        Self { state: standing.state.as_str(), since: standing.since }
    }
}
