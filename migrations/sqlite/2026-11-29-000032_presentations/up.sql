-- What a holder shows by a code; only the digest of the code is kept. fields: JSON list of names.
-- redeemed_at to window_name: by whom it was redeemed, all null before.
CREATE TABLE presentations (
    code_hash BLOB NOT NULL,
    holder_id TEXT NOT NULL,
    licence_id TEXT NOT NULL,
    fields BLOB NOT NULL,
    purpose TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    redeemed_at INTEGER,
    scan_id TEXT,
    redeemer_body TEXT,
    redeemer_kind TEXT,
    redeemer_id TEXT,
    window_name TEXT,
    CONSTRAINT presentations_code_hash PRIMARY KEY (code_hash),
    CONSTRAINT presentations_holder_id_of FOREIGN KEY (holder_id) REFERENCES holders (id),
    CONSTRAINT presentations_licence_id_of FOREIGN KEY (licence_id) REFERENCES licences (id),
    CONSTRAINT presentations_redeemer_body_of FOREIGN KEY (redeemer_body) REFERENCES bodies (id)
) STRICT;
CREATE INDEX presentations_holder_id_expires_at_index ON presentations (holder_id, expires_at);
CREATE INDEX presentations_expires_at_index ON presentations (expires_at);
CREATE INDEX presentations_licence_id_index ON presentations (licence_id);

-- Who used a licence that was shown. Only added to.
CREATE TABLE licence_uses (
    id TEXT NOT NULL,
    licence_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    body_id TEXT NOT NULL,
    window_name TEXT,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    fields BLOB NOT NULL,
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    CONSTRAINT licence_uses_id PRIMARY KEY (id),
    CONSTRAINT licence_uses_licence_id_of FOREIGN KEY (licence_id) REFERENCES licences (id),
    CONSTRAINT licence_uses_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
) STRICT;
CREATE INDEX licence_uses_licence_id_at_id_index ON licence_uses (licence_id, at, id);
CREATE INDEX licence_uses_body_id_index ON licence_uses (body_id);

-- What a holder has against a use; body_id: whose licence it is, and who answers.
CREATE TABLE objections (
    use_id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    holder_id TEXT NOT NULL,
    words TEXT NOT NULL,
    at INTEGER NOT NULL,
    CONSTRAINT objections_use_id PRIMARY KEY (use_id),
    CONSTRAINT objections_use_id_of FOREIGN KEY (use_id) REFERENCES licence_uses (id),
    CONSTRAINT objections_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT objections_holder_id_of FOREIGN KEY (holder_id) REFERENCES holders (id)
) STRICT;
CREATE INDEX objections_body_id_at_use_id_index ON objections (body_id, at, use_id);
CREATE INDEX objections_holder_id_index ON objections (holder_id);
