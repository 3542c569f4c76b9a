//! The list of acts, the walk through it, and what may be added.

use super::{Act, ActKind, ActRefusal, End, Standing, State, StateFrom};
use crate::base::Moment;

/// Everything that was done to one seal, in the order of recording; begins with its
/// application or founding and holds legal acts only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    acts: Vec<Act>,
}

/// The walk through a life up to an instant: 1 acts in the order of the instants at which
/// they work · 2 before each, the end by date · 3 the act, unless another overtook it.
struct Walk {
    standing: Standing,
    passed: Vec<StateFrom>,
}

impl Life {
    /// Begins a life.
    ///
    /// # Errors
    /// [`ActRefusal`] by name, [`ActRefusal::NotApplied`] for another act.
    pub fn begin(first: Act) -> Result<Self, ActRefusal> {
        if !matches!(first.kind, ActKind::Apply | ActKind::Found { .. }) {
            return Err(ActRefusal::NotApplied(first.kind));
        }
        first.check_itself()?;
        Ok(Self { acts: vec![first] })
    }

    /// Builds a life from stored acts, in the order of recording.
    ///
    /// # Errors
    /// The first act that is not legal (index from 0) and why; `None` where there is none at all.
    pub fn replay(acts: impl IntoIterator<Item = Act>) -> Result<Self, Option<(usize, ActRefusal)>> {
        let mut acts = acts.into_iter();
        let first = acts.next().ok_or(None)?;
        let mut life = Self::begin(first).map_err(|refusal| Some((0, refusal)))?;
        for (index, act) in (1..).zip(acts) {
            life.record(act).map_err(|refusal| Some((index, refusal)))?;
        }
        Ok(life)
    }

    /// Adds an act.
    ///
    /// # Errors
    /// [`ActRefusal`] by name; the life is as it was.
    pub fn record(&mut self, act: Act) -> Result<(), ActRefusal> {
        act.check_itself()?;
        let last = self.acts.last().map_or(act.recorded_at, |last| last.recorded_at);
        if act.recorded_at < last {
            return Err(ActRefusal::RecordedOutOfOrder { recorded_at: act.recorded_at, last });
        }
        if matches!(act.kind, ActKind::Approve | ActKind::Refuse) && self.acts.first().is_some_and(|a| a.by == act.by) {
            return Err(ActRefusal::OwnApplication);
        }
        let at = act.effective_from;
        if act.kind == ActKind::Invalidate {
            if let Some(made) = self.made_at().filter(|made| at < *made) {
                return Err(ActRefusal::BeforeTheMaking { effective_from: at, made });
            }
        } else if let Some(later) = self.working_after(at, act.recorded_at) {
            return Err(ActRefusal::BackDated { effective_from: at, later });
        }
        self.walk(&self.acts, at).standing.state.after(&act.kind)?;
        self.acts.push(act);
        Ok(())
    }

    /// What the seal is at an instant, by everything that is recorded.
    pub fn at(&self, instant: Moment) -> Standing {
        self.walk(&self.acts, instant).standing
    }

    /// What the register knew at `known_at` of the seal at an instant; `None` where nothing
    /// was recorded yet.
    pub fn at_as_known(&self, instant: Moment, known_at: Moment) -> Option<Standing> {
        let count = self.acts.iter().take_while(|act| act.recorded_at <= known_at).count();
        let known = self.acts.get(..count).filter(|known| !known.is_empty())?;
        Some(self.walk(known, instant).standing)
    }

    /// The states it goes through, each with its first instant, those to come too; ends with
    /// the last that is known.
    pub fn states(&self) -> Vec<StateFrom> {
        let far = self.acts.iter().map(|act| act.effective_from).chain(self.until().map(after)).max();
        far.map(|far| self.walk(&self.acts, far).passed).unwrap_or_default()
    }

    /// When it was made or founded; none before.
    pub fn made_at(&self) -> Option<Moment> {
        let made = |act: &&Act| matches!(act.kind, ActKind::Make { .. } | ActKind::Found { .. });
        self.acts.iter().find(made).map(|act| act.effective_from)
    }

    /// Its last instant by its date; none before it is made.
    pub fn until(&self) -> Option<Moment> {
        self.acts.iter().find_map(|act| match act.kind {
            ActKind::Make { until, .. } | ActKind::Found { until, .. } => Some(until),
            _ => None,
        })
    }

    /// All acts in the order of recording; never empty.
    pub fn acts(&self) -> &[Act] {
        &self.acts
    }

    /// The first instant of an act that works later than `at`, and works already.
    fn working_after(&self, at: Moment, now: Moment) -> Option<Moment> {
        let begun = self.acts.iter().map(|act| act.effective_from).filter(|from| *from <= now);
        begun.max().filter(|latest| *latest > at)
    }

    /// See [`Walk`].
    fn walk(&self, acts: &[Act], instant: Moment) -> Walk {
        let mut sorted: Vec<&Act> = acts.iter().collect();
        sorted.sort_by_key(|act| act.effective_from);
        let begins = acts.first().map_or(instant, |act| act.effective_from);
        let mut walk =
            Walk { standing: Standing { state: State::Applied, since: begins, until: None }, passed: Vec::new() };
        for act in sorted.into_iter().take_while(|act| act.effective_from <= instant) {
            walk.expire(act.effective_from);
            walk.take(act);
        }
        walk.expire(instant);
        walk
    }
}

impl Walk {
    fn take(&mut self, act: &Act) {
        if let ActKind::Make { until, .. } | ActKind::Found { until, .. } = act.kind {
            self.standing.until = Some(until);
        }
        let state = match act.kind {
            ActKind::Apply => Ok(State::Applied),
            ActKind::Found { .. } => Ok(State::InUse),
            _ => self.standing.state.after(&act.kind),
        };
        // what is not legal any more was overtaken
        if let Ok(state) = state {
            self.enter(state, act.effective_from);
        }
    }

    /// The end by date, as of an instant.
    fn expire(&mut self, instant: Moment) {
        let runs = matches!(self.standing.state, State::Made | State::InUse | State::Suspended);
        if let Some(until) = self.standing.until.filter(|until| runs && instant > *until) {
            self.enter(State::Ended(End::Expired), after(until));
        }
    }

    fn enter(&mut self, state: State, from: Moment) {
        let is_other = self.standing.state != state || self.passed.is_empty();
        if is_other {
            (self.standing.state, self.standing.since) = (state, from);
            // a state that did not last is none that anything could happen in
            self.passed.retain(|passed| passed.from < from);
            self.passed.push(StateFrom { state, from });
        }
    }
}

/// The instant after the last.
fn after(last: Moment) -> Moment {
    Moment::from_unix_milliseconds(last.unix_milliseconds().saturating_add(1)).unwrap_or(last)
}
