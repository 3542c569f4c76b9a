//! From delegations to HTML.

pub(super) use super::views::Html;
use super::{
    COPY_DOCUMENT, DELEGATION, DELEGATION_ANSWER, DELEGATION_END, DELEGATION_LEAVE, DELEGATION_NEW, DELEGATION_SHOW,
    DELEGATION_STAFF, DELEGATIONS, HOME, LETTERS, USES, Visit,
    delegations::Giving,
    input::{Sent, delegated_field},
    path_of,
    views::BoxView,
    words,
};
use crate::{
    config::Site,
    flow::{
        delegations::{DelegationCard, Delegations, WholeDelegation},
        kind::FieldOffence,
        presentations::{Class, Offer, place},
    },
    web::pages::{
        agents::{self, AgentView},
        mark::Mark,
        office::views::{Pill, pill},
        prefs::Lang,
        render::Shell,
        time,
    },
};
use askama::Template;
use yinxin_trust::{
    base::{Moment, Sentence},
    delegation::{Basis, Party, Settler, State},
    licence::state::State as LicenceState,
};

/// A delegation in a list.
struct CardView {
    href: String,
    deleg: AgentView,
    pill: Pill,
}

#[derive(Template)]
#[template(path = "my-delegations.html")]
struct ListPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    tab: &'static str,
    heading: &'static str,
    back_to: String,
    /// Title, what is said where there is none, and the cards.
    sections: Vec<(&'static str, &'static str, Vec<CardView>)>,
    give: String,
    /// Where the next one is, of several, in large letters.
    next: Option<String>,
    count: usize,
    as_of: String,
}

/// A licence of the form.
struct LicenceView<'a> {
    title: &'a str,
    body: &'a str,
    open: bool,
    boxes: Vec<BoxView<'a>>,
}

#[derive(Template)]
#[template(path = "my-delegate.html")]
struct NewPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    heading: &'static str,
    /// Whether an administrator is appointed, who shows nothing.
    is_administrator: bool,
    /// The way to appointing one, for an organisation.
    administrator: Option<String>,
    licences: Vec<LicenceView<'a>>,
    agent_name: &'a str,
    agent_code: &'a str,
    matter: &'a str,
    copies: bool,
    first: &'a str,
    last: &'a str,
    fault: Option<&'a str>,
    /// The field that the fault is about.
    at: &'a str,
}

/// The form, and what was sent before where it cannot be taken.
pub(super) struct Form<'a> {
    pub(super) giving: &'a Giving,
    /// Whether an organisation signed in.
    pub(super) organisation: bool,
    pub(super) offers: &'a [Offer],
    pub(super) open: Option<&'a str>,
    pub(super) sent: Option<&'a Sent>,
    pub(super) fault: Option<&'a FieldOffence>,
}

/// Something that was done by it.
struct DoneView {
    mark: Mark,
    head: String,
    when: String,
    text: String,
    /// Of an annotated copy, for the agent who had it made: its files.
    files: Vec<(String, &'static str)>,
}

#[derive(Template)]
#[template(path = "my-delegation.html")]
struct OnePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    deleg: AgentView,
    pill: Pill,
    /// Given or ended, and when.
    dates: String,
    /// Where the answer goes, while it waits for the one who looks.
    answer: Option<String>,
    /// Way, title and state of each licence that the agent may show now, and the way to a copy of it.
    show: Vec<(String, String, Pill, Option<String>)>,
    next: Option<String>,
    /// Where ending goes, and what it is called.
    end: Option<(String, &'static str)>,
    /// Where leaving the organisation goes, and what it is called.
    leave: Option<(String, &'static str)>,
    /// The way to those whom an administrator appointed.
    staff: Option<String>,
    done: Vec<DoneView>,
    as_of: String,
}

/// What was given, and what is held; in large letters the card `at`.
pub(super) fn list(visit: &Visit, site: &Site, found: &Delegations, at: usize) -> Html {
    let lang = visit.lang;
    let count = found.given.len() + found.received.len();
    let at = if count == 0 { 0 } else { at % count };
    let view = |card: &DelegationCard| CardView {
        href: visit.to(&path_of(DELEGATION, &card.id)),
        deleg: AgentView::of_card(card, lang),
        pill: pill(agents::state(card, lang)),
    };
    let of = |cards: &[DelegationCard], before: usize| -> Vec<CardView> {
        let is_shown = |n: &usize| !visit.prefs.large || n + before == at;
        cards.iter().enumerate().filter(|(n, _)| is_shown(n)).map(|(_, card)| view(card)).collect()
    };
    // what somebody else wants of the one who looks comes first
    let received = of(&found.received, 0);
    let given = of(&found.given, found.received.len());
    let mut sections = vec![
        (lang.t("我替别人办的", "What I do for others"), lang.t("没有人请您代办。", "Nobody asked you."), received),
        (
            lang.t("我请别人办的", "What others do for me"),
            lang.t("您没有授权过别人。", "You have delegated nothing."),
            given,
        ),
    ];
    if visit.prefs.large && count > 0 {
        sections.retain(|(_, _, cards)| !cards.is_empty());
    }
    ListPage {
        shell: Shell::new(lang, lang.t("授权代办", "Delegations"), site),
        v: visit,
        lang,
        tab: DELEGATIONS,
        heading: lang.t("授权代办", "Delegations"),
        back_to: HOME.to_owned(),
        sections,
        give: visit.to(DELEGATION_NEW),
        next: (visit.prefs.large && count > 1).then(|| visit.to(&format!("{DELEGATIONS}?card={}", (at + 1) % count))),
        count,
        as_of: time::instant(found.as_of, lang),
    }
    .render()
}

/// Who shows licences of an organisation, for its administrator; in large letters the card `at`.
pub(super) fn staff(
    visit: &Visit,
    site: &Site,
    (id, cards): (&str, &[DelegationCard]),
    now: Moment,
    at: usize,
) -> Html {
    let lang = visit.lang;
    let count = cards.len();
    let at = if count == 0 { 0 } else { at % count };
    let is_shown = |n: &usize| !visit.prefs.large || *n == at;
    let shown = cards.iter().enumerate().filter(|(n, _)| is_shown(n)).map(|(_, card)| CardView {
        href: visit.to(&path_of(DELEGATION, &card.id)),
        deleg: AgentView::of_card(card, lang),
        pill: pill(agents::state(card, lang)),
    });
    let title = lang.t("替本单位办事的人", "Who acts for the organisation");
    let here = path_of(DELEGATION_STAFF, id);
    ListPage {
        shell: Shell::new(lang, title, site),
        v: visit,
        lang,
        tab: DELEGATIONS,
        heading: lang.t("本单位的经办人", "Staff"),
        back_to: path_of(DELEGATION, id),
        sections: vec![(title, lang.t("还没有指派过。", "Nobody yet."), shown.collect())],
        give: visit.to(&format!("{DELEGATION_NEW}?by={id}")),
        next: (visit.prefs.large && count > 1).then(|| visit.to(&format!("{here}?card={}", (at + 1) % count))),
        count,
        as_of: time::instant(now, lang),
    }
    .render()
}

/// The form of a new one.
pub(super) fn new(visit: &Visit, site: &Site, form: &Form<'_>) -> Html {
    let lang = visit.lang;
    let of = |name: &str| form.sent.and_then(|sent| sent.get(name)).map(String::as_str).unwrap_or_default();
    let licences = form.offers.iter().map(|offer| {
        let is_meant = form.open == Some(offer.identifier.as_str());
        let boxes = offer.fields.iter().map(|field| {
            let name = delegated_field(&offer.identifier, &field.name);
            let checked = match form.sent {
                Some(sent) => sent.contains_key(&name),
                None => is_meant && field.class != Class::WithConsent,
            };
            BoxView::of(field, name, checked, lang)
        });
        let boxes: Vec<BoxView<'_>> = boxes.collect();
        LicenceView {
            title: lang.of(&offer.type_title),
            body: &offer.issuing_body,
            open: form.offers.len() == 1 || is_meant || boxes.iter().any(|one| one.checked),
            boxes,
        }
    });
    let heading = match form.giving {
        Giving::Administrator => lang.t("指定管理员", "Appoint an administrator"),
        Giving::Own | Giving::By(_) => lang.t("授权别人代办", "Delegate"),
    };
    NewPage {
        shell: Shell::new(lang, heading, site),
        heading,
        v: visit,
        lang,
        is_administrator: *form.giving == Giving::Administrator,
        administrator: (form.organisation && *form.giving == Giving::Own)
            .then(|| visit.to(&format!("{DELEGATION_NEW}?as=administrator"))),
        licences: licences.collect(),
        agent_name: of("agent_name"),
        agent_code: of("agent_code"),
        matter: of("matter"),
        copies: !of("copies").is_empty(),
        first: of("first"),
        last: of("last"),
        fault: form.fault.map(|fault| lang.of(&fault.sentence)),
        at: form.fault.map(|fault| fault.field.as_str()).unwrap_or_default(),
    }
    .render()
}

/// The last day is none.
pub(super) fn no_day() -> FieldOffence {
    let sentence = Sentence::new("请选授权到哪一天为止。", "choose the last day");
    FieldOffence { field: "until".to_owned(), code: "day", sentence }
}

/// One, with what was done by it; in large letters the licence `at`.
pub(super) fn one(visit: &Visit, site: &Site, whole: &WholeDelegation, at: usize) -> Html {
    let (lang, card) = (visit.lang, &whole.card);
    let is_open = !matches!(card.state, State::Ended(_));
    let waits = card.state == State::Waiting && card.basis.settler() == Settler::Agent;
    let shows = card.party == Party::Agent && card.state == State::InForce;
    let count = if shows { card.covered.len() } else { 0 };
    let at = if count == 0 { 0 } else { at % count };
    let is_shown = |n: &usize| shows && (!visit.prefs.large || *n == at);
    // not among the few things of large letters: the page of showing leads there too
    let copies = card.copies && !visit.prefs.large;
    let show = card.covered.iter().enumerate().filter(|(n, _)| is_shown(n)).map(|(_, covered)| {
        let path = format!("{}?licence={}", path_of(DELEGATION_SHOW, &card.id), covered.identifier);
        let pill = pill(crate::web::pages::office::words::standing(covered.state, lang));
        let copy = (copies && covered.state == LicenceState::InForce)
            .then(|| super::copies::copying(visit, &covered.identifier, Some(&card.id)));
        (visit.to(&path), lang.of(&covered.type_title).to_owned(), pill, copy)
    });
    let end = match (card.basis, card.party) {
        // for the office, by a decision
        (Basis::Minor | Basis::Ward, _) => None,
        (_, Party::Agent) if waits => None,
        (_, Party::Agent) => Some(lang.t("我不再代办", "I do it no more")),
        _ => Some(lang.t("收回授权", "Take it back")),
    };
    let of_organisation = matches!(card.basis, Basis::Organisation | Basis::Administrator);
    // not among the few things of large letters
    let leaves = of_organisation && is_open && !waits && !visit.prefs.large;
    let (leave_zh, leave_en) = match card.party {
        Party::Agent => ("我已离开这个单位，全部结束", "I have left: end all"),
        _ => ("此人已离职，全部结束", "They have left: end all"),
    };
    OnePage {
        shell: Shell::new(lang, lang.t("授权代办", "Delegation"), site),
        v: visit,
        lang,
        deleg: AgentView::of_card(card, lang),
        pill: pill(agents::state(card, lang)),
        dates: words::dates(card, lang),
        answer: (waits && card.party == Party::Agent).then(|| visit.to(&path_of(DELEGATION_ANSWER, &card.id))),
        show: show.collect(),
        next: (visit.prefs.large && count > 1)
            .then(|| visit.to(&format!("{}?card={}", path_of(DELEGATION, &card.id), (at + 1) % count))),
        end: end.filter(|_| is_open).map(|word| (visit.to(&path_of(DELEGATION_END, &card.id)), word)),
        leave: leaves.then(|| (visit.to(&path_of(DELEGATION_LEAVE, &card.id)), lang.t(leave_zh, leave_en))),
        staff: (card.basis == Basis::Administrator && card.party == Party::Agent && card.state == State::InForce)
            .then(|| visit.to(&path_of(DELEGATION_STAFF, &card.id))),
        done: done(visit, whole),
        as_of: time::instant(whole.as_of, lang),
    }
    .render()
}

/// Uses and refusals, the newest first.
fn done(visit: &Visit, whole: &WholeDelegation) -> Vec<DoneView> {
    let lang = visit.lang;
    let fetches = whole.card.party == Party::Agent && whole.card.state == State::InForce;
    let uses = whole.uses.iter().map(|used| {
        let (who, title) = (place(&used.body, used.window.as_deref()), lang.of(&used.type_title).to_owned());
        match &used.copy {
            None => (used.at, Mark::icon("i-eye"), who, title, Vec::new()),
            Some(copy) => {
                let text = format!("{title} · {}", lang.t("加注件，写给对方用", "annotated copy, for them to use"));
                let file = |form: &str| visit.to(&format!("{}?as={form}", path_of(COPY_DOCUMENT, &copy.id)));
                let files = if fetches && copy.has_file {
                    vec![
                        (file("ofd"), lang.t("下载 OFD", "Download OFD")),
                        (file("pdf"), lang.t("打印用 PDF", "PDF to print")),
                    ]
                } else {
                    Vec::new()
                };
                (used.at, Mark::icon("i-file"), who, text, files)
            }
        }
    });
    let refusals = whole.refusals.iter().map(|one| {
        let text = match (one.other_matter, lang) {
            (true, Lang::Zh) => format!("想用来办：{}。超出授权，没有出示。", one.purpose),
            (true, Lang::En) => {
                format!("Was to be used for: {}. Beyond the delegation; nothing was shown.", one.purpose)
            }
            (false, Lang::Zh) => "授权结束以后有人扫码，没有出示。".to_owned(),
            (false, Lang::En) => "Scanned after it had ended; nothing was shown.".to_owned(),
        };
        (one.at, Mark::small("m-warn"), one.body.clone(), text, Vec::new())
    });
    let mut all: Vec<_> = uses.chain(refusals).collect();
    all.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
    let view = |(at, mark, head, text, files)| DoneView { mark, head, when: time::instant(at, lang), text, files };
    all.into_iter().map(view).collect()
}
