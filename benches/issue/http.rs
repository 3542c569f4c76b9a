//! The same over HTTP: the service in this process, a connection for each caller.

use crate::house::House;
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{Arc, mpsc},
    thread,
    time::Instant,
};
use yinxin::{
    clock::{Clock as _, SystemClock},
    config::Config,
    flow::{
        access::{Permit, Scope},
        office::Office,
        tokens::{self, NewToken},
        verify::Verifier,
    },
    web::{AppState, serve},
};
use yinxin_trust::{anchor::Anchors, base::Moment, verify::Policy};

/// Licences a second by `connections` callers, each with a connection that it keeps; `count` in all.
pub(crate) fn single(house: &House, count: u32, connections: u32) -> f64 {
    let (to, token) = opened(house);
    let body = serde_json::to_string(&house.order()).unwrap();
    let request = format!(
        "POST /api/v1/licences HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let each = count / connections;
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                let mut connection = TcpStream::connect(to).unwrap();
                connection.set_nodelay(true).unwrap();
                for _ in 0..each {
                    connection.write_all(request.as_bytes()).unwrap();
                    let status = status_of_answer(&mut connection);
                    assert_eq!(status, 201);
                }
            });
        }
    });
    f64::from(each * connections) / begun.elapsed().as_secs_f64()
}

/// A service over the house, which ends with the process, and a token of its body.
fn opened(house: &House) -> (SocketAddr, String) {
    let now = SystemClock.now().unwrap();
    let expires_at = Moment::from_unix_milliseconds(now.unix_milliseconds() + 3_600_000).unwrap();
    let token = NewToken { name: "bench".into(), scopes: [Scope::Issue].into(), expires_at };
    let made = tokens::create(&house.issuer.store, &Permit::of_operator(house.body()), token, now).unwrap();
    let office = Office::new(Arc::clone(&house.issuer.store), Arc::new(SystemClock), 1).unwrap();
    let office = Arc::new(office.with_issuer(Arc::clone(&house.issuer)));
    let config = Config::parse("[serve]\nlisten = \"127.0.0.1:0\"\n").unwrap();
    let verifier = Verifier::new(Anchors::not_configured(), Policy::default(), Arc::new(SystemClock));
    let state = AppState::start(&config, verifier, Some(office)).unwrap();
    let (tell, told) = mpsc::channel();
    thread::spawn(move || serve::serve(state, |public, _| tell.send(public).map_err(std::io::Error::other)).unwrap());
    (told.recv().unwrap(), made.text.to_string())
}

/// Reads one answer to its end.
fn status_of_answer(connection: &mut TcpStream) -> u16 {
    let mut octets = Vec::with_capacity(2048);
    let mut piece = [0; 4096];
    loop {
        if let Some(end) = octets.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = std::str::from_utf8(&octets[..end]).unwrap().to_ascii_lowercase();
            let length = head.split("\r\n").find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            if octets.len() >= end + 4 + length.parse::<usize>().unwrap() {
                return head.split(' ').nth(1).unwrap().parse().unwrap();
            }
        }
        let count = connection.read(&mut piece).unwrap();
        assert_ne!(count, 0, "the service hung up");
        octets.extend_from_slice(&piece[..count]);
    }
}
