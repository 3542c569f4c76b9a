-- Keys of natural persons who sign (Type="Sign"), in custody, each with its certificate (DER). ended_at: nothing is signed any
-- more, since account or second factor ended; destroyed_at: the key is gone.
CREATE TABLE personal_keys (
    id TEXT NOT NULL,
    holder_id TEXT NOT NULL,
    key_reference TEXT NOT NULL,
    certificate BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    ended_at INTEGER,
    destroyed_at INTEGER,
    CONSTRAINT personal_keys_id PRIMARY KEY (id),
    CONSTRAINT personal_keys_holder_id_of FOREIGN KEY (holder_id) REFERENCES holders (id)
) STRICT;
-- One key for each; one that ended makes room for another.
CREATE UNIQUE INDEX personal_keys_holder_id ON personal_keys (holder_id) WHERE ended_at IS NULL;
CREATE INDEX personal_keys_ended_at_index ON personal_keys (ended_at);

-- Letters of consent and commitment. content: what was filled in, JSON; digest: SM3 of
-- the Signature.xml that was shown; confirmed_at: a code came for exactly that digest; signed: the document.
CREATE TABLE letters (
    id TEXT NOT NULL,
    holder_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    template TEXT NOT NULL,
    content BLOB NOT NULL,
    digest BLOB NOT NULL,
    drafted_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    signed BLOB,
    signed_at INTEGER,
    CONSTRAINT letters_id PRIMARY KEY (id),
    CONSTRAINT letters_holder_id_of FOREIGN KEY (holder_id) REFERENCES holders (id),
    CONSTRAINT letters_key_id_of FOREIGN KEY (key_id) REFERENCES personal_keys (id)
) STRICT;
CREATE INDEX letters_holder_id_drafted_at_index ON letters (holder_id, drafted_at);
CREATE INDEX letters_key_id_index ON letters (key_id);
