//! A statement as octets.

use super::{OfflineStatement, ShownName, member};
use crate::{
    base::Day,
    code::{cbor::Writer, packed::pack},
    licence::Expiry,
};

/// The octets of a statement, in deterministic form.
pub(super) fn statement(statement: &OfflineStatement) -> Vec<u8> {
    let OfflineStatement { licence, holder, as_of, life_minutes, licence_until, device } = statement;
    let last = match licence_until {
        Expiry::Never => None,
        Expiry::After(last) => Some(days_since_1970(*last)),
    };
    let mut writer = Writer::new();
    writer.map(4 + u64::from(last.is_some()) + if device.is_some() { 2 } else { 0 });
    writer.unsigned(member::IDENTIFIER);
    writer.bytes(&pack(licence));
    writer.unsigned(match holder {
        ShownName::Whole(_) => member::WHOLE_NAME,
        ShownName::Masked(_) => member::MASKED_NAME,
    });
    writer.text(holder.name().as_str());
    writer.unsigned(member::AS_OF);
    writer.unsigned(as_of.unix_seconds().unsigned_abs());
    writer.unsigned(member::LIFE);
    writer.unsigned(u64::from(*life_minutes));
    if let Some(last) = last {
        writer.unsigned(member::LICENCE_UNTIL);
        writer.unsigned(last);
    }
    if let Some(device) = device {
        writer.unsigned(member::DEVICE_KEY);
        writer.bytes(&device.point);
        writer.unsigned(member::DEVICE_LIFE);
        writer.unsigned(u64::from(device.life_minutes));
    }
    writer.finish()
}

/// The number of a day, 1970-01-01 being nought; of an earlier day nought too, which
/// then ends before the statement begins.
fn days_since_1970(day: Day) -> u64 {
    // the day ends in Beijing at 16:00 of the same date in Greenwich
    u64::try_from(day.ends().unix_seconds().div_euclid(86_400)).unwrap_or_default()
}
