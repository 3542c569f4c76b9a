//! The doors: the holder's page, the file, and every place that verifies one.

use super::{CITIZEN, FRAME, NAME, names};
use crate::{
    presentations::FOOD_HOLDER,
    support::{
        database::Database,
        desk::Desk,
        house::{House, of_a_person, person_type},
        http::{Answer, FORM as BOUNDARY, form, post},
        register::{Shown, send, send_octets},
        schema,
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use yinxin::flow::{
    access::{Role, Scope},
    presentations::{Choice, Presentations, show},
};

const FORM: &str = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";

pub(super) struct Doors {
    pub(super) desk: Desk,
    pub(super) identifier: String,
    pub(super) holder: Shown,
    pub(super) token: Shown,
}

impl Doors {
    pub(super) fn open() -> Self {
        let house = House::new(Box::leak(Box::new(Database::sqlite())));
        let kind = person_type(&house);
        let desk = Desk::open(house, "");
        let token = desk.token(&desk.house.body, &[Scope::Issue, Scope::Redeem, Scope::Act]);
        let issued = desk.issue(&token, &of_a_person(&kind, 1, NAME, CITIZEN));
        let identifier = issued["identifier"].as_str().unwrap().to_owned();
        desk.account("zhang", ("111", CITIZEN, NAME));
        let holder = desk.session("zhang");
        Self { desk, identifier, holder, token }
    }

    pub(super) fn page(&self) -> String {
        format!("/my/licences/{}/disclosure", self.identifier)
    }

    pub(super) fn download(&self, fields: &[&str]) -> Answer {
        let fields: Vec<String> = fields.iter().map(|name| format!("field.{name}=on")).collect();
        send(self.desk.to, "POST", &self.page(), &self.holder, FORM, &fields.join("&"))
    }
}

#[test]
fn the_holder_chooses_and_downloads() {
    let doors = Doors::open();
    let page = doors.desk.get(&doors.page(), &doors.holder);
    assert_eq!(page.status, 200, "{page:?}");
    for piece in [
        NAME,
        "**国",
        r#"name="field.ZZBS" value="on" checked"#,
        r#"name="field.CZZT" value="on">"#,
        r#"name="field.business_premises" value="on">"#,
    ] {
        assert!(page.body.contains(piece), "{piece} is missing in\n{}", page.body);
    }
    assert!(!page.body.contains("李守国") && !page.body.contains(r#"name="field.ZZLXMC""#));
    let way = doors.desk.get(&format!("/my/licences/{}/show", doors.identifier), &doors.holder);
    assert!(way.body.contains(&doors.page()), "the way there");
    let file = doors.download(&["CZZT"]);
    assert_eq!((file.status, file.header("cache-control")), (200, Some("no-store")));
    assert_eq!(file.header("content-type"), Some("application/vnd.yinxin.disclosure+json"));
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"licence-fields.yxd\""));
    assert_eq!(names(&file.octets).len(), FRAME.len() + 1);
    for wrong in [&[][..], &["bank"]] {
        let told = doors.download(wrong);
        assert!(told.status == 200 && told.body.contains("请至少勾选一项"), "{}", told.body);
    }
    doors.desk.holder("noodles", FOOD_HOLDER);
    let stranger = doors.desk.session("noodles");
    assert_eq!(doors.desk.get(&doors.page(), &stranger).status, 404);
    assert_eq!(send(doors.desk.to, "POST", &doors.page(), &stranger, FORM, "field.CZZT=on").status, 404);
}

#[test]
fn everybody_verifies_it() {
    let doors = Doors::open();
    let (with, without) = (doors.download(&["CZZT", "ZZBS"]).octets, doors.download(&["CZZT"]).octets);
    let report = post(doors.desk.to, "/api/v1/verifications", &with);
    assert_eq!(report.status, 200, "{report:?}");
    schema::assert_is_report(&report.json());
    let report = report.json();
    assert_eq!((&report["verdict"], &report["document"]["kind"]), (&json!("valid"), &json!("disclosure")));
    assert_eq!((&report["standing"]["state"], &report["coverage"]), (&json!("in_force"), &json!(null)));
    let unasked = post(doors.desk.to, "/api/v1/verifications", &without).json();
    assert_eq!(unasked["standing"]["state"], json!("unknown"));

    let upload = |file: &[u8]| {
        let body = form(&[("file", Some("fields.yxd"), file)]);
        crate::support::http::request(doors.desk.to, "POST", "/verify", Some(BOUNDARY), &body)
    };
    let page = upload(&with).body;
    for piece in ["出示的字段是真的，证照有效", NAME, "证照出示文件", "没有出示", "还有", "核验于"]
    {
        assert!(page.contains(piece), "{piece} is missing in\n{page}");
    }
    assert!(!page.contains("演示市新塘区样例路") && !page.contains(CITIZEN) && !page.contains("李守国"));
    assert!(upload(&without).body.contains("证照现在是否有效没有查"));
    let altered = String::from_utf8(with.clone()).unwrap().replace(NAME, "李小满");
    let page = upload(altered.as_bytes()).body;
    assert!(page.contains("tone-refuse") && !page.contains("李小满"), "{page}");
    let cut = upload(&with[..with.len() - 1]).body;
    assert!(cut.contains("tone-refuse") && !cut.contains(NAME), "{cut}");

    // at the window, of a licence that is kept here, no more than in the file
    let clerk = doors.desk.signed_in(&doors.desk.house.body, "clerk", &[Role::Clerk]);
    let body = form(&[("file", Some("fields.yxd"), &with)]);
    let more = format!("Sec-Fetch-Site: same-origin\r\nContent-Type: {BOUNDARY}\r\n");
    let window = send_octets(doors.desk.to, "/window/files?purpose=x", &clerk, &more, &body).body;
    for piece in ["出示的字段是真的，证照有效", NAME] {
        assert!(window.contains(piece), "{piece} is missing in\n{window}");
    }
    assert!(!window.contains("演示市新塘区样例路") && !window.contains("**国"), "{window}");
}

#[test]
fn a_redeemer_and_a_window_get_the_proof() {
    let doors = Doors::open();
    let counter = Presentations::new(60, 24);
    let holder = doors.desk.known_holder("zhang");
    let shown = |fields: &[&str]| {
        let fields = fields.iter().map(|name| (*name).to_owned()).collect();
        let choice = Choice { fields, purpose: "接受检查".parse().unwrap() };
        let licence = doors.identifier.parse().unwrap();
        let shown = show(&doors.desk.house.issuer, &counter, &holder, &licence, &choice).unwrap();
        shown.address.clone()
    };
    let address = shown(&["operator_name", "business_premises"]);
    let code = address.rsplit('/').next().unwrap();
    let order = json!({ "code": code, "scan_id": "scan-0001", "disclosure": true });
    let redeemed = doors.desk.post("/api/v1/redemptions", &doors.token, &order);
    assert_eq!(redeemed.status, 200, "{redeemed:?}");
    let file = STANDARD.decode(redeemed.json()["disclosure"].as_str().unwrap()).unwrap();
    assert_eq!(names(&file).len(), FRAME.len() + 2);
    assert!(!String::from_utf8(file.clone()).unwrap().contains(&doors.identifier), "a code tells no identifier");
    assert_eq!(post(doors.desk.to, "/api/v1/verifications", &file).json()["verdict"], json!("valid"));
    let again = doors.desk.post("/api/v1/redemptions", &doors.token, &order).json();
    assert_eq!(again["disclosure"], redeemed.json()["disclosure"], "the same scan gets the same file");

    let clerk = doors.desk.signed_in(&doors.desk.house.body, "clerk", &[Role::Clerk]);
    let text = shown(&["operator_name"]).replace(':', "%3A").replace('/', "%2F");
    let seen = send(doors.desk.to, "POST", "/window?purpose=x", &clerk, FORM, &format!("scan={text}")).body;
    let link = "data:application/vnd.yinxin.disclosure+json;base64,";
    let (_, rest) = seen.split_once(link).unwrap_or_else(|| panic!("{seen}"));
    let rest = rest.replace("&#43;", "+").replace("&#x2b;", "+").replace("&#61;", "=").replace("&#x3d;", "=");
    let file = STANDARD.decode(rest.split('"').next().unwrap()).unwrap();
    assert_eq!(names(&file).len(), FRAME.len() + 1);
}

#[test]
fn the_command_line_knows_one() {
    use std::process::Command;
    let doors = Doors::open();
    let folder = crate::support::Folder::new();
    let anchors = folder.file("anchors.pem", doors.desk.house.authority.anchors_pem());
    let file = folder.file("fields.yxd", doors.download(&["CZZT"]).octets);
    let run = |lang: &str| {
        let output = Command::new(crate::support::PROGRAM)
            .args(["verify", "--lang", lang, "--at", "2026-11-22T02:00:30Z", "--trust"])
            .args([&anchors, &file])
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = run("en");
    // without a revocation list nothing is valid; what is proven is told all the same in JSON alone
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("chosen fields of a licence"), "{said}");
    let intact = Command::new(crate::support::PROGRAM)
        .args(["verify", "--lang", "zh", "--trust", "none"])
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8(intact.stdout).unwrap();
    assert!(said.contains("证照出示文件") && said.contains(NAME) && said.contains("没有出示"), "{said}");
}
