//! What a scanned or typed text is: the one place that reads it.
//!
//! Scanners type. What arrives depends on the keyboard, so a text is first made
//! plain ([`plain`]): full-width letters, the marks that a Chinese input method puts
//! in the place of `/`, `.` and `:`, case, and whatever ends it. An address is taken
//! apart and never opened.

use url::Url;
use yinxin_trust::licence::identifier::LicenceIdentifier;

/// Most characters of a text that are looked at; an address of ours has some sixty.
pub const LONGEST: usize = 2000;

/// Characters of a printed code: 128 bits in Base32.
const CODE: usize = 26;

/// What a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scanned {
    /// The printed code of a licence of this installation, in capitals.
    Printed(String),
    /// An electronic licence identifier.
    Identifier(Box<LicenceIdentifier>),
    /// An address on a host that is vouched for, but no code of a licence. Codes that
    /// other pages of ours show are told apart here.
    OtherPage,
    /// An address on another host, as the address names it: letters of other scripts
    /// in their `xn--` form, so that a look-alike looks like none.
    Elsewhere(String),
    /// Nothing of these.
    Nothing,
}

/// What printed codes of this installation begin with, and which hosts are vouched for.
pub(super) struct Known<'a> {
    /// `HTTPS://HOST/C/`.
    pub(super) code_prefix: &'a str,
}

impl Known<'_> {
    /// Whether somebody vouches for a host, given with its port where that is not the
    /// scheme's. Today only the configured address does; trust lists join here.
    fn vouches_for(&self, host: &str) -> bool {
        Url::parse(self.code_prefix).ok().and_then(|own| authority(&own)).is_some_and(|own| own == host)
    }

    /// What follows the beginning of our printed addresses, in whatever case.
    fn code_in<'t>(&self, text: &'t str) -> Option<&'t str> {
        let (_, without_scheme) = self.code_prefix.split_once("://")?;
        [self.code_prefix, without_scheme].into_iter().find_map(|begins| {
            let (head, rest) = text.split_at_checked(begins.len())?;
            head.eq_ignore_ascii_case(begins).then_some(rest)
        })
    }
}

/// Reads a text.
pub(super) fn read(text: &str, known: &Known<'_>) -> Scanned {
    let text = plain(text);
    let code = known.code_in(&text).unwrap_or(&text);
    if code.len() == CODE && code.bytes().all(|octet| octet.is_ascii_alphanumeric()) {
        return Scanned::Printed(code.to_ascii_uppercase());
    }
    if let Ok(identifier) = text.to_ascii_uppercase().parse() {
        return Scanned::Identifier(Box::new(identifier));
    }
    match host_of(&text) {
        Some(host) if known.vouches_for(&host) => Scanned::OtherPage,
        Some(host) => Scanned::Elsewhere(host),
        None => Scanned::Nothing,
    }
}

/// A text as a plain keyboard would have typed it: full-width characters narrow, the
/// marks of a Chinese input method as the keys they stand on, nothing that cannot be
/// seen, no space around or within, at most [`LONGEST`] characters.
pub(super) fn plain(text: &str) -> String {
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
    text.chars().take(LONGEST).filter(seen).map(key).collect()
}

/// The host of a text that is an address of the web, as browsers read it: what stands
/// before an `@` is no host, and letters of other scripts are no longer themselves.
fn host_of(text: &str) -> Option<String> {
    if let Ok(address) = Url::parse(text)
        && matches!(address.scheme(), "http" | "https")
    {
        return authority(&address);
    }
    // printed without its scheme
    let (host, _) = text.split_once('/')?;
    let looks_like_one = host.contains('.') && !text.contains("://");
    let address = Url::parse(&format!("https://{text}")).ok().filter(|_| looks_like_one)?;
    authority(&address)
}

fn authority(address: &Url) -> Option<String> {
    let host = address.host_str()?.trim_end_matches('.').to_owned();
    Some(match address.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: Known<'static> = Known { code_prefix: "HTTPS://YX.EXAMPLE.GOV.CN/C/" };
    const CODE: &str = "ABCDEFGHIJKLMNOPQRSTUV2345";

    fn of(text: &str) -> Scanned {
        read(text, &KNOWN)
    }

    #[test]
    fn one_code_however_it_is_typed() {
        let printed = Scanned::Printed(CODE.to_owned());
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
            CODE.to_lowercase(),
            format!(" {} {} ", &CODE[..13], &CODE[13..]),
        ] {
            assert_eq!(of(&text), printed, "{text:?}");
        }
    }

    #[test]
    fn hosts_that_only_look_like_ours() {
        for (text, host) in [
            ("https://yx-example.gov.cn/C/ABCDEFGHIJKLMNOPQRSTUV2345", "yx-example.gov.cn"),
            ("HTTPS://YX.EXAMPLE.GOV.CN.EVIL.EXAMPLE/C/ABC", "yx.example.gov.cn.evil.example"),
            ("https://yx.example.gov.cn@evil.example/C/ABC", "evil.example"),
            ("https://yx.example.gov.cn:8443/C/ABC", "yx.example.gov.cn:8443"),
            ("https:\\\\evil.example\\C\\ABC", "evil.example"),
            ("http://уx.example.gov.cn/C/ABC", "xn--x-bub.example.gov.cn"),
            ("evil.example/C/ABCDEFGHIJKLMNOPQRSTUV2345", "evil.example"),
            ("https://203.0.113.7/", "203.0.113.7"),
        ] {
            assert_eq!(of(text), Scanned::Elsewhere(host.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_code_of_a_licence() {
        assert_eq!(of("https://yx.example.gov.cn./verify"), Scanned::OtherPage);
        assert_eq!(of("https://yx.example.gov.cn/C/short"), Scanned::OtherPage);
        for text in
            ["", " \r\n", "6901234567892", "weixin://dl/x", "张三", "a/b", "https://", "tel:12345", &"九".repeat(9999)]
        {
            assert_eq!(of(text), Scanned::Nothing, "{text}");
        }
    }
}
