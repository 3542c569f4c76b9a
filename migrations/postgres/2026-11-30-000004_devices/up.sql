-- Devices of a body that have keys of their own: a window (窗口), or a kiosk (自助终端) at which nobody signs in. An administrator enters one; whoever brings the code within its
-- time leaves the public key. code_hash: SM3 of the code, gone once it was used; public_key: a point of P-256, 65 octets.
CREATE TABLE devices (
    id TEXT COLLATE "C" NOT NULL,
    body_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('window', 'kiosk')),
    name TEXT COLLATE "C" NOT NULL,
    window_name TEXT COLLATE "C" NOT NULL,
    code_hash BYTEA,
    code_expires_at BIGINT,
    public_key BYTEA,
    entered_by TEXT COLLATE "C" NOT NULL,
    entered_at BIGINT NOT NULL,
    enrolled_at BIGINT,
    last_seen_at BIGINT,
    ended_at BIGINT,
    ended_by TEXT COLLATE "C",
    end_reason TEXT COLLATE "C",
    CONSTRAINT devices_id PRIMARY KEY (id),
    CONSTRAINT devices_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT devices_code_hash UNIQUE (code_hash)
);
CREATE INDEX devices_body_id_index ON devices (body_id);
-- One device that is in use for each window or place.
CREATE UNIQUE INDEX devices_body_id_window_name ON devices (body_id, window_name) WHERE ended_at IS NULL;

-- What a device signs to show that a session is at it: once, within its time, for that session.
CREATE TABLE device_challenges (
    challenge_hash BYTEA NOT NULL,
    session_hash BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT device_challenges_challenge_hash PRIMARY KEY (challenge_hash)
);
CREATE INDEX device_challenges_expires_at_index ON device_challenges (expires_at);

-- Sessions that are at a device.
CREATE TABLE session_devices (
    token_hash BYTEA NOT NULL,
    device_id TEXT COLLATE "C" NOT NULL,
    bound_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT session_devices_token_hash PRIMARY KEY (token_hash),
    CONSTRAINT session_devices_device_id_of FOREIGN KEY (device_id) REFERENCES devices (id)
);
CREATE INDEX session_devices_device_id_index ON session_devices (device_id);
CREATE INDEX session_devices_expires_at_index ON session_devices (expires_at);

-- Sessions of kiosks, which are nobody's. Only the digest of the token is kept.
CREATE TABLE device_sessions (
    token_hash BYTEA NOT NULL,
    device_id TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT device_sessions_token_hash PRIMARY KEY (token_hash),
    CONSTRAINT device_sessions_device_id_of FOREIGN KEY (device_id) REFERENCES devices (id)
);
CREATE INDEX device_sessions_device_id_index ON device_sessions (device_id);
CREATE INDEX device_sessions_expires_at_index ON device_sessions (expires_at);
