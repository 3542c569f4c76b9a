-- What our time stamp authorities gave: the next serial number, the last time, and counts of each day.
CREATE TABLE time_stamp_authorities (
    id TEXT COLLATE "C" NOT NULL,
    next_serial BIGINT NOT NULL,
    last_given BIGINT NOT NULL,
    CONSTRAINT time_stamp_authorities_id PRIMARY KEY (id)
);
CREATE TABLE time_stamp_days (
    authority_id TEXT COLLATE "C" NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    first_serial BIGINT NOT NULL,
    given BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    CONSTRAINT time_stamp_days_authority_id_day PRIMARY KEY (authority_id, day),
    CONSTRAINT time_stamp_days_authority_id_of FOREIGN KEY (authority_id) REFERENCES time_stamp_authorities (id)
);
