//! The classes of the catalogue bind every view: a licence whose fields have each class is looked at
//! by everybody who may look, and no view shows what its class forbids.

use super::{CITIZEN, NAME, doors::Doors};
use crate::support::{
    http::{form, post},
    register::{Shown, send, send_octets},
};
use serde_json::json;
use yinxin::flow::{
    access::{Role, Scope},
    presentations::{Choice, OfflineChoice, Presentations, make_offline, show},
};

/// A masked value of which every view shows stars alone, but to the body that keeps the licence.
const MASKED: &str = "李守国";
/// A value of the class with consent: shown by who ticks it alone.
const CONSENTED: &str = "样例路 18 号一层 102 室";
/// A public value.
const PUBLIC: &str = "餐饮服务经营者（小型餐馆）";

const FORM: &str = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";

/// What a view shows of each class.
struct View {
    name: &'static str,
    body: String,
    /// Whether the holder ticked the field with consent for it.
    consented: bool,
    /// Whether it is the view of the body that keeps the licence.
    whole: bool,
    /// Whether it shows fields at all.
    fields: bool,
}

impl View {
    fn of(name: &'static str, body: String) -> Self {
        Self { name, body, consented: false, whole: false, fields: true }
    }

    fn bare(name: &'static str, body: String) -> Self {
        Self { fields: false, ..Self::of(name, body) }
    }

    fn consented(name: &'static str, body: String) -> Self {
        Self { consented: true, ..Self::of(name, body) }
    }

    fn check(&self) {
        let shows = |what: &str| self.body.contains(what);
        assert_eq!(shows(MASKED), self.whole, "{}: the masked value\n{}", self.name, self.body);
        assert_eq!(
            shows(CONSENTED),
            self.consented || self.whole,
            "{}: the value with consent\n{}",
            self.name,
            self.body
        );
        assert_eq!(shows(PUBLIC), self.fields, "{}: the public value\n{}", self.name, self.body);
        assert!(self.fields || !shows("**国"), "{}: the stars\n{}", self.name, self.body);
    }
}

const ALL: [&str; 4] = ["operator_name", "legal_representative", "business_premises", "main_business_form"];

#[test]
fn no_view_shows_what_its_class_forbids() {
    let doors = Doors::open();
    let Doors { desk, identifier, holder, token } = &doors;
    let (body, issuer) = (desk.house.body.clone(), &desk.house.issuer);
    let record = desk.get(&format!("/api/v1/licences/{identifier}"), token);
    let reader = desk.token(&body, &[Scope::Read]);
    let record =
        if record.status == 200 { record } else { desk.get(&format!("/api/v1/licences/{identifier}"), &reader) };
    assert_eq!(record.status, 200, "{record:?}");
    let versions = record.json();
    let code = versions["versions"][0]["code"].as_str().unwrap().to_owned();
    let number = versions["number"].as_str().unwrap().to_owned();
    let clerk = desk.signed_in(&body, "clerk", &[Role::Clerk]);
    let officer = desk.signed_in(&body, "officer", &[Role::Officer, Role::Clerk]);
    let (public, counter) = (Shown::Nothing, Presentations::new(60, 24));
    let person = desk.known_holder("zhang");
    let licence = identifier.parse().unwrap();
    let shown = |fields: &[&str]| {
        let fields = fields.iter().map(|name| (*name).to_owned()).collect();
        let choice = Choice { fields, purpose: "接受检查".parse().unwrap() };
        show(issuer, &counter, &person, &licence, &choice).unwrap().address.clone()
    };
    let code_of = |address: &str| address.rsplit('/').next().unwrap().to_owned();
    let at_window = |text: &str| {
        let text = text.replace(':', "%3A").replace('/', "%2F").replace('#', "%23");
        send(desk.to, "POST", "/window?purpose=x", &clerk, FORM, &format!("scan={text}")).body
    };
    let redeem = |fields: &[&str], scan: &str| {
        let order = json!({ "code": code_of(&shown(fields)), "scan_id": scan, "disclosure": true });
        let answer = desk.post("/api/v1/redemptions", token, &order);
        let file = answer.json()["disclosure"].as_str().unwrap().to_owned();
        let file = data_encoding::BASE64.decode(file.as_bytes()).unwrap();
        answer.body + &String::from_utf8(file).unwrap()
    };
    let page = |path: &str, who: &Shown| {
        let answer = desk.get(path, who);
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.body
    };
    let disclosed = doors.download(&["legal_representative", "main_business_form"]).octets;
    let whole = doors.download(&["legal_representative", "main_business_form", "business_premises"]).octets;
    let file = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
    let window_file = |octets: &[u8]| {
        let more = format!("Sec-Fetch-Site: same-origin\r\nContent-Type: {}\r\n", crate::support::http::FORM);
        let body = form(&[("file", Some("fields.yxd"), octets)]);
        send_octets(desk.to, "/window/files?purpose=x", &clerk, &more, &body).body
    };
    let number_at_window = {
        let holder: String = NAME.bytes().map(|octet| format!("%{octet:02X}")).collect();
        send(desk.to, "POST", "/window?purpose=x", &clerk, FORM, &format!("number={number}&holder={holder}")).body
    };
    let short = ["operator_name", "legal_representative", "main_business_form"];
    let views = [
        View::of("standing by code", page(&format!("/api/v1/standing/{code}"), &public)),
        View::bare("standing by identifier", page(&format!("/api/v1/standings/{identifier}"), &public)),
        View::of("printed code", page(&format!("/C/{code}"), &public)),
        View::of("shown code, everything ticked", page(&format!("/S/{}", code_of(&shown(&ALL))), &public)),
        View::of("redeemed", redeem(&short, "scan-0001")),
        View::consented("redeemed, everything ticked", redeem(&ALL, "scan-0002")),
        View::of("window by printed code", at_window(&format!("HTTPS://YX.EXAMPLE.GOV.CN/C/{code}"))),
        View::bare("window by identifier", at_window(identifier)),
        View::of("window by number and holder", number_at_window),
        View::of("window by shown code", at_window(&shown(&short))),
        View::consented("window by shown code, everything ticked", at_window(&shown(&ALL))),
        View::consented("what the holder may show", page(&format!("/my/licences/{identifier}/show"), holder)),
        View::consented("what the holder may disclose", page(&doors.page(), holder)),
        View::of("disclosure", file(&disclosed)),
        View::consented("disclosure, with consent", file(&whole)),
        View::of("disclosure verified", post(desk.to, "/api/v1/verifications", &disclosed).body),
        View::of("disclosure at the window", window_file(&disclosed)),
        View::bare("cards", page("/my", holder)),
        View::bare("uses", page("/my/uses", holder)),
        View::bare("delegating", page("/my/delegations", holder)),
        View::bare("offline", page(&format!("/my/licences/{identifier}/offline"), holder)),
        View::bare("office", page("/office", &officer)),
        View { whole: true, ..View::of("the whole, by the API", record.body) },
    ];
    for view in &views {
        view.check();
        // a number of a citizen is public in no type; here it fills a field of the type, and stands as that alone
        if !view.fields && view.name != "delegating" {
            assert!(!view.body.contains(CITIZEN), "{}", view.name);
        }
    }

    // an offline code has no fields but the name; without a key it is not made
    let choice = OfflineChoice { device: [2; 33], whole_name: true };
    assert!(make_offline(issuer, &counter, &person, &licence, &choice).is_err());
}

/// A name that its type masks stays so in an offline code, also where the whole is asked for.
#[test]
fn a_masked_name_stays_masked_in_offline_codes() {
    use crate::support::{database::Database, device::Device, house::House};
    let database = Database::sqlite();
    let masked = |house: House| {
        let scene = super::Scene::of_masked(house);
        let device = Device::new();
        let choice = OfflineChoice { device: device.point(), whole_name: true };
        let issuer = &scene.counter.house.issuer;
        let licence = scene.identifier.parse().unwrap();
        let shown = make_offline(issuer, &scene.counter.desk, &scene.holder, &licence, &choice).unwrap();
        shown.code.statement().holder.name().as_str().to_owned()
    };
    assert_eq!(masked(House::new(&database).signing_answers().0), "**满");
}

/// Stored values become views in one place; the others that read them make the document itself, or say who issued it.
#[test]
fn stored_values_are_read_in_few_places() {
    let mut found: Vec<String> = Vec::new();
    let mut folders = vec![crate::support::repository("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default().replace([' ', '\n'], "");
            let reads = ["from_slice(&version.fields)", "from_slice(&held.version.fields)", "from_slice(stored)"];
            if reads.iter().any(|read| text.contains(read)) || text.contains(".disclosure.shown_to(") {
                found.push(path.file_name().unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    // a list of names is stored under the presentations
    assert_eq!(found, ["disclosures.rs", "document.rs", "face_values.rs", "mod.rs", "standing.rs"]);
}
