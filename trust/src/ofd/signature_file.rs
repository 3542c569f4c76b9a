//! The signature file, Signature.xml (GB/T 33190 clause 18.2). What is signed
//! are its octets as they stand, so they are kept.

use super::location::{self, Location, LocationFault};
use super::xml::{self, Attributes, Event, Path};
use super::{CheckMethod, Package, ReadError, SignatureFault, SignatureOffence};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::sync::Arc;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A signature file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureFile {
    /// The entry it was read from.
    pub name: String,
    /// Its octets: the message that is signed.
    pub raw: Arc<[u8]>,
    /// `Provider/@ProviderName`, or the child element that some files have.
    pub provider: Option<String>,
    /// `SignatureMethod`, an OID as text.
    pub signature_method: Option<String>,
    /// `SignatureDateTime`, free text.
    pub signature_date_time: Option<String>,
    /// Whether there is a `References` element.
    pub has_references: bool,
    /// `References/@CheckMethod` as it stands.
    pub check_method: Option<String>,
    /// The references, in document order.
    pub references: Vec<Reference>,
    /// Where the stamp is shown.
    pub stamps: Vec<StampAnnot>,
    /// `Seal/BaseLoc`: Seal.esl; `None` when the element is absent.
    pub seal: Option<Result<Location, LocationFault>>,
    /// `Seal/ImageLoc` (GM/T 0099).
    pub seal_image: Option<Result<Location, LocationFault>>,
    /// `SignedValue`; `None` when the element is absent, which is a fault.
    pub signed_value: Option<Result<Location, LocationFault>>,
    /// Structural offences.
    pub faults: Vec<SignatureFault>,
}

/// One `Reference`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// `FileRef` as it stands.
    pub file_ref: String,
    /// The entry that it names.
    pub file: Result<Location, LocationFault>,
    /// The octets of `CheckValue`.
    pub check_value: Result<Vec<u8>, ReferenceFault>,
}

/// What is wrong with a reference's digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceFault {
    /// No `CheckValue`.
    #[error("the reference has no digest")]
    Missing,
    /// More than one `CheckValue`.
    #[error("the reference has more than one digest")]
    Several,
    /// Not base64.
    #[error("the digest of the reference is not base64")]
    Encoding,
}

/// One place where the stamp is shown, `StampAnnot`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StampAnnot {
    /// `ID`.
    pub id: String,
    /// `PageRef`: the ID of a page, not its number.
    pub page_ref: String,
    /// `Boundary` as it stands: `x y w h` in millimetres, from the top left of the page.
    pub boundary: String,
    /// `Clip` as it stands: `x y w h` in millimetres, within the boundary.
    pub clip: Option<String>,
}

const INFO: [&str; 2] = ["Signature", "SignedInfo"];
const REFERENCE: [&str; 4] = ["Signature", "SignedInfo", "References", "Reference"];
const CHECK_VALUE: [&str; 5] = ["Signature", "SignedInfo", "References", "Reference", "CheckValue"];
/// Places of one stamp that are taken.
const STAMPS: usize = 10_000;

impl SignatureFile {
    /// Reads the file; at most [`Limits::references`](crate::base::Limits::references)
    /// references in all files of the package together.
    ///
    /// # Errors
    /// [`ReadError`] when the entry is missing, or is not XML with the root `Signature`.
    pub fn read(package: &Package<'_>, name: &str) -> Result<Self, ReadError> {
        let raw = package.read(name)?;
        let mut reader = Reader {
            package,
            folder: location::folder(name),
            file: Self::empty(name, raw.clone()),
            counts: [0; 9],
            values: 0,
            full: false,
        };
        xml::walk(package, name, &raw, &["Signature"], &mut |event| match event {
            Event::Open(path, attributes) => reader.open(path, attributes),
            Event::Close(path, text) => reader.close(path, text),
        })?;
        Ok(reader.finish())
    }

    /// [`SignatureFile::check_method`] understood.
    pub fn method(&self) -> CheckMethod {
        CheckMethod::parse(self.check_method.as_deref())
    }

    /// The files of this signature itself: Signature.xml, the value, the seal.
    pub fn own_files(&self) -> impl Iterator<Item = &str> {
        let named = [&self.signed_value, &self.seal, &self.seal_image].into_iter().flatten().flatten();
        core::iter::once(self.name.as_str()).chain(named.map(|l| l.name.as_str()))
    }

    /// The existing entries that the references name.
    pub fn referenced(&self) -> impl Iterator<Item = &str> {
        self.references.iter().filter_map(|r| r.file.as_ref().ok()).filter(|l| l.exists).map(|l| l.name.as_str())
    }

    fn empty(name: &str, raw: Arc<[u8]>) -> Self {
        Self {
            name: name.to_owned(),
            raw,
            provider: None,
            signature_method: None,
            signature_date_time: None,
            has_references: false,
            check_method: None,
            references: Vec::new(),
            stamps: Vec::new(),
            seal: None,
            seal_image: None,
            signed_value: None,
            faults: Vec::new(),
        }
    }
}

/// Elements of which there may be one, in the order of [`Reader::counts`].
const SINGLE: [&[&str]; 9] = [
    &INFO,
    &["Signature", "SignedValue"],
    &["Signature", "SignedInfo", "References"],
    &["Signature", "SignedInfo", "Provider"],
    &["Signature", "SignedInfo", "SignatureMethod"],
    &["Signature", "SignedInfo", "SignatureDateTime"],
    &["Signature", "SignedInfo", "Seal"],
    &["Signature", "SignedInfo", "Seal", "BaseLoc"],
    &["Signature", "SignedInfo", "Seal", "ImageLoc"],
];
/// How many of [`SINGLE`] must be there.
const REQUIRED: usize = 3;

struct Reader<'p, 's> {
    package: &'p Package<'s>,
    folder: &'p str,
    file: SignatureFile,
    counts: [usize; 9],
    /// `CheckValue` elements of the current reference.
    values: usize,
    /// No budget left for references.
    full: bool,
}

impl Reader<'_, '_> {
    fn fault(&mut self, offence: SignatureOffence, what: &str) {
        let fault = SignatureFault::new(offence, what);
        if self.file.faults.len() < 64 && !self.file.faults.contains(&fault) {
            self.file.faults.push(fault);
        }
    }

    fn open(&mut self, path: &Path, attributes: &Attributes) {
        if let Some(index) = SINGLE.iter().position(|names| path.is(names))
            && let Some(count) = self.counts.get_mut(index)
        {
            *count += 1;
            if *count > 1 {
                self.fault(SignatureOffence::DuplicateElement, path.local());
                return;
            }
        }
        let attribute = |name: &str| attributes.get(name).map(str::to_owned);
        if path.is(&REFERENCE) {
            self.values = 0;
            self.full = self.full || !self.package.spend_reference();
            if self.full {
                self.fault(SignatureOffence::TooManyReferences, "Reference");
                return;
            }
            let file_ref = attribute("FileRef").unwrap_or_default();
            let file = location::resolve(self.package, self.folder, &file_ref);
            match file {
                Err(LocationFault::Empty) => self.fault(SignatureOffence::MissingAttribute, "Reference/@FileRef"),
                Err(LocationFault::LeavesPackage) => self.fault(SignatureOffence::LocationLeavesPackage, &file_ref),
                Ok(_) => {}
            }
            self.file.references.push(Reference { file_ref, file, check_value: Err(ReferenceFault::Missing) });
        } else if path.is(SINGLE[2]) {
            self.file.has_references = true;
            self.file.check_method = attribute("CheckMethod");
        } else if path.is(SINGLE[3]) {
            self.file.provider = attribute("ProviderName");
        } else if path.is(&["Signature", "SignedInfo", "StampAnnot"]) {
            if self.file.stamps.len() >= STAMPS {
                self.fault(SignatureOffence::TooManyStamps, "StampAnnot");
                return;
            }
            let [id, page_ref, boundary] =
                ["ID", "PageRef", "Boundary"].map(|name| attribute(name).unwrap_or_default());
            self.file.stamps.push(StampAnnot { id, page_ref, boundary, clip: attribute("Clip") });
        }
    }

    fn close(&mut self, path: &Path, text: &str) {
        let file = &mut self.file;
        let locate = || location::resolve(self.package, self.folder, text);
        if path.is(&CHECK_VALUE) {
            self.values += 1;
            if let Some(reference) = file.references.last_mut().filter(|_| !self.full) {
                reference.check_value = if self.values > 1 { Err(ReferenceFault::Several) } else { decode(text) };
            }
        } else if path.is(&["Signature", "SignedInfo", "Provider", "ProviderName"]) {
            file.provider.get_or_insert_with(|| text.to_owned());
        } else if path.is(SINGLE[1]) {
            file.signed_value.get_or_insert_with(locate);
        } else if path.is(SINGLE[4]) {
            file.signature_method.get_or_insert_with(|| text.to_owned());
        } else if path.is(SINGLE[5]) {
            file.signature_date_time.get_or_insert_with(|| text.to_owned());
        } else if path.is(SINGLE[7]) {
            file.seal.get_or_insert_with(locate);
        } else if path.is(SINGLE[8]) {
            file.seal_image.get_or_insert_with(locate);
        }
    }

    fn finish(mut self) -> SignatureFile {
        for index in 0..REQUIRED {
            if self.counts.get(index) == Some(&0) {
                let name = SINGLE.get(index).and_then(|names| names.last()).copied().unwrap_or_default();
                self.fault(SignatureOffence::MissingElement, name);
            }
        }
        let located = [("SignedValue", &self.file.signed_value), ("Seal/BaseLoc", &self.file.seal)];
        let faults: Vec<_> = located
            .into_iter()
            .filter_map(|(what, location)| match location {
                Some(Err(LocationFault::Empty)) => Some((SignatureOffence::MissingElement, what)),
                Some(Err(LocationFault::LeavesPackage)) => Some((SignatureOffence::LocationLeavesPackage, what)),
                _ => None,
            })
            .collect();
        for (offence, what) in faults {
            self.fault(offence, what);
        }
        self.file
    }
}

/// Base64 with any white space, padded or not.
fn decode(text: &str) -> Result<Vec<u8>, ReferenceFault> {
    let plain: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    if plain.is_empty() {
        return Err(ReferenceFault::Missing);
    }
    BASE64.decode(plain).map_err(|_| ReferenceFault::Encoding)
}
