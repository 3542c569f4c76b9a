-- Accounts of those who hold licences: a citizen or an organisation by the code that licences record, of no body.
CREATE TABLE holders (
    id TEXT COLLATE "C" NOT NULL,
    code_kind TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    CONSTRAINT holders_id PRIMARY KEY (id),
    CONSTRAINT holders_login UNIQUE (login)
);
-- One account for each holder; a disabled one makes room for another.
CREATE UNIQUE INDEX holders_code_kind_code ON holders (code_kind, code) WHERE disabled_at IS NULL;

-- Apart from the sessions of people: a holder is nobody of a body. Only the digest of the token is kept.
CREATE TABLE holder_sessions (
    token_hash BYTEA NOT NULL,
    holder_id TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT holder_sessions_token_hash PRIMARY KEY (token_hash),
    CONSTRAINT holder_sessions_holder_id_of FOREIGN KEY (holder_id) REFERENCES holders (id)
);
CREATE INDEX holder_sessions_holder_id_index ON holder_sessions (holder_id);
CREATE INDEX holder_sessions_expires_at_index ON holder_sessions (expires_at);
