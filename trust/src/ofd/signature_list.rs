//! The signature list file, Signatures.xml (GB/T 33190 clause 18.1).

use super::location::{self, Location, LocationFault};
use super::xml::{self, Attributes, Event};
use super::{Package, ReadError, SignatureFault, SignatureOffence};
use std::collections::BTreeSet;

/// `Signature/@Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureKind {
    /// A stamp (电子签章), also when the attribute is absent.
    Seal,
    /// A digital signature without a seal.
    Sign,
}

/// One `Signature` element of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedSignature {
    /// `ID`; empty when missing, which is a fault of the list.
    pub id: String,
    /// `Type`, `None` for any other text, which is a fault of the list.
    pub kind: Option<SignatureKind>,
    /// Whether `Type` was there.
    pub kind_given: bool,
    /// `BaseLoc` as it stands.
    pub base_loc: String,
    /// The signature file.
    pub file: Result<Location, LocationFault>,
    /// `Relative` (GM/T 0099): the ID of the signature that this one is based on.
    pub relative: Option<String>,
}

/// The list, in document order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureList {
    /// The entry it was read from.
    pub name: String,
    /// The signatures.
    pub items: Vec<ListedSignature>,
    /// Structural offences. Several `MaxSignId` are none: genuine files have them.
    pub faults: Vec<SignatureFault>,
}

impl SignatureList {
    /// Reads the list; at most [`Limits::signatures`](crate::base::Limits::signatures) items.
    ///
    /// # Errors
    /// [`ReadError`] when the entry is missing, or is not XML with the root `Signatures`.
    pub fn read(package: &Package<'_>, name: &str) -> Result<Self, ReadError> {
        let octets = package.read(name)?;
        let mut list = Self { name: name.to_owned(), items: Vec::new(), faults: Vec::new() };
        let (mut ids, mut files) = (BTreeSet::new(), BTreeSet::new());
        let limit = package.limits().signatures;
        xml::walk(package, name, &octets, &["Signatures"], &mut |event| {
            let Event::Open(path, attributes) = event else { return };
            if !path.is(&["Signatures", "Signature"]) {
                return;
            }
            if list.items.len() >= limit {
                list.fault_once(SignatureOffence::TooManySignatures, name);
                return;
            }
            let item = list.item(package, attributes);
            if !item.id.is_empty() && !ids.insert(item.id.clone()) {
                list.faults.push(SignatureFault::new(SignatureOffence::DuplicateId, &item.id));
            }
            if let Ok(file) = &item.file
                && !files.insert(file.name.clone())
            {
                list.faults.push(SignatureFault::new(SignatureOffence::DuplicateFile, &file.name));
            }
            list.items.push(item);
        })?;
        Ok(list)
    }

    fn item(&mut self, package: &Package<'_>, attributes: &Attributes) -> ListedSignature {
        let mut fault = |offence, what: &str| self.faults.push(SignatureFault::new(offence, what));
        let id = attributes.get("ID").unwrap_or_default().trim().to_owned();
        if id.is_empty() {
            fault(SignatureOffence::MissingAttribute, "Signature/@ID");
        }
        let given = attributes.get("Type");
        let kind = match given.map_or("Seal", str::trim) {
            "Seal" => Some(SignatureKind::Seal),
            "Sign" => Some(SignatureKind::Sign),
            other => {
                fault(SignatureOffence::UnknownType, other);
                None
            }
        };
        let base_loc = attributes.get("BaseLoc").unwrap_or_default().to_owned();
        let file = location::resolve(package, location::folder(&self.name), &base_loc);
        match &file {
            Err(LocationFault::Empty) => fault(SignatureOffence::MissingAttribute, "Signature/@BaseLoc"),
            Err(LocationFault::LeavesPackage) => fault(SignatureOffence::LocationLeavesPackage, &base_loc),
            Ok(_) => {}
        }
        let relative = attributes.get("Relative").map(|r| r.trim().to_owned());
        ListedSignature { id, kind, kind_given: given.is_some(), base_loc, file, relative }
    }

    fn fault_once(&mut self, offence: SignatureOffence, what: &str) {
        if !self.faults.iter().any(|f| f.offence == offence) {
            self.faults.push(SignatureFault::new(offence, what));
        }
    }
}
