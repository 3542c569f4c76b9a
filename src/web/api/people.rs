//! `/api/v1/people`: the people of a body.

use super::{Page, instant};
use crate::{
    flow::{
        access::{Permit, Role, may},
        people::{self, NewPerson, Password, PeopleError},
        second_factor,
    },
    web::{AppState, Problem, input::Input, problem::ProblemBody},
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The collection.
pub(in crate::web) const PATH: &str = "/api/v1/people";

/// The roles of one.
pub(in crate::web) const ROLES: &str = "/api/v1/people/{id}/roles";

/// Disabling one.
pub(in crate::web) const DISABLE: &str = "/api/v1/people/{id}/disable";

/// The second factor of one.
pub(in crate::web) const SECOND_FACTOR: &str = "/api/v1/people/{id}/second-factor";

/// A person to be entered.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct PersonInput {
    /// What they sign in with; unique in the whole register.
    #[schema(pattern = "^[a-z0-9._-]{2,64}$", example = "wang.wu")]
    login: String,
    /// What they are called.
    #[schema(min_length = 1, max_length = 100, example = "王五")]
    name: String,
    /// Their first password.
    #[schema(min_length = 10, max_length = 200, format = Password)]
    password: String,
    /// What they are: `officer`, `approver`, `seal_keeper`, `clerk`, `auditor`, `administrator`.
    #[schema(value_type = Vec<String>, example = json!(["officer"]))]
    roles: BTreeSet<Role>,
}

/// A person who was entered.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct PersonMade {
    /// Their id.
    id: String,
}

/// Other roles of a person.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct RolesInput {
    /// All that they are from now on.
    #[schema(value_type = Vec<String>, example = json!(["officer", "clerk"]))]
    roles: BTreeSet<Role>,
}

/// A person.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct PersonShown {
    /// Their id.
    id: String,
    /// What they sign in with.
    login: String,
    /// What they are called.
    name: String,
    /// What they are.
    roles: Vec<&'static str>,
    /// When they were entered.
    #[schema(format = DateTime)]
    created_at: String,
    /// From when on they may not sign in.
    #[schema(format = DateTime)]
    disabled_at: Option<String>,
}

/// A page of people.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct PersonPage {
    /// In the order of ids.
    people: Vec<PersonShown>,
    /// Where the next page begins; null at the end.
    next: Option<String>,
}

/// Enter a person
///
/// Into the body of the caller.
#[utoipa::path(post, path = PATH, operation_id = "createPerson", tag = "access", request_body = PersonInput,
    responses(
        (status = 201, description = "Entered.", body = PersonMade),
        (status = 409, description = "`login_taken`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`login_malformed`, `name_malformed` or `password_refused`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn create(
    permit: Permit<may::ManagePeople>,
    state: web::Data<AppState>,
    Input(input): Input<PersonInput>,
) -> Result<HttpResponse, Problem> {
    let PersonInput { login, name, password, roles } = input;
    let password = Password::chosen(password).map_err(PeopleError::from)?;
    let person = NewPerson { login: login.parse()?, name, password, roles };
    let id = state
        .at_sign_in(move |office, now| people::create(&office.store, &permit, office.sign_in.passwords(), person, now))
        .await?;
    Ok(HttpResponse::Created().json(PersonMade { id }))
}

/// List people
///
/// Those of the caller's body, disabled ones too.
#[utoipa::path(get, path = PATH, operation_id = "listPeople", tag = "access", params(Page),
    responses(
        (status = 200, description = "A page.", body = PersonPage),
        (status = 400, description = "`bad_query`.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn list(
    permit: Permit<may::ManagePeople>,
    request: HttpRequest,
    state: web::Data<AppState>,
) -> Result<web::Json<PersonPage>, Problem> {
    let page = Page::of(request.query_string())?;
    let (after, limit) = (page.after().to_owned(), page.limit());
    let found = state.in_office(move |office, _| people::list(&office.store, &permit, &after, limit)).await?;
    let next = page.next(&found, |person| person.id.clone());
    Ok(web::Json(PersonPage { people: found.into_iter().map(PersonShown::from).collect(), next }))
}

/// Give a person other roles
///
/// All of them at once; a session that runs has them at its next request.
#[utoipa::path(post, path = ROLES, operation_id = "setRoles", tag = "access", request_body = RolesInput,
    params(("id" = String, Path, description = "Id of the person.")),
    responses(
        (status = 204, description = "They have them."),
        (status = 404, description = "`no_such_thing`, also for a person of another body.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`last_administrator`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn set_roles(
    permit: Permit<may::ManagePeople>,
    id: web::Path<String>,
    state: web::Data<AppState>,
    Input(input): Input<RolesInput>,
) -> Result<HttpResponse, Problem> {
    let job = move |office: &crate::flow::office::Office, now| {
        people::set_roles(&office.store, &permit, &id, &input.roles, now)
    };
    state.in_office(job).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Disable a person
///
/// They sign in no more, and their sessions end.
#[utoipa::path(post, path = DISABLE, operation_id = "disablePerson", tag = "access",
    params(("id" = String, Path, description = "Id of the person.")),
    responses(
        (status = 204, description = "They are disabled, now or before."),
        (status = 404, description = "`no_such_thing`, also for a person of another body.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`last_administrator`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn disable(
    permit: Permit<may::ManagePeople>,
    id: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Problem> {
    state.in_office(move |office, now| people::disable(&office.store, &permit, &id, now)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Take a person's second factor away
///
/// For who lost the app and the recovery codes. Their sessions end; where one is demanded of them, they make another when they
/// sign in next.
#[utoipa::path(delete, path = SECOND_FACTOR, operation_id = "removeSecondFactor", tag = "access",
    params(("id" = String, Path, description = "Id of the person.")),
    responses(
        (status = 204, description = "They have none."),
        (status = 404, description = "`no_such_thing`, also for a person of another body; `no_second_factor`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn remove_second_factor(
    permit: Permit<may::ManagePeople>,
    id: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Problem> {
    state.in_office(move |office, now| second_factor::remove_of_person(&office.store, &permit, &id, now)).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl From<people::Person> for PersonShown {
    fn from(person: people::Person) -> Self {
        Self {
            id: person.id,
            login: person.login,
            name: person.name,
            roles: person.roles.iter().map(|role| role.as_str()).collect(),
            created_at: instant(person.created_at),
            disabled_at: person.disabled_at.map(instant),
        }
    }
}
