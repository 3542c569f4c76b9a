DROP TABLE proposed_operators;
