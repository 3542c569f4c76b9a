//! Every link from one file of a document to others, by what kind of file it is.
//!
//! Element names count here whatever their namespace: a viewer that ignores
//! namespaces must not be able to show what this does not see.

use crate::base::{Limits, SourceError};
use crate::ofd::location::{self, LocationFault};
use crate::ofd::xml::{self, Event, Path};
use crate::ofd::{Offence, Package, PackageFault, ReadError, dtd};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What a file is, as the link to it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Document,
    Res,
    Page,
    Annotations,
    Attachments,
    CustomTags,
    Extensions,
    Version,
    /// Listed in a version's FileList, not thereby shown.
    Listed,
    /// Not parsed, but may be XML: looked through for a DOCTYPE.
    Text,
    /// Not parsed: fonts, pictures.
    Leaf,
}

impl Role {
    /// The root elements of a file that is parsed for links.
    const fn roots(self) -> Option<&'static [&'static str]> {
        Some(match self {
            Self::Document => &["Document"],
            Self::Res => &["Res"],
            Self::Page => &["Page"],
            Self::Annotations => &["Annotations"],
            Self::Attachments => &["Attachments"],
            Self::CustomTags => &["CustomTags"],
            Self::Extensions => &["Extensions"],
            Self::Version => &["DocVersion"],
            Self::Listed | Self::Text | Self::Leaf => return None,
        })
    }

    /// What the text of an element links to.
    fn of_text(self, path: &Path) -> Option<Self> {
        let inside = path.parent();
        Some(match (self, path.local()) {
            (Self::Document, "PublicRes" | "DocumentRes") | (Self::Page, "PageRes") => Self::Res,
            (Self::Document, "Annotations") => Self::Annotations,
            (Self::Document, "Attachments") => Self::Attachments,
            (Self::Document, "CustomTags") => Self::CustomTags,
            (Self::Document, "Extensions") => Self::Extensions,
            (Self::Res, "FontFile" | "MediaFile") => Self::Leaf,
            (Self::Annotations, "FileLoc") => Self::Text,
            (Self::Attachments, "FileLoc") => Self::Leaf,
            (Self::CustomTags, "FileLoc" | "SchemaLoc") | (Self::Extensions, "ExtendData") => Self::Text,
            (Self::Version, "DocRoot") => Self::Document,
            (Self::Version, "File") if inside == "FileList" => Self::Listed,
            _ => return None,
        })
    }

    /// What an attribute of an element links to, and its name.
    fn of_attribute(self, path: &Path) -> Option<(&'static str, Self)> {
        Some(match (self, path.local()) {
            (Self::Document, "Page" | "TemplatePage") => ("BaseLoc", Self::Page),
            (Self::Res, "ColorSpace") => ("Profile", Self::Leaf),
            (Self::Attachments, "Attachment") => ("FileLoc", Self::Leaf),
            _ => return None,
        })
    }
}

/// What is met in a file that is parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Met {
    /// `Res/@BaseLoc`.
    BaseLoc,
    /// A page of a document.
    Page,
    Link(Role),
}

impl Role {
    /// Tells what one step of the walk meets, in the order in which it counts.
    fn meet(self, event: &Event<'_>, tell: &mut dyn FnMut(Met, &str)) {
        match event {
            Event::Open(path, attributes) => {
                if self == Self::Res
                    && path.is_root()
                    && let Some(base_loc) = attributes.get("BaseLoc")
                {
                    tell(Met::BaseLoc, base_loc);
                }
                if self == Self::Document && path.is(&["Document", "Pages", "Page"]) {
                    tell(Met::Page, "");
                }
                if let Some((attribute, target)) = self.of_attribute(path)
                    && let Some(text) = attributes.get(attribute)
                {
                    tell(Met::Link(target), text);
                }
            }
            Event::Close(path, text) => {
                if let Some(target) = self.of_text(path) {
                    tell(Met::Link(target), text);
                }
            }
        }
    }
}

/// A walk over one file, as far as its octets alone decide it: the same in every
/// package that holds them, and where they are known not to be repeated.
#[derive(Debug)]
pub(in crate::ofd) struct Walked {
    role: Role,
    /// What it took of the budget.
    nodes: usize,
    depth: usize,
    met: Vec<(Met, String)>,
}

impl Walked {
    /// Whether the walk would come to its end within what is left of the budget.
    fn fits(&self, spent: usize, limits: &Limits) -> bool {
        spent.saturating_add(self.nodes) <= limits.xml_nodes && self.depth <= limits.xml_depth
    }
}

/// A link that names nothing in the package: a warning, no offence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingLink {
    /// The file that links.
    pub from: String,
    /// The location as it stands.
    pub location: String,
    /// The entry name that it should have.
    pub name: String,
}

/// Missing links kept.
const MISSING: usize = 1000;

/// The links of all files, each file parsed once for each role.
pub(super) struct Links<'p, 's> {
    package: &'p Package<'s>,
    files: BTreeMap<(String, Role), Rc<FileLinks>>,
    pub(super) missing: Vec<MissingLink>,
}

#[derive(Default)]
pub(super) struct FileLinks {
    targets: BTreeSet<(String, Role)>,
    pub(super) pages: usize,
    /// Of a version: the document it shows.
    pub(super) doc_root: Option<String>,
}

/// What was reached from some files on.
#[derive(Default)]
pub(super) struct Reached {
    pub(super) shown: BTreeSet<String>,
    pub(super) listed: BTreeSet<String>,
}

impl<'p, 's> Links<'p, 's> {
    pub(super) fn new(package: &'p Package<'s>) -> Self {
        Self { package, files: BTreeMap::new(), missing: Vec::new() }
    }

    /// Follows all links from `start` on.
    pub(super) fn reach(&mut self, start: impl IntoIterator<Item = (String, Role)>) -> Result<Reached, SourceError> {
        let mut reached = Reached::default();
        let mut seen = BTreeSet::new();
        let mut open: Vec<(String, Role)> = start.into_iter().collect();
        while let Some((name, role)) = open.pop() {
            if !seen.insert((name.clone(), role)) {
                continue;
            }
            let links = self.file(&name, role)?;
            open.extend(links.targets.iter().cloned());
            let set = if role == Role::Listed { &mut reached.listed } else { &mut reached.shown };
            set.insert(name);
        }
        Ok(reached)
    }

    /// The links of one existing file. One that cannot be parsed has none; the
    /// fault is in the package.
    pub(super) fn file(&mut self, name: &str, role: Role) -> Result<Rc<FileLinks>, SourceError> {
        let key = (name.to_owned(), role);
        if let Some(links) = self.files.get(&key) {
            return Ok(links.clone());
        }
        let parsed = match role.roots() {
            Some(roots) => self.parse(name, role, roots),
            None if role == Role::Text || (role == Role::Leaf && is_xml_name(name)) => {
                dtd::refuse(self.package, name).map(|()| FileLinks::default())
            }
            None => Ok(FileLinks::default()),
        };
        let links = Rc::new(match parsed {
            Ok(links) => links,
            Err(ReadError::Source(error)) => return Err(error),
            Err(ReadError::Missing(_) | ReadError::Fault(_)) => FileLinks::default(),
        });
        self.files.insert(key, links.clone());
        Ok(links)
    }

    fn parse(&mut self, name: &str, role: Role, roots: &[&str]) -> Result<FileLinks, ReadError> {
        let (octets, part) = self.package.read_knowing(name)?;
        let (nodes, limits) = (self.package.xml_nodes(), self.package.limits());
        let mut following = Following::new(name, role);
        let known = part.as_ref().and_then(|part| part.walked().get()).filter(|known| known.role == role);
        if let Some(known) = known.filter(|known| known.fits(nodes.get(), limits)) {
            nodes.set(nodes.get() + known.nodes);
            known.met.iter().for_each(|(met, text)| following.take(self, *met, text));
            return Ok(following.links);
        }
        let mut walked = part.map(|part| (part, Walked { role, nodes: 0, depth: 0, met: Vec::new() }));
        let before = nodes.get();
        xml::walk(self.package, name, &octets, roots, &mut |event| {
            if let (Event::Open(path, _), Some((_, walked))) = (&event, &mut walked) {
                walked.depth = walked.depth.max(path.depth());
            }
            role.meet(&event, &mut |met, text| {
                if let Some((_, walked)) = &mut walked {
                    walked.met.push((met, text.to_owned()));
                }
                following.take(self, met, text);
            });
        })?;
        if let Some((part, walked)) = walked {
            // another thread may have been first, with the same
            let _ = part.walked().set(Walked { nodes: nodes.get() - before, ..walked });
        }
        Ok(following.links)
    }

    /// Adds the link `text` seen from the first of `folders` where it names
    /// something; the name, also when there is no such entry.
    fn add(&mut self, from: &str, folders: &[String], text: &str, role: Role, links: &mut FileLinks) -> Option<String> {
        let mut first = None;
        for folder in folders {
            match location::resolve(self.package, folder, text) {
                Ok(found) if found.exists => {
                    links.targets.insert((found.name.clone(), role));
                    return Some(found.name);
                }
                Ok(found) => {
                    first.get_or_insert(found.name);
                }
                Err(LocationFault::Empty) => return None,
                Err(LocationFault::LeavesPackage) => {
                    self.leaves(from, text);
                    return None;
                }
            }
        }
        let name = first?;
        // a careless viewer may find something after all: then it is shown
        if let Some(loose) = self.package.find_loosely(&name) {
            links.targets.insert((loose.to_owned(), role));
        }
        self.miss(from, text, &name);
        Some(name)
    }

    /// Notes a link that names nothing.
    pub(super) fn miss(&mut self, from: &str, text: &str, name: &str) {
        let link = MissingLink { from: from.to_owned(), location: text.to_owned(), name: name.to_owned() };
        if self.missing.len() < MISSING {
            self.missing.push(link);
        }
    }

    /// Notes a location that leaves the package.
    pub(super) fn leaves(&self, from: &str, text: &str) {
        let _recorded = self.package.fault(PackageFault::new(Offence::LocationLeavesPackage, [from, text]));
    }
}

/// The links of one file as they are met.
struct Following<'n> {
    name: &'n str,
    role: Role,
    /// Where its locations are looked for, in this order.
    folders: Vec<String>,
    links: FileLinks,
}

impl<'n> Following<'n> {
    fn new(name: &'n str, role: Role) -> Self {
        Self { name, role, folders: vec![location::folder(name).to_owned()], links: FileLinks::default() }
    }

    fn take(&mut self, all: &mut Links<'_, '_>, met: Met, text: &str) {
        match met {
            Met::BaseLoc => self.base_loc(all, text),
            Met::Page => self.links.pages += 1,
            Met::Link(target) => {
                let found = all.add(self.name, &self.folders, text, target, &mut self.links);
                if self.role == Role::Version && target == Role::Document {
                    self.links.doc_root = self.links.doc_root.take().or(found);
                }
            }
        }
    }

    /// `Res/@BaseLoc`: where the files of a resource file are looked for first.
    fn base_loc(&mut self, all: &Links<'_, '_>, base_loc: &str) {
        let own = location::folder(self.name);
        match location::base_folder(own, base_loc) {
            Ok(folder) => {
                let from_root = location::base_folder("", base_loc).unwrap_or_default();
                self.folders = vec![folder, from_root, own.to_owned()];
            }
            Err(_) => all.leaves(self.name, base_loc),
        }
    }
}

fn is_xml_name(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["xml", "xsd", "xbrl", "xsl", "xslt"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}
