//! Why nothing was shown or redeemed.

use crate::{
    clock::ClockError,
    flow::{
        delegations::AgentShown,
        issue::IssueError,
        kind::{FieldOffence, HasKind, Kind},
    },
    random::NoRandomness,
    store::{Failure, StoreError},
};
use yinxin_trust::{
    base::{DayError, Moment, Sentence},
    delegation::Beyond,
    licence::state::State,
};

/// Why nothing was shown or redeemed.
#[derive(Debug, thiserror::Error)]
pub enum PresentationError {
    /// No such licence, or one of another holder.
    #[error("no such licence of this holder")]
    NotHeld,
    /// Nothing is chosen, or something that the licence does not have; every one named.
    #[error("fields that cannot be shown: {}", names(.0))]
    Fields(Vec<FieldOffence>),
    /// Issued before licences had digests of their fields.
    #[error("the licence was issued before fields could be disclosed: it has no digests of them")]
    NotDisclosable,
    /// No such code, or one that has expired: which of them is not told.
    #[error("the code has expired or never was: ask for a fresh one")]
    NotValid,
    /// Somebody else redeemed it.
    #[error("the code was used by {} at {at}: ask for a fresh one", place(.body, .window.as_deref()))]
    Used {
        /// The body in whose name.
        body: String,
        /// At which window.
        window: Option<String>,
        /// When.
        at: Moment,
    },
    /// Beyond the delegation by which an agent shows it, or was to show it.
    #[error(transparent)]
    Beyond(#[from] Beyond),
    /// An agent shows it, for one matter, and it was to be redeemed for another.
    #[error("an agent shows it, and may do so for another matter only: {}", .0.matter.as_deref().unwrap_or_default())]
    OtherMatter(Box<AgentShown>),
    /// An agent shows it, and the redeemer does not say what for.
    #[error("an agent shows it: say for what it is redeemed")]
    PurposeWanted,
    /// An agent shows it, by a delegation that works no more.
    #[error("the delegation by which it is shown works no more")]
    DelegationOver,
    /// No id of a scan.
    #[error("a scan id is 8 to 64 of letters, digits, dot, underscore and hyphen")]
    ScanId,
    /// A window that is no name.
    #[error("a window is 1 to 40 characters on one line")]
    Window,
    /// Too many codes shown, or too many asked for that never were.
    #[error("too many codes in a short time")]
    TooMany {
        /// It may be tried again after that.
        retry_after_seconds: u32,
    },
    /// The code would end outside the calendar.
    #[error("the code would end outside the calendar")]
    Calendar,
    /// Only a licence in force is shown offline.
    #[error("the licence is not in force: no offline code can be made of it")]
    NotInForce(State),
    /// No key is configured that signs such codes.
    #[error("no offline codes are made here: [issuing] status_key is missing, or is no SM2 key")]
    NoOfflineCodes,
    /// A device's key that is no point of P-256.
    #[error("the key of the device is no compressed point of P-256")]
    DeviceKey,
    /// The code would be larger than a screen shows well.
    #[error("the name is too long for an offline code: show it masked")]
    NameTooLong,
    /// No randomness for a code.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// A stored record, the clock or the register.
    #[error(transparent)]
    Register(#[from] IssueError),
}

fn names(offences: &[FieldOffence]) -> String {
    offences.iter().map(|offence| offence.field.as_str()).collect::<Vec<_>>().join(", ")
}

/// A body and its window as people say it: 演示市政务服务中心 3 号窗口.
pub fn place(body: &str, window: Option<&str>) -> String {
    window.map_or_else(|| body.to_owned(), |window| format!("{body} {window}"))
}

impl From<StoreError> for PresentationError {
    fn from(error: StoreError) -> Self {
        IssueError::from(error).into()
    }
}

impl From<ClockError> for PresentationError {
    fn from(error: ClockError) -> Self {
        IssueError::from(error).into()
    }
}

impl From<DayError> for PresentationError {
    fn from(error: DayError) -> Self {
        IssueError::from(error).into()
    }
}

impl Failure for PresentationError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Register(error) = self { error.store_error() } else { None }
    }
}

impl HasKind for PresentationError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotHeld | Self::NotValid => Kind::NotFound,
            Self::Used { .. } | Self::NotInForce(_) | Self::DelegationOver | Self::NotDisclosable => Kind::Conflict,
            Self::Beyond(Beyond::NotInForce(_)) => Kind::Conflict,
            Self::Beyond(_) | Self::OtherMatter(_) => Kind::Denied,
            Self::NoOfflineCodes => Kind::Unavailable,
            Self::Fields(_)
            | Self::PurposeWanted
            | Self::ScanId
            | Self::Window
            | Self::DeviceKey
            | Self::NameTooLong => Kind::Refused,
            Self::TooMany { .. } => Kind::Busy,
            Self::Calendar | Self::Randomness(_) => Kind::Broken,
            Self::Register(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotHeld => "no_such_thing",
            Self::Fields(_) => "presentation_fields",
            Self::NotDisclosable => "not_disclosable",
            Self::NotValid => "presentation_not_valid",
            Self::Used { .. } => "presentation_used",
            Self::Beyond(Beyond::NotInForce(_)) | Self::DelegationOver => "delegation_over",
            Self::Beyond(_) | Self::OtherMatter(_) => "delegation_beyond",
            Self::PurposeWanted => "purpose_wanted",
            Self::ScanId => "scan_id_malformed",
            Self::Window => "name_malformed",
            Self::TooMany { .. } => "too_many_tries",
            Self::NotInForce(_) => "licence_not_in_force",
            Self::NoOfflineCodes => "no_offline_codes",
            Self::DeviceKey => "device_key",
            Self::NameTooLong => "name_too_long",
            Self::Calendar | Self::Randomness(_) => "broken",
            Self::Register(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldOffence> {
        match self {
            Self::Fields(offences) => offences.clone(),
            Self::Used { body, window, at } => {
                let (who, clock) = (place(body, window.as_deref()), at.at_offset_hours(8));
                let sentence = Sentence::new(
                    format!("这个码已在{who}用过（{clock}），请对方刷新。"),
                    format!("This code was used at {who} ({clock} Beijing time). Ask for a fresh one."),
                );
                vec![FieldOffence { field: "code".to_owned(), code: "used", sentence }]
            }
            Self::OtherMatter(agent) => {
                let matter = agent.matter.as_deref().unwrap_or_default();
                let sentence = Sentence::new(
                    format!("代办人的授权只能办：{matter}。"),
                    format!("the agent may show it for this matter only: {matter}"),
                );
                vec![FieldOffence { field: "purpose".to_owned(), code: "other_matter", sentence }]
            }
            Self::PurposeWanted => {
                let (zh, en) = ("代办人出示的证照，要写明办什么事。", "an agent shows it: say what it is redeemed for");
                vec![FieldOffence { field: "purpose".to_owned(), code: "wanted", sentence: Sentence::new(zh, en) }]
            }
            Self::Register(error) => error.fields(),
            _ => Vec::new(),
        }
    }

    fn retry_after_seconds(&self) -> Option<u32> {
        match self {
            Self::TooMany { retry_after_seconds } => Some(*retry_after_seconds),
            Self::Register(error) => error.retry_after_seconds(),
            _ => None,
        }
    }
}
