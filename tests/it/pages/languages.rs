//! Pages in a language that a file brings.

use crate::support::{
    Folder,
    http::{FORM, form, get, request},
    service::Service,
};

const FILE: &str = r#"
tag = "mn-Mong"
name = "ᠮᠣᠩᠭᠣᠯ"
[sentences]
"Verify an electronic licence" = "ᠦᠨᠡᠮᠯᠡᠯ ᠢ ᠪᠠᠲᠤᠯᠠᠬᠤ"
"Large text" = "ᠶᠡᠬᠡ ᠦᠰᠦᠭ"
"This is not a file that can be verified" = "<i>ᠪᠢᠰᠢ</i>"
"No login." = "never asked for by itself"
"#;

fn service(folder: &Folder) -> Service {
    let file = folder.file("mn.toml", FILE);
    Service::start_with("", &format!("[site]\nlanguages = [{:?}]", file.to_str().unwrap()))
}

#[test]
fn a_page_is_in_the_words_of_the_file_and_its_ways_stay_in_the_language() {
    let folder = Folder::new();
    let service = service(&folder);
    let page = get(service.public, "/verify?lang=mn-Mong&size=large").body;
    for piece in [
        r#"<html lang="mn-Mong">"#,
        "<h1>ᠦᠨᠡᠮᠯᠡᠯ ᠢ ᠪᠠᠲᠤᠯᠠᠬᠤ</h1>",
        "ᠶᠡᠬᠡ ᠦᠰᠦᠭ",
        r#"action="/verify?lang=mn-Mong&#38;size=large""#,
        // what the file does not have stays English
        "Drop the licence file here, or choose it",
    ] {
        assert!(page.contains(piece), "{piece} is missing in\n{page}");
    }
    assert!(!page.contains("lang=en"), "{page}");
    let answer = get(service.public, "/?lang=mn-Mong");
    assert_eq!((answer.status, answer.header("location")), (303, Some("/verify?lang=mn-Mong")));
    // an answer to a form too, with what the file says as text
    let body = form(&[("file", Some("a.ofd"), b"a note")]);
    let answer = request(service.public, "POST", "/verify?lang=mn-Mong", Some(FORM), &body);
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("&lt;i&gt;ᠪᠢᠰᠢ&lt;/i&gt;"), "{}", answer.body);
}

#[test]
fn every_page_leads_to_it_and_the_others_do_not_change() {
    let folder = Folder::new();
    let service = service(&folder);
    let link = r#"<a class="tool" href="/verify?lang=mn-Mong" lang="mn-Mong" hreflang="mn-Mong">ᠮᠣᠩᠭᠣᠯ</a>"#;
    for address in ["/verify", "/verify?lang=en"] {
        let page = get(service.public, address).body;
        assert!(page.contains(link) && !page.contains("ᠦᠨᠡᠮᠯᠡᠯ"), "{address}: {page}");
    }
    let own = get(service.public, "/verify?lang=mn-Mong").body;
    assert!(own.contains(">中文</a>") && !own.contains(link), "{own}");
    // one that nobody configured is the first language
    assert!(get(service.public, "/verify?lang=fr").body.contains(r#"<html lang="zh-CN">"#));
    let without = Service::start();
    assert!(get(without.public, "/verify?lang=mn-Mong").body.contains(r#"<html lang="zh-CN">"#));
    // answers of the interface are no pages
    let answer = get(service.public, "/api/v1/nothing?lang=mn-Mong");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
}
