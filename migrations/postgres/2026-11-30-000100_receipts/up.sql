-- What verdicts were made of, each piece once: anchors, trust lists, revocation lists, rules; and manifests of
-- such pieces, by the SM3 of their octets. Nothing is deleted: a receipt is judged again years later.
CREATE TABLE evidence_pieces (
    sm3 BYTEA NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    octets BYTEA NOT NULL,
    CONSTRAINT evidence_pieces_sm3 PRIMARY KEY (sm3)
);

-- What the document of a version was verified with when it was issued; at: for which instant, in milliseconds.
CREATE TABLE document_evidence (
    version_id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    manifest_sm3 BYTEA NOT NULL,
    CONSTRAINT document_evidence_version_id PRIMARY KEY (version_id),
    CONSTRAINT document_evidence_version_id_of FOREIGN KEY (version_id) REFERENCES licence_versions (id),
    CONSTRAINT document_evidence_manifest_sm3_of FOREIGN KEY (manifest_sm3) REFERENCES evidence_pieces (sm3)
);

-- Receipts of verifications: hashes and verdict, neither a document nor what stands in one. content: canonical JSON
-- that is signed; signed: the file, null until it is. What was only shown is cleared after half an hour. standing:
-- what a register answered about this one document, and what it signed; seals: what registers answered about its seals.
CREATE TABLE receipts (
    number TEXT COLLATE "C" NOT NULL,
    body_id TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    actor_kind TEXT COLLATE "C" NOT NULL,
    actor_id TEXT COLLATE "C" NOT NULL,
    content BYTEA NOT NULL,
    manifest_sm3 BYTEA NOT NULL,
    standing BYTEA,
    signed_standing BYTEA,
    seals BYTEA,
    signed BYTEA,
    CONSTRAINT receipts_number PRIMARY KEY (number),
    CONSTRAINT receipts_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT receipts_manifest_sm3_of FOREIGN KEY (manifest_sm3) REFERENCES evidence_pieces (sm3)
);
CREATE INDEX receipts_made_at_index ON receipts (made_at) WHERE signed IS NULL;
