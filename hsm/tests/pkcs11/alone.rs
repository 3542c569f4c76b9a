//! A process for each test, with the environment that the library reads, and a folder.

use std::{
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};
use yinxin_hsm::{
    KeyError, KeyOrder, KeyStore as _, Purpose, SignRequest, SignatureValue, ToSign,
    book::KeyBook,
    passphrase::{Passphrase, Source},
    pkcs11::{Mapping, Pkcs11Store, Settings, TokenPick},
};
use yinxin_trust::base::Moment;

/// Says, in the process of its own, which test it is for.
const MARK: &str = "YINXIN_TEST_ALONE";

/// The folder of the test.
pub(crate) struct Place(PathBuf);

/// Variables that the library reads when it is initialised.
pub(crate) type Environment = Vec<(&'static str, OsString)>;

/// Runs `body` in a process of its own: this test binary again, with this one test.
/// `prepare` makes what the library shall find, and gives the environment that names it.
pub(crate) fn alone(module: &str, name: &str, prepare: impl FnOnce(&Place) -> Environment, body: impl FnOnce(&Place)) {
    // the path of a test is that of its module, without the crate
    let test = format!("{}::{name}", module.split_once("::").map_or(module, |(_, rest)| rest));
    if let Some(folder) = std::env::var_os(MARK) {
        body(&Place(PathBuf::from(folder)));
        return;
    }
    let folder = std::env::temp_dir().join(format!("yinxin-{}-{}", std::process::id(), test.replace("::", "-")));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let place = Place(folder);
    let environment = prepare(&place);
    let output = Command::new(std::env::current_exe().unwrap())
        .args([&test, "--exact", "--nocapture", "--test-threads=1"])
        .envs(environment)
        .env(MARK, &place.0)
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    fs::remove_dir_all(&place.0).unwrap();
    assert!(output.status.success() && said.contains("1 passed"), "{test} in its own process:\n{said}");
}

impl Place {
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A file of ours alone.
    pub(crate) fn put(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// A key book in the folder.
    pub(crate) fn book(&self, name: &str) -> KeyBook {
        let passphrase = Passphrase::new(b"a passphrase of tests".to_vec(), "the test").unwrap();
        KeyBook::open(&self.path(name), &passphrase).unwrap()
    }

    /// How to reach a token by its label, with a PIN.
    pub(crate) fn settings(&self, library: &Path, label: &str, pin: &str) -> Settings {
        let pin = Source::File(self.put("pin", pin));
        Settings::new(library.to_owned(), TokenPick::by_label(label), pin)
    }
}

/// The library of `hsm/testmodule`, which cargo builds beside this test binary.
pub(crate) fn test_module() -> PathBuf {
    let binary = std::env::current_exe().unwrap();
    let path = binary.parent().unwrap().join("libyinxin_pkcs11_module.so");
    assert!(path.exists(), "{} was not built", path.display());
    path
}

/// Vendor numbers of the style whose base is 0xFFFFF000.
pub(crate) const HIGH: &str = "key-type=0xFFFFF001,generate=0xFFFFF001,sm2=0xFFFFF002,sm2-sm3=0xFFFFF003";

/// Vendor numbers below those that PKCS#11 leaves to vendors.
pub(crate) const LOW: &str = "key-type=0x10001,generate=0x10003,sm2=0x10002,sm2-sm3=0x10004";

/// The environment of the test module: its numbers, and a file of faults, empty at first.
pub(crate) fn module_environment(place: &Place, numbers: &str) -> Environment {
    let faults = place.put("faults", "");
    vec![("YINXIN_PKCS11_NUMBERS", numbers.into()), ("YINXIN_PKCS11_FAULTS", faults.into())]
}

/// A mapping of numbers as the test module has them.
pub(crate) fn mapping(numbers: &str, text: &str) -> Mapping {
    let number = |name: &str| numbers.split(',').find_map(|part| part.strip_prefix(&format!("{name}="))).unwrap();
    let text = text
        .replace("<key-type>", number("key-type"))
        .replace("<generate>", number("generate"))
        .replace("<message>", number("sm2-sm3"))
        .replace("<digest>", number("sm2"));
    let head = "name = \"test\"\nverified = true\nsource = \"the test module\"\n";
    Mapping::parse(&(head.to_owned() + &text), Path::new("test.toml")).unwrap()
}

/// A mapping whose mechanism takes e.
pub(crate) fn takes_e(numbers: &str) -> Mapping {
    mapping(
        numbers,
        "[key-type]\nCKK_SM2 = <key-type>\n[mechanism.CKM_SM2]\nnumber = <digest>\n\
         [mechanism.CKM_SM2_KEY_PAIR_GEN]\nnumber = <generate>\n",
    )
}

/// The instant of the tests.
pub(crate) fn now() -> Moment {
    Moment::from_utc(2026, 11, 29, 8, 0, 0).unwrap()
}

/// The store of the test module's token.
pub(crate) fn module_store(place: &Place, mapping: Mapping) -> Result<Pkcs11Store, KeyError> {
    let settings = place.settings(&test_module(), "yinxin test", "12345678").mapped(mapping);
    Pkcs11Store::open(settings, place.book("book"))
}

/// An order for a stamper's key.
pub(crate) fn stamper(algorithm: yinxin_hsm::KeyAlgorithm) -> KeyOrder {
    KeyOrder::new(algorithm, Purpose::Stamper)
}

/// A request of the stamper's purpose.
pub(crate) fn request(input: ToSign<'_>) -> SignRequest<'_> {
    SignRequest::new(Purpose::Stamper, input, now())
}

/// Signs a message with the store's only key.
pub(crate) fn sign_with_only_key(store: &Pkcs11Store, message: &[u8]) -> Result<SignatureValue, KeyError> {
    let key = store.list().unwrap().pop().unwrap().reference;
    store.sign(&key, &request(ToSign::Message(message)))
}
