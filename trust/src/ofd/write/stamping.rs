//! Stamping, in the order of operations that leaves nothing to change after the
//! digest: link and list first, then the seal, then the references, then
//! Signature.xml, byte-final; the value last.

use super::{
    PackagePlan, Part, WriteFault, markup,
    package_plan::read_back,
    signature_list::{Signatures, id_of},
};
use crate::{
    base::{Limits, Moment},
    ofd::{
        Document, Package, SignatureKind, location,
        xml::{self, Event},
    },
    seal::{Seal, Stamp},
    sm::sm3,
    suite::Suite,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::collections::BTreeSet;

/// 1.2.156.10197.1.401: in every suite, the digests of the document are SM3.
pub(super) const SM3: &str = "1.2.156.10197.1.401";
pub(super) const OFD_XML: &str = "OFD.xml";

/// What a stamp needs beside the package.
#[derive(Clone, Debug)]
pub struct Stamping {
    /// SignatureDateTime; not evidence, but what people read. Milliseconds are cut.
    pub at: Moment,
    /// ProviderName: 1 to 100 characters.
    pub provider: String,
    /// Seal.esl: SESeal in DER.
    pub seal: Part,
    /// Where the stamp is shown, at least one place.
    pub placements: Vec<Placement>,
}

/// One place where the stamp is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// ID of the page, not its number.
    pub page: String,
    /// Where on the page.
    pub boundary: Boundary,
    /// Which part of the boundary is shown; whole without it.
    pub clip: Option<Boundary>,
}

/// A rectangle, millimetres from the top left, to three decimals.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Boundary {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// A package that lacks only SignedValue.dat.
#[derive(Clone, Debug)]
pub struct StampingPlan {
    package: PackagePlan,
    signature_file: String,
    value_file: String,
    digest: sm3::Digest,
    seal: Part,
}

impl StampingPlan {
    /// The package as it stands, without the value.
    pub const fn package(&self) -> &PackagePlan {
        &self.package
    }

    pub(super) fn new(package: &PackagePlan, stamping: &Stamping) -> Result<Self, WriteFault> {
        Self::over(package.clone(), stamping, look(package, &stamping.placements)?)
    }

    pub(super) fn first(package: &PackagePlan, stamping: &Stamping, list: &str) -> Result<Self, WriteFault> {
        check_count(&stamping.placements)?;
        let found = Found { list: list.to_owned(), linked: false, signatures: Signatures::none() };
        Self::over(package.clone(), stamping, found)
    }

    fn over(mut package: PackagePlan, stamping: &Stamping, found: Found) -> Result<Self, WriteFault> {
        let seal = Seal::parse(stamping.seal.octets()).map_err(WriteFault::Seal)?;
        let method = Suite::of_algorithm(seal.algorithm).ok_or(WriteFault::SealSuite)?.algorithm();
        let characters = stamping.provider.chars().count();
        if !(1..=100).contains(&characters) || stamping.provider.chars().any(char::is_control) {
            return Err(WriteFault::Provider);
        }
        let Found { list, linked, signatures } = found;

        // link and list; only the first stamp changes OFD.xml
        if !linked {
            let part = package.get(OFD_XML).ok_or(WriteFault::DocumentRoot)?;
            let octets = markup::link_signatures(part.octets(), &format!("/{list}"))?;
            package.set(OFD_XML, Part::stored(octets)?);
        }
        let above = location::folder(&list);
        let folder = (0_u32..).map(|n| join(above, &format!("Sign_{n}"))).find(|folder| !package.has_folder(folder));
        let folder = folder.ok_or(WriteFault::PackageTooLarge)?;
        let [signature_file, value_file, seal_file] =
            ["Signature.xml", "SignedValue.dat", "Seal.esl"].map(|name| format!("{folder}/{name}"));
        let first = signatures.largest() + 1;
        let last = first + stamping.placements.len() as u64;
        package.set(&list, signatures.with(&id_of(first), SignatureKind::Seal, &signature_file, last)?);
        // seal, then the references over everything that is there now
        package.set(&seal_file, stamping.seal.clone());
        let references = references(&package, &list);
        let places = placements(&stamping.placements, first + 1)?;
        let info = format!(
            "<ofd:SignedInfo><ofd:Provider ProviderName=\"{}\" Version=\"{}\"/>\
             <ofd:SignatureMethod>{method}</ofd:SignatureMethod>\
             <ofd:SignatureDateTime>{}</ofd:SignatureDateTime>\
             <ofd:References CheckMethod=\"{SM3}\">{references}</ofd:References>{places}\
             <ofd:Seal><ofd:BaseLoc>/{}</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>\
             <ofd:SignedValue>/{}</ofd:SignedValue>",
            markup::escape(&stamping.provider),
            env!("CARGO_PKG_VERSION"),
            compact(stamping.at),
            markup::escape(&seal_file),
            markup::escape(&value_file),
        );
        // small files: deflating them, and inflating them at every look, costs more than it saves
        let signature = Part::stored(markup::root("Signature", &info))?;
        let digest = *signature.sm3();
        package.set(&signature_file, signature);
        Ok(Self { package, signature_file, value_file, digest, seal: stamping.seal.clone() })
    }

    /// SM3 of Signature.xml: dataHash of the stamp.
    pub const fn digest(&self) -> &sm3::Digest {
        &self.digest
    }

    /// Absolute path of Signature.xml: propertyInfo of the stamp.
    pub fn property(&self) -> String {
        format!("/{}", self.signature_file)
    }

    /// The stamped package with this value (SES_Signature in DER), to be written
    /// or stamped again. The signature value itself is not verified here, so that
    /// a rehearsal passes too.
    ///
    /// # Errors
    /// [`WriteFault`] when the value is not a stamp over this plan.
    pub fn stamped(&self, value: &[u8]) -> Result<PackagePlan, WriteFault> {
        let stamp = Stamp::parse(value).map_err(WriteFault::Stamp)?;
        if *stamp.data_hash != self.digest {
            return Err(WriteFault::OtherDigest);
        }
        if stamp.property_info != self.property() {
            return Err(WriteFault::OtherProperty);
        }
        if stamp.seal.raw != self.seal.octets() {
            return Err(WriteFault::OtherSeal);
        }
        let mut package = self.package.clone();
        package.set(&self.value_file, Part::stored(value.to_vec())?);
        Ok(package)
    }

    /// The finished file: [`StampingPlan::stamped`], written and read back.
    ///
    /// # Errors
    /// [`WriteFault`].
    pub fn embed(&self, value: &[u8]) -> Result<Vec<u8>, WriteFault> {
        let octets = self.stamped(value)?.to_bytes()?;
        read_back(&octets)?;
        Ok(octets)
    }
}

/// What stamping must know of the package.
struct Found {
    list: String,
    linked: bool,
    signatures: Signatures,
}

fn look(plan: &PackagePlan, placements: &[Placement]) -> Result<Found, WriteFault> {
    let octets = plan.to_bytes()?;
    let package = Package::open(&octets, &Limits::default())?;
    let document = Document::read(&package)?;
    if let Some(fault) = package.faults().first() {
        return Err(WriteFault::Package(fault.clone()));
    }
    if document.has_entries_list {
        return Err(WriteFault::Closed);
    }
    let [body] = document.bodies.as_slice() else { return Err(WriteFault::Bodies { count: document.bodies.len() }) };
    let root = body.doc_root.as_ref().filter(|root| root.exists).ok_or(WriteFault::DocumentRoot)?;
    let (list, linked, signatures) = match &body.signatures {
        Some(link) if link.exists => (link.name.clone(), true, Signatures::read(&package, &link.name)?),
        // the link may stand in the face already, before there is a list
        Some(link) if !link.name.is_empty() => (link.name.clone(), true, Signatures::none()),
        Some(link) => return Err(WriteFault::Unreadable(link.location.clone())),
        None => (join(location::folder(&root.name), "Signs/Signatures.xml"), false, Signatures::none()),
    };
    // its own list aside, every link leads somewhere
    if let Some(missing) = document.missing.iter().find(|missing| missing.name != list) {
        return Err(WriteFault::MissingLink { file: missing.from.clone(), location: missing.location.clone() });
    }
    check_pages(&package, &root.name, placements)?;
    Ok(Found { list, linked, signatures })
}

fn check_count(placements: &[Placement]) -> Result<(), WriteFault> {
    match placements.len() {
        0 => Err(WriteFault::NoPlacement),
        1..=1000 => Ok(()),
        _ => Err(WriteFault::TooManyPlacements),
    }
}

fn check_pages(package: &Package<'_>, root: &str, placements: &[Placement]) -> Result<(), WriteFault> {
    check_count(placements)?;
    let mut pages = BTreeSet::new();
    let octets = package.read(root)?;
    xml::walk(package, root, &octets, &["Document"], &mut |event| {
        if let Event::Open(path, attributes) = event
            && path.is(&["Document", "Pages", "Page"])
        {
            pages.extend(attributes.get("ID").map(|id| id.trim().to_owned()));
        }
    })?;
    match placements.iter().find(|place| !pages.contains(&place.page)) {
        Some(place) => Err(WriteFault::Page(place.page.clone())),
        None => Ok(()),
    }
}

/// Every entry but the list, which later signatures will change.
pub(super) fn references(package: &PackagePlan, list: &str) -> String {
    let mut out = String::new();
    for (name, part) in package.entries().filter(|(name, _)| *name != list) {
        let value = STANDARD.encode(part.sm3());
        let name = markup::escape(name);
        out += &format!("<ofd:Reference FileRef=\"/{name}\"><ofd:CheckValue>{value}</ofd:CheckValue></ofd:Reference>");
    }
    out
}

fn placements(places: &[Placement], first_id: u64) -> Result<String, WriteFault> {
    let mut out = String::new();
    for (place, id) in places.iter().zip(first_id..) {
        let clip = match &place.clip {
            Some(clip) => format!(" Clip=\"{}\"", clip.text()?),
            None => String::new(),
        };
        let (id, page, boundary) = (id_of(id), markup::escape(&place.page), place.boundary.text()?);
        out += &format!("<ofd:StampAnnot ID=\"{id}\" PageRef=\"{page}\" Boundary=\"{boundary}\"{clip}/>");
    }
    Ok(out)
}

impl Boundary {
    /// `x y w h`. The rectangle may begin outside the page (骑缝章).
    fn text(&self) -> Result<String, WriteFault> {
        let place = |value: f64| value.is_finite() && value.abs() <= 2000.0;
        let side = |value: f64| (1.0..=2000.0).contains(&value);
        if !(place(self.x) && place(self.y) && side(self.width) && side(self.height)) {
            return Err(WriteFault::Boundary);
        }
        let numbers = [self.x, self.y, self.width, self.height].map(|value| {
            let text = format!("{value:.3}");
            let short = text.trim_end_matches('0').trim_end_matches('.');
            if short == "-0" { "0".to_owned() } else { short.to_owned() }
        });
        Ok(numbers.join(" "))
    }
}

pub(super) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// `YYYYMMDDHHMMSSZ`.
pub(super) fn compact(at: Moment) -> String {
    let digits: String = at.to_string().chars().take(19).filter(char::is_ascii_digit).collect();
    digits + "Z"
}
