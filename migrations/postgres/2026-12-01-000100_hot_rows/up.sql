-- Rows that come and go by the thousand a second. Nothing is looked up by the three indexes that are gone; what no agent showed and no
-- copy was used for is in none of the other two.
DROP INDEX presentations_licence_id_index;
DROP INDEX presentations_delegation_id_index;
DROP INDEX licence_uses_body_id_index;
DROP INDEX licence_uses_delegation_id_at_index;
DROP INDEX licence_uses_copy_id_index;
CREATE INDEX licence_uses_delegation_id_at_index ON licence_uses (delegation_id, at) WHERE delegation_id IS NOT NULL;
CREATE INDEX licence_uses_copy_id_index ON licence_uses (copy_id) WHERE copy_id IS NOT NULL;
-- Licences, holders and bodies are never deleted, and these rows are written of what the same program just read. Asking for each row once
-- more locks, and so writes, the row that it names: the one of the body in every transaction (ADR 72). Uses still name their licence.
ALTER TABLE presentations DROP CONSTRAINT presentations_holder_id_of;
ALTER TABLE presentations DROP CONSTRAINT presentations_licence_id_of;
ALTER TABLE presentations DROP CONSTRAINT presentations_redeemer_body_of;
ALTER TABLE licence_uses DROP CONSTRAINT licence_uses_body_id_of;
ALTER TABLE audit DROP CONSTRAINT audit_body_id_of;
