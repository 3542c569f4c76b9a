//! What was gathered beside the document, each piece with its age.

use super::SealAnswer;
use crate::{
    anchor::RevocationLists,
    base::{Day, Moment},
    evidence::SignedOctets,
    licence::{
        Expiry,
        identifier::{LicenceIdentifier, Version},
        state::State,
    },
    sm::sm3,
};

/// Everything that speaks about a document and is not in it. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Which certificates are no longer good.
    pub revocation: RevocationLists,
    /// What the register of the issuing body says of the licence; `None`: no
    /// register was asked.
    pub standing: Option<RegisterAnswer>,
    /// What registers say of the seals in the document; empty: no register was asked.
    pub seals: Vec<SealAnswer>,
}

/// The answer of a register about one identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegisterAnswer {
    /// It keeps the licence.
    Known(Box<Registered>),
    /// It keeps the licences of this issuing body, and not this one.
    NotRegistered {
        /// For which instant.
        as_of: Moment,
        /// Which register.
        source: String,
    },
    /// It could not be asked: says nothing about the licence.
    Unreachable {
        /// Which register.
        source: String,
    },
    /// It could not be asked, and the last answer that was kept is too old: says nothing about the licence.
    TooOld {
        /// For which instant the last answer spoke.
        as_of: Moment,
        /// Which register.
        source: String,
    },
    /// It does not keep licences of this issuing body.
    NotCompetent {
        /// Which register.
        source: String,
    },
}

/// A licence as its register has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// Which licence, in whichever version.
    pub identifier: LicenceIdentifier,
    /// What it is at the instant that was asked for.
    pub state: State,
    /// Since which day.
    pub since: Day,
    /// Its last day.
    pub until: Expiry,
    /// The version that is the current one then.
    pub version: Version,
    /// SM3 of Signature.xml of the document of that version, where the register tells it.
    pub document_sm3: Option<sm3::Digest>,
    /// For which instant it speaks.
    pub as_of: Moment,
    /// Which register.
    pub source: String,
    /// What it signed, where it signed its answer: proof for later, no part of the verdict.
    pub signed: Option<SignedOctets>,
}
