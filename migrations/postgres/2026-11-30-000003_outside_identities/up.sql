-- Sign-ins that were begun at a provider elsewhere. secret_hash: SM3 of the secret that the browser keeps; state, nonce and
-- verifier are derived from the secret and stand nowhere. A row is taken once.
CREATE TABLE outside_sign_ins (
    secret_hash BYTEA NOT NULL,
    provider TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT outside_sign_ins_secret_hash PRIMARY KEY (secret_hash)
);
CREATE INDEX outside_sign_ins_expires_at_index ON outside_sign_ins (expires_at);

-- Whose account somebody has by the word of a provider: its issuer and the subject there.
CREATE TABLE outside_identities (
    issuer TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    owner_kind TEXT COLLATE "C" NOT NULL CHECK (owner_kind IN ('person', 'holder')),
    owner_id TEXT COLLATE "C" NOT NULL,
    first_at BIGINT NOT NULL,
    CONSTRAINT outside_identities_issuer_subject_owner_kind PRIMARY KEY (issuer, subject, owner_kind)
);
CREATE INDEX outside_identities_owner_kind_owner_id_index ON outside_identities (owner_kind, owner_id);

-- Sessions for which the provider proved a second factor.
CREATE TABLE outside_factors (
    token_hash BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT outside_factors_token_hash PRIMARY KEY (token_hash)
);
CREATE INDEX outside_factors_expires_at_index ON outside_factors (expires_at);
