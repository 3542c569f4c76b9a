//! What needs no browser: addresses, headers, and words in the right place.

use crate::support::{
    example,
    http::{Answer, Connection, FORM, form, get, request, upload_head},
    service::{SEATED, Service},
};

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

fn upload(service: &Service, path: &str, content: &[u8]) -> Answer {
    let body = form(&[("file", Some("a.ofd"), content)]);
    request(service.public, "POST", path, Some(FORM), &body)
}

fn is_page(answer: &Answer) {
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(answer.header("content-security-policy"), Some(POLICY));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
}

#[test]
fn the_root_leads_to_verification_and_keeps_the_choices() {
    let service = Service::start();
    let answer = get(service.public, "/?lang=en&size=large&x=1");
    assert_eq!((answer.status, answer.header("location")), (303, Some("/verify?lang=en&size=large")));
}

#[test]
fn the_first_page_is_complete_without_a_script() {
    let service = Service::start_with("", "[site]\noperator = \"演示市数据资源管理局\"\nphone = \"000-0000 0000\"");
    let answer = get(service.public, "/verify?size=large");
    assert_eq!(answer.status, 200);
    is_page(&answer);
    for piece in [
        r#"<html lang="zh-CN">"#,
        r#"method="post" action="/verify?size=large" enctype="multipart/form-data""#,
        r#"type="file" id="file" name="file""#,
        r#"href="/verify?lang=en&#38;size=large""#,
        "演示市数据资源管理局",
        "000-0000 0000",
        "没有配置",
    ] {
        assert!(answer.body.contains(piece), "{piece} is missing in\n{}", answer.body);
    }
    let english = get(service.public, "/verify?lang=en");
    assert!(english.body.contains(r#"<html lang="en">"#) && english.body.contains("Verify an electronic licence"));
}

#[test]
fn assets_are_named_by_content_and_kept() {
    let service = Service::start();
    let page = get(service.public, "/verify").body;
    let mut found = 0;
    for piece in page.split('"').filter(|p| p.starts_with("/assets/")) {
        let answer = get(service.public, piece);
        assert_eq!(answer.status, 200, "{piece}");
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        found += 1;
    }
    assert_eq!(found, 3, "style, script and icon");
    assert_eq!(get(service.public, "/assets/yinxin.css").status, 404);
    assert_eq!(get(service.public, "/assets/..%2f..%2fCargo.toml").status, 404);
}

#[test]
fn what_is_no_document_gets_a_calm_page() {
    let service = Service::start();
    let copy = upload(&service, "/verify?lang=en", b"\x89PNG\r\n\x1a\n");
    assert_eq!(copy.status, 422);
    is_page(&copy);
    assert!(copy.body.contains("A copy: check the code on it") && !copy.body.contains("tone-refuse"));
    let answer = upload(&service, "/verify?lang=en", b"a note");
    assert_eq!(answer.status, 422);
    is_page(&answer);
    assert!(answer.body.contains("This is not a file that can be verified") && answer.body.contains("What to bring"));
    assert!(!answer.body.contains("tone-refuse"));

    let empty = request(service.public, "POST", "/verify", Some(FORM), &form(&[("other", None, b"x")]));
    assert_eq!(empty.status, 400);
    is_page(&empty);
    assert!(empty.body.contains("还没有选文件"));

    let torn = request(service.public, "POST", "/verify", Some(FORM), b"--X-EDGE\r\nContent-Disp");
    assert_eq!(torn.status, 400);
    assert!(torn.body.contains("文件没有传完整"));
    assert_eq!(request(service.public, "PUT", "/verify", None, b"").status, 405);
}

#[test]
fn too_large_is_said_with_the_limit() {
    let service = Service::start_with("upload_limit_bytes = 65536", "");
    let answer = upload(&service, "/verify", &[b'x'; 200_000]);
    assert_eq!(answer.status, 413);
    is_page(&answer);
    assert!(answer.body.contains("文件太大") && answer.body.contains("64 KB"));
}

#[test]
fn a_full_service_is_grey_and_says_when_to_come_again() {
    let service =
        Service::start_with("", "[serve.lanes]\nverify_threads = 1\nverify_waiting = 1\nretry_after_seconds = 7");
    let _seated: Vec<_> = (0..2)
        .map(|n| {
            let mut connection = Connection::open(service.public);
            connection.send(upload_head(4));
            service.wait_for(SEATED, f64::from(n + 1));
            connection
        })
        .collect();
    let answer = upload(&service, "/verify", b"PK");
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("7")));
    is_page(&answer);
    assert!(answer.body.contains("暂时无法核验，不代表证照有问题"));
    assert!(!answer.body.contains("tone-refuse") && !answer.body.contains("系统繁忙"));
}

#[test]
fn pages_of_the_document_are_shown_unless_it_is_not_what_its_stamps_say() {
    let anchors = example("anchors.pem");
    let service = Service::start_with("", &format!("[trust]\nanchors = {:?}", anchors.to_str().unwrap()));
    let shown = |name: &str| upload(&service, "/verify", &std::fs::read(example(name)).unwrap());
    let whole = shown("licence-valid.ofd");
    let policy = whole.header("content-security-policy").unwrap();
    assert_eq!(policy, POLICY.replace("img-src 'self'", "img-src 'self' data:"));
    // once for both languages
    assert_eq!(whole.body.matches(" href=\"data:image/svg+xml;base64,").count(), 1);
    assert_eq!(whole.body.matches("<use href=\"#picture-0-1\"/>").count(), 2);
    assert!(whole.body.len() < 250_000, "{}", whole.body.len());
    assert!(whole.body.contains("第 1 页，共 1 页") && whole.body.contains("Page 1 of 1"));
    assert!(!whole.body.contains("不要当真"));
    let partly = shown("invoice-partly-covered.ofd");
    assert!(partly.body.contains("斜线部分未被签章保护，不要当真。") && partly.body.contains(" href=\"data:"));
    let altered = shown("licence-altered.ofd");
    assert_eq!(altered.header("content-security-policy"), Some(POLICY));
    assert!(!altered.body.contains("<image") && !altered.body.contains("文件的页面"));
    let seal = shown("seal.esl");
    assert!(!seal.body.contains("<image"));
}
