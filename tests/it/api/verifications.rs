//! `POST /api/v1/verifications`.

use crate::support::{
    example,
    http::{FORM, VERIFICATIONS, form, post, request},
    schema::assert_is_report,
    service::Service,
};
use std::fs;

#[test]
fn what_is_no_document_is_422() {
    let service = Service::start();
    for copy in [&b"\xff\xd8\xff\xe0 a photo"[..], b"%PDF-1.4", b"\x89PNG\r\n\x1a\n"] {
        let answer = post(service.public, VERIFICATIONS, copy);
        assert_eq!((answer.status, answer.problem().as_str()), (422, "copy_not_verifiable"));
        assert!(answer.json()["detail_zh"].as_str().unwrap().contains("副本"));
    }
    let answer = request(service.public, "POST", VERIFICATIONS, None, b"no content type");
    assert_eq!((answer.status, answer.problem().as_str()), (422, "not_a_document"));
    let body = form(&[("note", None, b"x"), ("file", Some("a.jpg"), b"a photo"), ("more", None, b"")]);
    let answer = request(service.public, "POST", VERIFICATIONS, Some(FORM), &body);
    assert_eq!((answer.status, answer.problem().as_str()), (422, "not_a_document"));
}

#[test]
fn bodies_without_a_file_are_400() {
    let service = Service::start();
    let form_of = |fields: &[(&str, Option<&str>, &[u8])]| {
        let answer = request(service.public, "POST", VERIFICATIONS, Some(FORM), &form(fields));
        (answer.status, answer.problem())
    };
    assert_eq!(post(service.public, VERIFICATIONS, b"").problem(), "no_file");
    assert_eq!(form_of(&[]), (400, "no_file".into()));
    assert_eq!(form_of(&[("document", Some("a.ofd"), b"PK")]), (400, "no_file".into()));
    assert_eq!(form_of(&[("file", Some(""), b"")]), (400, "no_file".into()));
    let two: [(&str, Option<&str>, &[u8]); 2] = [("file", Some("a"), b"PK"), ("file", Some("b"), b"PK")];
    assert_eq!(form_of(&two), (400, "malformed_multipart".into()));
    let many: Vec<(&str, Option<&str>, &[u8])> = vec![("x", None, b"y"); 40];
    assert_eq!(form_of(&many), (400, "malformed_multipart".into()));
}

#[test]
fn malformed_forms_are_400() {
    let service = Service::start();
    let whole = form(&[("file", Some("a.ofd"), b"PK\x03\x04")]);
    for (content_type, body) in [
        ("multipart/form-data", &whole[..]),
        ("multipart/form-data; boundary=other", &whole),
        (FORM, b"--X-EDGE\r\nno disposition\r\n\r\nPK\r\n--X-EDGE--\r\n"),
        (FORM, b""),
        (FORM, &whole[..whole.len() - 14]),
        ("Multipart/Mixed; boundary=X-EDGE", b"--X-EDGE"),
    ] {
        let answer = request(service.public, "POST", VERIFICATIONS, Some(content_type), body);
        assert_eq!(answer.status, 400, "{content_type} {body:?} {answer:?}");
        assert!(["malformed_multipart", "no_file"].contains(&answer.problem().as_str()));
    }
}

#[test]
fn the_query_is_strict() {
    let service = Service::start();
    for query in ["?at=yesterday", "?trust=none", "?at=2024-06-01&trust=none"] {
        let answer = post(service.public, &format!("{VERIFICATIONS}{query}"), b"junk");
        assert_eq!((answer.status, answer.problem().as_str()), (400, "bad_query"), "{query}");
    }
    assert_eq!(post(service.public, &format!("{VERIFICATIONS}?at=2024-06-01"), b"junk").status, 422);
}

#[test]
fn other_methods_and_paths() {
    let service = Service::start();
    let answer = request(service.public, "GET", VERIFICATIONS, None, b"");
    assert_eq!((answer.status, answer.problem().as_str()), (405, "method_not_allowed"));
    assert_eq!(answer.header("allow"), Some("POST"));
    let answer = request(service.public, "GET", "/api/v1/nothing", None, b"");
    assert_eq!((answer.status, answer.problem().as_str()), (404, "not_found"));
}

#[test]
fn a_forgery_is_an_answer() {
    let anchors = format!("[trust]\nanchors = {:?}", example("anchors.pem"));
    let service = Service::start_with("", &anchors);
    for (name, verdict) in [
        ("licence-valid.ofd", "valid"),
        ("licence-altered.ofd", "invalid"),
        ("invoice-partly-covered.ofd", "valid"),
        ("unsigned.ofd", "unsigned"),
        ("seal.esl", "valid"),
    ] {
        let octets = fs::read(example(name)).unwrap();
        let raw = post(service.public, &format!("{VERIFICATIONS}?at=2026-11-21T08:30:00Z"), &octets);
        assert_eq!((raw.status, raw.json()["verdict"].as_str()), (200, Some(verdict)), "{name}: {raw:?}");
        assert_eq!(raw.json()["checked_at"], "2026-11-21T08:30:00Z");
        assert_eq!(raw.header("cache-control"), Some("no-store"));
        assert_is_report(&raw.json());
        let body = form(&[("file", Some(name), &octets)]);
        let path = format!("{VERIFICATIONS}?at=2026-11-21T08:30:00Z");
        let sent_as_form = request(service.public, "POST", &path, Some(FORM), &body);
        assert_eq!((sent_as_form.status, sent_as_form.json()), (200, raw.json()));
    }
    assert!(service.metric("yinxin_verifications_total{verdict=\"invalid\"}") > 1.0);
}

#[test]
fn without_anchors_the_service_calls_nothing_valid() {
    let service = Service::start();
    let octets = fs::read(example("licence-valid.ofd")).unwrap();
    let report = post(service.public, VERIFICATIONS, &octets).json();
    assert_eq!((&report["verdict"], &report["trust"]["mode"]), (&"indeterminate".into(), &"not_configured".into()));
}
