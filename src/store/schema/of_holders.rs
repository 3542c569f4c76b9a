//! Those who hold licences, those who look at them, and what was found.

use diesel::table;

table! {
    holders (id) {
        id -> Text,
        code_kind -> Text,
        code -> Text,
        login -> Text,
        name -> Text,
        password_hash -> Text,
        created_at -> BigInt,
        disabled_at -> Nullable<BigInt>,
    }
}

table! {
    reports (id) {
        id -> Text,
        body_id -> Text,
        incident -> Text,
        shown -> Text,
        subject -> Text,
        reported_by -> Text,
        reporter_name -> Text,
        window_name -> Nullable<Text>,
        reported_at -> BigInt,
        seen_by -> Nullable<Text>,
        seen_at -> Nullable<BigInt>,
    }
}

table! {
    holder_sessions (token_hash) {
        token_hash -> Binary,
        holder_id -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

table! {
    presentations (code_hash) {
        code_hash -> Binary,
        holder_id -> Text,
        licence_id -> Text,
        fields -> Binary,
        purpose -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        redeemed_at -> Nullable<BigInt>,
        scan_id -> Nullable<Text>,
        redeemer_body -> Nullable<Text>,
        redeemer_kind -> Nullable<Text>,
        redeemer_id -> Nullable<Text>,
        window_name -> Nullable<Text>,
        delegation_id -> Nullable<Text>,
        redeemer_name -> Nullable<Text>,
    }
}

table! {
    licence_uses (id) {
        id -> Text,
        licence_id -> Text,
        version -> Integer,
        body_id -> Text,
        window_name -> Nullable<Text>,
        actor_kind -> Text,
        actor_id -> Text,
        purpose -> Text,
        fields -> Binary,
        state -> Text,
        at -> BigInt,
        delegation_id -> Nullable<Text>,
        used_by -> Nullable<Text>,
        copy_id -> Nullable<Text>,
    }
}

table! {
    objections (use_id) {
        use_id -> Text,
        body_id -> Text,
        holder_id -> Text,
        words -> Text,
        at -> BigInt,
        decision -> Nullable<Text>,
        reason -> Nullable<Text>,
        answered_by -> Nullable<Text>,
        answered_at -> Nullable<BigInt>,
    }
}

table! {
    evidence_pieces (sm3) {
        sm3 -> Binary,
        kind -> Text,
        octets -> Binary,
    }
}

table! {
    document_evidence (version_id) {
        version_id -> Text,
        at -> BigInt,
        manifest_sm3 -> Binary,
    }
}

table! {
    renewal_batches (id) {
        id -> BigInt,
        digest -> Text,
        size -> Integer,
        token -> Binary,
        manifest_sm3 -> Binary,
        made_at -> BigInt,
        renewed_by -> Nullable<BigInt>,
    }
}

table! {
    renewal_members (kind, subject, number) {
        kind -> Text,
        subject -> Text,
        number -> Integer,
        batch_id -> BigInt,
        place -> Integer,
        leaf -> Binary,
    }
}

table! {
    receipts (number) {
        number -> Text,
        body_id -> Text,
        made_at -> BigInt,
        actor_kind -> Text,
        actor_id -> Text,
        content -> Binary,
        manifest_sm3 -> Binary,
        standing -> Nullable<Binary>,
        signed_standing -> Nullable<Binary>,
        seals -> Nullable<Binary>,
        signed -> Nullable<Binary>,
    }
}
