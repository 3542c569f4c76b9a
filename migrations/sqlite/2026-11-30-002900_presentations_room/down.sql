-- SQLite changes rows where they stand, and indexes only where their columns change.
SELECT 1;
