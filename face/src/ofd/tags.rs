//! CustomTags: which text objects show which field (自定义标引). The standard leaves
//! the content of a tag file to its namespace; ours has one element a field, with
//! the name in the catalogue entry, the title and, where it fills one, the element
//! of the metadata.

use super::{Shown, escape, root};
use crate::{page::Source, template::Checked};
use core::fmt::Write as _;

/// Namespace of the tag file.
pub(super) const NAMESPACE: &str = "urn:yinxin:licence-fields:1";

/// CustomTags.xml.
pub(super) fn list() -> String {
    let tag =
        format!("<ofd:CustomTag NameSpace=\"{NAMESPACE}\"><ofd:FileLoc>CustomTag.xml</ofd:FileLoc></ofd:CustomTag>");
    root("CustomTags", "", &tag)
}

/// The tag file.
pub(super) fn tag(face: &Checked, shown: &Shown) -> String {
    let mut out = String::with_capacity(4096);
    let _ = write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <yx:Licence xmlns:yx=\"{NAMESPACE}\" xmlns:ofd=\"http://www.ofdspec.org/2016\">"
    );
    for (source, objects) in shown {
        let fills = match source {
            Source::Field(index) => {
                let Some(field) = face.fields.get(*index) else { continue };
                let _ = write!(out, "<yx:Field Name=\"{}\" Title=\"{}\"", escape(&field.name), escape(&field.title));
                field.fills
            }
            Source::Element(element) => {
                let _ = write!(out, "<yx:Field Title=\"{}\"", element.chinese());
                Some(*element)
            }
        };
        if let Some(element) = fills {
            let _ = write!(out, " Element=\"{}\"", element.short().unwrap_or(element.chinese()));
        }
        out.push('>');
        for (page, object) in objects {
            let _ = write!(out, "<ofd:ObjectRef PageRef=\"{page}\">{object}</ofd:ObjectRef>");
        }
        out.push_str("</yx:Field>");
    }
    out.push_str("</yx:Licence>\n");
    out
}
