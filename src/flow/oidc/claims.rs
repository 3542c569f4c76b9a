//! What the claims of a token are here: by explicit tables, and nothing where they say nothing.

use super::Provider;
use crate::{
    config::{ClaimPath, OidcFor, StaffRole},
    flow::{
        access::Role,
        holders::HolderCode,
        people::{Login, Vouched, VouchedHolder, VouchedStaff, Voucher},
        text,
    },
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use yinxin_trust::licence::codes::CreditCode;

/// Which claim cannot be taken. What stands in it is nobody's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the claim that says the {0} is missing, or none that can be taken")]
pub struct ClaimFault(pub &'static str);

/// Most values of a claim of roles.
const ROLES: usize = 1000;

/// Who that is, by the configuration of the provider.
///
/// # Errors
/// [`ClaimFault`].
pub(super) fn vouched(provider: &Provider, claims: &Map<String, Value>) -> Result<Vouched, ClaimFault> {
    let settings = &provider.settings;
    let text = |path: &ClaimPath, what| text_at(claims, path).ok_or(ClaimFault(what));
    let by = Voucher {
        provider: provider.name.clone(),
        issuer: settings.issuer.clone(),
        subject: claims.get("sub").and_then(Value::as_str).ok_or(ClaimFault("subject"))?.to_owned(),
        has_second_factor: has_second_factor(provider, claims),
    };
    let name = text(&settings.claims.name, "name")?;
    let name = text::line(name, 100).ok_or(ClaimFault("name"))?;
    match settings.used_by {
        OidcFor::Staff => {
            let login: Login =
                text(&settings.claims.login, "login")?.to_ascii_lowercase().parse().map_err(|_| ClaimFault("login"))?;
            let body = match (&settings.body, &settings.claims.body) {
                (Some(body), _) => body.as_str(),
                (None, Some(path)) => text(path, "body")?,
                (None, None) => return Err(ClaimFault("body")),
            };
            let body: CreditCode = body.parse().map_err(|_| ClaimFault("body"))?;
            Ok(Vouched::Staff(VouchedStaff { by, login, name, body, roles: roles(provider, claims) }))
        }
        OidcFor::Holders => {
            let kind = match (&settings.holder_kind, &settings.claims.kind) {
                (Some(kind), _) => kind,
                (None, Some(path)) => settings.holder_kinds.get(text(path, "kind")?).ok_or(ClaimFault("kind"))?,
                (None, None) => return Err(ClaimFault("kind")),
            };
            let number = text(&settings.claims.number, "number")?;
            let code = HolderCode::of(kind, number).map_err(|_| ClaimFault("number"))?;
            Ok(Vouched::Holder(VouchedHolder { by, code, name }))
        }
    }
}

/// Values that the table does not have are no roles.
fn roles(provider: &Provider, claims: &Map<String, Value>) -> BTreeSet<Role> {
    let table = &provider.settings.roles;
    let role = |value: &Value| table.get(value.as_str()?).copied().map(role_of);
    match at(claims, &provider.settings.claims.roles) {
        Some(Value::Array(all)) => all.iter().take(ROLES).filter_map(role).collect(),
        Some(one) => role(one).into_iter().collect(),
        None => BTreeSet::new(),
    }
}

const fn role_of(word: StaffRole) -> Role {
    match word {
        StaffRole::Officer => Role::Officer,
        StaffRole::Approver => Role::Approver,
        StaffRole::SealKeeper => Role::SealKeeper,
        StaffRole::Clerk => Role::Clerk,
        StaffRole::Auditor => Role::Auditor,
        StaffRole::Administrator => Role::Administrator,
    }
}

fn has_second_factor(provider: &Provider, claims: &Map<String, Value>) -> bool {
    let (acr, amr) = (&provider.settings.second_factor_acr, &provider.settings.second_factor_amr);
    let is_one =
        |value: &Value, known: &[String]| value.as_str().is_some_and(|text| known.iter().any(|one| one == text));
    claims.get("acr").is_some_and(|value| is_one(value, acr))
        || claims.get("amr").and_then(Value::as_array).is_some_and(|all| all.iter().any(|value| is_one(value, amr)))
}

fn text_at<'a>(claims: &'a Map<String, Value>, path: &ClaimPath) -> Option<&'a str> {
    at(claims, path)?.as_str()
}

fn at<'a>(claims: &'a Map<String, Value>, ClaimPath(path): &ClaimPath) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(claims.get(first)?, |value, word| value.get(word))
}
