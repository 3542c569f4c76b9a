//! The JSON of a catalogue entry, member by member, before any check.

use super::{CheckSystem, HolderCategory, IssuingForm, Level};
use crate::base::Day;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEntry {
    pub(super) type_code: String,
    pub(super) revision: u32,
    pub(super) in_force_from: Day,
    pub(super) title: RawTitle,
    pub(super) defining_body: RawAuthority,
    pub(super) holder_category: HolderCategory,
    pub(super) holder_code_types: Vec<String>,
    #[serde(default)]
    pub(super) related_items: Vec<RawItem>,
    pub(super) issuing_levels: Vec<Level>,
    pub(super) issuing_form: IssuingForm,
    pub(super) issuing_bodies: Vec<RawIssuingBody>,
    pub(super) face: String,
    pub(super) number_rule: RawNumberRule,
    pub(super) validity_rule: RawValidityRule,
    pub(super) fields: Vec<RawField>,
    pub(super) schema: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTitle {
    pub(super) zh: String,
    pub(super) en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAuthority {
    pub(super) name: String,
    pub(super) code: String,
    pub(super) level: Level,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawItem {
    pub(super) name: String,
    pub(super) code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawIssuingBody {
    pub(super) name: String,
    pub(super) code: String,
    pub(super) from: Day,
    #[serde(default)]
    pub(super) until: Option<Day>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawField {
    pub(super) name: String,
    pub(super) disclosure: RawDisclosure,
    #[serde(default)]
    pub(super) mask: Option<RawMask>,
    #[serde(default)]
    pub(super) fills: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawDisclosure {
    Public,
    Masked,
    WithConsent,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMask {
    pub(super) keep_first: u8,
    pub(super) keep_last: u8,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum RawNumberRule {
    HolderCode {},
    Parts { parts: Vec<RawNumberPart> },
}

#[derive(Deserialize)]
#[serde(tag = "part", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum RawNumberPart {
    Literal { text: String },
    Choice { name: String, values: Vec<String> },
    Region { digits: u8 },
    Year {},
    Sequence { digits: u8 },
    Check { system: CheckSystem },
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum RawValidityRule {
    LongTerm {},
    Years { years: u16 },
    Stated {},
}
