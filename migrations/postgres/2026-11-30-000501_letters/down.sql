DROP TABLE letters;
DROP TABLE personal_keys;
