//! Pieces of XML.

/// The declaration that opens every file.
pub(super) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// An element of the OFD namespace as the root of a file.
pub(super) fn root(name: &str, attributes: &str, content: &str) -> Vec<u8> {
    let namespace = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";
    format!("{HEAD}<ofd:{name} {namespace}{attributes}>{content}</ofd:{name}>\n").into_bytes()
}

/// An element with text or elements in it.
pub(super) fn element(name: &str, content: &str) -> String {
    format!("<ofd:{name}>{content}</ofd:{name}>")
}

/// Text as XML content or attribute value.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
