//! Walks, refusals, budgets; and the short way through a tag against the long one.

use super::walker::Way;
use super::*;
use std::cell::Cell;

fn limits() -> Limits {
    Limits { xml_nodes: 100, xml_depth: 10, ..Limits::default() }
}

fn trace(xml: &[u8]) -> Result<Vec<String>, Offence> {
    let (seen, outcome, _) = traced(xml, Way::Short, &limits());
    outcome.map(|()| seen)
}

/// What was met, how it ended, and what it took of the budget.
fn traced(xml: &[u8], way: Way, limits: &Limits) -> (Vec<String>, Result<(), Offence>, usize) {
    let mut seen = Vec::new();
    let nodes = Cell::new(0);
    let outcome = walk_octets(xml, &["OFD"], limits, &nodes, way, &mut |event| match event {
        Event::Open(path, attributes) => {
            let list: Vec<_> = attributes.iter().map(|(k, v)| format!("{k}={v}")).collect();
            seen.push(format!("<{} {} {}", path.local(), path.is_ofd(), list.join(",")));
        }
        Event::Close(path, text) => seen.push(format!(">{} {text}", path.local())),
    });
    (seen, outcome, nodes.get())
}

const NS: &str = "xmlns:o=\"http://www.ofdspec.org/2016\"";

#[test]
fn a_walk() {
    let xml = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- c --><o:OFD {NS} A=\"1&amp;&#x32;\"> a&lt;<B/>b\
         <![CDATA[<&]]><o:C xmlns=\"http://www.ofdspec.org\"><D/></o:C></o:OFD>\n"
    );
    let expected =
        ["<OFD true A=1&2", "<B false ", ">B ", "<C true ", "<D true ", ">D ", ">C ", ">OFD a<b<&"].map(String::from);
    assert_eq!(trace(xml.as_bytes()).as_deref(), Ok(expected.as_slice()));
}

#[test]
fn refusals_have_names() {
    let cases: [(&str, Offence); 20] = [
        ("<!DOCTYPE OFD><o:OFD NS/>", Offence::XmlDoctype),
        ("<!DOCTYPE OFD [<!ENTITY x SYSTEM \"file:///x\">]><o:OFD NS>&x;</o:OFD>", Offence::XmlDoctype),
        ("<o:OFD NS>&x;</o:OFD>", Offence::XmlEntity),
        ("<o:OFD NS A='&x;'/>", Offence::XmlEntity),
        ("<o:OFD NS A='1' A='2'/>", Offence::XmlDuplicateAttribute),
        ("<?xml version='1.0' encoding='GB18030'?><o:OFD NS/>", Offence::XmlEncoding),
        ("<OFD/>", Offence::XmlRoot),
        ("<o:OFD xmlns:o='urn:x'/>", Offence::XmlRoot),
        ("<o:Document NS/>", Offence::XmlRoot),
        ("<o:OFD/>", Offence::XmlMalformed),
        ("<o:OFD NS>", Offence::XmlMalformed),
        ("<o:OFD NS></o:X>", Offence::XmlMalformed),
        ("<o:OFD NS/><o:OFD NS/>", Offence::XmlMalformed),
        ("<o:OFD NS/>x", Offence::XmlMalformed),
        ("<o:OFD NS><:e/></o:OFD>", Offence::XmlMalformed),
        ("<o:OFD NS><!-- -- --></o:OFD>", Offence::XmlMalformed),
        ("<o:OFD NS A=1/>", Offence::XmlMalformed),
        ("<o:OFD NS A='<'/>", Offence::XmlMalformed),
        ("<o:OFD NS>\u{1}</o:OFD>", Offence::XmlMalformed),
        ("", Offence::XmlMalformed),
    ];
    for (xml, offence) in cases {
        assert_eq!(trace(xml.replace("NS", NS).as_bytes()), Err(offence), "{xml}");
    }
    assert_eq!(trace(b"\xff\xfe<\0"), Err(Offence::XmlEncoding));
}

#[test]
fn budgets() {
    let nested = |n: usize| format!("<o:OFD {NS}>{}{}</o:OFD>", "<o:a>".repeat(n), "</o:a>".repeat(n));
    assert!(trace(nested(9).as_bytes()).is_ok());
    assert_eq!(trace(nested(10).as_bytes()), Err(Offence::XmlTooDeep));
    let wide = format!("<o:OFD {NS}>{}</o:OFD>", "<o:a/>".repeat(100));
    assert_eq!(trace(wide.as_bytes()), Err(Offence::XmlTooManyNodes));
    let many: String = (0..300).map(|n| format!(" a{n}='1'")).collect();
    let generous = Limits { xml_nodes: 10_000, ..limits() };
    let xml = format!("<o:OFD {NS}{many}/>");
    assert_eq!(traced(xml.as_bytes(), Way::Short, &generous).1, Err(Offence::XmlTooManyAttributes));
}

#[test]
fn a_text_in_pieces_is_one() {
    let xml = format!("<o:OFD {NS}>\r\n a&#98;<o:B>x</o:B><o:B>y<!-- - --></o:B>\rc<![CDATA[\r]]></o:OFD>");
    let (seen, outcome, nodes) = traced(xml.as_bytes(), Way::Short, &limits());
    let expected = ["<OFD true ", "<B true ", ">B x", "<B true ", ">B y", ">OFD ab\nc"];
    assert_eq!((seen, outcome, nodes), (expected.map(String::from).to_vec(), Ok(()), 10));
}

#[test]
fn prefixes_are_those_in_force() {
    let xml = format!(
        "<o:OFD {NS}><o:A xmlns:o='urn:x'><o:B/></o:A><o:C/><p:D xmlns:p='http://www.ofdspec.org'/><o:E xmlns:q='u'/>\
         </o:OFD>"
    );
    let opened = |way| {
        let (seen, outcome, _) = traced(xml.as_bytes(), way, &limits());
        assert_eq!(outcome, Ok(()));
        seen.into_iter().filter(|step| step.starts_with('<')).collect::<Vec<_>>()
    };
    let expected = ["<OFD true ", "<A false ", "<B false ", "<C true ", "<D true ", "<E true "];
    assert_eq!(opened(Way::Short), expected);
    assert_eq!(opened(Way::Long), expected);
    let gone = format!("<o:OFD {NS}><o:A xmlns:p='urn:x'><p:B/></o:A><p:C/></o:OFD>");
    assert_eq!(trace(gone.as_bytes()), Err(Offence::XmlMalformed));
}

/// Whatever is put together from these pieces, or cut and altered, goes the same way by both ways.
#[test]
fn the_short_way_is_the_long_way() {
    const PIECES: [&str; 44] = [
        "<o:a>",
        "</o:a>",
        "<o:a/>",
        "<b x='1' y=\"2\">",
        "</b>",
        "</b >",
        "<b x = '1'>",
        "<b x='1'y='2'/>",
        "<b x='1' x='2'/>",
        "<b x='a&amp;b'/>",
        "<b x='a&b;'/>",
        "<b x='<'/>",
        "<b x='>'/>",
        "<b x=\"'\" y='\"'/>",
        "<b x='1' / >",
        "<b x/>",
        "<b x=1/>",
        "<p:c/>",
        "<o:c xmlns:p='u'>",
        "</o:c>",
        "<d xmlns='http://www.ofdspec.org'>",
        "</d>",
        "<e\n\tx='\t1\n'>",
        "</e\n>",
        "text",
        " ",
        "\r\n",
        "&lt;",
        "&#x41;",
        "&x;",
        "&",
        "<!-- c -->",
        "<!-- -- -->",
        "<![CDATA[<]]>",
        "<?pi x?>",
        "<?xml version='1.0'?>",
        "<!DOCTYPE a>",
        "<",
        ">",
        "'",
        "\"",
        "\u{6587}",
        "<\u{6587}:a.b-c/>",
        "<1a/>",
    ];
    let rounds = if std::env::var_os("YINXIN_LONG").is_some() { 2_000_000 } else { 20_000 };
    // xorshift: the same on every machine
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut dice = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    let (mut whole, mut refused) = (0, 0);
    for _ in 0..rounds {
        let mut xml = format!("<o:OFD {NS}>");
        // mostly balanced, so that walks get anywhere
        let mut open = vec!["o:OFD"];
        for _ in 0..dice(12) {
            match dice(8) {
                0..4 => {
                    let name = ["o:a", "b", "o:c.d"][dice(3)];
                    let attributes =
                        ["", " x='1'", " x='1' y=\"<\"", " x=\"&#65;\" o:y=''"][[0, 1, 1, 3, 3, 2][dice(6)]];
                    let (end, is_open) = if dice(3) == 0 { ("/>", false) } else { (">", true) };
                    xml += &format!("<{name}{attributes}{end}");
                    open.extend(is_open.then_some(name));
                }
                4..6 if open.len() > 1 => xml += &format!("</{}>", open.pop().unwrap()),
                6 => xml += ["x", " ", "&amp;", "\r\n", "<!-- -->"][dice(5)],
                _ if dice(3) == 0 => xml += PIECES[dice(PIECES.len())],
                _ => {}
            }
        }
        while let Some(name) = open.pop() {
            xml += &format!("</{name}>");
        }
        let mut octets = xml.into_bytes();
        if dice(3) == 0 {
            let at = dice(octets.len());
            match dice(3) {
                0 => octets.truncate(at),
                1 => octets[at] = b"<>/'\"&= :x\n\xff"[dice(12)],
                _ => drop(octets.remove(at)),
            }
        }
        let limits = Limits { xml_nodes: [5, 100][dice(2)], xml_depth: [3, 10][dice(2)], ..Limits::default() };
        let short = traced(&octets, Way::Short, &limits);
        assert_eq!(short, traced(&octets, Way::Long, &limits), "{}", String::from_utf8_lossy(&octets));
        *if short.1.is_ok() { &mut whole } else { &mut refused } += 1;
    }
    assert!(whole > rounds / 10 && refused > rounds / 10, "{whole} whole, {refused} refused");
}
