//! `POST /verify/number`: looked up without a file, by a code or by a number with its holder.
//!
//! What has a page of its own is led there, so that its address says no more than what was brought. A scanned address is
//! never opened. Of a number and a holder that do not fit nobody is told which of the two is wrong.

use super::{
    codes,
    handlers::{HTML, or_plain, page, refusal, start_page},
    mark::Mark,
    prefs::{Lang, Prefs},
    printed,
    render::Shell,
    state::PageState,
    words,
};
use crate::{
    flow::window::{self, Found},
    web::{AppState, Problem, asker::Missed, input::Form},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use askama::Template;
use serde::Deserialize;

/// The address of the form.
pub(in crate::web) const PATH: &str = "/verify/number";

/// What is looked up.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Given {
    /// A number, or what is in a code.
    what: String,
    /// Whose it is, where it is a number.
    #[serde(default)]
    holder: String,
}

/// What was looked up in vain, as it stands in the form again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub(super) what: String,
    pub(super) holder: String,
    why: Option<Why>,
}

/// Why there is nothing to show.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Why {
    HolderWanted,
    NoMatch,
}

impl Asked {
    /// Whether nobody has what was asked for.
    pub(super) fn is_miss(&self) -> bool {
        self.why == Some(Why::NoMatch)
    }

    /// What is to be said of it: the state, and what to do.
    pub(super) fn fault(&self, lang: Lang) -> Option<(&'static str, &'static str)> {
        Some(match (self.why?, lang) {
            (Why::HolderWanted, Lang::Zh) => {
                ("还要填持证人", "填的不是完整的码。按编号查，请把持证人姓名或单位名称也填上。")
            }
            (Why::HolderWanted, Lang::En) => (
                "The holder is wanted too",
                "That is no whole code. To look a number up, enter the name of its holder as well.",
            ),
            (Why::NoMatch, Lang::Zh) => (
                codes::words(PageState::NoMatch, lang).0,
                "编号和持证人要一字不差。也可能不是这里登记的证照。这不代表证照有问题。",
            ),
            (Why::NoMatch, Lang::En) => (
                codes::words(PageState::NoMatch, lang).0,
                "Both must be exactly right. It may also be registered elsewhere. That says nothing against the licence.",
            ),
        })
    }
}

#[derive(Template)]
#[template(path = "looked.html")]
struct LookedPage<'a> {
    shell: Shell<'a>,
    lang: Lang,
    prefs: Prefs,
    live: bool,
    tone: &'static str,
    mark: Mark,
    title: &'static str,
    /// The host or operator whose it is.
    name: Option<&'a str>,
    why: &'static str,
    next: &'static str,
}

/// `POST /verify/number`
pub(in crate::web) async fn look(
    request: HttpRequest,
    state: web::Data<AppState>,
    given: Result<Form<Given>, Problem>,
) -> HttpResponse {
    let prefs = Prefs::from_query(request.query_string());
    let Given { what, holder } = match given {
        Ok(Form(given)) => given,
        Err(problem) => return refusal(&problem, prefs, &state),
    };
    let (text, name) = (what.clone(), holder.clone());
    let found = state.at_window(move |counter| window::look(counter, &text, &name)).await;
    let again = |why| Asked { what, holder, why: Some(why) };
    match found {
        Ok(Found::Printed(code)) => onward(&prefs.at(&format!("/C/{code}"))),
        Ok(Found::Presented(code)) => onward(&prefs.at(&format!("/S/{code}"))),
        Ok(Found::Licences(found)) => {
            let found: Vec<_> = found.into_iter().map(printed::Found::from).collect();
            let html = printed::render(&found, prefs, state.site(), true);
            page(HttpResponse::Ok().content_type(HTML).body(or_plain(html)))
        }
        Ok(Found::Told(shown)) => {
            let mut answer = told(&state, prefs, shown, None, words::fixed(shown, true, prefs.lang));
            if shown == PageState::CodeOfOthers {
                // another register was asked in vain: that costs both, and may have been a guess
                answer.extensions_mut().insert(Missed);
            }
            answer
        }
        Ok(Found::OfOthers(operator)) => {
            told(&state, prefs, PageState::CodeOfOthers, Some(&operator), of_others(prefs.lang))
        }
        Ok(Found::Elsewhere(host, is_known)) => {
            let counterfeit = PageState::CounterfeitSite;
            let words =
                if is_known { codes::dressed_up(prefs.lang) } else { words::fixed(counterfeit, true, prefs.lang) };
            told(&state, prefs, counterfeit, Some(&host), words)
        }
        Ok(Found::HolderWanted) => start_page(prefs, &state, again(Why::HolderWanted)),
        Ok(Found::NoMatch) => start_page(prefs, &state, again(Why::NoMatch)),
        Err(problem) => refusal(&problem, prefs, &state),
    }
}

fn told(
    state: &AppState,
    prefs: Prefs,
    shown: PageState,
    name: Option<&str>,
    (title, why, next): (&'static str, &'static str, &'static str),
) -> HttpResponse {
    let lang = prefs.lang;
    let html = LookedPage {
        shell: Shell::new(lang, title, state.site()),
        lang,
        prefs,
        live: false,
        tone: shown.family().tone(),
        mark: Mark::large(shown.icon()),
        title,
        name,
        why,
        next,
    };
    page(HttpResponse::Ok().content_type(HTML).body(or_plain(html.render())))
}

/// A code that a holder of another locality shows.
fn of_others(lang: Lang) -> (&'static str, &'static str, &'static str) {
    match lang {
        Lang::Zh => (
            "这是外地的亮证码，这里不能代查",
            "码所在的网站在互认名单里。亮证码只有当地的网站能显示，这里没有打开它。",
            "请用手机相机扫这个码，在当地的网站上看。",
        ),
        Lang::En => (
            "A code of another locality, which is not looked up here",
            "Its site is on a trust list. Such codes are shown by that site alone; it was not opened here.",
            "Scan the code with the camera of a telephone, and look at it on that site.",
        ),
    }
}

fn onward(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}
