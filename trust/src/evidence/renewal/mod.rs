//! Time stamps over evidence and document (`docs/evidence-format.md`,
//! `docs/adr/0044-renewal-of-evidence.md`): proof that both were there while algorithms and
//! certificates counted.
//!
//! 1. What is stamped begins with a statement about one document: its digest, that of each piece of its
//!    evidence, the moment, and the digest of every renewal before (`statement`).
//! 2. Statements of many documents are leaves of one tree (`tree`), so that one time stamp is for all.
//! 3. The time stamp is over a text with the root ([`stamped_octets`]). A renewal is the place of the
//!    statement in the tree, the token, and what earlier renewals are judged with.
//!
//! Each renewal covers everything that was there before it, by a digest of its own: one that is made since a
//! certificate ends and one that is made since a digest ends are the same. Whether a chain holds says
//! [`crate::verify::existed`].

mod statement;
mod tree;

pub use statement::statement;
pub use tree::{LONGEST_PATH, Tree, root_by};

use super::{Piece, PieceKind, fault::EvidenceFault};
use crate::{
    algorithms::AlgorithmName,
    anchor::{Anchors, RevocationLists},
    base::Moment,
    sm::sm3,
    suite::sha256,
    trust_list::canonical::{self, Value},
    tsp::{ImprintKind, Token},
    x509::{Crl, ocsp::OcspResponse},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use std::borrow::Cow;

/// The word and version of what is stamped, and of the statements.
const FORMAT: &str = "yinxin-renewal/1";

/// Renewals of one file at most: one a year for longer than any archive asks.
pub const MOST_RENEWALS: usize = 64;

/// By which digest a renewal covers what was there before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DigestKind {
    /// GB/T 32905.
    Sm3,
    /// For what crosses a border, and for when SM3 has ended.
    Sha256,
}

/// One time stamp over document, evidence and the renewals before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// From 1, in the order in which they were made.
    pub number: usize,
    /// By which digest.
    pub digest: DigestKind,
    /// Which leaf of the tree, from 0.
    pub index: u32,
    /// How many leaves the tree has.
    pub size: u32,
    /// From the leaf to the root.
    pub path: Vec<[u8; 32]>,
    /// The TimeStampToken.
    pub token: Vec<u8>,
    /// What was known when it was made: anchors, revocation lists, answers about certificates. The renewals before
    /// are judged with it.
    pub pieces: Vec<Piece>,
}

/// A renewal as it stands in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written<'a> {
    number: usize,
    #[serde(borrow)]
    digest: Cow<'a, str>,
    index: u32,
    size: u32,
    #[serde(borrow)]
    path: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    token: Cow<'a, str>,
    #[serde(borrow)]
    pieces: Vec<super::file::Entry<'a>>,
}

impl DigestKind {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Sm3, Self::Sha256];

    /// The word in files.
    pub const fn as_str(self) -> &'static str {
        self.name().as_str()
    }

    /// The word in the policy of algorithms.
    pub const fn name(self) -> AlgorithmName {
        match self {
            Self::Sm3 => AlgorithmName::Sm3,
            Self::Sha256 => AlgorithmName::Sha256,
        }
    }

    /// The same digest in a time stamp.
    pub const fn imprint(self) -> ImprintKind {
        match self {
            Self::Sm3 => ImprintKind::Sm3,
            Self::Sha256 => ImprintKind::Sha256,
        }
    }

    /// Computes it.
    pub fn of(self, octets: &[u8]) -> [u8; 32] {
        match self {
            Self::Sm3 => sm3::digest(octets),
            Self::Sha256 => sha256(octets),
        }
    }
}

impl core::str::FromStr for DigestKind {
    type Err = EvidenceFault;

    fn from_str(word: &str) -> Result<Self, EvidenceFault> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == word);
        found.ok_or_else(|| EvidenceFault::RenewalDigest { word: word.chars().take(40).collect() })
    }
}

/// The octets that the time stamp of a tree is over: four lines, each with its line feed.
pub fn stamped_octets(digest: DigestKind, size: u32, root: &[u8; 32]) -> Vec<u8> {
    format!("{FORMAT}\n{}\n{size}\n{}\n", digest.as_str(), hex::encode(root)).into_bytes()
}

impl Renewal {
    /// The octets that its time stamp has to be over, for a statement; `None` where its place is in no tree.
    pub fn stamped(&self, statement: &[u8]) -> Option<Vec<u8>> {
        let root = root_by(self.digest, statement, self.index, self.size, &self.path)?;
        Some(stamped_octets(self.digest, self.size, &root))
    }

    /// genTime; `None` of a token that cannot be read.
    pub fn time(&self) -> Option<Moment> {
        Token::parse(&self.token).ok().map(|token| token.time)
    }

    /// Whom was trusted with time stamps when it was made, where it says so.
    ///
    /// # Errors
    /// [`EvidenceFault::Anchors`].
    pub fn anchors(&self) -> Result<Option<Anchors>, EvidenceFault> {
        let piece = self.pieces.iter().find(|piece| piece.kind() == PieceKind::Anchors);
        Ok(piece.map(|piece| Anchors::from_pem(piece.octets())).transpose()?)
    }

    /// What was known of revoked certificates when it was made.
    ///
    /// # Errors
    /// [`EvidenceFault`].
    pub fn revocation(&self) -> Result<RevocationLists, EvidenceFault> {
        let of = |kind| self.pieces.iter().filter(move |piece| piece.kind() == kind).map(Piece::octets);
        let lists = of(PieceKind::RevocationList).map(Crl::from_der).collect::<Result<Vec<_>, _>>()?;
        let answers = of(PieceKind::OcspResponse).map(OcspResponse::from_der).collect::<Result<Vec<_>, _>>()?;
        Ok(RevocationLists::of(lists).with_answers(answers))
    }

    /// The renewal as a value of a file.
    pub(super) fn value(&self) -> Value<'static> {
        let text = |text: String| Value::Text(text.into());
        let number = |number: u32| Value::Integer(i64::from(number));
        Value::Object(vec![
            ("digest".into(), text(self.digest.as_str().to_owned())),
            ("index".into(), number(self.index)),
            ("number".into(), number(u32::try_from(self.number).unwrap_or(u32::MAX))),
            ("path".into(), Value::Array(self.path.iter().map(|node| text(hex::encode(node))).collect())),
            ("pieces".into(), Value::Array(self.pieces.iter().map(super::file::piece).collect())),
            ("size".into(), number(self.size)),
            ("token".into(), text(STANDARD.encode(&self.token))),
        ])
    }

    /// Its canonical octets, which later renewals cover.
    ///
    /// # Errors
    /// [`canonical::Fault`] where it is larger than a file may be.
    pub fn octets(&self) -> Result<Vec<u8>, canonical::Fault> {
        canonical::write(&self.value(), &super::EvidenceLimits::default().budget())
    }

    /// Reads one.
    pub(super) fn read(written: &Written<'_>) -> Result<Self, EvidenceFault> {
        let number = written.number;
        let bad = |what: &'static str| EvidenceFault::Renewal { number, what };
        let node = |text: &Cow<'_, str>| {
            let octets = hex::decode(text.as_bytes()).ok().filter(|octets| hex::encode(octets) == **text);
            octets.and_then(|octets| octets.try_into().ok()).ok_or(bad("a node of its path is no digest"))
        };
        if written.path.len() > LONGEST_PATH {
            return Err(bad("its path is too long"));
        }
        let pieces = (1..).zip(&written.pieces).map(|(place, entry)| super::file::read_piece(place, entry));
        let pieces = pieces.collect::<Result<Vec<_>, _>>()?;
        let is_known = |piece: &Piece| {
            matches!(piece.kind(), PieceKind::Anchors | PieceKind::RevocationList | PieceKind::OcspResponse)
        };
        if !pieces.iter().all(is_known) || pieces.iter().filter(|piece| piece.kind() == PieceKind::Anchors).count() > 1
        {
            return Err(bad("it has a piece that it cannot have"));
        }
        Ok(Self {
            number,
            digest: written.digest.parse()?,
            index: written.index,
            size: written.size,
            path: written.path.iter().map(node).collect::<Result<_, _>>()?,
            token: STANDARD.decode(written.token.as_bytes()).map_err(|_| bad("its token is no base64"))?,
            pieces,
        })
    }
}
