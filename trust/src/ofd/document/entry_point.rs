//! `OFD.xml`: bodies, their information, and where everything else starts.

use super::links::Role;
use crate::ofd::xml::{self, Event, Path};
use crate::ofd::{Offence, Package, PackageFault, ReadError};
use std::collections::BTreeMap;

/// The name of the entry point, exactly.
pub(super) const OFD_XML: &str = "OFD.xml";

/// `OFD.xml` as it stands.
#[derive(Default)]
pub(super) struct EntryPoint {
    pub(super) version: Option<String>,
    pub(super) doc_type: Option<String>,
    pub(super) bodies: Vec<RawBody>,
    /// Links of elements in other namespaces: shown by a viewer that ignores namespaces.
    pub(super) strays: Vec<(String, Role)>,
}

/// One `DocBody`.
#[derive(Default)]
pub(super) struct RawBody {
    pub(super) doc_id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) custom_datas: Vec<(String, String)>,
    pub(super) doc_root: Option<String>,
    pub(super) signatures: Option<String>,
    pub(super) versions: Vec<RawVersion>,
    /// Further links, and repeated ones.
    pub(super) links: Vec<(String, Role)>,
    counts: BTreeMap<&'static str, usize>,
}

/// One `Versions/Version`.
pub(super) struct RawVersion {
    pub(super) id: String,
    pub(super) current: bool,
    pub(super) base_loc: String,
}

const BODY: [&str; 2] = ["OFD", "DocBody"];
/// Bodies and versions taken.
const BODIES: usize = 64;

impl EntryPoint {
    pub(super) fn read(package: &Package<'_>) -> Result<Self, ReadError> {
        if !package.contains(OFD_XML) {
            return Err(package.fault(PackageFault::new(Offence::EntryPointMissing, [])));
        }
        let octets = package.read(OFD_XML)?;
        let mut entry_point = Self::default();
        let mut custom_name = None;
        let mut roots = 0;
        xml::walk(package, OFD_XML, &octets, &["OFD"], &mut |event| match event {
            Event::Open(path, attributes) => {
                if path.is_root() {
                    entry_point.version = attributes.get("Version").map(str::to_owned);
                    entry_point.doc_type = attributes.get("DocType").map(str::to_owned);
                }
                if path.local() == "CustomData" {
                    custom_name = attributes.get("Name").map(str::to_owned);
                }
                let version = path.local() == "Version" && path.parent() == "Versions";
                roots += usize::from(version || path.is(&BODY));
                if roots > BODIES {
                    return;
                }
                if path.is(&BODY) {
                    entry_point.bodies.push(RawBody::default());
                }
                if version {
                    let attribute = |name: &str| attributes.get(name).unwrap_or_default().trim().to_owned();
                    let current = matches!(attribute("Current").to_ascii_lowercase().as_str(), "true" | "1");
                    let version = RawVersion { id: attribute("ID"), current, base_loc: attribute("BaseLoc") };
                    entry_point.version(path, version);
                }
            }
            Event::Close(path, text) => {
                if roots <= BODIES {
                    entry_point.close(path, text, &mut custom_name);
                }
            }
        })?;
        if roots > BODIES {
            let _recorded = package.fault(PackageFault::new(Offence::TooManyBodies, []));
        }
        for body in &entry_point.bodies {
            for (name, _) in body.counts.iter().filter(|(_, count)| **count > 1) {
                let _recorded = package.fault(PackageFault::new(Offence::DuplicateElement, [OFD_XML, name]));
            }
            if body.versions.iter().filter(|v| v.current).count() > 1 {
                let _recorded = package.fault(PackageFault::new(Offence::SeveralCurrentVersions, []));
            }
        }
        if entry_point.bodies.is_empty() {
            return Err(package.fault(PackageFault::new(Offence::NoDocumentBody, [])));
        }
        Ok(entry_point)
    }

    fn version(&mut self, path: &Path, version: RawVersion) {
        match self.bodies.last_mut().filter(|_| path.is(&["OFD", "DocBody", "Versions", "Version"])) {
            Some(body) => body.versions.push(version),
            None => self.strays.push((version.base_loc, Role::Version)),
        }
    }

    fn close(&mut self, path: &Path, text: &str, custom_name: &mut Option<String>) {
        let own = |name| path.is(&["OFD", "DocBody", name]);
        let info = |name| path.is(&["OFD", "DocBody", "DocInfo", name]);
        let is_root_link = path.local() == "DocRoot";
        let Some(body) = self.bodies.last_mut().filter(|_| path.is_ofd()) else {
            if is_root_link {
                self.strays.push((text.to_owned(), Role::Document));
            }
            return;
        };
        let value = || Some(text.to_owned()).filter(|t| !t.is_empty());
        for name in ["DocInfo", "DocRoot", "Signatures", "Versions"] {
            if own(name) {
                *body.counts.entry(name).or_default() += 1;
            }
        }
        if own("DocRoot") {
            body.links.extend(value().map(|text| (text, Role::Document)));
            body.doc_root = body.doc_root.take().or_else(value);
        } else if own("Signatures") {
            body.signatures = body.signatures.take().or_else(value);
        } else if info("DocID") {
            body.doc_id = body.doc_id.take().or_else(value);
        } else if info("Title") {
            body.title = body.title.take().or_else(value);
        } else if info("Cover") {
            body.links.extend(value().map(|text| (text, Role::Leaf)));
        } else if path.is(&["OFD", "DocBody", "DocInfo", "CustomDatas", "CustomData"]) {
            body.custom_datas.push((custom_name.take().unwrap_or_default(), text.to_owned()));
        } else if is_root_link {
            self.strays.push((text.to_owned(), Role::Document));
        }
    }
}
