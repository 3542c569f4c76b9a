use super::{CatalogueOffence as O, schema::SchemaOffence as S, *};
use crate::{
    base::Day,
    licence::{Expiry, metadata::Element},
};
use serde_json::{Value, json};

const FOOD: &str = include_str!("../../../../schemas/licence-types/food-operation-licence.json");

/// The food licence with members replaced or added, by JSON pointer.
fn with(changes: &[(&str, Value)]) -> Result<CatalogueEntry, CatalogueError> {
    let mut entry: Value = serde_json::from_str(FOOD).unwrap();
    for (pointer, value) in changes {
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        match entry.pointer_mut(parent).unwrap() {
            Value::Array(list) => list[member.parse::<usize>().unwrap()] = value.clone(),
            object => object[member] = value.clone(),
        }
    }
    CatalogueEntry::parse(&entry.to_string())
}

fn offences(changes: &[(&str, Value)]) -> Vec<O> {
    match with(changes) {
        Err(CatalogueError::Offences(offences)) => offences.all().to_vec(),
        other => panic!("{other:?}"),
    }
}

fn one(pointer: &str, value: Value) -> Vec<O> {
    offences(&[(pointer, value)])
}

fn rule(parts: Value) -> Vec<O> {
    one("/number_rule", json!({ "kind": "parts", "parts": parts }))
}

#[test]
fn strict_about_members_and_words() {
    for (pointer, value) in [
        ("/colour", json!("red")),
        ("/fields/0/colour", json!("red")),
        ("/number_rule/colour", json!("red")),
        ("/number_rule/parts/0/colour", json!("red")),
        ("/validity_rule", json!({ "kind": "long_term", "years": 5 })),
        ("/issuing_form", json!("paper")),
        ("/fields/0/disclosure", json!("secret")),
        ("/in_force_from", json!("20260101")),
        ("/revision", json!(-1)),
        ("/title", json!("食品经营许可证")),
    ] {
        assert!(matches!(with(&[(pointer, value)]), Err(CatalogueError::Json(_))), "{pointer}");
    }
    assert!(matches!(CatalogueEntry::parse("{"), Err(CatalogueError::Json(_))));
    assert!(matches!(CatalogueEntry::parse(&"[".repeat(100_000)), Err(CatalogueError::Json(_))));
    assert_eq!(CatalogueEntry::parse(&" ".repeat((1 << 20) + 1)), Err(CatalogueError::TooLong));
}

#[test]
fn offences_of_the_type() {
    assert!(matches!(one("/type_code", json!("11100000MB0143028R"))[..], [O::TypeCode(_)]));
    assert_eq!(one("/revision", json!(0)), [O::Revision]);
    assert_eq!(one("/title/en", json!(" ")), [O::Text { member: "title.en".into(), limit: 200 }]);
    assert!(matches!(one("/defining_body/code", json!("1"))[..], [O::CreditCode { .. }]));
    assert_eq!(one("/defining_body/code", json!("11100000000013338W")), [O::DefiningBodyDiffers]);
    assert_eq!(one("/holder_code_types", json!(["001", "112"])), [O::HolderCodeType { code: "112".into() }]);
    for types in [json!([]), json!(["001", "001"]), json!(["111"])] {
        assert_eq!(one("/holder_code_types", types), [O::HolderCodeTypes]);
    }
    assert_eq!(one("/issuing_levels", json!(["city", "city"])), [O::IssuingLevels]);
    assert_eq!(one("/face", json!("../x")), [O::Face]);
    let many = offences(&[("/revision", json!(0)), ("/face", json!(""))]);
    assert_eq!(many, [O::Revision, O::Face]);
}

#[test]
fn issuing_bodies_in_their_time() {
    let body = |from: &str, until: Value| json!({ "name": "某局", "code": "11430000006122244L", "from": from, "until": until });
    let two = json!([body("2027-01-01", json!(null)), body("2026-01-01", json!("2026-06-30"))]);
    let entry = with(&[("/issuing_bodies", two)]).unwrap();
    for (on, issues) in [
        ("2025-12-31", false),
        ("2026-01-01", true),
        ("2026-06-30", true),
        ("2026-07-01", false),
        ("2027-01-01", true),
        ("2099-01-01", true),
    ] {
        let on = Day::parse(on).unwrap();
        assert_eq!(entry.issuing_body("11430000006122244L", on).is_some(), issues, "{on}");
        assert_eq!(entry.issuing_body("11330105002500287C", on), None);
    }
    let overlap = json!([body("2026-01-01", json!("2026-06-30")), body("2026-06-30", json!(null))]);
    assert!(matches!(one("/issuing_bodies", overlap)[..], [O::IssuingBodyTwice { .. }]));
    let inverted = json!([body("2026-01-02", json!("2026-01-01"))]);
    assert!(matches!(one("/issuing_bodies", inverted)[..], [O::IssuingBodyPeriod { .. }]));
}

#[test]
fn offences_of_fields() {
    let found = one("/fields", json!([]));
    assert_eq!(found.first(), Some(&O::FieldCount { limit: 200 }));
    assert_eq!(one("/fields/3/name", json!("Domicile"))[0], O::FieldName { name: "Domicile".into() });
    assert_eq!(one("/fields/3/name", json!("operator_name"))[0], O::FieldTwice { name: "operator_name".into() });
    let mask = json!({ "keep_first": 0, "keep_last": 17 });
    assert_eq!(one("/fields/3/mask", mask.clone()), [O::Mask { name: "domicile".into() }]);
    assert_eq!(one("/fields/3/disclosure", json!("masked")), [O::Mask { name: "domicile".into() }]);
    assert_eq!(one("/fields/2/mask", mask), [O::MaskKeeps { name: "legal_representative".into(), limit: 16 }]);
    let unknown = O::Element { name: "domicile".into(), element: "ZZXX".into() };
    assert_eq!(one("/fields/3/fills", json!("ZZXX")), [unknown]);
    assert_eq!(one("/fields/3/fills", json!("CZZT")), [O::ElementTwice { element: Element::Holder }]);
    assert_eq!(one("/fields/3/fills", json!("ZZBS")), [O::ElementComputed { element: Element::Identifier }]);
    assert_eq!(one("/fields/0/fills", json!(null)), [O::ElementUnfilled { element: Element::Holder }]);
}

#[test]
fn offences_of_the_schema() {
    let schema = |pointer: &str, value: Value| match &one(&format!("/schema{pointer}"), value)[..] {
        [O::Schema(offence)] => offence.clone(),
        other => panic!("{pointer}: {other:?}"),
    };
    let name = || "domicile".to_owned();
    assert_eq!(schema("", json!([])), S::NoObject);
    assert_eq!(schema("/$schema", json!("http://json-schema.org/draft-07/schema#")), S::Draft);
    assert_eq!(schema("/additionalProperties", json!(true)), S::Open);
    assert_eq!(schema("/title", json!("")), S::Title { place: "the schema".into() });
    assert_eq!(schema("/unverified", json!("yes")), S::Unverified);
    assert_eq!(
        schema("/$ref", json!("https://example.org/x")),
        S::Member { place: "the schema".into(), member: "$ref".into() }
    );
    assert_eq!(
        schema("/properties/domicile/$ref", json!("#")),
        S::Member { place: "field domicile".into(), member: "$ref".into() }
    );
    assert_eq!(schema("/properties/other", json!({})), S::PropertyWithoutField { name: "other".into() });
    assert_eq!(schema("/properties/domicile", json!(true)), S::FieldWithoutProperty { name: name() });
    assert_eq!(schema("/properties/domicile/title", json!(1)), S::Title { place: "field domicile".into() });
    assert_eq!(schema("/properties/domicile/type", json!("array")), S::Type { name: name() });
    assert_eq!(schema("/properties/domicile/format", json!("uri")), S::Format { name: name() });
    for pattern in [json!("x"), json!("^x"), json!(1)] {
        assert_eq!(schema("/properties/domicile/pattern", pattern), S::Pattern { name: name() });
    }
    for (least, most) in
        [(json!(5), json!(4)), (json!(0), json!(10_001)), (json!(-1), json!(4)), (json!(1), json!(null))]
    {
        let found = offences(&[
            ("/schema/properties/domicile/minLength", least),
            ("/schema/properties/domicile/maxLength", most),
        ]);
        assert_eq!(found, [O::Schema(S::Length { name: name() })]);
    }
    for required in [json!(["other"]), json!(["domicile", "domicile"]), json!("domicile"), json!([1])] {
        assert_eq!(schema("/required", required), S::Required);
    }
}

#[test]
fn numbers_by_rule() {
    let entry = with(&[("/number_rule/parts/4/system", json!("mod11_10"))]).unwrap();
    let inputs = NumberInputs {
        holder_code: "91320115MA202UKD7X",
        region: "320115".parse().unwrap(),
        year: 2026,
        sequence: 42,
        choices: &[("business_form", "2")],
    };
    let number = entry.number_rule.compose(&inputs).unwrap();
    assert!(number.starts_with("JY2320115000042") && number.len() == 16, "{number}");
    let check = |number: &str| entry.number_rule.check(number, "");
    assert_eq!(check(&number), Ok(()));
    assert_eq!(check(&number.replace("JY2", "JY1")), Err(NumberOffence::Check));
    assert_eq!(check(&number.replace("JY2", "JY4")), Err(NumberOffence::Part { part: 2 }));
    assert_eq!(check(&number.replace("JY", "SC")), Err(NumberOffence::Part { part: 1 }));
    assert_eq!(check("JY"), Err(NumberOffence::Length { expected: 16 }));
    assert_eq!(check(&"号".repeat(16)), Err(NumberOffence::Part { part: 1 }));
    let compose = |changed: NumberInputs<'_>| entry.number_rule.compose(&changed).unwrap_err();
    assert_eq!(compose(NumberInputs { sequence: 1_000_000, ..inputs.clone() }), NumberOffence::SequenceUsedUp);
    let missing = NumberOffence::Choice { name: "business_form".into() };
    assert_eq!(compose(NumberInputs { choices: &[], ..inputs.clone() }), missing);
    assert_eq!(compose(NumberInputs { choices: &[("business_form", "9")], ..inputs.clone() }), missing);

    let unknown = with(&[]).unwrap().number_rule;
    assert_eq!(unknown.compose(&inputs), Err(NumberOffence::CheckUnknown));
    assert_eq!(unknown.check("JY13201150000427", ""), Ok(()));
    let holder = NumberRule::HolderCode;
    assert_eq!(holder.compose(&inputs).as_deref(), Ok("91320115MA202UKD7X"));
    assert_eq!(holder.check("1", "2"), Err(NumberOffence::NotTheHolderCode));
}

#[test]
fn offences_of_number_rules() {
    let sequence = json!({ "part": "sequence", "digits": 6 });
    for parts in [
        json!([]),
        json!([{ "part": "year" }]),
        json!([sequence, sequence]),
        json!([{ "part": "sequence", "digits": 19 }]),
        json!([{ "part": "sequence", "digits": 0 }]),
        json!([{ "part": "region", "digits": 3 }, sequence]),
        json!([{ "part": "literal", "text": "" }, sequence]),
        json!([{ "part": "literal", "text": "长".repeat(33) }, sequence]),
        json!([{ "part": "choice", "name": "x", "values": ["1", "22"] }, sequence]),
        json!([{ "part": "choice", "name": "x", "values": [] }, sequence]),
        json!([{ "part": "choice", "name": "x", "values": ["1"] }, { "part": "choice", "name": "x", "values": ["1"] }, sequence]),
        json!([{ "part": "check", "system": "mod11_10" }, sequence]),
    ] {
        assert!(matches!(rule(parts.clone())[..], [O::NumberRule(_)]), "{parts}");
    }
}

#[test]
fn validity_by_rule() {
    let from = Day::new(2026, 3, 1).unwrap();
    let five = Expiry::After(Day::new(2031, 2, 28).unwrap());
    let early = Expiry::After(from.previous().unwrap());
    assert_eq!(ValidityRule::Years(5).expiry(from, None), Ok(five));
    assert_eq!(ValidityRule::Years(5).expiry(from, Some(five)), Ok(five));
    let other = ValidityRule::Years(5).expiry(from, Some(Expiry::Never));
    assert_eq!(other, Err(ValidityOffence::NotByRule { expected: five }));
    assert_eq!(ValidityRule::Years(5).expiry(Day::LAST, None), Err(ValidityOffence::PastTheCalendar));
    assert_eq!(ValidityRule::LongTerm.expiry(from, None), Ok(Expiry::Never));
    assert_eq!(ValidityRule::Stated.expiry(from, Some(five)), Ok(five));
    assert_eq!(ValidityRule::Stated.expiry(from, None), Err(ValidityOffence::Missing));
    assert_eq!(ValidityRule::Stated.expiry(from, Some(early)), Err(ValidityOffence::Inverted));

    assert_eq!(one("/validity_rule/years", json!(0)), [O::ValidityYears]);
    assert!(matches!(one("/validity_rule", json!({ "kind": "long_term" }))[..], [O::ValidityField(_)]));
    let unstated = offences(&[("/validity_rule", json!({ "kind": "stated" })), ("/fields/8/fills", json!(null))]);
    assert!(matches!(unstated[..], [O::ValidityField(_)]));
}
