//! Seals, their life, and who stamps with them.

use diesel::table;

table! {
    seals (id) {
        id -> Text,
        body_id -> Text,
        name -> Text,
        es_id -> Text,
        der -> Binary,
        stamper_certificate -> Binary,
        key_reference -> Text,
        state -> Text,
        valid_from -> BigInt,
        valid_until -> BigInt,
        created_at -> BigInt,
        use_rule -> Text,
    }
}

table! {
    seal_applications (id) {
        id -> Text,
        body_id -> Text,
        name -> Text,
        es_id -> Text,
        purpose -> Text,
        diameter_mm -> Integer,
        picture -> Nullable<Binary>,
        types -> Binary,
        renews -> Nullable<Text>,
        applied_at -> BigInt,
    }
}

table! {
    seal_documents (application_id, position) {
        application_id -> Text,
        position -> Integer,
        name -> Text,
        sm3 -> Binary,
        octets -> Binary,
    }
}

table! {
    seal_acts (seal_id, sequence) {
        seal_id -> Text,
        sequence -> Integer,
        body_id -> Text,
        kind -> Text,
        effective_from -> BigInt,
        recorded_at -> BigInt,
        valid_from -> Nullable<BigInt>,
        valid_until -> Nullable<BigInt>,
        successor -> Nullable<Text>,
        reason -> Text,
        document_number -> Text,
        by_body -> Text,
        by_kind -> Text,
        by_id -> Text,
    }
}

table! {
    seal_grants (id) {
        id -> Text,
        seal_id -> Text,
        body_id -> Text,
        grantee_kind -> Text,
        grantee_id -> Text,
        grantee_body -> Text,
        types -> Binary,
        most -> Nullable<BigInt>,
        used -> BigInt,
        from_at -> BigInt,
        until_at -> BigInt,
        reason -> Text,
        document_number -> Text,
        by_kind -> Text,
        by_id -> Text,
        granted_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        revoked_by -> Nullable<Text>,
        revoked_reason -> Nullable<Text>,
    }
}

table! {
    stampings (id) {
        id -> Text,
        seal_id -> Text,
        owner_id -> Text,
        body_id -> Text,
        actor_kind -> Text,
        actor_id -> Text,
        grant_id -> Nullable<Text>,
        purpose -> Text,
        type_code -> Nullable<Text>,
        subject -> Text,
        document_sm3 -> Binary,
        key_reference -> Text,
        stamped_at -> BigInt,
        recorded_at -> BigInt,
        made_at -> Nullable<BigInt>,
        voided_at -> Nullable<BigInt>,
        title -> Nullable<Text>,
    }
}
