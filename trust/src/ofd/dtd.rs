//! Files that are shown or handed on but not parsed here (tag files,
//! attachments): whether one begins as XML with a DOCTYPE. They need not be
//! well-formed, so this looks at the prolog alone, lexically.

use super::{Offence, Package, PackageFault, ReadError};

/// Looks through one entry and records a DOCTYPE as a fault of the package.
///
/// # Errors
/// [`ReadError`] when the entry cannot be read or has one.
pub(super) fn refuse(package: &Package<'_>, name: &str) -> Result<(), ReadError> {
    let mut prolog = Prolog::default();
    package.scan(name, &mut |piece| prolog.take(piece))?;
    if prolog.state == State::Doctype {
        return Err(package.fault(PackageFault::new(Offence::XmlDoctype, [name])));
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Between,
    /// After `<`, collecting up to `!--`, `!DOCTYPE` or `?`.
    Markup,
    Comment,
    Instruction,
    Doctype,
    /// An element or text: no DOCTYPE can follow.
    Past,
}

/// What stands before the first element.
#[derive(Default)]
struct Prolog {
    state: State,
    /// The last octets, as far as they matter.
    recent: Vec<u8>,
}

impl Prolog {
    fn take(&mut self, piece: &[u8]) {
        for &octet in piece {
            if matches!(self.state, State::Doctype | State::Past) {
                return;
            }
            if octet != 0 {
                self.step(octet); // zeros dropped: UTF-16 reads like ASCII
            }
        }
    }

    fn step(&mut self, octet: u8) {
        match self.state {
            State::Between => match octet {
                b'<' => self.enter(State::Markup),
                0xef | 0xbb | 0xbf | 0xfe | 0xff => {} // byte order marks
                _ if octet.is_ascii_whitespace() => {}
                _ => self.enter(State::Past),
            },
            State::Markup => {
                self.recent.push(octet.to_ascii_uppercase());
                match self.recent.as_slice() {
                    b"?" => self.enter(State::Instruction),
                    b"!--" => self.enter(State::Comment),
                    b"!DOCTYPE" => self.enter(State::Doctype),
                    start if b"!DOCTYPE".starts_with(start) || b"!--".starts_with(start) => {}
                    _ => self.enter(State::Past),
                }
            }
            State::Instruction => self.until(octet, b"?>"),
            State::Comment => self.until(octet, b"-->"),
            State::Doctype | State::Past => {}
        }
    }

    fn until(&mut self, octet: u8, end: &[u8]) {
        self.recent.push(octet);
        if self.recent.ends_with(end) {
            self.enter(State::Between);
        } else if self.recent.len() >= 3 {
            self.recent.remove(0);
        }
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.recent.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(octets: &[u8]) -> State {
        let mut prolog = Prolog::default();
        octets.iter().for_each(|octet| prolog.take(&[*octet]));
        prolog.state
    }

    #[test]
    fn a_doctype_is_found_where_it_counts() {
        for xml in [
            &b"<!DOCTYPE a>"[..],
            b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <a> -- >--><!DOCTYPE a [",
            b"\xff\xfe<\0!\0d\0o\0c\0t\0y\0p\0e\0",
            b"<!--<a/>--><?pi <a/> ?> <!DOCTYPE",
        ] {
            assert_eq!(ends(xml), State::Doctype, "{}", String::from_utf8_lossy(xml));
        }
        for xml in [
            &b"<:eInvoice><![CDATA[<!DOCTYPE html>]]>"[..],
            b"text <!DOCTYPE",
            b"<a><!DOCTYPE",
            b"<!ELEMENT a><!DOCTYPE",
            b"%PDF-1.4",
        ] {
            assert_eq!(ends(xml), State::Past, "{}", String::from_utf8_lossy(xml));
        }
        assert_eq!(ends(b"<!-- <!DOCTYPE -->"), State::Between);
    }
}
