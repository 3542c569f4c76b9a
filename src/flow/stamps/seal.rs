//! The seal that Signature.xml is made with at home: it is in every stamp, and yet nobody gets it who may not stamp.

use super::{StampError, document::size_of};
use crate::{
    flow::{
        access::{Permit, may},
        issuer::Issuer,
    },
    store::seal_grants,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

/// A seal, and the size of its picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SealToPlanWith {
    /// Its id.
    pub id: String,
    /// SESeal in DER, base64: Seal.esl.
    pub seal: String,
    /// Of its picture.
    pub width_mm: f64,
    /// Of its picture.
    pub height_mm: f64,
}

/// A seal in use that somebody of the body was authorised on.
///
/// # Errors
/// [`StampError::NoSeal`] also for one that nobody of the body was authorised on.
pub fn seal_to_plan_with(
    issuer: &Issuer,
    permit: &Permit<may::StampDocuments>,
    id: &str,
) -> Result<SealToPlanWith, StampError> {
    let now = issuer.clock.now()?;
    let seal = issuer.store.read(|conn| {
        if seal_grants::of_grantee_body(conn, id, permit.body())?.is_empty() {
            return Err(StampError::NoSeal);
        }
        Ok(issuer.seals.in_use(conn, issuer.keys.as_ref(), id, now)?)
    })?;
    let size = size_of(seal.der.octets())?;
    Ok(SealToPlanWith {
        id: seal.id.clone(),
        seal: STANDARD.encode(seal.der.octets()),
        width_mm: size.width,
        height_mm: size.height,
    })
}
