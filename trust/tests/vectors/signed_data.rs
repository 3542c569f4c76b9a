//! GB/T 35275 signed data of a CFCA toolkit, and a message of certificates only.

use super::{
    signed_objects::{SignedData, certificate, issued},
    support::{listed, octets, text},
};

pub(super) const FOLDER: &str = "signed-data";

#[test]
fn signed_messages() {
    for entry in listed(FOLDER, "files") {
        let octets = octets(&format!("{FOLDER}/{}", text(&entry, "file"))).expect("the manifest was there");
        let data = SignedData::read(&octets).expect("strict DER");
        assert_eq!(data.content_type, text(&entry["detail"], "content_type"), "{entry}");
        match text(&entry, "result") {
            "valid" => {
                let message = text(&entry, "message").as_bytes();
                let embedded = entry["detail"]["embedded_content"].as_bool().expect("said");
                assert_eq!(data.content, embedded.then_some(message), "{entry}");
                assert!(data.signers[0].attributes.is_none(), "{entry}");
                assert!(data.verifies(message), "{entry}");
                if !embedded {
                    assert!(!data.verifies(b"another message"), "{entry}");
                }
            }
            "certificates only (no signer)" => {
                assert!(data.signers.is_empty() && !data.verifies(b""), "{entry}");
                chain(&data);
            }
            other => panic!("unknown result {other}"),
        }
    }
}

/// Each certificate that names another one of the message as issuer was signed by it.
fn chain(data: &SignedData<'_>) {
    let all: Vec<_> = data.certificates.iter().map(|octets| certificate(octets)).collect();
    assert!(all.len() > 1);
    let mut links = 0;
    for one in &all {
        for issuer in all.iter().filter(|issuer| issuer.subject().as_raw() == one.issuer().as_raw()) {
            assert!(issued(issuer, one), "{} by {}", one.subject(), issuer.subject());
            links += 1;
        }
    }
    assert!(links > 0, "no certificate of the chain names another one");
}

/// No changed octet leaves the attached message as it was: it is refused, or
/// says another message, or the octet is one that is not signed.
#[test]
fn a_changed_message_is_noticed() {
    let Some(octets) = octets("signed-data/sadk-attached.p7") else { return };
    let message = SignedData::read(&octets).expect("strict DER").content.expect("embedded").to_vec();
    let start = octets.windows(message.len()).position(|window| window == message).expect("it stands there");
    for at in start..start + message.len() {
        let mut changed = octets.clone();
        changed[at] ^= 1;
        assert!(!SignedData::read(&changed).expect("strict DER").verifies(b""), "octet {at}");
    }
}
