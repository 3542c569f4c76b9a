//! The checks of an OFD package: its container, its signatures one by one, and
//! what they cover together (GB/T 33190-2016 clause 18).

use super::{
    CheckError, CheckId, Context, Coverage, CoverageState, DocumentFacts, DocumentKind, Outcome, SignatureReport,
    Warning,
    algorithms::{self, Used},
    check::{Found, finish_signature},
    findings::Findings,
    licence, references, sign,
    signature::{Original, SealFile, blank},
    stamp,
};
use crate::{
    algorithms::AlgorithmName,
    base::{Sentence, Source},
    ofd::{
        self, CheckMethod, Document, FaultCheck, ListedSignature, OpenError, Package, PackageFault, Protection,
        ReadError, SignatureFile, SignatureList,
    },
    sm::sm3,
    trust_list::Stated,
};
use std::sync::Arc;

/// The entry point (GB/T 33190 7.1).
const OFD_XML: &str = "OFD.xml";

/// Entry names told in one warning.
const NAMES_SHOWN: usize = 5;

pub(super) fn check(source: &dyn Source, context: &Context<'_>) -> Result<Found, CheckError> {
    let mut found = Found {
        document: DocumentFacts {
            kind: DocumentKind::Ofd,
            bytes: source.len(),
            licence: false,
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
    let package = match Package::open_with(source, &context.policy.limits, context.known) {
        Ok(package) => package,
        Err(OpenError::Source(error)) => return Err(error.into()),
        Err(OpenError::Unreadable(fault)) => {
            container_fault(&mut found.checks, &fault);
            return Ok(found);
        }
    };
    match Document::read(&package) {
        Ok(document) => contents(&mut found, context, &package, &document)?,
        Err(error) => unreadable(&mut found.checks, CheckId::PackageReadable, error)?,
    }
    // last: what is read may bring further faults to light
    for fault in package.faults() {
        container_fault(&mut found.checks, &fault);
    }
    let checks = &mut found.checks;
    checks.passed(CheckId::PackageReadable, "文件包可以完整读取。", "The package can be read.");
    checks.passed(CheckId::PackageEntries, "文件包的目录与内容一致。", "Directory and entries of the package agree.");
    Ok(found)
}

/// A container offence under the check it belongs to.
fn container_fault(checks: &mut Findings, fault: &PackageFault) {
    let id = match fault.check() {
        FaultCheck::Readable => CheckId::PackageReadable,
        FaultCheck::Entries => CheckId::PackageEntries,
    };
    checks.add(id, Outcome::Failed, fault.code(), fault.sentence());
}

/// A structure that cannot be read: a failure of `id`, unless the medium failed.
fn unreadable(checks: &mut Findings, id: CheckId, error: ReadError) -> Result<(), CheckError> {
    match error {
        ReadError::Source(error) => return Err(error.into()),
        ReadError::Missing(name) => {
            checks.failed(id, "missing", format!("文件包中缺少 {name}。"), format!("{name} is not in the package."))
        }
        ReadError::Fault(fault) => checks.add(id, Outcome::Failed, fault.code(), fault.sentence()),
    }
    Ok(())
}

/// Signatures, coverage and shadowing of a document whose structure was read.
fn contents(
    found: &mut Found,
    context: &Context<'_>,
    package: &Package<'_>,
    document: &Document,
) -> Result<(), CheckError> {
    found.document.licence = document.is_licence();
    found.document.pages = document.bodies.first().map(|body| body.pages);
    let mut protection = Protection::new();
    let mut unsound = Vec::new();
    let stated = document.licence_pairs().map(licence::stated).unwrap_or_default();
    for link in document.signature_lists() {
        match SignatureList::read(package, &link.name) {
            Ok(list) => unsound.extend(signatures(found, context, package, &list, &stated, &mut protection)?),
            Err(error) => unreadable(&mut found.checks, CheckId::PackageReadable, error)?,
        }
    }
    let covered = ofd::coverage(document, &protection);
    structure_warnings(found, document, &covered);
    licence_metadata(found, document, &protection);
    if found.signatures.is_empty() {
        let (zh, en) = ("文件没有签章。", "The document carries no signature.");
        found.checks.skipped(CheckId::PackageCoverage, "unsigned", zh, en);
        found.checks.skipped(CheckId::PackageShadowed, "unsigned", zh, en);
    } else {
        let claimed = ofd::coverage(document, &protection.claimed(&unsound));
        coverage_check(found, &covered, &claimed);
        shadowing(found, document, &protection);
    }
    if protection.covers(OFD_XML) {
        found.document.title = document.bodies.first().and_then(|body| body.title.clone());
    }
    found.coverage = Some(Coverage {
        state: if covered.is_complete() { CoverageState::Complete } else { CoverageState::Partial },
        uncovered: covered.uncovered,
    });
    Ok(())
}

/// Every signature of one list, in its order. Returns those that do not hold.
fn signatures(
    found: &mut Found,
    context: &Context<'_>,
    package: &Package<'_>,
    list: &SignatureList,
    stated: &Stated,
    protection: &mut Protection,
) -> Result<Vec<SignatureFile>, CheckError> {
    let mut unsound = Vec::new();
    protection.list(list);
    for fault in &list.faults {
        found.checks.add(CheckId::PackageReadable, Outcome::Failed, fault.code(), fault.sentence());
    }
    for item in &list.items {
        context.set_path_budget(context.policy.limits.path_signatures);
        context.forget_digests();
        let mut findings = Findings::default();
        let (mut report, file) = one_signature(&mut findings, context, package, stated, item)?;
        if let Some(file) = file {
            protection.signature(&file);
            let is_sound = findings.outcome(CheckId::SignatureValue) == Some(Outcome::Passed)
                && findings.outcome(CheckId::SignatureReferences) == Some(Outcome::Passed)
                && findings.outcome(CheckId::SignatureDataHash) == Some(Outcome::Passed)
                && !findings.any_failed();
            let is_persons = report.signer.as_ref().is_some_and(|signer| signer.natural_person);
            if is_sound && is_persons && found.document.licence {
                // whoever signs a page of their own making issues no licence with it: what they sign of one is
                // covered by nothing
                found.signed_by_person = true;
            } else if is_sound {
                protection.valid(&file);
                let known = package.known_sm3(&file.name)?.or_else(|| context.digested(&[&file.raw]));
                found.stamped.push(known.unwrap_or_else(|| sm3::digest(&file.raw)));
            } else {
                unsound.push(file);
            }
        }
        let (checks, warnings) = finish_signature(findings);
        report.checks = checks;
        found.signatures.push(report);
        for warning in warnings {
            if !found.warnings.contains(&warning) {
                found.warnings.push(warning);
            }
        }
    }
    Ok(unsound)
}

/// One signature: Signature.xml, its references, and the value. Of what the document
/// states as a licence it is judged by what it covers itself.
fn one_signature(
    findings: &mut Findings,
    context: &Context<'_>,
    package: &Package<'_>,
    stated: &Stated,
    item: &ListedSignature,
) -> Result<(SignatureReport, Option<SignatureFile>), CheckError> {
    let id = CheckId::SignatureFormat;
    let is_sign = item.kind == Some(ofd::SignatureKind::Sign);
    let kind = if is_sign { super::SignatureKind::Sign } else { super::SignatureKind::Seal };
    let report = blank(&item.id, kind);
    let Ok(location) = &item.file else {
        findings.failed(
            id,
            "location",
            "签名文件的路径不正确。",
            "The location of Signature.xml is not a path in the package.",
        );
        return Ok((report, None));
    };
    let file = match SignatureFile::read(package, &location.name) {
        Ok(file) => file,
        Err(error) => {
            unreadable(findings, id, error)?;
            return Ok((report, None));
        }
    };
    for fault in &file.faults {
        findings.add(id, Outcome::Failed, fault.code(), fault.sentence());
    }
    references::check(findings, context, package, &file)?;
    let Some(value) = value_entry(findings, package, file.signed_value.as_ref())? else {
        return Ok((report, Some(file)));
    };
    let seal_file = match &file.seal {
        None => None,
        Some(Ok(location)) if location.exists => match package.read(&location.name) {
            Ok(octets) => Some(SealFile::Octets(octets)),
            Err(ReadError::Source(error)) => return Err(error.into()),
            Err(_) => Some(SealFile::Missing),
        },
        Some(_) => Some(SealFile::Missing),
    };
    let is_covered = findings.outcome(CheckId::SignatureReferences) == Some(Outcome::Passed)
        && file.referenced().any(|name| name == OFD_XML);
    let nothing = Stated::default();
    let original = Original {
        stated: if is_covered { stated } else { &nothing },
        signature_xml: &file.raw,
        signature_sm3: package.known_sm3(&file.name)?.or_else(|| context.digested(&[&file.raw])),
        signature_date_time: file.signature_date_time.as_deref(),
        seal_file,
    };
    let look = if is_sign { sign::check } else { stamp::check };
    let report = look(findings, context, &item.id, &value, Some(&original));
    let digest = match file.method() {
        CheckMethod::Sm3 => Some(AlgorithmName::Sm3),
        CheckMethod::Sha256 => Some(AlgorithmName::Sha256),
        _ => None,
    };
    if let Some(digest) = digest {
        let used = Used::at_signing(context, report.stamped_at.as_ref());
        algorithms::digest(findings, context, CheckId::SignatureDigestAlgorithm, digest, used);
    }
    Ok((report, Some(file)))
}

/// SignedValue.dat, or the failure that it is not there.
fn value_entry(
    findings: &mut Findings,
    package: &Package<'_>,
    location: Option<&Result<ofd::location::Location, ofd::location::LocationFault>>,
) -> Result<Option<Arc<[u8]>>, CheckError> {
    let id = CheckId::SignatureFormat;
    let Some(Ok(location)) = location else {
        findings.failed(id, "value_missing", "签名文件没有指明签名值。", "Signature.xml names no signature value.");
        return Ok(None);
    };
    match package.read(&location.name) {
        Ok(octets) => Ok(Some(octets)),
        Err(error) => {
            unreadable(findings, id, error)?;
            Ok(None)
        }
    }
}

/// What a licence says of itself: a fact of the report only where valid
/// signatures cover it.
fn licence_metadata(found: &mut Found, document: &Document, protection: &Protection) {
    let Some(pairs) = document.licence_pairs() else { return };
    if found.signatures.is_empty() {
        let (zh, en) = ("文件没有签章。", "The document carries no signature.");
        found.checks.skipped(CheckId::LicenceMetadata, "unsigned", zh, en);
        return;
    }
    licence::metadata(&mut found.checks, pairs);
    if protection.covers(OFD_XML) {
        found.licence = Some(licence::facts(pairs));
        found.identifier = licence::identifier(pairs);
    }
}

/// `covered` by signatures that hold; `claimed` as if all did. A signature that
/// does not hold is a cause of its own: the coverage that it leaves open only
/// follows from it, and is not told as a second offence.
fn coverage_check(found: &mut Found, covered: &ofd::Coverage, claimed: &ofd::Coverage) {
    let id = CheckId::PackageCoverage;
    if covered.is_complete() {
        found.checks.passed(id, "文件显示的全部内容都受签名保护。", "Everything the document shows is protected.");
        return;
    }
    if claimed.is_complete() {
        let (zh, en) = (
            "引用了全部内容的签名不成立，保护范围无从说起。",
            "The signatures that reference everything do not hold, so nothing can be said of what they protect.",
        );
        found.checks.skipped(id, "no_valid_signature", zh, en);
        return;
    }
    if found.signed_by_person {
        let (zh, en) = (
            "这是证照的样子，但上面有内容只有自然人的签名，没有机关的签章。自然人不能颁发证照。",
            "It looks like a licence, and some of it is signed by a natural person alone and stamped by no body. Natural persons issue no licences.",
        );
        found.checks.failed(id, "person_only", zh, en);
        return;
    }
    let names = some_of(&covered.uncovered);
    let (zh, en) = (
        format!("仅部分内容受签名保护，下列文件不受保护：{names}。"),
        format!("Only part of the content is protected. Not covered: {names}."),
    );
    found.checks.failed(id, "partial", zh, en);
}

/// A newer version or a further body must be covered by a valid signature: else
/// what is shown is not what was signed.
fn shadowing(found: &mut Found, document: &Document, protection: &Protection) {
    let id = CheckId::PackageShadowed;
    match shadow(document, protection) {
        None => {
            found.checks.passed(id, "文件显示的就是签名保护的版本。", "What is shown is the version that was signed.")
        }
        Some(_) if !protection.covers_anything() => found.checks.indeterminate(
            id,
            "no_valid_signature",
            "没有成立的签名，无法判断哪个版本受保护。",
            "No signature holds, so it cannot be said which version was signed.",
        ),
        Some(root) => found.checks.failed(
            id,
            "shadowed",
            format!("文件显示的内容（{root}）是签名以后另加的版本，不受任何签名保护。"),
            format!("The document shows a version or body ({root}) that was added outside every signature."),
        ),
    }
}

/// A newer version that valid signatures do not cover whole, or, of several
/// bodies, one whose root they do not cover.
fn shadow(document: &Document, protection: &Protection) -> Option<String> {
    let versions = document.bodies.iter().filter_map(|body| body.current_version.as_ref());
    for version in versions {
        if !version.is_original && !version.is_covered_by(protection) {
            return Some(version.doc_root.clone().unwrap_or_else(|| version.file.clone()));
        }
    }
    if document.bodies.len() < 2 {
        return None;
    }
    let roots = document.bodies.iter().map(|body| body.doc_root.as_ref().map(|root| root.name.as_str()));
    roots.map(Option::unwrap_or_default).find(|root| !protection.covers(root)).map(str::to_owned)
}

/// Things that are unusual in a package and decide nothing.
fn structure_warnings(found: &mut Found, document: &Document, covered: &ofd::Coverage) {
    let mut warn = |code: &str, zh: &str, en: &str, names: &[String]| {
        if names.is_empty() {
            return;
        }
        let names = some_of(names);
        let warning = Warning {
            code: code.to_owned(),
            sentence: Sentence::new(format!("{zh}：{names}。"), format!("{en}: {names}.")),
        };
        found.warnings.push(warning);
    };
    warn("package.extra_entry", "文件包中有没有被引用的文件", "Nothing in the document links to", &covered.unlinked);
    let missing: Vec<String> = document.missing.iter().map(|link| link.name.clone()).collect();
    warn("package.missing_link", "文件引用了不存在的内容", "The document links to files that do not exist", &missing);
}

/// The first few names, and how many more there are.
pub(super) fn some_of(names: &[String]) -> String {
    let mut text = names.iter().take(NAMES_SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > NAMES_SHOWN {
        text.push_str(&format!(" … (+{})", names.len() - NAMES_SHOWN));
    }
    text
}
