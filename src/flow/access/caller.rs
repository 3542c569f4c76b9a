//! Who calls.

use super::{Actor, ActorKind, Capability, Denied, May, Permit, Place, Role, Scope};
use std::collections::BTreeSet;

/// Somebody who proved who they are. Made by [`crate::flow::people::SignIn::caller`]
/// and [`crate::flow::tokens::caller`] only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    body: String,
    actor: Actor,
    powers: Powers,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Powers {
    Person(BTreeSet<Role>),
    Token(BTreeSet<Scope>),
}

impl Caller {
    pub(in crate::flow) fn person(body: String, id: String, name: String, roles: BTreeSet<Role>) -> Self {
        Self { body, actor: Actor::new(ActorKind::Person, id, name), powers: Powers::Person(roles) }
    }

    /// The same at a device of their body that stands at a window.
    pub(in crate::flow) fn at_window(self, place: Place) -> Self {
        Self { actor: self.actor.at(Some(place)), ..self }
    }

    pub(in crate::flow) fn token(body: String, id: String, name: String, scopes: BTreeSet<Scope>) -> Self {
        Self { body, actor: Actor::new(ActorKind::Token, id, name), powers: Powers::Token(scopes) }
    }

    /// Id of the body they act for.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Who they are.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The window whose device their session is at.
    pub fn window(&self) -> Option<&str> {
        self.actor.window()
    }

    /// The roles of a person; a token has none.
    pub fn roles(&self) -> impl Iterator<Item = Role> {
        let roles = match &self.powers {
            Powers::Person(roles) => Some(roles),
            Powers::Token(_) => None,
        };
        roles.into_iter().flatten().copied()
    }

    /// Whether one of their roles or scopes has a capability.
    pub fn has(&self, capability: &Capability) -> bool {
        match &self.powers {
            Powers::Person(roles) => capability.roles.iter().any(|role| roles.contains(role)),
            Powers::Token(scopes) => capability.scopes.iter().any(|scope| scopes.contains(scope)),
        }
    }

    /// Whether a person has a capability by roles that work at windows, and by no other: where devices are required,
    /// they have it at one alone.
    pub fn has_at_windows_alone(&self, capability: &Capability) -> bool {
        let of_window = |role: &Role| role.works_at_windows();
        let mut by = self.roles().filter(|role| capability.roles.contains(role)).peekable();
        by.peek().is_some() && by.all(|role| of_window(&role))
    }

    /// Proof that they may do `C` for their body.
    ///
    /// # Errors
    /// [`Denied`] where none of their roles or scopes has it.
    pub fn permit<C: May>(&self) -> Result<Permit<C>, Denied> {
        if self.has(&C::CAPABILITY) {
            Ok(Permit::new(self.body.clone(), self.actor.clone()))
        } else {
            Err(Denied { capability: C::CAPABILITY.name })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::may;
    use super::*;

    #[test]
    fn a_permit_carries_body_and_actor_and_nothing_gives_another() {
        let officer = Caller::person("b".into(), "p".into(), "名".into(), [Role::Officer].into());
        let permit = officer.permit::<may::Apply>().unwrap();
        assert_eq!((permit.body(), permit.actor().id.as_str(), permit.actor().kind), ("b", "p", ActorKind::Person));
        assert_eq!(officer.permit::<may::Approve>().unwrap_err(), Denied { capability: "approve" });
        assert!(officer.permit::<may::Issue>().is_err(), "who enters does not issue");
        let token = Caller::token("b".into(), "t".into(), "系统".into(), [Scope::Issue].into());
        assert!(token.permit::<may::Issue>().is_ok() && token.permit::<may::Act>().is_err());
    }

    #[test]
    fn no_token_manages_and_nobody_has_everything() {
        let token = Caller::token("b".into(), "t".into(), "x".into(), Scope::ALL.iter().copied().collect());
        for capability in may::ALL.iter().filter(|c| c.name.starts_with("manage") || c.name == "read_audit") {
            assert!(!token.has(capability), "{}", capability.name);
        }
        for role in Role::ALL {
            let one = Caller::person("b".into(), "p".into(), "x".into(), [*role].into());
            assert!(may::ALL.iter().any(|c| one.has(c)) && !may::ALL.iter().all(|c| one.has(c)), "{role}");
        }
    }
}
