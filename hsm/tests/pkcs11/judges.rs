//! Other people's SM2: OpenSSL judges what the driver signs, and a TPM (Debian's `swtpm`)
//! judges it too and signs what we judge.

use crate::alone::{HIGH, Place, alone, module_environment, module_store, now, request, takes_e};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use yinxin_hsm::{KeyOrder, KeyStore as _, Purpose, SignatureValue, ToSign};
use yinxin_trust::{
    sm::{
        Signature,
        sm2::{DEFAULT_ID, PublicKey},
        sm3,
    },
    suite,
};

/// SubjectPublicKeyInfo up to 04 || x || y.
const PUBLIC: &str = "3059301306072A8648CE3D020106082A811CCF5501822D034200";

/// Whether a program is there; with `CI=true` it has to be.
fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    assert!(found || std::env::var("CI").as_deref() != Ok("true"), "{program} is missing");
    if !found {
        println!("skipped: no {program} here");
    }
    found
}

/// A key in the test module, and what it signs of a message.
fn signed(place: &Place, message: &[u8]) -> (PublicKey, Signature) {
    let store = module_store(place, takes_e(HIGH)).unwrap();
    let key = store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap();
    let value = store.sign(&key.reference, &request(ToSign::Message(message))).unwrap();
    match (key.public_key, value) {
        (Some(suite::PublicKey::Sm2(key)), SignatureValue::Sm2(value)) => (key, value),
        other => panic!("{other:?}"),
    }
}

#[test]
fn openssl_takes_what_the_driver_signs() {
    if !has("openssl") {
        return;
    }
    alone(
        module_path!(),
        "openssl_takes_what_the_driver_signs",
        |place| module_environment(place, HIGH),
        |place| {
            let (key, value) = signed(place, b"message");
            let (public, message, signature) =
                (place.path("public"), place.put("message", "message"), place.path("signature"));
            fs::write(&public, [&hex::decode(PUBLIC).unwrap()[..], key.to_sec1()].concat()).unwrap();
            let takes = |octets: Vec<u8>| {
                fs::write(&signature, octets).unwrap();
                Command::new("openssl")
                    .args(["pkeyutl", "-verify", "-pubin", "-rawin", "-digest", "sm3", "-keyform", "DER"])
                    .args(["-pkeyopt", "distid:1234567812345678"])
                    .args([Path::new("-inkey"), &public, Path::new("-in"), &message, Path::new("-sigfile"), &signature])
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .status()
                    .unwrap()
                    .success()
            };
            assert!(takes(value.to_der()));
            let mut s = *value.s();
            s[20] ^= 1;
            assert!(!takes(Signature::from_numbers(*value.r(), s).unwrap().to_der()), "a damaged one is refused");
        },
    );
}

/// A TPM of the test's own, ended when dropped.
struct Tpm {
    process: Child,
    folder: PathBuf,
}

impl Tpm {
    fn start(place: &Place) -> Self {
        let folder = place.path("tpm");
        fs::create_dir_all(&folder).unwrap();
        let socket = |name: &str| format!("type=unixio,path={}", folder.join(name).display());
        let process = Command::new("swtpm")
            .args(["socket", "--tpm2", "--tpmstate", &format!("dir={}", folder.display())])
            .args(["--server", &socket("tpm"), "--ctrl", &socket("tpm.ctrl")])
            .args(["--flags", "not-need-init,startup-clear"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let tpm = Self { process, folder };
        let begin = Instant::now();
        while !(tpm.folder.join("tpm").exists() && tpm.folder.join("tpm.ctrl").exists()) {
            assert!(begin.elapsed() < Duration::from_secs(10), "swtpm does not come up");
            std::thread::sleep(Duration::from_millis(20));
        }
        tpm
    }

    /// Runs one of the TPM's tools in its folder. It has room for three objects, so
    /// what the tool loaded goes out again.
    fn run(&self, tool: &str, arguments: &[&str]) -> bool {
        let call = |tool: &str, arguments: &[&str]| {
            Command::new(tool)
                .args(arguments)
                .current_dir(&self.folder)
                .env("TPM2TOOLS_TCTI", format!("swtpm:path={}", self.folder.join("tpm").display()))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap()
                .success()
        };
        let done = call(tool, arguments);
        assert!(call("tpm2_flushcontext", &["-t"]));
        done
    }

    fn put(&self, name: &str, octets: &[u8]) {
        fs::write(self.folder.join(name), octets).unwrap();
    }

    fn get(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.join(name)).unwrap()
    }
}

impl Drop for Tpm {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Octets of a TPM2B_PUBLIC of an ECC key before x, and the place of the attributes in it.
const BEFORE_X: usize = 24;
const ATTRIBUTES: core::ops::Range<usize> = 6..10;

/// userWithAuth and sign: of a key that lies outside the TPM.
const EXTERNAL: [u8; 4] = [0x00, 0x04, 0x00, 0x40];

/// TPM_ALG_SM2, the scheme's digest, and a length before each of r and s (TPM 2.0 part 2, 11.3.2).
fn tpm_signature(value: &Signature) -> Vec<u8> {
    [&[0x00, 0x1B, 0x00, 0x0B, 0x00, 0x20][..], value.r(), &[0x00, 0x20], value.s()].concat()
}

#[test]
fn a_tpm_signs_and_judges() {
    if !(has("swtpm") && has("tpm2_sign")) {
        return;
    }
    alone(
        module_path!(),
        "a_tpm_signs_and_judges",
        |place| module_environment(place, HIGH),
        |place| {
            let tpm = Tpm::start(place);
            let attributes = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign";
            assert!(
                tpm.run("tpm2_createprimary", &["-C", "o", "-G", "ecc_sm2:sm2-sha256", "-a", attributes, "-c", "key"])
            );
            assert!(tpm.run("tpm2_readpublic", &["-c", "key", "-f", "tss", "-o", "public"]));
            let public = tpm.get("public");
            let (x, y) = (&public[BEFORE_X..BEFORE_X + 32], &public[BEFORE_X + 34..]);
            let key = PublicKey::from_sec1(&[&[4], x, y].concat()).unwrap();

            // the TPM takes e as it is: the digest algorithm of its scheme only has to be as long
            for round in 0_u8..4 {
                let e = key.message_digest(DEFAULT_ID, &[round]).unwrap();
                tpm.put("e", &e);
                assert!(tpm.run(
                    "tpm2_sign",
                    &["-c", "key", "-g", "sha256", "-s", "sm2", "-d", "-f", "plain", "-o", "value", "e"]
                ));
                let value = Signature::from_der(&tpm.get("value")).unwrap();
                assert!(key.verify(DEFAULT_ID, &[round], &value), "round {round}: we take the TPM's");
                assert!(!key.verify(DEFAULT_ID, b"another", &value));
            }

            let (ours, value) = signed(place, b"message");
            let mut external = public.clone();
            external[ATTRIBUTES].copy_from_slice(&EXTERNAL);
            let octets = ours.to_sec1();
            external[BEFORE_X..BEFORE_X + 32].copy_from_slice(&octets[1..33]);
            external[BEFORE_X + 34..].copy_from_slice(&octets[33..]);
            tpm.put("external", &external);
            tpm.put("e", &ours.message_digest(DEFAULT_ID, b"message").unwrap());
            tpm.put("other", &sm3::digest(b"another"));
            tpm.put("ours", &tpm_signature(&value));
            assert!(tpm.run("tpm2_loadexternal", &["-C", "n", "-u", "external", "-c", "outside"]));
            let takes = |e: &str| tpm.run("tpm2_verifysignature", &["-c", "outside", "-d", e, "-s", "ours"]);
            assert!(takes("e"), "the TPM takes what the driver signed");
            assert!(!takes("other"), "and not for another digest");
        },
    );
}
