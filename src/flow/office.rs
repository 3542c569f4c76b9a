//! What a service that has a register works with.

use super::{
    issuer::Issuer,
    people::{HashFault, SignIn},
};
use crate::{clock::Clock, store::Store};
use std::sync::Arc;

/// The register, the clock, and where people sign in. Shared by all requests.
pub struct Office {
    /// The register.
    pub store: Arc<Store>,
    /// The one clock.
    pub clock: Arc<dyn Clock>,
    /// Where people sign in.
    pub sign_in: SignIn,
    /// What issuing works with; none where no keys are configured.
    pub issuer: Option<Arc<Issuer>>,
}

impl Office {
    /// Sessions end `session_hours` after they began.
    ///
    /// # Errors
    /// [`HashFault`] where no password hash can be made.
    pub fn new(store: Arc<Store>, clock: Arc<dyn Clock>, session_hours: u32) -> Result<Self, HashFault> {
        Ok(Self { store, clock, sign_in: SignIn::new(session_hours)?, issuer: None })
    }

    /// And issues.
    #[must_use]
    pub fn with_issuer(self, issuer: Arc<Issuer>) -> Self {
        Self { issuer: Some(issuer), ..self }
    }
}
