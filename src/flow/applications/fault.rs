//! Why an application does not go on.

use super::state::State;
use crate::{
    clock::ClockError,
    flow::{
        act::ActError,
        issue::IssueError,
        kind::{HasKind, Kind},
        types::TypeFault,
    },
    random::NoRandomness,
    store::{Failure, StoreError},
};
use yinxin_face::DrawOffence;
use yinxin_trust::{
    base::{DayError, Sentence},
    licence::state::ActRefusal,
};

/// One thing to be corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field: a name of the type, `choices.NAME`, `holder_code_type`, `kind`,
    /// `effective_from`, `photo`, `decision.…`; empty where it is none of them.
    pub field: String,
    /// What is wrong, for the person who corrects it.
    pub sentence: Sentence,
}

/// Why an application does not go on; it is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ApplicationError {
    /// The body has no such application.
    #[error("the body has no such application")]
    NotFound,
    /// Applications are entered and decided on by people.
    #[error("only a person who signed in enters applications or decides on them")]
    NotAPerson,
    /// Another person entered it.
    #[error("only the person who entered an application may correct or submit it")]
    NotYours,
    /// The same person entered it.
    #[error("nobody may decide on what they entered themselves")]
    OwnWork,
    /// The step cannot be taken from where it stands.
    #[error("the application is {}", .0.as_str())]
    State(State),
    /// Sent back without a word.
    #[error("what is sent back needs a remark of 1 to {} characters", super::LONGEST_REMARK)]
    Remark,
    /// It may be signed at this moment.
    #[error("the licence is being signed, or may have been")]
    BeingSigned,
    /// What is to be corrected.
    #[error("to be corrected: {}", .0.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>().join(", "))]
    Faults(Vec<Fault>),
    /// What issuing or the register says.
    #[error(transparent)]
    Issue(#[from] IssueError),
}

impl Fault {
    pub(super) fn of(field: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { field: field.into(), sentence: Sentence::new(zh, en) }
    }
}

impl ApplicationError {
    pub(super) fn record(cause: impl std::fmt::Display) -> Self {
        Self::Issue(IssueError::Record(cause.to_string()))
    }

    /// What issuing says against an order, told by field where a person can mend
    /// it. `number` is the field of the number, `title` makes a title of a field.
    pub(super) fn of_order(error: IssueError, number: &str) -> Self {
        let faults = match &error {
            IssueError::Application(offences) => offences
                .iter()
                .map(|offence| Fault { field: offence.field.clone(), sentence: offence.fault.sentence() })
                .collect(),
            IssueError::Draw(error) => error.0.all().iter().map(of_drawing).collect(),
            IssueError::Photo(refusal) => vec![Fault { field: "photo".to_owned(), sentence: refusal.sentence() }],
            IssueError::NumberTaken => {
                vec![Fault::of(number, "已经有一张同类证照用了这个编号。", error.to_string())]
            }
            IssueError::Number(_) => vec![Fault::of(number, "编号不符合这类证照的编号规则。", error.to_string())],
            IssueError::NotIssued => vec![Fault::of("", "本单位没有启用这类证照。", error.to_string())],
            IssueError::Act(refusal) => vec![of_refusal(refusal)],
            IssueError::Metadata(_) => {
                vec![Fault::of("", "这些内容合起来不符合元数据规范，请检查代码和日期。", error.to_string())]
            }
            IssueError::NoSuchLicence => return Self::NotFound,
            _ => return Self::Issue(error),
        };
        Self::Faults(faults)
    }
}

fn of_drawing(offence: &DrawOffence) -> Fault {
    use DrawOffence as D;
    let (field, zh) = match offence {
        D::Missing { field } => (field.as_str(), "请填写这一项。".to_owned()),
        D::Date { field } => (field.as_str(), "请填日期，例如 2026-11-22。".to_owned()),
        D::TooManyCharacters { field, limit } => (field.as_str(), format!("最多 {limit} 个字。")),
        D::Control { field, position, .. }
        | D::Invisible { field, position, .. }
        | D::PrivateUse { field, position, .. } => {
            (field.as_str(), format!("第 {position} 个字别的系统读不出，请换成规范字。"))
        }
        D::Uncovered { field, position, code_point } => {
            (field.as_str(), format!("第 {position} 个字（U+{code_point:04X}）字库里没有。"))
        }
        D::TooLong { field } => (field.as_str(), "这一栏太长，缩到最小也放不下。".to_owned()),
        D::Unknown { field } => (field.as_str(), "这类证照的版面没有这一项。".to_owned()),
        D::PhotoMissing => ("photo", "请选择照片。".to_owned()),
        D::PhotoNotShown => ("photo", "这类证照的证面上没有照片。".to_owned()),
        _ => ("", "这张证照画不出来，请联系管理员。".to_owned()),
    };
    Fault::of(field, zh, offence.to_string())
}

fn of_refusal(refusal: &ActRefusal) -> Fault {
    use ActRefusal as R;
    let (field, zh) = match refusal {
        R::AlreadySuspended => ("kind", "这张证照已经暂扣。".to_owned()),
        R::NotSuspended => ("kind", "这张证照没有暂扣，不用恢复。".to_owned()),
        R::WhileSuspended(act) => ("kind", format!("证照暂扣期间不能{}。", act.chinese())),
        R::AfterEnd { act, end } => ("kind", format!("证照已{}，不能再{}。", end.chinese(), act.chinese())),
        R::DecidedAfterRecorded { .. } => ("decision.decided_on", "决定日期不能晚于今天。".to_owned()),
        R::EffectiveBeforeDecision { decided_on, .. } => {
            ("effective_from", format!("生效日期不能早于决定日期 {decided_on}。"))
        }
        R::BackDated { later, .. } => ("effective_from", format!("已有一项变动从 {later} 起生效，不能更早。")),
        R::BeforeTheBeginning { begins, .. } => ("effective_from", format!("证照从 {begins} 起有效，不能更早。")),
        _ => ("", "按这张证照现在的状态，不能这样办。".to_owned()),
    };
    Fault::of(field, zh, refusal.to_string())
}

impl From<ActError> for ApplicationError {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Kind(_) => Self::Faults(vec![Fault::of("kind", "请选择要办的事项。", error.to_string())]),
            ActError::Licence(error) => Self::of_order(error, ""),
        }
    }
}

impl From<StoreError> for ApplicationError {
    fn from(error: StoreError) -> Self {
        Self::Issue(error.into())
    }
}

impl From<NoRandomness> for ApplicationError {
    fn from(error: NoRandomness) -> Self {
        Self::Issue(error.into())
    }
}

impl From<ClockError> for ApplicationError {
    fn from(error: ClockError) -> Self {
        Self::Issue(error.into())
    }
}

impl From<DayError> for ApplicationError {
    fn from(error: DayError) -> Self {
        Self::Issue(error.into())
    }
}

impl From<TypeFault> for ApplicationError {
    fn from(error: TypeFault) -> Self {
        Self::Issue(error.into())
    }
}

impl Failure for ApplicationError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Issue(error) => error.store_error(),
            _ => None,
        }
    }
}

impl HasKind for ApplicationError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound => Kind::NotFound,
            Self::NotAPerson | Self::NotYours | Self::OwnWork => Kind::Denied,
            Self::State(_) | Self::BeingSigned => Kind::Conflict,
            Self::Remark | Self::Faults(_) => Kind::Refused,
            Self::Issue(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "no_such_thing",
            Self::NotAPerson => "not_a_person",
            Self::NotYours => "application_of_another",
            Self::OwnWork => "own_application",
            Self::State(_) => "application_state",
            Self::BeingSigned => "application_being_signed",
            Self::Remark => "remark_wanted",
            Self::Faults(_) => "application_refused",
            Self::Issue(error) => error.code(),
        }
    }
}
