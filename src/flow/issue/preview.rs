//! What an order would become: drawn and rehearsed, with no number used and no key.

use super::{
    IssueError, Order, Outcome,
    accept::Reader,
    draft::{self, Made},
    rehearse,
};
use crate::{
    flow::{
        access::{Actor, ActorKind},
        issuer::Issuer,
    },
    store::{StoreError, licences, reservations},
};
use serde_json::{Map, Value};
use yinxin_face::CopyMark;

/// What stands across the picture.
const WORDS: &str = "预览";
/// Dots an inch of the picture.
const DOTS_PER_INCH: u16 = 120;
/// In place of the 128 random bits.
const CODE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What would be issued.
pub(in crate::flow) struct Trial {
    /// The data as it will stand on the face; a running number as noughts.
    pub(in crate::flow) data: Map<String, Value>,
}

/// The page of an order as PNG, marked 预览, without the picture of a seal. Number,
/// serial and code are stand-ins: none is taken.
///
/// # Errors
/// As of issuing, up to the drawing.
pub fn preview(issuer: &Issuer, body: &str, order: &Order) -> Result<Vec<u8>, IssueError> {
    let made = stand_in(issuer, body, order)?;
    let address = made.address(issuer)?;
    let mark = CopyMark { words: WORDS, code: &address, seal: None, dots_per_inch: DOTS_PER_INCH };
    Ok(rehearse::draw(issuer, &made)?.png(&mark)?)
}

/// Everything that can be found out about an order before it is signed: rules,
/// drawing, the whole package with a throwaway signature, and whether its number
/// is free.
///
/// # Errors
/// As of issuing, up to the intent.
pub(in crate::flow) fn trial(issuer: &Issuer, body: &str, order: &Order) -> Result<Trial, IssueError> {
    let made = stand_in(issuer, body, order)?;
    let draft = &made.draft;
    if !draft.is_change {
        let taken = issuer.store.read(|conn| {
            let (kind, number) = (&draft.type_code, &draft.number);
            Ok::<_, StoreError>(
                reservations::is_held(conn, kind, number)? || licences::is_number_taken(conn, kind, number)?,
            )
        })?;
        if taken {
            return Err(IssueError::NumberTaken);
        }
    }
    let data = draft.data.clone();
    rehearse::rehearse(issuer, made)?;
    Ok(Trial { data })
}

fn stand_in(issuer: &Issuer, body: &str, order: &Order) -> Result<Made, IssueError> {
    let order = Order { idempotency_key: None, ..order.clone() };
    let now = issuer.clock.now()?;
    let accepted = issuer.store.read(|conn| {
        Reader::new(issuer, now).accept(conn, body, &order).map_err(|outcome| match outcome {
            Outcome::Failed(error) => error,
            // only an order with a key is answered
            Outcome::Answered(_) => IssueError::UnderWay,
        })
    })?;
    // of what is tried nothing is kept that names anybody
    let nobody = Actor::new(ActorKind::System, String::new(), String::new());
    let mut made = draft::draft_of(issuer, (body, &nobody), accepted, None, None)?;
    CODE.clone_into(&mut made.draft.code);
    Ok(made)
}
