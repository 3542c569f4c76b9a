//! The values of a licence as they are shown: NFC, dates in Chinese, and nothing
//! that no reader could show.

use super::{Content, DrawOffence};
use crate::template::Checked;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};
use yinxin_trust::{
    base::Day,
    licence::{
        catalogue::schema::LONGEST_TEXT,
        metadata::{Element, Metadata},
    },
};

/// Of each field of the entry, what is shown; offences name the rest.
pub(super) fn shown(face: &Checked, content: &Content<'_>, offences: &mut Vec<DrawOffence>) -> Vec<Option<String>> {
    for name in content.values.keys().filter(|name| !face.fields.iter().any(|field| field.name == **name)) {
        offences.push(DrawOffence::Unknown { field: name.chars().take(64).collect() });
    }
    face.fields
        .iter()
        .map(|field| {
            let name = || field.name.clone();
            let Some(value) = content.values.get(&field.name).filter(|value| !value.trim().is_empty()) else {
                if field.required {
                    offences.push(DrawOffence::Missing { field: name() });
                }
                return None;
            };
            if field.is_date {
                let day = Day::parse(value).ok().filter(|day| day.to_string() == *value);
                if day.is_none() {
                    offences.push(DrawOffence::Date { field: name() });
                }
                return day.map(Day::chinese);
            }
            let limit = LONGEST_TEXT as usize;
            if value.chars().nth(limit).is_some() {
                offences.push(DrawOffence::TooManyCharacters { field: name(), limit });
                return None;
            }
            let text = nfc(value);
            let found = offence(&field.name, &text);
            let is_sound = found.is_none();
            offences.extend(found);
            is_sound.then_some(text)
        })
        .collect()
}

/// An element as it is shown; empty where it has no value.
pub(super) fn element(metadata: &Metadata, element: Element) -> String {
    let written = metadata.written(element).unwrap_or_default();
    let is_day = matches!(element, Element::IssuedOn | Element::ValidFrom | Element::ValidUntil);
    match Day::parse(&written) {
        Ok(day) if is_day => day.chinese(),
        _ => nfc(&written),
    }
}

pub(super) fn nfc(text: &str) -> String {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text.to_owned(),
        _ => text.nfc().collect(),
    }
}

/// The first character that cannot stand on a page; a line break can.
pub(super) fn offence(field: &str, text: &str) -> Option<DrawOffence> {
    (1..).zip(text.chars()).find_map(|(position, character)| {
        let (field, code_point) = (|| field.to_owned(), u32::from(character));
        match character {
            '\n' => None,
            '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => {
                Some(DrawOffence::PrivateUse { field: field(), position, code_point })
            }
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
                Some(DrawOffence::Invisible { field: field(), position, code_point })
            }
            control if control.is_control() => Some(DrawOffence::Control { field: field(), position, code_point }),
            _ => None,
        }
    })
}
