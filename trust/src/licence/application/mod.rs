//! An application for a licence: what the applicant gives, and what the rules
//! of the type add to it.
//!
//! 1. Every text is brought to NFC; characters that no other system can read are
//!    refused.
//! 2. What the rules know is filled in where it is absent and compared where it
//!    is given: issuing body, day of issue, first and last day, number.
//! 3. Holder and code are read.
//!
//! All offences are told at once, each with its field. The JSON Schema of the
//! type is checked by the service, over [`Application::data`].

mod offence;

pub use offence::{ApplicationOffence, FieldFault};

use super::{
    Expiry,
    catalogue::{CatalogueEntry, NumberInputs, NumberOffence},
    codes::{CitizenNumber, CreditCode, RegionCode},
    identifier::LicenceIdentifier,
    metadata::{Element, HolderCodeType, Metadata, MetadataOffence, Naming},
    name::{HolderName, unreadable_character},
};
use crate::base::{Day, Moment};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// What the applicant gives.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// Values by the names of the type's fields.
    pub data: &'a Map<String, Value>,
    /// Which code the holder is known by, three digits; needed where the type knows several.
    pub holder_code_type: Option<&'a str>,
    /// Choices of the number rule, by name.
    pub choices: &'a BTreeMap<String, String>,
}

/// Who grants, and when.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Name of the issuing body as on the face.
    pub body_name: String,
    /// Its credit code.
    pub body_code: CreditCode,
    /// Its region.
    pub region: RegionCode,
    /// 证照颁发日期.
    pub issued_on: Day,
    /// First day of validity.
    pub begins: Day,
}

/// An application that holds, but for the schema and the running number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    data: Map<String, Value>,
    holder: HolderName,
    holder_code: Option<String>,
    holder_code_type: HolderCodeType,
    until: Expiry,
    number: Number,
    choices: BTreeMap<String, String>,
}

/// Where the number comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Number {
    /// The application gives it, or the holder's code is it.
    Known(String),
    /// The rule makes it from a running number.
    Composed,
}

/// The running number that stands in while boxes and lengths are tried.
const STAND_IN: u64 = 1;

impl Application {
    /// Reads what is given under the rules of the type.
    ///
    /// # Errors
    /// Every [`ApplicationOffence`], never an empty list.
    pub fn read(entry: &CatalogueEntry, given: &Given<'_>, grant: &Grant) -> Result<Self, Vec<ApplicationOffence>> {
        let mut reader = Reader { entry, grant, data: Map::new(), offences: Vec::new() };
        reader.texts(given.data); // 1
        reader.same_or_filled(Element::IssuingBody, &grant.body_name); // 2
        reader.same_day_or_filled(Element::IssuedOn, grant.issued_on);
        reader.same_day_or_filled(Element::ValidFrom, grant.begins);
        let until = reader.until();
        let holder = reader.holder(); // 3
        let holder_code_type = reader.holder_code_type(given.holder_code_type);
        let holder_code = reader.holder_code(holder_code_type);
        let number = reader.number(holder_code.as_deref(), given.choices);
        match (holder, holder_code_type, until, number) {
            (Some(holder), Some(holder_code_type), Some(until), Some(number)) if reader.offences.is_empty() => {
                let choices = given.choices.clone();
                Ok(Self { data: reader.data, holder, holder_code, holder_code_type, until, number, choices })
            }
            _ => Err(reader.offences),
        }
    }

    /// The data with everything filled in; a composed number with its stand-in.
    pub const fn data(&self) -> &Map<String, Value> {
        &self.data
    }

    /// The holder.
    pub const fn holder(&self) -> &HolderName {
        &self.holder
    }

    /// The holder's code, in clear.
    pub fn holder_code(&self) -> Option<&str> {
        self.holder_code.as_deref()
    }

    /// What kind of code it is.
    pub const fn holder_code_type(&self) -> HolderCodeType {
        self.holder_code_type
    }

    /// Last day of validity.
    pub const fn until(&self) -> Expiry {
        self.until
    }

    /// Whether the number takes a running number from the store.
    pub fn needs_sequence(&self) -> bool {
        self.number == Number::Composed
    }

    /// The number, made with `sequence` where the rule makes it, and set in the data.
    ///
    /// # Errors
    /// [`NumberOffence`], such as a sequence that is used up.
    pub fn numbered(&mut self, entry: &CatalogueEntry, grant: &Grant, sequence: u64) -> Result<String, NumberOffence> {
        let number = match &self.number {
            Number::Known(number) => number.clone(),
            Number::Composed => {
                let choices: Vec<_> =
                    self.choices.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                compose(entry, grant, self.holder_code.as_deref().unwrap_or_default(), &choices, sequence)?
            }
        };
        if let Some(field) = entry.field_that_fills(Element::Number) {
            self.data.insert(field.name.clone(), number.clone().into());
        }
        Ok(number)
    }

    /// The metadata of the licence (GB/T 36903), read back through its own rules.
    ///
    /// # Errors
    /// [`MetadataOffence`]: what an identifier or a code says against another.
    pub fn metadata(
        &self,
        entry: &CatalogueEntry,
        grant: &Grant,
        identifier: &LicenceIdentifier,
        number: &str,
        created_at: Moment,
    ) -> Result<Metadata, Vec<MetadataOffence>> {
        use Element as E;
        let mut values = vec![
            (E::Identifier, identifier.to_string()),
            (E::TypeName, entry.title.zh.clone()),
            (E::TypeCode, entry.type_code.to_string()),
            (E::Name, entry.title.zh.clone()),
            (E::Number, number.to_owned()),
            (E::Version, identifier.version().to_string()),
            (E::IssuingBody, grant.body_name.clone()),
            (E::IssuingBodyCode, grant.body_code.to_string()),
            (E::IssuedOn, grant.issued_on.compact()),
            (E::DefiningBody, entry.defining_body.name.clone()),
            (E::DefiningBodyCode, entry.defining_body.code.to_string()),
            (E::Holder, self.holder.as_str().to_owned()),
            (E::HolderCodeTypeName, self.holder_code_type.name().to_owned()),
            (E::HolderCodeType, self.holder_code_type.code().to_owned()),
            (E::ValidFrom, grant.begins.compact()),
            (
                E::ValidUntil,
                match self.until {
                    Expiry::Never => self.until.to_string(),
                    Expiry::After(last) => last.compact(),
                },
            ),
            (E::Area, grant.region.to_string()),
            (E::CreatedAt, created_at.at_offset_hours(8).chars().filter(char::is_ascii_digit).collect()),
        ];
        values.extend(self.holder_code.iter().map(|code| (E::HolderCode, code.clone())));
        let mut pairs: Vec<(String, String)> =
            values.into_iter().map(|(element, value)| (element.name(Naming::Short).to_owned(), value)).collect();
        for field in entry.fields.iter().filter(|field| field.fills.is_none()) {
            if let Some(value) = self.data.get(&field.name) {
                pairs.push((format!("KZ_{}", field.name.to_uppercase()), text_of(value)));
            }
        }
        Metadata::read(&pairs)
    }

    /// The values as they are drawn: field name to text.
    pub fn face_values(&self) -> BTreeMap<String, String> {
        self.data.iter().map(|(name, value)| (name.clone(), text_of(value))).collect()
    }
}

/// A scalar as people read it.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        other => other.to_string(),
    }
}

fn compose(
    entry: &CatalogueEntry,
    grant: &Grant,
    holder_code: &str,
    choices: &[(&str, &str)],
    sequence: u64,
) -> Result<String, NumberOffence> {
    let inputs = NumberInputs { holder_code, region: grant.region, year: grant.issued_on.year(), sequence, choices };
    entry.number_rule.compose(&inputs)
}

struct Reader<'a> {
    entry: &'a CatalogueEntry,
    grant: &'a Grant,
    data: Map<String, Value>,
    offences: Vec<ApplicationOffence>,
}

impl Reader<'_> {
    fn fault(&mut self, field: &str, fault: FieldFault) {
        self.offences.push(ApplicationOffence { field: field.to_owned(), fault });
    }

    fn texts(&mut self, given: &Map<String, Value>) {
        for (name, value) in given {
            if self.entry.field(name).is_none() {
                self.fault(&name.chars().take(64).collect::<String>(), FieldFault::Unknown);
                continue;
            }
            let value = match value {
                Value::String(text) => {
                    let text: String = text.nfc().collect();
                    if let Some((position, code_point)) = unreadable_character(&text) {
                        self.fault(name, FieldFault::Character { position, code_point });
                    }
                    Value::String(text)
                }
                Value::Number(_) | Value::Bool(_) => value.clone(),
                Value::Null | Value::Array(_) | Value::Object(_) => {
                    self.fault(name, FieldFault::NotScalar);
                    continue;
                }
            };
            self.data.insert(name.clone(), value);
        }
    }

    /// The field of an element and its text, where both are there.
    fn written(&self, element: Element) -> Option<(String, Option<String>)> {
        let field = self.entry.field_that_fills(element)?;
        let text = self.data.get(&field.name).and_then(Value::as_str).filter(|text| !text.is_empty());
        Some((field.name.clone(), text.map(str::to_owned)))
    }

    fn same_or_filled(&mut self, element: Element, expected: &str) {
        match self.written(element) {
            Some((name, None)) => {
                self.data.insert(name, expected.into());
            }
            Some((name, Some(text))) if text != expected => {
                self.fault(&name, FieldFault::Differs { expected: expected.to_owned() });
            }
            _ => {}
        }
    }

    fn same_day_or_filled(&mut self, element: Element, expected: Day) {
        match self.written(element) {
            Some((name, None)) => {
                self.data.insert(name, expected.to_string().into());
            }
            Some((name, Some(text))) if Day::parse(&text) != Ok(expected) => {
                self.fault(&name, FieldFault::Differs { expected: expected.to_string() });
            }
            Some((name, Some(_))) => {
                self.data.insert(name, expected.to_string().into());
            }
            None => {}
        }
    }

    fn until(&mut self) -> Option<Expiry> {
        let written = self.written(Element::ValidUntil);
        let name = written.as_ref().map_or_else(String::new, |(name, _)| name.clone());
        let stated = match written.and_then(|(_, text)| text).map(|text| Expiry::parse(&text)) {
            None => None,
            Some(Ok(stated)) => Some(stated),
            Some(Err(_)) => {
                self.fault(&name, FieldFault::NoDay);
                return None;
            }
        };
        match self.entry.validity_rule.expiry(self.grant.begins, stated) {
            Ok(until) => {
                if !name.is_empty() {
                    self.data.insert(name, until.to_string().into());
                }
                Some(until)
            }
            Err(offence) => {
                self.fault(&name, FieldFault::Validity(offence));
                None
            }
        }
    }

    fn holder(&mut self) -> Option<HolderName> {
        // the catalogue makes sure that a field fills the holder
        let (name, text) = self.written(Element::Holder)?;
        let Some(text) = text else {
            self.fault(&name, FieldFault::Missing);
            return None;
        };
        text.parse::<HolderName>().map_err(|offence| self.fault(&name, FieldFault::Name(offence))).ok()
    }

    fn holder_code_type(&mut self, given: Option<&str>) -> Option<HolderCodeType> {
        let known = &self.entry.holder_code_types;
        let found = match (given, known.as_slice()) {
            (None, [only]) => Some(*only),
            (None, _) => None, // several, and not said which
            (Some(code), known) => known.iter().copied().find(|kind| kind.code() == code),
        };
        if found.is_none() {
            let expected = known.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(", ");
            self.fault("holder_code_type", FieldFault::HolderCodeType { expected });
        }
        found
    }

    fn holder_code(&mut self, kind: Option<HolderCodeType>) -> Option<String> {
        let (name, text) = self.written(Element::HolderCode)?;
        let Some(text) = text else {
            self.fault(&name, FieldFault::Missing);
            return None;
        };
        match kind {
            Some(HolderCodeType::CREDIT_CODE) => {
                if let Err(offences) = text.parse::<CreditCode>() {
                    for offence in offences.all() {
                        self.fault(&name, FieldFault::CreditCode(*offence));
                    }
                }
            }
            Some(HolderCodeType::CITIZEN_NUMBER) => {
                if let Err(offences) = text.parse::<CitizenNumber>() {
                    for offence in offences.all() {
                        self.fault(&name, FieldFault::CitizenNumber(*offence));
                    }
                }
            }
            _ => {}
        }
        Some(text)
    }

    fn number(&mut self, holder_code: Option<&str>, choices: &BTreeMap<String, String>) -> Option<Number> {
        let holder_code = holder_code.unwrap_or_default();
        let (name, given) = self.written(Element::Number).unwrap_or_else(|| ("number".to_owned(), None));
        if let Some(number) = given {
            return match self.entry.number_rule.check(&number, holder_code) {
                Ok(()) => Some(Number::Known(number)),
                Err(offence) => {
                    self.fault(&name, FieldFault::Number(offence));
                    None
                }
            };
        }
        let choices: Vec<_> = choices.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        match compose(self.entry, self.grant, holder_code, &choices, STAND_IN) {
            Ok(number) => {
                if let Some(field) = self.entry.field_that_fills(Element::Number) {
                    self.data.insert(field.name.clone(), number.clone().into());
                }
                Some(if self.entry.number_rule.has_sequence() { Number::Composed } else { Number::Known(number) })
            }
            Err(NumberOffence::Choice { name }) => {
                self.fault(&format!("choices.{name}"), FieldFault::Choice);
                None
            }
            Err(offence) => {
                self.fault(&name, FieldFault::Number(offence));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
