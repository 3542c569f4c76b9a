-- What clerks report: for the officers of a body to look at.
CREATE TABLE reports (
    id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    incident TEXT NOT NULL,
    shown TEXT NOT NULL,
    subject TEXT NOT NULL,
    reported_by TEXT NOT NULL,
    reporter_name TEXT NOT NULL,
    reported_at INTEGER NOT NULL,
    seen_by TEXT,
    seen_at INTEGER,
    CONSTRAINT reports_id PRIMARY KEY (id),
    CONSTRAINT reports_body_id_incident UNIQUE (body_id, incident),
    CONSTRAINT reports_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
) STRICT;
CREATE INDEX reports_body_id_seen_at_reported_at_index ON reports (body_id, seen_at, reported_at);
CREATE INDEX reports_reported_by_seen_at_index ON reports (reported_by, seen_at);
