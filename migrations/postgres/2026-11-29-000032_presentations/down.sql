DROP TABLE objections;
DROP TABLE licence_uses;
DROP TABLE presentations;
