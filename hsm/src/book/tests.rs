use super::*;
use crate::{KeyOrder, Limits, Purpose, Use, place::testing::Scratch};
use std::{fs, io, io::Write as _};
use yinxin_trust::base::Moment;

const SMALL: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };

fn phrase(text: &str) -> Passphrase {
    Passphrase::new(text.into(), "a test").unwrap()
}

fn open(folder: &Path) -> Result<KeyBook, KeyError> {
    KeyBook::open_with(folder, &phrase("a passphrase of tests"), SMALL, WRITE)
}

fn second(second: i64) -> Moment {
    Moment::from_unix_seconds(second).unwrap()
}

fn key(index: u32, limits: Limits) -> KeyDescription {
    let reference = format!("sdf:index={index}").parse().unwrap();
    let order = KeyOrder::sm2(Purpose::Stamper).limited(limits);
    KeyDescription::ordered(reference, &order, None, Some(second(1)))
}

fn at_most(uses: u64) -> Limits {
    Limits { most_uses: Some(uses), ..Limits::default() }
}

fn asked(at: i64) -> Asked {
    Asked { purpose: Purpose::Stamper, usage: Use::Sign, at: second(at), reading: false }
}

#[test]
fn entries_outlive_the_book() {
    let scratch = Scratch::new();
    let book = open(scratch.path()).unwrap();
    let limits = Limits { not_before: Some(second(10)), not_after: Some(second(20)), most_uses: Some(3) };
    let (one, two) = (key(1, limits), key(2, Limits::default()));
    book.enrol(one.clone()).unwrap();
    book.enrol(two.clone()).unwrap();
    book.set_state(&two.reference, KeyState::Suspended).unwrap();
    let listed = book.list();
    assert_eq!((listed.len(), &listed[0]), (2, &one));
    assert_eq!(listed[0].used, Some(0));
    drop(book);
    let book = open(scratch.path()).unwrap();
    assert_eq!(book.list(), listed);
    assert_eq!(book.describe(&two.reference).map(|key| key.state), Some(KeyState::Suspended));
    let none = "sdf:index=9".parse().unwrap();
    assert_eq!(book.describe(&none), None);
    assert!(matches!(book.admit(&none, asked(1)), Err(KeyError::Unknown(_))));
}

#[test]
fn the_period_is_kept() {
    let scratch = Scratch::new();
    let book = open(scratch.path()).unwrap();
    let key = key(1, Limits { not_before: Some(second(10)), not_after: Some(second(20)), most_uses: None });
    book.enrol(key.clone()).unwrap();
    for (at, allowed) in [(9, false), (10, true), (20, true), (21, false)] {
        match book.admit(&key.reference, asked(at)) {
            Ok(()) => assert!(allowed, "{at}"),
            Err(KeyError::Period { at: named, .. }) => assert!(!allowed && named == second(at), "{at}"),
            Err(other) => panic!("{other}"),
        }
    }
    // another use than the key's
    let wraps = Asked { usage: Use::Wrap, ..asked(15) };
    assert!(matches!(book.admit(&key.reference, wraps), Err(KeyError::Use { .. })));
    let other = Asked { purpose: Purpose::Ca, ..asked(15) };
    assert!(matches!(book.admit(&key.reference, other), Err(KeyError::Purpose { .. })));
}

#[test]
fn a_count_is_never_exceeded() {
    let scratch = Scratch::new();
    let (limit, key) = (200, key(1, at_most(200)));
    open(scratch.path()).unwrap().enrol(key.clone()).unwrap();
    let mut done = 0;
    loop {
        let book = open(scratch.path()).unwrap();
        for _ in 0..37 {
            match book.admit(&key.reference, asked(1)) {
                Ok(()) => done += 1,
                Err(KeyError::UsedUp { most, .. }) => {
                    assert_eq!((most, done), (limit, limit));
                    return;
                }
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(book.describe(&key.reference).unwrap().used, Some(done));
    }
}

#[test]
fn a_crash_never_gives_uses_back() {
    let scratch = Scratch::new();
    let (limit, key) = (100, key(1, at_most(100)));
    open(scratch.path()).unwrap().enrol(key.clone()).unwrap();
    let mut done: u64 = 0;
    for round in 0..200_u64 {
        let book = open(scratch.path()).unwrap();
        let mut over = false;
        for _ in 0..=round % 5 {
            over = book.admit(&key.reference, asked(1)).is_err();
            done += u64::from(!over);
        }
        // what a kill leaves: the file as it stands before the book is closed
        let left = fs::read(scratch.path().join(NAME)).unwrap();
        drop(book);
        fs::write(scratch.path().join(NAME), left).unwrap();
        if over {
            assert!(done <= limit && done > limit / 2, "{done}");
            return;
        }
    }
    panic!("never used up");
}

#[test]
fn threads_share_one_count() {
    let scratch = Scratch::new();
    let book = open(scratch.path()).unwrap();
    let key = key(1, at_most(500));
    book.enrol(key.clone()).unwrap();
    let done: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| (0..100).filter(|_| book.admit(&key.reference, asked(1)).is_ok()).count()))
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    assert_eq!(done, 500);
}

#[test]
fn a_destroyed_key_never_comes_back() {
    let scratch = Scratch::new();
    let book = open(scratch.path()).unwrap();
    let key = key(1, Limits::default());
    book.enrol(key.clone()).unwrap();
    book.set_state(&key.reference, KeyState::Destroyed).unwrap();
    for book in [book, open_after(scratch.path())] {
        assert!(matches!(book.set_state(&key.reference, KeyState::Active), Err(KeyError::State { .. })));
        assert!(matches!(book.admit(&key.reference, asked(1)), Err(KeyError::State { .. })));
        let again = book.enrol(key.clone()).unwrap_err();
        assert!(matches!(&again, KeyError::Book(BookFault::Known { state: KeyState::Destroyed, .. })), "{again}");
        assert_eq!(again.class(), ErrorClass::Refused);
        assert!(book.list().is_empty());
    }
}

/// Opens a copy: the original still holds the folder.
fn open_after(folder: &Path) -> KeyBook {
    let copy = Scratch::new();
    let octets = fs::read(folder.join(NAME)).unwrap();
    let place = copy.path().join(NAME);
    fs::write(&place, octets).unwrap();
    fs::set_permissions(&place, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    // the folder may go once it is read; nothing is written back
    open(copy.path()).unwrap()
}

#[test]
fn a_disk_that_refuses_gives_no_use() {
    let full: WriteStep = |file, octets| {
        // the first, empty book is let through
        if octets.len() < 200 { file.write_all(octets) } else { Err(io::ErrorKind::StorageFull.into()) }
    };
    let scratch = Scratch::new();
    let key = key(1, at_most(5));
    open(scratch.path()).unwrap().enrol(key.clone()).unwrap();
    let whole = fs::read(scratch.path().join(NAME)).unwrap();
    assert!(whole.len() >= 150, "{}", whole.len());
    let never: WriteStep = |_, _| Err(io::ErrorKind::StorageFull.into());
    let book = KeyBook::open_with(scratch.path(), &phrase("a passphrase of tests"), SMALL, never).unwrap();
    assert!(matches!(book.admit(&key.reference, asked(1)), Err(KeyError::Book(BookFault::Place(_)))));
    assert_eq!(book.describe(&key.reference).unwrap().used, Some(0));
    // what takes a key out of service holds all the same
    assert!(book.set_state(&key.reference, KeyState::Suspended).is_err());
    assert!(matches!(book.admit(&key.reference, asked(1)), Err(KeyError::State { .. })));
    drop(book);
    assert_eq!(fs::read(scratch.path().join(NAME)).unwrap(), whole);

    let scratch = Scratch::new();
    let book = KeyBook::open_with(scratch.path(), &phrase("a passphrase of tests"), SMALL, full).unwrap();
    let long = Limits { not_before: Some(second(1)), not_after: Some(second(2)), most_uses: Some(3) };
    let many = (1..5).map(|index| self::key(index, long)).collect();
    assert!(book.enrol_all(many).is_err());
    assert!(book.list().is_empty());
}

#[test]
fn every_alteration_is_named() {
    let scratch = Scratch::new();
    open(scratch.path()).unwrap().enrol(key(1, at_most(5))).unwrap();
    let path = scratch.path().join(NAME);
    let sound = fs::read(&path).unwrap();
    let found = format::open(&sound, &path).unwrap().derivation;
    let stretched = Stretched::new(&phrase("a passphrase of tests"), found.salt, found.cost).unwrap();
    let read = |octets: &[u8]| format::open(octets, &path)?.read(&stretched, &path);
    assert_eq!(read(&sound).map(|all| all.len()).ok(), Some(1));
    for place in 0..sound.len() {
        for bit in 0..8 {
            let mut octets = sound.clone();
            octets[place] ^= 1 << bit;
            let fault = read(&octets).map(|all| all.len()).unwrap_err();
            let fits = match (place, &fault) {
                (0..16, BookFault::NotABook(named)) => *named == path,
                (16..18, BookFault::Version { .. }) => true,
                (46..78, BookFault::WrongPassphrase(_)) => true,
                (18..46 | 78.., BookFault::Altered(named)) => *named == path,
                _ => false,
            };
            assert!(fits, "octet {place}: {fault}");
        }
        assert!(read(&sound[..place]).is_err(), "{place} octets");
    }
    let other = KeyBook::open_with(scratch.path(), &phrase("another passphrase"), SMALL, WRITE);
    assert!(matches!(other, Err(KeyError::Book(BookFault::WrongPassphrase(_)))));
    open(scratch.path()).unwrap();
}
