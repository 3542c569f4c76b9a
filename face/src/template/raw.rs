//! The TOML of a template, member by member, before any check.

use crate::layout::{Align, Valign};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFace {
    pub(super) face: String,
    pub(super) page: RawPage,
    #[serde(default)]
    pub(super) hidden: Vec<String>,
    pub(super) style: BTreeMap<String, RawStyle>,
    #[serde(default)]
    pub(super) shape: Vec<RawShape>,
    #[serde(default)]
    pub(super) text: Vec<RawText>,
    pub(super) photo: Option<RawPhoto>,
    pub(super) seal: RawSeal,
    pub(super) code: RawCode,
    pub(super) copy: RawCopy,
    pub(super) attached: Option<RawAttached>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPage {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) background: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStyle {
    pub(super) font: String,
    pub(super) size: f64,
    pub(super) min_size: Option<f64>,
    pub(super) leading: Option<f64>,
    pub(super) colour: String,
    #[serde(default)]
    pub(super) spacing: f64,
    #[serde(default)]
    pub(super) align: Align,
    #[serde(default)]
    pub(super) valign: Valign,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawShape {
    pub(super) rect: Option<[f64; 4]>,
    pub(super) line: Option<[f64; 4]>,
    pub(super) circle: Option<[f64; 3]>,
    pub(super) path: Option<String>,
    pub(super) fill: Option<String>,
    pub(super) stroke: Option<String>,
    pub(super) width: Option<f64>,
    pub(super) repeat: Option<RawRepeat>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRepeat {
    pub(super) right: f64,
    pub(super) down: f64,
    pub(super) columns: u16,
    pub(super) rows: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawText {
    #[serde(rename = "box")]
    pub(super) area: [f64; 4],
    pub(super) style: String,
    pub(super) text: String,
    #[serde(default)]
    pub(super) overflow: RawOverflow,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawOverflow {
    #[default]
    Refuse,
    Attach,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPhoto {
    #[serde(rename = "box")]
    pub(super) area: [f64; 4],
    #[serde(default)]
    pub(super) required: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSeal {
    #[serde(rename = "box")]
    pub(super) area: [f64; 4],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCode {
    #[serde(rename = "box")]
    pub(super) area: [f64; 4],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCopy {
    pub(super) mark: [f64; 4],
    pub(super) mark_style: String,
    pub(super) foot: [f64; 4],
    pub(super) foot_style: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAttached {
    #[serde(rename = "box")]
    pub(super) area: [f64; 4],
    pub(super) heading: String,
    pub(super) body: String,
    #[serde(default)]
    pub(super) shape: Vec<RawShape>,
    #[serde(default)]
    pub(super) text: Vec<RawText>,
}
