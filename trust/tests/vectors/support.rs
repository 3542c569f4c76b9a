//! Reading the files of known answers.

use serde_json::Value;
use std::path::PathBuf;

/// The folder of known answers; `None` where it is absent and may be.
pub(super) fn folder() -> Option<PathBuf> {
    yinxin_testkit::shared().map(|shared| shared.join("vectors"))
}

/// The octets of a file, or `None` where the folder is absent.
pub(super) fn octets(name: &str) -> Option<Vec<u8>> {
    folder().map(|folder| std::fs::read(folder.join(name)).expect("a file of known answers"))
}

/// A file of JSON; null where the folder is absent, so that loops over it do nothing.
pub(super) fn json(name: &str) -> Value {
    octets(name).map_or(Value::Null, |octets| serde_json::from_slice(&octets).expect("JSON"))
}

/// The entries of a folder's manifest under `key`.
pub(super) fn listed(folder: &str, key: &str) -> Vec<Value> {
    list(&json(&format!("{folder}/manifest.json")), key)
}

/// The array under `key`; empty where the folder is absent.
pub(super) fn list(value: &Value, key: &str) -> Vec<Value> {
    match (value, &value[key]) {
        (Value::Null, _) => Vec::new(),
        (_, Value::Array(entries)) if !entries.is_empty() => entries.clone(),
        _ => panic!("no entries under {key}"),
    }
}

/// The text under `key`.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text under {key} in {value}"))
}

/// The octets under `key`, written in hexadecimal.
pub(super) fn hexed(value: &Value, key: &str) -> Vec<u8> {
    hex::decode(text(value, key)).expect("hexadecimal")
}

/// The same of a fixed width.
pub(super) fn fixed<const N: usize>(value: &Value, key: &str) -> [u8; N] {
    hexed(value, key).try_into().unwrap_or_else(|_| panic!("{key} is not of {N} octets in {value}"))
}

/// Whether a case of Wycheproof's shape is sound. There is no "acceptable" in
/// the files that use this.
pub(super) fn is_valid(case: &Value) -> bool {
    match text(case, "result") {
        "valid" => true,
        "invalid" => false,
        other => panic!("unknown result {other}"),
    }
}
