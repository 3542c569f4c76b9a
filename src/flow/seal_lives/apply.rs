//! Asking for a seal.

use super::{Record, SealLifeError, record, rows::life_of};
use crate::{
    flow::{
        access::{Actor, ActorKind, Permit, may},
        bodies,
        material::Material,
        seal_making::{Look, SealOrder},
        text,
    },
    random,
    store::{Conn, Store, seal_lives, seals},
};
use std::collections::BTreeSet;
use yinxin_face::{Fonts, outlined_seal};
use yinxin_trust::{
    base::{Day, Moment},
    seal::{
        life::{ActKind, End, Ground, State},
        make::{RoundSeal, SealFormat, SealPicture},
    },
    sm::sm3,
};

/// Most documents of an application.
pub const MOST_DOCUMENTS: usize = 8;
/// Longest picture, octets.
pub const PICTURE_BYTES: usize = 1 << 20;
/// Most types of one seal.
const MOST_TYPES: usize = 100;

/// A seal that is asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct NewSeal {
    /// Registration code (esID), 1 to 64 visible ASCII characters, that no other seal has.
    pub code: String,
    /// What stands below the star.
    pub purpose: String,
    /// Diameter, or width and height of a picture, millimetres.
    pub diameter_mm: u32,
    /// PNG or SVG; none is drawn.
    pub picture: Option<Vec<u8>>,
    /// Licence types that it shall stamp.
    pub types: Vec<String>,
    /// The seal of the body that it takes the place of.
    pub renews: Option<String>,
    /// Why, 1 to 500 characters.
    pub reason: String,
    /// What shows who the owner is and why; at least one.
    pub documents: Vec<Material>,
}

/// Enters an application; its id, which the seal will have.
///
/// # Errors
/// [`SealLifeError`]; nothing is written then.
pub fn apply(
    store: &Store,
    permit: &Permit<may::ManageSeals>,
    new: NewSeal,
    fonts: &Fonts,
    now: Moment,
) -> Result<String, SealLifeError> {
    person(permit.actor())?;
    let today = Day::in_beijing_at(now)?;
    let body_name = bodies::name_on(store, permit.body(), today).map_err(|_| SealLifeError::NotFound)?;
    let purpose = text::line(&new.purpose, 30).ok_or(SealLifeError::Purpose)?;
    if !is_code(&new.code) {
        return Err(SealLifeError::Code);
    }
    let types: BTreeSet<String> = new.types.iter().map(|code| code.trim().to_owned()).collect();
    let known = |code: &String| code.parse::<yinxin_trust::licence::identifier::TypeCode>().is_ok();
    if types.is_empty() || types.len() > MOST_TYPES || !types.iter().all(known) {
        return Err(SealLifeError::Types);
    }
    let documents = checked(&new.documents)?;
    let row = seal_lives::SealApplication {
        id: random::id()?,
        body_id: permit.body().to_owned(),
        name: format!("{body_name}{purpose}"),
        es_id: new.code,
        purpose,
        diameter_mm: i32::try_from(new.diameter_mm).map_err(|_| SealLifeError::Diameter)?,
        picture: new.picture,
        types: serde_json::to_vec(&types).map_err(SealLifeError::record)?,
        renews: new.renews,
        applied_at: now.unix_milliseconds(),
    };
    // what cannot be drawn is not decided on
    if let Look::Round(round) = look_of(&row, &body_name)? {
        outlined_seal(&round, fonts)?;
    }
    let ground = Ground { reason: new.reason.trim().to_owned(), document_number: String::new() };
    let (actor, id) = (permit.actor().clone(), row.id.clone());
    store.write(move |conn| {
        is_free(conn, &row.es_id, now)?;
        if let Some(old) = &row.renews {
            let known = seals::find(conn, &row.body_id, old)?.ok_or(SealLifeError::NotFound)?;
            let state = life_of(conn, &known.id)?.ok_or(SealLifeError::NotFound)?.at(now).state;
            if !matches!(state, State::InUse | State::Ended(End::Expired)) {
                return Err(SealLifeError::NotRenewable(state));
            }
        }
        seal_lives::insert_application(conn, &row)?;
        for (position, material) in (1..).zip(&documents) {
            let document = seal_lives::SealDocument {
                application_id: row.id.clone(),
                position,
                name: material.name.clone(),
                sm3: sm3::digest(&material.octets).to_vec(),
                octets: material.octets.clone(),
            };
            seal_lives::insert_document(conn, &document)?;
        }
        let (kind, ground) = (ActKind::Apply, ground.clone());
        let owner = row.body_id.as_str();
        record(conn, Record { id: &row.id, owner, actor: &actor, kind, ground, effective_from: None, now })?;
        Ok::<_, SealLifeError>(())
    })?;
    Ok(id)
}

/// An approved application that was not made yet, and what is to be made of it.
pub(in crate::flow) fn approved(
    store: &Store,
    permit: &Permit<may::ManageSeals>,
    id: &str,
    now: Moment,
) -> Result<SealOrder, SealLifeError> {
    let found = store.read(|conn| {
        let row = seal_lives::find_application(conn, permit.body(), id)?.ok_or(SealLifeError::NotFound)?;
        let life = life_of(conn, id)?.ok_or(SealLifeError::NotFound)?;
        match life.at(now).state {
            State::Approved => Ok(row),
            state => Err(SealLifeError::NotApproved(state)),
        }
    })?;
    let body_name = bodies::name_on(store, permit.body(), Day::in_beijing_at(now)?).map_err(SealLifeError::record)?;
    let look = look_of(&found, &body_name)?;
    Ok(SealOrder { name: found.name, code: found.es_id, body_name, look, format: SealFormat::default() })
}

/// How it shall look.
pub(super) fn look_of(row: &seal_lives::SealApplication, body_name: &str) -> Result<Look, SealLifeError> {
    let diameter_mm = u32::try_from(row.diameter_mm).map_err(|_| SealLifeError::Diameter)?;
    Ok(match &row.picture {
        None => Look::Round(RoundSeal {
            name: body_name.to_owned(),
            purpose: row.purpose.clone(),
            foot_code: row.es_id.clone(),
            diameter_mm,
        }),
        Some(octets) if octets.len() > PICTURE_BYTES => return Err(SealLifeError::PictureSize),
        Some(octets) if octets.starts_with(b"\x89PNG") => {
            Look::Picture(SealPicture::from_png(octets, diameter_mm, diameter_mm)?)
        }
        Some(octets) => Look::Picture(SealPicture::from_svg(octets, diameter_mm, diameter_mm)?),
    })
}

/// Applying and deciding are for people: the register keeps who it was.
pub(super) fn person(actor: &Actor) -> Result<(), SealLifeError> {
    if actor.kind == ActorKind::Person { Ok(()) } else { Err(SealLifeError::NotAPerson) }
}

fn is_code(code: &str) -> bool {
    (1..=64).contains(&code.len()) && code.bytes().all(|octet| octet.is_ascii_graphic())
}

/// A code is given once: not to a seal that is there, nor to one that is asked for.
fn is_free(conn: &mut Conn, code: &str, now: Moment) -> Result<(), SealLifeError> {
    if !seals::public_by_es_id(conn, code, 1)?.is_empty() {
        return Err(SealLifeError::CodeTaken);
    }
    for other in seal_lives::public_ids_for(conn, code)? {
        let is_over = life_of(conn, &other)?.is_some_and(|life| matches!(life.at(now).state, State::Ended(_)));
        if !is_over {
            return Err(SealLifeError::CodeTaken);
        }
    }
    Ok(())
}

fn checked(documents: &[Material]) -> Result<Vec<Material>, SealLifeError> {
    if !(1..=MOST_DOCUMENTS).contains(&documents.len()) {
        return Err(SealLifeError::Documents);
    }
    documents.iter().map(|document| document.checked().ok_or(SealLifeError::Document)).collect()
}
