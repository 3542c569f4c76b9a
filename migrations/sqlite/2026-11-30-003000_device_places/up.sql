-- At which window somebody reported, or was shown a copy, where a device proved it; null else.
ALTER TABLE reports ADD COLUMN window_name TEXT;
ALTER TABLE copy_uses ADD COLUMN window_name TEXT;

-- 1 where the agent may have annotated copies made, for the matter and until the last day; 0 where nothing was said of them.
ALTER TABLE delegations ADD COLUMN copies INTEGER NOT NULL DEFAULT 0;
-- The delegation by which an agent had a copy made; null where the holder or a system of the body did.
ALTER TABLE licence_copies ADD COLUMN delegation_id TEXT CONSTRAINT licence_copies_delegation_id_of REFERENCES delegations (id);
CREATE INDEX licence_copies_delegation_id_asked_at_index ON licence_copies (delegation_id, asked_at);
-- The copy of which such a use tells; used_by is then who will use it. Null where a code was scanned.
ALTER TABLE licence_uses ADD COLUMN copy_id TEXT CONSTRAINT licence_uses_copy_id_of REFERENCES licence_copies (id);
CREATE INDEX licence_uses_copy_id_index ON licence_uses (copy_id);
