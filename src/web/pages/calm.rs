//! Calm pages, for what is no verdict: nothing to verify, an outage of ours, an address where nothing is, a refusal.

use super::{
    handlers::{HTML, or_plain, page, refusal},
    login,
    mark::Mark,
    prefs::{Lang, Place, Prefs},
    render::{Shell, size},
    state::Family,
    words,
};
use crate::{
    config::Site,
    web::{AppState, Problem, problem::Code},
};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _, http::header, web};
use askama::Template;

/// Why there is no report to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoReport {
    /// The form came without a file.
    NoFile,
    /// Not a document that can be verified.
    NotADocument,
    /// A picture or print of a document.
    Copy,
    /// Longer than this service takes; the limit in octets.
    TooLarge(u64),
    /// The upload broke off, or is none that a browser makes.
    BadUpload,
    /// Our own side cannot answer at present.
    Unavailable,
    /// It was asked more often than is answered; for how many seconds more.
    TooOften(u32),
    /// There is no such page.
    NotFound,
    /// The register has no licence with the code.
    UnknownCode,
}

#[derive(Template)]
#[template(path = "calm.html")]
struct CalmPage<'a> {
    shell: Shell<'a>,
    lang: Lang,
    prefs: Prefs,
    live: bool,
    tone: &'static str,
    mark: Mark,
    title: &'a str,
    why: String,
    next: &'a str,
    /// The one way on: where it leads, and its words.
    to: String,
    again: &'static str,
    bring: bool,
    incident: Option<&'a str>,
}

/// A calm page for what is no verdict: nothing of it is red.
///
/// # Errors
/// When the template cannot be written, which means that memory ran out.
pub fn render_no_report(
    prefs: Prefs,
    what: NoReport,
    incident: Option<&str>,
    site: &Site,
) -> Result<String, askama::Error> {
    let lang = prefs.lang;
    let (title, why, next) = words::no_report(what, lang);
    let mark = match what {
        NoReport::Unavailable | NoReport::TooOften(_) => "m-cannot",
        NoReport::NotFound | NoReport::NotADocument | NoReport::Copy | NoReport::UnknownCode => "m-notours",
        NoReport::NoFile | NoReport::TooLarge(_) | NoReport::BadUpload => "m-unsigned",
    };
    CalmPage {
        shell: Shell::new(lang, title, site),
        lang,
        prefs,
        live: false,
        tone: Family::Neutral.tone(),
        mark: Mark::large(mark),
        title,
        why: match what {
            NoReport::TooLarge(limit) => format!("{why} {}", size(limit)),
            NoReport::TooOften(seconds) if seconds > 0 => format!("{why}{}", wait(seconds, lang)),
            _ => why.to_owned(),
        },
        next,
        to: prefs.verify(),
        again: match what {
            NoReport::Unavailable => lang.t("再试一次", "Try again"),
            NoReport::TooOften(_) => lang.t("回到核验页", "Back to verification"),
            NoReport::NotFound => lang.t("回到核验页", "Back to verification"),
            NoReport::UnknownCode => lang.t("核验 OFD 原文件", "Verify the OFD file"),
            _ => lang.t("重新选择文件", "Choose a file again"),
        },
        bring: matches!(what, NoReport::NotADocument | NoReport::Copy | NoReport::NoFile),
        incident,
    }
    .render()
}

/// How long somebody waits.
fn wait(seconds: u32, lang: Lang) -> String {
    let minutes = seconds.saturating_sub(1).div_ceil(60).max(1);
    match lang {
        Lang::Zh => format!("约 {minutes} 分钟后就可以再查。"),
        Lang::En if minutes == 1 => " It can be asked again in about a minute.".to_owned(),
        Lang::En => format!(" It can be asked again in about {minutes} minutes."),
    }
}

/// What a browser is told where no page answers it: there is nothing at the address, or who asks may not be there.
/// Scripts and systems get the problem as it is.
pub(in crate::web) fn refused(request: &HttpRequest, problem: &Problem) -> HttpResponse {
    let Some(state) = request.app_data::<web::Data<AppState>>().filter(|_| wants_page(request)) else {
        return problem.error_response();
    };
    let prefs = Prefs { place: Place::Nowhere, ..Prefs::from_query(request.query_string()) };
    if problem.code() == Code::NotFound || problem.code().is_our_side() {
        return refusal(problem, prefs, state);
    }
    let html = render_refused(prefs, problem, state.site());
    page(problem.response_with(HTML, or_plain(html)))
}

/// Whether somebody looks at what comes: browsers that go to an address ask for HTML, scripts of pages for anything.
fn wants_page(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html")) && !request.path().starts_with("/api/")
}

/// Who is not signed in goes there, and who is to what is theirs: one address does both.
fn render_refused(prefs: Prefs, problem: &Problem, site: &Site) -> Result<String, askama::Error> {
    let (lang, code) = (prefs.lang, problem.code());
    let title = lang.t(code.title_zh(), code.title_en());
    let (next, again) = match code {
        Code::Unauthenticated => (lang.t("请登录后再做一次。", "Sign in and do it again."), lang.t("登录", "Sign in")),
        _ => (lang.t("请回到自己的首页。", "Go back to your own first page."), lang.t("回到首页", "To the first page")),
    };
    CalmPage {
        shell: Shell::new(lang, title, site),
        lang,
        prefs,
        live: false,
        tone: Family::Neutral.tone(),
        mark: Mark::large("m-unsigned"),
        title,
        why: lang.of(problem.sentence()).to_owned(),
        next,
        to: prefs.at(login::PATH),
        again,
        bring: false,
        incident: problem.incident(),
    }
    .render()
}
