//! What may be done, each a type of its own, and which roles and scopes have it.

use super::{Role, Scope};

/// A kind of thing to do.
#[derive(Debug, PartialEq, Eq)]
pub struct Capability {
    /// Its stable word.
    pub name: &'static str,
    /// A person with one of these has it.
    pub roles: &'static [Role],
    /// A token with one of these has it.
    pub scopes: &'static [Scope],
}

/// A marker of a kind of thing to do.
pub trait May: Send + Sync + 'static {
    /// What it marks.
    const CAPABILITY: Capability;
}

macro_rules! may {
    ($($(#[$doc:meta])* $name:ident = $word:literal, roles $roles:expr, scopes $scopes:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $name(());

            impl May for $name {
                const CAPABILITY: Capability = Capability { name: $word, roles: &$roles, scopes: &$scopes };
            }
        )*

        /// Every capability.
        pub const ALL: &[Capability] = &[$($name::CAPABILITY,)*];
    };
}

may! {
    /// Issue a licence: for a person this follows an approval.
    Issue = "issue", roles [Role::Approver], scopes [Scope::Issue];
    /// Change, renew, suspend, revoke and so on.
    Act = "act", roles [Role::Approver], scopes [Scope::Act];
    /// Read whole licences of the body.
    Read = "read", roles [Role::Officer, Role::Approver, Role::Clerk], scopes [Scope::Read];
    /// Ask how licences stand.
    Standing = "standing", roles [Role::Officer, Role::Approver, Role::Clerk], scopes [Scope::Standing, Scope::Read];
    /// Verify at the window what somebody brings, masked, and report what is wrong.
    ServeAtWindow = "serve_at_window", roles [Role::Clerk], scopes [];
    /// Have a signed receipt made of a verification.
    MakeReceipt = "make_receipt", roles [Role::Clerk], scopes [Scope::Receipt];
    /// Read the receipts of the body.
    ReadReceipt = "read_receipt", roles [Role::Clerk, Role::Auditor], scopes [Scope::Receipt];
    /// Redeem the code by which a holder shows a licence, of whichever body.
    Redeem = "redeem", roles [Role::Clerk], scopes [Scope::Redeem];
    /// Take in a delegation that a principal brings to the window on paper, or by letter.
    TakeDelegations = "take_delegations", roles [Role::Clerk], scopes [];
    /// Enter who is whose guardian.
    RecordGuardians = "record_guardians", roles [Role::Officer], scopes [];
    /// Decide on a delegation or a guardian that somebody else entered.
    DecideDelegations = "decide_delegations", roles [Role::Approver], scopes [];
    /// End a delegation or a guardianship that the body recorded.
    EndDelegations = "end_delegations", roles [Role::Clerk, Role::Officer], scopes [];
    /// See what the body recorded of delegations and guardians.
    SeeDelegations = "see_delegations", roles [Role::Clerk, Role::Officer, Role::Approver], scopes [];
    /// Enter an application.
    Apply = "apply", roles [Role::Officer], scopes [];
    /// See applications and what waits for whom.
    SeeWork = "see_work", roles [Role::Officer, Role::Approver], scopes [];
    /// Decide on an application.
    Approve = "approve", roles [Role::Approver], scopes [];
    /// Answer what a holder has against a use of their licence.
    AnswerObjections = "answer_objections", roles [Role::Approver], scopes [];
    /// Create people, give roles, disable.
    ManagePeople = "manage_people", roles [Role::Administrator], scopes [];
    /// Create and revoke tokens.
    ManageTokens = "manage_tokens", roles [Role::Administrator], scopes [];
    /// Enter and end devices of the body, such as windows.
    ManageDevices = "manage_devices", roles [Role::Administrator], scopes [];
    /// Take seals into use and out of it.
    ManageSeals = "manage_seals", roles [Role::SealKeeper], scopes [];
    /// Decide on an application for a seal that somebody else made.
    DecideSeals = "decide_seals", roles [Role::SealKeeper, Role::Approver], scopes [];
    /// See seals, what was done to them, and what was stamped with them.
    SeeSeals = "see_seals", roles [Role::SealKeeper, Role::Approver, Role::Auditor], scopes [];
    /// Stamp documents made elsewhere, by a grant.
    StampDocuments = "stamp_documents", roles [Role::Approver], scopes [Scope::Stamp];
    /// Enter and rename bodies: only the operator of the machine.
    ManageBodies = "manage_bodies", roles [], scopes [];
    /// Enter and disable accounts of holders: only the operator of the machine.
    ManageHolders = "manage_holders", roles [], scopes [];
    /// Make, suspend, destroy and back up keys: only the operator of the machine.
    ManageKeys = "manage_keys", roles [], scopes [];
    /// Accept or refuse the trust list of another locality, propose and pin its operator: two people, each for
    /// themselves.
    AcceptTrust = "accept_trust", roles [Role::SealKeeper, Role::Administrator], scopes [];
    /// See whose trust lists are used, and what waits for whom.
    SeeTrust = "see_trust", roles [Role::SealKeeper, Role::Administrator, Role::Auditor], scopes [];
    /// Say alone whose trust lists are used: only the operator of the machine.
    ManageTrust = "manage_trust", roles [], scopes [];
    /// Read what was done in the body.
    ReadAudit = "read_audit", roles [Role::Auditor], scopes [];
}
