-- Operators of trust lists that one person proposed, until another pins the key or somebody takes the proposal back.
-- Nothing of them is used. key: SubjectPublicKeyInfo, DER.
CREATE TABLE proposed_operators (
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    key BYTEA NOT NULL,
    list_address TEXT COLLATE "C",
    status_address TEXT COLLATE "C",
    revocation_address TEXT COLLATE "C",
    proposed_by TEXT COLLATE "C" NOT NULL,
    proposed_at BIGINT NOT NULL,
    CONSTRAINT proposed_operators_id PRIMARY KEY (id),
    CONSTRAINT proposed_operators_proposed_by_of FOREIGN KEY (proposed_by) REFERENCES people (id)
);
CREATE UNIQUE INDEX proposed_operators_name ON proposed_operators (name);
