-- What is asked for when a seal is to be made. A seal that is made of it has its id. picture: none is drawn; types: JSON
-- list of codes; renews: the seal that it takes the place of.
CREATE TABLE seal_applications (
    id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    name TEXT NOT NULL,
    es_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    diameter_mm INTEGER NOT NULL,
    picture BLOB,
    types BLOB NOT NULL,
    renews TEXT,
    applied_at INTEGER NOT NULL,
    CONSTRAINT seal_applications_id PRIMARY KEY (id),
    CONSTRAINT seal_applications_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT seal_applications_renews_of FOREIGN KEY (renews) REFERENCES seals (id)
) STRICT;
CREATE INDEX seal_applications_body_id_id_index ON seal_applications (body_id, id);
CREATE INDEX seal_applications_renews_index ON seal_applications (renews);
CREATE INDEX seal_applications_es_id_index ON seal_applications (es_id);

-- The material that came with it.
CREATE TABLE seal_documents (
    application_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    sm3 BLOB NOT NULL,
    octets BLOB NOT NULL,
    CONSTRAINT seal_documents_application_id_position PRIMARY KEY (application_id, position),
    CONSTRAINT seal_documents_application_id_of FOREIGN KEY (application_id) REFERENCES seal_applications (id)
) STRICT;

-- What was done to a seal, from its application on, under the id that application and seal share. Only added to.
-- valid_from, valid_until: of what makes it; successor: of a renewal; by_body: for which body it was done.
CREATE TABLE seal_acts (
    seal_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    body_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    effective_from INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    valid_from INTEGER,
    valid_until INTEGER,
    successor TEXT,
    reason TEXT NOT NULL,
    document_number TEXT NOT NULL,
    by_body TEXT NOT NULL,
    by_kind TEXT NOT NULL,
    by_id TEXT NOT NULL,
    CONSTRAINT seal_acts_seal_id_sequence PRIMARY KEY (seal_id, sequence),
    CONSTRAINT seal_acts_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
) STRICT;
CREATE INDEX seal_acts_body_id_index ON seal_acts (body_id);
CREATE INDEX seals_es_id_index ON seals (es_id);

-- Seals from before: made and in use without an application, and out of use where they were.
INSERT INTO seal_acts (seal_id, sequence, body_id, kind, effective_from, recorded_at, valid_from, valid_until, successor,
    reason, document_number, by_body, by_kind, by_id)
SELECT id, 1, body_id, 'found', valid_from / 1000 * 1000, created_at, valid_from, valid_until, NULL,
    '印章生命周期登记启用前制作', '', body_id, 'system', 'migration'
FROM seals;
INSERT INTO seal_acts (seal_id, sequence, body_id, kind, effective_from, recorded_at, valid_from, valid_until, successor,
    reason, document_number, by_body, by_kind, by_id)
SELECT id, 2, body_id, 'suspend', valid_from / 1000 * 1000, created_at, NULL, NULL, NULL,
    '印章生命周期登记启用前停用', '无', body_id, 'system', 'migration'
FROM seals WHERE state <> 'in_use';
