-- Keys of natural persons who sign (Type="Sign"), in custody, each with its certificate (DER). ended_at: nothing is signed any
-- more, since account or second factor ended; destroyed_at: the key is gone.
CREATE TABLE personal_keys (
    id TEXT COLLATE "C" NOT NULL,
    holder_id TEXT COLLATE "C" NOT NULL,
    key_reference TEXT COLLATE "C" NOT NULL,
    certificate BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    ended_at BIGINT,
    destroyed_at BIGINT,
    CONSTRAINT personal_keys_id PRIMARY KEY (id),
    CONSTRAINT personal_keys_holder_id_of FOREIGN KEY (holder_id) REFERENCES holders (id)
);
-- One key for each; one that ended makes room for another.
CREATE UNIQUE INDEX personal_keys_holder_id ON personal_keys (holder_id) WHERE ended_at IS NULL;
CREATE INDEX personal_keys_ended_at_index ON personal_keys (ended_at);

-- Letters of consent and commitment. content: what was filled in, JSON; digest: SM3 of
-- the Signature.xml that was shown; confirmed_at: a code came for exactly that digest; signed: the document.
CREATE TABLE letters (
    id TEXT COLLATE "C" NOT NULL,
    holder_id TEXT COLLATE "C" NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    template TEXT COLLATE "C" NOT NULL,
    content BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    drafted_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    signed BYTEA,
    signed_at BIGINT,
    CONSTRAINT letters_id PRIMARY KEY (id),
    CONSTRAINT letters_holder_id_of FOREIGN KEY (holder_id) REFERENCES holders (id),
    CONSTRAINT letters_key_id_of FOREIGN KEY (key_id) REFERENCES personal_keys (id)
);
CREATE INDEX letters_holder_id_drafted_at_index ON letters (holder_id, drafted_at);
CREATE INDEX letters_key_id_index ON letters (key_id);
