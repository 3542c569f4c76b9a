DROP TABLE holder_sessions;
DROP TABLE holders;
