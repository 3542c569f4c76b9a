//! Where the keys of a test's installation lie: in files, or as `YINXIN_TEST_CUSTODY` says in the software
//! password device (`softsdf`) or behind the daemon (`hsmd`). Everything passes each way.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};
use yinxin_hsm::{KeyStore, configured::CustodyConfig, remote::RemoteStore};
use yinxin_hsmd::{clock::SystemClock, config::Config, desk::Desk, server::Server};
use yinxin_trust::suite::Suite;

/// PIN of the tokens here.
pub(crate) const PIN: &str = "12345678";

/// Wrong PINs that lock a key of the tokens here.
pub(crate) const TRIES: u8 = 4;

/// An open custody and what has to live as long.
pub(crate) struct Held {
    pub(crate) keys: Arc<dyn KeyStore>,
    /// The daemon, where the keys are behind one.
    daemon: Option<Server>,
}

impl Held {
    /// Opens the custody beside a path for keys of a suite, and makes it where it is not there. A password device
    /// holds SM2 keys alone.
    pub(crate) fn beside(keys: &Path, suite: Suite) -> Self {
        match env::var("YINXIN_TEST_CUSTODY").as_deref() {
            Err(_) | Ok("soft") => Self { keys: open(&soft(keys)), daemon: None },
            Ok("softsdf") if suite != Suite::Sm2 => Self { keys: open(&soft(keys)), daemon: None },
            Ok("softsdf") => Self { keys: open(&softsdf(keys, "")), daemon: None },
            Ok("hsmd") => Self::behind_hsmd(keys),
            Ok(other) => panic!("YINXIN_TEST_CUSTODY is soft, softsdf or hsmd, not {other}"),
        }
    }

    /// Opens a custody of the test's choice.
    pub(crate) fn of(config: &CustodyConfig) -> Self {
        Self { keys: open(config), daemon: None }
    }

    fn behind_hsmd(keys: &Path) -> Self {
        let (config, socket) = hsmd(keys);
        let daemon = serve(&config);
        Self { keys: Arc::new(RemoteStore::new(&socket, std::time::Duration::from_secs(20))), daemon: Some(daemon) }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.daemon.take());
    }
}

fn open(config: &CustodyConfig) -> Arc<dyn KeyStore> {
    config.create().unwrap().keys()
}

/// A file that only its owner reads.
pub(crate) fn private(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

fn parsed(text: &str, folder: &Path) -> CustodyConfig {
    toml::from_str::<CustodyConfig>(text).unwrap().rooted_at(folder)
}

/// Key files in a folder, with a passphrase of the tests.
fn soft(keys: &Path) -> CustodyConfig {
    parsed(&files(keys), keys.parent().unwrap())
}

fn files(keys: &Path) -> String {
    private(&keys.with_extension("passphrase"), "a passphrase of the tests");
    let name = keys.file_name().unwrap().to_str().unwrap();
    format!("folder = \"{name}\"\npassphrase_file = \"{name}.passphrase\"\n")
}

/// The library of our device: cargo puts it beside the test's own executable.
pub(crate) fn library() -> PathBuf {
    let path = env::current_exe().unwrap().parent().unwrap().join("libsoftsdf.so");
    assert!(path.is_file(), "no {}", path.display());
    path
}

/// A fresh token beside a path, where there is none, and the section that names it; `more` are further members.
pub(crate) fn softsdf(keys: &Path, more: &str) -> CustodyConfig {
    parsed(&softsdf_section(keys, more), keys.parent().unwrap())
}

/// The text of that section, below `[keys]`.
pub(crate) fn softsdf_section(keys: &Path, more: &str) -> String {
    let token = token_of(keys);
    if !token.exists() {
        softsdf::make_token(&token, TRIES.into()).unwrap();
        private(&keys.with_extension("pin"), PIN);
    }
    let name = keys.file_name().unwrap().to_str().unwrap();
    let (library, text) = (library(), files(keys));
    format!(
        "{text}[sdf]\nlibrary = \"{}\"\nlibrary_folder = \"{name}.token\"\npin_file = \"{name}.pin\"\n\
         pin_tries = {TRIES}\n{more}",
        library.display()
    )
}

/// The token's folder.
pub(crate) fn token_of(keys: &Path) -> PathBuf {
    keys.with_extension("token")
}

/// Switches faults of the token on; none with no lines.
pub(crate) fn control(keys: &Path, lines: &str) {
    // renamed into its place, as other threads read it at each call
    let beside = keys.with_extension("control");
    fs::write(&beside, lines).unwrap();
    fs::rename(beside, token_of(keys).join("control")).unwrap();
}

/// A daemon's configuration beside a path, and its socket: the user of the tests may use every key.
pub(crate) fn hsmd(keys: &Path) -> (String, PathBuf) {
    let socket = socket_of(keys);
    let uid = rustix::process::geteuid().as_raw();
    let passphrase = keys.with_extension("passphrase");
    private(&passphrase, "a passphrase of the tests");
    let mut text = format!(
        "socket = \"{}\"\naudit = \"{}\"\n[keys]\nfolder = \"{}\"\npassphrase_file = \"{}\"\n\
         [[client]]\nname = \"tests\"\nuid = {uid}\nadministers = true\n",
        socket.display(),
        keys.with_extension("audit").display(),
        keys.display(),
        passphrase.display(),
    );
    for purpose in ["ca", "seal-maker", "stamper", "status", "person"] {
        let rule = "[[rule]]\nclient = \"tests\"\nkey = \"any\"\nmost_a_second = 100000\n";
        text.push_str(&format!("{rule}purpose = \"{purpose}\"\n"));
    }
    text.push_str(
        "[[rule]]\nclient = \"tests\"\nkey = \"any\"\npurpose = \"data\"\nuses = [\"wrap\"]\nmost_a_second = 100000\n",
    );
    (text, socket)
}

/// The same with its keys in the software password device.
pub(crate) fn hsmd_with_device(keys: &Path) -> (String, PathBuf) {
    let (text, socket) = hsmd(keys);
    let (before, after) = text.split_once("[keys]\n").unwrap();
    let (_, clients) = after.split_once("[[client]]").unwrap();
    // the daemon's paths are whole
    let name = format!("\"{}", keys.file_name().unwrap().to_str().unwrap());
    let device = under_keys(&softsdf_section(keys, "")).replace(&name, &format!("\"{}", keys.display()));
    (format!("{before}{device}[[client]]{clients}"), socket)
}

/// A section with its members under `[keys]`.
pub(crate) fn under_keys(text: &str) -> String {
    format!("[keys]\n{}", text.replace("[sdf]", "[keys.sdf]"))
}

/// A socket whose path is short enough for the system, and another for each path.
fn socket_of(keys: &Path) -> PathBuf {
    let digest = yinxin_trust::sm::sm3::digest(keys.as_os_str().as_encoded_bytes());
    env::temp_dir().join(format!("yinxin-{}.sock", hex::encode(&digest[..8])))
}

/// Runs a daemon in this process for as long as the value lives.
pub(crate) fn serve(text: &str) -> Server {
    let config = Config::parse(text).unwrap();
    let keys = config.keys.create().unwrap().keys();
    let clock = Box::new(SystemClock);
    let desk = Desk::open(keys, config.policy, config.site, &config.audit, config.durable_audit, clock).unwrap();
    Server::start(desk, &config.socket, config.most_connections).unwrap()
}
