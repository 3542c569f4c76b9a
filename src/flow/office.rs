//! What a service that has a register works with.

use super::{
    demo::Demo,
    issuer::Issuer,
    letters::Letters,
    oidc::Providers,
    people::{HashFault, SignIn},
    presentations::Presentations,
    second_factor::Factors,
};
use crate::{clock::Clock, store::Store};
use std::sync::Arc;

/// How long a code counts by which a licence is shown, where nothing else is said, seconds.
const PRESENTATION_SECONDS: u32 = 60;

/// The same of offline codes, hours.
const OFFLINE_HOURS: u32 = 24;

/// The register, the clock, and where people sign in. Shared by all requests.
pub struct Office {
    /// The register.
    pub store: Arc<Store>,
    /// The one clock.
    pub clock: Arc<dyn Clock>,
    /// Where people sign in.
    pub sign_in: SignIn,
    /// How licences are shown.
    pub presentations: Presentations,
    /// What issuing works with; none where no keys are configured.
    pub issuer: Option<Arc<Issuer>>,
    /// Where natural persons sign letters; none without an authority of our own.
    pub letters: Option<Arc<Letters>>,
    /// Where else people and holders sign in.
    pub providers: Option<Arc<Providers>>,
    /// The accounts of a demonstration; none of any other service.
    pub demo: Option<Arc<Demo>>,
}

impl Office {
    /// Sessions end `session_hours` after they began.
    ///
    /// # Errors
    /// [`HashFault`] where no password hash can be made.
    pub fn new(store: Arc<Store>, clock: Arc<dyn Clock>, session_hours: u32) -> Result<Self, HashFault> {
        let presentations = Presentations::new(PRESENTATION_SECONDS, OFFLINE_HOURS);
        let sign_in = SignIn::new(session_hours)?;
        Ok(Self { store, clock, sign_in, presentations, issuer: None, letters: None, providers: None, demo: None })
    }

    /// And codes count for so many seconds, offline codes for so many hours.
    #[must_use]
    pub fn with_presentations(self, seconds: u32, offline_hours: u32) -> Self {
        Self { presentations: Presentations::new(seconds, offline_hours), ..self }
    }

    /// And annotated copies may be used for so many days at most.
    #[must_use]
    pub fn with_copy_days(self, days: u32) -> Self {
        Self { presentations: self.presentations.with_copy_days(days), ..self }
    }

    /// And accounts may have second factors, some must.
    #[must_use]
    pub fn with_factors(self, factors: Factors) -> Self {
        Self { sign_in: self.sign_in.with_factors(factors), ..self }
    }

    /// And people and holders sign in elsewhere.
    #[must_use]
    pub fn with_providers(self, providers: Arc<Providers>) -> Self {
        Self { providers: Some(providers), ..self }
    }

    /// And is a demonstration, in which anybody at the machine signs in at once.
    #[must_use]
    pub fn with_demo(self, demo: Arc<Demo>) -> Self {
        Self { demo: Some(demo), ..self }
    }

    /// And natural persons sign letters.
    #[must_use]
    pub fn with_letters(self, letters: Arc<Letters>) -> Self {
        Self { letters: Some(letters), ..self }
    }

    /// And issues.
    #[must_use]
    pub fn with_issuer(self, issuer: Arc<Issuer>) -> Self {
        Self { issuer: Some(issuer), ..self }
    }
}
