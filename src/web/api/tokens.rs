//! `/api/v1/tokens`: access of other systems.

use super::{Page, instant};
use crate::{
    flow::{
        access::{Permit, Scope, may},
        tokens::{self, NewToken},
    },
    web::{AppState, Problem, input::Input, problem::ProblemBody},
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use yinxin_trust::base::Moment;

/// The collection.
pub(in crate::web) const PATH: &str = "/api/v1/tokens";

/// One of it.
pub(in crate::web) const ONE: &str = "/api/v1/tokens/{id}";

/// A token to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct TokenInput {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100, example = "审批系统")]
    name: String,
    /// What it is for: `issue`, `act`, `read`, `standing`.
    #[schema(value_type = Vec<String>, min_items = 1, example = json!(["issue", "standing"]))]
    scopes: BTreeSet<Scope>,
    /// When it ends, at most 1100 days from now.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Moment,
}

/// A token that was made.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct TokenMade {
    /// Its id.
    id: String,
    /// The token itself: shown this once.
    #[schema(example = "yx_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    token: String,
    /// When it ends.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// A token without its secret.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct TokenShown {
    /// Its id.
    id: String,
    /// What people call it.
    name: String,
    /// What it is for.
    scopes: Vec<&'static str>,
    /// Id of the person who made it; null where it was the operator.
    created_by: Option<String>,
    /// When.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ends by itself.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// When it was ended by hand.
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
}

/// A page of tokens.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct TokenPage {
    /// In the order of ids.
    tokens: Vec<TokenShown>,
    /// Where the next page begins; null at the end.
    next: Option<String>,
}

/// Make a token
///
/// For another system, in the name of the body of the caller.
#[utoipa::path(post, path = PATH, operation_id = "createToken", tag = "access", request_body = TokenInput,
    responses(
        (status = 201, description = "Made; the token is shown this once.", body = TokenMade),
        (status = 422, description = "`name_malformed`, `scope_missing` or `token_end_refused`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn create(
    permit: Permit<may::ManageTokens>,
    state: web::Data<AppState>,
    Input(input): Input<TokenInput>,
) -> Result<HttpResponse, Problem> {
    let TokenInput { name, scopes, expires_at } = input;
    let token = NewToken { name, scopes, expires_at };
    let made = state.in_office(move |office, now| tokens::create(&office.store, &permit, token, now)).await?;
    let (token, expires_at) = (made.text.to_string(), expires_at.to_string());
    Ok(HttpResponse::Created().json(TokenMade { id: made.id, token, expires_at }))
}

/// List tokens
///
/// Those of the caller's body, ended ones too.
#[utoipa::path(get, path = PATH, operation_id = "listTokens", tag = "access", params(Page),
    responses(
        (status = 200, description = "A page.", body = TokenPage),
        (status = 400, description = "`bad_query`.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn list(
    permit: Permit<may::ManageTokens>,
    request: HttpRequest,
    state: web::Data<AppState>,
) -> Result<web::Json<TokenPage>, Problem> {
    let page = Page::of(request.query_string())?;
    let (after, limit) = (page.after().to_owned(), page.limit());
    let found = state.in_office(move |office, _| tokens::list(&office.store, &permit, &after, limit)).await?;
    let next = page.next(&found, |token| token.id.clone());
    Ok(web::Json(TokenPage { tokens: found.into_iter().map(TokenShown::from).collect(), next }))
}

/// End a token
///
/// At once and for good.
#[utoipa::path(delete, path = ONE, operation_id = "revokeToken", tag = "access",
    params(("id" = String, Path, description = "Id of the token.")),
    responses(
        (status = 204, description = "It has ended, now or before."),
        (status = 404, description = "`no_such_thing`, also for a token of another body.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn revoke(
    permit: Permit<may::ManageTokens>,
    id: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Problem> {
    state.in_office(move |office, now| tokens::revoke(&office.store, &permit, &id, now)).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl From<tokens::Token> for TokenShown {
    fn from(token: tokens::Token) -> Self {
        Self {
            id: token.id,
            name: token.name,
            scopes: token.scopes.iter().map(|scope| scope.as_str()).collect(),
            created_by: token.created_by,
            created_at: instant(token.created_at),
            expires_at: token.expires_at.map(instant),
            revoked_at: token.revoked_at.map(instant),
        }
    }
}
