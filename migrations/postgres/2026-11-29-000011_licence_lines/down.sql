DROP TABLE licence_lines;
