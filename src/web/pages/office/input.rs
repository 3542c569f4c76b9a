//! What a form of the office sends.
//!
//! Fields are named as their faults are: those of the type by `data.NAME`, choices
//! of the number by `choices.NAME`, the decision by `decision.NAME`.

use crate::{
    flow::{
        applications::{ActEntry, DecisionEntry, FieldKind, Form, LicenceEntry},
        issue::photo_text,
        window::day_as_written,
    },
    web::input::Filled,
};
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;

/// The fields as they were sent.
pub(super) type Sent = BTreeMap<String, String>;

const DATA: &str = "data.";

/// The box that takes a photograph away.
pub(super) const NO_PHOTO: &str = "photo.none";

/// The name in the form of a field of the type or of a choice.
pub(super) fn sent_name(field: &str) -> String {
    if field.contains('.') || field == "holder_code_type" { field.to_owned() } else { format!("{DATA}{field}") }
}

/// An entry of a type out of what was sent; what the type does not ask for is left
/// aside. `kept` is the photograph that was there before.
pub(super) fn licence(form: &Form, filled: &Filled, kept: Option<String>) -> LicenceEntry {
    let sent = &filled.fields;
    let mut entry =
        LicenceEntry { type_code: form.type_code.clone(), decision: decision(sent), ..LicenceEntry::default() };
    let mut data = Map::new();
    for field in &form.fields {
        let Some(text) = sent.get(&sent_name(&field.name)).map(|text| clean(text)).filter(|text| !text.is_empty())
        else {
            continue;
        };
        if let Some(choice) = field.name.strip_prefix("choices.") {
            entry.choices.insert(choice.to_owned(), text);
        } else if field.name == "holder_code_type" {
            entry.holder_code_type = Some(text);
        } else {
            data.insert(field.name.clone(), value(&field.kind, text));
        }
    }
    entry.data = data;
    let given = filled.file.as_deref().map(photo_text);
    let taken_away = sent.get(NO_PHOTO).is_some_and(|value| value == "true");
    entry.photo = given.or(kept.filter(|_| !taken_away)).filter(|_| form.photo.is_some());
    entry
}

/// An entry of an act out of what was sent.
pub(super) fn act(identifier: String, sent: &Sent) -> ActEntry {
    let of = |name: &str| sent.get(name).map(|text| clean(text)).unwrap_or_default();
    ActEntry { identifier, kind: of("kind"), decision: decision(sent), effective_from: day(of("effective_from")) }
}

fn decision(sent: &Sent) -> DecisionEntry {
    let of = |name: &str| sent.get(name).map(|text| clean(text)).unwrap_or_default();
    DecisionEntry {
        document_number: of("decision.document_number"),
        legal_basis: of("decision.legal_basis"),
        decided_on: day(of("decision.decided_on")),
    }
}

/// A day however it is written; what is none stays, and is named as a fault.
fn day(text: String) -> String {
    day_as_written(&text).map_or(text, |day| day.to_string())
}

/// Browsers send line breaks as CR LF.
fn clean(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// What is no number stays a text, which the schema then names.
fn value(kind: &FieldKind, text: String) -> Value {
    match kind {
        FieldKind::Number => text.parse::<Number>().map_or(Value::String(text), Value::Number),
        FieldKind::YesNo => Value::Bool(text == "true"),
        FieldKind::Day => Value::String(day(text)),
        FieldKind::Line(_) | FieldKind::Long(_) | FieldKind::Choice(_) => Value::String(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::applications::FormField;
    use yinxin_trust::base::Sentence;

    #[test]
    fn only_what_the_type_asks_for_is_taken() {
        let field = |name: &str, kind| FormField { name: name.into(), title: name.into(), kind, needed: true };
        let form = Form {
            type_code: "t".into(),
            title: Sentence::new("证", "licence"),
            revision: 1,
            fields: vec![
                field("name", FieldKind::Line(9)),
                field("scope", FieldKind::Long(900)),
                field("count", FieldKind::Number),
                field("choices.level", FieldKind::Choice(vec![])),
            ],
            filled: vec![],
            photo: None,
        };
        let pairs = [
            ("data.name", " 名 "),
            ("data.scope", "a\r\nb"),
            ("data.count", "7"),
            ("choices.level", "3"),
            ("data.other", "x"),
            ("decision.decided_on", "2026年11月22日"),
            ("then", "submit"),
        ];
        let fields: Sent = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let filled = Filled { fields, file: Some(b"picture".to_vec()) };
        let entry = licence(&form, &filled, None);
        assert_eq!(Value::Object(entry.data.clone()), serde_json::json!({"name": "名", "scope": "a\nb", "count": 7}));
        assert_eq!(entry.choices.get("level").map(String::as_str), Some("3"));
        assert_eq!((entry.type_code.as_str(), entry.decision.decided_on.as_str()), ("t", "2026-11-22"));
        assert_eq!(entry.photo, None, "the type has no place for one");
        let form = Form { photo: Some(false), ..form };
        let old = || Some("old".to_owned());
        assert_eq!(licence(&form, &filled, old()).photo.as_deref(), Some("cGljdHVyZQ=="));
        let without = Filled { file: None, ..filled };
        assert_eq!(licence(&form, &without, old()), LicenceEntry { photo: old(), ..entry });
        let mut fields = without.fields.clone();
        fields.insert(NO_PHOTO.to_owned(), "true".to_owned());
        assert_eq!(licence(&form, &Filled { fields, file: None }, old()).photo, None);
    }
}
