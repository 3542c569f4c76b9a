//! Licences that this register keeps: what it says of one, and whether the document
//! that it keeps verifies.

use crate::{
    flow::{
        document,
        issue::IssueError,
        issuer::Issuer,
        lives,
        standing::{self, PublicStanding, StandingError},
        succession,
        verify::{Verified, Verifier},
    },
    store::{documents, licences},
};
use std::fmt;
use yinxin_trust::{
    base::{Day, Moment},
    licence::{identifier::LicenceIdentifier, metadata::Element},
};

/// The photograph of a holder, JPEG or PNG.
#[derive(Clone, PartialEq, Eq)]
pub struct Portrait(Vec<u8>);

impl Portrait {
    /// Its octets.
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Portrait {
    /// Without the picture: personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Portrait").finish_non_exhaustive()
    }
}

/// A licence of this register, as the window may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnLicence {
    /// What the register says; with the fields of the face that are public where the
    /// licence was shown, without any where somebody only knew its identifier.
    pub standing: PublicStanding,
    /// 持证主体, masked where the type says so; none without fields.
    pub holder: Option<String>,
    /// The photograph on its face, to compare with who came; none without fields, or where the face has none.
    pub portrait: Option<Portrait>,
    /// The field among those of `standing` that names the holder.
    pub holder_field: Option<String>,
    /// Whether the clerk's body keeps it, and so may read the whole of it for a purpose.
    pub is_ours: bool,
    /// The identifier that counts in the place of one that was replaced.
    pub newer: Option<String>,
}

/// By the printed code; none where nobody has it.
///
/// # Errors
/// What the register or a stored record says.
pub(super) fn by_code(issuer: &Issuer, body: &str, code: &str, at: Moment) -> Result<Option<OwnLicence>, IssueError> {
    let Some(standing) = known(standing::by_code(issuer, code, Some(at)))? else { return Ok(None) };
    let newer = standing::newer(issuer, &standing)?;
    let code = code.to_ascii_uppercase();
    issuer.store.read(|conn| {
        let found = licences::public_by_code(conn, &code)?;
        let (licence, version) = found.ok_or_else(|| IssueError::Record("a code".to_owned()))?;
        let kind = issuer.types.exactly(conn, &licence.type_code, version.entry_revision, version.face_version)?;
        let reach = succession::reach(conn, body, Day::in_beijing_at(at)?)?;
        let portrait = match kind.face.wants_photo() {
            None => None,
            Some(_) => match documents::get(conn, &licence.body_id, &version.id)? {
                Some(octets) => document::photograph_in(&octets)?.map(Portrait),
                None => None,
            },
        };
        Ok(Some(OwnLicence {
            portrait,
            holder: Some(standing::public_holder(&kind, &licence.holder_name)),
            holder_field: kind.entry.field_that_fills(Element::Holder).map(|field| field.name.clone()),
            is_ours: reach.contains(&licence.body_id),
            newer,
            standing,
        }))
    })
}

/// By the identifier, which can be guessed: how it stands, and nothing of its holder.
///
/// # Errors
/// As [`by_code`].
pub(super) fn by_identifier(
    issuer: &Issuer,
    identifier: &LicenceIdentifier,
    at: Moment,
) -> Result<Option<OwnLicence>, IssueError> {
    let Some(counts) = known(standing::by_identifier(issuer, identifier, Some(at)))? else { return Ok(None) };
    // the sheet that bears the identifier of an older version is that version, which another took the place of
    let asked = match code_of(issuer, identifier.as_str())?.filter(|_| counts.identifier != identifier.as_str()) {
        Some(code) => known(standing::by_code(issuer, &code, Some(at)))?,
        None => None,
    };
    let standing = PublicStanding { fields: None, ..asked.unwrap_or(counts) };
    let newer = standing::newer(issuer, &standing)?;
    Ok(Some(OwnLicence { standing, holder: None, portrait: None, holder_field: None, is_ours: false, newer }))
}

/// The printed code of the version that an identifier names; none where this register
/// does not keep it.
///
/// # Errors
/// What the register says.
pub(super) fn code_of(issuer: &Issuer, identifier: &str) -> Result<Option<String>, IssueError> {
    let Ok(asked) = identifier.parse::<LicenceIdentifier>() else { return Ok(None) };
    issuer.store.read(|conn| {
        let Some(licence) = licences::public_by_line(conn, &lives::line_of(&asked))? else { return Ok(None) };
        let versions = licences::public_versions(conn, &licence.id)?;
        Ok(versions.into_iter().find(|version| version.identifier == asked.as_str()).map(|version| version.code))
    })
}

/// The document that the register keeps of a version, verified as anybody would.
///
/// # Errors
/// [`IssueError::Record`] where it keeps none, [`IssueError::Unreadable`].
pub(super) fn verified(
    issuer: &Issuer,
    verifier: &Verifier,
    identifier: &str,
    at: Moment,
) -> Result<Verified, IssueError> {
    let gone = || IssueError::Record("a version without its document".to_owned());
    let asked: LicenceIdentifier = identifier.parse()?;
    let octets = issuer.store.read(|conn| {
        let licence = licences::public_by_line(conn, &lives::line_of(&asked))?.ok_or_else(gone)?;
        let versions = licences::public_versions(conn, &licence.id)?;
        let version = versions.into_iter().find(|version| version.identifier == asked.as_str()).ok_or_else(gone)?;
        documents::get(conn, &licence.body_id, &version.id)?.ok_or_else(gone)
    })?;
    verifier.verify_keeping(&octets, Some(at)).map_err(|cause| IssueError::Unreadable(cause.to_string()))
}

/// What is not registered here is no error at the window.
fn known(answer: Result<PublicStanding, StandingError>) -> Result<Option<PublicStanding>, IssueError> {
    match answer {
        Ok(standing) => Ok(Some(standing)),
        Err(StandingError::NotRegistered | StandingError::NotCompetent) => Ok(None),
        Err(StandingError::Register(error)) => Err(error),
    }
}
