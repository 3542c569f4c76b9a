//! The vectors of RFC 8785 as far as the subset reaches, and what is refused.

use super::*;

const BUDGET: Budget = Budget { octets: 1 << 20, depth: 8, values: 10_000, items: 1_000 };

fn canonical(json: &str) -> Result<String, Fault> {
    let value = read_any(json.as_bytes(), &BUDGET)?;
    let octets = write(&value, &BUDGET)?;
    assert_eq!(read(&octets, &BUDGET), read_any(&octets, &BUDGET));
    Ok(String::from_utf8(octets).unwrap())
}

fn refused(json: &str) -> (String, Offence) {
    let fault = read_any(json.as_bytes(), &BUDGET).unwrap_err();
    // the strict reader refuses it as well, if only for an earlier space
    assert!(read(json.as_bytes(), &BUDGET).is_err());
    (fault.pointer, fault.offence)
}

/// 3.2.2 and 3.2.4, without the numbers and the null.
#[test]
fn the_example_of_strings() {
    let input = r#"{
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [true, false]
    }"#;
    let expected = "{\"literals\":[true,false],\"string\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
    assert_eq!(canonical(input).unwrap(), expected);
    let octets = expected.as_bytes();
    assert!(octets.windows(3).any(|three| three == [0xE2, 0x82, 0xAC]), "UTF-8, 3.2.4");
}

/// 3.2.3: by code units, so that U+1F600 comes before U+FB33.
#[test]
fn the_example_of_sorting() {
    let input = r#"{
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\ud83d\ude00": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis"
    }"#;
    let written = canonical(input).unwrap();
    let Value::Object(members) = read(written.as_bytes(), &BUDGET).unwrap() else { panic!() };
    let order: Vec<String> = members
        .into_iter()
        .map(|(_, value)| if let Value::Text(text) = value { text.into_owned() } else { panic!() })
        .collect();
    let expected = [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ];
    assert_eq!(order, expected);
}

/// Appendix B, the integers of it.
#[test]
fn integers() {
    for (text, expected) in [("0", 0), ("9007199254740991", LARGEST_INTEGER), ("-9007199254740991", -LARGEST_INTEGER)] {
        assert_eq!(read(text.as_bytes(), &BUDGET), Ok(Value::Integer(expected)));
        assert_eq!(canonical(text).unwrap(), text);
    }
    for text in ["9007199254740992", "-9007199254740992", "295147905179352830000", "99999999999999999999999"] {
        assert_eq!(refused(text).1, Offence::IntegerRange, "{text}");
    }
    for text in ["333333333.33333329", "1E30", "4.50", "2e-3", "0.0"] {
        assert_eq!(refused(text).1, Offence::Float, "{text}");
    }
    assert_eq!(refused("-0").1, Offence::NegativeZero);
    for text in ["01", "-", "+1", "-01", ".5", "NaN"] {
        assert!(matches!(refused(text).1, Offence::Syntax(_)), "{text}");
    }
    let beyond = Value::Integer(LARGEST_INTEGER + 1);
    assert_eq!(write(&beyond, &BUDGET).unwrap_err().offence, Offence::IntegerRange);
    assert!(write(&Value::Integer(i64::MIN), &BUDGET).is_err());
}

#[test]
fn each_offence_by_name_and_place() {
    let at = |pointer: &str, offence| (pointer.to_owned(), offence);
    assert_eq!(refused(r#"{"a":[1,null]}"#), at("/a/1", Offence::Null));
    assert_eq!(refused(r#"{"b":{"a":1,"c":2,"a":3}}"#), at("/b", Offence::MemberTwice("a".into())));
    assert_eq!(refused(r#"{"a":1,"\u0061":2}"#), at("", Offence::MemberTwice("a".into())));
    for lone in [r#""\ud800""#, r#""\udc00""#, r#""\ud800\ud800""#, r#""\ud800x""#, r#""\ude00\ud83d""#] {
        assert_eq!(refused(lone), at("", Offence::LoneSurrogate), "{lone}");
    }
    assert_eq!(refused(r#"{"a/b~":[0.5]}"#), at("/a~1b~0/0", Offence::Float));
    assert_eq!(refused("1 2"), at("", Offence::Trailing));
    for bad in [
        "",
        "{",
        "[1",
        "[1,]",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "tru",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\n\"",
        "\"a",
        "\"\\",
        "\u{feff}1",
        "[1 2]",
        "{\"a\":1 \"b\":2}",
        "'a'",
        "\"\\u",
    ] {
        assert!(matches!(refused(bad).1, Offence::Syntax(_)), "{bad:?}");
    }
    // a surrogate in UTF-8, and an octet that is none
    for bad in [&b"\"\xED\xA0\x80\""[..], b"\"\xFF\""] {
        assert_eq!(read_any(bad, &BUDGET), Err(Fault::at(1, Offence::NotUtf8)));
    }
}

#[test]
fn what_is_not_its_own_form_is_refused() {
    let strict = |json: &str| {
        assert!(read_any(json.as_bytes(), &BUDGET).is_ok(), "{json}");
        read(json.as_bytes(), &BUDGET).unwrap_err().offence
    };
    for json in [" 1", "1\n", "[1, 2]", "[ ]", "{ }", "{\"a\" :1}", "{\"a\": 1}", "[1 ]", "{\"a\":1 }", "\t[]"] {
        assert_eq!(strict(json), Offence::Space, "{json}");
    }
    assert_eq!(strict(r#"{"b":1,"a":2}"#), Offence::MemberOrder("a".into()));
    assert_eq!(strict("{\"\u{fb33}\":1,\"\u{1f600}\":2}"), Offence::MemberOrder("\u{1f600}".into()));
    for json in [
        r#""\/""#,
        r#""\u0041""#,
        r#""\u000a""#,
        r#""\u001F""#,
        r#""\u0022""#,
        r#""\u007f""#,
        r#""\u4e2d""#,
        r#""\ud83d\ude00""#,
    ] {
        assert_eq!(strict(json), Offence::Escape, "{json}");
    }
    for json in [r#""\u001f\b\t\n\f\r\"\\/""#, "\"\u{7f}中\u{1f600}\"", r#"[[],{},"",{"":0}]"#] {
        assert_eq!(canonical(json).unwrap(), json);
    }
}

#[test]
fn budgets_hold() {
    let small = Budget { octets: 40, depth: 3, values: 8, items: 4 };
    let offence =
        |json: &str| read_any(json.as_bytes(), &small).map(|_| ()).map_err(|fault| (fault.pointer, fault.offence));
    assert!(offence("[[[1]]]").is_ok() && offence("[1,2,3,4]").is_ok() && offence("[[1,2,3],[4,5]]").is_ok());
    assert_eq!(offence("[[[[1]]]]"), Err(("/0/0/0".into(), Offence::TooDeep { limit: 3 })));
    assert_eq!(offence("{\"a\":[1,2,3,4,5]}"), Err(("/a".into(), Offence::TooManyItems { limit: 4 })));
    assert_eq!(offence("[[1,2,3],[4,5,6]]"), Err(("/1/2".into(), Offence::TooManyValues { limit: 8 })));
    assert_eq!(offence(&" ".repeat(41)), Err((String::new(), Offence::TooLong { limit: 40 })));
    let deep = |levels: usize| (0..levels).fold(Value::Integer(1), |inner, _| Value::Array(vec![inner]));
    assert!(write(&deep(3), &small).is_ok());
    assert_eq!(write(&deep(4), &small).unwrap_err().offence, Offence::TooDeep { limit: 3 });
    let twice = Value::Object(vec![("a".into(), Value::Boolean(true)), ("a".into(), Value::Boolean(true))]);
    assert_eq!(write(&twice, &small).unwrap_err().offence, Offence::MemberTwice("a".into()));
    // a million levels end at the budget, not at the end of the stack
    let endless = "[".repeat(1_000_000);
    assert_eq!(read(endless.as_bytes(), &BUDGET).unwrap_err().offence, Offence::TooDeep { limit: 8 });
}
