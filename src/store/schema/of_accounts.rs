//! What proves who signs in, beside the password; and what people sign.

use diesel::table;

table! {
    second_factors (owner_kind, owner_id) {
        owner_kind -> Text,
        owner_id -> Text,
        key_reference -> Text,
        sealed -> Binary,
        created_at -> BigInt,
        confirmed_at -> Nullable<BigInt>,
        last_step -> BigInt,
    }
}

table! {
    recovery_codes (code_hash) {
        code_hash -> Binary,
        owner_kind -> Text,
        owner_id -> Text,
        made_at -> BigInt,
    }
}

table! {
    personal_keys (id) {
        id -> Text,
        holder_id -> Text,
        key_reference -> Text,
        certificate -> Binary,
        made_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        destroyed_at -> Nullable<BigInt>,
    }
}

table! {
    letters (id) {
        id -> Text,
        holder_id -> Text,
        key_id -> Text,
        template -> Text,
        content -> Binary,
        digest -> Binary,
        drafted_at -> BigInt,
        confirmed_at -> Nullable<BigInt>,
        signed -> Nullable<Binary>,
        signed_at -> Nullable<BigInt>,
    }
}
