//! Signing in by a provider elsewhere.

use diesel::table;

table! {
    outside_sign_ins (secret_hash) {
        secret_hash -> Binary,
        provider -> Text,
        expires_at -> BigInt,
    }
}

table! {
    outside_identities (issuer, subject, owner_kind) {
        issuer -> Text,
        subject -> Text,
        owner_kind -> Text,
        owner_id -> Text,
        first_at -> BigInt,
    }
}

table! {
    outside_factors (token_hash) {
        token_hash -> Binary,
        expires_at -> BigInt,
    }
}
