//! Whose trust lists are used, for the people who decide.

use crate::{
    flow::{
        access::{Permit, may},
        trust::{self, Accepted, ListCard, Named, NewOperator, OperatorCard, Proposal, TrustError, Waiting},
    },
    web::{AppState, Problem, input::Input, problem::ProblemBody},
};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use yinxin_trust::{
    sm::sm3,
    trust_list::{Diff, ServiceKey},
};

/// Operators whose key is pinned, and those that wait for it.
pub(in crate::web) const PATH: &str = "/api/v1/trust/operators";
/// One of them.
pub(in crate::web) const ONE: &str = "/api/v1/trust/operators/{id}";
/// A list that its list names, to be followed.
pub(in crate::web) const MEMBERS: &str = "/api/v1/trust/operators/{id}/members";
/// The decision on its list.
pub(in crate::web) const DECISION: &str = "/api/v1/trust/operators/{id}/decision";
/// The decision on a proposed operator.
pub(in crate::web) const PINNING: &str = "/api/v1/trust/proposals/{id}/decision";

/// A trust list.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ListFacts {
    /// The operator as the list says it.
    operator: String,
    /// Its region (GB/T 2260).
    territory: String,
    /// Its number with that operator.
    sequence: u64,
    /// When it was made.
    #[schema(format = DateTime)]
    issued: String,
    /// When the next one is due.
    #[schema(format = DateTime)]
    next_update: String,
    /// Whether that is missed.
    overdue: bool,
    /// How many services it names.
    services: usize,
    /// SM3 of its octets, hexadecimal: what people accept.
    sm3: String,
}

/// A list that waits for people.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct WaitingList {
    /// Which.
    list: ListFacts,
    /// How many people accepted it; two are wanted.
    accepted_by: usize,
    /// Whether the caller is one of them.
    own: bool,
}

/// An operator of a trust list.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct OperatorFacts {
    /// Its id.
    id: String,
    /// What it is called here.
    name: String,
    /// The list in use.
    in_use: Option<ListFacts>,
    /// The list that waits.
    waits: Option<WaitingList>,
    /// Why its lists cannot be read; none of them counts then.
    fault: Option<String>,
}

/// An operator that somebody proposed.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ProposalFacts {
    /// Its id.
    id: String,
    /// What it shall be called here.
    name: String,
    /// SM3 of its key, hexadecimal: compare it with what the operator says.
    key_sm3: String,
    /// Where its list is.
    list_address: Option<String>,
    /// Below which its register is asked.
    status_address: Option<String>,
    /// Where its revocation lists are.
    revocation_address: Option<String>,
    /// Who proposed it.
    proposed_by: String,
    /// Whether the caller did: then another pins it.
    own: bool,
}

/// Everybody.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct TrustDesk {
    /// Operators whose key is pinned, by name.
    operators: Vec<OperatorFacts>,
    /// Those that wait for a second person, by name.
    proposals: Vec<ProposalFacts>,
}

/// List whose trust lists are used
#[utoipa::path(get, path = PATH, operation_id = "listTrustOperators", tag = "trust",
    responses((status = 200, description = "All of them.", body = TrustDesk)))]
pub(in crate::web) async fn list(
    permit: Permit<may::SeeTrust>,
    state: web::Data<AppState>,
) -> Result<web::Json<TrustDesk>, Problem> {
    let desk = state.in_office(move |office, now| trust::desk(&office.store, &permit, now)).await?;
    Ok(web::Json(TrustDesk {
        operators: desk.operators.into_iter().map(Into::into).collect(),
        proposals: desk.proposals.into_iter().map(Into::into).collect(),
    }))
}

/// One change of a list.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ChangeFacts {
    /// `comes`, `goes` or `changes`.
    kind: &'static str,
    /// What, in Chinese.
    zh: String,
    /// What, in English.
    en: String,
}

/// An operator with what is to be decided on.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct OperatorDetail {
    /// Its id.
    id: String,
    /// What it is called here.
    name: String,
    /// SM3 of the pinned key, hexadecimal.
    key_sm3: String,
    /// Where its list is.
    list_address: Option<String>,
    /// Below which its register is asked.
    status_address: Option<String>,
    /// Where its revocation lists are.
    revocation_address: Option<String>,
    /// The list in use.
    in_use: Option<ListFacts>,
    /// The list that waits.
    waits: Option<WaitingList>,
    /// Whose list names it; null where its key is pinned for itself.
    named_by: Option<String>,
    /// Why it does not count any more by the list that named it.
    not_followed: Option<String>,
    /// How many services claim more than the naming list grants.
    wider: usize,
    /// What its list in use names.
    names: Vec<NamedFacts>,
    /// What it would change, the first 1000; empty where only sequence and times are others.
    changes: Vec<ChangeFacts>,
    /// How many changes there are.
    changes_in_all: usize,
    /// The word by which it could not be accepted any more, as in `docs/trust-list-format.md`.
    refused: Option<String>,
}

/// Most changes in an answer.
const MOST_CHANGES: usize = 1000;

/// Read an operator and what waits for two people
#[utoipa::path(get, path = ONE, operation_id = "readTrustOperator", tag = "trust",
    params(("id" = String, Path, description = "Id of the operator.")),
    responses(
        (status = 200, description = "The operator.", body = OperatorDetail),
        (status = 404, description = "`no_such_thing`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`trust_list_refused`: the register holds what the pinned key did not sign.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn show(
    permit: Permit<may::SeeTrust>,
    id: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<web::Json<OperatorDetail>, Problem> {
    let policy = state.trust_policy().clone();
    let whole = state.in_office(move |office, now| trust::whole(&office.store, &permit, &id, &policy, now)).await?;
    let (waits, changes) = match whole.waits {
        None => (None, Ok(Diff::default())),
        Some((card, waiting, changes)) => (Some(waiting_list(card, waiting)), changes),
    };
    let refused = changes.as_ref().err().and_then(TrustError::word).map(str::to_owned);
    let changes = changes.unwrap_or_default().changes;
    let operator = whole.shown.operator;
    let (named_by, not_followed) = match whole.member {
        None => (None, None),
        Some(Ok(member)) => (Some(member.operator().to_owned()), None),
        Some(Err(why)) => (None, Some(why.to_string())),
    };
    Ok(web::Json(OperatorDetail {
        named_by,
        not_followed,
        wider: whole.wider,
        names: whole.names.into_iter().map(Into::into).collect(),
        id: operator.id,
        name: operator.name,
        key_sm3: whole.key_sm3,
        list_address: operator.list_address,
        status_address: operator.status_address,
        revocation_address: operator.revocation_address,
        in_use: whole.in_use.map(Into::into),
        waits,
        changes_in_all: changes.len(),
        changes: changes.iter().take(MOST_CHANGES).map(change_facts).collect(),
        refused,
    }))
}

/// An operator to be proposed.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct OperatorInput {
    /// What it shall be called here, 1 to 100 characters on one line.
    name: String,
    /// Its public key, PEM (`PUBLIC KEY`), which came by another way than its list.
    key: String,
    /// Where its list is published.
    #[serde(default)]
    list_address: Option<String>,
    /// Below which its register is asked.
    #[serde(default)]
    status_address: Option<String>,
    /// Where its revocation lists are published.
    #[serde(default)]
    revocation_address: Option<String>,
}

/// A proposal that was entered.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ProposalMade {
    /// Its id, which the operator keeps.
    id: String,
}

/// Propose an operator
///
/// Nothing of it is used before a second person pins its key, and no list before two people accept it.
#[utoipa::path(post, path = PATH, operation_id = "proposeTrustOperator", tag = "trust", request_body = OperatorInput,
    responses(
        (status = 201, description = "It waits for a second person.", body = ProposalMade),
        (status = 409, description = "`name_taken`, `too_many_proposals`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`name_malformed`, `key_refused`, `address_refused`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn propose(
    permit: Permit<may::AcceptTrust>,
    state: web::Data<AppState>,
    Input(input): Input<OperatorInput>,
) -> Result<HttpResponse, Problem> {
    let made = state.in_office(move |office, now| {
        let operator = NewOperator {
            name: input.name,
            key: trust::key_in(input.key.as_bytes())?,
            list_address: input.list_address,
            status_address: input.status_address,
            revocation_address: input.revocation_address,
        };
        trust::propose_operator(&office.store, &permit, operator, now)
    });
    Ok(HttpResponse::Created().json(ProposalMade { id: made.await? }))
}

/// Which of the lists that a list names.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct MemberInput {
    /// The address by which it is named.
    address: String,
}

/// Propose to follow a list that another one names
///
/// A second person pins its key, as of every operator. It counts within the scope that the naming list grants.
#[utoipa::path(post, path = MEMBERS, operation_id = "followTrustList", tag = "trust", request_body = MemberInput,
    params(("id" = String, Path, description = "Id of the operator whose list in use names it.")),
    responses(
        (status = 201, description = "It waits for a second person.", body = ProposalMade),
        (status = 404, description = "`no_such_thing`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`name_taken`, `too_many_proposals`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`list_not_followed`: not named, without a scope, a second level, a cycle, or pinned here.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn follow(
    permit: Permit<may::AcceptTrust>,
    id: web::Path<String>,
    state: web::Data<AppState>,
    Input(input): Input<MemberInput>,
) -> Result<HttpResponse, Problem> {
    let made = state
        .in_office(move |office, now| trust::propose_member(&office.store, &permit, &id, &input.address, now))
        .await?;
    Ok(HttpResponse::Created().json(ProposalMade { id: made }))
}

/// A list that another one names.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct NamedFacts {
    /// Where it is published.
    address: String,
    /// Who keeps it, as the naming list says.
    operator: String,
    /// SM3 of its key, hexadecimal.
    key_sm3: String,
    /// Within what it may be followed, in Chinese; null where it is only pointed out.
    scope_zh: Option<String>,
    /// The same in English.
    scope_en: Option<String>,
    /// The operator here with that key.
    known_as: Option<String>,
}

/// A decision on a list.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ListDecision {
    /// `accept` or `refuse`.
    decision: ListVerb,
    /// SM3 of the list that was looked at, hexadecimal, or its first 16 digits or more.
    sm3: String,
}

/// What may be decided about a list.
#[derive(Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::web) enum ListVerb {
    /// It may be used; so it is from the second person on.
    Accept,
    /// It is not used, also where it is in use; one person is enough.
    Refuse,
}

/// What a decision came to.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ListDecided {
    /// `waits` for a second person, `in_use` or `refused`.
    state: &'static str,
}

/// Accept or refuse a list
#[utoipa::path(post, path = DECISION, operation_id = "decideTrustList", tag = "trust", request_body = ListDecision,
    params(("id" = String, Path, description = "Id of the operator.")),
    responses(
        (status = 200, description = "Decided.", body = ListDecided),
        (status = 404, description = "`no_such_thing`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`other_list`, `same_person`, `changed_meanwhile`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`trust_list_refused`, `digest_malformed`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn decide(
    permit: Permit<may::AcceptTrust>,
    id: web::Path<String>,
    state: web::Data<AppState>,
    Input(input): Input<ListDecision>,
) -> Result<web::Json<ListDecided>, Problem> {
    let policy = state.trust_policy().clone();
    let decided = state.in_office(move |office, now| {
        let (store, name) = (&office.store, trust::name_of(&office.store, &id)?);
        match input.decision {
            ListVerb::Accept => trust::accept(store, &permit, &name, &input.sm3, &policy, now).map(Some),
            ListVerb::Refuse => trust::refuse(store, &permit, &name, &input.sm3, now).map(|()| None),
        }
    });
    let state = match decided.await? {
        Some(Accepted::Waits) => "waits",
        Some(Accepted::InUse) => "in_use",
        None => "refused",
    };
    Ok(web::Json(ListDecided { state }))
}

/// A decision on a proposed operator.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct PinDecision {
    /// `pin` or `withdraw`.
    decision: PinVerb,
    /// For `pin`: SM3 of the key as the operator told it, hexadecimal, or its first 16 digits or more.
    #[serde(default)]
    key_sm3: String,
}

/// What may be decided about a proposed operator.
#[derive(Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::web) enum PinVerb {
    /// Its key is that of the operator.
    Pin,
    /// It is not added.
    Withdraw,
}

/// Pin the key of a proposed operator, or take the proposal away
#[utoipa::path(post, path = PINNING, operation_id = "pinTrustOperator", tag = "trust", request_body = PinDecision,
    params(("id" = String, Path, description = "Id of the proposal.")),
    responses(
        (status = 204, description = "Done."),
        (status = 404, description = "`no_such_thing`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`key_differs`, `name_taken`, `changed_meanwhile`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`digest_malformed`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn pin(
    permit: Permit<may::AcceptTrust>,
    id: web::Path<String>,
    state: web::Data<AppState>,
    Input(input): Input<PinDecision>,
) -> Result<HttpResponse, Problem> {
    let done = state.in_office(move |office, now| match input.decision {
        PinVerb::Pin => trust::pin(&office.store, &permit, &id, &input.key_sm3, now),
        PinVerb::Withdraw => trust::withdraw(&office.store, &permit, &id, now),
    });
    done.await?;
    Ok(HttpResponse::NoContent().finish())
}

fn waiting_list(card: ListCard, waiting: Waiting) -> WaitingList {
    WaitingList { list: card.into(), accepted_by: waiting.accepted_by, own: waiting.own }
}

fn change_facts(change: &yinxin_trust::trust_list::Change) -> ChangeFacts {
    let sentence = change.sentence();
    ChangeFacts { kind: change.direction().as_str(), zh: sentence.zh, en: sentence.en }
}

impl From<Named> for NamedFacts {
    fn from(Named { pointer, known_as }: Named) -> Self {
        let scope = pointer.scope.map(|scope| scope.sentence());
        let (scope_zh, scope_en) = scope.map(|scope| (scope.zh, scope.en)).unzip();
        Self {
            address: pointer.address.to_string(),
            operator: pointer.operator,
            key_sm3: hex::encode(sm3::digest(ServiceKey::from_sm2(&pointer.key).spki())),
            scope_zh,
            scope_en,
            known_as,
        }
    }
}

impl From<ListCard> for ListFacts {
    fn from(card: ListCard) -> Self {
        Self {
            operator: card.operator,
            territory: card.territory,
            sequence: card.sequence,
            issued: card.issued.to_string(),
            next_update: card.next_update.to_string(),
            overdue: card.overdue,
            services: card.services,
            sm3: card.sm3,
        }
    }
}

impl From<OperatorCard> for OperatorFacts {
    fn from(card: OperatorCard) -> Self {
        Self {
            id: card.id,
            name: card.name,
            in_use: card.in_use.map(Into::into),
            waits: card.waits.map(|(list, waiting)| waiting_list(list, waiting)),
            fault: card.fault.map(|fault| fault.to_string()),
        }
    }
}

impl From<Proposal> for ProposalFacts {
    fn from(proposal: Proposal) -> Self {
        let key_sm3 = proposal.key_sm3();
        let operator = proposal.operator;
        Self {
            id: operator.id,
            name: operator.name,
            key_sm3,
            list_address: operator.list_address,
            status_address: operator.status_address,
            revocation_address: operator.revocation_address,
            proposed_by: proposal.by,
            own: proposal.own,
        }
    }
}
