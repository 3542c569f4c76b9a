//! Bodies, who works for them, and what they did.

use diesel::table;

table! {
    bodies (id) {
        id -> Text,
        parent_id -> Nullable<Text>,
        created_at -> BigInt,
    }
}

table! {
    body_names (body_id, from_day) {
        body_id -> Text,
        from_day -> Text,
        name -> Text,
        credit_code -> Text,
        region -> Text,
    }
}

table! {
    body_successions (body_id, successor_id) {
        body_id -> Text,
        successor_id -> Text,
        from_day -> Text,
    }
}

table! {
    people (id) {
        id -> Text,
        body_id -> Text,
        login -> Text,
        name -> Text,
        password_hash -> Text,
        created_at -> BigInt,
        disabled_at -> Nullable<BigInt>,
    }
}

table! {
    person_roles (person_id, role) {
        person_id -> Text,
        role -> Text,
    }
}

table! {
    sessions (token_hash) {
        token_hash -> Binary,
        person_id -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

table! {
    tokens (id) {
        id -> Text,
        body_id -> Text,
        name -> Text,
        secret_hash -> Binary,
        scopes -> Text,
        created_by -> Nullable<Text>,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

table! {
    counters (scope) {
        scope -> Text,
        next -> BigInt,
    }
}

table! {
    audit (sequence) {
        sequence -> BigInt,
        body_id -> Nullable<Text>,
        at -> BigInt,
        actor_kind -> Text,
        actor_id -> Text,
        action -> Text,
        subject -> Text,
        detail -> Binary,
    }
}
