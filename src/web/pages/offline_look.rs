//! `/C`: where a phone's camera goes with an offline code. The code stands behind the `#`, which no
//! browser sends by itself; whoever looks sends it by a button, and sees what `/C/{code}` shows too,
//! but nothing of the face: the holder showed the name and no more.

use super::{
    assets,
    handlers::{HTML, or_plain, page, refusal},
    mark::Mark,
    prefs::{Lang, Place, Prefs},
    printed::{self, Found},
    render::Shell,
    words,
};
use crate::{
    config::Site,
    flow::{issue::IssueError, presentations::look_at_offline, shown::Shown},
    web::{AppState, Problem, input::Form},
};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use std::collections::BTreeMap;

struct Told {
    tone: &'static str,
    mark: Mark,
    title: &'static str,
    why: &'static str,
    next: &'static str,
}

#[derive(Template)]
#[template(path = "offline-look.html")]
struct LookPage<'a> {
    shell: Shell<'a>,
    lang: Lang,
    prefs: Prefs,
    live: bool,
    told: Option<Told>,
}

/// `GET /C`
pub(in crate::web) async fn show(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    let prefs = prefs(&request);
    page(HttpResponse::Ok().content_type(HTML).body(or_plain(render(None, prefs, state.site()))))
}

/// `POST /C`
pub(in crate::web) async fn ask(
    request: HttpRequest,
    state: web::Data<AppState>,
    given: Result<Form<BTreeMap<String, String>>, Problem>,
) -> HttpResponse {
    let prefs = prefs(&request);
    let payload = match given {
        Ok(Form(mut sent)) => sent.remove("payload").unwrap_or_default(),
        Err(problem) => return refusal(&problem, prefs, &state),
    };
    let found = state.with_issuer(move |issuer| match look_at_offline(issuer, &payload)? {
        Ok(standing) => Found::of(issuer, standing).map(Ok),
        Err(shown) => Ok::<_, IssueError>(Err(shown)),
    });
    let html = match found.await {
        Ok(Ok(found)) => printed::render(&[found], prefs, state.site(), true),
        // no guess makes one: only a key signs them
        Ok(Err(shown)) => render(Some(shown), prefs, state.site()),
        Err(problem) => return refusal(&problem, prefs, &state),
    };
    page(HttpResponse::Ok().content_type(HTML).body(or_plain(html)))
}

fn prefs(request: &HttpRequest) -> Prefs {
    Prefs { place: Place::Printed, ..Prefs::from_query(request.query_string()) }
}

fn render(shown: Option<Shown>, prefs: Prefs, site: &Site) -> Result<String, askama::Error> {
    let lang = prefs.lang;
    let told = shown.map(|shown| {
        let (title, why, next) = words::fixed(shown, true, lang);
        Told { tone: shown.family().tone(), mark: Mark::large(shown.icon()), title, why, next }
    });
    let title = told.as_ref().map_or(lang.t("离线证照码", "An offline code of a licence"), |told| told.title);
    let shell = Shell { script: assets::look_script(), ..Shell::new(lang, title, site) };
    LookPage { shell, lang, prefs, live: false, told }.render()
}
