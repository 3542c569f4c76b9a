//! References of one signature: the digest algorithm, and each file against its
//! CheckValue (GB/T 33190-2016 18.2).

use super::{CheckError, CheckId, Context, digests, findings::Findings, package::some_of};
use crate::{
    base::Sentence,
    ofd::{CheckMethod, DigestAlgorithm, Package, ReadError, SignatureFile},
};

/// `signature.digest_algorithm` and `signature.references`.
pub(super) fn check(
    findings: &mut Findings,
    context: &Context<'_>,
    package: &Package<'_>,
    file: &SignatureFile,
) -> Result<(), CheckError> {
    match digest_algorithm(findings, &file.method()) {
        Some(algorithm) => references(findings, context, package, file, algorithm),
        None => {
            findings.skipped(
                CheckId::SignatureReferences,
                "digest_algorithm",
                "杂凑算法不可接受，没有比对。",
                "Not compared, because the digest algorithm is not acceptable.",
            );
            Ok(())
        }
    }
}

/// SM3, or with a warning SHA-256; everything else, also the absent attribute
/// (which means MD5), is refused.
pub(super) fn digest_algorithm(findings: &mut Findings, method: &CheckMethod) -> Option<DigestAlgorithm> {
    let id = CheckId::SignatureDigestAlgorithm;
    let (code, zh, en) = match method {
        CheckMethod::Sm3 => {
            findings.passed(id, "引用使用 SM3 杂凑算法。", "References are digested with SM3.");
            return Some(DigestAlgorithm::Sm3);
        }
        CheckMethod::Sha256 => {
            findings.passed(id, "引用使用 SHA-256 杂凑算法。", "References are digested with SHA-256.");
            findings.warn(
                "digest.sha256",
                Sentence::new(
                    "引用使用 SHA-256，而不是标准规定的 SM3。",
                    "References are digested with SHA-256 instead of SM3.",
                ),
            );
            return Some(DigestAlgorithm::Sha256);
        }
        CheckMethod::Md5 => ("md5", "引用使用不安全的 MD5。", "References are digested with MD5, which is broken."),
        CheckMethod::Sha1 => {
            ("sha1", "引用使用不安全的 SHA-1。", "References are digested with SHA-1, which is broken.")
        }
        CheckMethod::KeyedSm3 => (
            "keyed",
            "引用使用带密钥的 SM3，没有密钥的人无法核对。",
            "References are digested with keyed SM3, which nobody without the key can check.",
        ),
        CheckMethod::Absent => (
            "absent",
            "没有写明杂凑算法，按标准即为不安全的 MD5。",
            "No digest algorithm is named, which by the standard means MD5.",
        ),
        CheckMethod::Unknown(_) => ("unknown", "杂凑算法不明。", "The digest algorithm is not known."),
    };
    findings.failed(id, code, zh, en);
    None
}

/// Each reference names an existing file with that digest. All of them are
/// looked at; the gravest kind of offence is told, with the files it concerns.
fn references(
    findings: &mut Findings,
    context: &Context<'_>,
    package: &Package<'_>,
    file: &SignatureFile,
    algorithm: DigestAlgorithm,
) -> Result<(), CheckError> {
    let id = CheckId::SignatureReferences;
    if file.references.is_empty() {
        findings.failed(
            id,
            "empty",
            "签名没有引用任何文件，等于什么都没有保护。",
            "The signature references no file at all.",
        );
        return Ok(());
    }
    if algorithm == DigestAlgorithm::Sm3 {
        digests::together(context, package, file)?;
    }
    let (mut differing, mut missing, mut malformed) = (Vec::new(), Vec::new(), Vec::new());
    for reference in &file.references {
        let (Ok(location), Ok(due)) = (&reference.file, &reference.check_value) else {
            malformed.push(reference.file_ref.clone());
            continue;
        };
        match package.digest(&location.name, algorithm) {
            Ok(digest) if digest[..] == due[..] => {}
            Ok(_) => differing.push(location.name.clone()),
            Err(ReadError::Missing(name)) => missing.push(name),
            Err(ReadError::Fault(_)) => differing.push(location.name.clone()),
            Err(ReadError::Source(error)) => return Err(error.into()),
        }
    }
    let offences = [
        ("differs", &differing, "签章以后内容被改动过", "Changed after signing"),
        ("missing", &missing, "签名引用的文件不存在", "Referenced files that do not exist"),
        ("malformed", &malformed, "签名中的引用写法不正确", "Malformed references"),
    ];
    for (code, names, zh, en) in offences {
        if !names.is_empty() {
            let names = some_of(names);
            findings.failed(id, code, format!("{zh}：{names}。"), format!("{en}: {names}."));
        }
    }
    let count = file.references.len();
    findings.passed(
        id,
        format!("签名引用的 {count} 个文件都没有改动。"),
        format!("All {count} referenced files are unchanged."),
    );
    Ok(())
}
