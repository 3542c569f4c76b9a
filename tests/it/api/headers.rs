//! What every answer carries.

use crate::support::{
    http::{VERIFICATIONS, get, post, request},
    service::Service,
};

#[test]
fn every_answer_has_the_security_headers() {
    let service = Service::start();
    let answers = [
        get(service.public, "/healthz"),
        get(service.public, "/nothing"),
        get(service.public, "/api/v1/openapi.json"),
        get(service.public, "/api/v1/problems"),
        post(service.public, VERIFICATIONS, b"junk"),
        post(service.public, VERIFICATIONS, b""),
        request(service.public, "DELETE", VERIFICATIONS, None, b""),
    ];
    for answer in &answers {
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert!(answer.header("cache-control").is_some());
        assert!(answer.header("server").is_none());
    }
    assert_eq!(answers[4].header("cache-control"), Some("no-store"));
    let ids: Vec<_> = answers.iter().map(|a| a.header("x-request-id").unwrap()).collect();
    assert!(ids.iter().all(|id| id.len() == 16) && ids[0] != ids[1]);
}
