//! The checks of a disclosure (`docs/disclosure-format.md`): chosen fields of a licence
//! against the stamp of its issuer. The rest of the document was not seen, and nothing is
//! claimed of it.
//!
//! 1. The file is read: `disclosure.readable`.
//! 2. Each field is among the digests: `disclosure.fields`.
//! 3. The list of digests is what Signature.xml references: `signature.references`.
//! 4. The stamp over Signature.xml is judged like that of any document ([`stamp`]).
//!
//! What the fields say counts only where all of that holds.

use super::{
    CheckError, CheckId, Context, DisclosedField, DisclosureFacts, DocumentFacts, DocumentKind, Outcome,
    algorithms::{self, Used},
    check::{Found, finish_signature},
    findings::Findings,
    licence, references,
    signature::{Original, blank},
    stamp,
};
use crate::{
    algorithms::AlgorithmName,
    base::{Limits, Moment, Source, SourceError},
    disclosure::{Disclosure, DisclosureFault, FILE_BYTES, FieldForm},
    licence::metadata::Element,
    ofd::{
        DigestAlgorithm, Package, SignatureFile,
        write::{DosTime, PackagePlan, Part},
    },
    sm::sm3,
    suite,
    trust_list::Stated,
};

/// The one entry of the package in which Signature.xml is read.
const SIGNATURE_XML: &str = "Signature.xml";

/// Reads a file that says of itself that it is a disclosure.
pub(super) fn read(source: &dyn Source) -> Result<Result<Disclosure, DisclosureFault>, SourceError> {
    // one octet more than there may be is refused by name
    let count = usize::try_from(source.len()).unwrap_or(usize::MAX).min(FILE_BYTES + 1);
    let mut octets = vec![0; count];
    source.read_at(0, &mut octets)?;
    Ok(Disclosure::read(&octets))
}

pub(super) fn check(source: &dyn Source, context: &Context<'_>) -> Result<Found, CheckError> {
    let mut found = Found {
        document: DocumentFacts {
            kind: DocumentKind::Disclosure,
            bytes: source.len(),
            licence: true,
            title: None,
            pages: None,
        },
        licence: None,
        identifier: None,
        disclosure: None,
        stamped: Vec::new(),
        coverage: None,
        signed_by_person: false,
        checks: Findings::default(),
        signatures: Vec::new(),
        warnings: Vec::new(),
    };
    let checks = &mut found.checks;
    let disclosure = match read(source)? {
        Ok(disclosure) => disclosure,
        Err(fault) => {
            checks.add(CheckId::DisclosureReadable, Outcome::Failed, fault.code(), fault.sentence());
            return Ok(found);
        }
    };
    checks.passed(CheckId::DisclosureReadable, "出示文件可以完整读取。", "The disclosure can be read.");
    let counted = disclosure.check_fields();
    match &counted {
        Ok(_) => {
            let count = disclosure.fields.len();
            checks.passed(
                CheckId::DisclosureFields,
                format!("出示的 {count} 个字段都与颁发时一致；没有出示的没有核对。"),
                format!("All {count} fields are as they were issued; what was not shown was not checked."),
            );
        }
        Err(fault) => checks.add(CheckId::DisclosureFields, Outcome::Failed, fault.code(), fault.sentence()),
    }
    let stated = if counted.is_ok() { stated(&disclosure) } else { Stated::default() };
    context.set_path_budget(context.policy.limits.path_signatures);
    context.forget_digests();
    let mut findings = Findings::default();
    let mut report = signature(&mut findings, context, &disclosure, &stated)?;
    let passed = |id| findings.outcome(id) == Some(Outcome::Passed);
    let is_sound = passed(CheckId::SignatureValue)
        && passed(CheckId::SignatureReferences)
        && passed(CheckId::SignatureDataHash)
        && !findings.any_failed();
    if let (true, Ok(count)) = (is_sound, counted) {
        found.stamped.push(sm3::digest(&disclosure.signature));
        let whole = disclosure.fields.iter().filter(|one| one.field.form == FieldForm::Whole);
        let pairs: Vec<_> = whole.map(|one| (one.field.name.clone(), one.field.value.clone())).collect();
        found.licence = Some(licence::facts(&pairs));
        found.identifier = licence::identifier(&pairs);
        found.disclosure = Some(facts(&disclosure, count));
    }
    let (checks, warnings) = finish_signature(findings);
    report.checks = checks;
    found.signatures.push(report);
    found.warnings = warnings;
    Ok(found)
}

/// Signature.xml, what it references of the disclosure, and the stamp over it.
fn signature(
    findings: &mut Findings,
    context: &Context<'_>,
    disclosure: &Disclosure,
    stated: &Stated,
) -> Result<super::SignatureReport, CheckError> {
    let file = match signature_file(&disclosure.signature, &context.policy.limits) {
        Some(file) => file,
        None => {
            findings.failed(
                CheckId::SignatureFormat,
                "malformed",
                "签名文件无法读取。",
                "Signature.xml cannot be read.",
            );
            return Ok(blank("", super::SignatureKind::Seal));
        }
    };
    for fault in &file.faults {
        findings.add(CheckId::SignatureFormat, Outcome::Failed, fault.code(), fault.sentence());
    }
    let algorithm = references::digest_algorithm(findings, &file.method());
    match algorithm {
        Some(algorithm) => referenced(findings, &file, &disclosure.digests, algorithm),
        None => findings.skipped(
            CheckId::SignatureReferences,
            "digest_algorithm",
            "杂凑算法不可接受，没有比对。",
            "Not compared, because the digest algorithm is not acceptable.",
        ),
    }
    let original = Original {
        stated,
        signature_xml: &disclosure.signature,
        signature_sm3: None,
        signature_date_time: file.signature_date_time.as_deref(),
        seal_file: None,
    };
    let report = stamp::check(findings, context, "", &disclosure.value, Some(&original));
    if let Some(algorithm) = algorithm {
        let name = match algorithm {
            DigestAlgorithm::Sm3 => AlgorithmName::Sm3,
            DigestAlgorithm::Sha256 => AlgorithmName::Sha256,
        };
        let used = Used::at_signing(context, report.stamped_at.as_ref());
        algorithms::digest(findings, context, CheckId::SignatureDigestAlgorithm, name, used);
    }
    Ok(report)
}

/// Read like any other, within a package of nothing else: one reader for both, under the same budget.
fn signature_file(octets: &[u8], limits: &Limits) -> Option<SignatureFile> {
    let time = DosTime::of(Moment::from_utc(2000, 1, 1, 0, 0, 0).ok()?).ok()?;
    let part = Part::stored(octets.to_vec()).ok()?;
    let package = PackagePlan::new(vec![(SIGNATURE_XML.to_owned(), part)], time).ok()?.to_bytes().ok()?;
    let package = Package::open(&package, limits).ok()?;
    let file = SignatureFile::read(&package, SIGNATURE_XML).ok()?;
    package.faults().is_empty().then_some(file)
}

/// Whether the list is one of the files that Signature.xml references. Of the others nothing is said.
fn referenced(findings: &mut Findings, file: &SignatureFile, list: &str, algorithm: DigestAlgorithm) {
    let id = CheckId::SignatureReferences;
    let digest = match algorithm {
        DigestAlgorithm::Sm3 => sm3::digest(list.as_bytes()),
        DigestAlgorithm::Sha256 => suite::sha256(list.as_bytes()),
    };
    let is_it = |reference: &&crate::ofd::Reference| {
        reference.file.is_ok() && reference.check_value.as_ref().is_ok_and(|due| due[..] == digest[..])
    };
    if file.references.iter().any(|reference| is_it(&reference)) {
        findings.passed(
            id,
            "字段摘要清单在签名引用的文件之中，没有改动。文件的其余部分不在这里。",
            "The list of digests is among the files that the signature references, unchanged. The others are not here.",
        );
    } else {
        let fault = DisclosureFault::ListNotReferenced;
        findings.add(id, Outcome::Failed, fault.code(), fault.sentence());
    }
}

/// For whom and for what the fields say the licence is.
fn stated(disclosure: &Disclosure) -> Stated {
    Stated {
        body: disclosure.element(Element::IssuingBodyCode).and_then(|code| code.parse().ok()),
        licence_type: disclosure.element(Element::TypeCode).and_then(|code| code.parse().ok()),
    }
}

fn facts(disclosure: &Disclosure, count: usize) -> DisclosureFacts {
    let fields = disclosure.fields.iter().map(|one| DisclosedField {
        name: one.field.name.clone(),
        title: one.field.title.clone(),
        value: one.field.value.clone(),
        masked: one.field.form == FieldForm::Masked,
    });
    DisclosureFacts { fields: fields.collect(), withheld: count.saturating_sub(disclosure.fields.len()) }
}
