//! Letters that a natural person signs: the list, the form, the page that is seen before it is signed, and the code for it.

use super::{Data, Visit, answer, input::Sent, letter_views as views, onward, part, path_of, refusal};
use crate::{
    flow::{
        access::Holder,
        letters::{self, Activation, LetterError, Template},
        people::Password,
    },
    web::{AppState, Problem, input::Form, problem::Code},
};
use actix_web::{HttpRequest, HttpResponse, http::header};
use zeroize::Zeroizing;

/// What was signed, and what may be.
pub(in crate::web) const HOME: &str = "/my/letters";
/// Making the key.
pub(in crate::web) const KEY: &str = "/my/letters/key";
/// The form of a kind.
pub(in crate::web) const NEW: &str = "/my/letters/new/{type}";
/// One letter.
pub(in crate::web) const ONE: &str = "/my/letters/{id}";
/// Its page.
pub(in crate::web) const PAGE: &str = "/my/letters/{id}/page.png";
/// The signed document.
pub(in crate::web) const DOCUMENT: &str = "/my/letters/{id}/document";

/// `GET /my/letters`
pub(in crate::web) async fn home(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    listed(&holder, &Visit::of_holder(&holder, &request), &state, None).await
}

/// `POST /my/letters/key`: with password and code.
pub(in crate::web) async fn activate(
    holder: Holder,
    request: HttpRequest,
    state: Data,
    given: Result<Form<Sent>, Problem>,
) -> HttpResponse {
    let visit = Visit::of_holder(&holder, &request).at(HOME.to_owned());
    let sent = match given {
        Ok(Form(sent)) => sent,
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let Ok(password) = Password::given(sent.get("password").cloned().unwrap_or_default()) else {
        return refusal(&visit, &state, &Problem::bad_body("the password is too long"));
    };
    let (who, code) = (holder.clone(), code_of(&sent));
    let made = state.at_letters(move |table| letters::activate(table, &who, (&password, &code))).await;
    match made {
        Err(problem) if may_try_again(&problem) => listed(&holder, &visit, &state, Some(&problem)).await,
        other => onward(&visit, &state, other.map(|()| HOME.to_owned())),
    }
}

/// `GET /my/letters/new/{type}`
pub(in crate::web) async fn blank(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    let visit = Visit::of_holder(&holder, &request);
    let kind = Template::of_name(&part(&request, "type"));
    let (who, found) = (holder, kind.ok_or_else(|| Problem::from(LetterError::NotFound)));
    let form = match found {
        Err(problem) => Err(problem),
        // the form is for who can sign what comes of it
        Ok(template) => match state.at_letters(move |table| letters::standing(table, &who)).await {
            Ok(Activation::Active { .. }) => Ok(views::form(&visit, state.site(), template, &Sent::new(), None)),
            Ok(_) => return onward(&visit, &state, Ok(HOME.to_owned())),
            Err(problem) => Err(problem),
        },
    };
    answer(&visit, &state, form)
}

/// `POST /my/letters/new/{type}`: to the page that would be signed.
pub(in crate::web) async fn fill(
    holder: Holder,
    request: HttpRequest,
    state: Data,
    given: Result<Form<Sent>, Problem>,
) -> HttpResponse {
    let (visit, kind) = (Visit::of_holder(&holder, &request), part(&request, "type"));
    let sent = match given {
        Ok(Form(sent)) => sent,
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let (fields, of) = (sent.clone(), kind.clone());
    let drafted = state.at_letters(move |table| letters::draft(table, &holder, &of, &fields)).await;
    match (drafted, Template::of_name(&kind)) {
        (Err(problem), Some(template)) if problem.code() == Code::LetterRefused => {
            answer(&visit, &state, Ok(views::form(&visit, state.site(), template, &sent, Some(&problem))))
        }
        (drafted, _) => onward(&visit, &state, drafted.map(|id| path_of(ONE, &id))),
    }
}

/// `GET /my/letters/{id}`: what would be signed, or what was.
pub(in crate::web) async fn look(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    shown(&holder, &Visit::of_holder(&holder, &request), &part(&request, "id"), &state, None).await
}

/// `POST /my/letters/{id}`: the code, for the digest that was shown.
pub(in crate::web) async fn sign(
    holder: Holder,
    request: HttpRequest,
    state: Data,
    given: Result<Form<Sent>, Problem>,
) -> HttpResponse {
    let (visit, id) = (Visit::of_holder(&holder, &request), part(&request, "id"));
    let sent = match given {
        Ok(Form(sent)) => sent,
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let (who, of, code) = (holder.clone(), id.clone(), code_of(&sent));
    let digest = sent.get("digest").cloned().unwrap_or_default();
    let signed = state.at_letters(move |table| letters::sign(table, &who, &of, (&digest, &code))).await;
    match signed {
        Err(problem) if may_try_again(&problem) => shown(&holder, &visit, &id, &state, Some(&problem)).await,
        other => onward(&visit, &state, other.map(|()| path_of(ONE, &id))),
    }
}

/// `GET /my/letters/{id}/page.png`
pub(in crate::web) async fn page(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    let (visit, id) = (Visit::of_holder(&holder, &request), part(&request, "id"));
    match state.at_letters(move |table| letters::page_png(table, &holder, &id)).await {
        Ok(octets) => kept_by_nobody("image/png").body(octets),
        Err(problem) => refusal(&visit, &state, &problem),
    }
}

/// `GET /my/letters/{id}/document`
pub(in crate::web) async fn document(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    let (visit, id) = (Visit::of_holder(&holder, &request), part(&request, "id"));
    match state.at_letters(move |table| Ok::<_, LetterError>((letters::document(table, &holder, &id)?, id))).await {
        // an id of ours: a name that every system takes
        Ok((octets, id)) => kept_by_nobody("application/ofd")
            .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{id}.ofd\"")))
            .body(octets),
        Err(problem) => refusal(&visit, &state, &problem),
    }
}

async fn listed(holder: &Holder, visit: &Visit, state: &AppState, fault: Option<&Problem>) -> HttpResponse {
    let who = holder.clone();
    let found = state
        .at_letters(move |table| Ok::<_, LetterError>((letters::standing(table, &who)?, letters::list(table, &who)?)));
    let html = found.await.map(|(standing, signed)| views::home(visit, state.site(), &standing, &signed, fault));
    answer(visit, state, html)
}

async fn shown(holder: &Holder, visit: &Visit, id: &str, state: &AppState, fault: Option<&Problem>) -> HttpResponse {
    let (who, of) = (holder.clone(), id.to_owned());
    let found = state.at_letters(move |table| match letters::look(table, &who, &of) {
        Ok(draft) => Ok((Some(draft), None)),
        Err(LetterError::SignedAlready) => Ok((None, letters::list(table, &who)?.into_iter().find(|one| one.id == of))),
        Err(error) => Err(error),
    });
    match found.await {
        Ok((Some(draft), _)) => answer(visit, state, Ok(views::draft(visit, state.site(), &draft, fault))),
        Ok((None, Some(signed))) => answer(visit, state, Ok(views::signed(visit, state.site(), &signed))),
        Ok((None, None)) => onward(visit, state, Ok(HOME.to_owned())),
        Err(problem) => refusal(visit, state, &problem),
    }
}

/// Told on the form: another code may do.
fn may_try_again(problem: &Problem) -> bool {
    matches!(problem.code(), Code::SecondFactorWrong | Code::TooManyTries)
}

fn code_of(sent: &Sent) -> Zeroizing<String> {
    Zeroizing::new(sent.get("code").cloned().unwrap_or_default())
}

fn kept_by_nobody(media_type: &'static str) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .content_type(media_type)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    response
}
