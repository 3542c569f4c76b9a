//! Which fields a licence has for this, and in which form.

use super::{Field, FieldForm};
use crate::licence::{
    application::text_of,
    catalogue::{Audience, CatalogueEntry, Disclosure as Class, Field as FaceField},
    metadata::{Element, Metadata, Naming},
};
use serde_json::{Map, Value};

/// What every disclosure says: of which type the licence is, and who issued it.
pub const FRAME: [Element; 4] = [Element::TypeName, Element::TypeCode, Element::IssuingBody, Element::IssuingBodyCode];

/// Elements that a licence has whether or not the type has fields for them.
const ELEMENTS: [Element; 9] = [
    Element::TypeName,
    Element::TypeCode,
    Element::IssuingBody,
    Element::IssuingBodyCode,
    Element::Identifier,
    Element::Number,
    Element::IssuedOn,
    Element::ValidFrom,
    Element::ValidUntil,
];

/// The name under which a field of a type is disclosed.
pub fn key_of(field: &FaceField) -> &str {
    field.fills.map_or(field.name.as_str(), |element| element.name(Naming::Short))
}

/// All fields of a licence with a value, each once, in the form in which whoever the holder
/// shows it to may see it: of a masked field there is no other.
pub fn fields_of(entry: &CatalogueEntry, metadata: &Metadata, data: &Map<String, Value>) -> Vec<Field> {
    let open = ELEMENTS.into_iter().filter(|element| entry.field_that_fills(*element).is_none());
    let of_elements = open.filter_map(|element| {
        let (name, title) = (element.name(Naming::Short).to_owned(), element.chinese().to_owned());
        Some(Field { name, title, form: FieldForm::Whole, value: written(metadata, element)? })
    });
    let of_face = entry.fields.iter().filter_map(|field| {
        let value = text_of(data.get(&field.name)?);
        let form = match field.disclosure {
            Class::Masked(_) => FieldForm::Masked,
            Class::Public | Class::WithConsent => FieldForm::Whole,
        };
        let value = field.disclosure.shown_to(Audience::Shown, &value)?;
        Some(Field { name: key_of(field).to_owned(), title: entry.title_of(&field.name).to_owned(), form, value })
    });
    of_elements.chain(of_face).filter(|field| !field.value.trim().is_empty()).collect()
}

/// Days as people write them.
fn written(metadata: &Metadata, element: Element) -> Option<String> {
    match element {
        Element::IssuedOn => Some(metadata.issued_on.to_string()),
        Element::ValidFrom => metadata.valid_from.map(|day| day.to_string()),
        Element::ValidUntil => metadata.valid_until.map(|until| until.to_string()),
        other => metadata.written(other),
    }
}
