//! A token, its driver and a book, in a folder that goes with the value.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};
use tempfile::TempDir;
use yinxin_hsm::{
    KeyDescription, KeyError, KeyOrder, KeyReference, KeyStore as _, Purpose, SignRequest, SignatureValue, ToSign,
    book::KeyBook,
    passphrase::{Passphrase, Source},
    sdf::{SdfConfig, SdfStore},
};
use yinxin_trust::{base::Moment, sm::Signature, suite::PublicKey};

pub(crate) const PIN: &str = "12345678";

/// Wrong PINs that lock a key of the tokens here.
pub(crate) const TRIES: u8 = 4;

pub(crate) struct Token {
    folder: TempDir,
}

impl Token {
    /// A fresh token.
    pub(crate) fn new() -> Self {
        let token = Self { folder: tempfile::tempdir().unwrap() };
        token.put("pin", PIN);
        make_token(&token.path("token"));
        token
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file that only its owner reads.
    pub(crate) fn put(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Switches faults on; none with no lines.
    pub(crate) fn control(&self, lines: &str) {
        // renamed into its place, as another thread reads it at each call
        self.put("control.new", lines);
        fs::rename(self.path("control.new"), self.path("token/control")).unwrap();
    }

    pub(crate) fn config(&self) -> SdfConfig {
        let mut config = SdfConfig::new("room-1".parse().unwrap(), library(), self.path("state"));
        config.folder = Some(self.path("token"));
        config.pin = Some(Source::File(self.path("pin")));
        config.pin_tries = TRIES;
        config
    }

    pub(crate) fn store(&self) -> SdfStore {
        self.store_with(self.config())
    }

    pub(crate) fn store_with(&self, config: SdfConfig) -> SdfStore {
        SdfStore::start(config, self.book()).unwrap()
    }

    /// This token with another that stands in for it.
    pub(crate) fn pair(&self, other: &Self) -> SdfStore {
        let mut second = other.config();
        second.name = "room-2".parse().unwrap();
        SdfStore::start_pair(self.config(), second, self.book()).unwrap()
    }

    pub(crate) fn book(&self) -> Arc<KeyBook> {
        let phrase = Passphrase::new(b"a passphrase of tests".to_vec(), "a test").unwrap();
        Arc::new(KeyBook::open(&self.path("book"), &phrase).unwrap())
    }
}

/// The library of our device: cargo puts it beside the test's own executable.
pub(crate) fn library() -> PathBuf {
    let path = env::current_exe().unwrap().parent().unwrap().join("libsoftsdf.so");
    assert!(path.is_file(), "no {}", path.display());
    path
}

/// Compiles a program or a library in C.
pub(crate) fn compile(folder: &Path, source: &str, name: &str, options: &[&str]) -> PathBuf {
    let (text, output) = (folder.join("source.c"), folder.join(name));
    fs::write(&text, source).unwrap();
    let status = Command::new("cc").args(["-std=c11", "-O1"]).arg(&text).arg("-o").arg(&output).args(options).status();
    assert!(status.unwrap().success());
    output
}

/// A token of [`TRIES`] tries, made as its administrator makes it: with a program in C.
fn make_token(token: &Path) {
    let folder = tempfile::tempdir().unwrap();
    let source = format!(
        "int SOFTSDF_InitToken(const char *, unsigned int);\n\
         int main(int count, char **words) {{ return count != 2 || SOFTSDF_InitToken(words[1], {TRIES}); }}\n"
    );
    let library = library();
    let rpath = format!("-Wl,-rpath,{}", library.parent().unwrap().display());
    let program = compile(folder.path(), &source, "init", &[library.to_str().unwrap(), &rpath]);
    assert!(Command::new(program).arg(token).status().unwrap().success());
}

pub(crate) fn now() -> Moment {
    Moment::from_unix_seconds(1_800_000_000).unwrap()
}

pub(crate) fn reference(text: &str) -> KeyReference {
    text.parse().unwrap()
}

/// An SM2 key for stamps at a place.
pub(crate) fn order(place: &str) -> KeyOrder {
    KeyOrder::sm2(Purpose::Stamper).at_place(reference(place))
}

pub(crate) fn generate(store: &SdfStore, place: &str) -> KeyDescription {
    store.generate(&order(place), now()).unwrap()
}

pub(crate) fn sign(store: &SdfStore, key: &KeyReference, message: &[u8]) -> Result<Signature, KeyError> {
    match store.sign(key, &SignRequest::new(Purpose::Stamper, ToSign::Message(message), now()))? {
        SignatureValue::Sm2(signature) => Ok(signature),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn public(key: &KeyDescription) -> yinxin_trust::sm::sm2::PublicKey {
    match &key.public_key {
        Some(PublicKey::Sm2(public)) => public.clone(),
        other => panic!("{other:?}"),
    }
}
