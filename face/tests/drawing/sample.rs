//! The shipped faces with licences of made-up holders. Shared with the bench.

use std::{collections::BTreeMap, sync::Arc};
use yinxin_face::{CodeAddress, Content, CopyMark, Face, Fonts, Photo, outlined_seal};
use yinxin_testkit::{licence, moment};
use yinxin_trust::{
    licence::{catalogue::CatalogueEntry, metadata::Metadata},
    seal::make::{RoundSeal, SealPicture},
};

pub(crate) const FOOD: (&str, &str) = (
    include_str!("../../../schemas/faces/food-operation-licence.toml"),
    include_str!("../../../schemas/licence-types/food-operation-licence.json"),
);
pub(crate) const BUSINESS: (&str, &str) = (
    include_str!("../../../schemas/faces/business-licence.toml"),
    include_str!("../../../schemas/licence-types/business-licence.json"),
);
pub(crate) const CONSTRUCTION: (&str, &str) = (
    include_str!("../../../schemas/faces/construction-qualification.toml"),
    include_str!("../../../schemas/licence-types/construction-qualification.json"),
);

/// One licence ready to be drawn.
pub(crate) struct Sample {
    pub(crate) face: Face,
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) metadata: Metadata,
    pub(crate) code: CodeAddress,
    pub(crate) seal: SealPicture,
    pub(crate) photo: Option<Photo>,
}

pub(crate) fn entry(json: &str) -> CatalogueEntry {
    CatalogueEntry::parse(json).unwrap()
}

pub(crate) fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

impl Sample {
    pub(crate) fn new((face, json): (&str, &str), body: &str, serial: &str, fields: &[(&str, &str)]) -> Self {
        let (fonts, entry) = (Arc::new(Fonts::shipped()), entry(json));
        let face = Face::parse(face, &entry, &fonts).unwrap();
        let body_code = licence::credit_code("11990000", "MB0DEM01");
        let identifier = licence::identifier(entry.type_code.as_str(), &body_code, serial, "001");
        let holder = &fields[0].1;
        let pairs = [
            ("ZZBS", identifier.as_str()),
            ("ZZLXMC", &entry.title.zh),
            ("ZZBH", serial),
            ("ZZBFJG", body),
            ("ZZBFRQ", "20261120"),
            ("CZZT", holder),
        ];
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let seal = RoundSeal {
            name: body.to_owned(),
            purpose: "电子证照专用章".to_owned(),
            foot_code: "3399990000117".to_owned(),
            diameter_mm: 42,
        };
        Self {
            face,
            values: values(fields),
            metadata: Metadata::read(&pairs).unwrap(),
            code: "HTTPS://YX.EXAMPLE.GOV.CN/C/AEBAGBAFAYDQQCIKBMGA2DQPCA".parse().unwrap(),
            seal: outlined_seal(&seal, &fonts).unwrap(),
            photo: None,
        }
    }

    pub(crate) fn food() -> Self {
        Self::new(
            FOOD,
            "演示市市场监督管理局",
            "JY23399990001174",
            &[
                ("operator_name", "演示市小满面馆（个体工商户）"),
                ("credit_code", "92990000MA00DEM01X"),
                ("legal_representative", "李守国"),
                ("domicile", "演示市新塘区样例路18号"),
                ("business_premises", "演示市新塘区样例路18号一层102室"),
                ("main_business_form", "餐饮服务经营者（小型餐馆）"),
                ("business_items", "热食类食品制售；\n冷食类食品制售（不含生食水产）；\n自制饮品制售"),
                ("licence_number", "JY23399990001174"),
                ("valid_until", "2031-11-19"),
                ("complaint_telephone", "12315"),
                ("issuing_body", "演示市市场监督管理局"),
                ("signatory", "周　文"),
                ("issued_on", "2026-11-20"),
            ],
        )
    }

    pub(crate) fn business() -> Self {
        Self::new(
            BUSINESS,
            "演示市市场监督管理局",
            "92990000MA00DEM01X",
            &[
                ("name", "演示市晨光软件有限责任公司"),
                ("credit_code", "91990000MA00DEM03T"),
                ("company_type", "有限责任公司（自然人投资或控股）"),
                ("legal_representative", "欧阳明月"),
                ("registered_capital", "壹佰万元整"),
                ("established_on", "2019-03-08"),
                ("domicile", "演示市新塘区样例路18号创新大厦12层1203室"),
                (
                    "business_scope",
                    "许可项目：第二类增值电信业务；互联网信息服务（依法须经批准的项目，经相关部门批准后方可开展经营活动，\
                     具体经营项目以审批结果为准）。一般项目：软件开发；信息系统集成服务；数据处理和存储支持服务；\
                     技术服务、技术开发、技术咨询、技术交流、技术转让、技术推广；计算机软硬件及辅助设备零售\
                     （除依法须经批准的项目外，凭营业执照依法自主开展经营活动）。",
                ),
                ("registration_authority", "演示市市场监督管理局"),
                ("registered_on", "2026-11-20"),
            ],
        )
    }

    pub(crate) fn construction() -> Self {
        Self::new(
            CONSTRUCTION,
            "演示省住房和城乡建设厅",
            "D299000001",
            &[
                ("enterprise_name", "演示市安居建筑工程有限公司"),
                ("credit_code", "91990000MA00DEM03T"),
                ("legal_representative", "赵建国"),
                ("registered_address", "演示市新塘区样例路66号"),
                ("qualifications", "建筑工程施工总承包二级\n市政公用工程施工总承包二级\n建筑装修装饰工程专业承包一级"),
                ("certificate_number", "D299000001"),
                ("valid_until", "2031-11-19"),
                ("issuing_body", "演示省住房和城乡建设厅"),
                ("issued_on", "2026-11-20"),
            ],
        )
    }

    /// With another value of a field.
    pub(crate) fn with(mut self, field: &str, value: &str) -> Self {
        self.values.insert(field.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn draw(&self) -> yinxin_face::Drawing {
        self.face.draw(&self.content()).unwrap()
    }

    /// What keeps the licence from being drawn.
    pub(crate) fn offences(&self) -> Vec<yinxin_face::DrawOffence> {
        self.face.draw(&self.content()).map(|_| ()).map_or_else(|error| error.0.all().to_vec(), |()| Vec::new())
    }

    pub(crate) fn content(&self) -> Content<'_> {
        Content {
            values: &self.values,
            photo: self.photo.as_ref(),
            code: &self.code,
            metadata: &self.metadata,
            attachment: b"{\"type\":\"demo\"}",
            disclosure: None,
            at: moment("2026-11-20T02:03:04Z"),
        }
    }

    pub(crate) fn copy(&self) -> CopyMark<'_> {
        CopyMark { words: "副本", code: &self.code, seal: Some(&self.seal), dots_per_inch: 150 }
    }
}
