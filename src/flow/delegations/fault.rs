//! Why something about delegations was not done.

use crate::{
    clock::ClockError,
    flow::{
        issue::IssueError,
        kind::{FieldOffence, HasKind, Kind},
    },
    random::NoRandomness,
    store::{Failure, StoreError},
};
use yinxin_trust::{
    base::{DayError, Sentence},
    delegation::{DelegationRefusal, MatterOffence, ScopeOffence},
};

/// Why something about delegations was not done.
#[derive(Debug, thiserror::Error)]
pub enum DelegationError {
    /// No such delegation, or one of others.
    #[error("no such delegation of this holder")]
    NotFound,
    /// No account has that number and that name: which of them is wrong is not told.
    #[error("no account has that number and that name")]
    NoAgent,
    /// Nobody is their own agent.
    #[error("nobody delegates to themselves")]
    Oneself,
    /// Licences or fields that are not there to be shown; every one named.
    #[error("licences or fields that cannot be delegated: {}", names(.0))]
    Fields(Vec<FieldOffence>),
    /// What is covered makes no scope.
    #[error(transparent)]
    Scope(#[from] ScopeOffence),
    /// No matter.
    #[error(transparent)]
    Matter(#[from] MatterOffence),
    /// The rules of delegations do not allow it.
    #[error(transparent)]
    Refusal(#[from] DelegationRefusal),
    /// Neither an identity card nor a letter.
    #[error("a paper is brought with an identity card or by registered letter")]
    Paper,
    /// The number of the principal does not hold, or the name is none.
    #[error("the number or the name of the principal cannot be used")]
    Principal,
    /// A minor with a decision, or an adult without one, or no citizen number.
    #[error("a minor needs a citizen number and no decision, an adult a decision with its last day")]
    Ward,
    /// The document is none, or too large.
    #[error("a document is PDF, OFD, PNG or JPEG of at most 2 MiB, with a name")]
    Document,
    /// Reason or number of the document is missing or too long.
    #[error("reason and document number have 1 to 500 characters on one line")]
    Ground,
    /// Entering and deciding are for people.
    #[error("only people enter and decide")]
    NotAPerson,
    /// An administrator is a person.
    #[error("an administrator is a person with an account of their own")]
    NotNatural,
    /// Only an organisation has administrators.
    #[error("only the account of an organisation appoints administrators")]
    NotAnOrganisation,
    /// Too many at a time.
    #[error("at most {} delegations of one holder wait or work at a time", super::MOST)]
    TooMany,
    /// Too many agents named who are not there.
    #[error("too many agents in a short time who are not there")]
    TooManyTries {
        /// It may be tried again after that.
        retry_after_seconds: u32,
    },
    /// No randomness for an id.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// A stored record, the clock or the register.
    #[error(transparent)]
    Register(#[from] IssueError),
}

fn names(offences: &[FieldOffence]) -> String {
    offences.iter().map(|offence| offence.field.as_str()).collect::<Vec<_>>().join(", ")
}

impl From<StoreError> for DelegationError {
    fn from(error: StoreError) -> Self {
        IssueError::from(error).into()
    }
}

impl From<ClockError> for DelegationError {
    fn from(error: ClockError) -> Self {
        IssueError::from(error).into()
    }
}

impl From<DayError> for DelegationError {
    fn from(error: DayError) -> Self {
        IssueError::from(error).into()
    }
}

impl Failure for DelegationError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Register(error) = self { error.store_error() } else { None }
    }
}

impl DelegationError {
    /// For the person who corrects it; none for what is nobody's to correct.
    fn sentence(&self) -> Option<(&'static str, Sentence)> {
        use DelegationRefusal as R;
        let (field, zh, en) = match self {
            Self::NoAgent => (
                "agent",
                "没有找到这个人。姓名和证件号码要和对方账号上的一字不差。",
                "nobody was found: name and number must be exactly those of the account",
            ),
            Self::NotNatural => {
                ("agent", "管理员要是个人，用自己的账号。", "an administrator is a person with an account of their own")
            }
            Self::Paper => ("basis", "请选委托的方式。", "choose how it was brought"),
            Self::Principal => {
                ("principal", "委托人的姓名或证件号码不对。", "name or number of the principal cannot be used")
            }
            Self::Ward => (
                "ward",
                "未满 18 周岁的填公民身份号码，不填决定期限；成年人要填决定的截止日。",
                "a minor by citizen number and without a decision; an adult with the last day of the decision",
            ),
            Self::Document => (
                "document",
                "请附上扫描件：PDF、OFD、PNG 或 JPEG，不超过 1 MB，并写明名称。",
                "attach the scan: PDF, OFD, PNG or JPEG of at most 1 MB, with a name",
            ),
            Self::Ground => ("reason", "请写明事由或文书号，最多 500 个字。", "give reason or document number"),
            Self::Oneself => ("agent", "不能授权给自己。", "nobody delegates to themselves"),
            Self::Scope(ScopeOffence::NoLicence | ScopeOffence::NoField) => {
                ("fields", "请至少勾选一项给代办人看。", "tick at least one field")
            }
            Self::Scope(ScopeOffence::TooMuch) => {
                ("fields", "一次授权最多 50 张证照。", "a delegation covers at most 50 licences")
            }
            Self::Matter(_) => ("matter", "请写明办什么事，最多 200 个字。", "say what for, in at most 200 characters"),
            Self::Refusal(R::EndsBeforeItBegins { .. } | R::WorksBack { .. }) => {
                ("until", "请选今天或以后的日子，结束不能早于开始。", "choose days from today on, in their order")
            }
            Self::Refusal(R::TooLong { most_years }) => {
                let zh = format!("最长 {most_years} 年，请选早一些的日子。");
                let en = format!("at most {most_years} years: choose an earlier day");
                return Some(("until", Sentence::new(zh, en)));
            }
            _ => return None,
        };
        Some((field, Sentence::new(zh, en)))
    }
}

impl HasKind for DelegationError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound => Kind::NotFound,
            Self::NoAgent
            | Self::NotNatural
            | Self::Oneself
            | Self::Fields(_)
            | Self::Scope(_)
            | Self::Matter(_)
            | Self::Paper
            | Self::Principal
            | Self::Ward
            | Self::Document
            | Self::Ground => Kind::Refused,
            Self::NotAPerson | Self::NotAnOrganisation => Kind::Denied,
            Self::Refusal(refusal) => match refusal {
                DelegationRefusal::NotWaiting(_) | DelegationRefusal::Ended(_) => Kind::Conflict,
                DelegationRefusal::OwnEntry | DelegationRefusal::NotTheirs => Kind::Denied,
                _ => Kind::Refused,
            },
            Self::TooMany => Kind::Conflict,
            Self::TooManyTries { .. } => Kind::Busy,
            Self::Randomness(_) => Kind::Broken,
            Self::Register(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "no_such_thing",
            Self::NoAgent | Self::NotNatural | Self::Oneself => "delegation_agent",
            Self::Fields(_)
            | Self::Scope(_)
            | Self::Matter(_)
            | Self::Paper
            | Self::Principal
            | Self::Ward
            | Self::Document
            | Self::Ground => "delegation_refused",
            Self::NotAPerson => "not_a_person",
            Self::NotAnOrganisation => "not_allowed",
            Self::Refusal(refusal) => match refusal {
                DelegationRefusal::NotWaiting(_) | DelegationRefusal::Ended(_) => "delegation_over",
                DelegationRefusal::OwnEntry => "own_application",
                DelegationRefusal::NotTheirs => "not_allowed",
                _ => "delegation_refused",
            },
            Self::TooMany => "delegations_too_many",
            Self::TooManyTries { .. } => "too_many_tries",
            Self::Randomness(_) => "broken",
            Self::Register(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldOffence> {
        match self {
            Self::Fields(offences) => offences.clone(),
            Self::Register(error) => error.fields(),
            other => other
                .sentence()
                .map(|(field, sentence)| FieldOffence { field: field.to_owned(), code: other.code(), sentence })
                .into_iter()
                .collect(),
        }
    }

    fn retry_after_seconds(&self) -> Option<u32> {
        match self {
            Self::TooManyTries { retry_after_seconds } => Some(*retry_after_seconds),
            Self::Register(error) => error.retry_after_seconds(),
            _ => None,
        }
    }
}
