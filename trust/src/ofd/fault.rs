//! What a package can do wrong, each offence under its own name.

use crate::base::Sentence;
use core::fmt;

/// Which of the two checks of a package an offence fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultCheck {
    /// `package.readable`: the package or an XML file in it cannot be read, or only over budget.
    Readable,
    /// `package.entries`: two readers of the package may see different entries.
    Entries,
}

macro_rules! offences {
    ($($(#[$doc:meta])* $name:ident: $check:ident $code:literal, $zh:literal, $en:literal;)*) => {
        /// One kind of offence. The code is stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Offence {
            $($(#[$doc])* $name,)*
        }

        impl Offence {
            /// Every offence there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable text form.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The check that it fails.
            pub const fn check(self) -> FaultCheck {
                match self { $(Self::$name => FaultCheck::$check,)* }
            }

            const fn words(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($zh, $en),)* }
            }
        }
    };
}

offences! {
    // the container as a whole
    /// No end of central directory record.
    NoEndRecord: Readable "no_end_record", "ZIP 的目录结尾缺失，文件不完整", "the end of the ZIP directory is missing";
    /// The central directory is not where the end record says, or does not parse.
    DirectoryUnreadable: Readable "directory_unreadable", "ZIP 目录无法读取", "the ZIP directory cannot be read";
    /// Spread over several disks.
    MultiDisk: Readable "multi_disk", "ZIP 分卷，无法读取", "the ZIP is spread over several volumes";
    /// More entries than the budget allows.
    TooManyEntries: Readable "too_many_entries", "条目过多，超出限额", "more entries than the budget allows";
    /// Something that could be another end record.
    AmbiguousEnd: Entries "ambiguous_end", "ZIP 有多个可能的目录结尾", "the ZIP has more than one possible end";
    /// Octets after the end record and its comment.
    DataAfterEnd: Entries "data_after_end", "ZIP 结尾之后还有数据", "there is data after the end of the ZIP";
    /// Octets before the first entry.
    DataBeforeFirstEntry: Entries "data_before_first_entry", "第一个条目之前有数据", "there is data before the first entry";
    /// Octets between entries or before the directory that no header declares.
    UndeclaredBytes: Entries "undeclared_bytes", "条目之间有未声明的数据", "there is undeclared data between entries";
    /// The end record counts other than the directory holds.
    EntryCountMismatch: Entries "entry_count_mismatch", "条目数与目录结尾所记不符", "the number of entries is not the one declared";
    /// ZIP64 and classic fields disagree.
    Zip64Mismatch: Entries "zip64_mismatch", "ZIP64 字段与原字段不一致", "ZIP64 and classic fields disagree";
    // names
    /// Two entries of one name.
    DuplicateEntry: Entries "duplicate_entry", "条目重名", "two entries have the same name";
    /// Two names that differ only in case.
    CaseTwin: Entries "case_twin", "条目名仅大小写不同", "two entry names differ only in case";
    /// A name with `..` in it.
    ClimbingName: Entries "climbing_name", "条目名越出文件包", "an entry name climbs out of the package";
    /// A name that begins with `/` or a drive letter.
    AbsoluteName: Entries "absolute_name", "条目名为绝对路径", "an entry name is absolute";
    /// A name with a backslash.
    BackslashInName: Entries "backslash_in_name", "条目名含反斜杠", "an entry name contains a backslash";
    /// A name with a control character.
    ControlInName: Entries "control_in_name", "条目名含控制字符", "an entry name contains a control character";
    /// A name with `.` or empty segments.
    NameNotCanonical: Entries "name_not_canonical", "条目名不是规范形式", "an entry name is not in canonical form";
    /// An empty name.
    EmptyName: Entries "empty_name", "条目名为空", "an entry has no name";
    /// A name over 1024 octets.
    NameTooLong: Entries "name_too_long", "条目名过长", "an entry name is too long";
    // kinds of entries
    /// A symbolic link.
    Symlink: Entries "symlink", "条目是符号链接", "an entry is a symbolic link";
    /// A directory entry that holds data.
    DirectoryWithData: Entries "directory_with_data", "目录条目含有数据", "a directory entry holds data";
    /// Encrypted by means of the ZIP.
    EncryptedEntry: Entries "encrypted_entry", "条目已加密", "an entry is encrypted";
    /// Neither stored nor deflated.
    UnsupportedMethod: Entries "unsupported_method", "条目压缩方法不受支持", "an entry uses an unsupported compression method";
    // budgets
    /// Declared larger than one entry may be.
    EntryTooLarge: Entries "entry_too_large", "条目过大，超出限额", "an entry is larger than the budget allows";
    /// Inflates by more than the ratio.
    RatioTooLarge: Entries "ratio_too_large", "条目压缩比过大", "an entry inflates by more than the budget allows";
    /// All entries together are too large.
    TotalTooLarge: Entries "total_too_large", "展开后总量过大，超出限额", "all entries together are larger than the budget allows";
    /// The same entries were read over and over.
    WorkBudget: Readable "work_budget", "重复读取过多，超出限额", "reading the entries again and again exceeds the budget";
    // directory against local headers
    /// No local header where the directory says.
    LocalHeaderMissing: Entries "local_header_missing", "目录所指位置没有条目", "there is no entry where the directory says";
    /// Another name in the local header.
    LocalNameMismatch: Entries "local_name_mismatch", "条目名与目录不一致", "the local header and the directory name an entry differently";
    /// Another method in the local header.
    LocalMethodMismatch: Entries "local_method_mismatch", "压缩方法与目录不一致", "the local header and the directory give different compression methods";
    /// Another CRC in the local header or data descriptor.
    LocalCrcMismatch: Entries "local_crc_mismatch", "校验值与目录不一致", "the local header and the directory give different checksums";
    /// Other sizes in the local header or data descriptor.
    LocalSizeMismatch: Entries "local_size_mismatch", "长度与目录不一致", "the local header and the directory give different sizes";
    /// Two entries share octets, or one reaches into the directory.
    OverlappingEntries: Entries "overlapping_entries", "条目相互重叠", "entries overlap";
    /// A local entry that the directory does not list.
    UnlistedLocalEntry: Entries "unlisted_local_entry", "存在目录未列出的条目", "there is an entry that the directory does not list";
    // content of entries
    /// The data ends early, or does not inflate.
    DamagedEntry: Entries "damaged_entry", "条目数据损坏", "the data of an entry is damaged";
    /// Not of the declared size.
    SizeMismatch: Entries "size_mismatch", "条目长度与所声明的不符", "an entry is not of its declared size";
    /// Not of the declared CRC.
    CrcMismatch: Entries "crc_mismatch", "条目校验值不符", "an entry does not have its declared checksum";
    // XML
    /// Larger than an XML file may be.
    XmlTooLarge: Readable "xml_too_large", "XML 文件过大", "an XML file is larger than the budget allows";
    /// Not UTF-8.
    XmlEncoding: Readable "xml_encoding", "XML 文件不是 UTF-8 编码", "an XML file is not in UTF-8";
    /// Not well-formed.
    XmlMalformed: Readable "xml_malformed", "XML 文件格式错误", "an XML file is not well-formed";
    /// A document type declaration.
    XmlDoctype: Readable "xml_doctype", "XML 文件含有 DOCTYPE，不予接受", "an XML file has a DOCTYPE, which is not allowed";
    /// An entity that is not predefined.
    XmlEntity: Readable "xml_entity", "XML 文件使用了未定义的实体", "an XML file uses an entity that is not predefined";
    /// An attribute twice in one element.
    XmlDuplicateAttribute: Readable "xml_duplicate_attribute", "XML 元素的属性重复", "an XML element has an attribute twice";
    /// Too many attributes in one element.
    XmlTooManyAttributes: Readable "xml_too_many_attributes", "XML 元素的属性过多", "an XML element has too many attributes";
    /// Nested too deep.
    XmlTooDeep: Readable "xml_too_deep", "XML 嵌套过深", "an XML file is nested too deep";
    /// Too many nodes in all XML files.
    XmlTooManyNodes: Readable "xml_too_many_nodes", "XML 节点过多，超出限额", "the XML files have more nodes than the budget allows";
    /// Another root element, or another namespace.
    XmlRoot: Readable "xml_root", "XML 根元素或命名空间不符", "an XML file has an unexpected root element or namespace";
    // structure
    /// No `OFD.xml`.
    EntryPointMissing: Readable "entry_point_missing", "缺少 OFD.xml", "OFD.xml is missing";
    /// No `DocBody`.
    NoDocumentBody: Readable "no_document_body", "OFD.xml 中没有文档", "OFD.xml has no document body";
    /// Too many bodies and versions.
    TooManyBodies: Readable "too_many_bodies", "文档或版本过多", "there are too many document bodies or versions";
    /// A body without a document that exists.
    DocumentRootMissing: Readable "document_root_missing", "文档根文件缺失", "the root file of a document is missing";
    /// An element twice where the standard allows one.
    DuplicateElement: Readable "duplicate_element", "XML 元素重复", "an XML element stands twice where one is allowed";
    /// Several versions that each claim to be the current one.
    SeveralCurrentVersions: Readable "several_current_versions", "有多个版本自称当前版本", "several versions claim to be the current one";
    /// A location that leaves the package.
    LocationLeavesPackage: Readable "location_leaves_package", "路径越出文件包", "a location leaves the package";
}

/// One offence of a package, with what it concerns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct PackageFault {
    /// What was done.
    pub offence: Offence,
    /// Entry names, or for an XML file its name and what in it; made fit to
    /// show: control characters escaped, overlong names cut.
    pub names: Vec<String>,
}

impl PackageFault {
    pub(crate) fn new<'a>(offence: Offence, names: impl IntoIterator<Item = &'a str>) -> Self {
        Self { offence, names: names.into_iter().map(shown).collect() }
    }

    /// The check that this fails.
    pub const fn check(&self) -> FaultCheck {
        self.offence.check()
    }

    /// The stable code of the offence.
    pub const fn code(&self) -> &'static str {
        self.offence.code()
    }

    /// The offence in words, with the names.
    pub fn sentence(&self) -> Sentence {
        let (zh, en) = self.offence.words();
        if self.names.is_empty() {
            return Sentence::new(format!("{zh}。"), format!("{en}."));
        }
        Sentence::new(format!("{zh}：{}。", self.names.join("、")), format!("{en}: {}.", self.names.join(", ")))
    }
}

impl fmt::Display for PackageFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.offence.words().1)?;
        if !self.names.is_empty() {
            write!(f, ": {}", self.names.join(", "))?;
        }
        Ok(())
    }
}

/// The longest name in a fault, in characters.
const SHOWN_CHARACTERS: usize = 200;

/// A name fit for a sentence.
pub(crate) fn shown(name: &str) -> String {
    let mut text = String::new();
    for (at, character) in name.chars().enumerate() {
        if at == SHOWN_CHARACTERS {
            text.push('…');
            break;
        }
        if character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            text.extend(character.escape_unicode());
        } else {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_different() {
        let codes: BTreeSet<_> = Offence::ALL.iter().map(|o| o.code()).collect();
        assert_eq!(codes.len(), Offence::ALL.len());
    }

    #[test]
    fn names_are_fit_to_show() {
        let fault = PackageFault::new(Offence::ControlInName, ["a\0b\u{202e}"]);
        assert_eq!(fault.sentence().en, "an entry name contains a control character: a\\u{0}b\\u{202e}.");
        assert_eq!(shown(&"x".repeat(1000)).chars().count(), SHOWN_CHARACTERS + 1);
    }
}
