//! The table of states and what names a state of it.

use crate::support::{
    example,
    http::{VERIFICATIONS, get, post},
    repository,
    service::Service,
    status_server::{NOT_REGISTERED, StatusServer},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

fn table(service: &Service) -> BTreeMap<String, Value> {
    let rows = get(service.public, "/api/v1/states").json();
    let rows = rows.as_array().unwrap();
    let by_code: BTreeMap<_, _> =
        rows.iter().map(|row| (row["code"].as_str().unwrap().to_owned(), row.clone())).collect();
    assert_eq!(by_code.len(), rows.len(), "a state stands twice in the table");
    by_code
}

#[test]
fn the_table_is_the_document() {
    let service = Service::start();
    let rows = table(&service);
    let document = fs::read_to_string(repository("docs/states.md")).unwrap();
    let lines: Vec<&str> = document.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert_eq!(lines.len(), rows.len());
    for line in lines {
        let cells: Vec<&str> = line.trim_matches(['|', ' ']).split(" | ").collect();
        let row = &rows[cells[0]];
        let both =
            |field: &str| format!("{}<br>{}", row[field]["zh"].as_str().unwrap(), row[field]["en"].as_str().unwrap());
        assert_eq!([cells[2], cells[3]], [both("title"), both("next")].each_ref().map(String::as_str), "{}", cells[0]);
        assert_eq!(row["is_note"].as_bool().unwrap(), cells[0] == "NONSTANDARD_FORM");
    }
}

/// Each golden file is named by a state of the family of its verdict, and by the note where its form is not standard.
#[test]
fn every_verdict_names_its_state_and_note() {
    let golden = |name: &str| repository("tests/golden").join(name);
    let service = Service::start_with("", &format!("[trust]\nanchors = {:?}", golden("anchors.pem")));
    let rows = table(&service);
    let manifest: Value = serde_json::from_slice(&fs::read(golden("manifest.json")).unwrap()).unwrap();
    let path = format!("{VERIFICATIONS}?at={}", manifest["at"].as_str().unwrap());
    let (mut seen, mut noted) = (BTreeSet::new(), 0);
    for file in manifest["files"].as_array().unwrap() {
        let name = file["file"].as_str().unwrap();
        let answer = crate::support::http::request(
            service.public,
            "POST",
            &path,
            Some("application/octet-stream"),
            &fs::read(golden(name)).unwrap(),
        );
        let report = answer.json();
        let code = answer.header("yinxin-state").unwrap_or_else(|| panic!("{name} has no state"));
        let family = rows[code]["family"].as_str().unwrap();
        let families: &[&str] = match report["verdict"].as_str().unwrap() {
            "valid" => &["valid", "info", "caution"],
            "invalid" => &["refuse"],
            _ => &["neutral"],
        };
        assert!(families.contains(&family), "{name}: {code} is {family}");
        let is_of_form = |warning: &Value| {
            let code = warning["code"].as_str().unwrap();
            code.starts_with("encoding.") || code == "seal.list_type"
        };
        let is_noted = report["warnings"].as_array().unwrap().iter().any(is_of_form);
        assert_eq!(answer.header("yinxin-note"), is_noted.then_some("NONSTANDARD_FORM"), "{name}");
        noted += usize::from(is_noted);
        seen.insert(code.to_owned());
    }
    assert!(noted > 0 && rows["NONSTANDARD_FORM"]["is_note"] == true);
    for code in [
        "STANDING_UNKNOWN",
        "GENUINE_SEAL",
        "GENUINE_VALUE",
        "PARTLY_COVERED",
        "LICENCE_PARTLY_COVERED",
        "TAMPERED",
        "FILE_BAD",
        "SEAL_BAD",
        "UNTRUSTED",
        "UNSIGNED",
    ] {
        assert!(seen.contains(code), "{code} is not among {seen:?}");
    }
}

#[test]
fn what_a_register_says_names_its_state() {
    let register = StatusServer::start();
    let sections =
        format!("[trust]\nanchors = {:?}\n[verify]\nstatus_url = {:?}", example("anchors.pem"), register.url());
    let service = Service::start_with("", &sections);
    let rows = table(&service);
    let file = fs::read(example("licence-valid.ofd")).unwrap();
    for (word, code, family) in [
        ("in_force", "VALID", "valid"),
        ("not_yet", "NOT_YET", "caution"),
        ("expired", "EXPIRED", "caution"),
        ("suspended", "SUSPENDED", "refuse"),
        ("revoked", "REVOKED", "refuse"),
        ("withdrawn", "WITHDRAWN", "refuse"),
        ("cancelled", "CANCELLED", "refuse"),
        ("superseded", "REPLACED", "refuse"),
        ("transferred", "TRANSFERRED", "refuse"),
        (NOT_REGISTERED, "NOT_REGISTERED", "caution"),
    ] {
        register.say(word);
        let answer = post(service.public, VERIFICATIONS, &file);
        assert_eq!(answer.header("yinxin-state"), Some(code), "{word}");
        assert_eq!((rows[code]["family"].as_str(), answer.header("yinxin-note")), (Some(family), None), "{word}");
    }
}
