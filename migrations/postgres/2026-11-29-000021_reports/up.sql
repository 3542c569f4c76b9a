-- What clerks report: for the officers of a body to look at.
CREATE TABLE reports (
    id TEXT COLLATE "C" NOT NULL,
    body_id TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    shown TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    reported_by TEXT COLLATE "C" NOT NULL,
    reporter_name TEXT COLLATE "C" NOT NULL,
    reported_at BIGINT NOT NULL,
    seen_by TEXT COLLATE "C",
    seen_at BIGINT,
    CONSTRAINT reports_id PRIMARY KEY (id),
    CONSTRAINT reports_body_id_incident UNIQUE (body_id, incident),
    CONSTRAINT reports_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
);
CREATE INDEX reports_body_id_seen_at_reported_at_index ON reports (body_id, seen_at, reported_at);
CREATE INDEX reports_reported_by_seen_at_index ON reports (reported_by, seen_at);
