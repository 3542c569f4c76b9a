//! The ids of all checks: the contract between report, page, documentation and tests.

use serde::{Deserialize, Serialize};

macro_rules! check_ids {
    ($($(#[$doc:meta])* $name:ident = $id:literal,)*) => {
        /// One check. The text form is stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum CheckId {
            $($(#[$doc])* #[serde(rename = $id)] $name,)*
        }

        impl CheckId {
            /// Every id, in the order in which causes are looked for.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable text form.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }
        }
    };
}

check_ids! {
    /// The ZIP can be read, within the budget.
    PackageReadable = "package.readable",
    /// Directory and local headers agree; no name is doubled, climbs or hides.
    PackageEntries = "package.entries",
    /// No newer version and no second body stands before what was signed.
    PackageShadowed = "package.shadowed",
    /// The value parses as what it should be.
    SignatureFormat = "signature.format",
    /// SM3, or with a warning SHA-256.
    SignatureDigestAlgorithm = "signature.digest_algorithm",
    /// Every reference names an existing file with that digest.
    SignatureReferences = "signature.references",
    /// dataHash, or messageDigest, is that of Signature.xml.
    SignatureDataHash = "signature.data_hash",
    /// The signature value verifies with the signer's key.
    SignatureValue = "signature.value",
    /// There is a readable signing time.
    SignatureTime = "signature.time",
    /// The embedded seal parses.
    SealFormat = "seal.format",
    /// Seal.esl is the seal inside the value.
    SealFile = "seal.file",
    /// The seal's own value verifies with the maker's key.
    SealValue = "seal.value",
    /// The signer is in the seal's list.
    SealSignerListed = "seal.signer_listed",
    /// Signed within the seal's validity.
    SealPeriod = "seal.period",
    /// The maker's certificate was in its period when the seal was made.
    SealMakerPeriod = "seal.maker.period",
    /// Signed within the signer certificate's period.
    SignerPeriod = "signer.period",
    /// The signer's key may sign.
    SignerKeyUsage = "signer.key_usage",
    /// A path from the signer to a configured anchor.
    SignerPath = "signer.path",
    /// A path from the seal maker to a configured anchor.
    SealMakerPath = "seal.maker.path",
    /// The signer's certificate was not revoked.
    SignerRevocation = "signer.revocation",
    /// The maker's certificate was not revoked.
    SealMakerRevocation = "seal.maker.revocation",
    /// The seal was not suspended or cancelled.
    SealStatus = "seal.status",
    /// The time stamp is of a configured authority over this value.
    Timestamp = "timestamp",
    /// Everything the document shows is covered.
    PackageCoverage = "package.coverage",
    /// The licence metadata is complete and consistent.
    LicenceMetadata = "licence.metadata",
    /// The register knows the licence.
    LicenceRegistered = "licence.registered",
    /// The annotated copy says for what, and may still be used. Only where the document is such a copy.
    LicenceCopy = "licence.copy",
    /// The transparency log has it.
    LogInclusion = "log.inclusion",
    /// Time stamps prove when kept evidence was there. Only where kept evidence is judged later.
    EvidenceRenewal = "evidence.renewal",
    /// The disclosure can be read. Only of disclosures.
    DisclosureReadable = "disclosure.readable",
    /// Every field is among the digests. Only of disclosures.
    DisclosureFields = "disclosure.fields",
}

impl core::fmt::Display for CheckId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}
