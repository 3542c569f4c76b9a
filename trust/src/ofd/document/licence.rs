//! How a document shows that it is a licence: metadata of GB/T 36903 in
//! `DocInfo/CustomDatas`, under the short names (pinyin initials), the long
//! ones, or in Chinese.

/// Names that only a licence carries: identifier, type, name, number, issuer.
const NAMES: [&str; 18] = [
    "ZZBS",
    "ZZLXMC",
    "ZZLXDM",
    "ZZMC",
    "ZZBH",
    "ZZBFJG",
    "certificateIdentifier",
    "certificateTypeName",
    "certificateTypeCode",
    "certificateName",
    "certificateNumber",
    "certificateIssuingAuthorityName",
    "证照标识",
    "证照类型名称",
    "证照类型代码",
    "证照名称",
    "证照编号",
    "证照颁发机构",
];

/// Whether any of the names is there; case does not count.
pub(super) fn has_metadata(custom_datas: &[(String, String)]) -> bool {
    custom_datas.iter().any(|(name, _)| NAMES.iter().any(|known| name.trim().eq_ignore_ascii_case(known)))
}
