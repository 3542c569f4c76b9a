//! How a document shows that it is a licence: metadata of GB/T 36903 in
//! `DocInfo/CustomDatas`, under the short names (pinyin initials), the long
//! ones, or in Chinese.

use crate::licence::metadata::marks_a_licence;

/// Whether a name that only a licence carries is there: identifier, type name
/// or code, name, number, issuing body; case does not count.
pub(super) fn has_metadata(custom_datas: &[(String, String)]) -> bool {
    marks_a_licence(custom_datas.iter().map(|(name, _)| name.as_str()))
}
