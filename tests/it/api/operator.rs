//! What the operator sees, and the public does not.

use crate::support::{
    http::{VERIFICATIONS, get, post},
    service::Service,
};

#[test]
fn the_public_learns_only_whether() {
    let service = Service::start();
    for path in ["/healthz", "/readyz"] {
        let answer = get(service.public, path);
        assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"));
    }
    assert_eq!(get(service.public, "/metrics").problem(), "not_found");
}

#[test]
fn metrics_stand_on_the_separate_address_alone() {
    let service = Service::start();
    post(service.public, &format!("{VERIFICATIONS}?at=2024-06-01"), b"junk");
    get(service.public, "/secret/path/330106199001011234");
    let answer = get(service.admin, "/metrics");
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").unwrap().starts_with("text/plain; version=0.0.4"));
    for line in [
        "yinxin_requests_total{method=\"POST\",route=\"/api/v1/verifications\",status=\"4xx\"} 1",
        "yinxin_requests_total{method=\"GET\",route=\"other\",status=\"4xx\"} 1",
        "yinxin_refusals_total{code=\"not_a_document\"} 1",
        "yinxin_verifications_total{verdict=\"valid\"} 0",
        "yinxin_lane_capacity{lane=\"verify\"} 10",
        "yinxin_lane_waiting{lane=\"verify\"} 0",
        "yinxin_lane_busy{lane=\"verify\"} 0",
        "yinxin_request_seconds_count{route=\"/api/v1/verifications\"} 1",
        "yinxin_verification_seconds_count 0",
    ] {
        assert!(answer.body.contains(line), "{line}\n{}", answer.body);
    }
    assert!(!answer.body.contains("secret") && !answer.body.contains("330106"));
    assert_eq!(get(service.admin, VERIFICATIONS).problem(), "not_found");
}

#[test]
fn readiness_has_details_on_the_separate_address() {
    let service = Service::start();
    let details = get(service.admin, "/readyz").json();
    assert_eq!(details["ready"], true);
    assert_eq!(details["anchors"], serde_json::json!({ "configured": false, "count": 0 }));
    assert_eq!(
        (&details["lanes"]["verify"]["threads"], &details["lanes"]["verify"]["capacity"]),
        (&2.into(), &10.into())
    );
}
