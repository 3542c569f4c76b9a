//! The pages of those who hold licences: cards, showing one by a code, who used them.
//!
//! Every page is complete without a script. A code is shown by the answer to the form
//! and nowhere else, since only its digest is stored; a script sends the same form
//! again before the code ends, without it a button does.

mod copies;
mod copy_views;
mod delegation_views;
mod delegations;
mod disclosure;
mod input;
mod letter_views;
mod letters;
mod offline;
mod views;
mod words;

pub(in crate::web) use copies::{
    DOCUMENT as COPY_DOCUMENT, FOR as DELEGATION_COPY, HOME as COPIES, NEW as COPY_NEW, blank as copy_form,
    blank_for as copy_form_for, document as copy_document, home as copies, make as make_copy,
    make_for as make_copy_for,
};
pub(in crate::web) use delegations::{
    DELEGATION, DELEGATION_ANSWER, DELEGATION_END, DELEGATION_LEAVE, DELEGATION_NEW, DELEGATION_SHOW, DELEGATION_STAFF,
    DELEGATIONS, blank as delegate_form, choose_for, end as end_delegation, give as delegate,
    leave as leave_organisation, list as delegations, one as delegation, reply as answer_delegation, show_for, staff,
};
pub(in crate::web) use disclosure::{DISCLOSURE, choose as choose_disclosure, make as disclose};
pub(in crate::web) use letters::{
    DOCUMENT as LETTER_DOCUMENT, HOME as LETTERS, KEY as LETTER_KEY, NEW as LETTER_NEW, ONE as LETTER,
    PAGE as LETTER_PAGE, activate, blank as blank_letter, document as letter_document, fill as fill_letter,
    home as letters, look as letter, page as letter_page, sign as sign_letter,
};
pub(in crate::web) use offline::{OFFLINE, choose as choose_offline, make as make_offline};
pub(super) use words::period;

use super::{
    handlers::{HTML, may_ask, or_plain, page},
    login::from_here,
    visit::{Visit, part, path_of, query},
};
use crate::{
    flow::{
        access::Holder,
        delegations as mandates,
        holders::holdings,
        kind::HasKind as _,
        presentations::{self, PresentationError},
        uses::{self, ObjectionError},
    },
    web::{AppState, Problem, input::Form},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use input::Sent;
use yinxin_trust::licence::identifier::LicenceIdentifier;

/// The cards.
pub(in crate::web) const HOME: &str = "/my";
/// What of a licence is shown, and its code.
pub(in crate::web) const SHOW: &str = "/my/licences/{identifier}/show";
/// Ending every code.
pub(in crate::web) const STOP: &str = "/my/stop";
/// Who used what.
pub(in crate::web) const USES: &str = "/my/uses";
/// What the holder has against a use.
pub(in crate::web) const OBJECT: &str = "/my/uses/{id}/objection";

type Data = web::Data<AppState>;
type Given = Result<Form<Sent>, Problem>;

/// `GET /my`; in large letters one card at a time, by `?card=`.
pub(in crate::web) async fn home(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    let visit = Visit::of_holder(&holder, &request);
    let found = state.with_issuer(move |issuer| {
        Ok::<_, crate::flow::issue::IssueError>((holdings::of(issuer, &holder)?, mandates::notices(issuer, &holder)?))
    });
    let (found, at) = (found.await, number(&request, "card"));
    let has_factors = state.office().is_ok_and(|office| office.sign_in.has_factors());
    answer(
        &visit,
        &state,
        found.map(|(found, told)| views::home(&visit, state.site(), (&found, &told), at, has_factors)),
    )
}

/// `GET /my/licences/{identifier}/show`: what to show, and what for.
pub(in crate::web) async fn choose(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    let visit = Visit::of_holder(&holder, &request);
    let offer = offer_of(&holder, &request, &state).await;
    answer(&visit, &state, offer.map(|offer| views::choose(&visit, state.site(), &offer, None, None, None)))
}

/// `POST /my/licences/{identifier}/show`: the code.
pub(in crate::web) async fn show(holder: Holder, request: HttpRequest, state: Data, given: Given) -> HttpResponse {
    let visit = Visit::of_holder(&holder, &request);
    let sent = match given {
        Ok(Form(sent)) => sent,
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let choice = match input::choice(&sent) {
        Ok(choice) => choice,
        Err(fault) => {
            let offer = offer_of(&holder, &request, &state).await;
            let html = offer.map(|offer| views::choose(&visit, state.site(), &offer, Some(&sent), Some(fault), None));
            return answer(&visit, &state, html);
        }
    };
    let Ok(identifier) = part(&request, "identifier").parse::<LicenceIdentifier>() else {
        return refusal(&visit, &state, &Problem::from(PresentationError::NotHeld));
    };
    // what fields are wrong is told on the form, which knows them by their titles
    let shown = match state.show((holder.clone(), identifier, choice.clone())).await {
        Ok(Err(PresentationError::Fields(_))) => Ok(None),
        Ok(shown) => shown.map(Some).map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    match shown {
        Ok(Some(shown)) => {
            let html = views::code(&visit, state.site(), &shown, &choice, None);
            may_ask(answer(&visit, &state, Ok(html)))
        }
        Ok(None) => {
            let offer = offer_of(&holder, &request, &state).await;
            let fault = Some(input::ChoiceFault::NoField);
            answer(
                &visit,
                &state,
                offer.map(|offer| views::choose(&visit, state.site(), &offer, Some(&sent), fault, None)),
            )
        }
        Err(problem) => refusal(&visit, &state, &problem),
    }
}

/// `POST /my/stop`: no code of the holder counts any more.
pub(in crate::web) async fn stop(holder: Holder, request: HttpRequest, state: Data, _: Given) -> HttpResponse {
    let visit = Visit::of_holder(&holder, &request);
    let ended = state.in_office(move |office, now| presentations::end(&office.store, &holder, now)).await;
    onward(&visit, &state, ended.map(|_| HOME.to_owned()))
}

/// `GET /my/uses`; in large letters one use at a time, by `?use=`.
pub(in crate::web) async fn uses(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    let visit = Visit::of_holder(&holder, &request);
    let found = state
        .with_issuer(move |issuer| {
            let now = issuer.clock.now().map_err(crate::flow::issue::IssueError::from)?;
            Ok::<_, crate::flow::issue::IssueError>((uses::of(issuer, &holder)?, now))
        })
        .await;
    let at = number(&request, "use");
    answer(&visit, &state, found.map(|(found, now)| views::uses(&visit, state.site(), &found, now, at)))
}

/// `GET /my/uses/{id}/objection`: the form.
pub(in crate::web) async fn object_form(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    let visit = Visit::of_holder(&holder, &request);
    objecting(&visit, &holder, &part(&request, "id"), None, &state).await
}

/// `POST /my/uses/{id}/objection`
pub(in crate::web) async fn object(holder: Holder, request: HttpRequest, state: Data, given: Given) -> HttpResponse {
    let (visit, id) = (Visit::of_holder(&holder, &request), part(&request, "id"));
    let words = match given {
        Ok(Form(sent)) => sent.get("words").cloned().unwrap_or_default(),
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let (who, of, said) = (holder.clone(), id.clone(), words.clone());
    let made = state
        .with_issuer(move |issuer| match uses::object(issuer, &who, &of, &said) {
            Err(error @ (ObjectionError::Words | ObjectionError::There)) => Ok(Some(error.code())),
            other => other.map(|()| None),
        })
        .await;
    match made {
        Ok(Some("objection_words")) => objecting(&visit, &holder, &id, Some(&words), &state).await,
        // what was said before stands there
        other => onward(&visit, &state, other.map(|_| USES.to_owned())),
    }
}

/// The form of an objection, with what was said so far where it cannot be taken.
async fn objecting(visit: &Visit, holder: &Holder, id: &str, said: Option<&str>, state: &AppState) -> HttpResponse {
    let (who, wanted) = (holder.clone(), id.to_owned());
    let found = state.with_issuer(move |issuer| {
        let all = uses::of(issuer, &who).map_err(ObjectionError::from)?;
        all.into_iter().find(|used| used.id == wanted).ok_or(ObjectionError::NotFound)
    });
    let html = found.await.map(|used| views::object(visit, state.site(), &used, said));
    answer(visit, state, html)
}

async fn offer_of(holder: &Holder, request: &HttpRequest, state: &AppState) -> Result<presentations::Offer, Problem> {
    let identifier = part(request, "identifier").parse::<LicenceIdentifier>();
    let identifier = identifier.map_err(|_| Problem::from(PresentationError::NotHeld))?;
    let holder = holder.clone();
    state.with_issuer(move |issuer| presentations::offer(issuer, &holder, &identifier)).await
}

fn number(request: &HttpRequest, name: &str) -> usize {
    query(request, name).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// A page, or why there is none.
fn answer(visit: &Visit, state: &AppState, html: Result<views::Html, Problem>) -> HttpResponse {
    match html {
        Ok(html) => from_here(page(HttpResponse::Ok().content_type(HTML).body(or_plain(html)))),
        Err(problem) => refusal(visit, state, &problem),
    }
}

fn refusal(visit: &Visit, state: &AppState, problem: &Problem) -> HttpResponse {
    let html = views::note(visit, state.site(), problem);
    from_here(page(problem.response_with(HTML, or_plain(html))))
}

/// On to the page that shows what was done, or why nothing was.
fn onward(visit: &Visit, state: &AppState, to: Result<String, Problem>) -> HttpResponse {
    match to {
        Ok(path) => HttpResponse::SeeOther().insert_header((header::LOCATION, visit.to(&path))).finish(),
        Err(problem) => refusal(visit, state, &problem),
    }
}
