-- The paper on which a delegation or a guardianship rests that was entered at a window. document_number: of the decision;
-- empty where there is none.
CREATE TABLE delegation_papers (
    delegation_id TEXT NOT NULL,
    document_number TEXT NOT NULL,
    name TEXT NOT NULL,
    sm3 BLOB NOT NULL,
    octets BLOB NOT NULL,
    CONSTRAINT delegation_papers_delegation_id PRIMARY KEY (delegation_id),
    CONSTRAINT delegation_papers_delegation_id_of FOREIGN KEY (delegation_id) REFERENCES delegations (id)
) STRICT;
