DROP INDEX acts_recorded_at_index;
