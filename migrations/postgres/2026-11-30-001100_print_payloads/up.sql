-- What is printed behind the # of a code: the signed digest of name, number and last day.
ALTER TABLE licence_versions ADD COLUMN print_payload TEXT COLLATE "C";
