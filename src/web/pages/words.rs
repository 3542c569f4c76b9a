//! What each state says: a word, why, and what to do next.
//!
//! Who should do what next; short, plain, without blame; English as plain as
//! the Chinese.

use super::{
    calm::NoReport,
    codes, copies, labels,
    prefs::Lang,
    standing_words::{not_in_force, register_is_silent},
    state::PageState,
};
use yinxin_trust::verify::{CheckId, CopyRefusal, Report, SignatureReport};

pub(super) use super::standing_words::{Dates, ended, headline, of_register, of_register_on};

/// The words of a verdict band, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// The verdict itself: headline and title of the page.
    pub(super) title: String,
    /// What it rests on.
    pub(super) why: String,
    /// What to do.
    pub(super) next: String,
}

/// The words for what somebody uses a document for; `refusal`: why an annotated copy is not for that.
pub(super) fn of_use(state: PageState, report: &Report, refusal: Option<CopyRefusal>, lang: Lang) -> Words {
    match state {
        PageState::CopyForOtherPurpose => copies::words(state, report, refusal, lang),
        _ => words(state, report, lang),
    }
}

pub(super) fn words(state: PageState, report: &Report, lang: Lang) -> Words {
    match (state, copies::of(report)) {
        (PageState::Valid, Some(copy)) => return copies::within(copy, lang),
        (PageState::StandingUnknown, Some(copy)) => return copies::unasked(copy, report.document.licence, lang),
        _ => {}
    }
    let (title, why, next) = match state {
        PageState::NotInForce(standing) => return not_in_force(standing, report, lang),
        PageState::SealBad => return seal_bad(report, lang),
        PageState::FileBad => return file_bad(report, lang),
        PageState::AnnotatedCopy | PageState::CopyForOtherPurpose => return copies::words(state, report, None, lang),
        PageState::StandingUnknown if register_is_silent(report) => match lang {
            Lang::Zh => (
                "证照是真的，现在是否有效没有查到",
                "盖章以后内容没有变，章也是真的。登记库现在答不上来，不知道它是否到期、暂扣或吊销，这不代表证照有问题。",
                "请过一分钟再试。急用请向发证机关查询现在的状态。",
            ),
            Lang::En => (
                "A genuine licence; its standing could not be asked",
                "Unchanged since it was stamped, and the seal is genuine. The register does not answer at present, so \
                 whether it has expired, been suspended or revoked is not known. This says nothing against it.",
                "Try again in a minute. If it is urgent, ask the issuing body how it stands now.",
            ),
        },
        PageState::Valid if report.disclosure.is_some() => match lang {
            Lang::Zh => (
                "出示的字段是真的，证照有效",
                "这几项与颁发时一致，章是真的，登记库里这张证有效。证照的其余内容没有出示，也没有核对。",
                "请核对本人，或确认名称与来人一致。",
            ),
            Lang::En => (
                "The fields are genuine, the licence is in force",
                "They are as they were issued, the seal is genuine, and the register says the licence is in force. The \
                 rest of it was not shown and not checked.",
                "Please check the person, or that the name is that of who came.",
            ),
        },
        PageState::StandingUnknown if report.disclosure.is_some() => match lang {
            Lang::Zh => (
                "出示的字段是真的，证照现在是否有效没有查",
                "这几项与颁发时一致，章也是真的。证照的其余内容没有出示；没有查到它是否到期、暂扣或吊销。",
                "要知道现在是否有效，请对方连证照标识一起出示，或者向发证机关查询。",
            ),
            Lang::En => (
                "The fields are genuine; standing not checked",
                "They are as they were issued, and the seal is genuine. The rest of the licence was not shown; whether it \
                 has expired, been suspended or revoked is not known.",
                "To know whether it is in force, ask for the identifier too, or ask the issuing body.",
            ),
        },
        PageState::GenuineNotALicence if signed_by_persons(report) => match lang {
            Lang::Zh => (
                "是本人签的名，这不是证照",
                "签名以后内容没有变，由自然人用自己的密钥签名，发证机构在互认名单里。上面没有单位的章。",
                "看签名人是不是来人，内容合不合办事的要求。不当证照用。",
            ),
            Lang::En => (
                "Signed by a natural person; not a licence",
                "Unchanged since it was signed with a natural person's own key, certified by an authority on the trust list. No body stamped it.",
                "See whether the signer is who came, and whether the words are what is wanted. Do not take it for a licence.",
            ),
        },
        _ => fixed(state, report.document.licence, lang),
    };
    Words { title: title.to_owned(), why: why.to_owned(), next: next.to_owned() }
}

/// Whether natural persons signed, and nobody else.
pub(super) fn signed_by_persons(report: &Report) -> bool {
    let by_person = |one: &SignatureReport| one.signer.as_ref().is_some_and(|signer| signer.natural_person);
    !report.signatures.is_empty() && report.signatures.iter().all(by_person)
}

/// States whose words depend on nothing but the kind of document.
pub(super) fn fixed(state: PageState, licence: bool, lang: Lang) -> (&'static str, &'static str, &'static str) {
    match state {
        PageState::Valid => match lang {
            Lang::Zh => (
                "证照真实有效",
                "盖章以后内容没有变，章是真的，登记库里这张证有效。",
                "请核对本人，或确认名称与来人一致。",
            ),
            Lang::En => (
                "Genuine and in force",
                "Unchanged since it was stamped, the seal is genuine, and the register says it is in force.",
                "Please check the person, or that the name is that of who came.",
            ),
        },
        PageState::StandingUnknown => match lang {
            Lang::Zh => (
                "证照是真的，现在是否有效没有查",
                "盖章以后内容没有变，章也是真的。这里没有连接登记库，不知道它是否到期、暂扣或吊销。",
                "看证照上写的有效期。要凭它办事，请再向发证机关查询现在的状态。",
            ),
            Lang::En => (
                "A genuine licence; its standing was not checked",
                "Unchanged since it was stamped, and the seal is genuine. No register is connected here, so \
                 whether it has expired, been suspended or revoked is not known.",
                "Read the period on the licence. Before relying on it, ask the issuing body how it stands now.",
            ),
        },
        PageState::GenuineNotALicence => match lang {
            Lang::Zh => {
                ("签章真实，但这不是证照", "盖章以后内容没有变，签章者在互认名单里。", "按票据或公文办，不当证照用。")
            }
            Lang::En => (
                "Genuine stamped document, not a licence",
                "Unchanged since it was stamped, and the signer is on the trust list.",
                "Treat it as an invoice or an official paper, not as a licence.",
            ),
        },
        PageState::GenuineSeal => match lang {
            Lang::Zh => (
                "印章数据真实，但没有盖在文件上",
                "这是一枚电子印章本身。它是真的，但不证明任何文件。",
                "请对方提供盖了章的文件。",
            ),
            Lang::En => (
                "A genuine seal, but on no document",
                "This is an electronic seal by itself. It is genuine, and proves nothing about any document.",
                "Ask for the document that was stamped.",
            ),
        },
        PageState::GenuineValue => match lang {
            Lang::Zh => (
                "签章数据真实，但没有带原文",
                "签章本身是真的。原文不在这里，不能说它盖的是哪一份文件。",
                "请对方提供完整的原文件。",
            ),
            Lang::En => (
                "A genuine signature, but without its document",
                "The signature itself is genuine. Its document is not here, so what was signed cannot be told.",
                "Ask for the whole original file.",
            ),
        },
        PageState::PartlyCovered => match lang {
            Lang::Zh => (
                "印章真实，但部分内容未被签章保护",
                "受保护的部分没有变过。未被保护的内容可能是盖章以后才有的，斜线标出，不算数。",
                "只按受保护的部分办。要用其余内容，请向盖章的单位求证。",
            ),
            Lang::En => (
                "Seal genuine, but part of the content is not protected by it",
                "The protected part has not changed. What is hatched is outside it, may have been added later, and does not count.",
                "Go by the protected part only. For the rest, ask the body that stamped it.",
            ),
        },
        PageState::LicencePartlyCovered => match lang {
            Lang::Zh => (
                "部分内容未被签章保护，这张证照不能采信",
                "证照必须整份受签章保护。未被保护的内容可能是盖章以后才有的。",
                "不要凭它办事。请持证人重新出示原件或重新下载。",
            ),
            Lang::En => (
                "Part of this licence is not protected: do not rely on it",
                "A licence must be protected as a whole. What is outside may have been added later.",
                "Do not rely on it. Ask the holder for the original, or for a fresh download.",
            ),
        },
        PageState::Tampered => match lang {
            Lang::Zh => (
                "内容被改动过，不能采信",
                "盖章以后，这份文件的内容变了。可能是有人改过，也可能是传输时损坏。",
                "不要凭它办事。保留文件，请持证人重新出示原件。",
            ),
            Lang::En => (
                "Changed after stamping: do not rely on it",
                "This file is no longer what was stamped. Someone may have changed it, or it was damaged on its way.",
                "Do not rely on it. Keep the file, and ask the holder for the original again.",
            ),
        },
        PageState::Untrusted if licence => match lang {
            Lang::Zh => (
                "发证机关不在互认名单",
                "没有发现改动，但这里的名单不认识给它签发证书的机构。章上写的名字谁都可以写，不能当真。",
                "按人工办法核实，不要只凭章上的名字认定。",
            ),
            Lang::En => (
                "The issuing body is not on the trust list",
                "No change was found, but nobody on the list here vouches for its certificate. Anyone can write any \
                 name into a seal.",
                "Check by hand. Do not go by the name in the seal alone.",
            ),
        },
        PageState::Untrusted => match lang {
            Lang::Zh => (
                "签章者不在互认名单",
                "没有发现改动，但这里的名单不认识给它签发证书的机构。章上写的名字谁都可以写，不能当真。",
                "按人工办法核实，不要只凭章上的名字认定。",
            ),
            Lang::En => (
                "The signer is not on the trust list",
                "No change was found, but nobody on the list here vouches for its certificate. Anyone can write any \
                 name into a seal.",
                "Check by hand. Do not go by the name in the seal alone.",
            ),
        },
        PageState::NoTrustList => match lang {
            Lang::Zh => (
                "这里没有互认名单，无法认定是谁盖的章",
                "没有发现改动。但本服务还没有配置互认名单，所以说不出章是谁的，这不代表文件有问题。",
                "按人工办法核实，或请管理员配置互认名单后再试。",
            ),
            Lang::En => (
                "No trust list here: whose seal it is cannot be told",
                "No change was found. But this service has no trust list yet, so it cannot say whose seal it is. This \
                 says nothing against the file.",
                "Check by hand, or have the administrator configure a trust list and try again.",
            ),
        },
        PageState::Intact => match lang {
            Lang::Zh => (
                "文件完整，未核对签发者身份",
                "盖章以后没有发现改动。没有核对章是谁的。",
                "不要据此认定签发者，请用配置了互认名单的服务核验。",
            ),
            Lang::En => (
                "The file is intact; who signed it was not checked",
                "No change since it was stamped was found. Whose seal it is was not looked at.",
                "Do not conclude who signed it. Verify with a service that has a trust list.",
            ),
        },
        PageState::Unsigned => match lang {
            Lang::Zh => (
                "文件没有签章",
                "这份文件能读，但上面没有电子签章，真假无从说起。看得见的红章可能只是图片。",
                "请对方提供带电子签章的原文件，或按人工办法核实。",
            ),
            Lang::En => (
                "The file carries no stamp",
                "It can be read, but holds no electronic stamp, so nothing can be said for or against it. A red seal \
                 that you see may be a picture only.",
                "Ask for the original with its electronic stamp, or check by hand.",
            ),
        },
        PageState::NoRevocationList => match lang {
            Lang::Zh => (
                "无法得出结论：缺少证书的撤销名单",
                "没有发现改动，签章者在互认名单里。但这里没有最新的撤销名单，不知道证书是否已被撤销，这不代表文件有问题。",
                "请管理员更新撤销名单后再试，或按人工办法核实。",
            ),
            Lang::En => (
                "No conclusion: a revocation list is missing",
                "No change was found and the signer is on the trust list. But there is no fresh revocation list here, so \
                 whether its certificate was revoked is not known. This says nothing against the file.",
                "Have the administrator update the revocation lists and try again, or check by hand.",
            ),
        },
        PageState::RevokedUnproven => match lang {
            Lang::Zh => (
                "无法得出结论：证书后来被撤销",
                "没有发现改动。签章写的时间早于撤销，但没有时间戳证明，是先签还是后签说不准。",
                "按人工办法核实，或请对方向发证机关重新领取。",
            ),
            Lang::En => (
                "No conclusion: the certificate was revoked later",
                "No change was found. The stamp says that it was made before the revocation, but no time stamp proves it.",
                "Check by hand, or have the holder get a new one from the issuing body.",
            ),
        },
        PageState::AnnotatedCopy | PageState::CopyForOtherPurpose => copies::fixed(state, lang),
        PageState::TryLater => unavailable(lang),
        PageState::CodeUnknown => no_report(NoReport::UnknownCode, lang),
        PageState::ValidOffline
        | PageState::CodeExpired
        | PageState::CodeUsed
        | PageState::AgentOtherMatter
        | PageState::DelegationOver
        | PageState::CodePicture
        | PageState::CodeAltered
        | PageState::CodeUnreadable
        | PageState::CodeOfOthers
        | PageState::HolderTold
        | PageState::PrintDiffers
        | PageState::CounterfeitSite
        | PageState::NoMatch
        | PageState::NotOurs => codes::words(state, lang),
        _ => match lang {
            Lang::Zh => (
                "无法得出结论，不代表文件有问题",
                "没有发现改动，但缺少作出结论所需的一项内容，下面写明是哪一项。",
                "请对方提供完整的原文件，或按人工办法核实。",
            ),
            Lang::En => (
                "No conclusion, which says nothing against the file",
                "No change was found, but something needed for a conclusion is missing. It is named below.",
                "Ask for the whole original file, or check by hand.",
            ),
        },
    }
}

/// When it is our side that cannot answer, whatever was brought.
pub(super) fn unavailable(lang: Lang) -> (&'static str, &'static str, &'static str) {
    match lang {
        Lang::Zh => (
            "暂时无法核验，不代表证照有问题",
            "是我们这边现在答不上来，和带来的东西无关。",
            "请过一分钟再试。急用请对方出示离线码，或按人工办法核实。一直这样请上报。",
        ),
        Lang::En => (
            "We cannot check now, which says nothing against the licence",
            "It is our side that cannot answer at present; it has nothing to do with what was brought.",
            "Try again in a minute. If it is urgent, ask for an offline code, or check by hand. If it stays so, report it.",
        ),
    }
}

/// What stands beside a verdict where a document is not of the form that its standard says, and what follows of it.
pub(super) fn nonstandard(lang: Lang) -> (&'static str, &'static str) {
    match lang {
        Lang::Zh => ("文件格式不标准", "结论不变，照结论办。格式问题可以告诉盖章的单位。"),
        Lang::En => ("Non-standard form", "The verdict stands: go by it. You may tell the body that stamped it."),
    }
}

/// When there is no report at all.
pub(super) fn no_report(what: NoReport, lang: Lang) -> (&'static str, &'static str, &'static str) {
    match (what, lang) {
        (NoReport::TooOften(_), _) => codes::too_often(lang),
        // who is alone with a telephone reports nothing, and says the number instead
        (NoReport::Unavailable, Lang::Zh) => {
            let (title, why, _) = unavailable(lang);
            (title, why, "请过一分钟再试。急用请按人工办法核实。")
        }
        (NoReport::Unavailable, Lang::En) => {
            let (title, why, _) = unavailable(lang);
            (title, why, "Try again in a minute. If it is urgent, check by hand.")
        }
        (NoReport::NotADocument, Lang::Zh) => (
            "这不是能核验的文件",
            "这里只能核验带电子签章的 OFD 文件，以及单独的电子印章和签章数据。照片、截图和普通 PDF 看不出真假。",
            "请对方提供原来的 OFD 文件。",
        ),
        (NoReport::NotADocument, Lang::En) => (
            "This is not a file that can be verified",
            "OFD files with an electronic stamp can be verified here, and bare seals and signature values. Photos, \
             screenshots and ordinary PDFs prove nothing.",
            "Ask for the original OFD file.",
        ),
        (NoReport::Copy, Lang::Zh) => (
            "副本：请核验上面的码",
            "这是照片、截图或 PDF，不是带电子签章的原文件。它自己证明不了什么，也不说明它有问题。",
            "请扫描副本上的码核验，或者请对方提供 OFD 原文件。",
        ),
        (NoReport::Copy, Lang::En) => (
            "A copy: check the code on it",
            "This is a photo, a screenshot or a PDF, not the original with its electronic stamp. By itself it proves \
             nothing, and nothing is said against it.",
            "Scan the code on the copy, or ask for the original OFD file.",
        ),
        (NoReport::NoFile, Lang::Zh) => ("还没有选文件", "没有收到文件。", "请先选一份文件，再点核验。"),
        (NoReport::NoFile, Lang::En) => {
            ("No file was chosen", "No file arrived.", "Please choose a file first, then press Verify.")
        }
        (NoReport::TooLarge(_), Lang::Zh) => {
            ("文件太大", "这份文件超过了这里能收的大小，没有核验，也没有留存。上限：", "请确认是不是选错了文件。")
        }
        (NoReport::TooLarge(_), Lang::En) => (
            "The file is too large",
            "It is larger than this service takes; it was neither checked nor kept. The limit is",
            "Please make sure that it is the right file.",
        ),
        (NoReport::BadUpload, Lang::Zh) => {
            ("文件没有传完整", "传到一半断了，没有核验，也没有留存。", "请再选一次文件重试。")
        }
        (NoReport::BadUpload, Lang::En) => (
            "The file did not arrive whole",
            "The upload broke off; nothing was checked or kept.",
            "Please choose the file again.",
        ),
        (NoReport::UnknownCode, Lang::Zh) => (
            "没有查到这个码",
            "这里的登记库没有这个码。可能是扫错、打错了，也可能不是这里登记的证照。",
            "请对着证照重新扫一次。还是不行，请核验 OFD 原文件，或打电话问发证机关。",
        ),
        (NoReport::UnknownCode, Lang::En) => (
            "This code was not found",
            "The register here does not have it. It may be misread or mistyped, or the licence is registered elsewhere.",
            "Scan the licence again. If that fails, verify the OFD file, or call the issuing body.",
        ),
        (NoReport::NotFound, Lang::Zh) => ("没有这个页面", "地址可能打错了，或者页面已经不在。", "请回到核验页。"),
        (NoReport::NotFound, Lang::En) => {
            ("There is no such page", "The address may be mistyped, or the page is gone.", "Go back to verification.")
        }
    }
}

/// Headline, what it rests on and next step.
type Said = (&'static str, &'static str, &'static str);

/// Where a seal does not hold, without its reason.
pub(super) fn seal_does_not_hold(lang: Lang) -> Said {
    match lang {
        Lang::Zh => (
            "印章不可信",
            "内容也许没有变，但这个章不能证明它是谁盖的。",
            "不要凭它办事。请直接打电话问章上所写的单位，电话从公开渠道查。",
        ),
        Lang::En => (
            "Seal not trustworthy",
            "The content may be unchanged, but this seal does not prove who stamped it.",
            "Do not rely on it. Call the body it names, under a number from a public source.",
        ),
    }
}

/// Where a file is not sound.
pub(super) fn file_is_not_sound(lang: Lang) -> Said {
    match lang {
        Lang::Zh => (
            "文件不完好，不能采信",
            "文件的结构有问题：可能是传输时损坏，也可能有人做过手脚。问题写在下面。",
            "不要凭它办事。请持证人重新下载，或提供原文件。",
        ),
        Lang::En => (
            "The file is not sound: do not rely on it",
            "Its structure is wrong: damaged on its way, or tampered with. What is wrong stands below.",
            "Do not rely on it. Ask the holder to download it again, or for the original file.",
        ),
    }
}

fn seal_bad(report: &Report, lang: Lang) -> Words {
    let reason = report.reason.map_or("", |id| labels::fault(id, lang));
    let (title, why, next) = seal_does_not_hold(lang);
    let title = format!("{title}{}{reason}", lang.t("：", ": "));
    Words { title, why: why.to_owned(), next: next.to_owned() }
}

fn file_bad(report: &Report, lang: Lang) -> Words {
    let licence = report.reason == Some(CheckId::LicenceMetadata);
    let (title, why, next) = match (licence, lang) {
        (true, Lang::Zh) => (
            "证照信息前后不一致，不能采信",
            "章没有问题，但证照里登记的信息缺少或互相矛盾。",
            "不要凭它办事。请持证人向发证机关重新领取。",
        ),
        (true, Lang::En) => (
            "The licence contradicts itself: do not rely on it",
            "The stamp holds, but details that belong to the licence are missing or at odds with each other.",
            "Do not rely on it. The holder should ask the issuing body for a new one.",
        ),
        (false, _) => file_is_not_sound(lang),
    };
    Words { title: title.to_owned(), why: why.to_owned(), next: next.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use yinxin_trust::verify::StandingState;

    #[test]
    fn unknown_standing_is_never_called_in_force() {
        let report = samples::licence();
        let zh = words(PageState::StandingUnknown, &report, Lang::Zh);
        assert!(!zh.title.contains("真实有效") && zh.title.contains("没有查"), "{}", zh.title);
        let en = words(PageState::StandingUnknown, &report, Lang::En);
        assert!(!en.title.contains("in force"), "{}", en.title);
    }

    #[test]
    fn no_verdict_shouts_or_blames() {
        let mut report = samples::licence();
        let mut states = vec![
            PageState::Valid,
            PageState::PartlyCovered,
            PageState::Tampered,
            PageState::Untrusted,
            PageState::NoTrustList,
            PageState::Intact,
            PageState::Unsigned,
            PageState::CannotConclude,
            PageState::TryLater,
            PageState::FileBad,
            PageState::NoRevocationList,
            PageState::RevokedUnproven,
            PageState::NotInForce(StandingState::NotRegistered),
            PageState::NotInForce(StandingState::Revoked),
        ];
        states.push(PageState::SealBad);
        for &id in CheckId::ALL {
            report.reason = Some(id);
            for state in &states {
                for lang in [Lang::Zh, Lang::En] {
                    let w = words(*state, &report, lang);
                    for text in [&w.title, &w.why, &w.next] {
                        assert!(!text.is_empty() && !text.contains(['!', '！']), "{text}");
                        assert!(!text.contains("伪造") && !text.contains("系统繁忙"), "{text}");
                    }
                    let chinese = w.title.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                    assert_eq!(chinese, lang == Lang::Zh, "{}", w.title);
                }
            }
        }
    }
}
