DROP TABLE device_sessions;
DROP TABLE session_devices;
DROP TABLE device_challenges;
DROP TABLE devices;
