//! Requests about delegations that are brought to a window, and about guardians.

use super::{
    DELEGATION, DELEGATION_NEW, GUARDIAN_NEW, Visit, answer, delegation_views as views, onward, part, path_of, refusal,
};
use crate::{
    config::Site,
    flow::{
        access::{Permit, may},
        delegations::{self, DelegationError, Named, NewGuardian, NewPaper},
        issuer::Issuer,
        kind::{FieldOffence, HasKind as _},
        material::Material,
        window::day_as_written,
    },
    web::{
        AppState, Problem,
        auth::Authenticated,
        input::{Filled, Form},
    },
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::Deserialize;
use std::collections::BTreeMap;
use yinxin_trust::delegation::Basis;

type Data = web::Data<AppState>;

/// What is decided.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Decided {
    decision: String,
}

/// Why it is ended.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Ending {
    reason: String,
}

/// `GET /office/delegations`
pub(in crate::web) async fn delegations_desk(
    permit: Permit<may::SeeDelegations>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    let found = state.with_issuer(move |issuer| delegations::desk(issuer, &permit)).await;
    answer(&visit, &state, found.map(|desk| views::list(&visit, state.site(), &desk)))
}

/// `GET /office/delegations/{id}`
pub(in crate::web) async fn recorded_delegation(
    permit: Permit<may::SeeDelegations>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let (visit, id) = (Visit::of(&caller, &request), part(&request, "id"));
    let found = state.with_issuer(move |issuer| delegations::recorded(issuer, &permit, &id)).await;
    answer(&visit, &state, found.map(|whole| views::one(&visit, state.site(), &whole)))
}

/// `GET /office/delegations/{id}/document`: never shown within our pages.
pub(in crate::web) async fn delegation_document(
    permit: Permit<may::SeeDelegations>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let (visit, id) = (Visit::of(&caller, &request), part(&request, "id"));
    match state.with_issuer(move |issuer| delegations::paper(issuer, &permit, &id)).await {
        Ok(paper) => HttpResponse::Ok()
            .content_type("application/octet-stream")
            .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"document\""))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(paper.octets),
        Err(problem) => refusal(&visit, &state, &problem),
    }
}

/// `GET /office/delegations/new`
pub(in crate::web) async fn paper_form(
    _permit: Permit<may::TakeDelegations>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    answer(&visit, &state, Ok(views::paper(&visit, state.site(), &BTreeMap::new(), None)))
}

/// `POST /office/delegations/new`
pub(in crate::web) async fn take_paper(
    permit: Permit<may::TakeDelegations>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Filled, Problem>,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request).at(DELEGATION_NEW.to_owned());
    let enter = move |issuer: &Issuer, new: &NewPaper| delegations::enter_paper(issuer, &permit, new);
    entered(&visit, &state, given, new_paper, enter, views::paper).await
}

/// `GET /office/guardians/new`
pub(in crate::web) async fn guardian_form(
    _permit: Permit<may::RecordGuardians>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    answer(&visit, &state, Ok(views::guardian(&visit, state.site(), &BTreeMap::new(), None)))
}

/// `POST /office/guardians/new`
pub(in crate::web) async fn record_guardian(
    permit: Permit<may::RecordGuardians>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Filled, Problem>,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request).at(GUARDIAN_NEW.to_owned());
    let enter = move |issuer: &Issuer, new: &NewGuardian| delegations::enter_guardian(issuer, &permit, new);
    entered(&visit, &state, given, new_guardian, enter, views::guardian).await
}

/// Shows a form, with what was written so far and what is wrong with it.
type Shows = fn(&Visit, &Site, &BTreeMap<String, String>, Option<&FieldOffence>) -> Result<String, askama::Error>;

/// Reads what a form says, enters it, and leads on to what was made of it; or shows the form again with the fault, and
/// with what was written so far.
async fn entered<N: Send + 'static>(
    visit: &Visit,
    state: &Data,
    given: Result<Filled, Problem>,
    read: fn(&Filled) -> Option<N>,
    enter: impl FnOnce(&Issuer, &N) -> Result<String, DelegationError> + Send + 'static,
    again: Shows,
) -> HttpResponse {
    let filled = match given {
        Ok(filled) => filled,
        Err(problem) => return refusal(visit, state, &problem),
    };
    let new = read(&filled);
    let entered = state.with_issuer(move |issuer| match new {
        None => Ok(Err(vec![views::no_day()])),
        Some(new) => or_faults(enter(issuer, &new)),
    });
    match entered.await {
        Ok(Ok(id)) => onward(visit, state, Ok(path_of(DELEGATION, &id))),
        Ok(Err(faults)) => answer(visit, state, Ok(again(visit, state.site(), &filled.fields, faults.first()))),
        Err(problem) => refusal(visit, state, &problem),
    }
}

/// `POST /office/delegations/{id}/decision`
pub(in crate::web) async fn decide_delegation(
    permit: Permit<may::DecideDelegations>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Form<Decided>, Problem>,
) -> HttpResponse {
    let id = part(&request, "id");
    let here = path_of(DELEGATION, &id);
    let visit = Visit::of(&caller, &request).at(here.clone());
    let to = match given {
        Ok(Form(Decided { decision })) if decision != "approve" && decision != "refuse" => {
            Err(Problem::bad_body("decision"))
        }
        Ok(Form(Decided { decision })) => {
            let approves = decision == "approve";
            let done = state.with_issuer(move |issuer| delegations::decide(issuer, &permit, &id, approves));
            done.await.map(|()| here)
        }
        Err(problem) => Err(problem),
    };
    onward(&visit, &state, to)
}

/// `POST /office/delegations/{id}/end`
pub(in crate::web) async fn end_recorded(
    permit: Permit<may::EndDelegations>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Form<Ending>, Problem>,
) -> HttpResponse {
    let id = part(&request, "id");
    let here = path_of(DELEGATION, &id);
    let visit = Visit::of(&caller, &request).at(here.clone());
    let to = match given {
        Ok(Form(Ending { reason })) => {
            let done = state.with_issuer(move |issuer| delegations::end_recorded(issuer, &permit, &id, &reason));
            done.await.map(|()| here)
        }
        Err(problem) => Err(problem),
    };
    onward(&visit, &state, to)
}

type Entered = Result<String, Vec<FieldOffence>>;

/// What is wrong with fields is told on the form, with what was written so far.
fn or_faults(entered: Result<String, DelegationError>) -> Result<Entered, DelegationError> {
    match entered {
        Ok(id) => Ok(Ok(id)),
        Err(error) if !error.fields().is_empty() => Ok(Err(error.fields())),
        Err(error) => Err(error),
    }
}

fn text(filled: &Filled, name: &str) -> String {
    filled.fields.get(name).map(|text| text.trim().to_owned()).unwrap_or_default()
}

fn named(filled: &Filled, who: &str) -> Named {
    Named { name: text(filled, &format!("{who}_name")), code: text(filled, &format!("{who}_code")) }
}

fn material(filled: &Filled) -> Material {
    Material { name: text(filled, "document_name"), octets: filled.file.clone().unwrap_or_default() }
}

/// None where the last day is none.
fn new_paper(filled: &Filled) -> Option<NewPaper> {
    let licences = text(filled, "licences");
    Some(NewPaper {
        // what is no paper is refused by name
        basis: Basis::of_word(&text(filled, "basis")).unwrap_or(Basis::Online),
        principal_kind: text(filled, "principal_kind"),
        principal: named(filled, "principal"),
        agent: named(filled, "agent"),
        licences: licences.split_whitespace().map(str::to_owned).collect(),
        with_consent: filled.fields.contains_key("with_consent"),
        copies: filled.fields.contains_key("copies"),
        matter: text(filled, "matter"),
        last: day_as_written(&text(filled, "last"))?,
        document: material(filled),
    })
}

/// None where a last day was given that is none.
fn new_guardian(filled: &Filled) -> Option<NewGuardian> {
    let last = text(filled, "last");
    Some(NewGuardian {
        ward: named(filled, "ward"),
        guardian: named(filled, "guardian"),
        decided_until: if last.is_empty() { None } else { Some(day_as_written(&last)?) },
        document_number: text(filled, "document_number"),
        document: material(filled),
    })
}
