//! The document of a licence: the stamped original, or a copy drawn from the same values.

use super::{
    access::{Permit, may},
    issue::IssueError,
    issuer::Issuer,
    lives, standing,
    types::LicenceType,
};
use crate::store::{Conn, documents, licences, seals};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, sync::Arc};
use yinxin_face::{CodeAddress, Content, CopyMark, Drawing, PHOTO_ENTRIES, Photo};
use yinxin_trust::{
    base::{Day, Limits, Moment},
    licence::{
        application::{Application, Given, Grant},
        identifier::LicenceIdentifier,
        metadata::{AnnotatedCopy, Metadata},
    },
    ofd::Package,
    seal::{Seal, make::SealPicture},
};

/// In which form a document is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The stamped original.
    Ofd,
    /// A copy.
    Pdf,
    /// A copy of the first page.
    Png,
    /// What the original was verified with when it was issued (`docs/evidence-format.md`).
    Evidence,
}

impl Form {
    /// By its name: `ofd`, `pdf`, `png`, `evidence`.
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "ofd" => Some(Self::Ofd),
            "pdf" => Some(Self::Pdf),
            "png" => Some(Self::Png),
            "evidence" => Some(Self::Evidence),
            _ => None,
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ofd => "ofd",
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Evidence => "evidence",
        }
    }

    /// How names of such files end.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Evidence => "evidence.json",
            other => other.name(),
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Ofd => "application/ofd",
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Evidence => "application/json",
        }
    }
}

/// Dots an inch of a PNG: a printed code with its signed digest is read from it.
const DOTS_PER_INCH: u16 = 200;

/// The document of the version that an identifier names, of the permit's body or of
/// one from which it took over.
///
/// # Errors
/// [`IssueError::NoSuchLicence`], or what the register or a stored record says.
pub fn document(
    issuer: &Issuer,
    permit: &Permit<may::Read>,
    identifier: &LicenceIdentifier,
    form: Form,
) -> Result<Vec<u8>, IssueError> {
    let (body, today) = (permit.body(), Day::in_beijing_at(issuer.clock.now()?)?);
    issuer.store.read(|conn| {
        let found = lives::of_identifier(conn, body, identifier.as_str(), today)?;
        let found = found.ok_or(IssueError::NoSuchLicence)?;
        let (of, number) = (&found.licence.body_id, i32::from(identifier.version().number()));
        let version = licences::version(conn, of, &found.licence.id, number)?;
        // a number of another line is no version of this one
        let version = version.filter(|version| version.identifier == identifier.as_str());
        let version = version.ok_or(IssueError::NoSuchLicence)?;
        match form {
            Form::Ofd => {
                documents::get(conn, of, &version.id)?.ok_or_else(|| IssueError::Record("a document".to_owned()))
            }
            Form::Evidence => super::evidence::of_version(conn, &version.id),
            Form::Pdf | Form::Png => copy(conn, issuer, &found.licence, &version, form),
        }
    })
}

fn copy(
    conn: &mut Conn,
    issuer: &Issuer,
    licence: &licences::Licence,
    version: &licences::LicenceVersion,
    form: Form,
) -> Result<Vec<u8>, IssueError> {
    let printed = Printed::of(conn, issuer, licence, version)?;
    let drawing = printed.draw(printed.stamped_at, None, b"{}")?;
    let seal = seals::find(conn, &printed.issued_by, &version.seal_id)?;
    print(&drawing, &printed.address, seal.as_ref().map(|row| row.der.as_slice()), "副本", form)
}

/// A drawing with the picture of its seal, as PDF or PNG; `words` say what it is.
pub(super) fn print(
    drawing: &Drawing,
    address: &CodeAddress,
    seal: Option<&[u8]>,
    words: &str,
    form: Form,
) -> Result<Vec<u8>, IssueError> {
    let picture = seal.and_then(picture);
    let mark = CopyMark { words, code: address, seal: picture.as_ref(), dots_per_inch: DOTS_PER_INCH };
    Ok(match form {
        Form::Pdf => drawing.pdf(&mark)?,
        Form::Ofd | Form::Evidence | Form::Png => drawing.png(&mark)?,
    })
}

/// A version of a licence as it was printed, put together again from what the register keeps.
pub(super) struct Printed {
    /// Its type, in the revision and with the face of the version.
    pub(super) kind: Arc<LicenceType>,
    /// The body that issued the version.
    pub(super) issued_by: String,
    /// Its identifier.
    pub(super) identifier: LicenceIdentifier,
    /// The values of its fields.
    pub(super) data: Map<String, Value>,
    /// The printed address.
    pub(super) address: CodeAddress,
    /// The instant within its stamp.
    pub(super) stamped_at: Moment,
    number: String,
    application: Application,
    grant: Grant,
    photo: Option<Photo>,
}

impl Printed {
    /// Reads a version of a licence.
    ///
    /// # Errors
    /// What the register or a stored record says.
    pub(super) fn of(
        conn: &mut Conn,
        issuer: &Issuer,
        licence: &licences::Licence,
        version: &licences::LicenceVersion,
    ) -> Result<Self, IssueError> {
        let record = |what: &str| IssueError::Record(what.to_owned());
        let kind = issuer.types.exactly(conn, &licence.type_code, version.entry_revision, version.face_version)?;
        let address = issuer.settings.printed(&version.code, version.print_payload.as_deref())?.parse()?;
        let issued_by = standing::issued_by(conn, &kind, version)?.body_id;
        let photo = match kind.face.wants_photo() {
            None => None,
            Some(_) => photograph(&documents::get(conn, &licence.body_id, &version.id)?.unwrap_or_default())?,
        };
        let data: Map<String, Value> = serde_json::from_slice(&version.fields).map_err(|_| record("stored fields"))?;
        let stamped_at =
            Moment::from_unix_milliseconds(version.stamped_at).map_err(|_| record("the time of a stamp"))?;
        let begins = Day::parse(&version.valid_from)?;
        let issued_on = issued_on(&kind, &data).map_or_else(|| Day::in_beijing_at(stamped_at), Ok)?;
        let grant = Grant { begins, ..super::issue::grant_on(conn, &issued_by, issued_on)? };
        let given = Given { data: &data, holder_code_type: Some(&licence.holder_code_kind), choices: &BTreeMap::new() };
        let application = Application::read(&kind.entry, &given, &grant).map_err(IssueError::Application)?;
        let identifier = version.identifier.parse()?;
        let number = licence.number.clone();
        Ok(Self { kind, issued_by, identifier, data, address, stamped_at, number, application, grant, photo })
    }

    /// The page, as of an instant; of an annotated copy with what it says of itself.
    ///
    /// # Errors
    /// [`IssueError::Metadata`], [`IssueError::Draw`].
    pub(super) fn draw(
        &self,
        at: Moment,
        copy: Option<AnnotatedCopy>,
        attachment: &[u8],
    ) -> Result<Drawing, IssueError> {
        let metadata = self.application.metadata(&self.kind.entry, &self.grant, &self.identifier, &self.number, at);
        let metadata = Metadata { copy, ..metadata.map_err(IssueError::Metadata)? };
        let values = self.application.face_values();
        let (photo, code) = (self.photo.as_ref(), &self.address);
        // whoever has a copy of the sheet, or one for a purpose, discloses nothing by it
        let content = Content { values: &values, photo, code, metadata: &metadata, attachment, disclosure: None, at };
        Ok(self.kind.face.draw(&content)?)
    }

    /// 证照编号.
    pub(super) fn number(&self) -> &str {
        &self.number
    }
}

/// The photograph of a document of our own: kept there and nowhere else.
fn photograph(document: &[u8]) -> Result<Option<Photo>, IssueError> {
    let octets = photograph_in(document)?.map(Photo::new).transpose();
    octets.map_err(|cause| IssueError::Record(format!("the photograph of a document: {cause}")))
}

/// Its octets, JPEG or PNG.
pub(super) fn photograph_in(document: &[u8]) -> Result<Option<Vec<u8>>, IssueError> {
    let record = |what: String| IssueError::Record(format!("the photograph of a document: {what}"));
    let package = Package::open(&document, &Limits::default()).map_err(|cause| record(cause.to_string()))?;
    let Some(entry) = PHOTO_ENTRIES.into_iter().find(|entry| package.contains(entry)) else { return Ok(None) };
    let octets = package.read(entry).map_err(|cause| record(cause.to_string()))?;
    Ok(Some(octets.to_vec()))
}

fn issued_on(kind: &LicenceType, data: &Map<String, Value>) -> Option<Day> {
    let field = kind.entry.field_that_fills(yinxin_trust::licence::metadata::Element::IssuedOn)?;
    Day::parse(data.get(&field.name)?.as_str()?).ok()
}

fn picture(der: &[u8]) -> Option<SealPicture> {
    let seal = Seal::parse(der).ok()?;
    SealPicture::of_seal(&seal).ok()
}
