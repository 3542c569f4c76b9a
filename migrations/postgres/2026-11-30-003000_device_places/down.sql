DROP INDEX licence_uses_copy_id_index;
ALTER TABLE licence_uses DROP COLUMN copy_id;
DROP INDEX licence_copies_delegation_id_asked_at_index;
ALTER TABLE licence_copies DROP COLUMN delegation_id;
ALTER TABLE delegations DROP COLUMN copies;
ALTER TABLE copy_uses DROP COLUMN window_name;
ALTER TABLE reports DROP COLUMN window_name;
