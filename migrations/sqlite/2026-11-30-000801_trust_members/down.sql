ALTER TABLE proposed_operators DROP COLUMN named_by;
ALTER TABLE trust_operators DROP COLUMN named_by;
