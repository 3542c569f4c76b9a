//! A platform of another service's codes, as `docs/code-resolver.md` describes it: a double on the loopback, for tests
//! and for those who build one. It answers what it was told to, soundly or wrongly, and keeps what it was asked.
//!
//! Plain HTTP/1.1 by hand, one request a connection: no web framework belongs into a kit.

use crate::keys::Key;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};
use yinxin_trust::{base::Moment, sm::sm3};

/// Longest question that is read.
const LIMIT_BYTES: usize = 64 << 10;

/// How an answer goes out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// As agreed.
    #[default]
    Sound,
    /// Without a signature.
    Unsigned,
    /// Signed by another key.
    OtherKey,
    /// Signed for another question.
    OtherQuestion,
    /// With the nonce of another question, signed for this one.
    OtherNonce,
    /// Made an hour ago.
    Old,
    /// No JSON of an answer.
    Garbled,
    /// Status 403.
    Refused,
    /// Status 500.
    Broken,
    /// Nothing for five seconds.
    Silent,
}

/// A platform that runs.
pub struct Platform {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    key: Key,
    answers: Mutex<HashMap<String, (Value, Manner)>>,
    asked: Mutex<Vec<Value>>,
    at: Mutex<Option<Moment>>,
    ends: AtomicBool,
}

impl Platform {
    /// Listens on the loopback and answers under a key.
    ///
    /// # Errors
    /// What the system says.
    pub fn start(key: Key, listen: &str) -> io::Result<Self> {
        let listener = TcpListener::bind(listen)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            key,
            answers: Mutex::default(),
            asked: Mutex::default(),
            at: Mutex::default(),
            ends: AtomicBool::new(false),
        });
        let own = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if own.ends.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let own = Arc::clone(&own);
                // whoever goes away early is no fault
                thread::spawn(move || drop(own.serve(stream)));
            }
        });
        Ok(Self { address, shared, thread: Some(thread) })
    }

    /// Where it is asked.
    pub fn address(&self) -> String {
        format!("http://{}/code-questions", self.address)
    }

    /// What is said of a code from now on: the member `answer` of an answer.
    pub fn say(&self, code: &str, answer: Value, manner: Manner) {
        locked(&self.shared.answers).insert(code.to_owned(), (answer, manner));
    }

    /// What time it is there; without it the time of each question.
    pub fn set_time(&self, at: Moment) {
        *locked(&self.shared.at) = Some(at);
    }

    /// The questions so far.
    pub fn asked(&self) -> Vec<Value> {
        locked(&self.shared.asked).clone()
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::Relaxed);
        // the listener wakes up by this
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The message that a signature of an answer is over.
pub fn answer_message(question: &[u8], answer: &[u8]) -> Vec<u8> {
    let begin = format!("yinxin-code-answer/1\n{}\n", hex::encode(sm3::digest(question)));
    [begin.as_bytes(), answer].concat()
}

/// The message that a signature of a question is over.
pub fn question_message(question: &[u8]) -> Vec<u8> {
    [b"yinxin-code-question/1\n", question].concat()
}

/// A signature as the header has it.
pub fn header(key: &Key, message: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    STANDARD.encode(key.sign(message, 0).to_der())
}

impl Shared {
    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let mut reader = BufReader::new(stream);
        let mut length = 0_usize;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
                break;
            }
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut question = vec![0; length.min(LIMIT_BYTES)];
        reader.read_exact(&mut question)?;
        let asked: Value = serde_json::from_slice(&question).unwrap_or_default();
        locked(&self.asked).push(asked.clone());
        let code = asked.get("code").and_then(Value::as_str).unwrap_or_default();
        let known = locked(&self.answers).get(code).cloned();
        let (answer, manner) = known.unwrap_or_else(|| (json!({ "result": "not_ours" }), Manner::Sound));
        let (status, signature, octets) = self.answer(&question, &asked, answer, manner);
        let mut out = reader.into_inner();
        let signature = signature.map_or_else(String::new, |value| format!("yinxin-signature: {value}\r\n"));
        write!(
            out,
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{signature}content-length: {}\r\nconnection: close\r\n\r\n",
            octets.len()
        )?;
        out.write_all(&octets)
    }

    fn answer(&self, question: &[u8], asked: &Value, answer: Value, manner: Manner) -> (u16, Option<String>, Vec<u8>) {
        match manner {
            Manner::Silent => thread::sleep(Duration::from_secs(5)),
            Manner::Garbled => return (200, None, b"<html>".to_vec()),
            Manner::Refused => return (403, None, b"{}".to_vec()),
            Manner::Broken => return (500, None, b"{}".to_vec()),
            _ => {}
        }
        let here = *locked(&self.at);
        let at = here.or_else(|| Moment::parse(asked.get("asked_at")?.as_str()?).ok());
        let at = at.and_then(|at| match manner {
            Manner::Old => Moment::from_unix_milliseconds(at.unix_milliseconds() - 3_600_000).ok(),
            _ => Some(at),
        });
        let nonce = match manner {
            Manner::OtherNonce => json!("0".repeat(32)),
            _ => asked.get("nonce").cloned().unwrap_or_default(),
        };
        let answer = json!({
            "format": "yinxin-code-answer/1",
            "nonce": nonce,
            "answered_at": at.map(|at| at.to_string()),
            "answer": answer,
        });
        let octets = answer.to_string().into_bytes();
        let other = Key::from_seed("somebody else");
        let signature = match manner {
            Manner::Unsigned => None,
            Manner::OtherKey => Some(header(&other, &answer_message(question, &octets))),
            Manner::OtherQuestion => Some(header(&self.key, &answer_message(b"{}", &octets))),
            _ => Some(header(&self.key, &answer_message(question, &octets))),
        };
        (200, signature, octets)
    }
}
