//! What the states of codes say that are scanned at a window: no file was brought.

use super::{prefs::Lang, state::PageState};

/// What is told to whoever asked more often than is answered.
pub(super) fn too_often(lang: Lang) -> (&'static str, &'static str, &'static str) {
    match lang {
        Lang::Zh => (
            "暂时无法核验，不代表证照有问题",
            "从您所在的网络，短时间里查得太多了，先停一停。和您要查的这一份没有关系。",
            "请稍后再试。急用请按人工办法核实，或换一个网络。",
        ),
        Lang::En => (
            "We cannot check now, which says nothing against the licence",
            "Too much was asked from your network in a short time, so it has to pause. It has nothing to do with what you ask about.",
            "Try again later. If it is urgent, check by hand, or ask from another network.",
        ),
    }
}

/// Word, why and what to do next, of an address on a host that is vouched for, which is not written as those of its codes are.
pub(super) fn dressed_up(lang: Lang) -> (&'static str, &'static str, &'static str) {
    match lang {
        Lang::Zh => (
            "网址不对，不是真的证照码",
            "网站的名字在名单里，但证照码的网址不这样写：不是 https，或者带了别的端口。这里没有打开它。",
            "不要凭它办事，也不要用手机打开。请对方出示证照原件或亮证码。",
        ),
        Lang::En => (
            "A wrong address: no genuine code",
            "A list knows the name of the site, but codes are not written like this: it is not https, or has another port. It was not opened here.",
            "Do not rely on it, and do not open it with a telephone. Ask for the licence itself, or for a code on the holder's telephone.",
        ),
    }
}

/// Word, why and what to do next; of a state of something else, that it is no code.
pub(super) fn words(state: PageState, lang: Lang) -> (&'static str, &'static str, &'static str) {
    match state {
        PageState::ValidOffline => match lang {
            Lang::Zh => (
                "签名真实，状态是早些时候的（离线）",
                "码是登记机关签发的，没有改动。现在问不到对方的登记库，此后是否暂扣或吊销不知道。",
                "请核对本人。可以先办，问得到对方登记库时再复核。",
            ),
            Lang::En => (
                "Signature genuine, standing of earlier (offline)",
                "The register signed the code, and it is unchanged. That register cannot be asked now, so what happened since is not known.",
                "Check the person. You may go on; check again once that register answers.",
            ),
        },
        PageState::CodeExpired => match lang {
            Lang::Zh => (
                "码已过期，请对方刷新",
                "这个码已经不算数，或者从来没有过。不代表证照有问题。",
                "请对方在手机上换一个新码，再扫一次。",
            ),
            Lang::En => (
                "The code has expired: ask for a fresh one",
                "This code counts no more, or never did. That says nothing against the licence.",
                "Ask for a new code on the telephone, and scan again.",
            ),
        },
        PageState::CodeUsed => match lang {
            Lang::Zh => ("这个码已经用过", "一个码只能用一次。", "请对方在手机上换一个新码，再扫一次。"),
            Lang::En => (
                "This code was used before",
                "A code counts once.",
                "Ask for a new code on the telephone, and scan again.",
            ),
        },
        PageState::AgentOtherMatter => match lang {
            Lang::Zh => (
                "代办人的授权不包括这件事",
                "授权只能办写明的那一件事，和这个窗口现在办的不一样。没有出示任何内容，这次已记下，委托人会看到。",
                "不要凭这份授权办。确实办授权写明的那件事，请更换事由后再扫。",
            ),
            Lang::En => (
                "The agent may not do this",
                "The delegation is for the one matter that it names, and this window does another. Nothing was shown; it was written down, and the principal sees it.",
                "Do not act on this delegation. If it is that matter, change what the window does and scan again.",
            ),
        },
        PageState::DelegationOver => match lang {
            Lang::Zh => (
                "代办人的授权已经结束",
                "委托人收回了授权，或者已经到期。没有出示任何内容，这次已记下。不代表证照有问题。",
                "请委托人本人来办，或者重新授权。",
            ),
            Lang::En => (
                "The delegation has ended",
                "The principal took it back, or its last day is past. Nothing was shown; it was written down. That says nothing against the licence.",
                "Ask the principal to come, or to delegate again.",
            ),
        },
        PageState::CodePicture => match lang {
            Lang::Zh => (
                "可能是截图，请对方打开手机上的码",
                "码是真的，但不是持证人的手机刚刚出示的。截图和转发的码都会这样。",
                "请对方当面打开“我的证照”，再扫一次。",
            ),
            Lang::En => (
                "Perhaps a picture: ask for the code on the telephone",
                "The code is genuine, but the holder's telephone did not show it just now, as with any picture that is sent on.",
                "Ask them to open My licences in front of you, and scan again.",
            ),
        },
        PageState::CodeAltered => match lang {
            Lang::Zh => (
                "码被改动过，不能采信",
                "码里写的和登记机关签的不一样。里面的内容这里都不显示。",
                "不要凭它办事。请上报，并请对方出示证照原件。",
            ),
            Lang::En => (
                "The code was altered: do not rely on it",
                "It does not say what the register signed. Nothing of it is shown here.",
                "Do not rely on it. Report it, and ask for the licence itself.",
            ),
        },
        PageState::CodeUnreadable => match lang {
            Lang::Zh => (
                "码没有读全",
                "扫到的是证照码的一部分，或者读错了字。不代表证照有问题。",
                "请把屏幕调亮、对正，再扫一次。",
            ),
            Lang::En => (
                "The code was not read whole",
                "Part of a code is missing or was misread. That says nothing against the licence.",
                "Brighten the screen, hold it straight, and scan again.",
            ),
        },
        PageState::CodeOfOthers => match lang {
            Lang::Zh => (
                "这是外地的证照码，现在查不到",
                "码所在的网站在互认名单里，但当地现在没有答复，或者没有登记这个码。不代表证照有问题。",
                "过一会儿再扫，或请对方出示离线码，或者把 OFD 原文件拖进来：文件在这里就能核验。",
            ),
            Lang::En => (
                "A code of another locality, which cannot be looked up now",
                "Its site is on a trust list, but its own service does not answer, or does not know the code. That says nothing against the licence.",
                "Scan again later, ask for an offline code, or drop the OFD file here: files of that locality are verified here.",
            ),
        },
        PageState::HolderTold => match lang {
            Lang::Zh => (
                "请凭证照编号查询",
                "码是真的，对方平台告知了是谁，但没有持证人同意在这里办这件事出示证照。这里不显示任何证照。",
                "请核对本人，凭手里的证照输入编号查询，或请本人用证照码出示。",
            ),
            Lang::En => (
                "Look the licence up by its number",
                "The code is genuine and its platform says whose it is, but not that they agreed to show licences for what this window does. None is shown.",
                "Check the person; enter the number of the licence in their hand, or ask them to show its code.",
            ),
        },
        PageState::PrintDiffers => match lang {
            Lang::Zh => (
                "纸面和签发时不一致",
                "持证人、编号、有效期至少有一项和登记机关签的不同。也可能是看错或输错了一个字。",
                "请再核对一遍。还不一致就不要凭它办事，请上报。",
            ),
            Lang::En => (
                "The paper is not what was issued",
                "Holder, number or last day differ from what the register signed. One character may also have been misread or mistyped.",
                "Read them once more. If they still differ, do not rely on it, and report it.",
            ),
        },
        PageState::CounterfeitSite => match lang {
            Lang::Zh => (
                "假冒网站的码",
                "码里的网址不是名单里的证照码网址：网站、https 或者端口对不上。这里没有打开它。",
                "不要凭它办事，也不要用手机打开。请上报，并请对方出示证照原件。",
            ),
            Lang::En => (
                "A code of a counterfeit site",
                "Its address is none that a list has for codes: the site, the https or the port differs. It was not opened here.",
                "Do not rely on it, and do not open it with a telephone. Report it, and ask for the licence itself.",
            ),
        },
        PageState::NoMatch => match lang {
            Lang::Zh => (
                "没有编号和姓名都相符的证照",
                "编号和持证人要一字不差。也可能不是本单位登记的证照。",
                "请对着证照再输入一次，或者扫证照上的码。",
            ),
            Lang::En => (
                "No licence has both this number and this holder",
                "Both must be exactly right. It may also be a licence that your body does not keep.",
                "Enter both again as they stand on the licence, or scan its code.",
            ),
        },
        _ => match lang {
            Lang::Zh => (
                "这不是证照码",
                "扫到的内容里没有证照的码，照片和截图也看不出真假。内容没有打开，也没有留存。",
                "请扫证照上的码，或者把 OFD 原文件拖进来。",
            ),
            Lang::En => (
                "This is no code of a licence",
                "There is no code of a licence in it, and a photo proves nothing. It was neither opened nor kept.",
                "Scan the code on the licence, or drop the OFD file here.",
            ),
        },
    }
}
