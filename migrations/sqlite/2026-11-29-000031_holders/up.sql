-- Accounts of those who hold licences: a citizen or an organisation by the code that licences record, of no body.
CREATE TABLE holders (
    id TEXT NOT NULL,
    code_kind TEXT NOT NULL,
    code TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER,
    CONSTRAINT holders_id PRIMARY KEY (id),
    CONSTRAINT holders_login UNIQUE (login)
) STRICT;
-- One account for each holder; a disabled one makes room for another.
CREATE UNIQUE INDEX holders_code_kind_code ON holders (code_kind, code) WHERE disabled_at IS NULL;

-- Apart from the sessions of people: a holder is nobody of a body. Only the digest of the token is kept.
CREATE TABLE holder_sessions (
    token_hash BLOB NOT NULL,
    holder_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    CONSTRAINT holder_sessions_token_hash PRIMARY KEY (token_hash),
    CONSTRAINT holder_sessions_holder_id_of FOREIGN KEY (holder_id) REFERENCES holders (id)
) STRICT;
CREATE INDEX holder_sessions_holder_id_index ON holder_sessions (holder_id);
CREATE INDEX holder_sessions_expires_at_index ON holder_sessions (expires_at);
