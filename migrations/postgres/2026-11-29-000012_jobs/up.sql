-- Many orders at once, worked through line by line.
CREATE TABLE jobs (
    id TEXT COLLATE "C" NOT NULL,
    body_id TEXT COLLATE "C" NOT NULL,
    lines INTEGER NOT NULL,
    issued INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    actor_kind TEXT COLLATE "C" NOT NULL,
    actor_id TEXT COLLATE "C" NOT NULL,
    actor_name TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    CONSTRAINT jobs_id PRIMARY KEY (id),
    CONSTRAINT jobs_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
);
CREATE INDEX jobs_body_id_created_at_id_index ON jobs (body_id, created_at, id);
CREATE INDEX jobs_ended_at_created_at_id_index ON jobs (ended_at, created_at, id);

-- line: from 0 without gaps; answer: none while it waits.
CREATE TABLE job_lines (
    job_id TEXT COLLATE "C" NOT NULL,
    line INTEGER NOT NULL,
    request BYTEA NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'issued', 'refused')),
    answer BYTEA,
    CONSTRAINT job_lines_job_id_line PRIMARY KEY (job_id, line),
    CONSTRAINT job_lines_job_id_of FOREIGN KEY (job_id) REFERENCES jobs (id)
);
CREATE INDEX job_lines_job_id_state_line_index ON job_lines (job_id, state, line);
