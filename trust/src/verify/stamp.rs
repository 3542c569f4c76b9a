//! The checks of one stamp (`Type="Seal"`), by the numbered steps of [`crate::seal`].

use super::{
    CheckId, Context, SignatureReport, StampedAt, TimeSource,
    algorithms::{self, Used},
    findings::Findings,
    identity,
    revocation::Signed,
    seal,
    signature::{Original, blank, without_trailing},
    suite as suites,
    time::{self, Proof},
    vouching::Occasion,
};
use crate::{
    algorithms::{AlgorithmName, Purpose},
    asn1::{Deviations, read_time_text},
    base::Moment,
    seal::{SealFault, Stamp, TimeInfo},
    sm::{Signature, sm3},
    suite::{self, Algorithm, PublicKey, ValueFault},
    trust_list::Stated,
    x509::Certificate,
};

/// Runs every step on a signature value that should be a stamp.
pub(super) fn check(
    findings: &mut Findings,
    context: &Context<'_>,
    id: &str,
    octets: &[u8],
    original: Option<&Original<'_>>,
) -> SignatureReport {
    let mut report = blank(id, super::SignatureKind::Seal);
    let octets = without_trailing(findings, CheckId::SignatureFormat, octets);
    let stamp = match Stamp::parse(octets) {
        Ok(stamp) => stamp,
        Err(fault) => {
            format_fault(findings, &fault);
            return report;
        }
    };
    report.seal_version = Some(stamp.seal.version);
    let mut deviations = stamp.deviations.clone();
    let signer = context.certificate(stamp.certificate);
    // step 2
    value(findings, context, &stamp, signer.as_ref(), &mut deviations);
    suites::note(findings, &identity::SIGNER, Algorithm::from_oid(stamp.algorithm).ok(), signer.as_ref());
    report.value_verified = findings.outcome(CheckId::SignatureValue) == Some(super::Outcome::Passed);
    // step 1
    findings.deviations(CheckId::SignatureFormat, &deviations, context.policy.strict_encoding);
    findings.passed(CheckId::SignatureFormat, "签章数据结构正确。", "The stamp is well-formed.");
    seal::extensions(findings, &stamp.extensions);
    if !seal::number_fits(stamp.seal.version, stamp.version) {
        seal::version_mismatch(findings, stamp.version);
    }
    // step 6
    let claim = claimed_time(findings, &stamp, original);
    let claimed = claim.map(|(moment, _)| moment);
    report.stamped_at = time::claimed(findings, claim);
    // step 8, and f of a V5 seal
    let nothing = Stated::default();
    let stated = original.map_or(&nothing, |original| original.stated);
    let (proof, of_seal) = time_stamps(findings, context, &stamp, stated, &mut report.stamped_at);
    let used = Used::at_signing(context, report.stamped_at.as_ref());
    let algorithm = Algorithm::from_oid(stamp.algorithm).ok();
    algorithms::value(findings, context, CheckId::SignatureValue, Purpose::Stamp, algorithm, signer.as_ref(), used);
    // step 7
    if let Some(original) = original
        && let Some(digest) = data_hash(findings, &stamp, signer.as_ref(), original)
    {
        algorithms::digest(findings, context, CheckId::SignatureDataHash, digest, used);
    }
    // steps 3 and 4
    listed(findings, &stamp);
    let proven = context.proven(proof.proven);
    let made = of_seal.or_within(proof);
    let made = Proof { proven: context.proven(made.proven), ..made };
    let moments = seal::Moments { judged: claimed, proven, made };
    report.seal = Some(seal::check(findings, context, &stamp.seal, moments, stated));
    if let Some(original) = original {
        original.seal_file(findings, stamp.seal.raw);
    }
    // step 5
    if let Some(signer) = &signer {
        identity::period(findings, signer, claimed);
        identity::key_usage(findings, signer);
        let (signed, occasion) =
            (Signed { claimed, proven, doubtful: proof.doubtful }, Occasion { stated, stamped: claimed });
        let vouched_by = identity::path(findings, context, &identity::SIGNER, signer, &[], signed, occasion);
        report.signer = Some(identity::facts(signer, vouched_by));
    }
    report
}

fn format_fault(findings: &mut Findings, fault: &SealFault) {
    if let SealFault::Seal(inner) = fault {
        findings.failed(
            CheckId::SealFormat,
            "malformed",
            "签章中的印章数据格式不正确。",
            format!("The seal inside the stamp is malformed: {inner}."),
        );
    }
    findings.failed(
        CheckId::SignatureFormat,
        "malformed",
        "签章数据格式不正确，无法读取。",
        format!("The stamp is malformed: {fault}."),
    );
}

/// Step 2: the signer's value over the received octets of TBS_Sign.
fn value(
    findings: &mut Findings,
    context: &Context<'_>,
    stamp: &Stamp<'_>,
    signer: Option<&Certificate>,
    deviations: &mut Deviations,
) {
    let id = CheckId::SignatureValue;
    let Some(signer) = signer else {
        findings.failed(
            id,
            "certificate_unreadable",
            "签章者证书无法读取。",
            "The signer's certificate cannot be read.",
        );
        return;
    };
    let result = Algorithm::from_oid(stamp.algorithm).and_then(|algorithm| {
        let key = signer.key().ok_or_else(|| ValueFault::UnknownAlgorithm("of the signer's key".to_owned()))?;
        let known = context.known.and_then(|known| known.sound_seal(stamp.seal.raw));
        let (Algorithm::Sm2Sm3, PublicKey::Sm2(sm2_key), Some(known)) = (algorithm, key, known) else {
            let digested = |pieces: &[&[u8]]| context.digested(pieces);
            return key.verify_with(algorithm, stamp.tbs_raw, &stamp.value, deviations, &digested).map(|()| algorithm);
        };
        // the same in all, but what is known of the seal is not digested again
        let (signature, _) = Signature::from_wire(&stamp.value, deviations)?;
        let digest = known.stamp_digest(sm2_key, stamp.tbs_raw);
        let right = digest.is_ok_and(|digest| sm2_key.verify_digest(&digest, &signature));
        if right { Ok(algorithm) } else { Err(ValueFault::Wrong) }
    });
    seal::report_value(
        findings,
        id,
        result,
        ("签章由证书的持有者作出。", "The stamp was made with the key of the signer's certificate."),
        (
            "签名不成立：签章被改动过，或者不是证书的持有者所盖。",
            "The signature does not verify: the stamp was altered, or made with another key.",
        ),
    );
}

/// Step 7: dataHash is the digest of Signature.xml, by the hash of the
/// signature algorithm (GB/T 38540: SM2 goes with SM3). ECDSA goes with SM3 too: what
/// the cross-border profile writes. Answers by which digest it is right.
fn data_hash(
    findings: &mut Findings,
    stamp: &Stamp<'_>,
    signer: Option<&Certificate>,
    original: &Original<'_>,
) -> Option<AlgorithmName> {
    let id = CheckId::SignatureDataHash;
    let xml = original.signature_xml;
    let national = || original.signature_sm3.unwrap_or_else(|| sm3::digest(xml));
    let allowed: &[AlgorithmName] = match Algorithm::from_oid(stamp.algorithm) {
        Ok(Algorithm::EcdsaSha256) => &[AlgorithmName::Sm3, AlgorithmName::Sha256],
        Ok(Algorithm::RsaSha256) => &[AlgorithmName::Sha256],
        _ => &[AlgorithmName::Sm3],
    };
    let is_by = |name: &&AlgorithmName| match name {
        AlgorithmName::Sha256 => *stamp.data_hash == suite::sha256(xml),
        _ => *stamp.data_hash == national(),
    };
    if let Some(name) = allowed.iter().find(is_by) {
        findings.passed(id, "签名文件与签章时一致。", "Signature.xml is as it was when stamped.");
        return Some(*name);
    }
    // some products hash the signer's Z value along; a deviation that no genuine file shows
    let with_z = match signer.and_then(Certificate::key) {
        Some(PublicKey::Sm2(key)) => key.message_digest(crate::sm::sm2::DEFAULT_ID, original.signature_xml).ok(),
        _ => None,
    };
    if with_z.is_some_and(|digest| *stamp.data_hash == digest) {
        findings.failed(
            id,
            "with_z",
            "原文杂凑值混入了签章者的 Z 值，不符合标准。",
            "The data hash was computed with the signer's Z value, which the standard does not allow.",
        );
        return None;
    }
    findings.failed(id, "differs", "签名文件在签章以后被改动过。", "Signature.xml changed after stamping.");
    None
}

/// Step 3: the signer's certificate is in the seal's list.
fn listed(findings: &mut Findings, stamp: &Stamp<'_>) {
    let id = CheckId::SealSignerListed;
    if stamp.seal.lists(stamp.certificate) {
        findings.passed(id, "签章者在印章的授权名单中。", "The signer is in the seal's list of those who may use it.");
    } else {
        findings.failed(
            id,
            "not_listed",
            "签章者不在印章的授权名单中。",
            "The signer is not in the seal's list of those who may use it.",
        );
    }
}

/// timeInfo, else SignatureDateTime.
fn claimed_time(
    findings: &mut Findings,
    stamp: &Stamp<'_>,
    original: Option<&Original<'_>>,
) -> Option<(Moment, TimeSource)> {
    match stamp.time {
        TimeInfo::Claimed(moment) => return Some((moment, TimeSource::TimeInfo)),
        TimeInfo::Token(token) => {
            if let Ok(token) = crate::tsp::Token::parse(token) {
                return Some((token.time, TimeSource::TimeInfo));
            }
        }
        TimeInfo::Unreadable => {}
    }
    let mut deviations = Deviations::default();
    let text = original.and_then(|original| original.signature_date_time)?;
    let moment = read_time_text(text, &mut deviations)?;
    findings.deviations(CheckId::SignatureTime, &deviations, false);
    Some((moment, TimeSource::SignatureDateTime))
}

/// Step 8, and step f where the seal carries one of its own: what each proves.
fn time_stamps(
    findings: &mut Findings,
    context: &Context<'_>,
    stamp: &Stamp<'_>,
    stated: &Stated,
    stamped_at: &mut Option<StampedAt>,
) -> (Proof, Proof) {
    let mut of_seal = Findings::default();
    let made = time::of_seal(&mut of_seal, context, &stamp.seal, stated);
    findings.take_failures(of_seal);
    if let TimeInfo::Token(_) = stamp.time {
        findings.indeterminate(
            CheckId::Timestamp,
            "inside_value",
            "时间戳在签章数据内部，不能证明签章值的时间。",
            "The time stamp is inside the signed data and cannot prove the time of the value.",
        );
        return (Proof::default(), made);
    }
    (time::time_stamp(findings, context, stamp.time_stamp, &stamp.value, stated, stamped_at), made)
}
