use super::*;

const WORKED: &str = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";

fn offences(text: &str) -> Vec<IdentifierOffence> {
    text.parse::<LicenceIdentifier>().err().map(|offences| offences.all().to_vec()).unwrap_or_default()
}

#[test]
fn identifiers_that_verify() {
    for text in [
        WORKED,
        "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
        "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
        "1.2.156.3005.2.11100000000013338W002.11320482014138860P.201807250201.001.M",
    ] {
        assert_eq!(offences(text), [], "{text}");
    }
    let identifier: LicenceIdentifier = WORKED.parse().unwrap();
    assert_eq!(identifier.type_code().as_str(), "11100000000013338W011");
    assert_eq!(identifier.type_code().defining_body().as_str(), "11100000000013338W");
    assert_eq!((identifier.issuer(), identifier.serial()), ("11430000006122244L", "20230000403"));
    assert_eq!((identifier.version(), identifier.check()), (Version::FIRST, 'U'));
    assert!(!identifier.short_issuer());
}

#[test]
fn a_sample_of_a_document_that_must_not_verify() {
    let edited = "1.2.156.3005.2.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M";
    assert_eq!(offences(edited), [IdentifierOffence::Check { expected: 'D', found: 'M' }]);
}

#[test]
fn short_issuer_codes_are_taken_and_told() {
    let text = "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9";
    assert!(text.parse::<LicenceIdentifier>().unwrap().short_issuer());
    let small = text.replace("340100", "34a100");
    assert_eq!(offences(&small), [IdentifierOffence::IssuerCharacter]);
}

#[test]
fn built_from_parts() {
    let type_code: TypeCode = "11100000000013338W011".parse().unwrap();
    let issuer: CreditCode = "11430000006122244L".parse().unwrap();
    let build = |serial: &str| LicenceIdentifier::build(&type_code, &issuer, serial, Version::FIRST);
    assert_eq!(build("20230000403").unwrap().as_str(), WORKED);
    assert_eq!(build("").unwrap_err().all(), [IdentifierOffence::SerialEmpty]);
    for serial in ["a", "1-2", "号"] {
        assert_eq!(build(serial).unwrap_err().all(), [IdentifierOffence::SerialCharacter], "{serial}");
    }
    assert!(build("1.2").is_err());
    assert_eq!(build(&"7".repeat(66)).unwrap().as_str().len(), LONGEST);
    assert_eq!(build(&"7".repeat(67)).unwrap_err().all(), [IdentifierOffence::TooLong]);

    let first = build("20230000403").unwrap();
    let second = first.with_version(Version::FIRST.next().unwrap()).unwrap();
    assert_eq!((second.version().number(), second.serial()), (2, "20230000403"));
    assert!(first.same_licence(&second) && first != second);
    assert_ne!(first.check(), second.check());
}

#[test]
fn every_offence_by_name() {
    use IdentifierOffence as O;
    let cases: [(&str, &[O]); 13] = [
        ("", &[O::Parts { found: 1 }]),
        ("1.2.156.3005.2.11100000000013338W011", &[O::Parts { found: 6 }]),
        ("1.2.156.3005.3.11100000000013338W011.11430000006122244L.20230000403.001.U", &[O::Root]),
        (
            "1.2.156.3005.2.11100000000013338W11.11430000006122244L.20230000403.001.",
            &[O::TypeCodeLength { found: 20 }, O::CheckForm],
        ),
        ("1.2.156.3005.2.11100000000013338W0-1.11430000006122244L.20230000403.001.U", &[O::TypeSequence]),
        (
            "1.2.156.3005.2.11100000000013338W011.11430000006122244L0.1.001.-",
            &[O::IssuerLength { found: 19 }, O::CheckForm],
        ),
        ("1.2.156.3005.2.11100000000013338W011..20230000403.001.UU", &[O::IssuerLength { found: 0 }, O::CheckForm]),
        ("1.2.156.3005.2.11100000000013338W011.11430000006122244L..001.-", &[O::SerialEmpty, O::CheckForm]),
        ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.2023a.001.U", &[O::SerialCharacter]),
        ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.1.u", &[O::VersionForm, O::CheckForm]),
        ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.000.?", &[O::VersionZero, O::CheckForm]),
        (
            "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.V",
            &[O::Check { expected: 'U', found: 'V' }],
        ),
        (" 1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U", &[O::Root]),
    ];
    for (text, expected) in cases {
        assert_eq!(offences(text), expected, "{text}");
    }
    assert_eq!(offences(&"1.".repeat(1 << 20)), [O::TooLong]);
}

#[test]
fn offences_of_both_bodies_and_the_check_show_at_once() {
    use CreditCodeOffence::Check;
    let found = offences("1.2.156.3005.2.11100000000013338X011.11430000006122244M.20230000403.001.U");
    assert!(
        matches!(
            found[..],
            [
                IdentifierOffence::DefiningBody(Check { expected: 'W', found: 'X' }),
                IdentifierOffence::IssuingBody(Check { expected: 'L', found: 'M' }),
                IdentifierOffence::Check { found: 'U', .. },
            ]
        ),
        "{found:?}"
    );
}

#[test]
fn versions_end() {
    assert_eq!("999".parse::<Version>().unwrap().next(), None);
    assert_eq!("041".parse::<Version>().unwrap().to_string(), "041");
}
