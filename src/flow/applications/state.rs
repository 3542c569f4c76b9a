//! From draft to issue: the states of an application, and what leads from one to the next.

/// Where an application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Entered, and with nobody else yet.
    Draft,
    /// Waits for a second person.
    Submitted,
    /// Approved; the key has not signed yet, or that is not known.
    Approved,
    /// Sent back to be corrected.
    Returned,
    /// Issued, or its act recorded.
    Issued,
}

/// What is done to an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Other data, by the one who entered it.
    Correct,
    /// Handed on, by the one who entered it.
    Submit,
    /// Agreed to, by somebody else. Again, where signing did not come to its end.
    Approve,
    /// Given back with a remark, by somebody else.
    SendBack,
    /// The licence is in the register, or the act recorded.
    Finish,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Submitted, Self::Approved, Self::Returned, Self::Issued];

    /// The register's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Approved => "approved",
            Self::Returned => "returned",
            Self::Issued => "issued",
        }
    }

    /// The state of a register's word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// The state after a step; `None` where the step cannot be taken. The whole table.
    pub const fn after(self, step: Step) -> Option<Self> {
        match (self, step) {
            (Self::Draft, Step::Correct) => Some(Self::Draft),
            (Self::Returned, Step::Correct) => Some(Self::Returned),
            (Self::Draft | Self::Returned, Step::Submit) => Some(Self::Submitted),
            (Self::Submitted | Self::Approved, Step::Approve) => Some(Self::Approved),
            // from approved only where no intent is open: `decide` looks
            (Self::Submitted | Self::Approved, Step::SendBack) => Some(Self::Returned),
            (Self::Approved, Step::Finish) => Some(Self::Issued),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{State as S, Step, Step as T};

    #[test]
    fn the_table_by_hand() {
        let table = [
            // from, correct, submit, approve, send back, finish
            (S::Draft, [Some(S::Draft), Some(S::Submitted), None, None, None]),
            (S::Submitted, [None, None, Some(S::Approved), Some(S::Returned), None]),
            (S::Approved, [None, None, Some(S::Approved), Some(S::Returned), Some(S::Issued)]),
            (S::Returned, [Some(S::Returned), Some(S::Submitted), None, None, None]),
            (S::Issued, [None; 5]),
        ];
        let steps = [T::Correct, T::Submit, T::Approve, T::SendBack, T::Finish];
        assert_eq!(table.map(|(from, _)| from), S::ALL);
        for (from, expected) in table {
            assert_eq!(steps.map(|step| from.after(step)), expected, "{from:?}");
            assert_eq!(S::of_word(from.as_str()), Some(from));
        }
        assert_eq!(S::of_word("Draft"), None);
    }

    #[test]
    fn nothing_is_issued_that_was_not_approved_after_its_last_correction() {
        for from in S::ALL.into_iter().filter(|state| *state != S::Approved) {
            assert_eq!(from.after(Step::Finish), None, "{from:?}");
        }
        for from in S::ALL {
            assert!(from.after(Step::Correct).is_none_or(|to| to == from && to.after(Step::Approve).is_none()));
        }
    }
}
