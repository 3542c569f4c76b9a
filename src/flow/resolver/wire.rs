//! What goes over the line, and what is signed of it.
//!
//! A question is signed over the line `yinxin-code-question/1` and its octets, an answer over the line
//! `yinxin-code-answer/1`, a line with the SM3 of the octets of its question, and its own octets: an answer to one
//! question is none to another.

use crate::flow::{
    delegations::{AgentShown, ScopeShown, basis_name},
    standing::PublicField,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use yinxin_trust::{
    base::{Day, Moment},
    delegation::Basis,
    licence::Expiry,
    sm::sm3,
    trust_list::ServiceKey,
};

/// First line of what is signed of a question, and its `format`.
pub(super) const QUESTION: &str = "yinxin-code-question/1";
/// And of an answer.
pub(super) const ANSWER: &str = "yinxin-code-answer/1";

/// Longest code, characters.
pub(super) const LONGEST_CODE: usize = 512;
/// Longest names of bodies, platforms, holders and windows.
const LONGEST_NAME: usize = 200;
/// Longest purpose.
pub(super) const LONGEST_PURPOSE: usize = 200;
/// Most fields of a licence that is shown, and most types that a consent names.
const MOST: usize = 200;

/// What is asked about a code.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CodeQuestion)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// `yinxin-code-question/1`.
    pub format: String,
    /// The code as it was scanned, whole: 1 to 512 visible characters of ASCII. Never in an address.
    #[schema(min_length = 1, max_length = 512)]
    pub code: String,
    /// 8 to 64 of letters, digits and `._-`: whoever repeats it before the code ends gets the same answer.
    #[schema(min_length = 8, max_length = 64)]
    pub scan_id: String,
    /// 32 hexadecimal digits, fresh for each question; one that was seen before is refused.
    #[schema(min_length = 32, max_length = 32)]
    pub nonce: String,
    /// When, no more than five minutes from the clock of the one who is asked.
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Moment,
    /// The key under which the question is signed: the SM3 of its SubjectPublicKeyInfo, 64 hexadecimal digits.
    pub asker_key: String,
    /// The body in whose name a clerk asks.
    pub body: AskingBody,
    /// At which window, 1 to 40 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 40)]
    pub window: Option<String>,
    /// 用证事由, 1 to 200 characters.
    #[schema(max_length = 200)]
    pub purpose: String,
}

/// A body that asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskingBody {
    /// Its name, 1 to 200 characters.
    pub name: String,
    /// Its unified social credit code.
    pub code: String,
}

/// What is said of a code. Members may be added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CodeAnswer)]
pub struct Answer {
    /// `yinxin-code-answer/1`.
    pub format: String,
    /// That of the question.
    pub nonce: String,
    /// When, no more than five minutes from the clock of who asked.
    #[schema(value_type = String, format = DateTime)]
    pub answered_at: Moment,
    /// What is said.
    pub answer: Outcome,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CodeOutcome)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Outcome {
    /// Whose code it is; what of theirs may be shown, `consent` says.
    Holder {
        /// Who.
        holder: HolderTold,
        /// What they agreed to; absent where they were not asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        consent: Option<Consent>,
    },
    /// 取证凭据: one licence for one purpose.
    Pickup(Pickup),
    /// A licence that its holder shows by the code, redeemed by this question.
    Presented(Box<Presented>),
    /// It counts no more, or never did; which of them is not told.
    Expired,
    /// Somebody else redeemed it.
    Used(UsedBefore),
    /// An agent shows it, for another matter than that of the question. It is written down.
    OtherMatter {
        /// Who, within which scope.
        agent: AgentTold,
    },
    /// An agent shows it by a delegation that has ended.
    DelegationOver,
    /// No code of the one who is asked.
    NotOurs,
}

/// A holder as a platform knows them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HolderTold {
    /// 持证主体代码类型, three digits: 111 for a citizen number, 001 for a credit code.
    pub kind: String,
    /// 持证主体代码.
    pub number: String,
    /// 持证主体.
    pub name: String,
}

/// What a holder agreed to, on the platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CodeConsent)]
pub struct Consent {
    /// For which purpose.
    pub purpose: String,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub until: Moment,
    /// Which types of licences (证照类型代码); empty for all.
    #[serde(default)]
    pub licence_types: Vec<String>,
}

/// 取证凭据.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CodePickup)]
pub struct Pickup {
    /// 电子证照标识 of the licence.
    pub licence: String,
    /// For which purpose.
    pub purpose: String,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub until: Moment,
}

/// A licence that was shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CodePresented)]
pub struct Presented {
    /// 电子证照标识 of the version that counts.
    pub identifier: String,
    /// 证照类型名称.
    pub type_name: String,
    /// 证照类型代码.
    pub type_code: String,
    /// 证照颁发机构, as on the face.
    pub issuing_body: String,
    /// `in_force` and so on, as in the public answer.
    pub state: String,
    /// Since which day.
    #[schema(value_type = String, format = Date)]
    pub since: Day,
    /// Last day of validity, or 长期.
    #[schema(value_type = String)]
    pub until: Expiry,
    /// When that was read.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Moment,
    /// 用证事由, as the holder gave it.
    pub purpose: String,
    /// The fields that the holder chose.
    pub fields: Vec<PublicField>,
    /// When the code was redeemed.
    #[schema(value_type = String, format = DateTime)]
    pub redeemed_at: Moment,
    /// Who shows it; absent where the holder does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub agent: Option<AgentTold>,
}

/// Where and when a code was redeemed before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UsedBefore {
    /// By which body.
    pub by: String,
    /// At which window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub window: Option<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Moment,
}

/// Who shows a licence of somebody else, and by what right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AgentTold {
    /// Id of the delegation.
    pub delegation: String,
    /// 委托人, masked.
    pub principal: String,
    /// 代办人, masked.
    pub agent: String,
    /// The last four characters of the agent's document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub agent_code_end: Option<String>,
    /// `online`, `identity_card`, `letter`, `minor`, `ward` or `organisation`.
    pub basis: String,
    /// The same in Chinese.
    pub basis_name: String,
    /// Whether it rests on a paper.
    pub weaker: bool,
    /// The one matter; absent where every matter is covered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub matter: Option<String>,
    /// The licences of the scope and what of each; empty where every one is covered, absent where that is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub licences: Option<Vec<ScopeShown>>,
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub first_day: Day,
    /// Last day.
    #[schema(value_type = String, format = Date)]
    pub last_day: Day,
}

/// What a signature of a question is over.
pub(super) fn question_domain() -> Vec<u8> {
    format!("{QUESTION}\n").into_bytes()
}

/// What a signature of an answer is over, before the answer.
pub(super) fn answer_domain(question: &[u8]) -> Vec<u8> {
    format!("{ANSWER}\n{}\n", hex::encode(sm3::digest(question))).into_bytes()
}

/// What a key is called in a question.
pub(in crate::flow) fn fingerprint(key: &ServiceKey) -> String {
    hex::encode(sm3::digest(key.spki()))
}

/// Whether a text stands on one line and is no longer than that.
pub(super) fn is_line(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
}

impl Outcome {
    /// Whether every text has its bounds: what is shown to a clerk came over a line.
    pub(super) fn is_bounded(&self) -> bool {
        let name = |text: &String| is_line(text, LONGEST_NAME);
        let agent = |agent: &AgentTold| {
            let texts = [&agent.delegation, &agent.principal, &agent.agent, &agent.basis_name];
            texts.into_iter().all(name)
                && agent.agent_code_end.iter().chain(&agent.matter).all(name)
                && agent.licences.as_ref().is_none_or(|licences| {
                    licences.len() <= MOST
                        && licences
                            .iter()
                            .all(|one| name(&one.type_name) && one.fields.len() <= MOST && one.fields.iter().all(name))
                })
                && Basis::of_word(&agent.basis).is_some()
        };
        match self {
            Self::Holder { holder, consent } => {
                [&holder.kind, &holder.number, &holder.name].into_iter().all(name)
                    && consent.as_ref().is_none_or(|consent| {
                        is_line(&consent.purpose, LONGEST_PURPOSE)
                            && consent.licence_types.len() <= MOST
                            && consent.licence_types.iter().all(name)
                    })
            }
            Self::Pickup(pickup) => name(&pickup.licence) && is_line(&pickup.purpose, LONGEST_PURPOSE),
            Self::Presented(told) => {
                [&told.identifier, &told.type_name, &told.type_code, &told.issuing_body, &told.state]
                    .into_iter()
                    .all(name)
                    && is_line(&told.purpose, LONGEST_PURPOSE)
                    && told.fields.len() <= MOST
                    && told.fields.iter().all(|field| name(&field.name) && name(&field.title))
                    && told.agent.as_ref().is_none_or(agent)
            }
            Self::Used(used) => name(&used.by) && used.window.iter().all(name),
            Self::OtherMatter { agent: told } => agent(told),
            Self::Expired | Self::DelegationOver | Self::NotOurs => true,
        }
    }
}

impl From<AgentShown> for AgentTold {
    fn from(shown: AgentShown) -> Self {
        Self {
            delegation: shown.delegation,
            principal: shown.principal,
            agent: shown.agent,
            agent_code_end: shown.agent_code_end,
            basis: shown.basis.to_owned(),
            basis_name: shown.basis_name.to_owned(),
            weaker: shown.weaker,
            matter: shown.matter,
            licences: shown.licences,
            first_day: shown.first_day,
            last_day: shown.last_day,
        }
    }
}

impl AgentTold {
    /// As the window shows agents; none for a basis that is not known here.
    pub(in crate::flow) fn shown(self) -> Option<AgentShown> {
        let basis = Basis::of_word(&self.basis)?;
        Some(AgentShown {
            delegation: self.delegation,
            principal: self.principal,
            agent: self.agent,
            agent_code_end: self.agent_code_end,
            basis: basis.as_str(),
            basis_name: basis_name(basis),
            weaker: self.weaker,
            matter: self.matter,
            licences: self.licences,
            first_day: self.first_day,
            last_day: self.last_day,
        })
    }
}

impl fmt::Debug for Question {
    /// Without the code, which is a secret while it counts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question").field("nonce", &self.nonce).field("body", &self.body).finish_non_exhaustive()
    }
}

impl fmt::Debug for HolderTold {
    /// Without number and name: personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HolderTold").field("kind", &self.kind).finish_non_exhaustive()
    }
}
