//! `GET /S/{code}`: what a phone sees that scans the code by which a holder shows a
//! licence. It says only what the holder chose, redeems nothing and keeps nothing, so
//! that a preview of the link uses nothing up.

use super::{
    agents::AgentView,
    handlers::{HTML, or_plain, page, refusal},
    mark::Mark,
    my::period,
    prefs::{Lang, Place, Prefs},
    render::Shell,
    state::PageState,
    time,
    words::{self, Dates},
};
use crate::{
    config::Site,
    flow::{
        presentations::{self, Looked},
        shown::of_register,
        standing::{self, PublicField},
    },
    web::{AppState, guesser::guesser, problem::Code},
};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use yinxin_trust::licence::state::State;

struct Seen<'a> {
    as_of: String,
    ends: String,
    licence: &'a str,
    body: &'a str,
    period: String,
    purpose: &'a str,
    /// Who shows it in the holder's place.
    deleg: Option<AgentView>,
    fields: &'a [PublicField],
    withheld: &'a [String],
}

#[derive(Template)]
#[template(path = "shown.html")]
struct ShownPage<'a> {
    shell: Shell<'a>,
    lang: Lang,
    prefs: Prefs,
    live: bool,
    tone: &'static str,
    mark: Mark,
    title: String,
    why: &'static str,
    next: &'static str,
    seen: Option<Seen<'a>>,
}

/// `GET /S/{code}`
pub(in crate::web) async fn show(
    request: HttpRequest,
    code: web::Path<String>,
    state: web::Data<AppState>,
) -> HttpResponse {
    let prefs = Prefs { place: Place::Shown, ..Prefs::from_query(request.query_string()) };
    let looked = match guesser(&request, &state).await {
        Ok(guesser) => {
            state.at_the_counter(move |issuer, desk| presentations::look(issuer, desk, &code, &guesser)).await
        }
        Err(problem) => Err(problem),
    };
    match looked {
        Ok(looked) => page(HttpResponse::Ok().content_type(HTML).body(or_plain(render(&looked, prefs, state.site())))),
        Err(problem) if problem.code() == Code::PresentationNotValid => {
            page(problem.response_with(HTML, or_plain(over(prefs, state.site()))))
        }
        Err(problem) => refusal(&problem, prefs, &state),
    }
}

fn render(looked: &Looked, prefs: Prefs, site: &Site) -> Result<String, askama::Error> {
    let lang = prefs.lang;
    let state = looked.standing.state;
    let shown = of_register(standing::word(state));
    let dates = Dates { since: Some(looked.standing.since), until: Some(looked.standing.until) };
    let title = words::of_register_on(shown, dates, lang).title;
    let (why, next) = match state {
        State::InForce if looked.agent.is_some() => (
            lang.t("代办人正在出示，登记库里是这样写的。", "An agent is showing it; this is what the register says."),
            lang.t(
                "请核对代办人的证件，只认下面写的那件事。",
                "Check the agent's document, and keep to the matter named below.",
            ),
        ),
        State::InForce => (
            lang.t("持证人正在出示，登记库里是这样写的。", "The holder is showing it; this is what the register says."),
            lang.t(
                "请核对本人，看对方屏幕上的时间是否在走。",
                "Check the person, and that the clock on their screen moves.",
            ),
        ),
        _ => (
            lang.t("持证人正在出示，但它现在不能用。", "The holder is showing it, but it is not in force."),
            lang.t("不要凭它办理，请对方向发证机关咨询。", "Do not rely on it. Refer the person to the issuing body."),
        ),
    };
    ShownPage {
        shell: Shell::new(lang, title.clone(), site),
        lang,
        prefs,
        live: false,
        tone: shown.family().tone(),
        mark: Mark::large(shown.icon()),
        title,
        why,
        next,
        seen: Some(Seen {
            as_of: time::exact(looked.as_of),
            ends: time::exact(looked.expires_at).get(11..).unwrap_or_default().to_owned(),
            licence: lang.of(&looked.type_title),
            body: &looked.issuing_body,
            period: period(&looked.standing, lang),
            purpose: &looked.purpose,
            deleg: looked.agent.as_ref().map(|agent| AgentView::of(agent, lang)),
            fields: &looked.fields,
            withheld: &looked.withheld,
        }),
    }
    .render()
}

/// A code that never was, is over or was used: one page.
fn over(prefs: Prefs, site: &Site) -> Result<String, askama::Error> {
    let lang = prefs.lang;
    let title = words::headline(PageState::CodeExpired, lang).to_owned();
    ShownPage {
        shell: Shell::new(lang, title.clone(), site),
        lang,
        prefs,
        live: false,
        tone: PageState::CodeExpired.family().tone(),
        mark: Mark::large(PageState::CodeExpired.icon()),
        title,
        why: lang.t(
            "亮证码很快就换新。这个码已经过期、已经用过，或者不是这里的码。这不代表证照有问题。",
            "Such codes are renewed soon. This one has expired, was used, or is none of ours. Nothing is said against the licence.",
        ),
        next: lang.t("请对方在“我的证照”里再亮一次码，重新扫。", "Ask them to show a fresh code, and scan again."),
        seen: None,
    }
    .render()
}
