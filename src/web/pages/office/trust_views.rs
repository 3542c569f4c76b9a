//! From what is known of trust lists to HTML.

use super::{
    HOME, SEALS, TRUST, TRUST_MEMBERS, TRUST_NEW, TRUST_PROPOSAL, TRUSTED, Visit,
    again::Again,
    path_of,
    views::{Html, Pill, pill},
};
use crate::{
    config::Site,
    flow::trust::{Desk, ListCard, Named, OperatorCard, OperatorWhole, Proposal, TrustError, Waiting},
    web::pages::{Family, mark::Mark, prefs::Lang, render::Shell, time, window::grouped},
};
use askama::Template;
use yinxin_trust::{
    base::Moment,
    sm::sm3,
    trust_list::{Change, Direction, ServiceKey},
};

/// As many changes as people read on one page; the rest is counted.
const MOST_CHANGES: usize = 200;

struct CardView {
    href: String,
    name: String,
    lines: Vec<String>,
    pill: Pill,
}

struct ProposalView {
    action: String,
    name: String,
    key: String,
    by: String,
    own: bool,
    addresses: Vec<(&'static str, String)>,
}

struct Section {
    id: &'static str,
    title: &'static str,
    empty: &'static str,
    cards: Vec<CardView>,
    strong: bool,
}

#[derive(Template)]
#[template(path = "office-trust.html")]
struct DeskPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    decides: bool,
    add: String,
    as_of: String,
    proposals: Vec<ProposalView>,
    sections: Vec<Section>,
}

struct ChangeView {
    pill: Pill,
    words: String,
}

struct FactsView {
    title: &'static str,
    pill: Pill,
    facts: Vec<(&'static str, String)>,
    sm3: String,
}

struct NamedView {
    address: String,
    operator: String,
    scope: Option<String>,
    key: String,
    /// The page of the operator with that key.
    known: Option<String>,
}

#[derive(Template)]
#[template(path = "office-trusted.html")]
struct OnePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    name: &'a str,
    key: String,
    as_of: String,
    action: String,
    addresses: Vec<(&'static str, String)>,
    in_use: Option<FactsView>,
    in_use_sm3: Option<String>,
    waits: Option<FactsView>,
    sm3: String,
    so_far: &'static str,
    own: bool,
    decides: bool,
    refused: Option<String>,
    changes: Vec<ChangeView>,
    more: usize,
    member: Option<Result<String, String>>,
    wider: usize,
    names: Vec<NamedView>,
    follow: String,
    back: String,
}

#[derive(Template)]
#[template(path = "office-trust-new.html")]
struct ProposePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    action: String,
    back: String,
    again: Again<'a>,
}

/// Whose lists are used, and what waits.
pub(super) fn desk(visit: &Visit, site: &Site, desk: &Desk, now: Moment) -> Html {
    let lang = visit.lang;
    let waiting = desk.operators.iter().filter(|card| card.waits.is_some());
    DeskPage {
        shell: Shell::new(lang, lang.t("信任列表", "Trust lists"), site),
        v: visit,
        lang,
        decides: visit.decides_trust(),
        add: visit.to(TRUST_NEW),
        as_of: time::instant(now, lang),
        proposals: desk.proposals.iter().map(|one| proposal(visit, one, now)).collect(),
        sections: vec![
            Section {
                id: "waits",
                title: lang.t("等待接受的列表", "Lists to be accepted"),
                empty: lang.t("没有等待接受的列表。", "No list waits."),
                cards: waiting.filter_map(|card| waiting_card(visit, card)).collect(),
                strong: true,
            },
            Section {
                id: "in-use",
                title: lang.t("运营者和在用的列表", "Operators and lists in use"),
                empty: lang.t("还没有信任任何其他属地。", "No other locality is trusted yet."),
                cards: desk.operators.iter().map(|card| card_view(visit, card)).collect(),
                strong: false,
            },
        ],
    }
    .render()
}

/// One operator.
pub(super) fn one(visit: &Visit, site: &Site, whole: &OperatorWhole, now: Moment) -> Html {
    let (lang, operator) = (visit.lang, &whole.shown.operator);
    let (waits, waiting, changes) = match &whole.waits {
        None => (None, None, None),
        Some((card, waiting, changes)) => (Some(card), Some(*waiting), Some(changes)),
    };
    let found = changes.and_then(|changes| changes.as_ref().ok()).map_or(&[][..], |diff| &diff.changes);
    let refused = changes.and_then(|changes| changes.as_ref().err());
    OnePage {
        shell: Shell::new(lang, operator.name.clone(), site),
        v: visit,
        lang,
        name: &operator.name,
        key: grouped(&whole.key_sm3),
        as_of: time::instant(now, lang),
        action: visit.to(&path_of(TRUSTED, &operator.id)),
        addresses: addresses(lang, [&operator.list_address, &operator.status_address, &operator.revocation_address]),
        in_use: whole.in_use.as_ref().map(|card| facts(lang, lang.t("在用的列表", "The list in use"), card)),
        in_use_sm3: whole.in_use.as_ref().map(|card| card.sm3.clone()),
        waits: waits.map(|card| facts(lang, lang.t("等待接受的列表", "The list that waits"), card)),
        sm3: waits.map(|card| card.sm3.clone()).unwrap_or_default(),
        so_far: so_far(lang, waiting),
        own: waiting.is_some_and(|waiting| waiting.own),
        decides: visit.decides_trust(),
        refused: refused.map(|error| refusal(lang, error)),
        changes: found.iter().take(MOST_CHANGES).map(|change| change_view(lang, change)).collect(),
        more: found.len().saturating_sub(MOST_CHANGES),
        member: whole.member.as_ref().map(|member| match member {
            Ok(member) => Ok(format!("{} {}", member.operator(), lang.of(&member.scope().sentence()))),
            Err(why) => Err(refusal(lang, why)),
        }),
        wider: whole.wider,
        names: whole.names.iter().map(|one| named_view(visit, one)).collect(),
        follow: visit.to(&path_of(TRUST_MEMBERS, &operator.id)),
        back: visit.to(TRUST),
    }
    .render()
}

fn named_view(visit: &Visit, named: &Named) -> NamedView {
    let pointer = &named.pointer;
    NamedView {
        address: pointer.address.to_string(),
        operator: pointer.operator.clone(),
        scope: pointer.scope.as_ref().map(|scope| visit.lang.of(&scope.sentence()).to_owned()),
        key: grouped(&hex::encode(sm3::digest(ServiceKey::from_sm2(&pointer.key).spki()))),
        known: named.known_as.as_ref().map(|id| visit.to(&path_of(TRUSTED, id))),
    }
}

/// The form of an operator to be proposed.
pub(super) fn propose(visit: &Visit, site: &Site, again: Again<'_>) -> Html {
    let lang = visit.lang;
    ProposePage {
        shell: Shell::new(lang, lang.t("提出新的运营者", "Propose an operator"), site),
        v: visit,
        lang,
        action: visit.to(TRUST_NEW),
        back: visit.to(TRUST),
        again,
    }
    .render()
}

fn so_far(lang: Lang, waiting: Option<Waiting>) -> &'static str {
    match waiting {
        None => "",
        Some(Waiting { accepted_by: 0, .. }) => lang.t("还没有人接受", "nobody accepted it yet"),
        Some(Waiting { own: true, .. }) => lang.t("您已接受，还要另一位同事", "you accepted it; a colleague is wanted"),
        Some(_) => lang.t("已有一人接受，还要一人", "one person accepted it; another is wanted"),
    }
}

fn proposal(visit: &Visit, one: &Proposal, now: Moment) -> ProposalView {
    let (lang, operator) = (visit.lang, &one.operator);
    let at = Moment::from_unix_milliseconds(operator.proposed_at).unwrap_or(now);
    let at = time::instant(at, lang);
    ProposalView {
        action: visit.to(&path_of(TRUST_PROPOSAL, &operator.id)),
        name: operator.name.clone(),
        key: grouped(&one.key_sm3()),
        by: match lang {
            Lang::Zh => format!("{} {at} 提出", one.by),
            Lang::En => format!("proposed by {}, {at}", one.by),
        },
        own: one.own,
        addresses: addresses(lang, [&operator.list_address, &operator.status_address, &operator.revocation_address]),
    }
}

fn addresses(lang: Lang, all: [&Option<String>; 3]) -> Vec<(&'static str, String)> {
    let names =
        [lang.t("列表地址", "List"), lang.t("状态服务地址", "Standing"), lang.t("吊销列表地址", "Revocation lists")];
    let none = lang.t("没有（用文件带入）", "none (by file)");
    names.into_iter().zip(all).map(|(name, address)| (name, address.as_deref().unwrap_or(none).to_owned())).collect()
}

fn waiting_card(visit: &Visit, card: &OperatorCard) -> Option<CardView> {
    let lang = visit.lang;
    let (list, waiting) = card.waits.as_ref()?;
    Some(CardView {
        href: visit.to(&path_of(TRUSTED, &card.id)),
        name: card.name.clone(),
        lines: vec![
            format!("{} {}", list.operator, list.territory),
            match lang {
                Lang::Zh => {
                    format!("第 {} 期 · {} 项服务 · {}", list.sequence, list.services, so_far(lang, Some(*waiting)))
                }
                Lang::En => {
                    format!("number {} · {} services · {}", list.sequence, list.services, so_far(lang, Some(*waiting)))
                }
            },
        ],
        pill: pill((lang.t("待接受", "To be accepted"), Family::Info, "m-wait")),
    })
}

fn card_view(visit: &Visit, card: &OperatorCard) -> CardView {
    let lang = visit.lang;
    let (lines, words) = match (&card.fault, &card.in_use) {
        (Some(fault), _) => (
            vec![refusal(lang, fault)],
            (lang.t("不能读取，不算数", "Unreadable, does not count"), Family::Refuse, "m-error"),
        ),
        (None, None) => (
            vec![lang.t("公钥已核对，还没有列表在用。", "Its key is pinned; no list is in use.").to_owned()],
            (lang.t("没有在用的列表", "None in use"), Family::Neutral, "m-unsigned"),
        ),
        (None, Some(list)) => {
            let mut lines = vec![format!("{} {}", list.operator, list.territory)];
            lines.push(match lang {
                Lang::Zh => format!(
                    "第 {} 期 · {} 项服务 · {} 签发 · {} 前应更新",
                    list.sequence,
                    list.services,
                    time::day(list.issued, lang),
                    time::day(list.next_update, lang)
                ),
                Lang::En => format!(
                    "number {} · {} services · issued {} · next update by {}",
                    list.sequence,
                    list.services,
                    time::day(list.issued, lang),
                    time::day(list.next_update, lang)
                ),
            });
            (lines, state(lang, list))
        }
    };
    CardView { href: visit.to(&path_of(TRUSTED, &card.id)), name: card.name.clone(), lines, pill: pill(words) }
}

fn state(lang: Lang, list: &ListCard) -> (&'static str, Family, &'static str) {
    if list.overdue {
        (lang.t("已过更新期限", "Update missed"), Family::Caution, "m-warn")
    } else {
        (lang.t("在用", "In use"), Family::Valid, "m-valid")
    }
}

fn facts(lang: Lang, title: &'static str, card: &ListCard) -> FactsView {
    let words =
        if card.overdue { state(lang, card) } else { (lang.t("在期限内", "In time"), Family::Valid, "m-valid") };
    FactsView {
        title,
        pill: pill(words),
        facts: vec![
            (
                lang.t("运营者（列表自称）", "Operator, as the list says"),
                format!("{} {}", card.operator, card.territory),
            ),
            (lang.t("期号", "Number"), card.sequence.to_string()),
            (lang.t("签发", "Issued"), time::instant(card.issued, lang)),
            (lang.t("下次更新", "Next update"), time::instant(card.next_update, lang)),
            (lang.t("服务", "Services"), card.services.to_string()),
        ],
        sm3: grouped(&card.sm3),
    }
}

fn change_view(lang: Lang, change: &Change) -> ChangeView {
    let words = match change.direction() {
        Direction::Comes => (lang.t("新增", "Comes"), Family::Info, "m-notyet"),
        Direction::Goes => (lang.t("删除", "Goes"), Family::Refuse, "m-revoked"),
        Direction::Changes => (lang.t("变更", "Changes"), Family::Caution, "m-warn"),
    };
    ChangeView { pill: pill(words), words: lang.of(&change.sentence()).to_owned() }
}

/// Why a list cannot be used, by its word.
fn refusal(lang: Lang, error: &TrustError) -> String {
    let zh = match error.word() {
        Some("wrong_signature" | "signature_form") => "签名不是已核对的公钥签的，或者内容被改动",
        Some("no_list" | "too_long") => "不是信任列表",
        Some("rolled_back") => "期号比在用的旧",
        Some("issued_backwards") => "签发时间早于在用的列表",
        Some("issued_in_future") => "签发时间在将来",
        Some("other_operator") => "运营者名称或地区与在用的列表不同",
        Some("other_key") => "公钥与在用的列表不同",
        Some("missed_update") => "已过更新期限",
        Some("refused_before") => "之前已经拒绝过",
        Some("not_named") => "列入它的信任列表已不再列入它",
        Some("no_scope") => "列入它的信任列表没有给出可跟随的范围",
        Some("too_deep") => "它自己也是被列入的，不再往下跟随",
        Some("cycle") => "绕回了列入它的列表",
        Some("pinned_here") => "这里已经核对过这个公钥，不会被改写",
        _ => "不能使用",
    };
    match lang {
        Lang::Zh => format!("{zh}（{}）", error.word().unwrap_or("—")),
        Lang::En => error.to_string(),
    }
}
