DROP INDEX seals_es_id_index;
DROP TABLE seal_acts;
DROP TABLE seal_documents;
DROP TABLE seal_applications;
