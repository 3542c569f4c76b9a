//! Step 3: the page is drawn, the package written, and the exact octets are
//! verified with a throwaway signature.

use super::{IssueError, draft::Made, print};
use crate::flow::{issuer::Issuer, seals::SealInUse, types::LicenceType};
use serde_json::{Map, Value, json};
use yinxin_face::{Content, DisclosureParts, Drawing};
use yinxin_trust::{
    base::Moment,
    disclosure::{DigestList, Field, FieldSecret},
    licence::metadata::Metadata,
    ofd::{
        KnownParts,
        write::{PackagePlan, Part, Placement, Stamping, StampingPlan},
    },
    seal::make::StampPlan,
    verify::{CheckId, Outcome, Report},
};

/// Where the list of signatures lies in our packages.
const SIGNATURES: &str = "Doc_0/Signs/Signatures.xml";

/// What a licence of ours is stamped with: the first stamp of its package.
pub(in crate::flow) const SIGNATURE_FILE: &str = "Doc_0/Signs/Sign_0/Signature.xml";
/// Its value.
pub(in crate::flow) const SIGNED_VALUE_FILE: &str = "Doc_0/Signs/Sign_0/SignedValue.dat";

/// What the nonce of the attachment is for.
const LICENCE_JSON: &str = "licence.json";

/// ProviderName of our stamps.
const PROVIDER: &str = "yinxin";

/// What is drawn, packed and stamped here: a licence, or an annotated copy of one.
pub(in crate::flow) trait Stampable {
    /// Its type.
    fn kind(&self) -> &LicenceType;
    /// The seal.
    fn seal(&self) -> &SealInUse;
    /// The instant within the stamp.
    fn stamped_at(&self) -> Moment;
    /// The page as it will be stamped; the same every time.
    ///
    /// # Errors
    /// Why there is none.
    fn draw(&self, issuer: &Issuer) -> Result<Drawing, IssueError>;
}

impl Stampable for Made {
    fn kind(&self) -> &LicenceType {
        &self.kind
    }

    fn seal(&self) -> &SealInUse {
        &self.seal
    }

    fn stamped_at(&self) -> Moment {
        self.draft.stamped_at
    }

    fn draw(&self, issuer: &Issuer) -> Result<Drawing, IssueError> {
        draw(issuer, self)
    }
}

/// What lacks nothing but its signature. Not `Clone`: it is signed once.
pub(in crate::flow) struct Rehearsed<M> {
    pub(in crate::flow) made: M,
    pub(in crate::flow) package: StampingPlan,
    pub(in crate::flow) stamp: StampPlan,
}

/// What is drawn and packed, and of which nothing was digested.
struct Packed<M> {
    made: M,
    package: PackagePlan,
    placements: Vec<Placement>,
}

/// Signs the printed codes of several and rehearses them; a number that cannot be used goes back.
pub(super) fn together(issuer: &Issuer, all: Vec<Made>) -> Vec<Result<Rehearsed<Made>, IssueError>> {
    let sequences: Vec<_> = all.iter().map(|made| made.sequence.clone()).collect();
    let packed: Vec<_> = all.into_iter().map(|made| pack(issuer, print::signed(issuer, made)?)).collect();
    // of all of them at once: they go through the lanes of SM3 together
    Part::digest_together(packed.iter().flatten().flat_map(|packed| packed.package.entries().map(|(_, part)| part)));
    let rehearsed = packed.into_iter().map(|packed| verified(issuer, stamp(packed?)?));
    rehearsed
        .zip(sequences)
        .map(|(rehearsed, sequence)| {
            rehearsed.inspect_err(|_| {
                if let Some((scope, number)) = &sequence {
                    issuer.numbers.give_back(scope, &[*number]);
                }
            })
        })
        .collect()
}

/// Draws, packs and verifies.
pub(in crate::flow) fn rehearse<M: Stampable>(issuer: &Issuer, made: M) -> Result<Rehearsed<M>, IssueError> {
    verified(issuer, plan(issuer, made)?)
}

/// Verifies with a throwaway signature.
fn verified<M: Stampable>(issuer: &Issuer, rehearsed: Rehearsed<M>) -> Result<Rehearsed<M>, IssueError> {
    let Rehearsed { made, package, stamp } = &rehearsed;
    let seal = made.seal();
    let trial = package.stamped(&stamp.rehearse(&seal.certificate)?)?;
    // what the face and the seal fix was inflated and digested when they were read; what
    // stands in the package as it is was digested for the references
    let stored = trial.entries().map(|(_, part)| part).filter(|part| part.is_stored());
    let mut known: KnownParts = made.kind().shared.parts().chain(seal.shared.parts()).chain(stored).collect();
    known.add_seal(&seal.sound);
    known.add_certificate(&seal.certificate);
    let report = issuer.verify(&trial.to_bytes()?, made.stamped_at(), &known)?;
    let failing = not_passed(&report);
    // exactly one: a check that the throwaway value does not fail would be no check
    if failing != [CheckId::SignatureValue] {
        return Err(IssueError::Rehearsal(failing.into_iter().filter(|id| *id != CheckId::SignatureValue).collect()));
    }
    match odd(&report) {
        None => Ok(rehearsed),
        Some(warning) => Err(IssueError::Record(format!("the package is odd: {warning}"))),
    }
}

/// The package up to its signature.
pub(in crate::flow) fn plan<M: Stampable>(issuer: &Issuer, made: M) -> Result<Rehearsed<M>, IssueError> {
    stamp(pack(issuer, made)?)
}

fn pack<M: Stampable>(issuer: &Issuer, made: M) -> Result<Packed<M>, IssueError> {
    let drawing = made.draw(issuer)?;
    Ok(Packed { made, package: drawing.package()?, placements: drawing.placements() })
}

fn stamp<M: Stampable>(packed: Packed<M>) -> Result<Rehearsed<M>, IssueError> {
    let Packed { made, package, placements } = packed;
    let (at, seal) = (made.stamped_at(), made.seal());
    let stamping = Stamping { at, provider: PROVIDER.to_owned(), seal: seal.der.clone(), placements };
    let package = package.stamp_first(&stamping, SIGNATURES)?;
    let stamp = StampPlan::with_sound(&seal.sound, at, package.digest(), &package.property())?;
    Ok(Rehearsed { made, package, stamp })
}

/// The page as it will be stamped.
pub(super) fn draw(issuer: &Issuer, made: &Made) -> Result<Drawing, IssueError> {
    let (values, metadata, address) = (made.application.face_values(), made.metadata()?, made.address(issuer)?);
    let secret = made.field_secret()?;
    let attachment = attachment(made, secret.as_ref())?;
    let at = made.draft.stamped_at;
    let photo = made.photo.as_ref();
    let digests = secret.as_ref().map(|secret| digests(made, &metadata, secret)).transpose()?;
    let disclosure = secret.as_ref().zip(digests.as_deref());
    let disclosure = disclosure.map(|(secret, digests)| DisclosureParts { secret, digests });
    let content = Content {
        values: &values,
        photo,
        code: &address,
        metadata: &metadata,
        attachment: &attachment,
        disclosure,
        at,
    };
    Ok(made.kind.face.draw(&content)?)
}

/// The list of the digests of its fields.
fn digests(made: &Made, metadata: &Metadata, secret: &FieldSecret) -> Result<String, IssueError> {
    let digest = |field: &Field| field.digest(&secret.salt(&field.name, field.form));
    let list = DigestList::new(made.fields(metadata).iter().map(digest));
    list.map(|list| list.to_text()).map_err(|fault| IssueError::Record(fault.to_string()))
}

fn attachment(made: &Made, secret: Option<&FieldSecret>) -> Result<Vec<u8>, IssueError> {
    let draft = &made.draft;
    // nobody finds out by its digest what stands in it
    let nonce = secret.map(|secret| ("nonce", Value::from(secret.nonce(LICENCE_JSON))));
    licence_json(&draft.identifier, &made.kind, &draft.number, &draft.data, nonce)
}

/// `licence.json`: the licence for programs, under the same stamp as the page; with one member more, such as what an
/// annotated copy is for.
pub(in crate::flow) fn licence_json(
    identifier: &str,
    kind: &LicenceType,
    number: &str,
    fields: &Map<String, Value>,
    more: Option<(&str, Value)>,
) -> Result<Vec<u8>, IssueError> {
    let mut licence = json!({
        "format": "yinxin-licence-1",
        "identifier": identifier,
        "type_code": kind.entry.type_code.as_str(),
        "type_revision": kind.revision,
        "number": number,
        "fields": fields,
    });
    if let (Some((name, value)), Some(members)) = (more, licence.as_object_mut()) {
        members.insert(name.to_owned(), value);
    }
    serde_json::to_vec_pretty(&licence).map_err(|cause| IssueError::Record(cause.to_string()))
}

/// Every check that a licence of our own must pass and that did not.
pub(super) fn not_passed(report: &Report) -> Vec<CheckId> {
    let all = report.checks.iter().chain(report.signatures.iter().flat_map(|signature| &signature.checks));
    let mut found: Vec<CheckId> = all
        .filter(|check| match check.outcome {
            Outcome::Failed => true,
            Outcome::Skipped | Outcome::Indeterminate => needed(check.id),
            Outcome::Passed => false,
        })
        .map(|check| check.id)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// A link to nothing or an entry that nothing links to: unusual in documents of
/// others, a fault in our own.
fn odd(report: &Report) -> Option<&str> {
    let warnings = report.warnings.iter().map(|warning| warning.code.as_str());
    warnings.into_iter().find(|code| code.starts_with("package."))
}

/// What the verdict needs beside what is in the file.
fn needed(id: CheckId) -> bool {
    matches!(
        id,
        CheckId::SignerRevocation | CheckId::SealMakerRevocation | CheckId::SignerPath | CheckId::SealMakerPath
    )
}
