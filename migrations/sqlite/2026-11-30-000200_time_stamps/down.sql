DROP TABLE time_stamp_days;
DROP TABLE time_stamp_authorities;
