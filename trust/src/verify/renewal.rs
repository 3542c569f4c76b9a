//! Whether time stamps over kept evidence prove when document and evidence were there
//! ([`crate::evidence::renewal`]; in the manner of RFC 4998 5.3).
//!
//! Of each renewal, from the first to the last:
//! 1. the time stamp is over document, evidence and all renewals before, as they are now ·
//! 2. it verifies, and there is a path from its authority to an anchor at genTime ·
//! 3. it is not earlier than the one before ·
//! 4. when the next one was made, or today where there is none, every certificate on its path was in its period,
//!    no list says that one was revoked, and its algorithms counted.
//!
//! Where all hold, everything was there at the genTime of the first. Where only the last one counts no more, nothing
//! is proven and nothing is suspected ([`RenewalFault::Lapsed`]); whatever else is wrong means that something was
//! altered, is missing, or was done too late.

use super::{
    Check, CheckId, Context, Evidence, Outcome, Policy,
    algorithms::{self, Objected, Used},
    findings::Findings,
    revocation::Signed,
    vouching::{self, Occasion},
};
use crate::{
    algorithms::{AlgorithmName, Objection, Purpose},
    anchor::{Anchors, Answer, RevocationLists, Use},
    base::{Day, Moment, Sentence},
    evidence::{
        EvidenceFault, EvidenceSet, GatherFault,
        renewal::{DigestKind, Renewal},
    },
    trust_list::{MissedUpdate, Stated},
    tsp::{Token, TokenFault, TokenOffence},
    x509::{Certificate, Ends},
};

/// By what renewals are judged.
#[derive(Clone, Copy, Debug)]
pub struct RenewalJudge<'a> {
    /// Whose time stamps count (use `time-stamp`).
    pub anchors: &'a Anchors,
    /// What is known today, beside what the renewals hold.
    pub revocation: &'a RevocationLists,
    /// Algorithms that count, and limits.
    pub policy: &'a Policy,
    /// The instant of the judgement.
    pub today: Moment,
}

/// What renewals prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Existed {
    /// Document and evidence were there then.
    pub by: Moment,
    /// By how many time stamps.
    pub renewals: usize,
    /// Up to when the last one counts by what is known today: a further one has to be made before. `None` where
    /// nothing ends it.
    pub holds_until: Option<Moment>,
}

/// Why renewals prove nothing; they are counted from 1.
#[derive(Debug, thiserror::Error)]
pub enum RenewalFault {
    /// The time stamp is over something else.
    #[error(
        "renewal {number} is over something else: the document, its evidence or an earlier renewal was altered, or one is missing"
    )]
    Altered {
        /// Which one.
        number: usize,
    },
    /// The token cannot be read.
    #[error("renewal {number}: {fault}")]
    Token {
        /// Which one.
        number: usize,
        /// Why.
        fault: TokenFault,
    },
    /// The token does not verify, or is of an authority that nobody here trusts.
    #[error("renewal {number}: {offence}")]
    Offence {
        /// Which one.
        number: usize,
        /// What is wrong.
        offence: TokenOffence,
    },
    /// The token is over a digest of another kind than the renewal says.
    #[error("renewal {number}: its time stamp is by another digest than its tree")]
    Digest {
        /// Which one.
        number: usize,
    },
    /// Made by an algorithm that did not count when it was used.
    #[error("renewal {number} was made with {algorithm}: {objection}")]
    Algorithm {
        /// Which one.
        number: usize,
        /// Which algorithm.
        algorithm: &'static str,
        /// Why not.
        objection: Objection,
    },
    /// Earlier than the one before.
    #[error("renewal {number} says to be of {time}, before the one that it covers")]
    OutOfOrder {
        /// Which one.
        number: usize,
        /// Its genTime.
        time: Moment,
    },
    /// The one before did not count any more when it was made.
    #[error("renewal {number} was made too late, at {time}: {why}")]
    TooLate {
        /// Which one.
        number: usize,
        /// Its genTime.
        time: Moment,
        /// What had ended.
        why: Ended,
    },
    /// The last one does not count today.
    #[error("renewal {number}, the last one, counts no more: {why}")]
    Lapsed {
        /// Which one.
        number: usize,
        /// What has ended.
        why: Ended,
    },
    /// What it holds for others cannot be read.
    #[error("renewal {number}: {fault}")]
    Pieces {
        /// Which one.
        number: usize,
        /// Why.
        fault: EvidenceFault,
    },
    /// The statement cannot be written.
    #[error(transparent)]
    Gather(#[from] GatherFault),
}

/// By what a time stamp counts no more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ended {
    /// A certificate on its path.
    #[error("the certificate of {subject} ended at {at}")]
    Certificate {
        /// Whose.
        subject: String,
        /// notAfter.
        at: Moment,
    },
    /// An algorithm of it or of its path.
    #[error("{algorithm} counts until {until}")]
    Algorithm {
        /// Which one.
        algorithm: &'static str,
        /// Its last day.
        until: Day,
    },
    /// A certificate on its path was revoked.
    #[error("the certificate of {subject} was revoked from {at} on")]
    Revoked {
        /// Whose.
        subject: String,
        /// Since when.
        at: Moment,
    },
}

/// What the renewals of a set prove about a document, whose digests `document` gives; `None` without renewals.
///
/// # Errors
/// [`RenewalFault`], the first.
pub fn existed(
    set: &EvidenceSet,
    document: &dyn Fn(DigestKind) -> [u8; 32],
    judge: &RenewalJudge<'_>,
) -> Result<Option<Existed>, RenewalFault> {
    let all = set.renewals();
    let evidence = Evidence { revocation: known(all, judge.revocation)?, ..Evidence::default() };
    // a list of then is overdue by now, and was not then
    let policy = Policy { outdated_lists: MissedUpdate::Flag, ..judge.policy.clone() };
    let context = Context::new(judge.anchors, &evidence, &policy, judge.today, None);
    let mut made: Vec<Made<'_>> = Vec::with_capacity(all.len());
    for (place, renewal) in all.iter().enumerate() {
        let statement = crate::evidence::renewal::statement(
            renewal.digest,
            &document(renewal.digest),
            (set.at, set.pieces()),
            &all[..place],
        )?;
        let found = Made::of(&context, renewal, &statement)?;
        if let Some(before) = made.last() {
            let (number, time) = (renewal.number, found.time);
            if time < before.time {
                return Err(RenewalFault::OutOfOrder { number, time });
            }
            before.counts(&context, Some(time)).map_err(|why| match why {
                Doubt::Ended(why) => RenewalFault::TooLate { number, time, why },
                Doubt::Never(objected) => never(before.renewal.number, &objected),
            })?;
        }
        made.push(found);
    }
    let Some((first, last)) = made.first().zip(made.last()) else { return Ok(None) };
    let number = last.renewal.number;
    last.counts(&context, None).map_err(|why| match why {
        Doubt::Ended(why) => RenewalFault::Lapsed { number, why },
        Doubt::Never(objected) => never(number, &objected),
    })?;
    Ok(Some(Existed { by: first.time, renewals: made.len(), holds_until: last.holds_until(&context) }))
}

fn never(number: usize, objected: &Objected) -> RenewalFault {
    RenewalFault::Algorithm { number, algorithm: objected.algorithm.as_str(), objection: objected.objection }
}

/// All that is known of revoked certificates: today, and by the renewals.
fn known(renewals: &[Renewal], today: &RevocationLists) -> Result<RevocationLists, RenewalFault> {
    renewals.iter().try_fold(today.clone(), |known, renewal| {
        let lists = renewal.revocation().map_err(|fault| RenewalFault::Pieces { number: renewal.number, fault })?;
        Ok(known.and(&lists))
    })
}

/// A time stamp that verified.
struct Made<'a> {
    renewal: &'a Renewal,
    time: Moment,
    /// From the authority to the anchor.
    path: Vec<Certificate>,
    /// Of value, digest, and the certificates of the path.
    algorithms: Vec<(AlgorithmName, Purpose, u32)>,
}

/// Why a time stamp does not count at an instant.
enum Doubt {
    /// It did.
    Ended(Ended),
    /// It never did.
    Never(Objected),
}

impl<'a> Made<'a> {
    /// Steps 1 and 2.
    fn of(context: &Context<'_>, renewal: &'a Renewal, statement: &[u8]) -> Result<Self, RenewalFault> {
        let number = renewal.number;
        let stamped = renewal.stamped(statement).ok_or(RenewalFault::Altered { number })?;
        let token = Token::parse(&renewal.token).map_err(|fault| RenewalFault::Token { number, fault })?;
        let offence = |offence| match offence {
            TokenOffence::Imprint => RenewalFault::Altered { number },
            offence => RenewalFault::Offence { number, offence },
        };
        if token.imprint().map_err(offence)?.kind() != renewal.digest.imprint() {
            return Err(RenewalFault::Digest { number });
        }
        let lists = context.anchors.lists().map(|list| list.ends(Use::TimeStamp));
        let anchors = core::iter::once(context.anchors.ends(Use::TimeStamp)).chain(lists).flat_map(Ends::iter);
        context.set_path_budget(context.policy.limits.path_signatures);
        let mut found = Vec::new();
        // whether algorithms counted is asked later, when it is known what proves the time
        let (signed, stated) =
            (Signed { claimed: Some(token.time), proven: Some(token.time), doubtful: None }, Stated::default());
        let occasion = Occasion { stated: &stated, stamped: Some(token.time) };
        let path = |authority: &Certificate, pool: &[Certificate]| {
            let mut ignored = Findings::default();
            let vouched = vouching::path(&mut ignored, context, Use::TimeStamp, authority, pool, signed, occasion);
            found = vouched?.path;
            Ok(())
        };
        let checked = token.check(&stamped, anchors, path).map_err(offence)?;
        let bits = checked.authority.key().map_or(0, crate::suite::PublicKey::bits);
        let mut algorithms = vec![
            (checked.algorithm.into(), Purpose::TimeStamp, bits),
            (renewal.digest.name(), Purpose::TimeStamp, algorithms::DIGEST_BITS),
        ];
        for pair in found.windows(2) {
            let [subject, issuer] = pair else { continue };
            if let Some((algorithm, key)) = subject.signature_algorithm().zip(issuer.key()) {
                algorithms.push((algorithm.into(), Purpose::Certificate, key.bits()));
            }
        }
        Ok(Self { renewal, time: token.time, path: found, algorithms })
    }

    /// Step 4: whether it counted at `next`, when the next one was made, or counts today.
    fn counts(&self, context: &Context<'_>, next: Option<Moment>) -> Result<(), Doubt> {
        let then = next.unwrap_or(context.at);
        if let Some(certificate) = self.path.iter().find(|certificate| certificate.not_after() < then) {
            let subject = certificate.subject().to_owned();
            return Err(Doubt::Ended(Ended::Certificate { subject, at: certificate.not_after() }));
        }
        for pair in self.path.windows(2) {
            let [certificate, issuer] = pair else { continue };
            let answer = context.evidence.revocation.find(certificate, issuer, then, 0, &|_| Ok(()));
            // without a list nobody knows, as of time stamps within stamps
            if let Answer::Revoked { revocation, .. } = answer
                && revocation.works_from() <= then
            {
                let subject = certificate.subject().to_owned();
                return Err(Doubt::Ended(Ended::Revoked { subject, at: revocation.works_from() }));
            }
        }
        let used = Used { at: self.time, proven: next };
        for &(algorithm, purpose, bits) in &self.algorithms {
            match algorithms::allows(context, algorithm, purpose, bits, used) {
                Ok(()) => {}
                Err(Objection::EndedSince { until }) => {
                    return Err(Doubt::Ended(Ended::Algorithm { algorithm: algorithm.as_str(), until }));
                }
                Err(objection) => return Err(Doubt::Never(Objected { algorithm, objection })),
            }
        }
        Ok(())
    }

    /// The first end of its certificates and algorithms.
    fn holds_until(&self, context: &Context<'_>) -> Option<Moment> {
        let certificates = self.path.iter().map(Certificate::not_after);
        let policy = &context.policy.algorithms;
        let ends = self
            .algorithms
            .iter()
            .filter_map(|&(algorithm, purpose, bits)| policy.ends(algorithm, purpose, bits, self.time).map(Day::ends));
        certificates.chain(ends).min()
    }
}

impl RenewalFault {
    /// The code of the check.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Altered { .. } => "altered",
            Self::Token { .. } | Self::Pieces { .. } => "unreadable",
            Self::Offence { offence: TokenOffence::Untrusted(_), .. } => "untrusted",
            Self::Offence { .. } | Self::Digest { .. } => "wrong",
            Self::Algorithm { objection, .. } => objection.code(),
            Self::OutOfOrder { .. } => "out_of_order",
            Self::TooLate { .. } => "too_late",
            Self::Lapsed { .. } => "lapsed",
            Self::Gather(_) => "too_large",
        }
    }

    fn zh(&self) -> String {
        match self {
            Self::Altered { number } => {
                format!("第 {number} 次续期的时间戳与现有内容不符：文件、依据或者更早的续期被改动过，或者缺了一次")
            }
            Self::Token { number, .. } | Self::Pieces { number, .. } => format!("第 {number} 次续期无法读取"),
            Self::Offence { number, offence: TokenOffence::Untrusted(_) } => {
                format!("第 {number} 次续期的时间戳机构不受信任")
            }
            Self::Offence { number, .. } | Self::Digest { number } => format!("第 {number} 次续期的时间戳不成立"),
            Self::Algorithm { number, algorithm, objection } => {
                format!("第 {number} 次续期所用的 {algorithm} {}", objection.zh())
            }
            Self::OutOfOrder { number, time } => {
                format!("第 {number} 次续期的时间 {} 早于它所续的那一次", time.at_offset_hours(8))
            }
            Self::TooLate { number, time, why } => {
                format!("第 {number} 次续期做得太晚（{}）：{}", time.at_offset_hours(8), why.zh())
            }
            Self::Lapsed { number, why } => format!("最后一次续期（第 {number} 次）已经失效：{}", why.zh()),
            Self::Gather(_) => "续期的内容过大".to_owned(),
        }
    }
}

impl Ended {
    fn zh(&self) -> String {
        match self {
            Self::Certificate { subject, at } => format!("{subject} 的证书到 {} 为止", at.at_offset_hours(8)),
            Self::Algorithm { algorithm, until } => format!("{algorithm} 只认可到 {until} 为止"),
            Self::Revoked { subject, at } => format!("{subject} 的证书自 {} 起被撤销", at.at_offset_hours(8)),
        }
    }
}

/// The check `evidence.renewal`.
pub(super) fn check(found: Result<Option<&Existed>, &RenewalFault>) -> Check {
    let id = CheckId::EvidenceRenewal;
    let (outcome, code, sentence) = match found {
        Ok(None) => (
            Outcome::Skipped,
            "absent",
            Sentence::new(
                "核验依据上没有时间戳：依据是不是当时的，只能相信保管它的人。",
                "There is no time stamp over the evidence: that it is of then is the word of whoever kept it.",
            ),
        ),
        Ok(Some(Existed { by, renewals, holds_until })) => {
            let until_zh = holds_until.map(|at| format!("，目前有效到 {}", at.at_offset_hours(8))).unwrap_or_default();
            let until_en = holds_until.map(|at| format!("; the last one counts until {at}")).unwrap_or_default();
            let zh = format!("{renewals} 次时间戳证明文件和依据在 {} 已经存在{until_zh}。", by.at_offset_hours(8));
            let en = format!("Time stamps, {renewals}, prove that document and evidence were there at {by}{until_en}.");
            (Outcome::Passed, "ok", Sentence::new(zh, en))
        }
        Err(fault) => {
            let outcome =
                if matches!(fault, RenewalFault::Lapsed { .. }) { Outcome::Skipped } else { Outcome::Indeterminate };
            let sentence = Sentence::new(format!("{}。", fault.zh()), format!("{fault}."));
            (outcome, fault.code(), sentence)
        }
    };
    Check { id, outcome, code: code.to_owned(), sentence }
}
