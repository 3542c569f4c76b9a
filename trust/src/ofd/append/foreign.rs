//! A package of somebody else's, looked at before anything is added.

use super::{AppendFault, AppendPlan};
use crate::{
    base::{Limits, Source},
    disclosure::{DigestList, carries_digests},
    ofd::{
        DigestAlgorithm, Document, Package, location,
        package::RawEntries,
        write::{Signatures, Stamping, check_pages, join},
    },
};

/// The root file of encryption, GM/T 0099 section 7.3.
const ENCRYPTIONS: &str = "Encryptions.xml";

/// A package that takes a further signature.
pub struct Foreign<'s> {
    pub(super) source: &'s dyn Source,
    pub(super) package: Package<'s>,
    pub(super) raw: RawEntries,
    pub(super) list: List,
    root: String,
    title: Option<String>,
    doc_id: Option<String>,
}

/// The list of signatures.
pub(super) struct List {
    /// Its entry, there already or to be made.
    pub(super) name: String,
    /// Whether `OFD.xml` names it.
    pub(super) is_linked: bool,
    pub(super) signatures: Signatures,
}

impl<'s> Foreign<'s> {
    /// Reads and digests everything, so that whatever is wrong with an entry is found before anything is signed.
    ///
    /// # Errors
    /// [`AppendFault`].
    pub fn open(source: &'s dyn Source, limits: &Limits) -> Result<Self, AppendFault> {
        let package = Package::open(source, limits)?;
        sound(&package)?;
        if package.names().any(|name| name.eq_ignore_ascii_case(ENCRYPTIONS)) {
            return Err(AppendFault::Encrypted);
        }
        let raw = RawEntries::read(source, limits)?;
        if let Some(entry) = raw.0.iter().find(|entry| entry.is_ambiguous) {
            return Err(AppendFault::AmbiguousName(entry.name.clone()));
        }
        let document = Document::read(&package)?;
        sound(&package)?;
        if document.has_entries_list {
            return Err(AppendFault::Closed);
        }
        let [body] = document.bodies.as_slice() else {
            return Err(AppendFault::Bodies { count: document.bodies.len() });
        };
        if !body.versions.is_empty() {
            return Err(AppendFault::Versions);
        }
        let root = body.doc_root.as_ref().filter(|root| root.exists).ok_or(AppendFault::DocumentRoot)?;
        let (name, is_linked, signatures) = match &body.signatures {
            Some(link) if link.exists => (link.name.clone(), true, Signatures::read(&package, &link.name)?),
            // a link to a list that is still to come; one that was lost is no reason to begin anew
            Some(link) if !link.name.is_empty() => {
                no_strays(&document)?;
                (link.name.clone(), true, Signatures::none())
            }
            Some(link) => return Err(AppendFault::Unreadable(format!("OFD.xml names {:?}", link.location))),
            None => {
                no_strays(&document)?;
                (join(location::folder(&root.name), "Signs/Signatures.xml"), false, Signatures::none())
            }
        };
        package.digest_together(package.names(), &[])?;
        for name in package.names() {
            package.digest(name, DigestAlgorithm::Sm3)?;
        }
        sound(&package)?;
        // a licence has its own, and who may stamp it again is for the caller to say
        for name in package.names().filter(|_| !document.is_licence()) {
            let could_be = package.size(name).is_some_and(|size| size <= DigestList::MOST_BYTES);
            if could_be && carries_digests(&package.read(name)?) {
                return Err(AppendFault::FieldDigests(name.to_owned()));
            }
        }
        let list = List { name, is_linked, signatures };
        let (title, doc_id) = (body.title.clone(), body.doc_id.clone());
        let root = root.name.clone();
        Ok(Self { source, package, raw, list, root, title, doc_id })
    }

    /// `DocInfo/Title`, as it stands.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// `DocInfo/DocID`, as it stands.
    pub fn doc_id(&self) -> Option<&str> {
        self.doc_id.as_deref()
    }

    /// The package, for who looks for places on its pages.
    pub const fn package(&self) -> &Package<'s> {
        &self.package
    }

    /// A stamp more, up to its value.
    ///
    /// # Errors
    /// [`AppendFault`].
    pub fn stamp(&self, stamping: &Stamping) -> Result<AppendPlan, AppendFault> {
        check_pages(&self.package, &self.root, &stamping.placements)?;
        AppendPlan::stamp(self, stamping)
    }
}

/// The first fault that was found so far.
pub(super) fn sound(package: &Package<'_>) -> Result<(), AppendFault> {
    package.faults().into_iter().next().map_or(Ok(()), |fault| Err(AppendFault::Package(fault)))
}

fn no_strays(document: &Document) -> Result<(), AppendFault> {
    match document.unlinked.iter().find(|name| is_signature_name(name)) {
        Some(name) => Err(AppendFault::StraySignature(name.clone())),
        None => Ok(()),
    }
}

/// An entry that looks like a list of signatures or a signature.
fn is_signature_name(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    ["Signatures.xml", "Signature.xml"].iter().any(|known| file.eq_ignore_ascii_case(known))
}
