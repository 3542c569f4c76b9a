//! Libraries and tokens that are not what they should be: each offence by its name.

use crate::support::{TRIES, Token, compile, generate, now, order, sign};
use std::{fs, path::PathBuf};
use yinxin_hsm::{
    DriverFault as _, ErrorClass, KeyError, KeyStore as _,
    sdf::{EccBits, SdfError, SdfStore},
};

fn open(token: &Token, library: PathBuf) -> SdfError {
    let mut config = token.config();
    config.library = library;
    SdfStore::start(config, token.book()).unwrap_err()
}

#[test]
fn another_file_is_no_library() {
    let token = Token::new();
    assert!(matches!(open(&token, token.path("missing.so")), SdfError::Library { .. }));
    token.put("text.so", "no library");
    let error = open(&token, token.path("text.so"));
    assert!(matches!(error, SdfError::Library { .. }) && error.to_string().contains("text.so"), "{error}");
}

#[test]
fn another_library_is_no_sdf_library() {
    let token = Token::new();
    let other =
        compile(&token.path(""), "int C_GetFunctionList(void) { return 0; }\n", "other.so", &["-shared", "-fPIC"]);
    let error = open(&token, other);
    assert!(matches!(error, SdfError::NotSdf(_)), "{error}");
}

#[test]
fn a_missing_function_is_named() {
    let token = Token::new();
    let names = ["OpenDevice", "CloseDevice", "OpenSession", "CloseSession", "GetDeviceInfo", "GenerateRandom"];
    let source: String = names.iter().map(|name| format!("int SDF_{name}(void) {{ return 0; }}\n")).collect();
    let partial = compile(&token.path(""), &source, "partial.so", &["-shared", "-fPIC"]);
    let error = open(&token, partial);
    let SdfError::Symbol { symbol: "SDF_GetPrivateKeyAccessRight", .. } = &error else { panic!("{error}") };
    assert!(error.to_string().contains("needed to show a PIN"), "{error}");
}

#[test]
fn structures_of_another_size_are_noticed_both_ways() {
    for (control, configured, found) in [("ecc_bits 256\n", EccBits::Standard, 256), ("", EccBits::Narrow, 512)] {
        let token = Token::new();
        token.control(control);
        let mut config = token.config();
        config.ecc_bits = configured;
        let error = token.store_with(config).generate(&order("sdf:index=1"), now()).unwrap_err().to_string();
        assert!(error.contains(&format!("structures for {found} bits")), "{error}");
        assert!(error.contains(&format!("set it to {found}")), "{error}");
    }
}

#[test]
fn a_truncated_token_or_key_says_so() {
    let token = Token::new();
    let key = generate(&token.store(), "sdf:index=1");
    let path = token.path("token/pair-0001.key");
    let octets = fs::read(&path).unwrap();
    fs::write(&path, &octets[..200]).unwrap();
    let error = sign(&token.store(), &key.reference, b"x").unwrap_err().to_string();
    assert!(error.contains("SDR_KEYERR") && error.contains("is cut off or too long: 200 octets"), "{error}");
    let token_file = token.path("token/token");
    let octets = fs::read(&token_file).unwrap();
    fs::write(&token_file, &octets[..30]).unwrap();
    let error = token.store().info().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Lost);
    let error = error.to_string();
    assert!(error.contains("SDR_OPENDEVICE") && error.contains("token is cut off or too long: 30 octets"), "{error}");
}

#[test]
fn wrong_pins_stop_one_before_the_key_is_locked() {
    let token = Token::new();
    let key = generate(&token.store(), "sdf:index=1");
    let said = |error: KeyError| error.to_string();
    for round in 0..6_u8 {
        token.put("pin", &format!("wrong-{round}-wrong"));
        let error = said(sign(&token.store(), &key.reference, b"x").unwrap_err());
        if round + 1 < TRIES {
            assert!(error.contains("the device refused it"), "round {round}: {error}");
            let again = said(sign(&token.store(), &key.reference, b"x").unwrap_err());
            assert!(again.contains("was refused by the device before"), "round {round}: {again}");
        } else {
            assert!(error.contains("none is shown any more: 3 wrong ones"), "round {round}: {error}");
        }
    }
    assert_eq!(fs::read(token.path("token/pair-0001.tries")).unwrap(), b"3");
    // mended as the sentence says
    token.put("pin", crate::support::PIN);
    fs::remove_file(token.path("state/index-1.wrong")).unwrap();
    assert!(sign(&token.store(), &key.reference, b"x").is_ok());
    assert!(!token.path("token/pair-0001.tries").exists());
}
