use super::*;
use crate::licence::{
    codes::{CitizenNumberOffence, CreditCodeOffence},
    identifier::IdentifierOffence,
    name::NameOffence,
};
use MetadataOffence as O;

const IDENTIFIER: &str = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The smallest licence, with changes: a name there is replaced, else added.
fn with(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut list = pairs(&[
        ("ZZBS", IDENTIFIER),
        ("ZZLXMC", "建筑业企业资质证书"),
        ("ZZBFJG", "某省住房和城乡建设厅"),
        ("ZZBFRQ", "20230105"),
        ("CZZT", "某建筑有限公司"),
    ]);
    for (name, value) in pairs(changes) {
        match list.iter_mut().find(|(known, _)| *known == name) {
            Some(pair) => pair.1 = value,
            None => list.push((name, value)),
        }
    }
    list
}

fn offences(changes: &[(&str, &str)]) -> Vec<O> {
    Metadata::read(&with(changes)).err().unwrap_or_default()
}

#[test]
fn all_elements_there_and_back_under_each_naming() {
    let full = with(&[
        ("ZZLXDM", "11100000000013338W011"),
        ("ZZMC", "建筑业企业资质证书"),
        ("ZZBH", "D243000001"),
        ("certificateVersion", "001"),
        ("ZZBFJGDM", "11430000006122244L"),
        ("certificateDefineAuthorityName", "住房和城乡建设部"),
        ("certificateDefineAuthorityCode", "11100000000013338W"),
        ("CZZTDM", "91320115MA202UKD7X"),
        ("CZZTDMLX", "统一社会信用代码"),
        ("CZZTDMLXDM", "001"),
        ("ZZYXQQSRQ", "2023年1月5日"),
        ("ZZYXQJZRQ", "2028-01-04"),
        ("certificateValidityRange", "5年"),
        ("certificateAreaCode", "430000"),
        ("relatedItemName", "建筑业企业资质认定"),
        ("relatedItemCode", "000117001000"),
        ("ZZQZR", "经办人"),
        ("ZZQZSJ", "20230105103000"),
        ("ZZQZMC", "某省住房和城乡建设厅"),
        ("CJSJ", "20230105102959"),
        ("JZJZZSJ", "20230201000000"),
        ("JZJZZZ", "某窗口"),
        ("JZJZZSY", "招标投标"),
        ("JZJYXQJZSJ", "20230201235959"),
        ("KZ_JZJSYDW", "某交易中心"),
        ("KZ_JZJBH", "0123456789ABCDEF"),
        ("extendInfo", "{}"),
        ("associatedZzeCertID", IDENTIFIER),
        ("KZ_ZCZB", " 1000万元 "),
        ("Theme", "x"),
    ]);
    let read = Metadata::read(&full).unwrap();
    assert_eq!(read.valid_until, Some(Expiry::After(Day::new(2028, 1, 4).unwrap())));
    assert_eq!(read.sealed_at.map(|at| at.to_string()), Some("2023-01-05T02:30:00Z".into()));
    assert_eq!(read.extensions, pairs(&[("KZ_ZCZB", " 1000万元 ")]));
    assert_eq!(read.others, pairs(&[("Theme", "x")]));
    assert!(Element::ALL.iter().all(|element| read.written(*element).is_some()));
    for naming in [Naming::Short, Naming::Long, Naming::Chinese] {
        assert_eq!(Metadata::read(&read.to_pairs(naming)), Ok(read.clone()), "{naming:?}");
    }
    assert!(!format!("{read:?}").contains("91320115MA202UKD7X"));
}

#[test]
fn smallest_licence_takes_the_rest_from_the_identifier() {
    let read = Metadata::read(&with(&[])).unwrap();
    assert_eq!(read.type_code.as_str(), "11100000000013338W011");
    assert_eq!((read.version, read.issuing_body_code.as_str()), (Version::FIRST, "11430000006122244L"));
    assert_eq!((read.valid_from, read.valid_until, read.copy.as_ref()), (None, None, None));
}

#[test]
fn no_end_and_no_statement_are_two_things() {
    let until = |value| Metadata::read(&with(&[("ZZYXQJZRQ", value)])).unwrap().valid_until;
    assert_eq!(until(""), Some(Expiry::Never));
    assert_eq!(until("长期"), Some(Expiry::Never));
}

#[test]
fn missing_elements_all_at_once() {
    assert_eq!(Metadata::read(&[]), Err(REQUIRED.map(O::Missing).to_vec()));
    assert_eq!(
        offences(&[("CZZT", " "), ("ZZBFRQ", "")]),
        [O::Missing(Element::IssuedOn), O::Missing(Element::Holder)]
    );
}

#[test]
fn names_twice_and_values_at_odds() {
    let mut twice = with(&[]);
    twice.extend(pairs(&[("zzbs", IDENTIFIER), ("KZ_a", "1"), ("kz_A", "1"), ("x", "1"), ("x", "2")]));
    assert_eq!(
        Metadata::read(&twice),
        Err(vec![O::Duplicate { name: "zzbs".into() }, O::Duplicate { name: "kz_A".into() }])
    );
    assert_eq!(offences(&[("certificateHolderName", "某建筑有限公司")]), []);
    assert_eq!(
        offences(&[("certificateHolderName", "另一家公司")]),
        [O::NamesDisagree { element: Element::Holder, first: "CZZT".into(), second: "certificateHolderName".into() }]
    );
}

#[test]
fn elements_that_contradict_the_identifier() {
    let found = offences(&[
        ("ZZLXDM", "11100000000013338W012"),
        ("certificateVersion", "002"),
        ("ZZBFJGDM", "11330105002500287C"),
        ("certificateDefineAuthorityCode", "11100000000013661B"),
    ]);
    let elements = [Element::TypeCode, Element::Version, Element::IssuingBodyCode, Element::DefiningBodyCode];
    assert_eq!(found, elements.map(O::ContradictsIdentifier));
    assert_eq!(offences(&[("ZZLXDM", "011")]), [O::TypeCode(IdentifierOffence::TypeCodeLength { found: 3 })]);
    assert_eq!(offences(&[("certificateVersion", "1")]), [O::Version(IdentifierOffence::VersionForm)]);
    assert_eq!(
        offences(&[("ZZBS", &IDENTIFIER.replace(".U", ".V"))]),
        [O::Identifier {
            element: Element::Identifier,
            offence: IdentifierOffence::Check { expected: 'U', found: 'V' }
        }]
    );
}

#[test]
fn dates_and_times() {
    use crate::base::DayError;
    assert_eq!(
        offences(&[("ZZBFRQ", "20230230")]),
        [O::Day { element: Element::IssuedOn, offence: DayError::NoSuchDay { year: 2023, month: 2, day: 30 } }]
    );
    assert_eq!(
        offences(&[("ZZYXQJZRQ", "永久")]),
        [O::Day { element: Element::ValidUntil, offence: DayError::Format }]
    );
    assert_eq!(offences(&[("ZZYXQQSRQ", "20230105"), ("ZZYXQJZRQ", "20230104")]), [O::PeriodInverted]);
    assert_eq!(offences(&[("ZZYXQQSRQ", "20230105"), ("ZZYXQJZRQ", "20230105")]), []);
    for time in ["2023010510300", "20230105240000", "20230230000000", "2023-01-05 10:30", "２０２３"] {
        assert_eq!(offences(&[("CJSJ", time)]), [O::Time(Element::CreatedAt)], "{time}");
    }
}

#[test]
fn holders() {
    let credit = |code| offences(&[("CZZTDM", code), ("CZZTDMLXDM", "001")]);
    assert_eq!(credit("91320115MA202UKD7X"), []);
    assert_eq!(credit("91320115MA202UKD7X，11100000000013338W"), []);
    let wrong = CreditCodeOffence::Check { expected: 'X', found: 'Y' };
    assert_eq!(credit("91320115MA202UKD7Y"), [O::HolderCreditCode(wrong)]);
    assert_eq!(
        offences(&[("CZZTDM", "110105194912310021"), ("CZZTDMLX", "公民身份号码")]),
        [O::HolderCitizenNumber(CitizenNumberOffence::Check)]
    );
    assert_eq!(offences(&[("CZZTDM", "anything"), ("CZZTDMLXDM", "999")]), []);
    assert_eq!(offences(&[("CZZTDMLXDM", "112")]), [O::HolderCodeTypeUnknown]);
    assert_eq!(offences(&[("CZZTDMLXDM", "001"), ("CZZTDMLX", "公民身份号码")]), [O::HolderCodeTypesDisagree]);
    assert_eq!(
        offences(&[("CZZT", "张\u{e001}")]),
        [O::Holder(NameOffence::PrivateUse { position: 2, code_point: 0xe001 })]
    );
}

#[test]
fn annotated_copies_are_whole() {
    assert_eq!(
        offences(&[("JZJZZSY", "招标投标"), ("JZJYXQJZSJ", "20230201235959")]),
        [O::CopyIncomplete(Element::CopyCreatedAt), O::CopyIncomplete(Element::CopyCreator)]
    );
    let whole = |expires| {
        offences(&[("JZJZZSJ", "20230201000000"), ("JZJZZZ", "甲"), ("JZJZZSY", "乙"), ("JZJYXQJZSJ", expires)])
    };
    assert_eq!(whole("20230131235959"), [O::CopyPeriodInverted]);
    assert_eq!(whole("20230201000000"), []);
    // for whom alone says that it is a copy, and not for what
    assert_eq!(offences(&[("KZ_JZJSYDW", "某交易中心")]).len(), 4);
}

#[test]
fn too_much_is_named() {
    let many = vec![("x".to_owned(), String::new()); 1025];
    assert_eq!(Metadata::read(&many), Err(vec![O::TooMany { limit: 1024 }]));
    let long = "x".repeat(65_537);
    assert_eq!(offences(&[("extendInfo", &long)]), [O::TooLong { name: "extendInfo".into(), limit: 65_536 }]);
    assert_eq!(offences(&[("certificateAreaCode", "43")]), [O::Area(crate::licence::codes::RegionCodeOffence::Form)]);
}

#[test]
fn marks_of_a_licence() {
    assert!(marks_a_licence(["x", " zzbs "].into_iter()));
    assert!(marks_a_licence(["证照编号"].into_iter()));
    assert!(!marks_a_licence(["CJSJ", "CZZT", "KZ_x"].into_iter()));
}
