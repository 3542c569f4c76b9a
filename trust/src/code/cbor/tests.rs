//! RFC 8949 appendix A where it is of the part that is read, and every departure.

use super::*;

const BUDGET: Budget = Budget { octets: 64, items: 8 };

fn reader(octets: &[u8]) -> Reader<'_> {
    Reader::new(octets, &BUDGET).unwrap()
}

fn octets(hexadecimal: &str) -> Vec<u8> {
    hex::decode(hexadecimal).unwrap()
}

fn unsigned(hexadecimal: &str) -> Result<u64, Offence> {
    reader(&octets(hexadecimal)).unsigned().map_err(|fault| fault.offence)
}

#[test]
fn integers_of_the_appendix_and_back() {
    for (number, text) in [
        (0, "00"),
        (10, "0a"),
        (23, "17"),
        (24, "1818"),
        (100, "1864"),
        (255, "18ff"),
        (256, "190100"),
        (1_000, "1903e8"),
        (65_535, "19ffff"),
        (65_536, "1a00010000"),
        (1_000_000, "1a000f4240"),
        (u64::from(u32::MAX), "1affffffff"),
        (1 << 32, "1b0000000100000000"),
        (1_000_000_000_000, "1b000000e8d4a51000"),
        (u64::MAX, "1bffffffffffffffff"),
    ] {
        assert_eq!(unsigned(text), Ok(number), "{text}");
        let mut writer = Writer::new();
        writer.unsigned(number);
        assert_eq!(hex::encode(writer.finish()), text);
    }
}

#[test]
fn strings_arrays_and_maps_and_back() {
    let mut writer = Writer::new();
    writer.array(4);
    writer.bytes(&[1, 2, 3, 4]);
    writer.text("水");
    writer.map(2);
    writer.unsigned(1);
    writer.unsigned(2);
    writer.unsigned(3);
    writer.unsigned(4);
    writer.text("");
    let made = writer.finish();
    assert_eq!(hex::encode(&made), "844401020304 63e6b0b4 a201020304 60".replace(' ', ""));
    let budget = Budget { octets: made.len(), items: 9 };
    let mut reader = Reader::new(&made, &budget).unwrap();
    assert_eq!((reader.array(), reader.bytes(), reader.text()), (Ok(4), Ok(&[1, 2, 3, 4][..]), Ok("水")));
    let mut map = reader.map().unwrap();
    assert_eq!((map.key(&mut reader), reader.unsigned()), (Ok(Some(1)), Ok(2)));
    assert_eq!((map.key(&mut reader), reader.unsigned()), (Ok(Some(3)), Ok(4)));
    assert_eq!((map.key(&mut reader), reader.text(), reader.at()), (Ok(None), Ok(""), made.len()));
    assert_eq!(reader.finish(), Ok(()));
}

#[test]
fn heads_have_one_form() {
    for text in
        ["1800", "1817", "190000", "1900ff", "1a00000000", "1a0000ffff", "1b0000000000000000", "1b00000000ffffffff"]
    {
        assert_eq!(unsigned(text), Err(Offence::NotShortest), "{text}");
    }
    // lengths too: one octet, its length in two
    assert_eq!(reader(&octets("580141")).bytes().unwrap_err().offence, Offence::NotShortest);
    assert_eq!(reader(&octets("780141")).text().unwrap_err().offence, Offence::NotShortest);
    assert_eq!(reader(&octets("9801")).array().unwrap_err().offence, Offence::NotShortest);
    assert_eq!(reader(&octets("b801")).map().unwrap_err().offence, Offence::NotShortest);
    for text in ["1c", "1d", "1e"] {
        assert_eq!(unsigned(text), Err(Offence::Reserved), "{text}");
    }
    assert_eq!(unsigned("1f"), Err(Offence::Indefinite));
    assert_eq!(reader(&octets("5f42010243030405ff")).bytes().unwrap_err().offence, Offence::Indefinite);
    assert_eq!(reader(&octets("7f657374726561646d696e67ff")).text().unwrap_err().offence, Offence::Indefinite);
    assert_eq!(reader(&octets("9fff")).array().unwrap_err().offence, Offence::Indefinite);
    assert_eq!(reader(&octets("bfff")).map().unwrap_err().offence, Offence::Indefinite);
}

#[test]
fn what_ends_too_early() {
    for text in ["", "18", "19", "1901", "1a010000", "1b01000000000000"] {
        assert_eq!(unsigned(text), Err(Offence::Ends), "{text}");
    }
    for text in ["41", "4401", "5818", "5bffffffffffffffff", "5b7fffffffffffffff"] {
        assert_eq!(reader(&octets(text)).bytes().unwrap_err().offence, Offence::Ends, "{text}");
    }
    // a map whose head promises more than there is
    let promised = octets("a20102");
    let mut read = reader(&promised);
    let mut map = read.map().unwrap();
    assert_eq!((map.key(&mut read), read.unsigned()), (Ok(Some(1)), Ok(2)));
    assert_eq!(map.key(&mut read), Err(Fault { octet: 3, offence: Offence::Ends }));
}

#[test]
fn other_kinds_by_name() {
    for (text, found) in [
        ("20", "a negative integer"),
        ("40", "a byte string"),
        ("60", "a text"),
        ("80", "an array"),
        ("a0", "a map"),
        ("c074", "a tag"),
        ("f4", "a simple value or float"),
        ("f6", "a simple value or float"),
        ("f90000", "a simple value or float"),
        ("fb7ff0000000000000", "a simple value or float"),
        ("ff", "a simple value or float"),
    ] {
        assert_eq!(unsigned(text), Err(Offence::Kind { expected: "an unsigned integer", found }), "{text}");
    }
    let expected = |fault: Fault| matches!(fault.offence, Offence::Kind { found: "an unsigned integer", .. });
    assert!(expected(reader(&[0]).bytes().unwrap_err()) && expected(reader(&[0]).text().unwrap_err()));
    assert!(expected(reader(&[0]).array().unwrap_err()) && expected(reader(&[0]).map().unwrap_err()));
}

#[test]
fn keys_ascend_and_stand_once() {
    let keys = |text: &str| {
        let found = octets(text);
        let mut reader = reader(&found);
        let mut map = reader.map().unwrap();
        while map.key(&mut reader)?.is_some() {
            reader.unsigned()?;
        }
        reader.finish()
    };
    assert_eq!(keys("a201000200"), Ok(()));
    assert_eq!(keys("a201000100"), Err(Fault { octet: 3, offence: Offence::KeyTwice(1) }));
    assert_eq!(keys("a202000100"), Err(Fault { octet: 3, offence: Offence::KeyOrder(1) }));
    assert_eq!(keys("a3010003000100").unwrap_err().offence, Offence::KeyOrder(1));
    assert_eq!(keys("a1613100").unwrap_err().octet, 1);
    assert_eq!(keys("a0"), Ok(()));
    assert_eq!(keys("a000"), Err(Fault { octet: 1, offence: Offence::Trailing }));
}

#[test]
fn texts_are_utf8() {
    assert_eq!(reader(&octets("6161")).text(), Ok("a"));
    assert_eq!(reader(&octets("62c328")).text(), Err(Fault { octet: 1, offence: Offence::NotUtf8 }));
    assert_eq!(reader(&octets("6361c328")).text(), Err(Fault { octet: 2, offence: Offence::NotUtf8 }));
    // half of a surrogate pair
    assert_eq!(reader(&octets("63eda080")).text().unwrap_err().offence, Offence::NotUtf8);
}

#[test]
fn the_budget_is_kept() {
    assert_eq!(Reader::new(&[0; 65], &BUDGET).unwrap_err().offence, Offence::TooLong { limit: 64 });
    let noughts = [0; 9];
    let mut many = reader(&noughts);
    for _ in 0..8 {
        assert_eq!(many.unsigned(), Ok(0));
    }
    assert_eq!(many.unsigned(), Err(Fault { octet: 8, offence: Offence::TooManyItems { limit: 8 } }));
    // a length costs nothing before the octets are there
    assert_eq!(reader(&octets("9bffffffffffffffff")).array(), Ok(u64::MAX));
}
