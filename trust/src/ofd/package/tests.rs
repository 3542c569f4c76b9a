//! Each offence of a container by name.

use super::*;
use crate::ofd::testing::{LocalLie, Part, write, zip};
use crate::ofd::{FaultCheck, looks_like_zip};

fn limits() -> Limits {
    Limits {
        package_entries: 10,
        entry_inflated_bytes: 100_000,
        total_inflated_bytes: 150_000,
        inflate_ratio: 10,
        ratio_floor_bytes: 1000,
        xml_bytes: 5000,
        ..Limits::default()
    }
}

fn codes(octets: &[u8]) -> Vec<&'static str> {
    match Package::open(&octets, &limits()) {
        Ok(package) => package.faults().iter().map(PackageFault::code).collect(),
        Err(OpenError::Unreadable(fault)) => vec![fault.code()],
        Err(OpenError::Source(error)) => panic!("{error}"),
    }
}

fn of(parts: &[Part]) -> Vec<&'static str> {
    codes(&write(parts).0)
}

fn a() -> Part {
    Part::stored("a", b"first")
}

#[test]
fn a_sound_package() {
    let text = vec![b'x'; 900];
    let parts = [a(), Part::deflated("目录/b.xml", &text), Part::stored("目录/", b""), Part::deflated("empty", b"")];
    let (octets, _) = write(&parts);
    assert!(looks_like_zip(&octets));
    let package = Package::open(&octets, &limits()).unwrap();
    assert_eq!(package.names().collect::<Vec<_>>(), ["a", "empty", "目录/b.xml"]);
    assert_eq!(&*package.read("目录/b.xml").unwrap(), text.as_slice());
    assert_eq!(&*package.read("empty").unwrap(), b"");
    let sm3 = package.digest("目录/b.xml", DigestAlgorithm::Sm3).unwrap();
    assert_eq!(sm3, crate::sm::sm3::digest(&text));
    let sha = package.digest("a", DigestAlgorithm::Sha256).unwrap();
    assert_eq!(sha, ring::digest::digest(&ring::digest::SHA256, b"first").as_ref());
    assert_eq!(package.read("A"), Err(ReadError::Missing("A".into())));
    assert!(package.faults().is_empty());
    assert!(codes(&zip(&[])).is_empty());
    assert!(looks_like_zip(&zip(&[])));
}

#[test]
fn names() {
    assert_eq!(of(&[a(), a()]), ["duplicate_entry"]);
    assert_eq!(of(&[a(), Part::stored("A", b"")]), ["case_twin"]);
    assert_eq!(of(&[Part::stored("../a", b"")]), ["climbing_name"]);
    assert_eq!(of(&[Part::stored("/a", b"")]), ["absolute_name"]);
    assert_eq!(of(&[Part::stored("a\\b", b"")]), ["backslash_in_name"]);
    assert_eq!(of(&[Part::stored("a\0", b"")]), ["control_in_name"]);
    assert_eq!(of(&[Part::stored("./a", b"")]), ["name_not_canonical"]);
    assert_eq!(of(&[Part::stored("", b"")]), ["empty_name"]);
    assert_eq!(of(&[Part::stored(&"x".repeat(1025), b"")]), ["name_too_long"]);
    assert_eq!(of(&[Part { attributes: 0o120_777 << 16, ..a() }]), ["symlink"]);
    assert_eq!(of(&[Part::stored("d/", b"data")]), ["directory_with_data"]);
}

#[test]
fn the_first_of_two_counts() {
    let (octets, _) = write(&[a(), Part::stored("a", b"second")]);
    let package = Package::open(&octets, &limits()).unwrap();
    assert_eq!(&*package.read("a").unwrap(), b"first");
}

#[test]
fn kinds_and_budgets() {
    let zeros = vec![0; 100_001];
    let blocked = |part: Part, code: &str| {
        let (octets, _) = write(&[part]);
        let package = Package::open(&octets, &limits()).unwrap();
        assert_eq!(package.faults()[0].code(), code);
        assert_eq!(package.faults()[0].check(), FaultCheck::Entries);
        assert!(
            matches!(package.digest("x", DigestAlgorithm::Sm3), Err(ReadError::Fault(fault)) if fault.code() == code)
        );
        assert!(package.read("x").is_err());
    };
    blocked(Part::deflated("x", &zeros), "entry_too_large");
    blocked(Part::deflated("x", &zeros[..50_000]), "ratio_too_large");
    blocked(Part { flags: 1, ..Part::stored("x", b"") }, "encrypted_entry");
    blocked(Part { method: 12, ..Part::stored("x", b"") }, "unsupported_method");
    assert_eq!(of(&[Part::stored("x", &zeros[1..]), Part::stored("y", &zeros[1..])]), ["total_too_large"]);
    let many: Vec<_> = (0..11).map(|n| Part::stored(&format!("{n}"), b"")).collect();
    assert_eq!(of(&many), ["too_many_entries"]);
    let octets = zip(&[("x", &zeros[..5001])]);
    let package = Package::open(&octets, &limits()).unwrap();
    assert!(matches!(package.read("x"), Err(ReadError::Fault(fault)) if fault.code() == "xml_too_large"));
    let octets = zip(&[("x", &zeros[..5000])]);
    let package = Package::open(&octets, &limits()).unwrap();
    let refused = (0..200).find_map(|_| package.read("x").err());
    assert!(matches!(refused, Some(ReadError::Fault(fault)) if fault.code() == "work_budget"));
}

#[test]
fn directory_against_local_headers() {
    let truth = LocalLie { method: 0, crc: a().crc, compressed: 5, size: 5 };
    let lie = |local| of(&[Part { local: Some(local), ..a() }]);
    assert_eq!(lie(LocalLie { method: 8, ..truth }), ["local_method_mismatch"]);
    assert_eq!(lie(LocalLie { crc: 1, ..truth }), ["local_crc_mismatch"]);
    assert_eq!(lie(LocalLie { compressed: 4, ..truth }), ["local_size_mismatch"]);
    assert_eq!(lie(LocalLie { size: 0, ..truth }), ["local_size_mismatch"]);
    assert_eq!(of(&[Part { local_name: b"b".to_vec(), ..a() }]), ["local_name_mismatch"]);
    let (mut octets, _) = write(&[a()]);
    octets[0] = b'X';
    assert_eq!(codes(&octets), ["local_header_missing", "data_before_first_entry"]);
    assert_eq!(
        of(&[a(), Part { listed: false, ..Part::stored("hidden", b"x") }, Part::stored("c", b"")]),
        ["unlisted_local_entry"]
    );
    assert_eq!(of(&[a(), Part { listed: false, ..Part::stored("hidden", b"x") }]), ["unlisted_local_entry"]);
    assert_eq!(of(&[Part { listed: false, ..Part::stored("hidden", b"x") }, a()]), ["unlisted_local_entry"]);
    assert_eq!(of(&[a(), Part { before: b"gap".to_vec(), ..Part::stored("b", b"") }]), ["undeclared_bytes"]);
    assert_eq!(of(&[Part { before: b"#!/bin/sh".to_vec(), ..a() }]), ["data_before_first_entry"]);
}

#[test]
fn data_descriptors() {
    let zero = LocalLie { method: 0, crc: 0, compressed: 0, size: 0 };
    let described =
        |descriptor: Vec<u8>| of(&[Part { flags: 8, local: Some(zero), descriptor, ..a() }, Part::stored("b", b"")]);
    let crc = a().crc.to_le_bytes();
    let narrow = [crc, 5u32.to_le_bytes(), 5u32.to_le_bytes()].concat();
    let wide = [crc.as_slice(), &5u64.to_le_bytes(), &5u64.to_le_bytes()].concat();
    for good in [narrow.clone(), wide.clone()] {
        assert!(described(good.clone()).is_empty());
        assert!(described([b"PK\x07\x08".as_slice(), &good].concat()).is_empty());
    }
    let mut bad = [b"PK\x07\x08".as_slice(), &narrow].concat();
    bad[8] ^= 1;
    assert_eq!(described(bad.clone()), ["local_size_mismatch"]);
    bad[8] ^= 1;
    bad[4] ^= 1;
    assert_eq!(described(bad), ["local_crc_mismatch"]);
}

#[test]
fn overlaps() {
    let (mut octets, start) = write(&[a(), Part::stored("b", b"second")]);
    // both directory records point to the first local header
    let second = start as usize + 46 + 1 + 42;
    octets[second..second + 4].copy_from_slice(&[0; 4]);
    let found = codes(&octets);
    assert!(found.contains(&"overlapping_entries"), "{found:?}");
    let (mut octets, start) = write(&[a()]);
    octets[start as usize + 20] = 60; // reaches into the directory
    assert!(codes(&octets).contains(&"overlapping_entries"));
}

#[test]
fn the_end_of_the_file() {
    let sound = write(&[a()]).0;
    assert_eq!(codes(&sound[..sound.len() - 1]), ["no_end_record"]);
    assert_eq!(codes(b"PK\x03\x04 nothing"), ["no_end_record"]);
    assert_eq!(codes(&[]), ["no_end_record"]);
    assert_eq!(codes(&[sound.as_slice(), b"tail"].concat()), ["data_after_end"]);
    assert_eq!(codes(&[b"head".as_slice(), &sound].concat()), ["data_before_first_entry"]);
    let with = |at_from_end: usize, value: &[u8], tail: &[u8]| {
        let mut octets = sound.clone();
        let at = octets.len() - at_from_end;
        octets[at..at + value.len()].copy_from_slice(value);
        octets.extend(tail);
        codes(&octets)
    };
    assert!(with(2, &[7, 0], b"comment").is_empty());
    let (end, directory) = (&sound[sound.len() - 22..], &sound[sound.len() - 22 - 47..]);
    assert_eq!(with(2, &[22, 0], end), ["directory_unreadable"]);
    assert_eq!(
        with(2, &[69, 0], directory),
        ["ambiguous_end", "data_before_first_entry", "local_header_missing", "undeclared_bytes"]
    );
    assert_eq!(with(2, &[10, 0], b"xPK\x05\x06yyyyy"), ["ambiguous_end"]);
    assert_eq!(with(12, &[2, 0], b""), ["multi_disk"]);
    assert_eq!(with(14, &[2, 0, 2, 0], b""), ["entry_count_mismatch"]);
    assert_eq!(with(18, &[1, 0], b""), ["multi_disk"]);
    assert_eq!(with(10, &[46, 0], b""), ["directory_unreadable"]);
}

#[test]
fn damaged_data() {
    let mut state = 1u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let text: Vec<u8> = (0..4000).map(|_| random()).collect();
    let fails = |part: Part, code: &str| {
        let (octets, _) = write(&[part]);
        let package = Package::open(&octets, &Limits::default()).unwrap();
        assert!(package.faults().is_empty(), "{:?}", package.faults());
        assert!(matches!(package.read("x"), Err(ReadError::Fault(fault)) if fault.code() == code), "{code}");
        assert_eq!(package.faults()[0].code(), code);
    };
    let sound = Part::deflated("x", &text);
    fails(Part { crc: 1, ..sound.clone() }, "crc_mismatch");
    fails(Part { size: 3999, ..sound.clone() }, "size_mismatch");
    fails(Part { size: 4001, ..sound.clone() }, "size_mismatch");
    fails(Part { data: sound.data[..100].to_vec(), ..sound.clone() }, "damaged_entry");
    fails(Part { data: [sound.data.as_slice(), b"behind"].concat(), ..sound.clone() }, "size_mismatch");
    fails(Part { data: vec![0xff; 50], ..sound }, "damaged_entry");
    fails(Part { size: 6, ..Part::stored("x", b"12345") }, "size_mismatch");
}

#[test]
fn zip64() {
    let (octets, start) = write(&[a()]);
    let directory = &octets[start as usize..octets.len() - 22];
    let build = |entries: u64, classic_entries: u16| {
        let mut out = octets[..octets.len() - 22].to_vec();
        let record_at = out.len() as u64;
        out.extend(b"PK\x06\x06");
        out.extend(44u64.to_le_bytes());
        out.extend([45, 0, 45, 0]);
        out.extend([0; 8]);
        for value in [entries, entries, directory.len() as u64, start] {
            out.extend(value.to_le_bytes());
        }
        out.extend(b"PK\x06\x07\0\0\0\0");
        out.extend(record_at.to_le_bytes());
        out.extend([1, 0, 0, 0]);
        out.extend(b"PK\x05\x06\0\0\0\0");
        out.extend([classic_entries.to_le_bytes(), classic_entries.to_le_bytes()].concat());
        out.extend([0xff; 8]);
        out.extend([0, 0]);
        codes(&out)
    };
    assert!(build(1, 0xffff).is_empty());
    assert!(build(1, 1).is_empty());
    assert_eq!(build(1, 2), ["zip64_mismatch"]);
    assert_eq!(build(2, 0xffff), ["entry_count_mismatch"]);
}

#[test]
fn many_entries_are_no_burden() {
    let parts: Vec<_> = (0..20_000).map(|n| Part::stored(&format!("Doc_0/Res/{n}.png"), b"")).collect();
    let (octets, _) = write(&parts);
    let package = Package::open(&octets, &Limits::default()).unwrap();
    assert_eq!((package.names().count(), package.faults().len()), (20_000, 0));
    let twins: Vec<_> = (0..20_000).map(|_| a()).collect();
    let (octets, _) = write(&twins);
    let package = Package::open(&octets, &Limits::default()).unwrap();
    assert_eq!(package.faults().len(), 1);
}

#[test]
fn a_second_name_for_some_readers() {
    let called = |name: &str| {
        let len = (5 + name.len()) as u16;
        [&0x7075u16.to_le_bytes(), &len.to_le_bytes(), [1, 0, 0, 0, 0].as_slice(), name.as_bytes()].concat()
    };
    assert!(
        of(&[Part { extra: called("a"), ..a() }, Part { extra: called("c"), ..Part::stored("b", b"") }]).is_empty()
    );
    assert_eq!(of(&[Part { extra: called("A"), ..Part::stored("b", b"") }, a()]), ["duplicate_entry"]);
    assert_eq!(
        of(&[Part { extra: called("c"), ..a() }, Part { extra: called("c"), ..Part::stored("b", b"") }]),
        ["duplicate_entry"]
    );
}

/// A stored entry of zeros that is nowhere in memory.
struct Zeros {
    head: Vec<u8>,
    tail: Vec<u8>,
    len: u64,
}

impl Source for Zeros {
    fn len(&self) -> u64 {
        self.head.len() as u64 + self.len + self.tail.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        assert!(buffer.len() <= 128 << 10, "a large read");
        for (at, octet) in (offset..).zip(buffer) {
            let after = at.checked_sub(self.head.len() as u64 + self.len);
            *octet = match (self.head.get(at as usize), after) {
                (Some(octet), _) => *octet,
                (None, None) => 0,
                (None, Some(after)) => self.tail[after as usize],
            };
        }
        Ok(())
    }
}

#[test]
fn a_large_entry_is_digested_in_small_pieces() {
    let len = 40u32 << 20;
    let zeros = vec![0; 1 << 20];
    let mut crc = crc32fast::Hasher::new();
    let mut sm3 = Sm3::new();
    for _ in 0..40 {
        crc.update(&zeros);
        sm3.update(&zeros);
    }
    let crc = crc.finalize();
    let part = Part {
        size: len,
        crc,
        local: Some(LocalLie { method: 0, crc, compressed: len, size: len }),
        ..Part::stored("x", b"")
    };
    let (octets, start) = write(&[part]);
    let (head, tail) = octets.split_at(start as usize);
    let mut tail = tail.to_vec();
    tail[20..24].copy_from_slice(&len.to_le_bytes());
    let directory = 46 + 1;
    tail[directory + 16..directory + 20].copy_from_slice(&(head.len() as u32 + len).to_le_bytes());
    let source = Zeros { head: head.to_vec(), tail, len: len.into() };
    let package = Package::open(&source, &Limits::default()).unwrap();
    assert!(package.faults().is_empty(), "{:?}", package.faults());
    assert_eq!(package.digest("x", DigestAlgorithm::Sm3), Ok(sm3.finish()));
}
