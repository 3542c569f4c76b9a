//! A register of licences that answers as it is told.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// Answers every request with the state that it was given last.
pub(crate) struct StatusServer {
    address: SocketAddr,
    state: Arc<Mutex<&'static str>>,
}

/// Says that the licence is not there.
pub(crate) const NOT_REGISTERED: &str = "not_registered";
/// Answers with a fault of its own.
pub(crate) const BROKEN: &str = "broken";

impl StatusServer {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new("in_force"));
        let told = Arc::clone(&state);
        // ends with the process
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let now = *told.lock().unwrap();
                answer(stream, now);
            }
        });
        Self { address, state }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn say(&self, state: &'static str) {
        *self.state.lock().unwrap() = state;
    }
}

fn answer(mut stream: TcpStream, state: &str) {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut request = Vec::new();
    let mut buffer = [0; 2048];
    while !request.windows(4).any(|w| w == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(count) if count > 0 => request.extend_from_slice(&buffer[..count]),
            _ => return,
        }
    }
    let text = String::from_utf8_lossy(&request);
    let identifier = text.split_once("/api/v1/standings/").map_or("", |(_, rest)| rest);
    let identifier: String = identifier.chars().take_while(|c| !matches!(c, '?' | ' ')).collect();
    let (status, body) = match state {
        NOT_REGISTERED => {
            ("404 Not Found", r#"{"type":"about:blank","code":"not_registered","status":404}"#.to_owned())
        }
        BROKEN => ("500 Internal Server Error", String::new()),
        state => (
            "200 OK",
            format!(
                r#"{{"identifier":"{identifier}","state":"{state}","since":"2026-09-18","until":"2031-05-31",
                    "version":"001","as_of":"2026-11-21T08:00:00Z","source":"演示市证照登记库"}}"#
            ),
        ),
    };
    let length = body.len();
    let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
}
