-- Whose trust lists are used here. key: SubjectPublicKeyInfo, DER, pinned by people; the addresses: none where it is
-- brought in by file, or nothing is asked there.
CREATE TABLE trust_operators (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    key BLOB NOT NULL,
    list_address TEXT,
    status_address TEXT,
    revocation_address TEXT,
    added_by_kind TEXT NOT NULL,
    added_by_id TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    CONSTRAINT trust_operators_id PRIMARY KEY (id)
) STRICT;
CREATE UNIQUE INDEX trust_operators_name ON trust_operators (name);

-- state: at most one list of an operator is proposed and one accepted; replaced ones stay, as what was judged by.
CREATE TABLE trust_lists (
    id TEXT NOT NULL,
    operator_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    sm3 BLOB NOT NULL,
    octets BLOB NOT NULL,
    signature BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'accepted', 'replaced', 'refused')),
    CONSTRAINT trust_lists_id PRIMARY KEY (id),
    CONSTRAINT trust_lists_operator_id_of FOREIGN KEY (operator_id) REFERENCES trust_operators (id)
) STRICT;
CREATE UNIQUE INDEX trust_lists_operator_id_sm3 ON trust_lists (operator_id, sm3);
CREATE INDEX trust_lists_state_operator_id_index ON trust_lists (state, operator_id);

-- Who accepted a list; it counts from the second person on.
CREATE TABLE trust_acceptances (
    list_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    CONSTRAINT trust_acceptances_list_id_person_id PRIMARY KEY (list_id, person_id),
    CONSTRAINT trust_acceptances_list_id_of FOREIGN KEY (list_id) REFERENCES trust_lists (id),
    CONSTRAINT trust_acceptances_person_id_of FOREIGN KEY (person_id) REFERENCES people (id)
) STRICT;

-- What other localities' registers answered, as they signed it: the latest of each licence.
CREATE TABLE foreign_standings (
    operator_id TEXT NOT NULL,
    identifier TEXT NOT NULL,
    octets BLOB NOT NULL,
    signature BLOB NOT NULL,
    as_of INTEGER NOT NULL,
    CONSTRAINT foreign_standings_operator_id_identifier PRIMARY KEY (operator_id, identifier),
    CONSTRAINT foreign_standings_operator_id_of FOREIGN KEY (operator_id) REFERENCES trust_operators (id)
) STRICT;
CREATE INDEX foreign_standings_as_of_index ON foreign_standings (as_of);
