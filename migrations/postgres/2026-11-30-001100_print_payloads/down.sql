ALTER TABLE licence_versions DROP COLUMN print_payload;
