-- Operators whose list counts because an accepted list names it: the id of the operator of that one; none where people
-- pinned the key for itself.
ALTER TABLE trust_operators ADD COLUMN named_by TEXT COLLATE "C";
ALTER TABLE proposed_operators ADD COLUMN named_by TEXT COLLATE "C";
