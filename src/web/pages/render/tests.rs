use super::super::{NoReport, render_no_report, samples};
use super::*;

static SITE: Site = Site { name: None, operator: None, phone: None, languages: Vec::new(), old_after_hours: 168 };

const ZH: Prefs =
    Prefs { lang: Lang::Zh, large: false, contrast: false, kiosk: false, place: crate::web::pages::Place::Verify };

fn page(report: &Report) -> String {
    render_result(ResultView {
        report,
        file_name: Some("xukezheng.ofd"),
        of_use: None,
        pages: None,
        newer: None,
        prefs: ZH,
        site: &SITE,
    })
    .expect("a page")
}

/// Writes every page to the target directory, to be looked at in a browser.
#[test]
fn pages_are_written_out_for_the_eye() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pages");
    let dir = std::env::var_os("CARGO_TARGET_DIR").map_or(dir, |d| std::path::Path::new(&d).join("pages"));
    std::fs::create_dir_all(dir.join("assets")).expect("a folder");
    let put = |name: &str, html: &str| std::fs::write(dir.join(name), html).expect("a file");
    let local = |html: String| html.replace("\"/assets/", "\"assets/");
    put(assets::style().trim_start_matches('/'), assets::STYLE_FOR_TESTS);
    put(assets::script().trim_start_matches('/'), assets::SCRIPT_FOR_TESTS);
    put(assets::icon().trim_start_matches('/'), include_str!("../assets/mark.svg"));
    let mut cannot = samples::untrusted();
    cannot.reason = Some(yinxin_trust::verify::CheckId::SignatureTime);
    let mut many = samples::licence();
    let one = many.signatures.first().cloned().expect("a stamp");
    many.signatures.extend(std::iter::repeat_n(one, 5));
    for (name, report) in [
        ("valid", samples::in_force()),
        ("standing-unknown", samples::licence()),
        ("revoked", samples::revoked()),
        ("not-registered", samples::not_registered()),
        ("no-list", samples::no_list()),
        ("partly", samples::partly()),
        ("tampered", samples::tampered()),
        ("seal-bad", samples::seal_bad()),
        ("untrusted", samples::untrusted()),
        ("cannot", cannot),
        ("unsigned", samples::unsigned()),
        ("many", many),
    ] {
        for (suffix, prefs) in [
            ("", ZH),
            ("-en", Prefs { lang: Lang::En, ..ZH }),
            ("-large", Prefs { large: true, ..ZH }),
            ("-contrast", Prefs { contrast: true, ..ZH }),
        ] {
            let view = ResultView {
                report: &report,
                file_name: Some("xukezheng.ofd"),
                of_use: None,
                pages: None,
                newer: None,
                prefs,
                site: &SITE,
            };
            put(&format!("{name}{suffix}.html"), &local(render_result(view).expect("a page")));
        }
    }
    for (suffix, prefs) in [("", ZH), ("-en", Prefs { lang: Lang::En, ..ZH }), ("-large", Prefs { large: true, ..ZH })]
    {
        let start = StartView {
            prefs,
            limit_bytes: 100 << 20,
            anchors: 3,
            registers: Registers::default(),
            asked: None,
            site: &SITE,
        };
        put(&format!("start{suffix}.html"), &local(render_start(&start).expect("a page")));
        let calm = |what, incident| local(render_no_report(prefs, what, incident, &SITE).expect("a page"));
        put(&format!("outage{suffix}.html"), &calm(NoReport::Unavailable, Some("4f0c9d2e")));
        put(&format!("not-a-document{suffix}.html"), &calm(NoReport::NotADocument, None));
    }
}

#[test]
fn every_page_keeps_to_its_own_policy() {
    let mut pages = vec![page(&samples::licence()), page(&samples::tampered()), page(&samples::partly())];
    pages.push(
        render_start(&StartView {
            prefs: ZH,
            limit_bytes: 1,
            anchors: 0,
            registers: Registers::default(),
            asked: None,
            site: &SITE,
        })
        .expect("a page"),
    );
    pages.push(render_no_report(ZH, NoReport::Unavailable, None, &SITE).expect("a page"));
    for html in pages {
        assert!(!html.contains(" style=") && !html.contains("<style"), "inline style");
        assert!(!html.contains("javascript:") && !html.contains(" onclick"), "inline script");
        assert!(!html.contains("http:") && !html.contains("https:") && !html.contains("//"), "outside resource");
        assert_eq!(html.matches("<script").count(), 1);
        assert_eq!(html.matches("<main").count(), html.matches("</main>").count());
    }
}

#[test]
fn the_title_and_the_headline_tell_the_verdict() {
    let html = page(&samples::tampered());
    assert!(html.contains("<title>内容被改动过，不能采信"), "{html}");
    assert!(html.contains("<h1>内容被改动过，不能采信</h1>"));
    assert!(html.contains(r#"role="status""#) && html.contains(r#"<html lang="zh-CN">"#));
}

#[test]
fn an_altered_file_gets_no_word_in() {
    let html = page(&samples::tampered());
    for secret in ["市场监督管理局", "专用章", "食品经营许可证", "2025", "tone-valid"] {
        assert!(!html.contains(secret), "{secret}");
    }
}

#[test]
fn names_nobody_vouches_for_are_called_claims() {
    let html = page(&samples::untrusted());
    assert!(html.contains("章上写的，未经核实"));
    assert!(!html.contains("tone-refuse") && !html.contains("食品经营许可证"));
    let genuine = page(&samples::in_force());
    assert!(!genuine.contains("章上写的，未经核实") && genuine.contains("食品经营许可证"));
}

#[test]
fn what_is_not_protected_is_named_and_hostile_names_are_only_text() {
    let mut report = samples::partly();
    if let Some(c) = &mut report.coverage {
        c.uncovered.push("<img src=x onerror=alert(1)>".into());
    }
    let prefs = ZH;
    let name = Some("../../\u{202e}<b>\u{7}fdo.exe");
    let html = render_result(ResultView {
        report: &report,
        file_name: name,
        of_use: None,
        pages: None,
        newer: None,
        prefs,
        site: &SITE,
    })
    .expect("a page");
    assert!(html.contains("Doc_0/Annots/Annotations.xml") && html.contains("文件格式不标准"));
    assert!(!html.contains("<img") && !html.contains("<b>fdo") && !html.contains('\u{202e}'));
}

#[test]
fn a_list_of_everything_is_no_list() {
    let mut report = samples::tampered();
    let coverage = samples::partly().coverage;
    report.coverage.clone_from(&coverage);
    assert!(!page(&report).contains("未被签章保护的内容"));
    let mut report = samples::unsigned();
    report.coverage.clone_from(&coverage);
    assert!(!page(&report).contains("未被签章保护的内容"));
    let mut report = samples::licence();
    (report.verdict, report.reason) =
        (yinxin_trust::verify::Verdict::Invalid, Some(yinxin_trust::verify::CheckId::PackageCoverage));
    report.coverage = coverage;
    assert!(page(&report).contains("未被签章保护的内容"));
}

#[test]
fn our_own_outage_is_calm() {
    let html = render_no_report(ZH, NoReport::Unavailable, Some("4f0c"), &SITE).expect("a page");
    assert!(html.contains("暂时无法核验，不代表证照有问题") && html.contains("4f0c"));
    assert!(!html.contains("tone-refuse") && !html.contains("伪造"));
}

#[test]
fn sizes() {
    assert_eq!([size(9), size(421_888), size(1 << 20), size(3 << 19)], ["9 B", "412 KB", "1 MB", "1.5 MB"]);
}

#[test]
fn evidence_that_is_old_says_so_in_a_word() {
    let mut report = samples::in_force();
    let days = |n: i64| yinxin_trust::base::Moment::from_unix_seconds(report.checked_at.unix_seconds() - n * 86_400);
    let (week, more) = (days(7).expect("an instant"), days(8).expect("an instant"));
    (report.trust.revocation_as_of, report.standing.as_of) = (Some(week), Some(week));
    assert!(!page(&report).contains("偏旧"));
    report.standing.as_of = Some(more);
    assert_eq!(page(&report).matches(">偏旧<").count(), 1);
    report.trust.revocation_as_of = Some(more);
    let html = page(&report);
    assert!(html.matches(">偏旧<").count() == 2 && html.contains("age--old") && html.contains(">old<"));
    // within its grace it is past its own next update, however young
    report.trust.revocation_as_of = Some(week);
    let sentence = yinxin_trust::base::Sentence::new("过了。", "Overdue.");
    report.warnings.push(yinxin_trust::verify::Warning { code: "revocation.in_grace".to_owned(), sentence });
    assert_eq!(page(&report).matches(">偏旧<").count(), 2);
}
