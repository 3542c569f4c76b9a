//! Who did it.

use serde_json::{Value, json};
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
    /// The device at which their session proved to be; none of systems, holders and whoever is elsewhere.
    pub place: Option<Place>,
}

/// A device of a body that stands at a window, as it was when the session was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Id of the device.
    pub device: String,
    /// What the window is called.
    pub window: String,
}

impl Actor {
    /// Somebody at no device.
    pub const fn new(kind: ActorKind, id: String, name: String) -> Self {
        Self { kind, id, name, place: None }
    }

    /// The same at a device.
    #[must_use]
    pub fn at(self, place: Option<Place>) -> Self {
        Self { place, ..self }
    }

    /// The window whose device they are at.
    pub fn window(&self) -> Option<&str> {
        self.place.as_ref().map(|place| place.window.as_str())
    }
}

impl Place {
    /// As the audit has it.
    pub(in crate::flow) fn told(&self) -> Value {
        json!({ "device": self.device, "window": self.window })
    }
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
