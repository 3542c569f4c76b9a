//! The example of `docs/trust-list-format.md`, read back from the document.

use super::*;
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The line of the fenced block after a heading of the document.
fn block(heading: &str) -> String {
    let document = std::fs::read_to_string(yinxin_testkit::workspace().join("docs/trust-list-format.md")).unwrap();
    let (_, after) = document.split_once(&format!("### {heading}\n")).unwrap();
    let (_, fenced) = after.split_once("```text\n").unwrap();
    fenced.split_once("\n```").unwrap().0.to_owned()
}

/// Small: a CA, a log, a host and no pointer.
fn example() -> TrustListDraft {
    let mut example = draft();
    example
        .services
        .retain(|service| matches!(service.kind, ServiceKind::StamperCa | ServiceKind::Log | ServiceKind::CodeHost));
    example
}

#[test]
fn the_documents_example_is_what_is_written() {
    let made = signed(&example());
    let key = ServiceKey::from_sm2(made.key());
    assert_eq!(block("Key"), STANDARD.encode(key.spki()));
    assert_eq!(block("Octets"), String::from_utf8_lossy(made.octets()));
    assert_eq!(block("SM3"), hex::encode(made.sm3()));
    assert_eq!(block("Signature"), STANDARD.encode(made.signature()));
}

#[test]
fn the_documents_example_verifies() {
    let key = ServiceKey::from_spki(&STANDARD.decode(block("Key")).unwrap()).unwrap();
    let crate::suite::PublicKey::Sm2(key) = key.key() else { panic!() };
    let signature = STANDARD.decode(block("Signature")).unwrap();
    let octets = block("Octets");
    let read = SignedList::verify(octets.as_bytes(), &signature, key, &TrustListLimits::default()).unwrap();
    assert_eq!((read.list().services().len(), hex::encode(read.sm3())), (3, block("SM3")));
}

/// Prints the blocks, for whoever changes the format:
/// `cargo nextest run --release -p yinxin-trust --run-ignored only print_example --no-capture`.
#[test]
#[ignore = "prints what belongs into the document"]
fn print_example() {
    let made = signed(&example());
    println!("Key {}", STANDARD.encode(ServiceKey::from_sm2(made.key()).spki()));
    println!("Octets {}", String::from_utf8_lossy(made.octets()));
    println!("SM3 {}", hex::encode(made.sm3()));
    println!("Signature {}", STANDARD.encode(made.signature()));
}
