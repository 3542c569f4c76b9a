DROP TABLE stampings;
DROP TABLE seal_grants;
ALTER TABLE seals DROP COLUMN use_rule;
