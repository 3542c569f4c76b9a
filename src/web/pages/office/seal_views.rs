//! From what is known of seals to HTML.

use super::{
    HOME, SEAL, SEAL_ACTS, SEAL_DECISION, SEAL_FILING, SEAL_NEW, SEALS, Visit,
    again::Again,
    path_of,
    seal_grant_views::{self, GrantView, RuleView},
    seal_grants,
    seals::list_address,
    views::{Html, Pill, pill},
};
use crate::{
    config::Site,
    flow::{
        seal_lives::{Done, Keep, SealCard, SealDesk, SealHistory},
        seal_uses::NamedGrant,
    },
    web::{
        api::seal_grants::LEDGER,
        pages::{Family, mark::Mark, prefs::Lang, render::Shell, time},
    },
};
use askama::Template;
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    seal::life::{ActKind, End, State},
};

struct CardView {
    href: String,
    name: String,
    code: String,
    meta: String,
    pill: Pill,
}

struct Section {
    title: &'static str,
    empty: &'static str,
    cards: Vec<CardView>,
    strong: bool,
}

#[derive(Template)]
#[template(path = "office-seals.html")]
struct ListPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    keeps: bool,
    apply: String,
    as_of: String,
    due: Vec<(String, String, String)>,
    sections: Vec<Section>,
    ledger: &'static str,
    from: String,
    to: String,
}

struct DoneView {
    word: String,
    when: String,
    ground: String,
}

/// What may be done now.
struct FormView {
    action: String,
    title: &'static str,
    text: &'static str,
    /// Whether reason and document are asked for.
    grounds: bool,
    choices: Vec<(&'static str, &'static str, &'static str)>,
    /// Name, value, label, and whether it is the main one.
    buttons: Vec<(&'static str, &'static str, &'static str, bool)>,
}

#[derive(Template)]
#[template(path = "office-seal.html")]
struct SealPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    whole: &'a SealHistory,
    pill: Pill,
    as_of: String,
    since: String,
    until: Option<String>,
    done: Vec<DoneView>,
    documents: Vec<(String, String, String)>,
    grants: Vec<GrantView>,
    /// Where somebody is authorised.
    grant: Option<String>,
    rule: Option<RuleView>,
    own: bool,
    made_apart: bool,
    renew: Option<String>,
    form: Option<FormView>,
    back: String,
}

#[derive(Template)]
#[template(path = "office-seal-new.html")]
struct ApplyPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    title: &'static str,
    action: String,
    again: Again<'a>,
    renews: Option<String>,
    types: Vec<(String, String)>,
}

/// The seals of a body.
pub(super) fn list(visit: &Visit, site: &Site, desk: &SealDesk, now: Moment) -> Html {
    let lang = visit.lang;
    let section = |title, empty, cards: &[SealCard], strong| {
        let cards = cards.iter().map(|card| card_view(visit, card)).collect();
        Section { title, empty, cards, strong }
    };
    let due = desk.seals.iter().filter(|card| card.renewal_due).map(|card| {
        let until = card.standing.until.map(|until| time::day(until, lang)).unwrap_or_default();
        let until = match lang {
            Lang::Zh => format!("{until}到期"),
            Lang::En => format!("until {until}"),
        };
        (visit.to(&path_of(SEAL, &card.id)), card.name.clone(), until)
    });
    let today = Day::in_beijing_at(now).ok();
    ListPage {
        shell: Shell::new(lang, lang.t("印章", "Seals"), site),
        v: visit,
        lang,
        keeps: visit.keeps_seals(),
        apply: visit.to(SEAL_NEW),
        as_of: time::instant(now, lang),
        due: due.collect(),
        sections: vec![
            section(
                lang.t("待审核的申请", "To be decided on"),
                lang.t("没有待审核的印章申请。", "No application waits."),
                &desk.waiting,
                true,
            ),
            section(lang.t("待制作、待备案", "To be made or filed"), lang.t("没有。", "None."), &desk.under_way, true),
            section(
                lang.t("在用和停用的印章", "In use or suspended"),
                lang.t("还没有印章。", "There is no seal yet."),
                &desk.seals,
                false,
            ),
            section(lang.t("已终止", "Ended"), lang.t("没有。", "None."), &desk.ended, false),
        ],
        ledger: LEDGER,
        from: today.map(|day| format!("{}-01", day.to_string().get(..7).unwrap_or_default())).unwrap_or_default(),
        to: today.and_then(Day::next).map(|day| day.to_string()).unwrap_or_default(),
    }
    .render()
}

/// One seal.
pub(super) fn one(visit: &Visit, site: &Site, whole: &SealHistory, grants: &[NamedGrant], now: Moment) -> Html {
    let (lang, card) = (visit.lang, &whole.card);
    let documents = whole.documents.iter().map(|document| {
        let address = format!("{}/documents/{}", path_of(SEAL, &card.id), document.position);
        (visit.to(&address), document.name.clone(), hex::encode(&document.sm3))
    });
    let decides = visit.keeps_seals() || visit.is_approver();
    let keeps_it = visit.keeps_seals() && matches!(card.standing.state, State::InUse | State::Suspended);
    SealPage {
        shell: Shell::new(lang, card.name.clone(), site),
        v: visit,
        lang,
        whole,
        pill: pill(state(card.standing.state, lang)),
        as_of: time::instant(now, lang),
        since: time::exact(card.standing.since),
        until: card.standing.until.map(time::exact),
        done: whole.done.iter().map(|done| done_view(done, lang)).collect(),
        documents: documents.collect(),
        grants: grants.iter().map(|grant| seal_grant_views::grant(visit, grant, now)).collect(),
        grant: keeps_it.then(|| seal_grants::address(visit, &card.id)),
        rule: keeps_it.then(|| seal_grant_views::rule(visit, &card.id, card.by_grant)),
        own: card.own && decides && card.standing.state == State::Applied,
        made_apart: card.standing.state == State::Approved,
        renew: visit.keeps_seals().then(|| {
            let address = visit.to(SEAL_NEW);
            let joint = if address.contains('?') { '&' } else { '?' };
            format!("{address}{joint}renews={}", card.id)
        }),
        form: form(visit, card, decides),
        back: list_address(visit),
    }
    .render()
}

/// The form of an application.
pub(super) fn apply(
    visit: &Visit,
    site: &Site,
    types: &[(String, Sentence)],
    renews: Option<String>,
    again: Again<'_>,
) -> Html {
    let lang = visit.lang;
    let title = match renews {
        None => lang.t("申请印章", "Apply for a seal"),
        Some(_) => lang.t("申请换发印章", "Apply for a remade seal"),
    };
    ApplyPage {
        shell: Shell::new(lang, title, site),
        v: visit,
        lang,
        title,
        action: visit.to(SEAL_NEW),
        again,
        renews,
        types: types.iter().map(|(code, name)| (code.clone(), lang.of(name).to_owned())).collect(),
    }
    .render()
}

fn form(visit: &Visit, card: &SealCard, decides: bool) -> Option<FormView> {
    let lang = visit.lang;
    match card.standing.state {
        State::Applied if decides && !card.own => Some(FormView {
            action: visit.to(&path_of(SEAL_DECISION, &card.id)),
            title: lang.t("您的决定", "Your decision"),
            text: lang.t(
                "核准后才能制作。请先看申请材料。",
                "It is made only once it is approved. Look at the documents first.",
            ),
            grounds: true,
            choices: Vec::new(),
            buttons: vec![
                ("decision", "approve", lang.t("核准", "Approve"), true),
                ("decision", "refuse", lang.t("不予核准", "Refuse"), false),
            ],
        }),
        State::Made if visit.keeps_seals() => Some(FormView {
            action: visit.to(&path_of(SEAL_FILING, &card.id)),
            title: lang.t("备案启用", "File it"),
            text: lang
                .t("备案后立即启用；换发的，旧章同时停止使用。", "It is in use at once; the seal that it renews ends."),
            grounds: false,
            choices: Vec::new(),
            buttons: vec![("", "", lang.t("备案启用", "File and use"), true)],
        }),
        State::InUse | State::Suspended | State::Made | State::Approved | State::Ended(_) if visit.keeps_seals() => {
            let choices = choices(card.standing.state, lang);
            (!choices.is_empty()).then(|| FormView {
                action: visit.to(&path_of(SEAL_ACTS, &card.id)),
                title: lang.t("办理变动", "Act upon it"),
                text: lang.t(
                    "立即生效并对外可查；之前盖的章不受停用、注销影响。",
                    "It works at once and everybody may ask; stamps from before a suspension or cancellation stay good.",
                ),
                grounds: true,
                choices,
                buttons: vec![("", "", lang.t("办理", "Record"), true)],
            })
        }
        _ => None,
    }
}

/// What may be done in a state: word, name, and what it does.
fn choices(state: State, lang: Lang) -> Vec<(&'static str, &'static str, &'static str)> {
    let one = |keep: Keep| match keep {
        Keep::Suspend => {
            ("suspend", lang.t("停用", "Suspend"), lang.t("暂时不能用，可以恢复", "out of use for a time"))
        }
        Keep::Resume => ("resume", lang.t("恢复", "Resume"), lang.t("结束停用", "ends a suspension")),
        Keep::Cancel => ("cancel", lang.t("注销", "Cancel"), lang.t("不能恢复", "for good")),
        Keep::Invalidate => (
            "invalidate",
            lang.t("标记无效", "Mark invalid"),
            lang.t(
                "违规制作或使用；从制作起盖的章都不算数",
                "made or used against the rules: no stamp from its making on counts",
            ),
        ),
    };
    let keeps: &[Keep] = match state {
        State::Approved => &[Keep::Cancel],
        State::InUse => &[Keep::Suspend, Keep::Cancel, Keep::Invalidate],
        State::Suspended => &[Keep::Resume, Keep::Cancel, Keep::Invalidate],
        State::Ended(End::Expired) => &[Keep::Cancel, Keep::Invalidate],
        State::Ended(End::Superseded | End::Cancelled) => &[Keep::Invalidate],
        _ => &[],
    };
    keeps.iter().copied().map(one).collect()
}

fn card_view(visit: &Visit, card: &SealCard) -> CardView {
    let lang = visit.lang;
    let since = time::instant(card.standing.since, lang);
    let mut meta = match lang {
        Lang::Zh => format!("{since} 起"),
        Lang::En => format!("since {since}"),
    };
    if let Some(until) = card.standing.until {
        let until = time::day(until, lang);
        meta.push_str(&match lang {
            Lang::Zh => format!(" · 有效期至 {until}"),
            Lang::En => format!(" · valid until {until}"),
        });
    }
    if card.own {
        meta.push_str(lang.t(" · 您提出的", " · applied for by you"));
    }
    CardView {
        href: visit.to(&path_of(SEAL, &card.id)),
        name: card.name.clone(),
        code: card.es_id.clone(),
        meta,
        pill: pill(state(card.standing.state, lang)),
    }
}

fn done_view(done: &Done, lang: Lang) -> DoneView {
    let act = &done.act;
    let (recorded, from) = (time::exact(act.recorded_at), time::exact(act.effective_from));
    let when = match lang {
        Lang::Zh => format!("{} {recorded} 登记，{from} 起生效", done.by),
        Lang::En => format!("recorded {recorded} by {}, effective {from}", done.by),
    };
    let number = &act.ground.document_number;
    let joint = if number.is_empty() { "" } else { " · " };
    DoneView { word: word(&act.kind, lang).to_owned(), when, ground: format!("{number}{joint}{}", act.ground.reason) }
}

fn word(kind: &ActKind, lang: Lang) -> &'static str {
    let en = match kind {
        ActKind::Apply => "Application",
        ActKind::Approve => "Approval",
        ActKind::Refuse => "Refusal",
        ActKind::Make { .. } => "Making",
        ActKind::File => "Filing",
        ActKind::Found { .. } => "Founding",
        ActKind::Suspend => "Suspension",
        ActKind::Resume => "Resumption",
        ActKind::Renew { .. } => "Renewal by another",
        ActKind::Cancel => "Cancellation",
        ActKind::Invalidate => "Marked invalid",
    };
    lang.t(kind.chinese(), en)
}

fn state(state: State, lang: Lang) -> (&'static str, Family, &'static str) {
    let (en, family, mark) = match state {
        State::Applied => ("To be decided on", Family::Info, "m-wait"),
        State::Approved => ("To be made", Family::Caution, "m-warn"),
        State::Made => ("To be filed", Family::Caution, "m-warn"),
        State::InUse => ("In use", Family::Valid, "m-valid"),
        State::Suspended => ("Suspended", Family::Refuse, "m-suspended"),
        State::Ended(End::Refused) => ("Refused", Family::Neutral, "m-unsigned"),
        State::Ended(End::Expired) => ("Expired", Family::Caution, "m-expired"),
        State::Ended(End::Superseded) => ("Renewed by another", Family::Neutral, "m-unsigned"),
        State::Ended(End::Cancelled) => ("Cancelled", Family::Refuse, "m-revoked"),
        State::Ended(End::Invalid) => ("Invalid", Family::Refuse, "m-sealbad"),
    };
    (lang.t(state.chinese(), en), family, mark)
}

#[cfg(test)]
mod tests {
    use super::super::seals::TYPE_FIELD;

    #[test]
    fn the_form_sends_types_under_the_name_that_is_read() {
        let page = include_str!("../templates/office-seal-new.html");
        let grant = include_str!("../templates/office-seal-grant.html");
        for page in [page, grant] {
            assert!(page.contains(&format!("name=\"{TYPE_FIELD}{{{{ code }}}}\"")));
        }
    }
}
