-- Of what is stamped that is no licence, what the document says that it is called, or what the caller calls it.
ALTER TABLE stampings ADD COLUMN title TEXT COLLATE "C";
