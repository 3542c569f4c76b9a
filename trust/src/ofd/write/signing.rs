//! Signing without a seal (`Type="Sign"`): link and list first, then the references, then Signature.xml,
//! byte-final; the value last.

use super::{
    PackagePlan, Part, WriteFault, markup,
    package_plan::read_back,
    signature_list::{Signatures, id_of},
    signature_xml::SignatureXml,
    stamping::{OFD_XML, join},
};
use crate::{
    asn1::oids,
    base::Moment,
    cms::SignedData,
    ofd::{SignatureKind, location},
    sm::sm3,
};

/// What a signature needs beside the package.
#[derive(Clone, Debug)]
pub struct Signing {
    /// SignatureDateTime; not evidence, but what people read. Milliseconds are cut.
    pub at: Moment,
    /// ProviderName: 1 to 100 characters.
    pub provider: String,
}

/// A package that lacks only SignedValue.dat.
#[derive(Clone, Debug)]
pub struct SigningPlan {
    package: PackagePlan,
    value_file: String,
    digest: sm3::Digest,
}

impl SigningPlan {
    /// The first signature of a package of our own: one body, and no list yet at the place of `list`.
    pub(super) fn first(package: &PackagePlan, signing: &Signing, list: &str) -> Result<Self, WriteFault> {
        let mut package = package.clone();
        let part = package.get(OFD_XML).ok_or(WriteFault::DocumentRoot)?;
        let linked = markup::link_signatures(part.octets(), &format!("/{list}"))?;
        package.set(OFD_XML, Part::stored(linked)?);
        let folder = join(location::folder(list), "Sign_0");
        let [signature_file, value_file] = ["Signature.xml", "SignedValue.dat"].map(|name| format!("{folder}/{name}"));
        package.set(list, Signatures::none().with(&id_of(1), SignatureKind::Sign, &signature_file, 1)?);
        let text = SignatureXml {
            provider: &signing.provider,
            method: oids::SM2_SM3,
            at: signing.at,
            placements: &[],
            first_place: 1,
            seal_file: None,
            value_file: &value_file,
        };
        let covered = package.entries().filter(|(name, _)| *name != list);
        let signature = text.write(covered.map(|(name, part)| (name, *part.sm3())))?;
        let digest = *signature.sm3();
        package.set(&signature_file, signature);
        Ok(Self { package, value_file, digest })
    }

    /// SM3 of Signature.xml: what is signed.
    pub const fn digest(&self) -> &sm3::Digest {
        &self.digest
    }

    /// The finished file with this value (GB/T 35275 signed data over the digest), written and read back. The
    /// signature value itself is not verified here, so that a rehearsal passes too.
    ///
    /// # Errors
    /// [`WriteFault`] when the value is no signed data over this plan.
    pub fn embed(&self, value: &[u8]) -> Result<Vec<u8>, WriteFault> {
        let data = SignedData::parse(value).map_err(|fault| WriteFault::SignedData(fault.to_string()))?;
        if data.content != Some(&self.digest[..]) {
            return Err(WriteFault::OtherDigest);
        }
        let mut package = self.package.clone();
        package.set(&self.value_file, Part::stored(value.to_vec())?);
        let octets = package.to_bytes()?;
        read_back(&octets)?;
        Ok(octets)
    }
}
