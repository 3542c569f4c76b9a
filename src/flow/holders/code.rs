//! Whose an account is: the code by which licences record their holder.

use std::fmt;
use yinxin_trust::licence::{
    codes::{CitizenNumber, CreditCode},
    metadata::HolderCodeType,
};

/// Most characters of a code that has no form of its own.
const LONGEST: usize = 64;

/// 持证主体代码类型 with 持证主体代码: what makes a licence somebody's.
#[derive(Clone, PartialEq, Eq)]
pub struct HolderCode {
    kind: HolderCodeType,
    text: Box<str>,
}

/// Why something is no [`HolderCode`]; never with the code itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HolderCodeOffence {
    /// No kind of three digits that is known.
    #[error(
        "the kind of the code is none of those known, such as 001 (unified social credit code) or 111 (citizen number)"
    )]
    Kind,
    /// The credit code does not hold.
    #[error("{0}")]
    CreditCode(String),
    /// The citizen number does not hold.
    #[error("{0}")]
    CitizenNumber(String),
    /// Empty, too long, or not on one line.
    #[error("a code is 1 to {LONGEST} characters on one line")]
    Text,
}

impl HolderCode {
    /// A code of a kind, read as issuing reads it.
    ///
    /// # Errors
    /// [`HolderCodeOffence`].
    pub fn of(kind: &str, text: &str) -> Result<Self, HolderCodeOffence> {
        let kind = HolderCodeType::of_code(kind).ok_or(HolderCodeOffence::Kind)?;
        match kind {
            HolderCodeType::CREDIT_CODE => {
                text.parse::<CreditCode>().map_err(|offence| HolderCodeOffence::CreditCode(offence.to_string()))?;
            }
            HolderCodeType::CITIZEN_NUMBER => {
                text.parse::<CitizenNumber>()
                    .map_err(|offence| HolderCodeOffence::CitizenNumber(offence.to_string()))?;
            }
            _ => {}
        }
        // a licence without a code is nobody's here
        let text = crate::flow::text::line(text, LONGEST).ok_or(HolderCodeOffence::Text)?;
        Ok(Self { kind, text: text.into() })
    }

    /// Three digits.
    pub fn kind(&self) -> &'static str {
        self.kind.code()
    }

    /// The code in clear; the word marks each place that needs care.
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for HolderCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HolderCode").field("kind", &self.kind.code()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_issuing_reads_them() {
        let of = |kind: &str, text: &str| HolderCode::of(kind, text).map(|code| code.expose().to_owned());
        assert_eq!(of("001", "11100000MB0143028R").as_deref(), Ok("11100000MB0143028R"));
        assert_eq!(of("414", " E12345678 ").as_deref(), Ok("E12345678"));
        assert_eq!(of("112", "x"), Err(HolderCodeOffence::Kind));
        assert!(matches!(of("001", "11100000MB0143028X"), Err(HolderCodeOffence::CreditCode(_))));
        let wrong = of("111", "110105194912310021").unwrap_err();
        assert!(matches!(wrong, HolderCodeOffence::CitizenNumber(_)) && !wrong.to_string().contains("1949"), "{wrong}");
        assert_eq!(of("999", " "), Err(HolderCodeOffence::Text));
        let shown = format!("{:?}", HolderCode::of("111", "11010519491231002X").unwrap());
        assert!(!shown.contains("1949"), "{shown}");
    }
}
