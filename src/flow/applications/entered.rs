//! What an officer enters, as it was typed: a draft may be incomplete.

use super::fault::{ApplicationError, Fault};
use crate::{
    flow::{
        act::ActOrder,
        issue::{Decided, Order},
    },
    store::applications::Application,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use yinxin_trust::base::Day;

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Entered {
    /// A licence.
    Licence(LicenceEntry),
    /// An act upon one.
    Act(ActEntry),
}

/// An [`Order`] as it was typed; complete, its JSON is that of the order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenceEntry {
    /// 证照类型代码.
    pub type_code: String,
    /// Values by field of the type; what is empty is left out.
    pub data: Map<String, Value>,
    /// Choices of the number rule, by name.
    pub choices: BTreeMap<String, String>,
    /// 持证主体代码类型, where the type knows several.
    pub holder_code_type: Option<String>,
    /// 照片 in base64, whatever it turns out to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    /// On what ground.
    pub decision: DecisionEntry,
}

/// An [`ActOrder`] as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActEntry {
    /// The licence, by the identifier of any version.
    #[serde(skip)]
    pub identifier: String,
    /// One of [`ACTS`].
    pub kind: String,
    /// On what ground.
    pub decision: DecisionEntry,
    /// First day on which it works; none is the day of approval.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub effective_from: String,
}

/// A [`Decided`] as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionEntry {
    /// 文书号.
    pub document_number: String,
    /// 法律依据.
    pub legal_basis: String,
    /// 决定日期.
    pub decided_on: String,
}

/// The acts that are entered here.
pub const ACTS: [&str; 5] = ["suspend", "resume", "revoke", "cancel", "withdraw"];

/// Longest text of a decision, in characters.
const LONGEST: usize = 300;

/// What an application for an act keeps beside the act.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfLicence {
    identifier: String,
}

impl LicenceEntry {
    /// The order, where everything beside the fields of the type is there.
    ///
    /// # Errors
    /// Every [`Fault`] of the decision.
    pub(super) fn order(&self) -> Result<Order, Vec<Fault>> {
        Ok(Order {
            type_code: self.type_code.clone(),
            data: self.data.clone(),
            choices: self.choices.clone(),
            holder_code_type: self.holder_code_type.clone(),
            decision: self.decision.decided()?,
            issued_on: None,
            begins: None,
            change_of: None,
            photo: self.photo.clone(),
            idempotency_key: None,
        })
    }
}

impl ActEntry {
    /// The order.
    ///
    /// # Errors
    /// Every [`Fault`].
    pub(super) fn order(&self) -> Result<ActOrder, Vec<Fault>> {
        let mut faults = Vec::new();
        if !ACTS.contains(&self.kind.as_str()) {
            faults.push(Fault::of("kind", "请选择要办的事项。", "choose what is to be done"));
        }
        let effective_from = day(&self.effective_from, "effective_from", &mut faults);
        match self.decision.decided() {
            Ok(decision) if faults.is_empty() => {
                Ok(ActOrder { kind: self.kind.clone(), decision, effective_from, successor: None })
            }
            Ok(_) => Err(faults),
            Err(more) => {
                faults.extend(more);
                Err(faults)
            }
        }
    }
}

impl DecisionEntry {
    fn decided(&self) -> Result<Decided, Vec<Fault>> {
        let mut faults = Vec::new();
        for (field, text) in
            [("decision.document_number", &self.document_number), ("decision.legal_basis", &self.legal_basis)]
        {
            if text.trim().is_empty() {
                faults.push(Fault::of(field, "请填写这一项。", "missing"));
            } else if text.chars().count() > LONGEST {
                let (zh, en) = (format!("最多 {LONGEST} 个字。"), format!("at most {LONGEST} characters"));
                faults.push(Fault::of(field, zh, en));
            } else if text.chars().any(char::is_control) {
                faults.push(Fault::of(field, "请写在一行里。", "one line of text"));
            }
        }
        let field = "decision.decided_on";
        let decided_on = day(&self.decided_on, field, &mut faults);
        if self.decided_on.trim().is_empty() {
            faults.push(Fault::of(field, "请填写这一项。", "missing"));
        }
        match decided_on {
            Some(decided_on) if faults.is_empty() => Ok(Decided {
                document_number: self.document_number.trim().to_owned(),
                legal_basis: self.legal_basis.trim().to_owned(),
                decided_on,
            }),
            _ => Err(faults),
        }
    }
}

/// A day that may be left out.
fn day(text: &str, field: &'static str, faults: &mut Vec<Fault>) -> Option<Day> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let day = Day::parse(text).ok();
    if day.is_none() {
        faults.push(Fault::of(field, "请填日期，例如 2026-11-22。", "no date such as 2026-11-22"));
    }
    day
}

impl Entered {
    /// The columns `data` and `act`.
    pub(super) fn columns(&self) -> Result<(Vec<u8>, Option<Vec<u8>>), ApplicationError> {
        let json = |result: serde_json::Result<Vec<u8>>| result.map_err(ApplicationError::record);
        Ok(match self {
            Self::Licence(entry) => (json(serde_json::to_vec(entry))?, None),
            Self::Act(entry) => {
                let of = OfLicence { identifier: entry.identifier.clone() };
                (json(serde_json::to_vec(&of))?, Some(json(serde_json::to_vec(entry))?))
            }
        })
    }

    /// Out of a row.
    pub(super) fn of_row(row: &Application) -> Result<Self, ApplicationError> {
        fn read<T: DeserializeOwned>(octets: &[u8]) -> Result<T, ApplicationError> {
            serde_json::from_slice(octets).map_err(ApplicationError::record)
        }
        Ok(match &row.act {
            None => Self::Licence(read(&row.data)?),
            Some(act) => {
                let of: OfLicence = read(&row.data)?;
                Self::Act(ActEntry { identifier: of.identifier, ..read::<ActEntry>(act)? })
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision() -> DecisionEntry {
        DecisionEntry {
            document_number: " 演市监许〔2026〕1 号".into(),
            legal_basis: "《行政许可法》".into(),
            decided_on: "2026-11-22".into(),
        }
    }

    #[test]
    fn a_complete_entry_is_the_json_of_an_order() {
        let entry = LicenceEntry { type_code: "t".into(), decision: decision(), ..LicenceEntry::default() };
        let order = entry.order().unwrap();
        assert_eq!(order.decision.document_number, "演市监许〔2026〕1 号");
        let json = serde_json::to_vec(&entry).unwrap();
        assert_eq!(serde_json::from_slice::<Order>(&json).unwrap().type_code, "t");
    }

    #[test]
    fn everything_that_is_missing_is_named_at_once() {
        let fields = |faults: Vec<Fault>| faults.into_iter().map(|fault| fault.field).collect::<Vec<_>>();
        let all = ["decision.document_number", "decision.legal_basis", "decision.decided_on"];
        assert_eq!(fields(LicenceEntry::default().order().unwrap_err()), all);
        let act = ActEntry { kind: "transfer_out".into(), effective_from: "soon".into(), ..ActEntry::default() };
        assert_eq!(fields(act.order().unwrap_err()), ["kind", "effective_from", all[0], all[1], all[2]]);
        let act = ActEntry { kind: "revoke".into(), decision: decision(), ..ActEntry::default() };
        assert_eq!(act.order().unwrap().effective_from, None);
    }
}
