//! XML as a walk over elements: one parser for everything that is understood,
//! strict where two parsers could differ, bounded in size, depth and nodes.
//!
//! Refused by name: any DOCTYPE, entities beyond the five predefined and
//! numeric ones, a repeated attribute, anything but UTF-8. Elements of other
//! namespaces are walked, but never [`Path::is`] anything.

use super::{Offence, Package, PackageFault, ReadError};
use crate::base::Limits;
use quick_xml::Reader;
use quick_xml::errors::Error as ParseError;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event as Raw};
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;

/// Namespaces of OFD: the standard's, and the one without a year of vendor files.
const NAMESPACES: [&str; 2] = ["http://www.ofdspec.org/2016", "http://www.ofdspec.org"];
/// Attributes that one element may have.
const ATTRIBUTES: usize = 256;

/// A step of the walk.
pub enum Event<'a> {
    /// An element begins; it is the last of the path.
    Open(&'a Path, &'a Attributes),
    /// It ends; its own text, without that of its children.
    Close(&'a Path, &'a str),
}

/// The elements from the root down to the current one.
#[derive(Default)]
pub struct Path {
    /// Those past `depth` are closed: their buffers serve the next ones.
    elements: Vec<Element>,
    depth: usize,
}

#[derive(Default)]
struct Element {
    local: String,
    ofd: bool,
    text: String,
    prefixes: Vec<String>,
}

impl Path {
    /// Whether the path is exactly this, all in an OFD namespace.
    pub fn is(&self, names: &[&str]) -> bool {
        self.depth == names.len() && self.open().iter().zip(names).all(|(e, name)| e.ofd && e.local == *name)
    }

    /// The local name of the current element, whatever its namespace.
    pub fn local(&self) -> &str {
        self.open().last().map_or("", |e| e.local.as_str())
    }

    /// The local name of the element around the current one.
    pub fn parent(&self) -> &str {
        self.open().iter().rev().nth(1).map_or("", |e| e.local.as_str())
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
        self.open().last().map_or("", |e| e.text.as_str())
    }

    fn open(&self) -> &[Element] {
        self.elements.get(..self.depth).unwrap_or_default()
    }

    fn current(&mut self) -> Option<&mut Element> {
        self.elements.get_mut(self.depth.checked_sub(1)?)
    }

    /// An element inside the current one.
    fn push(&mut self, local: &str, ofd: bool, prefixes: Vec<String>) {
        if self.elements.len() == self.depth {
            self.elements.push(Element::default());
        }
        if let Some(element) = self.elements.get_mut(self.depth) {
            element.local.clear();
            element.local.push_str(local);
            element.text.clear();
            (element.ofd, element.prefixes) = (ofd, prefixes);
        }
        self.depth += 1;
    }
}

/// The attributes of one element, namespace declarations left out.
#[derive(Default)]
pub struct Attributes {
    /// Names and values, one behind the other.
    text: String,
    /// Where each name begins, its value begins, and ends.
    places: Vec<[usize; 3]>,
}

impl Attributes {
    /// The value of an attribute without prefix.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// Names, prefixes included, and values in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.places.iter().map(|place| self.at(place))
    }

    fn at(&self, [key, value, end]: &[usize; 3]) -> (&str, &str) {
        (self.text.get(*key..*value).unwrap_or_default(), self.text.get(*value..*end).unwrap_or_default())
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
    walk_octets(octets, roots, package.limits(), package.xml_nodes(), visit)
        .map_err(|offence| package.fault(PackageFault::new(offence, [name])))
}

/// As [`walk`], with `nodes` counting against [`Limits::xml_nodes`].
pub(super) fn walk_octets(
    octets: &[u8],
    roots: &[&str],
    limits: &Limits,
    nodes: &Cell<usize>,
    visit: &mut dyn FnMut(Event<'_>),
) -> Result<(), Offence> {
    let text = decode(octets)?;
    // a whole run at a time: files are long and offences rare
    let bad = |run: &[u8]| run.iter().fold(false, |bad, b| bad | (*b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')));
    if text.as_bytes().chunks(256).any(bad) {
        return Err(Offence::XmlMalformed);
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut walker = Walker {
        path: Path::default(),
        attributes: Attributes::default(),
        roots,
        limits,
        nodes,
        prefixes: BTreeMap::new(),
        rooted: false,
        begun: false,
    };
    loop {
        let event = reader.read_event().map_err(|error| parse_offence(&error))?;
        if matches!(event, Raw::Eof) {
            return if walker.rooted && walker.path.depth == 0 { Ok(()) } else { Err(Offence::XmlMalformed) };
        }
        walker.step(event, visit)?;
    }
}

/// UTF-8, with or without a byte order mark.
fn decode(octets: &[u8]) -> Result<&str, Offence> {
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    core::str::from_utf8(octets).map_err(|_| Offence::XmlEncoding)
}

fn parse_offence(error: &ParseError) -> Offence {
    match error {
        ParseError::Encoding(_) => Offence::XmlEncoding,
        ParseError::Escape(_) => Offence::XmlEntity,
        _ => Offence::XmlMalformed,
    }
}

struct Walker<'a> {
    path: Path,
    /// Of the element that begins.
    attributes: Attributes,
    roots: &'a [&'a str],
    limits: &'a Limits,
    nodes: &'a Cell<usize>,
    /// For each prefix the namespaces declared for it, innermost last; whether each is OFD.
    prefixes: BTreeMap<String, Vec<bool>>,
    rooted: bool,
    begun: bool,
}

impl Walker<'_> {
    fn step(&mut self, event: Raw<'_>, visit: &mut dyn FnMut(Event<'_>)) -> Result<(), Offence> {
        let first = !core::mem::replace(&mut self.begun, true);
        match event {
            Raw::Start(start) => self.open(&start, visit),
            Raw::Empty(start) => {
                self.open(&start, visit)?;
                self.close(visit);
                Ok(())
            }
            Raw::End(_) => {
                self.close(visit);
                Ok(())
            }
            Raw::Text(text) => {
                let blank = text.bytes().all(|b| b.is_ascii_whitespace());
                if blank && first {
                    self.begun = false; // white space before the declaration does no harm
                }
                self.text(&text.xml10_content(), blank)
            }
            Raw::CData(text) => self.text(&text.xml10_content(), false),
            Raw::GeneralRef(reference) => {
                let character = match reference.resolve_char_ref().map_err(|_| Offence::XmlEntity)? {
                    Some(character) => character,
                    None => predefined(&reference).ok_or(Offence::XmlEntity)?,
                };
                self.text(character.encode_utf8(&mut [0; 4]), false)
            }
            Raw::Decl(declaration) if first => match declaration.encoding() {
                None => Ok(()),
                Some(Ok(name)) if is_utf8(&name) => Ok(()),
                Some(_) => Err(Offence::XmlEncoding),
            },
            Raw::Decl(_) => Err(Offence::XmlMalformed),
            Raw::DocType(_) => Err(Offence::XmlDoctype),
            Raw::Comment(_) | Raw::PI(_) | Raw::Eof => Ok(()),
        }
    }

    fn spend(&self) -> Result<(), Offence> {
        let spent = self.nodes.get() + 1;
        self.nodes.set(spent);
        if spent > self.limits.xml_nodes { Err(Offence::XmlTooManyNodes) } else { Ok(()) }
    }

    fn text(&mut self, text: &str, blank: bool) -> Result<(), Offence> {
        match self.path.current() {
            Some(element) => element.text.push_str(text),
            None if blank => return Ok(()),
            None => return Err(Offence::XmlMalformed),
        }
        if blank { Ok(()) } else { self.spend() }
    }

    fn open(&mut self, start: &BytesStart<'_>, visit: &mut dyn FnMut(Event<'_>)) -> Result<(), Offence> {
        self.spend()?;
        if self.path.depth >= self.limits.xml_depth {
            return Err(Offence::XmlTooDeep);
        }
        if self.path.depth == 0 && core::mem::replace(&mut self.rooted, true) {
            return Err(Offence::XmlMalformed);
        }
        let prefixes = self.attributes(start)?;
        let name = start.name();
        let (prefix, local) = split_name(name.as_ref())?;
        let declared = self.prefixes.get(prefix).and_then(|stack| stack.last().copied());
        if declared.is_none() && !matches!(prefix, "" | "xml") {
            return Err(Offence::XmlMalformed);
        }
        let ofd = declared.unwrap_or(false);
        if self.path.depth == 0 && !(ofd && self.roots.contains(&local)) {
            return Err(Offence::XmlRoot);
        }
        self.path.push(local, ofd, prefixes);
        visit(Event::Open(&self.path, &self.attributes));
        Ok(())
    }

    fn close(&mut self, visit: &mut dyn FnMut(Event<'_>)) {
        let text = self.path.open().last().map_or("", |e| e.text.trim());
        visit(Event::Close(&self.path, text));
        let Some(element) = self.path.current() else { return };
        for prefix in core::mem::take(&mut element.prefixes) {
            if let Some(stack) = self.prefixes.get_mut(&prefix) {
                stack.pop();
            }
        }
        self.path.depth -= 1;
    }

    /// Takes the attributes; the prefixes declared among them (now in force).
    fn attributes(&mut self, start: &BytesStart<'_>) -> Result<Vec<String>, Offence> {
        let mut seen = core::mem::take(&mut self.attributes);
        seen.text.clear();
        seen.places.clear();
        // checked here: the library compares all pairs, however many there are
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| Offence::XmlMalformed)?;
            self.spend()?;
            if seen.places.len() >= ATTRIBUTES {
                return Err(Offence::XmlTooManyAttributes);
            }
            let key: &str = attribute.key.as_ref();
            split_name(key)?;
            if attribute.value.contains('<') {
                return Err(Offence::XmlMalformed);
            }
            if seen.iter().any(|(other, _)| other == key) {
                return Err(Offence::XmlDuplicateAttribute);
            }
            let begin = seen.text.len();
            seen.text.push_str(key);
            seen.text.push_str(&plain(&attribute.value)?);
            seen.places.push([begin, begin + key.len(), seen.text.len()]);
        }
        let mut prefixes = Vec::new();
        let Attributes { text, places } = &mut seen;
        places.retain(|&[key, value, end]| {
            let (key, value) = (text.get(key..value).unwrap_or_default(), text.get(value..end).unwrap_or_default());
            let prefix = if key == "xmlns" { Some("") } else { key.strip_prefix("xmlns:") };
            let Some(prefix) = prefix else { return true };
            self.prefixes.entry(prefix.to_owned()).or_default().push(NAMESPACES.contains(&value));
            prefixes.push(prefix.to_owned());
            false
        });
        self.attributes = seen;
        Ok(prefixes)
    }
}

/// The value of an attribute: white space as spaces, references resolved.
fn plain(raw: &str) -> Result<Cow<'_, str>, Offence> {
    let marked = |any: bool, octet: &u8| any | matches!(octet, b'&' | b'\t' | b'\n' | b'\r');
    if !raw.as_bytes().iter().fold(false, marked) {
        return Ok(Cow::Borrowed(raw));
    }
    let spaced = raw.replace(['\t', '\n', '\r'], " ");
    unescape(&spaced).map(|value| Cow::Owned(value.into_owned())).map_err(|_| Offence::XmlEntity)
}

fn is_utf8(name: &str) -> bool {
    ["utf-8", "utf8", "us-ascii"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => return None,
    })
}

/// Prefix and local name of a qualified name that is well-formed.
fn split_name(name: &str) -> Result<(&str, &str), Offence> {
    let colon = name.bytes().position(|octet| octet == b':');
    let (prefix, local) = match colon {
        Some(colon) => (name.get(..colon).unwrap_or_default(), name.get(colon + 1..).unwrap_or_default()),
        None => ("", name),
    };
    // every character beyond ASCII will do, so octets tell
    let begins = |octet: &u8| octet.is_ascii_alphabetic() || *octet == b'_' || !octet.is_ascii();
    let goes_on = |octet: &u8| begins(octet) || octet.is_ascii_digit() || matches!(octet, b'-' | b'.');
    let fine = |part: &str| part.as_bytes().first().is_some_and(begins) && part.as_bytes().iter().all(goes_on);
    if fine(local) && (colon.is_none() || fine(prefix)) { Ok((prefix, local)) } else { Err(Offence::XmlMalformed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits { xml_nodes: 100, xml_depth: 10, ..Limits::default() }
    }

    fn trace(xml: &[u8]) -> Result<Vec<String>, Offence> {
        let mut seen = Vec::new();
        walk_octets(xml, &["OFD"], &limits(), &Cell::new(0), &mut |event| match event {
            Event::Open(path, attributes) => {
                let list: Vec<_> = attributes.iter().map(|(k, v)| format!("{k}={v}")).collect();
                seen.push(format!("<{} {} {}", path.local(), path.is_ofd(), list.join(",")));
            }
            Event::Close(path, text) => seen.push(format!(">{} {text}", path.local())),
        })?;
        Ok(seen)
    }

    const NS: &str = "xmlns:o=\"http://www.ofdspec.org/2016\"";

    #[test]
    fn a_walk() {
        let xml = format!(
            "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- c --><o:OFD {NS} A=\"1&amp;&#x32;\"> a&lt;<B/>b\
             <![CDATA[<&]]><o:C xmlns=\"http://www.ofdspec.org\"><D/></o:C></o:OFD>\n"
        );
        let expected = ["<OFD true A=1&2", "<B false ", ">B ", "<C true ", "<D true ", ">D ", ">C ", ">OFD a<b<&"]
            .map(String::from);
        assert_eq!(trace(xml.as_bytes()).as_deref(), Ok(expected.as_slice()));
    }

    #[test]
    fn refusals_have_names() {
        let cases: [(&str, Offence); 20] = [
            ("<!DOCTYPE OFD><o:OFD NS/>", Offence::XmlDoctype),
            ("<!DOCTYPE OFD [<!ENTITY x SYSTEM \"file:///x\">]><o:OFD NS>&x;</o:OFD>", Offence::XmlDoctype),
            ("<o:OFD NS>&x;</o:OFD>", Offence::XmlEntity),
            ("<o:OFD NS A='&x;'/>", Offence::XmlEntity),
            ("<o:OFD NS A='1' A='2'/>", Offence::XmlDuplicateAttribute),
            ("<?xml version='1.0' encoding='GB18030'?><o:OFD NS/>", Offence::XmlEncoding),
            ("<OFD/>", Offence::XmlRoot),
            ("<o:OFD xmlns:o='urn:x'/>", Offence::XmlRoot),
            ("<o:Document NS/>", Offence::XmlRoot),
            ("<o:OFD/>", Offence::XmlMalformed),
            ("<o:OFD NS>", Offence::XmlMalformed),
            ("<o:OFD NS></o:X>", Offence::XmlMalformed),
            ("<o:OFD NS/><o:OFD NS/>", Offence::XmlMalformed),
            ("<o:OFD NS/>x", Offence::XmlMalformed),
            ("<o:OFD NS><:e/></o:OFD>", Offence::XmlMalformed),
            ("<o:OFD NS><!-- -- --></o:OFD>", Offence::XmlMalformed),
            ("<o:OFD NS A=1/>", Offence::XmlMalformed),
            ("<o:OFD NS A='<'/>", Offence::XmlMalformed),
            ("<o:OFD NS>\u{1}</o:OFD>", Offence::XmlMalformed),
            ("", Offence::XmlMalformed),
        ];
        for (xml, offence) in cases {
            assert_eq!(trace(xml.replace("NS", NS).as_bytes()), Err(offence), "{xml}");
        }
        assert_eq!(trace(b"\xff\xfe<\0"), Err(Offence::XmlEncoding));
    }

    #[test]
    fn budgets() {
        let nested = |n: usize| format!("<o:OFD {NS}>{}{}</o:OFD>", "<o:a>".repeat(n), "</o:a>".repeat(n));
        assert!(trace(nested(9).as_bytes()).is_ok());
        assert_eq!(trace(nested(10).as_bytes()), Err(Offence::XmlTooDeep));
        let wide = format!("<o:OFD {NS}>{}</o:OFD>", "<o:a/>".repeat(100));
        assert_eq!(trace(wide.as_bytes()), Err(Offence::XmlTooManyNodes));
        let many: String = (0..300).map(|n| format!(" a{n}='1'")).collect();
        let generous = Limits { xml_nodes: 10_000, ..limits() };
        let xml = format!("<o:OFD {NS}{many}/>");
        let outcome = walk_octets(xml.as_bytes(), &["OFD"], &generous, &Cell::new(0), &mut |_| ());
        assert_eq!(outcome, Err(Offence::XmlTooManyAttributes));
    }
}
