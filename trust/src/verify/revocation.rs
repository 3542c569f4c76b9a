//! Whether the certificates of a path were revoked (step 5 of a stamp, d of a
//! seal), told from the revocation lists and the answers about single certificates (OCSP) among the evidence.
//!
//! Every certificate below the anchor is asked about. A revocation works from
//! the earlier of revocationDate and invalidityDate:
//!
//! 1. at or before the signing time, proven or claimed: failed, `revoked`
//! 2. after a signing time that a time stamp proves: passed, `revoked_later`
//! 3. after a signing time that is only claimed: the holder of the key could
//!    have written any time. Failed, `revoked_unproven`, unless the reason is
//!    `superseded` or `cessationOfOperation`, under which nobody is suspected:
//!    then indeterminate, `revoked_no_poe`. It is never passed.
//!
//! A certificate without a usable list is skipped by name, which leaves a
//! verdict that needs the check indeterminate.
//!
//! Of a time stamp authority nothing but itself says when it made a token ([`of_time_stamper`], RFC 3161 4):
//!
//! 4. revoked at or before genTime, or at any time for a reason that leaves a doubt about its key, or without a
//!    reason: the token proves nothing
//!    (unless time stamps over the evidence prove that it was there before)
//! 5. revoked after genTime as unspecified, affiliationChanged, superseded or cessationOfOperation: it goes on to count
//! 6. not looked up: the token proves nothing *yet*. Where a revoked signer would need it (2), the answer is
//!    indeterminate, `revoked_time_unchecked`, and not failed: nobody knows yet

use super::{
    CheckId, Context, Outcome,
    algorithms::{self, Used},
    findings::Findings,
};
use crate::{
    anchor::{Answer, Lack, Signing, Source},
    base::{Moment, Sentence},
    x509::{Certificate, Revocation, RevocationReason},
};

/// When a signature was made.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Signed {
    /// What the signer says.
    pub(super) claimed: Option<Moment>,
    /// Not later than this, by a time stamp that verified.
    pub(super) proven: Option<Moment>,
    /// Not later than this, should the authority of a time stamp, which could not be looked up, turn out good.
    pub(super) doubtful: Option<Moment>,
}

/// What is known of a time stamp authority and of those above it.
pub(super) enum AuthorityState {
    /// Nothing against the token.
    Good,
    /// The token proves nothing.
    Revoked(Sentence),
    /// Nobody says; the code of the lack.
    Unknown(&'static str, Sentence),
}

/// What is known of one certificate, the gravest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Failed,
    Unproven,
    Lacking,
    Passed,
}

struct Found {
    rank: Rank,
    code: &'static str,
    sentence: Sentence,
}

/// Answers `id` for a path from the certificate to its anchor; `whose` names the
/// first one in both languages.
pub(super) fn check(
    findings: &mut Findings,
    context: &Context<'_>,
    id: CheckId,
    whose: (&str, &str),
    path: &[Certificate],
    signed: Signed,
) {
    let gravest = gravest(context, whose, path, |answer, whose| judge(findings, answer, whose, signed, context.at));
    let Some(Found { rank, code, sentence }) = gravest else {
        findings.passed(
            id,
            format!("{}本身就是信任锚，不由撤销名单管理。", whose.0),
            format!("{} is an anchor itself, about which no list speaks.", capital(whose.1)),
        );
        return;
    };
    let outcome = match rank {
        Rank::Failed => Outcome::Failed,
        Rank::Unproven => Outcome::Indeterminate,
        Rank::Lacking => Outcome::Skipped,
        Rank::Passed => Outcome::Passed,
    };
    findings.add(id, outcome, code, sentence);
}

/// The gravest that is known of a certificate on the path, the first of that rank; `None` for an anchor alone.
fn gravest(
    context: &Context<'_>,
    whose: (&str, &str),
    path: &[Certificate],
    mut judge: impl FnMut(&Answer, (&str, &str)) -> Found,
) -> Option<Found> {
    // nobody but its maker says when a list was made, unless time stamps over the evidence prove it
    let counts = |Signing { algorithm, purpose, bits, at }: Signing| {
        algorithms::allows(context, algorithm.into(), purpose, bits, Used { at, proven: context.existed_by() })
    };
    let mut gravest: Option<Found> = None;
    let mut oldest: Option<Moment> = None;
    for (place, pair) in path.windows(2).enumerate() {
        let [certificate, issuer] = pair else { continue };
        let name = (place > 0).then(|| certificate.display_name());
        let of_issuer = name.map(|name| (format!("签发者证书“{name}”"), format!("the issuer's certificate “{name}”")));
        let (zh, en) = of_issuer.unwrap_or_else(|| (whose.0.to_owned(), whose.1.to_owned()));
        let (at, grace) = (context.at, context.policy.crl_grace_seconds);
        let answer = context.evidence.revocation.find(certificate, issuer, at, grace, &counts);
        match answer {
            Answer::Good { as_of, .. } | Answer::Revoked { as_of, .. } => {
                oldest = Some(oldest.map_or(as_of, |known| known.min(as_of)));
            }
            Answer::None(_) => context.note_question(certificate, issuer),
        }
        let found = judge(&answer, (&zh, &en));
        if gravest.as_ref().is_none_or(|known| found.rank < known.rank) {
            gravest = Some(found);
        }
    }
    if let Some(oldest) = oldest {
        context.note_revocation_age(oldest);
    }
    gravest
}

/// Rules 4 to 6, for a path from the authority of a token to its anchor; `made` is genTime.
pub(super) fn of_time_stamper(
    findings: &mut Findings,
    context: &Context<'_>,
    path: &[Certificate],
    made: Moment,
) -> AuthorityState {
    let whose = ("时间戳机构证书", "the certificate of the time stamp authority");
    let found = gravest(context, whose, path, |answer, whose| match answer {
        Answer::Revoked { revocation, .. } => authority_revoked(revocation, whose, made, context),
        // of one that is not revoked, or not looked up, nothing depends on a time
        other => judge(findings, other, whose, Signed::default(), context.at),
    });
    match found {
        Some(Found { rank: Rank::Lacking, code, sentence }) => AuthorityState::Unknown(code, sentence),
        Some(Found { rank: Rank::Failed | Rank::Unproven, sentence, .. }) => AuthorityState::Revoked(sentence),
        Some(Found { rank: Rank::Passed, .. }) | None => AuthorityState::Good,
    }
}

fn authority_revoked(revocation: &Revocation, (zh, en): (&str, &str), made: Moment, context: &Context<'_>) -> Found {
    use RevocationReason as R;
    let works_from = revocation.works_from();
    let retired = matches!(
        revocation.reason,
        Some(R::Unspecified | R::AffiliationChanged | R::Superseded | R::CessationOfOperation)
    );
    // later time stamps over document and evidence prove that the token was there, whoever has its key now
    let was_there = context.existed_by().is_some_and(|by| by < works_from);
    if works_from > context.at || (works_from > made && (retired || was_there)) {
        return Found { rank: Rank::Passed, code: "revoked_later", sentence: Sentence::new("", "") };
    }
    let (why_zh, why_en) = reason(revocation.reason);
    let (then_zh, then_en) = if works_from > made {
        (
            "时间戳虽在此之前，但在这种原因下不能采信",
            "the time stamp is from before, but under this reason it does not count",
        )
    } else {
        ("时间戳在此之后", "the time stamp was made after that")
    };
    let when = works_from.at_offset_hours(8);
    Found {
        rank: Rank::Failed,
        code: "revoked",
        sentence: Sentence::new(
            format!("{zh}自 {when}（北京时间）起被撤销，原因：{why_zh}；{then_zh}。"),
            format!("{} was revoked from {works_from} on, reason: {why_en}; {then_en}.", capital(en)),
        ),
    }
}

fn judge(findings: &mut Findings, answer: &Answer, whose: (&str, &str), signed: Signed, at: Moment) -> Found {
    let (zh, en) = (whose.0, capital(whose.1));
    let found = |rank, code, zh: String, en: String| Found { rank, code, sentence: Sentence::new(zh, en) };
    match answer {
        Answer::Good { as_of, in_grace, source } => {
            let (by_zh, by_en) = words(*source);
            if *in_grace {
                let zh = format!("{zh}的{by_zh}已过更新期限，仍在允许的宽限期内。");
                let en = format!("{en}: the {} is overdue, but within the grace that is configured.", long(*source));
                findings.warn("revocation.in_grace", Sentence::new(zh, en));
            }
            let zh = format!("{zh}没有被撤销（{by_zh}截至 {}，北京时间）。", as_of.at_offset_hours(8));
            found(Rank::Passed, "ok", zh, format!("{en} is not revoked (by the {by_en} of {as_of})."))
        }
        Answer::Revoked { revocation, as_of, source } => revoked(revocation, (*as_of, *source), (zh, &en), signed, at),
        Answer::None(Lack::Algorithm(name, objection)) => {
            let name = name.as_str();
            let zh = format!("{zh}是否被撤销没有查到：撤销名单或者应答的签名算法不予采信：{name} {}。", objection.zh());
            let en = format!(
                "{en} could not be looked up: the list or answer about it is signed with {name}, and {objection}."
            );
            found(Rank::Lacking, objection.code(), zh, en)
        }
        Answer::None(lack) => {
            let (code, why_zh, why_en) = match lack {
                Lack::NoList => ("no_list", "没有配置签发者的撤销名单", "no revocation list of its issuer is at hand"),
                Lack::Outdated => {
                    ("list_outdated", "撤销名单已过更新期限", "the revocation list of its issuer is overdue")
                }
                Lack::MadeLater => (
                    "list_made_later",
                    "撤销名单晚于所问的时间",
                    "the revocation list was made after the time that is asked for",
                ),
                Lack::AnswerUnusable => (
                    "answer_unusable",
                    "证书状态应答不是有权应答者所签",
                    "the answer about it is signed by nobody who may answer",
                ),
                Lack::AnswerMadeLater => (
                    "answer_made_later",
                    "证书状态应答晚于所问的时间",
                    "the answer about it was made after the time that is asked for",
                ),
                Lack::AnswerOutdated => {
                    ("answer_outdated", "证书状态应答已过更新期限", "the answer about it is overdue")
                }
                Lack::StatusUnknown => {
                    ("status_unknown", "应答者不知道这张证书", "whoever answers about it does not know it")
                }
                Lack::Algorithm(..) | Lack::Unusable => (
                    "list_unusable",
                    "撤销名单不是签发者所签，或者不能使用",
                    "the revocation list is not signed by its issuer, or cannot be used",
                ),
            };
            let zh = format!("{zh}是否被撤销没有查到：{why_zh}。");
            found(Rank::Lacking, code, zh, format!("{en} could not be looked up: {why_en}."))
        }
    }
}

/// What said so, briefly.
const fn words(source: Source) -> (&'static str, &'static str) {
    match source {
        Source::List => ("撤销名单", "list"),
        Source::Answer => ("证书状态应答", "answer"),
    }
}

const fn long(source: Source) -> &'static str {
    match source {
        Source::List => "revocation list",
        Source::Answer => "answer about the certificate",
    }
}

/// The three rules of the module.
fn revoked(
    revocation: &Revocation,
    (as_of, source): (Moment, Source),
    whose: (&str, &str),
    signed: Signed,
    at: Moment,
) -> Found {
    let (zh, en) = whose;
    let works_from = revocation.works_from();
    let (why_zh, why_en) = reason(revocation.reason);
    let when = works_from.at_offset_hours(8);
    let told_zh = format!("{zh}自 {when}（北京时间）起被撤销，原因：{why_zh}");
    let told_en = format!("{en} was revoked from {works_from} on, reason: {why_en}");
    let found = |rank, code, zh: String, en: String| Found {
        rank,
        code,
        sentence: Sentence::new(told_zh.clone() + &zh, told_en.clone() + &en),
    };
    let time = signed.claimed.or(signed.proven).unwrap_or(at);
    if works_from > at {
        let (zh, en) = ("；所问的时间还没有撤销。".to_owned(), "; not yet at the time that is asked for.".to_owned());
        return found(Rank::Passed, "revoked_later", zh, en);
    }
    match signed.proven {
        _ if works_from <= time => {
            found(Rank::Failed, "revoked", "；签章在此之后。".to_owned(), "; it was signed after that.".to_owned())
        }
        Some(proven) if proven < works_from => {
            let zh = format!("；时间戳证明签章在此之前（{}截至 {}）。", words(source).0, as_of.at_offset_hours(8));
            found(Rank::Passed, "revoked_later", zh, "; a time stamp proves that it was signed before.".to_owned())
        }
        _ if signed.doubtful.is_some_and(|made| made < works_from) => found(
            Rank::Unproven,
            "revoked_time_unchecked",
            "；时间戳在此之前，但时间戳机构是否被撤销没有查到。".to_owned(),
            "; a time stamp is from before that, but its authority could not be looked up.".to_owned(),
        ),
        _ if is_without_suspicion(revocation.reason) => found(
            Rank::Unproven,
            "revoked_no_poe",
            "；签章者声明的时间在此之前，但没有时间戳证明。".to_owned(),
            "; the time claimed is before that, but no time stamp proves it.".to_owned(),
        ),
        _ => found(
            Rank::Failed,
            "revoked_unproven",
            "；声明的签章时间在此之前，但没有时间戳证明，不能采信。".to_owned(),
            "; the time claimed is before that, but nothing proves it, and it does not count.".to_owned(),
        ),
    }
}

/// Reasons under which the key is retired and its holder trusted.
fn is_without_suspicion(reason: Option<RevocationReason>) -> bool {
    matches!(reason, Some(RevocationReason::Superseded | RevocationReason::CessationOfOperation))
}

fn reason(reason: Option<RevocationReason>) -> (&'static str, &'static str) {
    use RevocationReason as R;
    match reason {
        None | Some(R::Unspecified) => ("未说明", "not given"),
        Some(R::KeyCompromise) => ("密钥泄露", "key compromise"),
        Some(R::CaCompromise) => ("证书机构密钥泄露", "compromise of the authority"),
        Some(R::AffiliationChanged) => ("从属关系变更", "affiliation changed"),
        Some(R::Superseded) => ("已被新证书取代", "superseded"),
        Some(R::CessationOfOperation) => ("停止使用", "cessation of operation"),
        Some(R::CertificateHold) => ("暂停使用", "on hold"),
        Some(R::RemoveFromCrl) => ("从名单移除", "removed from the list"),
        Some(R::PrivilegeWithdrawn) => ("权限已收回", "privilege withdrawn"),
        Some(R::AaCompromise) => ("属性机构密钥泄露", "compromise of the attribute authority"),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
