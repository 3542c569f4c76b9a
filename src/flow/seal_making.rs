//! Making a seal for a body.
//!
//! What is made of an approved application has its id and waits to be filed. Without one only the
//! first seal of a body is made, by the operator of the machine, and is in use at once: somebody has
//! to be there before a second person can decide (ADR 36).
//!
//! The stamper and the seal maker are certified by our own authority, or by an outside one over keys that lie in
//! custody (ADR 30). What our own verifier would not accept is not made.
//!
//! A seal of GM/T 0031-2025 (V5) carries a time stamp over its maker's value, of our own authority or an outside one, and is
//! verified as a whole before it is stored (ADR 45).

use super::{
    audit,
    authority::{self, Authority, AuthorityFault, Named},
    issue::IssueError,
    issuer::Issuer,
    kind::{HasKind, Kind},
    seal_lives::{self, Record, SealLifeError, Unreadable, whole_second},
    time_stamps::TimeStampFault,
    vouched,
};
use crate::{
    flow::access::{Permit, may},
    random::{self, NoRandomness},
    store::{Failure, Store, StoreError, seals as rows},
};
use serde_json::json;
use yinxin_face::{Fonts, SealDrawError, outlined_seal};
use yinxin_hsm::{KeyError, KeyReference, KeyStore, Purpose};
use yinxin_trust::{
    base::Moment,
    seal::{
        life::{ActKind, Ground, Standing, State},
        make::{
            PictureFault, RoundSeal, SealDraft, SealFormat, SealPicture, SealPlan, SealPlanFault, seal_value,
            with_seal_time_stamp,
        },
    },
    suite::Suite,
    verify::{Bearer, CheckId, Outcome, Report, Verdict},
    x509::{Certificate, Chain},
};

/// Vid of our seals.
const VENDOR: &str = "YINXIN";
/// Type of the seal: a body's own seal for licences, a code of ours.
const KIND: u32 = 1;

/// What the picture of a seal is made of.
#[derive(Clone, Debug)]
pub enum Look {
    /// Drawn here.
    Round(RoundSeal),
    /// Given, and checked.
    Picture(SealPicture),
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct SealOrder {
    /// Registered name, such as 某局电子证照专用章.
    pub name: String,
    /// Registration code of the seal (esID): 1 to 64 visible ASCII characters.
    pub code: String,
    /// Name of the body, for the stamper's certificate.
    pub body_name: String,
    /// How it looks.
    pub look: Look,
    /// In which format it is made.
    pub format: SealFormat,
}

/// Who certified the two keys of a seal.
#[derive(Clone, Copy, Debug)]
pub struct Parties<'a> {
    /// Our own authority, for whichever has no chain.
    pub authority: Option<&'a Authority>,
    /// What an outside authority answered for a stamper's key in custody.
    pub stamper: Option<&'a Chain>,
    /// What an outside authority answered for a seal maker's key in custody.
    pub maker: Option<&'a Chain>,
}

impl<'a> Parties<'a> {
    /// Our own authority certified both.
    pub const fn of(authority: &'a Authority) -> Self {
        Self { authority: Some(authority), stamper: None, maker: None }
    }
}

/// Why no seal was made.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum SealMakingError {
    #[error(transparent)]
    Draw(#[from] SealDrawError),
    #[error(transparent)]
    Picture(#[from] PictureFault),
    #[error(transparent)]
    Plan(#[from] SealPlanFault),
    #[error("the configuration has no [authority] that certifies the {0}: give a chain of an outside one")]
    NoAuthority(&'static str),
    #[error("the key of the certificate of {0} is not in custody: it answers a request for another key")]
    OtherKey(String),
    #[error("the key {key} of the certificate of {subject} is in custody as {purpose}, and {wanted} is needed")]
    OtherPurpose { key: KeyReference, subject: String, purpose: Purpose, wanted: Purpose },
    #[error("the body has a seal already: another is made of an approved application (yinxin seal apply)")]
    ApplicationWanted,
    #[error(transparent)]
    Life(#[from] SealLifeError),
    #[error("{subject} would not be accepted by the verifier here. {why}")]
    NotVouched { subject: String, why: String },
    #[error("a seal of GM/T 0031-2025 carries a time stamp: say in [time_stamps] obtain_from who gives it")]
    NoTimeStamps,
    #[error("the time stamp of the seal: {0}")]
    TimeStamp(#[from] TimeStampFault),
    #[error("the seal as it was made does not pass our own verifier. {0}")]
    NotValid(String),
    #[error(transparent)]
    Authority(#[from] AuthorityFault),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A seal in the register.
#[derive(Clone, Debug)]
pub struct MadeSeal {
    /// Its id.
    pub id: String,
    /// SESeal in DER.
    pub der: Vec<u8>,
    /// Who stamps with it.
    pub stamper: Certificate,
    /// What it is now.
    pub standing: Standing,
}

/// Makes a stamper's key and certificate, draws the first seal of a body, lets the seal maker
/// sign it, and stores it as in use. Nobody is here who gives time stamps: of V4 alone.
///
/// # Errors
/// [`SealMakingError`]; a key that was made by then stays in custody, unused.
pub fn make(
    store: &Store,
    keys: &dyn KeyStore,
    authority: &Authority,
    fonts: &Fonts,
    permit: &Permit<may::ManageSeals>,
    order: &SealOrder,
    at: Moment,
) -> Result<MadeSeal, SealMakingError> {
    is_first(store, permit)?;
    if order.format != SealFormat::V4 {
        return Err(SealMakingError::NoTimeStamps);
    }
    let picture = drawn(order, fonts)?;
    let named = Named { organisation: &order.body_name, name: &order.body_name };
    let stamper = authority.certify_stamper(keys, named, at)?;
    let bears = Bears { picture, stamper, maker: authority.seal_maker.clone() };
    let der = signed(keys, order, &bears, at)?;
    keep(store, keys, permit, order, None, Made { der, stamper: bears.stamper, at })
}

/// As [`make_with`], of an approved application: what is made waits to be filed.
///
/// # Errors
/// [`SealMakingError`]; a key that was made by then stays in custody, unused.
pub fn make_approved(
    issuer: &Issuer,
    parties: Parties<'_>,
    fonts: &Fonts,
    permit: &Permit<may::ManageSeals>,
    (application, format): (&str, SealFormat),
    at: Moment,
) -> Result<MadeSeal, SealMakingError> {
    let order = SealOrder { format, ..seal_lives::approved(&issuer.store, permit, application, at)? };
    let made = whole(issuer, parties, fonts, &order, at)?;
    keep(&issuer.store, issuer.keys.as_ref(), permit, &order, Some(application), made)
}

/// The first seal of a body as by [`make`], with certificates of our own authority or of an outside one, each of which the verifier of
/// this installation must accept: whoever is not vouched for here makes and stamps nothing.
///
/// # Errors
/// [`SealMakingError`]; a key that was made by then stays in custody, unused.
pub fn make_with(
    issuer: &Issuer,
    parties: Parties<'_>,
    fonts: &Fonts,
    permit: &Permit<may::ManageSeals>,
    order: &SealOrder,
    at: Moment,
) -> Result<MadeSeal, SealMakingError> {
    is_first(&issuer.store, permit)?;
    let made = whole(issuer, parties, fonts, order, at)?;
    keep(&issuer.store, issuer.keys.as_ref(), permit, order, None, made)
}

/// Founding is for a body without a seal.
fn is_first(store: &Store, permit: &Permit<may::ManageSeals>) -> Result<(), SealMakingError> {
    let there = store.read(|conn| rows::list(conn, permit.body(), "", 1))?;
    if there.is_empty() { Ok(()) } else { Err(SealMakingError::ApplicationWanted) }
}

/// What the seal shows, and whom it names, each accepted by the verifier.
fn bears(
    issuer: &Issuer,
    parties: Parties<'_>,
    fonts: &Fonts,
    order: &SealOrder,
    at: Moment,
) -> Result<Bears, SealMakingError> {
    let keys = issuer.keys.as_ref();
    let picture = drawn(order, fonts)?;
    let authority = |who| parties.authority.ok_or(SealMakingError::NoAuthority(who));
    let maker = match parties.maker {
        Some(chain) => in_custody(keys, chain.certificate(), Purpose::SealMaker)?,
        None => authority("seal maker")?.seal_maker.clone(),
    };
    accepted(issuer, &maker, Bearer::SealMaker, at)?;
    let stamper = match parties.stamper {
        Some(chain) => in_custody(keys, chain.certificate(), Purpose::Stamper)?,
        None => {
            let named = Named { organisation: &order.body_name, name: &order.body_name };
            authority("stamper")?.certify_stamper(keys, named, at)?
        }
    };
    accepted(issuer, &stamper, Bearer::Stamper, at)?;
    Ok(Bears { picture, stamper, maker })
}

fn drawn(order: &SealOrder, fonts: &Fonts) -> Result<SealPicture, SealMakingError> {
    Ok(match &order.look {
        Look::Round(round) => outlined_seal(round, fonts)?,
        Look::Picture(picture) => picture.clone(),
    })
}

/// The certificate, whose key must be there for this purpose.
fn in_custody(keys: &dyn KeyStore, certificate: &Certificate, wanted: Purpose) -> Result<Certificate, SealMakingError> {
    let subject = || certificate.display_name().to_owned();
    let same = |public: Option<&_>| public.is_some() && public == certificate.key();
    let mut found = keys.list()?.into_iter().filter(|key| same(key.public_key.as_ref())).peekable();
    let first = found.peek().cloned().ok_or_else(|| SealMakingError::OtherKey(subject()))?;
    if found.any(|key| key.purpose == wanted) {
        return Ok(certificate.clone());
    }
    let (key, purpose) = (first.reference, first.purpose);
    Err(SealMakingError::OtherPurpose { key, subject: subject(), purpose, wanted })
}

fn accepted(issuer: &Issuer, certificate: &Certificate, bearer: Bearer, at: Moment) -> Result<(), SealMakingError> {
    match vouched::lacks(&issuer.verifier, certificate, bearer, at) {
        None => Ok(()),
        Some(why) => Err(SealMakingError::NotVouched { subject: certificate.display_name().to_owned(), why }),
    }
}

/// What a seal shows, and whom it names.
struct Bears {
    picture: SealPicture,
    stamper: Certificate,
    maker: Certificate,
}

/// A seal that is not in the register yet.
struct Made {
    der: Vec<u8>,
    stamper: Certificate,
    at: Moment,
}

/// The seal as it will be used: its maker and its stamper accepted by our verifier, and where it is of V5, time-stamped
/// and verified as a whole.
fn whole(
    issuer: &Issuer,
    parties: Parties<'_>,
    fonts: &Fonts,
    order: &SealOrder,
    at: Moment,
) -> Result<Made, SealMakingError> {
    // whoever gives no time stamps is known before a key is made
    let gives = match order.format {
        SealFormat::V4 => None,
        SealFormat::V5 => Some(issuer.time_stamps.as_ref().ok_or(SealMakingError::NoTimeStamps)?),
    };
    let bears = bears(issuer, parties, fonts, order, at)?;
    let der = signed(issuer.keys.as_ref(), order, &bears, at)?;
    let suite = bears.maker.key().and_then(Suite::of).ok_or(SealPlanFault::MakerKey)?;
    let der = match gives {
        None => der,
        Some(obtained) => {
            let token = obtained.over_seal(&seal_value(&der)?, suite, at)?;
            let stamped = with_seal_time_stamp(&der, &token)?;
            is_valid(&issuer.verify_document(&stamped).map_err(|fault| SealMakingError::NotValid(fault.to_string()))?)?;
            stamped
        }
    };
    Ok(Made { der, stamper: bears.stamper, at })
}

/// Valid, and its time proven: a time stamp of an authority that nobody here trusts proves nothing to anybody.
fn is_valid(report: &Report) -> Result<(), SealMakingError> {
    let checks = || report.signatures.iter().flat_map(|signature| &signature.checks);
    let proven = checks().any(|check| check.id == CheckId::Timestamp && check.outcome == Outcome::Passed);
    if report.verdict == Verdict::Valid && proven {
        return Ok(());
    }
    let told = checks().filter(|check| check.outcome != Outcome::Passed && check.code != "not_applicable");
    Err(SealMakingError::NotValid(told.map(|check| check.sentence.en.as_str()).collect::<Vec<_>>().join(" ")))
}

fn signed(keys: &dyn KeyStore, order: &SealOrder, bears: &Bears, at: Moment) -> Result<Vec<u8>, SealMakingError> {
    let Bears { picture, stamper, maker } = bears;
    let draft = SealDraft {
        format: order.format,
        vendor: VENDOR.to_owned(),
        id: order.code.clone(),
        kind: KIND,
        name: order.name.clone(),
        signers: vec![stamper.clone()],
        created: at,
        valid_from: at,
        // a seal does not outlive the certificate that stamps with it
        valid_to: stamper.not_after(),
        picture: picture.clone(),
    };
    let plan = SealPlan::new(&draft)?;
    let maker_key = authority::key_of(keys, maker, Purpose::SealMaker)?;
    plan.check_maker(maker)?;
    let signature = authority::sign_message(keys, &maker_key, Purpose::SealMaker, plan.to_be_signed(), at)?;
    Ok(plan.embed(maker, signature)?)
}

fn keep(
    store: &Store,
    keys: &dyn KeyStore,
    permit: &Permit<may::ManageSeals>,
    order: &SealOrder,
    application: Option<&str>,
    made: Made,
) -> Result<MadeSeal, SealMakingError> {
    let Made { der, stamper, at } = made;
    let row = rows::Seal {
        id: application.map_or_else(random::id, |id| Ok(id.to_owned()))?,
        body_id: permit.body().to_owned(),
        name: order.name.clone(),
        es_id: order.code.clone(),
        der: der.clone(),
        stamper_certificate: stamper.der().to_vec(),
        key_reference: authority::key_of(keys, &stamper, Purpose::Stamper)?.to_string(),
        state: State::Made.as_str().to_owned(),
        valid_from: at.unix_milliseconds(),
        valid_until: stamper.not_after().unix_milliseconds(),
        created_at: at.unix_milliseconds(),
        use_rule: rows::OWN_BODY.to_owned(),
    };
    let (from, until) = (whole_second(at), stamper.not_after());
    let (kind, reason) = if application.is_some() {
        (ActKind::Make { from, until }, "按核准的申请制作")
    } else {
        (ActKind::Found { from, until }, "设立首枚印章")
    };
    let detail = json!({
        "es_id": order.code,
        "format": order.format.to_string(),
        "stamper_serial": stamper.serial_hex(),
        "stamper_issuer": stamper.issuer(),
        "key": row.key_reference,
    });
    let actor = permit.actor().clone();
    let id = row.id.clone();
    let standing = store.write(move |conn| {
        rows::insert(conn, &row)?;
        let ground = Ground { reason: reason.to_owned(), document_number: String::new() };
        let (id, owner, kind) = (&row.id, &row.body_id, kind.clone());
        let act = Record { id, owner, actor: &actor, kind, ground, effective_from: None, now: at };
        let standing = seal_lives::record(conn, act)?;
        audit::record(conn, Some(&row.body_id), &actor, "seal.made", &row.id, &detail, at)?;
        Ok::<_, SealMakingError>(standing)
    })?;
    Ok(MadeSeal { id, der, stamper, standing })
}

impl Failure for SealMakingError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) | Self::Life(SealLifeError::Unreadable(Unreadable::Store(error))) => Some(error),
            _ => None,
        }
    }
}

impl HasKind for SealMakingError {
    fn kind(&self) -> Kind {
        match self {
            Self::Draw(_)
            | Self::Picture(_)
            | Self::Plan(_)
            | Self::NoAuthority(_)
            | Self::OtherKey(_)
            | Self::OtherPurpose { .. }
            | Self::NoTimeStamps
            | Self::NotValid(_)
            | Self::NotVouched { .. } => Kind::Refused,
            Self::ApplicationWanted => Kind::Conflict,
            Self::Life(error) => error.kind(),
            Self::Authority(_) | Self::Key(_) | Self::Randomness(_) | Self::TimeStamp(_) => Kind::Unavailable,
            Self::Store(error) => IssueError::Store(error.clone()).kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Draw(_) | Self::Picture(_) => "picture_refused",
            Self::Plan(_)
            | Self::NoAuthority(_)
            | Self::OtherKey(_)
            | Self::OtherPurpose { .. }
            | Self::NoTimeStamps
            | Self::NotValid(_)
            | Self::NotVouched { .. } => "seal_refused",
            Self::TimeStamp(_) => "time_stamp_unavailable",
            Self::ApplicationWanted => "seal_application_wanted",
            Self::Life(error) => error.code(),
            Self::Authority(_) | Self::Key(_) => "key_unavailable",
            Self::Randomness(_) => "randomness_unavailable",
            Self::Store(_) => "broken",
        }
    }
}
