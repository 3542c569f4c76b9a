DROP INDEX objections_answered_by_index;
ALTER TABLE objections DROP COLUMN answered_at;
ALTER TABLE objections DROP COLUMN answered_by;
ALTER TABLE objections DROP COLUMN reason;
ALTER TABLE objections DROP COLUMN decision;
ALTER TABLE delegation_refusals DROP COLUMN used_by;
ALTER TABLE licence_uses DROP COLUMN used_by;
ALTER TABLE presentations DROP COLUMN redeemer_name;
