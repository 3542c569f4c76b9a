//! From being given to its end.

use super::{Basis, Beyond, DelegationRefusal, Matter, Scope, Settler};
use crate::base::{Day, Moment};
use core::fmt;

/// At which birthday somebody is of age, in years (民法典第十七条).
const OF_AGE: u16 = 18;

/// Who did something: what kind of actor, a stable word, and which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// What kind of actor.
    pub kind: Box<str>,
    /// Which.
    pub id: Box<str>,
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// By whom.
    pub by: By,
    /// When.
    pub at: Moment,
}

/// For whom somebody ends a delegation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// Whose licences they are, or who speaks for that organisation.
    Principal,
    /// Who shows them.
    Agent,
    /// The office that entered it.
    Office,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// 未接受: the agent declined.
    Declined,
    /// 不予登记: the second person refused.
    Refused,
    /// 已收回: by the principal, or by the office for them.
    Revoked,
    /// 已辞去: by the agent.
    LaidDown,
    /// 已到期: its last day is past.
    Expired,
}

/// What it is on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// 待接受 or 待复核: nobody agreed yet.
    Waiting,
    /// 未到期限: agreed, and its first day is to come.
    NotYet,
    /// 有效: the only state in which it permits anything.
    InForce,
    /// For good.
    Ended(End),
}

/// A delegation and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    basis: Basis,
    scope: Scope,
    first: Day,
    last: Day,
    opened: Step,
    settled: Option<Step>,
    ended: Option<(End, Step)>,
}

impl Delegation {
    /// Gives one, on a day in Beijing.
    ///
    /// # Errors
    /// [`DelegationRefusal`] by name.
    pub fn open(
        basis: Basis,
        scope: Scope,
        (first, last): (Day, Day),
        opened: Step,
        today: Day,
    ) -> Result<Self, DelegationRefusal> {
        let fits = match scope {
            Scope::Everything => basis.is_guardianship(),
            Scope::Appointing => basis == Basis::Administrator,
            Scope::These { .. } => !basis.is_guardianship() && basis != Basis::Administrator,
        };
        if !fits {
            return Err(DelegationRefusal::OtherScope(basis));
        }
        if last < first {
            return Err(DelegationRefusal::EndsBeforeItBegins { first, last });
        }
        if first < today {
            return Err(DelegationRefusal::WorksBack { first, today });
        }
        let most_years = basis.most_years();
        if first.last_of_years(most_years).is_some_and(|most| last > most) {
            return Err(DelegationRefusal::TooLong { most_years });
        }
        Ok(Self { basis, scope, first, last, opened, settled: None, ended: None })
    }

    /// One as it was stored: what [`Delegation::open`] refuses today was right when it was given.
    pub fn stored(
        (basis, scope): (Basis, Scope),
        (first, last): (Day, Day),
        opened: Step,
        settled: Option<Step>,
        ended: Option<(End, Step)>,
    ) -> Self {
        Self { basis, scope, first, last, opened, settled, ended }
    }

    /// The agent accepts or declines, or the second person approves or refuses.
    ///
    /// # Errors
    /// [`DelegationRefusal`] by name; it is as it was.
    pub fn settle(&mut self, by: Step, agrees: bool, today: Day) -> Result<(), DelegationRefusal> {
        let state = self.state(today);
        if state != State::Waiting {
            return Err(DelegationRefusal::NotWaiting(state));
        }
        let settler = self.basis.settler();
        if settler == Settler::SecondPerson && by.by == self.opened.by {
            return Err(DelegationRefusal::OwnEntry);
        }
        match (agrees, settler) {
            (true, _) => self.settled = Some(by),
            (false, Settler::Agent) => self.ended = Some((End::Declined, by)),
            (false, Settler::SecondPerson) => self.ended = Some((End::Refused, by)),
        }
        Ok(())
    }

    /// Ends it at once, for a party that may. A guardian does not lay a guardianship down, nor does a ward end
    /// it: that is for the office, by a decision.
    ///
    /// # Errors
    /// [`DelegationRefusal`] by name; it is as it was.
    pub fn end(&mut self, by: Step, party: Party, today: Day) -> Result<(), DelegationRefusal> {
        if let State::Ended(end) = self.state(today) {
            return Err(DelegationRefusal::Ended(end));
        }
        let end = match (self.basis, party) {
            (Basis::Minor | Basis::Ward, Party::Office) => End::Revoked,
            (Basis::Minor | Basis::Ward, Party::Principal | Party::Agent) => return Err(DelegationRefusal::NotTheirs),
            (Basis::Online | Basis::Organisation | Basis::Administrator, Party::Office) => {
                return Err(DelegationRefusal::NotTheirs);
            }
            (_, Party::Agent) => End::LaidDown,
            (_, Party::Principal | Party::Office) => End::Revoked,
        };
        self.ended = Some((end, by));
        Ok(())
    }

    /// What it is on a day in Beijing.
    pub fn state(&self, today: Day) -> State {
        match (&self.ended, &self.settled) {
            (Some((end, _)), _) => State::Ended(*end),
            (None, _) if today > self.last => State::Ended(End::Expired),
            (None, None) => State::Waiting,
            (None, Some(_)) if today < self.first => State::NotYet,
            (None, Some(_)) => State::InForce,
        }
    }

    /// Whether it permits fields of a licence to be shown on a day, for a purpose.
    ///
    /// # Errors
    /// [`Beyond`], the first of state, licence, field and matter.
    pub fn permits<'f>(
        &self,
        licence: &str,
        fields: impl IntoIterator<Item = &'f str>,
        purpose: &str,
        today: Day,
    ) -> Result<(), Beyond> {
        match self.state(today) {
            State::InForce => self.scope.covers(licence, fields, purpose),
            other => Err(Beyond::NotInForce(other)),
        }
    }

    /// For which matter it permits an annotated copy of a licence to be made on a day; `fields` are all that can be shown of
    /// the licence.
    ///
    /// # Errors
    /// [`Beyond`], the first of state, copies, licence and field.
    pub fn permits_copy<'f>(
        &self,
        licence: &str,
        fields: impl IntoIterator<Item = &'f str>,
        today: Day,
    ) -> Result<&Matter, Beyond> {
        match (self.state(today), self.scope.matter()) {
            (State::InForce, Some(matter)) if self.scope.names_copies() => {
                self.scope.covers(licence, fields, matter.as_str())?;
                Ok(matter)
            }
            (State::InForce, _) => Err(Beyond::NoCopies),
            (other, _) => Err(Beyond::NotInForce(other)),
        }
    }

    /// What it rests on.
    pub const fn basis(&self) -> Basis {
        self.basis
    }

    /// What it covers.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// First and last day.
    pub const fn days(&self) -> (Day, Day) {
        (self.first, self.last)
    }

    /// By whom it was given or entered.
    pub const fn opened(&self) -> &Step {
        &self.opened
    }

    /// Who agreed.
    pub const fn settled(&self) -> Option<&Step> {
        self.settled.as_ref()
    }

    /// Who ended it, and how; none where its last day did.
    pub const fn ended(&self) -> Option<&(End, Step)> {
        self.ended.as_ref()
    }
}

/// The last day on which somebody who was born on a day is a minor: the day before the eighteenth birthday, which
/// for the 29th of February is the 1st of March. `None` past the year 9999.
pub fn last_day_of_minority(born_on: Day) -> Option<Day> {
    born_on.last_of_years(OF_AGE)
}

impl End {
    /// Every end.
    pub const ALL: [Self; 5] = [Self::Declined, Self::Refused, Self::Revoked, Self::LaidDown, Self::Expired];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Declined => "declined",
            Self::Refused => "refused",
            Self::Revoked => "revoked",
            Self::LaidDown => "laid_down",
            Self::Expired => "expired",
        }
    }

    /// The end of a stable word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.as_str() == word)
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LaidDown => "laid down",
            other => other.as_str(),
        })
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiting => f.write_str("waiting"),
            Self::NotYet => f.write_str("not yet in force"),
            Self::InForce => f.write_str("in force"),
            Self::Ended(end) => end.fmt(f),
        }
    }
}
