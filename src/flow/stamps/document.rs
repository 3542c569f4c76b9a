//! A document that is seen here.

use super::{
    StampError, StampMade, StampOrder, StampWatch,
    intent::{self, Draft, Planned, Purpose},
    order::{spots, title_of},
    seal_in_use,
};
use crate::flow::{
    access::{Permit, may},
    issuer::Issuer,
    seal_lives::whole_second,
    seals::SealInUse,
    time_stamps::{Obtained, TimeStampFault},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::sync::Arc;
use yinxin_trust::{
    base::{Limits, Moment, Source},
    ofd::{
        KnownParts,
        append::{AppendPlan, Foreign},
        write::{Placement, Stamping},
    },
    seal::{Seal, make::StampPlan},
    sm::sm3,
    verify::{
        CheckId, Outcome, Report,
        appended::{forbidding, unharmed},
    },
};
use yinxin_view::{Size, places};

/// ProviderName of our stamps.
pub(super) const PROVIDER: &str = "yinxin";

/// A stamped document.
#[derive(Clone, Debug, PartialEq)]
pub struct Stamped {
    /// The file.
    pub octets: Vec<u8>,
    /// ID of the new signature in its list.
    pub signature: String,
    /// Where the stamp is shown.
    pub placements: Vec<Placement>,
    /// What is known of the stamp.
    pub made: StampMade,
    /// Files that earlier signatures left uncovered, and that this one covers; none of a document without signatures.
    pub uncovered_before: Vec<String>,
    /// What our own verifier says of the file.
    pub report: Report,
}

/// Stamps a document; `watch` is told of each step.
///
/// # Errors
/// [`StampError`].
pub fn stamp(
    issuer: &Issuer,
    permit: &Permit<may::StampDocuments>,
    order: &StampOrder,
    document: &[u8],
    watch: StampWatch<'_>,
) -> Result<Stamped, StampError> {
    let asked = order.digest(&sm3::digest(document))?;
    if let Some(made) = intent::repeated(issuer, permit.body(), &order.key, &asked)? {
        return again(issuer, order, document, made);
    }
    issuer.time_stamps.as_ref().map_or(Ok(()), Obtained::ready)?;
    let at = whole_second(issuer.clock.now()?);
    let seal = seal_in_use(issuer, &order.seal, at)?;
    let prepared = Prepared::of(issuer, &seal, order, &document, at)?;
    let stamp = StampPlan::with_sound(&seal.sound, at, prepared.plan.digest(), &prepared.plan.property())?;
    let rehearsal = stamp.rehearse(&seal.certificate)?;
    prepared.judged(issuer, &seal, &rehearsal, true)?;
    let draft = Draft {
        purpose: Purpose::Document,
        body_id: permit.body().to_owned(),
        seal_id: seal.id.clone(),
        stamped_at: at,
        data_hash: hex::encode(prepared.plan.digest()),
        property: prepared.plan.property(),
        subject: hex::encode(sm3::digest(document)),
        title: title_of(prepared.foreign.title()),
        key: order.key.clone(),
        request_digest: hex::encode(asked),
        actor_kind: permit.actor().kind.as_str().to_owned(),
        actor_id: permit.actor().id.clone(),
        actor_name: permit.actor().name.clone(),
    };
    let mut result = None;
    let made = intent::carry_out(
        issuer,
        &seal,
        Planned { draft, stamp },
        |value| {
            let (octets, report) = prepared.judged(issuer, &seal, &value.octets, false)?;
            if value.is_timed {
                time_proven(&report)?;
            }
            result = Some((octets, report));
            Ok(())
        },
        watch,
    )?;
    match result {
        Some((octets, report)) => Ok(prepared.stamped(octets, made, report)),
        // somebody else asked for the same at the same time, and was first
        None => again(issuer, order, document, made),
    }
}

/// The same document with the value that was made for it: the same octets.
fn again(issuer: &Issuer, order: &StampOrder, document: &[u8], made: StampMade) -> Result<Stamped, StampError> {
    let value = STANDARD.decode(&made.stamp).map_err(|cause| StampError::record(&cause))?;
    let seal = issuer
        .store
        .read(|conn| Ok::<_, StampError>(issuer.seals.known(conn, issuer.keys.as_ref(), &order.seal)?))?;
    let prepared = Prepared::of(issuer, &seal, order, &document, made.stamped_at)?;
    let (octets, report) = prepared.judged(issuer, &seal, &value, false)?;
    Ok(prepared.stamped(octets, made, report))
}

/// A document up to its value.
struct Prepared<'d> {
    foreign: Foreign<'d>,
    placements: Vec<Placement>,
    plan: AppendPlan,
    before: Report,
}

impl<'d> Prepared<'d> {
    fn of(
        issuer: &Issuer,
        seal: &Arc<SealInUse>,
        order: &StampOrder,
        document: &'d dyn Source,
        at: Moment,
    ) -> Result<Self, StampError> {
        let before = verified(issuer, document, at)?;
        let foreign = Foreign::open(document, &Limits::default())?;
        if let Some(cause) = forbidding(&before, order.accept_uncovered) {
            return Err(StampError::Forbidding(Box::new(cause)));
        }
        if before.document.licence {
            return Err(StampError::Licence);
        }
        let size = size_of(seal.der.octets())?;
        let placements = places(foreign.package(), &issuer.fonts(), &spots(&order.places), size)?;
        let stamping =
            Stamping { at, provider: PROVIDER.to_owned(), seal: seal.der.clone(), placements: placements.clone() };
        let plan = foreign.stamp(&stamping)?;
        Ok(Self { foreign, placements, plan, before })
    }

    /// The file with a value, and what our own verifier says of it; a throwaway value in a rehearsal.
    fn judged(
        &self,
        issuer: &Issuer,
        seal: &SealInUse,
        value: &[u8],
        is_rehearsal: bool,
    ) -> Result<(Vec<u8>, Report), StampError> {
        let octets = self.plan.embed(&self.foreign, value)?;
        let at = self.before.checked_at;
        let mut known = KnownParts::default();
        known.add_seal(&seal.sound);
        known.add_certificate(&seal.certificate);
        let report = issuer.verifier.verify_knowing(&octets, Some(at), &known).map_err(StampError::Verify)?;
        let wrong = if is_rehearsal { StampError::Rehearsal } else { StampError::NotValid };
        unharmed(&self.before, &report, self.plan.id(), true, is_rehearsal).map_err(wrong)?;
        Ok((octets, report))
    }

    fn stamped(self, octets: Vec<u8>, made: StampMade, report: Report) -> Stamped {
        let was_signed = !self.before.signatures.is_empty();
        let uncovered = self.before.coverage.filter(|_| was_signed).map(|coverage| coverage.uncovered);
        Stamped {
            octets,
            signature: self.plan.id().to_owned(),
            placements: self.placements,
            made,
            uncovered_before: uncovered.unwrap_or_default(),
            report,
        }
    }
}

fn verified(issuer: &Issuer, document: &dyn Source, at: Moment) -> Result<Report, StampError> {
    issuer.verifier.verify_knowing(document, Some(at), &KnownParts::default()).map_err(StampError::Verify)
}

/// The size of the picture of a seal.
pub(super) fn size_of(seal: &[u8]) -> Result<Size, StampError> {
    let seal = Seal::parse(seal).map_err(|cause| StampError::record(&cause))?;
    Ok(Size { width: seal.picture.width_mm as f64, height: seal.picture.height_mm as f64 })
}

/// A time stamp of an authority that nobody here trusts proves nothing to anybody.
pub(super) fn time_proven(report: &Report) -> Result<(), StampError> {
    let own = report.signatures.last().map(|signature| signature.checks.as_slice()).unwrap_or_default();
    match own.iter().find(|check| check.id == CheckId::Timestamp) {
        Some(check) if check.outcome == Outcome::Passed => Ok(()),
        other => {
            let why = other.map_or_else(String::new, |check| check.sentence.en.clone());
            Err(TimeStampFault::NotTrusted(why).into())
        }
    }
}
