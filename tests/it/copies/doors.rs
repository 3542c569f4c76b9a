//! The doors, from outside: the pages of the holder, the API of a body's system, and the command line.

use super::{PURPOSE, RECIPIENT};
use crate::{
    presentations::FOOD_HOLDER,
    support::{
        Folder,
        database::Database,
        desk::Desk,
        house::{House, food},
        http::{Answer, FORM, form, request},
        register::{FORM_BODY, Shown, send},
    },
};
use serde_json::{Value, json};
use yinxin::flow::access::{Role, Scope};

fn desk() -> Desk {
    // the file is held open by the service until the process ends
    Desk::open(House::new(Box::leak(Box::new(Database::sqlite()))), "")
}

/// A licence in force, its identifier, and the cookie of its holder.
fn held(desk: &Desk) -> (String, Shown) {
    let issuing = desk.token(&desk.house.body, &[Scope::Issue]);
    let issued = desk.issue(&issuing, &food(1));
    desk.holder("noodles", FOOD_HOLDER);
    (issued["identifier"].as_str().unwrap().to_owned(), desk.session("noodles"))
}

fn encoded(text: &str) -> String {
    text.bytes().map(|octet| format!("%{octet:02X}")).collect()
}

fn ask(desk: &Desk, at: &str, holder: &Shown, until: &str, key: &str) -> Answer {
    let form = format!("purpose={}&recipient={}&until={until}&key={key}", encoded(PURPOSE), encoded(RECIPIENT));
    send(desk.to, "POST", at, holder, FORM_BODY, &form)
}

#[test]
fn the_form_makes_one_copy_however_often_it_is_sent() {
    let desk = desk();
    let (identifier, holder) = held(&desk);
    let at = format!("/my/licences/{identifier}/copy");
    let form = desk.get(&at, &holder);
    assert!(form.status == 200 && form.body.contains("2027-02-20"), "{}", form.body);
    let refused = ask(&desk, &at, &holder, "2030-01-01", "abcdefgh");
    assert!(refused.status == 200 && refused.body.contains("最长只能用 90 天"), "{}", refused.body);
    assert!(refused.body.contains(r#"value="abcdefgh""#) && refused.body.contains(PURPOSE), "what was typed stays");
    let missing = ask(&desk, &at, &holder, "", "abcdefgh");
    assert!(missing.body.contains("请选一个日期"), "{}", missing.body);
    let made = ask(&desk, &at, &holder, "2026-12-31", "abcdefgh");
    assert_eq!(made.status, 303, "{made:?}");
    let place = made.header("location").unwrap().to_owned();
    assert_eq!(ask(&desk, &at, &holder, "2026-12-31", "abcdefgh").header("location"), Some(place.as_str()));
    let list = desk.get(&place, &holder);
    for piece in [PURPOSE, RECIPIENT, "做好了，已盖章", "下载 OFD"] {
        assert!(list.body.contains(piece), "{piece} is missing in\n{}", list.body);
    }
    let id = place.split("made=").nth(1).unwrap();
    let file = desk.get(&format!("/my/copies/{id}/document?as=ofd"), &holder);
    assert_eq!((file.status, file.header("content-type")), (200, Some("application/ofd")));
    assert_eq!(file.header("cache-control"), Some("no-store"));
    assert_eq!(desk.get(&format!("/my/copies/{id}/document?as=evidence"), &holder).status, 404);
    assert_eq!(desk.get("/my/copies/none/document?as=ofd", &holder).status, 404);
    // somebody else's
    desk.holder("stranger", "92330100MA0000015R");
    let stranger = desk.session("stranger");
    assert_eq!(desk.get(&format!("/my/copies/{id}/document?as=ofd"), &stranger).status, 404);
    assert_eq!(desk.get(&at, &stranger).status, 404);
    assert!(!desk.get("/my/copies", &stranger).body.contains(PURPOSE));
    // a form of elsewhere makes none
    let elsewhere = send(desk.to, "POST", &at, &holder, "Sec-Fetch-Site: cross-site\r\n", "");
    assert_eq!(elsewhere.problem(), "cross_site");
    // the office sees that it was made
    let officer = desk.signed_in(&desk.house.body, "sun.jian", &[Role::Officer]);
    let page = desk.get(&format!("/office/licences/{identifier}?purpose=x"), &officer);
    assert!(page.body.contains("加注件") && page.body.contains(RECIPIENT), "{}", page.body);
}

#[test]
fn what_is_typed_is_text() {
    let desk = desk();
    let (identifier, holder) = held(&desk);
    let at = format!("/my/licences/{identifier}/copy");
    let script = "<script>alert(1)</script>";
    let form = format!("purpose={}&recipient={}&until=2026-12-31&key=abcd", encoded(script), encoded("\"><b>"));
    let made = send(desk.to, "POST", &at, &holder, FORM_BODY, &form);
    assert_eq!(made.status, 303, "{made:?}");
    let list = desk.get(made.header("location").unwrap(), &holder);
    assert!(!list.body.contains(script) && list.body.contains("&#60;script&#62;"), "{}", list.body);
}

#[test]
fn a_system_of_the_body_makes_copies_too() {
    let desk = desk();
    let (identifier, holder) = held(&desk);
    let token = desk.token(&desk.house.body, &[Scope::Issue, Scope::Read]);
    let at = format!("/api/v1/licences/{identifier}/copies");
    let order = json!({ "purpose": PURPOSE, "recipient": RECIPIENT, "until": "2026-12-31" });
    let with_key = "Content-Type: application/json\r\nIdempotency-Key: k1\r\n";
    let post = |order: &Value, headers: &str| send(desk.to, "POST", &at, &token, headers, &order.to_string());
    assert_eq!(post(&order, "Content-Type: application/json\r\n").problem(), "idempotency_key_malformed");
    // keys of issuing and of copies are apart, however they are chosen
    let issued = "Content-Type: application/json\r\nIdempotency-Key: copy/k1\r\n";
    let licence = serde_json::to_string(&crate::support::house::food(71)).unwrap();
    assert_eq!(send(desk.to, "POST", "/api/v1/licences", &token, issued, &licence).status, 201);
    let made = post(&order, with_key);
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(post(&order, with_key).json(), made.json());
    let file = desk.get(made.header("location").unwrap(), &token);
    assert_eq!((file.status, file.header("content-type")), (200, Some("application/ofd")));
    let late = json!({ "purpose": PURPOSE, "recipient": RECIPIENT, "until": "2030-12-31" });
    let refused = post(&late, "Content-Type: application/json\r\nIdempotency-Key: k2\r\n");
    assert_eq!((refused.status, refused.problem().as_str()), (422, "copy_refused"));
    assert_eq!(refused.json()["errors"][0]["code"], "too_late");
    // another body's licence is like none
    let other = crate::support::house::add_body(&desk.house.issuer.store, "别的局", "11330200MB0000000C");
    let theirs = desk.token(&other, &[Scope::Issue, Scope::Read]);
    assert_eq!(send(desk.to, "POST", &at, &theirs, with_key, &order.to_string()).problem(), "no_such_thing");
    assert_eq!(desk.get(made.header("location").unwrap(), &theirs).problem(), "no_such_thing");
    // the holder sees it, and that they did not make it
    let list = desk.get("/my/copies", &holder);
    assert!(list.body.contains("由发证机关的系统制作"), "{}", list.body);
}

#[test]
fn the_command_line_compares_the_use() {
    let desk = desk();
    let (identifier, holder) = held(&desk);
    let made = ask(&desk, &format!("/my/licences/{identifier}/copy"), &holder, "2026-12-31", "abcd");
    let id = made.header("location").unwrap().split("made=").nth(1).unwrap().to_owned();
    let known = desk.known_holder("noodles");
    let (_, octets) = yinxin::flow::copies::document(
        &desk.house.issuer,
        yinxin::flow::copies::Asker::Holder(&known),
        &id,
        yinxin::flow::document::Form::Ofd,
    )
    .unwrap();
    let folder = Folder::new();
    let file = folder.file("copy.ofd", &octets);
    let run = |more: &[&str]| {
        let mut arguments =
            vec!["verify", "--trust", "none", "--at", "2026-11-22T03:00:00Z", "--lang", "en", file.to_str().unwrap()];
        arguments.extend_from_slice(more);
        let run = crate::support::cli::run(arguments);
        (run.code, run.out)
    };
    let (code, text) = run(&[]);
    assert!(code == 0 && text.contains("annotated copy"), "{code} {text}");
    assert_eq!(run(&["--purpose", PURPOSE, "--used-by", RECIPIENT]).0, 0);
    let (code, text) = run(&["--purpose", "别的", "--used-by", RECIPIENT]);
    assert!(code == 5 && text.contains("another purpose"), "{code} {text}");
    assert_eq!(run(&["--purpose", PURPOSE]).0, 5, "it names somebody");
    let late =
        crate::support::cli::run(["verify", "--trust", "none", "--at", "2027-01-01T00:00:00Z", file.to_str().unwrap()]);
    assert_eq!(late.code, 5);
}

#[test]
fn who_says_a_use_is_told_whether_a_copy_is_for_it() {
    let desk = desk();
    let (identifier, holder) = held(&desk);
    let made = ask(&desk, &format!("/my/licences/{identifier}/copy"), &holder, "2026-12-31", "abcd");
    let id = made.header("location").unwrap().split("made=").nth(1).unwrap().to_owned();
    let copy = desk.get(&format!("/my/copies/{id}/document?as=ofd"), &holder).octets;
    let token = desk.token(&desk.house.body, &[Scope::Read]);
    let original = desk.get(&format!("/api/v1/licences/{identifier}/document?as=ofd"), &token).octets;
    let told = |answer: &Answer| {
        assert_eq!(answer.status, 200, "{answer:?}");
        let header = |name: &str| answer.header(name).unwrap_or("-").to_owned();
        (header("yinxin-state"), header("yinxin-copy-refusal"))
    };
    let of = |state: &str, refusal: &str| (state.to_owned(), refusal.to_owned());
    let by_query = |query: &str, file: &[u8]| {
        let at = format!("/api/v1/verifications{query}");
        told(&request(desk.to, "POST", &at, Some("application/octet-stream"), file))
    };
    let by_form = |query: &str, purpose: &str, user: &str| {
        let fields = [
            ("purpose", None, purpose.as_bytes()),
            ("file", Some("a.ofd"), &*copy),
            ("used_by", None, user.as_bytes()),
        ];
        request(desk.to, "POST", &format!("/api/v1/verifications{query}"), Some(FORM), &form(&fields))
    };
    assert_eq!(by_query("", &copy), of("ANNOTATED_COPY", "-"));
    let right = format!("?purpose={}&used_by={}", encoded(PURPOSE), encoded(RECIPIENT));
    assert_eq!(by_query(&right, &copy), of("VALID", "-"));
    let unsaid = format!("?purpose={}", encoded(PURPOSE));
    assert_eq!(by_query(&unsaid, &copy), of("COPY_FOR_OTHER_PURPOSE", "other_recipient"));
    assert_eq!(by_query("?purpose=other", &copy), of("COPY_FOR_OTHER_PURPOSE", "other_purpose"));
    assert_eq!(by_query("?purpose=other", &original), of("VALID", "-"), "an original is for anything");

    assert_eq!(told(&by_form("", PURPOSE, RECIPIENT)), of("VALID", "-"));
    assert_eq!(told(&by_form("", " ", RECIPIENT)), of("ANNOTATED_COPY", "-"), "no purpose was stated");
    assert_eq!(told(&by_form("", PURPOSE, "别的局")), of("COPY_FOR_OTHER_PURPOSE", "other_recipient"));
    let by_both = by_form("?purpose=other", PURPOSE, RECIPIENT);
    assert_eq!(told(&by_both), of("COPY_FOR_OTHER_PURPOSE", "other_purpose"), "the query comes before the form");
    let long = by_form("", &"长".repeat(400), RECIPIENT);
    assert_eq!((long.status, long.problem().as_str()), (400, "malformed_multipart"));

    // what is typed is text, and the page knows a use of copies alone
    let page = |file: &[u8], purpose: &str| {
        let fields = [("file", Some("a.ofd"), file), ("purpose", None, purpose.as_bytes())];
        request(desk.to, "POST", "/verify", Some(FORM), &form(&fields)).body
    };
    let script = page(&copy, "<script>alert(1)</script>");
    assert!(!script.contains("<script>alert") && script.contains("&#60;script&#62;alert(1)"), "{script}");
    let plain = page(&original, "别的事");
    assert!(!plain.contains("别的事") && !plain.contains("核对是不是写给您的用途"), "{plain}");
}
