//! `GET /C/{code}`: what a phone sees that scans the code on a licence.
//!
//! It shows what the register says, not whether a sheet of paper is genuine:
//! whoever looks compares the two.

use super::{
    handlers::{HTML, or_plain, page, refusal},
    mark::Mark,
    prefs::{Lang, Place, Prefs},
    render::Shell,
    time, words,
};
use crate::{
    config::Site,
    flow::{
        shown,
        standing::{self, PublicStanding, StandingError},
    },
    web::{AppState, Problem, guesser::guesser},
};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use yinxin_trust::{base::Day, licence::Expiry};

#[derive(Template)]
#[template(path = "printed.html")]
struct PrintedPage<'a> {
    shell: Shell<'a>,
    lang: Lang,
    prefs: Prefs,
    live: bool,
    tone: &'static str,
    mark: Mark,
    title: &'static str,
    why: &'static str,
    next: &'static str,
    as_of: String,
    source: &'a str,
    licence: &'a str,
    facts: Vec<(&'static str, String)>,
    fields: Vec<(&'a str, &'a str)>,
}

/// `GET /C/{code}`
pub(in crate::web) async fn show(
    request: HttpRequest,
    code: web::Path<String>,
    state: web::Data<AppState>,
) -> HttpResponse {
    let prefs = Prefs { place: Place::Printed, ..Prefs::from_query(request.query_string()) };
    match looked(&request, &state, code.into_inner()).await {
        Ok(found) => page(HttpResponse::Ok().content_type(HTML).body(or_plain(render(&found, prefs, state.site())))),
        Err(problem) => refusal(&problem, prefs, &state),
    }
}

/// What the register says of a code; one that is none is counted, however it was written.
async fn looked(request: &HttpRequest, state: &AppState, code: String) -> Result<PublicStanding, Problem> {
    let guesser = guesser(request, state).await?;
    state
        .at_the_counter(move |issuer, desk| {
            let now = issuer.clock.now().map_err(|error| Problem::broken(&error))?;
            desk.admit_guess(&guesser, now).map_err(Problem::from)?;
            let found = standing::by_code(issuer, &code, None);
            if matches!(found, Err(StandingError::NotRegistered)) {
                desk.count_miss(&guesser, now);
            }
            found.map_err(Problem::from)
        })
        .await
}

pub(super) fn render(found: &PublicStanding, prefs: Prefs, site: &Site) -> Result<String, askama::Error> {
    let lang = prefs.lang;
    let shown = shown::of_register(found.state);
    let (title, why, next) = words::of_register(shown, lang);
    let fields = found.fields.iter().flatten().filter(|field| !field.value.trim().is_empty());
    PrintedPage {
        shell: Shell::new(lang, title, site),
        lang,
        prefs,
        live: false,
        tone: shown.family().tone(),
        mark: Mark::large(shown.icon()),
        title,
        why,
        next,
        as_of: time::instant(found.as_of, lang),
        source: &found.source,
        licence: &found.type_name,
        facts: facts(found, lang),
        fields: fields.map(|field| (field.title.as_str(), field.value.as_str())).collect(),
    }
    .render()
}

fn facts(found: &PublicStanding, lang: Lang) -> Vec<(&'static str, String)> {
    let until = match found.until {
        Expiry::Never => lang.t("长期", "No end").to_owned(),
        Expiry::After(last) => day(last, lang),
    };
    let since = match found.state {
        "not_yet" => lang.t("生效日期", "In force from"),
        _ => lang.t("现状态起于", "So since"),
    };
    let mut facts = vec![(lang.t("颁发机构", "Issued by"), found.issuing_body.clone())];
    facts.extend(found.taken_over_by.iter().map(|successor| {
        let since = match lang {
            Lang::Zh => format!("{}（{} 起）", successor.name, successor.since),
            Lang::En => format!("{} (since {})", successor.name, successor.since),
        };
        (lang.t("职责承接", "Taken over by"), since)
    }));
    facts.extend([
        (since, day(found.since, lang)),
        (lang.t("有效期至", "Valid until"), until),
        (lang.t("版本", "Version"), found.version.to_string()),
        (lang.t("证照标识", "Identifier"), found.identifier.clone()),
    ]);
    facts
}

fn day(day: Day, lang: Lang) -> String {
    time::day(day.begins(), lang)
}
