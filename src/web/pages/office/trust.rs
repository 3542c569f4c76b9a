//! Requests about trust lists: whose are used, what one changes, accepting it, proposing and pinning operators.

use super::{
    TRUST, TRUST_NEW, TRUSTED, Visit, again::Again, answer, onward, part, path_of, refusal, trust_views as views,
};
use crate::{
    flow::{
        access::{Permit, may},
        trust::{self, NewOperator, TrustError},
    },
    web::{
        AppState, Problem,
        auth::Authenticated,
        input::{Filled, Form},
    },
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

type Data = web::Data<AppState>;

/// What is decided about a list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ListDecision {
    decision: String,
    sm3: String,
}

/// Which named list is to be followed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Following {
    address: String,
}

/// What is decided about a proposed operator.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct OperatorDecision {
    decision: String,
    #[serde(default)]
    key_sm3: String,
}

/// `GET /office/trust`
pub(in crate::web) async fn trust(
    permit: Permit<may::SeeTrust>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    let found =
        state.in_office(move |office, now| Ok::<_, TrustError>((trust::desk(&office.store, &permit, now)?, now)));
    let html = found.await.map(|(desk, now)| views::desk(&visit, state.site(), &desk, now));
    answer(&visit, &state, html)
}

/// `GET /office/trust/operators/{id}`
pub(in crate::web) async fn trusted(
    permit: Permit<may::SeeTrust>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let (visit, id, policy) = (Visit::of(&caller, &request), part(&request, "id"), state.trust_policy().clone());
    let found = state.in_office(move |office, now| {
        Ok::<_, TrustError>((trust::whole(&office.store, &permit, &id, &policy, now)?, now))
    });
    let html = found.await.map(|(whole, now)| views::one(&visit, state.site(), &whole, now));
    answer(&visit, &state, html)
}

/// `POST /office/trust/operators/{id}`
pub(in crate::web) async fn decide_list(
    permit: Permit<may::AcceptTrust>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Form<ListDecision>, Problem>,
) -> HttpResponse {
    let id = part(&request, "id");
    let here = path_of(TRUSTED, &id);
    let (visit, policy) = (Visit::of(&caller, &request).at(here.clone()), state.trust_policy().clone());
    let to = match given {
        Ok(Form(given)) if given.decision == "accept" || given.decision == "refuse" => {
            let done = state.in_office(move |office, now| {
                let (store, name) = (&office.store, trust::name_of(&office.store, &id)?);
                if given.decision == "accept" {
                    trust::accept(store, &permit, &name, &given.sm3, &policy, now).map(drop)
                } else {
                    trust::refuse(store, &permit, &name, &given.sm3, now)
                }
            });
            done.await.map(|()| here)
        }
        Ok(_) => Err(Problem::bad_body("decision")),
        Err(problem) => Err(problem),
    };
    onward(&visit, &state, to)
}

/// `GET /office/trust/new`
pub(in crate::web) async fn propose_operator_form(
    _permit: Permit<may::AcceptTrust>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    answer(&visit, &state, Ok(views::propose(&visit, state.site(), Again::FRESH)))
}

/// `POST /office/trust/new`
pub(in crate::web) async fn propose_operator(
    permit: Permit<may::AcceptTrust>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Filled, Problem>,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request).at(TRUST_NEW.to_owned());
    let filled = match given {
        Ok(filled) => filled,
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let new = wanted(&filled);
    let proposed = state.in_office(move |office, now| trust::propose_operator(&office.store, &permit, new?, now));
    match proposed.await {
        Ok(_) => onward(&visit, &state, Ok(TRUST.to_owned())),
        Err(problem) => {
            let again = Again::refused(&filled.fields, &problem, visit.lang);
            Again::answer(&problem, views::propose(&visit, state.site(), again))
        }
    }
}

fn wanted(filled: &Filled) -> Result<NewOperator, TrustError> {
    let text = |name: &str| filled.fields.get(name).map(|text| text.trim().to_owned());
    let address = |name: &str| text(name).filter(|address| !address.is_empty());
    Ok(NewOperator {
        name: text("name").unwrap_or_default(),
        key: trust::key_in(filled.file.as_deref().unwrap_or_default())?,
        list_address: address("list_address"),
        status_address: address("status_address"),
        revocation_address: address("revocation_address"),
    })
}

/// `POST /office/trust/operators/{id}/members`
pub(in crate::web) async fn follow(
    permit: Permit<may::AcceptTrust>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Form<Following>, Problem>,
) -> HttpResponse {
    let id = part(&request, "id");
    let visit = Visit::of(&caller, &request).at(path_of(TRUSTED, &id));
    let to = match given {
        Ok(Form(Following { address })) => {
            let done =
                state.in_office(move |office, now| trust::propose_member(&office.store, &permit, &id, &address, now));
            done.await.map(|_| TRUST.to_owned())
        }
        Err(problem) => Err(problem),
    };
    onward(&visit, &state, to)
}

/// `POST /office/trust/proposals/{id}`
pub(in crate::web) async fn decide_operator(
    permit: Permit<may::AcceptTrust>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Form<OperatorDecision>, Problem>,
) -> HttpResponse {
    let (id, visit) = (part(&request, "id"), Visit::of(&caller, &request).at(TRUST.to_owned()));
    let to = match given {
        Ok(Form(OperatorDecision { decision, key_sm3 })) if decision == "pin" => {
            let pinned = path_of(TRUSTED, &id);
            let done = state.in_office(move |office, now| trust::pin(&office.store, &permit, &id, &key_sm3, now));
            done.await.map(|()| pinned)
        }
        Ok(Form(OperatorDecision { decision, .. })) if decision == "withdraw" => {
            let done = state.in_office(move |office, now| trust::withdraw(&office.store, &permit, &id, now));
            done.await.map(|()| TRUST.to_owned())
        }
        Ok(_) => Err(Problem::bad_body("decision")),
        Err(problem) => Err(problem),
    };
    onward(&visit, &state, to)
}
