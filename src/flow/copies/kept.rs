//! The file of a copy, for as long as the copy may be used.

use super::{CopyError, agent::may_fetch, page::drawn};
use crate::{
    flow::{
        access::{Holder, Permit, may},
        document::{Form, Printed, print},
        issuer::Issuer,
        succession,
    },
    store::{
        Conn, Store, StoreError,
        copies::{self, CopyWithLicence, LicenceCopy},
        seals,
    },
};
use yinxin_trust::{
    base::{Day, Moment},
    licence::{identifier::LicenceIdentifier, metadata::AnnotatedCopy},
};

/// What a print of a copy is called in its foot.
const PRINT: &str = "加注件打印件";

/// Most files that one run lets go.
const CLEARED: u32 = 1000;

/// Who asks for a file.
#[derive(Clone, Copy)]
pub enum Asker<'a> {
    /// The holder of the licence, or the agent who had the copy made, while the delegation works.
    Holder(&'a Holder),
    /// Somebody who may read this licence of the body.
    Body(&'a Permit<may::Read>, &'a LicenceIdentifier),
}

/// The number of a copy and its file: the stamped one, or a print.
///
/// # Errors
/// [`CopyError::NotHeld`], also once the copy may be used no more.
pub fn document(issuer: &Issuer, asker: Asker<'_>, id: &str, form: Form) -> Result<(String, Vec<u8>), CopyError> {
    let now = issuer.clock.now()?;
    issuer.store.read(|conn| {
        let (copy, version, licence) = found(conn, asker, id, Day::in_beijing_at(now)?)?.ok_or(CopyError::NotHeld)?;
        if now.unix_milliseconds() > last_millisecond(&copy) {
            return Err(CopyError::NotHeld);
        }
        let octets = match form {
            Form::Ofd => copies::file(conn, &copy.stamped_for, &copy.id)?.ok_or(CopyError::NotHeld)?,
            Form::Evidence => return Err(CopyError::NotHeld),
            Form::Pdf | Form::Png => {
                let printed = Printed::of(conn, issuer, &licence, &version)?;
                let drawing = drawn(&printed, &printed.kind, stated(&copy)?)?;
                let seal = seals::public_find(conn, &copy.seal_id)?.map(|row| row.der);
                print(&drawing, &printed.address, seal.as_deref(), PRINT, form)?
            }
        };
        Ok((copy.number, octets))
    })
}

fn found(conn: &mut Conn, asker: Asker<'_>, id: &str, today: Day) -> Result<Option<CopyWithLicence>, StoreError> {
    match asker {
        Asker::Holder(holder) => {
            let (kind, code) = holder.code();
            if let Some(own) = copies::find_of_holder(conn, kind, code, id)? {
                return Ok(Some(own));
            }
            match copies::find_of_agent(conn, holder.id(), id)? {
                Some(found) if may_fetch(conn, holder, &found.0, today)? => Ok(Some(found)),
                _ => Ok(None),
            }
        }
        Asker::Body(permit, identifier) => {
            let bodies = succession::reach(conn, permit.body(), today)?;
            let found = copies::find_of_bodies(conn, &bodies, id)?;
            Ok(found.filter(|(_, version, _)| version.identifier == identifier.as_str()))
        }
    }
}

/// The last instant at which a copy may be used, in milliseconds.
pub(super) const fn last_millisecond(copy: &LicenceCopy) -> i64 {
    copy.expires_at + 999
}

/// What a copy says of itself.
pub(super) fn stated(copy: &LicenceCopy) -> Result<AnnotatedCopy, CopyError> {
    let instant = |at| Moment::from_unix_milliseconds(at).map_err(|cause| CopyError::record(&cause));
    Ok(AnnotatedCopy {
        created_at: instant(copy.stamped_at)?,
        creator: copy.creator.clone(),
        cause: copy.purpose.clone(),
        expires_at: instant(copy.expires_at)?,
        recipient: Some(copy.recipient.clone()),
        number: Some(copy.number.clone()),
    })
}

/// Lets the files of copies go that may be used no more, at most 1,000; how many. That they were made, for what and
/// for whom, stands as long as the register.
///
/// # Errors
/// What the register says.
pub fn clear(store: &Store, now: Moment) -> Result<usize, StoreError> {
    let before = now.unix_milliseconds() - 1000;
    store.write(move |conn| copies::drop_files_before(conn, before, CLEARED))
}
