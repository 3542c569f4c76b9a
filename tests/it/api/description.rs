//! The published descriptions: OpenAPI, report schema, problems.

use crate::support::{
    cli::run,
    http::get,
    repository,
    schema::{assert_is_report, is_report},
    service::Service,
};
use serde_json::{Value, json};
use std::fs;
use yinxin_trust::verify::{CheckId, REPORT_VERSION};

fn schema() -> Value {
    serde_json::from_str(&fs::read_to_string(repository("schemas/report.schema.json")).unwrap()).unwrap()
}

#[test]
fn the_openapi_file_is_what_the_code_says() {
    let generated = run(["openapi"]);
    assert_eq!(generated.code, 0);
    let path = repository("schemas/openapi.json");
    if std::env::var_os("YINXIN_REWRITE_SCHEMAS").is_some() {
        fs::write(&path, &generated.out).unwrap();
    }
    assert!(
        fs::read_to_string(path).unwrap() == generated.out,
        "schemas/openapi.json is stale: run the program with `openapi` and write its output there"
    );
    assert!(generated.json()["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[test]
fn the_descriptions_are_served() {
    let service = Service::start();
    let answer = get(service.public, "/api/v1/openapi.json");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    assert_eq!(answer.body, fs::read_to_string(repository("schemas/openapi.json")).unwrap());
    let answer = get(service.public, "/api/v1/problems");
    assert_eq!(answer.body, fs::read_to_string(repository("schemas/problems.toml")).unwrap());
}

#[test]
fn the_schema_knows_every_check_and_this_version() {
    let schema = schema();
    let known: Vec<_> = CheckId::ALL.iter().map(|id| Value::from(id.as_str())).collect();
    assert_eq!(schema["$defs"]["CheckId"]["enum"], Value::Array(known));
    assert_eq!(schema["properties"]["version"]["const"], REPORT_VERSION);
}

/// Members that came with trust lists, algorithm policies, kept evidence, natural persons, disclosures and annotated
/// copies, and are left out of reports without any.
const LEFT_OUT: [&str; 9] =
    ["algorithms", "copy", "disclosure", "existed_by", "kept", "lists", "named_by", "natural_person", "vouched_by"];

#[test]
fn every_object_of_the_schema_is_closed() {
    let schema = schema();
    let objects = schema["$defs"].as_object().unwrap().values().chain([&schema]);
    for object in objects.filter(|o| o["type"] == "object") {
        assert_eq!(object["additionalProperties"], false, "{object:#}");
        let left_out = |name: &&String| LEFT_OUT.contains(&name.as_str());
        let due = object["properties"].as_object().unwrap().keys().filter(|name| !left_out(name)).count();
        assert_eq!(object["required"].as_array().unwrap().len(), due, "{object:#}");
    }
}

#[test]
fn the_schema_is_strict() {
    let report = json!({
        "version": 1, "verdict": "unsigned", "reason": null,
        "indication": "NO-SIGNATURE-FOUND", "subindication": null,
        "standing": { "state": "unknown", "since": null, "until": null, "as_of": null, "source": null },
        "document": { "kind": "ofd", "bytes": 1, "licence": false, "title": null, "pages": 1 },
        "licence": null, "checked_at": "2026-11-21T08:30:00Z",
        "trust": {
            "mode": "not_configured", "anchors": 0, "digest": null, "revocation_lists": 0, "revocation_as_of": null,
        },
        "coverage": { "state": "partial", "uncovered": ["OFD.xml"] },
        "checks": [{ "id": "package.readable", "outcome": "passed", "code": "ok", "zh": "可读", "en": "readable" }],
        "signatures": [], "warnings": [],
    });
    assert_is_report(&report);
    for (pointer, value) in [
        ("/version", json!(2)),
        ("/verdict", json!("fine")),
        ("/reason", json!("signature.nothing")),
        ("/checked_at", json!("2026-11-21")),
        ("/document/bytes", json!(-1)),
        ("/document", json!({})),
        ("/licence", json!({})),
        ("/standing/state", json!("good")),
        ("/standing/until", json!("soon")),
        ("/checks/0/outcome", json!("maybe")),
    ] {
        let mut bad = report.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        assert!(!is_report(&bad), "{pointer}");
    }
    let mut bad = report;
    bad["extra"] = json!(1);
    assert!(!is_report(&bad));
}
