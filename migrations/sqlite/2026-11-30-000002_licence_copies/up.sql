-- Annotated copies (加注件): copies of a licence for one stated use, written with the intent of their stamp (id). body_id: whose
-- licence it is; stamped_for: the body in whose name it is stamped; holder_id: the account that asked, null where a system of the body
-- did. made_at and what follows it: null until it is stamped; voided_at: nothing came of it.
-- octets: gone once the copy may be used no more; layout: as in documents.
CREATE TABLE licence_copies (
    id TEXT NOT NULL,
    number TEXT NOT NULL,
    licence_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    body_id TEXT NOT NULL,
    stamped_for TEXT NOT NULL,
    holder_id TEXT,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    recipient TEXT NOT NULL,
    creator TEXT NOT NULL,
    seal_id TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    stamped_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    made_at INTEGER,
    voided_at INTEGER,
    document_sm3 BLOB,
    octets BLOB,
    layout BLOB,
    CONSTRAINT licence_copies_id PRIMARY KEY (id),
    CONSTRAINT licence_copies_number UNIQUE (number),
    CONSTRAINT licence_copies_licence_id_of FOREIGN KEY (licence_id) REFERENCES licences (id),
    CONSTRAINT licence_copies_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT licence_copies_stamped_for_of FOREIGN KEY (stamped_for) REFERENCES bodies (id),
    CONSTRAINT licence_copies_holder_id_of FOREIGN KEY (holder_id) REFERENCES holders (id),
    CONSTRAINT licence_copies_seal_id_of FOREIGN KEY (seal_id) REFERENCES seals (id)
) STRICT;
CREATE INDEX licence_copies_licence_id_asked_at_index ON licence_copies (licence_id, asked_at);
CREATE INDEX licence_copies_holder_id_asked_at_index ON licence_copies (holder_id, asked_at);
CREATE INDEX licence_copies_body_id_index ON licence_copies (body_id);
CREATE INDEX licence_copies_stamped_for_index ON licence_copies (stamped_for);
CREATE INDEX licence_copies_seal_id_index ON licence_copies (seal_id);
CREATE INDEX licence_copies_expires_at_index ON licence_copies (expires_at);

-- Who was shown a copy, for what, and what it was for them. Only added to.
CREATE TABLE copy_uses (
    id TEXT NOT NULL,
    copy_id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    shown TEXT NOT NULL,
    at INTEGER NOT NULL,
    CONSTRAINT copy_uses_id PRIMARY KEY (id),
    CONSTRAINT copy_uses_copy_id_of FOREIGN KEY (copy_id) REFERENCES licence_copies (id),
    CONSTRAINT copy_uses_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
) STRICT;
CREATE INDEX copy_uses_copy_id_at_index ON copy_uses (copy_id, at);
CREATE INDEX copy_uses_body_id_index ON copy_uses (body_id);
