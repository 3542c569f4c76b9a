//! Signing in and out, for people of bodies and for holders of licences: one page, and who
//! holds licences goes on to them.
//!
//! The page says where its forms came from: its referrer policy is
//! `same-origin`, since under `no-referrer` a browser sends `Origin: null` with
//! a form and nothing could be told by it.

use super::{
    demo,
    handlers::{HTML, or_plain, page, refusal},
    login_view::{LoginFault, LoginView, render_login},
    prefs::{Place, Prefs},
    visit::path_of,
};
use crate::{
    flow::{
        access::Caller,
        oidc::{Offered, Providers},
        people::{Known, Password},
    },
    web::{AppState, Problem, guesser::guesser, input::Form, problem::Code},
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, http::header, web};
use serde::Deserialize;
use zeroize::Zeroizing;

/// Signing in.
pub(in crate::web) const PATH: &str = "/login";

/// Signing out.
pub(in crate::web) const END: &str = "/logout";

/// What the form sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Given {
    login: String,
    password: String,
    /// Of those who have a second factor.
    #[serde(default)]
    code: String,
}

/// Nothing but the button is sent.
#[derive(Deserialize)]
pub(in crate::web) struct Nothing {}

/// `GET /login`: the form, or who is signed in.
pub(in crate::web) async fn show(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    let prefs = prefs(&request);
    if let Err(problem) = state.office() {
        return refusal(&problem, prefs, &state);
    }
    match signed_in(&request, &state).await {
        Ok(Some(Known::Holder(_))) => to(&prefs.at(super::my::HOME)).finish(),
        Ok(Some(Known::Unfinished(_))) => to(&prefs.at(super::factor::PATH)).finish(),
        Ok(Some(Known::Person(caller))) => form(&state, prefs, Some(&caller)),
        Ok(None) => form(&state, prefs, None),
        Err(problem) => refusal(&problem, prefs, &state),
    }
}

/// `POST /login`
pub(in crate::web) async fn begin(
    request: HttpRequest,
    state: web::Data<AppState>,
    given: Result<Form<Given>, Problem>,
) -> HttpResponse {
    let prefs = prefs(&request);
    match sign_in(&request, &state, given).await {
        Ok((cookie, is_holders)) => {
            let at = if is_holders { prefs.at(super::my::HOME) } else { prefs.here() };
            to(&at).insert_header((header::SET_COOKIE, cookie)).finish()
        }
        Err(problem) => fault_of(&problem, prefs, &state),
    }
}

/// `POST /logout`
pub(in crate::web) async fn end(
    request: HttpRequest,
    state: web::Data<AppState>,
    _: Result<Form<Nothing>, Problem>,
) -> HttpResponse {
    let prefs = prefs(&request);
    if !state.cookies().comes_from_here(request.headers()) {
        return refusal(&Problem::cross_site(), prefs, &state);
    }
    if let Some(Some(secret)) = state.cookies().read(request.headers()) {
        let ended = state.in_office(move |office, now| office.sign_in.end(&office.store, &secret, now)).await;
        if let Err(problem) = ended {
            return refusal(&problem, prefs, &state);
        }
    }
    to(&prefs.here()).insert_header((header::SET_COOKIE, state.cookies().end())).finish()
}

async fn sign_in(
    request: &HttpRequest,
    state: &AppState,
    given: Result<Form<Given>, Problem>,
) -> Result<(String, bool), Problem> {
    state.office()?;
    // a form of elsewhere would sign the visitor in as somebody else
    if !state.cookies().comes_from_here(request.headers()) {
        return Err(Problem::cross_site());
    }
    let Form(Given { login, password, code }) = given?;
    let code = Zeroizing::new(code);
    let password = Password::given(password).map_err(|_| Problem::bad_body("the password is too long"))?;
    let from = guesser(request, state).await?;
    let session = state
        .at_sign_in(move |office, now| {
            let given = (login.trim(), (&password, code.as_str()));
            office.sign_in.begin_from(&office.store, &from, given, now)
        })
        .await?;
    Ok((state.cookies().begin(&session.secret), session.is_holders))
}

async fn signed_in(request: &HttpRequest, state: &AppState) -> Result<Option<Known>, Problem> {
    match state.cookies().read(request.headers()) {
        Some(Some(secret)) => state.session(secret).await,
        _ => Ok(None),
    }
}

fn has_factors(state: &AppState) -> bool {
    state.office().is_ok_and(|office| office.sign_in.has_factors())
}

fn form(state: &AppState, prefs: Prefs, caller: Option<&Caller>) -> HttpResponse {
    let html = render_login(&view(state, prefs, caller, None));
    from_here(page(HttpResponse::Ok().content_type(HTML).body(or_plain(html))))
}

/// The form again with why nobody was signed in, where the visitor can mend it.
pub(super) fn fault_of(problem: &Problem, prefs: Prefs, state: &AppState) -> HttpResponse {
    let fault = match problem.code() {
        Code::SignInWrong => LoginFault::Wrong,
        Code::TooManyTries => LoginFault::TooManyTries,
        Code::CrossSite => LoginFault::CrossSite,
        Code::BadBody => LoginFault::Incomplete,
        Code::OidcNotBegun => LoginFault::NotBegun,
        Code::OidcRefused => LoginFault::Outside,
        Code::OidcNotAdmitted => LoginFault::NotAdmitted,
        Code::OidcFactorWanted => LoginFault::FactorWanted,
        Code::OidcUnavailable => LoginFault::OutsideUnavailable,
        _ => return refusal(problem, prefs, state),
    };
    let html = render_login(&view(state, prefs, None, Some(fault)));
    from_here(page(problem.response_with(HTML, or_plain(html))))
}

fn view<'a>(state: &'a AppState, prefs: Prefs, caller: Option<&'a Caller>, fault: Option<LoginFault>) -> LoginView<'a> {
    let providers = state.office().ok().and_then(|office| office.providers.as_deref());
    let way = |one: Offered<'a>| {
        let (zh, en) = one.title;
        (prefs.at(&path_of(super::away::PATH, one.name)), prefs.lang.t(zh, en))
    };
    LoginView {
        prefs,
        site: state.site(),
        name: caller.map(|caller| caller.actor().name.as_str()),
        roles: caller.into_iter().flat_map(Caller::roles).map(|role| (role.zh(), role.as_str())).collect(),
        fault,
        codes: has_factors(state),
        ways: providers.into_iter().flat_map(Providers::offered).map(way).collect(),
        demo: demo::buttons(state, prefs.lang),
    }
}

pub(super) fn to(path: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, path));
    response
}

pub(super) fn from_here(mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(header::REFERRER_POLICY, header::HeaderValue::from_static("same-origin"));
    response
}

fn prefs(request: &HttpRequest) -> Prefs {
    Prefs { place: Place::Login, ..Prefs::from_query(request.query_string()) }
}
