//! XML as a walk over elements: one parser for everything that is understood,
//! strict where two parsers could differ, bounded in size, depth and nodes.
//!
//! Refused by name: any DOCTYPE, entities beyond the five predefined and
//! numeric ones, a repeated attribute, anything but UTF-8. Elements of other
//! namespaces are walked, but never [`Path::is`] anything.

mod tag;
#[cfg(test)]
mod tests;
mod walker;

use super::{Offence, Package, PackageFault, ReadError};
use crate::base::Limits;
use std::borrow::Cow;
use std::cell::Cell;

/// A step of the walk.
pub enum Event<'a> {
    /// An element begins; it is the last of the path.
    Open(&'a Path<'a>, &'a Attributes<'a>),
    /// It ends; its own text, without that of its children.
    Close(&'a Path<'a>, &'a str),
}

/// The elements from the root down to the current one, of a text that lives for `'t`.
#[derive(Default)]
pub struct Path<'t> {
    /// Those past `depth` are closed: their buffers serve the next ones.
    elements: Vec<Element<'t>>,
    depth: usize,
}

#[derive(Default)]
struct Element<'t> {
    /// Prefix included: what its end tag must repeat.
    name: &'t str,
    local: &'t str,
    ofd: bool,
    /// Its own text, where that is one piece of the file as it stands.
    piece: &'t str,
    /// Else, where not empty.
    joined: String,
    /// Prefixes that it declares.
    prefixes: Vec<&'t str>,
}

impl<'t> Element<'t> {
    fn text(&self) -> &str {
        if self.joined.is_empty() { self.piece } else { &self.joined }
    }

    fn add(&mut self, text: Cow<'t, str>) {
        match text {
            Cow::Borrowed(text) if self.piece.is_empty() && self.joined.is_empty() => self.piece = text,
            text => {
                if self.joined.is_empty() {
                    self.joined.push_str(self.piece);
                }
                self.joined.push_str(&text);
            }
        }
    }
}

impl<'t> Path<'t> {
    /// Whether the path is exactly this, all in an OFD namespace.
    pub fn is(&self, names: &[&str]) -> bool {
        self.depth == names.len() && self.open().iter().zip(names).all(|(e, name)| e.ofd && e.local == *name)
    }

    /// The local name of the current element, whatever its namespace.
    pub fn local(&self) -> &str {
        self.open().last().map_or("", |e| e.local)
    }

    /// The local name of the element around the current one.
    pub fn parent(&self) -> &str {
        self.open().iter().rev().nth(1).map_or("", |e| e.local)
    }

    /// How many elements there are from the root to the current one.
    pub const fn depth(&self) -> usize {
        self.depth
    }

    /// Whether the current element is the root.
    pub fn is_root(&self) -> bool {
        self.depth == 1
    }

    /// Whether the current element and all around it are in an OFD namespace.
    pub fn is_ofd(&self) -> bool {
        self.open().iter().all(|e| e.ofd)
    }

    /// The text of the current element so far, white space around it included.
    pub fn text(&self) -> &str {
        self.open().last().map_or("", |e| e.text())
    }

    fn open(&self) -> &[Element<'t>] {
        self.elements.get(..self.depth).unwrap_or_default()
    }

    fn current(&mut self) -> Option<&mut Element<'t>> {
        self.elements.get_mut(self.depth.checked_sub(1)?)
    }

    /// An element inside the current one.
    fn push(&mut self, name: &'t str, local: &'t str, ofd: bool) -> Option<&mut Element<'t>> {
        if self.elements.len() == self.depth {
            self.elements.push(Element::default());
        }
        let element = self.elements.get_mut(self.depth)?;
        (element.name, element.local, element.ofd, element.piece) = (name, local, ofd, "");
        element.joined.clear();
        element.prefixes.clear();
        self.depth += 1;
        Some(element)
    }
}

/// The attributes of one element, namespace declarations left out.
#[derive(Default)]
pub struct Attributes<'t> {
    /// Names, prefixes included, and values.
    all: Vec<(&'t str, Cow<'t, str>)>,
}

impl Attributes<'_> {
    /// The value of an attribute without prefix.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// Names, prefixes included, and values in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.all.iter().map(|(name, value)| (*name, &**value))
    }
}

/// Walks one XML entry of a package whose root is one of `roots`. Faults are
/// recorded in the package.
///
/// # Errors
/// [`ReadError::Fault`]: the file is refused from there on; what was met stands.
pub fn walk(
    package: &Package<'_>,
    name: &str,
    octets: &[u8],
    roots: &[&str],
    visit: &mut dyn FnMut(Event<'_>),
) -> Result<(), ReadError> {
    walk_octets(octets, roots, package.limits(), package.xml_nodes(), walker::Way::Short, visit)
        .map_err(|offence| package.fault(PackageFault::new(offence, [name])))
}

/// As [`walk`], with `nodes` counting against [`Limits::xml_nodes`].
fn walk_octets(
    octets: &[u8],
    roots: &[&str],
    limits: &Limits,
    nodes: &Cell<usize>,
    way: walker::Way,
    visit: &mut dyn FnMut(Event<'_>),
) -> Result<(), Offence> {
    let text = decode(octets)?;
    // a whole run at a time: files are long and offences rare
    let bad = |run: &[u8]| run.iter().fold(false, |bad, b| bad | (*b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')));
    if text.as_bytes().chunks(256).any(bad) {
        return Err(Offence::XmlMalformed);
    }
    walker::Walker::new(text, roots, limits, nodes).run(way, visit)
}

/// UTF-8, with or without a byte order mark; a second one is passed over too.
fn decode(octets: &[u8]) -> Result<&str, Offence> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let octets = octets.strip_prefix(MARK).unwrap_or(octets);
    let octets = octets.strip_prefix(MARK).unwrap_or(octets);
    core::str::from_utf8(octets).map_err(|_| Offence::XmlEncoding)
}
