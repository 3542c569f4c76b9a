//! Licences, what they are made of, and how they are applied for.

use diesel::table;

table! {
    catalogue (type_code, revision) {
        type_code -> Text,
        revision -> Integer,
        entry -> Binary,
        in_force_from -> Text,
        recorded_at -> BigInt,
    }
}

table! {
    faces (name, version) {
        name -> Text,
        version -> Integer,
        template -> Binary,
        recorded_at -> BigInt,
    }
}

table! {
    type_uses (body_id, type_code, from_day) {
        body_id -> Text,
        type_code -> Text,
        from_day -> Text,
        seal_id -> Text,
        until_day -> Nullable<Text>,
    }
}

table! {
    licences (id) {
        id -> Text,
        body_id -> Text,
        type_code -> Text,
        number -> Text,
        line_identifier -> Text,
        holder_name -> Text,
        holder_code_kind -> Text,
        holder_code -> Text,
        current_version -> Integer,
        begins -> Text,
        created_at -> BigInt,
    }
}

table! {
    licence_versions (id) {
        id -> Text,
        licence_id -> Text,
        version -> Integer,
        identifier -> Text,
        code -> Text,
        entry_revision -> Integer,
        face_version -> Integer,
        fields -> Binary,
        valid_from -> Text,
        valid_until -> Nullable<Text>,
        stamped_at -> BigInt,
        seal_id -> Text,
        document_sm3 -> Binary,
        signature_sm3 -> Binary,
        document_bytes -> BigInt,
        recorded_at -> BigInt,
        print_payload -> Nullable<Text>,
    }
}

table! {
    field_secrets (version_id) {
        version_id -> Text,
        secret -> Binary,
    }
}

table! {
    licence_lines (line_identifier) {
        line_identifier -> Text,
        licence_id -> Text,
    }
}

table! {
    documents (version_id) {
        version_id -> Text,
        octets -> Binary,
        layout -> Nullable<Binary>,
    }
}

table! {
    document_parts (sm3) {
        sm3 -> Binary,
        octets -> Binary,
    }
}

table! {
    acts (id) {
        id -> Text,
        licence_id -> Text,
        sequence -> Integer,
        kind -> Text,
        version -> Integer,
        until_day -> Nullable<Text>,
        effective_from -> Text,
        recorded_at -> BigInt,
        decided_on -> Text,
        deciding_body -> Text,
        document_number -> Text,
        legal_basis -> Text,
        by_kind -> Text,
        by_id -> Text,
        replacement -> Nullable<Text>,
    }
}

table! {
    intents (id) {
        id -> Text,
        body_id -> Text,
        kind -> Text,
        licence_id -> Nullable<Text>,
        request -> Binary,
        to_be_signed -> Binary,
        key_reference -> Text,
        created_at -> BigInt,
        state -> Text,
        ended_at -> Nullable<BigInt>,
        reason -> Nullable<Text>,
    }
}

table! {
    idempotency (body_id, key) {
        body_id -> Text,
        key -> Text,
        request_digest -> Binary,
        intent_id -> Nullable<Text>,
        answer -> Nullable<Binary>,
        created_at -> BigInt,
    }
}

table! {
    reservations (type_code, number) {
        type_code -> Text,
        number -> Text,
        body_id -> Text,
        intent_id -> Text,
    }
}

table! {
    applications (id) {
        id -> Text,
        body_id -> Text,
        type_code -> Text,
        data -> Binary,
        state -> Text,
        entered_by -> Text,
        entered_at -> BigInt,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<BigInt>,
        remark -> Nullable<Text>,
        licence_id -> Nullable<Text>,
        act -> Nullable<Binary>,
    }
}

table! {
    jobs (id) {
        id -> Text,
        body_id -> Text,
        lines -> Integer,
        issued -> Integer,
        refused -> Integer,
        actor_kind -> Text,
        actor_id -> Text,
        actor_name -> Text,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

table! {
    job_lines (job_id, line) {
        job_id -> Text,
        line -> Integer,
        request -> Binary,
        state -> Text,
        answer -> Nullable<Binary>,
    }
}

table! {
    licence_copies (id) {
        id -> Text,
        number -> Text,
        licence_id -> Text,
        version -> Integer,
        body_id -> Text,
        stamped_for -> Text,
        holder_id -> Nullable<Text>,
        delegation_id -> Nullable<Text>,
        actor_kind -> Text,
        actor_id -> Text,
        purpose -> Text,
        recipient -> Text,
        creator -> Text,
        seal_id -> Text,
        asked_at -> BigInt,
        stamped_at -> BigInt,
        expires_at -> BigInt,
        made_at -> Nullable<BigInt>,
        voided_at -> Nullable<BigInt>,
        document_sm3 -> Nullable<Binary>,
        octets -> Nullable<Binary>,
        layout -> Nullable<Binary>,
    }
}

table! {
    copy_uses (id) {
        id -> Text,
        copy_id -> Text,
        body_id -> Text,
        actor_kind -> Text,
        actor_id -> Text,
        window_name -> Nullable<Text>,
        purpose -> Text,
        shown -> Text,
        at -> BigInt,
    }
}
