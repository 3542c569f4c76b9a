//! Files for tests, one property each, with the answer that is due beside them.

mod container;
mod documents;
mod revoked;
mod values;

use super::scene::{self, stamped_at};
use crate::{
    ofd::{Document, Package, Plan},
    pki::{Certificate, Pki},
    png,
    seal::{Seal, Stamp, Version},
};
use serde_json::json;
use std::collections::BTreeMap;

/// The answer that is due for a file, checked against `anchors.pem`.
#[derive(Clone, Copy)]
struct Due {
    verdict: &'static str,
    reason: Option<&'static str>,
    coverage: Option<&'static str>,
    warnings: &'static [&'static str],
    /// Whether `--strict` refuses it, and by which check.
    strict: Option<&'static str>,
}

const VALID: Due = Due { verdict: "valid", reason: None, coverage: Some("complete"), warnings: &[], strict: None };
const UNSIGNED: Due = Due { verdict: "unsigned", coverage: None, ..VALID };

/// Invalid; the reason is the reader's to choose.
const REFUSED: Due = Due { verdict: "invalid", coverage: None, ..VALID };

const fn invalid(reason: &'static str) -> Due {
    Due { verdict: "invalid", reason: Some(reason), coverage: None, ..VALID }
}

const fn indeterminate(reason: &'static str) -> Due {
    Due { verdict: "indeterminate", reason: Some(reason), coverage: None, ..VALID }
}

const fn warned(warnings: &'static [&'static str]) -> Due {
    Due { warnings, ..VALID }
}

/// Valid with this warning; strict reading fails this check.
const fn deviates(warnings: &'static [&'static str], strict: &'static str) -> Due {
    Due { warnings, strict: Some(strict), ..VALID }
}

/// Files with what they show and what is due.
#[derive(Default)]
struct Set(Vec<(&'static str, &'static str, Due, Vec<u8>)>);

impl Set {
    fn put(&mut self, name: &'static str, what: &'static str, due: Due, data: Vec<u8>) {
        self.0.push((name, what, due, data));
    }
}

pub(super) fn add(all: &mut BTreeMap<String, Vec<u8>>) {
    let stage = Stage::new();
    let mut set = Set::default();
    values::add(&stage, &mut set);
    documents::add(&stage, &mut set);
    container::add(&stage, &mut set);
    revoked::add(&stage, &mut set);
    let rows: Vec<_> = set
        .0
        .iter()
        .map(|(name, what, due, _)| {
            json!({
                "file": name, "what": what, "verdict": due.verdict, "reason": due.reason,
                "coverage": due.coverage, "warnings": due.warnings, "strict": due.strict,
            })
        })
        .collect();
    let manifest = json!({
        "note": "made by yinxin-testkit, never for production; judged at the time in \"at\" against \"anchors\" and \
                 the revocation lists in that file. \
                 reason null of an invalid file and coverage null: not compared. \
                 warnings: at least these. strict: the check that fails under --strict, null: none",
        "at": "2026-11-21T00:00:00Z",
        "anchors": "anchors.pem",
        "files": rows,
    });
    let text = serde_json::to_string_pretty(&manifest).expect("text is JSON") + "\n";
    let mut put = |name: &str, data: Vec<u8>| all.insert(format!("tests/golden/{name}"), data);
    put("manifest.json", text.into_bytes());
    put("anchors.pem", revoked::anchors_pem(&stage).into_bytes());
    for (name, _, _, data) in set.0 {
        put(name, data);
    }
}

/// Who stamps the files, and shorthands for stamping.
struct Stage {
    pki: Pki,
}

impl Stage {
    fn new() -> Self {
        Self { pki: scene::pki() }
    }

    /// A sound seal with a small picture.
    fn seal(&self, version: Version) -> Seal {
        Seal { picture: png::square(), ..Seal::of(version, &self.pki) }
    }

    /// A seal that lists this stamper.
    fn seal_for(&self, stamper: &Certificate) -> Seal {
        Seal { listed: vec![stamper.der.clone()], ..self.seal(Version::V4) }
    }

    fn stamp(&self, version: Version) -> Stamp {
        Stamp::new(version, self.seal(version).make(), &self.pki.stamper, stamped_at())
    }

    fn plan(&self) -> Plan {
        Plan::at(stamped_at())
    }

    /// A plain document under this stamp.
    fn stamped(&self, stamp: &Stamp) -> Package {
        self.stamped_as(&self.plan(), stamp)
    }

    fn stamped_as(&self, plan: &Plan, stamp: &Stamp) -> Package {
        let mut package = Document::titled("测试文件　不作证明").package();
        package.stamp(plan, stamp);
        package
    }

    /// A plain document under a sound V4 stamp.
    fn sound(&self) -> Package {
        self.stamped(&self.stamp(Version::V4))
    }
}
