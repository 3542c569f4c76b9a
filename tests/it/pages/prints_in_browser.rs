//! Printed codes in Chromium: the same answers as ours to every payload, and to whatever is typed off a paper.

use super::codes_in_browser::{AS_OF, Dice, at, block, in_verifier, issuer, sealed};
use data_encoding::BASE32_NOPAD;
use serde_json::json;
use std::collections::BTreeMap;
use yinxin::flow::{
    shown::Shown,
    window::{Paper, PaperFault},
};
use yinxin_trust::code::{
    CodeKey, Payload, ShortCode,
    cbor::Writer,
    print::{PrintPlan, check},
};

const DOMAIN: &[u8] = b"yinxin printed code 1\0";
/// Of the document: the code, and what stands on its paper.
const PAPER: [&str; 3] = ["阿卜杜拉·买买提", "JY13412020012345", "2029-01-14"];

/// Code and payload of the document.
fn printed() -> (ShortCode, String) {
    let text = block("Text of the printed code");
    let (address, payload) = text.split_once('#').unwrap();
    (address.rsplit('/').next().unwrap().parse().unwrap(), payload.to_owned())
}

fn keys() -> [CodeKey; 1] {
    [CodeKey::new(issuer().public().clone(), at(1_767_225_600), Some(at(AS_OF + 500_000)))]
}

/// What a payload comes to, in one line that names all of it.
fn ours(payload: &str, now: i64) -> String {
    match check(&printed().0, &Payload::of_text(payload), &keys()[..], at(now), 300) {
        Ok(genuine) => format!("genuine {} {}", genuine.key, genuine.signed_at.unix_seconds()),
        Err(fault) => format!("{} {}", fault.code(), Shown::of_print_fault(&fault).map_or("-", Shown::code)),
    }
}

/// Statements that the issuer signed; which of them are sound both readers have to say.
fn statements() -> Vec<Vec<u8>> {
    enum V {
        N(u64),
        B(usize),
    }
    use V::{B, N};
    let written = |members: &[(u64, V)]| {
        let mut writer = Writer::new();
        writer.map(members.len() as u64);
        for (key, value) in members {
            writer.unsigned(*key);
            match value {
                N(number) => writer.unsigned(*number),
                B(length) => writer.bytes(&vec![7; *length]),
            }
        }
        writer.finish()
    };
    let as_of = AS_OF.unsigned_abs();
    let mut all = vec![written(&[(1, B(32)), (2, N(as_of))])];
    all.extend([0, 31, 33, 64].map(|length| written(&[(1, B(length)), (2, N(as_of))])));
    let times = [0, 1, as_of + 499_999, as_of + 500_000, 253_402_300_799, 253_402_300_800, u64::MAX];
    all.extend(times.map(|time| written(&[(1, B(32)), (2, N(time))])));
    all.push(written(&[]));
    all.push(written(&[(1, B(32))]));
    all.push(written(&[(2, N(as_of))]));
    all.push(written(&[(2, N(as_of)), (1, B(32))]));
    all.push(written(&[(1, B(32)), (1, B(32))]));
    all.push(written(&[(1, N(1)), (2, N(as_of))]));
    all.push(written(&[(1, B(32)), (2, B(4))]));
    all.push(written(&[(0, N(1)), (1, B(32)), (2, N(as_of))]));
    all.push(written(&[(1, B(32)), (2, N(as_of)), (3, N(1))]));
    all.push([&*all[0], &[0]].concat());
    all.push(vec![]);
    all
}

#[test]
fn printed_codes_come_to_the_same_in_the_browser() {
    let (code, whole) = printed();
    let octets = BASE32_NOPAD.decode(whole.as_bytes()).unwrap();
    let mut cases: Vec<(String, i64)> = Vec::new();
    for seconds in [-999_999_999, -301, -300, 0, 499_999, 500_001, 86_400 * 365 * 20] {
        cases.push((whole.clone(), AS_OF + seconds));
    }
    let mut dice = Dice(0x7072_696E);
    for at in 0..octets.len() {
        for bit in 0..8 {
            let mut altered = octets.clone();
            altered[at] ^= 1 << bit;
            cases.push((BASE32_NOPAD.encode(&altered), AS_OF));
        }
    }
    for length in 0..whole.len() {
        cases.push((whole[..length].to_owned(), AS_OF));
        let other = ["A", "7", "1", "*", "É", "", "AA", " "][dice.below(8)];
        cases.push((format!("{}{other}{}", &whole[..length], &whole[length + 1..]), AS_OF));
    }
    for _ in 0..400 {
        let mut altered = octets.clone();
        for _ in 0..=dice.below(4) {
            let at = dice.below(altered.len().max(1));
            match dice.below(4) {
                _ if altered.is_empty() => {}
                0 => altered[at] = u8::try_from(dice.below(256)).unwrap(),
                1 => altered.insert(at, u8::try_from(dice.below(256)).unwrap()),
                2 => {
                    altered.remove(at);
                }
                _ => altered.truncate(at),
            }
        }
        cases.push((BASE32_NOPAD.encode(&altered), AS_OF));
        let noise: Vec<u8> = (0..dice.below(60)).map(|_| u8::try_from(dice.below(256)).unwrap()).collect();
        cases.push((BASE32_NOPAD.encode(&noise), AS_OF));
    }
    cases.extend(statements().iter().map(|statement| (sealed(2, DOMAIN, statement), AS_OF + 500_000)));
    let sound = &statements()[0];
    // with the proof of a device, which a printed code has not
    let mut proven = octets.clone();
    proven[0] = 0x86;
    proven.extend([&[0x1a, 0, 0, 0, 1, 0x58, 0x40][..], &[1; 64]].concat());
    cases.extend([
        (sealed(1, DOMAIN, sound), AS_OF),
        (sealed(3, DOMAIN, sound), AS_OF),
        (sealed(2, b"yinxin offline code 1\0", sound), AS_OF),
        (BASE32_NOPAD.encode(&proven), AS_OF),
        ("A".repeat(656), AS_OF),
        ("A".repeat(657), AS_OF),
    ]);
    let script = r#"
        const key = v.publicKey(v.unhex(given.key));
        const find = (id) => (id === given.id ? { key, from: 1767225600, until: given.until } : undefined);
        return given.cases.map(([payload, now]) => {
          try {
            const { key, signedAt } = v.checkPrint(given.code, payload, find, now, 300);
            return `genuine ${key} ${signedAt}`;
          } catch (error) {
            return error instanceof v.Refused ? `${error.word} ${v.stateOfPrintRefusal(error.word) ?? '-'}` : String(error.stack);
          }
        });
    "#;
    let (key, id, until) = (block("Key"), block("Key id"), AS_OF + 500_000);
    let given = cases
        .chunks(300)
        .map(|some| json!({ "key": key, "id": id, "until": until, "code": code.as_str(), "cases": some }))
        .collect();
    let found: Vec<String> = in_verifier(script, given)
        .into_iter()
        .flat_map(|some| serde_json::from_value::<Vec<String>>(some).unwrap())
        .collect();
    assert!(found.len() == cases.len() && found.len() > 2_000, "{}", found.len());
    let mut words = BTreeMap::new();
    for ((payload, now), found) in cases.iter().zip(&found) {
        assert_eq!(*found, ours(payload, *now), "{payload} at {now}");
        *words.entry(found.split(' ').next().unwrap()).or_insert(0) += 1;
    }
    for word in [
        "genuine",
        "unknown_key",
        "altered",
        "no_statement",
        "key_period",
        "not_yet",
        "other_kind_of_code",
        "no_envelope",
        "cut_short",
        "trailing",
        "no_base32",
        "too_long",
        "empty",
    ] {
        assert!(words.contains_key(word), "{word} was never tried: {words:?}");
    }
}

/// The digest of what was typed, or what of it cannot be read.
fn read([holder, number, until]: &[String; 3]) -> String {
    match Paper::read(holder.trim(), number.trim(), until.trim()) {
        Err(PaperFault::Holder(_)) => "holder".to_owned(),
        Err(PaperFault::Number(_)) => "number".to_owned(),
        Err(PaperFault::Until) => "until".to_owned(),
        Ok(paper) => {
            let site = "yx.fuyang.gov.cn".parse().unwrap();
            let plan = PrintPlan::new(&printed().0, &paper.facts(), at(AS_OF), &site, issuer().public()).unwrap();
            // behind the domain, the head of the map, member 1 and its head
            hex::encode(&plan.to_be_signed()[DOMAIN.len() + 1 + 1 + 2..][..32])
        }
    }
}

#[test]
fn what_is_typed_off_a_paper_is_the_same_in_the_browser() {
    let holders = [
        PAPER[0],
        "阿卜杜拉•买买提",
        "阿卜杜拉・买买提",
        "阿卜杜拉･买买提",
        "演示市小满面馆（个体工商户）",
        " 张三\u{3000}",
        "\u{85}张 三\t",
        "Zoe\u{308} O\u{2019}Neill",
        "\u{f90c}\u{2f800}",
        "\u{1100}\u{1161}\u{11a8}",
        "q\u{307}\u{323}\u{344}",
        "Å\u{212b}ﬁ",
        "𠮷野家",
        "张\u{200b}三",
        "张\u{e863}",
        "\u{feff}张",
        "",
    ];
    let numbers = [
        PAPER[1],
        "jy1 3412 0200 12345",
        "ＪＹ１３４１２０２００１２３４５",
        "（2024）京字 第００１号ａ",
        "[2024]ÄßJY\u{131}-é\u{301}",
        "1\u{200b}2",
        "\u{3000}",
        "𝟙①½",
        "A\u{a0}B\u{2009}C\u{85}D",
        "\u{feff}1",
    ];
    let days = [
        PAPER[2],
        "2029年1月14日",
        "２０２９／０１／１４",
        "2029.1.14",
        "2029。1。14",
        "2029、1、14",
        " 长期 ",
        "长 期",
        "長期",
        "2029-02-29",
        "2028-02-29",
        "2029-13-01",
        "2029-01-32",
        "2029-00-10",
        "0999-01-01",
        "1000-01-01",
        "9999-12-31",
        "99999-01-01",
        "02029-01-14",
        "29-1-14",
        "2029-001-14",
        "2029-1",
        "2029-1-1-1",
        "20290114",
        "2029\u{200b}-1-14",
        "٢٠٢٩-٠١-١٤",
        "",
    ];
    let mut dice = Dice(0x7061_7065);
    let signs: Vec<char> =
        "·.-/年0９aＡ \u{3000}\u{308}\u{200b}\u{e000}\u{85}。、长期ß\u{1f600}\u{feff}".chars().collect();
    let mut cases: Vec<[String; 3]> = Vec::new();
    let of = |holder: &str, number: &str, day: &str| [holder, number, day].map(str::to_owned);
    cases.extend(holders.iter().map(|holder| of(holder, PAPER[1], PAPER[2])));
    cases.extend(numbers.iter().map(|number| of(PAPER[0], number, PAPER[2])));
    cases.extend(days.iter().map(|day| of(PAPER[0], PAPER[1], day)));
    for (length, number) in [(512, 128), (513, 128), (512, 129)] {
        cases.push(of(&"张".repeat(length), &"９".repeat(number), PAPER[2]));
    }
    cases.push(of(&format!(" {} ", "𠮷".repeat(512)), &format!(" {} ", "1".repeat(128)), PAPER[2]));
    for round in 0..4_000 {
        let mut typed =
            of(holders[dice.below(holders.len())], numbers[dice.below(numbers.len())], days[dice.below(days.len())]);
        // most of them with one fault at most, so that it is seen
        let part = dice.below(3);
        for (at, whole) in PAPER.iter().enumerate() {
            if at != part {
                typed[at] = (*whole).to_owned();
            }
        }
        let mut letters: Vec<char> = typed[part].chars().collect();
        for _ in 0..round % 3 {
            let at = dice.below(letters.len() + 1);
            match dice.below(3) {
                0 => letters.insert(at, signs[dice.below(signs.len())]),
                1 if at < letters.len() => {
                    letters.remove(at);
                }
                _ if at < letters.len() => letters[at] = signs[dice.below(signs.len())],
                _ => {}
            }
        }
        typed[part] = letters.into_iter().collect();
        cases.push(typed);
    }
    let script = r#"
        return given.cases.map(([holder, number, until]) => {
          const paper = v.paperOf(holder, number, until);
          return typeof paper === 'string' ? paper : v.hex(v.digestOfPaper(given.code, paper));
        });
    "#;
    let code = printed().0;
    let given = cases.chunks(1_000).map(|some| json!({ "code": code.as_str(), "cases": some })).collect();
    let found: Vec<String> = in_verifier(script, given)
        .into_iter()
        .flat_map(|some| serde_json::from_value::<Vec<String>>(some).unwrap())
        .collect();
    assert_eq!(found.len(), cases.len());
    for (typed, found) in cases.iter().zip(&found) {
        assert_eq!(*found, read(typed), "{typed:?}");
    }
    let same = read(&of(PAPER[0], PAPER[1], PAPER[2]));
    assert!(found.iter().filter(|one| **one == same).count() > 150, "what is the same on paper is the same here");
    for word in ["holder", "number", "until"] {
        assert!(found.iter().filter(|one| *one == word).count() > 20, "{word}");
    }
}

#[test]
fn the_printed_code_of_the_document_is_held_against_its_paper() {
    let (code, payload) = printed();
    let script = r#"
        const find = () => ({ key: v.publicKey(v.unhex(given.key)), from: 0, until: null });
        const print = v.checkPrint(given.code, given.payload, find, given.now, 300);
        return given.papers.map((typed) => v.isAsSigned(print, v.paperOf(...typed)));
    "#;
    let papers = [
        ["阿卜杜拉•买买提", " jy1341 2020012345", "2029年1月14日"],
        PAPER,
        ["阿卜杜拉买买提", PAPER[1], PAPER[2]],
        [PAPER[0], "JY13412020012346", PAPER[2]],
        [PAPER[0], PAPER[1], "2030-01-14"],
        [PAPER[0], PAPER[1], "长期"],
    ];
    let given =
        json!({ "key": block("Key"), "code": code.as_str(), "payload": payload, "now": AS_OF, "papers": papers });
    assert_eq!(in_verifier(script, vec![given]), [json!([true, true, false, false, false, false])]);
}
