//! Every form, and every trick by its name.

use super::*;

const CODE: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY";
const HOST: &str = "yx.fuyang.gov.cn";

fn site(text: &str) -> Site {
    text.parse().unwrap()
}

fn code() -> ShortCode {
    CODE.parse().unwrap()
}

fn printed_at(host: &str) -> Scanned {
    Scanned::Printed { site: site(host), code: code(), digest: None }
}

fn refused(host: Option<&str>, trick: Trick) -> Scanned {
    Scanned::Refused { host: host.map(|host| host.parse().unwrap()), trick }
}

fn address(host: Option<&str>) -> Scanned {
    Scanned::NotACode(NotACode::Address { site: host.map(site) })
}

#[test]
fn the_forms_as_they_are_printed() {
    let site = site(HOST);
    let payload = Payload::of_text("QQAUABCDEFGHIJ234567");
    assert_eq!(site.printed(&code()), format!("HTTPS://YX.FUYANG.GOV.CN/C/{CODE}"));
    assert_eq!(Scanned::of(&site.printed(&code())), printed_at(HOST));
    let digest = Some(payload.clone());
    assert_eq!(
        Scanned::of(&site.printed_with_digest(&code(), &payload)),
        Scanned::Printed { site: site.clone(), code: code(), digest }
    );
    assert_eq!(Scanned::of(&site.presentation(&code())), Scanned::Presentation { site: site.clone(), code: code() });
    let offline = Scanned::Offline { site: Some(site.clone()), payload: payload.clone() };
    assert_eq!((Scanned::of(&site.offline(&payload)), offline.site()), (offline.clone(), Some(&site)));
    for begin in OFFLINE_BEGINS {
        let payload = Payload::of_text(&format!("{begin}ABCDEFGHIJ234567"));
        assert_eq!(Scanned::of(payload.as_str()), Scanned::Offline { site: None, payload });
    }
    // a misread character is found with the rest of the payload, not here
    assert!(matches!(Scanned::of("QQAU1"), Scanned::Offline { site: None, .. }));
}

#[test]
fn ports_are_kept_and_the_usual_one_is_not_written() {
    assert_eq!(Scanned::of(&format!("https://{HOST}:8443/C/{CODE}")), printed_at(&format!("{HOST}:8443")));
    assert_ne!(site(&format!("{HOST}:8443")), site(HOST));
    assert_eq!(Scanned::of(&format!("https://{HOST}:443/C/{CODE}")), printed_at(HOST));
    assert_eq!(site(&format!("{HOST}:8443")).printed(&code()), format!("HTTPS://YX.FUYANG.GOV.CN:8443/C/{CODE}"));
    for port in ["", "0", "0443", "+443", "65536", "443a", "443:443", "４４３ ", "-1", " 443"] {
        let found = Scanned::of(&format!("https://{HOST}:{port}/C/{CODE}"));
        assert_eq!(found, refused(Some(HOST), Trick::Port), "{port:?}");
    }
}

#[test]
fn as_scanners_type_it() {
    let plain = format!("https://{HOST}/C/{CODE}");
    let wide = |text: &str| {
        let widened = |character: char| match character {
            ' ' => '\u{3000}',
            '!'..='~' => char::from_u32(u32::from(character) + 0xFEE0).unwrap(),
            other => other,
        };
        text.chars().map(widened).collect::<String>()
    };
    for typed in [
        plain.to_uppercase(),
        plain.to_lowercase(),
        format!("hTTPS://YX.fuyang.gov.CN/c/{}", CODE.to_lowercase()),
        wide(&plain),
        wide(&plain.to_uppercase()),
        // the marks that input methods make of dots, colons and slashes
        plain.replace('.', "。").replace(':', "：").replace('/', "、"),
        plain.replace('/', "／").replace('.', "｡"),
        format!("{plain}\r\n"),
        format!("{plain}\t"),
        format!("\u{2}{plain}\u{3}"),
        format!("{plain}\0\0"),
        format!("{plain}\u{1d}\u{4}"),
        format!("   {plain}\u{3000} \n"),
        format!("\u{feff}{plain}\u{200b}"),
        format!("]Q1{plain}"),
        format!("]q3 {plain}\r"),
        wide(&format!("]Q0{plain} ")),
        // a page of a code with its settings
        format!("{plain}?lang=en&size=large"),
        format!("{plain}#"),
    ] {
        assert_eq!(Scanned::of(&typed), printed_at(HOST), "{typed:?}");
    }
    let payload = Payload::of_text("QQAUABCD");
    let offline = |site: Option<Site>| Scanned::Offline { site, payload: payload.clone() };
    assert_eq!(Scanned::of(&wide("qqauabcd\r")), offline(None));
    assert_eq!(Scanned::of(&wide(&format!("https://{HOST}/c#qqauabcd "))), offline(Some(site(HOST))));
}

#[test]
fn identifiers() {
    let text = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";
    let identifier = Scanned::Identifier(text.parse().unwrap());
    for typed in [text.to_owned(), text.to_lowercase(), text.replace('.', "。"), format!(" {text}\r\n")] {
        assert_eq!(Scanned::of(&typed), identifier, "{typed}");
    }
    let wrong = text.replace(".U", ".V");
    let offence = IdentifierOffence::Check { expected: 'U', found: 'V' };
    assert_eq!(Scanned::of(&wrong), Scanned::NotACode(NotACode::Identifier(offence.into())));
    assert!(matches!(Scanned::of("1.2.156.3005.2.1"), Scanned::NotACode(NotACode::Identifier(_))));
    assert_eq!(Scanned::of("1.2.156.3005.21"), Scanned::NotACode(NotACode::Text));
}

#[test]
fn another_host_is_another_site() {
    for host in ["evil.example", "yx.fuyang.gov.cn.evil.example", "yxfuyang.gov.cn", "a-yx.fuyang.gov.cn", "127.0.0.1"]
    {
        let found = Scanned::of(&format!("https://{host}/C/{CODE}"));
        assert_eq!(found, printed_at(host));
        assert_ne!(found.site(), Some(&site(HOST)), "{host}");
    }
}

#[test]
fn a_user_that_looks_like_a_host() {
    for (before, host) in [
        (format!("{HOST}@evil.example"), "evil.example"),
        (format!("{HOST}:443@evil.example"), "evil.example"),
        (format!("{HOST}@evil.example@third.example:8443"), "third.example"),
        (format!("evil.example@{HOST}"), HOST),
        (format!("@{HOST}"), HOST),
        (format!("{HOST}＠evil.example"), "evil.example"),
    ] {
        for path in [format!("/C/{CODE}"), format!("/S/{CODE}"), "/C#QQAU".to_owned()] {
            assert_eq!(Scanned::of(&format!("https://{before}{path}")), refused(Some(host), Trick::User), "{before}");
        }
    }
}

#[test]
fn backslashes() {
    // a browser goes to what stands before the first backslash
    for (text, host) in [
        (format!("https://evil.example\\@{HOST}/C/{CODE}"), "evil.example"),
        (format!("https://evil.example\\.{HOST}/C/{CODE}"), "evil.example"),
        (format!("https://{HOST}\\C\\{CODE}"), HOST),
        (format!("https://{HOST}/\\evil.example/C/{CODE}"), HOST),
        (format!("https://evil.example＼@{HOST}/C/{CODE}"), "evil.example"),
    ] {
        assert_eq!(Scanned::of(&text), refused(Some(host), Trick::Backslash), "{text}");
    }
    let two = format!("https:\\\\{HOST}\\C\\{CODE}");
    assert_eq!(Scanned::of(&two), refused(None, Trick::Scheme));
}

#[test]
fn percent_encoding_is_not_undone() {
    for host in ["yx.fuyang%2egov.cn", "%79x.fuyang.gov.cn", "yx.fuyang.gov.cn%2F.evil.example", "yx%00.gov.cn"] {
        assert_eq!(Scanned::of(&format!("https://{host}/C/{CODE}")), refused(None, Trick::Percent), "{host}");
    }
    let user = format!("https://{HOST}%40evil.example/C/{CODE}");
    assert_eq!(Scanned::of(&user), refused(None, Trick::Percent));
    for path in
        [format!("/%43/{CODE}"), format!("/C%2F{CODE}"), format!("/C/%47{}", &CODE[1..]), "/C%23QQAU".to_owned()]
    {
        assert_eq!(Scanned::of(&format!("https://{HOST}{path}")), address(Some(HOST)), "{path}");
    }
}

#[test]
fn dots_at_the_end_of_a_host() {
    assert_eq!(Scanned::of(&format!("https://{HOST}./C/{CODE}")), refused(Some(HOST), Trick::TrailingDot));
    assert_eq!(Scanned::of(&format!("https://{HOST}。/C/{CODE}")), refused(Some(HOST), Trick::TrailingDot));
    assert_eq!(Scanned::of(&format!("https://{HOST}.:443/C/{CODE}")), refused(Some(HOST), Trick::TrailingDot));
    assert_eq!(Scanned::of(&format!("https://{HOST}../C/{CODE}")), refused(None, Trick::TrailingDot));
}

#[test]
fn look_alikes_are_told_by_their_a_labels() {
    // Cyrillic у, Greek ο, dotless ı, full-width forms of another name
    for (host, shown) in [
        ("уx.fuyang.gov.cn", "xn--x-bub.fuyang.gov.cn"),
        ("yx.fuyang.gοv.cn", "yx.fuyang.xn--gv-jbc.cn"),
        ("yx.fuyang.gov.cn.政务", "yx.fuyang.gov.cn.xn--zfr164b"),
    ] {
        let found = Scanned::of(&format!("https://{host}/C/{CODE}"));
        assert_eq!(found, printed_at(shown), "{host}");
        assert_ne!(found.site(), Some(&site(HOST)));
    }
    // one name in its three forms, as a browser would have it
    for host in ["政务.example", "XN--ZFR164B.EXAMPLE", "xn--zfr164b.example"] {
        assert_eq!(Scanned::of(&format!("https://{host}/C/{CODE}")), printed_at("xn--zfr164b.example"), "{host}");
    }
    // what a browser maps to ASCII is that host; what it maps to a slash is no host
    assert_eq!(Scanned::of(&format!("https://ⓨx.fuyang.gov.cn/C/{CODE}")), printed_at(HOST));
    let care_of = Scanned::of(&format!("https://yx.fuyang.gov.c℀n/C/{CODE}"));
    assert!(matches!(care_of, Scanned::Refused { host: None, trick: Trick::Host(_) }), "{care_of:?}");
}

#[test]
fn what_shows_nothing_within_a_host() {
    for inside in ["\u{200b}", "\u{202e}", "\u{ad}", "\t", "\n", "\0", " ", "\u{2060}", "\u{e000}"] {
        let found = Scanned::of(&format!("https://yx{inside}.fuyang.gov.cn/C/{CODE}"));
        let is_ours = found.site() == Some(&site(HOST));
        assert!(!is_ours && !matches!(found, Scanned::NotACode(_)), "{inside:?}: {found:?}");
    }
}

#[test]
fn other_schemes() {
    let behind = format!("{HOST}/C/{CODE}");
    for scheme in ["http", "ftp", "httpss", "javascript", "view-source:https", "https ", "ｈttp", "", "\u{430}https"] {
        assert_eq!(Scanned::of(&format!("{scheme}://{behind}")), refused(Some(HOST), Trick::Scheme), "{scheme}");
    }
    for text in [
        behind.clone(),
        format!("//{behind}"),
        format!("https:{behind}"),
        format!("https:/{behind}"),
        format!("/C/{CODE}"),
        format!("mailto:a@b.example?/C/{CODE}"),
        "blob:/C#QQAU".to_owned(),
    ] {
        assert_eq!(Scanned::of(&text), refused(None, Trick::Scheme), "{text}");
    }
    // an empty host, and one slash too many
    for text in [format!("https:///C/{CODE}"), format!("https:///{behind}")] {
        let found = Scanned::of(&text);
        assert!(matches!(found, Scanned::Refused { host: None, trick: Trick::Host(_) }), "{text}: {found:?}");
    }
    assert!(matches!(Scanned::of(&format!("https://[::1]/C/{CODE}")), Scanned::Refused { host: None, .. }));
}

#[test]
fn other_paths_are_no_codes() {
    for path in [
        String::new(),
        "/".to_owned(),
        "/C".to_owned(),
        "/C/".to_owned(),
        format!("/C/{}", &CODE[1..]),
        format!("/C/{CODE}A"),
        format!("/C/{CODE}/"),
        format!("/C/{}0", &CODE[1..]),
        format!("/D/{CODE}"),
        format!("/C//{CODE}"),
        format!("/x/../C/{CODE}"),
        format!("/yx/C/{CODE}"),
        format!("/C;a/{CODE}"),
        format!("?/C/{CODE}"),
        format!("#/C/{CODE}"),
        format!("#@evil.example/C/{CODE}"),
        format!("/C?a#{CODE}"),
        "/S#QQAU".to_owned(),
    ] {
        assert_eq!(Scanned::of(&format!("https://{HOST}{path}")), address(Some(HOST)), "{path}");
    }
    assert_eq!(Scanned::of("http://menu.example/table/7"), address(None));
    assert_eq!(Scanned::of("https://user@menu.example/"), address(None));
    assert_eq!(Scanned::of("https://"), address(None));
}

#[test]
fn other_texts_are_no_codes() {
    use NotACode::{Empty, Text, TooLong};
    let reason = |text: &str| match Scanned::of(text) {
        Scanned::NotACode(reason) => reason,
        other => panic!("{text:?}: {other:?}"),
    };
    for text in ["", " \u{3000}\r\n\t", "\0", "\u{feff}\u{200b}", "]Q1", "]Q3 \n"] {
        assert_eq!(reason(text), Empty, "{text:?}");
    }
    for text in
        ["张三", CODE, "QQAU ABCD", "QQA", "WIFI:S:a;T:WPA;P:b;;", "6901234567892", "\u{202e}abc", "]X1", "C/", "://"]
    {
        let found = reason(text);
        assert!(matches!(found, Text | NotACode::Address { site: None }), "{text:?}: {found:?}");
    }
    assert_eq!(reason(&"A".repeat(LONGEST_TEXT)), Text);
    assert_eq!(reason(&"A".repeat(LONGEST_TEXT + 1)), TooLong);
    assert_eq!(reason(&"张".repeat(LONGEST_TEXT / 3 + 1)), TooLong);
}

#[test]
fn a_code_is_not_shown_by_debug() {
    let shown = format!("{:?}", Scanned::of(&format!("https://{HOST}/S/{CODE}")));
    assert!(!shown.contains(&CODE[..4]), "{shown}");
}

/// The most slashes that a text has: each could begin a form.
#[test]
fn many_slashes_take_bounded_time() {
    let begun = std::time::Instant::now();
    for unit in ["/C", "/", "\\C/", "/C/#", "@/C?"] {
        let text = format!("http://a{}", unit.repeat((LONGEST_TEXT - 8) / unit.len()));
        assert!(matches!(Scanned::of(&text), Scanned::NotACode(NotACode::Address { site: None })), "{unit}");
    }
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
}
