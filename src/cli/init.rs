//! `yinxin init`: founds an installation in a folder.

use super::{
    Exit,
    arguments::Init,
    installation::places,
    register::{Stop, ended, now, say},
};
use crate::{
    config::Config,
    flow::{
        access::Permit,
        bodies::{self, Naming},
        installation,
    },
    random, store,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use yinxin_hsm::{KeyAlgorithm, KeyOrder, Purpose};
use yinxin_trust::{base::Day, suite::Suite};

/// Name of the configuration in the folder.
pub(super) const CONFIGURATION: &str = "yinxin.toml";

/// What is founded.
pub(super) struct Foundation<'a> {
    pub(super) folder: &'a Path,
    pub(super) body: Naming,
    /// Of our own authority.
    pub(super) suite: Suite,
    /// Runs our own authority.
    pub(super) organisation: &'a str,
    /// `HTTPS://HOST/C/`.
    pub(super) code_prefix: &'a str,
    /// Address of pages and API.
    pub(super) listen: &'a str,
    /// Where others reach it, where that is known: for the certificates of our own authority.
    pub(super) public_address: Option<&'a str>,
    /// The section of the keys, where they are not files in the folder.
    pub(super) keys: Option<String>,
}

pub(super) fn run(command: &Init) -> Exit {
    ended((|| {
        let from = command.naming.from.map_or_else(|| Day::in_beijing_at(now()?).map_err(Stop::usage), Ok)?;
        let body = Naming {
            name: command.naming.name.clone(),
            credit_code: command.naming.credit_code.clone(),
            region: command.naming.region,
            from,
        };
        let organisation = command.organisation.as_deref().unwrap_or(&command.naming.name);
        let foundation = Foundation {
            folder: &command.folder,
            body,
            suite: command.suite,
            organisation,
            code_prefix: &command.code_prefix,
            listen: "127.0.0.1:8080",
            public_address: command.public_address.as_deref(),
            keys: command.keys.as_deref().map(keys_section).transpose()?,
        };
        let id = found(&foundation)?;
        say(format_args!("configuration\t{}", command.folder.join(CONFIGURATION).display()))?;
        say(format_args!("body\t{id}"))
    })())
}

/// Makes folder, configuration, passphrase, register, keys, authority and the
/// first body; the id of that.
pub(super) fn found(foundation: &Foundation<'_>) -> Result<String, Stop> {
    let folder = foundation.folder;
    let failed = |path: PathBuf| move |error: io::Error| Stop::unreadable(format!("{}: {error}", path.display()));
    fs::create_dir_all(folder).map_err(failed(folder.to_path_buf()))?;
    let configuration = folder.join(CONFIGURATION);
    if configuration.exists() {
        return Err(Stop::refused(format!("{}: an installation was founded here already", folder.display())));
    }
    let text = configuration_text(foundation);
    let config = Config::parse_in(&text, folder).map_err(Stop::usage)?;
    if let Some(path) = config.keys.as_ref().and_then(|keys| keys.passphrase_file.as_ref()) {
        installation::keep_new_passphrase(path, &hex::encode(random::octets::<32>()?))?;
    }
    let places = places(&config)?;
    let database = config.database.as_ref().ok_or_else(|| Stop::usage("the configuration has no [database]"))?;
    store::migrate(&database.settings())?;
    let store = super::register::open_settings(database.settings())?;
    let now = now()?;
    let (custody, _) = installation::found(&places, &store, foundation.organisation, now)?;
    let text = if foundation.keys.is_none() {
        // devices have few places for keys: there the operator decides
        let key = |order| {
            let made = custody.generate(&order, now);
            made.map(|key| key.reference).map_err(|error| Stop::internal(&error.to_string()))
        };
        let (receipts, status) = (key(KeyOrder::sm2(Purpose::Receipts))?, key(KeyOrder::sm2(Purpose::Status))?);
        let factors = key(KeyOrder::new(KeyAlgorithm::Sm4Gcm, Purpose::Data))?;
        format!(
            "{text}receipt_key = \"{receipts}\"\nstatus_key = \"{status}\"\n\n\
             [access]\nsecond_factor_key = \"{factors}\"\n"
        )
    } else {
        text
    };
    let id = random::id()?;
    bodies::create(&store, &Permit::of_operator(&id), &foundation.body, None, now)?;
    // last: a folder with a configuration is whole
    fs::write(&configuration, text).map_err(failed(configuration.clone()))?;
    Ok(id)
}

/// The text of a file with the section of the keys, for the configuration.
pub(super) fn keys_section(path: &Path) -> Result<String, Stop> {
    let text = fs::read_to_string(path).map_err(|error| Stop::usage(format_args!("{}: {error}", path.display())))?;
    let config = Config::parse(&text).map_err(|error| Stop::usage(format_args!("{}: {error}", path.display())))?;
    // a section that stands here and in the configuration of its own would be said twice
    if (Config { keys: None, ..config.clone() }) != Config::default() || config.keys.is_none() {
        return Err(Stop::usage(format_args!("{}: wants [keys], its sections, and nothing else", path.display())));
    }
    Ok(text)
}

/// Keys in encrypted files, in the folder.
const KEY_FILES: &str = "[keys]\nfolder = \"keys\"\npassphrase_file = \"passphrase\"\n";

fn configuration_text(foundation: &Foundation<'_>) -> String {
    let keys = foundation.keys.as_deref().unwrap_or(KEY_FILES);
    // quoted as Rust quotes: a TOML string of visible ASCII; anything else is refused when the text is read
    let address = foundation.public_address.map(|own| format!("public_address = {own:?}\n")).unwrap_or_default();
    format!(
        "# Made by yinxin init; yinxin.sample.toml shows every setting.\n\
         [serve]\nlisten = \"{}\"\n\n\
         [database]\naddress = \"sqlite:register.sqlite\"\n\n\
         {keys}\n\
         [authority]\nfolder = \"pki\"\nsuite = \"{}\"\n{}\n\
         [issuing]\ncode_prefix = \"{}\"\n",
        foundation.listen, foundation.suite, address, foundation.code_prefix,
    )
}
