//! Annotated copies (加注件): a licence stamped once more for one stated use, for one stated user, until a stated
//! day. Who is shown one keeps the copy and not the licence, and uses it for nothing else.
//!
//! 1. [`CopyOrder`]: purpose, user and last day are read; everything wrong is named at once.
//! 2. `page`: the licence is put together again from what the register keeps of it, with the band of the copy;
//!    drawn, packed and rehearsed by what issuing does that with.
//! 3. `intent`: what will be signed is stored, with the copy and the use of the seal, in the write that asks once
//!    more whether the licence is in force, whether the seal may stamp ([`seal_uses`](super::seal_uses)), and how
//!    many the holder had made today.
//! 4. The key signs and the package is verified again, as for a licence; one write keeps the file.
//!
//! [`recover`] signs what a crash left after 3, and gives up what is too old to be signed with its time.
//! `docs/adr/0055-annotated-copies.md` says why.

mod agent;
mod fault;
mod intent;
mod kept;
mod listed;
mod order;
mod page;
mod recover;
mod used;

pub use agent::{AgentOffer, AgentOrder, make_for, offer_for};
pub use fault::CopyError;
pub use kept::{Asker, clear, document};
pub(super) use listed::notices;
pub use listed::{Copied, CopyCard, CopySeen, MOST, of, of_licence};
pub use order::{CopyOffer, CopyOrder, offer};
pub use recover::recover;
pub(super) use used::{judged, write_down};

use super::{
    access::{Actor, ActorKind, Holder, Permit, may},
    holders::holdings::{self, Held},
    issuer::Issuer,
    lives,
};
use crate::{
    random,
    store::{Conn, bodies},
};
use intent::Draft;
use page::CopyPage;
use serde::{Deserialize, Serialize};
use yinxin_trust::{
    base::{Day, Moment},
    licence::{identifier::LicenceIdentifier, state::State},
    sm::sm3,
};

/// Copies that one account may have made within a day: each is a stamp.
pub const A_DAY: u32 = 20;

/// How long copies may be used at most, where nothing else is configured, days.
pub const MOST_DAYS: u32 = 90;

/// A copy that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CopyMade {
    /// Its id, as in the ledger.
    pub id: String,
    /// 加注件编号, as printed.
    pub number: String,
    /// 电子证照标识 of the licence.
    pub identifier: String,
    /// 加注件制作事由.
    pub purpose: String,
    /// 加注件使用单位.
    pub recipient: String,
    /// The instant within the stamp.
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Moment,
    /// The last second of use.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Moment,
    /// SM3 of the file, hexadecimal.
    pub document_sm3: String,
    /// Octets of the file.
    pub document_bytes: u64,
}

/// Where the flow stands; a test looks in, or ends the process, between any two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyStep {
    /// Rehearsed; nothing is stored yet.
    Rehearsed,
    /// The intent is stored.
    Intended,
    /// Signed; nothing of it is stored yet.
    Signed,
    /// Everything is stored; nothing is answered yet.
    Stored,
}

/// Is told of each step.
pub type CopyWatch<'a> = &'a dyn Fn(CopyStep);

/// Who asks, with which key.
struct Asking {
    /// The account of a holder.
    holder_id: Option<String>,
    actor: Actor,
    /// Under which the answer is kept.
    key: String,
    most_days: u32,
    /// By which delegation, where it is not the holder's own.
    by: Option<By>,
}

/// The delegation by which an agent asks, and what follows of it.
struct By {
    delegation: String,
    /// Its last day, which the copy does not outlast.
    last: Day,
    /// Who makes it: both names.
    creator: String,
    /// What the copy shows: names of fields.
    fields: Vec<String>,
}

/// Makes a copy for the holder of a licence; whoever asks again with the same key and the same order gets the
/// same copy.
///
/// # Errors
/// [`CopyError`]. Nothing is kept then, but for an intent that stays open where a signature may have been made.
pub fn make(
    issuer: &Issuer,
    holder: &Holder,
    identifier: &LicenceIdentifier,
    order: &CopyOrder,
    (most_days, key): (u32, &str),
    watch: CopyWatch<'_>,
) -> Result<CopyMade, CopyError> {
    let found = |conn: &mut Conn| holdings::find(conn, issuer, holder.code(), identifier)?.ok_or(CopyError::NotHeld);
    // keys of accounts never meet those of systems, whatever either of them chooses
    let own = sm3::digest(format!("{}\n{key}", holder.id()).as_bytes());
    let key = format!("copy-of-holder-{}", hex::encode(own));
    let asking = Asking { holder_id: Some(holder.id().to_owned()), actor: holder.actor(), key, most_days, by: None };
    carry_out(issuer, found, order, asking, watch)
}

/// Makes a copy for a system of the body whose licence it is: a read with a purpose gives a copy (GB/T 36906).
///
/// # Errors
/// As [`make`].
pub fn make_for_body(
    issuer: &Issuer,
    permit: &Permit<may::Issue>,
    identifier: &LicenceIdentifier,
    order: &CopyOrder,
    (most_days, key): (u32, &str),
    watch: CopyWatch<'_>,
) -> Result<CopyMade, CopyError> {
    let found = |conn: &mut Conn| {
        let today = Day::in_beijing_at(issuer.clock.now()?)?;
        let found = lives::of_identifier(conn, permit.body(), identifier.as_str(), today)?.ok_or(CopyError::NotHeld)?;
        Ok(holdings::whole(conn, issuer, found.licence)?)
    };
    let (actor, key) = (permit.actor().clone(), key_of_copy(key));
    let asking = Asking { holder_id: None, actor, key, most_days, by: None };
    carry_out(issuer, found, order, asking, watch)
}

/// Keys of systems hold visible characters alone, so that none of issuing is one of copies.
fn key_of_copy(key: &str) -> String {
    format!("copy {key}")
}

fn carry_out(
    issuer: &Issuer,
    found: impl Fn(&mut Conn) -> Result<Held, CopyError>,
    order: &CopyOrder,
    asking: Asking,
    watch: CopyWatch<'_>,
) -> Result<CopyMade, CopyError> {
    if let Some(time_stamps) = &issuer.time_stamps {
        time_stamps.ready()?;
    }
    let now = issuer.clock.now()?;
    let prepared = issuer.store.read(|conn| {
        let held = found(conn)?;
        let issued_by = super::standing::issued_by(conn, &held.kind, &held.version)?.body_id;
        let digest = order.digest(&held.licence.id)?;
        if let Some(made) = intent::repeated(conn, &issued_by, &asking.key, &digest)? {
            return Ok(Err(made));
        }
        let standing = held.life.on(Day::in_beijing_at(now)?);
        if standing.state != State::InForce {
            return Err(CopyError::NotInForce(standing.state));
        }
        let no_later = asking.by.as_ref().map(|by| by.last);
        let until = order.checked(now, asking.most_days, (standing.until, no_later))?;
        let creator = match (&asking.by, &asking.holder_id) {
            (Some(by), _) => by.creator.clone(),
            (None, Some(_)) => held.licence.holder_name.clone(),
            (None, None) => name_of(conn, &issued_by, now)?,
        };
        let draft = Draft::new(&held, issued_by, order, (&asking, creator, digest), (now, until))?;
        Ok(Ok(CopyPage::of(conn, issuer, held.licence, held.version, draft)?))
    })?;
    match prepared {
        Ok(page) => intent::carry_out(issuer, page, watch),
        Err(made) => Ok(made),
    }
}

/// What a body is called now.
fn name_of(conn: &mut Conn, body: &str, now: Moment) -> Result<String, CopyError> {
    let on = Day::in_beijing_at(now)?.to_string();
    let name = bodies::name_on(conn, body, &on)?;
    Ok(name.map(|name| name.name).ok_or(super::issue::IssueError::BodyUnnamed(on))?)
}

/// 64 random bits in 16 hexadecimal digits: printed, read aloud in groups of four, and guessed by nobody.
fn number() -> Result<String, CopyError> {
    Ok(hex::encode_upper(random::octets::<8>()?))
}

/// The kind of an actor as it is stored.
fn actor_kind(word: &str) -> Option<ActorKind> {
    if word == ActorKind::Holder.as_str() { Some(ActorKind::Holder) } else { ActorKind::of_word(word) }
}
