//! Asking a register whether a licence is in force.

use super::standing::PublicField;
use yinxin_trust::{
    base::Moment,
    code::ShortCode,
    licence::identifier::LicenceIdentifier,
    verify::{RegisterAnswer, Registered, SealAnswer, SealName, SealSaid, SealStates},
};

/// A register of licences.
///
/// The answer is that of the instant which is asked for, by what the register
/// knows when it is asked. It blocks; an implementation bounds its own waiting.
pub trait Register: Send + Sync {
    /// What is known of the licence with this identifier (GB/T 36904, any version).
    ///
    /// # Errors
    /// [`RegisterFault`] where there is no answer; that says nothing about the licence.
    fn standing(&self, identifier: &str, at: Moment) -> Result<Answer, RegisterFault>;

    /// What is known of a seal, which stands on a document that calls itself this licence. A register
    /// that keeps no seals is not competent.
    ///
    /// # Errors
    /// As [`Register::standing`].
    fn seal(&self, _seal: &SealName, _licence: Option<&LicenceIdentifier>) -> Result<SealStates, RegisterFault> {
        Err(RegisterFault::NotCompetent)
    }

    /// What the register of another locality says of the licence that a code is printed on; `operator` is
    /// whose site the code names.
    ///
    /// # Errors
    /// As [`Register::standing`]; [`RegisterFault::NotCompetent`] where no other locality can be asked.
    fn by_code(&self, _operator: &str, _code: &ShortCode) -> Result<ByCode, RegisterFault> {
        Err(RegisterFault::NotCompetent)
    }

    /// The name of the register, for the report.
    fn name(&self) -> &str;
}

/// What a register says of the licence that a code is printed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByCode {
    /// How it stands.
    pub registered: Registered,
    /// 证照类型名称.
    pub type_name: String,
    /// 证照颁发机构, as on the face.
    pub issuing_body: String,
    /// Fields of the face that everybody may see, as that register masks them.
    pub fields: Vec<PublicField>,
}

/// What a register answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It keeps the licence.
    Known(Box<Registered>),
    /// It keeps the licences of this issuing body, and not this one.
    NotRegistered {
        /// For which instant.
        as_of: Moment,
        /// Which register.
        source: String,
    },
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegisterFault {
    /// No connection, no answer in time, or the register's own fault.
    #[error("the register cannot be reached: {0}")]
    Unreachable(String),
    /// The answer is not of the form that was agreed.
    #[error("the register's answer cannot be read: {0}")]
    Malformed(String),
    /// The last answer that was kept is too old to stand in.
    #[error("the last answer that was kept speaks for {as_of} and is too old")]
    TooOld {
        /// For which instant it speaks.
        as_of: Moment,
    },
    /// It does not keep the licences of this issuing body.
    #[error("the register does not keep licences of this issuing body")]
    NotCompetent,
}

/// What a report calls a register of seals of which nothing but an old answer is known.
fn too_old(source: &str, as_of: Moment) -> String {
    format!("{source}（留存的答复截至 {}（北京时间），过旧不用）", as_of.at_offset_hours(8))
}

/// The answer about a seal, or the lack of one, as evidence.
pub(super) fn seal_evidence(
    register: &dyn Register,
    seal: SealName,
    licence: Option<&LicenceIdentifier>,
) -> SealAnswer {
    let source = register.name().to_owned();
    let said = match register.seal(&seal, licence) {
        Ok(states) => SealSaid::Known(states),
        Err(RegisterFault::NotCompetent) => SealSaid::NotCompetent { source },
        Err(RegisterFault::TooOld { as_of }) => SealSaid::Unreachable { source: too_old(&source, as_of) },
        Err(fault @ (RegisterFault::Unreachable(_) | RegisterFault::Malformed(_))) => {
            tracing::warn!(register = source, %fault, "no state of a seal");
            SealSaid::Unreachable { source }
        }
    };
    SealAnswer { seal, said }
}

/// The answer, or the lack of one, as evidence.
pub(super) fn evidence(register: &dyn Register, identifier: &str, at: Moment) -> RegisterAnswer {
    match register.standing(identifier, at) {
        Ok(Answer::Known(known)) => RegisterAnswer::Known(known),
        Ok(Answer::NotRegistered { as_of, source }) => RegisterAnswer::NotRegistered { as_of, source },
        Err(RegisterFault::NotCompetent) => RegisterAnswer::NotCompetent { source: register.name().to_owned() },
        Err(RegisterFault::TooOld { as_of }) => RegisterAnswer::TooOld { as_of, source: register.name().to_owned() },
        Err(fault @ (RegisterFault::Unreachable(_) | RegisterFault::Malformed(_))) => {
            tracing::warn!(register = register.name(), %fault, "no standing");
            RegisterAnswer::Unreachable { source: register.name().to_owned() }
        }
    }
}
