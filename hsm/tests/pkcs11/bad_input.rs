//! Wrong libraries, wrong tokens: each is named.

use crate::alone::{HIGH, Place, alone, module_environment, test_module};
use std::path::{Path, PathBuf};
use yinxin_hsm::{
    ErrorClass,
    passphrase::Source,
    pkcs11::{Mapping, Pkcs11Store, Settings, TokenPick},
};

fn refused(place: &Place, library: &Path, token: TokenPick) -> (ErrorClass, String) {
    let settings = Settings::new(library.to_owned(), token, Source::File(place.put("pin", "12345678")));
    let error = Pkcs11Store::open(settings, place.book("book")).unwrap_err();
    (error.class(), error.to_string())
}

#[test]
fn libraries() {
    alone(
        module_path!(),
        "libraries",
        |place| module_environment(place, HIGH),
        |place| {
            let token = || TokenPick::by_label("yinxin test");
            let (_, missing) = refused(place, Path::new("/nowhere/libvendor.so"), token());
            assert!(missing.contains("/nowhere/libvendor.so: cannot be loaded: No such file"), "{missing}");
            let text = place.put("libtext.so", "not a library");
            let (_, text) = refused(place, &text, token());
            assert!(text.contains("libtext.so: cannot be loaded"), "{text}");
            assert!(text.contains("name the library of the device's vendor, for this processor"), "{text}");
            let c = ["/lib/x86_64-linux-gnu/libc.so.6", "/lib/aarch64-linux-gnu/libc.so.6", "/lib64/libc.so.6"]
                .into_iter()
                .map(PathBuf::from)
                .find(|path| path.exists())
                .unwrap();
            let (class, another) = refused(place, &c, token());
            assert!(another.contains("has no C_GetFunctionList, so it is no PKCS#11 library"), "{another}");
            assert_eq!(class, ErrorClass::Broken);
        },
    );
}

#[test]
fn tokens() {
    let environment = |place: &Place| {
        let mut all = module_environment(place, HIGH);
        all.push(("YINXIN_PKCS11_TOKENS", "2".into()));
        all
    };
    alone(module_path!(), "tokens", environment, |place| {
        let (class, wrong) = refused(place, &test_module(), TokenPick::by_label("yinxin tset"));
        assert!(
            wrong.contains("no token with label \"yinxin tset\"; there are: \"yinxin test\" (0000000000000001)"),
            "{wrong}"
        );
        assert_eq!(class, ErrorClass::Lost, "it may be plugged in later");
        let (class, two) = refused(place, &test_module(), TokenPick::by_label("yinxin test"));
        assert!(two.contains("2 tokens with label \"yinxin test\"; name the serial number instead"), "{two}");
        assert_eq!(class, ErrorClass::Broken);
        let pin = Source::File(place.put("pin", "12345678"));
        let settings = Settings::new(test_module(), TokenPick::by_serial("0000000000000002"), pin);
        Pkcs11Store::open(settings, place.book("book")).unwrap();
        place.put("faults", "removed\n");
        let (_, none) = refused(place, &test_module(), TokenPick::by_serial("0000000000000002"));
        assert!(none.contains("there are: none"), "{none}");
    });
}

#[test]
fn a_library_that_fails_at_once_is_told_in_words() {
    alone(
        module_path!(),
        "a_library_that_fails_at_once_is_told_in_words",
        |place| module_environment(place, HIGH),
        |place| {
            place.put("faults", "fail C_GetSlotList 0x5\n");
            let (class, error) = refused(place, &test_module(), TokenPick::by_label("yinxin test"));
            assert!(error.contains("C_GetSlotList: the device's library failed for good"), "{error}");
            assert!(error.contains("(CKR_GENERAL_ERROR)"), "{error}");
            assert_eq!(class, ErrorClass::Lost);
        },
    );
}

#[test]
fn mapping_files_are_read_from_disk() {
    alone(
        module_path!(),
        "mapping_files_are_read_from_disk",
        |place| module_environment(place, HIGH),
        |place| {
            let path = place.put("m.toml", "name = \"a\"\nverified = false\n");
            let error = Mapping::read(&path).unwrap_err().to_string();
            assert!(error.contains("m.toml: is no vendor mapping"), "{error}");
            let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings/base-fffff000.toml");
            let mapping = Mapping::read(&sample).unwrap();
            let settings = place.settings(&test_module(), "yinxin test", "12345678").mapped(mapping);
            Pkcs11Store::open(settings, place.book("book")).unwrap();
        },
    );
}
