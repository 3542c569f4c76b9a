DROP TABLE outside_factors;
DROP TABLE outside_identities;
DROP TABLE outside_sign_ins;
