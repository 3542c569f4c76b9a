DROP TABLE delegation_papers;
