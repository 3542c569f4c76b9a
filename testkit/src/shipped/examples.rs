//! The examples that a first visitor tries.

use super::scene::{BODY, anchors_pem, forger, licence_document, pki, stamped_at};
use crate::{
    damage::replace,
    ofd::{Annotation, Document, Line, Package, Plan, Text},
    pki::Pki,
    seal::{Seal, Stamp, Version},
};
use std::collections::BTreeMap;

pub(super) fn add(all: &mut BTreeMap<String, Vec<u8>>) {
    let mut put = |name: &str, data: Vec<u8>| all.insert(format!("examples/{name}"), data);
    let genuine = pki();
    let valid = stamped_licence(&genuine);
    put("licence-valid.ofd", valid.to_bytes());
    put("licence-altered.ofd", altered(valid).to_bytes());
    put("invoice-partly-covered.ofd", invoice(&genuine).to_bytes());
    let unsigned = Document { signatures: false, ..licence_document() };
    put("unsigned.ofd", unsigned.package().to_bytes());
    put("self-made-root.ofd", stamped_licence(&forger()).to_bytes());
    put("seal.esl", Seal::of(Version::V4, &genuine).make());
    put("anchors.pem", anchors_pem(&genuine).into_bytes());
}

fn stamped_licence(pki: &Pki) -> Package {
    let seal = Seal::of(Version::V4, pki).make();
    let stamp = Stamp::new(Version::V4, seal, &pki.stamper, stamped_at());
    let annotation = Annotation { page: 10, boundary: "212 139.8 42 42".to_owned() };
    let mut package = licence_document().package();
    package.stamp(&Plan { annotations: vec![annotation], ..Plan::at(stamped_at()) }, &stamp);
    package
}

/// One octet of the page changed: valid until 2039 in place of 2031.
fn altered(mut package: Package) -> Package {
    package.edit("Doc_0/Pages/Page_0/Content.xml", |page| {
        replace(page, "2031 年 5 月".as_bytes(), "2039 年 5 月".as_bytes())
    });
    package
}

/// An invoice as they are in circulation: the template and OFD.xml stand outside the signature.
fn invoice(pki: &Pki) -> Package {
    let ink = (60, 40, 30);
    let text = |x: f64, y: f64, size: f64, text: &str| Text { x, y, size, colour: ink, text: text.to_owned() };
    let line = |path: &str| Line { path: path.to_owned(), width: 0.3, colour: (156, 82, 35) };
    let template = vec![
        text(70.0, 18.0, 6.0, "演示电子普通发票"),
        text(14.0, 38.0, 3.6, "购买方"),
        text(14.0, 58.0, 3.6, "项目名称"),
        text(120.0, 58.0, 3.6, "金额"),
        text(14.0, 108.0, 3.6, "价税合计"),
        text(14.0, 122.0, 3.6, "开票单位"),
        text(150.0, 134.0, 3.0, "演示样张　不作报销凭证"),
    ];
    let page = vec![
        text(150.0, 26.0, 3.6, "发票号码：99000000000000000001"),
        text(150.0, 32.0, 3.6, "开票日期：2026年06月01日"),
        text(40.0, 38.0, 3.6, "演示市小满面馆（个体工商户）"),
        text(14.0, 66.0, 3.6, "*餐饮设备*煮面炉"),
        text(120.0, 66.0, 3.6, "1,880.00"),
        text(40.0, 108.0, 3.6, "壹仟捌佰捌拾圆整　¥1,880.00"),
        text(40.0, 122.0, 3.6, BODY),
    ];
    let document = Document {
        title: "演示电子普通发票".to_owned(),
        page: (210, 140),
        pages: vec![page],
        template: Some((
            template,
            vec![line("M 10 30 L 200 30 L 200 126 L 10 126 C"), line("M 10 50 L 200 50"), line("M 10 100 L 200 100")],
        )),
        ..Document::titled("")
    };
    let seal = Seal { name: format!("{BODY}发票专用章"), size: (30, 30), ..Seal::of(Version::V4, pki) }.make();
    let stamp = Stamp::new(Version::V4, seal, &pki.stamper, stamped_at());
    let plan = Plan {
        uncovered: vec!["OFD.xml".to_owned(), "Doc_0/Tpls/Tpl_0/Content.xml".to_owned()],
        annotations: vec![Annotation { page: 10, boundary: "160 100 30 30".to_owned() }],
        ..Plan::at(stamped_at())
    };
    let mut package = document.package();
    package.stamp(&plan, &stamp);
    package
}
