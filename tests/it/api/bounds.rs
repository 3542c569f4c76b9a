//! Too much, too slow, too many.

use crate::support::{
    http::{Connection, FORM, VERIFICATIONS, form, get, post, request, upload_head},
    service::{SEATED, Service},
};

const SMALL: &str = "upload_limit_bytes = 65536";

#[test]
fn a_declared_length_beyond_the_limit_is_refused_unread() {
    let service = Service::start_with(SMALL, "");
    for declared in [65_537, 10_000_000_000] {
        let mut connection = Connection::open(service.public);
        connection.send(upload_head(declared));
        let answer = connection.answer();
        assert_eq!((answer.status, answer.problem().as_str()), (413, "upload_too_large"));
        assert!(answer.json()["detail"].as_str().unwrap().contains("65536"));
    }
}

#[test]
fn the_limit_itself_is_allowed() {
    let service = Service::start_with(SMALL, "");
    assert_eq!(post(service.public, VERIFICATIONS, &[b'x'; 65_536]).status, 422);
    let body = form(&[("file", Some("a"), &[b'x'; 65_536])]);
    assert_eq!(request(service.public, "POST", VERIFICATIONS, Some(FORM), &body).status, 422);
    let body = form(&[("file", Some("a"), &[b'x'; 65_537])]);
    let answer = request(service.public, "POST", VERIFICATIONS, Some(FORM), &body);
    assert_eq!((answer.status, answer.problem().as_str()), (413, "upload_too_large"));
    let body = form(&[("other", Some("a"), &[b'x'; 200_000])]);
    let answer = request(service.public, "POST", VERIFICATIONS, Some(FORM), &body);
    assert_eq!((answer.status, answer.problem().as_str()), (413, "upload_too_large"));
}

#[test]
fn octets_that_nobody_declared_are_counted() {
    let service = Service::start_with(SMALL, "");
    for content_type in ["application/octet-stream", FORM] {
        let mut connection = Connection::open(service.public);
        connection.send(format!(
            "POST {VERIFICATIONS} HTTP/1.1\r\nHost: test\r\nContent-Type: {content_type}\r\n\
             Transfer-Encoding: chunked\r\n\r\n"
        ));
        let head = b"--X-EDGE\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n";
        connection.send([format!("{:x}\r\n", head.len()).as_bytes(), head, b"\r\n"].concat());
        let chunk = [b"4000\r\n".to_vec(), vec![b'x'; 0x4000], b"\r\n".to_vec()].concat();
        // More than the limit, no end: the answer comes while the body still could.
        for _ in 0..12 {
            connection.send(&chunk);
        }
        let answer = connection.answer();
        assert_eq!((answer.status, answer.problem().as_str()), (413, "upload_too_large"), "{content_type}");
    }
    service.wait_for(SEATED, 0.0);
}

#[test]
fn a_length_that_promises_too_much_ends_with_the_client() {
    let service = Service::start();
    let mut connection = Connection::open(service.public);
    connection.send(upload_head(1_000_000));
    connection.send(b"PK");
    service.wait_for(SEATED, 1.0);
    connection.end();
    service.wait_for(SEATED, 0.0);
}

#[test]
fn a_length_that_promises_too_little_cuts_the_body() {
    let service = Service::start();
    let mut connection = Connection::open(service.public);
    connection.send(upload_head(4));
    connection.send(b"junkGARBAGE AFTER THE END\r\n\r\n");
    assert_eq!(connection.answer().status, 422);
    assert!(connection.is_closed() || connection.is_closed());
}

#[test]
fn a_slow_body_is_408() {
    for wait in ["body_idle_seconds = 1", "body_seconds = 1"] {
        let service = Service::start_with("", &format!("[serve.timeouts]\n{wait}"));
        let mut connection = Connection::open(service.public);
        connection.send(upload_head(1_000_000));
        connection.send(b"PK");
        let answer = connection.answer();
        assert_eq!((answer.status, answer.problem().as_str()), (408, "body_timeout"), "{wait}");
        service.wait_for(SEATED, 0.0);
    }
}

#[test]
fn a_full_lane_is_503_before_the_body_is_read() {
    let service =
        Service::start_with("", "[serve.lanes]\nverify_threads = 1\nverify_waiting = 1\nretry_after_seconds = 7");
    let mut seated: Vec<_> = (0..2)
        .map(|n| {
            let mut connection = Connection::open(service.public);
            connection.send(upload_head(4));
            service.wait_for(SEATED, f64::from(n + 1));
            connection
        })
        .collect();
    let mut refused = Connection::open(service.public);
    refused.send(upload_head(1_000_000));
    let answer = refused.answer();
    assert_eq!((answer.status, answer.problem().as_str()), (503, "busy"));
    assert_eq!(answer.header("retry-after"), Some("7"));
    assert_eq!(get(service.public, "/healthz").status, 200);
    assert!((service.metric("yinxin_refusals_total{code=\"busy\"}") - 1.0).abs() < f64::EPSILON);

    let mut first = seated.remove(0);
    first.send(b"junk");
    assert_eq!(first.answer().status, 422);
    assert_eq!(post(service.public, VERIFICATIONS, b"junk").status, 422);
}
