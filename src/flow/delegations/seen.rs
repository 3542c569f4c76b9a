//! What principals, agents and those to whom is shown see of delegations.

use super::{DelegationError, MOST, party_of, reaches, rows::Mandated, value_of};
use crate::{
    flow::{access::Holder, holders::holdings, issue::IssueError, issuer::Issuer, presentations, uses},
    store::{
        Conn, copies, delegations, delegations::Delegation as Row, holders::Account, licences, uses as stored_uses,
    },
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    delegation::{Basis, Delegation, Party, Scope, State},
    licence::{catalogue::Mask, metadata::HolderCodeType, state::State as LicenceState},
};

/// Most uses and refusals of a delegation that are shown, the latest.
const USES: u32 = 50;

/// Who shows a licence of somebody else, and by what right: what the one sees to whom it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AgentShown {
    /// Id of the delegation.
    pub delegation: String,
    /// 委托人: whose licence it is; of people the greater part is starred.
    pub principal: String,
    /// 代办人: who shows it; of people the greater part is starred.
    pub agent: String,
    /// The last four characters of the agent's document, to compare with it; absent where it is short.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub agent_code_end: Option<String>,
    /// `online`, `identity_card`, `letter`, `minor`, `ward` or `organisation`; nothing is shown by others.
    #[schema(value_type = String)]
    pub basis: &'static str,
    /// The same in Chinese.
    #[schema(value_type = String)]
    pub basis_name: &'static str,
    /// Whether it rests on a paper, which is weaker than a principal who signed in.
    pub weaker: bool,
    /// 只能办: the one matter; absent where a guardian does whatever the ward could.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub matter: Option<String>,
    /// 只能看: the licences of the scope and what of each; empty where a guardian may show whatever the ward could. Absent
    /// where it was not asked for: who looks without redeeming sees what is shown and no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub licences: Option<Vec<ScopeShown>>,
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub first_day: Day,
    /// Last day.
    #[schema(value_type = String, format = Date)]
    pub last_day: Day,
}

/// A licence of a scope, as the one sees it to whom is shown: what it is and not which, since it may not be the one that
/// is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ScopeShown {
    /// 证照类型名称.
    pub type_name: String,
    /// Titles of the fields that may be shown of it.
    pub fields: Vec<String>,
}

/// A licence that a delegation covers, and what of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    /// 电子证照标识 of the version that counts.
    pub identifier: String,
    /// What the type is called.
    pub type_title: Sentence,
    /// What it is today.
    pub state: LicenceState,
    /// Titles of the fields; none for all that can be shown.
    pub fields: Option<Vec<String>>,
}

/// A delegation, as one of its two parties sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DelegationCard {
    /// Its id.
    pub id: String,
    /// What it rests on.
    pub basis: Basis,
    /// What it is today.
    pub state: State,
    /// What the one who looks is to it.
    pub party: Party,
    /// Whose licences.
    pub principal: String,
    /// Who shows them.
    pub agent: String,
    /// For what; none for everything.
    pub matter: Option<String>,
    /// Whether the agent may have annotated copies made for that.
    pub copies: bool,
    /// First day.
    pub first: Day,
    /// Last day.
    pub last: Day,
    /// Which licences; empty where everything is covered and nobody looks closer.
    pub covered: Vec<Covered>,
    /// When it was given or entered.
    pub opened_at: Moment,
    /// When somebody ended it.
    pub ended_at: Option<Moment>,
}

/// The delegations of a holder.
#[derive(Clone, Debug)]
pub struct Delegations {
    /// By which others show the holder's licences; those that wait or work before the others.
    pub given: Vec<DelegationCard>,
    /// By which the holder shows licences of others.
    pub received: Vec<DelegationCard>,
    /// When it was read.
    pub as_of: Moment,
}

/// What was shown by a delegation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedBy {
    /// The body, as it was called then, that saw it; of an annotated copy, who will use it.
    pub body: String,
    /// At which window.
    pub window: Option<String>,
    /// What the licence's type is called.
    pub type_title: Sentence,
    /// The annotated copy that the agent had made; else a code was scanned.
    pub copy: Option<CopyBy>,
    /// When.
    pub at: Moment,
}

/// An annotated copy that an agent had made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyBy {
    /// Its id.
    pub id: String,
    /// Whether there is a file of it: until it may be used no more.
    pub has_file: bool,
}

/// What a delegation was to be used for and is not for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The body, as it was called then, that asked.
    pub body: String,
    /// For what.
    pub purpose: String,
    /// Whether it was another matter; else it did not work any more.
    pub other_matter: bool,
    /// When.
    pub at: Moment,
}

/// A delegation with what was done by it.
#[derive(Clone, Debug)]
pub struct WholeDelegation {
    /// The delegation.
    pub card: DelegationCard,
    /// The latest uses, the newest first.
    pub uses: Vec<UsedBy>,
    /// The latest refusals, the newest first.
    pub refusals: Vec<Refused>,
    /// When it was read.
    pub as_of: Moment,
}

impl AgentShown {
    pub(super) fn of(row: &Row, value: &Delegation, agent: &Account) -> Self {
        let (first_day, last_day) = value.days();
        let count = agent.code.chars().count();
        let end = agent.code.chars().skip(count.saturating_sub(4)).collect();
        Self {
            delegation: row.id.clone(),
            principal: starred(&row.principal_kind, &row.principal_name),
            agent: starred(&agent.code_kind, &agent.name),
            agent_code_end: (count > 8).then_some(end),
            basis: value.basis().as_str(),
            basis_name: basis_name(value.basis()),
            weaker: value.basis().is_weaker(),
            matter: row.matter.clone(),
            licences: None,
            first_day,
            last_day,
        }
    }
}

/// What delegations cover, by their ids, for those to whom is shown by them: the licences of all are read at once.
///
/// # Errors
/// What the register or a stored record says.
pub(in crate::flow) fn scopes_shown(
    issuer: &Issuer,
    ids: &BTreeSet<String>,
    now: Moment,
) -> Result<HashMap<String, Vec<ScopeShown>>, IssueError> {
    issuer.store.read(|conn| {
        let gone = || IssueError::Record("a code without its delegation, or one without its licence".to_owned());
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.push((id, Mandated::find(conn, id)?.ok_or_else(gone)?));
        }
        let covered = found.iter().filter_map(|(_, found)| match found.value.scope() {
            Scope::These { fields, .. } => Some(fields.keys().map(AsRef::as_ref)),
            _ => None,
        });
        let held = holdings::by_ids(conn, issuer, &covered.flatten().collect::<Vec<_>>())?;
        let shown = found.iter().map(|(id, found)| {
            let Scope::These { fields, .. } = found.value.scope() else { return Ok(((*id).clone(), Vec::new())) };
            let each = fields.iter().map(|(licence, names)| {
                let offer = presentations::Offer::of(held.get(&**licence).ok_or_else(gone)?, now)?;
                let titles = offer.fields.into_iter().filter(|field| names.contains(field.name.as_str()));
                Ok(ScopeShown { type_name: offer.type_title.zh, fields: titles.map(|field| field.title).collect() })
            });
            Ok(((*id).clone(), each.collect::<Result<_, IssueError>>()?))
        });
        shown.collect()
    })
}

/// The name of an organisation whole, of a person most of it starred.
fn starred(code_kind: &str, name: &str) -> String {
    let is_organisation = HolderCodeType::of_code(code_kind).is_some_and(HolderCodeType::is_organisation);
    if is_organisation { name.to_owned() } else { Mask::NAME.apply(name) }
}

/// What a basis is called, with its weakness where it has one.
pub const fn basis_name(basis: Basis) -> &'static str {
    match basis {
        Basis::Online => "本人线上授权",
        Basis::IdentityCard => "书面委托（窗口核对身份证），比线上授权弱",
        Basis::Letter => "书面委托（挂号信），比线上授权弱",
        Basis::Minor => "未成年人的监护人",
        Basis::Ward => "监护人，按决定",
        Basis::Organisation => "单位指派",
        Basis::Administrator => "单位管理员",
    }
}

/// The delegations that a holder gave and those that they hold, at most [`MOST`] of each.
///
/// # Errors
/// What the register or a stored record says.
pub fn of(issuer: &Issuer, holder: &Holder) -> Result<Delegations, IssueError> {
    let as_of = issuer.clock.now()?;
    issuer.store.read(|conn| {
        let (kind, code) = holder.code();
        let given = delegations::of_principal(conn, kind, code, MOST)?;
        let received = delegations::of_agent(conn, holder.id(), MOST)?;
        let mut licences = Licences::default();
        let mut cards = |rows: Vec<(Row, Account)>, party| {
            let cards = rows.into_iter().map(|(row, agent)| {
                let value = value_of(&row)?;
                licences.card(conn, issuer, &Mandated { value, row, agent }, party, as_of)
            });
            let mut cards = cards.collect::<Result<Vec<_>, IssueError>>()?;
            cards.sort_by_key(|card| matches!(card.state, State::Ended(_)));
            Ok::<_, IssueError>(cards)
        };
        Ok(Delegations { given: cards(given, Party::Principal)?, received: cards(received, Party::Agent)?, as_of })
    })
}

/// One delegation with what was done by it, for either party. Where everything is covered, the agent sees which
/// licences there are.
///
/// # Errors
/// [`DelegationError::NotFound`] also for one of others.
pub fn one(issuer: &Issuer, holder: &Holder, id: &str) -> Result<WholeDelegation, DelegationError> {
    let as_of = issuer.clock.now()?;
    issuer.store.read(|conn| {
        let found = Mandated::find(conn, id)?.ok_or(DelegationError::NotFound)?;
        let party = party_of(conn, &found.row, holder, Day::in_beijing_at(as_of)?)?.ok_or(DelegationError::NotFound)?;
        let mut card = Licences::default().card(conn, issuer, &found, party, as_of)?;
        if *found.value.scope() == Scope::Everything && card.state == State::InForce {
            card.covered = everything(conn, issuer, &found, as_of)?;
        }
        let uses = stored_uses::of_delegation(conn, id, USES)?;
        let copied: Vec<&str> = uses.iter().filter_map(|(used, ..)| used.copy_id.as_deref()).collect();
        let usable = copies::usable_of(conn, &copied, as_of.unix_milliseconds())?;
        let uses = uses.into_iter().map(|(used, version, licence)| {
            let kind = issuer.types.exactly(conn, &licence.type_code, version.entry_revision, version.face_version)?;
            let (at, type_title) = (uses::moment(used.at)?, kind.title());
            let body = uses::user_at(conn, (&used.body_id, used.used_by.as_deref()), at)?;
            let copy = used.copy_id.map(|id| CopyBy { has_file: usable.contains(&id), id });
            Ok(UsedBy { body, window: used.window_name, type_title, copy, at })
        });
        let uses = uses.collect::<Result<_, IssueError>>()?;
        let refusals = delegations::refusals_of(conn, id, USES)?.into_iter().map(|one| {
            let at = uses::moment(one.at)?;
            let body = uses::user_at(conn, (&one.body_id, one.used_by.as_deref()), at)?;
            Ok(Refused { body, purpose: one.purpose, other_matter: one.reason == presentations::OTHER_MATTER, at })
        });
        let refusals = refusals.collect::<Result<_, IssueError>>()?;
        Ok(WholeDelegation { card, uses, refusals, as_of })
    })
}

/// Every licence of a principal that a guardian may show, in force or not.
fn everything(conn: &mut Conn, issuer: &Issuer, found: &Mandated, now: Moment) -> Result<Vec<Covered>, IssueError> {
    let (kind, code) = found.principal();
    let today = Day::in_beijing_at(now)?;
    let mut kept = Vec::new();
    for (licence, _) in licences::of_holder(conn, kind, code, holdings::MOST)? {
        if reaches(conn, found, &licence.body_id, today)? {
            kept.push(licence);
        }
    }
    kept.into_iter()
        .map(|licence| {
            let offer = presentations::Offer::of(&holdings::whole(conn, issuer, licence)?, now)?;
            let (identifier, type_title, state) = (offer.identifier, offer.type_title, offer.standing.state);
            Ok(Covered { identifier, type_title, state, fields: None })
        })
        .collect()
}

/// Licences that were looked up, by id: several delegations are of the same ones.
#[derive(Default)]
pub(super) struct Licences(HashMap<String, presentations::Offer>);

impl Licences {
    pub(super) fn card(
        &mut self,
        conn: &mut Conn,
        issuer: &Issuer,
        found: &Mandated,
        party: Party,
        now: Moment,
    ) -> Result<DelegationCard, IssueError> {
        let Mandated { value, row, agent } = found;
        let (first, last) = value.days();
        let mut covered = Vec::new();
        if let Scope::These { fields, .. } = value.scope() {
            for (id, names) in fields {
                let offer = self.offer(conn, issuer, id, now)?;
                let titles = offer.fields.iter().filter(|field| names.contains(field.name.as_str()));
                covered.push(Covered {
                    identifier: offer.identifier.clone(),
                    type_title: offer.type_title.clone(),
                    state: offer.standing.state,
                    fields: Some(titles.map(|field| field.title.clone()).collect()),
                });
            }
        }
        Ok(DelegationCard {
            id: row.id.clone(),
            basis: value.basis(),
            state: value.state(Day::in_beijing_at(now)?),
            party,
            principal: row.principal_name.clone(),
            agent: agent.name.clone(),
            matter: row.matter.clone(),
            copies: value.scope().names_copies(),
            first,
            last,
            covered,
            opened_at: value.opened().at,
            ended_at: value.ended().map(|(_, step)| step.at),
        })
    }

    fn offer(
        &mut self,
        conn: &mut Conn,
        issuer: &Issuer,
        id: &str,
        now: Moment,
    ) -> Result<&presentations::Offer, IssueError> {
        if !self.0.contains_key(id) {
            let gone = || IssueError::Record("a delegation of a licence that is not there".to_owned());
            let licence = licences::shown(conn, id)?.ok_or_else(gone)?;
            let offer = presentations::Offer::of(&holdings::whole(conn, issuer, licence)?, now)?;
            self.0.insert(id.to_owned(), offer);
        }
        self.0.get(id).ok_or_else(|| IssueError::Record("a licence".to_owned()))
    }
}
