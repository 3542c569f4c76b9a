//! The shape that the JSON Schema of a type's fields has: draft 2020-12, one
//! closed object of scalar fields, each with a Chinese title, nothing from
//! outside. So a form can be made of it, and a check of data against it needs
//! no network and bounded time.

use super::{
    Field,
    field::{self, is_name},
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The one draft.
pub const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
/// Longest value of a text field, in characters.
pub const LONGEST_TEXT: u64 = 10_000;
/// Longest title and pattern, in characters.
const LONGEST_WORD: usize = 500;
/// What the schema itself may say.
const MEMBERS: [&str; 8] =
    ["$schema", "title", "description", "type", "additionalProperties", "required", "properties", "unverified"];
/// What the schema of a field may say.
const FIELD_MEMBERS: [&str; 15] = [
    "title",
    "description",
    "type",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "enum",
    "const",
    "minimum",
    "maximum",
    "multipleOf",
    "examples",
    "default",
    "$comment",
];

/// What is wrong with the schema of a type's fields.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaOffence {
    /// Not a JSON object.
    #[error("not an object")]
    NoObject,
    /// Another draft, or none named.
    #[error("$schema is {DRAFT}")]
    Draft,
    /// Something that this shape does not have, `$ref` among it.
    #[error("{place} has a member {member:?} that may not be there")]
    Member {
        /// `the schema` or `field x`.
        place: String,
        /// Its name.
        member: String,
    },
    /// The schema itself is not of a closed object.
    #[error("the schema is one of an object without additional properties")]
    Open,
    /// The title is missing or too long.
    #[error("{place} has a title of 1 to {LONGEST_WORD} characters")]
    Title {
        /// `the schema` or `field x`.
        place: String,
    },
    /// `unverified` is there and no boolean.
    #[error("unverified is true or false")]
    Unverified,
    /// A property without a field in the entry.
    #[error("property {name:?} is no field of the entry")]
    PropertyWithoutField {
        /// Its name.
        name: String,
    },
    /// A field of the entry without a property.
    #[error("field {name} has no property")]
    FieldWithoutProperty {
        /// Its name.
        name: String,
    },
    /// `required` is no list of properties, each once.
    #[error("required is a list of fields, each once")]
    Required,
    /// The type of a field is none of string, integer, number, boolean.
    #[error("field {name} is a string, integer, number or boolean")]
    Type {
        /// Its name.
        name: String,
    },
    /// A text without a bound on its length, or with bounds the wrong way round.
    #[error("field {name}: 0 <= minLength <= maxLength <= {LONGEST_TEXT}")]
    Length {
        /// Its name.
        name: String,
    },
    /// A pattern that is not anchored at both ends, or too long.
    #[error("field {name}: a pattern begins with ^, ends with $ and has at most {LONGEST_WORD} characters")]
    Pattern {
        /// Its name.
        name: String,
    },
    /// A format that is not `date`.
    #[error("field {name}: the only format is date")]
    Format {
        /// Its name.
        name: String,
    },
}

/// Every offence of a schema for these fields.
pub(super) fn offences(schema: &Value, fields: &[Field]) -> Vec<SchemaOffence> {
    let Value::Object(object) = schema else {
        return vec![SchemaOffence::NoObject];
    };
    let mut offences = Vec::new();
    if object.get("$schema").and_then(Value::as_str) != Some(DRAFT) {
        offences.push(SchemaOffence::Draft);
    }
    foreign_members(object, &MEMBERS, "the schema", &mut offences);
    let closed = object.get("type").and_then(Value::as_str) == Some("object")
        && object.get("additionalProperties") == Some(&Value::Bool(false));
    if !closed {
        offences.push(SchemaOffence::Open);
    }
    title(object, "the schema", &mut offences);
    if object.get("unverified").is_some_and(|flag| !flag.is_boolean()) {
        offences.push(SchemaOffence::Unverified);
    }
    let empty = Map::new();
    let properties = object.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    for name in properties.keys().take(field::MOST) {
        if !fields.iter().any(|field| field.name == *name) {
            offences.push(SchemaOffence::PropertyWithoutField { name: name.clone() });
        }
    }
    for field in fields {
        match properties.get(&field.name).and_then(Value::as_object) {
            None => offences.push(SchemaOffence::FieldWithoutProperty { name: field.name.clone() }),
            Some(property) => property_offences(&field.name, property, &mut offences),
        }
    }
    if !object.get("required").is_none_or(|required| is_list_of(required, properties)) {
        offences.push(SchemaOffence::Required);
    }
    offences
}

/// Whether the list of fields is from memory, not from a published source.
pub(super) fn is_unverified(schema: &Value) -> bool {
    schema.get("unverified").and_then(Value::as_bool).unwrap_or(false)
}

fn property_offences(name: &str, property: &Map<String, Value>, offences: &mut Vec<SchemaOffence>) {
    let named = || name.to_owned();
    let place = format!("field {name}");
    foreign_members(property, &FIELD_MEMBERS, &place, offences);
    title(property, &place, offences);
    let kind = property.get("type").and_then(Value::as_str);
    if !matches!(kind, Some("string" | "integer" | "number" | "boolean")) {
        offences.push(SchemaOffence::Type { name: named() });
    }
    let number = |member: &str| property.get(member).map(Value::as_u64);
    let bounds = (number("minLength").unwrap_or(Some(0)), number("maxLength"));
    let bounded = match bounds {
        (Some(least), Some(Some(most))) => least <= most && most <= LONGEST_TEXT,
        // a choice or a date is bounded by itself
        (Some(_), None) => ["enum", "const", "format"].iter().any(|member| property.contains_key(*member)),
        _ => false,
    };
    if kind == Some("string") && !bounded {
        offences.push(SchemaOffence::Length { name: named() });
    }
    let is_anchored = |pattern: &str| {
        pattern.starts_with('^') && pattern.ends_with('$') && pattern.chars().nth(LONGEST_WORD).is_none()
    };
    if property.get("pattern").is_some_and(|pattern| !pattern.as_str().is_some_and(is_anchored)) {
        offences.push(SchemaOffence::Pattern { name: named() });
    }
    if property.get("format").is_some_and(|format| format.as_str() != Some("date")) {
        offences.push(SchemaOffence::Format { name: named() });
    }
}

fn foreign_members(object: &Map<String, Value>, known: &[&str], place: &str, offences: &mut Vec<SchemaOffence>) {
    let foreign = object.keys().filter(|member| !known.contains(&member.as_str()));
    offences.extend(foreign.map(|member| SchemaOffence::Member { place: place.to_owned(), member: member.clone() }));
}

fn title(object: &Map<String, Value>, place: &str, offences: &mut Vec<SchemaOffence>) {
    let title = object.get("title").and_then(Value::as_str).unwrap_or_default();
    if title.trim().is_empty() || title.chars().nth(LONGEST_WORD).is_some() {
        offences.push(SchemaOffence::Title { place: place.to_owned() });
    }
}

/// Whether `required` lists properties, each once.
fn is_list_of(required: &Value, properties: &Map<String, Value>) -> bool {
    let mut seen = BTreeSet::new();
    required.as_array().is_some_and(|names| {
        names.iter().all(|name| {
            name.as_str().is_some_and(|name| is_name(name) && properties.contains_key(name) && seen.insert(name))
        })
    })
}
