//! What a line of the table of routes says.

use crate::flow::{access::Capability, askers::Asked};
use actix_web::http::Method;

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// GET, and HEAD with it.
    Get,
    /// POST
    Post,
    /// DELETE
    Delete,
}

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody, known or not.
    Public,
    /// Who has this.
    May(&'static Capability),
    /// Holders of licences, and nobody of a body.
    Holder,
    /// A kiosk, which is nobody.
    Kiosk,
    /// Whoever signed in, also without the second factor that they must have.
    SignedIn,
}

/// In which form a refusal is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// A page; who is not signed in is led to signing in.
    Page,
    /// Problem details.
    Api,
}

/// One route and who may.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What is done.
    pub verb: Verb,
    /// Template of the path.
    pub path: &'static str,
    /// Who may.
    pub who: Who,
    /// How a refusal looks.
    pub face: Face,
    /// How it is counted by network, where everybody may ask.
    pub counted: Option<Asked>,
}

impl Verb {
    /// The verb of a method that has one.
    pub fn of(method: &Method) -> Option<Self> {
        match *method {
            Method::GET | Method::HEAD => Some(Self::Get),
            Method::POST => Some(Self::Post),
            Method::DELETE => Some(Self::Delete),
            _ => None,
        }
    }

    /// The name of its method.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }

    /// Whether it changes nothing.
    pub const fn only_reads(self) -> bool {
        matches!(self, Self::Get)
    }
}
