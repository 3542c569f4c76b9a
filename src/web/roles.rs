//! Which part of the service an address belongs to, where parts run as processes of their own.

use crate::config::ServeRole::{self, Issue, Make, Public, Seals, Verify};

/// Addresses begin so; the first that fits counts. Roles: none for what every process answers.
const PARTS: &[(&str, &[ServeRole])] = &[
    ("/assets/", &[]),
    ("/healthz", &[]),
    ("/readyz", &[]),
    ("/api/v1/openapi.json", &[]),
    ("/api/v1/problems", &[]),
    ("/api/v1/states", &[]),
    // people sign in and are managed wherever they work
    ("/login", &[Issue, Seals, Make]),
    ("/logout", &[Issue, Seals, Make]),
    ("/api/v1/tokens", &[Issue, Seals]),
    ("/api/v1/people", &[Issue, Seals]),
    ("/api/v1/audit", &[Issue, Seals]),
    ("/kiosk", &[Issue]),
    // where a device leaves its key
    ("/device", &[Issue]),
    ("/verify", &[Verify]),
    ("/api/v1/verifications", &[Verify]),
    // of what is verified, in the name of somebody who signs in
    ("/api/v1/receipts", &[Issue, Verify]),
    ("/C", &[Public]),
    ("/I/", &[Public]),
    ("/S/", &[Public]),
    ("/.well-known/", &[Public]),
    ("/crl/", &[Public]),
    ("/ocsp", &[Public]),
    ("/tsa", &[Public]),
    ("/api/v1/standing", &[Public]),
    ("/api/v1/code-resolutions", &[Public]),
    ("/api/v1/seals/{code}/status", &[Public]),
    ("/api/v1/seals/{id}/making", &[Make]),
    ("/office/seal", &[Seals]),
    ("/api/v1/seal", &[Seals]),
    ("/office/trust", &[Issue, Seals]),
    ("/api/v1/trust/", &[Issue, Seals]),
    ("/office", &[Issue]),
    ("/my", &[Issue]),
    ("/window", &[Issue]),
    ("/api/v1/licences", &[Issue]),
    ("/api/v1/stamps", &[Issue]),
    ("/api/v1/jobs", &[Issue]),
    ("/api/v1/redemptions", &[Issue]),
    ("/api/v1/objections", &[Issue]),
];

/// The parts that an address, as the table of routes has it, belongs to; `None` for one that nobody
/// put into a part, empty for one of every process.
fn of(path: &str) -> Option<&'static [ServeRole]> {
    if path == "/" {
        return Some(&[Verify]);
    }
    PARTS.iter().find(|(begins, _)| path.starts_with(begins)).map(|(_, roles)| *roles)
}

/// Whether a process with these roles answers an address. What is in no part is answered by nobody.
pub(super) fn is_served(roles: &[ServeRole], path: &str) -> bool {
    of(path).is_some_and(|parts| parts.is_empty() || parts.iter().any(|part| roles.contains(part)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::routes::TABLE;

    #[test]
    fn every_route_is_in_a_part_and_every_part_has_routes() {
        for rule in TABLE {
            assert!(of(rule.path).is_some(), "{}", rule.path);
            assert!(is_served(&ServeRole::ALL, rule.path), "{}", rule.path);
        }
        for (begins, _) in PARTS {
            let first = |rule: &&crate::web::auth::Rule| PARTS.iter().find(|part| rule.path.starts_with(part.0));
            assert!(TABLE.iter().filter_map(|rule| first(&rule)).any(|part| part.0 == *begins), "{begins}");
        }
    }

    #[test]
    fn nothing_makes_seals_unless_that_is_said() {
        let path = "/api/v1/seals/{id}/making";
        assert!(!is_served(&ServeRole::USUAL, path) && is_served(&[Make], path));
        for elsewhere in ["/office/seals", "/api/v1/seals/{id}/acts", "/api/v1/licences", "/verify", "/C/{code}"] {
            assert!(!is_served(&[Make], elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn what_stamps_is_not_where_everybody_asks() {
        for path in
            ["/office", "/api/v1/licences", "/office/seals", "/api/v1/seals/{id}/acts", "/api/v1/jobs", "/login"]
        {
            assert!(!is_served(&[Public, Verify], path), "{path}");
        }
        for path in ["/api/v1/seals/{code}/status", "/api/v1/standings/{identifier}", "/C/{code}", "/healthz"] {
            assert!(is_served(&[Public], path) && (path == "/healthz" || !is_served(&[Issue, Seals], path)), "{path}");
        }
    }
}
