//! Plain names for every check, in the order of the checklist's groups.

use super::prefs::Lang;
use yinxin_trust::verify::CheckId;

/// The groups of the checklist, in the order in which they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// Whether the content is what was stamped.
    Content,
    /// Whether the seal is a seal.
    Seal,
    /// Whether the signer is one that is recognised here.
    Body,
    /// Whether the signer's certificate allowed it then.
    Certificate,
    /// What the register says.
    Register,
    /// Whether the transparency log has it.
    Log,
}

impl Group {
    pub(super) const ALL: [Self; 6] =
        [Self::Content, Self::Seal, Self::Body, Self::Certificate, Self::Register, Self::Log];

    /// The headline when everything in it passed.
    pub(super) fn passed(self, lang: Lang) -> &'static str {
        match self {
            Self::Content => lang.t("内容没有被改动", "The content is unchanged"),
            Self::Seal => lang.t("印章真实", "The seal is genuine"),
            Self::Body => lang.t("签章者在互认名单里", "The signer is on the trust list"),
            Self::Certificate => lang.t("签章证书当时可用", "The certificate was good at the time"),
            Self::Register => lang.t("登记库有此证", "The register knows this licence"),
            Self::Log => lang.t("透明日志有记录", "The transparency log has it"),
        }
    }

    /// Its name in a list.
    pub(super) fn noun(self, lang: Lang) -> &'static str {
        match self {
            Self::Content => lang.t("内容", "content"),
            Self::Seal => lang.t("印章", "seal"),
            Self::Body => lang.t("签章者", "signer"),
            Self::Certificate => lang.t("签章证书", "certificate"),
            Self::Register => lang.t("登记状态", "register"),
            Self::Log => lang.t("透明日志", "log"),
        }
    }

    /// What it is about, whatever the answer.
    pub(super) fn subject(self, lang: Lang) -> &'static str {
        match self {
            Self::Content => lang.t("内容有没有被改动", "Whether the content is unchanged"),
            Self::Seal => lang.t("印章", "The seal"),
            Self::Body => lang.t("签章者是谁", "Who signed it"),
            Self::Certificate => lang.t("签章证书", "The signer's certificate"),
            Self::Register => lang.t("现在有没有效", "Whether it is in force now"),
            Self::Log => lang.t("透明日志", "The transparency log"),
        }
    }
}

/// The group a check belongs to.
pub(super) fn group(id: CheckId) -> Group {
    use CheckId as C;
    match id {
        C::PackageReadable
        | C::PackageEntries
        | C::PackageShadowed
        | C::PackageCoverage
        | C::SignatureFormat
        | C::SignatureDigestAlgorithm
        | C::SignatureReferences
        | C::SignatureDataHash
        | C::SignatureValue
        | C::LicenceMetadata => Group::Content,
        C::SealFormat
        | C::SealFile
        | C::SealValue
        | C::SealSignerListed
        | C::SealPeriod
        | C::SealMakerPeriod
        | C::SealMakerPath
        | C::SealMakerRevocation
        | C::SealStatus => Group::Seal,
        C::SignerPath => Group::Body,
        C::SignatureTime | C::Timestamp | C::SignerPeriod | C::SignerKeyUsage | C::SignerRevocation => {
            Group::Certificate
        }
        C::LicenceRegistered | C::LicenceCopy => Group::Register,
        C::LogInclusion => Group::Log,
        C::EvidenceRenewal | C::DisclosureReadable | C::DisclosureFields => Group::Content,
    }
}

/// What a check looks at.
pub(super) fn label(id: CheckId, lang: Lang) -> &'static str {
    use CheckId as C;
    match id {
        C::PackageReadable => lang.t("文件能读", "The file can be read"),
        C::PackageEntries => lang.t("文件目录没有歧义", "Its table of contents is unambiguous"),
        C::PackageShadowed => lang.t("没有盖章后换上的版本", "No newer version hides what was stamped"),
        C::SignatureFormat => lang.t("签章数据的格式", "Form of the stamp"),
        C::SignatureDigestAlgorithm => lang.t("杂凑算法", "Digest algorithm"),
        C::SignatureReferences => lang.t("受保护的文件都在、都没变", "Protected files are all there, unchanged"),
        C::SignatureDataHash => lang.t("签章对应这份文件", "The stamp belongs to this document"),
        C::SignatureValue => lang.t("签名值", "Signature value"),
        C::SignatureTime => lang.t("签章时间能读", "The signing time can be read"),
        C::SealFormat => lang.t("印章数据的格式", "Form of the seal"),
        C::SealFile => lang.t("包内印章与签章里的一致", "The seal in the file is the one in the stamp"),
        C::SealValue => lang.t("印章上的制章者签名", "The maker's signature on the seal"),
        C::SealSignerListed => lang.t("签章者可以用这枚印章", "The signer may use this seal"),
        C::SealPeriod => lang.t("签章时印章在有效期内", "The seal was within its period"),
        C::SealMakerPeriod => lang.t("制章时制章者证书在有效期内", "The maker's certificate was within its period"),
        C::SignerPeriod => lang.t("签章时证书在有效期内", "The certificate was within its period"),
        C::SignerKeyUsage => lang.t("证书可以用来签章", "The certificate may be used for signing"),
        C::SignerPath => lang.t("签章者在互认名单里", "The signer is on the trust list"),
        C::SignerRevocation => lang.t("签章证书没有被撤销", "The signer's certificate is not revoked"),
        C::SealMakerPath => lang.t("制章者在互认名单里", "The seal maker is on the trust list"),
        C::SealMakerRevocation => lang.t("制章者证书没有被撤销", "The maker's certificate is not revoked"),
        C::SealStatus => lang.t("印章没有停用或注销", "The seal is not suspended or cancelled"),
        C::Timestamp => lang.t("时间戳", "Time stamp"),
        C::PackageCoverage => lang.t("显示的内容都受保护", "Everything shown is protected"),
        C::LicenceMetadata => lang.t("证照信息完整一致", "The licence's details are complete and agree"),
        C::LicenceRegistered => lang.t("登记库有此证", "The register knows this licence"),
        C::LicenceCopy => lang.t("加注件在所写用途和期限内", "The copy is within its purpose and time"),
        C::LogInclusion => lang.t("透明日志有记录", "The transparency log has it"),
        C::EvidenceRenewal => lang.t("核验依据的时间戳", "Time stamps over the evidence"),
        C::DisclosureReadable => lang.t("出示文件能读", "The disclosure can be read"),
        C::DisclosureFields => lang.t("出示的字段与颁发时一致", "The fields are as they were issued"),
    }
}

/// What is wrong when it fails, short enough for a headline.
pub(super) fn fault(id: CheckId, lang: Lang) -> &'static str {
    use CheckId as C;
    match id {
        C::PackageReadable => lang.t("文件读不出来", "the file cannot be read"),
        C::PackageEntries => lang.t("文件目录有问题", "the table of contents is wrong"),
        C::PackageShadowed => lang.t("有盖章后换上的内容", "content was put in after stamping"),
        C::SignatureFormat => lang.t("签章数据的格式不对", "the stamp is malformed"),
        C::SignatureDigestAlgorithm => lang.t("用了不认可的杂凑算法", "an unacceptable digest algorithm"),
        C::SignatureReferences => lang.t("内容与签章不符", "the content does not match the stamp"),
        C::SignatureDataHash => lang.t("签章不是给这份文件盖的", "the stamp is not for this document"),
        C::SignatureValue => lang.t("签名值不成立", "the signature value does not verify"),
        C::SignatureTime => lang.t("签章时间不对", "the signing time is wrong"),
        C::SealFormat => lang.t("印章数据的格式不对", "the seal is malformed"),
        C::SealFile => lang.t("包内印章与签章里的不一样", "the seal in the file is a different one"),
        C::SealValue => lang.t("印章数据被改过", "the seal was altered"),
        C::SealSignerListed => lang.t("签章人不在印章名单里", "the signer is not in the seal's list"),
        C::SealPeriod => lang.t("盖章时印章不在有效期内", "stamped outside the seal's period"),
        C::SealMakerPeriod => lang.t("制章时证书不在有效期内", "made outside the maker's period"),
        C::SignerPeriod => lang.t("盖章时证书不在有效期内", "stamped outside the certificate's period"),
        C::SignerKeyUsage => lang.t("证书不能用来签章", "the certificate is not for signing"),
        C::SignerPath => lang.t("签章证书的证书链不成立", "the certification path does not hold"),
        C::SignerRevocation => lang.t("签章证书已被撤销", "the signer's certificate was revoked"),
        C::SealMakerPath => lang.t("制章者的证书链不成立", "the maker's certification path does not hold"),
        C::SealMakerRevocation => lang.t("制章者的证书已被撤销", "the maker's certificate was revoked"),
        C::SealStatus => lang.t("印章已停用或注销", "the seal was suspended or cancelled"),
        C::Timestamp => lang.t("时间戳不成立", "the time stamp does not hold"),
        C::PackageCoverage => lang.t("部分内容未被签章保护", "part of the content is not protected"),
        C::LicenceMetadata => lang.t("证照信息前后不一致", "the licence's details are at odds"),
        C::LicenceRegistered => lang.t("登记库没有这张证", "the register does not know it"),
        C::LicenceCopy => lang.t("加注件不能用于这件事", "the copy is not for this"),
        C::LogInclusion => lang.t("透明日志没有记录", "the transparency log does not have it"),
        C::EvidenceRenewal => lang.t("核验依据与时间戳不符", "the evidence is not what was time-stamped"),
        C::DisclosureReadable => lang.t("出示文件读不出来", "the disclosure cannot be read"),
        C::DisclosureFields => lang.t("出示的字段被改过", "a field was altered"),
    }
}

/// What is open when it could not be decided.
pub(super) fn open(id: CheckId, lang: Lang) -> &'static str {
    use CheckId as C;
    match id {
        C::SignerPath => lang.t("签章者不在互认名单里", "The signer is not on the trust list"),
        C::SealMakerPath => lang.t("制章者不在互认名单里", "The seal maker is not on the trust list"),
        C::PackageCoverage => lang.t("部分内容不受保护", "Part of the content is not protected"),
        C::SignatureTime => lang.t("签章时间读不出来", "The signing time cannot be read"),
        C::Timestamp => lang.t("时间戳没能核对", "The time stamp could not be checked"),
        C::SignerRevocation => {
            lang.t("签章证书是否被撤销没有查到", "Whether the signer's certificate was revoked is open")
        }
        C::SealMakerRevocation => {
            lang.t("制章者证书是否被撤销没有查到", "Whether the maker's certificate was revoked is open")
        }
        C::LicenceRegistered => lang.t("登记库没有这张证", "The register does not have this licence"),
        C::EvidenceRenewal => lang.t("核验依据没有得到时间戳证明", "No time stamps prove the evidence"),
        other => group(other).subject(lang),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_check_has_words_of_its_own_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            let labels: BTreeSet<_> = CheckId::ALL.iter().map(|&id| label(id, lang)).collect();
            assert_eq!(labels.len(), CheckId::ALL.len());
            for &id in CheckId::ALL {
                for text in [label(id, lang), fault(id, lang), open(id, lang)] {
                    let chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                    assert_eq!(chinese, lang == Lang::Zh, "{text}");
                }
            }
        }
    }
}
