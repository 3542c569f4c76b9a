//! Requests about seals: the list, one of them, applying, deciding, acting.

use super::{
    SEAL, SEAL_NEW, SEALS, Visit, again::Again, answer, onward, part, path_of, query, refusal, seal_views as views,
};
use crate::{
    flow::{
        access::{Caller, Permit, may},
        bodies,
        seal_lives::{self, Keep, KeepOrder, Material, NewSeal, SealLifeError},
        seal_uses::{self, GrantError},
    },
    store::Store,
    web::{
        AppState, Problem,
        auth::Authenticated,
        input::{Filled, Form},
    },
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::Deserialize;
use yinxin_face::Fonts;
use yinxin_trust::base::{Day, Moment, Sentence};

type Data = web::Data<AppState>;

/// A field of the form for each type that is chosen begins so.
pub(super) const TYPE_FIELD: &str = "type:";

/// What is decided.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Decision {
    decision: Decided,
    reason: String,
    document_number: String,
}

/// Which button was pressed.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decided {
    Approve,
    Refuse,
}

/// What is done.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Acting {
    kind: Keep,
    reason: String,
    document_number: String,
}

/// Nothing but the button is sent.
#[derive(Deserialize)]
pub(in crate::web) struct Nothing {}

/// `GET /office/seals`
pub(in crate::web) async fn seals(
    permit: Permit<may::SeeSeals>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    let found = state
        .in_office(move |office, now| {
            let name = bodies::name_on(&office.store, permit.body(), Day::in_beijing_at(now)?).unwrap_or_default();
            Ok::<_, SealLifeError>((seal_lives::desk(&office.store, &permit, now)?, name, now))
        })
        .await;
    let html = found.map(|(desk, name, now)| views::list(&visit.clone().named(&name), state.site(), &desk, now));
    answer(&visit, &state, html)
}

/// `GET /office/seals/{id}`
pub(in crate::web) async fn seal(
    permit: Permit<may::SeeSeals>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let (visit, id) = (Visit::of(&caller, &request), part(&request, "id"));
    let found = state
        .in_office(move |office, now| {
            let whole = seal_lives::history(&office.store, &permit, &id, now)?;
            // an application has none yet
            let grants = match seal_uses::named(&office.store, &permit, &id, now) {
                Err(GrantError::NotFound) => Vec::new(),
                found => found?,
            };
            Ok::<_, Problem>((whole, grants, now))
        })
        .await;
    answer(&visit, &state, found.map(|(whole, grants, now)| views::one(&visit, state.site(), &whole, &grants, now)))
}

/// `GET /office/seals/{id}/documents/{position}`: never shown within our pages.
pub(in crate::web) async fn seal_document(
    permit: Permit<may::SeeSeals>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let (visit, id) = (Visit::of(&caller, &request), part(&request, "id"));
    let position = part(&request, "position").parse::<i32>().unwrap_or_default();
    let found = state.in_office(move |office, _| seal_lives::document(&office.store, &permit, &id, position)).await;
    match found {
        Ok(document) => HttpResponse::Ok()
            .content_type("application/octet-stream")
            .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"document-{position}\"")))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(document.octets),
        Err(problem) => refusal(&visit, &state, &problem),
    }
}

/// What a form about a seal asks for, on the lane of the office; the page of the seal shows what it is by then.
pub(super) async fn upon<G, T, E>(
    (caller, request): (&Caller, &HttpRequest),
    state: &AppState,
    given: Result<Form<G>, Problem>,
    job: impl FnOnce(&Store, &str, G, Moment) -> Result<T, E> + Send + 'static,
) -> HttpResponse
where
    G: Send + 'static,
    E: Into<Problem>,
{
    let id = part(request, "id");
    let here = path_of(SEAL, &id);
    let visit = Visit::of(caller, request).at(here.clone());
    let to = match given {
        Ok(Form(given)) => {
            let done = state.in_office(move |office, now| job(&office.store, &id, given, now).map(drop));
            done.await.map(|()| here)
        }
        Err(problem) => Err(problem),
    };
    onward(&visit, state, to)
}

/// `POST /office/seals/{id}/decision`
pub(in crate::web) async fn decide_seal(
    permit: Permit<may::DecideSeals>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Form<Decision>, Problem>,
) -> HttpResponse {
    upon((&caller, &request), &state, given, move |store, id, given, now| {
        let ground = (given.reason.as_str(), given.document_number.as_str());
        seal_lives::decide(store, &permit, id, given.decision == Decided::Approve, ground, now)
    })
    .await
}

/// `POST /office/seals/{id}/filing`
pub(in crate::web) async fn file_seal(
    permit: Permit<may::ManageSeals>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Form<Nothing>, Problem>,
) -> HttpResponse {
    upon((&caller, &request), &state, given, move |store, id, Nothing {}, now| {
        seal_lives::file(store, &permit, id, None, now)
    })
    .await
}

/// `POST /office/seals/{id}/acts`
pub(in crate::web) async fn keep_seal(
    permit: Permit<may::ManageSeals>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Form<Acting>, Problem>,
) -> HttpResponse {
    upon((&caller, &request), &state, given, move |store, id, Acting { kind, reason, document_number }, now| {
        let order = KeepOrder { kind, reason, document_number, effective_from: None };
        seal_lives::keep(store, &permit, id, &order, now)
    })
    .await
}

/// `GET /office/seal-applications/new`: the form; with `renews`, of a remade seal.
pub(in crate::web) async fn apply_seal_form(
    _permit: Permit<may::ManageSeals>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    let renews = query(&request, "renews");
    let types = types(&state).await;
    answer(&visit, &state, types.map(|types| views::apply(&visit, state.site(), &types, renews, Again::FRESH)))
}

async fn types(state: &AppState) -> Result<Vec<(String, Sentence)>, Problem> {
    state
        .in_office(move |office, now| match &office.issuer {
            Some(issuer) => Ok(seal_lives::types(issuer, now)?),
            None => Err(Problem::no_issuer()),
        })
        .await
}

/// `POST /office/seal-applications/new`
pub(in crate::web) async fn apply_seal(
    permit: Permit<may::ManageSeals>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Filled, Problem>,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request).at(SEAL_NEW.to_owned());
    let filled = match given {
        Ok(filled) => filled,
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let new = wanted(&filled);
    let entered =
        state.in_office(move |office, now| seal_lives::apply(&office.store, &permit, new, &Fonts::shipped(), now));
    match entered.await {
        Ok(id) => onward(&visit, &state, Ok(path_of(SEAL, &id))),
        Err(problem) => match types(&state).await {
            Ok(types) => {
                let again = Again::refused(&filled.fields, &problem, visit.lang);
                Again::answer(&problem, views::apply(&visit, state.site(), &types, renews(&filled), again))
            }
            Err(_) => refusal(&visit, &state, &problem),
        },
    }
}

fn renews(filled: &Filled) -> Option<String> {
    filled.fields.get("renews").filter(|id| !id.is_empty()).cloned()
}

fn wanted(filled: &Filled) -> NewSeal {
    let text = |name: &str| filled.fields.get(name).cloned().unwrap_or_default();
    let types = filled.fields.keys().filter_map(|name| name.strip_prefix(TYPE_FIELD));
    let document = filled.file.iter().map(|octets| Material { name: text("document_name"), octets: octets.clone() });
    NewSeal {
        code: text("code").trim().to_owned(),
        purpose: text("purpose"),
        // none that a seal has where it is no number
        diameter_mm: text("diameter").trim().parse().unwrap_or_default(),
        picture: None,
        types: types.map(str::to_owned).collect(),
        renews: renews(filled),
        reason: text("reason"),
        documents: document.collect(),
    }
}

/// The way to the list.
pub(super) fn list_address(visit: &Visit) -> String {
    visit.to(SEALS)
}
