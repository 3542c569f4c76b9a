//! `seal.status`: was the seal in use when it stamped, by what its maker's register says
//! (国办发〔2025〕33号: 印章状态查询).
//!
//! The register tells the states that a seal went through, each with its first instant; the
//! state at the time of the stamp is read off here. What was stamped before a suspension, a
//! cancellation or a renewal stays good; that the time is only claimed is told in a warning. An
//! answer that speaks for an instant before the stamp says nothing about it. Without an answer the
//! check is skipped: nothing is forged by that.

use super::{CheckId, Context, Recognised, disclosure, findings::Findings, recognise::recognise};
use crate::{
    base::{Limits, Moment, Sentence, Source},
    ofd::{Document, Package, SignatureFile, SignatureKind, SignatureList},
    seal::{
        Seal, Stamp,
        life::{End, State, StateFrom},
    },
    sm::sm3,
};

/// Most seals of one document that registers are asked about.
const MOST_SEALS: usize = 32;

/// How far an answer's instant may lie before a stamp that it speaks about, milliseconds: clocks differ.
const SKEW_MILLISECONDS: i64 = 300_000;

/// A seal as a document bears it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SealName {
    /// Its esID.
    pub es_id: String,
    /// SM3 of its octets.
    pub sm3: sm3::Digest,
}

/// The answer of a register about one seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealAnswer {
    /// Which seal was asked about.
    pub seal: SealName,
    /// What was answered.
    pub said: SealSaid,
}

/// What a register says of a seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealSaid {
    /// It keeps the seal.
    Known(SealStates),
    /// It could not be asked: says nothing about the seal.
    Unreachable {
        /// Which register.
        source: String,
    },
    /// It does not keep the seal.
    NotCompetent {
        /// Which register.
        source: String,
    },
}

/// The states of a seal as its register has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealStates {
    /// Ascending in time, from its making on; states to come too.
    pub states: Vec<StateFrom>,
    /// For which instant the register speaks.
    pub as_of: Moment,
    /// Which register.
    pub source: String,
}

impl SealStates {
    /// What the seal is at an instant, and since when; `None` before it was made.
    pub fn at(&self, instant: Moment) -> Option<StateFrom> {
        self.states.iter().rev().find(|state| state.from <= instant).copied()
    }
}

/// The seals that a document bears, to ask registers with before it is checked; each once, at
/// most 32. Proves nothing: [`check`](super::check) holds the answers against the document again.
pub fn stamped_seals(document: &dyn Source, limits: &Limits) -> Vec<SealName> {
    let mut found = Vec::new();
    match recognise(document) {
        Ok(Recognised::Ofd) => of_package(document, limits, &mut found).unwrap_or_default(),
        Ok(Recognised::Disclosure) => {
            if let Ok(Ok(disclosure)) = disclosure::read(document) {
                of_stamp(crate::asn1::without_trailing(&disclosure.value).unwrap_or(&disclosure.value), &mut found);
            }
        }
        Ok(kind @ (Recognised::Seal | Recognised::Stamp)) if document.len() <= limits.der_bytes => {
            let mut octets = vec![0; usize::try_from(document.len()).unwrap_or(0)];
            if document.read_at(0, &mut octets).is_ok() {
                let octets = crate::asn1::without_trailing(&octets).unwrap_or(&octets);
                if kind == Recognised::Seal {
                    found.extend(Seal::parse(octets).ok().map(|seal| name_of(&seal)));
                } else {
                    of_stamp(octets, &mut found);
                }
            }
        }
        _ => {}
    }
    found
}

/// Up to what cannot be read: nobody is asked about what follows it.
fn of_package(document: &dyn Source, limits: &Limits, found: &mut Vec<SealName>) -> Option<()> {
    let package = Package::open(document, limits).ok()?;
    let read = Document::read(&package).ok()?;
    for link in read.signature_lists() {
        let list = SignatureList::read(&package, &link.name).ok()?;
        for item in list.items.iter().filter(|item| item.kind != Some(SignatureKind::Sign)) {
            let file = SignatureFile::read(&package, &item.file.as_ref().ok()?.name).ok()?;
            let value = package.read(&file.signed_value.as_ref()?.as_ref().ok()?.name).ok()?;
            of_stamp(crate::asn1::without_trailing(&value).unwrap_or(&value), found);
            if found.len() >= MOST_SEALS {
                return None;
            }
        }
    }
    Some(())
}

fn of_stamp(octets: &[u8], found: &mut Vec<SealName>) {
    if let Ok(stamp) = Stamp::parse(octets) {
        let name = name_of(&stamp.seal);
        if !found.contains(&name) {
            found.push(name);
        }
    }
}

fn name_of(seal: &Seal<'_>) -> SealName {
    SealName { es_id: seal.id.to_string(), sm3: sm3::digest(seal.raw) }
}

/// `seal.status`; `time` is the instant the seal is judged at, `proven` whether a time stamp shows it.
pub(super) fn check(
    findings: &mut Findings,
    context: &Context<'_>,
    seal: &Seal<'_>,
    time: Option<Moment>,
    proven: Option<Moment>,
) {
    let id = CheckId::SealStatus;
    if context.evidence.seals.is_empty() {
        findings.not_configured(id);
        return;
    }
    let name = name_of(seal);
    let answer = context.evidence.seals.iter().find(|answer| answer.seal == name);
    let states = match answer.map(|answer| &answer.said) {
        Some(SealSaid::Known(states)) => states,
        Some(SealSaid::Unreachable { source }) => {
            findings.skipped(
                id,
                "register_unreachable",
                format!("问不到{source}，不知道印章那时是否在用。"),
                format!("{source} cannot be asked whether the seal was in use."),
            );
            return;
        }
        Some(SealSaid::NotCompetent { source }) => {
            findings.skipped(
                id,
                "register_not_competent",
                format!("{source}没有登记这枚印章。"),
                format!("{source} does not keep this seal."),
            );
            return;
        }
        None => {
            findings.not_configured(id);
            return;
        }
    };
    let Some(time) = proven.or(time) else {
        let (zh, en) = (
            "没有可读的签章时间，无法判断印章那时是否在用。",
            "Without a readable signing time it cannot be said whether the seal was in use.",
        );
        findings.skipped(id, "no_time", zh, en);
        return;
    };
    if time.unix_milliseconds() - states.as_of.unix_milliseconds() > SKEW_MILLISECONDS {
        findings.skipped(
            id,
            "answer_too_old",
            format!("{}的答复只到 {}，早于签章时间。", states.source, states.as_of.at_offset_hours(8)),
            format!("{} speaks for {} only, which is before the signing time.", states.source, states.as_of),
        );
        return;
    }
    judge(findings, states, time, proven.is_some());
}

fn judge(findings: &mut Findings, states: &SealStates, time: Moment, proven: bool) {
    let id = CheckId::SealStatus;
    let beijing = |moment: Moment| moment.at_offset_hours(8);
    let (source, as_of) = (&states.source, states.as_of);
    let Some(then) = states.at(time) else {
        findings.failed(
            id,
            "before_making",
            format!("{source}的记录：签章时间早于印章的制作。"),
            format!("By {source} the seal was made after the signing time."),
        );
        return;
    };
    if then.state != State::InUse {
        let (code, zh) = match then.state {
            State::Suspended => ("suspended", "已停用"),
            State::Ended(End::Cancelled) => ("cancelled", "已注销"),
            State::Ended(End::Superseded) => ("superseded", "已换发"),
            State::Ended(End::Invalid) => ("invalid", "无效"),
            State::Ended(End::Expired) => ("expired", "已过期"),
            _ => ("not_filed", "还没有备案启用"),
        };
        findings.failed(
            id,
            code,
            format!("{source}的记录：签章时（{}）印章{zh}，自 {} 起。", beijing(time), beijing(then.from)),
            format!("By {source} the seal was {} at the signing time ({time}), since {}.", then.state, then.from),
        );
        return;
    }
    findings.passed(
        id,
        format!("{source}的记录（截至 {}）：签章时印章在用。", beijing(as_of)),
        format!("By {source} as of {as_of} the seal was in use at the signing time."),
    );
    // who holds the key of a seal that has ended could write any time
    let ended = states.at(as_of).filter(|now| now.from > time && !matches!(now.state, State::InUse));
    let by_act = ended.filter(|now| now.state != State::Ended(End::Expired) && !proven);
    if let Some(now) = by_act {
        findings.warn(
            "seal.ended_since",
            Sentence::new(
                format!(
                    "这枚印章自 {} 起{}。签章时间早于此，但没有时间戳证明。",
                    beijing(now.from),
                    now.state.chinese()
                ),
                format!(
                    "The seal is {} since {}. The signing time is before that, and no time stamp proves it.",
                    now.state, now.from
                ),
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Outcome;

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_seconds(1_790_000_000 + seconds).unwrap()
    }

    fn states() -> SealStates {
        let from = |state, seconds| StateFrom { state, from: at(seconds) };
        let states = vec![
            from(State::Made, 0),
            from(State::InUse, 10),
            from(State::Suspended, 20),
            from(State::InUse, 30),
            from(State::Ended(End::Cancelled), 40),
        ];
        SealStates { states, as_of: at(100), source: "登记库".to_owned() }
    }

    fn judged(time: i64, proven: bool) -> (Outcome, String, bool) {
        let mut findings = Findings::default();
        judge(&mut findings, &states(), at(time), proven);
        let (checks, warnings) = findings.finish(&[]);
        (checks[0].outcome, checks[0].code.clone(), !warnings.is_empty())
    }

    #[test]
    fn by_the_state_at_the_time_of_the_stamp() {
        let failed = |code: &str| (Outcome::Failed, code.to_owned(), false);
        assert_eq!(judged(-1, false), failed("before_making"));
        assert_eq!(judged(9, false), failed("not_filed"));
        assert_eq!(judged(20, false), failed("suspended"));
        assert_eq!(judged(29, true), failed("suspended"));
        assert_eq!(judged(40, true), failed("cancelled"));
        // before an end it stays good; that nothing proves the time is told
        for (time, proven) in [(10, false), (19, false), (30, false), (39, false), (39, true)] {
            let (outcome, _, warned) = judged(time, proven);
            assert_eq!((outcome, warned), (Outcome::Passed, !proven), "{time}");
        }
    }
}
