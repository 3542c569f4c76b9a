-- own_body: whoever of its own body may issue stamps with it the types it is in use for; by_grant: they too need a grant.
ALTER TABLE seals ADD COLUMN use_rule TEXT COLLATE "C" NOT NULL DEFAULT 'own_body';

-- Who may stamp what with a seal. grantee_kind: person, token or body; types: JSON list of codes, empty for every type;
-- most: how many stamps, none for any number; used: how many, those under way too; from_at to until_at: both within.
CREATE TABLE seal_grants (
    id TEXT COLLATE "C" NOT NULL,
    seal_id TEXT COLLATE "C" NOT NULL,
    body_id TEXT COLLATE "C" NOT NULL,
    grantee_kind TEXT COLLATE "C" NOT NULL CHECK (grantee_kind IN ('person', 'token', 'body')),
    grantee_id TEXT COLLATE "C" NOT NULL,
    grantee_body TEXT COLLATE "C" NOT NULL,
    types BYTEA NOT NULL,
    most BIGINT,
    used BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    document_number TEXT COLLATE "C" NOT NULL,
    by_kind TEXT COLLATE "C" NOT NULL,
    by_id TEXT COLLATE "C" NOT NULL,
    granted_at BIGINT NOT NULL,
    revoked_at BIGINT,
    revoked_by TEXT COLLATE "C",
    revoked_reason TEXT COLLATE "C",
    CONSTRAINT seal_grants_id PRIMARY KEY (id),
    CONSTRAINT seal_grants_seal_id_of FOREIGN KEY (seal_id) REFERENCES seals (id),
    CONSTRAINT seal_grants_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT seal_grants_grantee_body_of FOREIGN KEY (grantee_body) REFERENCES bodies (id)
);
CREATE INDEX seal_grants_seal_id_id_index ON seal_grants (seal_id, id);
CREATE INDEX seal_grants_body_id_index ON seal_grants (body_id);
CREATE INDEX seal_grants_grantee_body_index ON seal_grants (grantee_body);

-- 用章台账: every use of a seal's key, written with the intent. id: that of the intent; body_id: who stamps, owner_id: whose
-- seal; grant_id: none where the rule of the seal is enough; document_sm3: SM3 of what the stamp covers; made_at: the
-- stamped document stands; voided_at: nothing came of it.
CREATE TABLE stampings (
    id TEXT COLLATE "C" NOT NULL,
    seal_id TEXT COLLATE "C" NOT NULL,
    owner_id TEXT COLLATE "C" NOT NULL,
    body_id TEXT COLLATE "C" NOT NULL,
    actor_kind TEXT COLLATE "C" NOT NULL,
    actor_id TEXT COLLATE "C" NOT NULL,
    grant_id TEXT COLLATE "C",
    purpose TEXT COLLATE "C" NOT NULL,
    type_code TEXT COLLATE "C",
    subject TEXT COLLATE "C" NOT NULL,
    document_sm3 BYTEA NOT NULL,
    key_reference TEXT COLLATE "C" NOT NULL,
    stamped_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    made_at BIGINT,
    voided_at BIGINT,
    CONSTRAINT stampings_id PRIMARY KEY (id),
    CONSTRAINT stampings_seal_id_of FOREIGN KEY (seal_id) REFERENCES seals (id),
    CONSTRAINT stampings_owner_id_of FOREIGN KEY (owner_id) REFERENCES bodies (id),
    CONSTRAINT stampings_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT stampings_grant_id_of FOREIGN KEY (grant_id) REFERENCES seal_grants (id)
);
CREATE INDEX stampings_seal_id_stamped_at_index ON stampings (seal_id, stamped_at);
CREATE INDEX stampings_owner_id_stamped_at_id_index ON stampings (owner_id, stamped_at, id);
CREATE INDEX stampings_body_id_index ON stampings (body_id);
CREATE INDEX stampings_grant_id_index ON stampings (grant_id);
CREATE INDEX stampings_subject_index ON stampings (subject);
