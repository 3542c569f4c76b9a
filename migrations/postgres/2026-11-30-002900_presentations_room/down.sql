ALTER TABLE presentations RESET (fillfactor);
