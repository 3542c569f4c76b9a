//! What can be wrong with an application, said in both languages.

use crate::{
    base::Sentence,
    licence::{
        catalogue::{NumberOffence, ValidityOffence},
        codes::{CitizenNumberOffence, CreditCodeOffence},
        name::NameOffence,
    },
};

/// One offence and the field it stands in. None repeats a holder's name or code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
pub struct ApplicationOffence {
    /// Name of the field in the application.
    pub field: String,
    /// What is wrong with it.
    pub fault: FieldFault,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldFault {
    /// The type has no such field.
    #[error("the type has no such field")]
    Unknown,
    /// Null, a list or an object.
    #[error("a field is a text, a number or a boolean")]
    NotScalar,
    /// Needed and not there.
    #[error("missing")]
    Missing,
    /// A private-use, control or invisible character; the position counts from 1.
    #[error("character {position} is U+{code_point:04X}, which other systems cannot read")]
    Character {
        /// From 1.
        position: usize,
        /// Its code point.
        code_point: u32,
    },
    /// The rules give another value.
    #[error("must be {expected}, or left out")]
    Differs {
        /// By the rules.
        expected: String,
    },
    /// No date.
    #[error("no date such as 2026-11-22")]
    NoDay,
    /// Against the validity rule.
    #[error(transparent)]
    Validity(ValidityOffence),
    /// No name.
    #[error(transparent)]
    Name(NameOffence),
    /// Not a code type of the licence type, or not said which.
    #[error("must be one of {expected}")]
    HolderCodeType {
        /// Those of the type.
        expected: String,
    },
    /// No credit code.
    #[error(transparent)]
    CreditCode(CreditCodeOffence),
    /// No citizen number.
    #[error(transparent)]
    CitizenNumber(CitizenNumberOffence),
    /// No number of the type.
    #[error(transparent)]
    Number(NumberOffence),
    /// A choice of the number rule is missing or none of its values.
    #[error("must be chosen from its values")]
    Choice,
    /// Against the JSON Schema of the type.
    #[error("{}", .0.en)]
    Schema(Sentence),
}

impl FieldFault {
    /// The stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown_field",
            Self::NotScalar => "not_scalar",
            Self::Missing => "missing",
            Self::Character { .. } => "character",
            Self::Differs { .. } => "differs",
            Self::NoDay => "no_day",
            Self::Validity(_) => "validity",
            Self::Name(_) => "name",
            Self::HolderCodeType { .. } => "holder_code_type",
            Self::CreditCode(_) => "credit_code",
            Self::CitizenNumber(_) => "citizen_number",
            Self::Number(_) => "number",
            Self::Choice => "choice",
            Self::Schema(_) => "schema",
        }
    }

    /// For the person who corrects it.
    pub fn sentence(&self) -> Sentence {
        let zh = match self {
            Self::Unknown => "这类证照没有这一项。".to_owned(),
            Self::NotScalar => "请填文字、数字或是否。".to_owned(),
            Self::Missing => "请填写这一项。".to_owned(),
            Self::Character { position, code_point } => {
                format!("第 {position} 个字（U+{code_point:04X}）别的系统读不出，请换成规范字。")
            }
            Self::Differs { expected } => format!("应为“{expected}”，也可以不填。"),
            Self::NoDay => "请填日期，例如 2026-11-22。".to_owned(),
            Self::Validity(ValidityOffence::Missing) => "请填有效期截止日期。".to_owned(),
            Self::Validity(ValidityOffence::NotByRule { expected }) => {
                format!("按这类证照的规定，有效期截止日期是 {expected}。")
            }
            Self::Validity(ValidityOffence::Inverted) => "有效期截止日期早于开始日期。".to_owned(),
            Self::Validity(ValidityOffence::PastTheCalendar) => "有效期超出了日历范围。".to_owned(),
            Self::Name(_) => "名称里有不能用的字，或首尾有空格，或太长。".to_owned(),
            Self::HolderCodeType { expected } => format!("请选择持证主体代码类型：{expected}。"),
            Self::CreditCode(CreditCodeOffence::Length { .. }) => "统一社会信用代码是 18 位。".to_owned(),
            Self::CreditCode(CreditCodeOffence::Check { .. }) => {
                "第 18 位校验码不对。请照营业执照重新输入。".to_owned()
            }
            Self::CreditCode(CreditCodeOffence::OrganisationCheck { .. }) => {
                "第 17 位校验码不对。请照营业执照重新输入。".to_owned()
            }
            Self::CreditCode(CreditCodeOffence::Character { position, .. }) => {
                format!("第 {position} 位不是统一社会信用代码用的字符。")
            }
            Self::CreditCode(CreditCodeOffence::Region) => "第 3 至 8 位应为六位行政区划代码。".to_owned(),
            Self::CitizenNumber(_) => "公民身份号码不对。请照身份证重新输入。".to_owned(),
            Self::Number(NumberOffence::SequenceUsedUp) => "这类证照的流水号已用完。".to_owned(),
            Self::Number(NumberOffence::CheckUnknown) => "这类证照的编号由别的系统编制，请填写编号。".to_owned(),
            Self::Number(NumberOffence::Check) => "编号最后一位校验码不对。".to_owned(),
            Self::Number(_) => "编号不符合这类证照的编号规则。".to_owned(),
            Self::Choice => "请从给出的值里选一个。".to_owned(),
            Self::Schema(sentence) => sentence.zh.clone(),
        };
        Sentence { zh, en: self.to_string() }
    }
}
