//! The daemon's configuration: one strict TOML file. What is not named is refused.

use crate::{
    audit::BY_CERTIFICATE,
    policy::{Client, Hours, HoursFault, Policy, PolicyFault, Rule, SoleControl, Who},
};
use serde::Deserialize;
use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use yinxin_hsm::{
    KeyReference, Purpose, ReferenceError, UnknownPurpose, Use,
    configured::{CustodyConfig, SectionFault, toml_words},
    mandate::{Keeper, RelyingParty},
};
use yinxin_trust::sm::sm2;

/// Everything that the daemon is told.
#[derive(Debug)]
pub struct Config {
    /// Where the socket shall be. Who may connect is said by the folder's and the socket's permissions;
    /// who is heard, by the clients' uids.
    pub socket: PathBuf,
    /// The door with TLS, for clients on other machines.
    pub tls: Option<TlsConfig>,
    /// The audit file.
    pub audit: PathBuf,
    /// Whether every record reaches the disk before its answer leaves; else within 100 milliseconds.
    pub durable_audit: bool,
    /// Most clients at once.
    pub most_connections: usize,
    /// Where the keys are.
    pub keys: CustodyConfig,
    /// The site that keepers' authenticators answer.
    pub site: Option<RelyingParty>,
    /// Who may do what.
    pub policy: Policy,
}

/// `[tls]`: the door for clients on other machines. All files are PEM.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// Where to listen, address:port; port 0 for any that is free.
    pub listen: SocketAddr,
    /// The daemon's certificate and its chain.
    pub certificate: PathBuf,
    /// Its private key, readable by the daemon's user alone.
    pub key: PathBuf,
    /// The authorities that clients' certificates must lead to.
    pub client_authorities: PathBuf,
}

/// Why the configuration does not hold.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigFault {
    /// The file cannot be read.
    #[error("{path}: cannot be read: {cause}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// Not TOML, or a name or kind of value that there is not.
    #[error("{0}")]
    Toml(String),
    /// A number out of bounds.
    #[error("{name} is out of bounds: {bounds}")]
    Bounds {
        /// Which.
        name: &'static str,
        /// What it may be.
        bounds: &'static str,
    },
    /// Of the keys.
    #[error(transparent)]
    Keys(#[from] SectionFault),
    /// A daemon behind a daemon.
    #[error("keys.hsmd: hsmd does not ask another; name key files, keys.sdf or keys.pkcs11")]
    Behind,
    /// A client that is known by nothing, by two things, or by what cannot be.
    #[error(
        "client {0}: one of the two: uid, below 4294967295; or certificate_sha256, 64 hexadecimal digits, which wants [tls]"
    )]
    Client(Box<str>),
    /// A rule's key reference.
    #[error("rule {rule}: {cause}")]
    Reference {
        /// Which, from 1.
        rule: usize,
        /// Why.
        cause: ReferenceError,
    },
    /// A rule's purpose.
    #[error("rule {rule}: {cause}")]
    Purpose {
        /// Which, from 1.
        rule: usize,
        /// Why.
        cause: UnknownPurpose,
    },
    /// A rule's hours.
    #[error("rule {rule}: {cause}")]
    Hours {
        /// Which, from 1.
        rule: usize,
        /// Why.
        cause: HoursFault,
    },
    /// A keeper's key.
    #[error("rule {rule}: a keeper's key wants 130 hexadecimal digits, 04 and the coordinates of a point on its curve")]
    Keeper {
        /// Which, from 1.
        rule: usize,
    },
    /// The rules contradict each other.
    #[error(transparent)]
    Policy(#[from] PolicyFault),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    socket: PathBuf,
    tls: Option<TlsConfig>,
    audit: PathBuf,
    #[serde(default)]
    durable_audit: bool,
    #[serde(default = "most_connections")]
    most_connections: usize,
    /// For the hours of rules.
    #[serde(default = "beijing")]
    minutes_ahead_of_utc: i16,
    keys: CustodyConfig,
    site: Option<SiteText>,
    #[serde(default)]
    client: Vec<ClientText>,
    #[serde(default)]
    rule: Vec<RuleText>,
}

const fn most_connections() -> usize {
    64
}

const fn beijing() -> i16 {
    480
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteText {
    id: Box<str>,
    origin: Box<str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientText {
    name: Box<str>,
    uid: Option<u32>,
    certificate_sha256: Option<String>,
    #[serde(default)]
    administers: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleText {
    client: Box<str>,
    key: String,
    purpose: String,
    #[serde(default = "sign")]
    uses: Vec<UseText>,
    most_a_second: u32,
    hours: Option<String>,
    most_uses: Option<u64>,
    sole_control: Option<SoleControlText>,
}

fn sign() -> Vec<UseText> {
    vec![UseText::Sign]
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum UseText {
    Sign,
    Wrap,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SoleControlText {
    seal: Box<str>,
    #[serde(default)]
    keepers_sm2: Vec<String>,
    #[serde(default)]
    keepers_p256: Vec<String>,
    #[serde(default = "ten_minutes")]
    most_clock_difference_seconds: u32,
}

/// Every key of the purpose that no rule names.
const ANY: &str = "any";

const fn ten_minutes() -> u32 {
    600
}

impl Config {
    /// Reads the file.
    ///
    /// # Errors
    /// [`ConfigFault`].
    pub fn read(path: &Path) -> Result<Self, ConfigFault> {
        let text = std::fs::read_to_string(path);
        Self::parse(&text.map_err(|cause| ConfigFault::Io { path: path.to_owned(), cause })?)
    }

    /// Reads the text.
    ///
    /// # Errors
    /// [`ConfigFault`].
    pub fn parse(text: &str) -> Result<Self, ConfigFault> {
        let text: Text = toml::from_str(text).map_err(|cause| ConfigFault::Toml(toml_words(text, &cause)))?;
        if !(1..=1024).contains(&text.most_connections) {
            return Err(ConfigFault::Bounds { name: "most_connections", bounds: "1 to 1024" });
        }
        if !(-720..=840).contains(&text.minutes_ahead_of_utc) {
            return Err(ConfigFault::Bounds { name: "minutes_ahead_of_utc", bounds: "-720 to 840" });
        }
        if text.keys.hsmd.is_some() {
            return Err(ConfigFault::Behind);
        }
        text.keys.check()?;
        let ahead = text.minutes_ahead_of_utc;
        let rules = text.rule.into_iter().enumerate().map(|(place, text)| rule(place + 1, text, ahead));
        let clients = text.client.into_iter().map(|client| self::client(client, text.tls.is_some()));
        let clients = clients.collect::<Result<_, _>>()?;
        Ok(Self {
            socket: text.socket,
            tls: text.tls,
            audit: text.audit,
            durable_audit: text.durable_audit,
            most_connections: text.most_connections,
            keys: text.keys,
            site: text.site.map(|site| RelyingParty { id: site.id, origin: site.origin }),
            policy: Policy::new(clients, rules.collect::<Result<_, _>>()?)?,
        })
    }
}

fn client(text: ClientText, behind_tls: bool) -> Result<Client, ConfigFault> {
    let mut sha256 = [0; 32];
    let who = match (text.uid, text.certificate_sha256) {
        (Some(uid), None) if uid != BY_CERTIFICATE => Who::User(uid),
        (None, Some(digits)) if behind_tls && hex::decode_to_slice(&digits, &mut sha256).is_ok() => {
            Who::Certificate(sha256)
        }
        _ => return Err(ConfigFault::Client(text.name)),
    };
    Ok(Client { name: text.name, who, administers: text.administers })
}

fn rule(rule: usize, text: RuleText, ahead: i16) -> Result<Rule, ConfigFault> {
    let named = (text.key != ANY).then(|| text.key.parse::<KeyReference>());
    let key = named.transpose().map_err(|cause| ConfigFault::Reference { rule, cause })?;
    let purpose: Purpose = text.purpose.parse().map_err(|cause| ConfigFault::Purpose { rule, cause })?;
    let hours = text.hours.map(|hours| Hours::parse(&hours, ahead)).transpose();
    if text.most_a_second == 0 {
        return Err(ConfigFault::Bounds { name: "most_a_second", bounds: "from 1" });
    }
    Ok(Rule {
        client: text.client,
        key,
        purpose,
        uses: text.uses.iter().map(|one| if matches!(one, UseText::Wrap) { Use::Wrap } else { Use::Sign }).collect(),
        most_a_second: text.most_a_second,
        hours: hours.map_err(|cause| ConfigFault::Hours { rule, cause })?,
        most_uses: text.most_uses,
        sole_control: text.sole_control.map(|text| sole_control(rule, text)).transpose()?,
    })
}

fn sole_control(rule: usize, text: SoleControlText) -> Result<SoleControl, ConfigFault> {
    let fault = || ConfigFault::Keeper { rule };
    let octets = |digits: &String| {
        let mut point = [0; 65];
        hex::decode_to_slice(digits, &mut point).map_err(|_| fault()).map(|()| point)
    };
    let mut keepers = Vec::new();
    for digits in &text.keepers_sm2 {
        keepers.push(Keeper::Sm2(sm2::PublicKey::from_sec1(&octets(digits)?).map_err(|_| fault())?));
    }
    for digits in &text.keepers_p256 {
        keepers.push(Keeper::P256(octets(digits)?));
    }
    Ok(SoleControl {
        seal: text.seal,
        keepers,
        most_clock_difference_seconds: text.most_clock_difference_seconds.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_read() {
        let config = Config::parse(include_str!("../hsmd.sample.toml")).unwrap();
        assert!(!config.durable_audit);
        assert_eq!(config.most_connections, 64);
        assert!(config.tls.is_none(), "the second door is off unless configured");
        // the sample shows it as a comment
        let text = include_str!("../hsmd.sample.toml").replace("\n#: ", "\n");
        let config = Config::parse(&text).unwrap();
        assert_eq!(config.tls.unwrap().listen.port(), 7443);
        let far = config.policy.named("far").unwrap();
        assert!(matches!(far.who, Who::Certificate(_)));
    }

    #[test]
    fn a_client_is_known_by_one_thing() {
        let sound = include_str!("../hsmd.sample.toml").replace("\n#: ", "\n");
        let digits = sound.split('"').find(|word| word.len() == 64).unwrap();
        for (from, to) in [
            ("uid = 990", String::new()),
            ("uid = 990", "uid = 4294967295".to_owned()),
            ("uid = 990", format!("uid = 990\ncertificate_sha256 = \"{digits}\"")),
            (digits, digits.replacen(['0', '1', '2', '3'], "", 1)),
            (digits, format!("g{}", &digits[1..])),
        ] {
            assert!(sound.contains(from), "{from}");
            let fault = Config::parse(&sound.replacen(from, &to, 1)).unwrap_err();
            assert!(matches!(fault, ConfigFault::Client(_)), "{to}: {fault}");
        }
        let sample = include_str!("../hsmd.sample.toml");
        let no_door = format!("{sample}[[client]]\nname = \"far\"\ncertificate_sha256 = \"{digits}\"\n");
        assert!(matches!(Config::parse(&no_door), Err(ConfigFault::Client(_))));
        let twice = sound.replacen("uid = 990", &format!("certificate_sha256 = \"{digits}\""), 1);
        assert!(matches!(Config::parse(&twice), Err(ConfigFault::Policy(PolicyFault::Twice(_)))));
    }

    #[test]
    fn offences_have_names() {
        let sound = include_str!("../hsmd.sample.toml");
        for (from, to, words) in [
            ("durable_audit", "durable_audits", "unknown field"),
            ("most_connections = 64", "most_connections = 0", "most_connections is out of bounds"),
            (
                "passphrase_credential",
                "passphrase_file = \"x\"\npassphrase_credential",
                "one of the two: passphrase_file",
            ),
            ("folder = ", "folders = ", "unknown field"),
            ("key = \"soft:0123456789abcdef\"", "key = \"any\"", "rule 1: sole control and most_uses are for one key"),
            ("purpose = \"stamper\"", "purpose = \"stamp\"", "no such key purpose"),
            ("07:00-19:59", "7-20", "rule 1: hours"),
            ("07:00-19:59", "19:59-07:00", "rule 1: hours"),
            ("most_a_second = 300", "most_a_second = 0", "most_a_second is out of bounds"),
            ("key = \"soft:0123456789abcdef\"", "key = \"soft:0123\"", "16 lower-case hexadecimal digits"),
            ("client = \"web\"", "client = \"wob\"", "no client wob"),
            ("keepers_sm2 = [\"04", "keepers_sm2 = [\"05", "rule 1: a keeper's key"),
        ] {
            assert!(sound.contains(from), "{from}");
            let fault = Config::parse(&sound.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(fault.contains(words), "{from} -> {to}: {fault}");
        }
    }
}
