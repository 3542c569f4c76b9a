//! Delegations on pages: principal, agent and scope in one panel, wherever they show.

use super::{prefs::Lang, state::Family};
use crate::flow::delegations::{AgentShown, Covered, DelegationCard, ScopeShown, basis_name};
use yinxin_trust::{
    base::Day,
    delegation::{Basis, End, Settler, State},
};

/// Licences of a scope that have a line of their own at a window.
const LINES: usize = 3;

/// The panel of a delegation.
pub(super) struct AgentView {
    /// Amber where it rests on a paper, or does not permit what was asked.
    pub(super) tone: &'static str,
    pub(super) principal: String,
    pub(super) agent: String,
    pub(super) matter: String,
    /// A line for each licence; none where the rest of the page says what is seen.
    pub(super) fields: Vec<String>,
    /// Whether its parties may know of annotated copies, and there may be.
    pub(super) copies: bool,
    pub(super) period: String,
    pub(super) basis: &'static str,
    /// The way to doing the matter that the delegation is for.
    pub(super) instead: Option<String>,
}

impl AgentView {
    /// As those see it to whom is shown.
    pub(super) fn of(agent: &AgentShown, lang: Lang) -> Self {
        let agent_name = match (&agent.agent_code_end, lang) {
            (Some(end), Lang::Zh) => format!("{}（尾号 {end}）", agent.agent),
            (Some(end), Lang::En) => format!("{} (…{end})", agent.agent),
            (None, _) => agent.agent.clone(),
        };
        Self {
            tone: if agent.weaker { "caution" } else { "info" },
            principal: agent.principal.clone(),
            agent: agent_name,
            matter: matter(agent.matter.as_deref(), lang),
            fields: agent.licences.as_deref().map(|all| scope(all, lang)).unwrap_or_default(),
            copies: false,
            period: period(agent.first_day, agent.last_day, lang),
            basis: Basis::of_word(agent.basis).map_or(agent.basis_name, |basis| self::basis(basis, lang)),
            instead: None,
        }
    }

    /// As its parties see it.
    pub(super) fn of_card(card: &DelegationCard, lang: Lang) -> Self {
        let line = |covered: &Covered| {
            let title = lang.of(&covered.type_title);
            let fields = covered.fields.as_ref().map(|fields| fields.join(lang.t("、", ", ")));
            match (fields, lang) {
                (Some(fields), Lang::Zh) => format!("{title}：{fields}"),
                (Some(fields), Lang::En) => format!("{title}: {fields}"),
                (None, _) => title.to_owned(),
            }
        };
        let fields = match (&card.matter, card.basis) {
            (Some(_), _) => card.covered.iter().map(line).collect(),
            (None, Basis::Administrator) => Vec::new(),
            (None, _) => vec![everything(lang)],
        };
        let matter = match card.basis {
            Basis::Administrator => {
                lang.t("指派和收回本单位的经办人，自己不出示证照", "appointing staff; shows nothing").to_owned()
            }
            _ => matter(card.matter.as_deref(), lang),
        };
        Self {
            tone: if card.basis.is_weaker() { "caution" } else { "info" },
            principal: card.principal.clone(),
            agent: card.agent.clone(),
            matter,
            fields,
            copies: card.copies,
            period: period(card.first, card.last, lang),
            basis: basis(card.basis, lang),
            instead: None,
        }
    }
}

/// A line for each licence of a scope; of many the first, and how many more there are.
fn scope(licences: &[ScopeShown], lang: Lang) -> Vec<String> {
    if licences.is_empty() {
        return vec![everything(lang)];
    }
    let line = |one: &ScopeShown| {
        let fields = one.fields.join(lang.t("、", ", "));
        match lang {
            Lang::Zh => format!("{}：{fields}", one.type_name),
            Lang::En => format!("{}: {fields}", one.type_name),
        }
    };
    let more = licences.len().saturating_sub(LINES);
    let rest = (more > 0).then(|| match lang {
        Lang::Zh => format!("还有 {more} 张证照"),
        Lang::En => format!("and {more} more"),
    });
    licences.iter().take(LINES).map(line).chain(rest).collect()
}

fn everything(lang: Lang) -> String {
    lang.t("登记机关保管的本人全部证照", "every licence of the ward that the body keeps").to_owned()
}

fn matter(matter: Option<&str>, lang: Lang) -> String {
    matter.unwrap_or(lang.t("本人能办的各种事", "whatever the ward could do")).to_owned()
}

fn period(first: Day, last: Day, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{first} 至 {last}"),
        Lang::En => format!("{first} to {last}"),
    }
}

/// What it rests on, with its weakness where it has one.
pub(super) fn basis(basis: Basis, lang: Lang) -> &'static str {
    let en = match basis {
        Basis::Online => "given online by the principal",
        Basis::IdentityCard => "on paper, identity card seen at a window: weaker than online",
        Basis::Letter => "on paper, by registered letter: weaker than online",
        Basis::Minor => "guardian of a minor",
        Basis::Ward => "guardian by a decision",
        Basis::Organisation => "appointed by the organisation",
        Basis::Administrator => "administrator of the organisation",
    };
    lang.t(basis_name(basis), en)
}

/// The word of a state, with its family and mark.
pub(super) fn state(card: &DelegationCard, lang: Lang) -> (&'static str, Family, &'static str) {
    let over = |word| (word, Family::Neutral, "m-cannot");
    match card.state {
        State::Waiting if card.basis.settler() == Settler::Agent => {
            (lang.t("待代办人接受", "waits for the agent"), Family::Info, "m-standing")
        }
        State::Waiting => (lang.t("待复核", "to be decided"), Family::Info, "m-standing"),
        State::NotYet => (lang.t("未到期限", "not yet"), Family::Caution, "m-notyet"),
        State::InForce => (lang.t("有效", "in force"), Family::Valid, "m-valid"),
        State::Ended(End::Declined) => over(lang.t("未接受", "declined")),
        State::Ended(End::Refused) => over(lang.t("不予登记", "refused")),
        State::Ended(End::Revoked) => over(lang.t("已收回", "taken back")),
        State::Ended(End::LaidDown) => over(lang.t("已辞去", "laid down")),
        State::Ended(End::Expired) => (lang.t("已到期", "ended"), Family::Caution, "m-expired"),
    }
}
