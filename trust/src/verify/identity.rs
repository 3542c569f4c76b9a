//! Who signed: period, key usage and path of a certificate (steps 5 and 6 of a
//! stamp, c and d of a seal).

use super::{
    CertificateFacts, CheckId, Context, VouchedBy,
    findings::Findings,
    revocation::{self, Signed},
    suite,
    vouching::{self, Occasion, Vouched},
};
use crate::{
    anchor::Use,
    base::Moment,
    sm::sm2::key_cache,
    suite::PublicKey,
    x509::{Certificate, PathFault},
};
use std::borrow::Cow;

/// The check ids of one role.
pub(super) struct Role {
    pub(super) path: CheckId,
    pub(super) revocation: CheckId,
    anchor: Use,
    zh: &'static str,
    en: &'static str,
    /// Whose certificate it is.
    pub(super) who_zh: &'static str,
    pub(super) who_en: &'static str,
}

impl Role {
    /// Whether it is that of a natural person.
    pub(super) fn is_person(&self) -> bool {
        self.anchor == Use::Person
    }
}

pub(super) const SIGNER: Role = Role {
    path: CheckId::SignerPath,
    revocation: CheckId::SignerRevocation,
    anchor: Use::Signer,
    zh: "签章者证书",
    en: "the signer's certificate",
    who_zh: "签章者",
    who_en: "The signer",
};

/// A natural person who signs: the same checks, other anchors.
pub(super) const PERSON: Role = Role {
    path: CheckId::SignerPath,
    revocation: CheckId::SignerRevocation,
    anchor: Use::Person,
    zh: "签名人证书",
    en: "the signer's certificate",
    who_zh: "签名人",
    who_en: "The signer",
};

pub(super) const MAKER: Role = Role {
    path: CheckId::SealMakerPath,
    revocation: CheckId::SealMakerRevocation,
    anchor: Use::SealMaker,
    zh: "制章者证书",
    en: "the seal maker's certificate",
    who_zh: "制章者",
    who_en: "The seal maker",
};

/// Who signed, where no seal says it: a natural person below an anchor that vouches for persons, else whoever the other
/// anchors vouch for. A certificate of the one kind never counts as the other.
pub(super) fn role_of_signer(
    context: &Context<'_>,
    certificate: &Certificate,
    pool: &[Certificate],
    signed: Signed,
    occasion: Occasion<'_>,
) -> &'static Role {
    if context.anchors.certificates(Use::Person).is_empty() {
        return &SIGNER;
    }
    let mut aside = Findings::default();
    match vouching::path(&mut aside, context, Use::Person, certificate, pool, signed, occasion) {
        Ok(_) => &PERSON,
        Err(_) => &SIGNER,
    }
}

/// What a certificate says, and who vouches for it, for the report.
pub(super) fn facts(certificate: &Certificate, vouched_by: Option<VouchedBy>) -> CertificateFacts {
    CertificateFacts {
        name: certificate.display_name().to_owned(),
        subject: certificate.subject().to_owned(),
        issuer: certificate.issuer().to_owned(),
        serial: certificate.serial_hex(),
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
        sm3: hex::encode(certificate.sm3()),
        vouched_by,
        natural_person: false,
    }
}

/// Step 6: the signing time lies in the certificate's period.
pub(super) fn period(findings: &mut Findings, certificate: &Certificate, time: Option<Moment>) {
    let id = CheckId::SignerPeriod;
    match time {
        None => findings.indeterminate(
            id,
            "no_time",
            "没有可读的签章时间，无法判断证书当时是否有效。",
            "There is no readable signing time to hold the certificate's period against.",
        ),
        Some(time) if certificate.is_valid_at(time) => {
            findings.passed(id, "签章时证书在有效期内。", "The certificate was within its period when it signed.")
        }
        Some(time) => {
            let (code, zh, en) = if time < certificate.not_before() {
                ("before_period", "签章时间早于证书有效期。", "The signing time is before the certificate's period.")
            } else {
                ("after_period", "签章时间晚于证书有效期。", "The signing time is after the certificate's period.")
            };
            let hint = time_zone_hint(time, certificate.not_before(), certificate.not_after());
            findings.failed(id, code, format!("{zh}{}", hint.0), format!("{en}{}", hint.1));
        }
    }
}

/// Genuine makers write Beijing time with a `Z`: said where eight hours would
/// make the difference, never forgiven (standards/seal.md section 4).
pub(super) fn time_zone_hint(time: Moment, from: Moment, to: Moment) -> (&'static str, &'static str) {
    const EIGHT_HOURS: i64 = 8 * 3_600_000;
    let near = |a: Moment, b: Moment| (a.unix_milliseconds() - b.unix_milliseconds()).abs() <= EIGHT_HOURS;
    if near(time, from) || near(time, to) {
        (
            "（相差不到八小时，可能把北京时间写成了世界协调时。）",
            " (The difference is eight hours or less: local time may have been written as UTC.)",
        )
    } else {
        ("", "")
    }
}

/// Step 5: the signer's key may sign. A certificate without the extension may.
pub(super) fn key_usage(findings: &mut Findings, certificate: &Certificate) {
    let id = CheckId::SignerKeyUsage;
    match certificate.key_usage() {
        None => findings.passed(id, "证书没有限制密钥用途。", "The certificate does not restrict what its key may do."),
        Some(usage) if usage.may_sign() => {
            findings.passed(id, "证书允许用于签名。", "The certificate's key may sign.");
            if usage.mixes_encryption() {
                findings.warn(
                    "signer.key_usage_mixed",
                    crate::base::Sentence::new(
                        "签章者证书同时用于签名和加密，与双证书的规定不符。",
                        "The signer's certificate serves signing and encryption at once, unlike the pairs of certificates that are due.",
                    ),
                );
            }
        }
        Some(_) => findings.failed(id, "not_for_signing", "证书不能用于签名。", "The certificate's key may not sign."),
    }
}

/// Signers and makers of this locality keep their tables, whatever unknown keys come by.
fn keep_hot(context: &Context<'_>, path: &[Certificate]) {
    for certificate in path {
        if let Some(PublicKey::Sm2(key)) = certificate.key()
            && key_cache().counters().pinned_keys < context.policy.lasting_keys
        {
            key.pin();
        }
    }
}

/// Step 5 and d: path to a configured anchor, and revocation. Answers which trust list
/// vouches, where one does.
pub(super) fn path(
    findings: &mut Findings,
    context: &Context<'_>,
    role: &Role,
    certificate: &Certificate,
    pool: &[Certificate],
    signed: Signed,
    occasion: Occasion<'_>,
) -> Option<VouchedBy> {
    let (id, zh, en) = (role.path, role.zh, role.en);
    if context.anchors.is_not_asked() {
        for id in [id, role.revocation] {
            findings.skipped(id, "not_asked", "按要求没有核对身份。", "Identities were not asked for.");
        }
        return None;
    }
    if context.anchors.is_empty() {
        findings.not_configured(role.revocation);
        findings.skipped(
            id,
            "not_configured",
            format!("没有配置信任锚，无法确认{zh}由谁签发。"),
            format!("No anchor is configured, so nothing vouches for {en}."),
        );
        return None;
    }
    match vouching::path(findings, context, role.anchor, certificate, pool, signed, occasion) {
        Ok(Vouched { path, by, log_required }) => {
            keep_hot(context, &path);
            suite::note_path(findings, role, &path);
            let anchor = path.last().map_or("", |anchor| anchor.display_name());
            findings.passed(
                id,
                format!("{zh}可以追溯到信任的“{anchor}”。"),
                format!("There is a path from {en} to the trusted “{anchor}”."),
            );
            revocation::check(findings, context, role.revocation, (zh, en), &path, signed);
            if log_required {
                context.note_log_required();
            }
            by
        }
        Err(fault) => {
            findings.skipped(
                role.revocation,
                "no_path",
                "证书链不成立，没有可以查的撤销名单。",
                "Without a path there is no authority whose list could be looked up.",
            );
            if let PathFault::Suite { suite, .. } = &fault {
                suite::warn(findings, role, suite);
            }
            let (code, why_zh) = fault_zh(&fault);
            findings.indeterminate(
                id,
                code,
                format!("{zh}不能追溯到信任的机构：{why_zh}。"),
                format!("There is no path from {en} to a trusted anchor: {fault}."),
            );
            None
        }
    }
}

/// Code and Chinese words of a path that does not count.
pub(super) fn fault_zh(fault: &PathFault) -> (&'static str, Cow<'static, str>) {
    let (code, zh) = match fault {
        PathFault::NotVouched { refusal, service, operator } => {
            return (refusal.code(), format!("{operator}的信任列表中，“{service}”{}", refusal.zh()).into());
        }
        PathFault::Algorithm { objection, algorithm, .. } => {
            return (
                objection.code(),
                format!("证书链上有证书的签发算法不予采信：{algorithm} {}", objection.zh()).into(),
            );
        }
        PathFault::ListAlgorithm { objection, operator } => {
            return (
                objection.code(),
                format!("{operator}的信任列表的签名算法不予采信：sm2-sm3 {}", objection.zh()).into(),
            );
        }
        PathFault::Suite { .. } => ("suite_not_allowed", "信任的机构没有被允许使用国家商用密码以外的算法"),
        PathFault::UnknownIssuer { .. } => ("unknown_issuer", "签发者不在信任列表中"),
        PathFault::WrongKey { .. } => ("wrong_key", "签发者与信任列表中的同名，但密钥不同"),
        PathFault::NotAllowed { .. } => ("not_allowed", "证书链上有证书无权签发"),
        PathFault::Period { .. } => ("issuer_period", "签发者证书当时不在有效期内"),
        PathFault::TooLong => ("too_long", "证书链过长"),
        PathFault::Budget => ("budget", "候选签发者过多"),
    };
    (code, zh.into())
}
