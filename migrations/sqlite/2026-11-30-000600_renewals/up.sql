-- Time stamps over what is kept, each for a batch of documents and receipts. manifest_sm3: what was known when it was
-- made; made_at: milliseconds. renewed_by: the batch of the same members that covers it. Nothing is deleted.
CREATE TABLE renewal_batches (
    id INTEGER NOT NULL,
    digest TEXT NOT NULL,
    size INTEGER NOT NULL,
    token BLOB NOT NULL,
    manifest_sm3 BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    renewed_by INTEGER,
    CONSTRAINT renewal_batches_id PRIMARY KEY (id),
    CONSTRAINT renewal_batches_manifest_sm3_of FOREIGN KEY (manifest_sm3) REFERENCES evidence_pieces (sm3),
    CONSTRAINT renewal_batches_renewed_by_of FOREIGN KEY (renewed_by) REFERENCES renewal_batches (id)
) STRICT;

-- What is in a batch: a version (its document) or a receipt, by its place in the tree and its leaf. number: the how
-- manieth renewal of it; two processes that renew the same at once cannot both be right.
CREATE TABLE renewal_members (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    number INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    leaf BLOB NOT NULL,
    CONSTRAINT renewal_members_kind_subject_number PRIMARY KEY (kind, subject, number),
    CONSTRAINT renewal_members_batch_id_place UNIQUE (batch_id, place),
    CONSTRAINT renewal_members_batch_id_of FOREIGN KEY (batch_id) REFERENCES renewal_batches (id)
) STRICT;
