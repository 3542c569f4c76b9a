//! The checks of one plain signature (`Type="Sign"`): GB/T 35275 signed data
//! over Signature.xml. The numbers are the steps of [`crate::cms`].

use super::{
    CertificateFacts, CheckId, Context, Outcome, SignatureReport, TimeSource,
    algorithms::{self, Used},
    findings::Findings,
    identity,
    revocation::Signed,
    seal,
    signature::{Original, blank, without_trailing},
    suite, time,
    vouching::Occasion,
};
use crate::{
    algorithms::Purpose,
    asn1::{Deviations, Reader, Tag, read_time_text},
    base::Moment,
    cms::{SignedData, SignerInfo},
    sm::sm3,
    suite::{Algorithm, ValueFault},
    trust_list::Stated,
    x509::Certificate,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Runs every step on a signature value that should be signed data.
pub(super) fn check(
    findings: &mut Findings,
    context: &Context<'_>,
    id: &str,
    octets: &[u8],
    original: Option<&Original<'_>>,
) -> SignatureReport {
    let mut report = blank(id, super::SignatureKind::Sign);
    let octets = without_trailing(findings, CheckId::SignatureFormat, octets);
    if is_bare_value(octets) {
        bare(findings, context, original, &mut report);
        return report;
    }
    // step 1
    let data = match SignedData::parse(octets) {
        Ok(data) => data,
        Err(fault) => {
            findings.failed(
                CheckId::SignatureFormat,
                "malformed",
                "签名数据格式不正确，无法读取。",
                format!("The signed data is malformed: {fault}."),
            );
            return report;
        }
    };
    let [signer] = data.signers.as_slice() else {
        let (code, zh, en) = if data.signers.is_empty() {
            ("no_signer", "签名数据中没有签名者。", "The signed data names no signer.")
        } else {
            ("several_signers", "签名数据中有多个签名者。", "The signed data has more than one signer.")
        };
        findings.failed(CheckId::SignatureFormat, code, zh, en);
        return report;
    };
    let pool: Vec<Certificate> = data.certificates.iter().filter_map(|der| Certificate::from_der(der).ok()).collect();
    // step 2
    let Some(certificate) = pool.iter().find(|certificate| signer.is(certificate)) else {
        findings.passed(CheckId::SignatureFormat, "签名数据结构正确。", "The signed data is well-formed.");
        findings.failed(
            CheckId::SignatureValue,
            "certificate_missing",
            "签名数据中没有签名者的证书。",
            "The signed data does not hold the certificate of its signer.",
        );
        return report;
    };
    suite::note(findings, &identity::SIGNER, Algorithm::from_oid(signer.algorithm).ok(), Some(certificate));
    // steps 3 and 4
    let mut deviations = Deviations::default();
    value_and_content(findings, &data, signer, certificate, original, &mut deviations);
    report.value_verified = findings.outcome(CheckId::SignatureValue) == Some(Outcome::Passed);
    let claim = claimed_time(findings, signer, original, &mut deviations);
    findings.deviations(CheckId::SignatureFormat, &deviations, context.policy.strict_encoding);
    findings.passed(CheckId::SignatureFormat, "签名数据结构正确。", "The signed data is well-formed.");
    let claimed = claim.map(|(moment, _)| moment);
    report.stamped_at = time::claimed(findings, claim);
    let nothing = Stated::default();
    let stated = original.map_or(&nothing, |original| original.stated);
    time::time_stamp(findings, context, None, signer.value, stated, &mut report.stamped_at);
    let used = Used::at_signing(context, report.stamped_at.as_ref());
    let algorithm = Algorithm::from_oid(signer.algorithm).ok();
    algorithms::value(findings, context, CheckId::SignatureValue, Purpose::Stamp, algorithm, Some(certificate), used);
    if let Some(name) = signer.digest_name().filter(|_| signer.attributes.is_some()) {
        algorithms::digest(findings, context, CheckId::SignatureDataHash, name, used);
    }
    identity::period(findings, certificate, claimed);
    identity::key_usage(findings, certificate);
    let signed = Signed { claimed, proven: context.proven(None), ..Signed::default() };
    let occasion = Occasion { stated, stamped: claimed };
    let role = identity::role_of_signer(context, certificate, &pool, signed, occasion);
    let vouched_by = identity::path(findings, context, role, certificate, &pool, signed, occasion);
    let natural_person = role.is_person() && findings.outcome(CheckId::SignerPath) == Some(Outcome::Passed);
    report.signer = Some(CertificateFacts { natural_person, ..identity::facts(certificate, vouched_by) });
    report
}

/// `SEQUENCE { r INTEGER, s INTEGER }` without a certificate anywhere.
pub(super) fn is_bare_value(octets: &[u8]) -> bool {
    let read = || -> Option<()> {
        let mut outer = Reader::new(octets);
        let mut pair = outer.nested(Tag::SEQUENCE).ok()?;
        outer.finish().ok()?;
        pair.expect(Tag::INTEGER).ok()?;
        pair.expect(Tag::INTEGER).ok()?;
        pair.finish().ok()
    };
    read().is_some()
}

fn bare(findings: &mut Findings, context: &Context<'_>, original: Option<&Original<'_>>, report: &mut SignatureReport) {
    findings.passed(
        CheckId::SignatureFormat,
        "签名值格式正确，但没有证书。",
        "The value is well-formed, but comes without a certificate.",
    );
    let (zh, en) = (
        "文件中没有证书，无法确认是谁签的名。",
        "There is no certificate in the document, so nobody can be named as the signer.",
    );
    findings.indeterminate(CheckId::SignatureValue, "no_certificate", zh, en);
    findings.indeterminate(CheckId::SignatureDataHash, "no_certificate", zh, en);
    let mut deviations = Deviations::default();
    let claim = original
        .and_then(|original| original.signature_date_time)
        .and_then(|text| read_time_text(text, &mut deviations))
        .map(|moment| (moment, TimeSource::SignatureDateTime));
    findings.deviations(CheckId::SignatureTime, &deviations, false);
    report.stamped_at = time::claimed(findings, claim);
    time::time_stamp(findings, context, None, &[], &Stated::default(), &mut report.stamped_at);
    for id in [CheckId::SignerPeriod, CheckId::SignerKeyUsage, CheckId::SignerPath] {
        findings.indeterminate(id, "no_certificate", zh, en);
    }
}

/// Steps 3 and 4. What is signed must be bound to Signature.xml: by
/// messageDigest with attributes, by the content itself without; embedded
/// content is Signature.xml, its SM3, or that in base64, and nothing else.
fn value_and_content(
    findings: &mut Findings,
    data: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    certificate: &Certificate,
    original: Option<&Original<'_>>,
    deviations: &mut Deviations,
) {
    let id = CheckId::SignatureDataHash;
    let (passed_zh, passed_en) = ("签名文件与签名时一致。", "Signature.xml is as it was when signed.");
    let (failed_zh, failed_en) = ("签名文件在签名以后被改动过。", "Signature.xml changed after signing.");
    let embedded_ok = match (data.content, original) {
        (Some(content), Some(original)) => is_of(content, original.signature_xml),
        _ => true,
    };
    if !embedded_ok {
        findings.failed(
            id,
            "content",
            "签名数据中的内容不是这份文件的。",
            "The embedded content is not of this document.",
        );
    }
    let content = match (data.content, original) {
        (Some(content), _) => content,
        (None, Some(original)) => original.signature_xml,
        (None, None) => {
            // signed data on its own, over something that is not here
            match &signer.attributes {
                Some(_) => &[],
                None => {
                    findings.indeterminate(
                        CheckId::SignatureValue,
                        "no_content",
                        "签名所保护的内容不在文件中。",
                        "What the signature is over is not here.",
                    );
                    return;
                }
            }
        }
    };
    let mut verified = signer.verify(certificate, content, deviations);
    if let (Some(attributes), Some(original)) = (&signer.attributes, original) {
        let due = signer.digest_of(original.signature_xml);
        if due.is_some_and(|due| attributes.message_digest == Some(&due[..])) {
            findings.passed(id, passed_zh, passed_en);
        } else {
            findings.failed(id, "differs", failed_zh, failed_en);
        }
    } else if original.is_some() {
        if data.content.is_none() && verified == Err(ValueFault::Wrong) {
            // a detached value over the digest, as variant 1 with the content left out
            verified = signer.verify(certificate, &sm3::digest(content), deviations);
        }
        match &verified {
            Ok(_) if embedded_ok => findings.passed(id, passed_zh, passed_en),
            _ if data.content.is_some() && embedded_ok => findings.passed(id, passed_zh, passed_en),
            // without content and attributes the value is the only link to the document
            _ => findings.failed(id, "differs", failed_zh, failed_en),
        }
    }
    seal::report_value(
        findings,
        CheckId::SignatureValue,
        verified,
        ("签名由证书的持有者作出。", "The signature was made with the key of the signer's certificate."),
        (
            "签名不成立：内容被改动过，或者不是证书的持有者所签。",
            "The signature does not verify: the content was altered, or signed with another key.",
        ),
    );
}

/// Whether embedded content is `xml`, its SM3, or that in base64.
fn is_of(content: &[u8], xml: &[u8]) -> bool {
    let digest = sm3::digest(xml);
    content == xml || content == digest || content == STANDARD.encode(digest).as_bytes()
}

/// The signingTime attribute, else SignatureDateTime.
fn claimed_time(
    findings: &mut Findings,
    signer: &SignerInfo<'_>,
    original: Option<&Original<'_>>,
    deviations: &mut Deviations,
) -> Option<(Moment, TimeSource)> {
    if let Some(attributes) = &signer.attributes
        && let Some(moment) = attributes.signing_time
    {
        deviations.extend(&attributes.deviations);
        return Some((moment, TimeSource::SigningTime));
    }
    let mut of_text = Deviations::default();
    let moment = read_time_text(original?.signature_date_time?, &mut of_text)?;
    findings.deviations(CheckId::SignatureTime, &of_text, false);
    Some((moment, TimeSource::SignatureDateTime))
}
