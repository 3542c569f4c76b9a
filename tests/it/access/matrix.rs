//! Every route of the table times everybody who may knock, against a list
//! written by hand.

use crate::support::{
    http::Answer,
    register::{JSON, Register, Shown, add_holder, hours_from_now, send},
};
use yinxin::{
    flow::{
        access::{Permit, Role, Scope},
        tokens,
    },
    store::{holders, people},
    web::{
        auth::{Face, Rule},
        routes::TABLE,
    },
};

/// Who knocks.
const KNOCKERS: [&str; 24] = [
    "nobody",
    "officer",
    "approver",
    "seal_keeper",
    "clerk",
    "auditor",
    "administrator",
    "no_role",
    "disabled administrator",
    "ended session",
    "issue",
    "act",
    "read",
    "standing",
    "redeem",
    "receipt",
    "stamp",
    "all scopes",
    "expired token",
    "revoked token",
    "junk token",
    "junk cookie",
    "holder",
    "disabled holder",
];

/// What the answer must be.
const PUBLIC: &str = "public";

/// Every session that runs; no token.
const SIGNED_IN: &str = "officer approver seal_keeper clerk auditor administrator no_role holder";

/// What a path names that is not there.
const NOTHING: [(&str, &str); 8] = [
    ("{number}", "none"),
    ("{id}", "none"),
    ("{name}", "none"),
    ("{type}", "none"),
    ("{code}", "NONE"),
    ("{identifier}", "1.2.3"),
    ("{position}", "1"),
    ("{grant}", "none"),
];

/// By hand, and not from the table: method, path, who passes (one or more, between
/// bars or spaces). A token of all scopes passes where one of a scope does.
const EXPECTED: &[(&str, &str, &str)] = &[
    ("GET", "/", PUBLIC),
    ("GET", "/verify", PUBLIC),
    ("POST", "/verify", PUBLIC),
    ("POST", "/verify/number", PUBLIC),
    ("GET", "/login", PUBLIC),
    ("POST", "/login", PUBLIC),
    ("GET", "/kiosk", "a kiosk alone"),
    ("POST", "/kiosk", "a kiosk alone"),
    ("GET", "/kiosk/begin", PUBLIC),
    ("POST", "/kiosk/session/challenge", PUBLIC),
    ("POST", "/kiosk/session", PUBLIC),
    ("GET", "/device", PUBLIC),
    ("POST", "/device", PUBLIC),
    ("GET", "/login/device", SIGNED_IN),
    ("POST", "/login/device", SIGNED_IN),
    ("POST", "/login/device/challenge", SIGNED_IN),
    ("GET", "/office/devices", "administrator"),
    ("POST", "/office/devices", "administrator"),
    ("POST", "/office/devices/{id}/end", "administrator"),
    ("POST", "/login/demo", PUBLIC),
    ("POST", "/login/oidc/{name}", PUBLIC),
    ("GET", "/login/oidc/{name}/callback", PUBLIC),
    ("POST", "/logout", PUBLIC),
    ("GET", "/login/factor", SIGNED_IN),
    ("POST", "/login/factor", SIGNED_IN),
    ("GET", "/office", "officer | approver"),
    ("GET", "/office/new", "officer"),
    ("GET", "/office/new/{type}", "officer"),
    ("POST", "/office/new/{type}", "officer"),
    ("GET", "/office/applications/{id}", "officer | approver"),
    ("GET", "/office/applications/{id}/preview.png", "officer | approver"),
    ("GET", "/office/applications/{id}/edit", "officer"),
    ("POST", "/office/applications/{id}/edit", "officer"),
    ("POST", "/office/applications/{id}/approve", "approver"),
    ("POST", "/office/applications/{id}/return", "approver"),
    ("POST", "/office/reports/{id}/seen", "officer | approver"),
    ("GET", "/office/delegations", "officer | approver | clerk"),
    ("GET", "/office/delegations/new", "clerk"),
    ("POST", "/office/delegations/new", "clerk"),
    ("GET", "/office/guardians/new", "officer"),
    ("POST", "/office/guardians/new", "officer"),
    ("GET", "/office/delegations/{id}", "officer | approver | clerk"),
    ("GET", "/office/delegations/{id}/document", "officer | approver | clerk"),
    ("POST", "/office/delegations/{id}/decision", "approver"),
    ("POST", "/office/delegations/{id}/end", "officer | clerk"),
    ("GET", "/window", "clerk"),
    ("POST", "/window", "clerk"),
    ("POST", "/window/files", "clerk"),
    ("POST", "/window/receipts", "clerk"),
    ("POST", "/window/reports", "clerk"),
    ("POST", "/window/frames", "clerk"),
    ("GET", "/window/offline", PUBLIC),
    ("POST", "/window/recheck", "clerk"),
    ("GET", "/window/kit", "clerk"),
    ("GET", "/window/worker.js", PUBLIC),
    ("GET", "/window/manifest.webmanifest", PUBLIC),
    ("GET", "/office/licences/{identifier}", "officer | approver | clerk | read | all scopes"),
    ("GET", "/office/licences/{identifier}/document", "officer | approver | clerk | read | all scopes"),
    ("GET", "/office/licences/{identifier}/act", "officer"),
    ("POST", "/office/licences/{identifier}/act", "officer"),
    ("GET", "/assets/{name}", PUBLIC),
    ("GET", "/healthz", PUBLIC),
    ("GET", "/readyz", PUBLIC),
    ("GET", "/.well-known/yinxin/trust-list.json", PUBLIC),
    ("GET", "/.well-known/yinxin/trust-list.sig", PUBLIC),
    ("GET", "/.well-known/yinxin/revocation-lists.pem", PUBLIC),
    ("POST", "/tsa", PUBLIC),
    ("GET", "/crl/{name}", PUBLIC),
    ("POST", "/ocsp", PUBLIC),
    ("GET", "/ocsp/{request:.*}", PUBLIC),
    ("GET", "/api/v1/openapi.json", PUBLIC),
    ("GET", "/api/v1/problems", PUBLIC),
    ("POST", "/api/v1/verifications", PUBLIC),
    ("GET", "/C", PUBLIC),
    ("POST", "/C", PUBLIC),
    ("GET", "/C/{code}", PUBLIC),
    ("GET", "/I/{identifier}", PUBLIC),
    ("GET", "/S/{code}", PUBLIC),
    ("GET", "/my", "holder"),
    ("GET", "/my/licences/{identifier}/show", "holder"),
    ("POST", "/my/licences/{identifier}/show", "holder"),
    ("GET", "/my/licences/{identifier}/disclosure", "holder"),
    ("POST", "/my/licences/{identifier}/disclosure", "holder"),
    ("GET", "/my/licences/{identifier}/copy", "holder"),
    ("POST", "/my/licences/{identifier}/copy", "holder"),
    ("GET", "/my/copies", "holder"),
    ("GET", "/my/copies/{id}/document", "holder"),
    ("GET", "/my/licences/{identifier}/offline", "holder"),
    ("POST", "/my/licences/{identifier}/offline", "holder"),
    ("POST", "/my/stop", "holder"),
    ("GET", "/my/uses", "holder"),
    ("GET", "/my/uses/{id}/objection", "holder"),
    ("POST", "/my/uses/{id}/objection", "holder"),
    ("GET", "/my/letters", "holder"),
    ("POST", "/my/letters/key", "holder"),
    ("GET", "/my/letters/new/{type}", "holder"),
    ("POST", "/my/letters/new/{type}", "holder"),
    ("GET", "/my/letters/{id}", "holder"),
    ("POST", "/my/letters/{id}", "holder"),
    ("GET", "/my/letters/{id}/page.png", "holder"),
    ("GET", "/my/letters/{id}/document", "holder"),
    ("GET", "/my/delegations", "holder"),
    ("GET", "/my/delegations/new", "holder"),
    ("POST", "/my/delegations/new", "holder"),
    ("GET", "/my/delegations/{id}", "holder"),
    ("POST", "/my/delegations/{id}/answer", "holder"),
    ("POST", "/my/delegations/{id}/end", "holder"),
    ("GET", "/my/delegations/{id}/staff", "holder"),
    ("POST", "/my/delegations/{id}/leave", "holder"),
    ("GET", "/my/delegations/{id}/copy", "holder"),
    ("POST", "/my/delegations/{id}/copy", "holder"),
    ("GET", "/my/delegations/{id}/show", "holder"),
    ("POST", "/my/delegations/{id}/show", "holder"),
    ("POST", "/api/v1/redemptions", "clerk redeem"),
    ("POST", "/api/v1/code-resolutions", PUBLIC),
    ("GET", "/api/v1/objections", "officer approver"),
    ("POST", "/api/v1/objections/{use}/answer", "approver"),
    ("GET", "/office/objections", "officer approver"),
    ("GET", "/office/objections/{use}", "officer approver"),
    ("POST", "/office/objections/{use}", "approver"),
    ("POST", "/api/v1/receipts", "clerk receipt"),
    ("GET", "/api/v1/receipts/{number}", "clerk auditor receipt"),
    ("GET", "/api/v1/states", PUBLIC),
    ("GET", "/api/v1/standing/{code}", PUBLIC),
    ("GET", "/api/v1/standings/{identifier}", PUBLIC),
    ("POST", "/api/v1/standings", PUBLIC),
    ("GET", "/office/seals", "seal_keeper approver auditor"),
    ("GET", "/office/seals/{id}", "seal_keeper approver auditor"),
    ("GET", "/office/seals/{id}/documents/{position}", "seal_keeper approver auditor"),
    ("POST", "/office/seals/{id}/decision", "seal_keeper approver"),
    ("POST", "/office/seals/{id}/filing", "seal_keeper"),
    ("POST", "/office/seals/{id}/acts", "seal_keeper"),
    ("GET", "/office/seals/{id}/grants", "seal_keeper"),
    ("POST", "/office/seals/{id}/grants", "seal_keeper"),
    ("POST", "/office/seals/{id}/grants/{grant}/end", "seal_keeper"),
    ("POST", "/office/seals/{id}/use-rule", "seal_keeper"),
    ("GET", "/office/seal-applications/new", "seal_keeper"),
    ("POST", "/office/seal-applications/new", "seal_keeper"),
    ("GET", "/office/trust", "seal_keeper administrator auditor"),
    ("GET", "/office/trust/new", "seal_keeper administrator"),
    ("POST", "/office/trust/new", "seal_keeper administrator"),
    ("POST", "/office/trust/proposals/{id}", "seal_keeper administrator"),
    ("GET", "/office/trust/operators/{id}", "seal_keeper administrator auditor"),
    ("POST", "/office/trust/operators/{id}", "seal_keeper administrator"),
    ("POST", "/office/trust/operators/{id}/members", "seal_keeper administrator"),
    ("POST", "/api/v1/trust/operators/{id}/members", "seal_keeper administrator"),
    ("GET", "/api/v1/trust/operators", "seal_keeper administrator auditor"),
    ("POST", "/api/v1/trust/operators", "seal_keeper administrator"),
    ("GET", "/api/v1/trust/operators/{id}", "seal_keeper administrator auditor"),
    ("POST", "/api/v1/trust/operators/{id}/decision", "seal_keeper administrator"),
    ("POST", "/api/v1/trust/proposals/{id}/decision", "seal_keeper administrator"),
    ("GET", "/api/v1/seals/{code}/status", PUBLIC),
    ("GET", "/api/v1/seals", "seal_keeper approver auditor"),
    ("POST", "/api/v1/seals", "seal_keeper"),
    ("GET", "/api/v1/seals/{id}", "seal_keeper approver auditor"),
    ("POST", "/api/v1/seals/{id}/acts", "seal_keeper"),
    ("POST", "/api/v1/seals/{id}/decision", "seal_keeper approver"),
    ("POST", "/api/v1/seals/{id}/making", "seal_keeper"),
    ("POST", "/api/v1/seals/{id}/filing", "seal_keeper"),
    ("GET", "/api/v1/seals/{id}/grants", "seal_keeper approver auditor"),
    ("POST", "/api/v1/seals/{id}/grants", "seal_keeper"),
    ("DELETE", "/api/v1/seal-grants/{id}", "seal_keeper"),
    ("GET", "/api/v1/seal-ledger", "seal_keeper approver auditor"),
    ("POST", "/api/v1/stamps", "approver stamp"),
    ("POST", "/api/v1/stamps/digests", "approver stamp"),
    ("GET", "/api/v1/stamps/seals/{id}", "approver stamp"),
    ("GET", "/api/v1/licences", "officer approver clerk read"),
    ("POST", "/api/v1/licences", "approver issue"),
    ("POST", "/api/v1/licences/batch", "approver issue"),
    ("GET", "/api/v1/licences/{identifier}", "officer approver clerk read"),
    ("GET", "/api/v1/licences/{identifier}/document", "officer approver clerk read"),
    ("POST", "/api/v1/licences/{identifier}/acts", "approver act"),
    ("POST", "/api/v1/licences/{identifier}/copies", "approver issue"),
    ("GET", "/api/v1/licences/{identifier}/copies/{id}/document", "officer approver clerk read"),
    ("POST", "/api/v1/jobs", "approver issue"),
    ("GET", "/api/v1/jobs/{id}", "approver issue"),
    ("GET", "/api/v1/jobs/{id}/results", "approver issue"),
    ("GET", "/api/v1/tokens", "administrator"),
    ("POST", "/api/v1/tokens", "administrator"),
    ("DELETE", "/api/v1/tokens/{id}", "administrator"),
    ("GET", "/api/v1/people", "administrator"),
    ("POST", "/api/v1/people", "administrator"),
    ("POST", "/api/v1/people/{id}/roles", "administrator"),
    ("POST", "/api/v1/people/{id}/disable", "administrator"),
    ("DELETE", "/api/v1/people/{id}/second-factor", "administrator"),
    ("GET", "/api/v1/audit", "auditor"),
];

const SCOPES: [&str; 7] = ["issue", "act", "read", "standing", "redeem", "receipt", "stamp"];

/// The page that says that nothing can be answered here.
fn is_page_without(answer: &Answer) -> bool {
    answer.status == 503 && answer.body.contains("不代表证照有问题")
}

/// Those who are nobody to the service.
const UNKNOWN: [&str; 8] = [
    "nobody",
    "disabled administrator",
    "disabled holder",
    "ended session",
    "expired token",
    "revoked token",
    "junk token",
    "junk cookie",
];

/// What each of them shows.
fn knockers(register: &Register) -> Vec<(&'static str, Shown)> {
    let (now, past) = (hours_from_now(0), hours_from_now(-30));
    let body = &register.body;
    let permit = Permit::of_operator(body);
    let mut all = vec![("nobody", Shown::Nothing)];
    let roles = Role::ALL.iter().map(|role| (role.as_str(), vec![*role]));
    for (n, (name, roles)) in roles.chain([("no_role", vec![])]).enumerate() {
        let login = format!("p{n}");
        register.person(body, &login, &roles);
        all.push((name, register.session(&login, now)));
    }
    // disabled with the session still there, which the flow would have ended
    let id = register.person(body, "gone", &[Role::Administrator]);
    let disabled = register.session("gone", now);
    let (of, who) = (body.clone(), id);
    let done = register.store.write(move |conn| people::set_disabled(conn, &of, &who, Some(now.unix_milliseconds())));
    assert_eq!(done, Ok(true));
    // the last to begin: the next one would clear it away
    let ended = register.session("p5", past);
    all.extend([("disabled administrator", disabled), ("ended session", ended)]);
    let scopes = Scope::ALL.iter().map(|scope| (scope.as_str(), vec![*scope]));
    for (name, scopes) in scopes.chain([("all scopes", Scope::ALL.to_vec())]) {
        all.push((name, register.token(body, &scopes, now).0));
    }
    let (revoked, id) = register.token(body, Scope::ALL, now);
    tokens::revoke(&register.store, &permit, &id, now).unwrap();
    all.extend([
        ("expired token", register.token(body, Scope::ALL, past).0),
        ("revoked token", revoked),
        ("junk token", Shown::Bearer(format!("yx_{}", "A".repeat(43)))),
        ("junk cookie", Shown::Cookie("junk".into())),
    ]);
    for (name, code) in [("holder", "11100000MB0143028R"), ("disabled holder", "92330100MA0000015R")] {
        let login = name.replace(' ', "-");
        add_holder(&register.store, &register.sign_in, &login, code, now);
        all.push((name, register.session(&login, now)));
    }
    // disabled with the session still there, which the flow would have ended
    let done = register.store.write(move |conn| {
        let account = holders::find_by_login(conn, "disabled-holder")?.unwrap();
        holders::disable(conn, &account.id, now.unix_milliseconds())
    });
    assert_eq!(done, Ok(true));
    assert_eq!(all.iter().map(|(name, _)| *name).collect::<Vec<_>>(), KNOCKERS);
    all
}

#[test]
fn every_route_times_everybody() {
    let register = Register::new();
    let knockers = knockers(&register);
    // one that does everything, what no process does by itself too
    let service = register.serve_as("roles = [\"issue\", \"verify\", \"seals\", \"make\", \"public\"]");
    assert_eq!(TABLE.len(), EXPECTED.len(), "a route is missing here, or there");
    let mut wrong = Vec::new();
    // signing out works, so it comes last
    let (last, first): (Vec<&Rule>, Vec<&Rule>) = TABLE.iter().partition(|rule| rule.path == "/logout");
    for rule in first.into_iter().chain(last) {
        let (method, path) = (rule.verb.as_str(), rule.path);
        let line = EXPECTED.iter().find(|line| (line.0, line.1) == (method, path));
        let passes = line.unwrap_or_else(|| panic!("{method} {path} is not in the list")).2;
        for (who, shown) in &knockers {
            let at = NOTHING.iter().fold(path.to_owned(), |at, (name, value)| at.replace(name, value));
            let answer = send(service.public, method, &at, shown, JSON, "{}");
            let status = answer.status;
            let mut named = passes.split([' ', '|']);
            let by_scope = *who == "all scopes" && passes.split(' ').any(|one| SCOPES.contains(&one));
            let as_expected = if passes == PUBLIC || by_scope || named.any(|one| one == *who) {
                // what comes after the door: found, not found, a body that is none, or
                // that nothing is issued here
                !matches!(status, 401 | 403 | 405 | 500..)
                    || answer.body.contains("no_issuer")
                    || (status == 503 && answer.body.contains("没有配置制发"))
                    || is_page_without(&answer)
            } else if UNKNOWN.contains(who) && rule.face == Face::Page && method == "GET" {
                // people are led to signing in
                let to = if path == "/kiosk" { "/kiosk/begin" } else { "/login" };
                (status, answer.header("location")) == (303, Some(to))
            } else if UNKNOWN.contains(who) {
                status == 401
            } else {
                status == 403
            };
            if !as_expected {
                wrong.push(format!("{method} {path} by {who}: {status}, passes: {passes}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn refusals_say_how_and_nothing_else() {
    let register = Register::new();
    register.person(&register.body, "chief", &[Role::Administrator]);
    let now = hours_from_now(0);
    let (reader, own) = register.token(&register.body, &[Scope::Read], now);
    let (_, foreign) = register.token(&register.other, &[Scope::Read], now);
    let stranger = register.person(&register.other, "stranger", &[Role::Clerk]);
    let chief = register.session("chief", now);
    let service = register.serve();
    let ask = |method: &str, path: &str, shown: &Shown| send(service.public, method, path, shown, JSON, "");

    let answer = ask("GET", "/api/v1/tokens", &Shown::Nothing);
    assert_eq!((answer.status, answer.problem().as_str()), (401, "unauthenticated"));
    assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"yinxin\""));
    let answer = ask("GET", "/api/v1/tokens", &Shown::Bearer("yx_short".into()));
    assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"yinxin\", error=\"invalid_token\""));
    let answer = ask("GET", "/api/v1/tokens", &reader);
    assert_eq!((answer.status, answer.problem().as_str()), (403, "not_allowed"));

    // another body's thing is like one that is not there
    let (theirs, nowhere) = (format!("/api/v1/tokens/{foreign}"), "/api/v1/tokens/none");
    let (theirs, nowhere) = (ask("DELETE", &theirs, &chief), ask("DELETE", nowhere, &chief));
    assert_eq!((theirs.status, theirs.problem().as_str()), (404, "no_such_thing"));
    assert_eq!(theirs.body, nowhere.body);
    assert_eq!(ask("POST", &format!("/api/v1/people/{stranger}/disable"), &chief).status, 404);
    assert_eq!(ask("DELETE", &format!("/api/v1/tokens/{own}"), &chief).status, 204);
    assert_eq!(ask("GET", "/api/v1/tokens", &reader).status, 401, "its token has ended");

    // a header of authorisation counts alone
    let cookie = if let Shown::Cookie(secret) = &chief { secret.clone() } else { String::new() };
    let more = format!("Cookie: yinxin-session={cookie}\r\n");
    let answer = send(service.public, "GET", "/api/v1/tokens", &reader, &more, "");
    assert_eq!(answer.status, 401);
}

#[test]
fn methods_that_a_path_does_not_have_are_named() {
    let register = Register::new();
    let service = register.serve();
    let answer = send(service.public, "PUT", "/api/v1/tokens", &Shown::Nothing, "", "");
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, POST")));
    assert_eq!(send(service.public, "GET", "/logout", &Shown::Nothing, "", "").header("allow"), Some("POST"));
    assert_eq!(send(service.public, "GET", "/api/v1/nothing", &Shown::Nothing, "", "").problem(), "not_found");
}

#[test]
fn a_service_without_a_register_says_so_and_verifies() {
    let service = crate::support::service::Service::start();
    let some = Shown::Bearer(format!("yx_{}", "A".repeat(43)));
    for shown in [Shown::Nothing, some] {
        let answer = send(service.public, "GET", "/api/v1/people", &shown, "", "");
        assert_eq!((answer.status, answer.problem().as_str()), (503, "no_register"));
    }
    let answer = send(service.public, "GET", "/login", &Shown::Nothing, "", "");
    assert_eq!((answer.status, answer.header("content-type")), (503, Some("text/html; charset=utf-8")));
    assert_eq!(send(service.public, "GET", "/verify", &Shown::Nothing, "", "").status, 200);
}
