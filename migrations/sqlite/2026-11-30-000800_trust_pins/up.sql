-- Operators of trust lists that one person proposed, until another pins the key or somebody takes the proposal back.
-- Nothing of them is used. key: SubjectPublicKeyInfo, DER.
CREATE TABLE proposed_operators (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    key BLOB NOT NULL,
    list_address TEXT,
    status_address TEXT,
    revocation_address TEXT,
    proposed_by TEXT NOT NULL,
    proposed_at INTEGER NOT NULL,
    CONSTRAINT proposed_operators_id PRIMARY KEY (id),
    CONSTRAINT proposed_operators_proposed_by_of FOREIGN KEY (proposed_by) REFERENCES people (id)
) STRICT;
CREATE UNIQUE INDEX proposed_operators_name ON proposed_operators (name);
