//! What is published for others, and what others published.

use diesel::table;

table! {
    revocation_lists (issuer_digest, number) {
        issuer_digest -> Binary,
        number -> BigInt,
        der -> Binary,
        this_update -> BigInt,
        next_update -> BigInt,
        recorded_at -> BigInt,
    }
}

table! {
    trust_operators (id) {
        id -> Text,
        name -> Text,
        key -> Binary,
        list_address -> Nullable<Text>,
        status_address -> Nullable<Text>,
        revocation_address -> Nullable<Text>,
        added_by_kind -> Text,
        added_by_id -> Text,
        added_at -> BigInt,
        named_by -> Nullable<Text>,
    }
}

table! {
    proposed_operators (id) {
        id -> Text,
        name -> Text,
        key -> Binary,
        list_address -> Nullable<Text>,
        status_address -> Nullable<Text>,
        revocation_address -> Nullable<Text>,
        proposed_by -> Text,
        proposed_at -> BigInt,
        named_by -> Nullable<Text>,
    }
}

table! {
    trust_lists (id) {
        id -> Text,
        operator_id -> Text,
        sequence -> BigInt,
        sm3 -> Binary,
        octets -> Binary,
        signature -> Binary,
        received_at -> BigInt,
        state -> Text,
    }
}

table! {
    trust_acceptances (list_id, person_id) {
        list_id -> Text,
        person_id -> Text,
        accepted_at -> BigInt,
    }
}

table! {
    foreign_standings (operator_id, identifier) {
        operator_id -> Text,
        identifier -> Text,
        octets -> Binary,
        signature -> Binary,
        as_of -> BigInt,
    }
}

table! {
    ferry_sent (key_sm3, sequence) {
        key_sm3 -> Binary,
        sequence -> BigInt,
        sm3 -> Binary,
        made_at -> BigInt,
    }
}

table! {
    ferry_taken (operator_id, sequence) {
        operator_id -> Text,
        sequence -> BigInt,
        sm3 -> Binary,
        made_at -> BigInt,
        taken_at -> BigInt,
    }
}

table! {
    ferried_registrations (operator_id, identifier) {
        operator_id -> Text,
        identifier -> Text,
        number -> Text,
        document_sm3 -> Binary,
        stamped_at -> BigInt,
        valid_from -> Text,
        valid_until -> Nullable<Text>,
        sequence -> BigInt,
    }
}

table! {
    time_stamp_authorities (id) {
        id -> Text,
        next_serial -> BigInt,
        last_given -> BigInt,
    }
}

table! {
    time_stamp_days (authority_id, day) {
        authority_id -> Text,
        day -> Text,
        first_serial -> BigInt,
        given -> BigInt,
        refused -> BigInt,
    }
}
