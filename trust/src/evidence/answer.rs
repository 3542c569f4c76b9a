//! The answer of a register as a piece.

use super::{
    PieceKind, SMALL,
    fault::{EvidenceFault, GatherFault},
};
use crate::{
    base::{Day, Moment},
    licence::{
        Expiry,
        state::{End, State},
    },
    trust_list::canonical,
    verify::{RegisterAnswer, Registered},
};
use serde::{Deserialize, Serialize};

/// The word and version of the piece.
const FORMAT: &str = "yinxin-register-answer/1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    answer: Word,
    source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    as_of: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    licence: Option<Licence>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Known,
    NotRegistered,
    Unreachable,
    TooOld,
    NotCompetent,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Licence {
    identifier: String,
    state: StateWord,
    since: Day,
    until: Expiry,
    version: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document_sm3: Option<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StateWord {
    NotYet,
    InForce,
    Suspended,
    Expired,
    Revoked,
    Cancelled,
    Withdrawn,
    Transferred,
    Superseded,
}

pub(super) fn write(answer: &RegisterAnswer) -> Result<Vec<u8>, GatherFault> {
    let (word, source, as_of, licence) = match answer {
        RegisterAnswer::Known(known) => {
            let licence = Licence {
                identifier: known.identifier.to_string(),
                state: word_of(known.state),
                since: known.since,
                until: known.until,
                version: known.version.number(),
                document_sm3: known.document_sm3.map(hex::encode),
            };
            (Word::Known, &known.source, Some(known.as_of), Some(licence))
        }
        RegisterAnswer::NotRegistered { as_of, source } => (Word::NotRegistered, source, Some(*as_of), None),
        RegisterAnswer::Unreachable { source } => (Word::Unreachable, source, None, None),
        RegisterAnswer::TooOld { as_of, source } => (Word::TooOld, source, Some(*as_of), None),
        RegisterAnswer::NotCompetent { source } => (Word::NotCompetent, source, None, None),
    };
    let written = Written { format: FORMAT.to_owned(), answer: word, source: source.clone(), as_of, licence };
    Ok(canonical::to_octets(&written, &SMALL)?)
}

pub(super) fn read(octets: &[u8]) -> Result<RegisterAnswer, EvidenceFault> {
    let bad = |what: &str| EvidenceFault::Standing(what.to_owned());
    let written: Written = canonical::from_octets(octets, &SMALL)?;
    if written.format != FORMAT {
        return Err(EvidenceFault::PieceFormat { kind: PieceKind::Standing });
    }
    let Written { answer, source, as_of, licence, .. } = written;
    match (answer, as_of, licence) {
        (Word::Known, Some(as_of), Some(licence)) => {
            let digest = match licence.document_sm3.map(hex::decode) {
                None => None,
                Some(octets) => {
                    Some(octets.ok().and_then(|octets| octets.try_into().ok()).ok_or_else(|| bad("document_sm3"))?)
                }
            };
            Ok(RegisterAnswer::Known(Box::new(Registered {
                identifier: licence.identifier.parse().map_err(|_| bad("identifier"))?,
                state: state_of(licence.state),
                since: licence.since,
                until: licence.until,
                version: format!("{:03}", licence.version).parse().map_err(|_| bad("version"))?,
                document_sm3: digest,
                as_of,
                source,
                signed: None,
            })))
        }
        (Word::NotRegistered, Some(as_of), None) => Ok(RegisterAnswer::NotRegistered { as_of, source }),
        (Word::Unreachable, None, None) => Ok(RegisterAnswer::Unreachable { source }),
        (Word::TooOld, Some(as_of), None) => Ok(RegisterAnswer::TooOld { as_of, source }),
        (Word::NotCompetent, None, None) => Ok(RegisterAnswer::NotCompetent { source }),
        _ => Err(bad("members that do not go together")),
    }
}

const fn word_of(state: State) -> StateWord {
    match state {
        State::NotYetInForce => StateWord::NotYet,
        State::InForce => StateWord::InForce,
        State::Suspended => StateWord::Suspended,
        State::Ended(End::Expired) => StateWord::Expired,
        State::Ended(End::Revoked) => StateWord::Revoked,
        State::Ended(End::Cancelled) => StateWord::Cancelled,
        State::Ended(End::Withdrawn) => StateWord::Withdrawn,
        State::Ended(End::TransferredOut) => StateWord::Transferred,
        State::Ended(End::Superseded) => StateWord::Superseded,
    }
}

const fn state_of(word: StateWord) -> State {
    match word {
        StateWord::NotYet => State::NotYetInForce,
        StateWord::InForce => State::InForce,
        StateWord::Suspended => State::Suspended,
        StateWord::Expired => State::Ended(End::Expired),
        StateWord::Revoked => State::Ended(End::Revoked),
        StateWord::Cancelled => State::Ended(End::Cancelled),
        StateWord::Withdrawn => State::Ended(End::Withdrawn),
        StateWord::Transferred => State::Ended(End::TransferredOut),
        StateWord::Superseded => State::Ended(End::Superseded),
    }
}
