//! Signing: a fresh code for exactly the digest that was shown, then the key.

use super::{
    LetterError, Table, Template,
    draft::{content, moment, open, planned},
    key::certificate,
};
use crate::{
    flow::{
        access::Holder,
        audit,
        second_factor::{self, Owner},
    },
    store::{letters, letters::Listed, personal_keys},
};
use serde_json::json;
use yinxin_hsm::{KeyReference, Purpose, SignRequest, ToSign};
use yinxin_trust::{
    base::{Moment, Sentence},
    cms::{SignedDataPlan, SignedDataPlanFault},
    ofd::write::WriteFault,
    verify::{CheckId, Outcome, Report, Verdict},
};

/// Most letters that are listed.
const MOST: u32 = 100;

/// A signed letter in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Sentence,
    /// For whom.
    pub to: String,
    /// When it was signed.
    pub at: Moment,
}

/// Signs a draft: `digest` is what the holder was shown, hexadecimal.
///
/// # Errors
/// [`LetterError`]. After a failure of key or custody the same letter may be signed with another code.
pub fn sign(table: &Table<'_>, holder: &Holder, id: &str, (digest, code): (&str, &str)) -> Result<(), LetterError> {
    let issuer = table.issuer;
    let now = issuer.clock.now()?;
    let owner = Owner::from(holder);
    let (row, key) = open(table, holder, id)?;
    if digest != hex::encode(&row.digest) {
        return Err(LetterError::OtherDigest);
    }
    let signer = certificate(&key)?;
    let above = table.letters.above()?;
    // everything that can go wrong without the key goes wrong before the code is taken
    let broken = |fault: SignedDataPlanFault| LetterError::Package(fault.to_string());
    let unwritten = |fault: WriteFault| LetterError::Package(fault.to_string());
    let plan = planned(table, &row.content)?;
    if plan.digest()[..] != row.digest[..] {
        return Err(LetterError::OtherDigest);
    }
    let signed_data = SignedDataPlan::new(plan.digest(), &signer, &above).map_err(broken)?;
    let rehearsed = plan.embed(&signed_data.with_value(&THROWAWAY)).map_err(unwritten)?;
    let report = verified(table, &rehearsed)?;
    if let Some(other) = failing(&report).find(|check| *check != CheckId::SignatureValue) {
        return Err(LetterError::NotValid(Some(other)));
    }
    let store = &issuer.store;
    let proof = second_factor::prove_by_app(store, table.sign_in, &owner, (None, code), now)?;
    let (by, letter, of_key) = (holder.actor(), row.clone(), key.id.clone());
    store.write(move |conn| {
        second_factor::take_proof(conn, &owner, &proof)?;
        // between the two, account or second factor may have ended
        let runs = personal_keys::running(conn, owner.id())?.is_some_and(|key| key.id == of_key);
        if !runs {
            return Err(LetterError::NoKey);
        }
        if !letters::confirm(conn, owner.id(), &letter.id, &letter.digest, now.unix_milliseconds())? {
            return Err(LetterError::SignedAlready);
        }
        let detail = json!({ "letter": letter.template, "digest": hex::encode(&letter.digest) });
        Ok(audit::record(conn, None, &by, "letter.confirmed", &letter.id, &detail, now)?)
    })?;
    table.sign_in.proof_succeeded(&holder.into());

    let reference: KeyReference = key.key_reference.parse().map_err(|_| LetterError::Key(key.key_reference.clone()))?;
    let request = SignRequest::new(Purpose::Person, ToSign::Message(signed_data.to_be_signed()), now);
    let value = issuer.keys.sign(&reference, &request)?;
    let value = signed_data.embed(value).map_err(broken)?;
    let document = plan.embed(&value).map_err(unwritten)?;
    let report = verified(table, &document)?;
    if report.verdict != Verdict::Valid {
        return Err(LetterError::NotValid(report.reason));
    }
    let (by, detail) = (holder.actor(), json!({ "letter": row.template, "sm3": hex::encode(sm3_of(&document)) }));
    let id = row.id;
    store.write(move |conn| {
        if letters::sign(conn, &id, &document, now.unix_milliseconds())? {
            audit::record(conn, None, &by, "letter.signed", &id, &detail, now)?;
        }
        Ok::<_, LetterError>(())
    })
}

/// The signed document.
///
/// # Errors
/// [`LetterError::NotFound`], also for a draft.
pub fn document(table: &Table<'_>, holder: &Holder, id: &str) -> Result<Vec<u8>, LetterError> {
    let row = table.issuer.store.read(|conn| letters::find(conn, holder.id(), id))?;
    row.and_then(|row| row.signed).ok_or(LetterError::NotFound)
}

/// What a holder signed, the newest first.
///
/// # Errors
/// [`LetterError`].
pub fn list(table: &Table<'_>, holder: &Holder) -> Result<Vec<Signed>, LetterError> {
    let rows = table.issuer.store.read(|conn| letters::signed_of(conn, holder.id(), MOST))?;
    let signed = |row: Listed| {
        let (title, to) = told(&row);
        Ok(Signed { at: moment(row.signed_at.unwrap_or_default())?, id: row.id, title, to })
    };
    rows.into_iter().map(signed).collect()
}

/// What a letter is called, and for whom it is; its own word and nobody where this program does not know the kind.
pub(in crate::flow) fn told(row: &Listed) -> (Sentence, String) {
    let title = Template::of_name(&row.template).map(|template| template.title.clone());
    let to = content(&row.content).ok().and_then(|content| content.fields.get("to").cloned());
    (title.unwrap_or_else(|| Sentence::new(&*row.template, &*row.template)), to.unwrap_or_default())
}

/// r and s of one: of the form of a value, and nobody's.
const THROWAWAY: [u8; 8] = [0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01];

fn verified(table: &Table<'_>, document: &[u8]) -> Result<Report, LetterError> {
    let report = table.issuer.verifier.verify(&document, None);
    report.map_err(|error| LetterError::Package(error.to_string()))
}

/// The checks of the document and its one signature that did not hold.
fn failing(report: &Report) -> impl Iterator<Item = CheckId> {
    let checks = report.checks.iter().chain(report.signatures.iter().flat_map(|signature| &signature.checks));
    checks.filter(|check| matches!(check.outcome, Outcome::Failed | Outcome::Indeterminate)).map(|check| check.id)
}

fn sm3_of(document: &[u8]) -> yinxin_trust::sm::sm3::Digest {
    yinxin_trust::sm::sm3::digest(document)
}
