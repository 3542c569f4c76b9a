//! The vectors of `docs/code-format.md`, read out of the document.

use super::*;
use yinxin_testkit::workspace;
use yinxin_trust::{
    code::{
        KeyId,
        offline::{Presence, Unproven},
        print::{self, PrintedFacts},
        scanned::Scanned,
    },
    sm::sm2,
};

/// The line of the fenced block after a heading of the document.
fn block(heading: &str) -> String {
    let document = std::fs::read_to_string(workspace().join("docs/code-format.md")).unwrap();
    let (_, after) = document.split_once(&format!("### {heading}\n")).unwrap();
    let (_, fenced) = after.split_once("```text\n").unwrap();
    fenced.split_once("\n```").unwrap().0.to_owned()
}

fn keys_of_the_document() -> Vec<CodeKey> {
    let key = sm2::PublicKey::from_sec1(&hex::decode(block("Key")).unwrap()).unwrap();
    assert_eq!(hex::encode(KeyId::of(&key).0), block("Key id"));
    vec![CodeKey::new(key, moment("2026-01-01T00:00:00Z"), None)]
}

#[test]
fn the_documents_code_is_what_is_made() {
    let plan = OfflinePlan::new(&statement(), &site(), HolderKind::Person, issuer().public()).unwrap();
    assert_eq!(block("Key"), hex::encode(issuer().public().to_sec1()));
    assert_eq!(block("Signed by the key"), hex::encode(plan.to_be_signed()));
    let code = code();
    assert_eq!(block("Octets"), hex::encode(code.octets()));
    assert_eq!(block("Text of the code"), code.text());
    assert_eq!(block("Device key"), hex::encode(Device::new().point()));
    assert_eq!(block("Signed by the device"), hex::encode(code.proof_message(later(3_600))));
    assert_eq!(block("Text of the printed code"), prints::printed().text());
}

#[test]
fn the_documents_code_verifies() {
    let check = |text: &str, now| {
        let Scanned::Offline { payload, .. } = Scanned::of(text) else { panic!() };
        check(&payload, &keys_of_the_document()[..], now, &OfflinePolicy::default()).unwrap()
    };
    let genuine = check(&block("Text of the code"), later(3_600));
    assert_eq!((&genuine.statement, genuine.presence), (&statement(), Presence::Unproven(Unproven::NoProof)));
    let live = check(&block("Text of the code, shown by the device"), later(3_660));
    assert!(matches!(live.presence, Presence::Live { at, .. } if at == later(3_600)));
}

#[test]
fn the_documents_printed_code_verifies() {
    let Scanned::Printed { code, digest: Some(payload), .. } = Scanned::of(&block("Text of the printed code")) else {
        panic!()
    };
    let print = print::check(&code, &payload, &keys_of_the_document()[..], later(0), 300).unwrap();
    let (holder, number) = ("阿卜杜拉·买买提".parse().unwrap(), "JY13412020012345".parse().unwrap());
    let facts = PrintedFacts { holder: &holder, number: &number, until: Expiry::After(day("2029-01-14")) };
    assert_eq!(print.compare(&facts), Ok(()));
}

/// Prints the blocks, for whoever changes the format:
/// `cargo nextest run --release -p yinxin-trust --run-ignored only print_vectors --no-capture`.
#[test]
#[ignore = "prints what belongs into the document"]
fn print_vectors() {
    let plan = OfflinePlan::new(&statement(), &site(), HolderKind::Person, issuer().public()).unwrap();
    let (code, at) = (code(), later(3_600));
    println!("### Key\n{}", hex::encode(issuer().public().to_sec1()));
    println!("### Key id\n{}", hex::encode(KeyId::of(issuer().public()).0));
    println!("### Device key\n{}", hex::encode(Device::new().point()));
    println!("### Signed by the key\n{}", hex::encode(plan.to_be_signed()));
    println!("### Octets\n{}", hex::encode(code.octets()));
    println!("### Text of the code\n{}", code.text());
    println!("### Signed by the device\n{}", hex::encode(code.proof_message(at)));
    println!("### Text of the code, shown by the device\n{}", site().offline(&Device::new().shows(&code, at)));
    println!("### Text of the printed code\n{}", prints::printed().text());
}
