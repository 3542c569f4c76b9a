//! Licences and their lives, out of the register.

use crate::{
    flow::{issue::IssueError, succession},
    store::{Conn, acts, licences},
};
use yinxin_trust::{
    base::{Day, Moment},
    licence::{
        Expiry,
        identifier::{LicenceIdentifier, Version},
        state::{Act, ActKind, Decision, Life},
    },
};

/// A licence with everything that was done to it.
pub(super) struct Found {
    pub(super) licence: licences::Licence,
    pub(super) life: Life,
    /// How many acts there are.
    pub(super) acts: i32,
}

/// A licence of a body, or of one from which it took over by a day, by its
/// identifier, in whichever version. `licence.body_id` is the body whose it is.
///
/// # Errors
/// [`IssueError::Record`] where stored acts do not make a life.
pub(super) fn of_identifier(
    conn: &mut Conn,
    body: &str,
    identifier: &str,
    day: Day,
) -> Result<Option<Found>, IssueError> {
    let Ok(identifier) = identifier.parse::<LicenceIdentifier>() else { return Ok(None) };
    let bodies = succession::reach(conn, body, day)?;
    let Some(licence) = licences::find_by_line(conn, &bodies, &line_of(&identifier))? else { return Ok(None) };
    let rows = acts::of_licence(conn, &licence.body_id, &licence.id)?;
    Ok(Some(found(licence, &rows)?))
}

/// The life of a licence of any body: its standing is public.
///
/// # Errors
/// As [`of_identifier`].
pub(super) fn public_life(conn: &mut Conn, licence: licences::Licence) -> Result<Found, IssueError> {
    let rows = acts::public_of_licence(conn, &licence.id)?;
    found(licence, &rows)
}

/// A licence with its acts, in the order of recording.
pub(super) fn found(licence: licences::Licence, rows: &[acts::Act]) -> Result<Found, IssueError> {
    let read: Vec<Act> = rows.iter().map(act_of).collect::<Result<_, _>>()?;
    let life = Life::replay(first_of(&licence)?, read)
        .map_err(|(index, refusal)| IssueError::Record(format!("act {index} of a licence: {refusal}")))?;
    let acts = i32::try_from(rows.len()).map_err(|_| IssueError::Record("too many acts".to_owned()))?;
    Ok(Found { licence, life, acts })
}

/// The version that counts on a day, of a licence whose latest version is at hand: a change may be recorded for a later day, and
/// until then the one before counts.
///
/// # Errors
/// What the register says; [`IssueError::Record`] where it does not have that version.
pub(super) fn counting(
    conn: &mut Conn,
    licence: &licences::Licence,
    life: &Life,
    latest: licences::LicenceVersion,
    day: Day,
) -> Result<licences::LicenceVersion, IssueError> {
    let number = i32::from(life.on(day).version.number());
    if latest.version == number {
        return Ok(latest);
    }
    let found = licences::version(conn, &licence.body_id, &licence.id, number)?;
    found.ok_or_else(|| IssueError::Record("a licence without the version that counts".to_owned()))
}

/// The identifier of the first version.
fn first_of(licence: &licences::Licence) -> Result<LicenceIdentifier, IssueError> {
    let faulty = || IssueError::Record("the line of a licence".to_owned());
    let mut parts = licence.line_identifier.split('.');
    let (Some(kind), Some(issuer), Some(serial), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(faulty());
    };
    let (kind, issuer) = (kind.parse().map_err(|_| faulty())?, issuer.parse().map_err(|_| faulty())?);
    Ok(LicenceIdentifier::build(&kind, &issuer, serial, Version::FIRST)?)
}

/// The identifier without version and check: one licence through all versions that
/// one body issued.
pub(super) fn line_of(identifier: &LicenceIdentifier) -> String {
    format!("{}.{}.{}", identifier.type_code(), identifier.issuer(), identifier.serial())
}

/// A word of the register, and the act it stands for.
type Word = (&'static str, fn(Expiry) -> ActKind);

/// The words of the register for what is done.
const KINDS: [Word; 9] = [
    ("issue", |until| ActKind::Issue { until }),
    ("change", |until| ActKind::Change { until }),
    ("suspend", |_| ActKind::Suspend),
    ("resume", |_| ActKind::Resume),
    ("revoke", |_| ActKind::Revoke),
    ("cancel", |_| ActKind::Cancel),
    ("withdraw", |_| ActKind::Withdraw),
    ("transfer_out", |_| ActKind::TransferOut),
    ("cancel_transfer_out", |_| ActKind::CancelTransferOut),
];

/// Words of the acts that take a licence out of force, or a version of it: of a change the one before.
pub(super) const ENDING: [&str; 7] = ["change", "suspend", "revoke", "cancel", "withdraw", "transfer_out", "renew"];

/// The register's word for an act.
pub(super) const fn word_of(kind: &ActKind) -> &'static str {
    match kind {
        ActKind::Issue { .. } => "issue",
        ActKind::Change { .. } => "change",
        ActKind::Renew { .. } => "renew",
        ActKind::Suspend => "suspend",
        ActKind::Resume => "resume",
        ActKind::Revoke => "revoke",
        ActKind::Cancel => "cancel",
        ActKind::Withdraw => "withdraw",
        ActKind::TransferOut => "transfer_out",
        ActKind::CancelTransferOut => "cancel_transfer_out",
    }
}

/// The act of a word, where it needs nothing beside it.
pub(super) fn plain_act(word: &str) -> Option<ActKind> {
    let needs_more = matches!(word, "issue" | "change");
    let (_, make) = KINDS.iter().find(|(known, _)| *known == word && !needs_more)?;
    Some(make(Expiry::Never))
}

/// The end of validity as the register keeps it: none is long term.
pub(super) fn until_column(until: Expiry) -> Option<String> {
    match until {
        Expiry::Never => None,
        Expiry::After(last) => Some(last.to_string()),
    }
}

fn act_of(row: &acts::Act) -> Result<Act, IssueError> {
    let faulty = |what: &str| IssueError::Record(format!("act {}: {what}", row.id));
    let until = match &row.until_day {
        None => Expiry::Never,
        Some(day) => Expiry::After(Day::parse(day)?),
    };
    let kind = match (row.kind.as_str(), &row.replacement) {
        ("renew", Some(successor)) => ActKind::Renew { successor: successor.parse()? },
        (word, _) => {
            let (_, make) = KINDS.iter().find(|(known, _)| *known == word).ok_or_else(|| faulty("an unknown kind"))?;
            make(until)
        }
    };
    Ok(Act {
        kind,
        decision: Decision {
            body: row.deciding_body.parse().map_err(|_| faulty("the deciding body"))?,
            document_number: row.document_number.clone(),
            legal_basis: row.legal_basis.clone(),
            decided_on: Day::parse(&row.decided_on)?,
        },
        effective_from: Day::parse(&row.effective_from)?,
        recorded_at: Moment::from_unix_milliseconds(row.recorded_at).map_err(|_| faulty("the time"))?,
    })
}

/// The row of an act; `by` is kind and id of the actor.
pub(super) fn act_row(
    id: String,
    licence_id: &str,
    sequence: i32,
    version: i32,
    act: &Act,
    by: (&str, &str),
) -> acts::Act {
    let (until_day, replacement) = match &act.kind {
        ActKind::Issue { until } | ActKind::Change { until } => (until_column(*until), None),
        ActKind::Renew { successor } => (None, Some(successor.to_string())),
        _ => (None, None),
    };
    acts::Act {
        id,
        licence_id: licence_id.to_owned(),
        sequence,
        kind: word_of(&act.kind).to_owned(),
        version,
        until_day,
        effective_from: act.effective_from.to_string(),
        recorded_at: act.recorded_at.unix_milliseconds(),
        decided_on: act.decision.decided_on.to_string(),
        deciding_body: act.decision.body.to_string(),
        document_number: act.decision.document_number.clone(),
        legal_basis: act.decision.legal_basis.clone(),
        by_kind: by.0.to_owned(),
        by_id: by.1.to_owned(),
        replacement,
    }
}
