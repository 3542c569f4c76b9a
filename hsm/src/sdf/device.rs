//! One device, as its supervisor sees it: opened when it is needed, opened anew after it
//! was lost, its keys used under their PINs.

use super::{
    error::{PinFault, SdfError},
    library::Library,
    pin::PinGuard,
    session::{EccBits, Handle, Session},
};
use crate::{
    DeviceName, KeyError, SdfPlace,
    passphrase::{Passphrase, Source},
    supervise::{self, Fault, Scope, Timing},
};
use core::{fmt, ops::RangeInclusive};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};
use yinxin_sdf_abi::layout::DeviceInfo;

/// How a device is reached.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SdfConfig {
    /// Its name, as in `sdf:device=room-2;index=3` and in messages.
    pub name: DeviceName,
    /// The maker's library.
    pub library: PathBuf,
    /// Where the library finds its configuration; `None` where it finds it by itself. Makers
    /// that take it have `SDF_OpenDeviceWithPath`.
    pub folder: Option<PathBuf>,
    /// `ECCref_MAX_BITS` of the maker's header.
    pub ecc_bits: EccBits,
    /// Sessions, deadlines and waits.
    pub timing: Timing,
    /// Where the PIN of a key is read, where it has one of its own.
    pub pins: BTreeMap<SdfPlace, Source>,
    /// Where the PIN of all other keys is read.
    pub pin: Option<Source>,
    /// Wrong PINs that lock a key of the device. One fewer are shown at most.
    pub pin_tries: u8,
    /// Where keys may be made whose order names no index.
    pub indexes: RangeInclusive<u32>,
    /// A folder of the driver's own, where wrong PINs are remembered over restarts.
    pub state: PathBuf,
}

impl SdfConfig {
    /// The usual: the standard's layout, 3 tries, no PIN, keys made at indexes 1 to 64.
    pub fn new(name: DeviceName, library: PathBuf, state: PathBuf) -> Self {
        Self {
            name,
            library,
            folder: None,
            ecc_bits: EccBits::Standard,
            timing: Timing::default(),
            pins: BTreeMap::new(),
            pin: None,
            pin_tries: 3,
            indexes: 1..=64,
            state,
        }
    }
}

/// What a device says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SdfInfo {
    /// Who made it.
    pub maker: String,
    /// Its model.
    pub model: String,
    /// Its serial number.
    pub serial: String,
    /// Version of its inside.
    pub version: u32,
    /// Version of the standard that it keeps to, as it says.
    pub standard: u32,
}

/// A device.
pub(super) struct Device {
    pub(super) config: SdfConfig,
    library: Arc<Library>,
    pins: PinGuard,
    /// `None` until it is needed. Sessions keep theirs open.
    handle: Mutex<Option<Arc<Handle>>>,
}

impl Device {
    /// Loads the library.
    pub(super) fn new(config: SdfConfig) -> Result<Self, SdfError> {
        let library = Arc::new(Library::load(&config.library)?);
        let pins = PinGuard::open(&config.state, config.pin_tries).map_err(|error| SdfError::Pin {
            device: config.name.as_str().into(),
            place: "all keys".into(),
            fault: error.into(),
        })?;
        Ok(Self { config, library, pins, handle: Mutex::default() })
    }

    /// What the device says of itself, through a handle of its own.
    pub(super) fn info(&self) -> Result<SdfInfo, SdfError> {
        let info = Arc::new(self.open_handle()?).session()?.info()?;
        let DeviceInfo { issuer_name, device_name, device_serial, device_version, standard_version, .. } = info;
        Ok(SdfInfo {
            maker: text(&issuer_name),
            model: text(&device_name),
            serial: text(&device_serial),
            version: device_version,
            standard: standard_version,
        })
    }

    /// Reads the PIN of a key.
    pub(super) fn pin(&self, place: SdfPlace) -> Result<Passphrase, SdfError> {
        let source = self.config.pins.get(&place).or(self.config.pin.as_ref());
        let pin = source.ok_or(PinFault::None).and_then(|source| Ok(source.read_pin()?));
        pin.map_err(|fault| self.of_pin(place, fault))
    }

    /// Shows the PIN of a key, where the session has not shown it yet.
    pub(super) fn unlock(&self, session: &mut Session, place: SdfPlace) -> Result<(), SdfError> {
        if session.rights.contains(&place) || !session.wants_pin(place) {
            return Ok(());
        }
        let pin = self.pin(place)?;
        let shown = self.pins.show(place, &pin, |octets| session.take_right(place, octets));
        shown.map_err(|fault| self.of_pin(place, fault))?
    }

    /// Whether the library makes and deletes keys.
    pub(super) fn makes_keys(&self) -> bool {
        self.library.makes_keys()
    }

    /// How many sessions the device gives at once, on a handle of its own; at most `wanted` are asked for.
    pub(super) fn sessions(&self, wanted: usize) -> Result<usize, SdfError> {
        let handle = Arc::new(self.open_handle()?);
        let mut sessions = vec![handle.session()?];
        sessions.extend((1..wanted).map_while(|_| handle.session().ok()));
        Ok(sessions.len())
    }

    fn open_handle(&self) -> Result<Handle, SdfError> {
        let SdfConfig { name, ecc_bits, folder, .. } = &self.config;
        Handle::open(Arc::clone(&self.library), name.as_str().into(), *ecc_bits, folder.as_deref())
    }

    fn handle(&self, afresh: bool) -> Result<Arc<Handle>, SdfError> {
        let mut handle = self.handle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = handle.as_ref().filter(|_| !afresh) {
            return Ok(Arc::clone(open));
        }
        *handle = None;
        Ok(Arc::clone(handle.insert(Arc::new(self.open_handle()?))))
    }

    fn of_pin(&self, place: SdfPlace, fault: PinFault) -> SdfError {
        let place = match place {
            SdfPlace::Index(number) => format!("index={number}"),
            SdfPlace::Kek(number) => format!("kek={number}"),
        };
        SdfError::Pin { device: self.config.name.as_str().into(), place: place.into(), fault }
    }
}

impl supervise::Device for Device {
    type Session = Session;

    fn name(&self) -> &str {
        self.config.name.as_str()
    }

    fn open(&self, afresh: bool) -> Result<Session, Fault> {
        let handle = self.handle(afresh).map_err(|error| Fault { scope: Scope::Device, ..fault(error) })?;
        handle.session().map_err(fault)
    }

    /// Rights belong to keys, not to sessions as a whole: each PIN is shown when its key is first used.
    fn log_in(&self, _: &mut Session) -> Result<(), Fault> {
        Ok(())
    }

    fn probe(&self, session: &mut Session) -> Result<(), Fault> {
        session.random(&mut [0; 8]).map_err(fault)
    }
}

/// How far an error reaches.
pub(super) fn fault(error: SdfError) -> Fault {
    let scope = match &error {
        SdfError::Call { code, .. } if code.is_loss() => Scope::Device,
        SdfError::Call { code, .. } if code.is_stale_session() => Scope::Session,
        _ => Scope::Request,
    };
    // a request to sign went out, and what became of it is not known
    let nothing_done = scope != Scope::Device || !error.is_of_signing();
    Fault { scope, nothing_done, error: KeyError::driver(error) }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device")
            .field("name", &self.config.name)
            .field("library", &self.library)
            .finish_non_exhaustive()
    }
}

/// What stands in a field that zeros or spaces fill.
fn text(field: &[u8]) -> String {
    let until = field.split(|octet| *octet == 0).next().unwrap_or_default();
    String::from_utf8_lossy(until).trim_end().to_owned()
}
