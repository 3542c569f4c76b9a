//! The pages by plain requests: what a browser would not send, and what another body sees.

use crate::support::{
    database::Database,
    desk::Desk,
    house::{self, FOOD, House, add_body},
    http::Answer,
    register::{FORM_BODY, Shown, send, send_octets},
};
use yinxin::flow::access::Role;
use yinxin_trust::{
    evidence::{EvidenceLimits, EvidenceSet},
    verify::Verdict,
};

fn encoded(pairs: &[(String, String)]) -> String {
    let one = |text: &str| -> String { text.bytes().map(|octet| format!("%{octet:02X}")).collect() };
    pairs.iter().map(|(name, value)| format!("{}={}", one(name), one(value))).collect::<Vec<_>>().join("&")
}

/// What the form of a food licence sends.
fn food(n: u32, then: &str) -> String {
    encoded(&fields(n, then))
}

fn fields(n: u32, then: &str) -> Vec<(String, String)> {
    let order = house::food(n);
    let mut pairs: Vec<(String, String)> =
        order.data.iter().map(|(name, value)| (format!("data.{name}"), value.as_str().unwrap().to_owned())).collect();
    let decided = house::decided();
    pairs.extend([
        ("decision.document_number".to_owned(), decided.document_number),
        ("decision.legal_basis".to_owned(), decided.legal_basis),
        ("decision.decided_on".to_owned(), decided.decided_on.to_string()),
        ("then".to_owned(), then.to_owned()),
    ]);
    pairs
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{answer:?}");
    answer.header("location").unwrap().to_owned()
}

#[test]
fn own_work_and_other_bodies_are_refused_over_the_pages() {
    let database = Database::sqlite();
    let open = Desk::open(House::new(&database), "");
    let (store, body) = (&open.house.issuer.store, open.house.body.clone());
    let other = add_body(store, "演示市城乡建设局", "11990000MB0000027A");
    open.person(&body, "sun.jian", "孙建", &[Role::Officer, Role::Approver]);
    open.person(&other, "stranger", "外人", &[Role::Officer, Role::Approver]);
    let (own, stranger) = (open.session("sun.jian"), open.session("stranger"));
    let get = |path: &str, shown: &Shown| send(open.to, "GET", path, shown, "", "");
    let post = |path: &str, shown: &Shown, body: &str| send(open.to, "POST", path, shown, FORM_BODY, body);

    let application = location(&post(&format!("/office/new/{FOOD}"), &own, &food(1, "submit")));
    assert!(application.starts_with("/office/applications/"), "{application}");
    let page = get(&application, &own);
    assert!(page.body.contains("您不能复核自己填的证照") && !page.body.contains("同意并签章"));
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
    let refused = post(&format!("{application}/approve"), &own, "remark=");
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("您不能复核自己填的证照，请交给另一位同事"));
    for path in ["", "/preview.png", "/edit"] {
        let there = get(&format!("{application}{path}"), &stranger);
        let nowhere = get(&format!("/office/applications/none{path}"), &stranger);
        assert_eq!((there.status, nowhere.status), (404, 404), "{path}");
    }
    for path in ["/approve", "/return", "/edit"] {
        assert_eq!(post(&format!("{application}{path}"), &stranger, "remark=x").status, 404, "{path}");
    }
    assert_eq!(get(&format!("/office/new/{FOOD}"), &stranger).status, 404);
    // a form of another site does nothing
    let elsewhere = "Sec-Fetch-Site: cross-site\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let answer = send(open.to, "POST", &format!("{application}/return"), &own, elsewhere, "remark=x");
    assert_eq!((answer.status, answer.problem().as_str()), (403, "cross_site"));
}

#[test]
fn a_licence_is_read_for_a_purpose_that_the_audit_keeps() {
    let database = Database::sqlite();
    let open = Desk::open(House::new(&database), "");
    let (store, body) = (&open.house.issuer.store, open.house.body.clone());
    let other = add_body(store, "演示市城乡建设局", "11990000MB0000027A");
    open.person(&body, "clerk", "窗口", &[Role::Clerk]);
    open.person(&body, "auditor", "审计", &[Role::Auditor]);
    open.person(&other, "stranger", "外人", &[Role::Clerk]);
    let issued = yinxin::flow::issue::issue(&open.house.issuer, &open.house.may_issue(), &[house::food(1)]);
    let identifier = issued.into_iter().next().unwrap().unwrap().identifier;
    let (clerk, stranger, auditor) = (open.session("clerk"), open.session("stranger"), open.session("auditor"));
    let get = |path: &str, shown: &Shown| send(open.to, "GET", path, shown, "", "");
    let at = format!("/office/licences/{identifier}");
    let asks = get(&at, &clerk);
    assert!(asks.body.contains("用证事由") && !asks.body.contains("李守国"));
    assert!(get(&format!("{at}?purpose=+"), &clerk).body.contains("请写明用证事由"));
    let whole = get(&format!("{at}?purpose=%E6%A0%B8%E5%AF%B9+A%26B"), &clerk);
    assert!(whole.body.contains("李守国") && whole.body.contains("有效"), "{}", whole.body);
    assert!(!whole.body.contains("办理变动"), "a clerk asks for no act");
    assert_eq!(location(&get(&format!("{at}/document?as=ofd"), &clerk)), at);
    let file = get(&format!("{at}/document?as=pdf&purpose=x"), &clerk);
    assert_eq!((file.status, file.header("content-type")), (200, Some("application/pdf")));
    assert!(whole.body.contains("document?as=evidence"), "what it was verified with is offered beside it");
    let kept = get(&format!("{at}/document?as=evidence&purpose=x"), &clerk);
    assert!(kept.header("content-disposition").unwrap().contains(&format!("{identifier}.evidence.json")), "{kept:?}");
    let set = EvidenceSet::from_file(&kept.octets, &EvidenceLimits::default()).unwrap();
    let original = get(&format!("{at}/document?as=ofd&purpose=x"), &clerk).octets;
    assert_eq!(set.restore().unwrap().check(&original).unwrap().verdict, Verdict::Valid);
    for path in ["?purpose=x", "/document?as=pdf&purpose=x"] {
        assert_eq!(get(&format!("{at}{path}"), &stranger).status, 404, "{path}");
    }
    let events = get("/api/v1/audit?limit=100", &auditor).json();
    let reads: Vec<_> = events["events"].as_array().unwrap().iter().filter(|e| e["action"] == "licence.read").collect();
    assert_eq!(reads.len(), 4, "{reads:?}");
    assert!(reads[0].to_string().contains("核对 A&B"), "{}", reads[0]);
}

/// A form with a file, as browsers send it.
fn multipart(pairs: &[(String, String)], file: (&str, &[u8])) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in pairs {
        body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    let (name, octets) = file;
    let head = format!("form-data; name=\"photo\"; filename=\"{name}\"\r\nContent-Type: image/jpeg");
    body.extend(format!("--edge\r\nContent-Disposition: {head}\r\n\r\n").bytes());
    body.extend(octets);
    body.extend(b"\r\n--edge--\r\n");
    ("Sec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=edge\r\n".to_owned(), body)
}

#[test]
fn a_photograph_is_chosen_kept_and_issued() {
    let database = Database::sqlite();
    let open = Desk::open(House::new(&database), "");
    let (body, kind) = (open.house.body.clone(), house::photo_type(&open.house, true));
    open.person(&body, "sun.jian", "孙建", &[Role::Officer]);
    open.person(&body, "zhou.wen", "周文", &[Role::Approver]);
    let (officer, approver) = (open.session("sun.jian"), open.session("zhou.wen"));
    let post = |path: &str, file: (&str, &[u8]), then: &str| {
        let (head, form) = multipart(&fields(1, then), file);
        send_octets(open.to, path, &officer, &head, &form)
    };
    let get = |path: &str| send(open.to, "GET", path, &officer, "", "");
    let blank = get(&format!("/office/new/{kind}"));
    assert!(blank.body.contains("enctype=\"multipart/form-data\"") && blank.body.contains("type=\"file\""));
    assert!(!get(&format!("/office/new/{FOOD}")).body.contains("type=\"file\""));

    // without one it does not go on, and says so at the field
    let edit = location(&post(&format!("/office/new/{kind}"), ("", b""), "submit"));
    let page = get(&edit);
    assert!(edit.ends_with("/edit?checked") && page.body.contains("请选择照片"), "{}", page.body);
    let edit = edit.trim_end_matches("?checked").to_owned();
    let application = edit.trim_end_matches("/edit").to_owned();
    location(&post(&edit, ("letter.jpg", b"Dear Sir"), "look"));
    assert!(get(&format!("{edit}?checked")).body.contains("这不是照片"));
    assert_eq!(get(&format!("{application}/preview.png")).status, 404);
    location(&post(&edit, ("portrait.jpg", house::PHOTO), "look"));
    assert!(get(&format!("{edit}?checked")).body.contains("已有照片"));
    let preview = get(&format!("{application}/preview.png"));
    assert_eq!((preview.status, preview.header("content-type")), (200, Some("image/png")));
    // none chosen: the one that is there stays
    assert_eq!(location(&post(&edit, ("", b""), "submit")), application);
    let approved = send(open.to, "POST", &format!("{application}/approve"), &approver, FORM_BODY, "remark=");
    assert_eq!(location(&approved), application);
    let page = get(&application).body;
    let at = page.split("/office/licences/").nth(1).unwrap().split(['"', '?']).next().unwrap();
    let document = get(&format!("/office/licences/{at}/document?as=ofd&purpose=x")).octets;
    let package = yinxin_trust::ofd::Package::open(&document, &yinxin_trust::base::Limits::default()).unwrap();
    assert_eq!(&*package.read(yinxin_face::PHOTO_ENTRIES[0]).unwrap(), house::PHOTO);
    // more than a form may carry
    let large = vec![0xff; (1 << 20) + (65 << 10)];
    assert_eq!(post(&format!("/office/new/{kind}"), ("large.jpg", &large), "save").status, 413);
}
