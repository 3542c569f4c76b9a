//! Who looks at which page of those that somebody signs in for, and how they want it.

use super::prefs::{Lang, Prefs};
use crate::flow::{
    access::{Caller, Holder, Role},
    window::clerk_digest,
};
use actix_web::{HttpRequest, web};
use std::collections::BTreeMap;

/// Who looks at which page, and how they want it.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    pub(super) prefs: Prefs,
    pub(super) lang: Lang,
    /// The page that the switches lead back to.
    pub(super) here: String,
    pub(super) name: String,
    /// A digest that tells one clerk from another, in a browser that keeps their checks.
    pub(super) clerk: String,
    /// The window whose device the session is at.
    pub(super) window: Option<String>,
    /// Of people of a body; a holder has none.
    pub(super) roles: Vec<Role>,
    /// What their body is called, once that is known.
    pub(super) body_name: String,
}

impl Visit {
    pub(super) fn of(caller: &Caller, request: &HttpRequest) -> Self {
        let prefs = Prefs::from_query(request.query_string());
        Self {
            prefs,
            lang: prefs.lang,
            here: request.path().to_owned(),
            name: caller.actor().name.clone(),
            clerk: clerk_digest(caller.actor()),
            window: caller.window().map(str::to_owned),
            roles: caller.roles().collect(),
            body_name: String::new(),
        }
    }

    pub(super) fn of_holder(holder: &Holder, request: &HttpRequest) -> Self {
        let prefs = Prefs::from_query(request.query_string());
        Self {
            prefs,
            lang: prefs.lang,
            here: request.path().to_owned(),
            name: holder.name().to_owned(),
            clerk: String::new(),
            window: None,
            roles: Vec::new(),
            body_name: String::new(),
        }
    }

    pub(super) fn at(self, here: String) -> Self {
        Self { here, ..self }
    }

    pub(super) fn named(self, body_name: &str) -> Self {
        Self { body_name: body_name.to_owned(), ..self }
    }

    pub(super) fn is_officer(&self) -> bool {
        self.roles.contains(&Role::Officer)
    }

    pub(super) fn keeps_seals(&self) -> bool {
        self.roles.contains(&Role::SealKeeper)
    }

    pub(super) fn is_clerk(&self) -> bool {
        self.roles.contains(&Role::Clerk)
    }

    /// Whether they see delegations and guardians that the body recorded.
    pub(super) fn sees_delegations(&self) -> bool {
        self.is_clerk() || self.sees_work()
    }

    /// Whether they see the work of the office.
    pub(super) fn sees_work(&self) -> bool {
        self.is_officer() || self.is_approver()
    }

    /// Whether they see the seals.
    pub(super) fn sees_seals(&self) -> bool {
        self.keeps_seals() || self.is_approver() || self.roles.contains(&Role::Auditor)
    }

    /// Whether they decide about trust lists.
    pub(super) fn decides_trust(&self) -> bool {
        self.keeps_seals() || self.roles.contains(&Role::Administrator)
    }

    /// The script by which a browser shows that it is a window's.
    pub(super) fn device_script(&self) -> String {
        super::assets::device_script()
    }

    /// Whether they manage the devices of their body.
    pub(super) fn manages_devices(&self) -> bool {
        self.roles.contains(&Role::Administrator)
    }

    /// Whether they see whose trust lists are used.
    pub(super) fn sees_trust(&self) -> bool {
        self.decides_trust() || self.roles.contains(&Role::Auditor)
    }

    pub(super) fn is_approver(&self) -> bool {
        self.roles.contains(&Role::Approver)
    }

    pub(super) fn roles(&self) -> String {
        let names: Vec<_> = self.roles.iter().map(|role| self.lang.t(role.zh(), role.as_str())).collect();
        names.join(self.lang.t("、", ", "))
    }

    /// A page of ours under the same preferences.
    pub(super) fn to(&self, path: &str) -> String {
        self.prefs.at(path)
    }

    pub(super) fn other_language(&self) -> String {
        Prefs { lang: self.lang.other(), ..self.prefs }.at(&self.here)
    }

    pub(super) fn other_size(&self) -> String {
        Prefs { large: !self.prefs.large, ..self.prefs }.at(&self.here)
    }

    pub(super) fn other_contrast(&self) -> String {
        Prefs { contrast: !self.prefs.contrast, ..self.prefs }.at(&self.here)
    }
}

/// A part of the path; the patterns say that it is there.
pub(super) fn part(request: &HttpRequest, name: &str) -> String {
    request.match_info().get(name).unwrap_or_default().to_owned()
}

pub(super) fn path_of(pattern: &str, value: &str) -> String {
    let name = pattern.find('{').zip(pattern.find('}'));
    let (begin, end) = name.unwrap_or((pattern.len(), pattern.len()));
    let (before, after) = (pattern.get(..begin).unwrap_or_default(), pattern.get(end + 1..).unwrap_or_default());
    format!("{before}{value}{after}")
}

/// A parameter of the query.
pub(super) fn query(request: &HttpRequest, name: &str) -> Option<String> {
    let all = web::Query::<BTreeMap<String, String>>::from_query(request.query_string()).ok()?;
    all.get(name).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_patterns() {
        assert_eq!(path_of("/office/applications/{id}/edit", "a1"), "/office/applications/a1/edit");
        assert_eq!(path_of("/office/licences/{identifier}", "1.2.K"), "/office/licences/1.2.K");
        assert_eq!(path_of("/office", "x"), "/officex");
    }
}
