//! Making a seal for a body and taking it into use.
//!
//! The stamper and the seal maker are certified by our own authority, or by an outside one over keys that lie in
//! custody (ADR 30). What our own verifier would not accept is not made.

use super::{
    audit,
    authority::{self, Authority, AuthorityFault, Named},
    issue::IssueError,
    issuer::Issuer,
    kind::{HasKind, Kind},
    seals, vouched,
};
use crate::{
    flow::access::{Permit, may},
    random::{self, NoRandomness},
    store::{Store, StoreError, seals as rows},
};
use serde_json::json;
use yinxin_face::{Fonts, SealDrawError, outlined_seal};
use yinxin_hsm::{KeyError, KeyReference, KeyStore, Purpose};
use yinxin_trust::{
    base::Moment,
    seal::make::{PictureFault, RoundSeal, SealDraft, SealPicture, SealPlan, SealPlanFault},
    verify::Bearer,
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
    #[error("{subject} would not be accepted by the verifier here. {why}")]
    NotVouched { subject: String, why: String },
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
}

/// Makes a stamper's key and certificate, draws the seal, lets the seal maker
/// sign it, and stores it as in use.
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
    let picture = drawn(order, fonts)?;
    let named = Named { organisation: &order.body_name, name: &order.body_name };
    let stamper = authority.certify_stamper(keys, named, at)?;
    let bears = Bears { picture, stamper, maker: authority.seal_maker.clone() };
    sign_and_store(store, keys, permit, order, bears, at)
}

/// As [`make`], with certificates of our own authority or of an outside one, each of which the verifier of
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
    sign_and_store(&issuer.store, keys, permit, order, Bears { picture, stamper, maker }, at)
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

fn sign_and_store(
    store: &Store,
    keys: &dyn KeyStore,
    permit: &Permit<may::ManageSeals>,
    order: &SealOrder,
    bears: Bears,
    at: Moment,
) -> Result<MadeSeal, SealMakingError> {
    let Bears { picture, stamper, maker } = bears;
    let draft = SealDraft {
        vendor: VENDOR.to_owned(),
        id: order.code.clone(),
        kind: KIND,
        name: order.name.clone(),
        signers: vec![stamper.clone()],
        created: at,
        valid_from: at,
        // a seal does not outlive the certificate that stamps with it
        valid_to: stamper.not_after(),
        picture,
    };
    let plan = SealPlan::new(&draft)?;
    let maker_key = authority::key_of(keys, &maker, Purpose::SealMaker)?;
    plan.check_maker(&maker)?;
    let signature = authority::sign_message(keys, &maker_key, Purpose::SealMaker, plan.to_be_signed(), at)?;
    let der = plan.embed(&maker, signature)?;
    let row = rows::Seal {
        id: random::id()?,
        body_id: permit.body().to_owned(),
        name: order.name.clone(),
        es_id: order.code.clone(),
        der: der.clone(),
        stamper_certificate: stamper.der().to_vec(),
        key_reference: authority::key_of(keys, &stamper, Purpose::Stamper)?.to_string(),
        state: seals::IN_USE.to_owned(),
        valid_from: at.unix_milliseconds(),
        valid_until: stamper.not_after().unix_milliseconds(),
        created_at: at.unix_milliseconds(),
    };
    let detail = json!({
        "es_id": order.code,
        "stamper_serial": stamper.serial_hex(),
        "stamper_issuer": stamper.issuer(),
        "key": row.key_reference,
    });
    let actor = permit.actor().clone();
    let id = row.id.clone();
    store.write(move |conn| {
        rows::insert(conn, &row)?;
        audit::record(conn, Some(&row.body_id), &actor, "seal.made", &row.id, &detail, at)
    })?;
    Ok(MadeSeal { id, der, stamper })
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
            | Self::NotVouched { .. } => Kind::Refused,
            Self::Authority(_) | Self::Key(_) | Self::Randomness(_) => Kind::Unavailable,
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
            | Self::NotVouched { .. } => "seal_refused",
            Self::Authority(_) | Self::Key(_) => "key_unavailable",
            Self::Randomness(_) => "randomness_unavailable",
            Self::Store(_) => "broken",
        }
    }
}
