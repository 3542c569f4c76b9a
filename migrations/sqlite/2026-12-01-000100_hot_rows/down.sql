DROP INDEX licence_uses_copy_id_index;
DROP INDEX licence_uses_delegation_id_at_index;
CREATE INDEX licence_uses_copy_id_index ON licence_uses (copy_id);
CREATE INDEX licence_uses_delegation_id_at_index ON licence_uses (delegation_id, at);
CREATE INDEX licence_uses_body_id_index ON licence_uses (body_id);
CREATE INDEX presentations_delegation_id_index ON presentations (delegation_id);
CREATE INDEX presentations_licence_id_index ON presentations (licence_id);
