DROP TABLE renewal_members;
DROP TABLE renewal_batches;
