-- A number that an open intent will use: no second intent may sign for it.
CREATE TABLE reservations (
    type_code TEXT NOT NULL,
    number TEXT NOT NULL,
    body_id TEXT NOT NULL,
    intent_id TEXT NOT NULL,
    CONSTRAINT reservations_type_code_number PRIMARY KEY (type_code, number),
    CONSTRAINT reservations_body_id_of FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT reservations_intent_id_of FOREIGN KEY (intent_id) REFERENCES intents (id)
);
