ALTER TABLE stampings DROP COLUMN title;
