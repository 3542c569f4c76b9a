DROP TABLE ferried_registrations;
DROP TABLE ferry_taken;
DROP TABLE ferry_sent;
