//! A type whose face has a place for a photograph: made up, and known to tests only.

use super::orders::nothing_is_open;
use crate::support::{
    database::Database,
    house::{self, House, PHOTO, food, photographed},
};
use yinxin::flow::{
    document::{Form, document},
    issue::{IssueError, Issued, Order, PHOTO_BYTES, Recovered, Step, issue, issue_watched, photo_text, recover},
    kind::{HasKind as _, Kind},
};
use yinxin_face::PHOTO_ENTRIES;
use yinxin_trust::{base::Limits, ofd::Package, verify::Verdict};

on_both!(
    a_photograph_goes_into_the_document_as_it_is,
    a_picture_that_is_no_picture_has_a_name,
    the_face_says_whether_there_is_one,
    what_a_crash_left_has_the_same_photograph
);

fn one(house: &House, order: Order) -> Result<Issued, IssueError> {
    issue(&house.issuer, &house.may_issue(), &[order]).pop().unwrap()
}

fn file(house: &House, issued: &Issued, form: Form) -> Vec<u8> {
    document(&house.issuer, &house.may_read(), &issued.identifier.parse().unwrap(), form).unwrap()
}

fn shown(octets: &[u8]) -> Option<Vec<u8>> {
    let package = Package::open(&octets, &Limits::default()).unwrap();
    let entry = PHOTO_ENTRIES.into_iter().find(|entry| package.contains(entry))?;
    Some(package.read(entry).unwrap().to_vec())
}

/// Code of the refusal, and the fields with theirs.
fn refused(error: &IssueError) -> (&'static str, Vec<(String, &'static str)>) {
    assert_eq!(error.kind(), Kind::Refused, "{error}");
    (error.code(), error.fields().into_iter().map(|field| (field.field, field.code)).collect())
}

fn a_photograph_goes_into_the_document_as_it_is(database: &Database) {
    let house = House::new(database);
    let kind = house::photo_type(&house, true);
    let issued = one(&house, photographed(&kind, 1, Some(PHOTO))).unwrap();
    let octets = file(&house, &issued, Form::Ofd);
    assert_eq!(shown(&octets).as_deref(), Some(PHOTO));
    assert_eq!(house.issuer.verify_document(&octets).unwrap().verdict, Verdict::Valid);
    // copies show it too
    let (with, form) = (file(&house, &issued, Form::Pdf), photographed(&kind, 2, Some(PHOTO)));
    assert!(with.windows(PHOTO.len()).any(|window| window == PHOTO), "a JPEG stands in a PDF as it is");
    assert!(!file(&house, &issued, Form::Png).is_empty());
    // a new version wants it again
    house.clock.advance_seconds(60);
    let change = Order { change_of: Some(issued.identifier.clone()), photo: None, ..photographed(&kind, 1, None) };
    assert_eq!(refused(&one(&house, change.clone()).unwrap_err()).0, "face_refused");
    let second = one(&house, Order { photo: form.photo, ..change }).unwrap();
    assert_eq!((second.version, shown(&file(&house, &second, Form::Ofd)).as_deref()), (2, Some(PHOTO)));
    nothing_is_open(&house);
}

fn a_picture_that_is_no_picture_has_a_name(database: &Database) {
    let house = House::new(database);
    let kind = house::photo_type(&house, true);
    let with = |photo: String| Order { photo: Some(photo), ..photographed(&kind, 1, None) };
    let mut damaged = PHOTO.to_vec();
    damaged.truncate(PHOTO.len() / 2);
    for (photo, code) in [
        ("@@@@".to_owned(), "not_base64"),
        (photo_text(b"%PDF-1.7 no picture"), "no_picture"),
        (photo_text(&damaged), "no_picture"),
        (photo_text(&vec![0xff; PHOTO_BYTES + 1]), "too_large"),
        ("A".repeat(4 << 20), "too_large"),
    ] {
        let error = one(&house, with(photo)).unwrap_err();
        assert_eq!(refused(&error), ("photo_refused", vec![("photo".to_owned(), code)]), "{error}");
    }
    // nothing of it is there: the same number is issued
    one(&house, photographed(&kind, 1, Some(PHOTO))).unwrap();
    nothing_is_open(&house);
}

fn the_face_says_whether_there_is_one(database: &Database) {
    let house = House::new(database);
    let kind = house::photo_type(&house, true);
    let error = one(&house, photographed(&kind, 1, None)).unwrap_err();
    assert_eq!(refused(&error), ("face_refused", vec![("photo".to_owned(), "missing")]));
    // no shipped type has a place for one
    let error = one(&house, Order { photo: Some(photo_text(PHOTO)), ..food(1) }).unwrap_err();
    assert_eq!(refused(&error), ("face_refused", vec![("photo".to_owned(), "unknown_field")]));
    nothing_is_open(&house);
}

fn what_a_crash_left_has_the_same_photograph(database: &Database) {
    let house = House::new(database);
    let kind = house::photo_type(&house, false);
    let order = |key: &str| Order { idempotency_key: Some(key.to_owned()), ..photographed(&kind, 1, Some(PHOTO)) };
    let stopped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        issue_watched(&house.issuer, &house.may_issue(), &[order("one")], &|at| {
            assert!(at != Step::Intended, "stopped on purpose");
        })
    }));
    assert!(stopped.is_err());
    // finished, and not made anew: the octets are those of the intent
    assert_eq!(recover(&house.issuer, 0).unwrap(), Recovered { finished: 1, ..Recovered::default() });
    let issued = one(&house, order("one")).unwrap();
    assert_eq!(shown(&file(&house, &issued, Form::Ofd)).as_deref(), Some(PHOTO));
    // where the face only allows one, it may be missing
    let without = one(&house, photographed(&kind, 2, None)).unwrap();
    assert_eq!(shown(&file(&house, &without, Form::Ofd)), None);
    assert!(!file(&house, &without, Form::Pdf).is_empty());
    nothing_is_open(&house);
}
