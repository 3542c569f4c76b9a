-- What a holder shows by a code; only the digest of the code is kept. fields: JSON list of names.
-- redeemed_at to window_name: by whom it was redeemed, all null before.
CREATE TABLE presentations (
    code_hash BYTEA NOT NULL,
    holder_id TEXT COLLATE "C" NOT NULL,
    licence_id TEXT COLLATE "C" NOT NULL,
    fields BYTEA NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    redeemed_at BIGINT,
    scan_id TEXT COLLATE "C",
    redeemer_body TEXT COLLATE "C",
    redeemer_kind TEXT COLLATE "C",
    redeemer_id TEXT COLLATE "C",
    window_name TEXT COLLATE "C",
    CONSTRAINT presentations_code_hash PRIMARY KEY (code_hash),
    CONSTRAINT presentations_holder_id_of FOREIGN KEY (holder_id) REFERENCES holders (id),
    CONSTRAINT presentations_licence_id_of FOREIGN KEY (licence_id) REFERENCES licences (id),
    CONSTRAINT presentations_redeemer_body_of FOREIGN KEY (redeemer_body) REFERENCES bodies (id)
);
CREATE INDEX presentations_holder_id_expires_at_index ON presentations (holder_id, expires_at);
CREATE INDEX presentations_expires_at_index ON presentations (expires_at);
CREATE INDEX presentations_licence_id_index ON presentations (licence_id);

-- Who used a licence that was shown. Only added to.
CREATE TABLE licence_uses (
    id TEXT COLLATE "C" NOT NULL,
    licence_id TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    body_id TEXT COLLATE "C" NOT NULL,
    window_name TEXT COLLATE "C",
    actor_kind TEXT COLLATE "C" NOT NULL,
    actor_id TEXT COLLATE "C" NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    fields BYTEA NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT licence_uses_id PRIMARY KEY (id),
    CONSTRAINT licence_uses_licence_id_of FOREIGN KEY (licence_id) REFERENCES licences (id),
    CONSTRAINT licence_uses_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
);
CREATE INDEX licence_uses_licence_id_at_id_index ON licence_uses (licence_id, at, id);
CREATE INDEX licence_uses_body_id_index ON licence_uses (body_id);

-- What a holder has against a use; body_id: whose licence it is, and who answers.
CREATE TABLE objections (
    use_id TEXT COLLATE "C" NOT NULL,
    body_id TEXT COLLATE "C" NOT NULL,
    holder_id TEXT COLLATE "C" NOT NULL,
    words TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT objections_use_id PRIMARY KEY (use_id),
    CONSTRAINT objections_use_id_of FOREIGN KEY (use_id) REFERENCES licence_uses (id),
    CONSTRAINT objections_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT objections_holder_id_of FOREIGN KEY (holder_id) REFERENCES holders (id)
);
CREATE INDEX objections_body_id_at_use_id_index ON objections (body_id, at, use_id);
CREATE INDEX objections_holder_id_index ON objections (holder_id);
