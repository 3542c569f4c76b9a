//! The shipped licence types and faces, and who issues what.

use super::{
    access::{Permit, may},
    audit,
    kind::{HasKind, Kind},
    seal_uses,
};
use crate::store::{Store, StoreError, bodies, catalogue};
use serde_json::json;
use yinxin_trust::{
    base::{Day, Moment},
    licence::catalogue::CatalogueEntry,
};

/// Each shipped type with its face.
const SHIPPED: [(&str, &str); 3] = [
    (
        include_str!("../../schemas/licence-types/business-licence.json"),
        include_str!("../../schemas/faces/business-licence.toml"),
    ),
    (
        include_str!("../../schemas/licence-types/food-operation-licence.json"),
        include_str!("../../schemas/faces/food-operation-licence.toml"),
    ),
    (
        include_str!("../../schemas/licence-types/construction-qualification.json"),
        include_str!("../../schemas/faces/construction-qualification.toml"),
    ),
];

/// Why the catalogue was not changed.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueFault {
    /// The register.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry that cannot be read.
    #[error("catalogue entry: {0}")]
    Entry(String),
}

/// Takes in the shipped types and faces that are not there yet; how many types were new.
///
/// # Errors
/// [`CatalogueFault`].
pub fn install_shipped(store: &Store, now: Moment) -> Result<usize, CatalogueFault> {
    let mut rows = Vec::new();
    for (entry_text, face_text) in SHIPPED {
        let entry = CatalogueEntry::parse(entry_text).map_err(|cause| CatalogueFault::Entry(cause.to_string()))?;
        let revision = i32::try_from(entry.revision).map_err(|cause| CatalogueFault::Entry(cause.to_string()))?;
        let row = catalogue::Entry {
            type_code: entry.type_code.to_string(),
            revision,
            entry: entry_text.as_bytes().to_vec(),
            in_force_from: entry.in_force_from.to_string(),
            recorded_at: now.unix_milliseconds(),
        };
        let face = catalogue::Face {
            name: entry.face,
            version: 1,
            template: face_text.as_bytes().to_vec(),
            recorded_at: now.unix_milliseconds(),
        };
        rows.push((row, face));
    }
    Ok(store.write(move |conn| {
        let mut new = 0;
        for (entry, face) in &rows {
            if catalogue::entry(conn, &entry.type_code, entry.revision)?.is_none() {
                catalogue::insert_entry(conn, entry)?;
                new += 1;
            }
            if catalogue::face(conn, &face.name, face.version)?.is_none() {
                catalogue::insert_face(conn, face)?;
            }
        }
        Ok::<_, StoreError>(new)
    })?)
}

/// Lets the permit's body issue a type from a day on with a seal of its own, or with one of another
/// body by a grant for the type.
///
/// # Errors
/// [`CatalogueFault`], also where the body has neither.
pub fn allow(
    store: &Store,
    permit: &Permit<may::ManageSeals>,
    type_code: &str,
    seal_id: &str,
    from: Day,
    now: Moment,
) -> Result<(), CatalogueFault> {
    let row = catalogue::TypeUse {
        body_id: permit.body().to_owned(),
        type_code: type_code.to_owned(),
        from_day: from.to_string(),
        seal_id: seal_id.to_owned(),
        until_day: None,
    };
    let (actor, detail) = (permit.actor().clone(), json!({ "seal": seal_id, "from": from }));
    store.write(move |conn| {
        let is_own = crate::store::seals::find(conn, &row.body_id, &row.seal_id)?.is_some();
        if !is_own && !seal_uses::covers_body(conn, &row.seal_id, &row.body_id, &row.type_code, now)? {
            return Err(StoreError::NoSuchRow);
        }
        catalogue::insert_use(conn, &row)?;
        audit::record(conn, Some(&row.body_id), &actor, "type.allowed", &row.type_code, &detail, now)
    })?;
    Ok(())
}

/// Most uses of one body, and most bodies, that are looked through at once.
const LOOKED_THROUGH: u32 = 1_000;

/// What stamps on a day and what will from a later one, of every body, ordered by body, type and first day.
///
/// # Errors
/// What the database says.
pub(super) fn stamping(store: &Store, day: Day) -> Result<Vec<catalogue::TypeUse>, StoreError> {
    let day = day.to_string();
    store.read(|conn| {
        let mut found = Vec::new();
        for body in bodies::list(conn, "", LOOKED_THROUGH)? {
            let uses = catalogue::uses(conn, &body.id, ("", ""), LOOKED_THROUGH)?;
            for (place, one) in uses.iter().enumerate() {
                let next = uses.get(place + 1).filter(|next| next.type_code == one.type_code);
                let is_over = next.is_some_and(|next| next.from_day <= day)
                    || one.until_day.as_ref().is_some_and(|until| *until < day);
                if !is_over {
                    found.push(one.clone());
                }
            }
        }
        Ok(found)
    })
}

impl HasKind for CatalogueFault {
    fn kind(&self) -> Kind {
        match self {
            Self::Store(StoreError::NoSuchRow) => Kind::NotFound,
            Self::Store(StoreError::Conflict { .. }) => Kind::Conflict,
            Self::Store(error) => error.kind(),
            Self::Entry(_) => Kind::Broken,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Store(StoreError::NoSuchRow) => "no_such_seal",
            Self::Store(StoreError::Conflict { .. }) => "already_allowed",
            Self::Store(error) => error.code(),
            Self::Entry(_) => "broken",
        }
    }
}
