-- The register. The same tables as in migrations/sqlite; names of keys are table_column_column in both.
-- Moments are milliseconds since 1970 in UTC (_at), days are yyyy-mm-dd.

-- Issuing bodies.
CREATE TABLE bodies (
    id TEXT COLLATE "C" NOT NULL,
    parent_id TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    CONSTRAINT bodies_id PRIMARY KEY (id),
    CONSTRAINT bodies_parent_id_of FOREIGN KEY (parent_id) REFERENCES bodies (id)
);

-- What a body is called from a day on.
CREATE TABLE body_names (
    body_id TEXT COLLATE "C" NOT NULL,
    from_day TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    credit_code TEXT COLLATE "C" NOT NULL,
    region TEXT COLLATE "C" NOT NULL,
    CONSTRAINT body_names_body_id_from_day PRIMARY KEY (body_id, from_day),
    CONSTRAINT body_names_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
);
CREATE INDEX body_names_credit_code_index ON body_names (credit_code);

-- Who takes over from a body.
CREATE TABLE body_successions (
    body_id TEXT COLLATE "C" NOT NULL,
    successor_id TEXT COLLATE "C" NOT NULL,
    from_day TEXT COLLATE "C" NOT NULL,
    CONSTRAINT body_successions_body_id_successor_id PRIMARY KEY (body_id, successor_id),
    CONSTRAINT body_successions_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT body_successions_successor_id_of FOREIGN KEY (successor_id) REFERENCES bodies (id)
);
CREATE INDEX body_successions_successor_id_index ON body_successions (successor_id);

CREATE TABLE people (
    id TEXT COLLATE "C" NOT NULL,
    body_id TEXT COLLATE "C" NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    CONSTRAINT people_id PRIMARY KEY (id),
    CONSTRAINT people_login UNIQUE (login),
    CONSTRAINT people_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
);
CREATE INDEX people_body_id_id_index ON people (body_id, id);

CREATE TABLE person_roles (
    person_id TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    CONSTRAINT person_roles_person_id_role PRIMARY KEY (person_id, role),
    CONSTRAINT person_roles_person_id_of FOREIGN KEY (person_id) REFERENCES people (id)
);

-- Only the digest of a session's token is kept.
CREATE TABLE sessions (
    token_hash BYTEA NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT sessions_token_hash PRIMARY KEY (token_hash),
    CONSTRAINT sessions_person_id_of FOREIGN KEY (person_id) REFERENCES people (id)
);
CREATE INDEX sessions_person_id_index ON sessions (person_id);
CREATE INDEX sessions_expires_at_index ON sessions (expires_at);

-- Access of other systems; only the digest of the secret is kept.
CREATE TABLE tokens (
    id TEXT COLLATE "C" NOT NULL,
    body_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    secret_hash BYTEA NOT NULL,
    scopes TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    CONSTRAINT tokens_id PRIMARY KEY (id),
    CONSTRAINT tokens_secret_hash UNIQUE (secret_hash),
    CONSTRAINT tokens_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT tokens_created_by_of FOREIGN KEY (created_by) REFERENCES people (id)
);
CREATE INDEX tokens_body_id_id_index ON tokens (body_id, id);
CREATE INDEX tokens_created_by_index ON tokens (created_by);

CREATE TABLE catalogue (
    type_code TEXT COLLATE "C" NOT NULL,
    revision INTEGER NOT NULL,
    entry BYTEA NOT NULL,
    in_force_from TEXT COLLATE "C" NOT NULL,
    recorded_at BIGINT NOT NULL,
    CONSTRAINT catalogue_type_code_revision PRIMARY KEY (type_code, revision)
);

CREATE TABLE faces (
    name TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    template BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL,
    CONSTRAINT faces_name_version PRIMARY KEY (name, version)
);

CREATE TABLE seals (
    id TEXT COLLATE "C" NOT NULL,
    body_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    es_id TEXT COLLATE "C" NOT NULL,
    der BYTEA NOT NULL,
    stamper_certificate BYTEA NOT NULL,
    key_reference TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT seals_id PRIMARY KEY (id),
    CONSTRAINT seals_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
);
CREATE INDEX seals_body_id_id_index ON seals (body_id, id);

-- Which types a body issues with which seal.
CREATE TABLE type_uses (
    body_id TEXT COLLATE "C" NOT NULL,
    type_code TEXT COLLATE "C" NOT NULL,
    from_day TEXT COLLATE "C" NOT NULL,
    seal_id TEXT COLLATE "C" NOT NULL,
    until_day TEXT COLLATE "C",
    CONSTRAINT type_uses_body_id_type_code_from_day PRIMARY KEY (body_id, type_code, from_day),
    CONSTRAINT type_uses_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT type_uses_seal_id_of FOREIGN KEY (seal_id) REFERENCES seals (id)
);
CREATE INDEX type_uses_seal_id_index ON type_uses (seal_id);

-- The next number that nobody was given.
CREATE TABLE counters (
    scope TEXT COLLATE "C" NOT NULL,
    next BIGINT NOT NULL,
    CONSTRAINT counters_scope PRIMARY KEY (scope)
);

-- line_identifier: the identifier without version and check.
CREATE TABLE licences (
    id TEXT COLLATE "C" NOT NULL,
    body_id TEXT COLLATE "C" NOT NULL,
    type_code TEXT COLLATE "C" NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    line_identifier TEXT COLLATE "C" NOT NULL,
    holder_name TEXT COLLATE "C" NOT NULL,
    holder_code_kind TEXT COLLATE "C" NOT NULL,
    holder_code TEXT COLLATE "C" NOT NULL,
    current_version INTEGER NOT NULL,
    begins TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT licences_id PRIMARY KEY (id),
    CONSTRAINT licences_line_identifier UNIQUE (line_identifier),
    CONSTRAINT licences_type_code_number UNIQUE (type_code, number),
    CONSTRAINT licences_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
);
CREATE INDEX licences_body_id_created_at_id_index ON licences (body_id, created_at, id);
CREATE INDEX licences_holder_code_index ON licences (holder_code);

-- valid_until: null is long term; code: as it is printed.
CREATE TABLE licence_versions (
    id TEXT COLLATE "C" NOT NULL,
    licence_id TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    identifier TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    entry_revision INTEGER NOT NULL,
    face_version INTEGER NOT NULL,
    fields BYTEA NOT NULL,
    valid_from TEXT COLLATE "C" NOT NULL,
    valid_until TEXT COLLATE "C",
    stamped_at BIGINT NOT NULL,
    seal_id TEXT COLLATE "C" NOT NULL,
    document_sm3 BYTEA NOT NULL,
    signature_sm3 BYTEA NOT NULL,
    document_bytes BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    CONSTRAINT licence_versions_id PRIMARY KEY (id),
    CONSTRAINT licence_versions_licence_id_version UNIQUE (licence_id, version),
    CONSTRAINT licence_versions_identifier UNIQUE (identifier),
    CONSTRAINT licence_versions_code UNIQUE (code),
    CONSTRAINT licence_versions_licence_id_of FOREIGN KEY (licence_id) REFERENCES licences (id),
    CONSTRAINT licence_versions_seal_id_of FOREIGN KEY (seal_id) REFERENCES seals (id)
);
CREATE INDEX licence_versions_seal_id_index ON licence_versions (seal_id);

CREATE TABLE documents (
    version_id TEXT COLLATE "C" NOT NULL,
    octets BYTEA NOT NULL,
    CONSTRAINT documents_version_id PRIMARY KEY (version_id),
    CONSTRAINT documents_version_id_of FOREIGN KEY (version_id) REFERENCES licence_versions (id)
);

CREATE TABLE acts (
    id TEXT COLLATE "C" NOT NULL,
    licence_id TEXT COLLATE "C" NOT NULL,
    sequence INTEGER NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    until_day TEXT COLLATE "C",
    effective_from TEXT COLLATE "C" NOT NULL,
    recorded_at BIGINT NOT NULL,
    decided_on TEXT COLLATE "C" NOT NULL,
    deciding_body TEXT COLLATE "C" NOT NULL,
    document_number TEXT COLLATE "C" NOT NULL,
    legal_basis TEXT COLLATE "C" NOT NULL,
    by_kind TEXT COLLATE "C" NOT NULL,
    by_id TEXT COLLATE "C" NOT NULL,
    replacement TEXT COLLATE "C",
    CONSTRAINT acts_id PRIMARY KEY (id),
    CONSTRAINT acts_licence_id_sequence UNIQUE (licence_id, sequence),
    CONSTRAINT acts_licence_id_of FOREIGN KEY (licence_id) REFERENCES licences (id)
);

-- What is about to be signed, written before the key is used. licence_id may name a licence still to be written.
CREATE TABLE intents (
    id TEXT COLLATE "C" NOT NULL,
    body_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    licence_id TEXT COLLATE "C",
    request BYTEA NOT NULL,
    to_be_signed BYTEA NOT NULL,
    key_reference TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'finished', 'voided')),
    ended_at BIGINT,
    reason TEXT COLLATE "C",
    CONSTRAINT intents_id PRIMARY KEY (id),
    CONSTRAINT intents_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
);
CREATE INDEX intents_state_created_at_id_index ON intents (state, created_at, id);

CREATE TABLE idempotency (
    body_id TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    request_digest BYTEA NOT NULL,
    intent_id TEXT COLLATE "C",
    answer BYTEA,
    created_at BIGINT NOT NULL,
    CONSTRAINT idempotency_body_id_key PRIMARY KEY (body_id, key),
    CONSTRAINT idempotency_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT idempotency_intent_id_of FOREIGN KEY (intent_id) REFERENCES intents (id)
);
CREATE INDEX idempotency_created_at_index ON idempotency (created_at);
CREATE INDEX idempotency_intent_id_index ON idempotency (intent_id);

CREATE TABLE applications (
    id TEXT COLLATE "C" NOT NULL,
    body_id TEXT COLLATE "C" NOT NULL,
    type_code TEXT COLLATE "C" NOT NULL,
    data BYTEA NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'returned', 'issued')),
    entered_by TEXT COLLATE "C" NOT NULL,
    entered_at BIGINT NOT NULL,
    decided_by TEXT COLLATE "C",
    decided_at BIGINT,
    remark TEXT COLLATE "C",
    licence_id TEXT COLLATE "C",
    act BYTEA,
    CONSTRAINT applications_id PRIMARY KEY (id),
    CONSTRAINT applications_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT applications_entered_by_of FOREIGN KEY (entered_by) REFERENCES people (id),
    CONSTRAINT applications_decided_by_of FOREIGN KEY (decided_by) REFERENCES people (id),
    CONSTRAINT applications_licence_id_of FOREIGN KEY (licence_id) REFERENCES licences (id)
);
CREATE INDEX applications_body_id_state_id_index ON applications (body_id, state, id);
CREATE INDEX applications_entered_by_index ON applications (entered_by);
CREATE INDEX applications_decided_by_index ON applications (decided_by);
CREATE INDEX applications_licence_id_index ON applications (licence_id);

-- body_id: null where no body is concerned.
CREATE TABLE audit (
    sequence BIGSERIAL NOT NULL,
    body_id TEXT COLLATE "C",
    at BIGINT NOT NULL,
    actor_kind TEXT COLLATE "C" NOT NULL,
    actor_id TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    detail BYTEA NOT NULL,
    CONSTRAINT audit_sequence PRIMARY KEY (sequence),
    CONSTRAINT audit_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
);
CREATE INDEX audit_body_id_at_sequence_index ON audit (body_id, at, sequence);

CREATE TABLE revocation_lists (
    issuer_digest BYTEA NOT NULL,
    number BIGINT NOT NULL,
    der BYTEA NOT NULL,
    this_update BIGINT NOT NULL,
    next_update BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    CONSTRAINT revocation_lists_issuer_digest_number PRIMARY KEY (issuer_digest, number)
);
