//! Making disclosures (出示文件): chosen fields of a licence with what proves them by the stamp of
//! its issuer (`trust::disclosure`, ADR 54).
//!
//! What goes in is read from the stored original, never computed anew: a field that is not in the
//! list of digests there is not disclosed. The type and who issued it always go with it.

use super::{
    access::Holder,
    audit,
    holders::holdings::{self, Held},
    issue::{IssueError, SIGNATURE_FILE, SIGNED_VALUE_FILE},
    issuer::Issuer,
    kind::FieldOffence,
    presentations::{Class, Offer, PresentationError, Presentations, not_offered},
};
use crate::store::{Conn, documents, field_secrets};
use serde_json::{Map, Value, json};
use yinxin_face::DIGESTS_ENTRY;
use yinxin_trust::{
    base::{Limits, Sentence},
    disclosure::{Disclosed, Disclosure, FRAME, Field, FieldForm, FieldSecret, fields_of, key_of},
    licence::{
        catalogue::Disclosure as CatalogueClass,
        identifier::LicenceIdentifier,
        metadata::{Metadata, Naming},
    },
    ofd::{Document, Package},
};

/// What a holder may disclose of a licence.
#[derive(Clone, Debug)]
pub struct Disclosable {
    /// The licence.
    pub offer: Offer,
    /// Every field, those first that go with each disclosure; empty where the licence was issued
    /// before there were digests.
    pub fields: Vec<DisclosableField>,
}

/// One field of it.
#[derive(Clone, Debug)]
pub struct DisclosableField {
    /// Its name within disclosures.
    pub name: String,
    /// 照面项名称.
    pub title: String,
    /// As it is disclosed: masked where the type says so.
    pub value: String,
    /// To whom it goes.
    pub class: Class,
    /// Whether it goes with every disclosure.
    pub always: bool,
}

/// What a holder may disclose of a licence.
///
/// # Errors
/// [`PresentationError::NotHeld`], also for one of another holder.
pub fn disclosable(
    issuer: &Issuer,
    holder: &Holder,
    identifier: &LicenceIdentifier,
) -> Result<Disclosable, PresentationError> {
    let now = issuer.clock.now()?;
    issuer.store.read(|conn| {
        let held = holdings::find(conn, issuer, holder.code(), identifier)?.ok_or(PresentationError::NotHeld)?;
        let mut fields: Vec<_> = match Original::read(conn, &held) {
            Ok(original) => original.fields.iter().map(|field| seen(&held, field)).collect(),
            Err(PresentationError::NotDisclosable) => Vec::new(),
            Err(other) => return Err(other),
        };
        fields.sort_by_key(|field| !field.always);
        Ok(Disclosable { offer: Offer::of(&held, now)?, fields })
    })
}

/// The file with the fields of these names, and what goes with every one. It is written to the audit
/// which fields they were.
///
/// # Errors
/// [`PresentationError`]; nothing is written then.
pub fn disclose(
    issuer: &Issuer,
    presentations: &Presentations,
    holder: &Holder,
    identifier: &LicenceIdentifier,
    names: &[String],
) -> Result<Vec<u8>, PresentationError> {
    let now = presentations.admit_showing(issuer, holder)?;
    let (file, held) = issuer.store.read(|conn| {
        let held = holdings::find(conn, issuer, holder.code(), identifier)?.ok_or(PresentationError::NotHeld)?;
        let original = Original::read(conn, &held)?;
        if names.is_empty() {
            let sentence = Sentence::new("请至少选一项。", "choose at least one field");
            let offence = FieldOffence { field: String::new(), code: "nothing_chosen", sentence };
            return Err(PresentationError::Fields(vec![offence]));
        }
        Ok((original.file(names)?, held))
    })?;
    let (body, actor, subject) = (held.licence.body_id, holder.actor(), held.version.identifier);
    let detail = json!({ "fields": names });
    issuer.store.write(move |conn| {
        audit::record(conn, Some(&body), &actor, "disclosure.made", &subject, &detail, now).map_err(IssueError::from)
    })?;
    Ok(file)
}

/// The file with fields by their names in the type, for whom the holder showed them.
///
/// # Errors
/// [`PresentationError::NotDisclosable`] for a licence that was issued before there were digests.
pub(in crate::flow) fn of_shown(conn: &mut Conn, held: &Held, names: &[String]) -> Result<Vec<u8>, PresentationError> {
    let named = |name: &String| held.kind.entry.field(name).map(|field| key_of(field).to_owned());
    let names: Vec<String> = names.iter().filter_map(named).collect();
    Original::read(conn, held)?.file(&names)
}

/// The stored original of a version, as far as fields are disclosed by it.
struct Original {
    secret: FieldSecret,
    fields: Vec<Field>,
    digests: String,
    signature: Vec<u8>,
    value: Vec<u8>,
}

impl Original {
    fn read(conn: &mut Conn, held: &Held) -> Result<Self, PresentationError> {
        let record = |what: &dyn std::fmt::Display| IssueError::Record(format!("a document: {what}"));
        let kept = field_secrets::of_version(conn, &held.version.id)?.ok_or(PresentationError::NotDisclosable)?;
        let secret = FieldSecret::kept(&kept).ok_or_else(|| record(&"the secret of its fields"))?;
        let octets = documents::get(conn, &held.licence.body_id, &held.version.id)?;
        let octets = octets.ok_or_else(|| record(&"not kept"))?;
        let package = Package::open(&octets, &Limits::default()).map_err(|cause| record(&cause))?;
        let entry = |name: &str| package.read(name).map_err(|cause| record(&cause));
        let pairs = Document::custom_datas(&package).map_err(|cause| record(&cause))?;
        let metadata = Metadata::read(&pairs).map_err(|_| record(&"its metadata"))?;
        let data: Map<String, Value> = serde_json::from_slice(&held.version.fields).map_err(|cause| record(&cause))?;
        Ok(Self {
            secret,
            fields: fields_of(&held.kind.entry, &metadata, &data),
            digests: String::from_utf8(entry(DIGESTS_ENTRY)?.to_vec()).map_err(|cause| record(&cause))?,
            signature: entry(SIGNATURE_FILE)?.to_vec(),
            value: entry(SIGNED_VALUE_FILE)?.to_vec(),
        })
    }

    /// The frame and the fields of these names.
    fn file(self, names: &[String]) -> Result<Vec<u8>, PresentationError> {
        let unknown = |name: &&String| self.fields.iter().all(|field| field.name != **name);
        let offences: Vec<_> = names.iter().filter(unknown).map(|name| not_offered(name)).collect();
        if !offences.is_empty() {
            return Err(PresentationError::Fields(offences));
        }
        let Self { secret, fields, digests, signature, value } = self;
        let chosen = fields.into_iter().filter(|field| is_frame(&field.name) || names.contains(&field.name));
        let fields = chosen.map(|field| Disclosed { salt: secret.salt(&field.name, field.form), field });
        let disclosure = Disclosure { digests, signature, value, fields: fields.collect() };
        let file = disclosure.check_fields().and_then(|_| disclosure.to_file());
        file.map_err(|fault| IssueError::Record(format!("fields: {fault}")).into())
    }
}

fn is_frame(name: &str) -> bool {
    FRAME.iter().any(|element| element.name(Naming::Short) == name)
}

fn seen(held: &Held, field: &Field) -> DisclosableField {
    let of_type = held.kind.entry.fields.iter().find(|one| key_of(one) == field.name);
    let class = match (of_type.map(|one| one.disclosure), field.form) {
        (_, FieldForm::Masked) | (Some(CatalogueClass::Masked(_)), _) => Class::Masked,
        (Some(CatalogueClass::WithConsent), _) => Class::WithConsent,
        (Some(CatalogueClass::Public) | None, FieldForm::Whole) => Class::Public,
    };
    DisclosableField {
        name: field.name.clone(),
        title: field.title.clone(),
        value: field.value.clone(),
        class,
        always: is_frame(&field.name),
    }
}
