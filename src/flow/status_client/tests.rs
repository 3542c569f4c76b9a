use super::*;
use std::{
    io::{Read, Write},
    net::TcpListener,
    thread::{self, JoinHandle},
};
use yinxin_testkit::licence::{credit_code, identifier};
use yinxin_trust::licence::state::{End, State};

fn asked() -> String {
    let kind = format!("{}001", credit_code("11990000", "MB00DEM0"));
    identifier(&kind, &credit_code("11990000", "MB00DEM1"), "JY29900990001174", "001")
}

fn at() -> Moment {
    Moment::parse("2026-11-21T00:00:00Z").unwrap()
}

/// A register that answers once, and the head of the request it got.
fn register(status: &str, body: Vec<u8>) -> (StatusClient, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/register/", listener.local_addr().unwrap());
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    let running = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut buffer = [0; 1024];
        while !request.windows(4).any(|w| w == b"\r\n\r\n") {
            let count = stream.read(&mut buffer).unwrap();
            request.extend_from_slice(&buffer[..count]);
        }
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(&body);
        String::from_utf8(request).unwrap()
    });
    (StatusClient::new(&base).unwrap(), running)
}

fn answer(status: &str, body: impl Into<Vec<u8>>) -> Result<Answer, RegisterFault> {
    let (client, running) = register(status, body.into());
    let answer = client.standing(&asked(), at());
    running.join().unwrap();
    answer
}

fn body(state: &str) -> String {
    format!(
        r#"{{"identifier":"{}","state":"{state}","since":"2026-06-01","until":"2031-05-31","version":"001",
            "as_of":"2026-11-20T23:59:00Z","source":"演示市证照登记库","more":1}}"#,
        asked()
    )
}

#[test]
fn a_licence_that_the_register_keeps() {
    let (client, running) = register("200 OK", body("revoked").into_bytes());
    let Answer::Known(known) = client.standing(&asked(), at()).unwrap() else { panic!("not known") };
    assert_eq!((known.state, known.source.as_str()), (State::Ended(End::Revoked), "演示市证照登记库"));
    assert_eq!((known.since, known.until), (Day::new(2026, 6, 1).unwrap(), Expiry::parse("2031-05-31").unwrap()));
    let request = running.join().unwrap();
    let line = format!("GET /register/api/v1/standings/{}?at=2026-11-21T00", asked());
    assert!(request.starts_with(&line), "{request}");
}

#[test]
fn a_licence_that_it_does_not_keep() {
    let gone = answer("404 Not Found", r#"{"type":"x","code":"not_registered","status":404}"#).unwrap();
    assert!(matches!(gone, Answer::NotRegistered { as_of, .. } if as_of == at()));
    let elsewhere = answer("404 Not Found", r#"{"type":"x","code":"register_not_competent","status":404}"#);
    assert_eq!(elsewhere, Err(RegisterFault::NotCompetent));
}

#[test]
fn no_answer_is_a_fault_and_nothing_else() {
    let unreachable = |answer| assert!(matches!(answer, Err(RegisterFault::Unreachable(_))), "{answer:?}");
    unreachable(answer("404 Not Found", r#"{"code":"not_found"}"#));
    unreachable(answer("404 Not Found", ""));
    unreachable(answer("500 Internal Server Error", body("in_force")));
    unreachable(answer("302 Found", body("in_force")));
    unreachable(answer("200 OK", vec![b' '; 70_000]));
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = StatusClient::new(&format!("http://127.0.0.1:{port}")).unwrap();
    unreachable(nobody.standing(&asked(), at()));

    let other = asked().replace("JY29900990001174", "JY29900990001175");
    for text in [String::new(), body("good"), body("in_force").replace(&asked(), "1.2.3"), other.clone()] {
        assert!(matches!(answer("200 OK", text.clone()), Err(RegisterFault::Malformed(_))), "{text}");
    }
    assert!(matches!(nobody.standing("../../health", at()), Err(RegisterFault::Malformed(_))));
}

#[test]
fn a_register_that_does_not_answer_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = StatusClient::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let ask = || {
        let begun = Instant::now();
        assert!(matches!(client.standing(&asked(), at()), Err(RegisterFault::Unreachable(_))));
        begun.elapsed()
    };
    assert!(ask() < PATIENCE * 3);
    assert!(ask() < PATIENCE / 3, "the next one does not wait");
    drop(listener);
}
