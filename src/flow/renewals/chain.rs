//! The renewals of one document or receipt, as the register keeps them.

use crate::{
    flow::{evidence, issue::IssueError},
    store::{
        Conn,
        renewals::{self, Batch, Member, SubjectKind},
    },
};
use yinxin_trust::evidence::renewal::{Renewal, Tree};

/// The renewals of one, in their order.
///
/// # Errors
/// [`IssueError::Record`] where a kept row is not what it was.
pub(in crate::flow) fn of_subject(
    conn: &mut Conn,
    kind: SubjectKind,
    subject: &str,
) -> Result<Vec<Renewal>, IssueError> {
    let rows = renewals::of(conn, kind, subject)?;
    rows.iter().map(|(batch, member)| renewal(conn, batch, member)).collect()
}

fn renewal(conn: &mut Conn, batch: &Batch, member: &Member) -> Result<Renewal, IssueError> {
    let bad = || IssueError::Record("a kept renewal".to_owned());
    let digest = batch.digest.parse().map_err(|_| bad())?;
    let leaves = renewals::members(conn, batch.id)?.into_iter().map(|member| member.leaf.try_into().map_err(|_| bad()));
    let tree = Tree::of(digest, leaves.collect::<Result<_, _>>()?);
    let index = u32::try_from(member.place).map_err(|_| bad())?;
    Ok(Renewal {
        number: usize::try_from(member.number).map_err(|_| bad())?,
        digest,
        index,
        size: tree.size(),
        path: tree.path(index).ok_or_else(bad)?,
        token: batch.token.clone(),
        pieces: evidence::kept(conn, &batch.manifest_sm3)?,
    })
}
