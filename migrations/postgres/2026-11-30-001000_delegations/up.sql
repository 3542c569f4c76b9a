-- Who shows licences of somebody else. principal: by the code that licences record, with an account or without.
-- scope: JSON object, names of fields by id of the licence; scope and matter are null where everything is covered.
-- body_id: at whose window it was entered, null online. opened, settled, ended: by whom and when; what is null was not yet.
CREATE TABLE delegations (
    id TEXT COLLATE "C" NOT NULL,
    basis TEXT COLLATE "C" NOT NULL,
    principal_kind TEXT COLLATE "C" NOT NULL,
    principal_code TEXT COLLATE "C" NOT NULL,
    principal_name TEXT COLLATE "C" NOT NULL,
    agent_id TEXT COLLATE "C" NOT NULL,
    scope BYTEA,
    matter TEXT COLLATE "C",
    first_day TEXT COLLATE "C" NOT NULL,
    last_day TEXT COLLATE "C" NOT NULL,
    body_id TEXT COLLATE "C",
    opened_kind TEXT COLLATE "C" NOT NULL,
    opened_by TEXT COLLATE "C" NOT NULL,
    opened_at BIGINT NOT NULL,
    settled_kind TEXT COLLATE "C",
    settled_by TEXT COLLATE "C",
    settled_at BIGINT,
    ending TEXT COLLATE "C",
    ended_kind TEXT COLLATE "C",
    ended_by TEXT COLLATE "C",
    ended_at BIGINT,
    CONSTRAINT delegations_id PRIMARY KEY (id),
    CONSTRAINT delegations_agent_id_of FOREIGN KEY (agent_id) REFERENCES holders (id),
    CONSTRAINT delegations_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
);
CREATE INDEX delegations_principal_code_opened_at_index ON delegations (principal_code, opened_at);
CREATE INDEX delegations_agent_id_opened_at_index ON delegations (agent_id, opened_at);
CREATE INDEX delegations_body_id_opened_at_index ON delegations (body_id, opened_at);

-- What somebody wanted to use a delegation for, and why it was refused: another matter, or none any more. Only added to.
CREATE TABLE delegation_refusals (
    id TEXT COLLATE "C" NOT NULL,
    delegation_id TEXT COLLATE "C" NOT NULL,
    licence_id TEXT COLLATE "C" NOT NULL,
    body_id TEXT COLLATE "C" NOT NULL,
    window_name TEXT COLLATE "C",
    actor_kind TEXT COLLATE "C" NOT NULL,
    actor_id TEXT COLLATE "C" NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT delegation_refusals_id PRIMARY KEY (id),
    CONSTRAINT delegation_refusals_delegation_id_of FOREIGN KEY (delegation_id) REFERENCES delegations (id),
    CONSTRAINT delegation_refusals_licence_id_of FOREIGN KEY (licence_id) REFERENCES licences (id),
    CONSTRAINT delegation_refusals_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id)
);
CREATE INDEX delegation_refusals_delegation_id_at_index ON delegation_refusals (delegation_id, at);
CREATE INDEX delegation_refusals_licence_id_index ON delegation_refusals (licence_id);
CREATE INDEX delegation_refusals_body_id_index ON delegation_refusals (body_id);

-- The delegation by which somebody shows, or showed, a licence of another; null where the holder does.
ALTER TABLE presentations ADD COLUMN delegation_id TEXT COLLATE "C" CONSTRAINT presentations_delegation_id_of REFERENCES delegations (id);
CREATE INDEX presentations_delegation_id_index ON presentations (delegation_id);
ALTER TABLE licence_uses ADD COLUMN delegation_id TEXT COLLATE "C" CONSTRAINT licence_uses_delegation_id_of REFERENCES delegations (id);
CREATE INDEX licence_uses_delegation_id_at_index ON licence_uses (delegation_id, at);
