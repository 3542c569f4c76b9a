//! Who may stamp with a seal, to HTML.

use super::{
    HOME, SEAL, SEAL_GRANT_END, SEAL_GRANTS, SEAL_USE_RULE, SEALS, Visit,
    again::Again,
    path_of,
    views::{Html, Pill, pill},
};
use crate::{
    config::Site,
    flow::seal_uses::{Candidate, Candidates, NamedGrant},
    web::pages::{Family, mark::Mark, prefs::Lang, render::Shell, time},
};
use askama::Template;
use yinxin_trust::base::{Moment, Sentence};

/// Somebody who may stamp, or might.
pub(super) struct GrantView {
    pub(super) id: String,
    pub(super) whom: String,
    pub(super) how_many: String,
    pub(super) types: String,
    pub(super) until: String,
    pub(super) pill: Pill,
    /// Where it is taken back, while that can be done.
    pub(super) end: Option<String>,
}

/// Whether a grant is needed, and the other way round.
pub(super) struct RuleView {
    pub(super) action: String,
    /// What is asked for.
    pub(super) by_grant: bool,
    pub(super) label: &'static str,
    pub(super) text: &'static str,
}

/// What the form lets choose.
pub(super) struct Offered {
    pub(super) candidates: Candidates,
    pub(super) types: Vec<(String, Sentence)>,
}

/// Some that may be chosen: a word, and each with its value and name.
struct Group {
    title: &'static str,
    options: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "office-seal-grant.html")]
struct FormPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    action: String,
    back: String,
    groups: Vec<Group>,
    types: Vec<(String, String)>,
    again: Again<'a>,
}

/// The form of a grant.
pub(super) fn form(visit: &Visit, site: &Site, seal: &str, offered: &Offered, again: Again<'_>) -> Html {
    let (lang, Offered { candidates, types }) = (visit.lang, offered);
    let group = |title, kind: &str, all: &[Candidate]| {
        let option = |one: &Candidate| (format!("{kind}:{}", one.id), one.name.clone());
        Group { title, options: all.iter().map(option).collect() }
    };
    let groups = [
        group(lang.t("本单位工作人员", "People of this body"), "person", &candidates.people),
        group(lang.t("本单位系统", "Systems of this body"), "token", &candidates.tokens),
        group(lang.t("单位（有制发权限的全体）", "Bodies: whoever of them may issue"), "body", &candidates.bodies),
    ];
    FormPage {
        shell: Shell::new(lang, lang.t("授权用章", "Authorise to stamp"), site),
        v: visit,
        lang,
        action: visit.to(&path_of(SEAL_GRANTS, seal)),
        back: visit.to(&path_of(SEAL, seal)),
        groups: groups.into_iter().filter(|group| !group.options.is_empty()).collect(),
        types: types.iter().map(|(code, name)| (code.clone(), lang.of(name).to_owned())).collect(),
        again,
    }
    .render()
}

pub(super) fn rule(visit: &Visit, seal: &str, by_grant: bool) -> RuleView {
    let lang = visit.lang;
    let (label, text) = if by_grant {
        (
            lang.t("改为本单位有制发权限的都可以用", "Let whoever of this body may issue stamp"),
            lang.t("现在只有得到授权的人和系统能用这枚印章。", "Now only who is authorised stamps with it."),
        )
    } else {
        (
            lang.t("改为只有得到授权的才能用", "Let nobody stamp without an authorisation"),
            lang.t(
                "现在本单位有制发权限的人和系统都能用这枚印章。",
                "Now whoever of this body may issue stamps with it.",
            ),
        )
    };
    RuleView { action: visit.to(&path_of(SEAL_USE_RULE, seal)), by_grant: !by_grant, label, text }
}

pub(super) fn grant(visit: &Visit, named: &NamedGrant, now: Moment) -> GrantView {
    let (lang, grant) = (visit.lang, &named.grant);
    let kind = match grant.grantee_kind.as_str() {
        "person" => lang.t("工作人员", "Person"),
        "token" => lang.t("系统", "System"),
        _ => lang.t("单位", "Body"),
    };
    let most = grant.most.map_or_else(|| lang.t("不限次数", "any number").to_owned(), |most| most.to_string());
    let until = Moment::from_unix_milliseconds(grant.until_at).map(time::exact).unwrap_or_default();
    let now = now.unix_milliseconds();
    let words = if grant.revoked_at.is_some() {
        (lang.t("已收回", "Taken back"), Family::Neutral, "m-unsigned")
    } else if grant.until_at < now {
        (lang.t("已到期", "Ended"), Family::Neutral, "m-unsigned")
    } else if grant.most.is_some_and(|most| grant.used >= most) {
        (lang.t("已用完", "Used up"), Family::Caution, "m-warn")
    } else if grant.from_at > now {
        (lang.t("还没开始", "Not begun"), Family::Caution, "m-notyet")
    } else {
        (lang.t("可以用", "Runs"), Family::Valid, "m-valid")
    };
    let may_end = visit.keeps_seals() && grant.revoked_at.is_none() && grant.until_at >= now;
    let codes: Vec<String> = serde_json::from_slice(&grant.types).unwrap_or_default();
    GrantView {
        id: grant.id.clone(),
        whom: format!("{kind} {}", named.whom),
        how_many: match lang {
            Lang::Zh => format!("已用 {} / {most} · {}", grant.used, grant.document_number),
            Lang::En => format!("used {} of {most} · {}", grant.used, grant.document_number),
        },
        types: if codes.is_empty() {
            lang.t("所有证照类型", "every licence type").to_owned()
        } else {
            codes.join("、")
        },
        until: match lang {
            Lang::Zh => format!("到 {until}"),
            Lang::En => format!("until {until}"),
        },
        pill: pill(words),
        end: may_end.then(|| {
            // the pattern names the seal first, then the grant
            let of_seal = path_of(SEAL_GRANT_END, &grant.seal_id);
            visit.to(&path_of(&of_seal, &grant.id))
        }),
    }
}
