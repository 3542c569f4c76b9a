//! Resources (GB/T 33190 7.9): fonts, colour spaces, drawing parameters, pictures and
//! composite units, by their ids, each with the file that says so.

use crate::{
    finding::{Code, Findings},
    tree::{self, Node},
};
use std::{collections::BTreeMap, rc::Rc};
use yinxin_trust::ofd::{Package, location};

/// Octets of an id, and of a location: those of resources are looked at for each object that names them.
const ID: usize = 256;
const LOCATION: usize = 4096;

/// What one resource file declares.
#[derive(Debug)]
pub(crate) struct ResFile {
    /// The entry.
    pub(crate) name: String,
    /// Where its locations are looked for, in this order.
    folders: Vec<String>,
    root: Node,
}

/// Where a resource is declared.
#[derive(Clone, Debug)]
struct Place {
    file: Rc<ResFile>,
    /// Which child of the root, and which child of that.
    path: [usize; 2],
}

/// Kinds of resources; ids are unique within a document, but hostile ones need not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Font,
    ColorSpace,
    DrawParam,
    Media,
    Unit,
}

impl Kind {
    const fn of(group: &str) -> Option<(Self, &'static str)> {
        Some(match group.as_bytes() {
            b"Fonts" => (Self::Font, "Font"),
            b"ColorSpaces" => (Self::ColorSpace, "ColorSpace"),
            b"DrawParams" => (Self::DrawParam, "DrawParam"),
            b"MultiMedias" => (Self::Media, "MultiMedia"),
            b"CompositeGraphicUnits" => (Self::Unit, "CompositeGraphicUnit"),
            _ => return None,
        })
    }
}

/// All resources that a page may use.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resources {
    known: BTreeMap<(Kind, String), Place>,
}

/// A resource.
#[derive(Clone, Debug)]
pub(crate) struct Resource(Place);

impl Resource {
    pub(crate) fn node(&self) -> &Node {
        let [group, item] = self.0.path;
        // the path was taken from this tree
        &self.0.file.root.children[group].children[item]
    }

    /// The entry that declares it.
    pub(crate) fn declared_in(&self) -> &str {
        &self.0.file.name
    }

    /// The location in a child of it; none of one that is longer than any.
    pub(crate) fn location(&self, child: &str) -> Option<&str> {
        self.node().child(child).filter(|child| child.text.len() <= LOCATION).map(Node::trimmed)
    }

    /// The entry that a location in it names.
    pub(crate) fn entry(&self, package: &Package<'_>, text: &str) -> Option<String> {
        self.0.file.folders.iter().find_map(|folder| {
            let found = location::resolve(package, folder, text).ok()?;
            found.exists.then_some(found.name)
        })
    }
}

impl Resources {
    /// Adds what a resource file declares; of one id the first counts.
    pub(crate) fn add(&mut self, package: &Package<'_>, name: &str, elements: &mut usize, findings: &mut Findings) {
        let Some(root) = tree::read(package, name, &["Res"], elements, findings) else { return };
        let own = location::folder(name).to_owned();
        let mut folders = Vec::new();
        if let Some(base_loc) = root.get("BaseLoc").filter(|location| location.len() <= LOCATION) {
            let from_root = location::base_folder("", base_loc).unwrap_or_default();
            folders.extend(location::base_folder(&own, base_loc).ok());
            folders.push(from_root);
        }
        folders.push(own);
        let file = Rc::new(ResFile { name: name.to_owned(), folders, root });
        for (group, child) in file.root.children.iter().enumerate() {
            let Some((kind, wanted)) = Kind::of(&child.name) else { continue };
            for (item, node) in child.children.iter().enumerate().filter(|(_, node)| &*node.name == wanted) {
                let place = Place { file: file.clone(), path: [group, item] };
                match node.get("ID").filter(|id| id.len() <= ID) {
                    Some(id) => _ = self.known.entry((kind, id.to_owned())).or_insert(place),
                    None => findings.add(Code::BadValue, wanted),
                }
            }
        }
    }

    pub(crate) fn get(&self, kind: Kind, id: &str) -> Option<Resource> {
        let key = (id.len() <= ID).then(|| (kind, id.to_owned()))?;
        self.known.get(&key).cloned().map(Resource)
    }
}
