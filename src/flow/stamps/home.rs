//! A document that stays at home, on the side of who has it: Signature.xml is made here, its digest goes to the service,
//! and the value that comes back goes into the document.

use super::{
    DigestOrder, Place, StampError, StampMade,
    document::{PROVIDER, size_of},
    order::{spots, title_of},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use yinxin_face::Fonts;
use yinxin_trust::{
    anchor::Anchors,
    base::{Limits, Moment},
    ofd::{
        append::{AppendFault, AppendPlan, Foreign},
        write::{Part, Stamping},
    },
    sm::sm3,
    verify::{
        Evidence, Policy, Report,
        appended::{forbidding, unharmed},
        check,
    },
};
use yinxin_view::places;

/// The word that a plan begins with.
const FORMAT: &str = "yinxin-stamp-plan-1";

/// What is needed to put a value into a document that it was asked for; kept between the two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HomePlan {
    format: String,
    /// SM3 of the document before, hexadecimal.
    document_sm3: String,
    /// SESeal in DER, base64.
    seal: String,
    /// SignatureDateTime.
    at: Moment,
    places: Vec<Place>,
    accept_uncovered: bool,
    /// SM3 of Signature.xml, hexadecimal.
    data_hash: String,
}

/// Makes Signature.xml for a seal, and says what has to be sent.
///
/// # Errors
/// [`StampError`].
pub fn prepare(
    document: &[u8],
    seal: &[u8],
    (seal_id, wanted): (&str, &[Place]),
    accept_uncovered: bool,
    fonts: &Fonts,
    now: Moment,
) -> Result<(HomePlan, DigestOrder), StampError> {
    let plan = HomePlan {
        format: FORMAT.to_owned(),
        document_sm3: hex::encode(sm3::digest(document)),
        seal: STANDARD.encode(seal),
        at: now,
        places: wanted.to_vec(),
        accept_uncovered,
        data_hash: String::new(),
    };
    let made = Made::of(&plan, &document, fonts)?;
    let order = DigestOrder {
        seal: seal_id.to_owned(),
        data_hash: hex::encode(made.plan.digest()),
        property: made.plan.property(),
        title: title_of(made.foreign.title()),
    };
    Ok((HomePlan { data_hash: order.data_hash.clone(), ..plan }, order))
}

/// The document with the value that was made for its plan, verified as far as it can be without anchors: every earlier
/// signature is judged as before, the new one holds.
///
/// # Errors
/// [`StampError`].
pub fn finish(document: &[u8], plan: &HomePlan, answer: &StampMade, fonts: &Fonts) -> Result<Vec<u8>, StampError> {
    if plan.format != FORMAT {
        return Err(StampError::Order("this is no plan of a stamp"));
    }
    if plan.document_sm3 != hex::encode(sm3::digest(document)) {
        return Err(StampError::Order("the plan is of another document"));
    }
    let made = Made::of(plan, &document, fonts)?;
    if plan.data_hash != hex::encode(made.plan.digest()) || answer.data_hash != plan.data_hash {
        return Err(StampError::Order("the answer is for another plan"));
    }
    let value = STANDARD.decode(&answer.stamp).map_err(|_| StampError::Order("the stamp is not base64"))?;
    let octets = made.plan.embed(&made.foreign, &value).map_err(|fault| match fault {
        AppendFault::Write(_) => StampError::Order("the answer is no stamp of this plan"),
        fault => fault.into(),
    })?;
    let after = judged(&octets, answer.stamped_at)?;
    let before = judged(document, answer.stamped_at)?;
    unharmed(&before, &after, made.plan.id(), false, false).map_err(StampError::NotValid)?;
    Ok(octets)
}

struct Made<'d> {
    foreign: Foreign<'d>,
    plan: AppendPlan,
}

impl<'d> Made<'d> {
    fn of(plan: &HomePlan, document: &'d &'d [u8], fonts: &Fonts) -> Result<Self, StampError> {
        let foreign = Foreign::open(document, &Limits::default())?;
        let before = judged(document, plan.at)?;
        if let Some(cause) = forbidding(&before, plan.accept_uncovered) {
            return Err(StampError::Forbidding(Box::new(cause)));
        }
        if before.document.licence {
            return Err(StampError::Licence);
        }
        let seal = STANDARD.decode(&plan.seal).map_err(|_| StampError::Order("the seal is not base64"))?;
        let placements = places(foreign.package(), fonts, &spots(&plan.places), size_of(&seal)?)?;
        let seal = Part::deflated(seal).map_err(AppendFault::from)?;
        let stamping = Stamping { at: plan.at, provider: PROVIDER.to_owned(), seal, placements };
        let plan = foreign.stamp(&stamping)?;
        Ok(Self { foreign, plan })
    }
}

/// As far as anybody can say without anchors.
fn judged(document: &[u8], at: Moment) -> Result<Report, StampError> {
    check(&document, &Anchors::not_asked(), &Evidence::default(), &Policy::default(), at)
        .map_err(|error| StampError::Verify(error.into()))
}
