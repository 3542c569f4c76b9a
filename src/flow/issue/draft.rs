//! Step 2: what the licence will be stands fixed: number, identifier, code, time.
//!
//! A [`Draft`] is all that the package is made of beside what its type, its face
//! and its seal fix. It is stored with the intent; the same draft gives the same
//! octets.

use super::{
    Asked, IssueError, Outcome, Places,
    order::{self, Accepted, Decided, NextVersion},
    photograph,
};
use crate::{
    flow::{
        access::{Actor, Permit, may},
        issuer::Issuer,
        seals::SealInUse,
        types::LicenceType,
    },
    random,
    store::Conn,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::Arc,
};
use yinxin_face::{CodeAddress, Photo};
use yinxin_trust::{
    base::{Day, Moment},
    disclosure::{Field, FieldSecret, SECRET_BYTES, fields_of},
    licence::{
        application::{Application, Given, Grant},
        catalogue::CatalogueEntry,
        identifier::{LicenceIdentifier, Version},
        metadata::{Element, Metadata},
        state::{Act, ActKind, Life},
    },
};
use zeroize::Zeroizing;

/// What a package is made of, as it is stored with the intent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    pub(super) licence_id: String,
    pub(super) version_id: String,
    pub(super) body_id: String,
    pub(super) type_code: String,
    pub(super) revision: i32,
    pub(super) face_version: i32,
    pub(super) seal_id: String,
    pub(super) identifier: String,
    pub(super) number: String,
    pub(super) code: String,
    /// What is printed behind the `#` of the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) print: Option<String>,
    /// From which the salts of its fields come; none in drafts of programs before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) field_secret: Option<KeptSecret>,
    pub(super) data: Map<String, Value>,
    pub(super) choices: BTreeMap<String, String>,
    pub(super) holder_code_type: String,
    /// The photograph in base64, as it was given: its octets go into the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) photo: Option<String>,
    pub(super) decision: Decided,
    pub(super) issued_on: Day,
    pub(super) begins: Day,
    pub(super) effective_from: Day,
    /// The instant within the stamp, whole seconds.
    pub(super) stamped_at: Moment,
    /// Whether the licence is there already and this is a new version.
    pub(super) is_change: bool,
    /// Of a change: whether its body has not issued a version of the licence before.
    #[serde(default)]
    pub(super) opens_line: bool,
    /// Of a change: the body whose licence it is.
    #[serde(default)]
    pub(super) changed_of: Option<String>,
    pub(super) actor_kind: String,
    pub(super) actor_id: String,
    pub(super) idempotency_key: Option<String>,
    /// SM3 of the request, hexadecimal.
    pub(super) request_digest: String,
}

/// A [`FieldSecret`] as the draft keeps it: hexadecimal, and never printed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct KeptSecret(String);

impl KeptSecret {
    fn fresh() -> Result<Self, IssueError> {
        Ok(Self(hex::encode(random::octets::<SECRET_BYTES>()?)))
    }

    pub(super) fn read(&self) -> Result<FieldSecret, IssueError> {
        let octets = hex::decode(self.0.as_bytes()).map(Zeroizing::new).ok();
        let secret = octets.and_then(|octets| FieldSecret::kept(&octets));
        secret.ok_or_else(|| IssueError::Record("the secret of fields".to_owned()))
    }
}

impl fmt::Debug for KeptSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeptSecret(..)")
    }
}

/// A draft with what it refers to.
pub(super) struct Made {
    pub(super) draft: Draft,
    pub(super) kind: Arc<LicenceType>,
    pub(super) seal: Arc<SealInUse>,
    pub(super) grant: Grant,
    pub(super) application: Application,
    pub(super) photo: Option<Photo>,
    /// The running number and its scope, to be given back where nothing comes of it.
    pub(super) sequence: Option<(String, i64)>,
}

/// Gives each order its number, identifier, code and time.
pub(super) fn make(issuer: &Issuer, all: &[Asked], accepted: Places<Accepted>) -> Places<Made> {
    let mut wanted: HashMap<String, u32> = HashMap::new();
    for accepted in accepted.iter().flatten() {
        for scope in scopes(accepted).into_iter().flatten() {
            *wanted.entry(scope).or_default() += 1;
        }
    }
    let mut taken: HashMap<String, Vec<i64>> = HashMap::new();
    for (scope, count) in wanted {
        match issuer.numbers.take(issuer, &scope, count) {
            Ok(mut numbers) => {
                // taken from the end below
                numbers.reverse();
                taken.insert(scope, numbers);
            }
            // an order without its numbers fails by this name
            Err(error) => {
                taken.iter().for_each(|(scope, numbers)| issuer.numbers.give_back(scope, numbers));
                return accepted.into_iter().map(|place| place.and_then(|_| Err(error.clone().into()))).collect();
            }
        }
    }
    all.iter()
        .zip(accepted)
        .map(|(asked, place)| {
            place.and_then(|accepted| one(issuer, &asked.permit, accepted, &mut taken).map_err(Outcome::Failed))
        })
        .collect()
}

/// The scopes of number and serial; a change keeps its number, and its serial too
/// unless another body issues it.
fn scopes(accepted: &Accepted) -> [Option<String>; 2] {
    let entry = &accepted.kind.entry;
    let serial = format!("serial/{}/{}", entry.type_code, accepted.grant.body_code);
    match accepted.changes.as_ref().map(|changes| &changes.next) {
        Some(NextVersion::SameLine(_)) => return [None, None],
        Some(NextVersion::OwnLine(_)) => return [None, Some(serial)],
        None => {}
    }
    let number = accepted.application.needs_sequence().then(|| {
        // the stand-in shows everything of the number but the sequence: region, year, choices
        let field = entry.field_that_fills(Element::Number);
        let shape = field.and_then(|field| accepted.application.data().get(&field.name)).and_then(Value::as_str);
        format!("number/{}/{}", entry.type_code, shape.unwrap_or_default())
    });
    [number, Some(serial)]
}

fn one(
    issuer: &Issuer,
    permit: &Permit<may::Issue>,
    accepted: Accepted,
    taken: &mut HashMap<String, Vec<i64>>,
) -> Result<Made, IssueError> {
    let [number_scope, serial_scope] = scopes(&accepted);
    let mut next = |scope: &Option<String>| {
        let scope = scope.as_ref()?;
        taken.get_mut(scope)?.pop().map(|number| (scope.clone(), number))
    };
    let (sequence, serial) = (next(&number_scope), next(&serial_scope));
    let unused = sequence.clone();
    draft_of(issuer, (permit.body(), permit.actor()), accepted, sequence, serial).inspect_err(|_| {
        if let Some((scope, number)) = &unused {
            issuer.numbers.give_back(scope, &[*number]);
        }
    })
}

pub(super) fn draft_of(
    issuer: &Issuer,
    (body, actor): (&str, &Actor),
    accepted: Accepted,
    sequence: Option<(String, i64)>,
    serial: Option<(String, i64)>,
) -> Result<Made, IssueError> {
    let Accepted { order, digest, kind, seal, grant, mut application, photo, effective_from, changes } = accepted;
    let running = sequence.as_ref().and_then(|(_, number)| u64::try_from(*number).ok()).unwrap_or_default();
    let number = application.numbered(&kind.entry, &grant, running)?;
    let serial = serial.map_or(0, |(_, serial)| serial);
    let identifier = match changes.as_ref().map(|changes| &changes.next) {
        Some(NextVersion::SameLine(identifier)) => identifier.clone(),
        Some(NextVersion::OwnLine(version)) => identifier(&kind.entry, &grant, serial, *version)?,
        None => identifier(&kind.entry, &grant, serial, Version::FIRST)?,
    };
    let now = issuer.clock.now()?;
    if changes.is_none() {
        // what would make the act illegal is refused before anything is stored
        let kind = ActKind::Issue { until: application.until() };
        let decision = order.decision.by(&grant.body_code);
        Life::begin(identifier.clone(), Act { kind, decision, effective_from, recorded_at: now })?;
    }
    let draft = Draft {
        licence_id: changes.as_ref().map_or_else(random::id, |changes| Ok(changes.licence_id.clone()))?,
        version_id: random::id()?,
        body_id: body.to_owned(),
        type_code: order.type_code,
        revision: kind.revision,
        face_version: kind.face_version,
        seal_id: seal.id.clone(),
        identifier: identifier.to_string(),
        number,
        code: printed_code(random::octets::<16>()?),
        print: None,
        field_secret: Some(KeptSecret::fresh()?),
        data: application.data().clone(),
        choices: order.choices,
        holder_code_type: application.holder_code_type().code().to_owned(),
        photo: order.photo,
        decision: order.decision,
        issued_on: grant.issued_on,
        begins: grant.begins,
        effective_from,
        stamped_at: whole_second(now),
        is_change: changes.is_some(),
        opens_line: changes.as_ref().is_some_and(|changes| matches!(changes.next, NextVersion::OwnLine(_))),
        changed_of: changes.map(|changes| changes.body_id),
        actor_kind: actor.kind.as_str().to_owned(),
        actor_id: actor.id.clone(),
        idempotency_key: order.idempotency_key,
        request_digest: hex::encode(digest),
    };
    Ok(Made { draft, kind, seal, grant, application, photo, sequence })
}

fn identifier(
    entry: &CatalogueEntry,
    grant: &Grant,
    serial: i64,
    version: Version,
) -> Result<LicenceIdentifier, IssueError> {
    Ok(LicenceIdentifier::build(&entry.type_code, &grant.body_code, &format!("{serial:09}"), version)?)
}

/// Stamps carry whole seconds.
pub(in crate::flow) fn whole_second(moment: Moment) -> Moment {
    Moment::from_unix_seconds(moment.unix_seconds()).unwrap_or(moment)
}

/// 128 random bits in 26 characters of Base32 (RFC 4648, without padding).
fn printed_code(random: [u8; 16]) -> String {
    data_encoding::BASE32_NOPAD.encode(&random)
}

impl Made {
    /// Opens a stored draft again.
    pub(super) fn of_draft(conn: &mut Conn, issuer: &Issuer, draft: Draft) -> Result<Self, IssueError> {
        let kind = issuer.types.exactly(conn, &draft.type_code, draft.revision, draft.face_version)?;
        let seal = issuer.seals.in_use(conn, issuer.keys.as_ref(), &draft.seal_id, issuer.clock.now()?)?;
        let grant = order::grant(conn, &draft.body_id, draft.issued_on, draft.begins)?;
        let given =
            Given { data: &draft.data, holder_code_type: Some(&draft.holder_code_type), choices: &draft.choices };
        let application = Application::read(&kind.entry, &given, &grant).map_err(IssueError::Application)?;
        let photo = photograph::read(draft.photo.as_deref())?;
        Ok(Self { draft, kind, seal, grant, application, photo, sequence: None })
    }

    /// The identifier.
    pub(super) fn identifier(&self) -> Result<LicenceIdentifier, IssueError> {
        Ok(self.draft.identifier.parse()?)
    }

    /// The metadata that goes into the file.
    pub(super) fn metadata(&self) -> Result<Metadata, IssueError> {
        self.application
            .metadata(&self.kind.entry, &self.grant, &self.identifier()?, &self.draft.number, self.draft.stamped_at)
            .map_err(IssueError::Metadata)
    }

    /// The secret of its fields, where it has one.
    pub(super) fn field_secret(&self) -> Result<Option<FieldSecret>, IssueError> {
        self.draft.field_secret.as_ref().map(KeptSecret::read).transpose()
    }

    /// The fields that can be disclosed.
    pub(super) fn fields(&self, metadata: &Metadata) -> Vec<Field> {
        fields_of(&self.kind.entry, metadata, &self.draft.data)
    }

    /// The printed address, with what is signed behind it.
    pub(super) fn address(&self, issuer: &Issuer) -> Result<CodeAddress, IssueError> {
        Ok(issuer.settings.printed(&self.draft.code, self.draft.print.as_deref())?.parse()?)
    }
}
