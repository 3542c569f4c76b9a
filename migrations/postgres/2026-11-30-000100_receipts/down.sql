DROP TABLE receipts;
DROP TABLE document_evidence;
DROP TABLE evidence_pieces;
