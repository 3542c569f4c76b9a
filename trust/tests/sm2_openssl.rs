//! OpenSSL's command line as judge: it takes our signatures and refuses the
//! damaged ones, and we take and refuse its. A few rounds always, two thousand
//! with `YINXIN_LONG=1`. Skipped where there is no `openssl`.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use yinxin_trust::{
    asn1::Deviations,
    sm::{
        Signature,
        sm2::{DEFAULT_ID, PrivateKey},
        sm3,
    },
};

/// SubjectPublicKeyInfo up to 04 || x || y.
const PUBLIC: &str = "3059301306072A8648CE3D020106082A811CCF5501822D034200";
/// PKCS#8 up to d, and between d and 04 || x || y.
const PRIVATE: [&str; 2] = ["308187020100301306072A8648CE3D020106082A811CCF5501822D046D306B0201010420", "A144034200"];

struct Folder(PathBuf);

impl Folder {
    fn put(&self, name: &str, octets: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, octets).expect("a file in the build's own folder");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn key(round: u32) -> (PrivateKey, [u8; 32]) {
    let mut d = sm3::digest(&round.to_be_bytes());
    d[0] &= 0x7F;
    (PrivateKey::from_octets(&d.into()).expect("in range"), d)
}

fn pkeyutl(arguments: &[&str], key: &Path, message: &Path, signature: &Path, flag: &str) -> bool {
    Command::new("openssl")
        .args(["pkeyutl", "-rawin", "-digest", "sm3", "-keyform", "DER"])
        .args(["-pkeyopt", "distid:1234567812345678"])
        .args(arguments)
        .args([Path::new("-inkey"), key, Path::new("-in"), message, Path::new(flag), signature])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn openssl_verifies(key: &Path, message: &Path, signature: &Path) -> bool {
    pkeyutl(&["-verify", "-pubin"], key, message, signature, "-sigfile")
}

#[test]
fn openssl_and_we_agree() {
    if Command::new("openssl").arg("version").stdout(Stdio::null()).status().is_err() {
        println!("skipped: no openssl here");
        return;
    }
    let folder = Folder(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("sm2-openssl-{}", std::process::id())));
    std::fs::create_dir_all(&folder.0).expect("a folder in the build's own folder");
    let long = std::env::var_os("YINXIN_LONG").is_some_and(|value| value == "1");
    for round in 0..if long { 2_000 } else { 8 } {
        let (private, d) = key(round);
        let public = private.public_key();
        let decode = |hex: &str| hex::decode(hex).expect("hexadecimal");
        let public_file = folder.put("public.der", &[&decode(PUBLIC)[..], public.to_sec1()].concat());
        let private_file =
            folder.put("private.der", &[&decode(PRIVATE[0])[..], &d, &decode(PRIVATE[1]), public.to_sec1()].concat());
        let message = format!("message {round}").into_bytes();
        let message_file = folder.put("message", &message);

        let ours = private.sign(DEFAULT_ID, &message, &sm3::digest(&d).into()).expect("a signature");
        let file = folder.put("ours.der", &ours.to_der());
        assert!(openssl_verifies(&public_file, &message_file, &file), "round {round}: OpenSSL takes ours");
        let mut s = *ours.s();
        s[17] ^= 4;
        if let Ok(damaged) = Signature::from_numbers(*ours.r(), s) {
            let file = folder.put("damaged.der", &damaged.to_der());
            assert!(!openssl_verifies(&public_file, &message_file, &file), "round {round}: OpenSSL refuses it");
            assert!(!public.verify(DEFAULT_ID, &message, &damaged), "round {round}: we refuse it");
        }

        let theirs = folder.0.join("theirs.der");
        assert!(pkeyutl(&["-sign"], &private_file, &message_file, &theirs, "-out"), "round {round}: OpenSSL signs");
        let octets = std::fs::read(&theirs).expect("OpenSSL's signature");
        let mut deviations = Deviations::default();
        let (signature, _) = Signature::from_wire(&octets, &mut deviations).expect("a signature value");
        assert!(public.verify(DEFAULT_ID, &message, &signature), "round {round}: we take theirs");
        assert!(!public.verify(DEFAULT_ID, b"another message", &signature), "round {round}: not for other messages");
        assert!(!public.verify(b"another id", &message, &signature), "round {round}: not under another id");
    }
}
