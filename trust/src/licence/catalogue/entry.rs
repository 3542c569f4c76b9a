//! The entry itself: checked values, and the questions that a flow asks it.

use super::{
    CatalogueOffence, Field, NumberRule, field,
    raw::{RawAuthority, RawEntry, RawIssuingBody, RawItem, RawValidityRule},
    schema,
};
use crate::{
    base::Day,
    licence::{
        Expiry, Offences,
        codes::CreditCode,
        identifier::TypeCode,
        metadata::{Element, HolderCodeType},
    },
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// Longest entry, in octets of JSON.
const LONGEST_JSON: usize = 1 << 20;
/// Longest name of a body, a type or an item, in characters.
const LONGEST_NAME: usize = 200;
/// Most years of a validity rule.
const MOST_YEARS: u16 = 100;

/// One type of licence in one revision; see the module.
#[derive(Clone, Debug, PartialEq)]
pub struct CatalogueEntry {
    /// 证照类型代码.
    pub type_code: TypeCode,
    /// From 1; a later revision replaces an earlier one from its first day.
    pub revision: u32,
    /// First day of the revision.
    pub in_force_from: Day,
    /// 证照类型名称.
    pub title: Title,
    /// 证照定义机构, its code and level.
    pub defining_body: Authority,
    /// 持证主体类别.
    pub holder_category: HolderCategory,
    /// Which codes a holder may be known by.
    pub holder_code_types: Vec<HolderCodeType>,
    /// 关联事项.
    pub related_items: Vec<RelatedItem>,
    /// 证照颁发机构级别.
    pub issuing_levels: Vec<Level>,
    /// In which form it is issued.
    pub issuing_form: IssuingForm,
    /// Who issues it here, and when.
    pub issuing_bodies: Vec<IssuingBody>,
    /// Name of the face template.
    pub face: String,
    /// How its numbers are made.
    pub number_rule: NumberRule,
    /// 有效期限范围: how long it holds.
    pub validity_rule: ValidityRule,
    /// Fields in the order of the face.
    pub fields: Vec<Field>,
    schema: Value,
}

/// A name in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A body with its level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Name.
    pub name: String,
    /// Credit code.
    pub code: CreditCode,
    /// Level.
    pub level: Level,
}

/// A service item (关联事项).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelatedItem {
    /// 关联事项名称.
    pub name: String,
    /// 关联事项代码.
    pub code: String,
}

/// A body that issues the type, in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuingBody {
    /// Name as on the face.
    pub name: String,
    /// Credit code.
    pub code: CreditCode,
    /// First day on which it issues.
    pub from: Day,
    /// Last day on which it issues; `None` while it does.
    pub until: Option<Day>,
}

/// Level of a body: 国家级, 省级, 地市级, 区县级, 乡镇级, 其他. \[IMPL\]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 国家级.
    National,
    /// 省级 (省部级).
    Province,
    /// 地市级.
    City,
    /// 区县级.
    County,
    /// 乡镇级.
    Township,
    /// 其他.
    Other,
}

/// 持证主体类别. \[IMPL\]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolderCategory {
    /// 自然人.
    NaturalPerson,
    /// 法人或其他组织.
    Organisation,
    /// Both.
    Mixed,
}

/// In which form a type is issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssuingForm {
    /// Electronic only.
    Electronic,
    /// Electronic, and paper for whoever asks.
    PaperOnDemand,
    /// Always both.
    Both,
}

/// How long a licence holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValidityRule {
    /// 长期.
    LongTerm,
    /// So many years from the first day, 1 to 100.
    Years(u16),
    /// As the decision says; a field fills 证照有效期截止日期.
    Stated,
}

/// Why a validity does not fit the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValidityOffence {
    /// The rule wants a last day and none is given.
    #[error("the last day of validity is missing")]
    Missing,
    /// Another last day than the rule gives.
    #[error("the last day of validity is not {expected}, as the rule of the type gives")]
    NotByRule {
        /// By the rule.
        expected: Expiry,
    },
    /// Ends before it begins.
    #[error("the validity ends before it begins")]
    Inverted,
    /// The rule leads past the calendar.
    #[error("the validity leads past the year 9999")]
    PastTheCalendar,
}

/// Why a text is no catalogue entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// More than a mebibyte.
    #[error("a catalogue entry has at most {LONGEST_JSON} octets")]
    TooLong,
    /// No JSON, or not the members of an entry; with line and column.
    #[error("not the JSON of a catalogue entry: {0}")]
    Json(String),
    /// Well-formed, with offences.
    #[error("{0}")]
    Offences(Offences<CatalogueOffence>),
}

impl CatalogueEntry {
    /// Reads an entry from JSON.
    ///
    /// # Errors
    /// [`CatalogueError`]; the offences all at once.
    pub fn parse(json: &str) -> Result<Self, CatalogueError> {
        if json.len() > LONGEST_JSON {
            return Err(CatalogueError::TooLong);
        }
        let raw: RawEntry = serde_json::from_str(json).map_err(|error| CatalogueError::Json(error.to_string()))?;
        let mut offences = Vec::new();
        let entry = Self::checked(raw, &mut offences);
        match (entry, Offences::none_or_all(offences)) {
            (Some(entry), Ok(())) => Ok(entry),
            (_, Err(offences)) => Err(CatalogueError::Offences(offences)),
            // an entry is missing only where an offence says why
            (None, Ok(())) => Err(CatalogueError::Offences(CatalogueOffence::Revision.into())),
        }
    }

    /// The JSON Schema 2020-12 of the application data.
    pub const fn schema(&self) -> &Value {
        &self.schema
    }

    /// Whether the list of fields is from memory, not from a published source.
    pub fn is_unverified(&self) -> bool {
        schema::is_unverified(&self.schema)
    }

    /// Field by name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// 照面项名称 of a field; its name where the schema has none.
    pub fn title_of<'a>(&'a self, name: &'a str) -> &'a str {
        let title = self.schema.pointer(&format!("/properties/{name}/title")).and_then(Value::as_str);
        title.unwrap_or(name)
    }

    /// The field whose value a metadata element takes.
    pub fn field_that_fills(&self, element: Element) -> Option<&Field> {
        self.fields.iter().find(|field| field.fills == Some(element))
    }

    /// The body of a credit code, where it may issue the type on a day.
    pub fn issuing_body(&self, code: &str, on: Day) -> Option<&IssuingBody> {
        self.issuing_bodies.iter().find(|body| body.code.as_str() == code && body.covers(on))
    }

    fn checked(raw: RawEntry, offences: &mut Vec<CatalogueOffence>) -> Option<Self> {
        let type_code = match raw.type_code.parse::<TypeCode>() {
            Ok(code) => Some(code),
            Err(found) => {
                offences.extend(found.all().iter().cloned().map(CatalogueOffence::TypeCode));
                None
            }
        };
        if raw.revision == 0 {
            offences.push(CatalogueOffence::Revision);
        }
        text("title.zh", &raw.title.zh, offences);
        text("title.en", &raw.title.en, offences);
        let defining_body = authority(raw.defining_body, offences);
        if let (Some(type_code), Some(body)) = (&type_code, &defining_body)
            && type_code.defining_body() != body.code
        {
            offences.push(CatalogueOffence::DefiningBodyDiffers);
        }
        let holder_code_types = holder_code_types(&raw.holder_code_types, raw.holder_category, offences);
        let related_items = raw.related_items.into_iter().map(|item| related_item(item, offences)).collect();
        let levels: BTreeSet<Level> = raw.issuing_levels.iter().copied().collect();
        if levels.is_empty() || levels.len() != raw.issuing_levels.len() {
            offences.push(CatalogueOffence::IssuingLevels);
        }
        let issuing_bodies = issuing_bodies(raw.issuing_bodies, offences);
        let is_word = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-';
        if raw.face.is_empty() || raw.face.len() > 64 || !raw.face.bytes().all(is_word) {
            offences.push(CatalogueOffence::Face);
        }
        let number_rule = NumberRule::checked(&raw.number_rule, offences);
        let fields = field::checked(&raw.fields, offences);
        let validity_rule = validity_rule(&raw.validity_rule, &fields, offences);
        offences.extend(schema::offences(&raw.schema, &fields).into_iter().map(CatalogueOffence::Schema));
        Some(Self {
            type_code: type_code?,
            revision: raw.revision,
            in_force_from: raw.in_force_from,
            title: Title { zh: raw.title.zh, en: raw.title.en },
            defining_body: defining_body?,
            holder_category: raw.holder_category,
            holder_code_types,
            related_items,
            issuing_levels: raw.issuing_levels,
            issuing_form: raw.issuing_form,
            issuing_bodies,
            face: raw.face,
            number_rule,
            validity_rule,
            fields,
            schema: raw.schema,
        })
    }
}

impl IssuingBody {
    /// Whether the body issues on a day.
    pub fn covers(&self, on: Day) -> bool {
        self.from <= on && self.until.is_none_or(|until| on <= until)
    }
}

impl ValidityRule {
    /// The end of a licence that begins on `from`, with the end that the
    /// application states, if any.
    ///
    /// # Errors
    /// [`ValidityOffence`] where the two do not agree.
    pub fn expiry(self, from: Day, stated: Option<Expiry>) -> Result<Expiry, ValidityOffence> {
        let by_rule = match self {
            Self::LongTerm => Expiry::Never,
            Self::Years(years) => Expiry::After(from.last_of_years(years).ok_or(ValidityOffence::PastTheCalendar)?),
            Self::Stated => stated.ok_or(ValidityOffence::Missing)?,
        };
        if by_rule.is_past_on(from) {
            return Err(ValidityOffence::Inverted);
        }
        match stated {
            Some(other) if other != by_rule => Err(ValidityOffence::NotByRule { expected: by_rule }),
            _ => Ok(by_rule),
        }
    }
}

fn text(member: &str, text: &str, offences: &mut Vec<CatalogueOffence>) {
    if text.trim().is_empty() || text.chars().nth(LONGEST_NAME).is_some() {
        offences.push(CatalogueOffence::Text { member: member.to_owned(), limit: LONGEST_NAME });
    }
}

fn credit_code(member: &str, text: &str, offences: &mut Vec<CatalogueOffence>) -> Option<CreditCode> {
    let read = text.parse::<CreditCode>();
    if let Err(found) = &read {
        let member = || member.to_owned();
        let all = found.all().iter();
        offences.extend(all.map(|offence| CatalogueOffence::CreditCode { member: member(), offence: *offence }));
    }
    read.ok()
}

fn authority(raw: RawAuthority, offences: &mut Vec<CatalogueOffence>) -> Option<Authority> {
    text("defining_body.name", &raw.name, offences);
    let code = credit_code("defining_body.code", &raw.code, offences)?;
    Some(Authority { name: raw.name, code, level: raw.level })
}

fn related_item(raw: RawItem, offences: &mut Vec<CatalogueOffence>) -> RelatedItem {
    text("related_items.name", &raw.name, offences);
    text("related_items.code", &raw.code, offences);
    RelatedItem { name: raw.name, code: raw.code }
}

fn holder_code_types(
    raw: &[String],
    category: HolderCategory,
    offences: &mut Vec<CatalogueOffence>,
) -> Vec<HolderCodeType> {
    let mut known = Vec::new();
    for code in raw {
        match HolderCodeType::of_code(code) {
            Some(kind) => known.push(kind),
            None => offences.push(CatalogueOffence::HolderCodeType { code: code.chars().take(16).collect() }),
        }
    }
    let fits = |kind: &HolderCodeType| match category {
        HolderCategory::NaturalPerson => !kind.is_organisation(),
        HolderCategory::Organisation => kind.is_organisation(),
        HolderCategory::Mixed => true,
    };
    let distinct: BTreeSet<HolderCodeType> = known.iter().copied().collect();
    if raw.is_empty() || distinct.len() != known.len() || !known.iter().all(fits) {
        offences.push(CatalogueOffence::HolderCodeTypes);
    }
    known
}

fn issuing_bodies(raw: Vec<RawIssuingBody>, offences: &mut Vec<CatalogueOffence>) -> Vec<IssuingBody> {
    let mut bodies: Vec<IssuingBody> = Vec::new();
    for body in raw {
        text("issuing_bodies.name", &body.name, offences);
        let Some(code) = credit_code("issuing_bodies.code", &body.code, offences) else { continue };
        if let Some(until) = body.until.filter(|until| *until < body.from) {
            offences.push(CatalogueOffence::IssuingBodyPeriod { code: body.code, from: body.from, until });
            continue;
        }
        bodies.push(IssuingBody { name: body.name, code, from: body.from, until: body.until });
    }
    let mut sorted: Vec<&IssuingBody> = bodies.iter().collect();
    sorted.sort_by(|left, right| (&left.code, left.from).cmp(&(&right.code, right.from)));
    for (earlier, later) in sorted.iter().zip(sorted.iter().skip(1)) {
        if earlier.code == later.code && earlier.covers(later.from) {
            offences.push(CatalogueOffence::IssuingBodyTwice { code: later.code.to_string() });
        }
    }
    bodies
}

fn validity_rule(raw: &RawValidityRule, fields: &[Field], offences: &mut Vec<CatalogueOffence>) -> ValidityRule {
    let filled = fields.iter().any(|field| field.fills == Some(Element::ValidUntil));
    match raw {
        RawValidityRule::LongTerm {} => {
            if filled {
                offences.push(CatalogueOffence::ValidityField("no end, but a field for one"));
            }
            ValidityRule::LongTerm
        }
        RawValidityRule::Years { years } => {
            if !(1..=MOST_YEARS).contains(years) {
                offences.push(CatalogueOffence::ValidityYears);
            }
            ValidityRule::Years(*years)
        }
        RawValidityRule::Stated {} => {
            if !filled {
                offences.push(CatalogueOffence::ValidityField("the end is stated, but no field states it"));
            }
            ValidityRule::Stated
        }
    }
}
