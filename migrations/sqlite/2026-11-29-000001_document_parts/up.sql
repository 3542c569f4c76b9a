-- What many documents share is kept once: fonts and templates of a face, seals.
CREATE TABLE document_parts (
    sm3 BLOB NOT NULL,
    octets BLOB NOT NULL,
    CONSTRAINT document_parts_sm3 PRIMARY KEY (sm3)
) STRICT;

-- layout: how octets and parts make the document; null where octets are the whole.
ALTER TABLE documents ADD COLUMN layout BLOB;
