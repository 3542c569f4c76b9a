//! The checks of a seal, alone or inside a stamp (GB/T 38540-2020 6.3; the
//! letters are those of [`crate::seal`]).

use super::{
    CheckId, Context, SealFacts,
    algorithms::{self, Used},
    findings::Findings,
    identity,
    revocation::Signed,
    seal_status, suite as suites,
    time::Proof,
    vouching::Occasion,
};
use crate::{
    algorithms::Purpose,
    asn1::Deviations,
    base::{Moment, Sentence},
    seal::Seal,
    suite::{Algorithm, ValueFault},
    trust_list::Stated,
    x509::Certificate,
};

/// What is known of the times of a seal.
#[derive(Clone, Copy, Default)]
pub(super) struct Moments {
    /// The instant it is judged at.
    pub(super) judged: Option<Moment>,
    /// When a time stamp shows that the stamp was there.
    pub(super) proven: Option<Moment>,
    /// What time stamps prove of its making: its own, or that of the stamp.
    pub(super) made: Proof,
}

/// Runs steps b to e on a seal that parsed; step f is [`super::time::of_seal`]. `stated` is what the
/// stamped document says of itself. Returns what the seal says.
pub(super) fn check(
    findings: &mut Findings,
    context: &Context<'_>,
    seal: &Seal<'_>,
    moments: Moments,
    stated: &Stated,
) -> SealFacts {
    let Moments { judged: time, proven, made } = moments;
    let mut deviations = seal.deviations.clone();
    let maker = context.certificate(seal.maker);
    value(findings, context, seal, maker.as_ref(), &mut deviations);
    let used = Used { at: seal.property.created, proven: made.proven };
    let algorithm = Algorithm::from_oid(seal.algorithm).ok();
    algorithms::value(findings, context, CheckId::SealValue, Purpose::Seal, algorithm, maker.as_ref(), used);
    suites::note(findings, &identity::MAKER, algorithm, maker.as_ref());
    findings.deviations(CheckId::SealFormat, &deviations, context.policy.strict_encoding);
    findings.passed(CheckId::SealFormat, "印章数据结构正确。", "The seal is well-formed.");
    extensions(findings, &seal.extensions);
    if !number_fits(seal.version, seal.header.version) {
        version_mismatch(findings, seal.header.version);
    }
    period(findings, seal, time);
    maker_period(findings, seal, maker.as_ref());
    let vouched_by = maker.as_ref().and_then(|maker| {
        let Proof { proven, doubtful } = made;
        let signed = Signed { claimed: Some(seal.property.created), proven, doubtful };
        let occasion = Occasion { stated, stamped: time };
        identity::path(findings, context, &identity::MAKER, maker, &[], signed, occasion)
    });
    seal_status::check(findings, context, seal, time, proven);
    SealFacts {
        id: seal.id.to_string(),
        name: seal.property.name.to_string(),
        vendor: seal.header.vendor.to_string(),
        maker: maker.as_ref().map(|maker| identity::facts(maker, vouched_by)),
        created: seal.property.created,
        valid_from: seal.property.valid_from,
        valid_to: seal.property.valid_to,
    }
}

/// Step b: the maker's value over what the generation signs.
fn value(
    findings: &mut Findings,
    context: &Context<'_>,
    seal: &Seal<'_>,
    maker: Option<&Certificate>,
    deviations: &mut Deviations,
) {
    let id = CheckId::SealValue;
    let Some(maker) = maker else {
        findings.failed(
            id,
            "certificate_unreadable",
            "制章者证书无法读取。",
            "The seal maker's certificate cannot be read.",
        );
        return;
    };
    let result = Algorithm::from_oid(seal.algorithm).and_then(|algorithm| {
        if context.known.is_some_and(|known| known.sound_seal(seal.raw).is_some()) {
            return Ok(algorithm);
        }
        let key = maker.key().ok_or_else(|| ValueFault::UnknownAlgorithm("of the maker's key".to_owned()))?;
        let digested = |pieces: &[&[u8]]| context.digested(pieces);
        key.verify_with(algorithm, &seal.signed_octets(), &seal.value, deviations, &digested).map(|()| algorithm)
    });
    report_value(
        findings,
        id,
        result,
        ("印章由制章者签名，未被改动。", "The seal carries its maker's signature and is unaltered."),
        (
            "印章上的制章者签名不成立：印章被改动过，或者不是它所说的制章者所制。",
            "The maker's signature on the seal does not verify: the seal was altered, or made by somebody else.",
        ),
    );
}

/// Answers a value check: right, wrong, malformed, or not computable. Whether its
/// algorithm counts is for [`algorithms::value`](super::algorithms::value).
pub(super) fn report_value(
    findings: &mut Findings,
    id: CheckId,
    result: Result<Algorithm, ValueFault>,
    right: (&str, &str),
    wrong: (&str, &str),
) {
    match result {
        Ok(_) => findings.passed(id, right.0, right.1),
        Err(ValueFault::UnknownAlgorithm(name)) => findings.indeterminate(
            id,
            "unknown_algorithm",
            "签名使用了无法计算的算法。",
            format!("The signature algorithm cannot be computed here: {name}."),
        ),
        Err(ValueFault::KeyMismatch) => findings.failed(
            id,
            "key_mismatch",
            "签名算法与证书中的密钥不符。",
            "The signature algorithm does not belong to the certificate's key.",
        ),
        Err(fault @ ValueFault::Form(_)) => {
            findings.failed(id, "malformed", "签名值的格式不正确。", format!("The {fault}."));
        }
        Err(ValueFault::Wrong) => findings.failed(id, "wrong", wrong.0, wrong.1),
    }
}

/// Step e: validStart <= T <= validEnd.
fn period(findings: &mut Findings, seal: &Seal<'_>, time: Option<Moment>) {
    let id = CheckId::SealPeriod;
    let (from, to) = (seal.property.valid_from, seal.property.valid_to);
    match time {
        _ if from > to => {
            findings.failed(id, "inverted", "印章的有效期起止颠倒。", "The seal's validity ends before it begins.");
        }
        None => findings.indeterminate(
            id,
            "no_time",
            "没有可读的签章时间，无法判断印章当时是否有效。",
            "There is no readable signing time to hold the seal's validity against.",
        ),
        Some(time) if seal.is_valid_at(time) => {
            findings.passed(id, "印章在有效期内。", "The seal was within its validity.");
        }
        Some(time) => {
            let (code, zh, en) = if time < from {
                ("before_validity", "印章那时还没有生效。", "The seal was not valid yet at that time.")
            } else {
                ("after_validity", "印章那时已经过期。", "The seal had expired by that time.")
            };
            let hint = identity::time_zone_hint(time, from, to);
            findings.failed(id, code, format!("{zh}{}", hint.0), format!("{en}{}", hint.1));
        }
    }
}

/// Step c: information only. Genuine tax seals are some days older than their
/// maker's certificate.
fn maker_period(findings: &mut Findings, seal: &Seal<'_>, maker: Option<&Certificate>) {
    let id = CheckId::SealMakerPeriod;
    let Some(maker) = maker else { return };
    if maker.is_valid_at(seal.property.created) {
        findings.passed(
            id,
            "制章时制章者证书在有效期内。",
            "The maker's certificate was within its period when the seal was made.",
        );
    } else {
        let (zh, en) = (
            "印章的制作日期不在制章者证书的有效期内。",
            "The seal's date of making is outside the period of its maker's certificate.",
        );
        findings.warn("seal.maker.period", Sentence::new(zh, en));
        findings.indeterminate(id, "outside_at_creation", zh, en);
    }
}

/// Extensions of seal or stamp that call themselves critical and that no
/// standard defines: named, because a verifier that knows them could decide otherwise.
pub(super) fn extensions(findings: &mut Findings, extensions: &[crate::seal::Extension<'_>]) {
    for extension in extensions.iter().filter(|extension| extension.critical) {
        findings.warn(
            "seal.critical_extension",
            Sentence::new(
                format!("印章数据带有本系统不认识的关键扩展 {}。", extension.id),
                format!("The seal structure has a critical extension that is not understood here: {}.", extension.id),
            ),
        );
    }
}

/// Whether a version number is one that the layout goes with.
pub(super) fn number_fits(layout: super::SealVersion, number: u64) -> bool {
    match layout {
        // the 2014 text prints 11 as its example, drafts say 2 and 3, files 1
        super::SealVersion::V1 => matches!(number, 1..=3 | 11),
        super::SealVersion::V4 => number == 4,
        super::SealVersion::V5 => number == 5,
    }
}

pub(super) fn version_mismatch(findings: &mut Findings, number: u64) {
    findings.warn(
        "seal.version",
        Sentence::new(
            format!("印章数据写的版本号 {number} 与它的结构不一致，已按结构读取。"),
            format!("The version number {number} does not go with the structure; it was read by the structure."),
        ),
    );
}
