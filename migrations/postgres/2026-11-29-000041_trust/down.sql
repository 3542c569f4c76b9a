DROP TABLE foreign_standings;
DROP TABLE trust_acceptances;
DROP TABLE trust_lists;
DROP TABLE trust_operators;
