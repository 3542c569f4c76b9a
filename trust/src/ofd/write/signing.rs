//! Signing without a seal (`Type="Sign"`): link and list first, then the references, then Signature.xml,
//! byte-final; the value last.

use super::{
    PackagePlan, Part, WriteFault, markup,
    package_plan::read_back,
    signature_list::{Signatures, id_of},
    stamping::{compact, references},
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
        let characters = signing.provider.chars().count();
        if !(1..=100).contains(&characters) || signing.provider.chars().any(char::is_control) {
            return Err(WriteFault::Provider);
        }
        let mut package = package.clone();
        let part = package.get(super::stamping::OFD_XML).ok_or(WriteFault::DocumentRoot)?;
        let linked = markup::link_signatures(part.octets(), &format!("/{list}"))?;
        package.set(super::stamping::OFD_XML, Part::stored(linked)?);
        let folder = super::stamping::join(location::folder(list), "Sign_0");
        let [signature_file, value_file] = ["Signature.xml", "SignedValue.dat"].map(|name| format!("{folder}/{name}"));
        package.set(list, Signatures::none().with(&id_of(1), SignatureKind::Sign, &signature_file, 1)?);
        let info = format!(
            "<ofd:SignedInfo><ofd:Provider ProviderName=\"{}\" Version=\"{}\"/>\
             <ofd:SignatureMethod>{}</ofd:SignatureMethod>\
             <ofd:SignatureDateTime>{}</ofd:SignatureDateTime>\
             <ofd:References CheckMethod=\"{}\">{}</ofd:References></ofd:SignedInfo>\
             <ofd:SignedValue>/{}</ofd:SignedValue>",
            markup::escape(&signing.provider),
            env!("CARGO_PKG_VERSION"),
            oids::SM2_SM3,
            compact(signing.at),
            super::stamping::SM3,
            references(&package, list),
            markup::escape(&value_file),
        );
        let signature = Part::stored(markup::root("Signature", &info))?;
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
