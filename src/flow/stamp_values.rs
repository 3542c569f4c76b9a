//! The value of a stamp: the key signs, and where time stamps are configured one comes in.

use super::{
    issuer::{IN_THIS_PROCESS, Issuer},
    seals::SealInUse,
    time_stamps::TimeStampFault,
};
use crate::clock::ClockError;
use yinxin_hsm::{KeyAlgorithm, KeyError, Purpose, SignRequest, ToSign};
use yinxin_trust::{
    base::Moment,
    seal::make::{StampPlan, StampPlanFault, stamp_value, with_time_stamp},
    suite::Suite,
    x509::Certificate,
};

/// SES_Signature in DER.
pub(super) struct Value {
    pub(super) octets: Vec<u8>,
    /// Whether a time stamp is in it.
    pub(super) is_timed: bool,
}

/// Uses the key of a seal. `kind`: the licence type, or what of [`seal_uses`](super::seal_uses) stands in
/// its place.
///
/// # Errors
/// What the key, the plan or the time stamp authority says.
pub(super) fn made<E>(
    issuer: &Issuer,
    seal: &SealInUse,
    stamp: StampPlan,
    kind: &str,
    stamped_at: Moment,
) -> Result<Value, E>
where
    E: From<KeyError> + From<StampPlanFault> + From<TimeStampFault> + From<ClockError>,
{
    let certificate = &seal.certificate;
    // the software store would digest again what is digested here
    let in_this_process =
        issuer.keys.driver() == IN_THIS_PROCESS && seal.key.description().algorithm == KeyAlgorithm::Sm2Sm3;
    let digest = stamp.digest(certificate)?;
    let input = if in_this_process {
        ToSign::Digest(&digest)
    } else {
        // a custody apart from the service reads what it is asked to stamp
        ToSign::Message(stamp.to_be_signed())
    };
    let request = SignRequest::new(Purpose::Stamper, input, issuer.clock.now()?).for_licence(kind);
    let value = seal.key.sign(&request)?;
    let unproven = stamp.embed(certificate, value)?;
    Ok(match time_stamped::<E>(issuer, &unproven, certificate, stamped_at)? {
        Some(octets) => Value { octets, is_timed: true },
        None => Value { octets: unproven, is_timed: false },
    })
}

/// The stamp with a time stamp over its value; `None` where none is configured, or none is given and that is allowed.
fn time_stamped<E>(issuer: &Issuer, stamp: &[u8], signer: &Certificate, at: Moment) -> Result<Option<Vec<u8>>, E>
where
    E: From<StampPlanFault> + From<TimeStampFault>,
{
    let Some((obtained, suite)) = issuer.time_stamps.as_ref().zip(signer.key().and_then(Suite::of)) else {
        return Ok(None);
    };
    match obtained.over(&stamp_value(stamp)?, suite, at)? {
        Some(token) => Ok(Some(with_time_stamp(stamp, &token)?)),
        None => Ok(None),
    }
}
