DROP TABLE session_devices;
DROP TABLE device_challenges;
DROP TABLE devices;
