//! A client that can misbehave.

use serde_json::Value;
use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    time::Duration,
};

/// Longer than anything here takes; ends a test that hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What the service answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// As text; what is no UTF-8 is only in `octets`.
    pub(crate) body: String,
    pub(crate) octets: Vec<u8>,
    headers: Vec<(String, String)>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Every header of a name.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// Asserts that it is a well-formed problem and gives its code.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let body = self.json();
        assert_eq!(body["status"], self.status);
        let code = body["code"].as_str().unwrap().to_owned();
        assert_eq!(body["type"], format!("/api/v1/problems#{code}"));
        assert!(body["title"].is_string() && body["detail"].is_string());
        assert_eq!(body.get("incident").is_some(), code == "broken");
        code
    }
}

/// An open connection, written to piece by piece.
pub(crate) struct Connection(TcpStream);

impl Connection {
    pub(crate) fn open(to: SocketAddr) -> Self {
        let stream = TcpStream::connect(to).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self(stream)
    }

    /// Sends octets; whether the other side still took them.
    pub(crate) fn send(&mut self, octets: impl AsRef<[u8]>) -> bool {
        self.0.write_all(octets.as_ref()).is_ok()
    }

    /// Says that nothing more will come.
    pub(crate) fn end(&self) {
        self.0.shutdown(Shutdown::Write).unwrap();
    }

    /// Reads one answer.
    pub(crate) fn answer(&mut self) -> Answer {
        self.answer_if_any().unwrap_or_else(|why| panic!("{why}"))
    }

    /// Reads one answer, or says why there is none.
    pub(crate) fn answer_if_any(&mut self) -> Result<Answer, String> {
        let mut octets = Vec::new();
        let mut piece = [0; 16 << 10];
        loop {
            if let Some(answer) = whole(&octets) {
                return Ok(answer);
            }
            match self.0.read(&mut piece) {
                Ok(0) => return Err(format!("closed after {:?}", String::from_utf8_lossy(&octets))),
                Ok(n) => octets.extend_from_slice(&piece[..n]),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(format!("{e} after {:?}", String::from_utf8_lossy(&octets))),
            }
        }
    }

    /// Reads an answer that has no body, whatever length it names.
    pub(crate) fn head(&mut self) -> Answer {
        let mut octets = Vec::new();
        // closed after it
        self.0.read_to_end(&mut octets).unwrap();
        head_of(&octets).unwrap().0
    }

    /// Whether the service closed the connection without a word.
    pub(crate) fn is_closed(&mut self) -> bool {
        matches!(self.0.read(&mut [0]), Ok(0) | Err(_))
    }
}

fn whole(octets: &[u8]) -> Option<Answer> {
    let (head, end) = head_of(octets)?;
    let length: usize = head.header("content-length").map_or(0, |length| length.parse().unwrap());
    let body = octets.get(end..end + length)?;
    Some(Answer { body: String::from_utf8_lossy(body).into_owned(), octets: body.to_vec(), ..head })
}

/// Status and headers, and where the body begins.
fn head_of(octets: &[u8]) -> Option<(Answer, usize)> {
    let end = octets.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&octets[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().unwrap();
    let headers = lines.filter_map(|l| l.split_once(": ")).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    Some((Answer { status, headers, body: String::new(), octets: Vec::new() }, end + 4))
}

/// One request on a connection of its own.
pub(crate) fn request(to: SocketAddr, method: &str, path: &str, content_type: Option<&str>, body: &[u8]) -> Answer {
    let mut connection = Connection::open(to);
    let content_type = content_type.map(|t| format!("Content-Type: {t}\r\n")).unwrap_or_default();
    let length = body.len();
    connection.send(format!(
        "{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{content_type}Content-Length: {length}\r\n\r\n"
    ));
    connection.send(body);
    connection.answer()
}

pub(crate) fn get(to: SocketAddr, path: &str) -> Answer {
    request(to, "GET", path, None, b"")
}

pub(crate) const VERIFICATIONS: &str = "/api/v1/verifications";

/// Posts a document as it is.
pub(crate) fn post(to: SocketAddr, path: &str, document: &[u8]) -> Answer {
    request(to, "POST", path, Some("application/octet-stream"), document)
}

/// The head of an upload whose body comes later.
pub(crate) fn upload_head(content_length: u64) -> String {
    format!("POST {VERIFICATIONS} HTTP/1.1\r\nHost: test\r\nContent-Length: {content_length}\r\n\r\n")
}

/// The boundary of [`form`].
pub(crate) const FORM: &str = "multipart/form-data; boundary=X-EDGE";

/// A form of these fields: name, file name, content.
pub(crate) fn form(fields: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file_name, content) in fields {
        let file_name = file_name.map(|f| format!("; filename=\"{f}\"")).unwrap_or_default();
        body.extend(
            format!("--X-EDGE\r\nContent-Disposition: form-data; name=\"{name}\"{file_name}\r\n\r\n").into_bytes(),
        );
        body.extend_from_slice(content);
        body.extend(b"\r\n");
    }
    body.extend(b"--X-EDGE--\r\n");
    body
}
