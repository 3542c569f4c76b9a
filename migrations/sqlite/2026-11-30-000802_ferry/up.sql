-- Files that were made for networks without a line: each names the one before. key_sm3: of the key that signs, by which
-- files are counted.
CREATE TABLE ferry_sent (
    key_sm3 BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    sm3 BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    CONSTRAINT ferry_sent_key_sm3_sequence PRIMARY KEY (key_sm3, sequence)
) STRICT;

-- Files of others that were taken.
CREATE TABLE ferry_taken (
    operator_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    sm3 BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    taken_at INTEGER NOT NULL,
    CONSTRAINT ferry_taken_operator_id_sequence PRIMARY KEY (operator_id, sequence),
    CONSTRAINT ferry_taken_operator_id_of FOREIGN KEY (operator_id) REFERENCES trust_operators (id)
) STRICT;

-- Versions of licences that others issued, as their files tell: the latest word of each. No holder is named.
CREATE TABLE ferried_registrations (
    operator_id TEXT NOT NULL,
    identifier TEXT NOT NULL,
    number TEXT NOT NULL,
    document_sm3 BLOB NOT NULL,
    stamped_at INTEGER NOT NULL,
    valid_from TEXT NOT NULL,
    valid_until TEXT,
    sequence INTEGER NOT NULL,
    CONSTRAINT ferried_registrations_operator_id_identifier PRIMARY KEY (operator_id, identifier),
    CONSTRAINT ferried_registrations_operator_id_of FOREIGN KEY (operator_id) REFERENCES trust_operators (id)
) STRICT;
CREATE INDEX ferried_registrations_number_index ON ferried_registrations (number);
