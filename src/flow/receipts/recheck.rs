//! What changed since a receipt was made: the same document, looked at now.

use super::{
    ReceiptError,
    words::{standing_words, verdict_words},
};
use crate::flow::{
    shown::{self, Shown},
    verify::Verifier,
};
use yinxin_trust::{
    base::{Moment, Sentence, Source},
    receipt::{Change, Receipt, ReplayFault, Standing, changes, sm3_of},
    verify::{CheckError, CheckId, CopyUse, Report, StandingState, Verdict},
};

/// What a second look found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recheck {
    /// The report of now.
    pub report: Report,
    /// What is another, in words.
    pub changes: Vec<(Change, Sentence)>,
}

impl Recheck {
    /// Whether something of substance is another, not the age of evidence alone.
    pub fn is_another(&self) -> bool {
        self.changes.iter().any(|(change, _)| change.is_of_substance())
    }
}

/// Looks at the document of a receipt again, with what is known now.
///
/// # Errors
/// [`ReceiptError::Replay`] for another document, [`ReceiptError::Verify`].
pub fn recheck(receipt: &Receipt, document: &dyn Source, verifier: &Verifier) -> Result<Recheck, ReceiptError> {
    let found = hex::encode(sm3_of(document).map_err(CheckError::from).map_err(ReplayFault::from)?);
    if found != receipt.document.sm3 {
        return Err(ReplayFault::OtherDocument { found, due: receipt.document.sm3.clone() }.into());
    }
    let report = verifier.verify(document, None)?;
    let found = changes(receipt, &report, shown_again(receipt, &report).code());
    let found = found.into_iter().map(|change| {
        let sentence = sentence(&change);
        (change, sentence)
    });
    Ok(Recheck { changes: found.collect(), report })
}

/// What would be shown now to who asked then. Whom an annotated copy names does not change: where it was for them
/// then, it is now.
fn shown_again(receipt: &Receipt, report: &Report) -> Shown {
    let copy = report.licence.as_ref().and_then(|licence| licence.copy.as_ref());
    let named = copy.and_then(|copy| copy.recipient.as_deref()).filter(|_| receipt.shown == Shown::Valid.code());
    let names: Vec<&str> = named.into_iter().chain([receipt.asked_by.body.as_str()]).collect();
    shown::for_use(report, &CopyUse { purpose: &receipt.purpose, names: &names }).0
}

/// A change for people.
fn sentence(change: &Change) -> Sentence {
    match change {
        Change::Verdict { was, now } => both("真伪", "Authenticity", &verdict(*was), &verdict(*now)),
        Change::Standing { was, now } => both("证照状态", "Standing", &state(*was), &state(*now)),
        Change::StandingDetail { was, now } => both("证照状态的依据", "Standing", &detail(was), &detail(now)),
        Change::Shown { was, now } => both("显示的结论", "What is shown", &same(was), &same(now)),
        Change::StandingAge { was, now } => {
            both("登记库的答复截至", "The register's answer", &moment(*was), &moment(*now))
        }
        Change::RevocationAge { was, now } => {
            both("最旧的吊销列表", "The oldest revocation list", &moment(*was), &moment(*now))
        }
    }
}

fn both(zh: &str, en: &str, was: &Sentence, now: &Sentence) -> Sentence {
    Sentence::new(format!("{zh}：当时{}，现在{}。", was.zh, now.zh), format!("{en}: then {}, now {}.", was.en, now.en))
}

fn same(text: &str) -> Sentence {
    Sentence::new(text, text)
}

fn state(state: StandingState) -> Sentence {
    standing_words(state)
}

fn verdict((verdict, reason): (Verdict, Option<CheckId>)) -> Sentence {
    let words = verdict_words(verdict);
    match reason {
        None => words,
        Some(reason) => Sentence::new(format!("{}（{reason}）", words.zh), format!("{} ({reason})", words.en)),
    }
}

fn detail(standing: &Standing) -> Sentence {
    let words = standing_words(standing.state);
    let days = |zh: bool| {
        let since = standing.since.map(|day| if zh { format!("，自 {day} 起") } else { format!(" since {day}") });
        let until = standing.until.map(|last| if zh { format!("，至 {last}") } else { format!(" until {last}") });
        let source = standing.source.as_ref().map(|name| if zh { format!("，{name}") } else { format!(" by {name}") });
        [since, until, source].into_iter().flatten().collect::<String>()
    };
    Sentence::new(format!("{}{}", words.zh, days(true)), format!("{}{}", words.en, days(false)))
}

fn moment(moment: Option<Moment>) -> Sentence {
    match moment {
        Some(moment) => {
            let text = moment.at_offset_hours(8);
            Sentence::new(format!("{text}（北京时间）"), format!("{text} (Beijing time)"))
        }
        None => Sentence::new("没有", "none"),
    }
}
