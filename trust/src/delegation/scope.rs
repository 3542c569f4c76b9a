//! What a delegation covers.

use super::{Beyond, Matter};
use std::collections::{BTreeMap, BTreeSet};

/// Most licences of one delegation.
pub const MOST_LICENCES: usize = 50;
/// Most fields of one licence.
const MOST_FIELDS: usize = 200;

/// What a delegation covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything that the principal could show, for whatever matter: a guardian stands in the ward's place.
    Everything,
    /// Nothing is shown by it: an administrator appoints those who show.
    Appointing,
    /// Some fields of some licences, for one matter.
    These {
        /// Names of fields by licence, each licence by a handle that its renewal keeps. Neither is ever empty.
        fields: BTreeMap<Box<str>, BTreeSet<Box<str>>>,
        /// For what.
        matter: Matter,
        /// Whether the agent may have annotated copies (加注件) made for the matter, of licences that are covered whole: a
        /// copy shows the whole licence.
        copies: bool,
    },
}

/// Why something is no [`Scope`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopeOffence {
    /// Nothing is covered.
    #[error("a delegation covers at least one licence")]
    NoLicence,
    /// A licence of which nothing may be shown.
    #[error("a delegation covers at least one field of each of its licences")]
    NoField,
    /// More than a person could look through.
    #[error("a delegation covers at most {MOST_LICENCES} licences and {MOST_FIELDS} fields of each")]
    TooMuch,
}

impl Scope {
    /// Some fields of some licences for one matter.
    ///
    /// # Errors
    /// [`ScopeOffence`].
    pub fn these(fields: BTreeMap<Box<str>, BTreeSet<Box<str>>>, matter: Matter) -> Result<Self, ScopeOffence> {
        if fields.is_empty() {
            Err(ScopeOffence::NoLicence)
        } else if fields.values().any(BTreeSet::is_empty) {
            Err(ScopeOffence::NoField)
        } else if fields.len() > MOST_LICENCES || fields.values().any(|names| names.len() > MOST_FIELDS) {
            Err(ScopeOffence::TooMuch)
        } else {
            Ok(Self::These { fields, matter, copies: false })
        }
    }

    /// The same with annotated copies; what a guardian or an administrator has names none.
    #[must_use]
    pub fn with_copies(self) -> Self {
        match self {
            Self::These { fields, matter, .. } => Self::These { fields, matter, copies: true },
            other => other,
        }
    }

    /// Whether it names annotated copies.
    pub const fn names_copies(&self) -> bool {
        matches!(self, Self::These { copies: true, .. })
    }

    /// The matter; none where every matter is covered, or none.
    pub const fn matter(&self) -> Option<&Matter> {
        match self {
            Self::Everything | Self::Appointing => None,
            Self::These { matter, .. } => Some(matter),
        }
    }

    /// Whether a licence is covered.
    pub fn covers_licence(&self, licence: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Appointing => false,
            Self::These { fields, .. } => fields.contains_key(licence),
        }
    }

    /// Whether a field of a licence is covered.
    pub fn covers_field(&self, licence: &str, field: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Appointing => false,
            Self::These { fields, .. } => fields.get(licence).is_some_and(|names| names.contains(field)),
        }
    }

    /// Whether fields of a licence are covered, for a purpose.
    ///
    /// # Errors
    /// [`Beyond`], the first of licence, field and matter that is.
    pub(super) fn covers<'f>(
        &self,
        licence: &str,
        names: impl IntoIterator<Item = &'f str>,
        purpose: &str,
    ) -> Result<(), Beyond> {
        if !self.covers_licence(licence) {
            return Err(Beyond::OtherLicence);
        }
        if let Some(name) = names.into_iter().find(|name| !self.covers_field(licence, name)) {
            return Err(Beyond::OtherField(name.into()));
        }
        match self.matter() {
            Some(matter) if !matter.is(purpose) => Err(Beyond::OtherMatter),
            _ => Ok(()),
        }
    }
}
