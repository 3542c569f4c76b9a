//! Writing down what was shown, and signing it.

use super::ReceiptError;
use crate::{
    flow::{
        access::{Actor, Permit, Purpose, may},
        audit, copies, evidence,
        issue::IssueError,
        issuer::Issuer,
        verify::Verified,
    },
    random,
    store::{Conn, bodies, receipts},
};
use serde_json::json;
use yinxin_hsm::{KeyReference, Purpose as KeyPurpose, SignRequest, SignatureValue, ToSign};
use yinxin_trust::{
    base::{Day, Moment},
    evidence::PieceKind,
    receipt::{self, AskedBy, Brought, Receipt, ReceiptPlan, SignedReceipt, Window},
    suite::PublicKey,
    trust_list::ServiceKey,
};

/// How long what was shown may still be signed.
const LIFETIME_MILLISECONDS: i64 = 30 * 60_000;

/// Name and version of this program, for receipts.
const PROGRAM: &str = concat!("yinxin ", env!("CARGO_PKG_VERSION"));

/// What a receipt is of, beside what was verified.
#[derive(Clone, Debug)]
pub(in crate::flow) struct Occasion {
    /// Its number, 16 hexadecimal digits.
    pub(in crate::flow) number: String,
    /// [`shown::Shown::code`] of what is shown.
    pub(in crate::flow) shown: &'static str,
    /// What was brought.
    pub(in crate::flow) brought: Brought,
    /// What it was for.
    pub(in crate::flow) purpose: Purpose,
    /// When.
    pub(in crate::flow) at: Moment,
}

/// Writes down what may become a receipt, within the closure of a write, and clears what
/// nobody wanted.
///
/// # Errors
/// What the register says, and [`ReceiptError::Receipt`].
pub(in crate::flow) fn shown(
    conn: &mut Conn,
    (body, actor): (&str, &Actor),
    verified: &Verified,
    occasion: &Occasion,
) -> Result<(), ReceiptError> {
    let made_at = occasion.at.unix_milliseconds();
    receipts::delete_unsigned_before(conn, made_at - LIFETIME_MILLISECONDS)?;
    evidence::keep(conn, &verified.fixed)?;
    let asked_by = asked_by(conn, body, actor, occasion.at)?;
    let plan = ReceiptPlan::new(Receipt::new(
        &verified.report,
        &verified.evidence,
        receipt::Occasion {
            number: occasion.number.clone(),
            made_at: occasion.at,
            brought: occasion.brought,
            document_sm3: verified.document_sm3,
            shown: occasion.shown.to_owned(),
            program: PROGRAM.to_owned(),
            purpose: occasion.purpose.as_str().to_owned(),
            asked_by,
            window: actor.place.clone().map(|place| Window { device: place.device, name: place.window }),
        },
    ))?;
    let piece = |kind: PieceKind| {
        let mut pieces = verified.evidence.pieces().iter();
        pieces.find(|piece| piece.kind() == kind).map(|piece| piece.octets().to_vec())
    };
    let row = receipts::Receipt {
        number: occasion.number.clone(),
        body_id: body.to_owned(),
        made_at,
        actor_kind: actor.kind.as_str().to_owned(),
        actor_id: actor.id.clone(),
        content: plan.octets().to_vec(),
        manifest_sm3: verified.fixed.manifest_sm3().to_vec(),
        standing: piece(PieceKind::Standing),
        signed_standing: piece(PieceKind::SignedStanding),
        seals: piece(PieceKind::Seals),
        signed: None,
    };
    Ok(receipts::insert(conn, &row)?)
}

fn asked_by(conn: &mut Conn, body: &str, actor: &Actor, at: Moment) -> Result<AskedBy, IssueError> {
    let on = Day::in_beijing_at(at)?.to_string();
    Ok(AskedBy {
        kind: actor.kind.as_str().to_owned(),
        id: actor.id.clone(),
        name: actor.name.clone(),
        body_id: body.to_owned(),
        body: bodies::name_on(conn, body, &on)?.map(|name| name.name).unwrap_or_default(),
    })
}

/// Signs what the same clerk was shown under a number; the same receipt where it is signed.
///
/// # Errors
/// [`ReceiptError`].
pub fn sign_shown(
    issuer: &Issuer,
    permit: &Permit<may::ServeAtWindow>,
    number: &str,
) -> Result<SignedReceipt, ReceiptError> {
    sign(issuer, permit.body(), permit.actor(), number)
}

/// A receipt of what was verified, for another system or at the machine.
///
/// # Errors
/// [`ReceiptError`].
pub fn make(
    issuer: &Issuer,
    permit: &Permit<may::MakeReceipt>,
    verified: Verified,
    purpose: Purpose,
) -> Result<SignedReceipt, ReceiptError> {
    if issuer.receipts.is_none() {
        return Err(ReceiptError::NoKey);
    }
    let number = hex::encode(random::octets::<8>().map_err(IssueError::from)?);
    let occasion = Occasion {
        number: number.clone(),
        // an annotated copy is for one use, and the receipt says for which it was shown
        shown: copies::judged(issuer, permit.body(), &verified.report, purpose.as_str())?.0.code(),
        brought: Brought::File,
        purpose,
        at: issuer.clock.now().map_err(IssueError::from)?,
    };
    let (body, actor) = (permit.body().to_owned(), permit.actor().clone());
    issuer.store.write(move |conn| shown(conn, (&body, &actor), &verified, &occasion))?;
    sign(issuer, permit.body(), permit.actor(), &number)
}

/// No key is used within a write: what would be signed was kept by the one before.
fn sign(issuer: &Issuer, body: &str, actor: &Actor, number: &str) -> Result<SignedReceipt, ReceiptError> {
    let key = issuer.receipts.as_ref().ok_or(ReceiptError::NoKey)?;
    let now = issuer.clock.now().map_err(IssueError::from)?;
    let row = issuer.store.read(|conn| receipts::find(conn, body, number))?;
    let is_theirs = |row: &receipts::Receipt| row.actor_kind == actor.kind.as_str() && row.actor_id == actor.id;
    let row = row.filter(is_theirs).ok_or(ReceiptError::NotFound)?;
    if let Some(signed) = &row.signed {
        return Ok(SignedReceipt::read(signed)?);
    }
    if now.unix_milliseconds() - row.made_at > LIFETIME_MILLISECONDS {
        return Err(ReceiptError::NotFound);
    }
    let signed = signature(issuer, key, ReceiptPlan::from_octets(&row.content)?, now)?;
    let (octets, body, actor) = (signed.octets().to_vec(), body.to_owned(), actor.clone());
    let detail = json!({
        "shown": signed.receipt().shown,
        "purpose": signed.receipt().purpose,
        "document_sm3": signed.receipt().document.sm3,
    });
    let number = row.number;
    let first = issuer.store.write(move |conn| {
        let first = receipts::sign(conn, &number, &octets)?;
        if first {
            audit::record(conn, Some(&body), &actor, "receipt.made", &number, &detail, now)?;
        }
        // signed by another request meanwhile: there is one receipt of a number
        let kept = receipts::find(conn, &body, &number)?.and_then(|row| row.signed);
        Ok::<_, ReceiptError>(kept)
    })?;
    Ok(SignedReceipt::read(&first.ok_or(ReceiptError::NotFound)?)?)
}

fn signature(
    issuer: &Issuer,
    key: &KeyReference,
    plan: ReceiptPlan,
    now: Moment,
) -> Result<SignedReceipt, ReceiptError> {
    let public = own_key(issuer, key)?;
    let message = plan.to_be_signed();
    let request = SignRequest::new(KeyPurpose::Receipts, ToSign::Message(&message), now);
    let SignatureValue::Sm2(value) = issuer.keys.sign(key, &request)? else { return Err(ReceiptError::KeyKind) };
    Ok(plan.embed(&public, &value)?)
}

/// The key that receipts of this installation verify under.
///
/// # Errors
/// [`ReceiptError::NoKey`], [`ReceiptError::KeyKind`], [`ReceiptError::Key`].
pub fn public_key(issuer: &Issuer) -> Result<ServiceKey, ReceiptError> {
    own_key(issuer, issuer.receipts.as_ref().ok_or(ReceiptError::NoKey)?)
}

/// The public half of the key that signs receipts here.
pub(super) fn own_key(issuer: &Issuer, key: &KeyReference) -> Result<ServiceKey, ReceiptError> {
    match issuer.keys.describe(key)?.public_key {
        Some(PublicKey::Sm2(public)) => Ok(ServiceKey::from_sm2(&public)),
        _ => Err(ReceiptError::KeyKind),
    }
}
