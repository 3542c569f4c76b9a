DROP INDEX licence_uses_delegation_id_at_index;
ALTER TABLE licence_uses DROP COLUMN delegation_id;
DROP INDEX presentations_delegation_id_index;
ALTER TABLE presentations DROP COLUMN delegation_id;
DROP TABLE delegation_refusals;
DROP TABLE delegations;
