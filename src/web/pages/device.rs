//! Devices with keys of their own, as their browsers meet them: leaving the key (`/device`), and showing that a
//! session is at the device (`/login/device`). What is done there needs a script, which alone gets at the key.

use super::{
    assets,
    handlers::{HTML, may_ask, or_plain, page},
    login::from_here,
    mark::Mark,
    prefs::{Lang, Place, Prefs},
    render::Shell,
};
use crate::{
    flow::{
        devices::{self, Device, Enrolment, Presence},
        people::Known,
    },
    web::{AppState, Problem, auth::SignedIn, guesser::guesser, input::Input},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use askama::Template;
use serde_json::json;

/// Where a device leaves its key.
pub(in crate::web) const PATH: &str = "/device";
/// Where a session shows that it is at a device.
pub(in crate::web) const HERE: &str = "/login/device";
/// What it signs for that.
pub(in crate::web) const CHALLENGE: &str = "/login/device/challenge";

#[derive(Template)]
#[template(path = "device.html")]
struct EnrolPage<'a> {
    shell: Shell<'a>,
    lang: Lang,
    prefs: Prefs,
    live: bool,
    script: String,
    to: &'static str,
    next: String,
    kiosk: &'static str,
}

#[derive(Template)]
#[template(path = "device-here.html")]
struct HerePage<'a> {
    shell: Shell<'a>,
    lang: Lang,
    prefs: Prefs,
    live: bool,
    script: String,
    presence: &'static str,
    window: Option<&'a str>,
    is_wanted: bool,
    then: String,
    enrol: String,
}

/// `GET /device`
pub(in crate::web) async fn form(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    let prefs = Prefs { place: Place::Device, ..Prefs::from_query(request.query_string()) };
    let lang = prefs.lang;
    let html = EnrolPage {
        shell: Shell::new(lang, lang.t("登记这台设备", "Enrol this device"), state.site()),
        lang,
        prefs,
        live: false,
        script: assets::device_script(),
        to: PATH,
        next: prefs.at(super::login::PATH),
        kiosk: super::kiosk::BEGIN,
    };
    may_ask(from_here(page(HttpResponse::Ok().content_type(HTML).body(or_plain(html.render())))))
}

/// `POST /device`: the key of the device whose code is brought.
pub(in crate::web) async fn enrol(
    request: HttpRequest,
    state: web::Data<AppState>,
    Input(enrolment): Input<Enrolment>,
) -> Result<HttpResponse, Problem> {
    if !state.cookies().comes_from_here(request.headers()) {
        return Err(Problem::cross_site());
    }
    let from = guesser(&request, &state).await?;
    let device = state
        .in_office(move |office, now| devices::enrol_from(&office.store, &office.sign_in, &from, &enrolment, now))
        .await?;
    let Device { id, kind, name, window_name, .. } = device;
    Ok(answered(&json!({ "id": id, "kind": kind, "name": name, "window": window_name })))
}

/// `GET /login/device`
pub(in crate::web) async fn here(_: SignedIn, request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    let prefs = Prefs { place: Place::DeviceHere, ..Prefs::from_query(request.query_string()) };
    let known = match state.cookies().read(request.headers()) {
        Some(Some(secret)) => state.session(secret).await,
        _ => Ok(None),
    };
    let caller = match known {
        Ok(Some(Known::Person(caller))) => Some(caller),
        Ok(_) => None,
        Err(problem) => return super::handlers::refusal(&problem, prefs, &state),
    };
    let lang = prefs.lang;
    let html = HerePage {
        shell: Shell::new(lang, lang.t("这台设备", "This device"), state.site()),
        lang,
        prefs,
        live: false,
        script: assets::device_script(),
        presence: HERE,
        window: caller.as_ref().and_then(|caller| caller.window()),
        is_wanted: state.wants_devices(),
        then: prefs.at(super::window::HOME),
        enrol: prefs.at(PATH),
    };
    may_ask(from_here(page(HttpResponse::Ok().content_type(HTML).body(or_plain(html.render())))))
}

/// `POST /login/device/challenge`
pub(in crate::web) async fn challenge(who: SignedIn, state: web::Data<AppState>) -> Result<HttpResponse, Problem> {
    let made = state.in_office(move |office, now| devices::challenge(&office.store, &who.session, now)).await?;
    Ok(answered(&json!({ "challenge": made.as_str() })))
}

/// `POST /login/device`: the session of who signed in is at the device.
pub(in crate::web) async fn appear(
    who: SignedIn,
    state: web::Data<AppState>,
    Input(presence): Input<Presence>,
) -> Result<HttpResponse, Problem> {
    let device =
        state.in_office(move |office, now| devices::appear(&office.store, &who.owner, &who.session, presence, now));
    Ok(answered(&json!({ "window": device.await?.window_name })))
}

fn answered(body: &serde_json::Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}
