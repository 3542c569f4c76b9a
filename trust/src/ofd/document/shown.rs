//! Where a viewer begins, found without following the links of the document: pages
//! that are not looked at cost nothing.

use super::entry_point::EntryPoint;
use super::links::{Links, Role};
use crate::ofd::{Package, ReadError, location};

/// What a viewer opens, and where the signatures are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The document root of the first body: that of its current version, as
    /// [`CurrentVersion`](super::CurrentVersion) says it; `None` where it names no entry.
    pub doc_root: Option<String>,
    /// The signature lists of all bodies, each once, in the order of
    /// [`Document::signature_lists`](super::Document::signature_lists).
    pub signature_lists: Vec<String>,
    /// Bodies in the package; a viewer opens the first.
    pub bodies: usize,
}

impl Shown {
    /// Reads `OFD.xml` and, where there are versions, the file of the current one.
    ///
    /// # Errors
    /// As [`Document::read`](super::Document::read).
    pub fn read(package: &Package<'_>) -> Result<Self, ReadError> {
        let bodies = EntryPoint::read(package)?.bodies;
        let named = |text: &str| location::resolve(package, "", text).ok();
        let existing = |text: &str| named(text).filter(|found| found.exists).map(|found| found.name);
        let mut signature_lists = Vec::new();
        for list in bodies.iter().filter_map(|body| body.signatures.as_deref()).filter_map(named) {
            if !signature_lists.contains(&list.name) {
                signature_lists.push(list.name);
            }
        }
        let mut doc_root = None;
        if let Some(body) = bodies.first() {
            let current = body.versions.iter().rev().find(|version| version.current).or(body.versions.last());
            doc_root = match current {
                None => body.doc_root.as_deref().and_then(existing),
                Some(version) => match existing(&version.base_loc) {
                    Some(file) => Links::new(package).file(&file, Role::Version)?.doc_root.clone(),
                    None => None,
                }
                .filter(|root| package.contains(root)),
            };
        }
        Ok(Self { doc_root, signature_lists, bodies: bodies.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Document;
    use super::*;
    use crate::base::Limits;
    use crate::ofd::testing::zip;

    #[test]
    fn the_same_as_of_the_whole_structure() {
        let files = |versions: &str| {
            let ofd = format!(
                "<o:OFD xmlns:o=\"http://www.ofdspec.org/2016\"><o:DocBody><o:DocRoot>D/Document.xml</o:DocRoot>{versions}\
                 <o:Signatures>D/Signatures.xml</o:Signatures></o:DocBody></o:OFD>"
            );
            let version = |root: &str| {
                format!(
                    "<o:DocVersion xmlns:o=\"http://www.ofdspec.org/2016\"><o:DocRoot>{root}</o:DocRoot></o:DocVersion>"
                )
            };
            let root = b"<o:Document xmlns:o=\"http://www.ofdspec.org/2016\"/>";
            zip(&[
                ("OFD.xml", ofd.as_bytes()),
                ("D/Document.xml", root),
                ("D/Document_1.xml", root),
                ("D/V1.xml", version("/D/Document.xml").as_bytes()),
                ("D/V2.xml", version("/D/Document_1.xml").as_bytes()),
                ("D/V3.xml", version("/D/Gone.xml").as_bytes()),
            ])
        };
        let version =
            |id: u8, current: &str| format!("<o:Version ID=\"{id}\" Current=\"{current}\" BaseLoc=\"D/V{id}.xml\"/>");
        for (versions, expected) in [
            (String::new(), Some("D/Document.xml")),
            (version(1, "true") + &version(2, "false"), Some("D/Document.xml")),
            (version(1, "false") + &version(2, "false"), Some("D/Document_1.xml")),
            (version(3, "true"), None),
            (version(4, "true"), None),
        ] {
            let versions = if versions.is_empty() { versions } else { format!("<o:Versions>{versions}</o:Versions>") };
            let octets = files(&versions);
            let package = Package::open(&octets, &Limits::default()).unwrap();
            let shown = Shown::read(&package).unwrap();
            assert_eq!(shown.doc_root.as_deref(), expected, "{versions}");
            let document = Document::read(&package).unwrap();
            let listed: Vec<_> = document.signature_lists().iter().map(|link| link.name.clone()).collect();
            assert_eq!(shown.signature_lists, listed);
            if let Some(current) = document.current_version() {
                let root = current.doc_root.clone().filter(|root| package.contains(root));
                assert_eq!(shown.doc_root, root, "{versions}");
            }
        }
    }
}
