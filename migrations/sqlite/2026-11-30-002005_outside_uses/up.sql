-- Who redeemed a code, was shown a licence, or was refused, where that is nobody of a body here: another locality or platform
-- with its body, in words. Then the body of the row is whose licence it is, and who answers for the use.
ALTER TABLE presentations ADD COLUMN redeemer_name TEXT;
ALTER TABLE licence_uses ADD COLUMN used_by TEXT;
ALTER TABLE delegation_refusals ADD COLUMN used_by TEXT;

-- What a body says to an objection: decision (upheld, partly, rejected), reason in words for the holder, by whom; all null before.
ALTER TABLE objections ADD COLUMN decision TEXT;
ALTER TABLE objections ADD COLUMN reason TEXT;
ALTER TABLE objections ADD COLUMN answered_by TEXT CONSTRAINT objections_answered_by_of REFERENCES people (id);
ALTER TABLE objections ADD COLUMN answered_at INTEGER;
CREATE INDEX objections_answered_by_index ON objections (answered_by);
