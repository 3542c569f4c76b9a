//! What a delegation rests on.

/// What a delegation rests on, and so who settles it, who may end it and how long it may last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// 本人线上授权: the principal signed in.
    Online,
    /// 窗口书面委托（当面核对身份证）: the principal stood at the window with an identity card.
    IdentityCard,
    /// 窗口书面委托（挂号信）: the principal sent a registered letter.
    Letter,
    /// 未成年人的监护人.
    Minor,
    /// 无民事行为能力或限制民事行为能力的成年人的监护人, by a decision.
    Ward,
    /// 单位指派: the legal representative or an administrator of an organisation.
    Organisation,
    /// 单位管理员: appointed by the legal representative, to appoint others.
    Administrator,
}

/// Whose agreement makes it work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settler {
    /// The agent accepts.
    Agent,
    /// Somebody of the office who did not enter it.
    SecondPerson,
}

impl Basis {
    /// Every basis.
    pub const ALL: [Self; 7] = [
        Self::Online,
        Self::IdentityCard,
        Self::Letter,
        Self::Minor,
        Self::Ward,
        Self::Organisation,
        Self::Administrator,
    ];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::IdentityCard => "identity_card",
            Self::Letter => "letter",
            Self::Minor => "minor",
            Self::Ward => "ward",
            Self::Organisation => "organisation",
            Self::Administrator => "administrator",
        }
    }

    /// The basis of a stable word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.as_str() == word)
    }

    /// Whether it rests on a paper that somebody looked at, which is weaker than a principal who signed in.
    pub const fn is_weaker(self) -> bool {
        matches!(self, Self::IdentityCard | Self::Letter)
    }

    /// Whether it is the recorded relation of a guardian.
    pub const fn is_guardianship(self) -> bool {
        matches!(self, Self::Minor | Self::Ward)
    }

    /// Whose agreement makes it work.
    pub const fn settler(self) -> Settler {
        match self {
            Self::Online | Self::Organisation | Self::Administrator => Settler::Agent,
            Self::IdentityCard | Self::Letter | Self::Minor | Self::Ward => Settler::SecondPerson,
        }
    }

    /// Longest time from the first day on, in years. \[ADVICE\] A paper for one, a decision for five, what can be
    /// looked at and ended at any time for three.
    pub const fn most_years(self) -> u16 {
        match self {
            Self::IdentityCard | Self::Letter => 1,
            Self::Online | Self::Organisation | Self::Administrator => 3,
            Self::Ward => 5,
            Self::Minor => 18,
        }
    }
}
