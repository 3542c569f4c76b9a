//! Signature.xml (GB/T 33190 18.2), byte-final: what is signed are its octets.

use super::{Part, WriteFault, markup, placement, placement::Placement};
use crate::{asn1::Oid, base::Moment, sm::sm3};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// 1.2.156.10197.1.401: in every suite, the digests of the document are SM3.
const SM3: &str = "1.2.156.10197.1.401";

/// What the file says beside its references.
pub(in crate::ofd) struct SignatureXml<'a> {
    /// ProviderName: 1 to 100 characters.
    pub(in crate::ofd) provider: &'a str,
    /// The OID of the signature algorithm.
    pub(in crate::ofd) method: Oid<'a>,
    /// SignatureDateTime; milliseconds are cut.
    pub(in crate::ofd) at: Moment,
    /// Where it is shown.
    pub(in crate::ofd) placements: &'a [Placement],
    /// Number of the first place among the IDs of signatures.
    pub(in crate::ofd) first_place: u64,
    /// The entry of Seal.esl, for a stamp.
    pub(in crate::ofd) seal_file: Option<&'a str>,
    /// The entry of SignedValue.dat.
    pub(in crate::ofd) value_file: &'a str,
}

impl SignatureXml<'_> {
    /// The file, with a reference to each of these entries.
    ///
    /// # Errors
    /// [`WriteFault::Provider`], [`WriteFault::Boundary`].
    pub(in crate::ofd) fn write<'n>(
        &self,
        references: impl Iterator<Item = (&'n str, sm3::Digest)>,
    ) -> Result<Part, WriteFault> {
        let characters = self.provider.chars().count();
        if !(1..=100).contains(&characters) || self.provider.chars().any(char::is_control) {
            return Err(WriteFault::Provider);
        }
        let mut referenced = String::new();
        for (name, digest) in references {
            let (name, value) = (markup::escape(name), STANDARD.encode(digest));
            referenced +=
                &format!("<ofd:Reference FileRef=\"/{name}\"><ofd:CheckValue>{value}</ofd:CheckValue></ofd:Reference>");
        }
        let places = placement::elements(self.placements, self.first_place)?;
        let seal = self.seal_file.map_or_else(String::new, |file| {
            format!("<ofd:Seal><ofd:BaseLoc>/{}</ofd:BaseLoc></ofd:Seal>", markup::escape(file))
        });
        let info = format!(
            "<ofd:SignedInfo><ofd:Provider ProviderName=\"{}\" Version=\"{}\"/>\
             <ofd:SignatureMethod>{}</ofd:SignatureMethod>\
             <ofd:SignatureDateTime>{}</ofd:SignatureDateTime>\
             <ofd:References CheckMethod=\"{SM3}\">{referenced}</ofd:References>{places}\
             {seal}</ofd:SignedInfo>\
             <ofd:SignedValue>/{}</ofd:SignedValue>",
            markup::escape(self.provider),
            env!("CARGO_PKG_VERSION"),
            self.method,
            compact(self.at),
            markup::escape(self.value_file),
        );
        // small files: deflating them, and inflating them at every look, costs more than it saves
        Part::stored(markup::root("Signature", &info))
    }
}

/// `YYYYMMDDHHMMSSZ`.
fn compact(at: Moment) -> String {
    let digits: String = at.to_string().chars().take(19).filter(char::is_ascii_digit).collect();
    digits + "Z"
}
