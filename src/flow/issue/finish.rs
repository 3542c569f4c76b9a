//! Step 5: the key signs, the package is verified again, everything is stored.
//! The same for a fresh intent and for one that a crash left.

use super::{
    IssueError, Outcome, Places,
    draft::{Draft, Made},
    intent::Intended,
    rehearse::{self, Rehearsed},
};
use crate::{
    flow::{issuer::Issuer, lives},
    random,
    store::{Conn, acts, audit, documents, idempotency, intents, licences, reservations},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use yinxin_hsm::{Purpose, SignRequest, SignatureValue, ToSign};
use yinxin_trust::{
    base::{Day, Moment},
    licence::{
        Expiry,
        state::{Act, ActKind},
    },
    sm::sm3,
    verify::Verdict,
};

/// A licence that was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Issued {
    /// 电子证照标识.
    pub identifier: String,
    /// 证照编号.
    pub number: String,
    /// 1 to 999.
    pub version: u16,
    /// The printed code, 26 characters of Base32.
    pub code: String,
    /// The printed address.
    pub address: String,
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub valid_from: Day,
    /// Last day, or 长期.
    #[schema(value_type = String)]
    pub valid_until: Expiry,
    /// The instant within the stamp.
    #[schema(value_type = String, format = DateTime)]
    pub stamped_at: Moment,
    /// SM3 of the file, hexadecimal.
    pub document_sm3: String,
    /// Octets of the file.
    pub document_bytes: u64,
}

/// A stamped licence of which nothing is stored but its intent.
pub(super) struct Signed {
    intent_id: String,
    draft: Draft,
    issued: Issued,
    holder: (String, String, String),
    line: String,
    act: Act,
    octets: Vec<u8>,
    digest: sm3::Digest,
    signature_digest: sm3::Digest,
}

/// Uses the key, and verifies what comes out as anybody would.
pub(super) fn sign(issuer: &Issuer, intended: Intended) -> Result<Signed, IssueError> {
    let Intended { rehearsed: Rehearsed { made, package, stamp }, intent_id } = intended;
    let certificate = &made.seal.certificate;
    // the message and not its digest: a custody apart from the service reads what it is asked to stamp
    let request = SignRequest::new(Purpose::Stamper, ToSign::Message(stamp.to_be_signed()), issuer.clock.now()?);
    let SignatureValue::Sm2(value) = made.seal.key.sign(&request)? else {
        return Err(IssueError::Record("the key gave another signature than SM2".to_owned()));
    };
    let octets = package.embed(&stamp.embed(certificate, &value)?)?;
    let report = issuer.verify(&octets, made.draft.stamped_at)?;
    let failing = rehearse::not_passed(&report);
    if report.verdict != Verdict::Valid || !failing.is_empty() {
        return Err(IssueError::NotValid(report.reason.map(|reason| reason.as_str().to_owned()).unwrap_or_default()));
    }
    let signature_digest = *package.digest();
    signed(issuer, made, intent_id, octets, signature_digest)
}

fn signed(
    issuer: &Issuer,
    made: Made,
    intent_id: String,
    octets: Vec<u8>,
    signature_digest: sm3::Digest,
) -> Result<Signed, IssueError> {
    let identifier = made.identifier()?;
    let (draft, application) = (&made.draft, &made.application);
    let digest = sm3::digest(&octets);
    let until = application.until();
    let kind = if draft.is_change { ActKind::Change { until } } else { ActKind::Issue { until } };
    let act = Act {
        kind,
        decision: draft.decision.by(&made.grant.body_code),
        effective_from: draft.effective_from,
        recorded_at: issuer.clock.now()?,
    };
    let issued = Issued {
        identifier: draft.identifier.clone(),
        number: draft.number.clone(),
        version: identifier.version().number(),
        code: draft.code.clone(),
        address: made.address(issuer)?.to_string(),
        valid_from: draft.begins,
        valid_until: until,
        stamped_at: draft.stamped_at,
        document_sm3: hex::encode(digest),
        document_bytes: octets.len() as u64,
    };
    let holder = (
        application.holder().as_str().to_owned(),
        draft.holder_code_type.clone(),
        application.holder_code().unwrap_or_default().to_owned(),
    );
    let line = lives::line_of(&identifier);
    Ok(Signed { intent_id, draft: made.draft, issued, holder, line, act, octets, digest, signature_digest })
}

/// Everything that one licence leaves in the register.
struct Rows {
    intent_id: String,
    body_id: String,
    at: i64,
    new_licence: Option<licences::Licence>,
    version: licences::LicenceVersion,
    octets: Vec<u8>,
    act_id: String,
    act: Act,
    answer: Option<(String, Vec<u8>)>,
    audit: audit::Event,
}

/// Stores what was signed, all in one write; where that fails, each on its own.
pub(super) fn store(issuer: &Issuer, signed: Places<Signed>) -> Places<Issued> {
    let mut all = Vec::new();
    let places: Places<Issued> = signed
        .into_iter()
        .map(|place| {
            let signed = place?;
            let issued = signed.issued.clone();
            all.push(Arc::new(rows(signed)?));
            Ok(issued)
        })
        .collect();
    if all.is_empty() {
        return places;
    }
    let together = write(issuer, all.clone());
    let mut each = match together {
        Ok(done) => done.into_iter().map(Ok).collect::<Vec<_>>(),
        Err(error) if all.len() == 1 => vec![Err(error)],
        Err(_) => all
            .into_iter()
            .map(|rows| write(issuer, vec![rows]).map(|done| done.first().copied().unwrap_or(false)))
            .collect(),
    }
    .into_iter();
    places
        .into_iter()
        .map(|place| {
            let issued = place?;
            match each.next() {
                Some(Ok(true)) => Ok(issued),
                // recovery was first: the licence stands as it stored it
                Some(Ok(false)) | None => Err(IssueError::UnderWay.into()),
                Some(Err(error)) => Err(Outcome::Failed(error)),
            }
        })
        .collect()
}

fn write(issuer: &Issuer, rows: Vec<Arc<Rows>>) -> Result<Vec<bool>, IssueError> {
    issuer.store.write(move |conn| rows.iter().map(|rows| insert(conn, rows)).collect())
}

/// Stores one licence; false where its intent is ended already.
fn insert(conn: &mut Conn, rows: &Rows) -> Result<bool, IssueError> {
    let body = &rows.body_id;
    if !intents::end(conn, body, &rows.intent_id, intents::Ended::Finished, rows.at)? {
        return Ok(false);
    }
    let version = &rows.version;
    let mut act = rows.act.clone();
    let sequence = match &rows.new_licence {
        Some(licence) => {
            licences::insert(conn, licence)?;
            1
        }
        None => {
            if !licences::set_current_version(conn, body, &version.licence_id, version.version - 1, version.version)? {
                return Err(IssueError::UnderWay);
            }
            let before = acts::of_licence(conn, body, &version.licence_id)?;
            // recorded in the order of recording, also where the clock went back
            let last = before.last().and_then(|last| Moment::from_unix_milliseconds(last.recorded_at).ok());
            act.recorded_at = last.map_or(act.recorded_at, |last| last.max(act.recorded_at));
            i32::try_from(before.len() + 1).map_err(|_| IssueError::Record("too many acts".to_owned()))?
        }
    };
    licences::insert_version(conn, version)?;
    documents::put(conn, &version.id, &rows.octets)?;
    let act = lives::act_row(
        rows.act_id.clone(),
        &version.licence_id,
        sequence,
        version.version,
        &act,
        (&rows.audit.actor_kind, &rows.audit.actor_id),
    );
    acts::insert(conn, &act)?;
    reservations::release(conn, body, &rows.intent_id)?;
    if let Some((key, answer)) = &rows.answer {
        idempotency::answer(conn, body, key, answer)?;
    }
    audit::append(conn, &rows.audit)?;
    Ok(true)
}

fn rows(signed: Signed) -> Result<Rows, IssueError> {
    let Signed { intent_id, draft, issued, holder, line, act, octets, digest, signature_digest } = signed;
    let record = |cause: serde_json::Error| IssueError::Record(cause.to_string());
    let at = act.recorded_at.unix_milliseconds();
    let (holder_name, holder_code_kind, holder_code) = holder;
    let new_licence = (!draft.is_change).then(|| licences::Licence {
        id: draft.licence_id.clone(),
        body_id: draft.body_id.clone(),
        type_code: draft.type_code.clone(),
        number: draft.number.clone(),
        line_identifier: line,
        holder_name,
        holder_code_kind,
        holder_code,
        current_version: 1,
        begins: draft.begins.to_string(),
        created_at: at,
    });
    let version = licences::LicenceVersion {
        id: draft.version_id.clone(),
        licence_id: draft.licence_id.clone(),
        version: i32::from(issued.version),
        identifier: draft.identifier.clone(),
        code: draft.code.clone(),
        entry_revision: draft.revision,
        face_version: draft.face_version,
        fields: serde_json::to_vec(&draft.data).map_err(record)?,
        valid_from: draft.begins.to_string(),
        valid_until: lives::until_column(issued.valid_until),
        stamped_at: draft.stamped_at.unix_milliseconds(),
        seal_id: draft.seal_id.clone(),
        document_sm3: digest.to_vec(),
        signature_sm3: signature_digest.to_vec(),
        document_bytes: i64::try_from(octets.len()).unwrap_or(i64::MAX),
        recorded_at: at,
    };
    let detail = json!({
        "intent": intent_id,
        "act": lives::word_of(&act.kind),
        "identifier": draft.identifier,
        "document_sm3": issued.document_sm3,
        "seal": draft.seal_id,
        "key_uses": 1,
    });
    let audit = audit::Event {
        body_id: Some(draft.body_id.clone()),
        at,
        actor_kind: draft.actor_kind.clone(),
        actor_id: draft.actor_id.clone(),
        action: "licence.stamped".to_owned(),
        subject: draft.identifier.clone(),
        detail: serde_json::to_vec(&detail).map_err(record)?,
    };
    let answer = match &draft.idempotency_key {
        Some(key) => Some((key.clone(), serde_json::to_vec(&issued).map_err(record)?)),
        None => None,
    };
    Ok(Rows {
        intent_id,
        body_id: draft.body_id.clone(),
        at,
        new_licence,
        version,
        octets,
        act_id: random::id()?,
        act,
        answer,
        audit,
    })
}
