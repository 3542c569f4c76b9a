//! An offline code at the window (`yinxin_trust::code::offline`).
//!
//! 1 the code by the keys that are vouched for · 2 shown by its device now, and seen for the
//! first time · 3 its key speaks for this licence · 4 the register is asked, ours or that of the
//! locality whose key it is. Where no register answers, the code says how it stood at its state
//! date, and is shown as that; of a code that is not shown live, nothing is.

use super::{Brought, Counter, Seen, Told, kept, own};
use crate::flow::{
    access::{Permit, may},
    issue::IssueError,
    shown::{self, Shown},
    trust::{VouchedKeys, Whose},
};
use yinxin_trust::{
    base::{Day, Moment},
    code::{
        Payload,
        offline::{Genuine, OfflinePolicy, OfflineStatement, Presence, Unproven, check},
    },
    verify::Standing,
};

/// What a genuine code says, and its register.
#[derive(Clone, Debug, PartialEq)]
pub struct OfflineSeen {
    /// What the issuer signed.
    pub statement: OfflineStatement,
    /// The operator whose locality it is; none where it is ours.
    pub locality: Option<String>,
    /// Whether the holder's device signed a moment ago; else it was made for no device.
    pub live: bool,
    /// The answer of the register of that locality; unknown where there is none, and of ours
    /// in the licence.
    pub standing: Standing,
}

pub(super) fn read(
    counter: &Counter<'_>,
    permit: &Permit<may::ServeAtWindow>,
    payload: &Payload,
    at: Moment,
) -> Result<Seen, IssueError> {
    let nothing = |shown| Seen::new(shown, Brought::Offline, at);
    let (policy, keys) = (OfflinePolicy::default(), counter.keys(at));
    let genuine = match check(payload, &keys, at, &policy) {
        Ok(genuine) => genuine,
        Err(fault) => return nothing(Shown::of_offline_fault(&fault)),
    };
    let scanner = format!("{}/{}", permit.actor().kind, permit.actor().id);
    let first = counter.presentations.admit_proof(&genuine.presence, &scanner, at, &policy).is_ok();
    let live = match genuine.presence {
        Presence::Live { .. } if first => true,
        Presence::Unproven(Unproven::NoDevice) => false,
        // who sends a picture on takes the old proof off as well
        Presence::Live { .. } | Presence::Unproven(_) => return nothing(Shown::CodePicture),
    };
    vouched(counter, &keys, genuine, live, at)
}

fn vouched(
    counter: &Counter<'_>,
    keys: &VouchedKeys,
    genuine: Genuine,
    live: bool,
    at: Moment,
) -> Result<Seen, IssueError> {
    let Genuine { statement, key, .. } = genuine;
    let told = |locality, standing, statement| {
        Some(Told::Offline(Box::new(OfflineSeen { statement, locality, live, standing })))
    };
    match keys.speaks_for(key, &statement.licence, Day::in_beijing_at(at)?) {
        None => Seen::new(Shown::Untrusted, Brought::Offline, at),
        Some(Whose::Ours) => {
            let own = own::by_identifier(counter.issuer, &statement.licence, at)?;
            let seen = match own {
                Some(own) => kept(counter, own, Brought::Offline, at)?,
                None => Seen::new(Shown::CodeUnknown, Brought::Offline, at)?,
            };
            Ok(Seen { told: told(None, Standing::unknown(), statement), ..seen })
        }
        Some(Whose::Of(operator)) => {
            let standing = counter.verifier.standing(&statement.licence, at);
            let shown = match shown::of_standing(standing.state) {
                Shown::StandingUnknown => Shown::ValidOffline,
                known => known,
            };
            let told = told(Some(operator.clone()), standing, statement);
            Ok(Seen { told, ..Seen::new(shown, Brought::Offline, at)? })
        }
    }
}
