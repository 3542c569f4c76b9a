//! Pieces of XML, and the one change that stamping makes to `OFD.xml`.

use super::WriteFault;
use quick_xml::{Reader, events::Event};

/// A file whose root is an OFD element.
pub(super) fn root(name: &str, content: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ofd:{name} xmlns:ofd=\"http://www.ofdspec.org/2016\">{content}</ofd:{name}>\n"
    )
    .into_bytes()
}

/// Text as XML content or attribute value.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// `OFD.xml` with a `Signatures` element at the end of its one body, every other
/// octet as it was. The caller has read the file: it is well-formed.
pub(in crate::ofd) fn link_signatures(octets: &[u8], list: &str) -> Result<Vec<u8>, WriteFault> {
    let refused = |why: &str| WriteFault::Unreadable(format!("OFD.xml: {why}"));
    let text = core::str::from_utf8(octets).map_err(|_| refused("not UTF-8"))?;
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let mut reader = Reader::from_str(body);
    let mut depth = 0_usize;
    loop {
        let at = usize::try_from(reader.buffer_position()).map_err(|_| refused("too large"))?;
        match reader.read_event().map_err(|_| refused("not well-formed"))? {
            Event::Start(_) => depth += 1,
            Event::End(end) => {
                let name = end.name();
                let name: &str = name.as_ref();
                let (prefix, local) = name.split_once(':').map_or(("", name), |(prefix, local)| (prefix, local));
                if depth == 2 && local == "DocBody" {
                    let colon = if prefix.is_empty() { "" } else { ":" };
                    let link = format!("<{prefix}{colon}Signatures>{}</{prefix}{colon}Signatures>", escape(list));
                    let (before, after) = body.split_at_checked(at).ok_or_else(|| refused("not well-formed"))?;
                    return Ok([mark, before, &link, after].concat().into_bytes());
                }
                depth = depth.saturating_sub(1);
            }
            Event::Eof => return Err(refused("no document body")),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_goes_to_the_end_of_the_body_and_nothing_else_changes() {
        let linked = |text: &str| link_signatures(text.as_bytes(), "/S.xml").map(|o| String::from_utf8(o).unwrap());
        assert_eq!(
            linked("\u{feff}<o:OFD ><!-- </o:DocBody> --><o:DocBody><o:DocRoot/>\n</o:DocBody></o:OFD>").unwrap(),
            "\u{feff}<o:OFD ><!-- </o:DocBody> --><o:DocBody><o:DocRoot/>\n<o:Signatures>/S.xml</o:Signatures></o:DocBody></o:OFD>"
        );
        assert_eq!(
            linked("<OFD><DocBody></DocBody></OFD>").unwrap(),
            "<OFD><DocBody><Signatures>/S.xml</Signatures></DocBody></OFD>"
        );
        assert!(linked("<OFD/>").is_err());
    }
}
