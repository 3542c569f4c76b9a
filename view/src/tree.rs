//! One XML file as a tree of the elements that OFD defines, under a budget. Nothing
//! else of the file is kept: elements of other namespaces draw nothing.

use crate::finding::{Code, Findings};
use yinxin_trust::ofd::{
    Package, ReadError,
    xml::{self, Event},
};

/// An element.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub(crate) name: Box<str>,
    /// Names, and values without white space around them.
    attributes: Vec<(Box<str>, Box<str>)>,
    /// Its own text, white space around it included.
    pub(crate) text: Box<str>,
    pub(crate) children: Vec<Node>,
    /// Octets of its attributes and text.
    pub(crate) own_weight: usize,
    /// The same of all inside it too: what looking at it may cost.
    pub(crate) weight: usize,
}

impl Node {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| &**key == name).map(|(_, value)| &**value)
    }

    /// The first child of this name, looked for among the first few thousand.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().take(4096).find(|child| &*child.name == name)
    }

    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| &*child.name == name)
    }

    pub(crate) fn trimmed(&self) -> &str {
        self.text.trim()
    }

    /// `xs:boolean`.
    pub(crate) fn flag(&self, name: &str, otherwise: bool) -> bool {
        match self.get(name) {
            Some("true" | "1") => true,
            Some("false" | "0") => false,
            _ => otherwise,
        }
    }
}

/// What a viewer that ignores namespaces would draw.
const DRAWN: [&str; 6] = ["Layer", "PageBlock", "TextObject", "PathObject", "ImageObject", "CompositeObject"];

/// Reads an entry whose root is one of `roots`. What cannot be read is a finding,
/// and what was read before the fault is nothing.
pub(crate) fn read(
    package: &Package<'_>,
    name: &str,
    roots: &[&str],
    elements: &mut usize,
    findings: &mut Findings,
) -> Option<Node> {
    let refused = |findings: &mut Findings| {
        findings.add(Code::FileNotRead, name);
        None
    };
    let Ok(octets) = package.read(name) else { return refused(findings) };
    let mut open: Vec<Node> = Vec::new();
    let mut root = None;
    // elements that are not kept, counted from the outermost of them
    let mut skipped = 0_usize;
    let (mut full, mut foreign) = (false, false);
    let walked: Result<(), ReadError> = xml::walk(package, name, &octets, roots, &mut |event| match event {
        Event::Open(path, attributes) => {
            if skipped > 0 || !path.is_ofd() {
                foreign |= !path.is_ofd() && DRAWN.contains(&path.local());
                skipped += 1;
                return;
            }
            let Some(left) = elements.checked_sub(1) else {
                full = true;
                skipped += 1;
                return;
            };
            *elements = left;
            let attributes = attributes.iter().map(|(key, value)| (key.into(), value.trim().into())).collect();
            open.push(Node { name: path.local().into(), attributes, ..Node::default() });
        }
        Event::Close(path, _) => {
            if skipped > 0 {
                skipped -= 1;
                return;
            }
            let Some(mut node) = open.pop() else { return };
            node.text = path.text().into();
            let attributes = node.attributes.iter().map(|(key, value)| key.len() + value.len() + 8);
            node.own_weight = attributes.sum::<usize>() + node.text.len();
            node.weight += node.own_weight + 32;
            match open.last_mut() {
                Some(parent) => {
                    parent.weight += node.weight;
                    parent.children.push(node);
                }
                None => root = Some(node),
            }
        }
    });
    if full {
        findings.add(Code::TooManyElements, "");
    }
    if foreign {
        findings.add(Code::NotDrawn, "objects of another namespace");
    }
    if walked.is_err() {
        return refused(findings);
    }
    root
}
