//! What comes often: who asks, codes that are made, codes that are redeemed. Each kind gathers those who come at once
//! (ADR 61).

use super::{
    AppState, Problem,
    gathered::{GatheredError, GatheredLane},
};
use crate::{
    flow::{
        access::{AccessSecret, Caller, Holder, Lookup, Permit, may},
        office::Office,
        people::Known,
        presentations::{self, Choice, PresentationError, Redeemed, RedemptionOrder, Shown},
        tokens,
    },
    store::StoreError,
};
use std::{io, sync::Arc};
use yinxin_trust::{base::Moment, licence::identifier::LicenceIdentifier};

/// How many of a kind are at work at a time. Those who come meanwhile are gathered, so that what a batch costs by itself is paid half as
/// often as with two; and two that redeem would be in each other's way, so that PostgreSQL has one of them begin anew.
const ONE: usize = 1;

/// A code that somebody wants to show.
pub(in crate::web) type Showing = (Holder, LicenceIdentifier, Choice);

/// A code that somebody wants to redeem.
pub(in crate::web) type Redeeming = (Permit<may::Redeem>, RedemptionOrder);

/// Lanes that gather.
pub(super) struct CounterLanes {
    sessions: GatheredLane<Lookup, Result<Option<Known>, StoreError>>,
    tokens: GatheredLane<Lookup, Result<Option<Caller>, StoreError>>,
    showing: GatheredLane<Showing, Result<Shown, PresentationError>>,
    redeeming: GatheredLane<Redeeming, Result<Redeemed, PresentationError>>,
}

impl CounterLanes {
    /// Starts them, each with room for so many that wait.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(office: &Arc<Office>, room: usize) -> io::Result<Self> {
        let of = || Arc::clone(office);
        let (sessions, tokens, showing, redeeming) = (of(), of(), of(), of());
        Ok(Self {
            sessions: GatheredLane::start("sessions", ONE, room, move |asked: Vec<Lookup>| {
                sessions.sign_in.known_all(&sessions.store, &asked)
            })?,
            tokens: GatheredLane::start("tokens", ONE, room, move |asked: Vec<Lookup>| {
                tokens::callers(&tokens.store, &asked)
            })?,
            showing: GatheredLane::start("showing", ONE, room, move |asked: Vec<Showing>| match &showing.issuer {
                Some(issuer) => presentations::show_all(issuer, &showing.presentations, &asked),
                None => asked.iter().map(|_| Err(PresentationError::NotHeld)).collect(),
            })?,
            redeeming: GatheredLane::start("redeeming", ONE, room, move |asked: Vec<Redeeming>| {
                match &redeeming.issuer {
                    Some(issuer) => presentations::redeem_all(issuer, &redeeming.presentations, &asked),
                    None => asked.iter().map(|_| Err(PresentationError::NotValid)).collect(),
                }
            })?,
        })
    }
}

impl AppState {
    /// Whose session that is; none where it has ended.
    ///
    /// # Errors
    /// `no_register`, `register_busy` when too many wait, what the register says.
    pub async fn session(&self, secret: AccessSecret) -> Result<Option<Known>, Problem> {
        answered(self.counter()?.sessions.ask((secret, self.now()?)).await)
    }

    /// Whose token that is; none where it has ended.
    ///
    /// # Errors
    /// As [`AppState::session`].
    pub async fn token(&self, secret: AccessSecret) -> Result<Option<Caller>, Problem> {
        answered(self.counter()?.tokens.ask((secret, self.now()?)).await)
    }

    /// Makes a code by which a licence is shown, in one write with those that are asked for beside it.
    ///
    /// # Errors
    /// `no_register`, `no_issuer`, `register_busy` when too many wait. Why there is no code is an answer.
    pub(super) async fn show(&self, wanted: Showing) -> Result<Result<Shown, PresentationError>, Problem> {
        self.issuer()?;
        seated(self.counter()?.showing.ask(wanted).await)
    }

    /// Redeems a code, in one write with those that are redeemed beside it.
    ///
    /// # Errors
    /// As [`AppState::show`], and why it was not redeemed.
    pub(super) async fn redeem(&self, wanted: Redeeming) -> Result<Redeemed, Problem> {
        self.issuer()?;
        answered(self.counter()?.redeeming.ask(wanted).await)
    }

    fn now(&self) -> Result<Moment, Problem> {
        self.office()?.clock.now().map_err(|error| Problem::broken(&error))
    }
}

fn seated<T>(asked: Result<T, GatheredError>) -> Result<T, Problem> {
    asked.map_err(|error| match error {
        GatheredError::Full => Problem::from(StoreError::Busy),
        GatheredError::Lane(error) => Problem::broken(&error),
    })
}

fn answered<T, E: Into<Problem>>(asked: Result<Result<T, E>, GatheredError>) -> Result<T, Problem> {
    seated(asked)?.map_err(Into::into)
}
