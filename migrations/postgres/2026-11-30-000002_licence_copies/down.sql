DROP TABLE copy_uses;
DROP TABLE licence_copies;
