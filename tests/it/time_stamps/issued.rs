//! Licences that carry a time stamp.

use super::Stamping;
use crate::support::{
    database::Database,
    house::{House, begin, food},
};
use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};
use yinxin::{
    flow::{
        document::{Form, document},
        issue::{IssueError, Issued, issue, recover},
        kind::HasKind as _,
        time_stamps::{Obtained, TimeSource, TimeStampClient, TimeStamper, WhenMissing},
    },
    store::time_stamps,
};
use yinxin_trust::{
    suite::Suite,
    verify::{CheckId, Outcome, Report, TimeSource as Proven, Verdict},
};

on_both!(
    a_licence_carries_a_time_stamp,
    a_document_made_elsewhere_carries_one,
    one_that_crosses_borders_too,
    without_an_authority_nothing_is_issued_until_it_is_back,
    without_an_authority_they_are_issued_without_where_that_is_wanted,
    an_authority_that_nobody_trusts_is_none
);

fn one(house: &House, n: u32) -> Result<Issued, IssueError> {
    issue(&house.issuer, &house.may_issue(), &[food(n)]).pop().unwrap()
}

fn report(house: &House, issued: &Issued) -> Report {
    let identifier = issued.identifier.parse().unwrap();
    let octets = document(&house.issuer, &house.may_read(), &identifier, Form::Ofd).unwrap();
    house.issuer.verify_document(&octets).unwrap()
}

fn carries(database: &Database, suite: Suite) {
    let own = |authority| Obtained::new(TimeSource::Own(authority), WhenMissing::Refuse);
    let house = Stamping::new(database, suite).issuing(|issuer, authority| issuer.with_time_stamps(own(authority)));
    for n in [1, 2] {
        let report = report(&house, &one(&house, n).unwrap());
        assert_eq!(report.verdict, Verdict::Valid);
        let stamped_at = report.signatures[0].stamped_at.as_ref().unwrap();
        assert_eq!((stamped_at.source, stamped_at.time), (Proven::TimeStamp, begin()));
        let check = report.signatures[0].checks.iter().find(|check| check.id == CheckId::Timestamp).unwrap();
        assert_eq!(check.outcome, Outcome::Passed);
        assert!(!report.warnings.iter().any(|warning| warning.code == "time.claimed_only"));
    }
    let days = house.issuer.store.read(|conn| time_stamps::days(conn, 9)).unwrap();
    assert_eq!(days.iter().map(|day| (&*day.day, day.given)).collect::<Vec<_>>(), [("2026-11-22", 2)]);
}

fn a_licence_carries_a_time_stamp(database: &Database) {
    carries(database, Suite::Sm2);
}

fn a_document_made_elsewhere_carries_one(database: &Database) {
    let own = |authority| Obtained::new(TimeSource::Own(authority), WhenMissing::Refuse);
    let house =
        Stamping::new(database, Suite::Sm2).issuing(|issuer, authority| issuer.with_time_stamps(own(authority)));
    let seal = crate::stamps::seal_of(&house, &house.body);
    crate::stamps::grant(&house, &seal, &house.body, &["document", "digest"], None);
    let done =
        crate::stamps::stamped(&house, &house.body, &crate::stamps::order(&seal, "k"), &crate::stamps::unsigned());
    let report = done.unwrap().report;
    assert_eq!(report.verdict, Verdict::Valid);
    assert_eq!(report.signatures[0].stamped_at.as_ref().unwrap().source, Proven::TimeStamp);
}

fn one_that_crosses_borders_too(database: &Database) {
    carries(database, Suite::P256);
}

fn without_an_authority_nothing_is_issued_until_it_is_back(database: &Database) {
    let stamping = Stamping::new(database, Suite::Sm2);
    let line = Line::start(Arc::clone(&stamping.authority));
    let client = TimeStampClient::new(&line.address).unwrap();
    let obtained = Obtained::new(TimeSource::Line(client), WhenMissing::Refuse);
    let house = stamping.issuing(|issuer, _| issuer.with_time_stamps(obtained));
    line.answers(false);
    let refused = one(&house, 1).unwrap_err();
    assert_eq!((refused.code(), refused.to_string().contains("status 503")), ("time_stamp_unavailable", true));
    // what was signed by then waits; what comes now is refused before anything is stored, and recovery waits too
    let open = || recover(&house.issuer, 0).unwrap().left;
    assert_eq!(open(), 1);
    assert_eq!(one(&house, 2).unwrap_err().code(), "time_stamp_unavailable");
    assert_eq!(open(), 1);
    line.answers(true);
    thread::sleep(Duration::from_millis(5_100));
    assert_eq!(recover(&house.issuer, 0).unwrap().finished, 1);
    let issued = one(&house, 3).unwrap();
    assert_eq!(report(&house, &issued).signatures[0].stamped_at.as_ref().unwrap().source, Proven::TimeStamp);
    // made anew with a new time where the intent has grown old meanwhile
    line.answers(false);
    assert!(one(&house, 4).is_err());
    line.answers(true);
    thread::sleep(Duration::from_millis(5_100));
    house.clock.advance_seconds(130);
    house.renew_lists();
    let late = recover(&house.issuer, 0).unwrap();
    // the authority's own clock was set along, which it does not believe
    assert_eq!((late.finished, late.renewed, late.left), (0, 0, 1));
}

fn without_an_authority_they_are_issued_without_where_that_is_wanted(database: &Database) {
    let stamping = Stamping::new(database, Suite::Sm2);
    let line = Line::start(Arc::clone(&stamping.authority));
    line.answers(false);
    let client = TimeStampClient::new(&line.address).unwrap();
    let obtained = Obtained::new(TimeSource::Line(client), WhenMissing::LeaveOut);
    let house = stamping.issuing(|issuer, _| issuer.with_time_stamps(obtained));
    let report = report(&house, &one(&house, 1).unwrap());
    assert_eq!(report.verdict, Verdict::Valid);
    assert_eq!(report.signatures[0].stamped_at.as_ref().unwrap().source, Proven::TimeInfo);
    assert!(report.warnings.iter().any(|warning| warning.code == "time.claimed_only"));
}

fn an_authority_that_nobody_trusts_is_none(database: &Database) {
    let Stamping { house, authority, .. } = Stamping::new(database, Suite::Sm2);
    let verifier = house.issuer.verifier.clone();
    let obtained = Obtained::new(TimeSource::Own(authority), WhenMissing::LeaveOut);
    let house = house.issuing(verifier, |issuer| issuer.with_time_stamps(obtained));
    let refused = one(&house, 1).unwrap_err();
    assert!(refused.to_string().contains("does not pass our own verifier"), "{refused}");
    assert_eq!(refused.code(), "time_stamp_unavailable");
}

/// An authority at the other end of a line, which answers or does not.
pub(super) struct Line {
    address: String,
    answers: Arc<AtomicBool>,
}

impl Line {
    pub(super) fn start(authority: Arc<TimeStamper>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/tsa", listener.local_addr().unwrap());
        let answers = Arc::new(AtomicBool::new(true));
        let told = Arc::clone(&answers);
        // ends with the process
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut request = Vec::new();
                let mut piece = [0; 4096];
                let body = loop {
                    let Ok(count) = stream.read(&mut piece) else { break None };
                    request.extend_from_slice(&piece[..count]);
                    let head = request.windows(4).position(|w| w == b"\r\n\r\n").map(|at| at + 4);
                    let text = String::from_utf8_lossy(&request).to_lowercase();
                    let length = text.split_once("content-length: ").and_then(|(_, rest)| rest.split("\r\n").next());
                    match (head, length.and_then(|length| length.parse::<usize>().ok())) {
                        (Some(head), Some(length)) if request.len() >= head + length => {
                            break Some(request[head..].to_vec());
                        }
                        _ if count == 0 => break None,
                        _ => {}
                    }
                };
                let answer =
                    body.filter(|_| told.load(Ordering::SeqCst)).map(|body| authority.answer(&body, None).unwrap());
                let (status, body) = answer.map_or(("503 no", Vec::new()), |answer| ("200 OK", answer));
                let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                let _ = stream.write_all(&[head.as_bytes(), &body].concat());
            }
        });
        Self { address, answers }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn answers(&self, answers: bool) {
        self.answers.store(answers, Ordering::SeqCst);
    }
}
