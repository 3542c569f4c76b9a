-- Further identifiers without version and check, of licences that another body took over:
-- the identifier names the body that issued the version.
CREATE TABLE licence_lines (
    line_identifier TEXT COLLATE "C" NOT NULL,
    licence_id TEXT COLLATE "C" NOT NULL,
    CONSTRAINT licence_lines_line_identifier PRIMARY KEY (line_identifier),
    CONSTRAINT licence_lines_licence_id_of FOREIGN KEY (licence_id) REFERENCES licences (id)
);
CREATE INDEX licence_lines_licence_id_index ON licence_lines (licence_id);
