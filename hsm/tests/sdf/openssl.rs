//! OpenSSL as judge of what the driver had signed.

use crate::support::{Token, generate, public, sign};
use std::{fs, process::Command};

/// SubjectPublicKeyInfo up to 04 || x || y.
const PUBLIC: &str = "3059301306072A8648CE3D020106082A811CCF5501822D034200";

#[test]
fn openssl_takes_the_devices_signatures() {
    let token = Token::new();
    let store = token.store();
    let key = generate(&store, "sdf:index=1");
    let spki = [hex::decode(PUBLIC).unwrap(), public(&key).to_sec1().to_vec()].concat();
    fs::write(token.path("key.der"), spki).unwrap();
    for message in ["", "a stamp", &"long ".repeat(1000)] {
        let signature = sign(&store, &key.reference, message.as_bytes()).unwrap();
        fs::write(token.path("signature"), signature.to_der()).unwrap();
        for (text, wanted) in [(message, true), ("another message", false)] {
            fs::write(token.path("message"), text).unwrap();
            let output = Command::new("openssl")
                .args(["pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pubin", "-keyform", "DER"])
                .args(["-pkeyopt", "distid:1234567812345678", "-inkey"])
                .arg(token.path("key.der"))
                .arg("-in")
                .arg(token.path("message"))
                .arg("-sigfile")
                .arg(token.path("signature"))
                .output()
                .unwrap();
            assert_eq!(output.status.success(), wanted, "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}
