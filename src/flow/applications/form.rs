//! The form of a type, made from its catalogue entry and its JSON Schema.
//!
//! What the rules fill in is not asked for: issuing body, day of issue, a number
//! that the register gives, an end of validity that follows from the rule.

use super::{ApplicationError, LicenceEntry};
use crate::{
    flow::{
        access::{Permit, may},
        issue::{Decided, IssueError, Order},
        issuer::Issuer,
        types::LicenceType,
    },
    store::catalogue,
};
use serde_json::Value;
use yinxin_trust::{
    base::{Day, Sentence},
    licence::{
        catalogue::{CatalogueEntry, CheckSystem, NumberPart, NumberRule, ValidityRule},
        metadata::{Element, HolderCodeType},
    },
};

/// From so many characters on a text is a long one.
const LONG: u64 = 500;
/// Most types of a body on one page.
const MOST_TYPES: u32 = 500;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// 证照类型代码.
    pub type_code: String,
    /// 证照类型名称.
    pub title: Sentence,
    /// Revision of the catalogue entry.
    pub revision: i32,
    /// In the order of the face; choices of the number and the code type after them.
    pub fields: Vec<FormField>,
    /// Titles of what the rules fill in.
    pub filled: Vec<String>,
    /// Whether the face has a place for a photograph, and then whether it must be filled.
    pub photo: Option<bool>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// As in [`super::Fault::field`].
    pub name: String,
    /// 照面项名称; for choices of the number their name in the rule.
    pub title: String,
    /// What is typed.
    pub kind: FieldKind,
    /// Whether it must be there.
    pub needed: bool,
}

/// How a field is entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One line, at most so many characters.
    Line(u64),
    /// Several lines, at most so many characters.
    Long(u64),
    /// A day.
    Day,
    /// A number.
    Number,
    /// Yes or no.
    YesNo,
    /// One of some.
    Choice(Vec<Choice>),
}

/// What may be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// As stored.
    pub value: String,
    /// As read.
    pub label: String,
}

/// A type that the body issues today.
pub fn types(issuer: &Issuer, permit: &Permit<may::Apply>) -> Result<Vec<(String, Sentence)>, ApplicationError> {
    let today = Day::in_beijing_at(issuer.clock.now()?)?;
    issuer.store.read(|conn| {
        let mut codes: Vec<String> = catalogue::uses(conn, permit.body(), ("", ""), MOST_TYPES)?
            .into_iter()
            .map(|used| used.type_code)
            .collect();
        codes.dedup();
        let mut found = Vec::new();
        for code in codes {
            if catalogue::use_on(conn, permit.body(), &code, &today.to_string())?.is_some() {
                let kind = issuer.types.on(conn, &code, today)?;
                found.push((code, kind.title()));
            }
        }
        Ok(found)
    })
}

/// The form of a type that the body issues today.
///
/// # Errors
/// [`ApplicationError::NotFound`] where it does not.
pub fn form(issuer: &Issuer, permit: &Permit<may::Apply>, type_code: &str) -> Result<Form, ApplicationError> {
    let today = Day::in_beijing_at(issuer.clock.now()?)?;
    issuer.store.read(|conn| {
        let used = catalogue::use_on(conn, permit.body(), type_code, &today.to_string())?;
        used.ok_or(ApplicationError::NotFound)?;
        Ok(of_type(issuer.types.on(conn, type_code, today)?.as_ref()))
    })
}

pub(super) fn of_type(kind: &LicenceType) -> Form {
    let entry = &kind.entry;
    let (mut fields, mut filled) = (Vec::new(), Vec::new());
    for field in &entry.fields {
        if is_filled(entry, field.fills) {
            filled.push(kind.title_of(&field.name));
        } else {
            fields.push(FormField {
                name: field.name.clone(),
                title: kind.title_of(&field.name),
                kind: field_kind(entry.schema(), &field.name),
                needed: is_needed(entry.schema(), &field.name),
            });
        }
    }
    if is_filled(entry, Some(Element::Number)) {
        fields.extend(choices(&entry.number_rule));
    }
    if entry.holder_code_types.len() > 1 {
        let choice = |kind: &HolderCodeType| Choice { value: kind.code().to_owned(), label: kind.name().to_owned() };
        let kind = FieldKind::Choice(entry.holder_code_types.iter().map(choice).collect());
        let title = "持证主体代码类型".to_owned();
        fields.push(FormField { name: "holder_code_type".to_owned(), title, kind, needed: true });
    }
    let (type_code, photo) = (entry.type_code.to_string(), kind.face.wants_photo());
    Form { type_code, title: kind.title(), revision: kind.revision, fields, filled, photo }
}

/// Whether the rules give the value of an element.
fn is_filled(entry: &CatalogueEntry, element: Option<Element>) -> bool {
    match element {
        Some(Element::IssuingBody | Element::IssuedOn | Element::ValidFrom) => true,
        Some(Element::ValidUntil) => entry.validity_rule != ValidityRule::Stated,
        Some(Element::Number) => match &entry.number_rule {
            NumberRule::HolderCode => true,
            NumberRule::Parts(parts) => {
                !parts.iter().any(|part| matches!(part, NumberPart::Check(CheckSystem::Unknown)))
            }
        },
        _ => false,
    }
}

fn choices(rule: &NumberRule) -> impl Iterator<Item = FormField> {
    let parts = match rule {
        NumberRule::HolderCode => &[][..],
        NumberRule::Parts(parts) => parts,
    };
    parts.iter().filter_map(|part| {
        let NumberPart::Choice { name, values } = part else { return None };
        let choices = values.iter().map(|value| Choice { value: value.clone(), label: value.clone() }).collect();
        let kind = FieldKind::Choice(choices);
        Some(FormField { name: format!("choices.{name}"), title: name.clone(), kind, needed: true })
    })
}

fn field_kind(schema: &Value, name: &str) -> FieldKind {
    let of = |member: &str| schema.pointer(&format!("/properties/{name}/{member}"));
    if let Some(values) = of("enum").and_then(Value::as_array) {
        let texts = values.iter().filter_map(Value::as_str).map(str::to_owned);
        return FieldKind::Choice(texts.map(|text| Choice { value: text.clone(), label: text }).collect());
    }
    match (of("type").and_then(Value::as_str), of("format").and_then(Value::as_str)) {
        (Some("boolean"), _) => FieldKind::YesNo,
        (Some("integer" | "number"), _) => FieldKind::Number,
        (_, Some("date")) => FieldKind::Day,
        _ => match of("maxLength").and_then(Value::as_u64) {
            Some(longest) if longest >= LONG => FieldKind::Long(longest),
            longest => FieldKind::Line(longest.unwrap_or(LONG)),
        },
    }
}

fn is_needed(schema: &Value, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(name)))
}

/// The field that holds the number.
pub(super) fn number_field(issuer: &Issuer, entry: &LicenceEntry) -> Result<String, ApplicationError> {
    let today = Day::in_beijing_at(issuer.clock.now()?)?;
    let kind = issuer.store.read(|conn| issuer.types.on(conn, &entry.type_code, today).map_err(IssueError::from))?;
    Ok(kind.entry.field_that_fills(Element::Number).map(|field| field.name.clone()).unwrap_or_default())
}

/// The order with a decision of today that stands in, to try the rest.
pub(super) fn with_a_decision(entry: &LicenceEntry, issuer: &Issuer) -> Result<Order, ApplicationError> {
    let stand_in = "—".to_owned();
    Ok(Order {
        type_code: entry.type_code.clone(),
        data: entry.data.clone(),
        choices: entry.choices.clone(),
        holder_code_type: entry.holder_code_type.clone(),
        decision: Decided {
            document_number: stand_in.clone(),
            legal_basis: stand_in,
            decided_on: Day::in_beijing_at(issuer.clock.now()?)?,
        },
        issued_on: None,
        begins: None,
        change_of: None,
        photo: entry.photo.clone(),
        idempotency_key: None,
    })
}
