//! Jobs and their lines.

use super::rows::*;
use crate::support::database::Database;
use yinxin::store::{
    StoreError,
    jobs::{self, ISSUED, Job, Line, REFUSED, WAITING},
};

on_both!(a_line_is_settled_once, a_job_is_its_bodys_and_ends_with_its_last_line);

fn job(number: u32, lines: i32) -> Job {
    Job {
        id: id(9, number),
        body_id: body(1).id,
        lines,
        issued: 0,
        refused: 0,
        actor_kind: "token".to_owned(),
        actor_id: id(8, 1),
        actor_name: "系统".to_owned(),
        created_at: 1_760_000_000_000 + i64::from(number),
        ended_at: None,
    }
}

fn lines(job: &Job) -> Vec<Line> {
    let line =
        |line| Line { job_id: job.id.clone(), line, request: b"{}".to_vec(), state: WAITING.to_owned(), answer: None };
    (0..job.lines).map(line).collect()
}

fn a_line_is_settled_once(database: &Database) {
    let store = database.store();
    // more than one statement takes
    let one = job(1, 1203);
    let settled = store.write(move |c| {
        two_bodies(c)?;
        jobs::insert(c, &one, &lines(&one))?;
        Ok::<_, StoreError>([
            jobs::settle(c, &one.id, 1, ISSUED, b"first")?,
            jobs::settle(c, &one.id, 1, REFUSED, b"second")?,
            jobs::settle(c, &one.id, 1203, ISSUED, b"none")?,
        ])
    });
    assert_eq!(settled, Ok([true, false, false]));
    store
        .read(|c| {
            let (own, one) = (body(1).id, job(1, 1203));
            let numbers = |lines: Vec<Line>| lines.into_iter().map(|line| line.line).collect::<Vec<_>>();
            assert_eq!(numbers(jobs::waiting(c, &own, &one.id, 3)?), [0, 2, 3]);
            assert_eq!(jobs::waiting(c, &own, &one.id, 5000)?.len(), 1202);
            let page = jobs::lines_from(c, &own, &one.id, 1, 2)?;
            assert_eq!((page[0].state.as_str(), page[0].answer.as_deref()), (ISSUED, Some(&b"first"[..])));
            assert!(page[0].request.is_empty() && page[1].request == b"{}", "what was asked is forgotten");
            assert_eq!(numbers(jobs::lines_from(c, &own, &one.id, 1201, 9)?), [1201, 1202]);
            assert!(jobs::waiting(c, &body(2).id, &one.id, 9)?.is_empty());
            assert!(jobs::lines_from(c, &body(2).id, &one.id, 0, 9)?.is_empty());
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

fn a_job_is_its_bodys_and_ends_with_its_last_line(database: &Database) {
    let store = database.store();
    store
        .write(|c| {
            two_bodies(c)?;
            for number in [1, 2] {
                jobs::insert(c, &job(number, 3), &lines(&job(number, 3)))?;
            }
            jobs::count(c, &body(1).id, &job(1, 3).id, 1, 1, 7)?;
            // of another body nothing is counted
            jobs::count(c, &body(2).id, &job(2, 3).id, 3, 0, 7)
        })
        .unwrap();
    let counted = Job { issued: 1, refused: 1, ..job(1, 3) };
    assert_eq!(store.read(|c| jobs::find(c, &body(1).id, &counted.id)), Ok(Some(counted.clone())));
    assert_eq!(store.read(|c| jobs::find(c, &body(2).id, &counted.id)), Ok(None));
    assert_eq!(store.read(|c| jobs::open(c, 9)), Ok(vec![counted.clone(), job(2, 3)]));
    store.write(|c| jobs::count(c, &body(1).id, &job(1, 3).id, 1, 0, 8)).unwrap();
    let ended = Job { issued: 2, ended_at: Some(8), ..counted };
    assert_eq!(store.read(|c| jobs::open(c, 9)), Ok(vec![job(2, 3)]));
    assert_eq!(store.read(|c| jobs::newest(c, &body(1).id, 9)), Ok(vec![job(2, 3), ended]));
    assert_eq!(store.read(|c| jobs::newest(c, &body(2).id, 9)), Ok(vec![]));
    let orphan = store.write(|c| jobs::insert(c, &Job { body_id: "none".to_owned(), ..job(3, 0) }, &[]));
    assert_eq!(orphan, Err(StoreError::Reference));
}
