-- What was done lately, whatever the licence: the kit of windows without a network says what ended within days.
CREATE INDEX acts_recorded_at_index ON acts (recorded_at);
