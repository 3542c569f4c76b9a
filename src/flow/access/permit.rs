//! Proof that somebody may do something, as a value.

use super::{Actor, ActorKind, May, may};
use crate::{
    flow::kind::{HasKind, Kind},
    store::jobs,
};
use std::{fmt, marker::PhantomData};

/// Proof that an actor may do `C` for a body. Made by
/// [`Caller::permit`](super::Caller::permit) or, on the command line, by
/// [`Permit::of_operator`]; there is no other way.
pub struct Permit<C: May> {
    body: String,
    actor: Actor,
    what: PhantomData<fn() -> C>,
}

/// The caller may not do that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not allowed to {capability}")]
pub struct Denied {
    /// What was asked for.
    pub capability: &'static str,
}

impl HasKind for Denied {
    fn kind(&self) -> Kind {
        Kind::Denied
    }

    fn code(&self) -> &'static str {
        "not_allowed"
    }
}

impl<C: May> Permit<C> {
    pub(super) const fn new(body: String, actor: Actor) -> Self {
        Self { body, actor, what: PhantomData }
    }

    /// For the person at the machine, who can read keys and database anyway:
    /// only the command line calls it, the audit says `system` and the number
    /// of the user. The body is not looked up.
    pub fn of_operator(body: impl Into<String>) -> Self {
        let id = format!("uid:{}", rustix::process::getuid().as_raw());
        Self::new(body.into(), Actor::new(ActorKind::System, id, "operator".to_owned()))
    }

    /// Id of the body it holds for.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The window whose device the session of who acts is at.
    pub fn window(&self) -> Option<&str> {
        self.actor.window()
    }

    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }
}

impl<C: May> Clone for Permit<C> {
    fn clone(&self) -> Self {
        Self::new(self.body.clone(), self.actor.clone())
    }
}

impl Permit<may::Approve> {
    /// What was approved is issued: the same person, the same body. Whoever calls
    /// it has stored the approval.
    pub(in crate::flow) fn to_issue(&self) -> Permit<may::Issue> {
        Permit::new(self.body.clone(), self.actor.clone())
    }
}

impl Permit<may::AnswerObjections> {
    /// Whoever answers sees what is answered.
    pub fn to_see_work(&self) -> Permit<may::SeeWork> {
        Permit::new(self.body.clone(), self.actor.clone())
    }
}

impl Permit<may::ServeAtWindow> {
    /// A code that is shown at the window is redeemed there: clerks may both.
    pub(in crate::flow) fn to_redeem(&self) -> Permit<may::Redeem> {
        Permit::new(self.body.clone(), self.actor.clone())
    }
}

impl Permit<may::Issue> {
    /// What a job was entered with: the same body, the same actor. Whether that one
    /// still may is asked before each batch. `None` for an actor of no known kind.
    pub(in crate::flow) fn of_job(job: &jobs::Job) -> Option<Self> {
        let kind = ActorKind::of_word(&job.actor_kind)?;
        let actor = Actor::new(kind, job.actor_id.clone(), job.actor_name.clone());
        Some(Self::new(job.body_id.clone(), actor))
    }
}

impl<C: May> fmt::Debug for Permit<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, body, actor) = (C::CAPABILITY.name, &self.body, &self.actor);
        f.debug_struct("Permit").field("what", &what).field("body", body).field("actor", actor).finish()
    }
}
