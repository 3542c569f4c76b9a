//! What a scanned or typed text is to this window: the code that it holds, and whose.
//!
//! [`yinxin_trust::code::scanned`] takes the text apart; here it is held against the sites that are
//! vouched for. People type too: a code without its address, an address without `https://`, and
//! spaces between.

use crate::flow::trust::{Sites, Whose};
use yinxin_trust::{
    code::{
        Payload, ShortCode, Site,
        scanned::{LONGEST_TEXT, NotACode, Scanned as Text, Trick},
    },
    licence::identifier::LicenceIdentifier,
};

/// Characters of a printed code: 128 bits in Base32.
const CODE: usize = 26;

/// What a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scanned {
    /// The printed code of a licence of this installation, in capitals, and what stands behind its `#`.
    Printed(String, Option<Payload>),
    /// A code that a holder of this installation shows.
    Presentation(String),
    /// An offline code, of whichever locality: its key says.
    Offline(Payload),
    /// An electronic licence identifier.
    Identifier(Box<LicenceIdentifier>),
    /// The printed code of a licence of another locality, by the name of its operator, and what stands behind
    /// its `#`.
    PrintOfOthers(String, ShortCode, Option<Payload>),
    /// A code that a holder shows, which the service of another locality alone knows: by the name of its operator, the
    /// site and the code.
    OfOthers(String, Box<Site>, ShortCode),
    /// An address on a host that nobody vouches for, or one that is dressed up: the host,
    /// letters of other scripts in their `xn--` form, so that a look-alike looks like none.
    Elsewhere(String),
    /// Nothing of these, other pages of vouched sites included.
    Nothing,
}

/// Reads a text.
pub(super) fn read(text: &str, sites: &Sites) -> Scanned {
    match of(text, sites) {
        Scanned::Nothing => {
            let text = plain(text);
            if text.len() == CODE && text.bytes().all(|octet| octet.is_ascii_alphanumeric()) {
                return Scanned::Printed(text.to_ascii_uppercase(), None);
            }
            of(&text, sites)
        }
        found => found,
    }
}

fn of(text: &str, sites: &Sites) -> Scanned {
    let elsewhere = |site: &Site| Scanned::Elsewhere(site.to_string());
    match Text::of(text) {
        Text::Printed { site, code, digest } => match sites.whose(&site) {
            Some(Whose::Ours) => Scanned::Printed(code.as_str().to_owned(), digest),
            Some(Whose::Of(operator)) => Scanned::PrintOfOthers(operator, code, digest),
            None => elsewhere(&site),
        },
        Text::Presentation { site, code } => match sites.whose(&site) {
            Some(Whose::Ours) => Scanned::Presentation(code.as_str().to_owned()),
            Some(Whose::Of(operator)) => Scanned::OfOthers(operator, Box::new(site), code),
            None => elsewhere(&site),
        },
        Text::Offline { site: Some(site), .. } if sites.whose(&site).is_none() => elsewhere(&site),
        Text::Offline { payload, .. } => Scanned::Offline(payload),
        Text::Identifier(identifier) => Scanned::Identifier(Box::new(identifier)),
        // printed without its scheme
        Text::Refused { host: None, trick: Trick::Scheme } if !text.contains("://") => {
            of(&format!("https://{}", plain(text)), sites)
        }
        Text::Refused { host: Some(host), .. } => Scanned::Elsewhere(host.to_string()),
        Text::NotACode(NotACode::Address { site: Some(site) }) if sites.whose(&site).is_none() => elsewhere(&site),
        Text::Refused { host: None, .. } | Text::NotACode(_) => Scanned::Nothing,
    }
}

/// A text as a plain keyboard would have typed it: full-width characters narrow, the
/// marks of a Chinese input method as the keys they stand on, nothing that cannot be
/// seen, no space around or within.
pub(in crate::flow) fn plain(text: &str) -> String {
    let key = |character: char| match character {
        // FULLWIDTH EXCLAMATION MARK to FULLWIDTH TILDE stand in the order of ASCII
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        '。' | '｡' => '.',
        '、' => '/',
        other => other,
    };
    let seen = |character: &char| {
        let is_hidden = matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        !(character.is_whitespace() || character.is_control() || is_hidden)
    };
    text.chars().take(LONGEST_TEXT).filter(seen).map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "ABCDEFGHIJKLMNOPQRSTUV2345";

    fn of(text: &str) -> Scanned {
        read(text, &Sites::with("yx.example.gov.cn", &[("zz.fy.gov.cn.example", "阜阳市数据局")]))
    }

    #[test]
    fn one_code_however_it_is_typed() {
        let printed = Scanned::Printed(CODE.to_owned(), None);
        let wide: String = format!("https://yx.example.gov.cn/C/{CODE}")
            .chars()
            .map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap())
            .collect();
        for text in [
            format!("HTTPS://YX.EXAMPLE.GOV.CN/C/{CODE}"),
            format!("https://yx.example.gov.cn/c/{}\r\n", CODE.to_lowercase()),
            format!("yx.example.gov.cn/C/{CODE}\t"),
            format!("HTTPS：、、YX。EXAMPLE。GOV。CN、C、{CODE}"),
            format!("\u{feff}{wide}\u{3000}"),
            format!("]Q1HTTPS://YX.EXAMPLE.GOV.CN/C/{CODE}"),
            format!("HTTPS://YX.EXAMPLE.GOV.CN/C/ {CODE}"),
            CODE.to_lowercase(),
            format!(" {} {} ", &CODE[..13], &CODE[13..]),
        ] {
            assert_eq!(of(&text), printed, "{text:?}");
        }
        let signed = Scanned::Printed(CODE.to_owned(), Some(Payload::of_text("QQBERLVBNY")));
        assert_eq!(of(&format!("HTTPS://YX.EXAMPLE.GOV.CN/C/{CODE}#QQBERLVBNY")), signed);
        assert_eq!(of(&format!("yx.example.gov.cn/c/{CODE}#qqberlvbny\n")), signed);
    }

    #[test]
    fn what_holders_show() {
        let shown = Scanned::Presentation(CODE.to_owned());
        for text in [
            format!("HTTPS://YX.EXAMPLE.GOV.CN/S/{CODE}"),
            format!("yx.example.gov.cn/s/{}", CODE.to_lowercase()),
            format!("HTTPS：、、YX。EXAMPLE。GOV。CN、S、{CODE}"),
        ] {
            assert_eq!(of(&text), shown, "{text:?}");
        }
        let offline = Scanned::Offline(Payload::of_text("QQAURLVB"));
        for text in [
            "HTTPS://YX.EXAMPLE.GOV.CN/C#QQAURLVB",
            "qqaurlvb",
            // the key says whose it is
            "HTTPS://ZZ.FY.GOV.CN.EXAMPLE/C#QQAURLVB",
        ] {
            assert_eq!(of(text), offline, "{text:?}");
        }
    }

    #[test]
    fn codes_of_other_localities() {
        let (whose, code): (_, ShortCode) = ("阜阳市数据局".to_owned(), CODE.parse().unwrap());
        let printed = Scanned::PrintOfOthers(whose.clone(), code.clone(), Some(Payload::of_text("QQBE")));
        assert_eq!(of(&format!("HTTPS://ZZ.FY.GOV.CN.EXAMPLE/C/{CODE}#QQBE")), printed);
        assert_eq!(
            of(&format!("HTTPS://ZZ.FY.GOV.CN.EXAMPLE/S/{CODE}")),
            Scanned::OfOthers(whose, Box::new("zz.fy.gov.cn.example".parse().unwrap()), code)
        );
        assert_eq!(of("https://zz.fy.gov.cn.example/"), Scanned::Nothing);
    }

    #[test]
    fn hosts_that_only_look_like_ours() {
        for (text, host) in [
            ("https://yx-example.gov.cn/C/ABCDEFGHIJKLMNOPQRSTUV2345", "yx-example.gov.cn"),
            ("https://yx-example.gov.cn/S/ABCDEFGHIJKLMNOPQRSTUV2345", "yx-example.gov.cn"),
            ("https://yx-example.gov.cn/C#QQAURLVB", "yx-example.gov.cn"),
            ("HTTPS://YX.EXAMPLE.GOV.CN.EVIL.EXAMPLE/C/ABC", "yx.example.gov.cn.evil.example"),
            ("https://yx.example.gov.cn@evil.example/C/ABCDEFGHIJKLMNOPQRSTUV2345", "evil.example"),
            ("https://yx.example.gov.cn:8443/C/ABC", "yx.example.gov.cn:8443"),
            ("https://evil.example\\C\\ABCDEFGHIJKLMNOPQRSTUV2345", "evil.example"),
            ("http://yx.example.gov.cn/C/ABCDEFGHIJKLMNOPQRSTUV2345", "yx.example.gov.cn"),
            ("https://уx.example.gov.cn/C/ABC", "xn--x-bub.example.gov.cn"),
            ("evil.example/C/ABCDEFGHIJKLMNOPQRSTUV2345", "evil.example"),
            ("https://203.0.113.7/", "203.0.113.7"),
        ] {
            assert_eq!(of(text), Scanned::Elsewhere(host.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_code_of_a_licence() {
        for text in [
            "https://yx.example.gov.cn/verify",
            "https://yx.example.gov.cn/C/short",
            "",
            " \r\n",
            "6901234567892",
            "weixin://dl/x",
            "张三",
            "a/b",
            "https://",
            "tel:12345",
            &"九".repeat(9999),
        ] {
            assert_eq!(of(text), Scanned::Nothing, "{text}");
        }
    }
}
