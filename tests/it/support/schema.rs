//! Reports against their published schema.

use super::repository;
use jsonschema::Validator;
use serde_json::Value;
use std::fs;

fn validator() -> Validator {
    let schema = fs::read_to_string(repository("schemas/report.schema.json")).unwrap();
    jsonschema::draft202012::new(&serde_json::from_str(&schema).unwrap()).unwrap()
}

/// Asserts that a report has the published form.
pub(crate) fn assert_is_report(report: &Value) {
    let validator = validator();
    let errors: Vec<_> = validator.iter_errors(report).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{report:#}");
}

/// Whether a value has the form of a report.
pub(crate) fn is_report(value: &Value) -> bool {
    validator().is_valid(value)
}
