//! `GET /C/{code}`: what a phone sees that scans the code on a licence; `GET /I/{identifier}`: the same by an identifier,
//! without the face, where a replaced licence leads to the one in its place.
//!
//! It shows what the register says, not whether a sheet of paper is genuine:
//! whoever looks compares the two.

use super::{
    handlers::{HTML, or_plain, page, refusal},
    mark::Mark,
    prefs::{Lang, Place, Prefs},
    render::Shell,
    text::Flowing,
    time,
    words::{self, Dates, Words},
};
use crate::{
    config::Site,
    flow::{
        issue::IssueError,
        issuer::Issuer,
        shown,
        standing::{self, PublicStanding, StandingError},
    },
    web::{AppState, Problem, guesser::at_device},
};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use yinxin_trust::{
    base::Day,
    licence::{Expiry, identifier::LicenceIdentifier},
};

#[derive(Template)]
#[template(path = "printed.html")]
struct PrintedPage<'a> {
    shell: Shell<'a>,
    prefs: Prefs,
    live: bool,
    /// Where what is shown is at no address: both languages.
    pages: Vec<Wording<'a>>,
}

/// The page in one language.
struct Wording<'a> {
    lang: Lang,
    prefs: Prefs,
    classes: String,
    title: String,
    found: Vec<Registered<'a>>,
}

impl Wording<'_> {
    /// Whether what to do is to look at another licence.
    fn leads_on(&self) -> bool {
        self.found.iter().any(|one| one.newer.is_some())
    }
}

/// One licence.
struct Registered<'a> {
    tone: &'static str,
    mark: Mark,
    words: Words,
    /// The page of the licence that took the place of this one.
    newer: Option<String>,
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
    answer(&state, prefs, looked(&request, &state, code.into_inner()).await)
}

/// What the register says of a code; one that is none is counted, however it was written.
async fn looked(request: &HttpRequest, state: &AppState, code: String) -> Result<Found, Problem> {
    let guesser = at_device(request, state).await?;
    state
        .at_the_counter(move |issuer, desk| {
            let now = issuer.clock.now().map_err(|error| Problem::broken(&error))?;
            desk.admit_guess(&guesser, now).map_err(Problem::from)?;
            let found = standing::by_code(issuer, &code, None);
            if matches!(found, Err(StandingError::NotRegistered)) {
                desk.count_miss(&guesser, now);
            }
            Found::of(issuer, found.map_err(Problem::from)?).map_err(Problem::from)
        })
        .await
}

/// `GET /I/{identifier}`: what `GET /api/v1/standings/{identifier}` says, for people. An identifier can be guessed: it
/// names no holder.
pub(in crate::web) async fn show_identifier(
    request: HttpRequest,
    identifier: web::Path<String>,
    state: web::Data<AppState>,
) -> HttpResponse {
    let prefs = Prefs { place: Place::Printed, ..Prefs::from_query(request.query_string()) };
    let found = state.with_issuer(move |issuer| {
        let identifier = identifier.parse::<LicenceIdentifier>().map_err(|_| StandingError::NotRegistered)?;
        match standing::by_identifier(issuer, &identifier, None) {
            // kept elsewhere or nowhere: here it is not found
            Err(StandingError::NotCompetent) => Err(StandingError::NotRegistered),
            found => Ok(Found::of(issuer, found?)?),
        }
    });
    answer(&state, prefs, found.await)
}

fn answer(state: &AppState, prefs: Prefs, found: Result<Found, Problem>) -> HttpResponse {
    match found {
        Ok(found) => {
            let html = render(std::slice::from_ref(&found), prefs, state.site(), false);
            page(HttpResponse::Ok().content_type(HTML).body(or_plain(html)))
        }
        Err(problem) => refusal(&problem, prefs, state),
    }
}

/// The page of a licence by its identifier.
pub(super) fn page_of(identifier: &str, prefs: Prefs) -> String {
    prefs.at(&format!("/I/{identifier}"))
}

/// What the register says, and what it has in the place of a licence that was replaced.
pub(super) struct Found {
    standing: PublicStanding,
    newer: Option<String>,
}

impl Found {
    pub(super) fn of(issuer: &Issuer, standing: PublicStanding) -> Result<Self, IssueError> {
        let newer = standing::newer(issuer, &standing)?;
        Ok(Self { standing, newer })
    }
}

impl From<(PublicStanding, Option<String>)> for Found {
    fn from((standing, newer): (PublicStanding, Option<String>)) -> Self {
        Self { standing, newer }
    }
}

/// Licences on one page; `live` where what is shown is at no address, so that its switches must not lead to one.
pub(super) fn render(found: &[Found], prefs: Prefs, site: &Site, live: bool) -> Result<String, askama::Error> {
    let others = live.then_some(prefs.lang.other());
    let pages = [prefs.lang].into_iter().chain(others).map(|lang| {
        let prefs = Prefs { lang, ..prefs };
        let found: Vec<_> = found.iter().map(|one| registered(one, prefs)).collect();
        let title = match &*found {
            [only] => only.words.title.clone(),
            _ => lang.t("查到的证照", "Licences that were found").to_owned(),
        };
        let classes = if live { "page".to_owned() } else { prefs.classes() };
        Wording { lang, prefs, classes, title, found }
    });
    let pages: Vec<_> = pages.collect();
    let title = pages.first().map(|page| page.title.clone()).unwrap_or_default();
    PrintedPage { shell: Shell::new(prefs.lang, &title, site), prefs, live, pages }.render()
}

fn registered(Found { standing: found, newer }: &Found, prefs: Prefs) -> Registered<'_> {
    let lang = prefs.lang;
    let shown = shown::of_register(found.state);
    let words = words::of_register_on(shown, Dates::of(found), lang);
    let fields = found.fields.iter().flatten().filter(|field| !field.value.trim().is_empty());
    Registered {
        tone: shown.family().tone(),
        mark: Mark::large(shown.icon()),
        words,
        newer: newer.as_ref().map(|newer| page_of(newer, prefs)),
        as_of: time::instant(found.as_of, lang),
        source: &found.source,
        licence: &found.type_name,
        facts: facts(found, lang),
        fields: fields.map(|field| (field.title.as_str(), field.value.as_str())).collect(),
    }
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
