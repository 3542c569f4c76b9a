//! Offline codes (离线码): a licence shown where there is no network.
//!
//! The issuer's key signs which licence it is, its holder as shown, the instant the
//! register was asked, when the code ends, and the key of the device that may show
//! it. The device signs a fresh time, so that a picture of the code is told from the
//! page that made it. What a code proves is that the licence was in force at
//! [`OfflineStatement::as_of`]; what happened since only the register knows.

mod check;
mod plan;
mod read;
mod seen;
mod write;

pub use check::{FaultKind, Genuine, OfflineFault, OfflinePolicy, Presence, ProofId, Unproven, check};
pub use plan::{OfflineCode, OfflinePlan, PlanError};
pub use read::StatementFault;
pub use seen::{Repeat, SeenProofs};

use crate::{
    base::Moment,
    licence::{Expiry, identifier::LicenceIdentifier, metadata::HolderCodeType, name::HolderName},
    suite::PublicKey,
};

/// Longest life of a code, and of a device key in it: seven days, in minutes.
pub const LONGEST_LIFE_MINUTES: u16 = 7 * 24 * 60;

/// Keys of the statement's map.
mod member {
    pub(super) const IDENTIFIER: u64 = 1;
    pub(super) const WHOLE_NAME: u64 = 2;
    pub(super) const MASKED_NAME: u64 = 3;
    pub(super) const AS_OF: u64 = 4;
    pub(super) const LIFE: u64 = 5;
    pub(super) const LICENCE_UNTIL: u64 = 6;
    pub(super) const DEVICE_KEY: u64 = 7;
    pub(super) const DEVICE_LIFE: u64 = 8;
}

/// What an offline code says. The type of the licence stands in its identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfflineStatement {
    /// Which licence, in which version.
    pub licence: LicenceIdentifier,
    /// The holder, as the holder chose to be shown.
    pub holder: ShownName,
    /// When the register said that the licence is in force; whole seconds.
    pub as_of: Moment,
    /// How long the code counts from then on, 1 to 10,080 minutes, and no longer than
    /// the licence.
    pub life_minutes: u16,
    /// The licence's own end.
    pub licence_until: Expiry,
    /// The key of the device that shows it, where there is one.
    pub device: Option<DeviceKey>,
}

/// A holder's name as a code shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShownName {
    /// As on the licence.
    Whole(HolderName),
    /// With `*` for some of its characters.
    Masked(HolderName),
}

/// A key of a browser, certified by the statement it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceKey {
    point: [u8; 33],
    key: PublicKey,
    /// How long it is certified from [`OfflineStatement::as_of`] on, 1 to 10,080
    /// minutes: no longer than seven days after the holder signed in.
    pub life_minutes: u16,
}

/// Whose licence it is, which says how large its code may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolderKind {
    /// A person: version 13 at most.
    Person,
    /// An organisation, whose name is longer: version 16 at most.
    Organisation,
}

impl OfflineStatement {
    /// The last instant of the code.
    pub fn expires(&self) -> Moment {
        after(self.as_of, self.life_minutes)
    }

    /// The last instant of the device key; none without one.
    pub fn device_expires(&self) -> Option<Moment> {
        self.device.as_ref().map(|device| after(self.as_of, device.life_minutes))
    }
}

impl ShownName {
    /// What is shown.
    pub const fn name(&self) -> &HolderName {
        match self {
            Self::Whole(name) | Self::Masked(name) => name,
        }
    }
}

impl DeviceKey {
    /// From a compressed point of P-256 (SEC 1 2.3.3), as a browser's exported key is
    /// shortened; `None` for what is no point.
    pub fn new(point: [u8; 33], life_minutes: u16) -> Option<Self> {
        let key = PublicKey::p256_from_compressed(&point)?;
        Some(Self { point, key, life_minutes })
    }
}

impl HolderKind {
    /// The largest version of the QR code, at level M.
    pub const fn largest_version(self) -> u8 {
        match self {
            Self::Person => 13,
            Self::Organisation => 16,
        }
    }
}

impl From<HolderCodeType> for HolderKind {
    fn from(code: HolderCodeType) -> Self {
        if code.is_organisation() { Self::Organisation } else { Self::Person }
    }
}

/// So many minutes later; an instant past the calendar stays where it is, so that
/// what begins there has ended.
fn after(moment: Moment, minutes: u16) -> Moment {
    Moment::from_unix_seconds(moment.unix_seconds() + i64::from(minutes) * 60).unwrap_or(moment)
}
