//! The middleware that holds the table of routes.
//!
//! 1. No such path: on to the answer that says so.
//! 2. A path of which the table knows nothing: refused. One of a part of the service that another process
//!    does: not served here.
//! 3. A method that the path does not have: on to the answer that says so.
//! 4. A public route: on, whoever asks; credentials are not even looked at, but for signing out. What everybody looks up
//!    is counted by network, unless a token is shown (`web::asker`).
//! 5. Else the service needs a register, the caller a session or a token that
//!    runs, a request with a session that changes something an origin of ours and the token of the session's forms,
//!    and the caller the capability of the rule. Holders of licences pass the rules
//!    that name them and no other. Who must have a second factor and has none passes those
//!    for whoever signed in, and is led to making one. Where windows have devices, only a session at one works there.

use super::{
    Face, Rule, SignedIn, Verb, Who,
    csrf::{self, Forms},
};
use crate::{
    flow::{
        access::AccessSecret,
        devices::{self, Kiosk},
        people::Known,
        tokens,
    },
    web::{
        AppState, Problem,
        asker::{self, Counted},
        pages,
        problem::Code,
        roles, routes,
    },
};
use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap},
    middleware::Next,
    web::Data,
};
use zeroize::Zeroizing;

/// The token of a session's forms.
type Token = Zeroizing<String>;

/// What a request shows of who sent it.
enum Credentials {
    Token(AccessSecret),
    Session(AccessSecret),
    /// Something that is neither.
    Unreadable,
    None,
}

/// The middleware.
pub(in crate::web) async fn guard(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(pattern) = request.match_pattern() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let state = request.app_data::<Data<AppState>>();
    if !state.is_none_or(|state| pages::demo::is_there(state, &pattern)) {
        let answer = pages::refused(request.request(), &Problem::not_found());
        return Ok(request.into_response(answer));
    }
    let mut counted = None;
    let admitted = match rule_of(&pattern, &request) {
        Found::Rule(rule) if !is_served(&request, rule.path) => {
            Err(pages::refused(request.request(), &Problem::not_served_here()))
        }
        Found::OtherMethod => Ok(None),
        Found::Rule(rule) => match count(rule, &request).await {
            Err(answer) => Err(answer),
            Ok(found) => {
                counted = found;
                enter(rule, &mut request).await.map_err(|problem| refused(rule, request.request(), &problem))
            }
        },
        Found::Nothing => {
            tracing::error!(pattern, "a route without a rule was asked for");
            Err(Problem::not_allowed().error_response())
        }
    };
    match admitted {
        Err(response) => Ok(request.into_response(response)),
        Ok(token) => {
            let response = next.call(request).await?.map_into_boxed_body();
            if let Some((state, question)) = counted.filter(|_| asker::is_miss(response.response())) {
                state.missed(&question);
            }
            Ok(match token {
                Some((token, forms)) => csrf::with_token(response, &token, forms),
                None => response,
            })
        }
    }
}

/// Counts what everybody looks up; a page says that it was too much in its own words.
async fn count(rule: &Rule, request: &ServiceRequest) -> Result<Option<(Data<AppState>, Counted)>, HttpResponse> {
    let Some(state) = request.app_data::<Data<AppState>>().cloned() else { return Ok(None) };
    match state.count(rule, request.request()).await {
        Ok(found) => Ok(found.map(|question| (state, question))),
        Err(problem) if rule.face == Face::Page => Err(pages::too_often(request.request(), &state, &problem)),
        Err(problem) => Err(problem.error_response()),
    }
}

impl AppState {
    /// Whether a request shows a token that runs.
    pub(in crate::web) async fn shows_a_token(&self, headers: &HeaderMap) -> bool {
        match credentials(self, headers) {
            Credentials::Token(secret) if self.office().is_ok() => matches!(self.token(secret).await, Ok(Some(_))),
            _ => false,
        }
    }
}

/// Admits, and looks whether what changes something brings the token of its session, which is given with the forms
/// that shall have it.
async fn enter(rule: &Rule, request: &mut ServiceRequest) -> Result<Option<(Token, Forms)>, Problem> {
    let (token, forms) = match rule.who {
        // a session is looked at only where it is ended
        Who::Public => (of_cookie(request), Forms::OfSigningOut),
        _ => (admit(rule, request).await?, Forms::All),
    };
    let changes = !rule.verb.only_reads() && (rule.who != Who::Public || rule.path == pages::login::END);
    if let Some(token) = token.as_ref().filter(|_| changes) {
        csrf::check(request, token).await?;
    }
    Ok(token.map(|token| (token, forms)))
}

/// The token of the session that a cookie names, if there is one or not.
fn of_cookie(request: &ServiceRequest) -> Option<Token> {
    let state = request.app_data::<Data<AppState>>()?;
    Some(state.cookies().read(request.headers())??.derived(csrf::USE))
}

fn is_served(request: &ServiceRequest, path: &str) -> bool {
    let state = request.app_data::<Data<AppState>>();
    state.is_none_or(|state| roles::is_served(&state.serve().roles, path))
}

enum Found {
    Rule(&'static Rule),
    OtherMethod,
    Nothing,
}

fn rule_of(pattern: &str, request: &ServiceRequest) -> Found {
    let mut rules = routes::TABLE.iter().filter(|rule| rule.path == pattern).peekable();
    if rules.peek().is_none() {
        return Found::Nothing;
    }
    let verb = Verb::of(request.method());
    rules.find(|rule| Some(rule.verb) == verb).map_or(Found::OtherMethod, Found::Rule)
}

/// Finds out who calls and leaves it with the request; the token of the forms where that is a session.
async fn admit(rule: &Rule, request: &ServiceRequest) -> Result<Option<Token>, Problem> {
    let state = request.app_data::<Data<AppState>>().ok_or_else(|| Problem::broken(&"state is not configured"))?;
    state.office()?;
    let credentials = credentials(state, request.headers());
    let (session, token) = match &credentials {
        Credentials::Session(secret) => (Some(secret.digest()), Some(secret.derived(csrf::USE))),
        _ => (None, None),
    };
    if let (Who::Kiosk, Credentials::Session(secret)) = (rule.who, &credentials)
        && let Some(kiosk) = kiosk_of(state, secret).await?
    {
        if !rule.verb.only_reads() && !state.cookies().comes_from_here(request.headers()) {
            return Err(Problem::cross_site());
        }
        request.extensions_mut().insert(kiosk);
        return Ok(token);
    }
    let known = match credentials {
        Credentials::None => return Err(Problem::unauthenticated(false)),
        Credentials::Unreadable => None,
        Credentials::Token(secret) => state.token(secret).await?.map(Known::Person),
        Credentials::Session(secret) => state.session(secret).await?,
    };
    let known = known.ok_or_else(|| Problem::unauthenticated(true))?;
    if session.is_some() && !rule.verb.only_reads() && !state.cookies().comes_from_here(request.headers()) {
        return Err(Problem::cross_site());
    }
    let is_session = session.is_some();
    match (rule.who, known, session) {
        (Who::SignedIn, known, Some(session)) => {
            let is_unfinished = matches!(known, Known::Unfinished(_));
            request.extensions_mut().insert(SignedIn { owner: known.owner(), is_unfinished, session });
        }
        (_, Known::Unfinished(_), _) => return Err(Problem::second_factor_wanted()),
        (Who::May(capability), Known::Person(caller), _) if caller.has(capability) => {
            let wants_window = state.wants_devices() && caller.has_at_windows_alone(capability);
            if wants_window && is_session && caller.window().is_none() {
                return Err(Problem::device_wanted());
            }
            request.extensions_mut().insert(caller);
        }
        (Who::Holder, Known::Holder(holder), _) => {
            request.extensions_mut().insert(holder);
        }
        _ => return Err(Problem::not_allowed()),
    }
    Ok(token)
}

/// The kiosk whose session that is. It passes the rules that name kiosks and no other.
async fn kiosk_of(state: &AppState, secret: &AccessSecret) -> Result<Option<Kiosk>, Problem> {
    // the secret is wiped where it is dropped, so it is read again rather than shared
    let Some(secret) = AccessSecret::parse(&secret.text()) else { return Ok(None) };
    state.in_office(move |office, now| devices::kiosk(&office.store, &secret, now)).await
}

/// A header of authorisation counts alone, whatever cookies come with it.
fn credentials(state: &AppState, headers: &HeaderMap) -> Credentials {
    let mut given = headers.get_all(header::AUTHORIZATION);
    match (given.next(), given.next()) {
        (None, _) => match state.cookies().read(headers) {
            None => Credentials::None,
            Some(secret) => secret.map_or(Credentials::Unreadable, Credentials::Session),
        },
        (Some(value), None) => {
            let text = value.to_str().unwrap_or_default();
            let (scheme, rest) = text.split_once(' ').unwrap_or((text, ""));
            let secret = if scheme.eq_ignore_ascii_case("bearer") { tokens::parse(rest.trim()) } else { None };
            secret.map_or(Credentials::Unreadable, Credentials::Token)
        }
        (Some(_), Some(_)) => Credentials::Unreadable,
    }
}

fn refused(rule: &Rule, request: &HttpRequest, problem: &Problem) -> HttpResponse {
    let led_to = match problem.code() {
        Code::Unauthenticated if rule.who == Who::Kiosk => Some(pages::kiosk::BEGIN),
        Code::Unauthenticated => Some(pages::login::PATH),
        Code::SecondFactorWanted => Some(pages::factor::PATH),
        Code::DeviceWanted => Some(pages::device::HERE),
        _ => None,
    };
    if let Some(path) = led_to
        && rule.face == Face::Page
        && rule.verb.only_reads()
    {
        return HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish();
    }
    pages::refused(request, problem)
}

/// Answers a method that the path does not have, with those that it has.
pub(in crate::web) async fn other_method(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let pattern = request.match_pattern().unwrap_or_default();
    Err(Problem::method_not_allowed(allowed(&pattern)))
}

/// The methods of a path, as in `Allow`.
pub(in crate::web) fn allowed(pattern: &str) -> String {
    let verbs = routes::TABLE.iter().filter(|rule| rule.path == pattern).map(|rule| rule.verb.as_str());
    verbs.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allow_names_what_the_table_has() {
        assert_eq!(allowed("/verify"), "GET, POST");
        assert_eq!(allowed("/api/v1/verifications"), "POST");
        assert_eq!(allowed("/api/v1/tokens/{id}"), "DELETE");
    }
}
