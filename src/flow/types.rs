//! Licence types in use: entry, schema and face, read once.

use super::shared::Shared;
use crate::store::{Conn, StoreError, catalogue};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use yinxin_face::{Face, Fonts};
use yinxin_trust::{
    base::{Day, Sentence},
    licence::{
        application::{ApplicationOffence, FieldFault},
        catalogue::CatalogueEntry,
    },
};

/// One revision of a type with one version of its face, ready to issue.
pub(super) struct LicenceType {
    /// The catalogue entry.
    pub(super) entry: CatalogueEntry,
    /// Its revision.
    pub(super) revision: i32,
    /// The face, its fixed parts made.
    pub(super) face: Face,
    /// The version of the face.
    pub(super) face_version: i32,
    /// What its packages have in common.
    pub(super) shared: Shared,
    schema: jsonschema::Validator,
}

/// Why a type cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TypeFault {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("no licence type {type_code} is in force on {day}")]
    Unknown { type_code: String, day: Day },
    #[error("the face {0} is not there")]
    NoFace(String),
    #[error("catalogue entry {type_code}: {cause}")]
    Entry { type_code: String, cause: String },
    #[error("face {name}: {cause}")]
    Face { name: String, cause: String },
}

/// A type by code, revision and version of the face.
type Key = (String, i32, i32);

/// The types that were used since the start.
pub(super) struct Types {
    fonts: Arc<Fonts>,
    known: Mutex<BTreeMap<Key, Arc<LicenceType>>>,
}

impl Types {
    /// The fonts that faces are drawn with.
    pub(super) const fn fonts(&self) -> &Arc<Fonts> {
        &self.fonts
    }

    pub(super) fn new(fonts: Arc<Fonts>) -> Self {
        Self { fonts, known: Mutex::default() }
    }

    /// The type as it is on a day, with the latest version of its face.
    ///
    /// # Errors
    /// [`TypeFault`].
    pub(super) fn on(&self, conn: &mut Conn, type_code: &str, day: Day) -> Result<Arc<LicenceType>, TypeFault> {
        let unknown = || TypeFault::Unknown { type_code: type_code.to_owned(), day };
        let row = catalogue::entry_on(conn, type_code, &day.to_string())?.ok_or_else(unknown)?;
        let entry = parse(&row)?;
        let face = catalogue::latest_face(conn, &entry.face)?.ok_or_else(|| TypeFault::NoFace(entry.face.clone()))?;
        let key = (row.type_code.clone(), row.revision, face.version);
        if let Some(known) = self.known(&key) {
            return Ok(known);
        }
        self.keep(key, entry, row.revision, &face)
    }

    /// The type as a licence was issued by.
    ///
    /// # Errors
    /// [`TypeFault`].
    pub(super) fn exactly(
        &self,
        conn: &mut Conn,
        type_code: &str,
        revision: i32,
        face_version: i32,
    ) -> Result<Arc<LicenceType>, TypeFault> {
        let key = (type_code.to_owned(), revision, face_version);
        if let Some(known) = self.known(&key) {
            return Ok(known);
        }
        let gone = |cause: &str| TypeFault::Entry { type_code: type_code.to_owned(), cause: cause.to_owned() };
        let row = catalogue::entry(conn, type_code, revision)?.ok_or_else(|| gone("the revision is not there"))?;
        let entry = parse(&row)?;
        let face =
            catalogue::face(conn, &entry.face, face_version)?.ok_or_else(|| TypeFault::NoFace(entry.face.clone()))?;
        self.keep(key, entry, revision, &face)
    }

    fn known(&self, key: &Key) -> Option<Arc<LicenceType>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn keep(
        &self,
        key: Key,
        entry: CatalogueEntry,
        revision: i32,
        row: &catalogue::Face,
    ) -> Result<Arc<LicenceType>, TypeFault> {
        let face_fault = |cause: String| TypeFault::Face { name: row.name.clone(), cause };
        let template = core::str::from_utf8(&row.template).map_err(|cause| face_fault(cause.to_string()))?;
        let face = Face::parse(template, &entry, &self.fonts).map_err(|cause| face_fault(cause.to_string()))?;
        let schema = validator(&entry)?;
        let shared = Shared::of(face.fixed_parts());
        let made = Arc::new(LicenceType { entry, revision, face, face_version: row.version, shared, schema });
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&made));
        Ok(made)
    }
}

fn parse(row: &catalogue::Entry) -> Result<CatalogueEntry, TypeFault> {
    let fault = |cause: String| TypeFault::Entry { type_code: row.type_code.clone(), cause };
    let text = core::str::from_utf8(&row.entry).map_err(|cause| fault(cause.to_string()))?;
    CatalogueEntry::parse(text).map_err(|cause| fault(cause.to_string()))
}

/// The schema has the bounded shape that the catalogue checks: no reference leads out of it.
fn validator(entry: &CatalogueEntry) -> Result<jsonschema::Validator, TypeFault> {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        // linear time in the value, whatever the pattern
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(entry.schema())
        .map_err(|cause| TypeFault::Entry { type_code: entry.type_code.to_string(), cause: cause.to_string() })
}

impl LicenceType {
    /// 证照类型名称, in both languages.
    pub(super) fn title(&self) -> Sentence {
        Sentence::new(self.entry.title.zh.clone(), self.entry.title.en.clone())
    }

    /// 照面项名称 of a field; its name where the schema has no title.
    pub(super) fn title_of(&self, field: &str) -> String {
        self.entry.title_of(field).to_owned()
    }

    /// Every offence of the data against the schema of the type.
    pub(super) fn schema_offences(&self, data: &Value) -> Vec<ApplicationOffence> {
        use jsonschema::error::ValidationErrorKind as Kind;
        let mut found = Vec::new();
        for error in self.schema.iter_errors(data) {
            let place = error.instance_path().to_string();
            let field = place.trim_start_matches('/').to_owned();
            let (field, sentence) = match error.kind() {
                Kind::Required { property } => {
                    found.push(ApplicationOffence {
                        field: property.as_str().unwrap_or_default().to_owned(),
                        fault: FieldFault::Missing,
                    });
                    continue;
                }
                Kind::MaxLength { limit } => {
                    (field, Sentence::new(format!("最多 {limit} 个字。"), format!("at most {limit} characters")))
                }
                Kind::MinLength { limit } => {
                    (field, Sentence::new(format!("至少 {limit} 个字。"), format!("at least {limit} characters")))
                }
                Kind::Pattern { .. } => {
                    (field, Sentence::new("格式不对，请照示例填写。", "not of the form that the type wants"))
                }
                Kind::Format { .. } => {
                    (field, Sentence::new("请填日期，例如 2026-11-22。", "no date such as 2026-11-22"))
                }
                Kind::Enum { .. } | Kind::Constant { .. } => {
                    (field, Sentence::new("请从给出的值里选一个。", "must be one of the values of the type"))
                }
                _ => (field, Sentence::new("不符合这类证照的要求。", "not what the type wants")),
            };
            found.push(ApplicationOffence { field, fault: FieldFault::Schema(sentence) });
        }
        found
    }
}
