//! One signature: what it proves, what it only claims.

use super::{
    beijing, field,
    style::{BOLD, paint},
    write_checks,
};
use crate::cli::lang::{Lang, shown};
use std::io::{self, Write};
use yinxin_trust::verify::{
    CertificateFacts, CheckId, Outcome, SealFacts, SealVersion, SignatureKind, SignatureReport, StampedAt, TimeSource,
};

/// How far a fact may be believed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Belief {
    /// The value verified and the path reached an anchor.
    Proved,
    /// The value verified; whose key it is was not found out.
    Unidentified,
    /// The value failed: anybody may have written it.
    Unverified,
}

pub(super) fn write(out: &mut dyn Write, lang: Lang, number: usize, signature: &SignatureReport) -> io::Result<()> {
    writeln!(out, "  {}", paint(BOLD, &heading(lang, number, signature)))?;
    let signer_belief = belief(signature, &[CheckId::SignerPath]);
    if let Some(signer) = &signature.signer {
        write_signer(out, lang, signer, signer_belief)?;
    }
    if let Some(seal) = &signature.seal {
        write_seal(out, lang, seal, belief(signature, &[CheckId::SealValue, CheckId::SealMakerPath]))?;
    }
    if let Some(stamped_at) = &signature.stamped_at {
        write_time(out, lang, stamped_at, signature.value_verified)?;
    }
    write_checks(out, lang, &signature.checks)
}

fn heading(lang: Lang, number: usize, signature: &SignatureReport) -> String {
    let kind = match signature.kind {
        SignatureKind::Seal => lang.pick("签章", "Stamp"),
        SignatureKind::Sign => lang.pick("签名", "Signature"),
    };
    let version = match signature.seal_version {
        Some(SealVersion::V1) => " V1 (GM/T 0031-2014)",
        Some(SealVersion::V4) => " V4 (GB/T 38540-2020)",
        Some(SealVersion::V5) => " V5 (GM/T 0031-2025)",
        None => "",
    };
    let id = if signature.id.is_empty() { String::new() } else { format!(" [{}]", shown(&signature.id)) };
    format!("{kind} {number}{id}{version}")
}

/// A fact is proved when the value verified and these checks passed.
fn belief(signature: &SignatureReport, needed: &[CheckId]) -> Belief {
    let passed = |id: &CheckId| signature.checks.iter().any(|c| c.id == *id && c.outcome == Outcome::Passed);
    let seal_broken = needed.contains(&CheckId::SealValue) && failed(signature, CheckId::SealValue);
    if !signature.value_verified || seal_broken {
        Belief::Unverified
    } else if needed.iter().all(passed) {
        Belief::Proved
    } else {
        Belief::Unidentified
    }
}

fn failed(signature: &SignatureReport, id: CheckId) -> bool {
    signature.checks.iter().any(|c| c.id == id && c.outcome == Outcome::Failed)
}

fn write_signer(out: &mut dyn Write, lang: Lang, signer: &CertificateFacts, belief: Belief) -> io::Result<()> {
    let label = match belief {
        Belief::Proved if signer.natural_person => lang.pick("签名人（自然人）", "signed by (natural person)"),
        Belief::Proved => lang.pick("签章者", "stamped by"),
        Belief::Unidentified => lang.pick("签章者自称（身份未核对）", "claims to be (identity not checked)"),
        Belief::Unverified => lang.pick("自称签章者（未验证）", "claims to be stamped by (not verified)"),
    };
    field(
        out,
        label,
        &format!("{}, {} {}", shown(&signer.name), lang.pick("证书", "certificate"), shown(&signer.serial)),
    )?;
    if belief == Belief::Proved {
        field(out, lang.pick("证书签发者", "issued by"), &shown(&signer.issuer))?;
    }
    Ok(())
}

fn write_seal(out: &mut dyn Write, lang: Lang, seal: &SealFacts, belief: Belief) -> io::Result<()> {
    let label = match belief {
        Belief::Proved => lang.pick("印章", "seal"),
        Belief::Unidentified => lang.pick("印章自称（制章者身份未核对）", "seal claims to be (maker not checked)"),
        Belief::Unverified => lang.pick("印章自称（未验证）", "seal claims to be (not verified)"),
    };
    let day = |m: yinxin_trust::base::Moment| m.at_offset_hours(8).get(..10).unwrap_or_default().to_owned();
    let period = format!("{} – {}", day(seal.valid_from), day(seal.valid_to));
    field(out, label, &format!("{}, {}, {period}", shown(&seal.name), shown(&seal.id)))?;
    match &seal.maker {
        Some(maker) => {
            let label = match belief {
                Belief::Proved => lang.pick("制章者", "seal maker"),
                Belief::Unidentified => lang.pick("制章者自称（身份未核对）", "seal maker claims to be (not checked)"),
                Belief::Unverified => lang.pick("制章者自称（未验证）", "seal maker claims to be (not verified)"),
            };
            field(out, label, &shown(&maker.name))
        }
        None => Ok(()),
    }
}

fn write_time(out: &mut dyn Write, lang: Lang, at: &StampedAt, value_verified: bool) -> io::Result<()> {
    let label = match (at.source, value_verified) {
        (TimeSource::TimeStamp, _) => lang.pick("盖章时间（时间戳证明）", "stamped at (proved by a time stamp)"),
        (_, true) => lang.pick("盖章时间（签章者自称）", "stamped at (claimed by the stamper)"),
        (_, false) => lang.pick("自称盖章时间（未验证）", "claims to be stamped at (not verified)"),
    };
    field(out, label, &beijing(lang, at.time))
}
