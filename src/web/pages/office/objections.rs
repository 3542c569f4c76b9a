//! Requests about what holders have against uses of their licences.

use super::{OBJECTION, Visit, answer, at_the_desk, objection_views as views, onward, part, path_of, refusal};
use crate::{
    flow::{
        access::{Permit, may},
        objections::{self, AnswerError},
    },
    web::{AppState, Problem, auth::Authenticated, input::Form},
};
use actix_web::{HttpRequest, HttpResponse, web};
use std::collections::BTreeMap;

type Data = web::Data<AppState>;

/// `GET /office/objections`
pub(in crate::web) async fn objections_desk(
    permit: Permit<may::SeeWork>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    let found = state.with_issuer(move |issuer| objections::desk(issuer, &permit)).await;
    answer(&visit, &state, found.map(|cases| views::list(&visit, state.site(), &cases)))
}

/// `GET /office/objections/{use}`
pub(in crate::web) async fn objection(
    permit: Permit<may::SeeWork>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let (visit, id) = (Visit::of(&caller, &request), part(&request, "use"));
    let found = state.with_issuer(move |issuer| objections::one(issuer, &permit, &id)).await;
    answer(&visit, &state, found.map(|case| views::one(&visit, state.site(), &case, &BTreeMap::new(), false)))
}

/// `POST /office/objections/{use}`
pub(in crate::web) async fn answer_objection(
    permit: Permit<may::AnswerObjections>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Form<BTreeMap<String, String>>, Problem>,
) -> HttpResponse {
    let (visit, id) = (Visit::of(&caller, &request), part(&request, "use"));
    let sent = match given {
        Ok(Form(sent)) => sent,
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let of = |name: &str| sent.get(name).cloned().unwrap_or_default();
    let (decision, reason, to) = (of("decision"), of("reason"), path_of(OBJECTION, &id));
    let done = at_the_desk(&state, move |issuer| {
        let seeing = permit.to_see_work();
        match objections::answer(issuer, &permit, &id, (&decision, &reason)) {
            Ok(()) => Ok(None),
            // what was written is not lost for want of a decision
            Err(AnswerError::Words) => objections::one(issuer, &seeing, &id).map(|case| Some(Box::new(case))),
            Err(error) => Err(error),
        }
    });
    match done.await {
        Ok(Ok(None)) => onward(&visit, &state, Ok(to)),
        Ok(Ok(Some(case))) => {
            let visit = visit.at(to);
            answer(&visit, &state, Ok(views::one(&visit, state.site(), &case, &sent, true)))
        }
        Ok(Err(error)) => refusal(&visit, &state, &error.into()),
        Err(problem) => refusal(&visit, &state, &problem),
    }
}
