//! Making a seal for a body and taking it into use.

use super::{
    audit,
    authority::{self, Authority, AuthorityFault, Named},
    issue::IssueError,
    kind::{HasKind, Kind},
    seals,
};
use crate::{
    flow::access::{Permit, may},
    random::{self, NoRandomness},
    store::{Store, StoreError, seals as rows},
};
use serde_json::json;
use yinxin_face::{Fonts, SealDrawError, outlined_seal};
use yinxin_hsm::{KeyError, KeyStore, Purpose};
use yinxin_trust::{
    base::Moment,
    seal::make::{PictureFault, RoundSeal, SealDraft, SealPicture, SealPlan, SealPlanFault},
    x509::Certificate,
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
    let picture = match &order.look {
        Look::Round(round) => outlined_seal(round, fonts)?,
        Look::Picture(picture) => picture.clone(),
    };
    let named = Named { organisation: &order.body_name, name: &order.body_name };
    let stamper = authority.certify_stamper(keys, named, at)?;
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
    let maker = &authority.seal_maker;
    let maker_key = authority::key_of(keys, maker, Purpose::SealMaker)?;
    plan.check_maker(maker)?;
    let signature = authority::sign_message(keys, &maker_key, Purpose::SealMaker, plan.to_be_signed(), at)?;
    let der = plan.embed(maker, signature)?;
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
    let detail = json!({ "es_id": order.code, "stamper_serial": stamper.serial_hex(), "key": row.key_reference });
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
            Self::Draw(_) | Self::Picture(_) | Self::Plan(_) => Kind::Refused,
            Self::Authority(_) | Self::Key(_) | Self::Randomness(_) => Kind::Unavailable,
            Self::Store(error) => IssueError::Store(error.clone()).kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Draw(_) | Self::Picture(_) => "picture_refused",
            Self::Plan(_) => "seal_refused",
            Self::Authority(_) | Self::Key(_) => "key_unavailable",
            Self::Randomness(_) => "randomness_unavailable",
            Self::Store(_) => "broken",
        }
    }
}
