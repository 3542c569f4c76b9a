//! RSA values, with OpenSSL as the signer.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use std::{io::Write, path::Path, process::Command};
use yinxin_trust::{
    asn1::Deviations,
    suite::{Algorithm, PublicKey, ValueFault},
};

fn openssl(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output();
    let output = output.unwrap_or_else(|error| panic!("openssl (Debian: apt-get install openssl): {error}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn rsa_with_sha256_and_the_weak_sha1() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rsa");
    std::fs::create_dir_all(&folder).unwrap();
    let message = b"to be signed";
    std::fs::File::create(folder.join("message")).unwrap().write_all(message).unwrap();
    openssl(&folder, &["genrsa", "-out", "key.pem", "2048"]);
    let spki = openssl(&folder, &["rsa", "-in", "key.pem", "-pubout", "-outform", "DER"]);
    let key = PublicKey::from_spki(&spki).unwrap().unwrap();
    let verify =
        |algorithm, message: &[u8], value: &[u8]| key.verify(algorithm, message, value, &mut Deviations::default());
    for (digest, algorithm, is_weak) in [("-sha256", Algorithm::RsaSha256, false), ("-sha1", Algorithm::RsaSha1, true)]
    {
        let value = openssl(&folder, &["dgst", digest, "-sign", "key.pem", "message"]);
        assert_eq!(algorithm.is_weak(), is_weak);
        assert_eq!(verify(algorithm, message, &value), Ok(()));
        assert_eq!(verify(algorithm, b"another", &value), Err(ValueFault::Wrong));
        assert_eq!(verify(Algorithm::Sm2Sm3, message, &value), Err(ValueFault::KeyMismatch));
        for at in 0..value.len() {
            let mut changed = value.clone();
            changed[at] ^= 1;
            assert_eq!(verify(algorithm, message, &changed), Err(ValueFault::Wrong));
        }
    }
}
