//! Whether somebody may stamp with a seal now.

use crate::{
    flow::{
        access::ActorKind,
        seal_lives::{Unreadable, life_of, soon_after, whole_second},
    },
    store::{Conn, StoreError, seal_grants, seals},
};
use std::collections::HashMap;
use yinxin_trust::{
    base::Moment,
    seal::life::{Life, State},
};

/// Why somebody may not stamp with a seal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UseRefusal {
    /// No such seal.
    #[error("there is no seal {0}")]
    Unknown(String),
    /// Not filed yet, suspended or ended.
    #[error("seal {id} is {state} since {since}")]
    NotInUse {
        /// Which seal.
        id: String,
        /// What it is.
        state: State,
        /// Since when.
        since: Moment,
    },
    /// Nobody authorised them.
    #[error("no authorisation to stamp with seal {0}")]
    NotGranted(String),
    /// Authorised for other types.
    #[error("the authorisation to stamp with seal {0} is not for this licence type, or not for documents")]
    OtherType(String),
    /// Authorised for another time.
    #[error("the authorisation to stamp with seal {0} has not begun or has ended")]
    OutOfPeriod(String),
    /// As many were stamped as were authorised.
    #[error("the authorisation to stamp with seal {0} is used up")]
    UsedUp(String),
    /// What is stored of the seal cannot be read.
    #[error("{0}")]
    Record(String),
}

/// What a grant names that lets its grantee stamp documents made elsewhere: no licence type has this code. Nobody
/// stamps them without such a grant, whatever the rule of the seal says: it speaks of the types that it is in use for.
pub const DOCUMENTS: &str = "document";

/// The same for digests of documents that stay at home, which nobody here sees.
pub const DIGESTS: &str = "digest";

/// Whether a word of a grant is one of those, and no licence type.
pub(super) fn is_no_licence(word: &str) -> bool {
    matches!(word, DOCUMENTS | DIGESTS)
}

/// Who asks to stamp what, and when.
#[derive(Clone, Copy)]
pub(in crate::flow) struct Asking<'a> {
    /// With which seal.
    pub(in crate::flow) seal: &'a str,
    /// For which body.
    pub(in crate::flow) body: &'a str,
    /// What kind of actor.
    pub(in crate::flow) actor_kind: &'a str,
    /// Which.
    pub(in crate::flow) actor_id: &'a str,
    /// Of which licence type, [`DOCUMENTS`] or [`DIGESTS`].
    pub(in crate::flow) type_code: &'a str,
    /// The instant within the stamp.
    pub(in crate::flow) stamped_at: Moment,
    /// The present.
    pub(in crate::flow) now: Moment,
}

/// What one write knows of seals and grants, with the stamps that it counts itself.
#[derive(Default)]
pub(in crate::flow) struct Gate {
    seals: HashMap<String, Result<Known, UseRefusal>>,
    grants: HashMap<(String, String), Vec<Granted>>,
}

/// May stamp.
pub(in crate::flow) struct Allowed {
    /// Whose seal.
    pub(in crate::flow) owner: String,
    /// By which grant; none where the rule of the seal is enough.
    pub(in crate::flow) grant: Option<String>,
}

struct Known {
    owner: String,
    use_rule: String,
    life: Life,
}

struct Granted {
    row: seal_grants::SealGrant,
    types: Vec<String>,
    /// Counted in this write.
    counted: i64,
}

/// Whether a seal may stamp an instant, as of now.
///
/// # Errors
/// [`UseRefusal::NotInUse`].
pub(in crate::flow) fn in_use(life: &Life, id: &str, stamped_at: Moment, now: Moment) -> Result<(), UseRefusal> {
    // through the second that is running, and through whatever was recorded to work at once: that begins after the
    // last stamp, and still stops every write that comes after it
    let next = Moment::from_unix_seconds(now.unix_seconds() + 1).unwrap_or(now);
    let at_once =
        life.acts().iter().filter(|act| act.effective_from.unix_milliseconds() <= soon_after(act.recorded_at));
    let next = at_once.map(|act| act.effective_from).fold(next, Moment::max);
    for at in [whole_second(stamped_at), next] {
        let standing = life.at(at);
        if standing.state != State::InUse {
            return Err(UseRefusal::NotInUse { id: id.to_owned(), state: standing.state, since: standing.since });
        }
    }
    Ok(())
}

impl Gate {
    /// Whether the stamp may be made; where it may, it counts for those that are asked about next.
    ///
    /// # Errors
    /// What the database says; a refusal is an answer.
    pub(in crate::flow) fn admit(
        &mut self,
        conn: &mut Conn,
        asking: Asking<'_>,
    ) -> Result<Result<Allowed, UseRefusal>, StoreError> {
        if !self.seals.contains_key(asking.seal) {
            let known = read(conn, asking.seal)?;
            self.seals.insert(asking.seal.to_owned(), known);
        }
        let known = match self.seals.get(asking.seal) {
            Some(Ok(known)) => known,
            Some(Err(refusal)) => return Ok(Err(refusal.clone())),
            None => return Ok(Err(UseRefusal::Unknown(asking.seal.to_owned()))),
        };
        if let Err(refusal) = in_use(&known.life, asking.seal, asking.stamped_at, asking.now) {
            return Ok(Err(refusal));
        }
        let owner = known.owner.clone();
        if known.owner == asking.body && known.use_rule == seals::OWN_BODY && !is_no_licence(asking.type_code) {
            return Ok(Ok(Allowed { owner, grant: None }));
        }
        let key = (asking.seal.to_owned(), asking.body.to_owned());
        if !self.grants.contains_key(&key) {
            let rows = seal_grants::of_grantee_body(conn, asking.seal, asking.body)?;
            self.grants.insert(key.clone(), rows.into_iter().map(Granted::of).collect());
        }
        let grants = self.grants.get_mut(&key).map(Vec::as_mut_slice).unwrap_or_default();
        Ok(choose(grants, asking).map(|grant| Allowed { owner, grant: Some(grant) }))
    }

    /// Counts on the grants what was admitted, as this write read them.
    ///
    /// # Errors
    /// What the database says; [`StoreError::Broken`] where one has not so many left after all, so that
    /// nothing of the write happens.
    pub(in crate::flow) fn count(&self, conn: &mut Conn) -> Result<(), StoreError> {
        for granted in self.grants.values().flatten().filter(|granted| granted.counted > 0) {
            if !seal_grants::use_some(conn, &granted.row.id, granted.counted)? {
                return Err(StoreError::Broken(format!("grant {} was counted otherwise", granted.row.id)));
            }
        }
        Ok(())
    }
}

/// The first grant that is good for it, and counts the stamp on it.
fn choose(grants: &mut [Granted], asking: Asking<'_>) -> Result<String, UseRefusal> {
    let seal = || asking.seal.to_owned();
    let mut refusal = UseRefusal::NotGranted(seal());
    for granted in grants.iter_mut().filter(|granted| granted.names(asking)) {
        let row = &granted.row;
        // one for every type is one for every licence type
        let for_every_type = granted.types.is_empty() && !is_no_licence(asking.type_code);
        if !for_every_type && !granted.types.iter().any(|code| code == asking.type_code) {
            if matches!(refusal, UseRefusal::NotGranted(_)) {
                refusal = UseRefusal::OtherType(seal());
            }
            continue;
        }
        let (stamped, now) = (asking.stamped_at.unix_milliseconds(), asking.now.unix_milliseconds());
        // a stamp has whole seconds: it may stand in the one in which the grant begins
        let begins = row.from_at - row.from_at.rem_euclid(1000);
        if stamped < begins || stamped > row.until_at || now > row.until_at {
            if !matches!(refusal, UseRefusal::UsedUp(_)) {
                refusal = UseRefusal::OutOfPeriod(seal());
            }
            continue;
        }
        if row.most.is_some_and(|most| row.used + granted.counted >= most) {
            refusal = UseRefusal::UsedUp(seal());
            continue;
        }
        granted.counted += 1;
        return Ok(granted.row.id.clone());
    }
    Err(refusal)
}

fn read(conn: &mut Conn, id: &str) -> Result<Result<Known, UseRefusal>, StoreError> {
    let Some((owner, use_rule)) = seals::public_rule(conn, id)? else {
        return Ok(Err(UseRefusal::Unknown(id.to_owned())));
    };
    Ok(match life_of(conn, id) {
        Ok(Some(life)) => Ok(Known { owner, use_rule, life }),
        Ok(None) => Err(UseRefusal::Record(format!("seal {id} without acts"))),
        Err(Unreadable::Store(error)) => return Err(error),
        Err(unreadable @ Unreadable::Record(_)) => Err(UseRefusal::Record(unreadable.to_string())),
    })
}

impl Granted {
    /// A list of types that cannot be read is for none.
    fn of(row: seal_grants::SealGrant) -> Self {
        let types = serde_json::from_slice(&row.types).unwrap_or_else(|_| vec![String::new()]);
        Self { row, types, counted: 0 }
    }

    /// Whether it is the asking one's.
    fn names(&self, asking: Asking<'_>) -> bool {
        match self.row.grantee_kind.as_str() {
            "body" => self.row.grantee_id == asking.body,
            kind => {
                let is_known = [ActorKind::Person, ActorKind::Token].iter().any(|known| known.as_str() == kind);
                is_known && kind == asking.actor_kind && self.row.grantee_id == asking.actor_id
            }
        }
    }
}
