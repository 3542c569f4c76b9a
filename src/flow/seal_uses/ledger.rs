//! 用章台账 for people: every stamp of the seals of a body.
//!
//! No name of a holder stands in it: the identifier of the licence leads to it for whoever may
//! read it. Cells that a spreadsheet would take for a formula are given an apostrophe in front.

use crate::{
    flow::access::{Permit, may},
    store::{Store, StoreError, stampings},
};
use serde::Serialize;
use std::fmt::Write as _;
use yinxin_trust::base::Moment;

/// Most lines of one page.
pub const PAGE: u32 = 1000;

/// Instant (in milliseconds) and id of the line after which the next page begins; none at the end.
pub type Next = Option<(i64, String)>;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LedgerLine {
    /// Id of the use.
    pub id: String,
    /// Id of the seal.
    pub seal: String,
    /// Id of the body that stamped.
    pub body: String,
    /// Who: kind and id.
    pub actor: String,
    /// By which grant; null where the rule of the seal is enough.
    pub grant: Option<String>,
    /// What for: `licence`; `copy`, an annotated copy of one; `document`, made elsewhere and seen here; `digest`, of a document that was not seen here.
    pub purpose: String,
    /// Of a licence or a copy, its type.
    pub type_code: Option<String>,
    /// Of a licence, its identifier; of a copy, its number; of a document, its SM3 before it was stamped; of a digest, the digest.
    pub subject: String,
    /// Of a copy, the identifier of its licence; of a document, its title as it says it; of a digest, what the caller calls it.
    pub title: Option<String>,
    /// SM3 of what the stamp covers (Signature.xml), hexadecimal.
    pub document_sm3: String,
    /// The key.
    pub key: String,
    /// The instant within the stamp.
    #[schema(format = DateTime)]
    pub stamped_at: String,
    /// `made`, `void` (nothing came of it), or `open` (not known yet).
    #[schema(value_type = String)]
    pub outcome: &'static str,
}

/// At most [`PAGE`] stamps of the seals of the body from an instant to another, both within, after an
/// instant (in milliseconds) and an id, the oldest first; and where the next page begins.
///
/// # Errors
/// What the register says.
pub fn ledger(
    store: &Store,
    permit: &Permit<may::SeeSeals>,
    (from, to): (Moment, Moment),
    after: (i64, &str),
    limit: u32,
) -> Result<(Vec<LedgerLine>, Next), StoreError> {
    let limit = limit.clamp(1, PAGE);
    let within = (from.unix_milliseconds(), to.unix_milliseconds());
    let rows = store.read(|conn| stampings::of_owner(conn, permit.body(), within, after, limit))?;
    let is_full = u32::try_from(rows.len()).is_ok_and(|length| length == limit);
    let next = rows.last().filter(|_| is_full).map(|last| (last.stamped_at, last.id.clone()));
    Ok((rows.into_iter().map(LedgerLine::from).collect(), next))
}

/// The head of the table, or lines of it, as CSV (RFC 4180).
pub fn csv(lines: Option<&[LedgerLine]>) -> String {
    let Some(lines) = lines else {
        return "stamped_at,outcome,seal,body,actor,grant,purpose,type_code,subject,title,document_sm3,key,id\r\n"
            .to_owned();
    };
    let mut text = String::new();
    for line in lines {
        let cells = [
            line.stamped_at.as_str(),
            line.outcome,
            &line.seal,
            &line.body,
            &line.actor,
            line.grant.as_deref().unwrap_or_default(),
            &line.purpose,
            line.type_code.as_deref().unwrap_or_default(),
            &line.subject,
            line.title.as_deref().unwrap_or_default(),
            &line.document_sm3,
            &line.key,
            &line.id,
        ];
        for (place, cell) in cells.into_iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            // writing to a string does not fail
            let _ = write!(text, "{comma}{}", quoted(cell));
        }
        text.push_str("\r\n");
    }
    text
}

fn quoted(cell: &str) -> String {
    let looks_like_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let apostrophe = if looks_like_formula { "'" } else { "" };
    format!("\"{apostrophe}{}\"", cell.replace('"', "\"\""))
}

impl From<stampings::Stamping> for LedgerLine {
    fn from(row: stampings::Stamping) -> Self {
        let at = Moment::from_unix_milliseconds(row.stamped_at);
        Self {
            id: row.id,
            seal: row.seal_id,
            body: row.body_id,
            actor: format!("{} {}", row.actor_kind, row.actor_id),
            grant: row.grant_id,
            purpose: row.purpose,
            type_code: row.type_code,
            subject: row.subject,
            title: row.title,
            document_sm3: hex::encode(row.document_sm3),
            key: row.key_reference,
            stamped_at: at.map(|at| at.to_string()).unwrap_or_default(),
            outcome: match (row.made_at, row.voided_at) {
                (Some(_), _) => "made",
                (None, Some(_)) => "void",
                (None, None) => "open",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_none_breaks_its_line() {
        for (cell, expected) in [
            ("=1+1", "\"'=1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("-2", "\"'-2\""),
            ("+2", "\"'+2\""),
            ("\t=2", "\"'\t=2\""),
            ("a\"b,c\r\nd", "\"a\"\"b,c\r\nd\""),
            ("plain", "\"plain\""),
        ] {
            assert_eq!(quoted(cell), expected);
        }
        let columns = csv(None).matches(',').count();
        let line = LedgerLine {
            id: "i".into(),
            seal: "s".into(),
            body: "b".into(),
            actor: "person p".into(),
            grant: None,
            purpose: "licence".into(),
            type_code: None,
            subject: "x".into(),
            title: Some("t".into()),
            document_sm3: String::new(),
            key: "k".into(),
            stamped_at: String::new(),
            outcome: "made",
        };
        assert_eq!(csv(Some(&[line])).matches(',').count(), columns);
    }
}
