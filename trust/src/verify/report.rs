//! The report: facts, one by one, and what follows from them.
//!
//! Serialises to `schemas/report.schema.json`, version [`REPORT_VERSION`].
//! A field may be added within a version; none changes its meaning.

use super::{check_id::CheckId, copy::CopyFacts};
use crate::{
    base::{Day, Moment, Sentence},
    licence::Expiry,
};
use serde::{Deserialize, Serialize};

/// The version of the report's form.
pub const REPORT_VERSION: u32 = 1;

/// Everything that was found out about one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// [`REPORT_VERSION`].
    pub version: u32,
    /// Authenticity only: whether the file is what its stamps say.
    pub verdict: Verdict,
    /// The id of the check that decided, unless the verdict is valid, intact or unsigned.
    pub reason: Option<CheckId>,
    /// ETSI EN 319 102-1 main indication.
    pub indication: Indication,
    /// ETSI EN 319 102-1 subindication, or one of our own where it has none.
    pub subindication: Option<Subindication>,
    /// Whether the licence is in force: nothing the file alone can say.
    pub standing: Standing,
    /// What was looked at.
    pub document: DocumentFacts,
    /// What the licence says of itself; `None` for other documents, and where no
    /// valid signature covers what says it.
    pub licence: Option<LicenceFacts>,
    /// The fields of a disclosure that are proven; left out for other documents, and where anything about them does
    /// not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disclosure: Option<DisclosureFacts>,
    /// The time for which the report speaks.
    pub checked_at: Moment,
    /// Where kept evidence was judged later than that: when, and what is proven; else the member is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<KeptFacts>,
    /// The anchors used.
    pub trust: TrustFacts,
    /// What the signatures protect; `None` for bare seals and values.
    pub coverage: Option<Coverage>,
    /// Checks of the document as a whole.
    pub checks: Vec<Check>,
    /// One for each signature, in the order of Signatures.xml.
    pub signatures: Vec<SignatureReport>,
    /// Everything unusual that does not decide, those of all signatures too.
    pub warnings: Vec<Warning>,
}

/// What a disclosure proves. The rest of the licence was not seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisclosureFacts {
    /// The fields that were shown, in the order of the file.
    pub fields: Vec<DisclosedField>,
    /// How many more fields the licence has.
    pub withheld: usize,
}

/// A field that is proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisclosedField {
    /// Short name of the element of GB/T 36903, else the name in the catalogue entry.
    pub name: String,
    /// 照面项名称, as its issuer calls it.
    pub title: String,
    /// The value: personal data where it is of a person.
    pub value: String,
    /// Whether stars stand for some of it.
    pub masked: bool,
}

/// How kept evidence was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFacts {
    /// The instant of the judgement: algorithms and certificates count as of then.
    pub judged_on: Moment,
    /// Not later than this document and evidence were there, by time stamps over both; left out where nothing proves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub existed_by: Option<Moment>,
}

/// Authenticity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every check that the policy needs passed, up to a configured anchor.
    Valid,
    /// As valid, but nobody asked whose signatures they are (`--trust none`).
    Intact,
    /// At least one check failed: not what its stamps say.
    Invalid,
    /// Nothing failed, but something needed could not be checked.
    Indeterminate,
    /// No signature in the sense of GB/T 33190.
    Unsigned,
}

/// ETSI EN 319 102-1 5.1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
#[expect(missing_docs, reason = "names of the standard")]
pub enum Indication {
    TotalPassed,
    TotalFailed,
    Indeterminate,
    NoSignatureFound,
}

/// ETSI EN 319 102-1 5.1.3 and, from `Seal` on, our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "names of the standard")]
pub enum Subindication {
    FormatFailure,
    HashFailure,
    SigCryptoFailure,
    SignedDataNotFound,
    CryptoConstraintsFailure,
    ChainConstraintsFailure,
    NoSigningCertificateFound,
    NoCertificateChainFound,
    NoPoe,
    RevokedNoPoe,
    TryLater,
    Revoked,
    Expired,
    NotYetValid,
    SigConstraintsFailure,
    SealSignerMismatch,
    SealOutOfPeriod,
    SealBad,
    CoverageFailure,
}

/// Whether a licence is in force, as of when, and who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The state.
    pub state: StandingState,
    /// Since which day.
    pub since: Option<Day>,
    /// The last day of validity by the register.
    pub until: Option<Expiry>,
    /// For which instant.
    pub as_of: Option<Moment>,
    /// Which register said so.
    pub source: Option<String>,
}

impl Standing {
    /// Nobody was asked, or nobody could say.
    pub const fn unknown() -> Self {
        Self { state: StandingState::Unknown, since: None, until: None, as_of: None, source: None }
    }
}

/// States of a licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "glossary of ARCHITECTURE.md")]
pub enum StandingState {
    InForce,
    NotYet,
    Expired,
    Suspended,
    Revoked,
    Withdrawn,
    Cancelled,
    Superseded,
    Transferred,
    NotRegistered,
    Unknown,
}

impl StandingState {
    /// Every state.
    pub const ALL: [Self; 11] = [
        Self::InForce,
        Self::NotYet,
        Self::Expired,
        Self::Suspended,
        Self::Revoked,
        Self::Withdrawn,
        Self::Cancelled,
        Self::Superseded,
        Self::Transferred,
        Self::NotRegistered,
        Self::Unknown,
    ];
}

/// What a licence says of itself (GB/T 36903), as far as it can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenceFacts {
    /// 证照标识, as it stands.
    pub identifier: Option<String>,
    /// 证照类型名称, or the name of the licence.
    pub type_name: Option<String>,
    /// 证照编号.
    pub number: Option<String>,
    /// 持证主体: personal data where it is a person.
    pub holder: Option<String>,
    /// 证照颁发机构.
    pub issuing_body: Option<String>,
    /// 证照颁发日期.
    pub issued_on: Option<Day>,
    /// 证照有效期起始日期.
    pub valid_from: Option<Day>,
    /// 证照有效期截止日期.
    pub valid_until: Option<Expiry>,
    /// Of an annotated copy (加注件): for what it may be used; of an original left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<CopyFacts>,
}

/// What was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentFacts {
    /// Recognised by content, never by name.
    pub kind: DocumentKind,
    /// Length in octets.
    pub bytes: u64,
    /// Whether it carries the metadata of a licence (GB/T 36903).
    pub licence: bool,
    /// DocInfo/Title of the OFD, shown only where OFD.xml is covered.
    pub title: Option<String>,
    /// Pages of the document shown.
    pub pages: Option<usize>,
}

/// Kinds of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// An OFD package (GB/T 33190).
    Ofd,
    /// A bare SESeal.
    Seal,
    /// A bare SES_Signature or GB/T 35275 signed data.
    SignatureValue,
    /// Chosen fields of a licence.
    Disclosure,
}

/// The anchors that were used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustFacts {
    /// Whether paths were asked for, and could be.
    pub mode: TrustMode,
    /// How many anchors are configured, the services of trust lists included.
    pub anchors: usize,
    /// SM3 over the anchors' certificates and the trust lists in order, hexadecimal: tells
    /// two configurations apart.
    pub digest: Option<String>,
    /// How many revocation lists were at hand.
    pub revocation_lists: usize,
    /// thisUpdate of the oldest list that was relied upon.
    pub revocation_as_of: Option<Moment>,
    /// The file of algorithms that count; the member is left out for the policy that is built in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithms: Option<AlgorithmFacts>,
    /// The trust lists that were at hand, in the order in which they are asked; the member is
    /// left out where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<ListFacts>,
}

/// A file that says which algorithms count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlgorithmFacts {
    /// When it was decided on.
    pub dated: Day,
    /// SM3 of its octets, hexadecimal.
    pub sm3: String,
}

/// A trust list that was at hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListFacts {
    /// Who keeps it.
    pub operator: String,
    /// Its number.
    pub sequence: u64,
    /// When it was made.
    pub issued: Moment,
    /// When the next one is due.
    pub next_update: Moment,
    /// Whether that was past at the time for which the report speaks.
    pub outdated: bool,
    /// SM3 of its octets, hexadecimal.
    pub sm3: String,
    /// Whose list names it, where it counts by that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_by: Option<String>,
}

/// The trust list that vouches for a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VouchedBy {
    /// Who keeps the list.
    pub operator: String,
    /// Its number.
    pub sequence: u64,
    /// The service of the list at which the path ends.
    pub service: String,
}

/// How identities were judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustMode {
    /// Against configured anchors.
    Anchors,
    /// No anchor is configured: nothing can be valid.
    NotConfigured,
    /// The caller asked not to look at identities.
    None,
}

/// What the valid signatures of a document protect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// All that the document shows, or part of it.
    pub state: CoverageState,
    /// Files the document shows that no valid signature covers, by entry name.
    pub uncovered: Vec<String>,
}

/// Whether everything shown is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum CoverageState {
    Complete,
    Partial,
}

/// One check and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which check.
    pub id: CheckId,
    /// Its answer.
    pub outcome: Outcome,
    /// What exactly was found: stable within the check.
    pub code: String,
    /// The same for people.
    #[serde(flatten)]
    pub sentence: Sentence,
}

/// The answer of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Looked at, and right.
    Passed,
    /// Looked at, and wrong.
    Failed,
    /// Could not be decided.
    Indeterminate,
    /// Not looked at: does not apply, or its source is not configured.
    Skipped,
}

/// Something unusual that does not decide by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Stable code.
    pub code: String,
    /// The same for people.
    #[serde(flatten)]
    pub sentence: Sentence,
}

/// One signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureReport {
    /// ID in Signatures.xml; empty for bare values.
    pub id: String,
    /// Seal or plain signature; a bare seal is of type `Seal` too.
    #[serde(rename = "type")]
    pub kind: SignatureKind,
    /// Generation of the seal structures; `None` for plain signatures and unreadable values.
    pub seal_version: Option<SealVersion>,
    /// Whether the value was verified, so that what it covers may be shown as said by the signer.
    pub value_verified: bool,
    /// Who signed.
    pub signer: Option<CertificateFacts>,
    /// With which seal.
    pub seal: Option<SealFacts>,
    /// When, and who says so.
    pub stamped_at: Option<StampedAt>,
    /// Its checks.
    pub checks: Vec<Check>,
}

/// `Signature/@Type` of GB/T 33190, 18.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "names of the standard")]
pub enum SignatureKind {
    Seal,
    Sign,
}

/// Generations of the seal structures (`docs/conformance.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SealVersion {
    /// GM/T 0031-2014.
    V1,
    /// GB/T 38540-2020.
    V4,
    /// GM/T 0031-2025.
    V5,
}

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateFacts {
    /// Common name, or the whole subject where it has none.
    pub name: String,
    /// Subject, `C=CN, O=…` in the order of the certificate.
    pub subject: String,
    /// Issuer in the same form.
    pub issuer: String,
    /// Serial number, hexadecimal without leading zeros.
    pub serial: String,
    /// Begin of its period.
    pub not_before: Moment,
    /// End of its period.
    pub not_after: Moment,
    /// SM3 of the certificate, hexadecimal.
    pub sm3: String,
    /// Which trust list vouches for it; left out where the bundle of anchors does, or nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vouched_by: Option<VouchedBy>,
    /// Whether it is vouched for as the certificate of a natural person; left out where it is not.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub natural_person: bool,
}

/// What a seal says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealFacts {
    /// esID.
    pub id: String,
    /// Name of the seal.
    pub name: String,
    /// Vendor id.
    pub vendor: String,
    /// Who made it.
    pub maker: Option<CertificateFacts>,
    /// createDate.
    pub created: Moment,
    /// validStart.
    pub valid_from: Moment,
    /// validEnd.
    pub valid_to: Moment,
}

/// A signing time and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StampedAt {
    /// The instant.
    pub time: Moment,
    /// What says so.
    pub source: TimeSource,
}

/// What a signing time rests on. Only a time stamp is evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeSource {
    /// A verified time stamp of a configured authority.
    TimeStamp,
    /// timeInfo of the stamp: the signer's claim.
    TimeInfo,
    /// The signingTime attribute: the signer's claim.
    SigningTime,
    /// SignatureDateTime in Signature.xml: the signer's claim.
    SignatureDateTime,
}
