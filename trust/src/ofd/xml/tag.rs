//! The short way through what nearly all of a file is made of: start tags without
//! anything unusual in them, and end tags. Nothing is refused here. A tag that these few
//! rules do not cover is left to the parser (`walker`), which accepts or names it;
//! a tag that they cover is one that the parser takes, with the same names and values.

use std::borrow::Cow;

/// Octets of a name, and those that it may begin with. Every character beyond ASCII will do.
const NAME: u8 = 1;
const BEGIN: u8 = 2;
/// Octets of the value of an attribute that mean more than themselves.
const MARKED: u8 = 4;
const SPACE: u8 = 8;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut octet = 0;
    while octet < 256 {
        let at = octet as u8;
        classes[octet] = match at {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => NAME | BEGIN,
            b'0'..=b'9' | b'-' | b'.' => NAME,
            b'&' | b'<' => MARKED,
            b'\t' | b'\n' | b'\r' => MARKED | SPACE,
            b' ' => SPACE,
            _ => 0,
        };
        octet += 1;
    }
    classes
};

#[inline]
fn is(octet: u8, class: u8) -> bool {
    CLASSES[usize::from(octet)] & class != 0
}

/// A name as it stands.
#[derive(Clone, Copy)]
pub(super) struct Name<'t> {
    pub(super) whole: &'t str,
    pub(super) prefix: &'t str,
    pub(super) local: &'t str,
}

/// A start tag, whose attributes went where they were wanted.
pub(super) struct Tag<'t> {
    pub(super) name: Name<'t>,
    pub(super) is_empty: bool,
    /// Where the text goes on.
    pub(super) end: usize,
}

/// The start tag at `at`, where `<` stands. Its attributes are added to `attributes`, at
/// most `most`; none of them declares a namespace. `None`: go the long way.
pub(super) fn start<'t>(
    text: &'t str,
    at: usize,
    most: usize,
    attributes: &mut Vec<(&'t str, Cow<'t, str>)>,
) -> Option<Tag<'t>> {
    let octets = text.as_bytes();
    let name = name(text, at + 1)?;
    let mut at = at + 1 + name.whole.len();
    loop {
        let spaces = octets.get(at..)?.iter().take_while(|octet| is(**octet, SPACE)).count();
        at += spaces;
        match octets.get(at)? {
            b'>' => return Some(Tag { name, is_empty: false, end: at + 1 }),
            b'/' if octets.get(at + 1) == Some(&b'>') => return Some(Tag { name, is_empty: true, end: at + 2 }),
            _ if spaces == 0 || attributes.len() >= most => return None,
            _ => {}
        }
        let key = self::name(text, at)?;
        if key.prefix == "xmlns" || key.whole == "xmlns" || attributes.iter().any(|(other, _)| *other == key.whole) {
            return None;
        }
        at += key.whole.len();
        let [b'=', quote @ (b'"' | b'\''), value @ ..] = octets.get(at..)? else { return None };
        let length = value.iter().position(|octet| octet == quote || is(*octet, MARKED))?;
        if value.get(length) != Some(quote) {
            return None;
        }
        let value = text.get(at + 2..at + 2 + length)?;
        attributes.push((key.whole, Cow::Borrowed(value)));
        at += 3 + length;
    }
}

/// Where the text goes on behind the end tag at `at`, where `</` stands; `None` unless it
/// is well-formed and of this name.
pub(super) fn end(text: &str, at: usize, name: &str) -> Option<usize> {
    let behind = text.as_bytes().get(at + 2..)?.strip_prefix(name.as_bytes())?;
    let spaces = behind.iter().take_while(|octet| is(**octet, SPACE)).count();
    (behind.get(spaces) == Some(&b'>')).then_some(at + 2 + name.len() + spaces + 1)
}

/// The name at `at`: one part, or two with a colon between them.
#[inline]
fn name(text: &str, at: usize) -> Option<Name<'_>> {
    let octets = text.as_bytes().get(at..)?;
    let part = |from: usize| {
        let rest = octets.get(from..)?;
        let begins = rest.first().is_some_and(|octet| is(*octet, BEGIN));
        begins.then(|| rest.iter().take_while(|octet| is(**octet, NAME)).count())
    };
    let first = part(0)?;
    if octets.get(first) != Some(&b':') {
        let whole = text.get(at..at + first)?;
        return Some(Name { whole, prefix: "", local: whole });
    }
    let end = first + 1 + part(first + 1)?;
    if octets.get(end) == Some(&b':') {
        return None;
    }
    Some(Name {
        whole: text.get(at..at + end)?,
        prefix: text.get(at..at + first)?,
        local: text.get(at + first + 1..at + end)?,
    })
}
