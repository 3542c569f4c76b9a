//! Hand-made reports for tests.

use yinxin_trust::{
    base::{Day, Moment, Sentence},
    licence::Expiry,
    verify::{
        CertificateFacts, Check, CheckId, Coverage, CoverageState, DocumentFacts, DocumentKind, Indication,
        LicenceFacts, Outcome, Report, SealFacts, SealVersion, SignatureKind, SignatureReport, StampedAt, Standing,
        TimeSource, TrustFacts, TrustMode, Verdict, Warning,
    },
};

pub(crate) fn check(id: CheckId, outcome: Outcome) -> Check {
    Check {
        id, outcome, code: "sample".into(), sentence: Sentence::new(format!("检查 {id}"), format!("checked {id}"))
    }
}

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn certificate(name: &str) -> CertificateFacts {
    CertificateFacts {
        name: name.into(),
        subject: format!("C=CN, O={name}, CN={name}"),
        issuer: "C=CN, CN=Sample CA".into(),
        serial: "1234abcd".into(),
        not_before: at("2024-01-01T00:00:00Z"),
        not_after: at("2034-01-01T00:00:00Z"),
        sm3: "ab".repeat(32),
        vouched_by: None,
        natural_person: false,
    }
}

/// A valid licence with one stamp, all of whose members are set.
pub(crate) fn report() -> Report {
    let passed = |ids: &[CheckId]| ids.iter().map(|id| check(*id, Outcome::Passed)).collect();
    Report {
        version: 1,
        verdict: Verdict::Valid,
        reason: None,
        indication: Indication::TotalPassed,
        subindication: None,
        standing: Standing::unknown(),
        document: DocumentFacts {
            kind: DocumentKind::Ofd,
            bytes: 12345,
            licence: true,
            title: Some("食品经营许可证".into()),
            pages: Some(1),
        },
        licence: Some(LicenceFacts {
            identifier: None,
            type_name: Some("食品经营许可证".into()),
            number: Some("JY29900990001174".into()),
            holder: Some("小满面馆".into()),
            issuing_body: Some("某市市场监督管理局".into()),
            issued_on: Day::new(2026, 1, 2).ok(),
            valid_from: None,
            valid_until: Some(Expiry::Never),
            copy: None,
        }),
        disclosure: None,
        checked_at: at("2026-11-21T08:30:00Z"),
        kept: None,
        trust: TrustFacts {
            mode: TrustMode::Anchors,
            anchors: 1,
            digest: Some("cd".repeat(32)),
            revocation_lists: 2,
            revocation_as_of: Some(at("2026-11-21T00:00:00Z")),
            algorithms: None,
            lists: Vec::new(),
        },
        coverage: Some(Coverage { state: CoverageState::Complete, uncovered: vec![] }),
        checks: passed(&[CheckId::PackageReadable, CheckId::PackageCoverage]),
        signatures: vec![SignatureReport {
            id: "s001".into(),
            kind: SignatureKind::Seal,
            seal_version: Some(SealVersion::V4),
            value_verified: true,
            signer: Some(certificate("某市市场监督管理局")),
            seal: Some(SealFacts {
                id: "33010000000001".into(),
                name: "某市市场监督管理局".into(),
                vendor: "YX".into(),
                maker: Some(certificate("Sample Maker")),
                created: at("2024-06-01T00:00:00Z"),
                valid_from: at("2024-06-01T00:00:00Z"),
                valid_to: at("2034-01-01T00:00:00Z"),
            }),
            stamped_at: Some(StampedAt { time: at("2026-01-02T03:04:05Z"), source: TimeSource::TimeInfo }),
            checks: passed(&[
                CheckId::SignatureReferences,
                CheckId::SignatureValue,
                CheckId::SealValue,
                CheckId::SignerPath,
                CheckId::SealMakerPath,
            ]),
        }],
        warnings: vec![Warning {
            code: "time.claimed_only".into(),
            sentence: Sentence::new("时间是自称的", "time is claimed"),
        }],
    }
}

/// The same with a signature value that does not verify.
pub(crate) fn forged() -> Report {
    let mut report = report();
    report.verdict = Verdict::Invalid;
    report.reason = Some(CheckId::SignatureValue);
    report.licence = None;
    report.indication = Indication::TotalFailed;
    report.subindication = Some(yinxin_trust::verify::Subindication::SigCryptoFailure);
    report.coverage = Some(Coverage { state: CoverageState::Partial, uncovered: vec!["OFD.xml".into()] });
    let signature = &mut report.signatures[0];
    signature.value_verified = false;
    signature.checks[1] = check(CheckId::SignatureValue, Outcome::Failed);
    report
}
