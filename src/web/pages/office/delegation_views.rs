//! From what a body recorded of delegations and guardians to HTML.

use super::{
    DELEGATION, DELEGATION_DECISION, DELEGATION_DOCUMENT, DELEGATION_END, DELEGATION_NEW, DELEGATIONS, GUARDIAN_NEW,
    HOME, SEALS, Visit, path_of,
    views::{Html, Pill, pill},
};
use crate::{
    config::Site,
    flow::{
        delegations::{DelegationCard, DelegationDesk, RecordedDelegation},
        kind::FieldOffence,
    },
    web::pages::{
        agents::{self, AgentView},
        mark::Mark,
        prefs::Lang,
        render::Shell,
        time,
    },
};
use askama::Template;
use std::collections::BTreeMap;
use yinxin_trust::{
    base::{Moment, Sentence},
    delegation::State,
    licence::metadata::HolderCodeType,
};

type Sent = BTreeMap<String, String>;

struct CardView {
    href: String,
    deleg: AgentView,
    pill: Pill,
}

struct Section {
    title: &'static str,
    empty: &'static str,
    cards: Vec<CardView>,
    strong: bool,
}

#[derive(Template)]
#[template(path = "office-delegations.html")]
struct ListPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    take: Option<String>,
    guardian: Option<String>,
    sections: Vec<Section>,
    as_of: String,
}

#[derive(Template)]
#[template(path = "office-delegation.html")]
struct OnePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    deleg: AgentView,
    pill: Pill,
    weaker: bool,
    done: Vec<(&'static str, String)>,
    document: (String, &'a str, String),
    document_number: &'a str,
    ends: &'a [String; 2],
    own: bool,
    decide: Option<String>,
    end: Option<String>,
    back: String,
    as_of: String,
}

#[derive(Template)]
#[template(path = "office-delegation-new.html")]
struct NewPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    title: &'static str,
    action: String,
    /// Whether it is about a guardian.
    is_guardian: bool,
    kinds: Vec<(&'static str, &'static str, bool)>,
    sent: &'a Sent,
    fault: Option<&'a str>,
    at: &'a str,
}

impl NewPage<'_> {
    fn of(&self, name: &str) -> &str {
        self.sent.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Who the two people of the form are: the names of their fields, and what they are called.
    fn people(&self) -> [(&'static str, &'static str); 2] {
        let lang = self.lang;
        if self.is_guardian {
            [
                ("ward", lang.t("被监护人", "The ward")),
                ("guardian", lang.t("监护人（要有账号）", "The guardian (has an account)")),
            ]
        } else {
            [
                ("principal", lang.t("委托人", "The principal")),
                ("agent", lang.t("代办人（要有账号）", "The agent (has an account)")),
            ]
        }
    }

    fn is_at(&self, who: &str) -> bool {
        self.at == who || (self.at == "agent" && who == "guardian")
    }
}

/// What the body recorded.
pub(super) fn list(visit: &Visit, site: &Site, desk: &DelegationDesk) -> Html {
    let lang = visit.lang;
    let section = |title, empty, cards: &[DelegationCard], strong| {
        let cards = cards.iter().map(|card| CardView {
            href: visit.to(&path_of(DELEGATION, &card.id)),
            deleg: AgentView::of_card(card, lang),
            pill: pill(agents::state(card, lang)),
        });
        Section { title, empty, cards: cards.collect(), strong }
    };
    ListPage {
        shell: Shell::new(lang, lang.t("代办登记", "Delegations"), site),
        v: visit,
        lang,
        take: visit.is_clerk().then(|| visit.to(DELEGATION_NEW)),
        guardian: visit.is_officer().then(|| visit.to(GUARDIAN_NEW)),
        sections: vec![
            section(
                lang.t("待复核", "To be decided on"),
                lang.t("没有待复核的登记。", "Nothing waits."),
                &desk.waiting,
                true,
            ),
            section(lang.t("有效", "In force"), lang.t("还没有。", "None yet."), &desk.running, false),
            section(lang.t("已结束", "Ended"), lang.t("还没有。", "None yet."), &desk.ended, false),
        ],
        as_of: time::instant(desk.as_of, lang),
    }
    .render()
}

/// One, with its paper.
pub(super) fn one(visit: &Visit, site: &Site, whole: &RecordedDelegation) -> Html {
    let (lang, card) = (visit.lang, &whole.card);
    let mut done = vec![(lang.t("登记", "Entered"), step(&whole.entered, lang))];
    done.extend(whole.decided.as_ref().map(|by| (lang.t("复核同意", "Approved"), step(by, lang))));
    done.extend(whole.ended.as_ref().map(|by| (agents::state(card, lang).0, step(by, lang))));
    let waits = card.state == State::Waiting;
    let is_open = !matches!(card.state, State::Ended(_));
    OnePage {
        shell: Shell::new(lang, lang.t("代办登记", "Delegation"), site),
        v: visit,
        lang,
        deleg: AgentView::of_card(card, lang),
        pill: pill(agents::state(card, lang)),
        weaker: card.basis.is_weaker(),
        done,
        document: (visit.to(&path_of(DELEGATION_DOCUMENT, &card.id)), &whole.paper.name, hex::encode(&whole.paper.sm3)),
        document_number: &whole.paper.document_number,
        ends: &whole.ends,
        own: waits && whole.own && visit.is_approver(),
        decide: (waits && visit.is_approver() && !whole.own).then(|| visit.to(&path_of(DELEGATION_DECISION, &card.id))),
        end: (is_open && (visit.is_clerk() || visit.is_officer()))
            .then(|| visit.to(&path_of(DELEGATION_END, &card.id))),
        back: visit.to(DELEGATIONS),
        as_of: time::instant(whole.as_of, lang),
    }
    .render()
}

/// The form of a delegation on paper.
pub(super) fn paper(visit: &Visit, site: &Site, sent: &Sent, fault: Option<&FieldOffence>) -> Html {
    let lang = visit.lang;
    let title = lang.t("登记书面委托", "A delegation on paper");
    form(visit, site, (title, DELEGATION_NEW, false), sent, fault)
}

/// The form of a guardian.
pub(super) fn guardian(visit: &Visit, site: &Site, sent: &Sent, fault: Option<&FieldOffence>) -> Html {
    let lang = visit.lang;
    form(visit, site, (lang.t("登记监护关系", "A guardian"), GUARDIAN_NEW, true), sent, fault)
}

fn form(
    visit: &Visit,
    site: &Site,
    (title, action, is_guardian): (&'static str, &str, bool),
    sent: &Sent,
    fault: Option<&FieldOffence>,
) -> Html {
    let lang = visit.lang;
    let chosen = sent.get("principal_kind").map_or(HolderCodeType::CITIZEN_NUMBER.code(), String::as_str);
    NewPage {
        shell: Shell::new(lang, title, site),
        v: visit,
        lang,
        title,
        action: visit.to(action),
        is_guardian,
        kinds: HolderCodeType::all().map(|kind| (kind.code(), kind.name(), kind.code() == chosen)).collect(),
        sent,
        fault: fault.map(|fault| lang.of(&fault.sentence)),
        at: fault.map(|fault| fault.field.as_str()).unwrap_or_default(),
    }
    .render()
}

/// The last day is none.
pub(super) fn no_day() -> FieldOffence {
    let sentence = Sentence::new("请写清楚到哪一天为止。", "say until which day");
    FieldOffence { field: "until".to_owned(), code: "day", sentence }
}

fn step((who, at): &(String, Moment), lang: Lang) -> String {
    format!("{who} · {}", time::instant(*at, lang))
}
