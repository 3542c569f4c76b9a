//! The sections of the drivers.

use super::{OpenFault, SectionFault, source};
use crate::{
    DeviceName,
    passphrase::Source,
    pkcs11::{Mapping, MappingError, Settings, TokenPick},
    remote::{RemoteStore, TlsDaemon},
    sdf::{EccBits, SdfConfig},
    supervise::Timing,
};
use core::time::Duration;
use rustls::pki_types::ServerName;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// `[keys.sdf]`: a password device (GM/T 0018), by its maker's library.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SdfSection {
    /// The device's name in references and messages.
    #[serde(default = "sdf")]
    pub device: String,
    /// The maker's library.
    pub library: PathBuf,
    /// Where the library finds its own configuration, for makers with `SDF_OpenDeviceWithPath`.
    pub library_folder: Option<PathBuf>,
    /// File with the PIN of the keys.
    pub pin_file: Option<PathBuf>,
    /// Name of the systemd credential with it.
    pub pin_credential: Option<String>,
    /// ECCref_MAX_BITS of the maker's header: 512 or 256.
    #[serde(default = "standard_bits")]
    pub ecc_bits: u32,
    /// Wrong PINs that lock a key of the device, 2 to 20: one fewer are shown at most.
    #[serde(default = "three")]
    pub pin_tries: u8,
    /// First and last index at which keys may be made, 1 to 65535.
    #[serde(default = "indexes")]
    pub indexes: [u32; 2],
    /// Sessions that work at once, 1 to 64.
    #[serde(default = "four")]
    pub sessions: usize,
    /// Longest that the device may take for a call, 10 to 60000.
    #[serde(default = "five_seconds")]
    pub deadline_milliseconds: u64,
    /// Another device with the same keys at the same indexes, which stands in.
    pub second: Option<SdfSecond>,
}

/// `[keys.sdf.second]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SdfSecond {
    /// Its name in messages.
    pub device: String,
    /// The maker's library; that of the first where it is not named.
    pub library: Option<PathBuf>,
    /// As in the first.
    pub library_folder: Option<PathBuf>,
    /// File with its PIN; that of the first where none is named.
    pub pin_file: Option<PathBuf>,
    /// Name of the systemd credential with it.
    pub pin_credential: Option<String>,
}

/// `[keys.pkcs11]`: a PKCS#11 token.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pkcs11Section {
    /// The vendor's library.
    pub library: PathBuf,
    /// The token's label.
    pub token_label: Option<String>,
    /// The token's serial number.
    pub token_serial: Option<String>,
    /// File with the user's PIN.
    pub pin_file: Option<PathBuf>,
    /// Name of the systemd credential with it.
    pub pin_credential: Option<String>,
    /// The vendor's numbers for SM2.
    pub mapping: Option<PathBuf>,
    /// Sessions that sign at once, 1 to 64.
    #[serde(default = "four")]
    pub sessions: usize,
    /// Longest that the token may take for a call, 10 to 60000.
    #[serde(default = "five_seconds")]
    pub deadline_milliseconds: u64,
}

/// `[keys.hsmd]`: the daemon.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HsmdSection {
    /// Its socket, where it is on this machine. Either this or an address.
    pub socket: Option<PathBuf>,
    /// Where it is on another machine, host:port: the door with TLS, which wants the four that follow.
    pub address: Option<String>,
    /// The DNS name or IP address that its certificate is for.
    pub server_name: Option<String>,
    /// File with the authorities, PEM, that its certificate leads to.
    pub authorities: Option<PathBuf>,
    /// File with our certificate and its chain, PEM: by it the daemon knows us.
    pub certificate: Option<PathBuf>,
    /// File with our private key, PEM, readable by this user alone.
    pub key: Option<PathBuf>,
    /// How long an answer is awaited, 10 to 60000: longer than the daemon's own deadline.
    #[serde(default = "ten_seconds")]
    pub deadline_milliseconds: u64,
    /// Folder of standing mandates of seal keepers, `NAME.mandate` and `NAME.proof`.
    pub mandates: Option<PathBuf>,
}

fn sdf() -> String {
    "sdf".to_owned()
}

const fn standard_bits() -> u32 {
    512
}

const fn three() -> u8 {
    3
}

const fn indexes() -> [u32; 2] {
    [1, 64]
}

const fn four() -> usize {
    4
}

const fn five_seconds() -> u64 {
    5_000
}

const fn ten_seconds() -> u64 {
    10_000
}

/// The usual, with so many sessions and such a deadline. As many threads may hang as there are sessions.
fn timing(sessions: usize, deadline_milliseconds: u64) -> Timing {
    let usual = Timing::default();
    let deadline = Duration::from_millis(deadline_milliseconds);
    Timing { sessions, deadline, most_hung: sessions.max(usual.most_hung), ..usual }
}

fn within(member: &'static str, sound: bool, wanted: &'static str) -> Result<(), SectionFault> {
    if sound { Ok(()) } else { Err(SectionFault { member, wanted }) }
}

fn deadline(member: &'static str, milliseconds: u64) -> Result<(), SectionFault> {
    within(member, (10..=60_000).contains(&milliseconds), "10 to 60000")
}

const PIN: &str = "one of the two: pin_file or pin_credential";
const NAME: &str = "1 to 32 lower-case letters, digits and hyphens";

impl SdfSection {
    pub(super) fn check(&self) -> Result<(), SectionFault> {
        within("keys.sdf.device", self.device.parse::<DeviceName>().is_ok(), NAME)?;
        within("keys.sdf.pin_file", self.pin_file.is_some() != self.pin_credential.is_some(), PIN)?;
        within("keys.sdf.ecc_bits", self.bits().is_some(), "512 or 256")?;
        within("keys.sdf.pin_tries", (2..=20).contains(&self.pin_tries), "2 to 20")?;
        let [first, last] = self.indexes;
        let sound = (1..=65_535).contains(&first) && (first..=65_535).contains(&last);
        within("keys.sdf.indexes", sound, "first and last, 1 to 65535")?;
        within("keys.sdf.sessions", (1..=64).contains(&self.sessions), "1 to 64")?;
        deadline("keys.sdf.deadline_milliseconds", self.deadline_milliseconds)?;
        let Some(second) = &self.second else { return Ok(()) };
        let named = second.device.parse::<DeviceName>().is_ok() && second.device != self.device;
        within("keys.sdf.second.device", named, "another name than the first one's, in the same form")?;
        let both = second.pin_file.is_some() && second.pin_credential.is_some();
        within("keys.sdf.second.pin_file", !both, "at most one of the two: pin_file or pin_credential")
    }

    fn bits(&self) -> Option<EccBits> {
        [EccBits::Standard, EccBits::Narrow].into_iter().find(|bits| bits.bits() == self.ecc_bits)
    }

    pub(super) fn rooted_at(self, folder: &Path) -> Self {
        let second = self.second.map(|second| SdfSecond {
            library: second.library.map(|path| folder.join(path)),
            library_folder: second.library_folder.map(|path| folder.join(path)),
            pin_file: second.pin_file.map(|path| folder.join(path)),
            ..second
        });
        Self {
            library: folder.join(self.library),
            library_folder: self.library_folder.map(|path| folder.join(path)),
            pin_file: self.pin_file.map(|path| folder.join(path)),
            second,
            ..self
        }
    }

    /// The driver's settings, with its records of wrong PINs below `state`; the second's beside.
    pub(super) fn settings(&self, state: &Path) -> Result<(SdfConfig, Option<SdfConfig>), SectionFault> {
        let named = |name: &str, member| name.parse::<DeviceName>().map_err(|_| SectionFault { member, wanted: NAME });
        let timing = timing(self.sessions, self.deadline_milliseconds);
        let config = |name: DeviceName, library: &Path, library_folder: Option<&PathBuf>, pin: Option<Source>| {
            let folder = state.join(format!("pins-{name}"));
            let mut config = SdfConfig::new(name, library.to_path_buf(), folder);
            config.folder = library_folder.cloned();
            config.pin = pin;
            config.pin_tries = self.pin_tries;
            config.ecc_bits = self.bits().unwrap_or_default();
            config.timing = timing;
            config.indexes = self.indexes[0]..=self.indexes[1];
            config
        };
        let pin = source(self.pin_file.as_ref(), self.pin_credential.as_ref());
        let name = named(&self.device, "keys.sdf.device")?;
        let first = config(name, &self.library, self.library_folder.as_ref(), pin.clone());
        let Some(second) = &self.second else { return Ok((first, None)) };
        let own = source(second.pin_file.as_ref(), second.pin_credential.as_ref());
        let library = second.library.as_ref().unwrap_or(&self.library);
        let name = named(&second.device, "keys.sdf.second.device")?;
        Ok((first, Some(config(name, library, second.library_folder.as_ref(), own.or(pin)))))
    }
}

impl Pkcs11Section {
    pub(super) fn check(&self) -> Result<(), SectionFault> {
        let picked = self.token_label.is_some() || self.token_serial.is_some();
        within("keys.pkcs11.token_label", picked, "token_label, token_serial, or both")?;
        within("keys.pkcs11.pin_file", self.pin_file.is_some() != self.pin_credential.is_some(), PIN)?;
        within("keys.pkcs11.sessions", (1..=64).contains(&self.sessions), "1 to 64")?;
        deadline("keys.pkcs11.deadline_milliseconds", self.deadline_milliseconds)
    }

    pub(super) fn rooted_at(self, folder: &Path) -> Self {
        Self {
            library: folder.join(self.library),
            pin_file: self.pin_file.map(|path| folder.join(path)),
            mapping: self.mapping.map(|path| folder.join(path)),
            ..self
        }
    }

    /// Which token.
    pub fn token(&self) -> TokenPick {
        TokenPick { label: self.token_label.clone(), serial: self.token_serial.clone() }
    }

    /// Where the PIN is read; none where the section was not checked.
    pub(super) fn pin(&self) -> Option<Source> {
        source(self.pin_file.as_ref(), self.pin_credential.as_ref())
    }

    pub(super) fn timing(&self) -> Timing {
        timing(self.sessions, self.deadline_milliseconds)
    }

    pub(super) fn settings(&self, pin: Source) -> Result<Settings, MappingError> {
        let settings = Settings::new(self.library.clone(), self.token(), pin);
        match &self.mapping {
            None => Ok(settings),
            Some(path) => Ok(settings.mapped(Mapping::read(path)?)),
        }
    }
}

/// What is wanted of a daemon behind TLS.
type Behind<'a> = (&'a str, &'a str, &'a Path, &'a Path, &'a Path);

impl HsmdSection {
    pub(super) fn check(&self) -> Result<(), SectionFault> {
        deadline("keys.hsmd.deadline_milliseconds", self.deadline_milliseconds)?;
        let sound = self.socket.is_some() != self.address.is_some();
        within("keys.hsmd.socket", sound, "one of the two: socket or address")?;
        let behind = [
            ("keys.hsmd.server_name", self.server_name.is_some()),
            ("keys.hsmd.authorities", self.authorities.is_some()),
            ("keys.hsmd.certificate", self.certificate.is_some()),
            ("keys.hsmd.key", self.key.is_some()),
        ];
        let Some(address) = &self.address else {
            return behind.iter().try_for_each(|(member, there)| within(member, !there, "with address only"));
        };
        let port = address.rsplit_once(':').filter(|(host, _)| !host.is_empty()).map(|(_, port)| port.parse::<u16>());
        within("keys.hsmd.address", matches!(port, Some(Ok(1..))), "host:port")?;
        behind.iter().try_for_each(|(member, there)| within(member, *there, "wanted with address"))?;
        let name = self.server_name.as_deref().is_some_and(|name| ServerName::try_from(name).is_ok());
        within("keys.hsmd.server_name", name, "a DNS name or an IP address")
    }

    pub(super) fn rooted_at(self, folder: &Path) -> Self {
        let rooted = |path: Option<PathBuf>| path.map(|path| folder.join(path));
        Self {
            socket: rooted(self.socket),
            authorities: rooted(self.authorities),
            certificate: rooted(self.certificate),
            key: rooted(self.key),
            mandates: rooted(self.mandates),
            ..self
        }
    }

    /// The client of the daemon, which need not be there yet.
    pub(super) fn store(&self) -> Result<RemoteStore, OpenFault> {
        let mandates = self.mandates.as_deref();
        if let Some((address, name, authorities, certificate, key)) = self.behind() {
            let daemon = TlsDaemon::new(address, name, authorities, certificate, key)?;
            return Ok(RemoteStore::over_tls(daemon, self.deadline(), mandates));
        }
        let wanted = "one of the two: socket or address";
        let socket = self.socket.as_ref().ok_or(SectionFault { member: "keys.hsmd.socket", wanted })?;
        Ok(match mandates {
            None => RemoteStore::new(socket, self.deadline()),
            Some(folder) => RemoteStore::with_mandates(socket, self.deadline(), folder),
        })
    }

    fn behind(&self) -> Option<Behind<'_>> {
        let address = self.address.as_deref()?;
        let files = (self.authorities.as_deref()?, self.certificate.as_deref()?, self.key.as_deref()?);
        Some((address, self.server_name.as_deref()?, files.0, files.1, files.2))
    }

    /// How long an answer is awaited.
    pub const fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_milliseconds)
    }
}
