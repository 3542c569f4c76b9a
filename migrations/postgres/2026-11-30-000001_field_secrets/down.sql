DROP TABLE field_secrets;
