//! The oldest browser that the pages promise: `tests/chromium86` carries it and drives it.

use crate::{
    presentations::FOOD_HOLDER,
    support::{
        Folder,
        database::Database,
        desk::Desk,
        house::{House, food},
        register::PASSWORD,
        repository,
    },
};
use serde_json::json;
use std::{env, process::Command};
use yinxin::flow::access::{Role, Scope};

#[test]
fn the_journeys_in_chromium_86() {
    let folder = repository("tests/chromium86");
    if !folder.join("node_modules/puppeteer-core").exists() {
        assert!(env::var("CI").as_deref() != Ok("true"), "Chromium 86 is needed: npm ci --prefix tests/chromium86");
        println!("skipped: no Chromium 86 here (npm ci --ignore-scripts --prefix tests/chromium86)");
        return;
    }
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
    let ran = node.arg(print.to_string()).args(vectors).output().unwrap();
    let [said, faults] = [&ran.stdout, &ran.stderr].map(|octets| String::from_utf8_lossy(octets).into_owned());
    assert!(ran.status.success(), "{said}\n{faults}");
    assert!(said.contains("held against its paper"), "{said}");
    assert!(said.contains("HeadlessChrome/86.") && said.contains("nothing is left"), "{said}");
}
