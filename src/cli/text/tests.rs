use super::{samples::*, *};
use crate::cli::json::FileProblem;
use yinxin_trust::base::Sentence;
use yinxin_trust::verify::{Standing, TrustFacts};

fn text(lang: Lang, answer: Result<&Report, &FileProblem>) -> String {
    let mut out = vec![];
    write(&mut anstream::StripStream::new(&mut out), lang, "a.ofd", answer, None).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_valid_report_in_both_languages() {
    let en = text(Lang::En, Ok(&report()));
    for part in [
        "✔ VALID  a.ofd",
        "The whole document is protected.",
        "title: 食品经营许可证",
        "stamped by: 某市市场监督管理局",
        "seal: 某市市场监督管理局, 33010000000001",
        "stamped at (claimed by the stamper): 2026-01-02 11:04:05",
        "! time is claimed time.claimed_only",
    ] {
        assert!(en.contains(part), "{part}\n{en}");
    }
    let zh = text(Lang::Zh, Ok(&report()));
    for part in ["✔ 有效  a.ofd", "整个文件都受签章保护。", "签章者:", "盖章时间（签章者自称）:"]
    {
        assert!(zh.contains(part), "{part}\n{zh}");
    }
}

#[test]
fn nothing_that_a_failed_value_covered_is_presented_as_true() {
    let en = text(Lang::En, Ok(&forged()));
    let first_check = en.lines().skip_while(|l| !l.contains("Stamp 1")).find(|l| l.contains(" checked ")).unwrap();
    assert!(first_check.contains("✘ checked signature.value"), "{en}");
    for name in ["食品经营许可证", "某市市场监督管理局", "Sample Maker", "2026-01-02"] {
        for line in en.lines().filter(|l| l.contains(name)) {
            assert!(line.contains("claims to be") || line.contains("not verified"), "{line}");
        }
    }
    let zh = text(Lang::Zh, Ok(&forged()));
    for line in zh.lines().filter(|l| l.contains("某市市场监督管理局") || l.contains("食品经营许可证"))
    {
        assert!(line.contains("未验证"), "{line}");
    }
    assert!(!en.contains("whole document is protected") && en.contains("- OFD.xml"));
}

#[test]
fn without_a_path_a_name_is_only_a_claim() {
    let mut report = report();
    report.verdict = Verdict::Indeterminate;
    report.reason = Some(CheckId::SignerPath);
    report.trust = TrustFacts {
        mode: TrustMode::NotConfigured,
        anchors: 0,
        digest: None,
        revocation_lists: 0,
        revocation_as_of: None,
        algorithms: None,
        lists: Vec::new(),
    };
    for check in &mut report.signatures[0].checks {
        if matches!(check.id, CheckId::SignerPath | CheckId::SealMakerPath) {
            check.outcome = Outcome::Skipped;
        }
    }
    let en = text(Lang::En, Ok(&report));
    assert!(en.contains("? INDETERMINATE") && en.contains("--trust FILE") && !en.contains("INVALID"), "{en}");
    assert!(en.contains("claims to be (identity not checked): 某市市场监督管理局"), "{en}");
    assert!(!en.contains("  stamped by:"), "{en}");
}

#[test]
fn a_genuine_revoked_licence_is_not_called_a_forgery() {
    let mut report = report();
    report.standing = Standing {
        state: StandingState::Revoked,
        as_of: Some(report.checked_at),
        source: Some("register".into()),
        ..Standing::unknown()
    };
    let en = text(Lang::En, Ok(&report));
    assert!(en.contains("▲ GENUINE, BUT NOT IN FORCE") && en.contains("standing: revoked"), "{en}");
    assert!(!en.contains("INVALID"));
}

#[test]
fn a_standing_is_never_told_of_what_does_not_hold() {
    let mut report = forged();
    report.standing = Standing { state: StandingState::InForce, ..Standing::unknown() };
    let en = text(Lang::En, Ok(&report));
    assert!(!en.contains("in force") && !en.contains("standing"), "{en}");
}

#[test]
fn a_missing_list_is_named_with_what_to_do() {
    let mut report = report();
    (report.verdict, report.reason) = (Verdict::Indeterminate, Some(CheckId::SignerRevocation));
    let en = text(Lang::En, Ok(&report));
    assert!(en.contains("? INDETERMINATE") && en.contains("--crl FILE"), "{en}");
}

#[test]
fn no_report_no_verdict() {
    let problem =
        FileProblem { code: "unreadable", sentence: Sentence::new("读不到这个文件", "cannot be read") };
    let en = text(Lang::En, Err(&problem));
    assert!(en.contains("NOT CHECKED") && !en.contains("INVALID"));
    assert!(text(Lang::Zh, Err(&problem)).contains("没有核验结论"));
}

#[test]
fn hostile_names_do_not_reach_the_terminal() {
    let mut report = forged();
    report.document.title = Some("x\u{1b}[1A\u{1b}[32m✔ VALID".into());
    let mut out = vec![];
    write(&mut out, Lang::En, "b\n✔ VALID", Ok(&report), None).unwrap();
    let en = String::from_utf8(out).unwrap();
    assert!(!en.contains("\u{1b}[1A") && !en.contains("\n✔ VALID"));
}

#[test]
fn hand_made_reports_have_the_published_form() {
    let schema = serde_json::from_str(crate::web::openapi::REPORT_SCHEMA).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for report in [report(), forged()] {
        let value = serde_json::to_value(report).unwrap();
        let errors: Vec<_> = validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}
