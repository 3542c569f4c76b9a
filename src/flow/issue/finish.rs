//! Step 5: the key signs, the package is verified again, everything is stored.
//! The same for a fresh intent and for one that a crash left.

use super::{
    IssueError, Outcome, Places,
    draft::{Draft, KeptSecret, Made},
    intent::Intended,
    rehearse::{self, Rehearsed, Stampable},
};
use crate::{
    flow::{
        evidence as evidence_flow, issuer::Issuer, lives, shared::Shared, stamp_values, time_stamps::TimeStampFault,
        verify::FixedEvidence,
    },
    random,
    store::{
        Conn, StoreError, acts, audit, documents,
        evidence::{self, DocumentEvidence},
        field_secrets::{self, FieldSecretRow},
        idempotency, intents, licences, reservations, stampings,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};
use yinxin_trust::{
    base::{Day, Moment},
    licence::{
        Expiry,
        state::{Act, ActKind},
    },
    ofd::KnownParts,
    sm::sm3,
    verify::{CheckId, Outcome as Checked, Report, Verdict},
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
    /// 1 to 999.
    version: u16,
    address: String,
    until: Expiry,
    holder: (String, String, String),
    line: String,
    act: Act,
    octets: Vec<u8>,
    /// What of the octets other files have too.
    shared: Vec<(usize, documents::SharedPart)>,
    signature_digest: sm3::Digest,
    /// What the octets were verified with.
    evidence: Arc<FixedEvidence>,
}

/// What was stamped and is valid by our own verifier.
pub(in crate::flow) struct Stamped<M> {
    pub(in crate::flow) made: M,
    pub(in crate::flow) octets: Vec<u8>,
    /// What of the octets other files have too.
    pub(in crate::flow) shared: Vec<(usize, documents::SharedPart)>,
    /// SM3 of Signature.xml.
    pub(in crate::flow) signature_digest: sm3::Digest,
    /// What the octets were verified with.
    pub(in crate::flow) evidence: Arc<FixedEvidence>,
}

/// Uses the key for a licence.
pub(super) fn sign(issuer: &Issuer, intended: Intended) -> Result<Signed, IssueError> {
    signed(issuer, stamp(issuer, intended.rehearsed)?, intended.intent_id)
}

/// Uses the key, and verifies what comes out as anybody would. The caller has stored what is about to be signed.
///
/// # Errors
/// [`IssueError::Key`], where nothing may have been signed; [`IssueError::NotValid`].
pub(in crate::flow) fn stamp<M: Stampable>(issuer: &Issuer, rehearsed: Rehearsed<M>) -> Result<Stamped<M>, IssueError> {
    let Rehearsed { made, package, stamp } = rehearsed;
    let (at, seal, kind) = (made.stamped_at(), made.seal(), made.kind());
    let type_code = kind.entry.type_code.as_str();
    let value = stamp_values::made::<IssueError>(issuer, seal, stamp, type_code, at)?;
    let stamped = package.stamped(&value.octets)?;
    let octets = stamped.to_bytes()?;
    // every part but the value was digested in the rehearsal
    let mut known: KnownParts = stamped.entries().map(|(_, part)| part).collect();
    known.add_seal(&seal.sound);
    known.add_certificate(&seal.certificate);
    let (report, evidence) = issuer.verify_keeping(&octets, at, &known)?;
    let failing = rehearse::not_passed(&report);
    if report.verdict != Verdict::Valid || !failing.is_empty() {
        return Err(IssueError::NotValid(report.reason.map(|reason| reason.as_str().to_owned()).unwrap_or_default()));
    }
    if value.is_timed {
        time_proven(&report)?;
    }
    let mut shared = Shared::places([&kind.shared, &seal.shared], &stamped);
    shared.extend(Shared::within(&seal.inside, &stamped));
    Ok(Stamped { made, octets, shared, signature_digest: *package.digest(), evidence })
}

/// A time stamp of an authority that nobody here trusts proves nothing to anybody.
fn time_proven(report: &Report) -> Result<(), IssueError> {
    let mut checks = report.signatures.iter().flat_map(|signature| &signature.checks);
    match checks.find(|check| check.id == CheckId::Timestamp) {
        Some(check) if check.outcome == Checked::Passed => Ok(()),
        other => {
            let why = other.map_or_else(String::new, |check| check.sentence.en.clone());
            Err(TimeStampFault::NotTrusted(why).into())
        }
    }
}

fn signed(issuer: &Issuer, stamped: Stamped<Made>, intent_id: String) -> Result<Signed, IssueError> {
    let Stamped { made, octets, shared, signature_digest, evidence } = stamped;
    let identifier = made.identifier()?;
    let (draft, application) = (&made.draft, &made.application);
    let until = application.until();
    let kind = if draft.is_change { ActKind::Change { until } } else { ActKind::Issue { until } };
    let act = Act {
        kind,
        decision: draft.decision.by(&made.grant.body_code),
        effective_from: draft.effective_from,
        recorded_at: issuer.clock.now()?,
    };
    let address = made.address(issuer)?.to_string();
    let holder = (
        application.holder().as_str().to_owned(),
        draft.holder_code_type.clone(),
        application.holder_code().unwrap_or_default().to_owned(),
    );
    let (line, version) = (lives::line_of(&identifier), identifier.version().number());
    let draft = made.draft;
    Ok(Signed {
        intent_id,
        draft,
        version,
        address,
        until,
        holder,
        line,
        act,
        octets,
        shared,
        signature_digest,
        evidence,
    })
}

impl Signed {
    /// What is answered.
    fn issued(&self, digest: &sm3::Digest) -> Issued {
        let draft = &self.draft;
        Issued {
            identifier: draft.identifier.clone(),
            number: draft.number.clone(),
            version: self.version,
            code: draft.code.clone(),
            address: self.address.clone(),
            valid_from: draft.begins,
            valid_until: self.until,
            stamped_at: draft.stamped_at,
            document_sm3: hex::encode(digest),
            document_bytes: self.octets.len() as u64,
        }
    }
}

/// Everything that one licence leaves in the register.
struct Rows {
    intent_id: String,
    body_id: String,
    /// The body whose licence it is.
    licence_of: String,
    /// A further identifier of a licence that another body took over.
    new_line: Option<String>,
    at: i64,
    new_licence: Option<licences::Licence>,
    version: licences::LicenceVersion,
    document: documents::Document,
    field_secret: Option<FieldSecretRow>,
    /// What the document was verified with, and for which instant.
    evidence: (Arc<FixedEvidence>, i64),
    act_id: String,
    act: Act,
    answer: Option<idempotency::Request>,
    audit: audit::Event,
}

/// Stores what was signed, all in one write; where that fails, each on its own.
pub(super) fn store(issuer: &Issuer, signed: Places<Signed>) -> Places<Issued> {
    let mut all = Vec::new();
    // of all files at once: they go through the lanes of SM3 together
    let files: Vec<&[u8]> = signed.iter().flatten().map(|signed| signed.octets.as_slice()).collect();
    let mut digests = sm3::digest_many(&files).into_iter();
    let places: Places<Issued> = signed
        .into_iter()
        .map(|place| {
            let signed = place?;
            let digest = digests.next().ok_or(IssueError::Panicked)?;
            let issued = signed.issued(&digest);
            all.push(Arc::new(rows(signed, &issued, digest)?));
            Ok(issued)
        })
        .collect();
    if all.is_empty() {
        return places;
    }
    let replaces = all.iter().any(|rows| rows.new_licence.is_none());
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
    if replaces {
        issuer.forget_answers();
    }
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
    issuer.write(move |conn| insert_all(conn, &rows))
}

/// Stores licences; false for one whose intent is ended already.
fn insert_all(conn: &mut Conn, all: &[Arc<Rows>]) -> Result<Vec<bool>, IssueError> {
    let mut ended = HashSet::new();
    for (body, rows) in by_body(all) {
        let ids: Vec<&str> = rows.iter().map(|rows| rows.intent_id.as_str()).collect();
        let at = rows.iter().map(|rows| rows.at).max().unwrap_or_default();
        ended.extend(intents::finish(conn, body, &ids, at)?);
    }
    let own: Vec<&Arc<Rows>> = all.iter().filter(|rows| ended.contains(&rows.intent_id)).collect();
    if !own.is_empty() {
        insert_own(conn, &own)?;
    }
    Ok(all.iter().map(|rows| ended.contains(&rows.intent_id)).collect())
}

/// Stores licences whose intents ended here, each table at once.
fn insert_own(conn: &mut Conn, own: &[&Arc<Rows>]) -> Result<(), IssueError> {
    let licences: Vec<_> = own.iter().filter_map(|rows| rows.new_licence.clone()).collect();
    if !licences.is_empty() {
        licences::insert_all(conn, &licences)?;
    }
    let versions: Vec<_> = own.iter().map(|rows| rows.version.clone()).collect();
    licences::insert_versions(conn, &versions)?;
    let documents: Vec<_> = own.iter().map(|rows| rows.document.clone()).collect();
    documents::put_all(conn, &documents)?;
    let secrets: Vec<_> = own.iter().filter_map(|rows| rows.field_secret.clone()).collect();
    if !secrets.is_empty() {
        field_secrets::put_all(conn, &secrets)?;
    }
    put_evidence(conn, own)?;
    let acts: Vec<_> = own.iter().map(|rows| act_of(conn, rows)).collect::<Result<_, _>>()?;
    acts::insert_all(conn, &acts)?;
    for (body, rows) in by_body(own.iter().copied()) {
        let ids: Vec<&str> = rows.iter().map(|rows| rows.intent_id.as_str()).collect();
        reservations::release_all(conn, body, &ids)?;
        let at = rows.iter().map(|rows| rows.at).max().unwrap_or_default();
        stampings::made(conn, body, &ids, at)?;
    }
    let answers: Vec<_> = own.iter().filter_map(|rows| rows.answer.clone()).collect();
    if !answers.is_empty() {
        idempotency::answer_all(conn, &answers)?;
    }
    let events: Vec<_> = own.iter().map(|rows| rows.audit.clone()).collect();
    Ok(audit::append_all(conn, &events)?)
}

/// What documents were verified with, of which a batch has one set as a rule.
fn put_evidence(conn: &mut Conn, own: &[&Arc<Rows>]) -> Result<(), StoreError> {
    let sets: BTreeMap<_, _> = own.iter().map(|rows| (rows.evidence.0.manifest_sm3(), &rows.evidence.0)).collect();
    sets.into_values().try_for_each(|set| evidence_flow::keep(conn, set))?;
    let row = |rows: &&Arc<Rows>| DocumentEvidence {
        version_id: rows.version.id.clone(),
        at: rows.evidence.1,
        manifest_sm3: rows.evidence.0.manifest_sm3().to_vec(),
    };
    evidence::put_of_documents(conn, &own.iter().map(row).collect::<Vec<_>>())
}

fn by_body<'a>(all: impl IntoIterator<Item = &'a Arc<Rows>>) -> BTreeMap<&'a str, Vec<&'a Arc<Rows>>> {
    let mut bodies: BTreeMap<&str, Vec<&Arc<Rows>>> = BTreeMap::new();
    for rows in all {
        bodies.entry(&rows.body_id).or_default().push(rows);
    }
    bodies
}

/// The act of a licence; a change takes its place behind what was done before,
/// and its version becomes the one that counts.
fn act_of(conn: &mut Conn, rows: &Rows) -> Result<acts::Act, IssueError> {
    let version = &rows.version;
    let (of, id) = (&rows.licence_of, &version.licence_id);
    let mut act = rows.act.clone();
    let sequence = if rows.new_licence.is_some() {
        1
    } else {
        if !licences::set_current_version(conn, of, id, version.version - 1, version.version)? {
            return Err(IssueError::UnderWay);
        }
        if let Some(line) = &rows.new_line {
            licences::insert_line(conn, id, line)?;
        }
        let before = acts::of_licence(conn, of, id)?;
        // recorded in the order of recording, also where the clock went back
        let last = before.last().and_then(|last| Moment::from_unix_milliseconds(last.recorded_at).ok());
        act.recorded_at = last.map_or(act.recorded_at, |last| last.max(act.recorded_at));
        i32::try_from(before.len() + 1).map_err(|_| IssueError::Record("too many acts".to_owned()))?
    };
    let by = (rows.audit.actor_kind.as_str(), rows.audit.actor_id.as_str());
    Ok(lives::act_row(rows.act_id.clone(), &version.licence_id, sequence, version.version, &act, by))
}

fn rows(signed: Signed, issued: &Issued, digest: sm3::Digest) -> Result<Rows, IssueError> {
    let Signed { intent_id, draft, holder, line, act, octets, shared, signature_digest, evidence, .. } = signed;
    let record = |cause: serde_json::Error| IssueError::Record(cause.to_string());
    let at = act.recorded_at.unix_milliseconds();
    let (holder_name, holder_code_kind, holder_code) = holder;
    let new_line = draft.opens_line.then(|| line.clone());
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
        print_payload: draft.print.clone(),
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
        Some(key) => Some(idempotency::Request {
            body_id: draft.body_id.clone(),
            key: key.clone(),
            request_digest: hex::decode(&draft.request_digest)
                .map_err(|cause| IssueError::Record(cause.to_string()))?,
            intent_id: Some(intent_id.clone()),
            answer: Some(serde_json::to_vec(issued).map_err(record)?),
            created_at: at,
        }),
        None => None,
    };
    let secret = draft.field_secret.as_ref().map(KeptSecret::read).transpose()?;
    let field_secret =
        secret.map(|secret| FieldSecretRow { version_id: draft.version_id.clone(), secret: secret.expose().to_vec() });
    let document = documents::Document { version_id: draft.version_id.clone(), octets: octets.into(), shared };
    let stamped_at = draft.stamped_at.unix_milliseconds();
    Ok(Rows {
        intent_id,
        licence_of: draft.changed_of.unwrap_or_else(|| draft.body_id.clone()),
        body_id: draft.body_id,
        new_line,
        at,
        new_licence,
        evidence: (evidence, stamped_at),
        version,
        document,
        field_secret,
        act_id: random::id()?,
        act,
        answer,
        audit,
    })
}
