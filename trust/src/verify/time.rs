//! When was it signed: the claim, and the time stamp that may prove it
//! (steps 6 and 8).

use super::{
    CheckId, Context, StampedAt, TimeSource,
    algorithms::{self, Objected, Used},
    findings::Findings,
    identity,
    revocation::{self, AuthorityState, Signed},
    vouching::{self, Occasion},
};
use crate::{
    anchor::Use,
    base::{Moment, Sentence},
    seal::Seal,
    trust_list::Stated,
    tsp::{Token, TokenOffence},
    x509::{Certificate, Ends, PathFault},
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

/// What a time stamp says of a value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Proof {
    /// It was there at this time.
    pub(super) proven: Option<Moment>,
    /// It was, should the authority, which could not be looked up, turn out good.
    pub(super) doubtful: Option<Moment>,
}

impl Proof {
    /// This one, and what another proves of something that contains it: the earlier counts.
    pub(super) fn or_within(self, outer: Self) -> Self {
        let earlier = |one: Option<Moment>, other: Option<Moment>| one.into_iter().chain(other).min();
        Self { proven: earlier(self.proven, outer.proven), doubtful: earlier(self.doubtful, outer.doubtful) }
    }
}

/// Step f of a V5 seal: its own token, over the maker's value.
pub(super) fn of_seal(findings: &mut Findings, context: &Context<'_>, seal: &Seal<'_>, stated: &Stated) -> Proof {
    let Some(token) = seal.time_stamp else { return Proof::default() };
    let mut made = Some(StampedAt { time: seal.property.created, source: TimeSource::TimeInfo });
    time_stamp(findings, context, Some(token), &seal.value, stated, &mut made)
}

/// Step 8: a token over the signature `value`, where there is one. A proven
/// time takes the place of the claimed one in the report. `stated` is what the stamped
/// document says of itself.
pub(super) fn time_stamp(
    findings: &mut Findings,
    context: &Context<'_>,
    token: Option<&[u8]>,
    value: &[u8],
    stated: &Stated,
    stamped_at: &mut Option<StampedAt>,
) -> Proof {
    let id = CheckId::Timestamp;
    let nothing = Proof::default();
    let Some(octets) = token else {
        absent(findings, context, stamped_at.is_some());
        return nothing;
    };
    let token = match Token::parse(octets) {
        Ok(token) => token,
        Err(fault) => {
            let (zh, en) = ("时间戳无法读取。", format!("The time stamp cannot be read: {fault}."));
            findings.warn("timestamp.unreadable", Sentence::new(zh, en.clone()));
            findings.indeterminate(id, "unreadable", zh, en);
            return nothing;
        }
    };
    let lists = context.anchors.lists().map(|list| list.ends(Use::TimeStamp));
    let anchors = core::iter::once(context.anchors.ends(Use::TimeStamp)).chain(lists);
    // nothing but the authority itself says when it made the token, unless later time stamps cover it
    let signed = Signed { claimed: Some(token.time), proven: context.existed_by(), ..Signed::default() };
    let occasion = Occasion { stated, stamped: Some(token.time) };
    let mut found = Vec::new();
    let path = |authority: &Certificate, pool: &[Certificate]| {
        let vouched = vouching::path(findings, context, Use::TimeStamp, authority, pool, signed, occasion)?;
        found = vouched.path;
        Ok(())
    };
    match token.check(value, anchors.flat_map(Ends::iter), path) {
        Ok(checked) => {
            // as with its certificates: nothing but the authority itself says when it made the token
            let used = Used { at: token.time, proven: context.existed_by() };
            if let Err(objected) = algorithms::time_stamp(context, &checked, used) {
                does_not_count(findings, &objected);
                return nothing;
            }
            let ended = checked.authority.not_after();
            if context.authority_lasts_until().is_some_and(|until| ended < until) {
                authority_ended(findings, ended);
                return nothing;
            }
            match revocation::of_time_stamper(findings, context, &found, token.time) {
                AuthorityState::Good => {}
                AuthorityState::Revoked(Sentence { zh, en }) => {
                    findings.warn("timestamp.revoked", Sentence::new(zh.clone(), en.clone()));
                    findings.indeterminate(id, "revoked", zh, en);
                    return nothing;
                }
                AuthorityState::Unknown(code, Sentence { zh, en }) => {
                    findings.warn("timestamp.not_looked_up", Sentence::new(zh.clone(), en.clone()));
                    findings.indeterminate(id, code, zh, en);
                    return Proof { doubtful: Some(token.time), ..nothing };
                }
            }
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
                return nothing;
            }
            findings.passed(
                id,
                format!("时间戳证明不晚于 {}（北京时间）。", token.time.at_offset_hours(8)),
                format!("A time stamp proves the value existed at {}.", token.time),
            );
            *stamped_at = Some(StampedAt { time: token.time, source: TimeSource::TimeStamp });
            return Proof { proven: Some(token.time), ..nothing };
        }
        Err(TokenOffence::Untrusted(fault)) => {
            let en = format!("The time stamp authority is not trusted: {fault}.");
            let (code, zh) = match &fault {
                PathFault::NotVouched { .. } | PathFault::Algorithm { .. } | PathFault::ListAlgorithm { .. } => {
                    let (code, why_zh) = identity::fault_zh(&fault);
                    (code, format!("时间戳的签发机构不受信任：{why_zh}。"))
                }
                _ => ("untrusted", "时间戳的签发机构没有配置为信任。".to_owned()),
            };
            findings.warn("timestamp.untrusted", Sentence::new(zh.clone(), en.clone()));
            findings.indeterminate(id, code, zh, en);
        }
        Err(TokenOffence::NoCertificate | TokenOffence::Algorithm) => {
            let (zh, en) = ("时间戳无法核对。", "The time stamp cannot be checked.");
            findings.warn("timestamp.unreadable", Sentence::new(zh, en));
            findings.indeterminate(id, "unreadable", zh, en);
        }
        Err(
            offence @ (TokenOffence::Imprint
            | TokenOffence::Value
            | TokenOffence::OtherCertificate
            | TokenOffence::Certificate),
        ) => {
            findings.failed(id, "wrong", "时间戳不是对这个签名加盖的，或者是假的。", format!("{offence}."));
        }
    }
    nothing
}

/// It is right, and by an algorithm that does not count: it proves no time.
fn does_not_count(findings: &mut Findings, objected: &Objected) {
    let (name, objection) = (objected.algorithm.as_str(), objected.objection);
    let zh = format!("时间戳相符，但按算法规定不予采信：{name} {}。", objection.zh());
    let en = format!("The time stamp verifies, but does not count by the algorithm policy: {name}, and {objection}.");
    findings.warn(objection.warning(), Sentence::new(zh.clone(), en.clone()));
    findings.indeterminate(CheckId::Timestamp, objection.code(), zh, en);
}

/// Whoever holds the key of a certificate that has ended could write any time: a time stamp over the evidence that
/// was made before would prove it.
fn authority_ended(findings: &mut Findings, ended: Moment) {
    let zh = format!("时间戳机构的证书已于 {} 到期，此前没有对核验依据加盖新的时间戳。", ended.at_offset_hours(8));
    let en = format!(
        "The certificate of the time stamp authority ended at {ended}, and no further time stamp was made over the evidence before."
    );
    findings.warn("timestamp.authority_ended", Sentence::new(zh.clone(), en.clone()));
    findings.indeterminate(CheckId::Timestamp, "authority_ended", zh, en);
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
