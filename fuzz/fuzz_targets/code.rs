//! Any scanned text: ends in what it is, or a named fault. Past the signature too:
//! whatever is read of a code is written back as the same octets.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yinxin_trust::{
    base::Moment,
    code::{
        CodeKey, CodeKeys, KeyId, Payload, ShortCode, cbor,
        offline::{self, OfflinePolicy},
        print,
        scanned::Scanned,
    },
};

/// Nobody vouches for any key.
struct Nobody;

impl CodeKeys for Nobody {
    fn find(&self, _: KeyId) -> Option<&CodeKey> {
        None
    }
}

fuzz_target!(|octets: &[u8]| {
    items(octets);
    let at = Moment::from_unix_seconds(1_780_279_200).expect("in the calendar");
    // as a payload, which Base32 makes of any octets
    let payload = Payload::of_text(&base32(octets));
    refused(&payload, at);
    let Ok(text) = core::str::from_utf8(octets) else { return };
    match Scanned::of(text) {
        Scanned::Printed { site, code, digest } => {
            let again = digest.as_ref().map_or(site.printed(&code), |digest| site.printed_with_digest(&code, digest));
            if digest.as_ref().is_none_or(|digest| digest.octets().is_ok()) {
                assert_eq!(Scanned::of(&again), Scanned::Printed { site, code: code.clone(), digest: digest.clone() });
            }
            if let Some(digest) = digest {
                assert!(print::check(&code, &digest, &Nobody, at, 300).is_err());
            }
        }
        Scanned::Presentation { site, code } => {
            assert_eq!(Scanned::of(&site.presentation(&code)), Scanned::Presentation { site, code });
        }
        Scanned::Offline { payload, .. } => refused(&payload, at),
        Scanned::Identifier(identifier) => {
            assert_eq!(Scanned::of(identifier.as_str()), Scanned::Identifier(identifier.clone()));
        }
        Scanned::Refused { trick, .. } => assert!(!trick.to_string().is_empty()),
        Scanned::NotACode(reason) => assert!(!reason.to_string().is_empty()),
    }
});

fn refused(payload: &Payload, at: Moment) {
    let fault = offline::check(payload, &Nobody, at, &OfflinePolicy::default()).expect_err("nobody vouches for a key");
    assert!(!fault.to_string().is_empty() && !fault.code().is_empty());
    let code = ShortCode::of_random(&[7; 16]);
    assert!(print::check(&code, payload, &Nobody, at, 300).is_err());
}

/// Whatever kind of item comes next, until a fault or the end: never past the octets,
/// never without end, and written back as it stood.
fn items(octets: &[u8]) {
    let budget = cbor::Budget { octets: 1 << 18, items: 64 };
    let Ok(mut reader) = cbor::Reader::new(octets, &budget) else { return };
    let mut writer = cbor::Writer::new();
    loop {
        let begin = reader.at();
        let Some(head) = octets.get(begin) else { break };
        let read = match head >> 5 {
            0 => reader.unsigned().map(|number| writer.unsigned(number)),
            2 => reader.bytes().map(|content| writer.bytes(content)),
            3 => reader.text().map(|content| writer.text(content)),
            4 => reader.array().map(|items| writer.array(items)),
            _ => break,
        };
        if read.is_err() {
            break;
        }
        assert!(reader.at() > begin);
    }
    let written = writer.finish();
    assert!(octets.starts_with(&written), "an item has two forms");
}

/// RFC 4648 6 without padding.
fn base32(octets: &[u8]) -> String {
    let mut out = String::new();
    for five in octets.chunks(5) {
        let bits = (0..5).fold(0_u64, |bits, at| bits << 8 | u64::from(five.get(at).copied().unwrap_or_default()));
        let characters = (five.len() * 8).div_ceil(5);
        out.extend(
            (0..characters)
                .map(|at| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(bits >> (35 - at * 5) & 31) as usize])),
        );
    }
    out
}
