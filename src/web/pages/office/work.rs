//! Requests about applications.

use super::{
    APPLICATION, EDIT, HOME, Visit, answer, at_the_desk, done, forms,
    input::{self, Sent},
    onward, part, path_of, query, refusal, views,
};
use crate::{
    flow::{
        access::{Permit, may},
        applications::{self, ApplicationError, Entered, Fault},
        issuer::Issuer,
        reports,
    },
    web::{
        AppState, Problem,
        auth::Authenticated,
        input::{Filled, Form},
    },
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};

type Data = web::Data<AppState>;
type Given = Result<Form<Sent>, Problem>;

/// `GET /office`: what there is to do; with `number`, licences of that number.
pub(in crate::web) async fn home(
    permit: Permit<may::SeeWork>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    let number = query(&request, "number").filter(|text| !text.trim().is_empty());
    let wanted = number.clone();
    let found = done(&state, move |issuer| {
        let hits = match &wanted {
            Some(number) => Some(applications::search(issuer, &permit, number)?),
            None => None,
        };
        Ok((applications::desk(issuer, &permit)?, hits))
    })
    .await;
    let html = found.map(|(desk, hits)| {
        let visit = visit.clone().named(&desk.body_name);
        views::home(&visit, state.site(), &desk, number.as_deref().zip(hits))
    });
    answer(&visit, &state, html)
}

/// `GET /office/new`: which type.
pub(in crate::web) async fn choose(
    permit: Permit<may::Apply>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    let types = done(&state, move |issuer| applications::types(issuer, &permit)).await;
    answer(&visit, &state, types.map(|types| views::choose(&visit, state.site(), &types)))
}

/// `GET /office/new/{type}`: an empty form.
pub(in crate::web) async fn blank(
    permit: Permit<may::Apply>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let (visit, code) = (Visit::of(&caller, &request), part(&request, "type"));
    let form = done(&state, move |issuer| applications::form(issuer, &permit, &code)).await;
    answer(&visit, &state, form.map(|form| forms::blank(&visit, state.site(), &form)))
}

/// `POST /office/new/{type}`: stores a draft, and hands it on where that is wanted.
pub(in crate::web) async fn enter(
    permit: Permit<may::Apply>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Filled, Problem>,
) -> HttpResponse {
    let (visit, code) = (Visit::of(&caller, &request), part(&request, "type"));
    let to = match given {
        Ok(filled) => {
            done(&state, move |issuer| {
                let form = applications::form(issuer, &permit, &code)?;
                let entered = Entered::Licence(input::licence(&form, &filled, None));
                let id = applications::enter(issuer, &permit, &entered)?;
                and_then(issuer, &permit, &id, &filled.fields)
            })
            .await
        }
        Err(problem) => Err(problem),
    };
    onward(&visit, &state, to)
}

/// `GET /office/applications/{id}/edit`: the form; with `checked`, with everything
/// that is to be corrected.
pub(in crate::web) async fn edit(
    permit: Permit<may::Apply>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let (visit, id) = (Visit::of(&caller, &request), part(&request, "id"));
    let checked = request.query_string().split('&').any(|pair| pair == "checked");
    let visit = if checked { visit.clone().at(format!("{}?checked", visit.here)) } else { visit };
    let sees = match caller.permit::<may::SeeWork>() {
        Ok(sees) => sees,
        Err(denied) => return refusal(&visit, &state, &denied.into()),
    };
    let whole = done(&state, move |issuer| {
        let whole = applications::find(issuer, &sees, &id)?;
        debug_assert_eq!(permit.body(), sees.body(), "one caller, one body");
        if whole.card.own { Ok(whole) } else { Err(ApplicationError::NotYours) }
    })
    .await;
    let html = whole.map(|whole| {
        let visit = visit.clone().named(&whole.body_name);
        forms::edit(&visit, state.site(), &whole, checked)
    });
    answer(&visit, &state, html)
}

/// `POST /office/applications/{id}/edit`
pub(in crate::web) async fn correct(
    permit: Permit<may::Apply>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Filled, Problem>,
) -> HttpResponse {
    let (visit, id) = (Visit::of(&caller, &request), part(&request, "id"));
    let to = match (given, caller.permit::<may::SeeWork>()) {
        (Ok(filled), Ok(sees)) => {
            done(&state, move |issuer| {
                let entered = match applications::entered(issuer, &sees, &id)? {
                    Entered::Licence(old) => {
                        let form = applications::form(issuer, &permit, &old.type_code)?;
                        Entered::Licence(input::licence(&form, &filled, old.photo))
                    }
                    Entered::Act(old) => Entered::Act(input::act(old.identifier, &filled.fields)),
                };
                applications::correct(issuer, &permit, &id, &entered)?;
                and_then(issuer, &permit, &id, &filled.fields)
            })
            .await
        }
        (Err(problem), _) => Err(problem),
        (_, Err(denied)) => Err(denied.into()),
    };
    onward(&visit, &state, to)
}

/// What the pressed button asks for after storing; the way to the page that shows it.
pub(super) fn and_then(
    issuer: &Issuer,
    permit: &Permit<may::Apply>,
    id: &str,
    sent: &Sent,
) -> Result<String, ApplicationError> {
    match sent.get("then").map(String::as_str) {
        Some("submit") => match applications::submit(issuer, permit, id) {
            Ok(()) => Ok(path_of(APPLICATION, id)),
            // stored as it is, and shown with what is wrong
            Err(ApplicationError::Faults(_)) => Ok(format!("{}?checked", path_of(EDIT, id))),
            Err(other) => Err(other),
        },
        Some("look") => Ok(format!("{}?checked", path_of(EDIT, id))),
        _ => Ok(HOME.to_owned()),
    }
}

/// `GET /office/applications/{id}`
pub(in crate::web) async fn look(
    permit: Permit<may::SeeWork>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    show(permit, Visit::of(&caller, &request), part(&request, "id"), &state, None).await
}

async fn show(
    permit: Permit<may::SeeWork>,
    visit: Visit,
    id: String,
    state: &AppState,
    faults: Option<Vec<Fault>>,
) -> HttpResponse {
    let whole = done(state, move |issuer| applications::find(issuer, &permit, &id)).await;
    let html = whole.map(|whole| {
        let visit = visit.clone().named(&whole.body_name);
        views::application(&visit, state.site(), &whole, faults.as_deref())
    });
    answer(&visit, state, html)
}

/// `GET /office/applications/{id}/preview.png`
pub(in crate::web) async fn preview(
    permit: Permit<may::SeeWork>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let (visit, id) = (Visit::of(&caller, &request), part(&request, "id"));
    match at_the_desk(&state, move |issuer| applications::preview(issuer, &permit, &id)).await {
        Ok(Ok(png)) => HttpResponse::Ok()
            .content_type("image/png")
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(png),
        // what cannot be drawn has no picture; its page says why
        Ok(Err(ApplicationError::Faults(_))) => refusal(&visit, &state, &Problem::from(ApplicationError::NotFound)),
        Ok(Err(error)) => refusal(&visit, &state, &error.into()),
        Err(problem) => refusal(&visit, &state, &problem),
    }
}

/// `POST /office/applications/{id}/approve`
pub(in crate::web) async fn approve(
    permit: Permit<may::Approve>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Given,
) -> HttpResponse {
    let id = part(&request, "id");
    let visit = Visit::of(&caller, &request).at(path_of(APPLICATION, &id));
    let remark = match given {
        Ok(Form(sent)) => remark(&sent),
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let of = id.clone();
    let approved =
        at_the_desk(&state, move |issuer| applications::approve(issuer, &permit, &of, &remark).map(drop)).await;
    match (approved, caller.permit::<may::SeeWork>()) {
        // it does not hold any more: shown with the reasons, to be sent back
        (Ok(Err(ApplicationError::Faults(faults))), Ok(sees)) => show(sees, visit, id, &state, Some(faults)).await,
        (Ok(Err(error)), _) => refusal(&visit, &state, &error.into()),
        (Ok(Ok(())), _) => onward(&visit, &state, Ok(path_of(APPLICATION, &id))),
        (Err(problem), _) => refusal(&visit, &state, &problem),
    }
}

/// `POST /office/applications/{id}/return`
pub(in crate::web) async fn send_back(
    permit: Permit<may::Approve>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Given,
) -> HttpResponse {
    let id = part(&request, "id");
    let visit = Visit::of(&caller, &request).at(path_of(APPLICATION, &id));
    let to = match given {
        Ok(Form(sent)) => {
            let remark = remark(&sent);
            done(&state, move |issuer| applications::send_back(issuer, &permit, &id, &remark)).await
        }
        Err(problem) => Err(problem),
    };
    onward(&visit, &state, to.map(|()| HOME.to_owned()))
}

/// `POST /office/reports/{id}/seen`
pub(in crate::web) async fn see_report(
    permit: Permit<may::SeeWork>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    _: Given,
) -> HttpResponse {
    let (visit, id) = (Visit::of(&caller, &request).at(HOME.to_owned()), part(&request, "id"));
    let seen = at_the_desk(&state, move |issuer| reports::see(issuer, &permit, &id)).await;
    let to = seen.and_then(|done| done.map_err(Problem::from));
    onward(&visit, &state, to.map(|()| HOME.to_owned()))
}

fn remark(sent: &Sent) -> String {
    sent.get("remark").map(|text| text.replace("\r\n", "\n")).unwrap_or_default()
}
