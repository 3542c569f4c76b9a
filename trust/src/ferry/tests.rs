use super::*;
use crate::{
    base::{Day, Moment},
    licence::identifier::LicenceIdentifier,
    trust_list::Operator,
    verify::SealName,
};
use yinxin_testkit::keys::Key;

const LICENCE: &str = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";

fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn header(sequence: u64, previous: sm3::Digest) -> Header {
    Header {
        operator: Operator {
            name: "阜阳市数据资源管理局（演示）".to_owned(), territory: "341200".parse().unwrap()
        },
        key_sm3: [3; 32],
        sequence,
        previous,
        made: moment("2026-11-22T02:00:00Z"),
    }
}

fn licence() -> LicenceIdentifier {
    LICENCE.parse().unwrap()
}

fn entries() -> Vec<Entry> {
    let (octets, signature) = (b"{}".to_vec(), vec![0x30, 0]);
    let seal = |es_id: &str| SealName { es_id: es_id.to_owned(), sm3: [7; 32] };
    vec![
        Entry::TrustList { octets: octets.clone(), signature: signature.clone() },
        Entry::RevocationList(vec![0x30, 1, 0]),
        Entry::Standing { licence: licence(), octets: octets.clone(), signature: signature.clone() },
        Entry::Seal { seal: seal("3412"), octets: octets.clone(), signature: signature.clone() },
        Entry::Seal { seal: seal("3413"), octets, signature },
        Entry::Registration(Registration {
            licence: licence(),
            number: "JY13412000000001".to_owned(),
            document_sm3: [9; 32],
            stamped: moment("2026-11-21T02:00:00Z"),
            valid_from: Day::parse("2026-11-21").unwrap(),
            valid_until: Some(Day::parse("2031-11-20").unwrap()),
        }),
    ]
}

fn signature(seed: &str, digest: &sm3::Digest) -> Signature {
    Signature::from_der(&Key::from_seed(seed).sign(&message(digest), 0).to_der()).unwrap()
}

/// The lines of a file, and SM3 of it.
fn file(header: &Header, entries: &[Entry]) -> (Vec<Vec<u8>>, sm3::Digest) {
    let (mut writer, mut octets) = FerryWriter::new(header).unwrap();
    for entry in entries {
        octets.extend(writer.entry(entry).unwrap());
    }
    let (end, counts, digest) = writer.end().unwrap();
    assert_eq!(Kind::ALL.iter().map(|kind| counts.of(*kind)).sum::<u64>(), entries.len() as u64);
    octets.extend(end);
    assert_eq!(sm3::digest(&octets), digest);
    octets.extend(signature_line(&signature("ferry", &digest)));
    (octets.strip_suffix(b"\n").unwrap().split(|octet| *octet == b'\n').map(<[u8]>::to_vec).collect(), digest)
}

fn read(lines: &[Vec<u8>]) -> Result<Vec<Item>, FerryFault> {
    let mut reader = FerryReader::default();
    let items = lines.iter().map(|line| reader.line(line)).collect::<Result<Vec<_>, _>>()?;
    reader.finish().map(|()| items)
}

#[test]
fn what_is_written_is_read_and_signed() {
    let (header, entries) = (header(1, NONE_BEFORE), entries());
    let (lines, digest) = file(&header, &entries);
    let items = read(&lines).unwrap();
    assert_eq!((&items[0], &items[1]), (&Item::Format, &Item::Header(header)));
    let found: Vec<_> =
        items.iter().filter_map(|item| if let Item::Entry(one) = item { Some(one) } else { None }).collect();
    assert_eq!(found, entries.iter().collect::<Vec<_>>());
    let [.., Item::End(counts, said), Item::Signature(signature)] = &items[..] else { panic!("{items:?}") };
    assert_eq!((counts.of(Kind::Seal), said), (2, &digest));
    let key = |seed| PublicKey::from_sec1(Key::from_seed(seed).public().to_sec1()).unwrap();
    assert!(verifies(&key("ferry"), &digest, signature) && !verifies(&key("another"), &digest, signature));
    assert!(!verifies(&key("ferry"), &[0; 32], signature));
}

/// Of every octet: altered, the file is none or another one.
#[test]
fn an_altered_octet_is_another_file_or_none() {
    let (lines, digest) = file(&header(1, NONE_BEFORE), &entries());
    for (number, line) in lines.iter().enumerate().take(lines.len() - 1) {
        for place in 0..line.len() {
            let mut altered = lines.clone();
            altered[number][place] ^= 1;
            let same = read(&altered)
                .is_ok_and(|items| items.iter().any(|item| matches!(item, Item::End(_, said) if *said == digest)));
            assert!(!same, "line {number}, octet {place}");
        }
    }
}

#[test]
fn what_is_no_file_is_told_by_name() {
    let (lines, _) = file(&header(1, NONE_BEFORE), &entries());
    let changed = |change: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let mut all = lines.clone();
        change(&mut all);
        read(&all).unwrap_err()
    };
    let replaced = |line: usize, from: &str, to: &str| {
        let text = String::from_utf8(lines[line].clone()).unwrap();
        assert!(text.contains(from), "{from} in {text}");
        changed(&|all| all[line] = text.replace(from, to).into_bytes())
    };
    assert_eq!(changed(&|all| all[0] = b"yinxin-ferry/2".to_vec()), FerryFault::Format);
    assert_eq!(changed(&|all| all.swap(2, 3)), FerryFault::Order { line: 4 });
    assert_eq!(changed(&|all| all.insert(3, all[2].clone())), FerryFault::Order { line: 4 });
    assert_eq!(changed(&|all| drop(all.remove(5))), FerryFault::Counts { line: 8 });
    assert_eq!(changed(&|all| all.truncate(8)), FerryFault::Truncated);
    assert_eq!(changed(&|all| all.truncate(9)), FerryFault::Truncated);
    assert_eq!(changed(&|all| all.push(vec![])), FerryFault::AfterTheEnd { line: 11 });
    assert_eq!(changed(&|all| all[9] = b"!".to_vec()), FerryFault::Base64);
    assert!(matches!(changed(&|all| all[9] = b"AAAA".to_vec()), FerryFault::Signature(_)));
    assert!(matches!(changed(&|all| all[4].push(b' ')), FerryFault::Form { line: 5, .. }));
    let wrong = |line, what| FerryFault::Member { line, what };
    assert_eq!(replaced(1, "\"sequence\":1", "\"sequence\":0"), wrong(2, "sequence"));
    assert_eq!(replaced(1, "341200", "34120x"), wrong(2, "territory"));
    assert_eq!(replaced(1, "02:00:00Z", "02:00:00.5Z"), wrong(2, "made"));
    assert_eq!(replaced(4, "\"standing\"", "\"sitting\""), wrong(5, "a kind that is not known"));
    assert_eq!(replaced(4, "octets", "octetz"), wrong(5, "a member that does not belong here"));
    assert_eq!(replaced(7, "2026-11-21\"", "2026-11-32\""), wrong(8, "valid_from"));
    assert!(matches!(changed(&|all| all[5] = vec![b' '; LINE + 1]), FerryFault::LongLine { line: 6, .. }));
    // a short kind has short lines, wherever it stands
    let long = Entry::Standing { licence: licence(), octets: vec![b' '; LINE], signature: vec![] };
    let (mut writer, _) = FerryWriter::new(&header(1, NONE_BEFORE)).unwrap();
    assert!(matches!(writer.entry(&long), Err(FerryFault::Form { line: 3, .. })));
}

#[test]
fn each_file_follows_the_one_before() {
    let at = |sequence, previous| header(sequence, previous);
    let last = Taken { sequence: 4, sm3: [4; 32] };
    assert_eq!(follows(None, &at(1, NONE_BEFORE), false), Ok(()));
    assert_eq!(follows(None, &at(5, [4; 32]), false), Err(OutOfOrder::Missing { first: 1, offered: 5 }));
    assert_eq!(follows(None, &at(5, [4; 32]), true), Ok(()));
    assert_eq!(follows(Some(&last), &at(5, [4; 32]), false), Ok(()));
    assert_eq!(follows(Some(&last), &at(5, [5; 32]), false), Err(OutOfOrder::OtherPredecessor { offered: 5 }));
    for may_begin in [false, true] {
        let missing = Err(OutOfOrder::Missing { first: 5, offered: 7 });
        assert_eq!(follows(Some(&last), &at(7, [4; 32]), may_begin), missing);
        for offered in [4, 3, 1] {
            let back = Err(OutOfOrder::RolledBack { known: 4, offered });
            assert_eq!(follows(Some(&last), &at(offered, [3; 32]), may_begin), back);
        }
    }
}

/// A million entries go through one line at a time; nothing is kept of them but a count and the last name.
#[test]
fn a_long_file_leaves_nothing_behind() {
    let (mut writer, _) = FerryWriter::new(&header(1, NONE_BEFORE)).unwrap();
    let mut reader = FerryReader::default();
    let one = |number: u32| Entry::Seal {
        seal: SealName { es_id: format!("{number:08}"), sm3: [1; 32] },
        octets: vec![],
        signature: vec![],
    };
    reader.line(FORMAT.as_bytes()).unwrap();
    let (_, first) = FerryWriter::new(&header(1, NONE_BEFORE)).unwrap();
    let head = first.strip_suffix(b"\n").unwrap().split(|octet| *octet == b'\n').nth(1).unwrap();
    reader.line(head).unwrap();
    let entries = if cfg!(debug_assertions) { 20_000 } else { 1_000_000 };
    for number in 0..entries {
        let line = writer.entry(&one(number)).unwrap();
        reader.line(line.strip_suffix(b"\n").unwrap()).unwrap();
    }
    assert!(size_of::<FerryReader>() < 1024);
    let (end, _, digest) = writer.end().unwrap();
    let item = reader.line(end.strip_suffix(b"\n").unwrap()).unwrap();
    assert!(matches!(item, Item::End(counts, said) if counts.of(Kind::Seal) == u64::from(entries) && said == digest));
}
