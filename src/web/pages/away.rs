//! Signing in at a provider elsewhere: going there, and coming back.
//!
//! Both ways lead over a page of ours that goes on by itself, with a link for who waits: the policy of the pages lets
//! no form end up elsewhere, and a browser sends the cookie of a session (`SameSite=Strict`) only where a page of
//! ours leads, not where a provider does.

use super::{
    handlers::{HTML, or_plain, page},
    login::{self, fault_of},
    mark::Mark,
    prefs::{Lang, Place, Prefs},
    render::Shell,
    visit::query,
};
use crate::{
    flow::{
        kind::{HasKind as _, Kind},
        oidc::{self, OidcError, Returned},
    },
    web::{AppState, Problem, further::In, input::Form},
};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, http::header, web};
use askama::Template;

/// Where somebody is sent off from.
pub(in crate::web) const PATH: &str = "/login/oidc/{name}";
/// Where they come back to.
pub(in crate::web) const BACK: &str = "/login/oidc/{name}/callback";

/// Longest parameter that is looked at, octets.
const PARAMETER_BYTES: usize = 8192;

#[derive(Template)]
#[template(path = "onward.html")]
struct OnwardPage<'a> {
    shell: Shell<'a>,
    lang: Lang,
    prefs: Prefs,
    live: bool,
    title: &'static str,
    to: String,
}

/// `POST /login/oidc/{name}`
pub(in crate::web) async fn go(
    request: HttpRequest,
    state: web::Data<AppState>,
    name: web::Path<String>,
    _: Result<Form<login::Nothing>, Problem>,
) -> HttpResponse {
    let prefs = Prefs { place: Place::Login, ..Prefs::from_query(request.query_string()) };
    if !state.cookies().comes_from_here(request.headers()) {
        return fault_of(&Problem::cross_site(), prefs, &state);
    }
    if let Err(problem) = has_providers(&state) {
        return fault_of(&problem, prefs, &state);
    }
    let tag = request.extensions().get::<In>().map(|language| language.0.clone());
    let (name, remembered) = (name.into_inner(), remembered(prefs, tag.as_deref()));
    let begun = state.at_providers(move |office, now| {
        let providers = office.providers.as_ref().ok_or(OidcError::NoProvider)?;
        providers.begin(office, &name, &remembered, now)
    });
    match begun.await {
        Ok(begun) => {
            let title = prefs.lang.t("正在前往统一身份认证", "On the way to the other service");
            let mut answer = onward(prefs, &state, title, begun.address);
            set_cookie(&mut answer, &state.cookies().go(&begun.secret, oidc::WITHIN_SECONDS));
            answer
        }
        Err(problem) => fault_of(&problem, prefs, &state),
    }
}

/// `GET /login/oidc/{name}/callback`
pub(in crate::web) async fn back(
    request: HttpRequest,
    state: web::Data<AppState>,
    name: web::Path<String>,
) -> HttpResponse {
    let given = |name: &str| query(&request, name).filter(|text| text.len() <= PARAMETER_BYTES);
    let returned = Returned { code: given("code"), state: given("state"), iss: given("iss"), error: given("error") };
    let prefs = recalled(returned.state.as_deref().unwrap_or_default());
    if let Err(problem) = has_providers(&state) {
        return fault_of(&problem, prefs, &state);
    }
    let secret = state.cookies().read_away(request.headers());
    let name = name.into_inner();
    let finished = state.at_providers(move |office, now| {
        let providers = office.providers.as_ref().ok_or(OidcError::NoProvider)?;
        let finished = providers.finish(office, &name, &returned, secret, now);
        if let Err(fault) = &finished
            && fault.kind() == Kind::Denied
        {
            // why, which the page does not say; none of the faults names anybody
            tracing::warn!(provider = name, %fault, "nobody was signed in by a provider");
        }
        finished
    });
    let mut answer = match finished.await {
        Ok(session) => {
            let to = if session.is_holders { prefs.at(super::my::HOME) } else { prefs.at(login::PATH) };
            let mut answer = onward(prefs, &state, prefs.lang.t("已登录", "You are signed in"), to);
            set_cookie(&mut answer, &state.cookies().begin(&session.secret));
            answer
        }
        Err(problem) => fault_of(&problem, prefs, &state),
    };
    set_cookie(&mut answer, &state.cookies().came());
    answer
}

/// Without any there is no thread that waits for them.
fn has_providers(state: &AppState) -> Result<(), Problem> {
    if state.office()?.providers.is_some() { Ok(()) } else { Err(OidcError::NoProvider.into()) }
}

fn onward(prefs: Prefs, state: &AppState, title: &'static str, to: String) -> HttpResponse {
    let shell = Shell { onward: Some(to.clone()), ..Shell::new(prefs.lang, title, state.site()) };
    let html = OnwardPage { shell, lang: prefs.lang, prefs, live: false, title, to }.render();
    page(HttpResponse::Ok().content_type(HTML).body(or_plain(html)))
}

fn set_cookie(answer: &mut HttpResponse, cookie: &str) {
    if let Ok(value) = header::HeaderValue::from_str(cookie) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// How the visitor wants the pages, in letters that a provider hands back; behind them a further language.
fn remembered(prefs: Prefs, tag: Option<&str>) -> String {
    let letters = [(prefs.lang == Lang::En, 'e'), (prefs.large, 'l'), (prefs.contrast, 'c')];
    let letters: String = letters.into_iter().filter_map(|(is_so, letter)| is_so.then_some(letter)).collect();
    match tag {
        Some(tag) => format!("{letters}_{tag}"),
        None => letters,
    }
}

/// The further language of who comes back; whether there is one of that tag is for who asks.
pub(in crate::web) fn brought(request: &HttpRequest) -> Option<String> {
    let path = request.path();
    (path.starts_with("/login/oidc/") && path.ends_with("/callback")).then_some(())?;
    let state = query(request, "state").filter(|state| state.len() <= PARAMETER_BYTES)?;
    Some(state.split_once('.')?.1.split_once('_')?.1.to_owned())
}

fn recalled(state: &str) -> Prefs {
    let letters = state.split_once('.').map_or("", |(_, letters)| letters);
    let letters = letters.split('_').next().unwrap_or_default();
    Prefs {
        lang: if letters.contains('e') { Lang::En } else { Lang::Zh },
        large: letters.contains('l'),
        contrast: letters.contains('c'),
        kiosk: false,
        place: Place::Login,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_go_along_and_come_back() {
        for query in ["", "lang=en", "size=large&contrast=high", "lang=en&size=large&contrast=high"] {
            let prefs = Prefs { place: Place::Login, ..Prefs::from_query(query) };
            assert_eq!(recalled(&format!("AAAA.{}", remembered(prefs, None))), prefs);
            // a further language too, whose letters are none of these
            let state = format!("A_-A.{}", remembered(prefs, Some("lec-Mong")));
            assert_eq!(recalled(&state), prefs);
            let at = |path: &str| {
                let uri = format!("{path}?code=1&state={state}");
                brought(&actix_web::test::TestRequest::with_uri(&uri).to_http_request())
            };
            assert_eq!(at("/login/oidc/province/callback").as_deref(), Some("lec-Mong"));
            assert_eq!(at("/login/oidc/province"), None);
        }
        assert_eq!(recalled("elc"), recalled("x."));
    }
}
