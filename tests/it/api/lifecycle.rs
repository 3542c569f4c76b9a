//! Stopping.

use crate::support::{
    http::{Connection, upload_head},
    service::{SEATED, Service},
};
use std::net::TcpStream;

#[test]
fn told_to_stop_it_finishes_what_it_began() {
    let service = Service::start();
    let mut connection = Connection::open(service.public);
    connection.send(upload_head(4));
    service.wait_for(SEATED, 1.0);
    service.terminate();
    // The sign that it is stopping: nobody is let in any more.
    while TcpStream::connect(service.public).is_ok() {
        std::thread::yield_now();
    }
    connection.send(b"junk");
    let answer = connection.answer();
    assert_eq!((answer.status, answer.problem().as_str()), (422, "not_a_document"));
    assert!(service.wait().success());
}

#[test]
fn idle_it_stops_at_once() {
    let service = Service::start();
    service.terminate();
    assert!(service.wait().success());
}
