//! Hand-made reports for tests of the pages.

use yinxin_trust::{
    base::{Day, Moment, Sentence},
    licence::Expiry,
    verify::{
        CertificateFacts, Check, CheckId as C, Coverage, CoverageState, DocumentFacts, DocumentKind, Indication,
        LicenceFacts, Outcome, REPORT_VERSION, Report, SealFacts, SealVersion, SignatureKind, SignatureReport,
        StampedAt, Standing, StandingState, Subindication, TimeSource, TrustFacts, TrustMode, Verdict, Warning,
    },
};

fn moment(text: &str) -> Moment {
    Moment::parse(text).expect("an instant")
}

fn check(id: C, outcome: Outcome, code: &str, zh: &str, en: &str) -> Check {
    Check { id, outcome, code: code.into(), sentence: Sentence::new(zh, en) }
}

fn passed(id: C, zh: &str, en: &str) -> Check {
    check(id, Outcome::Passed, "ok", zh, en)
}

fn skipped(id: C) -> Check {
    check(id, Outcome::Skipped, "not_configured", "这里没有配置查询来源。", "No source is configured here.")
}

fn certificate(name: &str, issuer: &str) -> CertificateFacts {
    CertificateFacts {
        name: name.into(),
        subject: format!("C=CN, ST=演示省, L=演示市, O={name}, CN={name}"),
        issuer: issuer.into(),
        serial: "3c9a10f2771e04".into(),
        not_before: moment("2025-03-01T00:00:00Z"),
        not_after: moment("2030-03-01T00:00:00Z"),
        sm3: "8f3a5bd10c447e9921f60a7c53de8b14a90c62f1e8d7b3350496f1c2ab7d9e40".into(),
        vouched_by: None,
        natural_person: false,
    }
}

fn stamp() -> SignatureReport {
    SignatureReport {
        id: "s1".into(),
        kind: SignatureKind::Seal,
        seal_version: Some(SealVersion::V4),
        value_verified: true,
        signer: Some(certificate("演示市市场监督管理局", "C=CN, O=演示省电子认证服务中心, CN=演示省政务 CA")),
        seal: Some(SealFacts {
            id: "33990100000017".into(),
            name: "演示市市场监督管理局电子证照专用章".into(),
            vendor: "YINXIN".into(),
            maker: Some(certificate("演示省电子印章制作中心", "C=CN, O=演示省电子认证服务中心, CN=演示省政务 CA")),
            created: moment("2025-03-02T02:00:00Z"),
            valid_from: moment("2025-03-02T02:00:00Z"),
            valid_to: moment("2030-03-01T00:00:00Z"),
        }),
        stamped_at: Some(StampedAt { time: moment("2026-11-20T01:41:00Z"), source: TimeSource::TimeInfo }),
        checks: vec![
            passed(C::SignatureFormat, "签章数据按 GB/T 38540-2020 读出。", "The stamp reads as GB/T 38540-2020."),
            passed(C::SignatureDigestAlgorithm, "用 SM3 计算。", "Computed with SM3."),
            passed(
                C::SignatureReferences,
                "登记的 14 个文件都在，都没有变。",
                "All 14 listed files are there, unchanged.",
            ),
            passed(C::SignatureDataHash, "签章对应这份签名描述。", "The stamp belongs to this signature file."),
            passed(C::SignatureValue, "签名值与签章者的公钥相符。", "The value verifies with the signer's key."),
            passed(C::SignatureTime, "签章时间能读。", "The signing time can be read."),
            passed(C::SealFormat, "印章数据能读。", "The seal can be read."),
            passed(C::SealFile, "包里的印章就是签章里的印章。", "Seal.esl is the seal in the stamp."),
            passed(C::SealValue, "制章者对印章的签名成立。", "The maker's signature on the seal verifies."),
            passed(C::SealSignerListed, "签章者在印章的名单里。", "The signer is in the seal's list."),
            passed(C::SealPeriod, "签章时印章在有效期内。", "Stamped within the seal's period."),
            passed(C::SealMakerPeriod, "制章时制章者证书在有效期内。", "Made within the maker certificate's period."),
            passed(C::SignerPeriod, "签章时证书在有效期内。", "Stamped within the certificate's period."),
            passed(C::SignerKeyUsage, "证书可以用来签名。", "The certificate may sign."),
            passed(C::SignerPath, "证书链到达互认名单里的机构。", "The path ends at an anchor of the trust list."),
            passed(C::SealMakerPath, "制章者的证书链到达互认名单里的机构。", "The maker's path ends at an anchor."),
            passed(C::SignerRevocation, "证书没有被撤销。", "The certificate is not revoked."),
            passed(C::SealMakerRevocation, "制章者证书没有被撤销。", "The maker's certificate is not revoked."),
            skipped(C::SealStatus),
            check(C::Timestamp, Outcome::Skipped, "absent", "没有时间戳。", "There is no time stamp."),
        ],
    }
}

/// A genuine licence whose standing is not known.
pub(crate) fn licence() -> Report {
    Report {
        version: REPORT_VERSION,
        verdict: Verdict::Valid,
        reason: None,
        indication: Indication::TotalPassed,
        subindication: None,
        standing: Standing::unknown(),
        document: DocumentFacts {
            kind: DocumentKind::Ofd,
            bytes: 421_888,
            licence: true,
            title: Some("食品经营许可证".into()),
            pages: Some(1),
        },
        licence: Some(LicenceFacts {
            identifier: Some("1.2.156.3005.2.11990000MB00DEM05U001.11990000MB00DEM13P.JY29900990001174.001.6".into()),
            type_name: Some("食品经营许可证".into()),
            number: Some("JY29900990001174".into()),
            holder: Some("演示市小满面馆（个体工商户）".into()),
            issuing_body: Some("演示市市场监督管理局".into()),
            issued_on: Day::new(2026, 6, 1).ok(),
            valid_from: Day::new(2026, 6, 1).ok(),
            valid_until: Day::new(2031, 5, 31).ok().map(Expiry::After),
            copy: None,
        }),
        disclosure: None,
        checked_at: moment("2026-11-21T02:05:09Z"),
        kept: None,
        trust: TrustFacts {
            mode: TrustMode::Anchors,
            anchors: 3,
            digest: Some("5d0e7c2a91b4486fa3c8e1d2770b95f64ae01c3d88f2b7596e14a0cd23f7b981".into()),
            revocation_lists: 3,
            revocation_as_of: Some(moment("2026-11-20T16:00:00Z")),
            algorithms: None,
            lists: Vec::new(),
        },
        coverage: Some(Coverage { state: CoverageState::Complete, uncovered: Vec::new() }),
        checks: vec![
            passed(C::PackageReadable, "文件能完整读出。", "The file can be read in full."),
            passed(C::PackageEntries, "目录与内容一致，没有歧义。", "Contents and table agree."),
            passed(C::PackageShadowed, "没有未签名的新版本。", "There is no newer unsigned version."),
            passed(C::PackageCoverage, "显示的内容全部受签章保护。", "Everything shown is protected."),
            passed(C::LicenceMetadata, "证照信息完整一致。", "The licence's details are complete."),
            skipped(C::LicenceRegistered),
            skipped(C::LogInclusion),
        ],
        signatures: vec![stamp()],
        warnings: vec![Warning {
            code: "time.claimed_only".into(),
            sentence: Sentence::new(
                "签章时间只是签章者自己写的，没有时间戳证明。",
                "The signing time is the signer's claim.",
            ),
        }],
    }
}

/// The same, in force by the register.
pub(crate) fn in_force() -> Report {
    let mut report = licence();
    report.standing = Standing {
        state: StandingState::InForce,
        since: Day::new(2026, 6, 1).ok(),
        until: Day::new(2031, 5, 31).ok().map(Expiry::After),
        as_of: Some(moment("2026-11-21T02:05:00Z")),
        source: Some("演示市证照登记库".into()),
    };
    set(&mut report.checks, passed(C::LicenceRegistered, "状态：有效。", "Status: in force."));
    set(&mut report.checks, passed(C::LogInclusion, "2026-11-20 09:41 记入。", "Entered on 20 November 2026."));
    for s in &mut report.signatures {
        for id in [C::SignerRevocation, C::SealMakerRevocation, C::SealStatus] {
            set(&mut s.checks, passed(id, "没有发现撤销。", "Not revoked."));
        }
    }
    report
}

/// The same, revoked by the register.
pub(crate) fn revoked() -> Report {
    let mut report = in_force();
    report.standing.state = StandingState::Revoked;
    report.standing.since = Day::new(2026, 9, 18).ok();
    report
}

/// The same, but unknown to the register.
pub(crate) fn not_registered() -> Report {
    let mut report = in_force();
    report.standing = Standing {
        state: StandingState::NotRegistered,
        as_of: report.standing.as_of,
        source: report.standing.source.take(),
        ..Standing::unknown()
    };
    let (zh, en) = ("登记库没有这张证照。", "The register does not know this licence.");
    set(&mut report.checks, check(C::LicenceRegistered, Outcome::Failed, "not_registered", zh, en));
    report
}

/// Without a list that says whether the signer was revoked.
pub(crate) fn no_list() -> Report {
    let mut report = licence();
    (report.verdict, report.reason) = (Verdict::Indeterminate, Some(C::SignerRevocation));
    (report.indication, report.subindication) = (Indication::Indeterminate, Some(Subindication::TryLater));
    (report.trust.revocation_lists, report.trust.revocation_as_of) = (0, None);
    for s in &mut report.signatures {
        let (zh, en) = ("签章者证书是否被撤销没有查到。", "The signer's certificate could not be looked up.");
        set(&mut s.checks, check(C::SignerRevocation, Outcome::Skipped, "no_list", zh, en));
    }
    report
}

/// An invoice with an unprotected annotation and encodings of its time.
pub(crate) fn partly() -> Report {
    let mut report = licence();
    report.document.licence = false;
    report.licence = None;
    report.document.title = Some("电子发票".into());
    report.coverage = Some(Coverage {
        state: CoverageState::Partial,
        uncovered: ["Doc_0/Annots/Annotations.xml", "Doc_0/Annots/Page_0/Annotation.xml", "Doc_0/Res/image_12.png"]
            .map(String::from)
            .to_vec(),
    });
    set(
        &mut report.checks,
        check(
            C::PackageCoverage,
            Outcome::Failed,
            "partial",
            "文件显示的 3 个部分不受任何签章保护。",
            "3 parts that the file shows are protected by no stamp.",
        ),
    );
    report.checks.retain(|c| !matches!(c.id, C::LicenceMetadata | C::LicenceRegistered | C::LogInclusion));
    report.warnings.push(Warning {
        code: "encoding.integer".into(),
        sentence: Sentence::new(
            "签名值里的整数多了一个零字节。",
            "An INTEGER of the signature has a superfluous zero.",
        ),
    });
    report
}

/// A changed licence whose signature value does not verify either.
pub(crate) fn tampered() -> Report {
    let mut report = licence();
    (report.verdict, report.reason) = (Verdict::Invalid, Some(C::SignatureReferences));
    (report.indication, report.subindication) = (Indication::TotalFailed, Some(Subindication::HashFailure));
    report.document.title = None;
    report.licence = None;
    let failed = |id, code: &str, zh: &str, en: &str| check(id, Outcome::Failed, code, zh, en);
    if let Some(s) = report.signatures.first_mut() {
        s.value_verified = false;
        set(
            &mut s.checks,
            failed(
                C::SignatureReferences,
                "digest_differs",
                "Doc_0/Pages/Page_0/Content.xml 的内容与签章时登记的摘要不同。",
                "Doc_0/Pages/Page_0/Content.xml is not what was listed when it was stamped.",
            ),
        );
        set(
            &mut s.checks,
            failed(C::SignatureValue, "mismatch", "签名值与签章者的公钥不符。", "The value does not verify."),
        );
    }
    report
}

/// A seal that does not list who used it.
pub(crate) fn seal_bad() -> Report {
    let mut report = licence();
    (report.verdict, report.reason) = (Verdict::Invalid, Some(C::SealSignerListed));
    if let Some(s) = report.signatures.first_mut() {
        let row = check(
            C::SealSignerListed,
            Outcome::Failed,
            "not_listed",
            "签章者的证书不在印章的名单里。",
            "The signer's certificate is not in the seal's list.",
        );
        set(&mut s.checks, row);
    }
    report
}

/// A self-made authority with a real body's name.
pub(crate) fn untrusted() -> Report {
    let mut report = licence();
    (report.verdict, report.reason) = (Verdict::Indeterminate, Some(C::SignerPath));
    (report.indication, report.subindication) =
        (Indication::Indeterminate, Some(Subindication::NoCertificateChainFound));
    for s in &mut report.signatures {
        for (id, zh, en) in [
            (C::SignerPath, "证书链没有到达互认名单里的任何机构。", "The path reaches no anchor of the trust list."),
            (C::SealMakerPath, "制章者的证书链没有到达互认名单。", "The maker's path reaches no anchor."),
        ] {
            set(&mut s.checks, check(id, Outcome::Indeterminate, "no_path", zh, en));
        }
    }
    report
}

/// No stamp at all.
pub(crate) fn unsigned() -> Report {
    let mut report = licence();
    (report.verdict, report.indication) = (Verdict::Unsigned, Indication::NoSignatureFound);
    report.signatures.clear();
    report.warnings.clear();
    report.coverage = None;
    report.document.title = None;
    report.licence = None;
    report.checks.retain(|c| matches!(c.id, C::PackageReadable | C::PackageEntries));
    report
}

fn set(checks: &mut [Check], check: Check) {
    if let Some(old) = checks.iter_mut().find(|c| c.id == check.id) {
        *old = check;
    }
}
