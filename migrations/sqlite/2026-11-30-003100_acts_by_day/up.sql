-- What works from a day, however long ago it was recorded: the kit of windows without a network says what ended within days.
CREATE INDEX acts_effective_from_index ON acts (effective_from);
