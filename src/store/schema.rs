//! The tables as diesel sees them; made by the migrations.

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

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
    counters (scope) {
        scope -> Text,
        next -> BigInt,
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
    }
}

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
    reports (id) {
        id -> Text,
        body_id -> Text,
        incident -> Text,
        shown -> Text,
        subject -> Text,
        reported_by -> Text,
        reporter_name -> Text,
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
    }
}

table! {
    objections (use_id) {
        use_id -> Text,
        body_id -> Text,
        holder_id -> Text,
        words -> Text,
        at -> BigInt,
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

joinable!(body_names -> bodies (body_id));
joinable!(person_roles -> people (person_id));
joinable!(sessions -> people (person_id));
joinable!(licence_versions -> licences (licence_id));
joinable!(licence_lines -> licences (licence_id));
joinable!(documents -> licence_versions (version_id));
joinable!(acts -> licences (licence_id));
joinable!(job_lines -> jobs (job_id));
joinable!(trust_acceptances -> people (person_id));
joinable!(holder_sessions -> holders (holder_id));
joinable!(licence_uses -> licences (licence_id));
joinable!(objections -> licence_uses (use_id));

allow_tables_to_appear_in_same_query!(bodies, body_names);
allow_tables_to_appear_in_same_query!(jobs, job_lines);
allow_tables_to_appear_in_same_query!(people, person_roles, sessions, trust_acceptances);
allow_tables_to_appear_in_same_query!(holders, holder_sessions);
allow_tables_to_appear_in_same_query!(
    licences,
    licence_versions,
    licence_lines,
    documents,
    acts,
    licence_uses,
    objections
);
