//! What there is to see at each route of the table, and who looks at it.

use crate::support::repository;
use std::fs;
use yinxin::web::{
    auth::{Face, Verb},
    routes::TABLE,
};

/// The tours, each a test of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tour {
    /// Whoever comes, kiosks, and devices.
    Public,
    /// A holder of licences.
    Citizen,
    /// A holder who signs letters.
    Signing,
    /// Who acts for others, and an organisation.
    Agent,
    /// Officers, approvers and administrators of a body.
    Office,
    /// Who keeps seals and trust lists.
    Keepers,
    /// A clerk.
    Window,
    /// A clerk whose network goes away and comes back.
    Apart,
}

/// What there is at a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A page that is asked for, and its picture in `docs/screens`, which a journey keeps.
    Page(Tour, &'static str),
    /// The same, and the tour keeps the picture.
    Pictured(Tour, &'static str),
    /// A form that is answered with a page, at least where something is wrong with it.
    Answer(Tour),
    /// No page of its own, and why.
    None(&'static str),
}

use Place::{Answer, None, Page, Pictured};
use Tour::{Agent, Apart, Citizen, Keepers, Office, Public, Signing, Window};
use Verb::{Get, Post};

/// Leads on to a page of this list; what it refuses is told by the note that another of this list shows.
const ON: &str = "leads on to another page";
/// Scripts ask it.
const SCRIPTS: &str = "answers a script";
const FILE: &str = "a file";

const PLACES: &[(Verb, &str, Place)] = &[
    (Get, "/", None(ON)),
    (Get, "/verify", Page(Public, "start")),
    (Post, "/verify", Answer(Public)),
    (Post, "/verify/number", Answer(Public)),
    (Get, "/login/factor", Page(Signing, "factor-on")),
    (Post, "/login/factor", Answer(Signing)),
    (Get, "/device", Page(Public, "device-enrol")),
    (Post, "/device", None(SCRIPTS)),
    (Get, "/kiosk", Page(Public, "kiosk")),
    (Post, "/kiosk", Answer(Public)),
    (Get, "/kiosk/begin", Pictured(Public, "kiosk-begin")),
    (Post, "/kiosk/session/challenge", None(SCRIPTS)),
    (Post, "/kiosk/session", None(SCRIPTS)),
    (Get, "/login/device", Pictured(Public, "device-here")),
    (Post, "/login/device", None(SCRIPTS)),
    (Post, "/login/device/challenge", None(SCRIPTS)),
    (Get, "/login", Page(Public, "login-demo")),
    (Post, "/login", Answer(Public)),
    (Post, "/login/demo", None(ON)),
    (Post, "/login/oidc/{name}", Answer(Public)),
    (Get, "/login/oidc/{name}/callback", None("leads on by the page that the way there shows")),
    (Post, "/logout", None(ON)),
    (Get, "/C", Page(Public, "offline-look-phone")),
    (Post, "/C", Answer(Public)),
    (Get, "/C/{code}", Page(Public, "printed-in-force-phone")),
    (Get, "/I/{identifier}", Pictured(Public, "identifier-phone")),
    (Get, "/S/{code}", Page(Public, "my-seen-phone")),
    (Get, "/my", Page(Citizen, "my-cards")),
    (Get, "/my/licences/{identifier}/show", Page(Citizen, "my-choose")),
    (Post, "/my/licences/{identifier}/show", Answer(Citizen)),
    (Get, "/my/copies", Page(Citizen, "copy-made")),
    (Get, "/my/licences/{identifier}/copy", Page(Citizen, "copy-form")),
    (Post, "/my/licences/{identifier}/copy", Answer(Citizen)),
    (Get, "/my/copies/{id}/document", None(FILE)),
    (Get, "/my/licences/{identifier}/offline", Page(Citizen, "my-offline")),
    (Post, "/my/licences/{identifier}/offline", Answer(Citizen)),
    (Get, "/my/licences/{identifier}/disclosure", Page(Citizen, "my-disclose")),
    (Post, "/my/licences/{identifier}/disclosure", Answer(Citizen)),
    (Post, "/my/stop", None(ON)),
    (Get, "/my/uses", Page(Citizen, "my-uses")),
    (Get, "/my/uses/{id}/objection", Page(Citizen, "my-object")),
    (Post, "/my/uses/{id}/objection", Answer(Citizen)),
    (Get, "/my/letters", Pictured(Signing, "letters")),
    (Post, "/my/letters/key", Answer(Signing)),
    (Get, "/my/letters/new/{type}", Page(Signing, "letter-form")),
    (Post, "/my/letters/new/{type}", Answer(Signing)),
    (Get, "/my/letters/{id}", Page(Signing, "letter-signed")),
    (Post, "/my/letters/{id}", Answer(Signing)),
    (Get, "/my/letters/{id}/page.png", None("a picture")),
    (Get, "/my/letters/{id}/document", None(FILE)),
    (Get, "/my/delegations", Pictured(Citizen, "delegations-mine")),
    (Get, "/my/delegations/new", Pictured(Citizen, "delegation-new")),
    (Post, "/my/delegations/new", Answer(Citizen)),
    (Get, "/my/delegations/{id}", Page(Citizen, "delegation-held")),
    (Post, "/my/delegations/{id}/answer", None(ON)),
    (Post, "/my/delegations/{id}/end", None(ON)),
    (Get, "/my/delegations/{id}/staff", Page(Agent, "delegation-staff")),
    (Post, "/my/delegations/{id}/leave", None(ON)),
    (Get, "/my/delegations/{id}/copy", Page(Agent, "delegation-copy-new")),
    (Post, "/my/delegations/{id}/copy", Answer(Agent)),
    (Get, "/my/delegations/{id}/show", Pictured(Agent, "delegation-choose")),
    (Post, "/my/delegations/{id}/show", Answer(Agent)),
    (Get, "/office", Page(Office, "office-home")),
    (Get, "/office/new", Page(Office, "office-choose")),
    (Get, "/office/new/{type}", Page(Office, "office-issue")),
    (Post, "/office/new/{type}", None(ON)),
    (Get, "/office/applications/{id}", Page(Office, "office-approve")),
    (Get, "/office/applications/{id}/preview.png", None("a picture")),
    (Get, "/office/applications/{id}/edit", Page(Office, "office-issue")),
    (Post, "/office/applications/{id}/edit", None(ON)),
    (Post, "/office/applications/{id}/approve", Answer(Office)),
    (Post, "/office/applications/{id}/return", Answer(Office)),
    (Post, "/office/reports/{id}/seen", None(ON)),
    (Get, "/office/objections", Page(Office, "office-objections")),
    (Get, "/office/objections/{use}", Page(Office, "office-objection")),
    (Post, "/office/objections/{use}", Answer(Office)),
    (Get, "/office/licences/{identifier}", Page(Office, "office-licence")),
    (Get, "/office/licences/{identifier}/document", None(FILE)),
    (Get, "/office/licences/{identifier}/act", Pictured(Office, "office-act")),
    (Post, "/office/licences/{identifier}/act", None(ON)),
    (Get, "/office/seals", Page(Keepers, "seals-list")),
    (Get, "/office/seals/{id}", Page(Keepers, "seals-decide")),
    (Get, "/office/seals/{id}/documents/{position}", None(FILE)),
    (Post, "/office/seals/{id}/decision", None(ON)),
    (Post, "/office/seals/{id}/filing", None(ON)),
    (Post, "/office/seals/{id}/acts", None(ON)),
    (Get, "/office/seals/{id}/grants", Page(Keepers, "seals-grant")),
    (Post, "/office/seals/{id}/grants", Answer(Keepers)),
    (Post, "/office/seals/{id}/grants/{grant}/end", None(ON)),
    (Post, "/office/seals/{id}/use-rule", None(ON)),
    (Get, "/office/seal-applications/new", Page(Keepers, "seals-apply")),
    (Post, "/office/seal-applications/new", Answer(Keepers)),
    (Get, "/office/trust", Page(Keepers, "trust-lists")),
    (Get, "/office/trust/new", Page(Keepers, "trust-propose")),
    (Post, "/office/trust/new", Answer(Keepers)),
    (Post, "/office/trust/proposals/{id}", Answer(Keepers)),
    (Get, "/office/trust/operators/{id}", Page(Keepers, "trust-decide")),
    (Post, "/office/trust/operators/{id}", None(ON)),
    (Post, "/office/trust/operators/{id}/members", None(ON)),
    (Get, "/office/devices", Page(Office, "devices-in-use")),
    (Post, "/office/devices", Answer(Office)),
    (Post, "/office/devices/{id}/end", None(ON)),
    (Get, "/office/delegations", Page(Office, "delegations-desk")),
    (Get, "/office/delegations/new", Page(Office, "delegations-paper")),
    (Post, "/office/delegations/new", Answer(Office)),
    (Get, "/office/guardians/new", Page(Office, "delegations-guardian")),
    (Post, "/office/guardians/new", Answer(Office)),
    (Get, "/office/delegations/{id}", Page(Office, "delegations-paper-decide")),
    (Get, "/office/delegations/{id}/document", None(FILE)),
    (Post, "/office/delegations/{id}/decision", None(ON)),
    (Post, "/office/delegations/{id}/end", None(ON)),
    (Get, "/window", Page(Window, "window-idle")),
    (Post, "/window", Answer(Window)),
    (Post, "/window/files", Answer(Window)),
    (Post, "/window/receipts", None(ON)),
    (Post, "/window/reports", None(ON)),
    (Get, "/window/offline", Page(Apart, "window-offline-waits")),
    (Post, "/window/recheck", Answer(Apart)),
    (Get, "/window/worker.js", None("a script")),
    (Get, "/window/manifest.webmanifest", None(FILE)),
    (Get, "/assets/{name}", None(FILE)),
];

/// What there is at a route.
pub(super) fn place(verb: Verb, path: &str) -> Place {
    let found = PLACES.iter().find(|(of, at, _)| (*of, *at) == (verb, path));
    found.unwrap_or_else(|| panic!("{} {path} is not in this list", verb.as_str())).2
}

/// The routes that a tour looks at.
pub(super) fn pages_of(tour: Tour) -> impl Iterator<Item = (&'static str, &'static str)> {
    let of = move |place: &Place| matches!(place, Page(by, _) | Pictured(by, _) | Answer(by) if *by == tour);
    PLACES.iter().filter(move |(_, _, place)| of(place)).map(|(verb, path, _)| (verb.as_str(), *path))
}

mod tests {
    use super::*;

    #[test]
    fn every_route_is_looked_at_or_has_its_reason() {
        let pages: Vec<_> = TABLE.iter().filter(|rule| rule.face == Face::Page).collect();
        assert!(pages.len() > 100, "the table is read");
        for rule in &pages {
            let known = PLACES.iter().filter(|(verb, path, _)| (*verb, *path) == (rule.verb, rule.path)).count();
            assert_eq!(known, 1, "{} {} stands in no list of pages::every::routes", rule.verb.as_str(), rule.path);
        }
        for (verb, path, place) in PLACES {
            let is_there = pages.iter().any(|rule| (rule.verb, rule.path) == (*verb, *path));
            assert!(is_there, "{} {path} is no page any more", verb.as_str());
            match place {
                Page(..) | Pictured(..) => assert_eq!(*verb, Get, "{path}"),
                Answer(_) => assert_eq!(*verb, Post, "{path}"),
                None(why) => assert!(!why.is_empty()),
            }
        }
    }

    #[test]
    fn every_page_has_its_picture() {
        let list = fs::read_to_string(repository("docs/screens/README.md")).unwrap();
        let listed: Vec<_> = list.lines().filter_map(|line| line.split_once("](")?.1.split_once(".png)")).collect();
        for (_, path, place) in PLACES {
            let (Page(_, picture) | Pictured(_, picture)) = place else { continue };
            assert!(
                listed.iter().any(|(name, _)| name == picture),
                "{path}: {picture} is not in docs/screens/README.md"
            );
        }
        for (name, _) in &listed {
            assert!(repository(&format!("docs/screens/{name}.png")).is_file(), "docs/screens/{name}.png is missing");
        }
        for file in fs::read_dir(repository("docs/screens")).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            let stem = name.strip_suffix(".png");
            assert!(stem.is_none_or(|stem| listed.iter().any(|(name, _)| *name == stem)), "{name} is in no list");
        }
    }
}
