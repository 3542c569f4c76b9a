-- Files that were made for networks without a line: each names the one before. key_sm3: of the key that signs, by which
-- files are counted.
CREATE TABLE ferry_sent (
    key_sm3 BYTEA NOT NULL,
    sequence BIGINT NOT NULL,
    sm3 BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    CONSTRAINT ferry_sent_key_sm3_sequence PRIMARY KEY (key_sm3, sequence)
);

-- Files of others that were taken.
CREATE TABLE ferry_taken (
    operator_id TEXT COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL,
    sm3 BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    taken_at BIGINT NOT NULL,
    CONSTRAINT ferry_taken_operator_id_sequence PRIMARY KEY (operator_id, sequence),
    CONSTRAINT ferry_taken_operator_id_of FOREIGN KEY (operator_id) REFERENCES trust_operators (id)
);

-- Versions of licences that others issued, as their files tell: the latest word of each. No holder is named.
CREATE TABLE ferried_registrations (
    operator_id TEXT COLLATE "C" NOT NULL,
    identifier TEXT COLLATE "C" NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    document_sm3 BYTEA NOT NULL,
    stamped_at BIGINT NOT NULL,
    valid_from TEXT COLLATE "C" NOT NULL,
    valid_until TEXT COLLATE "C",
    sequence BIGINT NOT NULL,
    CONSTRAINT ferried_registrations_operator_id_identifier PRIMARY KEY (operator_id, identifier),
    CONSTRAINT ferried_registrations_operator_id_of FOREIGN KEY (operator_id) REFERENCES trust_operators (id)
);
CREATE INDEX ferried_registrations_number_index ON ferried_registrations (number);
