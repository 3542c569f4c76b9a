//! A kiosk (自助终端): whoever stands there has a code or a file looked up, and sees what everybody may see.
//!
//! The device signs in by its key alone. Its session reaches this page and no other that wants one; what is found
//! stands on the public pages, in the dark ground of a kiosk, which lead back here by themselves.

use super::{
    assets,
    handlers::{HTML, may_ask, or_plain, page, refusal},
    login::from_here,
    mark::Mark,
    prefs::{Lang, Place, Prefs},
    render::Shell,
};
use crate::{
    flow::{
        askers::Asked,
        devices::{self, Kiosk, Presence},
        window::{self, Pointed},
    },
    web::{
        AppState, Problem,
        input::{Form, Input},
    },
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use askama::Template;
use serde::Deserialize;
use serde_json::json;

/// The page.
pub(in crate::web) const HOME: &str = "/kiosk";
/// Where the device signs in.
pub(in crate::web) const BEGIN: &str = "/kiosk/begin";
/// What it signs for that.
pub(in crate::web) const CHALLENGE: &str = "/kiosk/session/challenge";
/// What it sends.
pub(in crate::web) const SESSION: &str = "/kiosk/session";

/// What somebody scans.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Given {
    scan: String,
}

/// Which device asks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Asking {
    device: String,
}

#[derive(Template)]
#[template(path = "kiosk.html")]
struct HomePage<'a> {
    shell: Shell<'a>,
    lang: Lang,
    prefs: Prefs,
    live: bool,
    place: &'a str,
    fault: Option<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "kiosk-begin.html")]
struct BeginPage<'a> {
    shell: Shell<'a>,
    lang: Lang,
    prefs: Prefs,
    live: bool,
    script: String,
    session: &'static str,
    then: String,
    enrol: String,
}

/// `GET /kiosk`
pub(in crate::web) async fn home(kiosk: Kiosk, request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    shown(&kiosk, prefs(&request), &state, None)
}

/// `POST /kiosk`: on to the public page of what was scanned.
pub(in crate::web) async fn look(
    kiosk: Kiosk,
    request: HttpRequest,
    state: web::Data<AppState>,
    given: Result<Form<Given>, Problem>,
) -> HttpResponse {
    let prefs = prefs(&request);
    let lang = prefs.lang;
    let text = match given {
        Ok(Form(Given { scan })) => scan,
        Err(problem) => return refusal(&problem, prefs, &state),
    };
    // many may stand behind one address, and each before a device of its own
    if let Err(problem) = state.admit(Asked::Kiosk, &kiosk.id) {
        return refusal(&problem, prefs, &state);
    }
    let pointed =
        state.at_window(move |counter| window::point(counter, &text).map_err(|error| Problem::broken(&error)));
    let fault = match pointed.await {
        Ok(Pointed::Printed(code)) => return onward(&prefs.at(&format!("/C/{code}"))),
        Ok(Pointed::Shown(code)) => return onward(&prefs.at(&format!("/S/{code}"))),
        Ok(Pointed::Elsewhere(host)) => (
            lang.t("这个码不是证照码，它指向别的网站：", "Not the code of a licence; it leads to another site: "),
            host,
        ),
        Ok(Pointed::Other) => (
            lang.t(
                "这里查不了这个码。请扫证照上印的码，或者对方手机上的亮证码。",
                "This code cannot be looked up here. Scan the one printed on a licence, or on the holder's telephone.",
            ),
            String::new(),
        ),
        Err(problem) => return refusal(&problem, prefs, &state),
    };
    shown(&kiosk, prefs, &state, Some(fault))
}

/// `GET /kiosk/begin`
pub(in crate::web) async fn begin(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    let prefs = prefs(&request);
    let lang = prefs.lang;
    let html = BeginPage {
        shell: Shell::new(lang, lang.t("自助终端", "Kiosk"), state.site()),
        lang,
        prefs,
        live: false,
        script: assets::device_script(),
        session: SESSION,
        then: prefs.at(HOME),
        enrol: Prefs { kiosk: false, ..prefs }.at(super::device::PATH),
    };
    may_ask(from_here(page(HttpResponse::Ok().content_type(HTML).body(or_plain(html.render())))))
}

/// `POST /kiosk/session/challenge`
pub(in crate::web) async fn challenge(
    request: HttpRequest,
    state: web::Data<AppState>,
    Input(Asking { device }): Input<Asking>,
) -> Result<HttpResponse, Problem> {
    if !state.cookies().comes_from_here(request.headers()) {
        return Err(Problem::cross_site());
    }
    let made = state.in_office(move |office, now| devices::kiosk_challenge(&office.store, &device, now)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({ "challenge": made.as_str() })))
}

/// `POST /kiosk/session`
pub(in crate::web) async fn session(
    request: HttpRequest,
    state: web::Data<AppState>,
    Input(presence): Input<Presence>,
) -> Result<HttpResponse, Problem> {
    if !state.cookies().comes_from_here(request.headers()) {
        return Err(Problem::cross_site());
    }
    let begun =
        state.in_office(move |office, now| devices::begin(&office.store, &office.sign_in, presence, now)).await?;
    let cookie = state.cookies().begin(&begun.secret);
    Ok(HttpResponse::Ok().insert_header((header::SET_COOKIE, cookie)).json(json!({})))
}

fn shown(kiosk: &Kiosk, prefs: Prefs, state: &AppState, fault: Option<(&'static str, String)>) -> HttpResponse {
    let lang = prefs.lang;
    let html = HomePage {
        shell: Shell::new(lang, lang.t("自助查验", "Look a licence up"), state.site()),
        lang,
        prefs,
        live: false,
        place: &kiosk.place,
        fault,
    };
    from_here(page(HttpResponse::Ok().content_type(HTML).body(or_plain(html.render()))))
}

fn onward(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}

fn prefs(request: &HttpRequest) -> Prefs {
    Prefs { place: Place::Kiosk, kiosk: true, ..Prefs::from_query(request.query_string()) }
}
