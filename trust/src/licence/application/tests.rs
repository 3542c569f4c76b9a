use super::*;
use serde_json::json;

const BODY: &str = "演示市市场监督管理局";

fn entry(name: &str) -> CatalogueEntry {
    let text = match name {
        "business" => include_str!("../../../../schemas/licence-types/business-licence.json"),
        "food" => include_str!("../../../../schemas/licence-types/food-operation-licence.json"),
        _ => include_str!("../../../../schemas/licence-types/construction-qualification.json"),
    };
    CatalogueEntry::parse(text).unwrap()
}

fn grant() -> Grant {
    let day = Day::new(2026, 11, 22).unwrap();
    Grant {
        body_name: BODY.to_owned(),
        body_code: "11100000MB0143028R".parse().unwrap(),
        region: "330100".parse().unwrap(),
        issued_on: day,
        begins: day,
    }
}

fn read(entry: &CatalogueEntry, data: Value) -> Result<Application, Vec<ApplicationOffence>> {
    let Value::Object(data) = data else { panic!("an object") };
    let choices = BTreeMap::from([("issuing_level".to_owned(), "3".to_owned())]);
    Application::read(entry, &Given { data: &data, holder_code_type: None, choices: &choices }, &grant())
}

fn food() -> Value {
    json!({
        "operator_name": "演示市小满面馆",
        "credit_code": "11100000MB0143028R",
        "legal_representative": "李守国",
        "domicile": "演示市新塘区样例路 18 号",
        "business_premises": "演示市新塘区样例路 18 号",
        "main_business_form": "餐饮服务经营者",
        "business_items": "热食类食品制售",
        "licence_number": "JY23301000000017",
        "complaint_telephone": "12315",
        "signatory": "王安",
    })
}

#[test]
fn what_the_rules_know_is_filled_in() {
    let application = read(&entry("food"), food()).unwrap();
    let data = application.data();
    assert_eq!(data["issuing_body"], BODY);
    assert_eq!(data["issued_on"], "2026-11-22");
    assert_eq!(data["valid_until"], "2031-11-21");
    assert_eq!(application.until(), Expiry::After(Day::new(2031, 11, 21).unwrap()));
    assert!(!application.needs_sequence());
}

#[test]
fn a_composed_number_takes_its_sequence() {
    let entry = entry("construction");
    let mut application = read(
        &entry,
        json!({
            "enterprise_name": "演示建设有限公司", "credit_code": "11100000MB0143028R", "legal_representative": "王安",
            "registered_address": "演示市", "qualifications": "建筑工程施工总承包三级", "valid_until": "2031-11-21",
        }),
    )
    .unwrap();
    assert!(application.needs_sequence());
    assert_eq!(application.data()["certificate_number"], "D333000001");
    assert_eq!(application.numbered(&entry, &grant(), 417), Ok("D333000417".to_owned()));
    assert_eq!(application.data()["certificate_number"], "D333000417");
    assert_eq!(application.numbered(&entry, &grant(), 1_000_000), Err(NumberOffence::SequenceUsedUp));
}

#[test]
fn the_metadata_reads_back() {
    let entry = entry("food");
    let mut application = read(&entry, food()).unwrap();
    let number = application.numbered(&entry, &grant(), 0).unwrap();
    let identifier = LicenceIdentifier::build(
        &entry.type_code,
        &grant().body_code,
        "000000001",
        crate::licence::identifier::Version::FIRST,
    )
    .unwrap();
    let at = Moment::from_utc(2026, 11, 22, 1, 2, 3).unwrap();
    let metadata = application.metadata(&entry, &grant(), &identifier, &number, at).unwrap();
    assert_eq!(metadata.number.as_deref(), Some("JY23301000000017"));
    assert_eq!(metadata.created_at, Some(at));
    assert_eq!(Metadata::read(&metadata.to_pairs(Naming::Short)), Ok(metadata));
}

#[test]
fn every_offence_is_named_at_once() {
    let mut data = food();
    data["credit_code"] = "11100000MB0143028A".into();
    data["domicile"] = "演示市\u{e863}路".into();
    data["valid_until"] = "2030-01-01".into();
    data["issuing_body"] = "别的局".into();
    data["licence_number"] = "JY4".into();
    data["colour"] = "red".into();
    data["operator_name"] = "".into();
    let offences = read(&entry("food"), data).unwrap_err();
    let mut named: Vec<_> = offences.iter().map(|o| (o.field.as_str(), o.fault.code())).collect();
    named.sort_unstable();
    let mut expected = vec![
        ("colour", "unknown_field"),
        ("credit_code", "credit_code"),
        ("domicile", "character"),
        ("issuing_body", "differs"),
        ("licence_number", "number"),
        ("operator_name", "missing"),
        ("valid_until", "validity"),
    ];
    expected.sort_unstable();
    assert_eq!(named, expected);
    for offence in &offences {
        let sentence = offence.fault.sentence();
        assert!(sentence.zh.ends_with('。') && !sentence.en.is_empty(), "{offence}");
    }
}

#[test]
fn texts_are_in_nfc_and_scalars() {
    let mut data = food();
    data["signatory"] = "Zoe\u{308}".into();
    assert_eq!(read(&entry("food"), data.clone()).unwrap().data()["signatory"], "Zo\u{eb}");
    data["signatory"] = json!(["a"]);
    let offences = read(&entry("food"), data).unwrap_err();
    assert_eq!(offences[0].fault, FieldFault::NotScalar);
}
