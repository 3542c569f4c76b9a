//! Devices with keys of their own, and the sessions that are at them.

use diesel::table;

table! {
    devices (id) {
        id -> Text,
        body_id -> Text,
        kind -> Text,
        name -> Text,
        window_name -> Text,
        code_hash -> Nullable<Binary>,
        code_expires_at -> Nullable<BigInt>,
        public_key -> Nullable<Binary>,
        entered_by -> Text,
        entered_at -> BigInt,
        enrolled_at -> Nullable<BigInt>,
        last_seen_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Text>,
        end_reason -> Nullable<Text>,
    }
}

table! {
    device_challenges (challenge_hash) {
        challenge_hash -> Binary,
        session_hash -> Binary,
        expires_at -> BigInt,
    }
}

table! {
    session_devices (token_hash) {
        token_hash -> Binary,
        device_id -> Text,
        bound_at -> BigInt,
        expires_at -> BigInt,
    }
}

table! {
    device_sessions (token_hash) {
        token_hash -> Binary,
        device_id -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}
