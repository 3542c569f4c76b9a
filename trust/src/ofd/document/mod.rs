//! What a document shows: from `OFD.xml` down through every link.

mod entry_point;
mod licence;
mod links;
mod shown;
#[cfg(test)]
mod tests;

use self::entry_point::{EntryPoint, OFD_XML, RawBody};
pub use self::links::MissingLink;
pub(super) use self::links::Walked;
use self::links::{Links, Role};
pub use self::shown::Shown;
use super::location::{self, Location, LocationFault};
use super::{Offence, Package, PackageFault, Protection, ReadError};
use std::collections::BTreeSet;

/// The root file of whole-package integrity, GM/T 0099 section 7.4.
const ENTRIES_XML: &str = "OFDEntries.xml";

/// The structure of a package.
#[derive(Clone, Debug)]
pub struct Document {
    /// `OFD/@Version`.
    pub version: Option<String>,
    /// `OFD/@DocType`: `OFD`, archives `OFD-A`.
    pub doc_type: Option<String>,
    /// The bodies, at least one. More than one is allowed by the standard, but
    /// a licence has one.
    pub bodies: Vec<Body>,
    /// Every entry that is linked from `OFD.xml` on, itself included; no signature lists.
    pub reachable: BTreeSet<String>,
    /// Those of [`Document::reachable`] that are part of what is shown, not
    /// only listed as belonging to a version.
    pub shown: BTreeSet<String>,
    /// Links that name nothing: warnings. Not more than a thousand.
    pub missing: Vec<MissingLink>,
    /// Entries that nothing links to, signature files among them.
    pub unlinked: BTreeSet<String>,
    /// Whether there is an `OFDEntries.xml` (GM/T 0099).
    pub has_entries_list: bool,
}

/// One document in the package, `DocBody`.
#[derive(Clone, Debug)]
pub struct Body {
    /// `DocInfo/DocID`.
    pub doc_id: Option<String>,
    /// `DocInfo/Title`.
    pub title: Option<String>,
    /// `DocInfo/CustomDatas`: names and values in order.
    pub custom_datas: Vec<(String, String)>,
    /// `DocRoot`, the first where there are several.
    pub doc_root: Option<Link>,
    /// `Signatures`, the first where there are several; `None`: unsigned.
    pub signatures: Option<Link>,
    /// `Versions`, in order.
    pub versions: Vec<Version>,
    /// The version that a viewer shows; `None` without `Versions`.
    pub current_version: Option<CurrentVersion>,
    /// Pages of [`Body::doc_root`].
    pub pages: usize,
    /// Entries that this body shows, all its versions included, without `OFD.xml`.
    pub reachable: BTreeSet<String>,
}

/// A location in a file, and the entry it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// As it stands.
    pub location: String,
    /// The entry name; empty when the location leaves the package.
    pub name: String,
    /// Whether there is such an entry.
    pub exists: bool,
}

/// One version of a body, `Versions/Version`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// `ID`.
    pub id: String,
    /// `Current="true"`.
    pub current: bool,
    /// The version file.
    pub file: Link,
    /// The document root that the version file names, whether or not it exists.
    pub doc_root: Option<String>,
}

/// The version that a viewer shows: the one with `Current="true"`, else the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentVersion {
    /// Its place in [`Body::versions`].
    pub index: usize,
    /// The version file.
    pub file: String,
    /// The document root that it shows.
    pub doc_root: Option<String>,
    /// Whether it shows the document root of `OFD.xml` and is the first
    /// version: then it stands before nothing.
    pub is_original: bool,
    /// The version file and everything shown from its document root on.
    pub reachable: BTreeSet<String>,
}

impl Document {
    /// Reads the structure. Faults of single files are recorded in the package
    /// and reading goes on without their links.
    ///
    /// # Errors
    /// [`ReadError`] when `OFD.xml` is missing, is no readable XML or has no
    /// body, or when the medium failed.
    pub fn read(package: &Package<'_>) -> Result<Self, ReadError> {
        let entry_point = EntryPoint::read(package)?;
        let mut links = Links::new(package);
        let mut reachable = BTreeSet::new();
        let mut shown = BTreeSet::from([OFD_XML.to_owned()]);
        let mut bodies = Vec::new();
        for raw in entry_point.bodies {
            let (body, listed) = read_body(package, &mut links, raw)?;
            shown.extend(body.reachable.iter().cloned());
            reachable.extend(listed);
            bodies.push(body);
        }
        for (text, role) in entry_point.strays {
            let found = link(package, &mut links, &text).filter(|l| l.exists).map(|l| (l.name, role));
            shown.extend(links.reach(found)?.shown);
        }
        reachable.extend(shown.iter().cloned());
        let unlinked = package.names().filter(|name| !reachable.contains(*name)).map(str::to_owned).collect();
        Ok(Self {
            version: entry_point.version,
            doc_type: entry_point.doc_type,
            bodies,
            reachable,
            shown,
            missing: links.missing,
            unlinked,
            has_entries_list: package.contains(ENTRIES_XML),
        })
    }

    /// Whether the document says of itself that it is a licence (GB/T 36903):
    /// a body carries the metadata of one.
    pub fn is_licence(&self) -> bool {
        self.bodies.iter().any(|body| licence::has_metadata(&body.custom_datas))
    }

    /// Name and value pairs of the first body that says it is a licence.
    pub fn licence_pairs(&self) -> Option<&[(String, String)]> {
        let licence = self.bodies.iter().find(|body| licence::has_metadata(&body.custom_datas))?;
        Some(&licence.custom_datas)
    }

    /// The same, read from `OFD.xml` alone, without following its links; empty
    /// for a document that is no licence.
    ///
    /// # Errors
    /// As [`Document::read`].
    pub fn custom_datas(package: &Package<'_>) -> Result<Vec<(String, String)>, ReadError> {
        let bodies = EntryPoint::read(package)?.bodies;
        let licence = bodies.into_iter().find(|body| licence::has_metadata(&body.custom_datas));
        Ok(licence.map(|body| body.custom_datas).unwrap_or_default())
    }

    /// The signature lists of all bodies, each once.
    pub fn signature_lists(&self) -> Vec<&Link> {
        let mut lists: Vec<&Link> = Vec::new();
        for link in self.bodies.iter().filter_map(|b| b.signatures.as_ref()) {
            if !lists.iter().any(|l| l.name == link.name) {
                lists.push(link);
            }
        }
        lists
    }

    /// The current version of the first body, the one that viewers open.
    pub fn current_version(&self) -> Option<&CurrentVersion> {
        self.bodies.first().and_then(|body| body.current_version.as_ref())
    }
}

impl Body {
    /// Whether the document root exists and valid signatures cover all that
    /// this body shows. (`OFD.xml` is not asked for.)
    pub fn is_covered_by(&self, protection: &Protection) -> bool {
        self.doc_root.as_ref().is_some_and(|root| protection.covers(&root.name))
            && self.reachable.iter().all(|name| protection.covers(name))
    }
}

impl CurrentVersion {
    /// Whether valid signatures cover the version file, its document root and
    /// all that is shown from there on. A version whose files are missing is
    /// covered by nothing.
    pub fn is_covered_by(&self, protection: &Protection) -> bool {
        protection.covers(&self.file)
            && self.doc_root.as_ref().is_some_and(|root| protection.covers(root))
            && self.reachable.iter().all(|name| protection.covers(name))
    }
}

/// A location in `OFD.xml`; `None` for empty text.
fn link(package: &Package<'_>, links: &mut Links<'_, '_>, text: &str) -> Option<Link> {
    let (name, exists) = match location::resolve(package, "", text) {
        Ok(Location { name, exists }) => (name, exists),
        Err(LocationFault::Empty) => return None,
        Err(LocationFault::LeavesPackage) => {
            links.leaves(OFD_XML, text);
            (String::new(), false)
        }
    };
    if !exists && !name.is_empty() {
        links.miss(OFD_XML, text, &name);
    }
    Some(Link { location: text.to_owned(), name, exists })
}

/// A body, and what its versions list without showing it.
fn read_body(
    package: &Package<'_>,
    links: &mut Links<'_, '_>,
    raw: RawBody,
) -> Result<(Body, BTreeSet<String>), ReadError> {
    let doc_root = raw.doc_root.as_deref().and_then(|text| link(package, links, text));
    let pages = match &doc_root {
        Some(root) if root.exists => links.file(&root.name, Role::Document)?.pages,
        _ => {
            let name = doc_root.as_ref().map_or("DocRoot", |root| root.location.as_str());
            let _recorded = package.fault(PackageFault::new(Offence::DocumentRootMissing, [OFD_XML, name]));
            0
        }
    };
    let mut starts: Vec<(String, Role)> = Vec::new();
    for (text, role) in &raw.links {
        let found = match location::resolve(package, "", text) {
            Ok(found) if found.exists => Some(found.name),
            Ok(found) => {
                if raw.doc_root.as_ref() != Some(text) {
                    links.miss(OFD_XML, text, &found.name);
                }
                package.find_loosely(&found.name).map(str::to_owned)
            }
            Err(_) => None,
        };
        starts.extend(found.map(|name| (name, *role)));
    }
    let mut versions = Vec::new();
    for version in raw.versions {
        let missing = Link { location: String::new(), name: String::new(), exists: false };
        let file = link(package, links, &version.base_loc).unwrap_or(missing);
        let mut root = None;
        if file.exists {
            root = links.file(&file.name, Role::Version)?.doc_root.clone();
            starts.push((file.name.clone(), Role::Version));
        }
        versions.push(Version { id: version.id, current: version.current, file, doc_root: root });
    }
    let current_version = current(package, links, &versions, doc_root.as_ref())?;
    let reached = links.reach(starts)?;
    let body = Body {
        doc_id: raw.doc_id,
        title: raw.title,
        custom_datas: raw.custom_datas,
        doc_root,
        signatures: raw.signatures.as_deref().and_then(|text| link(package, links, text)),
        versions,
        current_version,
        pages,
        reachable: reached.shown,
    };
    Ok((body, reached.listed))
}

fn current(
    package: &Package<'_>,
    links: &mut Links<'_, '_>,
    versions: &[Version],
    original: Option<&Link>,
) -> Result<Option<CurrentVersion>, ReadError> {
    let last = versions.len().checked_sub(1);
    let Some(index) = versions.iter().rposition(|v| v.current).or(last) else { return Ok(None) };
    let Some(version) = versions.get(index) else { return Ok(None) };
    let root = version.doc_root.clone();
    let start = root.clone().filter(|name| package.contains(name)).map(|name| (name, Role::Document));
    let mut reachable = links.reach(start)?.shown;
    if version.file.exists {
        reachable.insert(version.file.name.clone());
    }
    let is_original = index == 0 && root.is_some() && root.as_ref() == original.map(|link| &link.name);
    Ok(Some(CurrentVersion { index, file: version.file.name.clone(), doc_root: root, is_original, reachable }))
}
