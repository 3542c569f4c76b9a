//! Reading a statement, once its signature holds.

use super::{DeviceKey, LONGEST_LIFE_MINUTES, OfflineStatement, ShownName, member};
use crate::{
    base::{Day, Moment},
    code::{
        cbor::{Fault, Reader},
        envelope::{self, BUDGET},
        packed::{PackedFault, unpack},
    },
    licence::{
        Expiry,
        name::{HolderName, NameOffence},
    },
};

/// Why octets are no statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementFault {
    /// Not the CBOR that belongs there.
    #[error(transparent)]
    Cbor(#[from] Fault),
    /// A member that this version does not have: it could restrict what the rest says.
    #[error("member {0} is not known")]
    UnknownMember(u64),
    /// A member that has to be there.
    #[error("the {0} is missing")]
    Missing(&'static str),
    /// No identifier.
    #[error(transparent)]
    Identifier(#[from] PackedFault),
    /// No name.
    #[error(transparent)]
    Name(#[from] NameOffence),
    /// Two names.
    #[error("the holder's name stands there whole and masked")]
    TwoNames,
    /// A masked name without `*`, or a whole one with it.
    #[error("a masked name has a star, and a whole one has none")]
    Mask,
    /// Outside the calendar.
    #[error("the {0} is not in the calendar")]
    Calendar(&'static str),
    /// Not 1 to 10,080 minutes.
    #[error("the {what} lives {minutes} minutes, not 1 to {LONGEST_LIFE_MINUTES}")]
    Life {
        /// Code or device key.
        what: &'static str,
        /// As written.
        minutes: u64,
    },
    /// The code counts longer than the licence is in force.
    #[error("the code counts longer than the licence, which ends with {0}")]
    OutlivesLicence(Day),
    /// No compressed point of P-256.
    #[error("the device key is no compressed point on P-256")]
    DeviceKey,
}

/// The statement that octets are.
pub(super) fn statement(octets: &[u8]) -> Result<OfflineStatement, StatementFault> {
    let mut reader = Reader::new(octets, &BUDGET)?;
    let mut map = reader.map()?;
    let (mut licence, mut whole, mut masked, mut as_of, mut life, mut last) = (None, None, None, None, None, None);
    let (mut point, mut device_life) = (None, None);
    while let Some(key) = map.key(&mut reader)? {
        match key {
            member::IDENTIFIER => licence = Some(unpack(reader.bytes()?)?),
            member::WHOLE_NAME => whole = Some(reader.text()?.parse::<HolderName>()?),
            member::MASKED_NAME => masked = Some(reader.text()?.parse::<HolderName>()?),
            member::AS_OF => {
                as_of = Some(envelope::moment(reader.unsigned()?).ok_or(StatementFault::Calendar("state date"))?);
            }
            member::LIFE => life = Some(minutes("code", reader.unsigned()?)?),
            member::LICENCE_UNTIL => last = Some(day(reader.unsigned()?)?),
            member::DEVICE_KEY => point = Some(reader.bytes()?.try_into().map_err(|_| StatementFault::DeviceKey)?),
            member::DEVICE_LIFE => device_life = Some(minutes("device key", reader.unsigned()?)?),
            unknown => return Err(StatementFault::UnknownMember(unknown)),
        }
    }
    reader.finish()?;
    let device = match (point, device_life) {
        (None, None) => None,
        (Some(point), Some(life)) => Some(DeviceKey::new(point, life).ok_or(StatementFault::DeviceKey)?),
        (None, Some(_)) => return Err(StatementFault::Missing("device key")),
        (Some(_), None) => return Err(StatementFault::Missing("life of the device key")),
    };
    let read = OfflineStatement {
        licence: licence.ok_or(StatementFault::Missing("identifier"))?,
        holder: holder(whole, masked)?,
        as_of: as_of.ok_or(StatementFault::Missing("state date"))?,
        life_minutes: life.ok_or(StatementFault::Missing("life of the code"))?,
        licence_until: last.map_or(Expiry::Never, Expiry::After),
        device,
    };
    match read.licence_until {
        Expiry::After(last) if read.expires() > last.ends() => Err(StatementFault::OutlivesLicence(last)),
        _ => Ok(read),
    }
}

fn holder(whole: Option<HolderName>, masked: Option<HolderName>) -> Result<ShownName, StatementFault> {
    let shown = match (whole, masked) {
        (Some(name), None) => ShownName::Whole(name),
        (None, Some(name)) => ShownName::Masked(name),
        (None, None) => return Err(StatementFault::Missing("holder's name")),
        (Some(_), Some(_)) => return Err(StatementFault::TwoNames),
    };
    let starred = shown.name().as_str().contains('*');
    if starred == matches!(shown, ShownName::Masked(_)) { Ok(shown) } else { Err(StatementFault::Mask) }
}

fn minutes(what: &'static str, minutes: u64) -> Result<u16, StatementFault> {
    let life = u16::try_from(minutes).ok().filter(|life| (1..=LONGEST_LIFE_MINUTES).contains(life));
    life.ok_or(StatementFault::Life { what, minutes })
}

/// The day of this number, 1970-01-01 being nought.
fn day(number: u64) -> Result<Day, StatementFault> {
    // midnight in Greenwich is morning of the same date in Beijing
    let midnight = number.checked_mul(86_400).and_then(envelope::moment);
    let day = midnight.and_then(|midnight: Moment| Day::in_beijing_at(midnight).ok());
    day.ok_or(StatementFault::Calendar("licence's last day"))
}
