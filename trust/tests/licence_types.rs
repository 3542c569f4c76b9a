//! The three types that ship under `schemas/licence-types`: each is read
//! strictly, and its face has the fields that the paper has.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use yinxin_trust::licence::{
    catalogue::{CatalogueEntry, Disclosure, IssuingForm, NumberRule, ValidityRule},
    metadata::Element,
};

const BUSINESS: &str = include_str!("../../schemas/licence-types/business-licence.json");
const FOOD: &str = include_str!("../../schemas/licence-types/food-operation-licence.json");
const CONSTRUCTION: &str = include_str!("../../schemas/licence-types/construction-qualification.json");

/// Chinese titles in the order of the face.
fn titles(entry: &CatalogueEntry) -> Vec<&str> {
    let property = |name: &str| entry.schema()["properties"][name]["title"].as_str().unwrap();
    entry.fields.iter().map(|field| property(&field.name)).collect()
}

#[test]
fn business_licence() {
    let entry = CatalogueEntry::parse(BUSINESS).unwrap();
    assert_eq!(entry.title.zh, "营业执照");
    assert_eq!(
        titles(&entry).join(" "),
        "统一社会信用代码 名称 类型 法定代表人 注册资本 成立日期 住所 经营范围 登记机关 登记日期"
    );
    assert_eq!((entry.number_rule, entry.validity_rule), (NumberRule::HolderCode, ValidityRule::LongTerm));
}

#[test]
fn food_operation_licence() {
    let entry = CatalogueEntry::parse(FOOD).unwrap();
    assert_eq!(entry.title.zh, "食品经营许可证");
    assert_eq!(
        titles(&entry).join(" "),
        "经营者名称 统一社会信用代码 法定代表人（负责人） 住所 经营场所 主体业态 经营项目 许可证编号 有效期至 \
         投诉举报电话 发证机关 签发人 发证日期"
    );
    assert_eq!(entry.validity_rule, ValidityRule::Years(5));
    assert_eq!(entry.number_rule.check("JY13201150000427", ""), Ok(()));
    assert_eq!(entry.field_that_fills(Element::Number).unwrap().name, "licence_number");
}

#[test]
fn construction_qualification() {
    let entry = CatalogueEntry::parse(CONSTRUCTION).unwrap();
    assert_eq!(entry.title.zh, "建筑业企业资质证书");
    assert_eq!(
        titles(&entry).join(" "),
        "企业名称 统一社会信用代码 法定代表人 注册地址 资质类别及等级 证书编号 有效期 发证机关 发证日期"
    );
    assert_eq!(entry.validity_rule, ValidityRule::Stated);
    assert_eq!(entry.number_rule.check("D243000001", ""), Ok(()));
}

#[test]
fn what_all_three_have() {
    for json in [BUSINESS, FOOD, CONSTRUCTION] {
        let entry = CatalogueEntry::parse(json).unwrap();
        assert!(entry.is_unverified(), "{}: the list is from memory", entry.title.en);
        assert_eq!(entry.issuing_form, IssuingForm::PaperOnDemand);
        for element in [Element::Holder, Element::HolderCode, Element::IssuingBody, Element::IssuedOn] {
            assert!(entry.field_that_fills(element).is_some(), "{}: {element}", entry.title.en);
        }
        // names of people are never public as a whole
        for name in ["legal_representative", "signatory"] {
            let public = entry.field(name).is_some_and(|field| field.disclosure == Disclosure::Public);
            assert!(!public, "{}: {name}", entry.title.en);
        }
    }
}
