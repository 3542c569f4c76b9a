//! One piece of evidence: octets of a kind, and their SM3.

use super::fault::EvidenceFault;
use crate::sm::sm3;
use core::{fmt, str::FromStr};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a piece is, by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PieceKind {
    /// The rules of the verdict, limits included. Exactly one.
    Rules,
    /// The file of algorithms that count. At most one.
    Algorithms,
    /// The PEM bundle of anchors with their uses. At most one.
    Anchors,
    /// A trust list with signature and key, in the order in which they are asked.
    TrustList,
    /// That one of the trust lists counts because another of them names it.
    Membership,
    /// A revocation list in DER.
    RevocationList,
    /// What a responder answered about single certificates, in DER (RFC 6960), in the order in which they count.
    OcspResponse,
    /// What a register answered, as the check took it. At most one.
    Standing,
    /// The same as its register signed it, with signature and key. At most one.
    SignedStanding,
    /// What registers answered about the seals of the document, as the check took it. At most one.
    Seals,
}

impl PieceKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Rules,
        Self::Algorithms,
        Self::Anchors,
        Self::TrustList,
        Self::Membership,
        Self::RevocationList,
        Self::OcspResponse,
        Self::Standing,
        Self::SignedStanding,
        Self::Seals,
    ];

    /// The word in files and receipts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Algorithms => "algorithms",
            Self::Anchors => "anchors",
            Self::TrustList => "trust-list",
            Self::Membership => "membership",
            Self::RevocationList => "revocation-list",
            Self::OcspResponse => "ocsp-response",
            Self::Standing => "standing",
            Self::SignedStanding => "signed-standing",
            Self::Seals => "seals",
        }
    }

    /// In Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Rules => "核验规则",
            Self::Algorithms => "算法策略",
            Self::Anchors => "信任锚",
            Self::TrustList => "信任列表",
            Self::Membership => "信任列表的列入关系",
            Self::RevocationList => "证书吊销列表",
            Self::OcspResponse => "证书状态答复",
            Self::Standing => "登记库的答复",
            Self::SignedStanding => "登记库签过名的答复",
            Self::Seals => "印章状态的答复",
        }
    }

    /// Whether a set may have several.
    pub(super) const fn may_repeat(self) -> bool {
        matches!(self, Self::TrustList | Self::Membership | Self::RevocationList | Self::OcspResponse)
    }
}

impl fmt::Display for PieceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PieceKind {
    type Err = EvidenceFault;

    fn from_str(word: &str) -> Result<Self, EvidenceFault> {
        let unknown = || EvidenceFault::UnknownKind { word: word.chars().take(40).collect() };
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or_else(unknown)
    }
}

/// Octets of a kind. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Piece {
    kind: PieceKind,
    octets: Arc<[u8]>,
    sm3: sm3::Digest,
}

/// What names a piece: in receipts, and where pieces are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PieceReference {
    /// Which kind.
    pub kind: PieceKind,
    /// SM3 of its octets, hexadecimal.
    pub sm3: String,
}

impl Piece {
    /// These octets.
    pub fn new(kind: PieceKind, octets: Vec<u8>) -> Self {
        Self { kind, sm3: sm3::digest(&octets), octets: octets.into() }
    }

    /// Which kind.
    pub const fn kind(&self) -> PieceKind {
        self.kind
    }

    /// The octets.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// Their SM3.
    pub const fn sm3(&self) -> &sm3::Digest {
        &self.sm3
    }

    /// What names it.
    pub fn reference(&self) -> PieceReference {
        PieceReference { kind: self.kind, sm3: hex::encode(self.sm3) }
    }
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} octets, {}", self.kind, self.octets.len(), hex::encode(self.sm3))
    }
}
