//! When was it signed: the claim, and the time stamp that may prove it
//! (steps 6 and 8).

use super::{CheckId, Context, StampedAt, TimeSource, findings::Findings};
use crate::{
    base::{Moment, Sentence},
    tsp::{Token, TokenOffence},
};

/// How much earlier than the claimed time a time stamp may be: clocks differ.
const CLOCK_SKEW_SECONDS: i64 = 60;

/// Notes the claimed signing time.
pub(super) fn claimed(findings: &mut Findings, claim: Option<(Moment, TimeSource)>) -> Option<StampedAt> {
    match claim {
        Some((time, source)) => {
            findings.passed(
                CheckId::SignatureTime,
                format!("签章者声明的时间是 {}（北京时间）。", time.at_offset_hours(8)),
                format!("The signer claims the time {time}."),
            );
            Some(StampedAt { time, source })
        }
        None => {
            findings.indeterminate(
                CheckId::SignatureTime,
                "unreadable",
                "没有可读的签章时间。",
                "There is no readable signing time.",
            );
            None
        }
    }
}

/// Step 8: a token over the signature `value`, where there is one. A proven
/// time takes the place of the claimed one in the report.
pub(super) fn time_stamp(
    findings: &mut Findings,
    context: &Context<'_>,
    token: Option<&[u8]>,
    value: &[u8],
    stamped_at: &mut Option<StampedAt>,
) {
    let id = CheckId::Timestamp;
    let Some(octets) = token else {
        absent(findings, context, stamped_at.is_some());
        return;
    };
    let token = match Token::parse(octets) {
        Ok(token) => token,
        Err(fault) => {
            let (zh, en) = ("时间戳无法读取。", format!("The time stamp cannot be read: {fault}."));
            findings.warn("timestamp.unreadable", Sentence::new(zh, en.clone()));
            findings.indeterminate(id, "unreadable", zh, en);
            return;
        }
    };
    let mut budget = context.path_budget();
    let checked = token.check(value, context.anchors.certificates(), &mut budget);
    context.set_path_budget(budget);
    match checked {
        Ok(()) => {
            let early = stamped_at
                .as_ref()
                .is_some_and(|claim| token.time.unix_seconds() + CLOCK_SKEW_SECONDS < claim.time.unix_seconds());
            if early {
                findings.failed(
                    id,
                    "before_claimed_time",
                    "时间戳早于签章者声明的时间。",
                    "The time stamp is earlier than the time the signer claims.",
                );
                return;
            }
            findings.passed(
                id,
                format!("时间戳证明不晚于 {}（北京时间）。", token.time.at_offset_hours(8)),
                format!("A time stamp proves the value existed at {}.", token.time),
            );
            *stamped_at = Some(StampedAt { time: token.time, source: TimeSource::TimeStamp });
        }
        Err(TokenOffence::Untrusted(fault)) => {
            let (zh, en) =
                ("时间戳的签发机构没有配置为信任。", format!("The time stamp authority is not trusted: {fault}."));
            findings.warn("timestamp.untrusted", Sentence::new(zh, en.clone()));
            findings.indeterminate(id, "untrusted", zh, en);
        }
        Err(TokenOffence::NoCertificate | TokenOffence::Algorithm) => {
            let (zh, en) = ("时间戳无法核对。", "The time stamp cannot be checked.");
            findings.warn("timestamp.unreadable", Sentence::new(zh, en));
            findings.indeterminate(id, "unreadable", zh, en);
        }
        Err(offence @ (TokenOffence::Imprint | TokenOffence::Value | TokenOffence::Certificate)) => {
            findings.failed(id, "wrong", "时间戳不是对这个签名加盖的，或者是假的。", format!("{offence}."));
        }
    }
}

fn absent(findings: &mut Findings, context: &Context<'_>, is_claimed: bool) {
    if is_claimed {
        findings.warn(
            "time.claimed_only",
            Sentence::new(
                "签章时间只是签章者自己的声明，没有时间戳证明。",
                "The signing time is only the signer's claim; no time stamp proves it.",
            ),
        );
    }
    let (zh, en) = ("没有时间戳。", "There is no time stamp.");
    if context.policy.strict_time {
        findings.indeterminate(CheckId::Timestamp, "absent", zh, en);
    } else {
        findings.skipped(CheckId::Timestamp, "absent", zh, en);
    }
}
