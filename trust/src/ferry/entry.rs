//! What a file holds.

use crate::{
    base::{Day, Moment},
    licence::identifier::LicenceIdentifier,
    sm::sm3,
    trust_list::Operator,
    verify::SealName,
};

/// Who made a file, and its place among others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// As the operator's trust list says it.
    pub operator: Operator,
    /// SM3 of the key that signs, SubjectPublicKeyInfo.
    pub key_sm3: sm3::Digest,
    /// From 1, growing by one.
    pub sequence: u64,
    /// SM3 of the file before; [`super::NONE_BEFORE`] in the first.
    pub previous: sm3::Digest,
    /// When it was made; whole seconds.
    pub made: Moment,
}

/// What an entry is; entries stand in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The operator's trust list. At most one.
    TrustList,
    /// A revocation list of one of its authorities.
    RevocationList,
    /// How a licence stands, as its register signs it.
    Standing,
    /// How a seal stands, as its register signs it.
    Seal,
    /// A version of a licence that was issued.
    Registration,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The operator's trust list.
    TrustList {
        /// The canonical octets.
        octets: Vec<u8>,
        /// The operator's signature over them, DER.
        signature: Vec<u8>,
    },
    /// A revocation list, DER.
    RevocationList(Vec<u8>),
    /// How a licence stands.
    Standing {
        /// The identifier that was asked with.
        licence: LicenceIdentifier,
        /// The answer.
        octets: Vec<u8>,
        /// The register's signature over it, DER.
        signature: Vec<u8>,
    },
    /// How a seal stands.
    Seal {
        /// Which.
        seal: SealName,
        /// The answer.
        octets: Vec<u8>,
        /// The register's signature over it, DER.
        signature: Vec<u8>,
    },
    /// A version of a licence that was issued.
    Registration(Registration),
}

/// What another register needs to know of a version of a licence that was issued: no holder is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// 电子证照标识, which tells issuing body, type and version.
    pub licence: LicenceIdentifier,
    /// 证照编号.
    pub number: String,
    /// SM3 of the document.
    pub document_sm3: sm3::Digest,
    /// When it was stamped; whole seconds.
    pub stamped: Moment,
    /// First day.
    pub valid_from: Day,
    /// Last day; none is long term.
    pub valid_until: Option<Day>,
}

/// How many entries of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([u64; 5]);

impl Kind {
    /// Every kind, in the order of entries.
    pub const ALL: [Self; 5] = [Self::TrustList, Self::RevocationList, Self::Standing, Self::Seal, Self::Registration];

    /// The word in a line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TrustList => "trust-list",
            Self::RevocationList => "revocation-list",
            Self::Standing => "standing",
            Self::Seal => "seal",
            Self::Registration => "registration",
        }
    }
}

impl Counts {
    /// Of one kind.
    pub const fn of(&self, kind: Kind) -> u64 {
        self.0[kind as usize]
    }

    pub(super) const fn one_more(&mut self, kind: Kind) {
        self.0[kind as usize] += 1;
    }
}

impl Entry {
    /// What it is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::TrustList { .. } => Kind::TrustList,
            Self::RevocationList(_) => Kind::RevocationList,
            Self::Standing { .. } => Kind::Standing,
            Self::Seal { .. } => Kind::Seal,
            Self::Registration(_) => Kind::Registration,
        }
    }

    /// Its place among those of its kind.
    pub(super) fn name(&self) -> String {
        match self {
            Self::TrustList { .. } => String::new(),
            Self::RevocationList(der) => hex::encode(sm3::digest(der)),
            Self::Standing { licence, .. } => licence.as_str().to_owned(),
            Self::Seal { seal, .. } => format!("{} {}", seal.es_id, hex::encode(seal.sm3)),
            Self::Registration(registration) => registration.licence.as_str().to_owned(),
        }
    }
}
