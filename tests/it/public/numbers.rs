//! Looking up by a code, or by a number with its holder.

use crate::support::{
    database::Database,
    desk::Desk,
    example,
    house::{House, decided, food, photo_type, photographed},
    http::{Answer, get},
    register::{FORM_BODY, Shown, send},
    service::Service,
    status_server::StatusServer,
};
use serde_json::{Value, json};
use yinxin::flow::access::Scope;
use yinxin_testkit::licence::identifier;
use yinxin_trust::licence::identifier::LicenceIdentifier;

const NUMBER: &str = "JY23301000000010";
const HOLDER: &str = "演示市小满面馆（个体工商户）";

fn find(desk: &Desk, number: &str, holder: &str) -> Answer {
    desk.post("/api/v1/standings", &Shown::Nothing, &json!({ "number": number, "holder": holder }))
}

/// Sends the form of the page.
fn look(desk: &Desk, query: &str, what: &str, holder: &str) -> Answer {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("what", what).append_pair("holder", holder);
    send(desk.to, "POST", &format!("/verify/number{query}"), &Shown::Nothing, FORM_BODY, &form.finish())
}

fn told(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["standings"].as_array().unwrap().clone()
}

fn number_and_holder_tell_what_the_printed_code_tells(database: &Database) {
    let house = House::new(database);
    let twin = photo_type(&house, false);
    let desk = Desk::open(house, "");
    let token = desk.token(&desk.house.body, &[Scope::Issue, Scope::Act]);
    let issued = desk.issue(&token, &food(1));
    let by_code = desk.get(&format!("/api/v1/standing/{}", issued["code"].as_str().unwrap()), &Shown::Nothing).json();
    for number in [NUMBER, " JY23301000000010 ", "ＪＹ23301000000010", "JY2330 1000 0000 10"] {
        let answer = find(&desk, number, HOLDER);
        assert_eq!(told(&answer), std::slice::from_ref(&by_code), "{number}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(
            !answer.body.contains("李守国") && !answer.body.contains(issued["code"].as_str().unwrap()),
            "{answer:?}"
        );
    }

    // whichever is wrong, or no number or name at all: one answer
    let long = "九".repeat(5000);
    let wrong = [
        (NUMBER, "演示市小满面馆"),
        (NUMBER, "**面馆（个体工商户）"),
        (NUMBER, ""),
        (NUMBER, "\u{e000}"),
        ("JY23301000000020", HOLDER),
        ("jy23301000000010", HOLDER),
        ("JY2330100000001%", HOLDER),
        ("JY23301000000010\u{0}", "谁"),
        ("\u{0}", HOLDER),
        ("", ""),
        (&long, &long),
    ];
    let answers: Vec<Answer> = wrong.iter().map(|(number, holder)| find(&desk, number, holder)).collect();
    for (answer, asked) in answers.iter().zip(wrong) {
        assert_eq!((answer.status, answer.problem().as_str()), (404, "not_registered"), "{asked:?}");
        assert_eq!(answer.body, answers[0].body, "{asked:?}");
    }

    // a licence of another type with the same number and holder is another licence
    let second = desk.issue(&token, &photographed(&twin, 1, None));
    let both = told(&find(&desk, NUMBER, HOLDER));
    let identifiers: Vec<_> = both.iter().map(|one| one["identifier"].clone()).collect();
    assert!(identifiers.len() == 2 && identifiers.contains(&second["identifier"]), "{both:?}");
    let page = look(&desk, "", NUMBER, HOLDER);
    assert_eq!((page.status, page.body.matches("这张证现在有效").count()), (200, 2), "{page:?}");

    desk.house.clock.advance_seconds(60);
    let acts = format!("/api/v1/licences/{}/acts", issued["identifier"].as_str().unwrap());
    assert_eq!(desk.post(&acts, &token, &json!({ "kind": "revoke", "decision": decided() })).status, 200);
    let states: Vec<_> = told(&find(&desk, NUMBER, HOLDER)).iter().map(|one| one["state"].clone()).collect();
    assert!(states.contains(&json!("revoked")) && states.contains(&json!("in_force")), "{states:?}");
}

on_both!(number_and_holder_tell_what_the_printed_code_tells);

fn desk() -> (Desk, Value) {
    // the file is held open by the service until the process ends
    let desk = Desk::open(House::new(Box::leak(Box::new(Database::sqlite()))), "");
    let issued = desk.issue(&desk.token(&desk.house.body, &[Scope::Issue]), &food(1));
    (desk, issued)
}

#[test]
fn what_is_scanned_leads_to_its_own_page_and_is_never_opened() {
    let (desk, issued) = desk();
    let code = issued["code"].as_str().unwrap();
    for text in [
        format!("HTTPS://YX.EXAMPLE.GOV.CN/C/{code}#QQBERLVBNY"),
        format!("yx.example.gov.cn/c/{}", code.to_lowercase()),
        format!("ＨＴＴＰＳ：、、YX。EXAMPLE。GOV。CN、C、{code}"),
        format!(" {} {} ", &code[..13], &code[13..]),
    ] {
        let led = look(&desk, "?lang=en", &text, "");
        assert_eq!((led.status, led.header("location")), (303, Some(format!("/C/{code}?lang=en").as_str())), "{text}");
    }
    let shown = look(&desk, "", "HTTPS://YX.EXAMPLE.GOV.CN/S/ABCDEFGHIJKLMNOPQRSTUV2345", "谁");
    assert_eq!((shown.status, shown.header("location")), (303, Some("/S/ABCDEFGHIJKLMNOPQRSTUV2345")));
    // by the identifier, which can be guessed, nothing of the holder
    let identified = look(&desk, "", issued["identifier"].as_str().unwrap(), "");
    assert!(identified.status == 200 && identified.body.contains("这张证现在有效"), "{identified:?}");
    assert!(!identified.body.contains("小满"), "{identified:?}");
    let known: LicenceIdentifier = issued["identifier"].as_str().unwrap().parse().unwrap();
    let never = identifier(known.type_code().as_str(), known.issuer(), "999999999", "001");
    let unknown = look(&desk, "", &never, "");
    assert!(unknown.status == 404 && unknown.body.contains("没有查到这个码"), "{unknown:?}");
    let offline = look(&desk, "", "HTTPS://YX.EXAMPLE.GOV.CN/C#QQAURLVB", "");
    assert!(offline.status == 200 && !offline.body.contains("tone-valid"), "{offline:?}");

    let strange = look(&desk, "", "https://yx-example.gov.cn/C/ABCDEFGHIJKLMNOPQRSTUV2345", "");
    for piece in ["tone-refuse", "假冒网站的码", "yx-example.gov.cn", "没有打开它"] {
        assert!(strange.body.contains(piece), "{piece} is missing in {strange:?}");
    }
    assert!(!strange.body.contains("href=\"https:"), "it is no link");
    for own in ["http://yx.example.gov.cn/C/", "https://yx.example.gov.cn:8443/C/"] {
        let dressed = look(&desk, "", &format!("{own}{code}"), "");
        assert!(
            dressed.body.contains("网址不对，不是真的证照码") && dressed.body.contains("tone-refuse"),
            "{dressed:?}"
        );
        assert!(!dressed.body.contains("假冒") && dressed.header("location").is_none(), "{dressed:?}");
    }
}

#[test]
fn the_page_tells_of_number_and_holder_what_the_api_tells() {
    let (desk, _) = desk();
    let found = look(&desk, "", NUMBER, HOLDER);
    assert_eq!((found.status, found.header("cache-control")), (200, Some("no-store")));
    for piece in ["这张证现在有效", "**国", "演示市市场监督管理局证照登记库", "In force", "switch-lang"]
    {
        assert!(found.body.contains(piece), "{piece} is missing in {found:?}");
    }
    assert!(!found.body.contains("李守国") && !found.body.contains("/C/"), "the code is not told");
    let without = look(&desk, "", NUMBER, " ");
    assert!(without.status == 200 && without.body.contains("还要填持证人"), "{without:?}");
    assert!(without.body.contains(&format!("value=\"{NUMBER}\"")), "what was typed stands there again");
    // the same page whichever is wrong, but for what was typed
    let bare = |number: &str, holder: &str| {
        let page = look(&desk, "", number, holder);
        assert_eq!(page.status, 404, "{page:?}");
        assert!(
            page.body.contains("没有编号和姓名都相符的证照") && page.body.contains("这不代表证照有问题"),
            "{page:?}"
        );
        page.body.replace(&format!("value=\"{number}\""), "").replace(&format!("value=\"{holder}\""), "")
    };
    assert_eq!(bare(NUMBER, "张三"), bare("JY23301000000020", HOLDER));
    let markup = look(&desk, "", "\"><script>alert(1)</script>", "<b>");
    assert!(markup.status == 404 && !markup.body.contains("<script>alert"), "{markup:?}");
    assert_eq!(send(desk.to, "POST", "/verify/number", &Shown::Nothing, FORM_BODY, "more=1").status, 400);
    assert_eq!(desk.get("/verify/number", &Shown::Nothing).status, 405);
}

#[test]
fn the_first_page_says_what_is_asked_here_and_what_is_not() {
    let (desk, _) = desk();
    let page = desk.get("/verify", &Shown::Nothing).body;
    assert!(page.contains("本地登记库") && !page.contains("没有连接") && page.contains("/verify/number"), "{page}");
    let alone = get(Service::start().public, "/verify").body;
    assert!(
        alone.contains("没有连接") && !alone.contains("/verify/number") && !alone.contains("登记库 <b>每次"),
        "{alone}"
    );
    let register = StatusServer::start();
    let sections =
        format!("[trust]\nanchors = {:?}\n[verify]\nstatus_url = {:?}", example("anchors.pem"), register.url());
    let asking = get(Service::start_with("", &sections).public, "/verify?lang=en").body;
    assert!(asking.contains("A register elsewhere") && !asking.contains("not connected"), "{asking}");
}
