//! The page of a copy: that of the licence, with the band below it.

use super::{CopyError, fault::of_drawing, intent::Draft};
use crate::{
    flow::{
        document::Printed,
        issue::{IssueError, Rehearsed, Stampable, licence_json, rehearse},
        issuer::Issuer,
        seals::SealInUse,
        succession,
        types::LicenceType,
    },
    store::{Conn, catalogue, licences},
};
use serde_json::json;
use std::sync::Arc;
use yinxin_face::Drawing;
use yinxin_trust::{
    base::{Day, Moment},
    licence::metadata::AnnotatedCopy,
};

/// A copy with what it is drawn from. The same draft gives the same octets.
pub(super) struct CopyPage {
    pub(super) draft: Draft,
    pub(super) printed: Printed,
    pub(super) seal: Arc<SealInUse>,
}

impl CopyPage {
    /// Of a draft that gets its seal here: the one that the body stamps the type with today, else the one that the
    /// licence bears.
    pub(super) fn of(
        conn: &mut Conn,
        issuer: &Issuer,
        licence: licences::Licence,
        version: licences::LicenceVersion,
        draft: Draft,
    ) -> Result<Self, CopyError> {
        let today = Day::in_beijing_at(draft.asked_at)?;
        succession::still_decides(conn, &draft.stamped_for, today)?;
        let used = catalogue::use_on(conn, &draft.stamped_for, &licence.type_code, &today.to_string())?;
        let seal_id = used.map_or_else(|| version.seal_id.clone(), |used| used.seal_id);
        Self::with_seal(conn, issuer, licence, version, Draft { seal_id, ..draft })
    }

    /// Of a draft that has one.
    pub(super) fn with_seal(
        conn: &mut Conn,
        issuer: &Issuer,
        licence: licences::Licence,
        version: licences::LicenceVersion,
        draft: Draft,
    ) -> Result<Self, CopyError> {
        let seal = issuer.seals.in_use(conn, issuer.keys.as_ref(), &draft.seal_id, issuer.clock.now()?)?;
        let printed = Printed::of(conn, issuer, &licence, &version)?;
        Ok(Self { draft, printed, seal })
    }

    /// Draws, packs and verifies it with a throwaway signature.
    pub(super) fn rehearsed(self, issuer: &Issuer) -> Result<Rehearsed<Self>, CopyError> {
        rehearse(issuer, self).map_err(of_drawing)
    }
}

/// The page of a copy of a version; `stated` is what the copy says of itself.
pub(super) fn drawn(printed: &Printed, kind: &LicenceType, stated: AnnotatedCopy) -> Result<Drawing, IssueError> {
    let at = stated.created_at;
    let said = json!({
        "number": stated.number,
        "purpose": stated.cause,
        "recipient": stated.recipient,
        "made_by": stated.creator,
        "made_at": stated.created_at,
        "expires_at": stated.expires_at,
    });
    let attachment =
        licence_json(printed.identifier.as_str(), kind, printed.number(), &printed.data, Some(("copy", said)))?;
    printed.draw(at, Some(stated), &attachment)
}

impl Stampable for CopyPage {
    fn kind(&self) -> &LicenceType {
        &self.printed.kind
    }

    fn seal(&self) -> &SealInUse {
        &self.seal
    }

    fn stamped_at(&self) -> Moment {
        self.draft.stamped_at
    }

    fn draw(&self, _: &Issuer) -> Result<Drawing, IssueError> {
        drawn(&self.printed, &self.printed.kind, self.draft.stated())
    }
}
