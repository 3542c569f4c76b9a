//! What a handler holds as proof, and why it cannot do without.

use super::Verb;
use crate::{
    flow::{
        access::{Caller, Holder, May, Permit, SecretDigest},
        devices::Kiosk,
        second_factor::Owner,
    },
    web::Problem,
};
use actix_web::{FromRequest, Handler, HttpMessage, HttpRequest, Route, dev::Payload, guard, web};
use std::future::{Ready, ready};

/// The caller that the guard found out, for handlers that want to know who asks.
#[derive(Debug)]
pub struct Authenticated(pub Caller);

impl FromRequest for Authenticated {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Caller>().cloned();
        ready(caller.map(Self).ok_or_else(|| Problem::unauthenticated(false)))
    }
}

impl<C: May> FromRequest for Permit<C> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Authenticated::from_request(request, payload).into_inner();
        ready(caller.and_then(|Authenticated(caller)| Ok(caller.permit::<C>()?)))
    }
}

impl FromRequest for Holder {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let holder = request.extensions().get::<Self>().cloned();
        ready(holder.ok_or_else(|| Problem::unauthenticated(false)))
    }
}

/// Whoever signed in, by a session: people, holders, and those who have still to make their second factor.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Whose account.
    pub owner: Owner,
    /// Whether nothing else may be done until there is a second factor.
    pub is_unfinished: bool,
    /// The session.
    pub session: SecretDigest,
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let one = request.extensions().get::<Self>().cloned();
        ready(one.ok_or_else(|| Problem::unauthenticated(false)))
    }
}

impl FromRequest for Kiosk {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let kiosk = request.extensions().get::<Self>().cloned();
        ready(kiosk.ok_or_else(|| Problem::unauthenticated(false)))
    }
}

/// Arguments of a handler of which the first is this one.
pub trait BeginsWith<First> {}

macro_rules! begins_with {
    ($($rest:ident)*) => {
        impl<First $(, $rest)*> BeginsWith<First> for (First, $($rest,)*) {}
    };
}

begins_with!();
begins_with!(A);
begins_with!(A B);
begins_with!(A B D);
begins_with!(A B D E);

/// The handler itself, if its first argument is the permit that the table names.
pub(in crate::web) fn proven<C, F, Args>(handler: F) -> F
where
    C: May,
    F: Handler<Args>,
    Args: FromRequest + BeginsWith<Permit<C>> + 'static,
{
    handler
}

/// The handler itself, if its first argument is the holder who signed in.
pub(in crate::web) fn held<F, Args>(handler: F) -> F
where
    F: Handler<Args>,
    Args: FromRequest + BeginsWith<Holder> + 'static,
{
    handler
}

/// The handler itself, if its first argument is the kiosk.
pub(in crate::web) fn at_kiosk<F, Args>(handler: F) -> F
where
    F: Handler<Args>,
    Args: FromRequest + BeginsWith<Kiosk> + 'static,
{
    handler
}

/// The handler itself, if its first argument is whoever signed in.
pub(in crate::web) fn signed_in<F, Args>(handler: F) -> F
where
    F: Handler<Args>,
    Args: FromRequest + BeginsWith<SignedIn> + 'static,
{
    handler
}

/// A route of a verb; HEAD goes with GET.
pub(in crate::web) fn route(verb: Verb) -> Route {
    match verb {
        Verb::Get => web::route().guard(guard::Any(guard::Get()).or(guard::Head())),
        Verb::Post => web::post(),
        Verb::Delete => web::delete(),
    }
}
