-- From which the salts of the fields of a version come: what was issued before has none.
CREATE TABLE field_secrets (
    version_id TEXT NOT NULL,
    secret BLOB NOT NULL,
    CONSTRAINT field_secrets_version_id PRIMARY KEY (version_id),
    CONSTRAINT field_secrets_version_id_of FOREIGN KEY (version_id) REFERENCES licence_versions (id)
) STRICT;
