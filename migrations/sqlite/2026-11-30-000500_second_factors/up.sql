-- 第二因素: the secret by which an authenticator app makes codes (RFC 6238), of a person of a body or a holder. sealed: the secret
-- under a key in custody, never in clear; last_step: the last step of thirty seconds from 1970 whose code was taken, none of
-- which is taken again; confirmed_at: none until a first code came.
CREATE TABLE second_factors (
    owner_kind TEXT NOT NULL CHECK (owner_kind IN ('person', 'holder')),
    owner_id TEXT NOT NULL,
    key_reference TEXT NOT NULL,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    last_step INTEGER NOT NULL,
    CONSTRAINT second_factors_owner_kind_owner_id PRIMARY KEY (owner_kind, owner_id)
) STRICT;

-- Codes for who lost the app, each once. code_hash: SM3 of eighty random bits.
CREATE TABLE recovery_codes (
    code_hash BLOB NOT NULL,
    owner_kind TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    CONSTRAINT recovery_codes_code_hash PRIMARY KEY (code_hash),
    CONSTRAINT recovery_codes_owner_kind_owner_id_of FOREIGN KEY (owner_kind, owner_id) REFERENCES second_factors (owner_kind, owner_id)
) STRICT;
CREATE INDEX recovery_codes_owner_kind_owner_id_index ON recovery_codes (owner_kind, owner_id);
