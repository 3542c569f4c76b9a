-- What our time stamp authorities gave: the next serial number, the last time, and counts of each day.
CREATE TABLE time_stamp_authorities (
    id TEXT NOT NULL,
    next_serial INTEGER NOT NULL,
    last_given INTEGER NOT NULL,
    CONSTRAINT time_stamp_authorities_id PRIMARY KEY (id)
) STRICT;
CREATE TABLE time_stamp_days (
    authority_id TEXT NOT NULL,
    day TEXT NOT NULL,
    first_serial INTEGER NOT NULL,
    given INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    CONSTRAINT time_stamp_days_authority_id_day PRIMARY KEY (authority_id, day),
    CONSTRAINT time_stamp_days_authority_id_of FOREIGN KEY (authority_id) REFERENCES time_stamp_authorities (id)
) STRICT;
