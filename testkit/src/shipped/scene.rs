//! What the shipped files share: who stamps, and the licence.

use crate::{
    crl::{Entry, List},
    licence::{credit_code, identifier},
    moment,
    ofd::{Document, Line, Text},
    pki::{Certificate, Period, Pki},
};
use yinxin_trust::base::Moment;

/// The made-up body whose stamp the files bear.
pub(super) const BODY: &str = "演示市市场监督管理局";
const INK: (u8, u8, u8) = (26, 33, 37);
const GOLD: (u8, u8, u8) = (154, 116, 49);

/// The PKI behind `anchors.pem`; certificates from 2024 to 2035.
pub fn pki() -> Pki {
    Pki::new("examples", BODY, Period::years(2024, 2035))
}

/// A forger's own PKI under the same names.
pub fn forger() -> Pki {
    Pki::new("a forger's kitchen", BODY, Period::years(2024, 2035))
}

/// When everything was stamped: 2026-06-01 10:00 in Beijing.
pub(super) fn stamped_at() -> Moment {
    moment("2026-06-01T02:00:00Z")
}

/// `anchors.pem`: the root and the two authorities below it, each with its
/// revocation list, on which nobody stands.
pub fn anchors_pem(pki: &Pki) -> String {
    anchors_with(pki, moment("2026-06-01T00:00:00Z"), Vec::new(), Vec::new())
}

/// The same with lists of another time, on which these stampers and makers stand.
pub(super) fn anchors_with(pki: &Pki, at: Moment, stampers: Vec<Entry>, makers: Vec<Entry>) -> String {
    let about = |certificate: &Certificate, entries: Vec<Entry>| {
        let list = List::of(certificate, at, moment("2035-12-31T23:59:59Z")).with(entries);
        format!("{}{}", certificate.to_pem(), list.to_pem())
    };
    format!(
        "# Made-up certificates for examples and tests. NEVER FOR PRODUCTION:\n\
         # everybody can compute the private keys behind them.\n\
         # 示例与测试用的虚构证书，任何人都能算出其私钥，严禁用于生产环境。\n\
         #\n\
         # Behind each certificate stands its revocation list (X509 CRL). So that the examples\n\
         # work years later, these lists hold until 2035; real ones hold for hours or days.\n\
         # 每张证书后面是它的撤销名单。为使示例多年后仍可用，名单有效到 2035 年；真实名单只管几小时到几天。\n\
         \n# root / 根证书\n# use: time-stamp\n{}\
         \n# issues to those who stamp / 签章者证书机构\n# use: signer\n{}\
         \n# issues to seal makers / 制章者证书机构\n# use: seal-maker\n{}",
        about(&pki.root, Vec::new()),
        about(&pki.stamper_authority, stampers),
        about(&pki.maker_authority, makers)
    )
}

/// A licence page of one A4 sheet, with its metadata (GB/T 36903).
pub fn licence_document() -> Document {
    let facts = Facts::new();
    let rows = [
        ("经营者名称", "演示市小满面馆（个体工商户）".to_owned()),
        ("统一社会信用代码", facts.holder.clone()),
        ("法定代表人（负责人）", "李守国".to_owned()),
        ("住　　所", "演示市新塘区样例路 18 号".to_owned()),
        ("经营场所", "演示市新塘区样例路 18 号一层 102 室".to_owned()),
        ("主体业态", "餐饮服务经营者（小型餐馆）".to_owned()),
        ("经营项目", "热食类食品制售；冷食类食品制售；自制饮品制售".to_owned()),
        ("有效期至", "2031 年 5 月 31 日".to_owned()),
    ];
    let text = |x: f64, y: f64, size: f64, text: &str| Text { x, y, size, colour: INK, text: text.to_owned() };
    let mut page = vec![
        text(81.5, 46.0, 18.0, "食品经营许可证"),
        text(139.0, 58.0, 6.0, "正　本"),
        text(105.0, 68.0, 5.0, &format!("许可证编号：{}", facts.number)),
    ];
    for (row, (label, value)) in rows.iter().enumerate() {
        let y = 82.0 + 10.0 * row as f64;
        page.push(Text { colour: GOLD, ..text(34.0, y, 5.0, label) });
        page.push(text(90.0, y, 5.5, value));
    }
    page.push(text(172.0, 166.0, 5.5, &format!("发证机关：{BODY}")));
    page.push(text(190.0, 176.0, 5.5, "2026 年 6 月 1 日"));
    page.push(text(34.0, 176.0, 3.6, "电子证照标识"));
    page.push(text(34.0, 182.0, 3.2, &facts.identifier));
    let template_text = Text { colour: GOLD, ..text(217.0, 190.0, 4.0, "演示样张　不作证明") };
    let metadata = facts.metadata();
    let json: serde_json::Map<String, serde_json::Value> =
        metadata.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    let json = serde_json::to_vec_pretty(&json).expect("text is JSON");
    Document {
        title: "食品经营许可证（演示样张）".to_owned(),
        page: (297, 210),
        pages: vec![page],
        template: Some((vec![template_text], vec![frame(9.0, 0.9), frame(16.5, 0.3), frame(18.6, 0.2)])),
        custom_datas: metadata,
        attachments: vec![("licence.json".to_owned(), json)],
        ..Document::titled("")
    }
}

/// A rectangle this far from the edges of the sheet.
fn frame(inset: f64, width: f64) -> Line {
    let (right, bottom) = (297.0 - inset, 210.0 - inset);
    Line {
        path: format!("M {inset} {inset} L {right} {inset} L {right} {bottom} L {inset} {bottom} C"),
        width,
        colour: GOLD,
    }
}

/// Codes of the made-up licence; region 990000 does not exist.
struct Facts {
    kind: String,
    body: String,
    holder: String,
    number: String,
    identifier: String,
}

impl Facts {
    fn new() -> Self {
        let kind = format!("{}001", credit_code("11990000", "MB00DEM0"));
        let body = credit_code("11990000", "MB00DEM1");
        let holder = credit_code("92990000", "MA00DEM2");
        let number = "JY29900990001174".to_owned();
        let identifier = identifier(&kind, &body, &number, "001");
        Self { kind, body, holder, number, identifier }
    }

    fn metadata(&self) -> Vec<(String, String)> {
        [
            ("ZZBS", self.identifier.as_str()),
            ("ZZLXMC", "食品经营许可证"),
            ("ZZLXDM", &self.kind),
            ("ZZMC", "食品经营许可证"),
            ("ZZBH", &self.number),
            ("ZZBFJG", BODY),
            ("ZZBFJGDM", &self.body),
            ("ZZBFRQ", "20260601"),
            ("CZZT", "演示市小满面馆（个体工商户）"),
            ("CZZTDM", &self.holder),
            ("CZZTDMLX", "统一社会信用代码"),
            ("CZZTDMLXDM", "001"),
            ("ZZYXQQSRQ", "20260601"),
            ("ZZYXQJZRQ", "20310531"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }
}
