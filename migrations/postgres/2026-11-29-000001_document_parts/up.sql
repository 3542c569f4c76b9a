-- What many documents share is kept once: fonts and templates of a face, seals.
CREATE TABLE document_parts (
    sm3 BYTEA NOT NULL,
    octets BYTEA NOT NULL,
    CONSTRAINT document_parts_sm3 PRIMARY KEY (sm3)
);

-- layout: how octets and parts make the document; null where octets are the whole.
ALTER TABLE documents ADD COLUMN layout BYTEA;

-- packages are compressed already: trying again costs more than writing them
ALTER TABLE documents ALTER COLUMN octets SET STORAGE EXTERNAL;
ALTER TABLE document_parts ALTER COLUMN octets SET STORAGE EXTERNAL;
ALTER TABLE intents ALTER COLUMN to_be_signed SET STORAGE EXTERNAL;
