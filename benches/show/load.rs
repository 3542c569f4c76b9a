//! Pairs at fixed instants over connections that stay open, on one thread.

use crate::{CONNECTIONS, people::Service, square};
use std::{
    cell::{Cell, RefCell},
    io,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, task::LocalSet, time};

/// What came of it.
pub(crate) struct Found {
    /// Pairs a second.
    pub(crate) rate: f64,
    /// Pairs of which an answer was no success.
    pub(crate) refused: usize,
    /// Of the pairs that were done, in order.
    times: Vec<Duration>,
}

impl Found {
    /// Within which time such a part of the pairs was done.
    pub(crate) fn at(&self, part: f64) -> Duration {
        let last = self.times.len().saturating_sub(1);
        self.times.get((last as f64 * part) as usize).copied().unwrap_or(Duration::MAX)
    }
}

struct Run {
    next: Cell<u32>,
    refused: Cell<usize>,
    times: RefCell<Vec<Duration>>,
}

/// `count` pairs at `rate` a second. Holders take turns, from the holder `first` on.
pub(crate) fn run(service: &Service, rate: u32, count: u32, first: u32) -> Found {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let run = Rc::new(Run { next: Cell::new(0), refused: Cell::new(0), times: RefCell::default() });
    let took = LocalSet::new().block_on(&runtime, async {
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            let stream = TcpStream::connect(service.to).await.unwrap();
            stream.set_nodelay(true).unwrap();
            connections.push(Connection { stream, held: Vec::with_capacity(32 * 1024) });
        }
        let begun = Instant::now();
        let callers =
            connections.into_iter().map(|connection| call(connection, service, &run, (begun, rate, count, first)));
        futures_util::future::join_all(callers).await;
        begun.elapsed()
    });
    let mut times = run.times.take();
    times.sort_unstable();
    Found { rate: times.len() as f64 / took.as_secs_f64(), refused: run.refused.get(), times }
}

async fn call(mut connection: Connection, service: &Service, run: &Run, plan: (Instant, u32, u32, u32)) {
    let (begun, rate, count, first) = plan;
    loop {
        let n = run.next.get();
        if n >= count {
            return;
        }
        run.next.set(n + 1);
        let due = begun + Duration::from_secs_f64(f64::from(n) / f64::from(rate));
        time::sleep_until(due.into()).await;
        if connection.pair(service, first + n).await {
            run.times.borrow_mut().push(due.elapsed());
        } else {
            run.refused.set(run.refused.get() + 1);
        }
    }
}

struct Connection {
    stream: TcpStream,
    held: Vec<u8>,
}

impl Connection {
    /// Whether both answers were successes.
    async fn pair(&mut self, service: &Service, n: u32) -> bool {
        let person = &service.people[n as usize % service.people.len()];
        let form = "field.enterprise_name=on&field.qualifications=on&words=bench";
        let show = format!(
            "POST /my/licences/{}/show HTTP/1.1\r\nHost: bench\r\nCookie: yinxin-session={}\r\nSec-Fetch-Site: same-origin\r\n\
             yinxin-csrf: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            person.identifier,
            person.session,
            person.form_token,
            form.len()
        );
        let (status, page) = self.ask(&show).await;
        if status != 200 {
            return false;
        }
        let text = square::text_on(&page);
        let code = &text[text.len() - 26..];
        let order = format!(r#"{{"code":"{code}","scan_id":"bench-{n:08}","window":"3"}}"#);
        let redeem = format!(
            "POST /api/v1/redemptions HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{order}",
            service.token,
            order.len()
        );
        self.ask(&redeem).await.0 == 200
    }

    /// Status and body.
    async fn ask(&mut self, request: &str) -> (u16, String) {
        let mut rest = request.as_bytes();
        while !rest.is_empty() {
            self.stream.writable().await.unwrap();
            match self.stream.try_write(rest) {
                Ok(count) => rest = &rest[count..],
                Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock, "{error}"),
            }
        }
        self.held.clear();
        let mut end = None;
        loop {
            self.stream.readable().await.unwrap();
            match self.stream.try_read_buf(&mut self.held) {
                Ok(count) => assert_ne!(count, 0, "the service hung up"),
                Err(error) => {
                    assert_eq!(error.kind(), io::ErrorKind::WouldBlock, "{error}");
                    continue;
                }
            }
            if end.is_none() {
                end = self.held.windows(4).position(|window| window == b"\r\n\r\n").map(|at| {
                    let head = std::str::from_utf8(&self.held[..at]).unwrap().to_ascii_lowercase();
                    let length = head.split("\r\n").find_map(|line| line.strip_prefix("content-length: ")).unwrap();
                    (head[9..12].parse().unwrap(), at + 4, at + 4 + length.parse::<usize>().unwrap())
                });
            }
            if let Some((status, from, to)) = end.filter(|(_, _, to)| self.held.len() >= *to) {
                return (status, String::from_utf8_lossy(&self.held[from..to]).into_owned());
            }
        }
    }
}
