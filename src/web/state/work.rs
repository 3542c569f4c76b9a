//! Where work is done: each kind on threads of its own, with what it needs.

use super::AppState;
use crate::{
    flow::{
        issuer::Issuer,
        letters::{LetterError, Table},
        office::Office,
        presentations::Presentations,
        trust::ListInUse,
        window::Counter,
    },
    store::StoreError,
    web::{
        Problem,
        counter::CounterLanes,
        lanes::{Lane, Seat},
    },
};
use std::sync::Arc;
use yinxin_trust::base::Moment;

impl AppState {
    /// Runs a job of the window on the lane of the register, with what it verifies by.
    ///
    /// # Errors
    /// As [`AppState::with_issuer`].
    pub async fn at_window<T, E>(
        &self,
        job: impl FnOnce(&Counter<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem>,
    {
        let verifier = Arc::clone(&self.0.verifier);
        self.at_the_counter(move |issuer, presentations| job(&Counter { issuer, verifier: &verifier, presentations }))
            .await
    }

    /// What a service with a register works with.
    ///
    /// # Errors
    /// `no_register` where this service has none.
    pub fn office(&self) -> Result<&Arc<Office>, Problem> {
        self.0.office.as_ref().ok_or_else(Problem::no_register)
    }

    /// Runs a job on the register, on a thread of its lane, with the time it begins.
    ///
    /// # Errors
    /// `no_register`, `register_busy` when the lane is full, what the job says.
    pub async fn in_office<T, E>(
        &self,
        job: impl FnOnce(&Office, Moment) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem>,
    {
        self.at_work(&self.0.office_lane, job).await
    }

    /// The same on the lane of those who sign in, whose hashes take long: a rush
    /// there does not keep others from their work.
    ///
    /// # Errors
    /// As [`AppState::in_office`].
    pub async fn at_sign_in<T, E>(
        &self,
        job: impl FnOnce(&Office, Moment) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem>,
    {
        self.at_work(&self.0.sign_in_lane, job).await
    }

    /// The same on the lane of those who sign in elsewhere: a provider that is slow keeps nobody else waiting.
    ///
    /// # Errors
    /// As [`AppState::in_office`].
    pub async fn at_providers<T, E>(
        &self,
        job: impl FnOnce(&Office, Moment) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem>,
    {
        self.at_work(&self.0.provider_lane, job).await
    }

    async fn at_work<T, E>(
        &self,
        lane: &Lane,
        job: impl FnOnce(&Office, Moment) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem>,
    {
        let office = Arc::clone(self.office()?);
        let seat = lane.admit().ok_or_else(|| Problem::from(StoreError::Busy))?;
        Self::seated(lane, seat, office, job).await
    }

    /// Runs a job with the issuer, on the lane of the register.
    ///
    /// # Errors
    /// As [`AppState::in_office`]; `no_issuer` where no keys are configured.
    pub async fn with_issuer<T, E>(
        &self,
        job: impl FnOnce(&Issuer) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem>,
    {
        let issuer = self.issuer()?;
        self.in_office(move |_, _| job(&issuer)).await
    }

    /// The same with what showing and redeeming needs.
    ///
    /// # Errors
    /// As [`AppState::with_issuer`].
    pub async fn at_the_counter<T, E>(
        &self,
        job: impl FnOnce(&Issuer, &Presentations) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem>,
    {
        let issuer = self.issuer()?;
        self.in_office(move |office, _| job(&issuer, &office.presentations)).await
    }

    /// Where those who come at once are gathered.
    ///
    /// # Errors
    /// `no_register`.
    pub(in crate::web) fn counter(&self) -> Result<&CounterLanes, Problem> {
        self.0.counter.as_ref().ok_or_else(Problem::no_register)
    }

    /// Runs a job of somebody who writes a letter, on the lane of those who sign in: each takes a hash, or draws a page.
    ///
    /// # Errors
    /// As [`AppState::with_issuer`]; `no_personal_keys` where no authority is configured.
    pub async fn at_letters<T, E>(
        &self,
        job: impl FnOnce(&Table<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem>,
    {
        let issuer = self.issuer()?;
        let letters = self.office()?.letters.clone().ok_or(LetterError::NotConfigured)?;
        self.at_sign_in(move |office, _| job(&Table { issuer: &issuer, sign_in: &office.sign_in, letters: &letters }))
            .await
    }

    /// Runs a job with the issuer on the lane of issuing, where each job draws,
    /// verifies and signs: neither reading nor acting waits behind it.
    ///
    /// # Errors
    /// `no_register`, `no_issuer`, `issuing_busy` when the lane is full, what the job says.
    pub async fn at_issuing<T, E>(
        &self,
        job: impl FnOnce(&Issuer) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem>,
    {
        let (office, issuer, lane) = (Arc::clone(self.office()?), self.issuer()?, &self.0.issue_lane);
        let wait = self.0.serve.lanes.retry_after_seconds;
        let seat = lane.admit().ok_or_else(|| Problem::issuing_busy(wait))?;
        Self::seated(lane, seat, office, move |_, _| job(&issuer)).await
    }

    /// Runs a job with the issuer on the lane of answers that are signed for anybody: a rush there keeps nobody
    /// from their work, and no more than its threads use a key at once.
    ///
    /// # Errors
    /// `no_register`, `no_issuer`, `busy` when the lane is full, what the job says.
    pub async fn at_signing<T, E>(
        &self,
        job: impl FnOnce(&Issuer) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem>,
    {
        let (office, issuer, lane) = (Arc::clone(self.office()?), self.issuer()?, &self.0.signed_lane);
        let wait = self.0.serve.lanes.retry_after_seconds;
        let seat = lane.admit().ok_or_else(|| Problem::busy(wait))?;
        Self::seated(lane, seat, office, move |_, _| job(&issuer)).await
    }

    /// The same with what redeeming needs, and the trust lists in use.
    ///
    /// # Errors
    /// As [`AppState::at_signing`].
    pub async fn at_resolving<T, E>(
        &self,
        job: impl FnOnce(&Issuer, &Presentations, &[ListInUse]) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem>,
    {
        let office = Arc::clone(self.office()?);
        let verifier = Arc::clone(&self.0.verifier);
        self.at_signing(move |issuer| job(issuer, &office.presentations, &verifier.lists_in_use())).await
    }

    pub(in crate::web) fn issuer(&self) -> Result<Arc<Issuer>, Problem> {
        self.office()?.issuer.clone().ok_or_else(Problem::no_issuer)
    }

    async fn seated<T, E>(
        lane: &Lane,
        seat: Seat,
        office: Arc<Office>,
        job: impl FnOnce(&Office, Moment) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem>,
    {
        let job = move || {
            let now = office.clock.now().map_err(|error| Problem::broken(&error))?;
            job(&office, now).map_err(Into::into)
        };
        lane.run(seat, job).await.map_err(|error| Problem::broken(&error))?
    }
}
