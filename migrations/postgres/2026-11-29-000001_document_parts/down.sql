-- Fails where a document has shared parts, which the table before cannot hold.
ALTER TABLE documents ADD CONSTRAINT documents_whole CHECK (layout IS NULL);
ALTER TABLE documents DROP CONSTRAINT documents_whole;
ALTER TABLE documents DROP COLUMN layout;
ALTER TABLE documents ALTER COLUMN octets SET STORAGE EXTENDED;
ALTER TABLE intents ALTER COLUMN to_be_signed SET STORAGE EXTENDED;
DROP TABLE document_parts;
