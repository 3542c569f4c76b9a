//! The oldest browser that the pages promise: `tests/chromium86` carries it and drives it.

use crate::{
    delegations::{AGENT, MATTER, PRINCIPAL},
    presentations::FOOD_HOLDER,
    support::{
        Folder,
        database::Database,
        desk::Desk,
        house::{House, decided, food, of_a_person, person_type},
        register::PASSWORD,
        repository,
    },
};
use serde_json::json;
use std::{env, path::PathBuf, process::Command};
use yinxin::flow::access::{Role, Scope};

/// Where it is carried; none where it is not, which is a failure under `CI=true`.
#[expect(clippy::print_stdout, reason = "a skip is said aloud")]
fn carried() -> Option<PathBuf> {
    let folder = repository("tests/chromium86");
    if folder.join("node_modules/puppeteer-core").exists() {
        return Some(folder);
    }
    assert!(env::var("CI").as_deref() != Ok("true"), "Chromium 86 is needed: npm ci --prefix tests/chromium86");
    println!("skipped: no Chromium 86 here (npm ci --ignore-scripts --prefix tests/chromium86)");
    None
}

/// Runs a script of the folder to its end, and gives what it said.
fn ran(node: &mut Command) -> String {
    let ran = node.output().unwrap();
    let [said, faults] = [&ran.stdout, &ran.stderr].map(|octets| String::from_utf8_lossy(octets).into_owned());
    assert!(ran.status.success() && said.contains("HeadlessChrome/86."), "{said}\n{faults}");
    said
}

#[test]
fn the_journeys_in_chromium_86() {
    let Some(folder) = carried() else { return };
    let database = Database::sqlite();
    let desk = Desk::open(House::new(&database).signing_answers().0, "");
    let body = desk.house.body.clone();
    desk.person(&body, "clerk", "刘静", &[Role::Clerk]);
    desk.holder("xiaoman", FOOD_HOLDER);
    let token = desk.token(&body, &[Scope::Issue, Scope::Read]);
    let issued = desk.issue(&token, &food(1));
    let at = format!("/api/v1/licences/{}/document?as=ofd", issued["identifier"].as_str().unwrap());
    let files = Folder::new();
    let licence = files.file("licence.ofd", desk.get(&at, &token).octets);
    let vectors = yinxin_testkit::shared().map(|shared| shared.join("vectors/sm2-signature-cases.json"));
    let print = json!({
        "address": issued["address"],
        "holder": "演示市小满面馆（个体工商户）",
        "number": issued["number"],
        "until": issued["valid_until"],
    });
    let mut node = Command::new("node");
    node.arg(folder.join("journeys.mjs")).args([desk.to.port().to_string().as_str(), PASSWORD, PASSWORD]).arg(licence);
    assert!(ran(node.args(vectors)).contains("nothing is left"));
}

#[test]
fn what_else_people_do_in_chromium_86() {
    let Some(folder) = carried() else { return };
    let database = Database::sqlite();
    let desk = Desk::open(House::new(&database).signing_receipts(), "[access]\npresentation_seconds = 300");
    let body = desk.house.body.clone();
    for (login, role) in [
        ("officer", Role::Officer),
        ("approver", Role::Approver),
        ("clerk", Role::Clerk),
        ("chief", Role::Administrator),
    ] {
        desk.person(&body, login, login, &[role]);
    }
    let kind = person_type(&desk.house);
    desk.issue(&desk.token(&body, &[Scope::Issue]), &of_a_person(&kind, 1, PRINCIPAL.2, PRINCIPAL.1));
    desk.account("principal", PRINCIPAL);
    desk.account("agent", AGENT);
    let mut enter: serde_json::Map<_, _> =
        food(2).data.into_iter().map(|(name, value)| (format!("data.{name}"), value)).collect();
    let decided = decided();
    for (name, value) in [
        ("document_number", decided.document_number),
        ("legal_basis", decided.legal_basis),
        ("decided_on", decided.decided_on.to_string()),
    ] {
        enter.insert(format!("decision.{name}"), value.into());
    }
    let delegate = json!({ "agent_name": AGENT.2, "agent_code": AGENT.1, "matter": MATTER, "last": "2026-12-18" });
    let files = Folder::new();
    let fields = files.file("fields.json", json!({ "enter": enter, "delegate": delegate }).to_string());
    let mut node = Command::new("node");
    node.arg(folder.join("further.mjs")).args([desk.to.port().to_string().as_str(), PASSWORD]).arg(fields);
    assert!(ran(&mut node).contains("large letters and high contrast"));
}
