//! From objections to HTML.

use super::{
    HOME, LICENCE, OBJECTION, OBJECTIONS, SEALS, Visit, path_of,
    views::{Html, Pill, pill},
    words::ruling,
};
use crate::{
    config::Site,
    flow::{
        objections::{Answered, Case, Cases, LONGEST_REASON, Ruling},
        presentations::place,
        shown::Family,
    },
    web::pages::{mark::Mark, prefs::Lang, render::Shell, time},
};
use askama::Template;
use std::collections::BTreeMap;

struct CardView {
    href: String,
    subject: String,
    meta: String,
    words: String,
    pill: Pill,
}

struct Section {
    title: &'static str,
    empty: &'static str,
    cards: Vec<CardView>,
    strong: bool,
}

#[derive(Template)]
#[template(path = "office-objections.html")]
struct ListPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    sections: [Section; 2],
    as_of: String,
}

#[derive(Template)]
#[template(path = "office-objection.html")]
struct OnePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    pill: Pill,
    words: &'a str,
    said_at: String,
    facts: Vec<(&'static str, String)>,
    licence: String,
    answer: Option<AnswerView<'a>>,
    /// Where the answer is sent; none where the one who looks does not answer.
    action: Option<String>,
    is_own: bool,
    /// Whether what was sent lacks something.
    fault: bool,
    rulings: Vec<(&'static str, &'static str, bool)>,
    reason: &'a str,
    longest: usize,
    back: String,
}

struct AnswerView<'a> {
    reason: &'a str,
    by: String,
}

/// All of a body.
pub(super) fn list(visit: &Visit, site: &Site, cases: &Cases) -> Html {
    let lang = visit.lang;
    let section = |title, empty, open: bool| {
        let own = cases.cases.iter().filter(|case| case.answer.is_none() == open);
        Section { title, empty, cards: own.map(|case| card(visit, case)).collect(), strong: open }
    };
    ListPage {
        shell: Shell::new(lang, lang.t("异议", "Objections"), site),
        v: visit,
        lang,
        sections: [
            section(lang.t("待答复", "To be answered"), lang.t("没有待答复的异议。", "Nothing waits."), true),
            section(lang.t("已答复", "Answered"), lang.t("还没有。", "None yet."), false),
        ],
        as_of: time::instant(cases.as_of, lang),
    }
    .render()
}

fn card(visit: &Visit, case: &Case) -> CardView {
    let lang = visit.lang;
    let (who, at) = (place(&case.used_by, case.window.as_deref()), time::instant(case.at, lang));
    CardView {
        href: visit.to(&path_of(OBJECTION, &case.use_id)),
        subject: format!("{} {}", lang.of(&case.type_title), case.number),
        meta: match lang {
            Lang::Zh => format!("{at} 提出 · 使用方：{who}"),
            Lang::En => format!("raised {at} · used by {who}"),
        },
        words: case.words.clone(),
        pill: state(case.answer.as_ref(), lang),
    }
}

fn state(answer: Option<&Answered>, lang: Lang) -> Pill {
    pill(match answer.map(|answer| answer.ruling) {
        Some(one @ Ruling::Rejected) => (ruling(one, lang), Family::Neutral, "m-nonstandard"),
        Some(one) => (ruling(one, lang), Family::Info, "m-stamped"),
        None => (lang.t("待答复", "Waits"), Family::Caution, "m-notyet"),
    })
}

/// One, with the form of an answer.
pub(super) fn one(visit: &Visit, site: &Site, case: &Case, sent: &BTreeMap<String, String>, fault: bool) -> Html {
    let lang = visit.lang;
    let seen = case.fields.join(lang.t("、", ", "));
    let stood = case.state.map_or_else(String::new, |state| state.chinese().to_owned());
    let chosen = sent.get("decision").map(String::as_str).unwrap_or_default();
    let may = visit.is_approver() && case.answer.is_none();
    OnePage {
        shell: Shell::new(lang, lang.t("异议", "Objection"), site),
        v: visit,
        lang,
        pill: state(case.answer.as_ref(), lang),
        words: &case.words,
        said_at: time::instant(case.at, lang),
        facts: vec![
            (lang.t("证照", "Licence"), lang.of(&case.type_title).to_owned()),
            (lang.t("使用方", "Used by"), place(&case.used_by, case.window.as_deref())),
            (lang.t("使用时间", "When"), time::instant(case.used_at, lang)),
            (lang.t("用证事由", "What for"), case.purpose.clone()),
            (lang.t("看到的内容", "What was seen"), seen),
            (lang.t("当时状态", "Its standing then"), stood),
        ],
        licence: visit.to(&path_of(LICENCE, &case.identifier)),
        answer: case.answer.as_ref().map(|answer| {
            let (by, at) = (case.answered_by.as_deref().unwrap_or_default(), time::instant(answer.at, lang));
            AnswerView { reason: &answer.reason, by: format!("{by} · {at}") }
        }),
        action: (may && !case.is_own).then(|| visit.to(&path_of(OBJECTION, &case.use_id))),
        is_own: may && case.is_own,
        fault,
        rulings: Ruling::ALL.into_iter().map(|one| (one.as_str(), ruling(one, lang), one.as_str() == chosen)).collect(),
        reason: sent.get("reason").map(String::as_str).unwrap_or_default(),
        longest: LONGEST_REASON,
        back: visit.to(OBJECTIONS),
    }
    .render()
}
