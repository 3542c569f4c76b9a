//! What is asked for, and the rules that an application is read under.

use super::{IssueError, Outcome};
use crate::{
    flow::{lives, seals::SealInUse, types::LicenceType},
    store::{Conn, bodies, idempotency, licences, reservations},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, sync::Arc};
use yinxin_face::Photo;
use yinxin_trust::{
    base::Day,
    licence::{
        application::{Application, ApplicationOffence, Given, Grant},
        identifier::{LicenceIdentifier, Version},
        state::{ActRefusal, Decision, Life},
    },
    sm::sm3,
};

/// What is asked for: a licence, or a new version of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// 证照类型代码.
    #[schema(example = "11100000MB0143028R003")]
    pub type_code: String,
    /// The application: values by field of the type.
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
    /// Choices of the number rule, by name.
    #[serde(default)]
    pub choices: BTreeMap<String, String>,
    /// 持证主体代码类型, where the type knows several.
    #[serde(default)]
    pub holder_code_type: Option<String>,
    /// On what ground it is issued.
    pub decision: Decided,
    /// 证照颁发日期; today where it is not given.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub issued_on: Option<Day>,
    /// First day of validity, or the day from which the new version counts; the day
    /// of issue where it is not given.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub begins: Option<Day>,
    /// The licence of which this is a new version.
    #[serde(default)]
    pub change_of: Option<String>,
    /// 照片, where the face has a place for one: JPEG or PNG in base64, at most 256 KiB
    /// decoded, 50 to 2500 pixels wide and high. A new version wants it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, content_encoding = "base64")]
    pub photo: Option<String>,
    /// A repeated request with the same key gets the first answer. Comes beside the
    /// order and not in it.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// The decision behind an order or an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// 文书号.
    pub document_number: String,
    /// 法律依据.
    pub legal_basis: String,
    /// 决定日期.
    #[schema(value_type = String, format = Date)]
    pub decided_on: Day,
}

impl Decided {
    /// With the body that decided.
    pub(in crate::flow) fn by(&self, body: &yinxin_trust::licence::codes::CreditCode) -> Decision {
        Decision {
            body: body.clone(),
            document_number: self.document_number.clone(),
            legal_basis: self.legal_basis.clone(),
            decided_on: self.decided_on,
        }
    }
}

/// An order that holds.
pub(super) struct Accepted {
    pub(super) order: Order,
    pub(super) digest: sm3::Digest,
    pub(super) kind: Arc<LicenceType>,
    pub(super) seal: Arc<SealInUse>,
    pub(super) grant: Grant,
    pub(super) application: Application,
    pub(super) photo: Option<Photo>,
    /// The day from which the act counts: the first day of a new licence, the day of a change.
    pub(super) effective_from: Day,
    pub(super) changes: Option<Changes>,
}

/// The licence that gets a new version.
#[derive(Clone, Debug)]
pub(super) struct Changes {
    pub(super) licence_id: String,
    /// Whose licence it is: the body, or one from which it took over.
    pub(super) body_id: String,
    pub(super) next: NextVersion,
    pub(super) number: String,
    pub(super) life: Life,
}

/// How the next version is identified (GB/T 36904: the identifier names the body
/// that issued the version).
#[derive(Clone, Debug)]
pub(super) enum NextVersion {
    /// By the same body as the last: the identifier goes on.
    SameLine(LicenceIdentifier),
    /// By a body of another code: type, own code and own serial, and the next version.
    OwnLine(Version),
}

/// The application under the rules of the type and under its schema, all offences together.
pub(super) fn application(
    kind: &LicenceType,
    data: &Map<String, Value>,
    order: &Order,
    grant: &Grant,
) -> Result<Application, IssueError> {
    let given = Given { data, holder_code_type: order.holder_code_type.as_deref(), choices: &order.choices };
    let read = Application::read(&kind.entry, &given, grant);
    let (mut offences, application) = match read {
        Ok(application) => (kind.schema_offences(&Value::Object(application.data().clone())), Some(application)),
        Err(mut offences) => {
            // what the rules would have filled in is not missing
            let of_schema = kind.schema_offences(&Value::Object(data.clone()));
            let known =
                |field: &str, offences: &[_]| offences.iter().any(|other: &ApplicationOffence| other.field == field);
            let filled = |field: &str| kind.entry.field(field).is_some_and(|field| field.fills.is_some());
            for offence in of_schema {
                if !known(&offence.field, &offences) && !filled(&offence.field) {
                    offences.push(offence);
                }
            }
            (offences, None)
        }
    };
    match application {
        Some(application) if offences.is_empty() => Ok(application),
        _ => {
            offences.dedup();
            Err(IssueError::Application(offences))
        }
    }
}

/// What a repeated request is answered.
pub(super) fn repeated(request: &idempotency::Request, digest: &sm3::Digest) -> Outcome {
    if request.request_digest != digest {
        return IssueError::KeyReused.into();
    }
    match &request.answer {
        None => IssueError::UnderWay.into(),
        Some(answer) => match serde_json::from_slice(answer) {
            Ok(issued) => Outcome::Answered(Box::new(issued)),
            Err(cause) => IssueError::Record(cause.to_string()).into(),
        },
    }
}

pub(super) fn digest(order: &Order) -> Result<sm3::Digest, IssueError> {
    let octets = serde_json::to_vec(order).map_err(|cause| IssueError::Record(cause.to_string()))?;
    Ok(sm3::digest(&octets))
}

/// The body as it is called on the day of issue.
pub(super) fn grant(conn: &mut Conn, body: &str, issued_on: Day, begins: Day) -> Result<Grant, IssueError> {
    let on = issued_on.to_string();
    let name = bodies::name_on(conn, body, &on)?.ok_or(IssueError::BodyUnnamed(on))?;
    let faulty = |cause: String| IssueError::Body(cause);
    Ok(Grant {
        body_code: name.credit_code.parse().map_err(|cause| faulty(format!("{cause}")))?,
        region: name.region.parse().map_err(|cause| faulty(format!("{cause}")))?,
        body_name: name.name,
        issued_on,
        begins,
    })
}

/// The licence to be changed, and the identifier of its next version.
pub(super) fn changes(
    conn: &mut Conn,
    grant: &Grant,
    body: &str,
    order: &Order,
    identifier: &str,
) -> Result<Changes, IssueError> {
    // nobody issues in the name of a day on which it had not taken over yet
    let found = lives::of_identifier(conn, body, identifier, grant.issued_on)?.ok_or(IssueError::NoSuchLicence)?;
    if found.licence.type_code != order.type_code {
        return Err(IssueError::NoSuchLicence);
    }
    if reservations::is_held(conn, &found.licence.type_code, &found.licence.number)? {
        return Err(IssueError::UnderWay);
    }
    let owner = &found.licence.body_id;
    let current = licences::version(conn, owner, &found.licence.id, found.licence.current_version)?;
    let current = current.ok_or_else(|| IssueError::Record("a licence without its current version".to_owned()))?;
    let identifier: LicenceIdentifier = current.identifier.parse()?;
    let next = identifier.version().next().ok_or(ActRefusal::VersionsUsedUp)?;
    let next = if identifier.issuer() == grant.body_code.as_str() {
        NextVersion::SameLine(identifier.with_version(next)?)
    } else {
        NextVersion::OwnLine(next)
    };
    Ok(Changes {
        licence_id: found.licence.id,
        body_id: found.licence.body_id,
        next,
        number: found.licence.number,
        life: found.life,
    })
}
