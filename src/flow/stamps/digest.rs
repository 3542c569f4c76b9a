//! A document that stays at home: nobody here sees more of it than a digest.

use super::{
    DigestOrder, StampError, StampMade, StampWatch,
    document::time_proven,
    intent::{self, Draft, Planned, Purpose},
    seal_in_use,
};
use crate::flow::{
    access::{Permit, may},
    issuer::Issuer,
    seal_lives::whole_second,
    seals::SealInUse,
    text,
    time_stamps::Obtained,
};
use yinxin_trust::{
    base::Moment,
    ofd::KnownParts,
    seal::make::StampPlan,
    verify::{Report, Verdict, appended::Harm, appended::bare_checks_not_passed},
};

/// Makes the value of a stamp over a digest; whoever asks again with the same key gets the same.
///
/// # Errors
/// [`StampError`].
pub fn stamp_digest(
    issuer: &Issuer,
    permit: &Permit<may::StampDocuments>,
    order: &DigestOrder,
    key: &str,
    watch: StampWatch<'_>,
) -> Result<StampMade, StampError> {
    let (data_hash, asked) = (order.checked()?, order.digest()?);
    if let Some(made) = intent::repeated(issuer, permit.body(), key, &asked)? {
        return Ok(made);
    }
    issuer.time_stamps.as_ref().map_or(Ok(()), Obtained::ready)?;
    let at = whole_second(issuer.clock.now()?);
    let seal = seal_in_use(issuer, &order.seal, at)?;
    let stamp = StampPlan::with_sound(&seal.sound, at, &data_hash, &order.property)?;
    judged(issuer, &seal, &stamp.rehearse(&seal.certificate)?, at, true)?;
    let draft = Draft {
        purpose: Purpose::Digest,
        body_id: permit.body().to_owned(),
        seal_id: seal.id.clone(),
        stamped_at: at,
        data_hash: hex::encode(data_hash),
        property: order.property.clone(),
        subject: hex::encode(data_hash),
        title: order.title.as_deref().and_then(|title| text::line(title, super::order::TITLE_CHARACTERS)),
        key: key.to_owned(),
        request_digest: hex::encode(asked),
        actor_kind: permit.actor().kind.as_str().to_owned(),
        actor_id: permit.actor().id.clone(),
        actor_name: permit.actor().name.clone(),
    };
    let check = |value: &crate::flow::stamp_values::Value| {
        let report = judged(issuer, &seal, &value.octets, at, false)?;
        if value.is_timed { time_proven(&report) } else { Ok(()) }
    };
    intent::carry_out(issuer, &seal, Planned { draft, stamp }, check, watch)
}

/// What our own verifier says of a value by itself: everything but what it covers.
pub(super) fn judged(
    issuer: &Issuer,
    seal: &SealInUse,
    value: &[u8],
    at: Moment,
    is_rehearsal: bool,
) -> Result<Report, StampError> {
    let mut known = KnownParts::default();
    known.add_seal(&seal.sound);
    known.add_certificate(&seal.certificate);
    let report = issuer.verifier.verify_knowing(&value, Some(at), &known).map_err(StampError::Verify)?;
    match bare_checks_not_passed(&report, is_rehearsal) {
        Some(check) if is_rehearsal => Err(StampError::Rehearsal(Harm::Own(check))),
        Some(check) => Err(StampError::NotValid(Harm::Own(check))),
        None if is_rehearsal || report.verdict == Verdict::Valid => Ok(report),
        None => Err(StampError::NotValid(Harm::Signatures)),
    }
}
