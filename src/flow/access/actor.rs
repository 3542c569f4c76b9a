//! Who did it.

use std::fmt;

/// What kind of actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActorKind {
    /// A person who signed in.
    Person,
    /// Another system with a token.
    Token,
    /// A holder of licences, who is nobody of a body.
    Holder,
    /// This system, or the person at its machine.
    System,
    /// Another locality or platform that asks with a key of its own, and is nobody of a body here.
    Outside,
}

/// Who did it, as the audit writes it down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// What kind.
    pub kind: ActorKind,
    /// Id of the person, the token or the holder's account; what of the system it was; the fingerprint of the key of
    /// somebody outside.
    pub id: String,
    /// What people call them.
    pub name: String,
}

impl ActorKind {
    /// The kind of a stable word, of those that act for a body.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Person, Self::Token, Self::System].into_iter().find(|kind| kind.as_str() == word)
    }

    /// The stable word, as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Token => "token",
            Self::Holder => "holder",
            Self::System => "system",
            Self::Outside => "outside",
        }
    }
}

impl fmt::Display for ActorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
