//! Whom a locality trusts: the certificates at which certification paths end.

/// The anchors a check is made against.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    mode: Mode,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    NotConfigured,
    NotAsked,
}

impl Anchors {
    /// Nothing is configured: no document can be valid.
    pub fn not_configured() -> Self {
        Self::default()
    }

    /// Identities are not asked for (`--trust none`): the best verdict is "intact".
    pub fn not_asked() -> Self {
        Self { mode: Mode::NotAsked }
    }

    /// Whether identities are not asked for.
    pub fn is_not_asked(&self) -> bool {
        self.mode == Mode::NotAsked
    }
}
