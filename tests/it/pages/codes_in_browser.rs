//! The verifier of the pages in Chromium: the known answers of SM2 and SM3 there, and the same answers as ours to every
//! text and every octet of codes.

use super::browser::{Tab, in_browser};
use crate::support::{database::Database, desk::Desk, house::House, repository};
use data_encoding::BASE32_NOPAD;
use serde_json::{Value, json};
use yinxin::flow::{access::Role, shown::Shown};
use yinxin_testkit::keys::Key;
use yinxin_trust::{
    base::Moment,
    code::{
        CodeKey, KeyId, Payload,
        cbor::Writer,
        offline::{OfflinePolicy, Presence, check},
        scanned::{NotACode, Scanned, Trick},
    },
};

/// The state date of the document's code, in seconds.
pub(super) const AS_OF: i64 = 1_780_279_200;

/// Runs a script with the verifier in a page of the window for each of some arguments, and answers what it returns.
pub(super) fn in_verifier(script: &str, arguments: Vec<Value>) -> Vec<Value> {
    let database = Database::sqlite();
    let desk = Desk::open(House::new(&database), "");
    let body = desk.house.body.clone();
    desk.person(&body, "liu.jing", "刘静", &[Role::Clerk]);
    let found = std::cell::RefCell::new(Vec::new());
    in_browser(desk.to, true, async |tab: &Tab| {
        super::office::sign_in(tab, "liu.jing").await;
        tab.open("/window/offline").await;
        let whole = format!(
            "const done = arguments[arguments.length - 1]; const given = arguments[0]; \
             const address = document.querySelector('[data-verifier]').dataset.verifier; \
             import(address).then(async (v) => {{ {script} }}).then(done, (error) => done(String(error && error.stack)));"
        );
        for one in arguments {
            let returned = tab.client.execute_async(&whole, vec![one]).await.unwrap();
            found.borrow_mut().push(returned);
        }
    });
    found.into_inner()
}

fn known(file: &str) -> Option<Value> {
    let path = yinxin_testkit::shared()?.join("vectors").join(file);
    Some(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
}

#[test]
fn the_known_answers_of_sm2_and_sm3() {
    let (Some(cases), Some(signatures), Some(digests)) =
        (known("sm2-signature-cases.json"), known("sm2-sign.json"), known("sm3.json"))
    else {
        return;
    };
    let script = r#"
        const out = { cases: {}, wrong: [] };
        const { unhex, hex } = v;
        const tell = (name, result, holds) => {
          out.cases[`${result} ${holds}`] = (out.cases[`${result} ${holds}`] || 0) + 1;
          if (result !== 'acceptable' && holds !== (result === 'valid')) out.wrong.push(name);
        };
        for (const t of given.cases.tests) {
          const [key, signature] = [v.publicKey(unhex(t.pub)), v.signatureOfDer(unhex(t.sig))];
          tell(t.name, t.result, Boolean(key && signature && v.verify(key, unhex(t.msg), signature, unhex(t.uid))));
        }
        for (const t of given.cases.digestTests) {
          const [key, signature] = [v.publicKey(unhex(t.pub)), v.signatureOfRaw(unhex(t.r + t.s))];
          tell(t.name, t.result, Boolean(key && signature && v.verifyDigest(key, unhex(t.e), signature)));
        }
        for (const t of [...given.signatures.signatures, ...given.signatures.digestSignatures]) {
          const [key, signature] = [v.publicKey(unhex('04' + t.x + t.y)), v.signatureOfRaw(unhex(t.r + t.s))];
          const e = t.msg === undefined ? unhex(t.e) : v.digestOf(key, unhex(t.msg), unhex(t.id));
          if (t.e !== undefined && hex(e) !== t.e) out.wrong.push(`digest of ${t.source}`);
          tell(t.source, t.result || 'valid', v.verifyDigest(key, e, signature));
        }
        // s = 1, r = n - 1: whoever leaves out that r + s is not nought modulo n believes it of every key
        const n = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
        const gx = 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n;
        const octets = (number) => unhex(number.toString(16).padStart(64, '0'));
        const nought = v.signatureOfRaw(new Uint8Array([...octets(n - 1n), ...octets(1n)]));
        tell('r + s = n', 'invalid', v.verifyDigest(v.publicKey(unhex(given.cases.tests[0].pub)), octets(n - 1n - gx), nought));
        for (const t of given.digests.digests) {
          const one = unhex(t.msg); const all = new Uint8Array(one.length * t.repeat);
          for (let i = 0; i < t.repeat; i += 1) all.set(one, i * one.length);
          tell(t.source, 'valid', hex(v.sm3(all)) === t.digest);
        }
        return out;
    "#;
    let found = in_verifier(script, vec![json!({ "cases": cases, "signatures": signatures, "digests": digests })]);
    let found = &found[0];
    assert_eq!(found["wrong"], json!([]), "{found}");
    // 6 valid and 32 others, 2 of them forms that are not taken here: a compressed point, r || s without DER
    let of = |name: &str| found["cases"][name].as_u64().unwrap_or_default();
    assert_eq!((of("acceptable false"), of("acceptable true")), (2, 0), "{found}");
    assert!(of("invalid false") >= 30 && of("valid true") >= 20, "{found}");
}

/// The line of a block of the document.
pub(super) fn block(heading: &str) -> String {
    let document = std::fs::read_to_string(repository("docs/code-format.md")).unwrap();
    let (_, after) = document.split_once(&format!("### {heading}\n")).unwrap();
    after.split_once("```text\n").unwrap().1.split_once("\n```").unwrap().0.to_owned()
}

pub(super) fn issuer() -> Key {
    Key::from_seed("codes/issuer")
}

/// xorshift64: the same mutations in every run.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

pub(super) fn at(seconds: i64) -> Moment {
    Moment::from_unix_seconds(seconds).unwrap()
}

/// What a payload comes to, in one line that names all of it.
fn ours(payload: &str, now: i64) -> String {
    let keys = [CodeKey::new(issuer().public().clone(), at(1_767_225_600), Some(at(AS_OF + 500_000)))];
    match check(&Payload::of_text(payload), &keys[..], at(now), &OfflinePolicy::default()) {
        Ok(genuine) => {
            let presence = match genuine.presence {
                Presence::Live { .. } => "live",
                Presence::Unproven(why) => why.code(),
            };
            let said = &genuine.statement;
            format!(
                "{presence} {} {} {} {}",
                said.licence,
                said.holder.name().as_str(),
                said.as_of.unix_seconds(),
                said.expires().unix_seconds()
            )
        }
        Err(fault) => format!("{} {}", fault.code(), Shown::of_offline_fault(&fault).code()),
    }
}

/// A statement under the issuer's key, whatever it says.
pub(super) fn sealed(kind: u64, domain: &[u8], statement: &[u8]) -> String {
    let signature = issuer().sign(&[domain, statement].concat(), 0);
    let mut writer = Writer::new();
    writer.array(4);
    writer.unsigned(kind);
    writer.bytes(&KeyId::of(issuer().public()).0);
    writer.bytes(statement);
    writer.bytes(&signature.to_raw());
    BASE32_NOPAD.encode(&writer.finish())
}

/// Members of a statement that the issuer signed; which of them are sound both readers have to say.
fn statements() -> Vec<Vec<u8>> {
    enum V {
        N(u64),
        B(Vec<u8>),
        T(&'static str),
    }
    type Members = Vec<(u64, V)>;
    use V::{B, N, T};
    let octets = hex::decode(block("Signed by the key")).unwrap();
    // behind the domain, the head of the map, member 1 and its head
    let packed = || octets[22 + 1 + 1 + 2..][..38].to_vec();
    let point = || hex::decode(block("Device key")).unwrap();
    let as_of = AS_OF.unsigned_abs();
    let sound = || vec![(1, B(packed())), (2, T("张三丰")), (4, N(as_of)), (5, N(60)), (7, B(point())), (8, N(60))];
    let with = |change: &dyn Fn(&mut Members)| {
        let mut members = sound();
        change(&mut members);
        let mut writer = Writer::new();
        writer.map(members.len() as u64);
        for (key, value) in &members {
            writer.unsigned(*key);
            match value {
                N(number) => writer.unsigned(*number),
                B(octets) => writer.bytes(octets),
                T(text) => writer.text(text),
            }
        }
        writer.finish()
    };
    let put = |at: usize, value: fn() -> V| with(&|members| members[at].1 = value());
    let mut all = vec![with(&|_| {})];
    for at in 0..6 {
        all.push(with(&|members| drop(members.remove(at))));
        all.push(with(&|members| members[at].1 = B(vec![1])));
        all.push(with(&|members| members[at].1 = N(0)));
        all.push(with(&|members| members[at].1 = N(u64::MAX)));
    }
    for name in [
        "",
        " ",
        "张三 ",
        "张\u{e000}",
        "张\u{200b}三",
        "张*丰",
        "\u{feff}张",
        "Zoe\u{308}",
        "张\u{10ffff}",
        "\u{85}张",
        "张\u{3000}三",
    ] {
        all.push(with(&|members| members[1].1 = T(name)));
        all.push(with(&|members| members[1] = (3, T(name))));
    }
    all.push(with(&|members| members.insert(2, (3, T("张*丰")))));
    all.push(with(&|members| members.push((9, N(1)))));
    all.push(with(&|members| members.truncate(4)));
    all.push(with(&|members| members.swap(0, 1)));
    all.push(with(&|members| members[1].0 = 1));
    all.push(put(2, || N(253_402_300_799)));
    all.push(put(2, || N(253_402_300_800)));
    all.push(put(3, || N(10_080)));
    all.push(put(3, || N(10_081)));
    // the last day: too soon for the code, past, long ago, the last of the calendar, after it
    let day = (as_of + 28_800) / 86_400;
    for last in [day, day - 1, day + 1, 0, 2_932_896, 2_932_897, u64::MAX] {
        all.push(with(&|members| members.insert(4, (6, N(last)))));
    }
    let other_parity = || {
        let mut point = hex::decode(block("Device key")).unwrap();
        point[0] ^= 1;
        B(point)
    };
    all.push(put(4, other_parity));
    all.push(put(4, || B([&[2][..], &[0xff; 32]].concat())));
    all.push(put(4, || B([&[2][..], &[0; 31], &[1]].concat())));
    all.push(put(4, || B([&[2][..], &[0; 31], &[5]].concat())));
    all.push(put(4, || B([&[4][..], &[0; 31], &[5]].concat())));
    let changes: [fn(&mut Vec<u8>); 5] =
        [|p| p.truncate(36), |p| p.push(0), |p| p[0] = 0xff, |p| p.extend([0xc5, 0xdc]), |p| p[3] ^= 1];
    for change in changes {
        all.push(with(&|members| {
            let mut packed = packed();
            change(&mut packed);
            members[0].1 = B(packed);
        }));
    }
    let mut trailing = with(&|_| {});
    trailing.push(0);
    all.push(trailing);
    all
}

#[test]
fn codes_come_to_the_same_in_the_browser() {
    let [plain, live] = ["Text of the code", "Text of the code, shown by the device"].map(|heading| {
        let text = block(heading);
        text.split_once('#').unwrap().1.to_owned()
    });
    let mut cases: Vec<(String, i64)> = Vec::new();
    for seconds in [
        -3_901,
        -301,
        -300,
        0,
        3_299,
        3_300,
        3_600,
        3_960,
        3_961,
        86_699,
        86_700,
        86_701,
        605_100,
        605_101,
        999_999_999,
    ] {
        cases.extend([(plain.clone(), AS_OF + seconds), (live.clone(), AS_OF + seconds)]);
    }
    let octets = BASE32_NOPAD.decode(live.as_bytes()).unwrap();
    let mut dice = Dice(0x636F_6465);
    for at in (0..octets.len()).step_by(2) {
        let mut altered = octets.clone();
        altered[at] ^= 1 << dice.below(8);
        cases.push((BASE32_NOPAD.encode(&altered), AS_OF + 3_660));
    }
    // every bit of the heads
    let signature = octets.windows(2).position(|two| two == [0x58, 0x40]).unwrap();
    for at in (0..15).chain([signature, signature + 1]) {
        for bit in 0..8 {
            let mut altered = octets.clone();
            altered[at] ^= 1 << bit;
            cases.push((BASE32_NOPAD.encode(&altered), AS_OF + 3_660));
        }
    }
    for length in (0..live.len()).step_by(5) {
        cases.push((live[..length].to_owned(), AS_OF + 3_660));
        let other = ["A", "7", "1", "*", "É", "", "AA", " "][dice.below(8)];
        cases.push((format!("{}{other}{}", &live[..length], &live[length + 1..]), AS_OF + 3_660));
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
        cases.push((BASE32_NOPAD.encode(&altered), AS_OF + 3_660));
        let noise: Vec<u8> = (0..dice.below(60)).map(|_| u8::try_from(dice.below(256)).unwrap()).collect();
        cases.push((BASE32_NOPAD.encode(&noise), AS_OF + 3_660));
    }
    let domain = b"yinxin offline code 1\0";
    cases.extend(statements().iter().map(|statement| (sealed(1, domain, statement), AS_OF)));
    let sound = &statements()[0];
    cases.extend([
        (sealed(2, domain, sound), AS_OF),
        (sealed(3, domain, sound), AS_OF),
        (sealed(1, b"yinxin printed code 1\0", sound), AS_OF),
        ("A".repeat(657), AS_OF),
        ("A".repeat(656), AS_OF),
        (plain.to_lowercase(), AS_OF),
    ]);
    let script = r#"
        const key = v.publicKey(v.unhex(given.key));
        const find = (id) => (id === given.id ? { key, from: 1767225600, until: given.until } : undefined);
        const out = [];
        for (const [payload, now] of given.cases) {
          const capitals = payload.replace(/[a-z]+/g, (run) => run.toUpperCase());
          out.push(await v.check(capitals, find, now, { proof: 60, skew: 300 }).then(
            ({ presence, statement }) => `${presence} ${statement.licence.text} ${statement.holder} ${statement.asOf} ${statement.expires}`,
            (error) => (error instanceof v.Refused ? `${error.word} ${v.stateOfRefusal(error.word)}` : String(error.stack))));
        }
        return out;
    "#;
    // few at once: a script has half a minute
    let (key, id, until) = (block("Key"), block("Key id"), AS_OF + 500_000);
    let given = cases.chunks(300).map(|some| json!({ "key": key, "id": id, "until": until, "cases": some })).collect();
    let found = in_verifier(script, given);
    let found: Vec<String> =
        found.into_iter().flat_map(|some| serde_json::from_value::<Vec<String>>(some).unwrap()).collect();
    assert_eq!(found.len(), cases.len());
    let mut words = std::collections::BTreeMap::new();
    for ((payload, now), found) in cases.iter().zip(&found) {
        assert_eq!(*found, ours(payload, *now), "{payload} at {now}");
        *words.entry(found.split(' ').next().unwrap()).or_insert(0) += 1;
    }
    for word in [
        "live",
        "no_proof",
        "no_device",
        "proof_stale",
        "proof_ahead",
        "altered",
        "no_statement",
        "cut_short",
        "trailing",
        "expired",
        "not_yet",
        "licence_ended",
        "key_period",
        "wrong_proof",
        "unknown_key",
        "other_kind_of_code",
        "no_base32",
        "too_long",
        "empty",
        "no_envelope",
        "not_shortest",
        "other_kind",
    ] {
        assert!(words.contains_key(word), "{word} was never tried: {words:?}");
    }
}

fn read_as(text: &str) -> String {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    match Scanned::of(text) {
        Scanned::Printed { site, code, digest } => {
            format!("printed {site} {} {}", code.as_str(), or_none(digest.map(|digest| digest.to_string())))
        }
        Scanned::Presentation { site, code } => format!("presentation {site} {}", code.as_str()),
        Scanned::Offline { site, payload } => {
            format!("offline {} {payload}", or_none(site.map(|site| site.to_string())))
        }
        Scanned::Identifier(identifier) => format!("identifier {identifier}"),
        Scanned::Refused { host, trick } => {
            let word = match trick {
                Trick::Scheme => "scheme",
                Trick::User => "user",
                Trick::Backslash => "backslash",
                Trick::Percent => "percent",
                Trick::TrailingDot => "trailing_dot",
                Trick::Host(_) => "host",
                Trick::Port => "port",
            };
            format!("refused {} {word}", or_none(host.map(|host| host.to_string())))
        }
        Scanned::NotACode(NotACode::Address { site }) => {
            format!("address {}", or_none(site.map(|site| site.to_string())))
        }
        Scanned::NotACode(_) => "nothing".to_owned(),
    }
}

#[test]
fn scanned_texts_are_the_same_in_the_browser() {
    const CODE: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY";
    let hosts = [
        "yx.fuyang.gov.cn",
        "YX.Fuyang.GOV.cn",
        "yx.fuyang.gov.cn.",
        "yx.fuyang.gov.cn:443",
        "yx.fuyang.gov.cn:8443",
        "yx.fuyang.gov.cn:0443",
        "yx.fuyang.gov.cn:",
        "yx.fuyang.gov.cn:65536",
        "yx.fuyang.gov.cn@evil.example",
        "a@b@evil.example:8443",
        "yx%2efuyang.gov.cn",
        "",
        "-a.example",
        "a..b",
        "уx.fuyang.gov.cn",
        "yx.gοv.cn",
        "yx.gov.cn.政务",
        "ⓨx.fuyang.gov.cn",
        "yx。fuyang。gov。cn",
        "faß.example",
        "İ.example",
        "ΣΑΣ.example",
        "127.0.0.1",
        "[::1]",
        "a﹕80",
        "xn--zfr164b.example",
        "evil.example\\@yx.fuyang.gov.cn",
        "他们为什么不说中文.example",
        "a_b.example",
    ];
    let tails = [
        format!("/C/{CODE}"),
        format!("/c/{}", CODE.to_lowercase()),
        format!("/S/{CODE}"),
        format!("/C/{CODE}#QQBERLVB"),
        format!("/C/{CODE}#"),
        "/C#QQAUABCD".to_owned(),
        "/C?lang=en#QQAU".to_owned(),
        format!("/C/{CODE}?lang=en"),
        format!("\\C\\{CODE}"),
        format!("/a/b/C/{CODE}"),
        "/verify".to_owned(),
        String::new(),
        "/C/short".to_owned(),
        format!("/%43/{CODE}"),
        "?a=/C#QQAU".to_owned(),
    ];
    let schemes = ["https://", "HTTPS://", "http://", "", "https:\\\\", "ftp://", "：、、", "https：//"];
    let mut texts = Vec::new();
    for (scheme, host) in schemes.iter().flat_map(|scheme| hosts.iter().map(move |host| (scheme, host))) {
        texts.extend(tails.iter().map(|tail| format!("{scheme}{host}{tail}")));
    }
    let identifier = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";
    for text in [
        identifier,
        &identifier.to_lowercase(),
        &identifier.replace(".U", ".V"),
        &identifier.replace('.', "。"),
        "1.2.156.3005.21",
        "1.2.156.3005.2.1",
        "QQAUABCD",
        "qyau1",
        "QQAU ABCD",
        "]Q1QQAU",
        "]q3 QYAU\r",
        "张三",
        "\u{feff}",
        "\u{2}QQAUAA\u{3}",
        "",
        " ",
        "weixin://dl/x",
        "https://",
        "://",
    ] {
        texts.push(text.to_owned());
    }
    texts.push("九".repeat(1_400));
    let mut dice = Dice(0x7363_616E);
    let signs: Vec<char> = "/\\?#@:.%。、：＠＃／\u{200b}\u{3000}\u{0}\tACS0-é政\u{1f600}".chars().collect();
    for round in 0..2_000 {
        let mut letters: Vec<char> = texts[dice.below(texts.len())].chars().collect();
        for _ in 0..=round % 3 {
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
        texts.push(letters.into_iter().collect());
    }
    let script = r#"
        const none = (text) => text ?? '-';
        return given.map((text) => {
          const s = v.scannedOf(text);
          switch (s.kind) {
            case 'printed': return `printed ${s.site} ${s.code} ${none(s.payload)}`;
            case 'presentation': return `presentation ${s.site} ${s.code}`;
            case 'offline': return `offline ${none(s.site)} ${s.payload}`;
            case 'identifier': return `identifier ${s.identifier.text}`;
            case 'refused': return `refused ${none(s.host)} ${s.trick}`;
            case 'address': return `address ${none(s.site)}`;
            default: return 'nothing';
          }
        });
    "#;
    let found = in_verifier(script, vec![json!(texts)]).remove(0);
    let found: Vec<String> = serde_json::from_value(found).unwrap();
    for (text, found) in texts.iter().zip(&found) {
        assert_eq!(*found, read_as(text), "{text:?}");
    }
    for word in ["printed", "presentation", "offline", "identifier", "refused", "address", "nothing"] {
        assert!(found.iter().any(|one| one.starts_with(word)), "{word}");
    }
}

/// What a window without a network comes to, by what its kit has of ends.
#[test]
fn ends_are_judged_by_what_the_kit_knows() {
    let offline = block("Text of the code, shown by the device");
    let printed = block("Text of the printed code");
    let (_, payload) = offline.split_once('#').unwrap();
    let keys = [CodeKey::new(issuer().public().clone(), at(1_767_225_600), None)];
    let now = AS_OF + 3_660;
    let genuine = check(&Payload::of_text(payload), &keys[..], at(now), &OfflinePolicy::default()).unwrap();
    let half = |text: &str| hex::encode(&yinxin_trust::sm::sm3::digest(text.as_bytes())[..16]);
    let licence = half(genuine.statement.licence.as_str());
    let code = half(&printed.split_once('#').unwrap().0.rsplit('/').next().unwrap().to_uppercase());
    let site = "yx.fuyang.gov.cn";
    let kit = |whose: &str, ended_since: i64, ended: &[(&str, i64)]| {
        let of = |name: &str, half: &str| {
            ended.iter().map(|(state, at)| json!({ name: half, "state": state, "at": at })).collect::<Vec<_>>()
        };
        json!({
            "format": "yinxin-kit/3", "given_at": now * 1000, "made_at": now * 1000, "lasts_seconds": 86_400,
            "proof_seconds": 60, "skew_seconds": 300,
            "sites": [{ "site": site, "whose": whose }],
            "keys": [{ "point": block("Key"), "from": 1_767_225_600, "until": null, "whose": whose, "scopes": [] }],
            "ended": of("licence", &licence), "ended_since": ended_since,
            "prints": { "known_from": 0, "ended": of("code", &code) },
        })
    };
    // the kit, what the offline code comes to, and the printed one
    let cases = [
        (kit("", 0, &[]), "VALID_OFFLINE", "CANNOT_CHECK compare"),
        (kit("", AS_OF, &[]), "VALID_OFFLINE", "CANNOT_CHECK compare"),
        // the list does not reach back to when it was signed
        (kit("", AS_OF + 1, &[]), "CANNOT_CHECK kit_short alone", "CANNOT_CHECK compare"),
        (kit("阜阳市", AS_OF + 1, &[]), "VALID_OFFLINE", "CODE_OF_OTHERS compare"),
        (kit("", AS_OF + 1, &[("REVOKED", AS_OF + 9)]), "REVOKED", "REVOKED"),
        (kit("", 0, &[("REVOKED", AS_OF)]), "REVOKED", "REVOKED"),
        // of before it was signed
        (kit("", 0, &[("SUSPENDED", AS_OF - 1)]), "VALID_OFFLINE", "SUSPENDED"),
        // to come, and come
        (kit("", 0, &[("REVOKED", now + 1)]), "VALID_OFFLINE", "CANNOT_CHECK compare"),
        (kit("", 0, &[("REVOKED", now)]), "REVOKED", "REVOKED"),
        (kit("", 0, &[("NOT_YET", now + 1)]), "NOT_YET", "NOT_YET"),
        (kit("", 0, &[("NOT_YET", now)]), "VALID_OFFLINE", "CANNOT_CHECK compare"),
        // one that becomes something else: the later state comes first
        (kit("", 0, &[("REVOKED", now + 1), ("SUSPENDED", AS_OF + 9)]), "SUSPENDED", "SUSPENDED"),
        (kit("", 0, &[("REVOKED", now), ("SUSPENDED", AS_OF + 9)]), "REVOKED", "REVOKED"),
        (kit("", 0, &[("SUSPENDED", now + 1), ("NOT_YET", now + 1)]), "NOT_YET", "NOT_YET"),
        (kit("", 0, &[("SUSPENDED", now), ("NOT_YET", now)]), "SUSPENDED", "SUSPENDED"),
    ];
    let script = r#"
        const told = async (text) => {
          const verdict = await v.judge(text, given.kit, given.now, async () => true);
          if (verdict.handle === undefined) return `${verdict.state} without a handle`;
          const alone = verdict.reason === 'kit_short' && verdict.statement === undefined;
          return [verdict.state, verdict.reason, alone && 'alone'].filter(Boolean).join(' ');
        };
        return [await told(given.offline), await told(given.printed)];
    "#;
    let given =
        cases.iter().map(|(kit, _, _)| json!({ "kit": kit, "now": now, "offline": offline, "printed": printed }));
    let found = in_verifier(script, given.collect());
    for ((kit, of_licence, of_print), found) in cases.iter().zip(&found) {
        assert_eq!(*found, json!([of_licence, of_print]), "{kit}");
    }
}
