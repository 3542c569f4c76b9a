//! One walk: elements, namespaces and budgets. Tags mostly go the short way (`tag`);
//! everything else, and every tag that is refused, is an event of the parser.

use super::tag::{self, Tag};
use super::{Attributes, Event, Path};
use crate::base::Limits;
use crate::ofd::Offence;
use quick_xml::Reader;
use quick_xml::errors::Error as ParseError;
use quick_xml::escape::unescape;
use quick_xml::events::{Event as Raw, attributes};
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;

/// Namespaces of OFD: the standard's, and the one without a year of vendor files.
const NAMESPACES: [&str; 2] = ["http://www.ofdspec.org/2016", "http://www.ofdspec.org"];
/// Attributes that one element may have.
const ATTRIBUTES: usize = 256;

/// How a start tag is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// By `tag` where that will do.
    Short,
    /// By the parser alone: what the short way is compared with.
    #[cfg(test)]
    Long,
}

pub(super) struct Walker<'t, 'w> {
    text: &'t str,
    path: Path<'t>,
    /// Of the element that begins.
    attributes: Attributes<'t>,
    roots: &'w [&'w str],
    limits: &'w Limits,
    nodes: &'w Cell<usize>,
    /// For each prefix the namespaces declared for it, innermost last; whether each is OFD.
    prefixes: BTreeMap<&'t str, Vec<bool>>,
    /// What was found there last, as long as no declaration came or went.
    last_found: Option<(&'t str, Option<bool>)>,
    rooted: bool,
    begun: bool,
}

impl<'t, 'w> Walker<'t, 'w> {
    pub(super) fn new(text: &'t str, roots: &'w [&'w str], limits: &'w Limits, nodes: &'w Cell<usize>) -> Self {
        Self {
            text,
            path: Path::default(),
            attributes: Attributes::default(),
            roots,
            limits,
            nodes,
            prefixes: BTreeMap::new(),
            last_found: None,
            rooted: false,
            begun: false,
        }
    }

    pub(super) fn run(mut self, way: Way, visit: &mut dyn FnMut(Event<'_>)) -> Result<(), Offence> {
        let (text, octets) = (self.text, self.text.as_bytes());
        let mut at = 0;
        loop {
            let next = octets.get(at + 1);
            at = match octets.get(at) {
                None => break,
                Some(b'<') if next == Some(&b'/') => {
                    let open = self.path.open().last().ok_or(Offence::XmlMalformed)?;
                    let end = tag::end(text, at, open.name).ok_or(Offence::XmlMalformed)?;
                    self.close(visit);
                    end
                }
                Some(b'<') if !matches!(next, Some(b'!' | b'?') | None) => match self.short_open(at, way) {
                    Some(tag) => {
                        visit(Event::Open(&self.path, &self.attributes));
                        if tag.is_empty {
                            self.close(visit);
                        }
                        tag.end
                    }
                    None => self.event(at, visit)?,
                },
                Some(b'<' | b'&') => self.event(at, visit)?,
                Some(_) => {
                    let rest = octets.get(at..).unwrap_or_default();
                    // most are short: looked at octet by octet
                    let spaces = rest.iter().take_while(|octet| octet.is_ascii_whitespace()).count();
                    let ends = |octet: &u8| matches!(octet, b'<' | b'&');
                    let length = rest.iter().skip(spaces).position(ends).map_or(rest.len(), |more| spaces + more);
                    let end = at + length;
                    let piece = text.get(at..end).unwrap_or_default();
                    let is_blank = spaces == length;
                    // white space before the declaration does no harm
                    self.begun |= !is_blank;
                    self.text(line_ends(piece), is_blank)?;
                    end
                }
            };
        }
        if self.rooted && self.path.depth == 0 { Ok(()) } else { Err(Offence::XmlMalformed) }
    }

    /// One event of the parser; where the text goes on.
    fn event(&mut self, at: usize, visit: &mut dyn FnMut(Event<'_>)) -> Result<usize, Offence> {
        let rest = self.text.get(at..).unwrap_or_default();
        let mut reader = Reader::from_str(rest);
        reader.config_mut().check_comments = true;
        let event = reader.read_event().map_err(|error| parse_offence(&error))?;
        let length = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let first = !core::mem::replace(&mut self.begun, true);
        match event {
            Raw::Start(start) => self.open(rest.get(1..=start.len()).unwrap_or_default(), visit)?,
            Raw::Empty(start) => {
                self.open(rest.get(1..=start.len()).unwrap_or_default(), visit)?;
                self.close(visit);
            }
            Raw::CData(text) => self.text(text.xml10_content(), false)?,
            Raw::GeneralRef(reference) => {
                let character = match reference.resolve_char_ref().map_err(|_| Offence::XmlEntity)? {
                    Some(character) => character,
                    None => predefined(&reference).ok_or(Offence::XmlEntity)?,
                };
                self.text(Cow::Owned(character.to_string()), false)?;
            }
            Raw::Decl(declaration) if first => match declaration.encoding() {
                None => {}
                Some(Ok(name)) if is_utf8(&name) => {}
                Some(_) => return Err(Offence::XmlEncoding),
            },
            Raw::DocType(_) => return Err(Offence::XmlDoctype),
            Raw::Comment(_) | Raw::PI(_) => {}
            Raw::Decl(_) | Raw::End(_) | Raw::Text(_) | Raw::Eof => return Err(Offence::XmlMalformed),
        }
        Ok(at + length)
    }

    fn spend(&self) -> Result<(), Offence> {
        let spent = self.nodes.get() + 1;
        self.nodes.set(spent);
        if spent > self.limits.xml_nodes { Err(Offence::XmlTooManyNodes) } else { Ok(()) }
    }

    fn text(&mut self, text: Cow<'t, str>, is_blank: bool) -> Result<(), Offence> {
        match self.path.current() {
            Some(element) => element.add(text),
            None if is_blank => return Ok(()),
            None => return Err(Offence::XmlMalformed),
        }
        if is_blank { Ok(()) } else { self.spend() }
    }

    /// Takes an element whose tag is plain and which nothing speaks against; else leaves
    /// all as it was.
    fn short_open(&mut self, at: usize, way: Way) -> Option<Tag<'t>> {
        if way != Way::Short || self.path.depth == 0 || self.path.depth >= self.limits.xml_depth {
            return None;
        }
        self.attributes.all.clear();
        let tag = tag::start(self.text, at, ATTRIBUTES, &mut self.attributes.all)?;
        let spent = self.nodes.get() + 1 + self.attributes.all.len();
        if spent > self.limits.xml_nodes {
            return None;
        }
        let ofd = self.namespace(tag.name.prefix).ok()?;
        self.nodes.set(spent);
        self.begun = true;
        self.path.push(tag.name.whole, tag.name.local, ofd)?;
        Some(tag)
    }

    /// The same by the parser, of what stands between `<` and `>` or `/>`.
    fn open(&mut self, tag: &'t str, visit: &mut dyn FnMut(Event<'_>)) -> Result<(), Offence> {
        self.spend()?;
        if self.path.depth >= self.limits.xml_depth {
            return Err(Offence::XmlTooDeep);
        }
        if self.path.depth == 0 && core::mem::replace(&mut self.rooted, true) {
            return Err(Offence::XmlMalformed);
        }
        let end = tag.find([' ', '\t', '\n', '\r']).unwrap_or(tag.len());
        let declared = self.attributes(tag, end)?;
        let name = tag.get(..end).unwrap_or_default();
        let (prefix, local) = split_name(name)?;
        let ofd = self.namespace(prefix)?;
        if self.path.depth == 0 && !(ofd && self.roots.contains(&local)) {
            return Err(Offence::XmlRoot);
        }
        if let Some(element) = self.path.push(name, local, ofd) {
            element.prefixes = declared;
        }
        visit(Event::Open(&self.path, &self.attributes));
        Ok(())
    }

    /// Whether the namespace of a prefix is one of OFD.
    fn namespace(&mut self, prefix: &'t str) -> Result<bool, Offence> {
        let declared = match self.last_found {
            Some((last, declared)) if last == prefix => declared,
            _ => {
                let declared = self.prefixes.get(prefix).and_then(|stack| stack.last().copied());
                self.last_found = Some((prefix, declared));
                declared
            }
        };
        if declared.is_none() && !matches!(prefix, "" | "xml") {
            return Err(Offence::XmlMalformed);
        }
        Ok(declared.unwrap_or(false))
    }

    fn close(&mut self, visit: &mut dyn FnMut(Event<'_>)) {
        let text = self.path.open().last().map_or("", |e| e.text().trim());
        visit(Event::Close(&self.path, text));
        let Some(element) = self.path.current() else { return };
        for prefix in element.prefixes.drain(..) {
            if let Some(stack) = self.prefixes.get_mut(prefix) {
                stack.pop();
            }
            self.last_found = None;
        }
        self.path.depth -= 1;
    }

    /// Takes the attributes behind the name that ends at `end`; the prefixes declared among
    /// them (now in force).
    fn attributes(&mut self, tag: &'t str, end: usize) -> Result<Vec<&'t str>, Offence> {
        let all = &mut self.attributes.all;
        all.clear();
        // checked here: the library compares all pairs, however many there are
        for attribute in attributes::Attributes::new(tag, end).with_checks(false) {
            let attribute = attribute.map_err(|_| Offence::XmlMalformed)?;
            let spent = self.nodes.get() + 1;
            self.nodes.set(spent);
            if spent > self.limits.xml_nodes {
                return Err(Offence::XmlTooManyNodes);
            }
            if all.len() >= ATTRIBUTES {
                return Err(Offence::XmlTooManyAttributes);
            }
            let key: &'t str = attribute.key.0;
            split_name(key)?;
            if attribute.value.contains('<') {
                return Err(Offence::XmlMalformed);
            }
            if all.iter().any(|(other, _)| *other == key) {
                return Err(Offence::XmlDuplicateAttribute);
            }
            all.push((key, plain(attribute.value)?));
        }
        let mut declared = Vec::new();
        all.retain(|(key, value)| {
            let prefix = if *key == "xmlns" { Some("") } else { key.strip_prefix("xmlns:") };
            let Some(prefix) = prefix else { return true };
            self.prefixes.entry(prefix).or_default().push(NAMESPACES.contains(&&**value));
            self.last_found = None;
            declared.push(prefix);
            false
        });
        Ok(declared)
    }
}

fn parse_offence(error: &ParseError) -> Offence {
    match error {
        ParseError::Encoding(_) => Offence::XmlEncoding,
        ParseError::Escape(_) => Offence::XmlEntity,
        _ => Offence::XmlMalformed,
    }
}

/// Text with one line feed at the end of each line (XML 1.0, 2.11).
fn line_ends(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// The value of an attribute: white space as spaces, references resolved.
fn plain(raw: Cow<'_, str>) -> Result<Cow<'_, str>, Offence> {
    let marked = |any: bool, octet: &u8| any | matches!(octet, b'&' | b'\t' | b'\n' | b'\r');
    if !raw.as_bytes().iter().fold(false, marked) {
        return Ok(raw);
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
