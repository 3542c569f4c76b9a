//! Annotated copies (加注件): a copy of a licence that its issuing body stamped for one use. Whether it
//! is genuine is told by its stamp as of any document; here it is told what it may be used for.
//!
//! A copy never counts as the original. Whoever is shown one says what they use it for
//! ([`CopyUse`]); by [`CopyFacts::refusal`] it is for that, or a name says why not. What a
//! copy lacks is never made up: one that does not say for what is for nothing.

use super::{Check, CheckId, Outcome, licence::value};
use crate::{
    base::{Moment, Sentence},
    delegation::comparable,
    licence::metadata::{Element, beijing_time},
};
use serde::{Deserialize, Serialize};

/// What an annotated copy says of itself, as far as it can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyFacts {
    /// 加注件制作时间.
    pub made_at: Option<Moment>,
    /// 加注件制作者: personal data where it is a person.
    pub made_by: Option<String>,
    /// 加注件制作事由: the one purpose.
    pub cause: Option<String>,
    /// 加注件使用单位: the one who may use it; where a copy names nobody, everybody may for its purpose.
    pub recipient: Option<String>,
    /// 加注件编号.
    pub number: Option<String>,
    /// 加注件有效期截止时间: the last second of use.
    pub expires_at: Option<Moment>,
}

/// Who uses a copy, and what for.
#[derive(Clone, Copy, Debug)]
pub struct CopyUse<'a> {
    /// For what.
    pub purpose: &'a str,
    /// What the user is called: names and codes, of which the copy may state any. Empty where nobody
    /// says who uses it: then a copy that names somebody is for others.
    pub names: &'a [&'a str],
}

/// Why a copy is not for a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum CopyRefusal {
    /// An element that every copy has is not there.
    #[error("the copy does not say when it was made, by whom, for what and until when")]
    Incomplete,
    /// A time that is none.
    #[error("the times of the copy cannot be read")]
    Malformed,
    /// Its time is over.
    #[error("the copy may be used no more")]
    Ended,
    /// For another purpose.
    #[error("the copy is for another purpose")]
    OtherPurpose,
    /// For somebody else.
    #[error("the copy is for somebody else")]
    OtherRecipient,
}

impl CopyRefusal {
    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::Malformed => "malformed_times",
            Self::Ended => "ended",
            Self::OtherPurpose => "other_purpose",
            Self::OtherRecipient => "other_recipient",
        }
    }

    /// For who is shown the copy.
    pub fn sentence(self) -> Sentence {
        let (zh, en) = match self {
            Self::Incomplete => {
                ("加注件没有写全制作时间、制作者、事由和截止时间。", "The copy does not say what every copy says.")
            }
            Self::Malformed => ("加注件的时间写法不对。", "The times of the copy cannot be read."),
            Self::Ended => ("加注件已过使用期限。", "The copy may be used no more."),
            Self::OtherPurpose => ("加注件写的是别的用途。", "The copy is for another purpose."),
            Self::OtherRecipient => ("加注件是给别的单位用的。", "The copy is for somebody else."),
        };
        Sentence::new(zh, en)
    }
}

impl CopyFacts {
    /// Why the copy is for no use at all at an instant; none where it is for one.
    pub fn unusable(&self, at: Moment) -> Option<CopyRefusal> {
        if self.cause.is_none() || self.made_by.is_none() {
            return Some(CopyRefusal::Incomplete);
        }
        match (self.made_at, self.expires_at) {
            (Some(made), Some(expires)) if made <= expires => {
                // until the end of its last second
                (at.unix_seconds() > expires.unix_seconds()).then_some(CopyRefusal::Ended)
            }
            _ => Some(CopyRefusal::Malformed),
        }
    }

    /// Why the copy is not for this use at an instant; none where it is.
    ///
    /// Purposes and names are the same as matters of delegations are: by their characters, without
    /// width, case and spaces ([`Matter`](crate::delegation::Matter)). Nothing is guessed.
    pub fn refusal(&self, of: &CopyUse<'_>, at: Moment) -> Option<CopyRefusal> {
        let same = |written: &str, said: &str| comparable(written) == comparable(said);
        if let Some(refusal) = self.unusable(at) {
            return Some(refusal);
        }
        if !self.cause.as_deref().is_some_and(|cause| same(cause, of.purpose)) {
            return Some(CopyRefusal::OtherPurpose);
        }
        let recipient = self.recipient.as_deref()?;
        (!of.names.iter().any(|name| same(recipient, name))).then_some(CopyRefusal::OtherRecipient)
    }
}

/// What the pairs say of a copy; none where they are those of an original.
pub(super) fn facts(pairs: &[(String, String)]) -> Option<CopyFacts> {
    let marks = |(name, value): &(String, String)| {
        !value.trim().is_empty() && Element::of_name(name).is_some_and(Element::marks_a_copy)
    };
    if !pairs.iter().any(marks) {
        return None;
    }
    let text = |element| value(pairs, element).map(str::to_owned);
    let time = |element| value(pairs, element).and_then(beijing_time);
    Some(CopyFacts {
        made_at: time(Element::CopyCreatedAt),
        made_by: text(Element::CopyCreator),
        cause: text(Element::CopyCause),
        recipient: text(Element::CopyRecipient),
        number: text(Element::CopyNumber),
        expires_at: time(Element::CopyExpiresAt),
    })
}

/// `licence.copy`.
pub(super) fn check(facts: &CopyFacts, at: Moment) -> Check {
    let made =
        |outcome, code: &str, sentence| Check { id: CheckId::LicenceCopy, outcome, code: code.to_owned(), sentence };
    match facts.unusable(at) {
        Some(refusal) => made(Outcome::Failed, refusal.code(), refusal.sentence()),
        None => made(Outcome::Passed, "ok", within(facts)),
    }
}

/// That it is a copy, for what, for whom and until when.
fn within(facts: &CopyFacts) -> Sentence {
    let cause = facts.cause.as_deref().unwrap_or_default();
    let until = facts.expires_at.map(|until| until.at_offset_hours(8)).unwrap_or_default();
    let (zh_for, en_for) = match &facts.recipient {
        Some(recipient) => (format!("，限{recipient}使用"), format!(" by {recipient}")),
        None => (String::new(), String::new()),
    };
    Sentence::new(
        format!("这是加注件，不是原件：只用于“{cause}”{zh_for}，截至 {until}（北京时间）。"),
        format!("This is an annotated copy and no original: for “{cause}” alone{en_for}, until {until} (Beijing)."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
        of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn copy(more: &[(&str, &str)]) -> CopyFacts {
        let whole = [
            ("JZJZZSJ", "20261130080000"),
            ("JZJZZZ", "李守国"),
            ("JZJZZSY", "招标 投标"),
            ("JZJYXQJZSJ", "20261231235959"),
        ];
        let kept = whole.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name)).copied();
        facts(&pairs(&kept.chain(more.iter().copied()).collect::<Vec<_>>())).unwrap()
    }

    fn at(text: &str) -> Moment {
        Moment::parse(text).unwrap()
    }

    const NOW: &str = "2026-12-01T00:00:00Z";

    #[test]
    fn originals_are_no_copies() {
        assert_eq!(facts(&pairs(&[("ZZBS", "x"), ("KZ_ZCZB", "1"), ("JZJZZSY", " ")])), None);
        assert!(facts(&pairs(&[("JZJZZSY", "投标")])).is_some());
        assert!(facts(&pairs(&[("certificateCopyCause", "投标")])).is_some());
    }

    #[test]
    fn a_copy_is_for_one_use() {
        let of = |purpose, names| CopyUse { purpose, names };
        let (for_all, for_one) = (copy(&[]), copy(&[("KZ_JZJSYDW", "演示市交易中心")]));
        assert_eq!(for_all.refusal(&of("招标投标", &[]), at(NOW)), None);
        assert_eq!(for_all.refusal(&of("招标", &[]), at(NOW)), Some(CopyRefusal::OtherPurpose));
        let names = ["12990000MA00DEM05N", "演示市 交易中心"];
        assert_eq!(for_one.refusal(&of("招标投标", &names), at(NOW)), None);
        assert_eq!(for_one.refusal(&of("招标投标", &[]), at(NOW)), Some(CopyRefusal::OtherRecipient));
        assert_eq!(for_one.refusal(&of("招标投标", &names[..1]), at(NOW)), Some(CopyRefusal::OtherRecipient));
        assert_eq!(for_one.refusal(&of("其他", &names), at(NOW)), Some(CopyRefusal::OtherPurpose));
    }

    #[test]
    fn the_last_second_is_whole() {
        let copy = copy(&[]);
        assert_eq!(copy.unusable(at("2026-12-31T15:59:59.999Z")), None);
        assert_eq!(copy.unusable(at("2026-12-31T16:00:00Z")), Some(CopyRefusal::Ended));
        assert_eq!(check(&copy, at(NOW)).outcome, Outcome::Passed);
        assert!(check(&copy, at(NOW)).sentence.zh.contains("招标 投标"));
        assert_eq!(check(&copy, at("2027-01-01T00:00:00Z")).code, "ended");
    }

    #[test]
    fn what_is_not_said_is_for_nothing() {
        assert_eq!(copy(&[("JZJZZSY", "")]).unusable(at(NOW)), Some(CopyRefusal::Incomplete));
        assert_eq!(copy(&[("JZJZZZ", "")]).unusable(at(NOW)), Some(CopyRefusal::Incomplete));
        for (name, value) in [("JZJYXQJZSJ", "2026-12-31"), ("JZJYXQJZSJ", ""), ("JZJZZSJ", "20270101000000")] {
            let of = copy(&[(name, value)]);
            assert_eq!(of.unusable(at(NOW)), Some(CopyRefusal::Malformed), "{name} {value}");
            assert_eq!(check(&of, at(NOW)).outcome, Outcome::Failed);
        }
    }
}
