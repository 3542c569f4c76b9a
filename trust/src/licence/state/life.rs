//! The list of acts, the walk through it, and what may be added.

use super::{Act, ActKind, ActRefusal, End, Standing, State};
use crate::{
    base::{Day, Moment},
    licence::{
        Expiry,
        identifier::{LicenceIdentifier, Version},
    },
};

/// Everything that was done to one licence, in the order of recording; begins
/// with its issue and holds legal acts only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    identifier: LicenceIdentifier,
    begins: Day,
    acts: Vec<Act>,
}

/// The walk through a life up to a day: 1 acts in the order of the days on
/// which they work · 2 before each, the end by date · 3 the act, unless the
/// licence has ended by another that overtook it.
struct Walk {
    standing: Standing,
    /// The latest day on which an act began to work.
    latest: Day,
    /// Every version that begins to work, in order.
    versions: Vec<VersionPeriod>,
}

struct VersionPeriod {
    version: Version,
    from: Day,
    until: Expiry,
}

impl Life {
    /// Begins a life with its issue. `identifier` names the licence in its
    /// first recorded version.
    ///
    /// # Errors
    /// [`ActRefusal`] by name, [`ActRefusal::NotIssued`] for another act.
    pub fn begin(identifier: LicenceIdentifier, issue: Act) -> Result<Self, ActRefusal> {
        if !matches!(issue.kind, ActKind::Issue { .. }) {
            return Err(ActRefusal::NotIssued(issue.kind));
        }
        issue.check_itself()?;
        Ok(Self { identifier, begins: issue.effective_from, acts: vec![issue] })
    }

    /// Builds a life from stored acts, in the order of recording.
    ///
    /// # Errors
    /// The first act that is not legal (index from 0) and why; index 0 also
    /// where there is none at all.
    pub fn replay(
        identifier: LicenceIdentifier,
        acts: impl IntoIterator<Item = Act>,
    ) -> Result<Self, (usize, ActRefusal)> {
        let mut acts = acts.into_iter();
        let issue = acts.next().ok_or((0, ActRefusal::NotIssued(ActKind::Cancel)))?;
        let mut life = Self::begin(identifier, issue).map_err(|refusal| (0, refusal))?;
        for (index, act) in (1..).zip(acts) {
            life.record(act).map_err(|refusal| (index, refusal))?;
        }
        Ok(life)
    }

    /// Adds an act.
    ///
    /// Acts work in the order in which they are recorded. Only revocation and
    /// cancellation may work from before an act that is recorded and still to
    /// come, which then never works; nothing may work from before an act that
    /// works already, but a withdrawal, which works from the beginning.
    ///
    /// # Errors
    /// [`ActRefusal`] by name; the life is as it was.
    pub fn record(&mut self, act: Act) -> Result<(), ActRefusal> {
        act.check_itself()?;
        let last = self.acts.last().map_or(act.recorded_at, |last| last.recorded_at);
        if act.recorded_at < last {
            return Err(ActRefusal::RecordedOutOfOrder { recorded_at: act.recorded_at, last });
        }
        if act.effective_from < self.begins {
            return Err(ActRefusal::BeforeTheBeginning { effective_from: act.effective_from, begins: self.begins });
        }
        let before = if act.kind == ActKind::Withdraw {
            self.before_withdrawal(&act)?
        } else {
            self.check_order(&act)?;
            self.walk(&self.acts, act.effective_from).standing
        };
        before.state.after(&act.kind)?;
        match &act.kind {
            ActKind::Change { .. } if before.version.next().is_none() => return Err(ActRefusal::VersionsUsedUp),
            ActKind::Renew { successor } if successor.same_licence(&self.identifier) => {
                return Err(ActRefusal::OwnSuccessor);
            }
            _ => {}
        }
        self.acts.push(act);
        Ok(())
    }

    /// What the licence is on a day, by everything that is recorded.
    pub fn on(&self, day: Day) -> Standing {
        self.answer(&self.acts, day)
    }

    /// What the registry knew at `known_at` of the licence's standing on a
    /// day; `None` where the issue was not recorded yet.
    pub fn on_as_known(&self, day: Day, known_at: Moment) -> Option<Standing> {
        let count = self.acts.iter().take_while(|act| act.recorded_at <= known_at).count();
        let known = self.acts.get(..count).filter(|known| !known.is_empty())?;
        Some(self.answer(known, day))
    }

    /// What one version of the licence is on a day: superseded where the next
    /// one took over, else as the licence; `None` for a version that never works.
    pub fn version_on(&self, version: Version, day: Day) -> Option<Standing> {
        let now = self.on(day);
        let versions = self.walk(until_withdrawal(&self.acts), Day::LAST).versions;
        let own = versions.iter().find(|own| own.version == version)?;
        let next = versions.iter().find(|next| Some(next.version) == version.next() && next.from <= day);
        let (state, since) = match next {
            _ if self.is_withdrawn() => (now.state, now.since),
            Some(next) => (State::Ended(End::Superseded), next.from),
            None if own.from > day => (State::NotYetInForce, own.from),
            None => (now.state, now.since),
        };
        Some(Standing { state, since, version, until: own.until })
    }

    /// The first day after one on which it is in force, on which it is not any more, by everything that is recorded; none
    /// where it stays in force.
    pub fn leaves_force_after(&self, day: Day) -> Option<Day> {
        let ends = self.acts.iter().filter_map(|act| match act.kind {
            ActKind::Issue { until: Expiry::After(last) } | ActKind::Change { until: Expiry::After(last) } => {
                last.next()
            }
            _ => None,
        });
        // between these days nothing happens
        let days = self.acts.iter().map(|act| act.effective_from).chain(ends).filter(|other| *other > day);
        days.filter(|other| self.on(*other).state != State::InForce).min()
    }

    /// The licence in its first recorded version.
    pub const fn identifier(&self) -> &LicenceIdentifier {
        &self.identifier
    }

    /// First day of the licence.
    pub const fn begins(&self) -> Day {
        self.begins
    }

    /// All acts in the order of recording; never empty.
    pub fn acts(&self) -> &[Act] {
        &self.acts
    }

    /// A withdrawal stands above the days: it decides all of them, those before
    /// the beginning too. Version and last day stay those that it met.
    fn answer(&self, known: &[Act], day: Day) -> Standing {
        let standing = self.walk(known, day).standing;
        let before = until_withdrawal(known);
        let Some(withdrawal) = known.get(before.len()) else {
            return standing;
        };
        let withdrawn_on = Day::in_beijing_at(withdrawal.recorded_at).unwrap_or(day);
        let met = self.walk(before, withdrawn_on.min(day)).standing;
        let state = match standing.state {
            State::NotYetInForce => State::Ended(End::Withdrawn),
            state => state,
        };
        Standing { state, since: standing.since, ..met }
    }

    fn is_withdrawn(&self) -> bool {
        until_withdrawal(&self.acts).len() < self.acts.len()
    }

    /// See [`Walk`].
    fn walk(&self, acts: &[Act], day: Day) -> Walk {
        let mut walk = Walk {
            standing: Standing {
                state: State::NotYetInForce,
                since: self.begins,
                version: self.identifier.version(),
                until: Expiry::Never,
            },
            latest: self.begins,
            versions: Vec::new(),
        };
        for act in in_order_of_working(acts).take_while(|act| act.effective_from <= day) {
            walk.expire(act.effective_from);
            walk.take(act);
        }
        walk.expire(day);
        if walk.standing.state == State::NotYetInForce
            && let Some(ActKind::Issue { until }) = acts.first().map(|act| &act.kind)
        {
            walk.standing.until = *until;
        }
        walk
    }

    /// Nothing works from before what works already.
    fn check_order(&self, act: &Act) -> Result<(), ActRefusal> {
        let withdrawal = self.acts.get(until_withdrawal(&self.acts).len());
        let begun = self.walk(&self.acts, Day::LAST).latest;
        // a withdrawal works from the beginning, but nothing follows from before its decision
        let later = withdrawal.map_or(begun, |withdrawal| begun.max(withdrawal.decision.decided_on));
        let overtakes = matches!(act.kind, ActKind::Revoke | ActKind::Cancel)
            && withdrawal.is_none()
            && Day::in_beijing_at(act.recorded_at).is_ok_and(|recorded_on| {
                let still_to_come = |other: &Act| other.effective_from > recorded_on;
                self.acts.iter().all(|other| other.effective_from <= act.effective_from || still_to_come(other))
            });
        if later > act.effective_from && !overtakes {
            return Err(ActRefusal::BackDated { effective_from: act.effective_from, later });
        }
        Ok(())
    }

    /// The standing that a withdrawal meets: that of the day of its recording.
    fn before_withdrawal(&self, act: &Act) -> Result<Standing, ActRefusal> {
        if act.effective_from != self.begins {
            return Err(ActRefusal::WithdrawalNotFromTheBeginning { begins: self.begins });
        }
        let recorded_on = Day::in_beijing_at(act.recorded_at).map_err(|_| ActRefusal::RecordedOutOfRange)?;
        Ok(self.on(recorded_on.max(self.begins)))
    }
}

/// The acts recorded before a withdrawal; all where there is none.
fn until_withdrawal(acts: &[Act]) -> &[Act] {
    let count = acts.iter().take_while(|act| act.kind != ActKind::Withdraw).count();
    acts.get(..count).unwrap_or(acts)
}

/// By the day on which they work; those of one day as recorded.
fn in_order_of_working(acts: &[Act]) -> impl Iterator<Item = &Act> {
    let mut sorted: Vec<&Act> = acts.iter().collect();
    sorted.sort_by_key(|act| act.effective_from);
    sorted.into_iter()
}

impl Walk {
    /// The end by date, as of a day.
    fn expire(&mut self, day: Day) {
        let standing = &mut self.standing;
        if matches!(standing.state, State::InForce | State::Suspended) && standing.until.is_past_on(day) {
            standing.state = State::Ended(End::Expired);
            if let Expiry::After(last) = standing.until {
                standing.since = last.next().unwrap_or(last);
            }
        }
    }

    /// One act; what is not legal any more was overtaken and does not work.
    fn take(&mut self, act: &Act) {
        let standing = &mut self.standing;
        let state = match &act.kind {
            ActKind::Issue { .. } if standing.state == State::NotYetInForce => State::InForce,
            kind => match standing.state.after(kind) {
                Ok(state) => state,
                Err(_) => return,
            },
        };
        if let ActKind::Change { .. } = act.kind {
            let Some(next) = standing.version.next() else { return };
            standing.version = next;
        }
        if let ActKind::Issue { until } | ActKind::Change { until } = act.kind {
            standing.until = until;
            self.versions.push(VersionPeriod { version: standing.version, from: act.effective_from, until });
        }
        // a change leaves the licence in force, without a new beginning
        if standing.state != state {
            standing.state = state;
            standing.since = act.effective_from;
        }
        self.latest = act.effective_from;
    }
}
