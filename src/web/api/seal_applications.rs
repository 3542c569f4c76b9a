//! A seal from its application to its filing, over the API: asked for with documents, decided by a second person,
//! made by a process that has the seal maker's key, filed.

use super::seals::{PATH, SealNow};
use crate::{
    flow::{
        access::{Permit, may},
        authority::Authority,
        seal_lives::{self, Material, NewSeal},
        seal_making::{self, Parties},
    },
    web::{
        AppState, Problem,
        input::{Input, PapersInput},
        problem::ProblemBody,
    },
};
use actix_web::{HttpResponse, web};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use yinxin_face::Fonts;
use yinxin_trust::{
    base::{Day, Moment},
    seal::make::SealFormat,
    x509::Chain,
};

/// What is decided on an application.
pub(in crate::web) const DECISION: &str = "/api/v1/seals/{id}/decision";
/// That it is made.
pub(in crate::web) const MAKING: &str = "/api/v1/seals/{id}/making";
/// That it is filed.
pub(in crate::web) const FILING: &str = "/api/v1/seals/{id}/filing";

/// A seal that is asked for.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct SealApplicationInput {
    /// Registration code (esID), 1 to 64 visible ASCII characters, that no other seal has.
    code: String,
    /// What stands below the star, 1 to 30 characters.
    #[serde(default = "usual_purpose")]
    #[schema(default = "电子证照专用章")]
    purpose: String,
    /// Diameter, or width and height of a picture, millimetres.
    #[serde(default = "usual_diameter")]
    #[schema(default = 42)]
    diameter_mm: u32,
    /// PNG or SVG in base64, at most 1 MiB; one is drawn where it is not given.
    #[serde(default)]
    #[schema(nullable = false, content_encoding = "base64")]
    picture: Option<String>,
    /// Licence types that it shall stamp, 1 to 100.
    types: Vec<String>,
    /// The seal that it takes the place of.
    #[serde(default)]
    #[schema(nullable = false)]
    renews: Option<String>,
    /// 事由, 1 to 500 characters on one line.
    reason: String,
    /// What shows who the owner is and why, 1 to 8.
    documents: Vec<DocumentInput>,
}

/// A document of an application.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct DocumentInput {
    /// What it is called, 1 to 100 characters on one line.
    name: String,
    /// PDF, OFD, PNG or JPEG in base64, at most 2 MiB.
    #[schema(content_encoding = "base64")]
    content: String,
}

fn usual_purpose() -> String {
    "电子证照专用章".to_owned()
}

const fn usual_diameter() -> u32 {
    42
}

/// An application that was taken in.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct SealApplied {
    /// The id that application and seal share.
    id: String,
}

/// Apply for a seal
///
/// By a person who signed in; somebody else decides. With its documents, each kept with its SM3; at most 24 mebibytes altogether.
#[utoipa::path(post, path = PATH, operation_id = "applyForSeal", tag = "seals", request_body = SealApplicationInput,
    responses(
        (status = 201, description = "Taken in; it waits for a decision.", body = SealApplied),
        (status = 400, description = "`bad_body`, also for what is no base64.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`not_a_person`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_thing`: the seal that it renews.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`seal_code_taken`, `seal_state`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`seal_application_refused`, `picture_refused`, `seal_act_refused`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn apply(
    permit: Permit<may::ManageSeals>,
    state: web::Data<AppState>,
    PapersInput(input): PapersInput<SealApplicationInput>,
) -> Result<HttpResponse, Problem> {
    let new = wanted(input)?;
    let applied =
        state.in_office(move |office, now| seal_lives::apply(&office.store, &permit, new, &Fonts::shipped(), now));
    Ok(HttpResponse::Created().json(SealApplied { id: applied.await? }))
}

fn wanted(input: SealApplicationInput) -> Result<NewSeal, Problem> {
    let octets = |text: &str, what| BASE64_STANDARD.decode(text).map_err(|_| Problem::bad_body(what));
    let document = |one: DocumentInput| {
        Ok::<_, Problem>(Material { octets: octets(&one.content, "documents.content is no base64")?, name: one.name })
    };
    Ok(NewSeal {
        picture: input.picture.as_deref().map(|text| octets(text, "picture is no base64")).transpose()?,
        documents: input.documents.into_iter().map(document).collect::<Result<_, _>>()?,
        code: input.code,
        purpose: input.purpose,
        diameter_mm: input.diameter_mm,
        types: input.types,
        renews: input.renews,
        reason: input.reason,
    })
}

/// A decision on an application.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct DecisionInput {
    /// Whether it is approved.
    approve: bool,
    /// 事由, 1 to 500 characters on one line.
    reason: String,
    /// 文书号, 1 to 500 characters on one line.
    document_number: String,
}

/// Decide on an application for a seal
///
/// By a person who signed in and did not apply.
#[utoipa::path(post, path = DECISION, operation_id = "decideOnSeal", tag = "seals", request_body = DecisionInput,
    params(("id" = String, Path, description = "Id of the application.")),
    responses(
        (status = 200, description = "What it is by then.", body = SealNow),
        (status = 403, description = "`own_seal_application`, `not_a_person`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_thing`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`seal_act_refused`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn decide(
    permit: Permit<may::DecideSeals>,
    id: web::Path<String>,
    state: web::Data<AppState>,
    Input(input): Input<DecisionInput>,
) -> Result<web::Json<SealNow>, Problem> {
    let decided = state.in_office(move |office, now| {
        let ground = (input.reason.as_str(), input.document_number.as_str());
        seal_lives::decide(&office.store, &permit, &id, input.approve, ground, now)
    });
    Ok(web::Json(decided.await?.into()))
}

/// How an approved seal is made.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::web) struct MakingInput {
    /// `v4` (GB/T 38540-2020), the default, or `v5` (GM/T 0031-2025), which carries a time stamp.
    #[schema(value_type = String, default = "v4")]
    format: Option<String>,
    /// Certificates of an outside authority in PEM: that of a stamper's key in custody, then those above it. Without
    /// them a new key is certified by the authority of this installation.
    #[schema(nullable = false)]
    stamper_chain: Option<String>,
    /// The same for the key that makes seals.
    #[schema(nullable = false)]
    maker_chain: Option<String>,
}

/// Make a seal of an approved application
///
/// Answered by a process with the role `make` alone, which has the seal maker's key; it waits to be filed then. What the verifier of
/// this installation would not accept is not made.
#[utoipa::path(post, path = MAKING, operation_id = "makeSeal", tag = "seals", request_body = MakingInput,
    params(("id" = String, Path, description = "Id of the application.")),
    responses(
        (status = 200, description = "What it is by then.", body = SealNow),
        (status = 404, description = "`no_such_thing`, `not_served_here`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`seal_state`: not approved, or made already.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`seal_refused`, `picture_refused`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`key_unavailable`, `time_stamp_unavailable`, `no_issuer`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn make(
    permit: Permit<may::ManageSeals>,
    id: web::Path<String>,
    state: web::Data<AppState>,
    Input(input): Input<MakingInput>,
) -> Result<web::Json<SealNow>, Problem> {
    let format: SealFormat = match input.format.as_deref() {
        None => SealFormat::default(),
        Some(word) => word.parse().map_err(Problem::bad_body)?,
    };
    let authority = state.authority().map(|folder| (folder.clone(), state.public_address().map(str::to_owned)));
    let made = state.in_office(move |office, now| {
        let issuer = office.issuer.as_ref().ok_or_else(Problem::no_issuer)?;
        let chain = |text: &Option<String>| text.as_deref().map(|text| chain(text, now)).transpose();
        let (stamper, maker) = (chain(&input.stamper_chain)?, chain(&input.maker_chain)?);
        let authority = match authority {
            None => None,
            Some((folder, address)) => {
                let own = folder.read().map_err(|fault| Problem::broken(&fault))?;
                Some(Authority { address, ..own })
            }
        };
        let parties = Parties { authority: authority.as_ref(), stamper: stamper.as_ref(), maker: maker.as_ref() };
        Ok::<_, Problem>(seal_making::make_approved(
            issuer,
            parties,
            &Fonts::shipped(),
            &permit,
            (id.as_str(), format),
            now,
        )?)
    });
    Ok(web::Json(made.await?.standing.into()))
}

fn chain(text: &str, now: Moment) -> Result<Chain, Problem> {
    Chain::from_pem(text.as_bytes(), now).map_err(|fault| Problem::bad_body(format_args!("the chain: {fault}")))
}

/// When a seal is taken into use.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct FilingInput {
    /// First day of its use; at once where it is not given.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<Day>,
}

/// File a seal that was made
///
/// It is in use from then on for the types of its application, in the place of the one that it renews.
#[utoipa::path(post, path = FILING, operation_id = "fileSeal", tag = "seals", request_body = FilingInput,
    params(("id" = String, Path, description = "Id of the seal.")),
    responses(
        (status = 200, description = "What it is by then.", body = SealNow),
        (status = 404, description = "`no_such_thing`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`seal_act_refused`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn file(
    permit: Permit<may::ManageSeals>,
    id: web::Path<String>,
    state: web::Data<AppState>,
    Input(input): Input<FilingInput>,
) -> Result<web::Json<SealNow>, Problem> {
    let filed =
        state.in_office(move |office, now| seal_lives::file(&office.store, &permit, &id, input.from, now)).await?;
    Ok(web::Json(filed.into()))
}
