//! The stable words for what a person or a token may be.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A word that is none of these.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("one of {known} is wanted")]
pub struct UnknownWord {
    /// The words there are.
    known: &'static str,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $known:literal: $($(#[$each:meta])* $variant:ident = $word:literal, $zh:literal;)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$each])* $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable word, as stored.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What people call it in Chinese.
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh,)* }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text).ok_or(UnknownWord { known: $known })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What a person is in their body. One person may be several.
    Role, "officer, approver, seal_keeper, clerk, auditor, administrator":
    /// Enters applications.
    Officer = "officer", "经办";
    /// Decides on them; what was approved is issued.
    Approver = "approver", "审核";
    /// Keeps the seals.
    SealKeeper = "seal_keeper", "印章管理";
    /// Looks at licences at the window, each time for a purpose.
    Clerk = "clerk", "窗口";
    /// Reads what was done.
    Auditor = "auditor", "审计";
    /// Manages people and tokens.
    Administrator = "administrator", "管理员";
}

impl Role {
    /// Whether those who are this work at windows: where devices are required, at one of them alone.
    pub const fn works_at_windows(self) -> bool {
        matches!(self, Self::Clerk)
    }
}

words! {
    /// What a token is for.
    Scope, "issue, act, read, standing, redeem, receipt, stamp":
    /// Issues licences.
    Issue = "issue", "制发";
    /// Changes, suspends, revokes and so on.
    Act = "act", "变更";
    /// Reads whole licences of its body.
    Read = "read", "读取";
    /// Asks how licences stand.
    Standing = "standing", "状态查询";
    /// Redeems the codes by which holders show licences.
    Redeem = "redeem", "扫码核验";
    /// Has receipts of verifications made, and reads them.
    Receipt = "receipt", "核验凭证";
    /// Stamps documents made elsewhere, by a grant.
    Stamp = "stamp", "用章";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_there_and_back_and_in_the_error() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(*role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
            assert!("x".parse::<Role>().unwrap_err().known.contains(role.as_str()));
        }
        for scope in Scope::ALL {
            assert_eq!(scope.as_str().parse(), Ok(*scope));
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
            assert!("x".parse::<Scope>().unwrap_err().known.contains(scope.as_str()));
        }
        assert!("Officer".parse::<Role>().is_err() && "".parse::<Scope>().is_err());
    }
}
