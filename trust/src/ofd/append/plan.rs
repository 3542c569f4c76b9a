//! What is new and what changes, and the package with it.

use super::{AppendFault, Foreign, foreign::sound, zip};
use crate::{
    ofd::{
        DigestAlgorithm, Document, Package, SignatureKind, location,
        write::{
            DosTime, DosTimeError, OFD_XML, Part, SignatureXml, Signatures, Stamping, WriteFault, id_of, join, markup,
        },
    },
    seal::{Seal, Stamp},
    sm::sm3,
    suite::Suite,
};
use std::collections::BTreeMap;

/// A package with a further signature that lacks its value. Made again from the same package and the same
/// [`Stamping`] it is the same, octet for octet.
#[derive(Clone, Debug)]
pub struct AppendPlan {
    /// Entries that stand in the place of those that are there.
    changed: BTreeMap<String, Part>,
    /// Entries that are new, in their order.
    added: Vec<(String, Part)>,
    id: String,
    signature_file: String,
    value_file: String,
    digest: sm3::Digest,
    seal: Part,
    time: DosTime,
}

impl AppendPlan {
    pub(super) fn stamp(foreign: &Foreign<'_>, stamping: &Stamping) -> Result<Self, AppendFault> {
        let seal = Seal::parse(stamping.seal.octets()).map_err(WriteFault::Seal)?;
        let method = Suite::of_algorithm(seal.algorithm).ok_or(WriteFault::SealSuite)?.algorithm();
        let time =
            DosTime::of(stamping.at).map_err(|error: DosTimeError| AppendFault::Unreadable(error.to_string()))?;
        let (list, package) = (&foreign.list, &foreign.package);
        let (mut changed, mut added) = (BTreeMap::new(), Vec::new());

        // link and list; only the first signature changes OFD.xml
        if !list.is_linked {
            let octets = markup::link_signatures(&package.read(OFD_XML)?, &format!("/{}", list.name))?;
            changed.insert(OFD_XML.to_owned(), Part::stored(octets)?);
        }
        let folder = free_folder(foreign)?;
        let [signature_file, value_file, seal_file] =
            ["Signature.xml", "SignedValue.dat", "Seal.esl"].map(|name| format!("{folder}/{name}"));
        let signatures: &Signatures = &list.signatures;
        let first = signatures.largest() + 1;
        let last = first + stamping.placements.len() as u64;
        let id = id_of(first);
        let listed = signatures.with(&id, SignatureKind::Seal, &signature_file, last)?;
        if package.contains(&list.name) {
            changed.insert(list.name.clone(), listed);
        } else {
            added.push((list.name.clone(), listed));
        }
        // seal, then the references over everything that is there now, but for the list
        added.push((seal_file.clone(), stamping.seal.clone()));
        let mut digests = Vec::new();
        for name in package.names().filter(|name| *name != list.name) {
            let digest = match changed.get(name) {
                Some(part) => *part.sm3(),
                None => package.digest(name, DigestAlgorithm::Sm3)?,
            };
            digests.push((name, digest));
        }
        digests.push((&seal_file, *stamping.seal.sm3()));
        let text = SignatureXml {
            provider: &stamping.provider,
            method,
            at: stamping.at,
            placements: &stamping.placements,
            first_place: first + 1,
            seal_file: Some(&seal_file),
            value_file: &value_file,
        };
        let signature = text.write(digests.into_iter())?;
        let digest = *signature.sm3();
        added.push((signature_file.clone(), signature));
        let seal = stamping.seal.clone();
        Ok(Self { changed, added, id, signature_file, value_file, digest, seal, time })
    }

    /// SM3 of Signature.xml: dataHash of the stamp.
    pub const fn digest(&self) -> &sm3::Digest {
        &self.digest
    }

    /// Absolute path of Signature.xml: propertyInfo of the stamp.
    pub fn property(&self) -> String {
        format!("/{}", self.signature_file)
    }

    /// ID of the new signature in the list.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The package with this value (SES_Signature in DER). The value is held against the plan, the signature
    /// in it is not verified, so that a rehearsal passes too. `foreign` is the package that the plan was made of.
    ///
    /// # Errors
    /// [`AppendFault`].
    pub fn embed(&self, foreign: &Foreign<'_>, value: &[u8]) -> Result<Vec<u8>, AppendFault> {
        let stamp = Stamp::parse(value).map_err(WriteFault::Stamp)?;
        if *stamp.data_hash != self.digest {
            return Err(WriteFault::OtherDigest.into());
        }
        if stamp.property_info != self.property() {
            return Err(WriteFault::OtherProperty.into());
        }
        if stamp.seal.raw != self.seal.octets() {
            return Err(WriteFault::OtherSeal.into());
        }
        let mut added = self.added.clone();
        added.push((self.value_file.clone(), Part::stored(value.to_vec())?));
        let octets = zip::write(foreign, &self.changed, &added, self.time)?;
        self.same_but_for_this(foreign, &octets, added.len())?;
        Ok(octets)
    }

    /// What was written reads back: no fault, every entry as it was but for those of the plan.
    fn same_but_for_this(&self, foreign: &Foreign<'_>, octets: &[u8], added: usize) -> Result<(), AppendFault> {
        let other = |what: &str| AppendFault::Unreadable(format!("{what} does not read back as it was written"));
        let package = Package::open(&octets, foreign.package.limits())?;
        Document::read(&package)?;
        for name in foreign.package.names() {
            let due = match self.changed.get(name) {
                Some(part) => *part.sm3(),
                None => foreign.package.digest(name, DigestAlgorithm::Sm3)?,
            };
            if package.digest(name, DigestAlgorithm::Sm3)? != due {
                return Err(other(name));
            }
        }
        sound(&package)?;
        if package.names().count() == foreign.package.names().count() + added {
            Ok(())
        } else {
            Err(other("the package"))
        }
    }
}

/// The first folder for a signature beside the list that no entry lies in, whatever the case.
fn free_folder(foreign: &Foreign<'_>) -> Result<String, AppendFault> {
    let above = location::folder(&foreign.list.name);
    let names: Vec<String> = foreign.raw.0.iter().map(|entry| entry.name.to_lowercase()).collect();
    let is_free = |folder: &String| {
        let folder = folder.to_lowercase();
        !names
            .iter()
            .any(|name| name.strip_prefix(&folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    };
    // one of so many is free: there are fewer entries
    let most = u32::try_from(names.len()).map_err(|_| AppendFault::TooLarge)?;
    (0..=most).map(|n| join(above, &format!("Sign_{n}"))).find(is_free).ok_or(AppendFault::TooLarge)
}
