//! The list of signatures: what is in it, and what the next signature is called.

use super::{Part, WriteFault, markup};
use crate::ofd::{
    ListedSignature, Package, SignatureFile, SignatureKind, SignatureList,
    xml::{self, Event},
};

/// The list as it stands before a stamp is added.
pub(super) struct Signatures {
    listed: Vec<ListedSignature>,
    /// Largest number in any ID of the list and its signature files.
    largest: u64,
}

impl Signatures {
    /// An empty list.
    pub(super) const fn none() -> Self {
        Self { listed: Vec::new(), largest: 0 }
    }

    /// Reads the list and every signature file in it.
    pub(super) fn read(package: &Package<'_>, name: &str) -> Result<Self, WriteFault> {
        let list = SignatureList::read(package, name)?;
        if let Some(fault) = list.faults.first() {
            return Err(WriteFault::SignatureList(fault.to_string()));
        }
        let mut largest = largest_declared(package, name)?;
        for item in &list.items {
            let unreadable = || WriteFault::SignatureList(format!("{}: no signature file", item.id));
            let file = item.file.as_ref().map_err(|_| unreadable())?;
            let signature = SignatureFile::read(package, &file.name)?;
            if signature.referenced().any(|referenced| referenced == name) {
                return Err(WriteFault::Locked { id: item.id.clone() });
            }
            let ids = signature.stamps.iter().map(|stamp| stamp.id.as_str()).chain([item.id.as_str()]);
            largest = ids.map(number).fold(largest, u64::max);
        }
        Ok(Self { listed: list.items, largest })
    }

    /// Largest number in use.
    pub(super) const fn largest(&self) -> u64 {
        self.largest
    }

    /// The list with one signature more, whose IDs go up to `largest`.
    pub(super) fn with(
        &self,
        id: &str,
        kind: SignatureKind,
        signature_file: &str,
        largest: u64,
    ) -> Result<Part, WriteFault> {
        let word = |kind| if kind == Some(SignatureKind::Sign) { "Sign" } else { "Seal" };
        let mut content = format!("<ofd:MaxSignId>{}</ofd:MaxSignId>", id_of(largest));
        for item in &self.listed {
            let kind = if item.kind_given { format!(" Type=\"{}\"", word(item.kind)) } else { String::new() };
            let relative = item.relative.as_deref();
            let relative = relative.map_or_else(String::new, |id| format!(" Relative=\"{}\"", markup::escape(id)));
            let (known, place) = (markup::escape(&item.id), markup::escape(&item.base_loc));
            content += &format!("<ofd:Signature ID=\"{known}\"{kind} BaseLoc=\"{place}\"{relative}/>");
        }
        let place = markup::escape(signature_file);
        let kind = word(Some(kind));
        content += &format!("<ofd:Signature ID=\"{id}\" Type=\"{kind}\" BaseLoc=\"/{place}\"/>");
        Part::stored(markup::root("Signatures", &content))
    }
}

/// The form of IDs that clause 18.1 recommends.
pub(super) fn id_of(number: u64) -> String {
    format!("s{number:03}")
}

/// The digits at the end of an ID; 0 where there are none.
fn number(id: &str) -> u64 {
    let digits = id.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    id.get(digits..).and_then(|digits| digits.parse().ok()).filter(|number| *number < 1 << 40).unwrap_or(0)
}

/// The largest `MaxSignId`; genuine files hold several.
fn largest_declared(package: &Package<'_>, name: &str) -> Result<u64, WriteFault> {
    let octets = package.read(name)?;
    let mut largest = 0;
    xml::walk(package, name, &octets, &["Signatures"], &mut |event| {
        if let Event::Close(path, text) = event
            && path.is(&["Signatures", "MaxSignId"])
        {
            largest = largest.max(number(text));
        }
    })?;
    Ok(largest)
}
