-- The register. The same tables as in migrations/postgres; names of keys are table_column_column in both.
-- Moments are milliseconds since 1970 in UTC (_at), days are yyyy-mm-dd.

-- Issuing bodies.
CREATE TABLE bodies (
    id TEXT NOT NULL,
    parent_id TEXT,
    created_at INTEGER NOT NULL,
    CONSTRAINT bodies_id PRIMARY KEY (id),
    CONSTRAINT bodies_parent_id_of FOREIGN KEY (parent_id) REFERENCES bodies (id)
) STRICT;

-- What a body is called from a day on.
CREATE TABLE body_names (
    body_id TEXT NOT NULL,
    from_day TEXT NOT NULL,
    name TEXT NOT NULL,
    credit_code TEXT NOT NULL,
    region TEXT NOT NULL,
    CONSTRAINT body_names_body_id_from_day PRIMARY KEY (body_id, from_day),
    CONSTRAINT body_names_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
) STRICT;
CREATE INDEX body_names_credit_code_index ON body_names (credit_code);

-- Who takes over from a body.
CREATE TABLE body_successions (
    body_id TEXT NOT NULL,
    successor_id TEXT NOT NULL,
    from_day TEXT NOT NULL,
    CONSTRAINT body_successions_body_id_successor_id PRIMARY KEY (body_id, successor_id),
    CONSTRAINT body_successions_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT body_successions_successor_id_of FOREIGN KEY (successor_id) REFERENCES bodies (id)
) STRICT;
CREATE INDEX body_successions_successor_id_index ON body_successions (successor_id);

CREATE TABLE people (
    id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER,
    CONSTRAINT people_id PRIMARY KEY (id),
    CONSTRAINT people_login UNIQUE (login),
    CONSTRAINT people_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
) STRICT;
CREATE INDEX people_body_id_id_index ON people (body_id, id);

CREATE TABLE person_roles (
    person_id TEXT NOT NULL,
    role TEXT NOT NULL,
    CONSTRAINT person_roles_person_id_role PRIMARY KEY (person_id, role),
    CONSTRAINT person_roles_person_id_of FOREIGN KEY (person_id) REFERENCES people (id)
) STRICT;

-- Only the digest of a session's token is kept.
CREATE TABLE sessions (
    token_hash BLOB NOT NULL,
    person_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    CONSTRAINT sessions_token_hash PRIMARY KEY (token_hash),
    CONSTRAINT sessions_person_id_of FOREIGN KEY (person_id) REFERENCES people (id)
) STRICT;
CREATE INDEX sessions_person_id_index ON sessions (person_id);
CREATE INDEX sessions_expires_at_index ON sessions (expires_at);

-- Access of other systems; only the digest of the secret is kept.
CREATE TABLE tokens (
    id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    name TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    scopes TEXT NOT NULL,
    created_by TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    CONSTRAINT tokens_id PRIMARY KEY (id),
    CONSTRAINT tokens_secret_hash UNIQUE (secret_hash),
    CONSTRAINT tokens_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT tokens_created_by_of FOREIGN KEY (created_by) REFERENCES people (id)
) STRICT;
CREATE INDEX tokens_body_id_id_index ON tokens (body_id, id);
CREATE INDEX tokens_created_by_index ON tokens (created_by);

CREATE TABLE catalogue (
    type_code TEXT NOT NULL,
    revision INTEGER NOT NULL,
    entry BLOB NOT NULL,
    in_force_from TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    CONSTRAINT catalogue_type_code_revision PRIMARY KEY (type_code, revision)
) STRICT;

CREATE TABLE faces (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    template BLOB NOT NULL,
    recorded_at INTEGER NOT NULL,
    CONSTRAINT faces_name_version PRIMARY KEY (name, version)
) STRICT;

CREATE TABLE seals (
    id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    name TEXT NOT NULL,
    es_id TEXT NOT NULL,
    der BLOB NOT NULL,
    stamper_certificate BLOB NOT NULL,
    key_reference TEXT NOT NULL,
    state TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT seals_id PRIMARY KEY (id),
    CONSTRAINT seals_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
) STRICT;
CREATE INDEX seals_body_id_id_index ON seals (body_id, id);

-- Which types a body issues with which seal.
CREATE TABLE type_uses (
    body_id TEXT NOT NULL,
    type_code TEXT NOT NULL,
    from_day TEXT NOT NULL,
    seal_id TEXT NOT NULL,
    until_day TEXT,
    CONSTRAINT type_uses_body_id_type_code_from_day PRIMARY KEY (body_id, type_code, from_day),
    CONSTRAINT type_uses_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT type_uses_seal_id_of FOREIGN KEY (seal_id) REFERENCES seals (id)
) STRICT;
CREATE INDEX type_uses_seal_id_index ON type_uses (seal_id);

-- The next number that nobody was given.
CREATE TABLE counters (
    scope TEXT NOT NULL,
    next INTEGER NOT NULL,
    CONSTRAINT counters_scope PRIMARY KEY (scope)
) STRICT;

-- line_identifier: the identifier without version and check.
CREATE TABLE licences (
    id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    type_code TEXT NOT NULL,
    number TEXT NOT NULL,
    line_identifier TEXT NOT NULL,
    holder_name TEXT NOT NULL,
    holder_code_kind TEXT NOT NULL,
    holder_code TEXT NOT NULL,
    current_version INTEGER NOT NULL,
    begins TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT licences_id PRIMARY KEY (id),
    CONSTRAINT licences_line_identifier UNIQUE (line_identifier),
    CONSTRAINT licences_type_code_number UNIQUE (type_code, number),
    CONSTRAINT licences_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
) STRICT;
CREATE INDEX licences_body_id_created_at_id_index ON licences (body_id, created_at, id);
CREATE INDEX licences_holder_code_index ON licences (holder_code);

-- valid_until: null is long term; code: as it is printed.
CREATE TABLE licence_versions (
    id TEXT NOT NULL,
    licence_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    identifier TEXT NOT NULL,
    code TEXT NOT NULL,
    entry_revision INTEGER NOT NULL,
    face_version INTEGER NOT NULL,
    fields BLOB NOT NULL,
    valid_from TEXT NOT NULL,
    valid_until TEXT,
    stamped_at INTEGER NOT NULL,
    seal_id TEXT NOT NULL,
    document_sm3 BLOB NOT NULL,
    signature_sm3 BLOB NOT NULL,
    document_bytes INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    CONSTRAINT licence_versions_id PRIMARY KEY (id),
    CONSTRAINT licence_versions_licence_id_version UNIQUE (licence_id, version),
    CONSTRAINT licence_versions_identifier UNIQUE (identifier),
    CONSTRAINT licence_versions_code UNIQUE (code),
    CONSTRAINT licence_versions_licence_id_of FOREIGN KEY (licence_id) REFERENCES licences (id),
    CONSTRAINT licence_versions_seal_id_of FOREIGN KEY (seal_id) REFERENCES seals (id)
) STRICT;
CREATE INDEX licence_versions_seal_id_index ON licence_versions (seal_id);

CREATE TABLE documents (
    version_id TEXT NOT NULL,
    octets BLOB NOT NULL,
    CONSTRAINT documents_version_id PRIMARY KEY (version_id),
    CONSTRAINT documents_version_id_of FOREIGN KEY (version_id) REFERENCES licence_versions (id)
) STRICT;

CREATE TABLE acts (
    id TEXT NOT NULL,
    licence_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    until_day TEXT,
    effective_from TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    decided_on TEXT NOT NULL,
    deciding_body TEXT NOT NULL,
    document_number TEXT NOT NULL,
    legal_basis TEXT NOT NULL,
    by_kind TEXT NOT NULL,
    by_id TEXT NOT NULL,
    replacement TEXT,
    CONSTRAINT acts_id PRIMARY KEY (id),
    CONSTRAINT acts_licence_id_sequence UNIQUE (licence_id, sequence),
    CONSTRAINT acts_licence_id_of FOREIGN KEY (licence_id) REFERENCES licences (id)
) STRICT;

-- What is about to be signed, written before the key is used. licence_id may name a licence still to be written.
CREATE TABLE intents (
    id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    licence_id TEXT,
    request BLOB NOT NULL,
    to_be_signed BLOB NOT NULL,
    key_reference TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'finished', 'voided')),
    ended_at INTEGER,
    reason TEXT,
    CONSTRAINT intents_id PRIMARY KEY (id),
    CONSTRAINT intents_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
) STRICT;
CREATE INDEX intents_state_created_at_id_index ON intents (state, created_at, id);

CREATE TABLE idempotency (
    body_id TEXT NOT NULL,
    key TEXT NOT NULL,
    request_digest BLOB NOT NULL,
    intent_id TEXT,
    answer BLOB,
    created_at INTEGER NOT NULL,
    CONSTRAINT idempotency_body_id_key PRIMARY KEY (body_id, key),
    CONSTRAINT idempotency_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT idempotency_intent_id_of FOREIGN KEY (intent_id) REFERENCES intents (id)
) STRICT;
CREATE INDEX idempotency_created_at_index ON idempotency (created_at);
CREATE INDEX idempotency_intent_id_index ON idempotency (intent_id);

CREATE TABLE applications (
    id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    type_code TEXT NOT NULL,
    data BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'returned', 'issued')),
    entered_by TEXT NOT NULL,
    entered_at INTEGER NOT NULL,
    decided_by TEXT,
    decided_at INTEGER,
    remark TEXT,
    licence_id TEXT,
    act BLOB,
    CONSTRAINT applications_id PRIMARY KEY (id),
    CONSTRAINT applications_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT applications_entered_by_of FOREIGN KEY (entered_by) REFERENCES people (id),
    CONSTRAINT applications_decided_by_of FOREIGN KEY (decided_by) REFERENCES people (id),
    CONSTRAINT applications_licence_id_of FOREIGN KEY (licence_id) REFERENCES licences (id)
) STRICT;
CREATE INDEX applications_body_id_state_id_index ON applications (body_id, state, id);
CREATE INDEX applications_entered_by_index ON applications (entered_by);
CREATE INDEX applications_decided_by_index ON applications (decided_by);
CREATE INDEX applications_licence_id_index ON applications (licence_id);

-- body_id: null where no body is concerned.
CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    body_id TEXT,
    at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail BLOB NOT NULL,
    CONSTRAINT audit_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
) STRICT;
CREATE INDEX audit_body_id_at_sequence_index ON audit (body_id, at, sequence);

CREATE TABLE revocation_lists (
    issuer_digest BLOB NOT NULL,
    number INTEGER NOT NULL,
    der BLOB NOT NULL,
    this_update INTEGER NOT NULL,
    next_update INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    CONSTRAINT revocation_lists_issuer_digest_number PRIMARY KEY (issuer_digest, number)
) STRICT;
