-- Who shows licences of somebody else. principal: by the code that licences record, with an account or without.
-- scope: JSON object, names of fields by id of the licence; scope and matter are null where everything is covered.
-- body_id: at whose window it was entered, null online. opened, settled, ended: by whom and when; what is null was not yet.
CREATE TABLE delegations (
    id TEXT NOT NULL,
    basis TEXT NOT NULL,
    principal_kind TEXT NOT NULL,
    principal_code TEXT NOT NULL,
    principal_name TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    scope BLOB,
    matter TEXT,
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    body_id TEXT,
    opened_kind TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    settled_kind TEXT,
    settled_by TEXT,
    settled_at INTEGER,
    ending TEXT,
    ended_kind TEXT,
    ended_by TEXT,
    ended_at INTEGER,
    CONSTRAINT delegations_id PRIMARY KEY (id),
    CONSTRAINT delegations_agent_id_of FOREIGN KEY (agent_id) REFERENCES holders (id),
    CONSTRAINT delegations_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
) STRICT;
CREATE INDEX delegations_principal_code_opened_at_index ON delegations (principal_code, opened_at);
CREATE INDEX delegations_agent_id_opened_at_index ON delegations (agent_id, opened_at);
CREATE INDEX delegations_body_id_opened_at_index ON delegations (body_id, opened_at);

-- What somebody wanted to use a delegation for, and why it was refused: another matter, or none any more. Only added to.
CREATE TABLE delegation_refusals (
    id TEXT NOT NULL,
    delegation_id TEXT NOT NULL,
    licence_id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    window_name TEXT,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    CONSTRAINT delegation_refusals_id PRIMARY KEY (id),
    CONSTRAINT delegation_refusals_delegation_id_of FOREIGN KEY (delegation_id) REFERENCES delegations (id),
    CONSTRAINT delegation_refusals_licence_id_of FOREIGN KEY (licence_id) REFERENCES licences (id),
    CONSTRAINT delegation_refusals_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
) STRICT;
CREATE INDEX delegation_refusals_delegation_id_at_index ON delegation_refusals (delegation_id, at);
CREATE INDEX delegation_refusals_licence_id_index ON delegation_refusals (licence_id);
CREATE INDEX delegation_refusals_body_id_index ON delegation_refusals (body_id);

-- The delegation by which somebody shows, or showed, a licence of another; null where the holder does.
ALTER TABLE presentations ADD COLUMN delegation_id TEXT CONSTRAINT presentations_delegation_id_of REFERENCES delegations (id);
CREATE INDEX presentations_delegation_id_index ON presentations (delegation_id);
ALTER TABLE licence_uses ADD COLUMN delegation_id TEXT CONSTRAINT licence_uses_delegation_id_of REFERENCES delegations (id);
CREATE INDEX licence_uses_delegation_id_at_index ON licence_uses (delegation_id, at);
