//! Where devices are required: one table of everything that somebody may do, and who does it at a window.

use super::doors::{appear, desk, enrolled};
use crate::support::register::{FORM_BODY, JSON, Shown, send};
use std::collections::BTreeSet;
use yinxin::{
    flow::access::{Capability, Role, Scope, may},
    web::{
        auth::{Face, Rule, Verb, Who},
        routes::TABLE,
    },
};

/// What clerks may. A capability that is not here is no clerk's, and one that a clerk gets has to come here.
const OF_CLERKS: [&str; 9] = [
    "read",
    "standing",
    "serve_at_window",
    "make_receipt",
    "read_receipt",
    "redeem",
    "take_delegations",
    "end_delegations",
    "see_delegations",
];

/// What nobody else may: whoever is a clerk and something else does these at a window too.
const OF_CLERKS_ALONE: [&str; 4] = ["serve_at_window", "make_receipt", "redeem", "take_delegations"];

fn names(which: impl Fn(&Capability) -> bool) -> BTreeSet<&'static str> {
    may::ALL.iter().filter(|one| which(one)).map(|one| one.name).collect()
}

#[test]
fn the_table_is_that_of_the_capabilities() {
    let of_clerks = |one: &Capability| one.roles.contains(&Role::Clerk);
    assert_eq!(names(of_clerks), BTreeSet::from(OF_CLERKS));
    assert_eq!(names(|one| one.roles == [Role::Clerk]), BTreeSet::from(OF_CLERKS_ALONE));
    assert_eq!(Role::ALL.iter().filter(|role| role.works_at_windows()).collect::<Vec<_>>(), [&Role::Clerk]);
}

/// Whether a request was refused, or led away, for want of a device.
fn wants_device(to: std::net::SocketAddr, rule: &Rule, shown: &Shown) -> bool {
    let path = rule.path.split('/').map(|part| if part.starts_with('{') { "none" } else { part });
    let path = path.collect::<Vec<_>>().join("/");
    let headers = if rule.face == Face::Api { JSON } else { FORM_BODY };
    let answer = send(to, rule.verb.as_str(), &path, shown, headers, "");
    let is_led = answer.status == 303 && answer.header("location") == Some("/login/device");
    let is_page = rule.face == Face::Page && rule.verb == Verb::Get;
    assert!(!is_led || is_page, "{path} leads away");
    is_led || (answer.status == 403 && answer.body.contains("device_wanted"))
}

#[test]
fn what_a_clerk_does_is_done_at_a_window_alone() {
    let desk = desk("[window]\ndevices = \"required\"");
    let body = desk.house.body.clone();
    let chief = desk.signed_in(&body, "chief", &[Role::Administrator]);
    let clerk = desk.signed_in(&body, "clerk", &[Role::Clerk]);
    let there = desk.signed_in(&body, "there", &[Role::Clerk]);
    let both = desk.signed_in(&body, "both", &[Role::Clerk, Role::Officer, Role::Auditor, Role::Approver]);
    let system = desk.token(&body, Scope::ALL);
    let (browser, id) = enrolled(&desk, &chief, "1");
    assert_eq!(appear(&desk, &there, &browser, &id).status, 200);
    let mut tried = BTreeSet::new();
    for rule in TABLE {
        let Who::May(capability) = rule.who else { continue };
        let at = format!("{} {}", rule.verb.as_str(), rule.path);
        let is_clerks = OF_CLERKS.contains(&capability.name);
        assert_eq!(wants_device(desk.to, rule, &clerk), is_clerks, "{at}, a clerk elsewhere");
        let is_alone = OF_CLERKS_ALONE.contains(&capability.name);
        assert_eq!(wants_device(desk.to, rule, &both), is_alone, "{at}, a clerk and more");
        assert!(!wants_device(desk.to, rule, &there), "{at}, a clerk at a window");
        assert!(!wants_device(desk.to, rule, &system), "{at}, another system");
        assert!(!wants_device(desk.to, rule, &chief), "{at}, an administrator");
        if is_clerks {
            tried.insert(capability.name);
        }
    }
    // asked by tokens and by pages that have no route of their own
    let without: BTreeSet<_> = OF_CLERKS.into_iter().filter(|name| !tried.contains(name)).collect();
    assert_eq!(without, BTreeSet::from(["standing"]));
}
