DROP INDEX acts_effective_from_index;
